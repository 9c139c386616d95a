"""Particles: frozen values with a mass, couplings, decays, and the processes that make them."""

from ..lazy import attach

_LAZY = {
    "HNL": ".hnl",
    "DipoleHNL": ".dipole",
    "DipoleProcess": ".dipole",
    "dipole_from_moment": ".dipole",
    "Mediator": ".mediator",
    "Model": ".protocol",
    "Parameter": ".protocol",
    "Choice": ".protocol",
    "State": ".protocol",
    "Decay": ".protocol",
    "ContactProcess": ".process",
    "NumberSpectrum": ".spectra",
    "StandardModel": ".standard",
}

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
