"""Limits on ALP, dark photon and dark scalar: matched by the parameter a model has."""

from types import SimpleNamespace

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError
from astrobounds.lab.couplings import PORTALS, portals_of


class DarkPhoton:
    parameters = ("mass", "mixing")

    def __init__(self, mass_mev, mixing):
        self.mass_mev, self.mixing = mass_mev, mixing


class DarkScalar(DarkPhoton):
    pass


class ALP:
    parameters = (SimpleNamespace(name="mass"), SimpleNamespace(name="photon"),
        SimpleNamespace(name="electron"))

    def __init__(self, mass_mev, photon=0.0 / u.GeV, electron=0.0):
        self.mass_mev, self.photon, self.electron = mass_mev, photon, electron


class Scotogenic:
    """A particle of a user's own, with a coupling that limits exist for."""

    parameters = ("mass", "photon", "width")
    mass_mev, photon, nature = 30.0, 1e-8 / u.MeV, "none of ours"


def test_particles_and_couplings_are_filters():
    count = {k: len(ab.lab.limits(portal=k)) for k in PORTALS}
    assert sum(count[k] for k in PORTALS if k not in ("mixing", "dipole")) == 48
    alps = sum(count[k] for k in ("alp-photon", "alp-electron", "alp-fermion"))
    assert len(ab.lab.limits(particle="ALP")) == alps == 18
    assert len(ab.lab.limits(particle="ALP", coupling="photon")) == count["alp-photon"] == 13
    assert len(ab.lab.limits(particle="DarkPhoton")) == count["dark-photon"] == 20
    assert len(ab.lab.limits(particle="DarkScalar", coupling="mixing")) == count["dark-scalar"] == 10
    assert len(ab.lab.limits(coupling="photon")) == 13
    assert {c.flavour for c in ab.lab.limits(coupling="mixing.tau")} == {"tau"}
    assert {c.flavour for c in ab.lab.limits(coupling="dipole.mu")} == {"mu", "universal", "any"}
    assert len(ab.lab.limits(portal=None, projection=True)) - len(ab.lab.limits(projection=True)) == 38
    for c in ab.lab.limits(particle="ALP"):
        assert c.parameters[0] in ("photon", "electron", "fermion")
        assert c.particle == "ALP"


@pytest.mark.parametrize(("name", "mass", "limit"), [  # read from the tables of the collections
    ("alp_photon_e137", 0.06314447, 1.722811e-4), ("dark_photon_babar_2014", 8551, 3.5e-4),
    ("dark_scalar_e949", 92.85, 1.8e-4), ("alp_photon_globular_clusters", 0.001004, 4.7e-11),
    ("alp_electron_red_giants_massive", 0.002671, 1.3e-13), ("alp_fermion_lhcb_bplus", 2477, 1.4e-4),
    ("dark_photon_nucal", 60.49, 9.8e-8), ("alp_photon_besiii_2024", 197, 2.2e-4),
])  # fmt: skip
def test_published_values(name, mass, limit):
    got = ab.lab.load(name).interpolate(mass * u.MeV)
    assert_allclose(getattr(got, "value", got), limit, rtol=0.04, atol=0)


def test_a_limit_holds_at_its_confidence_level_and_the_signal_goes_as_the_coupling_squared():
    peak = ab.lab.load("dark_photon_a1_2014")
    lnl = ab.lab.LabLikelihood([peak], portal="dark-photon")
    eps = float(peak.interpolate(124 * u.MeV))
    assert_allclose(lnl(124.0, [eps**2]), np.log(0.05), rtol=1e-9, atol=0)
    assert_allclose(lnl(124.0, [4 * eps**2]), 4 * np.log(0.05), rtol=1e-9, atol=0)
    dump = ab.lab.load("dark_photon_na62_dump_2025")
    lnl = ab.lab.LabLikelihood([dump], portal="dark-photon")
    low, high = (float(e) for e in dump.edges(100 * u.MeV))
    assert_allclose([lnl(100.0, [low**2]), lnl(100.0, [high**2])], np.log(0.1), rtol=1e-6, atol=0)
    assert_allclose(lnl(100.0, [low**2 / 1e2]), np.log(0.1) / 1e4, rtol=0.2, atol=0)  # eps^4
    assert lnl(100.0, [(30 * high) ** 2]) > -1e-3


