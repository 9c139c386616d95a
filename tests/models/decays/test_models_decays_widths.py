"""Widths of ALPs, dark photons and Higgs-mixed scalars against numbers worked out elsewhere."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import constants as const
from astrobounds.models.decays import alp_widths, dark_photon_widths, dark_scalar_widths

GEV = 1e-3  # 1/MeV of a coupling of 1/GeV


def test_an_alp_with_photons_lives_for_132_seconds_at_ten_mev():
    assert_allclose(const.HBAR / alp_widths.two_photons(10.0, 1e-9 * GEV), 132.341, rtol=5e-6, atol=0)
    assert_allclose(alp_widths.two_photons(100.0, 1e-9 * GEV), 4.974e-21, rtol=1e-4, atol=0)


def test_an_alp_with_electrons_has_the_published_width():
    width = alp_widths.lepton_pair(10.0, 1e-9, const.M_E)
    assert_allclose(width, 3.95804e-19, rtol=3e-6, atol=0)
    assert_allclose(const.HBAR / width, 1.66297e-3, rtol=5e-6, atol=0)


def test_conversion_of_a_photon_tends_to_the_logarithm():
    for mass, rtol in ((300.0, 1e-5), (15.85, 6e-3)):
        want = 4.0 * const.ALPHA / (3.0 * math.pi) * (math.log(mass / const.M_E) - 1.75)
        assert_allclose(alp_widths.dalitz_ratio(mass, const.M_E), want, rtol=rtol, atol=0)


@pytest.mark.parametrize("mass", [1.1, 5.0, 250.0])
def test_conversion_of_a_photon_is_the_kroll_wada_integral(mass):
    def density(log_s):
        s = math.exp(log_s)
        root = math.sqrt(max(1.0 - 4.0 * const.M_E**2 / s, 0.0))
        return (1.0 - s / mass**2) ** 3 * (1.0 + 2.0 * const.M_E**2 / s) * root

    low, high = math.log(4.0 * const.M_E**2), 2.0 * math.log(mass)
    want = quad(density, low, high, epsabs=0.0, epsrel=1e-10, limit=400)[0]
    want *= 2.0 * const.ALPHA / (3.0 * math.pi)
    assert_allclose(alp_widths.dalitz_ratio(mass, const.M_E), want, rtol=1e-8, atol=0)


def test_alp_channels_open_at_their_thresholds():
    assert set(alp_widths.widths(1.0, 1.0, 1.0, 1.0)) == {"gamma gamma"}
    assert set(alp_widths.widths(1.1, 1.0, 1.0, 1.0)) == {"gamma gamma", "e e gamma", "e e"}
    assert set(alp_widths.widths(212.0, 1.0, 1.0, 1.0)) >= {"mu mu", "mu mu gamma"}
    assert alp_widths.widths(100.0) == {}


def test_dark_photon_lifetimes_are_those_worked_out():
    light = dark_photon_widths.widths(10.0)
    assert_allclose(const.HBAR / (1e-20 * sum(light.values())), 2.70607, rtol=3e-6, atol=0)
    heavy = dark_photon_widths.widths(250.0)
    assert_allclose(const.HBAR / (1e-20 * sum(heavy.values())), 0.0627385, rtol=1e-5, atol=0)
    assert_allclose(heavy["e e"] / sum(heavy.values()), 0.5796, rtol=1e-4, atol=0)


@pytest.mark.parametrize(
    ("mass", "table"),
    [(300, 0.0170), (350, 0.0996), (400, 0.2009), (500, 0.5048), (600, 1.337), (700, 4.912),
     (770, 9.04), (782.65, 7.28), (800, 5.784), (900, 1.728), (1000, 0.686)],
)  # fmt: skip
def test_two_pion_ratio_follows_the_measured_table(mass, table):
    assert_allclose(dark_photon_widths.two_pions(mass), table, rtol=0.09, atol=0)


def test_two_pion_ratio_is_within_two_percent_rms_of_the_table_above_threshold():
    rows = [(500, 0.5048), (600, 1.337), (700, 4.912), (770, 9.04), (800, 5.784), (900, 1.728)]
    off = [dark_photon_widths.two_pions(m) / r - 1.0 for m, r in rows]
    assert np.sqrt(np.mean(np.square(off))) < 0.02
    assert_allclose(dark_photon_widths.two_pions(500.0), 0.502, rtol=1e-3, atol=0)
    assert_allclose(dark_photon_widths.two_pions(900.0), 1.716, rtol=1e-3, atol=0)


@pytest.mark.parametrize(
    ("mass", "total", "rtol"),
    [(775, 12.07, 0.02), (800, 6.66, 0.01), (900, 1.80, 0.02), (1000, 0.93, 0.08)],
)
def test_hadronic_ratio_is_that_of_all_channels(mass, total, rtol):
    assert_allclose(sum(dark_photon_widths.hadronic_ratio(mass).values()), total, rtol=rtol, atol=0)


def test_below_two_electrons_only_three_photons_are_left():
    assert set(dark_photon_widths.widths(1.0)) == {"gamma gamma gamma"}
    want = 17.0 * const.ALPHA**4 / (2**7 * 3**6 * 5**3 * math.pi**3) / const.M_E**8
    assert_allclose(dark_photon_widths.widths(1.0)["gamma gamma gamma"], want, rtol=1e-12, atol=0)


def test_scalar_leptonic_widths_are_those_worked_out():
    electrons = dark_scalar_widths.lepton_pair(100.0, const.M_E)
    assert_allclose(1e-10 * electrons, 1.71351e-21, rtol=3e-6, atol=0)
    assert_allclose(
        1e-10 * dark_scalar_widths.lepton_pair(250.0, const.M_MU), 2.79464e-17, rtol=3e-6, atol=0
    )
    assert_allclose(dark_scalar_widths.lepton_pair(50.0, const.M_E), 8.5635e-12, rtol=1e-4, atol=0)


def test_lowest_order_pions_are_those_worked_out():
    assert_allclose(dark_scalar_widths.two_pions_lowest_order(500.0), 5.1446e-6, rtol=2e-5, atol=0)


@pytest.mark.parametrize(
    ("mass", "over", "muons"),
    [(290, 2.26, 2.75), (300, 2.46, 3.61), (320, 2.73, 4.49), (350, 3.06, 5.20), (400, 3.59, 6.22),
     (500, 4.30, 8.11), (600, 4.39, 9.53), (700, 4.49, 11.5), (800, 5.18, 15.7), (900, 8.13, 29.0),
     (950, 14.1, 54.3), (980, 22.0, 89.0)],
)  # fmt: skip
def test_dispersive_pions_stand_over_the_lowest_order_as_published(mass, over, muons):
    pions = dark_scalar_widths.two_pions(mass)
    assert_allclose(pions / dark_scalar_widths.two_pions_lowest_order(mass), over, rtol=6e-3, atol=0)
    assert_allclose(pions / dark_scalar_widths.lepton_pair(mass, const.M_MU), muons, rtol=6e-3, atol=0)


def test_charged_pions_are_two_thirds_of_a_scalar_pair():
    widths = dark_scalar_widths.widths(400.0)
    assert_allclose(widths["pi+ pi-"] / widths["pi0 pi0"], 2.0, rtol=1e-12, atol=0)


def test_loops_have_their_heavy_limits_and_are_smooth_at_threshold():
    assert_allclose(dark_scalar_widths.fermion_loop(1.0, 1e5), 4.0 / 3.0, rtol=1e-9, atol=0)
    for x in (2.0 * math.sqrt(1e-3), 2.0):  # where one form takes over from another
        below, above = (dark_scalar_widths.fermion_loop(x * (1.0 + s * 1e-9), 1.0) for s in (-1, 1))
        assert_allclose(abs(below), abs(above), rtol=3e-4, atol=0)


@pytest.mark.parametrize(
    ("quarks", "amplitude", "ratio"), [("none", 0.26, 4e-4), ("constituent", 2.4, 0.04)]
)
def test_two_photons_of_a_scalar_hang_on_the_light_quarks(quarks, amplitude, ratio):
    assert_allclose(abs(dark_scalar_widths.photon_amplitude(100.0, quarks)), amplitude, rtol=0.02, atol=0)
    widths = dark_scalar_widths.widths(100.0, quarks)
    assert_allclose(widths["gamma gamma"] / widths["e e"], ratio, rtol=0.11, atol=0)
