"""Zero-temperature corrections of n <-> p: Fermi function, radiative factor, quadrature nodes."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from ... import constants as const

references = ("Sirlin:1967zza", "Czarnecki:2004cw", "Pitrou2018")

DELTA = const.M_N - const.M_P  # MeV
Q_UNIT = DELTA / const.M_E
P_END = math.sqrt(Q_UNIT**2 - 1.0)  # end point of the electron momentum [m_e]
PANEL_NODES = 24


def log_gamma_square(a, b):
    """Return ln |Gamma(a + i b)|^2 (Stirling after a shift by 12)."""
    z = a + 1j * np.asarray(b, dtype=float)
    shift = np.zeros_like(z)
    for k in range(12):
        shift += np.log(z + k)
    z = z + 12.0
    series = 1.0 / (12.0 * z) - 1.0 / (360.0 * z**3) + 1.0 / (1260.0 * z**5) - 1.0 / (1680.0 * z**7)
    return 2.0 * ((z - 0.5) * np.log(z) - z + 0.5 * math.log(2.0 * math.pi) + series - shift).real


def dilogarithm(z):
    """Return Li2(z) for 0 <= z <= 1, by the power series and z -> 1 - z."""
    z = np.asarray(z, dtype=float)
    small = np.where(z > 0.5, 1.0 - z, z)
    total, power = np.zeros_like(z), np.ones_like(z)
    for k in range(1, 60):
        power = power * small
        total = total + power / k**2
    safe = np.clip(z, 1e-300, 1.0 - 1e-16)
    return np.where(z > 0.5, np.pi**2 / 6.0 - np.log(safe) * np.log1p(-safe) - total, total)


def fermi_function(p):
    """Return F at electron momentum p [m_e]: Coulomb attraction of e- and p (with finite size)."""
    beta = p / np.sqrt(p * p + 1.0)
    g = math.sqrt(1.0 - const.ALPHA**2) - 1.0
    compton = const.HBAR_C * 1e13 / const.M_E  # fm
    return (
        (1.0 + 0.5 * g)
        * 4.0
        * (2.0 * const.R_PROTON_FM * p / compton) ** (2.0 * g)
        / math.gamma(3.0 + 2.0 * g) ** 2
        * np.exp(np.pi * const.ALPHA / beta + log_gamma_square(1.0 + g, const.ALPHA / beta))
    )  # b (1-b^2)^-1/2 = p: the two powers of G combine


def radiative_factor(y, p):
    """Return R at neutrino energy y and electron momentum p [m_e], leading logs resummed."""
    energy = np.sqrt(p * p + 1.0)
    beta = p / energy
    atanh = np.arcsinh(p)
    ratio = atanh / beta
    s = (
        3.0 * math.log(const.M_P / const.M_E)
        - 0.75
        + 4.0 * (ratio - 1.0) * (y / (3.0 * energy) - 1.5 + np.log(2.0 * y))
        + ratio * (2.0 * (1.0 + beta**2) + y * y / (6.0 * energy**2) - 4.0 * atanh)
        - 4.0 / beta * dilogarithm(2.0 * beta / (1.0 + beta))
    )
    outer = 1.0 + const.ALPHA / (2.0 * np.pi) * (s - 3.0 * math.log(const.M_P / (2.0 * DELTA)))
    short = 1.02094 + const.ALPHA / np.pi * 0.891 - 0.00043
    middle = 1.02248 + (math.log(const.M_P / 1200.0) - 0.34) / (134.0 * 2.0 * np.pi) - 1e-4
    return outer * short * middle


@lru_cache(maxsize=8)
def nodes(radiative=True, per_panel=PANEL_NODES, beyond=None):
    """Return rows (p, E, weight on the e-p side, weight on the other, Born weight), shape (n, 5), in m_e.

    Gauss-Legendre on (0, p_end), (p_end, 4), then doubling panels to 4096 with ``beyond`` nodes each (as
    many by default): the logarithm of R at vanishing neutrino energy lies on the break p_end. Weights hold
    p^2 and R F, or R, or p^2 alone.
    """
    edges = [0.0, P_END, *(2.0**k for k in range(2, 13))]
    p, w = [], []
    for k, (a, b) in enumerate(pairwise(edges)):
        x, weight = np.polynomial.legendre.leggauss(per_panel if k < 2 or beyond is None else beyond)
        p.append(0.5 * (b - a) * x + 0.5 * (a + b))
        w.append(0.5 * (b - a) * weight)
    p, w = np.concatenate(p), np.concatenate(w)
    w = w * p * p
    energy = np.sqrt(p * p + 1.0)
    same = other = w
    if radiative:
        same = w * fermi_function(p) * radiative_factor(np.abs(energy - Q_UNIT), p)
        other = w * radiative_factor(energy + Q_UNIT, p)
    out = np.ascontiguousarray(np.column_stack([p, energy, same, other, w]))
    out.setflags(write=False)
    return out


def nucleon_factors(sign):
    """Return f1, f2, f3, M/m_e of the final nucleon and (m_n/m_p)^s for s = +1 (n -> p) or -1."""
    g, dk = const.G_A, const.DELTA_KAPPA
    norm = 1.0 + 3.0 * g * g
    f1 = ((1.0 + sign * g) ** 2 + 2.0 * sign * g * dk) / norm
    f2 = ((1.0 - sign * g) ** 2 - 2.0 * sign * g * dk) / norm
    final = const.M_P if sign > 0 else const.M_N
    return f1, f2, (g * g - 1.0) / norm, final / const.M_E, (const.M_N / const.M_P) ** sign


@lru_cache(maxsize=8)
def decay_integral(radiative=True, recoil=True, per_panel=PANEL_NODES):
    """Return lambda_0, the phase-space integral of free neutron decay with the same corrections."""
    table = nodes(radiative, per_panel)[:per_panel]
    p2, energy, weight = table[:, 0] ** 2, table[:, 1], table[:, 2]
    k = energy - Q_UNIT
    value = k * k
    if recoil:
        f1, f2, f3, mass, _ = nucleon_factors(1)
        value = (
            value
            + (
                f1 * k * k * p2 / energy
                - f2 * k**3
                + 0.5 * (4.0 * k**3 + 2.0 * k * p2)
                + f3 * k * k * p2 / energy
            )
            / mass
        )
    return float(np.sum(weight * value))
