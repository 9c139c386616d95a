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
def _potential(u, w, all_signs):
    """H with H'' = 1/(u^2 + w^2), less pi |u|/2w where that cancels (all u of one sign)."""
    x = abs(u)
    inner = np.arctan(w / x) * x / w if x > 0.0 else 0.0
    value = -inner - 0.5 * np.log(u * u + w * w)
    return value + 0.5 * np.pi * x / w if all_signs else value


@kernel
def mean_plane(middle, a, b, w):
    """Mean of 1/(u^2 + w^2) over a rectangle on which u = middle + a x + b y, |x|, |y| < 1/2."""
    a, b = abs(a), abs(b)
    large, small = max(a, b), min(a, b)
    if large < 1e-3 * (abs(middle) + w):
        return 1.0 / (middle * middle + w * w)
    if small < 1e-3 * (large + w):
        return mean_lorentzian(middle - 0.5 * large, middle + 0.5 * large, w)
    half, less = 0.5 * (a + b), 0.5 * (large - small)
    crossed = (middle - half) * (middle + half) <= 0.0
    total = _potential(middle + half, w, crossed) + _potential(middle - half, w, crossed)
    total -= _potential(middle + less, w, crossed) + _potential(middle - less, w, crossed)
    return total / (a * b)


@kernel
def cell_factors(tiles, lapse1, lapse2, plasma1, plasma2, middle, gamma, mass, polarisation, out):
    """Fill ``out[e, c]`` with the mean of F over a cell and over the energies that a node stands for.

    A line is then neither missed nor hit by chance: summed over energies, a ray has every resonance.

    Parameters
    ----------
    tiles : array (energies + 1,)
        Edges of the energies at infinity [MeV].
    lapse1, lapse2, plasma1, plasma2 : array (cells,)
        Lapse and plasma frequency [MeV] at the two edges of a cell.
    middle, gamma : array (energies, cells)
        Local energy and Gamma_ph [MeV] at the node of the cell.
    mass : float
    polarisation : int
    """
    m2, m4, n = mass * mass, mass**4, middle.shape[0]
    first, second = np.empty(n + 1), np.empty(n + 1)
    for c in range(middle.shape[1]):
        for i in range(n + 1):
            e = max(tiles[i], mass * (1.0 + 1e-12))
            first[i] = m2 - self_energy(e / lapse1[c], mass, plasma1[c], polarisation)
            second[i] = m2 - self_energy(e / lapse2[c], mass, plasma2[c], polarisation)
        for i in range(n):
            centre = 0.25 * (first[i] + second[i] + first[i + 1] + second[i + 1])
            a = 0.5 * (first[i + 1] - first[i] + second[i + 1] - second[i])
            b = 0.5 * (second[i] - first[i] + second[i + 1] - first[i + 1])
            w = max(middle[i, c] * gamma[i, c], 1e-14 * m2)
            out[i, c] = m4 * mean_plane(centre, a, b, w)


def resonant_energy(mass, w_pl, polarisation):
    """Return the energy [MeV] at which Re Pi = mass^2, NaN if there is none.

    Longitudinal: for mass < w_pl; transverse: for w_pl < mass < sqrt(3/2) w_pl.
    """
    from scipy.optimize import brentq

    def detuning(log):
        e = mass + np.exp(log)
        return self_energy(e, mass, w_pl, polarisation) / mass**2 - 1.0

    low, high = np.log(1e-9 * mass), np.log(1e6 * w_pl)
    if detuning(low) * detuning(high) >= 0.0:
        return np.nan
    return mass + np.exp(brentq(detuning, low, high, xtol=1e-12))
