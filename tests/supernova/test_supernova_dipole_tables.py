"""Tables of a dipole-portal N for fits: pattern, accuracy against direct solutions, constraints."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.constraints.protocol import Region
from astrobounds.models.dipole import DipoleHNL
from astrobounds.supernova.signals.rate_ray import RateRay, depth_nodes
from astrobounds.supernova.signals.surface import CoarseSolutions, luminosity_table
from astrobounds.supernova.transport.solution import solution

LOW, HIGH = 20.0, 40.0


@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial")


def region(**changes):
    entries = {"ranges": {"mass": (LOW, HIGH), "dipole.mu": (1e-12, 1e-5)}, "fixed": {}, "ties": {}}
    return Region(DipoleHNL, "dirac", **{**entries, **changes})


def points(n, seed, low=-11.5, high=-5.5):
    """Return n pairs (mass [MeV], d [GeV^-1]) spread over the region, d between powers of ten."""
    rng = np.random.default_rng(seed)
    masses = np.exp(rng.uniform(np.log(LOW), np.log(HIGH), n))
    return list(zip(masses, 10.0 ** rng.uniform(low, high, n)))


def ray(*shares, nature="dirac", low=1e-30, high=1e-12):
    return RateRay(DipoleHNL, (("nature", nature),), shares, low, high)


def test_a_ray_builds_the_model_of_its_strengths():
    """Strengths are d^2 in MeV^-2: d = 1e-9/GeV is 1e-24."""
    found = ray(("dipole.e", 0.2), ("dipole.tau", 0.8), nature="majorana").at(50.0, 5e-24)
    assert_allclose(found.dipole_gev, (1e-9, 0.0, 2e-9), rtol=1e-12, atol=0)
    assert found.nature == "majorana"
    assert_allclose(found.strengths["dipole.tau"], 4e-24, rtol=1e-12, atol=0)


def test_shares_follow_the_square_of_ties():
    """Rates go with d^2: d_e = 2 d_mu gives shares 4/5 and 1/5."""
    found = RateRay.of(region(ties={"dipole.e": ("dipole.mu", 2.0)}))
    assert set(found.strengths) == {"dipole.mu", "dipole.e"}
    assert_allclose([found.strengths[f"dipole.{f}"] for f in ("mu", "e")], [0.2, 0.8], rtol=1e-12, atol=0)
    assert_allclose([found.low, found.high], [5e-30, 5e-16], rtol=1e-12, atol=0)
    two = region(ranges={"mass": (LOW, HIGH), "dipole.mu": (0, 1), "dipole.e": (0, 1)})
    assert RateRay.of(two) is None
    assert set(RateRay.evenly(two).strengths) == {"dipole.e", "dipole.mu"}
    assert RateRay.of(region(fixed={"dipole.tau": 1e-9})) is None


def test_the_axis_ends_where_the_prior_does():
    found = depth_nodes(ray(("dipole.mu", 1.0)), np.array([1e12, 4e12]), False)
    assert_allclose(found[[0, -1]], [1e-5, 4.0], rtol=1e-12, atol=0)
    lines = depth_nodes(ray(("dipole.mu", 1.0), low=1e-22), np.array([1e12, 4e12]), True)
    assert_allclose(lines[[0, -1]], [1e-10, 4.0], rtol=1e-12, atol=0)


@pytest.fixture(scope="module")
def table(star):
    return luminosity_table(star, ray(("dipole.mu", 1.0)), LOW, HIGH)


def test_luminosity_table_against_direct_solutions(star, table):
    assert 0.0 < table.error < 1e-2
    compared = 0
    for mass, d in points(12, 3):
        model = DipoleHNL.fast(mass, (0, d, 0))
        direct = solution(model, star).luminosity(model.strengths)[0]
        if direct > 3e49:
            assert_allclose(table.luminosity(mass, (1e-3 * d) ** 2), direct, rtol=table.error, atol=0)
            compared += 1
    assert compared >= 5


def test_luminosity_table_ends(table):
    thin = table.luminosity(30.0, 1e-34)
    assert_allclose(thin, 1e-2 * table.luminosity(30.0, 1e-32), rtol=1e-6, atol=0)
    assert table.luminosity(30.0, 0.0) == 0.0
    assert table.luminosity(HIGH, 1e-12) > 0.0  # d = 1e-3 GeV^-1, the end
    with pytest.raises(ab.DomainError, match="above the luminosity table"):
        table.luminosity(HIGH, 2e-12)
    with pytest.raises(ab.DomainError, match="outside the luminosity table, 20-40 MeV"):
        table.luminosity(100.0, 1e-20)


def test_several_flavours(star):
    coarse = CoarseSolutions(star, ray(("dipole.e", 0.5), ("dipole.mu", 0.5)), LOW, HIGH)
    assert 0.0 < coarse.error < 0.05
    for mass, d in points(6, 5):
        model = DipoleHNL.fast(mass, (d, 0.3 * d, 0))
        direct = ab.supernova.emission(model, star).luminosity_erg_s
        if direct > 1e51:
            assert_allclose(
                coarse.luminosity(mass, model.strengths), direct, rtol=2 * coarse.error + 0.02, atol=0
            )
    assert coarse.luminosity(30.0, {"dipole.e": 0.0}) == 0.0


@pytest.mark.parametrize(("name", "low", "high"), [
    ("sn1987a-cooling", -10.0, -6.0), ("low-energy-sne", -11.5, -5.5),
    ("sn1987a-explosion", -11.0, -5.5), ("smm", -13.0, -11.5),
])  # fmt: skip
def test_constraints_read_tables_in_a_fit(name, low, high):
    """lnL from the table against direct solves where it matters: -lnL between 0.01 and 100."""
    free = {
        "mass": ab.LogUniform(LOW * u.MeV, HIGH * u.MeV), "dipole.mu": ab.LogUniform(1e-13, 1e-5)
    }  # fmt: skip
    posterior = ab.Posterior(DipoleHNL, free, [name])
    (constraint,) = posterior.constraints
    seen = []
    for mass, d in points(20, 11, low, high):
        seen.append((mass, d, posterior.terms({"mass": mass, "dipole.mu": d})[name]))
    posterior.prepare(show=False)
    assert constraint._table is not None
    assert 0.0 < constraint.table_error < 1e-2
    matters = [p for p in seen if 0.01 < -p[2] < 100.0]
    assert len(matters) >= 4
    for mass, d, direct in matters:
        read = posterior.terms({"mass": mass, "dipole.mu": d})[name]
        assert_allclose(read, direct, rtol=constraint.table_error + 1e-3, atol=0)
    assert any("within" in line for line in constraint.describe())
    constraint.forget()
    assert constraint._table is None
