"""The joint likelihood against sums written out by hand, and the record of what it used."""

import pickle
import time
from types import SimpleNamespace

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import references
from astrobounds.errors import ConfigError, DomainError
from astrobounds.lab import convert, kernels, recast
from astrobounds.lab.curve import Curve

S90 = 2.302585092994046
TOY = ("pienu_2017_ue4", "na62_2020_ue4", "t2k_2019_ue4_profiled")


def made(name, flavour="mu", limit=1e-8, **meta):
    meta = {"nature": "majorana", "exponent": 2, "sm_decays_only": True, "cl": 0.9, **meta}
    channels = meta.pop("channels", ())
    return Curve(
        name=name, mass_mev=np.array([20.0, 480.0]), values=np.array([limit, limit]),
        flavour=flavour, kind="decay in flight", channels=channels,
        channel_ranges=tuple((c, 0.0, np.inf) for c in channels), **meta,
    )  # fmt: skip


@pytest.fixture(scope="module")
def everything():
    return ab.lab.LabLikelihood(unknown_nature="majorana", unknown_cl=0.95)


@pytest.fixture(scope="module")
def open_curves():
    chosen = [c for c in ab.lab.limits() if c.contour != "closed"]
    return ab.lab.LabLikelihood(chosen, unknown_nature="dirac", unknown_cl=0.9)


@pytest.mark.parametrize(
    "mass", [30.0, 62.0342, 90.0, 135.254, 137.0, 142.0, 144.0, 300.0, 462.0, 475.0, 490.0, 491.0]
)
@pytest.mark.parametrize("mixing", [1e-11, 3e-9, 1e-6])
def test_three_curves_by_hand(mass, mixing):
    """lnL = - sum_k s_90 (U^2/L_k)^n_k with n = 1, 1, 2 and nothing outside the ranges."""
    lnl = ab.lab.LabLikelihood(list(TOY))
    expected = 0.0
    for name, n, low, high in zip(TOY, (1, 1, 2), (62.0342, 144, 140.1), (135.254, 462, 490)):
        if low <= mass <= high:
            c = ab.lab.load(name)
            limit = np.exp(np.interp(np.log(mass), np.log(c.mass_mev), np.log(c.values)))
            expected -= S90 * (mixing / limit) ** n
    assert_allclose(lnl(mass, (mixing, 0.0, 0.0)), expected, rtol=1e-10, atol=0)
    assert lnl(mass, (0.0, 0.0, 0.0)) == 0.0


def test_regions_of_three_curves():
    """Where nothing constrains lnL is exactly 0: below 62.0342 and in 135.254-140.1 MeV."""
    lnl = ab.lab.LabLikelihood(list(TOY))
    gaps = lnl.uncovered("e", 10 * u.MeV, 10**2.69 * u.MeV)
    assert [(a.value, b.value) for a, b in gaps] == [(10.0, 62.0342), (135.254, 140.1)]
    for m in (20.0, 62.03, 135.26, 140.0, 490.1):
        assert lnl(m, (1e-3, 0, 0)) == 0.0
    for m in (62.04, 135.25, 140.2, 143.0, 462.5, 489.7):
        assert lnl(m, (1e-3, 0, 0)) < -100.0


def test_groups_take_the_minimum_and_add(everything):
    m, u2 = 300.0, (2e-9, 3e-9, 1e-7)
    model = ab.HNL(mass=m * u.MeV, mixing=dict(zip(("e", "mu", "tau"), u2)))
    terms = everything.terms(model)
    group = {c.name: c.group for c in everything.curves} | {"R_pi": "pi-e2", "R_K": "r-k"}
    total = sum(min(terms[n] for n in terms if group[n] == g) for g in {group[n] for n in terms})
    assert_allclose(everything.loglike(model), total, rtol=1e-12, atol=0)
    assert_allclose(everything(m, u2), total, rtol=1e-12, atol=0)
    assert {"na62_2020_ue4", "t2k_2019_ue4_profiled", "R_K", "bryman_shrock_kenu_ue4"} <= set(terms)
    assert "pienu_2017_ue4" not in terms


