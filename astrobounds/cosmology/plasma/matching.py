"""Entropy of the plasma and of the neutrinos where the two thermal histories are joined."""

from functools import lru_cache

import numpy as np

from . import thermodynamics as plasma


@lru_cache(maxsize=8)
def entropy_at(T):
    """Return the entropy density [MeV^3] of photons, e+- and neutrinos in equilibrium at T [MeV]."""
    _, _, electromagnetic, _ = plasma.plasma_state(float(T), plasma.table("full"))
    neutrinos = 2.0 * np.pi**2 / 45.0 * T**3 * 7.0 / 8.0 * 6.0
    return float(electromagnetic + neutrinos)
