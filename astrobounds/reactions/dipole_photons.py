"""Photons of a plasma and a transition moment: inverse decay gamma nu -> N and plasmon -> nubar N.

All at d = 1 MeV^-1, per helicity of N as in `dipole_scattering` (index 0 is the relativistic one). With the
photon momentum K (K^2 = w^2 - k^2), polarisation eps and residue Z, and q_h in the place of p4,

    inverse decay:  |M_h|^2 = 8 d^2 Z [2 (2 (Kq)(K1) - K^2 (1q)) - 2 K^2 (p1_perp . q_perp)]
    plasmon decay:  |M_h|^2 = 8 d^2 Z [2 (Kq)(Kp) - K^2 (pq) - 2 K^2 (p.eps)(q.eps)]  per polarisation

(the first summed over two transverse polarisations). Dispersion of relativistic electrons:
Braaten & Segel, hep-ph/9302213.
"""

from functools import lru_cache

import numpy as np

from ..numerics.collision import fermi
from ..numerics.jit import kernel

TRANSVERSE, LONGITUDINAL = 0, 1
LONGITUDINAL_END = 3.5  # k/w_pl, beyond it w_L - k is exponentially small
_CUT = 28.0
_SCAN = 12
_MODES, _STEP = 4000, 0.0025  # table of the dispersion, up to k = 1e4 w_pl


@kernel
def bose(x):
    """1/(e^x - 1) for x > 0."""
    if x > 700.0:
        return 0.0
    return 1.0 / np.expm1(x)


@kernel
def _log_ratio(v):
    """(1/2v) ln((1+v)/(1-v)) - 1, with its series below v = 0.1."""
    if v < 0.1:
        x = v * v
        return x * (1 / 3 + x * (1 / 5 + x * (1 / 7 + x * (1 / 9 + x * (1 / 11 + x / 13)))))
    return np.arctanh(v) / v - 1.0


@kernel
def transverse_self_energy(v):
    """Pi_T/w_pl^2 at v = k/w: (3/2v^2) [1 - (1-v^2) arctanh(v)/v], between 1 and 3/2."""
    if v < 1e-6:
        return 1.0
    if v >= 1.0:
        return 1.5
    if v < 0.1:  # 1 - (1-v^2)(1+g) = v^2 (1+g) - g, cancellation-free by series
        x = v * v
        return 1.0 + x * (1 / 5 + x * (3 / 35 + x * (3 / 63 + x * (3 / 99 + x * 3 / 143))))
    return 1.5 / (v * v) * (1.0 - (1.0 - v * v) * (1.0 + _log_ratio(v)))


@kernel
def dispersion(k, polarisation):
    """(w, K^2, Z) at momentum k, all in units of w_pl."""
    if polarisation == TRANSVERSE:
        w = np.sqrt(k * k + 1.25)
        for _ in range(50):  # a contraction: the slope of Pi_T is small
            before = w
            w = np.sqrt(k * k + transverse_self_energy(k / w))
            if abs(w - before) < 1e-15 * w:
                break
        square = transverse_self_energy(k / w)
        residue = 2.0 * w * w * square / (
            3.0 * w * w + (w * w + k * k) * square - 2.0 * w * w * square
        )
        return w, square, residue
    if k < 1e-4:
        return 1.0 + 0.3 * k * k, 1.0 - 0.4 * k * k, 1.0 + 0.4 * k * k
    # k^2 = 3 (arctanh(v)/v - 1) with v = k/w: solve for 1 - v in the logarithm
    low, high = -90.0, 0.0
    while high - low > 1e-14:
        mid = 0.5 * (low + high)
        if mid == low or mid == high:
            break
        v = 1.0 - np.exp(mid)
        g = _log_ratio(v) if mid > -30.0 else 0.5 * (np.log(2.0) - mid) - 1.0
        if 3.0 * g < k * k:
            high = mid
        else:
            low = mid
    gap = np.exp(0.5 * (low + high))
    w = k / (1.0 - gap)
    square = w * w * gap * (2.0 - gap)
    return w, square, 2.0 * w * w / (3.0 - square)


