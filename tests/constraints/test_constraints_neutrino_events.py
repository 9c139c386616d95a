"""The neutrino events of 1987 as a constraint: null, smoothness, tables, nuisances, refusals."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.constraints import get, names
from astrobounds.constraints.protocol import Constraint, Region
from astrobounds.errors import ConfigError
from astrobounds.identity import digest

NAME = "sn1987a-neutrinos"


def hnl(mass=100.0, tau=2e-8, nature="majorana"):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": tau}, nature=nature)


@pytest.fixture(scope="module")
def constraint():
    return get(NAME)


@pytest.fixture(scope="module")
def centre(constraint):
    return {n: p.center for n, p in constraint.nuisances.items()}


def test_protocol_and_null(constraint, centre):
    assert isinstance(constraint, Constraint)
    assert NAME in names()
    assert constraint.null_loglike == 0.0
    assert_allclose(constraint.loglike(hnl(tau=0.0), centre), 0.0, rtol=0, atol=1e-12)
    assert_allclose(constraint.loglike(hnl(tau=1e-21), centre), 0.0, rtol=0, atol=1e-6)
    assert any("24" in line or "30 s" in line for line in constraint.describe())
    assert set(constraint.predict(hnl())) == {f"events in {n}" for n in ("KII", "IMB", "Baksan")}
    assert constraint.predict(hnl(tau=0.0))["events in IMB"] == 0.0


def test_smooth_with_a_slope_where_excluded(constraint, centre):
    grid = np.geomspace(2e-9, 1e-6, 37)  # beyond, N would take more than the star has
    values = np.array([constraint.loglike(hnl(tau=g), centre) for g in grid])
    steps = np.diff(values)
    assert values[-1] < -100.0
    assert np.all(steps < 0.0)
    assert np.abs(np.diff(steps)).max() < 0.25 * np.abs(values).max()
    assert constraint.loglike(hnl(tau=2e-6), centre) < -100.0
    masses = np.linspace(98.0, 102.0, 9)  # smooth in the mass as well: second differences small
    along = np.log(-np.array([constraint.loglike(hnl(m), centre) for m in masses]))
    assert np.abs(np.diff(along, 2)).max() < 2e-3


def test_lnl_is_minus_the_expected_events_at_high_energy(constraint, centre):
    """Far above the events of the burst a signal is a background-free count."""
    model = hnl(250.0, 3e-8)
    expected = sum(constraint.predict(model).values())
    assert 1e-3 < expected
    assert_allclose(-constraint.loglike(model, centre), expected, rtol=0.25)
    assert -constraint.loglike(model, centre) <= expected


def test_more_time_more_radius_other_detectors(centre):
    model = hnl(40.0, 3e-7)  # lives 40 s and longer
    loglike = {
        key: get(NAME, **options).loglike(model, centre)
        for key, options in {
            "all": {}, "short": {"window": 13.0}, "KII": {"detectors": "KII"},
            "no oxygen": {"oxygen": False}, "direct": {"secondaries": "none"},
            "inverted": {"ordering": "inverted"},
        }.items()
    }  # fmt: skip
    assert loglike["all"] < loglike["short"] < 0.0
    assert loglike["all"] < loglike["no oxygen"] < 0.0
    assert loglike["all"] < loglike["KII"] < 0.0
    assert loglike["all"] <= loglike["direct"] < 0.0
    assert loglike["inverted"] != loglike["all"]


def test_nuisances_move_the_likelihood(constraint, centre):
    model = hnl()
    base = constraint.loglike(model, centre)
    near = constraint.loglike(model, {**centre, "sn1987a_distance_kpc": 48.0})
    assert near != base
    for name, low, high in (("log10_E_nuebar", 52.2, 53.2), ("ln_mean_nuebar", 2.1, 2.9)):
        none = hnl(tau=0.0)
        at = [constraint.loglike(none, {**centre, name: v}) for v in (low, centre[name], high)]
        assert at[1] > at[0]
        assert at[1] > at[2]
    short = hnl(200.0, 1e-3)  # decays within kilometres: the radius matters
    far, close = (constraint.predict(short), constraint._expected(
        short, {**centre, "log10_R_neutrino_free": 6.5})[1])  # fmt: skip
    assert close.sum() > 10.0 * constraint._expected(short, centre)[1].sum()
    assert far


def test_table_against_direct_solutions(centre):
    direct, tabled = get(NAME), get(NAME)
    region = Region(ab.HNL, "majorana", {"mass": (80.0, 130.0), "mixing.tau": (1e-12, 1e-2)}, {}, {})
    tabled.prepare(region, show=False)
    for mass, tau in ((91.0, 2e-8), (113.0, 3e-8), (100.0, 1e-9)):
        a, b = (c.loglike(hnl(mass, tau), centre) for c in (direct, tabled))
        assert_allclose(b, a, rtol=5e-3)
    tabled.forget()
    assert_allclose(tabled.loglike(hnl(), centre), direct.loglike(hnl(), centre), rtol=1e-12)


def test_centres_of_a_fit_are_its_null(centre):
    c = get(NAME)
    before = digest(c)
    c.loglike(hnl(), centre)
    assert digest(c) == before  # nothing is remembered by evaluating
    moved = {**centre, "log10_E_nuebar": 52.9}
    c.recenter(moved)
    assert_allclose(c.loglike(hnl(tau=0.0), moved), 0.0, rtol=0, atol=1e-12)


def test_dipole_and_posterior(constraint, centre):
    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 3e-10 / u.GeV})
    assert constraint.loglike(dip, centre) < -0.5
    assert constraint.loglike(ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 0.0 / u.GeV}), centre) == 0.0
    post = ab.Posterior(
        model=ab.HNL,
        priors={"mass": ab.LogUniform(50 * u.MeV, 200 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-4)},
        constraints=[NAME, "smm"],
    )
    assert post.names.count("sn1987a_distance_kpc") == 1  # one distance for both
    summary = post.summary(mass=100 * u.MeV, mixing={"tau": 5e-8})
    assert "events in IMB" in str(summary)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"window": 100.0}, "window"), ({"oxygen": "yes"}, "true or false"),
     ({"detectors": ["SNO"]}, "KII"), ({"secondaries": "stopped"}, "flight"),
     ({"ordering": "up"}, "normal"), ({"core_cm": "far"}, "core_cm"),
     ({"burst_mean": 12.0}, "standard deviation"), ({"pinch": -1.0}, "pinch"),
     ({"duration": -3.0}, "positive"), ({"windows": 3.0}, "no option")],
)  # fmt: skip
def test_bad_options_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        get(NAME, **options)


def test_a_model_without_known_decays_is_refused(constraint, centre):
    class Mediator:
        mass_mev, width_mev = 100.0, 1e-20

    with pytest.raises(ConfigError, match="does not say what it decays to"):
        constraint.loglike(Mediator(), centre)