def test_an_object_that_does_not_tell_its_nature_is_refused(everything):
    """Never counted as a Dirac particle in silence."""
    silent = SimpleNamespace(mass=300 * u.MeV, mixing={"e": 2e-9, "mu": 0.0, "tau": 0.0})
    with pytest.raises(ConfigError, match="chosen"):
        everything.loglike(silent)


def test_two_curves_of_one_experiment_do_not_multiply():
    a, b, c = (made(n, limit=x, group=g) for n, x, g in (
        ("a", 1e-8, "one"), ("b", 2e-8, "one"), ("c", 4e-8, "two")))  # fmt: skip
    point = (100.0, (0.0, 1e-8, 0.0))
    single = {x.name: ab.lab.LabLikelihood([x])(*point) for x in (a, b, c)}
    both = ab.lab.LabLikelihood([a, b])
    assert both(*point) == single["a"]
    assert_allclose(ab.lab.LabLikelihood([c, b, a])(*point), single["a"] + single["c"], rtol=1e-6, atol=0)


def test_every_curve_has_a_verdict():
    lnl = ab.lab.LabLikelihood()
    names = {v.name for v in (*lnl.used, *lnl.left_out)}
    assert names == set(ab.lab.names("mixing"))
    why = {v.name: v.reason for v in lnl.left_out}
    assert "nature" in why["ps191_umu4_closed"]
    assert "indicative" in why["mu_decay_degouvea_umu4"]
    assert "K give no N through tau" in why["t2k_2019_utau4"]
    assumed = {v.name: " ".join(v.assumed) for v in lnl.used}
    assert "memory" in assumed["na62_2025_pienu_ue4"]
    assert "not recast" in assumed["t2k_2019_ue4_profiled"]
    assert "no upper edge" in assumed["charm_1986_ue4"]
    assert assumed["na62_2020_ue4"] == ""


def test_statements_of_the_user_bring_curves_in(everything):
    better = [v.name for v in everything.left_out if "indicative" not in v.reason]
    assert better == ["t2k_2019_utau4"]
    assumed = {v.name: " ".join(v.assumed) for v in everything.used}
    assert "taken as majorana, stated by the user" in assumed["ps191_ue4"]
    said = ab.lab.LabLikelihood(portal="dark-photon", unknown_cl=0.95).used
    assert "CL 0.95 stated by the user" in {v.name: " ".join(v.assumed) for v in said}["dark_photon_e137"]
    with pytest.raises(ConfigError, match="did you mean"):
        ab.lab.LabLikelihood(unknown_nature="majorna")


def test_nature_of_the_model():
    dirac = ab.lab.LabLikelihood([made("d", nature="dirac")])
    point = (100.0, (0.0, 1e-8, 0.0))
    assert_allclose(dirac(*point, majorana=False), -S90, rtol=1e-6, atol=0)
    assert_allclose(dirac(*point, majorana=True), -2 * S90, rtol=1e-6, atol=0)
    # the converted curve says the same at its own limit
    moved = convert.nature(made("d", nature="dirac"), "majorana").value
    at_limit = (100.0, (0.0, moved.values[0], 0.0))
    assert_allclose(dirac(*at_limit, majorana=True), -S90, rtol=1e-6, atol=0)
    peak = ab.lab.LabLikelihood(["na62_2020_ue4"])
    assert peak(200.0, (1e-9, 0, 0), True) == peak(200.0, (1e-9, 0, 0), False)


def test_microboone_uses_the_curve_of_the_models_nature():
    names = ["microboone_2022_umu4_dirac", "microboone_2022_umu4_majorana"]
    both = ab.lab.LabLikelihood(names)
    for majorana, name in ((False, names[0]), (True, names[1])):
        c = ab.lab.load(name)
        at_limit = (0.0, float(c.interpolate(300 * u.MeV)), 0.0)
        assert_allclose(both(300.0, at_limit, majorana), -S90, rtol=1e-9, atol=0)


