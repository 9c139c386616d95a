"""Primakoff scattering, photon and pair coalescence: check numbers, limits, detailed balance."""

import numpy as np
import pytest
from boson_media import ERG_CM3_S, K_EFF, K_S, MU_E, N_EFF, N_P, T, emissivity, rate
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import constants as const
from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions import pair_coalescence, photon_coalescence, primakoff_recoil, primakoff_static
from astrobounds.reactions.transfer import photon_statistics

RULE = np.ascontiguousarray(unit_rule(24))
G2 = 1e-24  # (1e-9/GeV)^2 in MeV^-2
K_TF = 21.618


@pytest.mark.parametrize(
    ("case", "form", "value"),
    [((1, 100, 35.535, 0), 0, 2.3685136e-3), ((1, 100, 35.535, 0), 1, 1.5567905e-3),
     ((50, 100, 35.535, 0), 0, 1.6413171e-3), ((200, 300, 35.535, 0), 0, 1.3132224e-3),
     ((30, 60, 10, 12.481), 0, 2.4115069e-3)],
)  # fmt: skip
def test_primakoff_sections_are_those_worked_out(case, form, value):
    mass, energy, screen, photon = case
    assert_allclose(
        primakoff_static.section(energy, mass, photon, screen**2, form, RULE), value, rtol=6e-8, atol=0
    )


def test_a_massless_boson_has_the_textbook_section():
    e, k2 = 70.0, 900.0
    want = const.ALPHA / 8.0 * ((1.0 + k2 / (4 * e * e)) * np.log(1.0 + 4 * e * e / k2) - 1.0)
    assert_allclose(primakoff_static.section(e, 1e-6, 0.0, k2, 0, RULE), want, rtol=1e-10, atol=0)


@pytest.mark.parametrize("form", [0, 1])
@pytest.mark.parametrize("ratio", [1.0 + 1e-5, 3.0, 9.9, 10.1, 1e3])
def test_the_closed_form_is_the_integral_over_the_transfer(form, ratio):
    for a, screen in ((2.0, 5.0), (900.0, 1e-3), (0.3, 1e5)):
        b = a * ratio

        def density(q, a=a, b=b, screen=screen):
            return (q - a) * (b - q) / ((q if form == 0 else q + screen) * (q + screen))

        want = quad(density, a, b, epsabs=0.0, epsrel=1e-11, limit=300)[0]
        assert_allclose(primakoff_static.bracket(a, b, screen, form, RULE), want, rtol=2e-9, atol=0)


@pytest.mark.parametrize(
    ("mass", "all_protons", "unblocked"), [(1.0, 1.6814e32, 1.4710e32), (50.0, 1.1948e32, 1.0309e32)]
)
def test_static_primakoff_loses_the_published_energy(mass, all_protons, unblocked):
    found = emissivity(primakoff_static.fill, mass, (N_P, K_S, 0.0), (mass, 0))
    assert_allclose(G2 * ERG_CM3_S * found, all_protons, rtol=5e-5, atol=0)
    found = emissivity(primakoff_static.fill, mass, (N_EFF, K_EFF, 0.0), (mass, 0))
    assert_allclose(G2 * ERG_CM3_S * found, unblocked, rtol=5e-5, atol=0)


@pytest.mark.parametrize(
    ("mass", "protons", "electrons"), [(1.0, 1.4456e32, 6.42e31), (50.0, 1.0319e32, 5.92e31)]
)
def test_recoil_and_blocking_agree_with_seven_dimensional_monte_carlo(mass, protons, electrons):
    found = emissivity(primakoff_recoil.fill, mass, (T, 939.0, 932.596, K_EFF), (mass, 0))
    assert_allclose(G2 * ERG_CM3_S * found, protons, rtol=4e-3, atol=0)
    found = emissivity(primakoff_recoil.fill, mass, (T, const.M_E, MU_E, K_TF), (mass, 1))
    assert_allclose(G2 * ERG_CM3_S * found, electrons, rtol=5e-3, atol=0)


