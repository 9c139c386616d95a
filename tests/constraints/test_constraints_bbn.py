"""The nucleosynthesis constraint: data, covariance, nuisances, and its place in a fit."""

import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

import astrobounds as ab
from astrobounds import references
from astrobounds.constraints import early
from astrobounds.constraints.protocol import Constraint
from astrobounds.cosmology.defaults import RANGES
from astrobounds.errors import ConfigError, DomainError

STANDARD = ab.StandardModel()
ALL = ("rates", "tau_n", "omega_b")


@pytest.fixture(scope="module")
def bbn():
    return ab.constraints.get("bbn")


def test_protocol_and_references(bbn):
    assert isinstance(bbn, Constraint)
    assert list(bbn.nuisances) == ["omega_b", "tau_n"]
    assert bbn.nuisances["omega_b"] == ab.Normal(0.02237, 0.00015)
    assert bbn.nuisances["tau_n"] == ab.Normal(878.4, 0.5)
    for key in references.collect(bbn):
        assert references.bibtex(key)
    assert {"Aver:2026lbt", "Cooke:2017cwo", "Moscoso2021", "Bennett:2019ewm"} <= set(bbn.references)
    assert "lbt2026" in bbn.describe()[0]


def test_domain_is_that_of_bbn():
    assert early.DOMAIN == {name: RANGES[name] for name in early.DOMAIN}
    limits = {p.name: (p.low, p.high) for p in ab.StandardModel.parameters}
    assert limits == {name: RANGES[name] for name in limits}


def test_loglike_is_the_gaussian_of_the_written_out_covariance(bbn):
    point = {"omega_b": 0.0219, "tau_n": 879.1}
    model = ab.StandardModel(delta_neff=0.4)
    out = ab.cosmology.bbn(omega_b=0.0219, tau_n=879.1 * u.s, delta_neff=0.4)
    assert bbn.abundances(model, point)[:4] == (out.Neff, out.Yp, out.Yp_cmb, out.DH)
    theory = ab.cosmology.theory_covariance(omega_b=0.0219, tau_n=879.1 * u.s, delta_neff=0.4)
    data = np.diag([0.0013, 0.30e-6]) ** 2
    value = [0.2458, 25.27e-6]
    expected = multivariate_normal(value, data + theory.covariance[:2, :2]).logpdf([out.Yp, out.DH])
    expected -= multivariate_normal(value, data).logpdf(value)
    direct = ab.constraints.get("bbn", theory="direct")
    assert_allclose(direct.loglike(model, point), expected, rtol=0, atol=1e-9)
    assert_allclose(bbn.loglike(model, point), expected, rtol=1e-3, atol=0)  # widths to 0.1 %


@pytest.mark.parametrize("delta_neff", [-1.5, 0.0, 3.0])
@pytest.mark.parametrize("omega_b", [0.0055, 0.012, 0.0224, 0.045])
def test_table_of_theory_errors_against_direct_ones(delta_neff, omega_b):
    model = ab.StandardModel(delta_neff)
    table, direct = (
        ab.constraints.get("bbn", omega_b=(omega_b, 1e-4), marginalise=ALL, theory=t)
        .theory_covariance(model) for t in ("table", "direct")
    )  # fmt: skip
    ratio = np.sqrt(np.diag(table) / np.diag(direct))
    beyond = (omega_b, delta_neff) == (0.045, -1.5)  # less D/H than at the end of the table
    assert_allclose(ratio, np.ones(3), rtol=0, atol=0.05 if beyond else 0.01)
    rho = [c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]) for c in (table, direct)]
    assert_allclose(rho[0], rho[1], rtol=0, atol=0.04)


def test_marginalised_inputs_are_their_priors_pushed_through():
    """Monte Carlo over omega_b and tau_n, no linear propagation, against the covariance."""
    data = {"rates": "default", "omega_b": (0.02237, 0.0003), "tau_n": (878.4, 5.0)}
    constraint = ab.constraints.get("bbn", marginalise=("tau_n", "omega_b"), **data)
    assert constraint.nuisances == {}
    rng = np.random.default_rng(2)
    grid = ab.cosmology.bbn_grid(
        omega_b=rng.normal(0.02237, 0.0003, 600), tau_n=rng.normal(878.4, 5.0, 600) * u.s
    )
    drawn = np.cov([grid.Yp, grid.DH])
    linear = constraint.theory_covariance(STANDARD)[:2, :2]
    # 600 draws give a standard deviation to 3 % and a correlation to 0.04
    assert_allclose(np.sqrt(np.diag(linear)), np.sqrt(np.diag(drawn)), rtol=0.09, atol=0)
    rho = [c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]) for c in (linear, drawn)]
    assert_allclose(rho[0], rho[1], rtol=0, atol=0.1)


