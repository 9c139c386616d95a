"""A vector that mixes with the photon in a plasma: kinetic mixing eps becomes that of the medium.

With Pi the self-energy of a photon of the same (E, p), K^2 = m^2, and E Gamma_ph = -Im Pi its absorption,

    Gamma*_{T,L} = eps^2 F_{T,L} Gamma_ph,{T,L},   F = m^4/[(m^2 - Re Pi)^2 + (E Gamma_ph)^2]

for relativistic electrons, x = p/E, A = atanh(x)/x:

    Pi_T = (3/2) w_pl^2 [1 - (1-x^2) A]/x^2,   Pi_L = 3 w_pl^2 (m^2/p^2)(A - 1).

F peaks where Re Pi = m^2: T for w_pl <= m <= sqrt(3/2) w_pl, L at any m < w_pl. A narrow line crossed
along a path gives the optical depth pi eps^2 m^4/(p |dPi/ds|), whatever Gamma_ph. The mean of F over a
cell in which Re Pi is linear is exact: [atan(u_b/w) - atan(u_a/w)] m^4/[w (u_b - u_a)], u = m^2 - Re
Pi, w = E Gamma_ph.

References: arXiv:1611.03864, arXiv:1611.05852, arXiv:1302.3884.
"""

import numpy as np

from ...numerics.jit import kernel

TRANSVERSE, LONGITUDINAL = 0, 1


@kernel
def excess(x):
    """atanh(x)/x - 1 below x = 0.1, by its series."""
    y = x * x
    return y * (1 / 3 + y * (1 / 5 + y * (1 / 7 + y * (1 / 9 + y * (1 / 11 + y / 13)))))


@kernel
def self_energy(energy, mass, w_pl, polarisation):
    """Re Pi [MeV^2] of a photon with K^2 = mass^2."""
    p2 = (energy - mass) * (energy + mass)
    x = np.sqrt(max(p2, 0.0)) / energy
    if polarisation == LONGITUDINAL:
        if x < 1e-3:
            return w_pl * w_pl * (mass / energy) ** 2 * (1.0 + 0.6 * x * x)
        g = excess(x) if x < 0.1 else np.log((energy + np.sqrt(p2)) / mass) / x - 1.0
        return 3.0 * w_pl * w_pl * mass * mass / p2 * g
    if x < 0.1:
        y = x * x
        return w_pl * w_pl * (1.0 + y * (1 / 5 + y * (3 / 35 + y * (3 / 63 + y * 3 / 99))))
    gap = (mass / energy) ** 2
    g = np.log((energy + np.sqrt(p2)) / mass) / x - 1.0
    return 1.5 * w_pl * w_pl / (x * x) * (1.0 - gap * (1.0 + g))


@kernel
def point_factor(energy, mass, w_pl, gamma, polarisation):
    """F at one place; ``gamma`` Gamma_ph [MeV]."""
    u = mass * mass - self_energy(energy, mass, w_pl, polarisation)
    w = energy * gamma
    return mass**4 / (u * u + w * w)


@kernel
def mean_lorentzian(a, b, w):
    """Mean of 1/(u^2 + w^2) for u linear from a to b."""
    if abs(b - a) < 1e-6 * (abs(a) + abs(b) + w):
        u = 0.5 * (a + b)
        return 1.0 / (u * u + w * w)
    if a * b > 0.0:  # no crossing: the difference of the arcs without cancellation
        return np.arctan(w * (b - a) / (w * w + a * b)) / (w * (b - a))
    return (np.arctan(b / w) - np.arctan(a / w)) / (w * (b - a))


@kernel
def cell_factors(first, second, plasma1, plasma2, middle, gamma, mass, polarisation, out):
    """Fill ``out[e, c]`` with the mean of F over cells.

    Parameters
    ----------
    first, second : array (energies, cells)
        Local energies [MeV] at the two edges of a cell.
    plasma1, plasma2 : array (cells,)
        Plasma frequencies [MeV] there.
    middle, gamma : array (energies, cells)
        Local energy and Gamma_ph [MeV] at the node of the cell.
    mass : float
    polarisation : int
    """
    m2, m4 = mass * mass, mass**4
    for i in range(first.shape[0]):
        for c in range(first.shape[1]):
            a = m2 - self_energy(first[i, c], mass, plasma1[c], polarisation)
            b = m2 - self_energy(second[i, c], mass, plasma2[c], polarisation)
            w = max(middle[i, c] * gamma[i, c], 1e-14 * m2)
            out[i, c] = m4 * mean_lorentzian(a, b, w)
