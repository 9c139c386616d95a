"""Wrong words, units and types at the public edge: converted or refused, never taken for 'no limit'."""

import contextlib
from types import SimpleNamespace

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import AstroboundsError, ConfigError, DomainError

PIENU = "pienu_2017_ue4"


@pytest.fixture(scope="module")
def lnl():
    return ab.lab.LabLikelihood([PIENU, "na62_2020_ue4"])


def test_quantities_where_floats_are_documented_are_converted(lnl):
    want = lnl(90.0, (1e-7, 0, 0))
    assert want < -1
    assert_allclose(lnl.many([0.09] * u.GeV, e=1e-7), [want], rtol=1e-12, atol=0)
    assert_allclose(lnl(0.09 * u.GeV, (1e-7, 0, 0)), want, rtol=1e-12, atol=0)
    assert_allclose(lnl.many(90.0, e=1e-5 * u.percent), want, rtol=1e-12, atol=0)
    assert_allclose(lnl.many([90.0 * u.MeV, 0.09 * u.GeV], e=1e-7), [want, want], rtol=1e-12, atol=0)
    c = ab.lab.load(PIENU)
    assert_allclose(c.interpolate_mev(0.09 * u.GeV), c.interpolate_mev(90.0), rtol=1e-12, atol=0)
    dipole = ab.lab.LabLikelihood(portal="dipole")
    assert_allclose(
        dipole.many(50.0, mu=1e-18 / u.MeV**2), dipole(50.0, (0, 1e-12, 0)), rtol=1e-12, atol=0
    )
    constraint = ab.constraints.get("lab", curves=[PIENU])
    assert constraint.uncovered("e", 0.01 * u.GeV, 0.2 * u.GeV) == constraint.uncovered("e", 10.0, 200.0)