@pytest.mark.parametrize(("channel", "flavour", "divisor"), [
    ("e pi", "e", 1.45160), ("mu pi", "mu", 1.37957)])  # fmt: skip
def test_recast_agrees_with_the_conversion(channel, flavour, divisor):
    c = made("c", flavour=flavour, channels=(channel,), production=("K",))
    lnl = ab.lab.LabLikelihood([c])
    common = 1e-8 / divisor
    assert_allclose(lnl(300.0, (common, common, 0.0)), -S90, rtol=2e-5, atol=0)


@pytest.mark.parametrize("name", [
    "bebc_2022_ue4_closed", "borexino_ue4_closed", "charm_1986_ue4", "ps191_ue4",
    "nutev_1999_umu4_closed", "ps191_umu4_closed", "microboone_2022_umu4_majorana",
    "microboone_2023_umu4", "t2k_lowmass_umu4", "bebc_2022_utau4_closed", "charm_2002_utau4",
    "charm_2021_utau4_closed", "argoneut_2021_utau4",
])  # fmt: skip
def test_recast_of_every_curve_agrees_with_the_conversion(name):
    """The tabulated shares of the fast path against exact widths, off the thresholds."""
    c = ab.lab.load(name)
    lnl = ab.lab.LabLikelihood([c], unknown_nature="majorana")
    majorana = c.nature in ("unknown", "majorana")
    r = np.array([1.0, 0.5, 2.0])
    for mass in np.geomspace(c.range_mev[0] * 1.013, min(c.range_mev[1], 1700) * 0.983, 7):
        if abs(mass - 150) < 2:
            continue  # where MicroBooNE changes the channel
        done = ab.lab.pattern(c, mass * u.MeV, dict(zip(("e", "mu", "tau"), r))).value
        if np.isinf(done).any():  # too weak to exclude any |U|^2 of this pattern
            continue
        for edge in np.atleast_1d(done):
            assert_allclose(lnl(mass, edge * r, majorana), -S90, rtol=4e-3, atol=0)


def test_profiled_curves_see_their_own_flavour_only():
    lnl = ab.lab.LabLikelihood(["t2k_2019_ue4_profiled"])
    assert lnl(300.0, (1e-9, 0, 0)) == lnl(300.0, (1e-9, 1e-7, 1e-5))
    assert lnl(300.0, (0, 1e-7, 1e-5)) == 0.0


def test_closed_contour():
    argo = ab.lab.load("argoneut_2021_utau4")
    lnl = ab.lab.LabLikelihood([argo])
    low, high = argo.edges(800 * u.MeV)
    for edge in (low, high):
        assert_allclose(lnl(800.0, (0, 0, edge), majorana=False), -S90, rtol=1e-6, atol=0)
    middle = lnl(800.0, (0, 0, 1e-3), majorana=False)
    assert_allclose(middle, -8.2902, rtol=1e-4, atol=0)
    assert lnl(800.0, (0, 0, 10 * high), majorana=False) > -1e-6
    # a Majorana N decays faster: both edges move down
    moved = convert.nature(argo, "majorana").value
    for edge in moved.edges(800 * u.MeV):
        assert_allclose(lnl(800.0, (0, 0, edge), majorana=True), -S90, rtol=0.02, atol=0)


def test_extra_width():
    lnl = ab.lab.LabLikelihood(["charm_2002_utau4", "argoneut_2021_utau4"])
    alive = ab.lab.LabLikelihood(["charm_2002_utau4", "argoneut_2021_utau4"], long_lived=True)
    peak = ab.lab.LabLikelihood(["na62_2020_ue4"])
    assert peak(300.0, (1e-9, 0, 0), True, 1e-12) == peak(300.0, (1e-9, 0, 0), True, 0.0)
    low_mass = (150.0, (0, 0, 1e-3), True)
    assert lnl(*low_mass) < -1.0
    assert lnl(*low_mass, 1e-15) == 0.0
    assert alive(*low_mass, 1e-15) == lnl(*low_mass)
    # ArgoNeuT knows its upper edge: the extra width acts as decays before the detector
    point = (800.0, (0, 0, 1e-3), False)
    width = recast.total_widths(recast.channel_widths(800.0))[2] * 1e-3
    values = [lnl(*point, x * width) for x in (0.0, 1e-3, 1.0, 100.0)]
    assert np.all(np.diff(values) > 0)
    assert_allclose(values[0], -8.2902, rtol=1e-4, atol=0)
    b, t = ab.lab.load("argoneut_2021_utau4").edges(800 * u.MeV)
    slope = 2 * np.log(t / b) / (t - b)
    assert_allclose(values[2], values[0] * np.exp(-slope * 1e-3), rtol=1e-3, atol=0)


