"""Meson decays with N: published check values, limits, detailed phase space."""

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import brentq

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import ConfigError, DomainError
from astrobounds.lab import meson


@pytest.mark.parametrize(
    ("parent", "flavour", "mass", "value"),
    [
        ("pi", "e", 1, 4.82937), ("pi", "e", 10, 380.054), ("pi", "e", 60, 9163.02),
        ("pi", "e", 100, 9070.17), ("pi", "e", 120, 3749.7), ("pi", "e", 135, 288.021),
        ("pi", "mu", 10, 0.997630), ("pi", "mu", 30, 0.646284),
        ("K", "e", 100, 35219.4), ("K", "e", 300, 137113), ("K", "e", 450, 22179.2),
        ("K", "mu", 100, 1.89225), ("K", "mu", 200, 3.62120), ("K", "mu", 300, 3.89977),
    ],
)  # fmt: skip
def test_rhat(parent, flavour, mass, value):
    assert_allclose(ab.lab.rhat(parent, flavour, mass * u.MeV), value, rtol=1e-5, atol=0)


@settings(deadline=None)
@given(
    st.sampled_from([("pi", "e"), ("pi", "mu"), ("K", "e"), ("K", "mu"), ("Ds", "tau")]),
    st.floats(0.0, 0.999),
)
def test_rhat_is_the_two_body_rate(decay, fraction):
    """Independent form: |M|^2 ~ m_P^2 (m_l^2 + m^2) - (m_l^2 - m^2)^2 times the momentum."""
    parent, flavour = decay
    big = {"pi": const.M_PI, "K": const.M_K, "Ds": const.M_DS}[parent]
    lepton = const.LEPTON_MASS[flavour]
    m = fraction * (big - lepton)

    def rate(m):
        e = (big**2 + lepton**2 - m**2) / (2 * big)
        p = np.sqrt((e - lepton) * (e + lepton))
        return (big**2 * (lepton**2 + m**2) - (lepton**2 - m**2) ** 2) * p

    assert_allclose(ab.lab.rhat(parent, flavour, m * u.MeV), rate(m) / rate(0.0), rtol=1e-7, atol=0)


def test_rhat_limits():
    assert_allclose(ab.lab.rhat("pi", "e", 0 * u.MeV), 1.0, rtol=1e-12, atol=0)
    assert ab.lab.rhat("pi", "e", 139.1 * u.MeV) == 0.0
    assert np.all(ab.lab.rhat("K", "mu", [387.9, 388.1, 600] * u.MeV)[1:] == 0.0)
    with pytest.raises(DomainError, match="closed"):
        ab.lab.rhat("K", "tau", 1 * u.MeV)
    with pytest.raises(ConfigError, match="allowed"):
        ab.lab.rhat("kaon", "e", 1 * u.MeV)
    with pytest.raises(DomainError, match="no unit"):
        ab.lab.rhat("K", "e", 1.0)


@pytest.mark.parametrize(
    ("mass", "value"), [(100, 0.478148), (200, 0.759300), (300, 0.903226), (380, 1.942375)]
)
def test_kaon_production_ratio(mass, value):
    got = meson.production_ratio("K", "e", "mu", mass * u.MeV)
    assert_allclose(got, value, rtol=2e-6, atol=0)


def test_production_ratio_beyond_threshold():
    assert meson.production_ratio("K", "e", "mu", 400 * u.MeV) == np.inf
    assert meson.production_ratio("K", "mu", "e", 400 * u.MeV) == 0.0
    assert meson.production_ratio("K", "tau", "e", 100 * u.MeV) == 0.0
    with pytest.raises(DomainError, match="no N"):
        meson.production_ratio("K", "mu", "tau", 400 * u.MeV)


@pytest.mark.parametrize(("mass", "limit"), [(60, 1.7231e-7), (120, 4.2114e-7)])
def test_pion_ratio_alone(mass, limit):
    """Delta chi2 = 2.71 against no N."""

    def rise(ue):
        both = (ab.lab.ratio_loglike("R_pi", mass * u.MeV, {"e": x}) for x in (ue, 0.0))
        new, old = both
        return -2 * (new - old) - 2.71

    assert_allclose(brentq(rise, 1e-9, 1e-4), limit, rtol=1e-4, atol=0)


