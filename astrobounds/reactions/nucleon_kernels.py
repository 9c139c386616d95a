"""Collision integral of 1 + N2 -> N3 + 4 on nucleons with currents that depend on Q^2.

With omega = E3 - E2 and q = |p3 - p2| = |p1 - p4| the square of the amplitude, averaged over the
azimuth, is a quadratic in E2, and the integrals of E2^n f2 (1 - f3) over E2 are polylogarithms:

    Gamma*(E4) = 1/(128 pi^3 E4 p4) int dq int domega [f1 + (1 - f1) e^-z] sum_n a_n(omega, q) I_n,
    I_n = int_{E_min} dE2 E2^n f2 (1 - f3),   z = (omega + mu2 - mu3)/T,   E1 = E4 + omega + shift.

Two dimensions are left for any dependence on Q^2, and their integrand is smooth. Q^2 is that of the
leptons, (p1 - p4)^2 = -Q^2; weak magnetism takes the momentum that the nucleons take up (they differ by
the shift of potentials, 1 % of that term). The square, with a = p1, k = q_h the helicity vector of 4
(see `numerics.collision`), G = F1 + F2 (m2 + m3)/2M, f = F2/2M, c = F_A, c_P of the pion pole, P = p2 +
p3 and C(X, Y) = (aX)(kY) + (aY)(kX) - (ak)(XY), in units of 32 G_F^2:

    (G + c)^2 (a2)(3k) + (G - c)^2 (a3)(2k) - (G^2 - c^2) m2 m3 (ak) - G f C(m2 p3 + m3 p2, P)
    + f^2 [(23) + m2 m3] [(aP)(kP) - (ak) P^2/2] - c c_P C(m2 p3 - m3 p2, q)
    + c_P^2 [(23) - m2 m3] [(aq)(kq) - (ak) q^2/2]

Spacelike transfers between the nucleons only: for m2 != m3 the rest, q^2 < (m2 - m3)^2, is left out.
References: arXiv:astro-ph/9710115 (polarisation functions in closed form), Llewellyn Smith 1972.
"""

import numpy as np
from scipy.special import spence

from ..numerics.collision import fermi
from ..numerics.jit import kernel
from .form_factors import NUCLEON, form_factors

_CUT = 18.0  # thermal widths of nucleons and leptons kept beyond the Fermi level; the rest is below 1e-7
_SCAN, _BISECTIONS = 28, 10  # search of the range of q
_DEGREE = 17


def _polylogarithms():
    """Chebyshev coefficients on y in (0, 1) of -Li2(-y)/y and -Li3(-y)/y, shape (2, degree + 1)."""
    node = np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))
    x, w = np.polynomial.legendre.leggauss(60)
    y = 0.5 * (node + 1.0)
    second = -spence(1.0 + y) / y
    inner = np.outer(y, 0.5 * (x + 1.0))
    third = (-spence(1.0 + inner) / inner) @ (0.5 * w)
    return np.array([
        np.polynomial.chebyshev.chebfit(node, values, _DEGREE) for values in (second, third)
    ])  # fmt: skip


_POLY = _polylogarithms()


@kernel
def fermi_integrals(y, out):
    """Fill ``out[k]`` = (1/k!) int_0^inf u^k/(e^(u - y) + 1) du for k = 0, 1, 2."""
    x = np.exp(-abs(y))
    s = 2.0 * (2.0 * x - 1.0)
    for j in range(2):  # Clenshaw
        b1, b2 = 0.0, 0.0
        for i in range(_DEGREE, 0, -1):
            b1, b2 = s * b1 - b2 + _POLY[j, i], b1
        out[j + 1] = x * (0.5 * s * b1 - b2 + _POLY[j, 0])
    out[0] = np.log1p(x)
    if y > 0.0:
        out[0] += y
        out[1] = 0.5 * y * y + np.pi**2 / 6.0 - out[1]
        out[2] = y * (y * y + np.pi**2) / 6.0 + out[2]


@kernel
def _window(q, e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift):
    """Return the range of omega at momentum q: leptons that close the triangle, nucleons not too fast."""
    offset = e4 + shift
    low = np.sqrt(m1 * m1 + (q - p4) ** 2) - offset
    high = np.sqrt(m1 * m1 + (q + p4) ** 2) - offset
    c2, c3 = max(mu2, m2) + _CUT * t, max(mu3, m3) + _CUT * t
    p2, p3 = np.sqrt((c2 - m2) * (c2 + m2)), np.sqrt((c3 - m3) * (c3 + m3))
    # f1 f2 (1 - f3): nucleon 2 and lepton 1 are thermal
    first = np.sqrt((p2 - q) ** 2 + m3 * m3) - c2
    last = min(np.sqrt((p2 + q) ** 2 + m3 * m3) - c2, max(mu1, m1) + _CUT * t - offset)
    # f3 (1 - f1)(1 - f2): nucleon 3 is thermal
    start, stop = c3 - np.sqrt((p3 + q) ** 2 + m2 * m2), c3 - np.sqrt((p3 - q) ** 2 + m2 * m2)
    if last > first:
        start, stop = min(start, first), max(stop, last)
    return max(low, start), min(high, stop)


