"""Muons and mesons in the plasma: cross-sections, quasi-static densities, stiff limits."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from astrobounds import constants as const
from astrobounds.cosmology.abundances import bbn
from astrobounds.cosmology.relics import injection, mesons
from astrobounds.errors import ValidityWarning
from astrobounds.models.hnl import HNL

GEV2 = 1e6  # MeV^2


def visible(**counts):
    out = np.zeros(injection.SIZE)
    for name, value in counts.items():
        out[{"mu": injection.MU, "pi": injection.PI, "K": injection.K, "KL": injection.KL}[name]] = value
    return out


def test_units_and_coulomb_factors():
    assert_allclose(mesons.MILLIBARN * GEV2, 2.56819, rtol=1e-5)
    assert_allclose(mesons.coulomb(1.0, const.M_PI), 1.208, atol=5e-4)
    assert_allclose(mesons.coulomb(1.0, const.M_K), 1.324, atol=5e-4)
    assert mesons.coulomb(1e-4, const.M_PI) > mesons.coulomb(10.0, const.M_PI) > 1.0


def test_annihilation_cross_sections():
    """pi+pi- -> pi0pi0 3.11 and gamma gamma 0.0172 GeV^-2; mu+mu- -> ee, gamma gamma 0.0150 each."""
    assert_allclose(mesons.pion_annihilation() * GEV2, 3.11 + 0.0172, rtol=2e-3)
    assert_allclose(mesons.muon_annihilation() * GEV2, 0.0300, rtol=2e-3)


def test_conversions_per_pion():
    """0.026 X_p conversions per injected pi- at T = 1 MeV and eta = 6.1e-10."""
    n_b = np.array([1.934e22 * const.HBAR_C**3])
    decays = np.array([1e-40])
    found = mesons.population(np.array([1.0]), n_b, 0.0, decays, visible(pi=2.0))
    per_pion = found.p_to_n[0] * const.HBAR * n_b[0] / decays[0]  # X_p = 1; losses change it by 3 %
    assert_allclose(per_pion, 0.0262, rtol=0.035)


def test_quasi_static_density_solves_both_equations():
    rng = np.random.default_rng(1)
    source, a, c, b = (10.0 ** rng.uniform(-3, 3, 50) for _ in range(4))
    minus, plus = mesons.quasi_static(source, a, c, b)
    assert_allclose(a * minus + b * minus * plus, source, rtol=1e-10)
    assert_allclose(c * plus + b * minus * plus, source, rtol=1e-10)


def test_quasi_static_is_the_limit_of_the_time_evolution():
    source, a, b = 3.0, 2.0, 5.0
    run = solve_ivp(lambda t, n: source - a * n - b * n * n, (0.0, 20.0), [0.0], rtol=1e-10, atol=1e-12)
    assert_allclose(mesons.quasi_static(source, a, a, b)[0], run.y[0, -1], rtol=1e-6)


def test_limits_of_the_fates():
    T, n_b = np.array([0.5, 8.0]), np.array([1e-14, 4e-11])
    thin = mesons.population(T, 1e-20 * n_b, 0.5, np.full(2, 1e-60), visible(mu=1, pi=1, K=1, KL=1))
    for name in ("mu", "pi", "K", "KL"):
        assert_allclose(thin.decaying[name], 1.0, rtol=1e-9)
    dense = mesons.population(T, 1e-20 * n_b, 0.5, np.full(2, 1.0), visible(mu=1, pi=1))
    assert np.all(dense.decaying["pi"] < 1e-6)
    assert np.all(dense.decaying["mu"] < 1e-6)
    none = mesons.population(T, n_b, 0.5, np.zeros(2), visible(pi=1))
    assert_allclose([none.n_to_p, none.p_to_n], 0.0)


def test_stiff_limit_of_the_neutron_fraction():
    """Strong injection: n_n/n_p -> n(pi-) <sv>(p->n)/n(pi+) <sv>(n->p), about 1."""
    T, n_b = np.full(400, 3.0), np.full(400, 1e-15)
    found = mesons.population(T, n_b, 0.5, np.full(400, 1e-22), visible(pi=2.0))
    t = np.linspace(0.0, 1.0, 400)
    weak = np.full(400, 1e-3)
    X = mesons.neutron_fraction(t, weak + found.n_to_p, weak + found.p_to_n, 0.1)
    ratio = found.density["pi-"][0] / found.density["pi+"][0]
    ratio *= mesons.PI_MINUS_P_TO_N * mesons.coulomb(3.0, const.M_PI) / mesons.PI_PLUS_N_TO_P
    assert_allclose(X[-1] / (1.0 - X[-1]), ratio, rtol=1e-4)
    assert 0.9 < ratio < 1.2


def test_neutron_fraction_against_an_ode_solver():
    t = np.linspace(0.0, 5.0, 3000)
    out, back = 2.0 * np.exp(-t) + 0.01, 5.0 * np.exp(-3.0 * t)
    X = mesons.neutron_fraction(t, out, back, 0.4)
    exact = solve_ivp(
        lambda z, x: 5.0 * np.exp(-3.0 * z) * (1.0 - x) - (2.0 * np.exp(-z) + 0.01) * x,
        (0.0, 5.0), [0.4], rtol=1e-10, atol=1e-12,
    ).y[0, -1]  # fmt: skip
    assert_allclose(X[-1], exact, rtol=2e-3)


def test_kaons_convert_and_feed_pions():
    T, n_b, decays = np.array([2.0]), np.array([2e-13]), np.array([1e-30])
    found = mesons.population(T, n_b, 0.5, decays, visible(K=2.0))
    assert min(found.p_to_n[0], found.n_to_p[0], found.density["pi-"][0]) > 0.0
    lazy = mesons.population(T, n_b, 0.5, decays, visible(KL=1.0))
    assert lazy.density["KL"][0] > 0.0


@pytest.mark.parametrize("mass", [160.0, 300.0, 700.0])
def test_published_lifetime_of_meson_driven_helium(mass):
    """Helium + 4.35 %: lifetimes above 0.02 s are excluded for m > m_pi (arXiv:2008.00749)."""
    goal = 1.0435 * bbn().Yp
    unit = HNL.fast(mass, (1.0, 0.0, 0.0)).width_mev

    def excess(log_tau):
        model = HNL.fast(mass, (const.HBAR / np.exp(log_tau) / unit, 0.0, 0.0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ValidityWarning)
            return bbn(model).Yp - goal

    tau = np.exp(brentq(excess, np.log(0.012), np.log(0.04), xtol=1e-3))
    assert_allclose(tau, 0.02, rtol=0.1)
