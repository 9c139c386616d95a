"""Photons of the core and a transition moment: the kernels are in `reactions.dipole_photons`."""

from .dipole_photons import (  # noqa: F401
    LONGITUDINAL,
    LONGITUDINAL_END,
    TRANSVERSE,
    _mode,
    bose,
    dispersion,
    inverse_decay_rates,
    modes,
    plasmon_rates,
    plasmon_width,
    transverse_self_energy,
)