@kernel
def _fill_modes(step, out):
    """Fill ``out[polarisation]`` = rows (K^2, Z) at asinh(k) = i step, in units of w_pl."""
    for polarisation in range(2):
        for i in range(out.shape[2]):
            k = np.sinh(i * step)
            if polarisation == LONGITUDINAL and k > LONGITUDINAL_END + 0.1:
                break
            _, out[polarisation, 0, i], out[polarisation, 1, i] = dispersion(k, polarisation)


@lru_cache(maxsize=1)
def modes():
    """Return the table of (K^2, Z)/w_pl^2 for the rates: linear in asinh(k/w_pl), good to 1e-4."""
    out = np.zeros((2, 2, _MODES))
    _fill_modes(_STEP, out)
    return out


@kernel
def _mode(k, w_pl, table):
    """(w, K^2, Z) of a plasmon of momentum k from one row pair of `modes`."""
    x = np.arcsinh(k / w_pl) / _STEP
    i = min(int(x), table.shape[1] - 2)
    d = min(x - i, 1.0)
    square = w_pl * w_pl * (table[0, i] + d * (table[0, i + 1] - table[0, i]))
    return np.sqrt(k * k + square), square, table[1, i] + d * (table[1, i + 1] - table[1, i])


@kernel
def plasmon_width(w, square, residue, m):
    """Gamma/d^2 of one polarisation -> nubar N, Z (K^2-m^2)^2 (K^2+2m^2)/(12 pi w K^2)."""
    if square <= m * m:
        return 0.0
    return residue * (square - m * m) ** 2 * (square + 2.0 * m * m) / (12.0 * np.pi * w * square)


@kernel
def inverse_decay_rates(e, m, mass2, mu_nu, t, rule, out):
    """Fill ``out[lepton sign, helicity]`` with Gamma* [MeV] of gamma nu <-> N, photon mass^2 mass2.

    Gamma* = 1/(16 pi E p) int dw |M|^2 (1 + f_gamma - f_nu), E_nu = E - w; w in its logarithm.
    """
    out[:] = 0.0
    p = np.sqrt(max((e - m) * (e + m), 0.0))
    m2 = m * m
    if p <= 0.0 or mass2 >= m2:
        return
    high = 0.5 * (e * (m2 + mass2) + p * (m2 - mass2)) / m2
    # w_- = [E (m^2+K^2) - p (m^2-K^2)]/2m^2, written without cancellation
    low = 0.5 * (m2 / (e + p) + mass2 * (e + p) / m2)
    span = np.log(high / low)
    for i in range(rule.shape[1]):
        w = low * np.exp(span * rule[0, i])
        e_nu = e - w
        if e_nu <= 0.0:
            continue
        k = np.sqrt(max(w * w - mass2, 0.0))
        along = 0.5 * (e_nu * e_nu + p * p - k * k) / p
        perp2 = max((e_nu - along) * (e_nu + along), 0.0)  # neutrino momentum across N, and
        perp2 = perp2 * p * p / (k * k) if k > 0.0 else 0.0  # across the photon: same p1 x p4
        k_one = 0.5 * (m2 - mass2)
        weight = rule[1, i] * span * w
        for h in range(2):
            sign = 1.0 if h == 0 else -1.0
            q0 = 0.5 * (e + p) if h == 0 else 0.5 * m2 / (e + p)
            one_q = q0 * (e_nu - sign * along)
            k_q = 0.5 * m2 - one_q
            x = 2.0 * k_q * k_one - mass2 * one_q - mass2 * q0 * sign / p * perp2
            for c in range(2):
                mu = mu_nu if c == 0 else -mu_nu
                out[c, h] += weight * x * (1.0 + bose(w / t) - fermi((e_nu - mu) / t))
    out *= 16.0 / (16.0 * np.pi * e * p)


@kernel
def _opening(k, e, m, w_pl, table):
    """Positive where a plasmon of momentum k may give an N of energy e: E- < e < E+."""
    w, square, _ = _mode(k, w_pl, table)
    if square <= m * m:
        return -1.0
    mean, half = 0.5 * w * (square + m * m) / square, 0.5 * k * (square - m * m) / square
    return half - abs(e - mean)