def test_a_cold_heavy_target_is_the_static_one():
    # dilute, so that nothing is blocked: chemical potential far below the mass
    mass, e, heavy, t = 50.0, 100.0, 1e7, 5.0
    mu = heavy - 40.0 * t
    n = 2.0 * (heavy * t / (2.0 * np.pi)) ** 1.5 * np.exp((mu - heavy) / t)
    want = rate(primakoff_static.fill, e, (n, 30.0, 0.0), (mass, 0))
    got = rate(primakoff_recoil.fill, e, (t, heavy, mu, 30.0), (mass, 0))
    assert_allclose(got, want, rtol=2e-3, atol=0)


def _recoil_section(mass, energy, screen, target):
    """sigma/g^2 on a target at rest: int dt |M|^2/(64 pi (s-M^2)^2), F1."""
    s = target**2 + 2.0 * target * energy

    def squared(t):
        value = -((mass**2 - t) ** 2) * (2.0 * target**2 + t)
        value -= 2.0 * t * (s - target**2) * (s + t - target**2 - mass**2)
        return primakoff_recoil.E2 * value / (t * (t - screen**2))

    root = np.sqrt((s - (target + mass) ** 2) * (s - (target - mass) ** 2))
    middle, spread = 0.5 * (s - target**2) * (s + mass**2 - target**2) / s, 0.5 * (s - target**2) * root / s
    low, high = mass**2 - middle - spread, mass**2 - middle + spread
    found = quad(squared, low, high, epsabs=0.0, epsrel=1e-9, limit=300)[0]
    return found / (64.0 * np.pi * (s - target**2) ** 2)


@pytest.mark.parametrize(
    ("mass", "energy", "value"),
    [(1, 100, 2.219629e-3), (50, 100, 1.477835e-3), (200, 300, 8.291972e-4)],
)
def test_the_squared_amplitude_gives_the_sections_at_rest(mass, energy, value):
    assert_allclose(_recoil_section(mass, energy, 35.535, 938.272), value, rtol=2e-6, atol=0)


@pytest.mark.parametrize(
    ("mass", "photon", "value", "rtol"),
    [(30.0, 0.0, 8.7334e30, 2e-5), (100.0, 0.0, 1.34841e32, 2e-5), (50.0, 15.286, 1.47456e31, 5e-5),
     (200.0, 15.286, 1.28281e32, 2e-5)],
)  # fmt: skip
def test_coalescence_loses_the_published_energy(mass, photon, value, rtol):
    found = emissivity(photon_coalescence.fill, mass, (T, photon), (mass, 0))
    assert_allclose(G2 * ERG_CM3_S * found, value, rtol=rtol, atol=0)


def test_both_forms_of_coalescence_agree_without_a_photon_mass():
    for e in (50.001, 80.0, 400.0):
        rest, plasma = (rate(photon_coalescence.fill, e, (T, 0.0), (50.0, f)) for f in (0, 1))
        assert_allclose(plasma, rest, rtol=1e-8, atol=0)


@pytest.mark.parametrize(("mass", "ratio"), [(40, 0.53), (50, 0.67), (60, 0.76), (100, 0.94), (200, 0.993)])
def test_photons_transverse_in_the_plasma_coalesce_less(mass, ratio):
    both = [emissivity(photon_coalescence.fill, mass, (T, 15.286), (mass, f)) for f in (0, 1)]
    assert_allclose(both[1] / both[0], ratio, rtol=0.01, atol=0)


@pytest.mark.parametrize(
    ("photon", "scattering", "joining"), [(0.0, 1.09906e3, 4.63295e3), (15.286, 1.10647e3, 3.90636e3)]
)
def test_rates_at_one_energy_are_those_worked_out(photon, scattering, joining):
    got = rate(primakoff_static.fill, 150.0, (N_EFF, K_EFF, photon), (100.0, 0))
    assert_allclose(got, scattering, rtol=5e-6, atol=0)
    got = rate(photon_coalescence.fill, 150.0, (T, photon), (100.0, 0))
    assert_allclose(got, joining, rtol=2e-6, atol=0)


def test_coalescence_is_closed_where_two_photons_are_heavier():
    assert rate(photon_coalescence.fill, 60.0, (T, 15.3), (30.0, 0)) == 0.0


