"""Gamma rays from particles that decay outside a supernova.

A spectrum of particles that leave the star and their decays become photons at Earth, with energies
and arrival times; these meet SN 1987A (Solar Maximum Mission), the diffuse background of all past
supernovae, and telescopes of the next one. The names below load when first used.
"""

from ..lazy import attach

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
    "fireball_emission": ".fireball",
    "pvo": ".pioneer_venus",
    "smm_pvo_loglike": ".pioneer_venus",
    "positrons": ".galactic_positrons",
    "positron_number": ".galactic_positrons",
    "crossing_range": ".reach",
}

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
