"""Particles: frozen values with a mass, couplings, decays, and the processes that make them."""

from importlib import import_module

_LAZY = {
    "HNL": ".hnl",
    "DipoleHNL": ".dipole",
    "DipoleProcess": ".dipole",
    "dipole_from_moment": ".dipole",
    "DecayChannel": ".channel",
    "ContactProcess": ".process",
    "NumberSpectrum": ".spectra",
    "StandardModel": ".standard",
}
__all__ = sorted(_LAZY)


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module 'astrobounds.models' has no attribute '{name}'")
