"""Rates of n <-> p in the plasma, normalised to the neutron lifetime.

Born rates times Coulomb and zero-temperature radiative factors, finite nucleon mass with recoil,
thermal nucleon motion and weak magnetism to O(1/M), and the finite-temperature radiative
corrections as a tabulated ratio to Born. Units of m_e inside: x = m_e/T_gamma.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_numbers
from ...numerics.jit import kernel
from ...numerics.splines import hermite, slopes
from .radiative import DELTA, Q_UNIT, decay_integral, nodes, nucleon_factors

references = ("Pitrou2018", "Czarnecki:2004cw", "Brown:2000cp", "Seckel:1993dc", "Horowitz:2001xf")

FAST = 20.0 / const.M_E  # neutrinos from decays above 20 MeV: recoil beyond first order
STEEP = 1.0  # change of ln(1/f - 1) between knots that makes a rough spectrum linear
FINER = 4  # quadrature for rough spectra
THERMAL_TABLE = "cosmology/weak_thermal_correction.ecsv"


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
    f1, f2, f3, mass, ratio = c[0], c[1], c[2], c[3], c[4]
    main = f1 * k2 * g * v - f2 * k3 * g + 0.5 * (d14 + p2 * d12) + f3 / 3.0 * d13 * v
    hot = 0.5 * (d24 + p2 * d22) - (f1 + f2) * (d13 - d12 * v) - 3.0 * f3 * k2 * g
    hot += f3 / 3.0 * d23 * v
    return (main + hot / x) / mass - 1.5 / x * (1.0 - ratio) * d12


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
def integrals(x, xnu, xi, zeta, table, with_recoil, cn, cp, grid, psi):
    """(L_np, L_pn): Int dp p^2 R F [chi(E) + chi(-E)] with the O(1/M) terms if asked for."""
    injected = False  # far more fast neutrinos than a thermal tail has
    for i in range(grid.shape[0]):
        tail = x * grid[i]
        injected = injected or (tail > 8.0 and min(psi[0, i], psi[2, i]) < 0.6 * tail)
    np_sum = 0.0
    pn_sum = 0.0
    reach = 60.0 / min(x, xnu) + 2.0 * Q_UNIT
    if grid.shape[0] > 0:
        reach = max(reach, grid[grid.shape[0] - 1] + 2.0 * Q_UNIT)
    for j in range(table.shape[0]):
        p, energy = table[j, 0], table[j, 1]
        if energy > reach:
            break
        p2 = p * p
        same, other = table[j, 2], table[j, 3]
        boltzmann = np.exp(-x * energy)
        blocked = boltzmann / (1.0 + boltzmann)  # g(E)
        free = 1.0 - blocked  # g(-E)
        for branch in range(4):
            sign = 1.0 if branch < 2 else -1.0
            positive = branch % 2 == 0
            e = energy if positive else -energy
            k = e - sign * Q_UNIT
            g, g1, g2 = occupation(k, sign, xnu, xi, zeta, grid, psi)
            value = k * k * g
            if with_recoil and injected and k > FAST:
                value *= fast_factor(k, sign)
            elif with_recoil:
                value += recoil_term(k, e, p2, g, g1, g2, x, sign, cn if sign > 0.0 else cp)
            value *= free if positive else blocked
            if sign > 0.0:
                np_sum += (same if positive else other) * value
            else:
                pn_sum += (other if positive else same) * value
    return np_sum, pn_sum


@kernel
def fill_integrals(Tg, Tnu, xi, zeta, table, with_recoil, cn, cp, grid, psi, scale, out):
    """L_np, L_pn at every temperature; knots of a tabulated spectrum are grid * scale[i]."""
    for i in range(Tg.shape[0]):
        curve = psi[min(i, psi.shape[0] - 1)].copy()
        curve[1] /= scale[i] ** 2
        curve[3] /= scale[i] ** 2
        x, xnu = const.M_E / Tg[i], const.M_E / Tnu[i]
        knots = grid * scale[i]
        out[i, 0], out[i, 1] = integrals(x, xnu, xi, zeta[i], table, with_recoil, cn, cp, knots, curve)


@lru_cache(maxsize=1)
def thermal_table():
    """Return ln T [MeV], the ratios (n -> p, p -> n) to Born and their spline slopes."""
    _, values = read_numbers(data_path(THERMAL_TABLE))
    log_t = np.log(values[:, 0])
    ratio = values[:, 1:3]
    return log_t, ratio, slopes(log_t, ratio)


def thermal_ratio(Tg):
    """Return the thermal radiative correction relative to Born, shape (n, 2).

    Below the table it vanishes as T^2; above it the last value holds (rates are in equilibrium).
    """
    log_t, ratio, rates = thermal_table()
    at = np.log(Tg)
    inside = np.clip(at, log_t[0], log_t[-1])
    return hermite(log_t, ratio, rates, inside) * np.exp(2.0 * np.minimum(at - inside, 0.0))[:, None]


_NO_GRID = np.empty(0)
_NO_PSI = np.empty((1, 4, 0))
LEVELS = ("born", "ccr", "ccr+fm", "full")


def weak_integrals(Tg, Tnu, xi=0.0, level="full", spectrum=None, zeta=0.0, per_panel=24):
    """Return L_np, L_pn (shape (n, 2)) and lambda_0 of free decay at one level of corrections.

    ``level``: "born", "ccr" (Coulomb, radiative), "ccr+fm" (finite nucleon mass), "full" (thermal).
    ``xi``: mu/T of nu_e, opposite for nubar_e; ``zeta`` (scalar or (n,)) the same for both.
    ``spectrum``: None for Fermi-Dirac at Tnu, xi and zeta, or ``(y, f_nu, f_nubar, scale)`` with
    p = y scale[i] [MeV] at Tg[i] and occupations of shape (len(y),) or (n, len(y)); between the
    knots ln(1/f - 1) is a cubic spline, and linear in p at the times when its slope more than doubles
    or changes sign from knot to knot; there f is linear if it changes by more than e from one
    knot to the next. Beyond the last knot ln(1/f - 1) is linear.
    """
    Tg = np.ascontiguousarray(Tg, dtype=float)
    Tnu = np.ascontiguousarray(np.broadcast_to(np.asarray(Tnu, dtype=float), Tg.shape))
    zeta = np.ascontiguousarray(np.broadcast_to(np.asarray(zeta, dtype=float), Tg.shape))
    radiative, recoil = level != "born", level in ("ccr+fm", "full")
    table = nodes(radiative, per_panel)
    cn, cp = np.array(nucleon_factors(1)), np.array(nucleon_factors(-1))
    grid, psi, scale = _NO_GRID, _NO_PSI, np.ones_like(Tg)
    if spectrum is not None:
        grid, psi, scale = _spectrum_spline(*spectrum)
        if np.isinf(psi).any():
            table = nodes(radiative, FINER * per_panel)
    out = np.empty((len(Tg), 2))
    fill_integrals(Tg, Tnu, xi, zeta, table, recoil, cn, cp, grid, psi, scale, out)
    if level == "full":
        born = np.empty((len(Tg), 2))
        plain = nodes(False, per_panel)
        fill_integrals(Tg, Tnu, xi, zeta, plain, False, cn, cp, grid, psi, scale, born)
        out += thermal_ratio(Tg) * born
    return out, decay_integral(radiative, recoil, per_panel)


def _spectrum_spline(y, f_nu, f_nubar, scale):
    """Knots and (values, second derivatives) of ln(1/f - 1), shape (n or 1, 4, len(y))."""
    h = np.diff(y)
    rows = []
    for f in (f_nu, f_nubar):
        psi = np.log(1.0 / np.atleast_2d(np.asarray(f, dtype=float)) - 1.0).T
        first = slopes(y, psi)
        second = np.empty_like(psi)
        rise = np.diff(psi, axis=0) / h[:, None]
        second[:-1] = (6.0 * rise - 4.0 * first[:-1] - 2.0 * first[1:]) / h[:, None]
        second[-1] = (-6.0 * rise[-1] + 2.0 * first[-2] + 4.0 * first[-1]) / h[-1]
        ratio = rise[1:] / np.where(rise[:-1] == 0.0, np.nan, rise[:-1])
        rough = ~np.all((ratio > 0.5) & (ratio < 2.0), axis=0)
        second[:, rough] = 0.0
        second[:-1][rough & (np.abs(np.diff(psi, axis=0)) > STEEP)] = np.inf
        rows += [psi.T, second.T]
    grid = np.ascontiguousarray(y, dtype=float)
    curves = np.ascontiguousarray(np.stack(rows, axis=1))
    return grid, curves, np.ascontiguousarray(scale, dtype=float) / const.M_E


def weak_rates(Tg, Tnu, tau_n=const.TAU_N, xi=0.0, level="full", spectrum=None, zeta=0.0):
    """Return Gamma(n -> p), Gamma(p -> n) [1/s], shape (n, 2), at Tg, Tnu [MeV]; tau_n in s."""
    values, decay = weak_integrals(Tg, Tnu, xi, level, spectrum, zeta)
    return values / (tau_n * decay)


def lifetime_from_couplings(g_a=const.G_A, v_ud=const.V_UD):
    """Return the neutron lifetime [s] of G_F, V_ud, g_A and the corrected decay integral.

    1/tau = G_F^2 V_ud^2 (1 + 3 g_A^2) m_e^5 lambda_0/(2 pi^3): the alternative to a measured tau_n.
    """
    rate = const.G_FERMI**2 * v_ud**2 * (1.0 + 3.0 * g_a**2) * const.M_E**5 / (2.0 * np.pi**3)
    return const.HBAR / (rate * decay_integral(True, True))


def equilibrium_ratio(Tg, xi=0.0):
    """Return exp(-Delta/T - xi), the Born ratio of p -> n to n -> p at T_nu = T."""
    return np.exp(-DELTA / np.asarray(Tg, dtype=float) - xi)
