"""Our edges over theirs, with scans whose edges are known."""

from types import SimpleNamespace

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError
from astrobounds.inference.scan import Scan

X, Y = np.geomspace(5, 500, 41), np.geomspace(1e-13, 0.99, 400)


def band(bound, shift_low, shift_high, x=X, y=Y):
    """lnL of a region with the published edges times a factor: -ln(10) at both edges, smooth."""
    low, high = bound.edges_mev(x)
    below = np.log(y[None, :] / (shift_low * low[:, None]))
    above = np.log((shift_high * high[:, None]) / y[None, :])
    return -np.log(10) * np.exp(2 * np.minimum(below, above))


def scan_of(values, name="bbn", y_name="mixing.tau", x=X, y=Y):
    return Scan("mass", y_name, x, y, {name: values}, {name: 0.0})


@pytest.fixture(scope="module")
def tau():
    return ab.published.load("hnl_bbn_sabti_2020_utau4")


def test_a_scan_with_the_published_edges_gives_one(tau):
    done = ab.published.compare(scan_of(band(tau, 1.0, 1.0)))
    assert {r[0] for r in done.rows} == {tau.name}
    ratio = np.array([r[7] for r in done.rows])
    assert np.isfinite(ratio).mean() > 0.9
    # the published edges have kinks between the columns of the scan
    assert_allclose(np.median(ratio[np.isfinite(ratio)]), 1.0, rtol=0.02)
    rows = done.summary()
    assert [r[2] for r in rows] == ["lower", "upper"]
    assert_allclose([r[5] for r in rows], 1.0, rtol=0.02)
    assert "bbn" in repr(done)
    assert "Sabti:2020yrt" in done.references


@pytest.mark.parametrize(("low", "high"), [(2.0, 0.5), (0.3, 3.0)])
def test_ratios_are_ours_over_theirs_edge_by_edge(tau, low, high):
    done = ab.published.compare(scan_of(band(tau, low, high)))
    medians = {r[2]: r[5] for r in done.summary()}
    assert_allclose([medians["lower"], medians["upper"]], [low, high], rtol=0.02)


def test_at_a_column_of_the_scan_the_edge_is_that_of_the_column(tau):
    mass = float(tau.mass_mev[(tau.edge == "lower") & (tau.mass_mev > 50)][0])
    for x in (np.array([mass, 300.0]), np.array([20.0, mass]), np.array([10.0, mass, 300.0])):
        done = ab.published.compare(scan_of(band(tau, 2.0, 1.0, x=x), x=x))
        (row,) = [r for r in done.rows if r[3] == "lower" and r[4] == mass]
        assert_allclose(row[7], 2.0, rtol=1e-3)


def test_anything_with_x_y_and_values_is_compared(tau):
    thing = SimpleNamespace(x=X, y=Y, y_name="mixing.tau", values=band(tau, 2.0, 1.0))
    done = ab.published.compare(thing, bounds=[tau])
    assert_allclose({r[2]: r[5] for r in done.summary()}["lower"], 2.0, rtol=0.02)
    by_scan = ab.published.compare(scan_of(thing.values))
    ours = [[r[6] for r in d.rows] for d in (done, by_scan)]
    assert_allclose(ours[0], ours[1], rtol=0.02)


def test_edges_outside_the_grid_are_not_invented(tau):
    everything = np.full((X.size, Y.size), -100.0)
    done = ab.published.compare(scan_of(everything))
    assert np.isnan([r[7] for r in done.rows]).all()
    nothing = ab.published.compare(scan_of(np.zeros((X.size, Y.size))))
    assert np.isnan([r[7] for r in nothing.rows]).all()
    assert "nan" in repr(nothing)


def test_of_two_islands_the_one_that_overlaps_is_taken(tau):
    values = band(tau, 1.0, 1.0)
    values[:, Y < 1e-12] = -100.0  # another region far below
    medians = {r[2]: r[5] for r in ab.published.compare(scan_of(values)).summary()}
    assert_allclose(medians["lower"], 1.0, rtol=0.05)


def test_what_is_not_compared_says_why(tau):
    done = ab.published.compare(scan_of(band(tau, 1, 1), name="smm"))
    assert done.rows == ()
    assert "no constraint 'bbn'" in done.left_out[tau.name]
    far = ab.published.compare(scan_of(band(tau, 1, 1, x=np.array([2e3, 3e3])), x=np.array([2e3, 3e3])))
    assert "no published point" in far.left_out[tau.name]
    other = ab.published.compare(scan_of(band(tau, 1, 1)), bounds=["hnl_bbn_sabti_2020_ue4"])
    assert "mixing.e, the scan has mixing.tau" in next(iter(other.left_out.values()))
    named = ab.published.compare(scan_of(band(tau, 1, 1), name="smm"), constraint="smm")
    assert named.rows
    with pytest.raises(ConfigError, match="there are: bbn"):
        ab.published.compare(scan_of(band(tau, 1, 1)), constraint="cmb")
    empty = ab.published.compare(scan_of(band(tau, 1, 1), y_name="omega_b"))
    assert repr(empty) == "Comparison(nothing to compare)"
    assert len(empty.to_table()) == 0


def test_what_is_no_scan_is_refused(tau):
    for wrong in (None, 3, SimpleNamespace(x=X), SimpleNamespace(x=X, y="a", y_name="b"),
                  SimpleNamespace(x=X, y=Y, y_name="mixing.tau"),
                  SimpleNamespace(x=X, y=Y, y_name="mixing.tau", values=np.zeros(3)),
                  SimpleNamespace(x=X, x_name="tau_n", y=Y, y_name="mixing.tau")):  # fmt: skip
        with pytest.raises(ConfigError):
            ab.published.compare(wrong)
    with pytest.raises(ConfigError, match="say particle="):
        ab.published.compare(scan_of(band(tau, 1, 1), y_name="mixing"))


def test_the_table_has_units_and_every_row(tau):
    photon = ab.published.load("alp_photon_low_energy_sne_2201.09890")
    y = np.geomspace(1e-11, 1e-4, 300)
    done = ab.published.compare(
        scan_of(band(photon, 1.5, 1.0, y=y), name="low-energy-sne", y_name="photon", y=y)
    )
    table = done.to_table()
    assert len(table) == len(done.rows)
    assert table["theirs"].unit == 1 / u.GeV
    assert table["mass"].unit == u.MeV
    assert_allclose({r[2]: r[5] for r in done.summary()}["lower"], 1.5, rtol=0.03)


def test_a_real_scan_of_the_package_is_compared():
    """The laboratories stand in for BBN here: only the plumbing of a Posterior and a scan is tested."""
    priors = {"mass": ab.LogUniform(10 * u.MeV, 400 * u.MeV), "mixing.mu": ab.LogUniform(1e-12, 1e-2)}
    post = ab.Posterior(model=ab.HNL, priors=priors, constraints=["lab"])
    grid = ab.scan(post, y="mixing.mu", shape=(12, 60), progress=False)
    done = ab.published.compare(grid, constraint="lab")
    assert {r[0] for r in done.rows} == {"hnl_bbn_sabti_2020_umu4"}
    assert np.isfinite([r[7] for r in done.rows if r[3] == "lower" and r[4] > 50]).all()
    assert set(ab.published.compare(grid).left_out) == {"hnl_bbn_sabti_2020_umu4"}
