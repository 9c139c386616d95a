"""X from nucleon decay in the Earth."""

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.errors import DomainError
from astrobounds.systems import nucleons as module

TAU = 1e32 * u.yr


def test_flux_of_a_stable_x_through_the_surface():
    """3.352e-7 cm^-2 s^-1 for 1e32 years; n R/(2 tau)."""
    found = ab.systems.nucleon_decay(500 * u.MeV, TAU)
    np.testing.assert_allclose(found.flux, 3.352e-7, rtol=3e-4, atol=0)
    np.testing.assert_allclose(found.beta_gamma, 0.67182, rtol=1e-5, atol=0)
    half = ab.systems.nucleon_decay(500 * u.MeV, TAU, fraction=0.5)
    np.testing.assert_allclose(half.flux, 0.5 * found.flux, rtol=1e-14, atol=0)
    assert found.decays_per_year("JUNO") == 0.0


def test_decays_in_the_water_of_super_kamiokande():
    found = ab.systems.nucleon_decay(500 * u.MeV, TAU, x_lifetime=1 * u.s)
    np.testing.assert_allclose(found.decays_per_year(2.25e10), 11.82, rtol=2.2e-2, atol=0)
    far = ab.systems.nucleon_decay(500 * u.MeV, TAU, x_lifetime=1e4 * u.s)
    np.testing.assert_allclose(1e4 * far.decays_per_year(2.25e10), 11.82, rtol=3e-4, atol=0)


@pytest.mark.parametrize("length", [1e5, 3e7, 6.371e8, 2e10, 3e13])
def test_decay_in_flight_through_the_earth_against_a_plain_integral(length):
    """(1/2) int_0^1 dmu l (1 - e^{-2 R mu/l})."""
    from scipy.integrate import quad

    want = 2.0 * quad(
        lambda mu: 0.5 * length * -np.expm1(-2.0 * module.R_EARTH * mu / length), 0.0, 1.0,
        epsabs=0.0, epsrel=1e-11, points=[min(1.0, 3.0 * length / module.R_EARTH)],
    )[0]  # fmt: skip
    np.testing.assert_allclose(module._reach(length), want, rtol=1e-6, atol=0)


def test_cherenkov_threshold_and_kinematic_end_of_the_muon_mode():
    """Threshold energy 158.73 MeV; invisible above 770.5, closed above 832.6 MeV."""
    np.testing.assert_allclose(module.invisible_above("mu"), 770.5, rtol=1e-4, atol=0)
    with pytest.raises(DomainError, match=r"closed above 832\.61 MeV"):
        ab.systems.nucleon_decay(833 * u.MeV, TAU, partner="mu")


def test_an_hnl_brings_its_lifetime():
    hnl = ab.HNL(mass=300 * u.MeV, mixing={"mu": 1e-9})
    found = ab.systems.nucleon_decay(hnl, TAU, partner="pi")
    plain = ab.systems.nucleon_decay(300 * u.MeV, TAU, partner="pi", x_lifetime=hnl.lifetime)
    assert found == plain
    assert found.decays_per_year("Hyper-Kamiokande") > found.decays_per_year("Super-Kamiokande") > 0.0


def test_two_body_kinematics_conserves_energy_and_momentum():
    found = ab.systems.nucleon_decay(400 * u.MeV, TAU, partner="K", nucleon="n")
    momentum = found.beta_gamma * 400.0
    np.testing.assert_allclose(np.hypot(momentum, 400.0), found.energy_mev, rtol=1e-12, atol=0)
    other = np.hypot(momentum, module.PARTNERS["K"])
    np.testing.assert_allclose(found.energy_mev + other, module.NUCLEONS["n"], rtol=1e-12, atol=0)


def test_bad_input():
    with pytest.raises(DomainError, match="did you mean 'mu'"):
        ab.systems.nucleon_decay(1 * u.MeV, TAU, partner="muo")
    with pytest.raises(DomainError, match="did you mean 'Super-Kamiokande'"):
        ab.systems.nucleon_decay(1 * u.MeV, TAU).decays_per_year("SuperKamiokande")
    with pytest.raises(DomainError, match="no unit"):
        ab.systems.nucleon_decay(1 * u.MeV, 1e32)