def test_a_trapping_edge_closes_a_stellar_bound():
    """Production only (n = 1), two edges: excluded between them, both at the published level."""
    hb = ab.lab.load("alp_photon_globular_clusters")
    lnl = ab.lab.LabLikelihood([hb], portal="alp-photon")
    low, high = (e.value for e in hb.edges(0.1 * u.MeV))
    assert_allclose([lnl(0.1, [low**2]), lnl(0.1, [high**2])], np.log(0.05), rtol=1e-6, atol=0)
    assert lnl(0.1, [low * high]) < -100
    assert lnl(0.1, [(10 * high) ** 2]) > -1e-3
    moved = ab.lab.confidence(hb, 0.9).value
    assert moved.edges(0.1 * u.MeV)[0].value < low
    assert moved.edges(0.1 * u.MeV)[1].value > high


def test_gaps_of_a_source_say_nothing():
    bes = ab.lab.load("alp_photon_besiii_2024")
    assert len(bes.gaps) >= 2
    inside, before = 550.0, 480.0
    assert np.isinf(bes.interpolate(inside * u.MeV).value)
    assert np.isfinite(bes.interpolate(before * u.MeV).value)
    lnl = ab.lab.LabLikelihood([bes], portal="alp-photon")
    assert lnl(inside, [1e-2]) == 0.0
    assert lnl(before, [1e-2]) < -100
    for low, high in bes.gaps:
        ends = bes.interpolate([low, high] * u.MeV).value
        assert np.all(np.isfinite(ends))  # the ends belong to the curve
        assert np.isinf(bes.interpolate(np.sqrt(low * high) * u.MeV).value)
    gaps = ab.lab.uncovered(None, 450 * u.MeV, 1 * u.GeV, curves=[bes], portal="alp-photon")
    assert any(a.value < inside < b.value for a, b in gaps)
    kinv = ab.lab.load("dark_scalar_na62_2021_kpi_inv")  # around the pion mass
    assert np.isinf(kinv.interpolate(135 * u.MeV))


@pytest.mark.parametrize("name", [c.name for c in ab.lab.limits(portal=None, projection=None) if c.gaps])
def test_no_curve_holds_the_mark_of_a_gap_as_a_limit(name):
    curve = ab.lab.load(name)
    edge = curve.edge if curve.edge is not None else np.full(curve.values.size, "lower")
    assert curve.values[edge == "lower"].max() < 1.0
    x, low, _ = curve.nodes()
    assert np.all(np.diff(x) > 0)
    assert np.isinf(low).sum() == len(curve.gaps)


def test_models_are_matched_by_their_parameters():
    assert portals_of(ab.HNL) == ("mixing",)
    assert portals_of(ab.DipoleHNL) == ("dipole",)
    assert portals_of(ab.Mediator) == ()
    assert portals_of(DarkPhoton) == ("dark-photon",)
    assert portals_of(DarkScalar(1.0, 0.0)) == ("dark-photon", "dark-scalar")  # a child of both here
    assert portals_of(ALP) == ("alp-photon", "alp-electron")
    assert portals_of(Scotogenic) == ("alp-photon",)


def test_the_constraint_takes_any_model_with_the_parameter():
    lab = ab.constraints.get("lab")
    eps = float(ab.lab.load("dark_photon_a1_2014").interpolate(124 * u.MeV))
    terms = lab.predict(DarkPhoton(124.0, eps))
    assert_allclose(terms["dark_photon_a1_2014"], np.log(0.05), rtol=1e-9, atol=0)
    direct = ab.lab.LabLikelihood(portal="dark-photon")
    assert lab.loglike(DarkPhoton(124.0, eps), {}) == direct(124.0, [eps**2])
    g = 2 * ab.lab.load("alp_photon_charm").interpolate(60 * u.MeV)
    assert lab.loglike(ALP(60.0, photon=g), {}) < -1
    assert lab.loglike(Scotogenic(), {}) < -1  # 1e-8 / MeV = 1e-5 / GeV at 30 MeV
    with pytest.raises(ConfigError, match=r"has no (mixing|dipole)\.e"):
        lab.loglike(SimpleNamespace(parameters=("mass", "zeta"), mass_mev=1.0), {})
    with pytest.raises(ConfigError, match=r"has no (mixing|dipole)\.e"):
        ab.constraints.get("lab", portal="dipole").loglike(DarkPhoton(20.0, 1e-4), {})


