"""Gamma rays from particles that decay outside a supernova.

A spectrum of particles that leave the star and their decays become photons at Earth, with energies
and arrival times; these meet SN 1987A (Solar Maximum Mission), the diffuse background of all past
supernovae, and telescopes of the next one. The names below load when first used.
"""

from importlib import import_module

_LAZY = {
    "photon_yield": ".spectrum",
    "signal": ".arrival",
    "fluence": ".arrival",
    "Signal": ".arrival",
    "smm": ".sn1987a",
    "smm_loglike": ".sn1987a",
    "gaussian_limit": ".sn1987a",
    "profile_limit": ".sn1987a",
    "diffuse_background": ".diffuse",
    "diffuse_loglike": ".diffuse",
    "telescope_counts": ".telescope",
    "telescope_loglike": ".telescope",
    "instrument": ".telescope",
    "instruments": ".telescope",
    "fireball_test": ".fireball",
    "crossing_range": ".reach",
}

__all__ = sorted(_LAZY)


def __getattr__(name):
    if name in _LAZY:
        value = getattr(import_module(_LAZY[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'astrobounds.gamma' has no attribute '{name}'")


def __dir__():
    return sorted([*globals(), *__all__])
