"""The neutrino sphere of a star, where neutrinos leave it and what decays outside is not reabsorbed."""

from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

SPHERE_TEMPERATURE = 3.0  # MeV, where neutrinos leave the star, arXiv:1611.03864


@lru_cache(maxsize=16)
def neutrino_sphere(star, limit_km):
    """Return the outermost radius [km] below ``limit_km`` where T reaches 3 MeV, or ``limit_km``."""
    edges = [b for b in star.breaks if b < limit_km] + [limit_km]
    grid = np.concatenate([np.linspace(a, b, 200) for a, b in zip(edges[:-1], edges[1:])])
    warm = np.flatnonzero(star.at(grid)["T"] >= SPHERE_TEMPERATURE)
    if warm.size == 0 or warm[-1] == grid.size - 1:
        return float(limit_km)
    low, high = grid[warm[-1]], grid[warm[-1] + 1]
    if high <= low:
        return float(high)
    return float(brentq(lambda r: float(star.at(r)["T"][0]) - SPHERE_TEMPERATURE, low, high))
