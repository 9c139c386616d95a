"""Standard BBN against independent implementations and published power laws."""

import dataclasses

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.neutrinos import decoupling
from astrobounds.cosmology.plasma import thermodynamics as plasma

SETTING = {"omega_b": 0.0223, "tau_n": 878.4 * u.s, "neutrinos": "common", "qed": "e3"}


@pytest.mark.parametrize(
    ("level", "Yp"),
    [("born", 0.242543), ("ccr", 0.245679), ("ccr+fm", 0.246904), ("full", 0.246891)],
)
def test_helium_with_each_weak_correction(level, Yp):
    """arXiv:1801.08023 corrections; an independent code with N_eff = 3.04437 instead of 3.04524.

    Nuclear rates move Y_p by 1e-5 only; 9e-4 in N_eff by 1e-5.
    """
    out = ab.cosmology.bbn(weak_level=level, **SETTING)
    assert_allclose(out.Yp, Yp, atol=1e-5)


def test_reaclib_rates():
    """PRyMordial (arXiv:2307.07061) with the twelve REACLIB rates and tightened tolerances."""
    out = ab.cosmology.bbn(rates="reaclib", **SETTING)
    assert_allclose(out.Yp, 0.246853, atol=5e-6)
    assert_allclose(out.DH, 2.5312e-5, rtol=5e-4)
    assert_allclose(out.He3H, 1.0402e-5, rtol=5e-4)
    assert_allclose(out.Li7H, 4.805e-10, rtol=2e-3)


def test_reaclib_with_luna():
    out = ab.cosmology.bbn(rates="reaclib-luna", **SETTING)
    assert_allclose(out.Yp, 0.246858, atol=5e-6)
    assert_allclose(out.DH, 2.4686e-5, rtol=1e-3)
    assert_allclose(out.He3H, 1.0691e-5, rtol=1e-3)
    assert_allclose(out.Li7H, 5.041e-10, rtol=3e-3)


def test_primat_rates():
    """The tables of arXiv:1801.08023 and later, as PRyMordial (arXiv:2307.07061) uses them."""
    out = ab.cosmology.bbn(**SETTING)
    assert_allclose(out.DH, 2.4592e-5, rtol=1e-3)
    assert_allclose(out.He3H, 1.0421e-5, rtol=1e-3)
    assert_allclose(out.Li7H, 5.483e-10, rtol=3e-3)


@pytest.fixture(scope="module")
def table():
    return ab.cosmology.sensitivities(omega_b=0.0223)


def test_sensitivities_of_deuterium(table):
    expected = {
        "omega_b": -1.639,
        "tau_n": 0.421,
        "Neff": 0.410,
        "p(n,g)d": -0.202,
        "d(p,g)He3": -0.343,
        "d(d,n)He3": -0.542,
        "d(d,p)t": -0.456,
        "He3(n,p)t": 0.025,
        "He3(d,p)a": -0.0145,
    }
    for name, value in expected.items():
        assert_allclose(table[name]["DH"], value, rtol=1e-2, atol=5e-4, err_msg=name)
    for name in set(table) - set(expected) - {"xi_e"}:
        assert abs(table[name]["DH"]) < 1e-3, name
    assert_allclose(table["xi_e"]["Yp"], -0.971, atol=2e-3)


def test_power_laws_of_fields_et_al(table):
    """Exponents of arXiv:1912.01132 (their eta10 = 6.129, N_nu = 3)."""
    published = {
        "Yp": {"omega_b": 0.039, "Neff": 0.163, "tau_n": 0.73},
        "DH": {"omega_b": -1.60, "Neff": 0.395, "tau_n": 0.41, "p(n,g)d": -0.19,
               "d(d,n)He3": -0.53, "d(d,p)t": -0.47, "d(p,g)He3": -0.31},
        "He3H": {"omega_b": -0.59, "Neff": 0.14, "tau_n": 0.15, "d(d,n)He3": 0.21,
                 "d(d,p)t": -0.27, "d(p,g)He3": 0.38, "He3(n,p)t": -0.17, "He3(d,p)a": -0.76},
        "Li7H": {"omega_b": 2.12, "Neff": -0.284, "tau_n": 0.43, "p(n,g)d": 1.34,
                 "d(d,n)He3": 0.70, "d(p,g)He3": 0.59, "He3(n,p)t": -0.27, "He3(d,p)a": -0.75,
                 "He3(a,g)Be7": 0.96, "Be7(n,p)Li7": -0.71},
    }  # fmt: skip
    for quantity, exponents in published.items():
        for name, value in exponents.items():
            assert_allclose(table[name][quantity], value, rtol=0.12, err_msg=f"{quantity} {name}")


def _instantaneous():
    """Neutrinos that decouple at once: their temperature falls as 1/a, plasma entropy is conserved."""
    run = decoupling.solve(mixing="common", with_xi=False)
    x = run.ln_a - run.ln_a[0]
    falling = run.Tg[0] * np.exp(-x)

    def excess(log_t):
        s = plasma.pressure_terms(np.exp(log_t))[1] * np.exp(3.0 * log_t)
        return s

    log_t = np.linspace(np.log(4e-4), np.log(25.0), 4000)
    entropy = np.log(excess(log_t))
    start = np.log(plasma.pressure_terms(run.Tg[0])[1][0] * run.Tg[0] ** 3)
    Tg = np.exp(CubicSpline(entropy, log_t)(start - 3.0 * x))
    p, p1, _ = plasma.pressure_terms(Tg)
    rho = (p1 - p) * Tg**4 + 7.0 * np.pi**2 / 40.0 * falling**4
    H = np.sqrt(8.0 * np.pi / 3.0 * rho) / const.M_PLANCK / const.HBAR
    t = run.t[0] + CubicSpline(x, 1.0 / H).antiderivative()(x)
    ln_a = x - x[-1] + np.log(run.Tg[-1] * np.exp(run.ln_a[-1]) / Tg[-1])
    neff = 3.0 * (11.0 / 4.0) ** (4.0 / 3.0) * (falling[-1] / Tg[-1]) ** 4
    return dataclasses.replace(
        run, ln_a=ln_a, t=t, H=H, Tg=Tg, Tnue=falling, Tnumu=falling, Neff=float(neff)
    )


def test_incomplete_decoupling_raises_helium_by_the_published_amount():
    """+1.3e-4 in Y_p (Dolgov & Fukugita, JETP Lett. 56, 123) to +2.1e-4 (hep-ph/0506164), Born rates.

    The difference to instantaneous decoupling with the same plasma. Its N_eff with QED,
    3 + 0.0097, is that of arXiv:1911.04504.
    """
    background = _instantaneous()
    assert_allclose(background.Neff, 3.0098, atol=2e-4)
    before = ab.cosmology.bbn(neutrinos=background, weak_level="born").Yp
    change = ab.cosmology.bbn(weak_level="born").Yp - before
    assert 1.1e-4 < change < 2.2e-4
