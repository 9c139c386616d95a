"""A heavy neutral lepton among momentum-resolved neutrinos."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology import DarkDecay, bbn
from astrobounds.cosmology.relics import model as relic_model
from astrobounds.errors import ValidityWarning


def momentum(mass, mixing, **options):
    return bbn(ab.HNL(mass=mass * u.MeV, mixing={"e": mixing}), neutrinos="momentum", **options)


@pytest.fixture(scope="module")
def fifty():
    return momentum(50.0, 3.6e-4)


def test_energy_of_the_sources_is_the_energy_of_the_relic(fifty):
    """Heat and neutrinos of every flavour, with muons and pions that stop, close the balance."""
    from astrobounds.cosmology.relics.momentum import external

    evolution = relic_model.evolve(ab.HNL(mass=300 * u.MeV, mixing={"mu": 2e-8}), 6e-10)
    modes = evolution.modes
    H = evolution.background.H[: len(modes.x)] * const.HBAR
    sources = external(modes, evolution.injection, evolution.population, H)
    total = np.array(sources.em)
    for item in sources.neutrinos:
        gamma = 1.0
        if item.velocity is not None:
            v, share = item.velocity
            gamma = (share * np.hypot(1.0, v)).sum(axis=1)
        total = total + item.rate * gamma * sum(item.energy(a) for a in const.FLAVOURS)
    power = (modes.decay + modes.contact) * H
    assert_allclose(total, power, rtol=1e-9, atol=1e-12 * np.abs(power).max())
    assert len(sources.neutrinos) > 2


def test_flags_of_thermal_spectra_are_gone(fifty):
    assert "late neutrino injection" not in fifty.flags
    with pytest.warns(ValidityWarning, match="late neutrino injection"):
        thermal = bbn(ab.HNL(mass=50 * u.MeV, mixing={"e": 3.6e-4}))
    assert "late neutrino injection" in thermal.flags
    assert_allclose(fifty.Neff, thermal.Neff, rtol=0, atol=0.02)
    assert abs(fifty.Yp - thermal.Yp) > 3e-4  # spectra matter for n <-> p


def test_spectra_carry_the_decays(fifty):
    """Up to m/2 over T there are neutrinos that no thermal bath has."""
    background = fifty.background
    y, nue, _, scale = background.spectrum
    k = int(np.argmin(np.abs(background.Tg - 1.0)))
    momenta = y * scale[k]
    assert np.interp(18.0, momenta, nue[k]) > 5.0 / (np.exp(18.0) + 1.0)
    assert np.interp(40.0, momenta, nue[k]) < 1e-9
    assert fifty.relic.rounds > 1


def test_short_lived_particles_leave_the_standard_result():
    standard = bbn(neutrinos="momentum")
    found = momentum(100.0, 1e-2)
    assert found.relic.lifetime < 1e-4
    assert_allclose(found.Neff, standard.Neff, rtol=1e-4, atol=0)
    assert_allclose(found.Yp, standard.Yp, rtol=2e-4, atol=0)


def test_dark_decays_are_dark():
    particle = ab.HNL(mass=50 * u.MeV, mixing={"e": 3.6e-5})
    dark = DarkDecay(particle, 50.0 * particle.width)
    found = bbn(dark, neutrinos="momentum")
    with pytest.warns(ValidityWarning, match="late neutrino injection"):
        thermal = bbn(dark)
    assert found.Neff > 3.1
    assert_allclose(found.Neff, thermal.Neff, rtol=2e-3, atol=0)


#: m [MeV], |U_e|^2 and lifetime [s] of the upper edge of arXiv:2006.07387, digitised to a few per cent
PUBLISHED = [
    (5, 0.299, 10.2), (10, 3.64e-2, 2.53), (20, 6.51e-3, 0.437), (30, 2.22e-3, 0.169),
    (50, 3.60e-4, 0.0807), (100, 1.87e-5, 0.0485), (130, 5.83e-6, 0.0418),
]  # fmt: skip
#: two standard deviations above the values of the Particle Data Group in 2018 and 2020
HELIUM, DEUTERIUM = 0.245 + 2 * 0.003, (25.69 + 2 * 0.27) * 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(("mass", "mixing", "lifetime"), PUBLISHED)
def test_published_edge_within_thirty_per_cent(mass, mixing, lifetime):
    """The edge lies where helium or deuterium is too abundant, within 30 % in lifetime."""
    assert_allclose(
        ab.HNL(mass=mass * u.MeV, mixing={"e": mixing}).lifetime.to_value("s"), lifetime, rtol=0.02, atol=0
    )
    shorter, longer = momentum(mass, mixing / 0.7), momentum(mass, mixing / 1.3)
    assert shorter.Yp < HELIUM
    assert shorter.DH < DEUTERIUM
    assert longer.Yp > HELIUM or longer.DH > DEUTERIUM
