"""Solar antineutrinos from a decaying nu_4."""

import numpy as np
import pytest

from astrobounds.errors import DomainError
from astrobounds.systems import solar
from astrobounds.systems import solar_antineutrinos as module


def toy(energy):
    """E^2 (15 - E)^2.75 on 0 to 15 MeV."""
    energy = np.asarray(energy, dtype=float)
    return energy**2 * np.maximum(15.0 - energy, 0.0) ** 2.75


def square(energy):
    """A cross section (E - 1.293)^2."""
    return (energy - 1.293) ** 2


def test_one_antineutrino_per_decay_with_a_sixth_of_the_energy():
    x, w = np.polynomial.legendre.leggauss(200)
    x, w = (0.5 * (1.0 + x)) ** 3, 0.5 * w * 3.0 * (0.5 * (1.0 + x)) ** 2  # the logarithm at zero
    f = module.decay_spectrum(x)
    np.testing.assert_allclose([w @ f, w @ (x * f)], [1.0, 1.0 / 6.0], rtol=1e-8, atol=0)
    assert module.decay_spectrum([0.0, 1.0, 1.5]).tolist() == [0.0, 0.0, 0.0]


def test_the_flux_carries_number_and_energy_of_the_decays():
    energy = np.geomspace(1e-4, 16.0, 4001)
    flux = module.antineutrino_flux(energy)
    np.testing.assert_allclose(np.trapezoid(flux, energy), solar.FLUX_8B, rtol=2e-3, atol=0)
    mean = np.trapezoid(flux * energy, energy) / solar.FLUX_8B
    np.testing.assert_allclose(mean, 6.735 / 6.0, rtol=1e-3, atol=0)


@pytest.mark.parametrize(("threshold", "ratio", "conversion", "limit"), [
    (8.3, 0.002748, 5.3e-5, 1.9e-2), (1.806, 0.02956, 7.2e-5, 2.4e-3),
])  # fmt: skip
def test_suppression_of_a_toy_spectrum(threshold, ratio, conversion, limit):
    """Limits on conversion of KamLAND (8.3 MeV) and Borexino (1.8 MeV) as limits on |U_e4|^2 p_e."""
    found = module.suppression(threshold, toy, square)
    np.testing.assert_allclose(found, ratio, rtol=2e-3, atol=0)
    np.testing.assert_allclose(conversion / found, limit, rtol=3e-2, atol=0)


def test_the_standard_spectrum_is_close_to_the_toy():
    for threshold, ratio in ((8.3, 0.002748), (1.806, 0.02956)):
        np.testing.assert_allclose(module.suppression(threshold), ratio, rtol=0.15, atol=0)


def test_limits_are_per_mille_for_a_heavy_scalar():
    """arXiv:2008.11851: per-mille limits on |U_e4|^2; m_phi/m_4 = 0.9 here, 0 costs a factor 18.

    A single probability of conversion (7.2e-5 over the suppression) would claim 2.4e-3 for a light scalar:
    it rests on the spectrum of 8B, and the low bins that decays fill have background.
    """
    for data_set in module.DATA_SETS:
        heavy = module.antineutrino_limit(data_set, mass_ratio=0.9)
        light = module.antineutrino_limit(data_set)
        assert 5e-4 < heavy < 2e-3
        assert 15.0 < light / heavy < 21.0
        assert light > 5.0 * 7.2e-5 / module.suppression(1.806)
    limit = module.antineutrino_limit()
    top = max(module.antineutrino_loglike(g) for g in np.linspace(0.0, limit, 60))
    np.testing.assert_allclose(top - module.antineutrino_loglike(limit), 1.353, rtol=1e-2, atol=0)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9])
def test_decays_in_flight_by_monte_carlo(ratio):
    """u with density 2u, then a uniform share of the scalar's energy."""
    rng = np.random.default_rng(8)
    u, v = np.sqrt(rng.random(400_000)), rng.random(400_000)
    found, edges = np.histogram(v * (1.0 - (1.0 - ratio**2) * u), bins=8, range=(0.0, 1.0), density=True)
    x, w = np.polynomial.legendre.leggauss(40)
    for k, got in enumerate(found):
        low, high = (edges[k] ** 0.25, edges[k + 1] ** 0.25)
        t = 0.5 * (low + high) + 0.5 * (high - low) * x
        want = 0.5 * (high - low) * w @ (4.0 * t**3 * module.decay_spectrum(t**4, ratio)) * 8.0
        np.testing.assert_allclose(got, want, rtol=0.05, atol=4e-3)


def test_exposure_follows_from_each_quiet_bin_alike():
    """2.44/(limit sigma) of the seven bins without events and background agree within 3 %."""
    edges = module.bins("borexino2019")
    quiet = (edges.events == 0) & (edges.background < 0.05)
    energy = 0.5 * (edges.low + edges.high)[quiet]
    each = 2.44 / (edges.limit[quiet] * module.inverse_beta_total(energy))
    np.testing.assert_allclose(each, edges.exposure, rtol=0.04, atol=0)
    assert quiet.sum() == 8


def test_bad_input():
    with pytest.raises(DomainError, match="did you mean 'kamland2011'"):
        module.antineutrino_limit("kamland")
    with pytest.raises(DomainError, match="mixing"):
        module.antineutrino_flux(3.0, mixing=2.0)
