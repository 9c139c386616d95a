"""The photon and e+- plasma: check numbers, limits, identities, independent quadrature."""

import astropy.units as u
import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import dblquad, quad
from scipy.interpolate import CubicSpline

from astrobounds import constants as const
from astrobounds.cosmology import thermodynamics
from astrobounds.cosmology.plasma import thermodynamics as module
from astrobounds.errors import ConfigError, DomainError

E2 = 4.0 * np.pi * const.ALPHA


def test_degrees_of_freedom_at_order_e3():
    state = thermodynamics([5.0, 1.0, 0.2, 0.1] * u.MeV, qed="e3")
    assert_allclose(state.g_rho, [5.484198, 5.419193, 4.030253, 2.518269], atol=6e-7)
    assert_allclose(state.g_s[1:3], [5.390988, 3.857808], atol=6e-7)


@pytest.mark.parametrize("temperature", [0.05, 0.3, 2.0])
def test_ideal_gas_against_quadrature(temperature):
    m = const.M_E

    def integral(power):
        def f(p):
            e = np.sqrt(p * p + m * m)
            return p**2 * (e if power == "rho" else p * p / (3.0 * e)) / (np.exp(e / temperature) + 1)

        return 4.0 / (2.0 * np.pi**2) * quad(f, 0.0, m + 60.0 * temperature, epsrel=1e-12)[0]

    state = thermodynamics(temperature * u.MeV, qed="off")
    photons = np.pi**2 / 15.0 * temperature**4
    assert_allclose(state.rho.value, photons + integral("rho"), rtol=1e-10)
    assert_allclose(state.pressure.value, photons / 3.0 + integral("p"), rtol=1e-10)


def test_moments_against_bessel_series():
    tau = 1.3
    K, k, J, j, _, Y = (v[0] for v in module.fermi_moments([tau]))
    series = {name: mpmath.mpf(0) for name in "KkJjY"}
    for n in range(1, 60):
        s = (-1) ** (n + 1)
        series["K"] += tau * s * mpmath.besselk(1, n * tau) / n
        series["k"] += s * mpmath.besselk(0, n * tau)
        series["J"] += tau**2 * s * mpmath.besselk(2, n * tau)
        series["j"] += tau * s * n * mpmath.besselk(1, n * tau)
        series["Y"] += 3.0 * tau**3 * s * mpmath.besselk(3, n * tau) / n
    for name, value in zip("KkJjY", (K, k, J, j, Y)):
        assert_allclose(value, float(series[name]) / np.pi**2, rtol=1e-12)


def test_qed_terms_in_the_hot_limit():
    terms = {q: module.pressure_terms([180.0], q)[0][0] for q in ("off", "e2", "e3")}
    assert_allclose(terms["e2"] - terms["off"], -5.0 / 288.0 * E2, rtol=1e-4)
    assert_allclose(terms["e3"] - terms["e2"], E2**1.5 / (36.0 * np.sqrt(3.0) * np.pi), rtol=1e-4)


def test_logarithmic_term():
    values = module.pressure_log(const.M_E / np.array([1.0, 0.2, 0.1]))
    assert_allclose(values, [1.77e-5, 1.26e-5, 3.4e-7], rtol=2e-2)


def test_logarithmic_term_against_adaptive_quadrature():
    tau = const.M_E / 0.3

    def f(z, s):  # u = s z-free parametrisation: u = s, v = s (1 - z^2)
        v = s * (1.0 - z * z)
        eu, ev = np.hypot(s, tau), np.hypot(v, tau)
        weight = 4.0 / (np.exp(eu) + 1.0) / (np.exp(ev) + 1.0)
        return s * v / (eu * ev) * np.log((2.0 - z * z) / (z * z)) * weight * 2.0 * z * s

    integral = 2.0 * dblquad(f, 0.0, 50.0, 0.0, 1.0, epsrel=1e-7)[0]
    expected = E2 * tau**2 / (16.0 * np.pi**4) * integral
    assert_allclose(module.pressure_log([tau])[0], expected, rtol=1e-5)


@pytest.mark.parametrize("order", ["off", "e2", "e3", "full"])
def test_derivatives_are_those_of_the_pressure(order):
    log_t = np.linspace(np.log(0.03), np.log(30.0), 1200)
    p, p1, p2 = module.pressure_terms(np.exp(log_t), order)
    spline = CubicSpline(log_t, p)
    inner = slice(60, -60)
    assert_allclose((spline(log_t, 1) + 4.0 * p)[inner], p1[inner], rtol=1e-8)
    second = CubicSpline(log_t, p1)(log_t, 1) + 3.0 * p1
    assert_allclose(second[inner], p2[inner], rtol=1e-7)


def test_table_between_its_nodes_and_thermodynamic_identity():
    rng = np.random.default_rng(1)
    temperature = np.exp(rng.uniform(np.log(0.0101), np.log(199.0), 300))
    out = np.empty((300, 4))
    module._states(temperature, module.table("full"), out)
    p, p1, p2 = module.pressure_terms(temperature, "full")
    assert_allclose(out[:, 0], p * temperature**4, rtol=1e-12)
    assert_allclose(out[:, 2], p1 * temperature**3, rtol=1e-10)
    assert_allclose(out[:, 3], p2 * temperature**3, rtol=1e-8)
    assert_allclose(out[:, 1], temperature * out[:, 2] - out[:, 0], rtol=1e-13)


def test_cold_plasma_is_photons_alone_without_a_step():
    edge = module.T_MIN
    state = thermodynamics([0.5 * edge, edge * (1 - 1e-9), edge * (1 + 1e-9)] * u.MeV)
    assert_allclose(state.g_rho, 2.0, rtol=1e-12)
    assert_allclose(state.g_s, 2.0, rtol=1e-12)
    assert_allclose(thermodynamics(1e6 * u.K).g_rho, 2.0, rtol=1e-12)
    for value, photons in zip(module.pressure_terms(0.002), (1.0 / 45.0, 4.0 / 45.0, 12.0 / 45.0)):
        assert_allclose(value, photons * np.pi**2, rtol=1e-13)


def test_errors_name_the_remedy():
    with pytest.raises(DomainError, match=r"u\.MeV"):
        thermodynamics(1.0)
    with pytest.raises(DomainError, match="outside"):
        thermodynamics(300.0 * u.MeV)
    with pytest.raises(DomainError, match="outside"):
        thermodynamics(0.0 * u.MeV)
    with pytest.raises(ConfigError, match="full"):
        thermodynamics(1.0 * u.MeV, qed="e9")