def test_beside_another_coupling_only_limits_that_assume_no_decays_speak():
    lab = ab.constraints.get("lab")
    g = 2 * ab.lab.load("alp_photon_charm").interpolate(60 * u.MeV)
    alone, both = (lab.predict(ALP(60.0, photon=g, electron=x)) for x in (0.0, 1e-3))
    assert "alp_photon_charm" in alone
    assert "alp_photon_charm" not in both
    for name in both:
        assert not ab.lab.load(name).sm_decays_only


def test_arrays_take_couplings_by_name():
    lnl = ab.lab.LabLikelihood(portal=("alp-photon", "alp-electron"))
    assert lnl.parameters == ("photon", "electron")
    m = np.array([20.0, 60.0])
    want = [lnl(x, (1e-10, 0.0)) for x in m]
    assert_allclose(lnl.many(m, photon=1e-10), want, rtol=1e-12, atol=0)
    assert_allclose(lnl.many(m, photon=1e-16 / u.MeV**2), want, rtol=1e-12, atol=0)
    assert np.all(lnl.many(0.01, electron=[1e-28, 1e-24]) <= 0)


def test_random_points_of_every_portal_are_numbers():
    rng = np.random.default_rng(3)
    for portal in PORTALS:
        lnl = ab.lab.LabLikelihood(portal=portal, unknown_cl=0.9, unknown_nature="dirac", projections=True)
        k = len(lnl.parameters)
        m = 10 ** rng.uniform(-4, 6, 3000)
        x = 10 ** rng.uniform(-34, 0, (k, 3000))
        values = lnl.many(m, *x)
        assert not np.isnan(values).any()
        assert np.all(values <= 2.1)  # the ratios may prefer a little N


def test_a_dominant_coupling_is_used_as_if_it_were_alone():
    """With widths known a second coupling that adds less than 5 % to the decays changes nothing."""
    from astrobounds.models.alp import ALP as Package

    g = 2 * ab.lab.load("alp_photon_charm").interpolate(60 * u.MeV)
    lab = ab.constraints.get("lab")
    alone, little, much, stable = (
        lab.predict(Package(mass=60 * u.MeV, photon=g, **others))
        for others in ({}, {"electron": 1e-9}, {"electron": 1e-5}, {"muon": 1e-3})
    )
    assert alone["alp_photon_charm"] == little["alp_photon_charm"] < -1
    assert "alp_photon_charm" not in much
    assert alone["alp_photon_charm"] == stable["alp_photon_charm"]  # no decay into muons at 60 MeV
    heavy = ab.lab.load("alp_photon_e137").interpolate(300 * u.MeV) * 2
    pair = lab.predict(Package(mass=300 * u.MeV, photon=heavy, muon=1e-3))
    assert "alp_photon_e137" not in pair


def test_the_bosons_of_the_package_meet_their_limits():
    from astrobounds.models.dark_photon import DarkPhoton as Photon
    from astrobounds.models.dark_scalar import DarkScalar as Scalar

    lab = ab.constraints.get("lab")
    eps = float(ab.lab.load("dark_photon_a1_2014").interpolate(124 * u.MeV))
    photon = lab.predict(Photon(mass=124 * u.MeV, mixing=eps))
    assert_allclose(photon["dark_photon_a1_2014"], np.log(0.05), rtol=1e-9, atol=0)
    theta = float(ab.lab.load("dark_scalar_e949").interpolate(92 * u.MeV))
    scalar = lab.predict(Scalar(mass=92 * u.MeV, mixing=theta))
    assert_allclose(scalar["dark_scalar_e949"], np.log(0.1), rtol=1e-9, atol=0)
    assert not any(name.startswith("dark_photon") for name in scalar)


def test_models_with_a_wrong_kind_of_coupling_are_refused():
    lnl = ab.lab.LabLikelihood(["na62_2020_ue4"])
    for mixing in (3, "e", [1e-8], {"el": 1e-8}, {"e": 1e-8 / u.GeV}, {"e": "much"}):
        with pytest.raises(ab.DomainError):
            lnl.loglike(SimpleNamespace(mass=200 * u.MeV, mixing=mixing))
    with pytest.raises(ab.DomainError, match="no unit"):
        lnl.loglike(SimpleNamespace(mass=200.0, mixing={"e": 1e-8}))
    with pytest.raises(ab.DomainError, match="no unit"):
        lnl.loglike(SimpleNamespace(mixing={"e": 1e-8}))