def test_heavy_n_lowers_the_ratio():
    for which in ("R_pi", "R_K"):
        standard = ab.lab.ratio(which, 1 * u.GeV, {})
        assert_allclose(ab.lab.ratio(which, 1 * u.GeV, {"e": 0.01}), 0.99 * standard, rtol=1e-6, atol=0)
        assert_allclose(ab.lab.ratio(which, 1 * u.GeV, {"mu": 0.01}), standard / 0.99, rtol=1e-6, atol=0)
        assert ab.lab.ratio(which, 1 * u.GeV, {"tau": 0.01}) == standard


def test_w_ratios():
    assert_allclose(ab.lab.ratio("W mu/e", 1 * u.MeV, {"e": 0.5}), 1.0, rtol=1e-8, atol=0)
    assert_allclose(ab.lab.ratio("W mu/e", 100 * u.GeV, {"mu": 0.1}), 0.9, rtol=1e-6, atol=0)
    half = ab.lab.ratio("W tau/mu", const.M_W / np.sqrt(2) * u.MeV, {"tau": 1.0})
    assert_allclose(half, 0.25 * 1.25, rtol=1e-6, atol=0)
    pull = (0.986 - 1) / 0.013
    assert_allclose(ab.lab.ratio_loglike("W mu/e", 1 * u.MeV, {}), -0.5 * pull**2, rtol=1e-6, atol=0)
    with pytest.raises(ConfigError, match="there are"):
        ab.lab.ratio("R_D", 1 * u.MeV, {})
    with pytest.raises(DomainError, match="between 0 and 1"):
        ab.lab.ratio("R_pi", 1 * u.MeV, {"e": 2.0})


def test_tau_ratio_limits():
    def change(mass, mixing):
        return ab.lab.ratio("R_tau", mass * u.MeV, mixing) / ab.lab.ratio("R_tau", mass * u.MeV, {})

    assert_allclose(change(1e-3, {"e": 0.1, "mu": 0.1, "tau": 0.1}), 1.0, rtol=1e-6, atol=0)
    assert_allclose(change(1800, {"mu": 0.01}), 0.99, rtol=1e-6, atol=0)
    assert_allclose(change(1800, {"e": 0.01}), 1 / 0.99, rtol=1e-6, atol=0)
    assert_allclose(change(1800, {"tau": 0.5}), 1.0, rtol=1e-6, atol=0)


def test_tau_rate_by_monte_carlo_phase_space():
    """tau -> mu nu N of 500 MeV: |M|^2 = (p_tau.p_nubar)(p_l.p_nu), flat three-body phase space."""
    rng = np.random.default_rng(11)
    big, lepton = const.M_TAU, const.M_MU

    def rate(m_nubar, m_nu):
        """Mean of the matrix element over s = (p_l + p_nu)^2; angles do not enter it."""
        low, high = (lepton + m_nu) ** 2, (big - m_nubar) ** 2
        s = rng.uniform(low, high, 400_000)

        def momentum(a, b, c):
            lam = a * a + b * b + c * c - 2 * (a * b + b * c + c * a)
            return np.sqrt(np.maximum(lam, 0.0)) / (2 * np.sqrt(a))

        out = momentum(big**2, s, m_nubar**2)
        inner = momentum(s, lepton**2, m_nu**2) / np.sqrt(s)
        energy = np.sqrt(m_nubar**2 + out**2)
        matrix = big * energy * 0.5 * (s - lepton**2 - m_nu**2)
        return (high - low) * np.mean(out * inner * matrix)

    standard = rate(0.0, 0.0)
    for name, masses in (("mu", (500.0, 0.0)), ("tau", (0.0, 500.0))):
        got = ab.lab.ratio("R_tau", 500 * u.MeV, {name: 1.0})
        below = ab.lab.ratio("R_tau", 500 * u.MeV, {})
        if name == "tau":  # the electron rate in the denominator changes too
            below /= meson._tau_factor("e", 500.0, {"e": 0.0, "tau": 1.0})
        assert_allclose(got / below, rate(*masses) / standard, rtol=0.01, atol=0)