def test_quantities_of_another_kind_are_refused(lnl):
    for call in (
        lambda: lnl.many([1] * u.cm, e=1e-7), lambda: lnl.many([90.0], e=1e-7 / u.GeV),
        lambda: lnl(90.0, (1e-7 * u.MeV, 0, 0)), lambda: lnl(1 * u.s, (1e-7, 0, 0)),
        lambda: lnl.many(np.ma.array([90.0], mask=[True]), e=1e-7), lambda: lnl(90.0, (1e-7, 0)),
        lambda: lnl(90.0, (1e-7, 0, 0, 0)), lambda: lnl(90.0, None), lambda: lnl("90 MeV", (1e-7, 0, 0)),
        lambda: lnl([90.0, 91.0], (1e-7, 0, 0)), lambda: lnl(90.0 + 3j, (1e-7, 0, 0)),
        lambda: lnl.many([1.0, 2.0], e=[1e-7, 1e-7, 1e-7]), lambda: lnl.many("a"),
        lambda: ab.lab.load(PIENU).interpolate(90.0), lambda: ab.lab.load(PIENU).interpolate_mev(1 * u.m),
        lambda: lnl.many(10**400, e=1.0),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            call()


def test_units_of_a_mass_are_those_of_energy_mass_or_temperature():
    for mass in (90 * u.MeV, 0.09 * u.GeV, 1.604396e-28 * u.kg, 1.0444066e12 * u.K):
        assert_allclose(ab.lab.rhat("pi", "e", mass), ab.lab.rhat("pi", "e", 90 * u.MeV), rtol=1e-5, atol=0)
    with pytest.raises(DomainError, match="write"):
        ab.lab.rhat("pi", "e", 90 * u.cm)


M = [150] * u.MeV


@pytest.mark.parametrize(("call", "match"), [
    (lambda: ab.lab.envelope("tau", M, nature="marjorana"), "did you mean 'majorana'"),
    (lambda: ab.lab.envelope("tau", M, unknown_nature="Dirac"), "did you mean 'dirac'"),
    (lambda: ab.lab.envelope("tau", M, kind="beam dmup"), "did you mean 'beam dump"),
    (lambda: ab.lab.envelope("tau", M, contours=("uper",)), "did you mean 'upper'"),
    (lambda: ab.lab.envelope("tua", M), "did you mean 'tau'"),
    (lambda: ab.lab.envelope("tau", M, portal="mixin"), "did you mean 'mixing'"),
    (lambda: ab.lab.envelope("tau", M, cl=90), "confidence level"),
    (lambda: ab.lab.uncovered("e", 1 * u.MeV, 2 * u.MeV, kind="pek"), "kind = 'pek'"),
    (lambda: ab.lab.uncovered("e", 1 * u.MeV, 2 * u.MeV, portal="dipol"), "did you mean 'dipole'"),
    (lambda: ab.lab.uncovered("e", [1, 2] * u.MeV, 3 * u.MeV), "give 0 < low < high"),
    (lambda: ab.lab.ratio("R_pi", 60 * u.MeV, {"mue": 1e-2}), "did you mean 'mu'"),
    (lambda: ab.lab.ratio("R_pi", 60 * u.MeV, {"e": 1 * u.MeV}), "not a number"),
    (lambda: ab.lab.ratio("R_pi", 60 * u.MeV, 3), "not a mapping"),
    (lambda: ab.lab.ratio("R_pi", [60, 70] * u.MeV, {}), "one mass"),
    (lambda: ab.lab.ratio(["R_pi"], 60 * u.MeV, {}), "no measurement"),
    (lambda: ab.lab.limits(flavour="muu"), "did you mean 'mu'"),
    (lambda: ab.lab.limits(kind=2), "kind = 2"),
    (lambda: ab.lab.limits(experiment="na26"), "experiment"),
    (lambda: ab.lab.limits(particle="APL"), "did you mean 'ALP'"),
    (lambda: ab.lab.limits(particle="ALP", coupling="foton"), "did you mean 'photon'"),
    (lambda: ab.lab.limits(projection="yes"), "True or False"),
    (lambda: ab.lab.names("mix"), "mixing, dipole"),
    (lambda: ab.lab.LabLikelihood(unknown_nature="majorna"), "did you mean"),
    (lambda: ab.lab.LabLikelihood(likelihood="poison"), "did you mean 'poisson'"),
    (lambda: ab.lab.LabLikelihood(portal="dipol"), "did you mean 'dipole'"),
    (lambda: ab.lab.LabLikelihood(portal=("mixing", "dipole")), "one portal"),
    (lambda: ab.lab.LabLikelihood(long_lived="no"), "True or False"),
    (lambda: ab.lab.LabLikelihood(projections=1), "True or False"),
    (lambda: ab.lab.LabLikelihood(numbers=("R_p",)), "R_pi, R_K"),
    (lambda: ab.lab.LabLikelihood(counts={PIENU: 3}, curves=[PIENU]), "write Counting"),
    (lambda: ab.lab.LabLikelihood(counts=3), "counts"),
    (lambda: ab.lab.LabLikelihood(unknown_cl=90, curves=[ab.lab.load(PIENU).with_(cl=np.nan)]), "0.9"),
    (lambda: ab.lab.LabLikelihood([PIENU])(90.0, (1e-7, 0, 0), majorana="dirac"), "True or False"),
    (lambda: ab.lab.LabLikelihood([PIENU]).many(90.0, ee=1e-7), "did you mean 'e'"),
    (lambda: ab.lab.LabLikelihood([PIENU]).many(90.0, 1e-7, e=1e-7), "twice"),
    (lambda: ab.lab.LabLikelihood([PIENU]).loglike(SimpleNamespace(mass=1 * u.MeV)),
     "none of the couplings"),
    (lambda: ab.lab.LabLikelihood([PIENU], smooth="9"), "odd integers"),
    (lambda: ab.lab.nature(PIENU, "majorana", stated="dirak"), "did you mean 'dirac'"),
    (lambda: ab.lab.dark_width(PIENU, 1 * u.MeV, long_lived="no"), "True or False"),
    (lambda: ab.lab.confidence(PIENU, "95"), "outside"),
    (lambda: ab.lab.pattern(PIENU, 90 * u.MeV, {"muu": 1}), "did you mean 'mu'"),
])  # fmt: skip
def test_typos_are_named_with_the_word_that_was_meant(call, match):
    with pytest.raises(AstroboundsError, match=match):
        call()


NO_CURVES = [3, None, 2.5, b"na62_2020_ue4", "", ".", "nothing", [3], [None], {"a": 1}, object(), [["x"]]]


@pytest.mark.parametrize("wrong", NO_CURVES, ids=lambda x: type(x).__name__)
def test_what_is_no_curve_is_refused(wrong, tmp_path):
    calls = [lambda: ab.lab.load(wrong), lambda: ab.lab.export(wrong, tmp_path / "a.csv")]
    if wrong is not None:  # None asks for every curve here
        calls += [
            lambda: ab.lab.LabLikelihood(wrong), lambda: ab.constraints.get("lab", curves=wrong),
            lambda: ab.lab.uncovered("e", 1 * u.MeV, 9 * u.MeV, curves=wrong),
            lambda: ab.lab.envelope("e", M, curves=wrong),
        ]  # fmt: skip
    for call in calls:
        with pytest.raises(AstroboundsError):
            call()


def test_files_are_exported_to_a_folder_that_exists(tmp_path):
    for wrong in ("", 3, None, tmp_path, tmp_path / "no" / "a.csv", "a\0.csv", tmp_path / "a.txt", "."):
        with pytest.raises(ConfigError):
            ab.lab.export(PIENU, wrong)
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(ConfigError, match="folder"):
        ab.lab.export(PIENU, tmp_path / "a.csv")
    assert ab.lab.export(PIENU, str(tmp_path / "b.csv")).is_file()


THINGS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**400), st.floats(), st.text(max_size=4),
    st.complex_numbers(),
    st.sampled_from([1 * u.MeV, [1, 2] * u.GeV, 1 * u.cm, np.nan, np.array([]), np.array(["a"]), object(),
        {}, []]),
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 9), THINGS, THINGS)
def test_nothing_given_to_a_public_function_ends_in_a_traceback(which, a, b):
    """Any object in any place: a number, or an error of the package."""
    lnl, curve = ab.lab.LabLikelihood([PIENU]), ab.lab.load(PIENU)
    with contextlib.suppress(AstroboundsError), np.errstate(all="ignore"):
        (
            lambda: lnl.many(a, e=b), lambda: lnl(a, (b, 0, 0)), lambda: curve.interpolate(a),
            lambda: ab.lab.envelope(a, b), lambda: ab.lab.uncovered(a, b, b), lambda: ab.lab.load(a),
            lambda: ab.lab.limits(a, b), lambda: ab.lab.rhat("pi", a, b), lambda: ab.lab.ratio("R_pi", a,
                {"e": b}),
            lambda: ab.lab.confidence(curve, a),
        )[which]()  # fmt: skip
