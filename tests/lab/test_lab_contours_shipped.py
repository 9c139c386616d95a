"""The closed contours, natures and levels of the shipped curves, and what a likelihood makes of them."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.lab import contour

S90 = -np.log(0.1)
CLOSED = [c.name for c in ab.lab.limits(portal=None, projection=None) if c.contour == "closed"]


def test_super_kamiokande_tau_dipole_has_its_upper_edge():
    """arXiv:2205.02234: 7.7e-6 at 63 MeV to 2.5e-6 GeV^-1 at 73 MeV; d = 1e-5 at 70 MeV is allowed."""
    curve = ab.lab.load("dipole_sk_atm_dtau_closed")
    high = curve.edges([63.31, 73.0] * u.MeV)[1].to_value(1 / u.GeV)
    assert_allclose(high, [7.7e-6, 2.5e-6], rtol=0.02, atol=0)
    lnl = ab.lab.LabLikelihood([curve], portal="dipole")
    assert -1e-2 < lnl(70.0, (0, 0, 1e-10), majorana=False) <= 0
    assert lnl(70.0, (0, 0, (3e-6) ** 2), majorana=False) < -S90
    everything = ab.lab.LabLikelihood(portal="dipole")
    assert everything(70.0, (0, 0, 1e-10), majorana=False) > -S90
    assert "dipole_sk_atm_dtau" not in ab.lab.names()


@pytest.mark.parametrize(("name", "mass", "upper"), [  # rows of the upper edges in the collection
    ("bebc_2022_ue4_closed", 524.422, 0.414238),
    ("bebc_2022_utau4_closed", 1249.46, 0.00706739),
    ("borexino_ue4_closed", 6.9609, 0.0707758),
    ("charm_2021_utau4_closed", 1181.24, 0.00163296),
    ("nutev_1999_umu4_closed", 240.054, 0.139328),
    ("ps191_umu4_closed", 150.628, 0.023343),
    ("dipole_sk_atm_dtau_closed", 70.2741, 5.16376e-06),
])  # fmt: skip
def test_a_closed_contour_excludes_between_its_edges_only(name, mass, upper):
    """At both edges lnL is that of the published level, between them lower, beyond them near 0."""
    curve = ab.lab.load(name)
    power = curve.power
    b, t = (float(getattr(e, "value", e)) for e in curve.edges(mass * u.MeV))
    assert_allclose(t, upper, rtol=1e-6, atol=0)
    assert b < t
    lnl = ab.lab.LabLikelihood([curve], portal=curve.portal, unknown_nature="dirac")
    own = lnl.parameters.index(curve.parameters[0])
    majorana = curve.nature == "majorana"

    def at(value):
        point = np.zeros(3)
        point[own] = value**power
        return lnl(mass, point, majorana=majorana)

    level = np.log(1 - curve.cl)
    assert_allclose([at(b), at(t)], level, rtol=1e-6, atol=0)
    assert at(np.sqrt(b * t)) < level
    assert at(b / 30 ** (2 / power)) > 0.05 * level
    assert at(30 * t) > 0.05 * level


@pytest.mark.parametrize("name", CLOSED)
def test_every_closed_contour_has_its_edges_in_order(name):
    curve = ab.lab.load(name)
    _, low, high = curve.nodes()
    assert np.all(high >= low)
    assert np.isfinite(high).any()


def test_natures_and_levels_are_those_recorded_by_the_collection():
    for name in ("bebc_2022_ue4_closed", "bebc_2022_utau4_closed", "borexino_ue4_closed", "charm_1986_ue4",
                 "nutev_1999_umu4_closed", "t2k_lowmass_umu4", "microboone_2023_umu4"):  # fmt: skip
        curve = ab.lab.load(name)
        assert (curve.nature, curve.nature_recalled) == ("dirac", False), name
    assert ab.lab.load("charm_2021_utau4_closed").nature == "majorana"
    assert ab.lab.load("superallowed_2019_ue4").cl == 0.9
    assert ab.lab.load("ps191_umu4_closed").nature == "unknown"


def test_a_default_likelihood_leaves_out_nothing_with_a_recorded_nature():
    lnl = ab.lab.LabLikelihood()
    for verdict in lnl.left_out:
        curve = ab.lab.load(verdict.name)
        assert curve.nature == "unknown" or curve.exactness == "D" or "give no N" in verdict.reason


def test_indicative_curves_are_used_when_they_are_named():
    lnl = ab.lab.LabLikelihood(["mu_decay_degouvea_umu4"])
    assert "class D" in lnl.used[0].assumed[-1] or any("class D" in a for a in lnl.used[0].assumed)
    assert_allclose(lnl(50.0, (0, float(lnl.curves[0].interpolate(50 * u.MeV)), 0)), np.log(0.01),
        rtol=1e-9)


@pytest.mark.parametrize("exponent", [1, 2])
@pytest.mark.parametrize(("b", "t"), [(1e-8, 1e-4), (1e-6, 1e-3), (1e-5, 2e-5), (1.0, 1.0 + 1e-13)])
def test_both_edges_solve_the_signal_equation_for_either_exponent(exponent, b, t):
    """s(b) = s(t) = s_CL with s = A x^n exp(-B x); the inverse returns the edges."""
    ln_a, big_b = contour.coefficients(b, t, S90, exponent)
    assert_allclose(contour.signal(ln_a, big_b, np.array([b, t]), exponent), S90, rtol=1e-9, atol=0)
    assert_allclose(np.array(contour.edges(ln_a, big_b, S90, exponent)), [b, t], rtol=1e-6, atol=0)
    assert_allclose(exponent / big_b, (t - b) / np.log(t / b) if t > 1.5 * b else b, rtol=1e-6, atol=0)


def test_curves_without_recorded_channels_see_their_own_flavour():
    """Production and decay of the own flavour; widths through the others move the upper edge down."""
    curve = ab.lab.load("na3_1986_umu4")
    lnl = ab.lab.LabLikelihood([curve])
    low, high = (float(e) for e in curve.edges(1200 * u.MeV))
    alone = lnl(1200.0, (0, 2 * low, 0), majorana=False)
    both = lnl(1200.0, (2 * low, 2 * low, 0), majorana=False)
    assert alone < both < 0.95 * alone  # the same signal, a little earlier decays
    assert lnl(1200.0, (2 * low, 0, 0), majorana=False) == 0.0
    assert lnl(1200.0, (high, high, 0), majorana=False) > lnl(1200.0, (0, high, 0), majorana=False)
    assert any("not recorded" in a for a in lnl.used[0].assumed)


def test_curves_beyond_the_width_table_are_used_at_their_own_flavour():
    lnl = ab.lab.LabLikelihood(["cms_2022_umu4_dirac"])
    b, t = (float(e) for e in lnl.curves[0].edges(8000 * u.MeV))
    got = [lnl(8000.0, (0, x, 0), majorana=False) for x in (b, t)]
    assert_allclose(got, np.log(0.05), rtol=1e-6, atol=0)
