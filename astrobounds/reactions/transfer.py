"""Kinematics of 1 + 2 -> 3 + 4 with a massless 1 at fixed transfer (q, w) to a Fermi gas of 2 and 3.

4 is the particle that is made, of energy E4; w = E1 - E4 = E3 - E2 and q = |p1 - p4|. An amplitude that is
quadratic in E2 after the azimuth needs three moments of f2 (1 - f3) at each (q, w):

    R(E4) = 1/(64 pi^3 E4 p4) int dq dw (1/2) [c_0 s_0 + c_1 s_1 + c_2 s_2] f_1
    s_k = int dE2 E2^k f2 (1-f3)."""

import numpy as np

from ..numerics.collision import fermi
from ..numerics.jit import kernel

CUT = 28.0  # thermal widths kept beyond the Fermi level


@kernel
def most_taken(q, pc, ec):
    """Largest energy that a target with momentum up to pc takes with a momentum transfer q."""
    return q * (2.0 * pc + q) / (np.sqrt(ec * ec + 2.0 * pc * q + q * q) + ec)


@kernel
def energy_limits(q, e4, p4, pc, ec, cap):
    """(low, high) of w at momentum transfer q, with w below ``cap``."""
    top = most_taken(q, pc, ec)
    low = max(abs(p4 - q) - e4, -top)
    return low, min(min(q - (e4 - p4), top), cap)


@kernel
def momentum_limits(e4, p4, pc, ec, cap):
    """(low, high) of q where the limits of w leave room; (0, 0) if nowhere."""
    gap = max(e4 - p4, 0.0)
    low, high = 0.5 * gap, gap  # q + taken(q) = E4 - p4, and taken(q) < q
    while high - low > 1e-13 * high:
        mid = 0.5 * (low + high)
        if mid == low or mid == high:
            break
        if mid + most_taken(mid, pc, ec) < gap:
            low = mid
        else:
            high = mid
    q_low = high
    inside, outside = max(q_low, p4), p4 + e4 + max(cap, 0.0) + 1e-9
    while outside - inside > 1e-13 * outside:
        mid = 0.5 * (inside + outside)
        if mid == inside or mid == outside:
            break
        a, b = energy_limits(mid, e4, p4, pc, ec, cap)
        if b > a:
            inside = mid
        else:
            outside = mid
    return q_low, inside


@kernel
def target_moments(e_min, w, mu, t, inner, tail):
    """(s_0, s_1, s_2) of f(E2) [1 - f(E2 + w)] for w >= 0, else of f(E2 + w) [1 - f(E2)], E2 > e_min.

    The second is e^{-w/T} times the first. ``inner`` rule below the Fermi level, ``tail``
    (Gauss-Laguerre) beyond.
    """
    level = mu if w >= 0.0 else mu - w
    s0, s1, s2 = 0.0, 0.0, 0.0
    start = e_min
    if e_min < level:
        for n in range(inner.shape[1]):
            e2 = e_min + (level - e_min) * inner[0, n]
            f2, f3 = fermi((e2 - mu) / t), fermi((e2 + w - mu) / t)
            f = f2 * (1.0 - f3) if w >= 0.0 else f3 * (1.0 - f2)
            f *= (level - e_min) * inner[1, n]
            s0 += f
            s1 += f * e2
            s2 += f * e2 * e2
        start = level
    if (start - level) / t < 600.0:
        scale = np.exp(-(start - level) / t)
        for n in range(tail.shape[1]):
            e2 = start + t * tail[0, n]
            if w >= 0.0:
                f = scale / (1.0 + np.exp((mu - e2) / t)) * (1.0 - fermi((e2 + w - mu) / t))
            else:
                f = scale / (1.0 + np.exp((mu - e2 - w) / t)) * (1.0 - fermi((e2 - mu) / t))
            f *= t * tail[1, n]
            s0 += f
            s1 += f * e2
            s2 += f * e2 * e2
    return s0, s1, s2


@kernel
def photon_statistics(e1, e4, w, t):
    """(1+f_1) f_3 (1-f_2) - f_1 f_2 (1-f_3) of a photon 1 over f_2 (1-f_3), or over f_3 (1-f_2) for w < 0.

    With w = E1 - E4 = E3 - E2 it is f_1 (e^{E4/T} - 1), and e^{w/T} times that: absorption less stimulated
    emission of 4, without overflow.
    """
    if w >= 0.0:
        return -np.expm1(-e4 / t) / (np.exp(w / t) - np.exp(-e4 / t))
    return np.expm1(-e4 / t) / np.expm1(-e1 / t)
