"""Tables of the photons that a decay radiates: what the kernels of arrival times read.

Columns on an even grid of v = ln[x/(end - x)], x = 2 omega/m: photons above x and their densities. The
spectra are those of :mod:`astrobounds.models.decays.fsr` (a neutrino and a pair) and
:mod:`astrobounds.models.decays.radiation` (a pair of fixed mass).
"""

import math
from functools import lru_cache

import numpy as np

from ..constants import M_E
from ..models.decays.fsr import RULE, VALID_ABOVE, dilog, fsr_spectrum, radiated
from ..models.decays.radiation import pair_photons
from ..numerics.jit import kernel
from .kernels import cumulative

__all__ = ["VALID_ABOVE", "dilog", "fsr_spectrum", "fsr_table", "photons_above", "photons_at", "radiated"]

V_LOW, V_HIGH, N_V = math.log(1e-4), 8.0, 161  # v = ln[x/(end - x)], end = 1 - 4 eps


@kernel
def radiated_densities(eps, nodes, weights, out):
    """omega g(omega) of a neutrino and a pair at the nodes of the table."""
    end = 1.0 - 4.0 * eps
    step = (V_HIGH - V_LOW) / (N_V - 1)
    for i in range(N_V):
        out[i] = radiated(end / (1.0 + math.exp(-(V_LOW + step * i))), eps, nodes, weights)


@kernel
def radiated_table(densities):
    """Columns: photons above x, (1 - x/end) omega g, omega g; even grid in v = ln[x/(end - x)]."""
    table = np.empty((N_V, 3))
    step = (V_HIGH - V_LOW) / (N_V - 1)
    density, column = np.empty(N_V), np.empty(N_V)
    for i in range(N_V):
        share = 1.0 / (1.0 + math.exp(-(V_LOW + step * i)))
        table[i, 2] = densities[i]
        density[i] = (1.0 - share) * table[i, 2]  # dN/dv
    cumulative(density, step, column)
    for i in range(N_V):
        table[i, 0] = column[i]
        table[i, 1] = density[i]
    return table


@kernel
def photons_above(x, end, table):
    """Photons per decay above x; below the table omega g keeps its soft limit."""
    if x >= end:
        return 0.0
    v = math.log(x / (end - x))
    if v <= V_LOW:
        return table[0, 0] + table[0, 2] * (V_LOW - v)
    if v >= V_HIGH:
        return 0.0
    step = (V_HIGH - V_LOW) / (N_V - 1)
    q = (v - V_LOW) / step
    i = min(int(q), N_V - 2)
    s = q - i
    s2, s3 = s * s, s * s * s
    return (
        (2.0 * s3 - 3.0 * s2 + 1.0) * table[i, 0]
        + (3.0 * s2 - 2.0 * s3) * table[i + 1, 0]
        - step * ((s3 - 2.0 * s2 + s) * table[i, 1] + (s3 - s2) * table[i + 1, 1])
    )


@kernel
def photons_at(x, end, table):
    """omega g at x by four-point interpolation in v."""
    if x >= end:
        return 0.0
    v = math.log(x / (end - x))
    if v <= V_LOW:
        return table[0, 2]
    if v >= V_HIGH:
        return 0.0
    q = (v - V_LOW) / (V_HIGH - V_LOW) * (N_V - 1)
    j = min(max(int(q) - 1, 0), N_V - 4)
    w = q - j
    density = (
        -(w - 1.0) * (w - 2.0) * (w - 3.0) / 6.0 * table[j, 2]
        + w * (w - 2.0) * (w - 3.0) / 2.0 * table[j + 1, 2]
        - w * (w - 1.0) * (w - 3.0) / 2.0 * table[j + 2, 2]
        + w * (w - 1.0) * (w - 2.0) / 6.0 * table[j + 3, 2]
    )
    return max(density, 0.0)


@lru_cache(maxsize=64)
def fsr_table(mass, parent="fermion", leg=M_E):
    """Return (end point of x, table) of one decay; an empty table below threshold.

    Parameters
    ----------
    mass, leg : float
        Of the parent and of one charged lepton [MeV].
    parent : {"fermion", "vector", "scalar", "pseudoscalar"}
        "fermion": N -> nu e e; else a pair of fixed mass.
    """
    eps = (leg / mass) ** 2
    end = 1.0 - 4.0 * eps
    if end <= 0.0:
        return 0.0, np.zeros((N_V, 3))
    density = np.empty(N_V)
    if parent == "fermion":
        radiated_densities(eps, *RULE, density)
    else:
        x = end / (1.0 + np.exp(-np.linspace(V_LOW, V_HIGH, N_V)))
        density = x * pair_photons(x, mass, leg, parent)
    return end, radiated_table(density)
