"""Older recipes: equal when thin, and the known failure of the shell sum when thick."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.supernova.signals import prescriptions as old

STAR = ab.supernova.load("fiducial")
LITERATURE = {"nucleons": "contact", "decays": False}  # what recipes stand for
GEV = 1 / u.GeV


def hnl(mixing, m=100.0):
    return ab.HNL(mass=m * u.MeV, mixing={"tau": mixing}, nature="dirac")


def rays(model):
    options = {"gravity": False, "helicity": "particles", **LITERATURE}
    return ab.supernova.emission(model, STAR, **options).luminosity_erg_s


@pytest.mark.parametrize("name", ["radial", "angle-average"])
def test_thin_limit_is_the_volume_integral(name):
    for model in (hnl(1e-12), ab.DipoleHNL(mass=50 * u.MeV, dipole={"e": 1e-13 * GEV})):
        assert_allclose(old.luminosity(model, STAR, name), rays(model), rtol=1e-3, atol=0)


@pytest.mark.parametrize("mixing", [1e-6, 1e-5, 1e-4, 1e-3])
def test_angle_average_converges_to_the_rays(mixing):
    """e^-tau averaged over directions is the same integral as the formal solution."""
    model = hnl(mixing)
    assert_allclose(old.luminosity(model, STAR, "angle-average"), rays(model), rtol=5e-3, atol=0)


def test_radial_overestimates_once_trapped():
    """Straight out is the thinnest way: L is too large from tau ~ 1 on."""
    for mixing, least in ((1e-5, 1.2), (1e-4, 2.0), (1e-3, 3.0)):
        assert old.luminosity(hnl(mixing), STAR, "radial") > least * rays(hnl(mixing))


def test_shell_sum_diverges():
    """Regression: at strong coupling the last shell radiates like d^2, whatever the grid."""

    def light(d):
        return ab.DipoleHNL(mass=1 * u.MeV, dipole={"e": d * GEV})

    for shells in (12, 24):
        low, high = (old.luminosity(light(d), STAR, "radial", shells=shells) for d in (1e-4, 9e-4))
        assert_allclose(high / low, 81.0, rtol=0.05, atol=0)
    assert rays(light(9e-4)) < rays(light(1e-4)) * 1.2  # the rays saturate: a blackbody


def test_last_scattering_surface():
    """Zero when thin; within a factor of a few of the rays just inside the opaque regime."""
    assert old.luminosity(hnl(1e-8), STAR, "last-scattering") == 0.0
    model = hnl(1e-2, 10.0)
    assert 0.2 < old.luminosity(model, STAR, "last-scattering") / rays(model) < 5.0


def test_emissivity_criterion_has_the_size_of_the_luminosity_one():
    """1e19 erg/g/s over one solar mass is 2e52 erg/s: the two bounds agree within a factor 2 in |U|^2."""
    loss = old.emissivity(hnl(1e-7), STAR)
    assert_allclose(old.emissivity(hnl(2e-7), STAR), 2 * loss, rtol=1e-6, atol=0)
    edge = 1e-7 * old.RAFFELT_EMISSIVITY / loss
    assert 0.25 < edge / 1.15e-7 < 1.0  # the luminosity criterion gives 1.15e-7


def test_emissivity_at_one_place():
    """At 10 km the emission per mass is that of the rate table itself."""
    model = hnl(1e-7, 200.0)
    table = ab.supernova.cooling(model, STAR, gravity=False, **LITERATURE)  # fills the cache of rates
    assert table.ratio > 0
    from astrobounds.supernova.transport.solution import solution

    rates = solution(model, STAR, gravity=False, helicity="particles", **LITERATURE).tables[0]
    at = rates.pieces[0].size - 1  # just inside 10 km: T = 30 MeV, rho = 3e14
    e = rates.energy
    r = sum(1e-7 * rates.production(i)[at] for i in range(len(rates.processes)))
    q = np.trapezoid(np.sqrt(e * e - 4e4) * e * e * r, e) / (2 * np.pi**2)
    c = ab.constants
    cgs = q / c.HBAR_C**3 / c.HBAR / c.ERG / 3e14
    assert_allclose(old.emissivity(model, STAR), cgs, rtol=0.03, atol=0)


def test_unknown_name():
    with pytest.raises(ab.DomainError, match="did you mean 'radial'"):
        old.luminosity(hnl(1e-8), STAR, "radia")
