"""The comoving momenta of a relic: one grid for all histories."""

from functools import lru_cache

import numpy as np

T_MATCH = 12.0  # MeV, muons and pions are gone and neutrinos still coupled
MODES = 32
Y_MAX = 32.0  # comoving momentum over T_MATCH a


@lru_cache(maxsize=8)
def momentum_grid(modes=MODES, top=Y_MAX * T_MATCH):
    """Return momenta at T_MATCH [MeV] and weights of Int p^2 dp/(2 pi^2), nodes dense at low p."""
    u, w = np.polynomial.legendre.leggauss(modes)
    u, w = 0.5 * (u + 1.0), 0.5 * w
    y = top * u * u
    weight = w * 2.0 * top * u * y * y / (2.0 * np.pi**2)
    y.setflags(write=False)
    weight.setflags(write=False)
    return y, weight


def momentum_weights(p):
    """Return the weights of Int p^2 dp/(2 pi^2) for the grid redshifted to physical momenta p (modes,)."""
    y, weight = momentum_grid(len(p))
    return weight * (p[0] / y[0]) ** 3
