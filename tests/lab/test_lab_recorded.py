"""The likelihood family that each curve calls for, with its reason."""

import astropy.units as u
import numpy as np
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.lab.families import NAMES


def test_every_curve_records_its_family_and_why():
    for curve in ab.lab.limits(portal=None, projection=None):
        assert curve.likelihood in NAMES
        assert len(curve.likelihood_reason) > 10
        if any(k in curve.kind for k in ("peak search", "prompt resonance", "universality", "stellar")):
            assert curve.likelihood == "half-gaussian"
        if "beam dump" in curve.kind or "decay in flight" in curve.kind:
            assert curve.likelihood == "poisson"


def test_the_recorded_family_is_used_on_request():
    peak, dump = ab.lab.load("na62_2020_ue4"), ab.lab.load("t2k_2019_ue4_profiled")
    usual = ab.lab.LabLikelihood([peak, dump])
    lnl = ab.lab.LabLikelihood([peak, dump], likelihood="recorded")
    limit = float(peak.interpolate(300 * u.MeV))
    terms = [like.terms(ab.HNL(mass=300 * u.MeV, mixing={"e": 2 * limit})) for like in (usual, lnl)]
    assert_allclose(terms[0]["na62_2020_ue4"], -2 * 2.302585, rtol=1e-6, atol=0)
    assert_allclose(terms[1]["na62_2020_ue4"], -0.5 * (2 * 1.6448536) ** 2, rtol=1e-6, atol=0)
    assert terms[0]["t2k_2019_ue4_profiled"] == terms[1]["t2k_2019_ue4_profiled"]


def test_the_recorded_gaussian_holds_the_published_content_for_a_flat_prior():
    """90 % of a posterior flat in |U|^2 lies below a 90 % limit, by numerical integration."""
    curve = ab.lab.load("na62_2020_ue4")
    limit = float(curve.interpolate(300 * u.MeV))
    lnl = ab.lab.LabLikelihood([curve], likelihood="recorded")
    x = np.linspace(0, 12, 24001)
    like = np.exp(lnl.many(300.0, e=x * limit))
    share = np.trapezoid(like[x <= 1.0], x[x <= 1.0]) / np.trapezoid(like, x)
    assert_allclose(share, 0.9, rtol=1e-4, atol=0)


def test_a_constraint_can_use_the_recorded_families():
    model = ab.HNL(mass=300 * u.MeV, mixing={"e": 1e-9})
    recorded = ab.constraints.get("lab", likelihood="recorded", curves=["na62_2020_ue4"])
    gauss = ab.constraints.get("lab", likelihood="half-gaussian", curves=["na62_2020_ue4"])
    assert recorded.loglike(model, {}) == gauss.loglike(model, {})
    assert recorded.loglike(model, {}) != ab.constraints.get("lab",
        curves=["na62_2020_ue4"]).loglike(model, {})
