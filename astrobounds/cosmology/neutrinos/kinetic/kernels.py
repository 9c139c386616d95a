"""Contact matrix elements integrated over angles, and electrons integrated out of nu-e collisions.

For 1 + 2 -> 3 + 4 the angular average of an invariant leaves one integral over the length of a
momentum that two pairs share: k = (1/2) Int dP M(P). Every product of two invariants is a polynomial
of fourth degree in P, so three Gauss points are exact. Momenta p and masses are in one common unit
(the free-falling temperature), rates in units of G_F^2 times its fifth power.
"""

import numpy as np

from ....numerics.jit import quick

references = ("Hannestad:1995rs", "Dolgov:1997mb", "Froustey:2020mcq")

NODES, WEIGHTS = np.polynomial.legendre.leggauss(14)
_GAUSS = np.sqrt(0.6)
REACH = 32.0  # electron energies in units of T beyond which none are left


@quick
def total(e, p1, p2, p3, p4, m12, m34):
    """Average of (p1.p2)(p3.p4); P = p1 + p2, e = E1 + E2, m12 = m1^2 + m2^2."""
    low, high = max(abs(p1 - p2), abs(p3 - p4)), min(p1 + p2, p3 + p4)
    if high <= low:
        return 0.0
    middle, half = 0.5 * (high + low), 0.5 * (high - low)
    a, b = e * e - m12, e * e - m34
    out = 8.0 * (a - middle * middle) * (b - middle * middle)
    for sign in (-1.0, 1.0):
        square = (middle + sign * _GAUSS * half) ** 2
        out += 5.0 * (a - square) * (b - square)
    return half * out / 72.0  # (1/2) half (8, 5, 5)/9 /4


@quick
def exchanged(d, p1, p4, p2, p3, m14, m23):
    """Average of (p1.p4)(p2.p3); P = p1 - p4, d = E1 - E4, m14 = m1^2 + m4^2."""
    low, high = max(abs(p1 - p4), abs(p2 - p3)), min(p1 + p4, p2 + p3)
    if high <= low:
        return 0.0
    middle, half = 0.5 * (high + low), 0.5 * (high - low)
    a, b = m14 - d * d, m23 - d * d
    out = 8.0 * (a + middle * middle) * (b + middle * middle)
    for sign in (-1.0, 1.0):
        square = (middle + sign * _GAUSS * half) ** 2
        out += 5.0 * (a + square) * (b + square)
    return half * out / 72.0


@quick
def one_total(e, p1, p2, p3, p4, m12):
    """Average of (p1.p2)."""
    low, high = max(abs(p1 - p2), abs(p3 - p4)), min(p1 + p2, p3 + p4)
    if high <= low:
        return 0.0
    return 0.25 * ((e * e - m12) * (high - low) - (high**3 - low**3) / 3.0)


@quick
def one_exchanged(d, p1, p3, p2, p4, m13):
    """Average of (p1.p3)."""
    low, high = max(abs(p1 - p3), abs(p2 - p4)), min(p1 + p3, p2 + p4)
    if high <= low:
        return 0.0
    return 0.25 * ((m13 - d * d) * (high - low) + (high**3 - low**3) / 3.0)


@quick
def _scatter_node(p1, p3, e2, e4, p2, p4, m2):
    """(p1.p2)(p3.p4) + (p1.p4)(p2.p3) and m^2 (p1.p3) of nu(1) e(2) -> nu(3) e(4)."""
    first = total(p1 + e2, p1, p2, p3, p4, m2, m2)
    first += exchanged(p1 - e4, p1, p4, p2, p3, m2, m2)
    return first, m2 * one_exchanged(p1 - p3, p1, p3, p2, p4, 0.0)


