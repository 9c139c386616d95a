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
from ...numerics.splines import hermite, slopes
from .kernels import fill_integrals, fill_thermal
from .radiative import DELTA, decay_integral, nodes, nucleon_factors

references = ("Pitrou2018", "Czarnecki:2004cw", "Brown:2000cp", "Seckel:1993dc", "Horowitz:2001xf")

STEEP = 1.0  # change of ln(1/f - 1) between knots that makes a rough spectrum linear
FINER = 4  # quadrature for rough spectra
THERMAL_TABLE = "cosmology/weak_thermal_correction.ecsv"


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
    cn, cp = np.array(nucleon_factors(1)), np.array(nucleon_factors(-1))
    out = np.empty((len(Tg), 4))
    if spectrum is None:
        table = nodes(radiative, per_panel, per_panel // 2)
        fill_thermal(Tg, Tnu, xi, zeta, table, recoil, cn, cp, out)
    else:
        grid, psi, scale = _spectrum_spline(*spectrum)
        table = nodes(radiative, FINER * per_panel if np.isinf(psi).any() else per_panel)
        fill_integrals(Tg, Tnu, xi, zeta, table, recoil, cn, cp, grid, psi, scale, out)
    out, born = out[:, :2], out[:, 2:]
    if level == "full":
        out = out + thermal_ratio(Tg) * born
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
