"""Late decays and the microwave background: clock, distortions, anisotropies, radiation."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import references
from astrobounds.constants import HBAR
from astrobounds.cosmology.late import anisotropies, distortions, effects, radiation, release
from astrobounds.errors import DomainError
from astrobounds.models.protocol import Decay

PAIR = (Decay(1.0, "", ("e-", "e+")),)
PHOTONS = (Decay(1.0, "", ("gamma", "gamma")),)


# ---------------------------------------------------------------- clock and release
@pytest.mark.parametrize(
    ("z", "t"), [(1089, 1.173e13), (3400, 1.61e12), (5e4, 9.33e9), (1e5, 2.36e9), (2e6, 5.96e6)]
)
def test_times_of_redshifts(z, t):
    assert_allclose(release.time_at(z), t, rtol=3e-3, atol=0)


def test_dark_matter_over_photons_and_the_density_of_a_relic():
    assert_allclose(release.RATIO, 4853.0, rtol=1e-3, atol=0)
    # n_X/n_gamma m = 3.08e-6 MeV is all of dark matter
    assert_allclose(release.dark_matter_ratio(1.0, 1.0), 3.248e5, rtol=5e-3, atol=0)


@pytest.mark.parametrize("lifetime", [1e6, 1e9, 3e12])
def test_the_release_on_the_grid_is_the_integral_over_time(lifetime):
    z = release.redshifts()
    x = np.log1p(z)

    def rate(t):
        low, high = x[-1], x[0]
        for _ in range(80):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if release.time_at(np.expm1(middle)) > t else (low, middle)
        return release.RATIO * math.exp(-low - t / lifetime) / lifetime

    ends = np.log(4e3), np.log(release.time_at(release.Z_LAST))
    want = quad(lambda u: math.exp(u) * rate(math.exp(u)), *ends, epsrel=1e-6, limit=200)[0]
    assert_allclose(release.released(lifetime).sum(), want, rtol=2e-3, atol=0)


def test_the_release_of_the_radiation_era_goes_with_the_root_of_the_lifetime():
    for lifetime in (1e7, 1e9, 1e10):
        want = 8.81e-7 * math.sqrt(lifetime)
        assert_allclose(release.released(lifetime).sum(), want, rtol=0.02, atol=0)


# ---------------------------------------------------------------- mu and y
@pytest.mark.parametrize(
    ("lifetime", "energy", "mu", "y", "allowed"),
    [
        (1e6, 8.81e-4, 3.64e-5, 4.9e-9, 1.3),
        (1e7, 2.786e-3, 2.213e-3, 3.0e-7, 2.12e-2),
        (1e9, 2.796e-2, 3.40e-2, 8.9e-4, 1.38e-3),
        (1e11, 0.290, 2.14e-2, 6.86e-2, 2.18e-4),
        (1e12, 0.984, 5.3e-3, 0.245, 6.1e-5),
    ],
)
def test_distortions_of_one_dark_matter(lifetime, energy, mu, y, allowed):
    found = distortions.distortions(lifetime)
    assert_allclose(found.energy, energy, rtol=2e-3, atol=0)
    assert_allclose(found.mu, mu, rtol=5e-3, atol=0)
    assert_allclose(found.y, y, rtol=0.01, atol=0)
    assert_allclose(1.0 / math.sqrt(-found.loglike() / 2.0), allowed, rtol=0.01, atol=0)


def test_distortions_are_linear_in_the_energy_and_vanish_early():
    one, ten = distortions.distortions(1e8), distortions.distortions(1e8, 10.0)
    assert_allclose([ten.mu, ten.y], [10.0 * one.mu, 10.0 * one.y], rtol=1e-12, atol=0)
    assert distortions.distortions(1e4).mu < 1e-30


def test_more_baryons_erase_mu_later():
    assert distortions.distortions(1e6, omega_b=0.03).mu < distortions.distortions(1e6).mu * 1e6
    ratio = distortions.distortions(1e6, omega_b=0.03).mu / distortions.distortions(1e6).mu
    assert ratio < 0.7


# ---------------------------------------------------------------- anisotropies
def test_the_limit_of_the_anisotropies():
    assert_allclose(anisotropies.limit(1e14), 7.69e-12, rtol=1e-9, atol=0)
    assert_allclose(anisotropies.limit(3.61e25), 1.0, rtol=1e-9, atol=0)
    assert_allclose(anisotropies.limit(1e27), 27.7, rtol=1e-3, atol=0)
    assert_allclose([anisotropies.limit(t) / t for t in (1e18, 1e20, 3e22)], 2.77e-26, rtol=1e-3, atol=0)
    with pytest.raises(DomainError, match="lifetime"):
        anisotropies.limit(1e11)


def test_efficiencies_of_photons_are_the_published_limits_over_that_on_the_spot():
    # an ALP of 1.04 keV with g = 2.371e-15/GeV: rate g^2 m^3/(64 pi)
    rate = (2.371e-15) ** 2 * (1.04e-6) ** 3 / (64.0 * math.pi) * 1e3 / HBAR
    assert_allclose(rate, 4.81e-26, rtol=0.01, atol=0)
    assert_allclose(2.77e-26 / anisotropies.photon_efficiency(0.52e-3), rate, rtol=0.02, atol=0)
    table = {50: 0.72, 150: 0.61, 500: 0.58, 1500: 0.53, 5000: 0.33, 15000: 0.13, 4.7e5: 0.073}
    for energy, eps in table.items():
        assert_allclose(anisotropies.photon_efficiency(energy * 1e-6), eps, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("energy", "eps"), [(5, 0.7), (10, 0.60), (20, 0.56), (30, 0.50), (50, 0.34), (100, 0.13), (2, 0.1)]
)
def test_electrons_ionise_through_the_photons_they_scatter(energy, eps):
    assert_allclose(anisotropies.electron_efficiency(energy), eps, rtol=0.03, atol=0)


@pytest.mark.parametrize(
    ("lifetime", "pair", "gamma"),
    [(1e13, 3.4e-11, 6.8e-11), (1e14, 1.3e-11, None), (1e15, 5.7e-11, 1.7e-10)],
)
def test_limits_on_pairs_and_photons(lifetime, pair, gamma):
    found = anisotropies.limit(lifetime) / anisotropies.efficiency(25.0, PAIR, lifetime)
    assert_allclose(found, pair, rtol=0.1, atol=0)
    if gamma is not None:
        found = anisotropies.limit(lifetime) / anisotropies.efficiency(400.0, PHOTONS, lifetime)
        assert_allclose(found, gamma, rtol=0.03, atol=0)


def test_dark_matter_that_decays_to_pairs_or_photons():
    def longest(mass, decays):
        return anisotropies.efficiency(mass, decays, 1e25) * 3.61e25

    assert_allclose(longest(25.0, PAIR), 2.2e25, rtol=0.05, atol=0)
    assert_allclose(longest(400.0, PHOTONS), 7e24, rtol=0.05, atol=0)
    assert_allclose(longest(0.30, PHOTONS), 4.9e24, rtol=0.05, atol=0)


def test_photons_of_a_sterile_neutrino_of_300_keV():
    # N -> nu gamma of all dark matter: rate 1.36e-22 sin^2(2 theta) (m/keV)^5/s, half of it visible
    decays = (Decay(1.0, "", ("nu_e", "gamma")),)
    rate = anisotropies.limit(1e25) / 1e25
    per_angle = 1.36e-22 * 300.0**5 * anisotropies.efficiency(0.3, decays, 1e25) / 2.77e-26 * rate
    assert_allclose(2.77e-26 / per_angle, 1.25e-15, rtol=0.3, atol=0)


def test_neutrinos_and_dark_products_do_not_ionise():
    assert anisotropies.efficiency(100.0, (Decay(1.0, "", ("nu_e", "nubar_mu", "nu_mu")),)) == 0.0
    half = anisotropies.efficiency(100.0, (*PAIR, Decay(1.0, "", ("dark", "dark"))))
    assert_allclose(half, 0.5 * anisotropies.efficiency(100.0, PAIR), rtol=1e-12, atol=0)


@pytest.mark.parametrize("products", [("e-", "pi+"), ("mu-", "pi+"), ("nu_e", "pi0"), ("nu_mu", "rho0"),
                                      ("nu_e", "eta"), ("mu-", "K+"), ("nu_tau", "hadrons")])  # fmt: skip
def test_what_ionises_never_exceeds_the_energy(products):
    mass = 1500.0
    parts = anisotropies.ionising(mass, Decay(1.0, "", products))
    assert all(energy >= 0.0 and number > 0.0 for _, energy, number in parts)
    assert sum(energy * number for _, energy, number in parts) <= mass


# ---------------------------------------------------------------- invisible decays
def test_invisible_decays_are_radiation():
    assert_allclose(radiation.extra_neff(1e10, 0.1), 0.0393, rtol=0.02, atol=0)
    for lifetime, allowed in ((1e8, 8.8), (1e10, 0.87), (1e11, 0.27), (1e12, 0.079)):
        assert_allclose(0.34 / radiation.extra_neff(lifetime, 1.0), allowed, rtol=0.02, atol=0)


def test_the_loss_of_dark_matter_joins_the_radiation_within_a_factor_two():
    before = 0.34 / radiation.extra_neff(1e12, 1.0)
    after = radiation.dark_limit(3e12)
    assert 0.45 < after / before < 2.0
    assert_allclose(radiation.dark_limit(1e13), 0.038, rtol=1e-3, atol=0)
    assert_allclose(radiation.dark_limit(1e20), 0.087 * 1e20 / 4.35e17, rtol=1e-9, atol=0)


@pytest.mark.parametrize(
    ("lifetime", "ratio"), [(1e4, 5.9e-5), (1e7, 1.9e-3), (1e10, 5.9e-2), (1e12, 0.65)]
)
def test_matter_over_radiation(lifetime, ratio):
    assert_allclose(release.matter_over_radiation(1.0, lifetime), ratio, rtol=0.025, atol=0)


def test_what_dominates_or_over_closes_is_refused_with_a_reason():
    assert radiation.excluded_outright(1e7, 100.0) == ""
    assert "matter dominates" in radiation.excluded_outright(1e7, 1000.0)
    assert "over-closed" in radiation.excluded_outright(1e20, 1.5)
    assert radiation.excluded_outright(1e20, 0.9) == ""


def test_what_is_refused_falls_without_end():
    for lifetime, f in ((1e7, 1e3), (1e11, 10.0), (1e20, 2.0)):
        one, two = (radiation.matter_loglike(lifetime, x) for x in (f, 2.0 * f))
        assert two < one < -12.5
        assert_allclose(two / one, 4.0, rtol=1e-9, atol=0)


# ---------------------------------------------------------------- together
@pytest.mark.parametrize(
    ("lifetime", "terms"),
    [
        (1e-4, set()),
        (1e7, {"distortions"}),
        (2e12, {"distortions", "anisotropies"}),
        (1e14, {"distortions", "anisotropies", "dark decays"}),
        (1e26, {"distortions", "anisotropies", "dark decays"}),
    ],
)
def test_each_lifetime_has_its_terms(lifetime, terms):
    found = effects.late_effects(1e-9, lifetime, 0.5, 0.3)
    assert set(found.terms()) == terms
    assert found.loglike() <= 0.0


def test_the_likelihood_has_no_hole_between_the_clocks():
    """The smallest f excluded varies by less than a decade per fifth of a decade in the lifetime."""
    edges = []
    lifetimes = np.geomspace(1e6, 1e26, 101)
    for lifetime in lifetimes:
        low, high = 1e-20, 1e12
        for _ in range(60):
            middle = math.sqrt(low * high)
            value = effects.late_effects(middle, lifetime, 1.0, 0.5).loglike()
            low, high = (low, middle) if value < -2.0 else (middle, high)
        edges.append(low)
    steps = np.abs(np.diff(np.log10(edges)))
    fast = (lifetimes[:-1] > 6e11) & (lifetimes[:-1] < 1e13)  # only e^(-t/tau) survives: steep
    assert np.all(steps[~fast] < 1.0)
    assert np.all(np.isfinite(edges))


def test_the_error_of_the_limits_is_one_shift():
    found = effects.late_effects(1e-10, 1e14, 1.0, 0.6)
    strict, loose = (found.terms(x)["anisotropies"] for x in (-1.0, 1.0))
    assert_allclose(strict / loose, 10.0 ** (4 * 0.2), rtol=1e-9, atol=0)


def test_everything_is_cited():
    for key in effects.LateEffects.references:
        assert references.bibtex(key).startswith("@")
