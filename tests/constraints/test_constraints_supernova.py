"""Constraints on supernovae: smooth, zero without the particle, tables against direct solutions."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.constraints import get, names
from astrobounds.constraints.protocol import S_90, Constraint
from astrobounds.errors import ConfigError

NAMES = ["sn1987a-cooling", "smm", "gamma-diffuse", "galactic-sn", "low-energy-sne",
         "sn1987a-explosion"]  # fmt: skip
SCALE = {"sn1987a-cooling": 1e-6, "smm": 1e-12, "gamma-diffuse": 1e-10, "galactic-sn": 1e-15,
         "low-energy-sne": 1e-9, "sn1987a-explosion": 1e-8}  # fmt: skip


def centre(constraint):
    return {n: prior.center for n, prior in constraint.nuisances.items()}


def hnl(mass=200.0, tau=1e-8):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": tau})


@pytest.fixture(scope="module")
def constraints():
    return {name: get(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_protocol_and_null(constraints, name):
    c = constraints[name]
    assert isinstance(c, Constraint)
    assert name in names()
    assert_allclose(c.loglike(hnl(tau=0.0), centre(c)), 0.0, rtol=0, atol=1e-9)
    assert_allclose(c.loglike(hnl(tau=1e-21), centre(c)), 0.0, rtol=0, atol=1e-3)
    assert c.describe()
    assert c.predict(hnl())


@pytest.mark.parametrize("name", NAMES)
def test_smooth_with_a_slope_where_excluded(constraints, name):
    """No plateau and no step along the coupling, from nothing to far beyond the limit."""
    c = constraints[name]
    grid = SCALE[name] * np.geomspace(0.1, 10.0, 41)
    values = np.array([c.loglike(hnl(tau=g), centre(c)) for g in grid])
    steps = np.diff(values)
    assert values[-1] < values[0]
    assert np.abs(np.diff(steps)).max() < 0.25 * np.abs(values).max() + 1e-12
    assert np.all(steps[values[1:] < -1.0] != 0.0)


def test_cooling_is_calibrated_to_the_criterion(constraints):
    """L_X = L_allowed is -ln 0.1, the published luminosities can be chosen."""
    c = constraints["sn1987a-cooling"]
    value = c.luminosity(hnl(100.0, 1e-7))
    exact = c.loglike(hnl(100.0, 1e-7), {"log10_L_allowed": np.log10(value)})
    assert_allclose(exact, -S_90, rtol=1e-12, atol=0)
    muonic = get("sn1987a-cooling", allowed=52.7543, width=0.1)
    assert muonic.nuisances["log10_L_allowed"].mean == 52.7543


@pytest.mark.parametrize("name", ["sn1987a-cooling", "smm", "low-energy-sne"])
def test_tables_agree_with_direct_solutions(name):
    c = get(name)
    priors = {"mass": ab.LogUniform(120 * u.MeV, 240 * u.MeV),
              "mixing.tau": ab.LogUniform(1e-18, 1e-4)}  # fmt: skip
    post = ab.Posterior(ab.HNL, priors, [c])
    rng = np.random.default_rng(8)
    low, high = np.log10(SCALE[name]) + np.array([-1.5, 1.0])
    points = [(m, 10**x) for m, x in zip(rng.uniform(125, 235, 6), rng.uniform(low, high, 6))]
    direct = [c.loglike(hnl(*p), centre(c)) for p in points]
    post.prepare(show=False)
    tabled = [c.loglike(hnl(*p), centre(c)) for p in points]
    assert_allclose(tabled, direct, rtol=5e-3, atol=0)
    c.forget()
    assert c.loglike(hnl(*points[0]), centre(c)) == direct[0]


def test_smm_bound_has_the_published_structure(constraints):
    """The pi0 threshold step, and |U_tau|^2 of order 1e-13 to 1e-12 at 200-300 MeV."""
    c = constraints["smm"]

    def edge(mass):
        grid = np.geomspace(1e-15, 1e-8, 141)
        values = np.array([c.loglike(hnl(mass, g), centre(c)) for g in grid])
        return grid[np.argmax(values < -S_90)]

    below, above, heavy = edge(128.0), edge(145.0), edge(220.0)
    assert above < 0.2 * below
    assert 5e-14 < heavy < 2e-12


@pytest.mark.parametrize(("name", "options", "message"), [
    ("sn1987a-cooling", {"allowed": 3e52}, "log10"),
    ("sn1987a-cooling", {"gravty": True}, "did you mean 'gravity'"),
    ("smm", {"duration": -3}, "positive"),
    ("galactic-sn", {"telescope": "e-ASTROGRAM"}, "did you mean|unknown|no instrument"),
])  # fmt: skip
def test_bad_options(name, options, message):
    from astrobounds.errors import AstroboundsError

    with pytest.raises(AstroboundsError, match=message):
        get(name, **options)


def test_unknown_constraint():
    with pytest.raises(ConfigError, match="did you mean 'smm'"):
        get("sm")