def test_marginalising_equals_integrating_over_a_sampled_rate():
    """Integral of exp(lnL) over the nuisance of d(d,n)He3 against the rate in the covariance."""
    name = "d(d,n)He3"
    others = [r for r in ab.constraints.get("bbn").early.reactions if r != name]
    sampled = ab.constraints.get("bbn", marginalise=(), sample_rates=(name,))
    inside = ab.constraints.get("bbn", marginalise=("rates",), sample_rates=others)
    nuisance = early.RATE + name
    assert nuisance in sampled.nuisances
    assert nuisance not in inside.nuisances
    nodes, weights = np.polynomial.hermite_e.hermegauss(16)
    for model in (STANDARD, ab.StandardModel(0.5)):
        values = [sampled.loglike(model, {nuisance: p}) for p in nodes]
        integral = np.log(np.sum(weights * np.exp(values)) / np.sqrt(2 * np.pi))
        # linear propagation: second order in the 1 % width of the rate
        assert_allclose(inside.loglike(model, {}), integral, rtol=0, atol=0.02)


def test_named_and_given_data():
    def at(**options):
        return ab.constraints.get("bbn", **options)

    assert at(helium="pdg")._data["Yp"] == (0.245, 0.003)
    assert at(helium="empress")._data["Yp"] == (0.2402, 0.0040)
    assert at(helium="aver2021")._data["Yp"] == (0.2453, 0.0034)
    assert_allclose(at(helium="empress2022")._data["Yp"], (0.2370, 0.00335), rtol=1e-12, atol=0)
    assert at(deuterium="pdg")._data["DH"] == (25.47e-6, 0.29e-6)
    assert at(helium=(0.25, 0.01))._data["Yp"] == (0.25, 0.01)
    only = at(helium=None)
    assert set(only.predict(STANDARD)) == {"Neff", "DH"}


def test_helium3_limit_is_smooth_and_one_sided():
    base = ab.constraints.get("bbn", marginalise=ALL)
    limited = ab.constraints.get("bbn", marginalise=ALL, helium3="bania2002")
    he3 = base.abundances(STANDARD).He3H
    expected = 0.5 * (1.1e-5 - he3) / 0.2e-5  # close to the limit: near half
    difference = limited.loglike(STANDARD, {}) - base.loglike(STANDARD, {})
    assert -0.7 < difference < 0.0
    assert expected > 0
    # a density so low that He3 is twice the limit: Gaussian fall; so high that it says nothing
    low, high = (
        ab.constraints.get("bbn", helium=None, deuterium=None, helium3=(limit, 0.2e-5),
                           marginalise=ALL).loglike(STANDARD, {})
        for limit in (0.5 * he3, 3.0 * he3)
    )  # fmt: skip
    assert_allclose(high, 0.0, rtol=0, atol=1e-10)
    assert low < -0.5 * (0.5 * he3 / 0.21e-5) ** 2


def test_smooth_in_every_parameter(bbn):
    """Fifth differences of lnL over 21 points stay at the noise of the network."""
    def deviation(values, function):
        y = np.array([function(v) for v in values])
        fit = np.polynomial.Polynomial.fit(values, y, 5)
        return np.abs(fit(values) - y).max()

    x = np.linspace(-0.02, 0.02, 21)
    assert deviation(x, lambda d: bbn.loglike(ab.StandardModel(d), {})) < 1e-5
    assert deviation(0.02237 + 0.01 * x, lambda w: bbn.loglike(STANDARD, {"omega_b": w})) < 1e-5


def test_cache_shares_points_between_constraints(bbn):
    cmb = ab.constraints.get("cmb")
    early._evaluate.cache_clear()
    nuisance = {"omega_b": 0.02231, "tau_n": 878.0}
    bbn.loglike(STANDARD, nuisance)
    cmb.loglike(STANDARD, nuisance)
    info = early._evaluate.cache_info()
    assert (info.misses, info.hits) == (1, 1 + 1)  # the covariance of bbn asks again
    bbn.loglike(STANDARD, {**nuisance, "tau_n": 878.1})
    assert early._evaluate.cache_info().misses == 2


def test_null_follows_the_centers_of_a_fit():
    post = ab.Posterior(
        model=ab.StandardModel, constraints=["bbn"],
        priors={"delta_neff": ab.Uniform(-1, 1), "omega_b": 0.0215},
    )  # fmt: skip
    constraint = post.constraints[0]
    assert constraint.null_loglike == constraint.loglike(STANDARD, {"omega_b": 0.0215, "tau_n": 878.4})
    assert constraint.predict(STANDARD)["DH"] == ab.cosmology.bbn(omega_b=0.0215).DH


