"""Rates of nu f <-> N f and e- e+ <-> nubar N by a transition moment, in any thermal plasma.

All at d = 1 MeV^-1 with full statistics, for the core of a star and for the early Universe.

Squares of amplitudes are summed over the spins of all particles but N. A right-chiral N of helicity
h enters every trace as q_h = (E4 + h p4)/2 (1, h n4) in place of p4; index 0 is the helicity that a
relativistic N has (h = +1 for N, -1 for Nbar), index 1 the other. With the photon momentum k = p1 - p4,
t = k^2 and a target of mass M and charge Z,

    |M_h|^2 = 32 e^2 Z^2 d^2 X_h / t^2,
    X_h = -2t [(12)(q3) + (13)(q2)] + 2 M^2 t (1q) - 2 (kq)(k1)(2 M^2 + t);

k = p1 + p2, s = k^2 and X_h = -2s [(13)(2q) + (23)(1q)] - 2 M^2 s (3q) + 2 (kq)(k3)(s + 2 M^2)
for the pair (3 is the antineutrino). Their sums over h are the squares of arXiv:1803.03262.
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import fermi
from ..numerics.jit import kernel
from .transfer import target_moments

ION, PROPAGATOR = 0, 1  # screening: Q^2/(Q^2+k^2) (structure factor) or its square (propagator)
FORMS = {"F1": ION, "F2": PROPAGATOR}
_CUT = 28.0  # thermal widths kept beyond the Fermi level
E2 = 4.0 * np.pi * const.ALPHA


@kernel
def screened(t, k2, form):
    """1/t^2 times the screening factor: F1 = Q^2/(Q^2+k^2) or F2 = F1^2, Q^2 = -t; PRD 33 (1986) 897."""
    if form == ION:
        return 1.0 / (t * (t - k2))
    return 1.0 / (t - k2) ** 2


@kernel
def _top(q, pc, ec):
    """Largest energy that a target with p2 <= pc can take with a momentum transfer q."""
    return q * (2.0 * pc + q) / (np.sqrt(ec * ec + 2.0 * pc * q + q * q) + ec)


@kernel
def _transfer_limits(q, e4, p4, mass, pc, ec, cap):
    """(low, high) of the energy E1 - E4 given to the lepton side at momentum transfer q."""
    top = _top(q, pc, ec)
    low = max(abs(p4 - q) - e4, -top)
    high = min(min(q - (e4 - p4), top), cap)
    return low, high


@kernel
def _q_limits(e4, p4, mass, pc, ec, cap):
    """(low, high) of the momentum transfer; (0, 0) if nothing is allowed."""
    gap = max((e4 - p4), 0.0)
    low, high = 0.5 * gap, gap  # q + top(q) = E4 - p4, and top(q) < q
    while high - low > 1e-13 * high:
        mid = 0.5 * (low + high)
        if mid + _top(mid, pc, ec) < gap:
            low = mid
        else:
            high = mid
    q_low = high
    inside, outside = max(q_low, p4), p4 + e4 + max(cap, 0.0) + 1e-9
    while outside - inside > 1e-13 * outside:
        mid = 0.5 * (inside + outside)
        a, b = _transfer_limits(mid, e4, p4, mass, pc, ec, cap)
        if b > a:
            inside = mid
        else:
            outside = mid
    return q_low, inside


@kernel
def upscatter_rates(e4, m4, mass, mu2, mu_nu, t, k, form, outer, inner, tail, out):
    """Fill ``out[lepton sign, helicity]`` with Gamma* [MeV] at d = 1 MeV^-1, recoil and blocking kept.

    Gamma* = Gamma_absorption + Gamma_production of N (index 0) and Nbar (1), with
    R = 1/(64 pi^3 E4 p4) int dq dw dE2 (1/2) <|M|^2> f1 f2 (1-f3), E1 = E4 + w, E3 = E2 + w, and
    f3 (1-f1)(1-f2) added. |M|^2 averaged over the azimuth is quadratic in E2: three moments of the
    target are enough. ``outer``: rule in ln(q^2 + k^2) and in w; ``inner``, ``tail``: rules in E2
    below the Fermi level (0, 1) and beyond it (Gauss-Laguerre).
    """
    out[:] = 0.0
    p4 = np.sqrt(max((e4 - m4) * (e4 + m4), 0.0))
    if p4 <= 0.0:
        return
    ec = max(mu2, mass) + _CUT * t
    pc = np.sqrt(ec * ec - mass * mass)
    cap = max(max(abs(mu_nu), 0.0) + _CUT * t - e4, ec - mass)
    q_low, q_high = _q_limits(e4, p4, mass, pc, ec, cap)
    if q_high <= q_low:
        return
    m2 = m4 * m4
    y_low, y_high = np.log(q_low * q_low + k * k), np.log(q_high * q_high + k * k)
    for i in range(outer.shape[1]):
        shifted = np.exp(y_low + (y_high - y_low) * outer[0, i])
        q = np.sqrt(max(shifted - k * k, 1e-300))
        weight_q = outer[1, i] * (y_high - y_low) * 0.5 * shifted / q
        w_low, w_high = _transfer_limits(q, e4, p4, mass, pc, ec, cap)
        if w_high <= w_low:
            continue
        for j in range(outer.shape[1]):
            w = w_low + (w_high - w_low) * outer[0, j]
            tt = (w - q) * (w + q)
            if tt >= 0.0:
                continue
            e1 = e4 + w
            e_min = 0.5 * (q * np.sqrt(1.0 - 4.0 * mass * mass / tt) - w)
            s0, s1, s2 = target_moments(e_min, w, mu2, t, inner, tail)
            if s0 <= 0.0:
                continue
            boltzmann = np.exp(-abs(w) / t)
            common = weight_q * outer[1, j] * (w_high - w_low) * screened(tt, k * k, form)
            # momenta along k: c1, c4 and c2 = a2 + b2 E2; all transverse parts share one azimuth
            p1 = e1
            c1 = 0.5 * (p1 * p1 + q * q - p4 * p4) / q
            c4 = c1 - q
            perp1 = max((p1 - c1) * (p1 + c1), 0.0)
            a2, b2 = 0.5 * tt / q, w / q
            a0, a1 = -c1 * a2, e1 - c1 * b2  # (12) = a0 + a1 E2 - P cos
            # P^2 = perp1 (E2^2 - M^2 - c2^2)
            r0 = perp1 * (-mass * mass - a2 * a2)
            r1 = -2.0 * perp1 * a2 * b2
            r2 = perp1 * (1.0 - b2 * b2)
            one_four = 0.5 * (m2 - tt)
            along = 0.5 * (p1 * p1 + p4 * p4 - q * q) / p4
            for h in range(2):
                sign = 1.0 if h == 0 else -1.0
                q0 = 0.5 * (e4 + p4) if h == 0 else 0.5 * m2 / (e4 + p4)
                one_q = q0 * (e1 - sign * along)
                g = q0 * sign / p4
                d0, d1 = -g * c4 * a2, q0 - g * c4 * b2  # (2q) = d0 + d1 E2 - g P cos
                v = one_q - 0.5 * m2
                # (12) v + 2 (12)(2q) - (14)(2q)
                x0 = a0 * v + 2.0 * a0 * d0 + g * r0 - one_four * d0
                x1 = a1 * v + 2.0 * (a0 * d1 + a1 * d0) + g * r1 - one_four * d1
                x2 = 2.0 * a1 * d1 + g * r2
                rest = 2.0 * mass * mass * tt * one_q + 2.0 * v * one_four * (
                    2.0 * mass * mass + tt
                )
                value = common * (rest * s0 - 2.0 * tt * (x0 * s0 + x1 * s1 + x2 * s2))
                for c in range(2):
                    f1 = fermi((e1 - mu_nu) / t) if c == 0 else fermi((e1 + mu_nu) / t)
                    if w >= 0.0:
                        stat = f1 + (1.0 - f1) * boltzmann
                    else:
                        stat = f1 * boltzmann + (1.0 - f1)
                    out[c, h] += value * stat
    norm = 32.0 * E2 * 0.5 / (64.0 * np.pi**3 * e4 * p4)
    out *= norm


@kernel
def annihilation_rates(e4, m4, mass, mu_e, mu_nu, t, outer, inner, out):
    """Fill ``out[lepton sign, helicity]`` with Gamma* [MeV] of e- e+ <-> nubar N at d = 1 MeV^-1.

    R = 1/(64 pi^3 E4 p4) int dW dP dE2 (1/2) <|M|^2> f1 f2 (1-f3), W = E1 + E2 = E3 + E4, P the
    momentum of the pair; 2 is the positron, 3 the antineutrino (neutrino for Nbar).
    """
    out[:] = 0.0
    p4 = np.sqrt(max((e4 - m4) * (e4 + m4), 0.0))
    if p4 <= 0.0:
        return
    m2, target = m4 * m4, mass * mass
    w_low = max(e4, 2.0 * mass)
    span = max(_CUT * t + abs(mu_nu), _CUT * t + max(mu_e, 0.0) - e4)
    for i in range(outer.shape[1]):
        u = outer[0, i]
        w = w_low + span * u * u
        weight_w = 2.0 * u * span * outer[1, i]
        e3 = w - e4
        low, high = abs(p4 - e3), min(p4 + e3, np.sqrt(w * w - 4.0 * target))
        if high <= low:
            continue
        for j in range(outer.shape[1]):
            p = low + (high - low) * outer[0, j]
            s = (w - p) * (w + p)
            if s <= m2:
                continue
            common = weight_w * outer[1, j] * (high - low) / (s * s)
            c4 = 0.5 * (p4 * p4 + p * p - e3 * e3) / p
            perp4 = max((p4 - c4) * (p4 + c4), 0.0)
            three_four = 0.5 * (p * p - e3 * e3 - p4 * p4) / p4
            half = 0.5 * p * np.sqrt(max(1.0 - 4.0 * target / s, 0.0))
            for n in range(inner.shape[1]):
                e2 = 0.5 * w + half * (2.0 * inner[0, n] - 1.0)
                e1 = w - e2
                f1, f2 = fermi((e1 - mu_e) / t), fermi((e2 + mu_e) / t)
                c2 = 0.5 * (e2 * e2 - e1 * e1 + p * p) / p
                cross = max((e2 * e2 - target - c2 * c2) * perp4, 0.0)
                u0 = 0.5 * s - e2 * e4 + c2 * c4  # (23) = u0 + Q cos
                k3 = 0.5 * (s - m2)
                for h in range(2):
                    sign = 1.0 if h == 0 else -1.0
                    q0 = 0.5 * (e4 + p4) if h == 0 else 0.5 * m2 / (e4 + p4)
                    g = q0 * sign / p4
                    b = q0 * e2 - g * c2 * c4  # (2q) = b - g Q cos
                    three_q = q0 * (e3 - sign * three_four)
                    kq = three_q + 0.5 * m2
                    x = -2.0 * s * (k3 * b + kq * u0 - 2.0 * u0 * b + g * cross)
                    x += -2.0 * target * s * three_q + 2.0 * kq * k3 * (s + 2.0 * target)
                    value = common * inner[1, n] * 2.0 * half * x
                    for c in range(2):
                        f3 = fermi((e3 + mu_nu) / t) if c == 0 else fermi((e3 - mu_nu) / t)
                        stat = f1 * f2 * (1.0 - f3) + f3 * (1.0 - f1) * (1.0 - f2)
                        out[c, h] += value * stat
    out *= 32.0 * E2 * 0.5 / (64.0 * np.pi**3 * e4 * p4)
