"""Smaller published numbers and known slips: sections in cm^2, limits that fail, wrong products."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.numerics.collision import N_PRODUCTS, contact_rates, unit_rule
from astrobounds.reactions import plasmon as pl
from astrobounds.reactions import upscatter as up
from astrobounds.supernova.star import eos

RULE = unit_rule(48)
D2 = 1e-24  # MeV^-2 of d = 1e-9 GeV^-1
ERG_CM3_S = const.CM**3 / const.HBAR / const.ERG
T = 30.0


def test_sections_in_square_centimetres():
    """d = 1e-9 GeV^-1: 3.9649e-47 cm^2 at (1, 100) MeV and k = 35.5; pairs at 100 MeV 7.9916e-49."""
    out = np.empty(2)
    up.static_section(100.0, 1.0, 35.5, up.ION, RULE, out)
    assert_allclose(out.sum() * D2 / const.CM**2, 3.9649e-47, rtol=2e-4, atol=0)
    # massless electrons: (alpha d^2/3)(1 - m^2/s)^2 (1 + 2 m^2/s)
    pair = up.annihilation_section(1e4, 50.0, 1e-6) * D2 / const.CM**2
    assert_allclose(pair, 7.9916e-49, rtol=2e-4, atol=0)
    assert_allclose(pair, const.ALPHA * D2 / 3 * 0.75**2 * 1.5 / const.CM**2, rtol=1e-6, atol=0)


def test_recoil_lowers_the_section_of_a_heavy_particle():
    """38 % at m = 200, E = 300 MeV on a proton; infinitely heavy targets are a poor limit there."""
    out = np.empty(2)
    up.static_section(300.0, 200.0, 35.5, up.ION, RULE, out)
    exact = up.upscatter_section(300.0, 200.0, 938.272, 35.5, up.ION, RULE)
    assert_allclose(1.0 - exact / out.sum(), 0.38, rtol=0, atol=0.01)


def test_bohr_magnetons_in_both_conventions():
    from astrobounds.models import dipole_from_moment

    assert_allclose(dipole_from_moment(1e-13, "mu = d").value, 2.96e-11, rtol=2e-3, atol=0)
    assert_allclose(dipole_from_moment(1e-13, "mu = 2d").value, 1.48e-11, rtol=2e-3, atol=0)


def power(m, fill, nodes=48):
    """Q of N [erg/cm3/s] at d = 1e-9 GeV^-1 from R(E) summed over helicities, mu_nu = 0."""
    u, w = unit_rule(nodes)
    e = m + 28 * T * u * u
    rate = np.array([fill(x) for x in e])
    total = (2 * 28 * T * u * w * np.sqrt(e * e - m * m) * e * e * rate).sum()
    return total / (2 * np.pi**2) * ERG_CM3_S * D2


@pytest.mark.parametrize(("m", "excess"), [(50.0, 0.38), (200.0, 0.02)])
def test_cutting_the_massless_formula_is_no_photon_mass(m, excess):
    """gamma nu -> N with massless photons above w = m_T is 38 % high at 50 MeV, 2 % at 200."""
    m_t, out = 15.0, np.zeros((2, 2))

    def exact(e):
        pl.inverse_decay_rates(e, m, m_t**2, 0.0, T, unit_rule(24), out)
        return out[0].sum() / (np.exp(e / T) + 1)

    def cut(e):
        p = np.sqrt(e * e - m * m)
        low, high = max(0.5 * (e - p), m_t), 0.5 * (e + p)
        if high <= low:
            return 0.0
        f = lambda w: 1 / np.expm1(w / T) / (np.exp((e - w) / T) + 1)  # noqa: E731
        integral = quad(f, low, high, epsabs=0)[0]
        return 2 * m * (m**3 / (4 * np.pi)) / (e * p) * integral

    assert_allclose(power(m, cut) / power(m, exact) - 1, excess, rtol=0, atol=0.012)


def test_constant_photon_mass_is_no_dispersion():
    """Transverse plasmons of m_T^2 = 1.5 w_pl^2 and Z = 1 give 19 % too much at m = 0."""
    w_pl, m2 = 12.4811, 1.5 * 12.4811**2

    def integrand(k):
        w = np.hypot(k, np.sqrt(m2))
        width = m2 * m2 / (12 * np.pi * w)  # (K^2 - m^2)^2 (K^2 + 2 m^2)/(12 pi w K^2) at m = 0
        return k * k * 2 / np.expm1(w / T) * width * w * 0.5 / (2 * np.pi**2)

    crude = quad(integrand, 0, 60 * T, epsabs=0, limit=200)[0] * ERG_CM3_S * D2
    assert_allclose(crude / 1.139e30 - 1, 0.19, rtol=0, atol=0.005)
    state = ab.supernova.load("fiducial").at(10.0)
    assert_allclose(eos.plasma_frequency(state["mu_e"], state["T"])[0], w_pl, rtol=1e-4, atol=0)


def test_wrong_crossing_hides_in_the_total():
    """(14)(23) for (13)(24) moves the mean energy of nu_tau e- from 149.8 to 153.9 MeV, Q by little."""
    s2w, m_e, m = 0.2312, 0.511, 50.0
    a, b = (-1.0 + 2 * s2w) ** 2, (2 * s2w) ** 2
    mixed = -((-0.5 + 2 * s2w) ** 2 - 0.25)
    right, wrong = np.array([a, b, 0, mixed, 0]), np.array([a, 0, b, mixed, 0])
    u, w = unit_rule(40)
    e = m + 28 * T * u * u
    moments = {}
    out = np.empty((N_PRODUCTS, 2))
    rates = np.empty((e.size, N_PRODUCTS))
    for i, x in enumerate(e):
        contact_rates(x, m, np.array([0.0, m_e, m_e]), np.array([0.0, 150.0, 150.0]), T, 0.0,
                      np.ones(N_PRODUCTS, dtype=bool), unit_rule(16), unit_rule(12), out)  # fmt: skip
        rates[i] = out.sum(1) / (np.exp(x / T) + 1)
    for name, c in (("right", right), ("wrong", wrong)):
        number = 2 * u * w * np.sqrt(e * e - m * m) * e * (rates @ c)
        moments[name] = ((number * e).sum(), (number * e).sum() / number.sum())
    assert_allclose(moments["right"][1], 149.83, rtol=0, atol=0.03)
    assert_allclose(moments["wrong"][1], 153.9, rtol=0, atol=0.05)
    assert_allclose(moments["wrong"][0], moments["right"][0], rtol=0.033, atol=0)


def test_massless_blackbody_is_a_power_of_temperature():
    """(7 pi^3/240) g R^2 T^4 is the published 1.41334e52 erg/s of 20 km and 5 MeV."""
    value = 7 * np.pi**3 / 240 * (20.0 * const.KM) ** 2 * 5.0**4 / const.HBAR / const.ERG
    assert_allclose(value, 1.41334e52, rtol=2e-5, atol=0)