def test_in_the_cold_only_the_decay_is_left():
    vacuum = 30.0**3 / (64.0 * np.pi) * 30.0 / 90.0
    assert_allclose(rate(photon_coalescence.fill, 90.0, (1e-2, 0.0), (30.0, 0)), vacuum, rtol=1e-3, atol=0)
    assert_allclose(
        rate(pair_coalescence.fill, 90.0, (1e-2, 0.0, 1.0), (30.0, 2.0)), 60.0 / 90.0, rtol=1e-12, atol=0
    )


@pytest.mark.parametrize("e", [30.0001, 47.0, 300.0])
def test_stimulated_photons_obey_detailed_balance(e):
    """Production int f_1 f_2 equals f_BE times (absorption less stimulated emission), to 1e-8."""
    mass, t, photon = 30.0, 12.0, 4.0
    b = np.sqrt(1.0 - 4.0 * photon**2 / mass**2)
    p = np.sqrt(e**2 - mass**2)

    def made(w):
        return 1.0 / np.expm1(w / t) / np.expm1((e - w) / t)

    low, high = 0.5 * (e - p * b), 0.5 * (e + p * b)
    mean = quad(made, low, high, epsabs=0.0, epsrel=1e-11, limit=200)[0] / (high - low)
    want = mass / e * mass**3 * b**3 / (64.0 * np.pi) * mean
    got = rate(photon_coalescence.fill, e, (t, photon), (mass, 0)) / np.expm1(e / t)
    assert_allclose(got, want, rtol=1e-8, atol=0)


@pytest.mark.parametrize("mu", [0.0, 60.0, 250.0])
@pytest.mark.parametrize("e", [20.0001, 60.0, 300.0])
def test_blocked_pairs_obey_detailed_balance(mu, e):
    mass, t, leg = 20.0, 12.0, 3.0
    b = np.sqrt(1.0 - 4.0 * leg**2 / mass**2)
    p = np.sqrt(e**2 - mass**2)

    def made(w):
        return 1.0 / (np.exp((w - mu) / t) + 1.0) / (np.exp((e - w + mu) / t) + 1.0)

    low, high = 0.5 * (e - p * b), 0.5 * (e + p * b)
    inside = [mu] if low < mu < high else None
    mean = quad(made, low, high, epsabs=0.0, epsrel=1e-11, limit=200, points=inside)[0] / (high - low)
    got = rate(pair_coalescence.fill, e, (t, mu, leg), (mass, 1.0)) / np.expm1(e / t)
    assert_allclose(got, mass / e * mean, rtol=1e-8, atol=0)


@pytest.mark.parametrize(("mass", "value"), [(10.0, 133.27), (100.0, 7.8628e3)])
def test_electron_pairs_lose_the_published_energy(mass, value):
    width = mass * np.sqrt(1.0 - 4.0 * const.M_E**2 / mass**2) / (8.0 * np.pi)
    found = emissivity(pair_coalescence.fill, mass, (T, MU_E, const.M_E), (mass, width))
    assert_allclose(found, value, rtol=2e-5, atol=0)


def test_scattering_obeys_detailed_balance_at_every_point():
    """Absorption less stimulated emission, and production times (e^{E/T} - 1), are one number."""
    rng = np.random.default_rng(4)
    t, mu = 20.0, 150.0
    for _ in range(300):
        e4 = rng.uniform(1.0, 400.0)
        w = rng.uniform(-0.99 * e4, 200.0)
        e1, e2 = e4 + w, rng.uniform(max(-w, 0.0) + 1.0, 500.0)
        f1 = 1.0 / np.expm1(e1 / t)
        f2, f3 = (1.0 / (np.exp((e - mu) / t) + 1.0) for e in (e2, e2 + w))
        full, empty = (1.0 / (np.exp((mu - e) / t) + 1.0) for e in (e2, e2 + w))
        got = photon_statistics(e1, e4, w, t) * (f2 * empty if w >= 0.0 else f3 * full)
        assert_allclose(got, f1 * f2 * empty * np.expm1(e4 / t), rtol=1e-8, atol=0)
        assert_allclose(got, (1.0 + f1) * f3 * full - f1 * f2 * empty, rtol=1e-8, atol=0)