def test_a_massive_particle_goes_to_cosmology(monkeypatch, bbn):
    """The model reaches cosmology.bbn as it is, with the nuisances; nothing is assumed about it."""
    import astrobounds.cosmology as cosmology

    seen = {}
    real = cosmology.bbn

    def spy(model, **options):
        seen["model"], seen["omega_b"] = model, options["omega_b"]
        return real(None, **options)

    monkeypatch.setattr(cosmology, "bbn", spy)
    early._evaluate.cache_clear()
    hnl = ab.HNL(mass=50 * u.MeV, mixing={"tau": 1e-6})
    assert bbn.loglike(hnl, {"omega_b": 0.0221, "tau_n": 878.4}) == bbn.loglike(
        STANDARD, {"omega_b": 0.0221, "tau_n": 878.4}
    )
    assert seen["omega_b"] == 0.0221
    early._evaluate.cache_clear()
    bbn.loglike(hnl, {})
    assert seen["model"] is hnl
    early._evaluate.cache_clear()


def test_a_decaying_hnl(bbn, monkeypatch):
    """Gone before freeze-out it changes nothing; alive at one second it is excluded."""
    monkeypatch.setattr(early, "_WARNED", set())
    late = ab.HNL(mass=50 * u.MeV, mixing={"e": 1e-4})  # 0.3 s
    with pytest.warns(ab.ValidityWarning, match="neutrino"):
        point = bbn.abundances(late)
    assert point.flags
    assert point.Yp > 0.26
    cmb = ab.constraints.get("cmb")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # one warning of each kind is enough in a fit
        early._evaluate.cache_clear()
        assert bbn.loglike(late, {}) < bbn.null_loglike - 100.0
        assert cmb.loglike(late, {}) < cmb.null_loglike - 10.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drop = [
            bbn.null_loglike - bbn.loglike(ab.HNL(mass=50 * u.MeV, mixing={"e": x}), {})
            for x in (1e-3, 1e-2)
        ]
        table, direct = (
            np.sqrt(np.diag(c.theory_covariance(late, {})))
            for c in (bbn, ab.constraints.get("bbn", theory="direct"))
        )
    assert 0.0 < drop[0] < 0.2
    assert abs(drop[1]) < 1e-2
    # the table follows standard cosmologies: a tenth of widths far below the measured ones
    assert_allclose(table[:2], direct[:2], rtol=0.1, atol=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"helium": "lbt2020"}, "lbt2026"),
        ({"helium": None, "deuterium": None}, "nothing to compare"),
        ({"marginalise": ("rate",)}, "did you mean 'rates'"),
        ({"sample_rates": ("d(d,n)He",)}, "d\\(d,n\\)He3"),
        ({"omega_b": (0.1, 0.01)}, "outside"),
        ({"tau_n": 880.0}, "give \\(mean, sigma\\)"),
        ({"theory": "exact"}, "'table', 'direct'"),
        ({"deuterium": (-1.0, 0.1)}, "positive"),
        ({"omega_b": ab.Uniform(0.02, 0.03)}, "Normal"),
        ({"rates": "none"}, "known"),
        ({"neutrinos": "none"}, "neutrinos"),
        ({"heliun": "pdg"}, "did you mean 'helium'"),
    ],
)
def test_errors_name_the_remedy(options, message):
    with pytest.raises((ConfigError, DomainError, ValueError), match=message):
        ab.constraints.get("bbn", **options)


def test_priors_outside_the_domain_are_refused_when_the_fit_is_set_up():
    with pytest.raises(ConfigError, match=r"omega_b.*0\.005, 0\.05"):
        ab.Posterior(model=ab.StandardModel, constraints=["bbn"],
                     priors={"omega_b": ab.Uniform(0.001, 0.03)})  # fmt: skip
    with pytest.raises(ConfigError, match="domain"):
        ab.Posterior(model=ab.StandardModel, constraints=["bbn"],
                     priors={"delta_neff": ab.Uniform(-3, 3)})  # fmt: skip
    post = ab.Posterior(model=ab.StandardModel, constraints=["bbn"],
                        priors={"omega_b": ab.Uniform(0.005, 0.05)})  # fmt: skip
    assert np.isfinite(post.loglike(post.coordinates({"omega_b": 0.005, "tau_n": 878.4})))
    # a proposal in the far tail of a normal prior is counted, not raised
    post.failures.clear()
    assert np.isnan(post.terms({"omega_b": 0.03, "tau_n": 700.0})["bbn"])
    assert "tau_n" in post.failures[0][2]