def test_families_and_counts():
    c = made("c", exponent=1, nature="any", flavour="e", sm_decays_only=False)
    at_limit = (100.0, (1e-8, 0, 0))
    for law, value in (("poisson", -S90), ("feldman-cousins", -2.44), ("half-gaussian", -1.352772)):
        got = ab.lab.LabLikelihood([c], likelihood=law)(*at_limit)
        assert_allclose(got, value, rtol=1e-6, atol=0)
    counting = ab.lab.Counting(3, 3.0)
    got = ab.lab.LabLikelihood([c], counts={"c": counting})(*at_limit)
    assert_allclose(got, 3 * np.log1p(4.36239 / 3) - 4.36239, rtol=1e-5, atol=0)
    step = ab.lab.LabLikelihood([c], likelihood="step")
    assert step(100.0, (0.99e-8, 0, 0)) == 0.0
    assert step(100.0, (1.01e-8, 0, 0)) == -np.inf
    with pytest.raises(ConfigError, match="not used"):
        ab.lab.LabLikelihood([c], counts={"d": counting})


def test_universality_numbers():
    lnl = ab.lab.LabLikelihood([], numbers=("R_pi", "R_K"))
    for m, mixing in ((60.0, (1e-7, 0, 0)), (300.0, (1e-8, 1e-4, 0)), (1000.0, (1e-3, 0, 0.1))):
        named = dict(zip(("e", "mu", "tau"), mixing))
        expected = sum(
            ab.lab.ratio_loglike(n, m * u.MeV, named) - ab.lab.ratio_loglike(n, m * u.MeV, {})
            for n in ("R_pi", "R_K")
        )
        assert_allclose(lnl(m, mixing), expected, rtol=1e-9, atol=0)
    # the number and the curve of one ratio share a group: the smaller lnL counts
    curve = ab.lab.LabLikelihood(["bryman_shrock_pienu_ue4"])
    number = ab.lab.LabLikelihood([], numbers=("R_pi",))
    both = ab.lab.LabLikelihood(["bryman_shrock_pienu_ue4"], numbers=("R_pi",))
    point = (60.0, (2e-7, 0, 0))
    assert both(*point) == min(curve(*point), number(*point))


def test_numbers_are_inside_the_non_unitarity_fit():
    alone = ab.lab.LabLikelihood([], numbers=("R_pi",))
    fit = ab.lab.LabLikelihood(["pmns_unitarity_2023_ue4"])
    both = ab.lab.LabLikelihood(["pmns_unitarity_2023_ue4"], numbers=("R_pi",))
    point = (2000.0, (1e-3, 0, 0))
    assert alone(*point) != 0.0
    assert both(*point) == fit(*point)
    assert both(1000.0, (1e-3, 0, 0)) == alone(1000.0, (1e-3, 0, 0))


def test_default_uses_the_numbers_and_a_list_does_not():
    assert ab.lab.LabLikelihood().numbers == ("R_pi", "R_K")
    assert ab.lab.LabLikelihood(["na62_2020_ue4"]).numbers == ()