@kernel
def _centre(e, m, w_pl, top, table):
    """The momentum whose N have the mean energy e (inside the allowed range), between 0 and top."""
    low, high = 0.0, top
    while high - low > 1e-12 * high + 1e-9 * w_pl:
        mid = 0.5 * (low + high)
        w, square, _ = _mode(mid, w_pl, table)
        if 0.5 * w * (1.0 + m * m / square) < e:
            low = mid
        else:
            high = mid
    return high


@kernel
def _edge(bad, good, e, m, w_pl, table):
    """The momentum between a forbidden and an allowed one where the decay opens."""
    while abs(bad - good) > 1e-12 * max(bad, good):
        mid = 0.5 * (bad + good)
        if _opening(mid, e, m, w_pl, table) > 0.0:
            good = mid
        else:
            bad = mid
    return good


@kernel
def _plasmon_segment(low, high, e, p, m, mu_nu, t, w_pl, polarisation, table, rule, out):
    """Add one allowed range of plasmon momenta to ``out[lepton sign, helicity]``."""
    m2 = m * m
    for i in range(rule.shape[1]):
        u = rule[0, i]
        k = low + (high - low) * u * u * (3.0 - 2.0 * u)
        weight = 6.0 * u * (1.0 - u) * (high - low) * rule[1, i]
        w, square, residue = _mode(k, w_pl, table)
        e_nu = w - e
        if e_nu <= 0.0 or square <= m2:
            continue
        forward = 0.5 * (k * k + e_nu * e_nu - p * p) / k  # antineutrino momentum along k
        perp2 = max((e_nu - forward) * (e_nu + forward), 0.0)
        between = 0.5 * (k * k - e_nu * e_nu - p * p)  # p_nu . p4
        n4z = (k - forward) / p
        for h in range(2):
            sign = 1.0 if h == 0 else -1.0
            q0 = 0.5 * (e + p) if h == 0 else 0.5 * m2 / (e + p)
            p_q = q0 * (e_nu - sign * between / p)
            k_q, k_p = p_q + 0.5 * m2, 0.5 * (square - m2)
            base = 2.0 * k_q * k_p - square * p_q
            if polarisation == TRANSVERSE:
                x = 2.0 * base + 2.0 * square * q0 * sign / p * perp2
            else:  # eps = (k, w k^)/sqrt(K^2)
                x = base - 2.0 * (k * e_nu - w * forward) * q0 * (k - sign * w * n4z)
            common = weight * k / w * residue * x
            for c in range(2):
                mu = mu_nu if c == 0 else -mu_nu
                out[c, h] += common * (bose(w / t) + fermi((e_nu + mu) / t))


@kernel
def plasmon_rates(e, m, w_pl, mu_nu, t, polarisation, table, rule, out):
    """Fill ``out[lepton sign, helicity]`` with Gamma* [MeV] of gamma* <-> nubar N.

    Gamma* = 1/(16 pi E p) int (k dk/w) Z |M|^2 (f_gamma + f_nubar), over the momenta that can give
    an N of energy E; the ends are bracketed by a scan and bisected. ``table``: `modes` of one
    polarisation.
    """
    out[:] = 0.0
    p = np.sqrt(max((e - m) * (e + m), 0.0))
    if p <= 0.0 or 1.5 * w_pl * w_pl <= m * m:
        return
    # production: w < 28 T; absorption: the antineutrino (or neutrino) below its level + 28 T
    top = max(_CUT * t, e + abs(mu_nu) + _CUT * t)
    if polarisation == LONGITUDINAL:
        top = min(top, LONGITUDINAL_END * w_pl)
    middle = _centre(e, m, w_pl, top, table)
    before, before_open, start = 0.0, False, 0.0
    for i in range(1, 2 * _SCAN + 2):
        if i <= _SCAN:
            k = middle * i / _SCAN
        else:
            u = (i - _SCAN) / _SCAN
            k = middle + (top - middle) * u * u
        is_open = i <= 2 * _SCAN and _opening(k, e, m, w_pl, table) > 0.0
        if is_open and not before_open:
            start = _edge(before, k, e, m, w_pl, table)
        if before_open and not is_open:
            stop = top if i > 2 * _SCAN else _edge(k, before, e, m, w_pl, table)
            _plasmon_segment(
                start, stop, e, p, m, mu_nu, t, w_pl, polarisation, table, rule, out
            )
        before, before_open = k, is_open
    out *= 8.0 / (16.0 * np.pi * e * p)
