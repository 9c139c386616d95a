"""Reaches of planned experiments: apart from limits, in no likelihood unless asked for."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError


def test_projections_are_their_own_kind():
    mine = ab.lab.limits(flavour="tau", projection=True)
    assert len(mine) == 5
    assert all(c.projection and c.kind.startswith("projection, ") for c in mine)
    assert not any(c.projection for c in ab.lab.limits(portal=None))
    both = ab.lab.limits(portal=None, projection=None)
    assert len(both) == len(ab.lab.limits(portal=None)) + len(ab.lab.limits(portal=None, projection=True))
    assert {c.name for c in ab.lab.limits(kind="projection", projection=None, flavour="tau")} == {
        c.name for c in mine
    }
    (one,) = ab.lab.limits(name="ship_2018_utau4_projection")
    assert one.projection


@pytest.mark.parametrize("portal", ["mixing", "alp-photon", "dark-photon", "dark-scalar"])
def test_no_likelihood_contains_a_projection_unless_asked(portal):
    names = ab.lab.names(portal, projection=True)
    assert names
    assert not any(c.projection for c in ab.lab.LabLikelihood(portal=portal).curves)
    named = ab.lab.LabLikelihood(names, portal=portal)
    assert named.curves == ()
    assert all("not a limit" in v.reason for v in named.left_out)
    asked = ab.lab.LabLikelihood(portal=portal, projections=True, unknown_cl=0.9, unknown_nature="majorana")
    assert set(names) <= {c.name for c in asked.curves} | {v.name for v in asked.left_out}
    assert any(c.projection for c in asked.curves)


def test_a_projection_as_a_likelihood_is_an_experiment_that_saw_nothing():
    curve = ab.lab.load("ship_2018_utau4_projection")
    lnl = ab.lab.LabLikelihood([curve], projections=True)
    low = float(curve.interpolate(1000 * u.MeV))
    assert_allclose(lnl(1000.0, (0, 0, low)), np.log(0.1), rtol=1e-6, atol=0)
    assert "planned experiment" in lnl.used[0].assumed[0]
    three = ab.lab.load("faser_2018_utau4_projection")
    assert_allclose(-np.log1p(-three.cl), 3.0, rtol=1e-5, atol=0)  # three events


def test_envelopes_and_coverage_do_not_count_projections():
    m = np.geomspace(100, 1500, 40) * u.MeV
    assert not any("projection" in n for n in ab.lab.envelope("tau", m).curve)
    with_them = ab.lab.envelope("tau", m, curves=ab.lab.limits(flavour="tau", projection=None))
    assert np.any(with_them.limit < ab.lab.envelope("tau", m).limit)
    assert ab.lab.uncovered("mu", 3 * u.GeV, 4 * u.GeV, kind="decay in flight") != []


def test_projections_are_drawn_dashed_and_limits_filled():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    ab.lab.load("ship_2018_utau4_projection").plot(ax)
    ab.lab.load("pioneer_ue4_projection").plot(ax)
    assert [line.get_linestyle() for line in ax.lines] == ["--", "--"]
    assert len(ax.collections) == 0
    ab.lab.load("alp_photon_besiii_2024").plot(ax)
    assert np.isnan(ax.lines[-1].get_ydata()).any()  # a gap is not bridged
    assert ax.get_ylabel().endswith("[1/GeV]")
    # above the figure of the source a region is filled up to the top of that figure
    ab.lab.load("bebc_2022_ue4_closed").plot(ax)
    points = ax.collections[-1].get_paths()[0].vertices
    near = points[np.abs(points[:, 0] - 197.639) < 0.01]
    assert_allclose([near[:, 1].min(), near[:, 1].max()], [1.8104e-05, 0.993], rtol=1e-3, atol=0)
    plt.close("all")


def test_the_constraint_takes_them_only_on_request():
    model = ab.HNL(mass=1 * u.GeV, mixing={"tau": 1e-8})
    usual = ab.constraints.get("lab")
    asked = ab.constraints.get("lab", projections=True)
    assert usual.loglike(model, {}) > -1e-3
    assert asked.loglike(model, {}) < -1
    with pytest.raises(ConfigError, match="True or False"):
        ab.constraints.get("lab", projections="yes")