def test_dipole_portal():
    lnl = ab.lab.LabLikelihood(portal="dipole")
    assert {c.portal for c in lnl.curves} == {"dipole"}
    only_mu = ab.lab.LabLikelihood(["dipole_charm2_dmu"], portal="dipole")  # n = 1 in d^2
    limit = ab.lab.load("dipole_charm2_dmu").interpolate(50 * u.MeV).to_value(1 / u.GeV)
    assert_allclose(only_mu(50.0, (0, limit**2, 0)), -S90, rtol=1e-6, atol=0)
    assert_allclose(only_mu(50.0, (0, 4 * limit**2, 0)), -4 * S90, rtol=1e-6, atol=0)
    # upscattering then decay: the decay takes place through every flavour
    decay = ab.lab.LabLikelihood(["dipole_miniboone_dmu"], portal="dipole")
    d2 = ab.lab.load("dipole_miniboone_dmu").interpolate(50 * u.MeV).to_value(1 / u.GeV) ** 2
    alone = decay(50.0, (0, d2, 0), majorana=False)
    assert_allclose(alone, np.log(0.05), rtol=1e-6, atol=0)
    assert_allclose(decay(50.0, (d2, d2, d2), majorana=False), 3 * alone, rtol=1e-6, atol=0)
    assert decay(50.0, (d2, 0, d2), majorana=False) == 0.0
    assert_allclose(decay(50.0, (0, d2, 0), majorana=True), 2 * alone, rtol=1e-6, atol=0)
    # equal couplings assumed by the source: only what all three share is claimed
    solar = ab.lab.LabLikelihood(["dipole_borexino_universal"], portal="dipole")
    d2 = ab.lab.load("dipole_borexino_universal").interpolate(2 * u.MeV).to_value(1 / u.GeV) ** 2
    assert_allclose(solar(2.0, (d2, d2, d2)), -S90, rtol=1e-6, atol=0)
    assert solar(2.0, (d2, d2, 0)) == 0.0
    lep = ab.lab.LabLikelihood(["dipole_lep"], portal="dipole")
    d2 = ab.lab.load("dipole_lep").interpolate(100 * u.MeV).to_value(1 / u.GeV) ** 2
    assert_allclose(lep(100.0, (0, 0, d2)), np.log(0.05), rtol=1e-6, atol=0)
    assert_allclose(lep(100.0, (d2, d2, d2)), 3 * np.log(0.05), rtol=1e-6, atol=0)


def test_dipole_model_objects():
    lnl = ab.lab.LabLikelihood(portal="dipole")
    model = SimpleNamespace(mass=50 * u.MeV, dipole={"mu": 1e-6 / u.GeV}, chosen={"nature": "dirac"})
    assert lnl.loglike(model) == lnl(50.0, (0.0, 1e-12, 0.0), majorana=False)
    assert lnl.loglike(model) < -1.0


def test_a_mixing_model_of_the_package():
    lnl = ab.lab.LabLikelihood()
    model = ab.HNL(mass=200 * u.MeV, mixing={"mu": 1e-8})
    assert lnl.loglike(model) == lnl(200.0, (0.0, 1e-8, 0.0), True)
    with pytest.raises(DomainError, match="negative"):
        lnl.loglike(model, extra_width=-1 * u.MeV)


def test_curves_of_the_other_portal_are_left_out():
    lnl = ab.lab.LabLikelihood(["dipole_lep", "na62_2020_ue4"])
    assert [v.name for v in lnl.left_out] == ["dipole_lep"]
    with pytest.raises(ConfigError, match="twice"):
        ab.lab.LabLikelihood(["na62_2020_ue4", "na62_2020_ue4"])


def test_smoothed_peak_searches():
    rough = ab.lab.LabLikelihood(["na62_2020_ue4"])
    smooth = ab.lab.LabLikelihood(["na62_2020_ue4"], smooth=9)
    m = np.linspace(150, 450, 400)
    variation = [np.std(np.diff(np.log(-x.many(m, e=1e-9)))) for x in (rough, smooth)]
    assert variation[1] < 0.5 * variation[0]
    assert "9 points" in smooth.used[0].assumed[0]