@kernel
def _range(e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift):
    """Return the range of q that is not empty, (0, 0) if there is none."""
    c3 = max(mu3, m3) + _CUT * t
    e1 = max(max(mu1, m1) + _CUT * t, e4 + shift + c3 - m2)
    top = p4 + np.sqrt(max(e1 * e1 - m1 * m1, 0.0))
    first, last = -1, -1
    for i in range(1, _SCAN + 1):
        low, high = _window(top * (i / _SCAN) ** 2, e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift)
        if high > low:
            first = i if first < 0 else first
            last = i
    if first < 0:
        return 0.0, 0.0
    bad, good = top * ((first - 1) / _SCAN) ** 2, top * (first / _SCAN) ** 2
    stay, leave = top * (last / _SCAN) ** 2, top * (min(last + 1, _SCAN) / _SCAN) ** 2
    for _ in range(_BISECTIONS):
        middle = 0.5 * (bad + good)
        low, high = _window(middle, e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift)
        bad, good = (bad, middle) if high > low else (middle, good)
        middle = 0.5 * (stay + leave)
        low, high = _window(middle, e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift)
        stay, leave = (middle, leave) if high > low else (stay, middle)
    return good, stay


@kernel
def azimuth_mean(e1, c1, s1, e4, p4, omega, q, m2, m3, shift, current, axial, h, poly):
    """Fill ``poly[0, n]`` and ``poly[1, n]``: coefficients of E2^n that do not and do change sign for 1bar.

    Averaged over the azimuth; c1 and s1 are the momenta of 1 along and across q, ``axial`` a factor on
    the axial amplitude, h the helicity.
    """
    f1, f2, c, pole = form_factors(q * q - (omega + shift) ** 2, current)
    c, pole = axial * c, axial * pole
    g, f = f1 + f2 * (m2 + m3) / (2.0 * NUCLEON), f2 / (2.0 * NUCLEON)
    c4 = h * (c1 - q) / p4
    slope, start = omega / q, (omega * omega + m2 * m2 - m3 * m3 - q * q) / (2.0 * q)
    kappa = 0.5 * (e4 - h * p4)
    if h > 0.0:
        kappa = 0.25 * (e4 - p4) * (e4 + p4) / (0.5 * (e4 + p4))
    a0, a1 = -c1 * start, e1 - c1 * slope  # (a 2) = a0 + a1 E2
    b0, b1 = c4 * start, 1.0 + c4 * slope  # (k 2)/kappa
    da, dk = e1 * omega - c1 * q, omega + c4 * q  # (a q), (k q)/kappa of the nucleons
    qa, qk = da + e1 * shift, dk + shift  # and of the leptons
    ak = e1 + h * (c1 * (c1 - q) + s1 * s1) / p4
    across = -0.5 * h * s1 * s1 / p4
    ab0 = a0 * b0 - across * (m2 * m2 + start * start)
    ab1 = a0 * b1 + a1 * b0 - 2.0 * across * start * slope
    ab2 = a1 * b1 + across * (1.0 - slope * slope)
    t = (omega - q) * (omega + q)
    n23 = 0.5 * (m2 * m2 + m3 * m3 - t)
    n2q = n23 - m2 * m2
    plus, minus, mm = m2 + m3, m2 - m3, m2 * m3
    # coefficients of (ab), of a = (a2), of b = (k2), of 1 and of E2
    gg, cc = g * g + c * c, c * pole
    ff, pp = f * f * (n23 + mm), pole * pole * (n23 - mm)
    x_ab = 2.0 * gg - 4.0 * g * f * plus + 4.0 * ff
    x_a = gg * dk - g * f * (plus + 2.0 * m2) * dk + 2.0 * ff * dk - cc * minus * qk
    x_b = gg * da - g * f * (plus + 2.0 * m2) * da + 2.0 * ff * da - cc * minus * qa
    xp = 2.0 * plus * m2 * m2 + (plus + 2.0 * m2) * n2q + m2 * t
    y_q = minus * n2q + m2 * (t + omega * shift)
    square = (omega + shift) ** 2 - q * q
    x_1 = -(g * g - c * c) * mm * ak - g * f * (2.0 * m2 * da * dk - ak * xp)
    x_1 += ff * (da * dk - 0.5 * ak * (m2 * m2 + m3 * m3 + 2.0 * n23))
    x_1 += -cc * (m2 * (da * qk + qa * dk) - ak * y_q) + pp * (qa * qk - 0.5 * ak * square)
    x_e = cc * ak * minus * shift
    poly[0, 0] = kappa * (x_ab * ab0 + x_a * a0 + x_b * b0 + x_1)
    poly[0, 1] = kappa * (x_ab * ab1 + x_a * a1 + x_b * b1 + x_e)
    poly[0, 2] = kappa * x_ab * ab2
    inter = 2.0 * g * c * kappa
    poly[1, 0] = inter * (a0 * dk - da * b0)
    poly[1, 1] = inter * (a1 * dk - da * b1)
    poly[1, 2] = 0.0


