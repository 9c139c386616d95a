"""Solar 8B neutrinos on xenon, with light mediators."""

import astropy.units as u
import numpy as np
import pytest

from astrobounds import constants as const
from astrobounds.errors import DomainError
from astrobounds.systems import cevns, solar


def vector(mass, product):
    return cevns.LightMediator(mass * u.MeV, product)


def test_the_8b_spectrum_is_normalised_and_has_its_mean():
    energy, weight = solar.rule()
    np.testing.assert_allclose(solar.boron8(energy) @ weight, 1.0, rtol=1e-4, atol=0)
    np.testing.assert_allclose((energy * solar.boron8(energy)) @ weight, 6.735, rtol=1e-3, atol=0)
    assert solar.boron8([-1.0, 16.5]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("mass", "product", "recoil", "want"), [
    (1.0, 1e-12, 1e-3, 0.99481), (100.0, 1e-8, 2e-3, 0.15338),
])  # fmt: skip
def test_vector_changes_the_weak_charge(mass, product, recoil, want):
    """(Q/Q_SM)^2 of xenon."""
    ratio = cevns.cross_section(15.0, recoil, vector(mass, product)) / cevns.cross_section(15.0, recoil)
    np.testing.assert_allclose(ratio, want, rtol=2e-5, atol=0)


def test_heavy_vector_is_a_shift_of_the_charge_and_can_cancel_it():
    """For m^2 >> q^2 the recoil drops out: g_nu g_q = G_F m^2 Q/(3 sqrt2 A) gives zero."""
    nucleus = cevns.XENON
    product = const.G_FERMI * 1e6 * nucleus.weak_charge / (3.0 * np.sqrt(2.0) * 131.3)
    assert cevns.cevns_strength(vector(1e3, product)) < 1e-6
    np.testing.assert_allclose(cevns.cevns_strength(vector(1e3, 2.0 * product)), 1.0, rtol=1e-3, atol=0)
    assert cevns.cevns_strength(vector(1e3, -product)) > 3.9


def test_flux_weighted_cross_section_of_the_standard_model():
    """1.2e-39 cm^2 on xenon, the expectation quoted with the first indications of 2024."""
    energy, weight = solar.rule()
    spectrum = solar.boron8(energy) * weight
    top = 2.0 * 16.0**2 / cevns.XENON.mass_mev
    x, w = np.polynomial.legendre.leggauss(64)
    recoil = 0.25 * top * (1.0 + x) ** 2
    measure = 0.5 * w * top * (1.0 + x)
    total = measure @ (cevns.cross_section(energy, recoil[:, None]) @ spectrum)
    np.testing.assert_allclose(total, 1.2e-39, rtol=0.03, atol=0)
    rate = cevns.cevns_rate(recoil * 1e3 * u.keV)
    events = 1e3 * measure @ rate
    want = solar.FLUX_8B * total * 1e6 * const.N_AVOGADRO / 131.3 * const.YEAR_S
    np.testing.assert_allclose(events, want, rtol=1e-10, atol=0)


def test_point_like_total_is_the_closed_form():
    """Without form factor sigma = G_F^2 Q^2 E^2/(4 pi), which small energies approach."""
    energy = 0.5
    top = 2.0 * energy**2 / (cevns.XENON.mass_mev + 2.0 * energy)
    x, w = np.polynomial.legendre.leggauss(24)
    recoil = 0.5 * top * (1.0 + x)
    total = 0.5 * top * w @ cevns.cross_section(energy, recoil)
    want = (const.G_FERMI * cevns.XENON.weak_charge * energy) ** 2 / (4.0 * np.pi) * const.HBAR_C**2
    np.testing.assert_allclose(total, want, rtol=1e-3, atol=0)
    assert cevns.cross_section(energy, 1.01 * top) == 0.0


def test_a_scalar_adds_incoherently():
    """The addition is quadratic in the coupling and positive for either sign."""
    def make(g):
        return cevns.LightMediator(10 * u.MeV, g, spin="scalar")

    one, two, minus = (cevns.cevns_strength(make(g)) - 1.0 for g in (1e-11, 2e-11, -1e-11))
    np.testing.assert_allclose([two / one, minus / one], [4.0, 1.0], rtol=1e-8, atol=0)
    other = cevns.LightMediator(10 * u.MeV, 1e-11, spin="scalar", scalar_charge=2 * (14 * 77.3 + 15.1 * 54))
    np.testing.assert_allclose(cevns.cevns_strength(other) - 1.0, 4.0 * one, rtol=1e-8, atol=0)


def test_likelihood_of_the_two_measurements():
    """The Standard Model is within one standard deviation of both; large couplings are not."""
    for name in cevns.MEASURED:
        assert -0.6 < cevns.cevns_loglike(None, name) < 0.0
        assert cevns.cevns_loglike(cevns.LightMediator(1 * u.MeV, 1e-10, "scalar"), name) < -4.0
    step = cevns.cevns_loglike(vector(1.0, 1e-10), "xenonnt2024")
    same = cevns.cevns_loglike(vector(1.0, 1e-10), "xenonnt2024", efficiency=lambda keV: 0.3 + 0.0 * keV)
    np.testing.assert_allclose(step, same, rtol=1e-12, atol=0)
    np.testing.assert_allclose(cevns.cevns_strength(None), 1.0, rtol=1e-15, atol=0)


def test_strength_is_quadratic_in_the_product():
    up, down, far = (cevns.cevns_strength(vector(3.0, g)) for g in (1e-10, -1e-10, 7e-10))
    slope, curve = 0.5 * (up - down), 0.5 * (up + down) - 1.0
    np.testing.assert_allclose(far, 1.0 + 7.0 * slope + 49.0 * curve, rtol=1e-10, atol=0)
    one = cevns.cevns_loglike(vector(3.0, 1e-10))
    np.testing.assert_allclose(cevns.strength_loglike([up, 1.0], "xenonnt2024")[0], one, rtol=1e-12, atol=0)


def test_bad_input():
    with pytest.raises(DomainError, match="did you mean 'scalar'"):
        cevns.LightMediator(1 * u.MeV, 1e-12, spin="scalr")
    with pytest.raises(DomainError, match="did you mean 'xenonnt2024'"):
        cevns.cevns_loglike(None, "xenonnt")
    with pytest.raises(DomainError, match="recoils of 8B neutrinos reach"):
        cevns.cevns_strength(None, threshold=10 * u.keV)
    with pytest.raises(DomainError, match="no unit"):
        cevns.LightMediator(1.0, 1e-12)