def test_lower_edges_warn_far_above():
    lnl = ab.lab.LabLikelihood(["charm_1986_ue4", "bebc_2022_utau4_closed"])
    assert lnl.beyond_lower_edge(300.0, (1e-5, 0, 1e-4)) == ()
    assert lnl.beyond_lower_edge(300.0, (0.1, 0, 0.1)) == ("charm_1986_ue4",)


@settings(deadline=None, max_examples=60)
@given(
    st.floats(1.0, 2000.0),
    st.tuples(*[st.floats(-14, -1)] * 3),
    st.integers(0, 2),
    st.booleans(),
)
def test_more_mixing_is_never_better_without_upper_edges(open_curves, mass, logs, which, majorana):
    """Property: without closed contours and ratios lnL falls with every mixing, with no plateau."""
    lnl = open_curves
    u2 = [10.0**x for x in logs]
    more = list(u2)
    more[which] *= 1.5
    a, b = lnl(mass, u2, majorana), lnl(mass, more, majorana)
    assert b <= a <= 0.0
    if b < -1e-6 and which == int(np.argmax(u2)):
        flavours = {c.flavour for c in lnl.curves if c.range_mev[0] <= mass <= c.range_mev[1]}
        if ("e", "mu", "tau")[which] in flavours and len(flavours) == 1:
            assert b < a


def test_arrays_agree_with_single_calls(everything):
    rng = np.random.default_rng(5)
    m = 10 ** rng.uniform(0, 3.3, 50)
    e, mu, tau = 10 ** rng.uniform(-12, -2, (3, 50))
    single = [everything(*p) for p in zip(m, zip(e, mu, tau))]
    assert np.array_equal(everything.many(m, e, mu, tau), single)
    assert everything.many(m[:, None], e=e[None, :]).shape == (50, 50)


def test_points_without_meaning_give_nan(everything):
    for bad in (
        (-1.0, (0, 0, 0)),
        (np.nan, (0, 0, 0)),
        (10.0, (-1e-9, 0, 0)),
        (10.0, (np.nan, 0, 0)),
    ):
        assert np.isnan(everything(*bad))
    assert np.isnan(everything(10.0, (0, 0, 0), True, -1.0))


def test_it_travels_to_workers(everything):
    twin = pickle.loads(pickle.dumps(everything))
    assert twin(300.0, (1e-9, 1e-9, 1e-8)) == everything(300.0, (1e-9, 1e-9, 1e-8))


def test_references(everything):
    keys = everything.references
    assert {"PIENU2018", "NA62e2020", "HNLimits2023", "GAMBITrhn2020"} <= set(keys)
    assert references.collect(everything) == list(keys)
    assert references.to_bibtex(keys)


def test_speed(everything):
    """One call with every curve: below 50 microseconds on an unloaded core; best of several."""
    point = (300.0, (1e-9, 1e-9, 1e-8))
    everything(*point)
    best = np.inf
    for _ in range(20):
        start = time.perf_counter()
        for _ in range(100):
            everything(*point)
        best = min(best, (time.perf_counter() - start) / 100)
    assert best < 50e-6


def test_production_kernel_modes():
    assert kernels.production(kernels.PARENTS["tau"], 2, 500.0) == 1.0
    assert kernels.production(kernels.PARENTS["tau"], 0, 500.0) == 0.0
    assert kernels.production(kernels.PARENTS["tau"], 2, 1800.0) == 0.0
    assert kernels.production_ratio(np.array([-1, -1, -1]), 0, 1, 100.0) == 0.0
    with pytest.raises(ConfigError, match="parents"):
        ab.lab.LabLikelihood([made("c", channels=("mu pi",), production=("B",))])


def test_recast_outside_the_width_table_is_refused():
    far = made("far", channels=("mu pi",), production=("D",)).with_(mass_mev=np.array([100.0, 5e3]))
    with pytest.raises(ConfigError, match="profiled=True"):
        ab.lab.LabLikelihood([far])
    own = far.with_(profiled=True, assumed=("own flavour only",))
    assert_allclose(ab.lab.LabLikelihood([own])(4000.0, (0, 1e-8, 0)), -S90, rtol=1e-6, atol=0)