@kernel
def _energies(omega, q, m2, m3, mu2, mu3, t, near, far, out):
    """Fill ``out[n]`` with (1 - e^-z) I_n(omega, q)."""
    space = (q - omega) * (q + omega)
    b = m3 * m3 - m2 * m2 + space
    low = (q * np.sqrt(b * b + 4.0 * space * m2 * m2) - b * omega) / (2.0 * space)
    fermi_integrals((mu2 - low) / t, near)
    fermi_integrals((mu3 - omega - low) / t, far)
    d0, d1, d2 = t * (near[0] - far[0]), t * t * (near[1] - far[1]), t**3 * (near[2] - far[2])
    out[0] = d0
    out[1] = low * d0 + d1
    out[2] = low * low * d0 + 2.0 * low * d1 + 2.0 * d2


@kernel
def nucleon_rates(e4, m4, masses, mus, t, shift, current, axial, outer, inner, out):
    """Fill ``out[part, helicity]`` with Gamma* of 1 + N2 -> N3 + 4 in units of 32 G_F^2 [MeV^5].

    The sum of the parts is that of a neutrino (or l-) 1, their difference that of its antiparticle.

    Parameters
    ----------
    masses, mus : ndarray, shape (3,)
        Of 1, 2, 3 [MeV], mus with rest mass.
    current : ndarray
        :attr:`NucleonCurrent.numbers`.
    axial : float
        Factor on the axial amplitude.
    outer, inner : ndarray, shape (2, n)
        Rules on (0, 1) in q and omega.
    """
    out[:] = 0.0
    p4 = np.sqrt(max((e4 - m4) * (e4 + m4), 0.0))
    if p4 <= 0.0:
        return
    m1, m2, m3 = masses[0], masses[1], masses[2]
    mu1, mu2, mu3 = mus[0], mus[1], mus[2]
    first, last = _range(e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift)
    if last <= first:
        return
    poly, integral = np.empty((2, 3)), np.empty(3)
    near, far = np.empty(3), np.empty(3)
    split = p4 if first < p4 < last and m1 > 0.0 else last  # 1 at rest: a kink of the range
    for piece in range(1 if split == last else 2):
        start, stop = (first, split) if piece == 0 else (split, last)
        for i in range(outer.shape[1]):
            q = start + (stop - start) * outer[0, i]
            low, high = _window(q, e4, p4, m1, m2, m3, mu1, mu2, mu3, t, shift)
            if high <= low:
                continue
            weight = (stop - start) * outer[1, i] * (high - low)
            for k in range(inner.shape[1]):
                omega = low + (high - low) * inner[0, k]
                if q <= abs(omega):
                    continue
                e1 = e4 + omega + shift
                p1 = np.sqrt(max((e1 - m1) * (e1 + m1), 0.0))
                z = (omega + mu2 - mu3) / t
                if abs(z) < 1e-6:
                    z = 1e-6
                    mu_far = mu2 + omega - z * t
                else:
                    mu_far = mu3
                f = fermi((e1 - mu1) / t)
                if z > 0.0:
                    small = np.exp(-z)
                    stat = (f + (1.0 - f) * small) / (-np.expm1(-z))
                else:
                    stat = (f * np.exp(z) + 1.0 - f) / np.expm1(z)
                _energies(omega, q, m2, m3, mu2, mu_far, t, near, far, integral)
                c1 = (p1 * p1 + q * q - p4 * p4) / (2.0 * q)
                s1 = np.sqrt(max((p1 - c1) * (p1 + c1), 0.0))
                w = weight * inner[1, k] * stat
                for h in range(2):
                    azimuth_mean(
                        e1, c1, s1, e4, p4, omega, q, m2, m3, shift, current, axial, 2.0 * h - 1.0, poly,
                    )
                    for part in range(2):
                        value = 0.0
                        for n in range(3):
                            value += poly[part, n] * integral[n]
                        out[part, h] += w * value
    norm = 1.0 / (128.0 * np.pi**3 * e4 * p4)
    for part in range(2):
        for h in range(2):
            out[part, h] *= norm


@kernel
def nucleon_table(energies, m4, masses, mus, temperatures, shifts, current, axial, outer, inner, out):
    """Fill ``out[zone, energy, part, helicity]``; masses, mus (zone, 3), T, shifts, axial (zone)."""
    for z in range(temperatures.size):
        for i in range(energies.size):
            nucleon_rates(
                energies[i], m4, masses[z], mus[z], temperatures[z], shifts[z], current, axial[z],
                outer, inner, out[z, i],
            )
