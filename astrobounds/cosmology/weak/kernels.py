"""Integrals of n <-> p over electron momenta: thermal neutrinos, and spectra on a grid of momenta.

Every pass gives the corrected integrals and the Born ones at once, for the thermal correction is a ratio to
Born. Units of m_e: x = m_e/T_gamma, xnu = m_e/T_nu; s = +1 for n -> p and -1 for p -> n.
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from .radiative import Q_UNIT

_REACH = 45.0  # of E/T, beyond it nothing is left
FAST = 20.0 / const.M_E  # neutrinos from decays above 20 MeV: recoil beyond first order


@kernel
def occupation(k, sign, xnu, xi, zeta, grid, psi):
    """g and its first two k-derivatives; psi = ln(1/f - 1) thermal, or a spline in |k|.

    Thermal: f = 1/(exp(xnu |k| - zeta -+ xi) + 1) for nu_e and nubar_e (zeta common to both).
    Tabulated: rows psi[0:4] are values and second derivatives of the nu_e, then nubar_e spline at
    the knots ``grid`` [m_e]; Pauli blocking (k < 0) uses 1 - f of the antiparticle. An infinite second
    derivative says that f itself is linear from its knot to the next.
    """
    if grid.shape[0] == 0:
        a, a1, a2 = xnu * k - sign * xi - (zeta if k > 0.0 else -zeta), xnu, 0.0
    else:
        y = abs(k)
        particle = (sign > 0.0) == (k > 0.0)
        r = 0 if particle else 2
        n = grid.shape[0]
        i = min(max(np.searchsorted(grid, y) - 1, 0), n - 2)
        h = grid[i + 1] - grid[i]
        u, v = (grid[i + 1] - y) / h, (y - grid[i]) / h
        c, d = psi[r + 1, i], psi[r + 1, i + 1]
        if np.isinf(c) and v <= 1.0:
            f0, f1 = 1.0 / (np.exp(psi[r, i]) + 1.0), 1.0 / (np.exp(psi[r, i + 1]) + 1.0)
            g, g1 = u * f0 + v * f1, (f1 - f0) / h
            return (g, g1, 0.0) if k > 0.0 else (1.0 - g, g1, 0.0)
        c, d = (0.0 if np.isinf(c) else c), (0.0 if np.isinf(d) else d)
        if v > 1.0:  # beyond the last knot: exponential tail with the last slope
            s1 = (psi[r, i + 1] - psi[r, i]) / h + h * (c + 2.0 * d) / 6.0
            a, a1, a2 = psi[r, i + 1] + s1 * (y - grid[i + 1]), s1, 0.0
        else:
            a = u * psi[r, i] + v * psi[r, i + 1]
            a += h * h * ((u**3 - u) * c + (v**3 - v) * d) / 6.0
            a1 = (psi[r, i + 1] - psi[r, i]) / h
            a1 += h * ((3.0 * v * v - 1.0) * d - (3.0 * u * u - 1.0) * c) / 6.0
            a2 = u * c + v * d
        if k < 0.0:
            a, a2 = -a, -a2
    g = 1.0 / (np.exp(a) + 1.0)
    w = g * (1.0 - g)
    return g, -a1 * w, w * (a1 * a1 * (1.0 - 2.0 * g) - a2)


@kernel
def recoil_term(k, energy, p2, g, g1, g2, x, sign, c):
    """chi_FM/g(-E): O(1/M) terms, arXiv:1801.08023 appendix B; c = (f1, f2, f3, M, ratio)."""
    k2 = k * k
    k3 = k2 * k
    d12 = 2.0 * k * g + k2 * g1
    d13 = 3.0 * k2 * g + k3 * g1
    d14 = 4.0 * k3 * g + k2 * k2 * g1
    d22 = 2.0 * g + 4.0 * k * g1 + k2 * g2
    d23 = 6.0 * k * g + 6.0 * k2 * g1 + k3 * g2
    d24 = 12.0 * k2 * g + 8.0 * k3 * g1 + k2 * k2 * g2
    v = p2 / energy
    f1, f2, f3, per_mass, ratio = c[0], c[1], c[2], 1.0 / c[3], c[4]
    per_x = 1.0 / x
    third = f3 * (1.0 / 3.0) * v
    main = f1 * k2 * g * v - f2 * k3 * g + 0.5 * (d14 + p2 * d12) + third * d13
    hot = 0.5 * (d24 + p2 * d22) - (f1 + f2) * (d13 - d12 * v) - 3.0 * f3 * k2 * g
    hot += third * d23
    return (main + hot * per_x) * per_mass - 1.5 * per_x * (1.0 - ratio) * d12


@kernel
def fast_factor(k, sign):
    """Cross section of a neutrino of energy k [m_e] on a free nucleon over Born, all orders in E/M.

    nu n -> p e- (sign = 1), nubar p -> n e+ (sign = -1): recoil and weak magnetism, without form
    factors; Horowitz, Phys. Rev. D 65, 043001, eq. (22): 1 + 1.01 E/M and 1 - 7.22 E/M at first order.
    """
    e = k * const.M_E / const.M_N
    a, f2 = const.G_A, const.DELTA_KAPPA
    third = 1.0 + 4.0 / 3.0 * e
    top = 1.0 + 4.0 * e + 16.0 / 3.0 * e * e + 3.0 * (a * third) ** 2
    top += sign * 4.0 * (1.0 + f2) * a * e * third
    top += 8.0 / 3.0 * f2 * e * e + 5.0 / 3.0 * e * e * (1.0 + 0.4 * e) * f2 * f2
    return top / ((1.0 + 3.0 * a * a) * (1.0 + 2.0 * e) ** 3)


@kernel
def _added(sums, sign, factor, value, born):
    """Sums of n -> p and p -> n, corrected and Born, with one more of n -> p (sign > 0) or p -> n."""
    if sign > 0.0:
        return sums[0] + factor * value, sums[1], sums[2] + born, sums[3]
    return sums[0], sums[1] + factor * value, sums[2], sums[3] + born


@kernel
def integrals(x, xnu, xi, zeta, table, with_recoil, cn, cp, grid, psi):
    """Int dp p^2 R F [chi(E) + chi(-E)] of n -> p and p -> n, with O(1/M) if asked for; the same of Born.

    Occupations from the knots ``grid`` [m_e] and ``psi`` of :func:`occupation`.
    """
    injected = False  # far more fast neutrinos than a thermal tail has
    for i in range(grid.shape[0]):
        tail = x * grid[i]
        injected = injected or (tail > 8.0 and min(psi[0, i], psi[2, i]) < 0.6 * tail)
    sums = (0.0, 0.0, 0.0, 0.0)
    reach = 60.0 / min(x, xnu) + 2.0 * Q_UNIT
    if grid.shape[0] > 0:
        reach = max(reach, grid[grid.shape[0] - 1] + 2.0 * Q_UNIT)
    for j in range(table.shape[0]):
        p, energy = table[j, 0], table[j, 1]
        if energy > reach:
            break
        p2 = p * p
        same, other, plain = table[j, 2], table[j, 3], table[j, 4]
        boltzmann = np.exp(-x * energy)
        blocked = boltzmann / (1.0 + boltzmann)  # g(E)
        free = 1.0 - blocked  # g(-E)
        for branch in range(4):
            sign = 1.0 if branch < 2 else -1.0
            positive = branch % 2 == 0
            e = energy if positive else -energy
            k = e - sign * Q_UNIT
            g, g1, g2 = occupation(k, sign, xnu, xi, zeta, grid, psi)
            weight = free if positive else blocked
            value = k * k * g
            born = plain * value * weight
            if with_recoil and injected and k > FAST:
                value *= fast_factor(k, sign)
            elif with_recoil:
                value += recoil_term(k, e, p2, g, g1, g2, x, sign, cn if sign > 0.0 else cp)
            sums = _added(sums, sign, same if positive == (sign > 0.0) else other, value * weight, born)
    return sums


@kernel
def thermal_integrals(x, xnu, xi, zeta, table, with_recoil, cn, cp):
    """The same four integrals for f = 1/(exp(xnu |k| - zeta -+ xi) + 1) of nu_e and nubar_e.

    One exponential of the electron and one of the neutrino serve a momentum: k = +-E - s Q.
    """
    sums = (0.0, 0.0, 0.0, 0.0)
    reach = _REACH / min(x, xnu) + 2.0 * Q_UNIT
    cold = xnu * reach > 600.0  # the exponentials apart would be zero
    a = xnu * Q_UNIT + xi
    incoming, outgoing = np.exp(-a - zeta), np.exp(-a + zeta)
    incoming_anti, outgoing_anti = np.exp(a - zeta), np.exp(a + zeta)
    for j in range(table.shape[0]):
        p, energy = table[j, 0], table[j, 1]
        if energy > reach:
            break
        p2 = p * p
        same, other, plain = table[j, 2], table[j, 3], table[j, 4]
        boltzmann = np.exp(-x * energy)
        free = 1.0 / (1.0 + boltzmann)  # g(-E)
        blocked = boltzmann * free  # g(E)
        fast = np.exp(-xnu * energy)
        for branch in range(4):
            sign = 1.0 if branch < 2 else -1.0
            positive = branch % 2 == 0
            e = energy if positive else -energy
            k = e - sign * Q_UNIT
            if cold:
                g = 1.0 / (1.0 + np.exp(xnu * k - sign * xi - (zeta if k > 0.0 else -zeta)))
            else:  # exp(xnu k -+ ...) = shift/fast or shift fast
                if k > 0.0:
                    shift = incoming if sign > 0.0 else incoming_anti
                else:
                    shift = outgoing if sign > 0.0 else outgoing_anti
                g = fast / (fast + shift) if positive else 1.0 / (1.0 + shift * fast)
            weight = free if positive else blocked
            value = k * k * g
            born = plain * value * weight
            if with_recoil:
                w = g * (1.0 - g)
                g1, g2 = -xnu * w, xnu * xnu * w * (1.0 - 2.0 * g)
                value += recoil_term(k, e, p2, g, g1, g2, x, sign, cn if sign > 0.0 else cp)
            sums = _added(sums, sign, same if positive == (sign > 0.0) else other, value * weight, born)
    return sums


@kernel
def fill_integrals(Tg, Tnu, xi, zeta, table, with_recoil, cn, cp, grid, psi, scale, out):
    """:func:`integrals` at every temperature; knots of a tabulated spectrum are grid * scale[i]."""
    for i in range(Tg.shape[0]):
        curve = psi[min(i, psi.shape[0] - 1)].copy()
        curve[1] /= scale[i] ** 2
        curve[3] /= scale[i] ** 2
        x, xnu = const.M_E / Tg[i], const.M_E / Tnu[i]
        knots = grid * scale[i]
        out[i] = integrals(x, xnu, xi, zeta[i], table, with_recoil, cn, cp, knots, curve)


@kernel
def fill_thermal(Tg, Tnu, xi, zeta, table, with_recoil, cn, cp, out):
    """:func:`thermal_integrals` at every temperature."""
    for i in range(Tg.shape[0]):
        x, xnu = const.M_E / Tg[i], const.M_E / Tnu[i]
        out[i] = thermal_integrals(x, xnu, xi, zeta[i], table, with_recoil, cn, cp)
