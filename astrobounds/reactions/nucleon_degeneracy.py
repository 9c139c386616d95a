"""What Fermi-Dirac statistics does to N N -> N N boson: a ratio to Maxwell-Boltzmann at equal densities.

With the total momentum P of the pair, relative momenta p_f (low) and p_i (high), p_i^2 - p_f^2 = m E,
and the amplitude in Legendre polynomials of the angle between them, M = sum (2l+1) M_l P_l, the
addition theorem leaves three integrals:

    int P^2 dP int dy sqrt(y(y+x)) sum_l (2l+1) M_l <P_l f f>_f <P_l (1-f)(1-f)>_i

over (n_1 n_2/4)(2 pi/mT)^3 (sqrt(pi)/4)(4mT)^{3/2} int dy sqrt(y(y+x)) e^{-y} M_0. Nucleons are
nonrelativistic and have the density of the medium, which fixes their levels mu - m.
"""

import numpy as np

from ..numerics.collision import fermi, unit_rule
from ..numerics.jit import kernel
from .pion_exchange import TERMS, amplitude

_L = 3  # Legendre polynomials kept; with the rules good to 0.3 %
_P = np.ascontiguousarray(unit_rule(10))
_Y = np.ascontiguousarray(unit_rule(10))
_C = np.ascontiguousarray(unit_rule(6))
_FINE = np.ascontiguousarray(unit_rule(32))


@kernel
def _legendre(c, out):
    out[0], out[1] = 1.0, c
    for n in range(1, out.size - 1):
        out[n + 1] = ((2 * n + 1) * c * out[n] - n * out[n - 1]) / (n + 1)


@kernel
def _occupied(total, relative, m, t, level1, level2, empty, poly, rule, out):
    """Fill ``out[l]`` with the mean of P_l f_1 f_2 (or of (1-f_1)(1-f_2)) over the angle to P."""
    out[:] = 0.0
    middle = (0.25 * total * total + relative * relative) / (2.0 * m)
    tilt = total * relative / (2.0 * m)
    for j in range(rule.shape[1]):
        c = 2.0 * rule[0, j] - 1.0
        x1, x2 = (middle + tilt * c - level1) / t, (middle - tilt * c - level2) / t
        f = fermi(-x1) * fermi(-x2) if empty else fermi(x1) * fermi(x2)
        _legendre(c, poly)
        for n in range(out.size):
            out[n] += rule[1, j] * f * poly[n]


@kernel
def density(m, t, level, rule):
    """n [MeV^3] of nonrelativistic nucleons, two spins; ``level`` = mu - m."""
    top = np.sqrt(2.0 * m * (40.0 * t + max(level, 0.0)))
    total = 0.0
    for i in range(rule.shape[1]):
        p = top * rule[0, i]
        total += rule[1, i] * top * p * p * fermi((p * p / (2.0 * m) - level) / t)
    return total / np.pi**2


@kernel
def level_of(n, m, t):
    """mu - m [MeV] of nonrelativistic nucleons of density n [MeV^3], by bisection."""
    if n <= 0.0:
        return -100.0 * t
    low = t * np.log(0.5 * n * (2.0 * np.pi / (m * t)) ** 1.5) - t  # Boltzmann is below
    high = low + 2.0 * t
    while density(m, t, high, _FINE) < n:
        high += high - low + t
    for _ in range(48):
        mid = 0.5 * (low + high)
        if density(m, t, mid, _FINE) < n:
            low = mid
        else:
            high = mid
    return 0.5 * (low + high)


@kernel
def degeneracy_ratio(x, t, m, level1, level2, row, pion2, two_pion):
    """Return the ratio at E = x T; ``level`` = mu - m of the two nucleons [MeV]."""
    n1, n2 = density(m, t, level1, _FINE), density(m, t, level2, _FINE)
    reach = 30.0 + max(level1 + level2, 0.0) / t
    poly, low, high, moments = np.empty(_L), np.empty(_L), np.empty(_L), np.empty(_L)
    blocked = free = 0.0
    for i in range(_Y.shape[1]):
        v = np.sqrt(reach) * _Y[0, i]
        y = v * v
        weight = 2.0 * v * v * np.sqrt(reach) * _Y[1, i] * np.sqrt(y + x)
        pf2, pi2 = m * t * y, m * t * (y + x)
        moments[:] = 0.0
        for j in range(_C.shape[1]):
            c = 2.0 * _C[0, j] - 1.0
            value = _C[1, j] * amplitude(pi2, pf2, c, pion2, two_pion, TERMS[row])
            _legendre(c, poly)
            for n in range(_L):
                moments[n] += value * poly[n]
        free += weight * np.exp(-y) * moments[0]
        for k in range(_P.shape[1]):
            top = np.sqrt(4.0 * m * t * reach)
            p = top * _P[0, k]
            _occupied(p, np.sqrt(pf2), m, t, level1, level2, False, poly, _C, low)
            _occupied(p, np.sqrt(pi2), m, t, level1, level2, True, poly, _C, high)
            total = 0.0
            for n in range(_L):
                total += (2 * n + 1) * moments[n] * low[n] * high[n]
            blocked += weight * _P[1, k] * top * p * p * total
    norm = 0.25 * n1 * n2 * (2.0 * np.pi / (m * t)) ** 3
    return blocked / (free * norm * 0.25 * np.sqrt(np.pi) * (4.0 * m * t) ** 1.5)
