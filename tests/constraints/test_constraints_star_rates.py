"""Rates of every coupling tabled over the mass: several couplings at once, against direct solutions."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import astrobounds as ab
from astrobounds.constraints import star_rates
from astrobounds.inference.direct import without_tables
from astrobounds.supernova.signals import unit_rates
from astrobounds.supernova.signals.rate_ray import RateRay

LOW, HIGH = 60.0, 75.0
NAMES = ["sn1987a-cooling", "low-energy-sne", "smm", "gamma-diffuse"]


@pytest.fixture(scope="module")
def posterior():
    """Prepared once: masses of a quarter e-fold."""
    priors = {"mass": ab.LogUniform(LOW * u.MeV, HIGH * u.MeV)}
    priors.update({f"mixing.{f}": ab.LogUniform(1e-12, 1e-3) for f in ("e", "mu", "tau")})
    post = ab.Posterior(ab.HNL, priors, NAMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit_rates, "CHECKS", 2)
        post.prepare(show=False)
    return post


def test_several_couplings_agree_with_direct_solutions(posterior):
    direct = without_tables(posterior)
    mass = 67.3
    for mixing in ((1e-9, 1e-10, 1e-9), (1e-6, 1e-12, 3e-7), (1e-12, 1e-5, 1e-8), (3e-5, 3e-5, 3e-5)):
        values = {"mass": mass, **{f"mixing.{f}": x for f, x in zip(("e", "mu", "tau"), mixing)}}
        read, exact = posterior.terms(values), direct.terms(values)
        for name in NAMES:
            if exact[name] > -1e5:  # what is far beyond any limit is not compared
                assert_allclose(read[name], exact[name], rtol=0.02, atol=1e-4, err_msg=name)


def test_one_star_is_tabled_once_for_all_its_constraints(posterior):
    tables = {id(c._table) for c in posterior.constraints}
    assert len(tables) == 1
    assert posterior.constraints[0]._table.error < 0.02
    assert any("rates of every coupling" in line for line in posterior.notes())


def test_spectra_are_linear_where_the_star_is_thin(posterior):
    table = posterior.constraints[0]._table
    parts = [table.spectrum(67.0, {f"mixing.{f}": 1e-11})[1] for f in ("e", "mu", "tau")]
    together = table.spectrum(67.0, {f"mixing.{f}": 1e-11 for f in ("e", "mu", "tau")})[1]
    assert_allclose(together, sum(parts), rtol=1e-5, atol=0)
    energy, none = table.spectrum(67.0, {"mixing.e": 0.0})
    assert_array_equal(none, np.zeros_like(energy))


def test_a_table_is_that_of_the_star_at_its_own_masses(posterior):
    """At a tabled mass the transport is that of the same grid, up to rounding."""
    from astrobounds.supernova.transport.solution import solution

    cooling = posterior.constraints[0]
    ray = RateRay.evenly(posterior.region())
    options = star_rates._with_core(cooling.star, ray.at(LOW), cooling._options)
    mass = float(np.exp(cooling._table.ln_mass[2]))
    exact = solution(ray.at(mass), cooling.star, **{**options, "resolution": unit_rates.GRID})
    strengths = {"mixing.e": 1e-6, "mixing.tau": 1e-5}
    for net, along in ((False, exact.along), (True, exact.net_along)):
        read = cooling._table.spectrum(mass, strengths, net)[1]
        assert_allclose(read, along(strengths, [1.0])[0], rtol=1e-6, atol=0)


def test_masses_outside_the_table_are_refused(posterior):
    from astrobounds.errors import DomainError

    with pytest.raises(DomainError, match="outside the table of rates"):
        posterior.constraints[0]._table.luminosity(80.0, {"mixing.e": 1e-8})


def test_what_cannot_be_tabled_is_left_to_the_solvers():
    region = ab.Posterior(
        ab.HNL, {"mass": ab.LogUniform(0.01 * u.MeV, 1 * u.MeV), "mixing.e": ab.LogUniform(1e-12, 1e-8),
                 "mixing.tau": ab.LogUniform(1e-12, 1e-8)}, ["sn1987a-cooling"]).region()  # fmt: skip
    assert not unit_rates.suits(RateRay.evenly(region), 0.01)
    assert star_rates.several(None, region, {}, map, False, "x") is None


def test_a_burst_takes_no_more_than_the_star_has_from_a_table_as_from_the_solver(posterior):
    """Above 3e53 erg spectra are scaled down in both ways alike."""
    values = {"mass": 67.3, "mixing.e": 1e-12, "mixing.mu": 1e-12, "mixing.tau": 1e-5}
    smm = posterior.constraints[2]
    model, _ = posterior.point(values)
    read = smm.spectrum(model)
    exact = without_tables(posterior).constraints[2].spectrum(model)
    grid = np.linspace(80.0, 300.0, 50)
    assert_allclose(np.trapezoid(grid * read(grid), grid), np.trapezoid(grid * exact(grid), grid),
                    rtol=0.01, atol=0)  # fmt: skip
