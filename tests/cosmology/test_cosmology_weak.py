"""Weak rates of n <-> p: check numbers, exact identities and independent quadrature."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import loggamma, spence

from astrobounds import constants as const
from astrobounds.cosmology.neutrinos.decoupling import solve
from astrobounds.cosmology.weak import kernels, radiative, thermal
from astrobounds.cosmology.weak import rates as weak
from astrobounds.datafiles import data_path
from astrobounds.ecsv import read_numbers

T = np.array([5.0, 1.0, 0.3, 0.1])
Q = radiative.Q_UNIT


def test_born_phase_space_in_closed_form():
    s = np.sqrt(Q * Q - 1.0)
    exact = (s * (2.0 * Q**4 - 9.0 * Q**2 - 8.0) + 15.0 * Q * np.log(Q + s)) / 60.0
    assert_allclose(radiative.decay_integral(False, False), exact, rtol=1e-12)
    assert_allclose(exact, 1.636098, atol=6e-7)


def test_corrected_phase_space():
    assert_allclose(radiative.decay_integral(True, False), 1.758384, atol=6e-7)
    p, w = (radiative.nodes(False)[: radiative.PANEL_NODES, i] for i in (0, 2))
    k2 = (np.sqrt(p * p + 1.0) - Q) ** 2
    assert_allclose(np.sum(w * radiative.fermi_function(p) * k2), 1.692340, atol=6e-7)
    # M of the final nucleon, as the rates need for Gamma_np -> 1/tau_n; m_n instead gives +5e-6
    assert_allclose(radiative.decay_integral(True, True), 1.754751, atol=6e-7)
    assert_allclose(radiative.decay_integral(False, True), 1.632715, atol=6e-7)


def test_special_functions_against_scipy():
    z = np.linspace(0.0, 1.0, 101)
    assert_allclose(radiative.dilogarithm(z), spence(1.0 - z), rtol=1e-13, atol=1e-15)
    b = np.array([1e-3, 0.02, 0.7, 3.0, 40.0])
    exact = 2.0 * loggamma(0.99997 + 1j * b).real
    assert_allclose(radiative.log_gamma_square(0.99997, b), exact, rtol=1e-12, atol=1e-12)


def test_fermi_function_limits():
    # point-like non-relativistic limit 2 pi eta/(1 - exp(-2 pi eta)), eta = alpha E/p
    p = np.array([1e-3, 0.01])
    x = 2.0 * np.pi * const.ALPHA * np.sqrt(1.0 + 1.0 / p**2)
    assert_allclose(radiative.fermi_function(p), x / (1.0 - np.exp(-x)), rtol=5e-3)
    assert np.all(radiative.fermi_function(np.geomspace(1e-3, 100.0, 50)) > 1.0)


def test_radiative_factor_is_smooth_and_finite():
    p = np.geomspace(1e-4, 4000.0, 400)
    r = radiative.radiative_factor(1.0, p)
    assert np.all(np.isfinite(r))
    assert np.max(np.abs(np.diff(r))) < 2e-2
    assert_allclose(radiative.radiative_factor(1.0, 1e-6), radiative.radiative_factor(1.0, 1e-4),
                    rtol=1e-6)  # fmt: skip


def test_rates_table():
    born = weak.weak_integrals(T, T, level="born")[0][1:]
    ccr = weak.weak_integrals(T, T, level="ccr")[0][1:]
    fm = weak.weak_integrals(T, T, level="ccr+fm")[0][1:]
    assert_allclose(born[:, 0], [2304.51, 14.0141, 1.73344], rtol=3e-6)
    assert_allclose(born[:, 1], [632.253, 0.188051, 4.18829e-6], rtol=3e-6)
    assert_allclose((ccr / born)[:, 0], [1.04343, 1.05114, 1.07324], atol=6e-6)
    assert_allclose((ccr / born)[:, 1], [1.04343, 1.05114, 1.07324], atol=6e-6)
    extra = (fm - ccr) / born
    assert_allclose(extra[:, 0], [-0.01210, -0.00409, -0.00223], atol=6e-6)
    assert_allclose(extra[:, 1], [-0.00993, -0.00192, -0.00001], atol=6e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_born_rate_against_adaptive_quadrature(sign):
    x, xnu, xi = const.M_E / 0.7, const.M_E / 0.6, 0.15

    def chi(e):
        k = e - sign * Q
        return k * k / (np.exp(xnu * k - sign * xi) + 1.0) / (np.exp(-x * e) + 1.0)

    def f(p):
        e = np.sqrt(p * p + 1.0)
        return p * p * (chi(e) + chi(-e))

    exact = sum(quad(f, a, b, epsrel=1e-12)[0] for a, b in ((0.0, 2.0), (2.0, 10.0), (10.0, 70.0)))
    values, _ = weak.weak_integrals([0.7], [0.6], xi, "born")
    assert_allclose(values[0, 0 if sign > 0 else 1], exact, rtol=1e-9)


@pytest.mark.parametrize("xi", [-0.2, 0.0, 0.1])
def test_detailed_balance_of_born_and_radiative_rates(xi):
    for level in ("born", "ccr"):
        values, _ = weak.weak_integrals(T, T, xi, level)
        assert_allclose(values[:, 1] / values[:, 0], weak.equilibrium_ratio(T, xi), rtol=1e-12)


def test_detailed_balance_with_finite_nucleon_mass():
    values, _ = weak.weak_integrals(T, T, 0.0, "ccr+fm")
    ratio = values[:, 1] / values[:, 0] / weak.equilibrium_ratio(T)
    expected = (const.M_N / const.M_P) ** 1.5
    assert_allclose(expected, 1.002068, atol=6e-7)
    # exact up to O(1/M^2), which grows as (T/M)^2
    assert_allclose(ratio[1:], expected, atol=5e-5)
    assert_allclose(ratio[0], 1.00226, atol=6e-6)


@pytest.mark.parametrize("ratio", [0.8, 1.0, 1.1])
def test_thermal_motion_of_nucleons_is_a_boost(ratio):
    """Without electron blocking, O(T/M) is the boosted neutrino gas seen by a moving neutron.

    Averaged over directions f -> f + v^2 (k f'/2 + k^2 f''/6) and the rate slows by 1 - v^2/2, with
    <v^2> = 3T/M: whatever the angular correlation, the neutrino temperature, or g_A.
    """
    x, xnu = const.M_E / 0.7, const.M_E / (0.7 * ratio)
    factors = np.array(radiative.nucleon_factors(1))
    empty, none = np.empty(0), np.empty((4, 0))

    def parts(p):
        e = np.sqrt(p * p + 1.0)
        k = e - Q
        g, g1, g2 = kernels.occupation(k, 1.0, xnu, 0.0, 0.0, empty, none)
        return e, k, g, g1, g2

    def coded(p):
        e, k, g, g1, g2 = parts(p)
        hot = kernels.recoil_term(k, e, p * p, g, g1, g2, x, 1.0, factors)
        cold = kernels.recoil_term(k, e, p * p, g, g1, g2, 1e15, 1.0, factors)
        return p * p * (hot - cold)

    def boosted(p):
        _, k, g, g1, g2 = parts(p)
        doppler = 1.5 * k * g1 + 0.5 * k * k * g2 - 1.5 * g
        return p * p * k * k * doppler / (x * const.M_P / const.M_E)

    edges = [0.0, radiative.P_END, 5.0, 20.0, 80.0]
    totals = [
        sum(quad(f, a, b, epsrel=1e-11)[0] for a, b in itertools.pairwise(edges)) for f in (coded, boosted)
    ]
    assert_allclose(totals[0], totals[1], rtol=1e-6)


def test_free_decay_when_cold():
    rates = weak.weak_rates(np.array([1e-3, 3e-3, 0.01]), np.array([7e-4, 2e-3, 0.007]), 878.4)
    assert_allclose(rates[:, 0], 1.0 / 878.4, rtol=2e-4)
    assert_allclose(rates[0, 0], 1.0 / 878.4, rtol=2e-6)
    assert np.all(rates[:, 1] < 1e-50)


def test_nodes_are_enough():
    Tg = np.geomspace(0.02, 20.0, 60)
    coarse = weak.weak_integrals(Tg, 0.9 * Tg, level="ccr+fm")[0]
    fine = weak.weak_integrals(Tg, 0.9 * Tg, level="ccr+fm", per_panel=64)[0]
    assert_allclose(coarse, fine, rtol=3e-8)


def test_tabulated_spectrum_agrees_with_thermal():
    Tg = np.geomspace(0.03, 10.0, 20)
    y = np.concatenate([[1e-4], np.linspace(0.05, 40.0, 300)])
    f = 1.0 / (np.exp(y / 0.9 - 0.1) + 1.0)
    g = 1.0 / (np.exp(y / 0.9 + 0.1) + 1.0)
    thermal_rates = weak.weak_rates(Tg, 0.9 * Tg, xi=0.1)
    assert_allclose(weak.weak_rates(Tg, Tg, xi=0.0, spectrum=(y, f, g, Tg)), thermal_rates, rtol=2e-6)
    one_per_point = np.tile(f, (20, 1)), np.tile(g, (20, 1))
    assert_allclose(weak.weak_rates(Tg, Tg, spectrum=(y, *one_per_point, Tg)), thermal_rates, rtol=2e-6)


def test_tabulated_distortion_moves_the_rates_the_right_way():
    Tg = np.array([0.8])
    y = np.linspace(1e-3, 40.0, 400)
    f = 1.0 / (np.exp(y) + 1.0)
    more = weak.weak_rates(Tg, Tg, spectrum=(y, np.minimum(1.05 * f, 0.9), f, Tg))
    plain = weak.weak_rates(Tg, Tg, spectrum=(y, f, f, Tg))
    assert more[0, 0] > plain[0, 0]  # more nu_e: n nu_e -> p e-
    assert more[0, 1] < plain[0, 1]  # and blocked p e- -> n nu_e


def test_common_chemical_potential():
    Tg = np.array([0.5])
    assert np.all(weak.weak_rates(Tg, Tg, zeta=-0.01) < weak.weak_rates(Tg, Tg))
    spectrum = np.linspace(1e-4, 45.0, 500)
    f = 1.0 / (np.exp(spectrum + 0.01) + 1.0)
    tabulated = weak.weak_rates(Tg, Tg, spectrum=(spectrum, f, f, Tg))
    assert_allclose(tabulated, weak.weak_rates(Tg, Tg, zeta=-0.01), rtol=1e-5)


def test_thermal_corrections_at_their_stated_digits():
    x = const.M_E / 0.8617333
    for sign, expected, total in (
        (1, (2.87814, -1.90861, -0.79879, -0.06493), 0.105814),
        (-1, (1.37306, -1.15691, -0.17808, -0.01448), 0.023590),
    ):
        terms = thermal.ThermalTerms(x, x, sign)
        values = (terms.photon(), terms.brems(), terms.mass(), terms.exchange())
        assert_allclose(values, expected, atol=6e-6)
        assert_allclose(sum(values), total, atol=2e-6)


def test_thermal_corrections_obey_detailed_balance_and_converge():
    for temperature in (0.1, 0.65, 4.0):
        fine = thermal.thermal_ratios(temperature, temperature, 32)
        assert_allclose(fine[0], fine[1], rtol=1e-6)
        assert_allclose(thermal.thermal_ratios(temperature, temperature), fine, rtol=2e-6)


def test_born_integral_of_the_thermal_nodes():
    terms = thermal.ThermalTerms(const.M_E / 0.4, const.M_E / 0.35, 1)
    born, _ = weak.weak_integrals([0.4], [0.35], 0.0, "born")
    assert_allclose(terms.born(), born[0, 0], rtol=1e-9)


def test_shipped_thermal_table_is_what_the_code_computes():
    names, values = read_numbers(data_path(weak.THERMAL_TABLE))
    assert names == ("T_gamma", "np", "pn", "T_nue")
    for row in values[[0, 25, 50, 70, 89]]:
        assert_allclose(row[1:3], thermal.thermal_ratios(row[0], row[3]), rtol=1e-8, atol=1e-12)
    run = solve()
    order = np.argsort(run.Tg)
    t_nu = np.interp(np.log(values[:, 0]), np.log(run.Tg[order]), np.log(run.Tnue[order]))
    assert_allclose(np.exp(t_nu), values[:, 3], rtol=3e-3)


def test_lifetime_from_couplings():
    """Measured 878.4 s; tau V_ud^2 (1 + 3 g_A^2) = 4908.6 +- 1.9 s (arXiv:1802.01804)."""
    lifetime = weak.lifetime_from_couplings()
    product = lifetime * const.V_UD**2 * (1.0 + 3.0 * const.G_A**2)
    assert_allclose(product, 4908.6, rtol=1e-3)
    assert abs(lifetime - 878.4) < 3.0