@quick
def scattering(p1, p3, mass, T):
    """Int (p2 dp2/E2) (k, m^2 s13) f(E2) (1 - f(E4)) for p1 > p3, electrons of temperature T.

    The overlap of the allowed P changes its form at one electron energy only: E2 + E4 = s
    sqrt(1 + 4 m^2/(s^2 - d^2)) with s = p1 + p3, d = p1 - p3; it is the threshold if d (E2 + E4) >
    s^2.
    """
    d, s, m2 = p1 - p3, p1 + p3, mass * mass
    both = s * np.sqrt(1.0 + m2 / (p1 * p3))
    at = 0.5 * (both - d)
    one, two = 0.0, 0.0
    later = np.exp(-d / T)
    if at - mass > REACH * T:
        if both * d > s * s:
            return 0.0, 0.0
        at = mass + REACH * T
    if both * d < s * s:
        top = np.sqrt(max(at * at - m2, 0.0))
        for x, w in zip(NODES, WEIGHTS):
            p2 = 0.5 * top * (1.0 + x)
            e2 = np.sqrt(p2 * p2 + m2)
            e4 = e2 + d
            p4 = np.sqrt(e4 * e4 - m2)
            a, b = _scatter_node(p1, p3, e2, e4, p2, p4, m2)
            v = np.exp(-e2 / T)
            f = 0.5 * top * w * p2 * v / (e2 * (1.0 + v) * (1.0 + v * later))
            one += f * a
            two += f * b
    for x, w in zip(NODES, WEIGHTS):
        u = 0.5 * (1.0 + x)
        e2 = at + 24.0 * T * u * u
        p2 = np.sqrt(max(e2 * e2 - m2, 0.0))
        e4 = e2 + d
        p4 = np.sqrt(e4 * e4 - m2)
        a, b = _scatter_node(p1, p3, e2, e4, p2, p4, m2)
        v = np.exp(-e2 / T)
        f = 24.0 * T * u * w * v / ((1.0 + v) * (1.0 + v * later))
        one += f * a
        two += f * b
    return one, two


@quick
def _pair_node(p1, p2, e3, e4, p3, p4, m2):
    """Mean of (p1.p4)(p2.p3) and (p1.p3)(p2.p4), and m^2 (p1.p2), of nu(1) nubar(2) -> e(3) e(4)."""
    first = exchanged(p1 - e4, p1, p4, p2, p3, m2, m2) + exchanged(p1 - e3, p1, p3, p2, p4, m2, m2)
    return 0.5 * first, m2 * one_total(p1 + p2, p1, p2, p3, p4, 0.0)


@quick
def annihilation(p1, p2, mass, T):
    """Int dE3 (k, m^2 s12) (1 - f(E3))(1 - f(E4)); zero below threshold p1 p2 < m^2.

    The overlap changes its form at |E3 - E4| = d sqrt(1 - m^2/(p1 p2)), d = |p1 - p2|; what lies
    beyond is empty if there p3 + p4 = d.
    """
    m2 = mass * mass
    if p1 * p2 <= m2:
        return 0.0, 0.0
    d, s = abs(p1 - p2), p1 + p2
    root = np.sqrt(1.0 - m2 / (p1 * p2))
    at = d * root
    one, two = 0.0, 0.0
    both = np.exp(-s / T)
    for x, w in zip(NODES, WEIGHTS):  # difference E3 - E4 from 0 to ``at``, other half by symmetry
        e3 = 0.5 * (s + 0.5 * at * (1.0 + x))
        e4 = s - e3
        p3, p4 = np.sqrt(max(e3 * e3 - m2, 0.0)), np.sqrt(max(e4 * e4 - m2, 0.0))
        a, b = _pair_node(p1, p2, e3, e4, p3, p4, m2)
        v = np.exp(-e4 / T)
        f = 0.5 * at * w * v / ((1.0 + v) * (v + both))
        one += f * a
        two += f * b
    if s * root > d:
        top = np.sqrt(max(0.25 * (s - at) ** 2 - m2, 0.0))
        for x, w in zip(NODES, WEIGHTS):
            p4 = 0.5 * top * (1.0 + x)
            e4 = np.sqrt(p4 * p4 + m2)
            e3 = s - e4
            p3 = np.sqrt(max(e3 * e3 - m2, 0.0))
            a, b = _pair_node(p1, p2, e3, e4, p3, p4, m2)
            v = np.exp(-e4 / T)
            f = top * w * p4 * v / (e4 * (1.0 + v) * (v + both))
            one += f * a
            two += f * b
    return one, two


@quick
def electron_tables(p, mass, T, scatter, pair):
    """Symmetric tables of :func:`scattering` (larger momentum first) and :func:`annihilation`.

    ``scatter``, ``pair``: shape (2, n, n), lower triangles (diagonal of ``pair`` included) filled.
    """
    for i in range(p.shape[0]):
        for j in range(i + 1):
            if j < i:
                scatter[0, i, j], scatter[1, i, j] = scattering(p[i], p[j], mass, T)
            pair[0, i, j], pair[1, i, j] = annihilation(p[i], p[j], mass, T)
