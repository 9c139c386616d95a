"""Convergence, limits with their prior, warnings, and what other programs read."""

import csv
import io

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from toys import Gaussian

import astrobounds as ab
from astrobounds.errors import ConfigError, DataError
from astrobounds.inference.convergence import autocorrelation_times, split_r_hat
from astrobounds.inference.limits import alternatives, weighted_quantile

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}


@pytest.fixture(scope="module")
def chain():
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian()])
    return ab.sample(post, walkers=24, steps=2500, progress=False, seed=4)


# -- convergence -----------------------------------------------------------------------------------
def ar1(rho, steps, walkers, rng):
    out = np.empty((steps, walkers, 1))
    x = rng.standard_normal(walkers)
    for i in range(steps):
        x = rho * x + np.sqrt(1 - rho * rho) * rng.standard_normal(walkers)
        out[i, :, 0] = x
    return out


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_autocorrelation_of_a_known_process(rho):
    """An AR(1) process has tau = (1 + rho)/(1 - rho)."""
    found = autocorrelation_times(ar1(rho, 6000, 30, np.random.default_rng(2)))
    assert_allclose(found, (1 + rho) / (1 - rho), rtol=0.08)


def test_split_r_hat_is_one_for_equal_walkers_and_sees_shifts_and_drifts():
    rng = np.random.default_rng(1)
    good = rng.standard_normal((2000, 16, 1))
    assert_allclose(split_r_hat(good), 1.0, rtol=2e-3)
    shifted = good + np.where(np.arange(16) < 8, 0.0, 1.0)[None, :, None]
    assert split_r_hat(shifted)[0] > 1.1
    drift = good + np.linspace(0.0, 2.0, 2000)[:, None, None]
    assert split_r_hat(drift)[0] > 1.1
    assert np.isnan(split_r_hat(good[:6])).all()


def test_split_r_hat_by_its_definition():
    """Two short walkers, by hand: ranks to normal scores, then variances."""
    first, second = [0.1, 0.4, 0.9, 0.2, 0.5, 1.5, 0.8, 1.0], [1.2, 0.3, 2.0, 1.1, 0.7, 0.6, 0.05, 0.35]
    x = np.column_stack([first, second])
    pieces = np.concatenate([x[:4], x[4:]], axis=1)
    z = stats.norm.ppf((stats.rankdata(pieces).reshape(4, 4) - 0.375) / 16.25)
    within = np.mean([np.var(z[:, k], ddof=1) for k in range(4)])
    between = 4 * np.var(z.mean(axis=0), ddof=1)
    assert_allclose(split_r_hat(x[:, :, None]), np.sqrt((0.75 * within + between / 4) / within), rtol=1e-12)


def test_a_chain_reports_how_it_converged(chain):
    seen = chain.convergence()
    assert seen.worries == []
    assert_allclose(seen.r_hat, 1.0, rtol=0.01)
    assert np.all(seen.effective > 500)
    assert sum(p for _, p in seen.moves.values()) == 24 * len(chain.coordinates)
    assert sum(a for a, _ in seen.moves.values()) == chain.accepted.sum()
    text = chain.summary()
    for word in ("split R-hat", "effective samples", "acceptance by move: differential evolution",
                 "nothing speaks against", "LogUniform(10 MeV, 1000 MeV)"):  # fmt: skip
        assert word in text
    assert seen.to_dict()["parameters"]["mass"]["effective"] > 500


def test_a_short_chain_is_told_apart():
    short = ab.sample(ab.Posterior(ab.HNL, PRIORS, [Gaussian()]), walkers=8, steps=40, progress=False)
    assert any("autocorrelation times" in line for line in short.convergence().worries)
    assert "warning: " in short.summary()


# -- limits and priors -----------------------------------------------------------------------------
def test_a_limit_names_its_prior(chain):
    limit = chain.limit("mixing.tau", 0.9)
    assert limit.value == chain.upper_limit("mixing.tau")
    assert_allclose(np.log10(float(limit)), -6 + stats.norm.ppf(0.9) * 0.5, atol=0.05, rtol=0)
    assert "prior LogUniform(1e-10, 0.01)" in str(limit)
    assert "profile, no prior" in str(chain.limit("mixing.tau", method="delta-chi2"))


def test_prior_dependence_against_the_exact_quantiles(chain):
    """A Gaussian in log10 of width s times x^p shifts by p ln(10) s^2 (base: flat in log10)."""
    found = chain.prior_dependence("mixing.tau", 0.9)
    spread, mean = 0.5, -6.0
    assert list(found)[1:] == ["log-uniform", "uniform in |U_tau|^2", "uniform in U_tau"]
    for words, power in (("log-uniform", 0.0), ("uniform in |U_tau|^2", 1.0), ("uniform in U_tau", 0.5)):
        want = mean + power * np.log(10.0) * spread**2 + stats.norm.ppf(0.9) * spread
        assert_allclose(np.log10(float(found[words])), want, atol=0.1, rtol=0)
        assert found[words].prior == words
    assert_allclose(float(found["log-uniform"]), chain.upper_limit("mixing.tau"), rtol=0.01)
    assert found["uniform in |U_tau|^2"].effective < found["uniform in U_tau"].effective
    assert found.spread > 2.0
    assert str(found).count("\n") == 3


def test_amplitudes_have_other_alternatives():
    assert alternatives("dipole.mu", 2) == {
        "log-uniform": -1.0, "uniform in dipole.mu^2": 1.0, "uniform in dipole.mu": 0.0,
    }  # fmt: skip


def test_weighted_quantiles_of_a_known_density():
    x = np.random.default_rng(3).random(200_000)  # weight x: distribution function x^2
    assert_allclose(weighted_quantile(x, x, 0.9), np.sqrt(0.9), rtol=2e-3)


@pytest.mark.parametrize(("ask", "message"), [
    (lambda c: c.credible_region("mass", cl=90), "between 0 and 1"),
    (lambda c: c.upper_limit("mass", cl="0.9"), "between 0 and 1"),
    (lambda c: c.upper_limit("mass", cl=np.array([0.9])), "between 0 and 1"),
    (lambda c: c.limits_by("mass", "mixing.tau", [1, 2], cl=2), "between 0 and 1"),
    (lambda c: c.upper_limit("mass", method=["bayesian"]), "allowed: 'bayesian'"),
    (lambda c: c.upper_limit("mass", where=3), "a mapping"),
    (lambda c: c.upper_limit("mass", where={"mass": 3}), "not a pair"),
    (lambda c: c.upper_limit("mass", where={"mass": (1 * u.km, 2 * u.km)}), "given in cm"),
    (lambda c: c.upper_limit("mass", where={"mass": (5.0, 6.0)}), "no sample lies"),
    (lambda c: c.prior_dependence("mas"), "did you mean 'mass'"),
    (lambda c: c.values(["mass"]), "no parameter"),
    (lambda c: c.cite(""), "name of a file"),
])  # fmt: skip
def test_bad_questions_to_a_chain(chain, ask, message):
    with pytest.raises(ConfigError, match=message):
        ask(chain)


# -- warnings --------------------------------------------------------------------------------------
class Band:
    """Excluded between two |U_tau|^2, allowed below and far above."""

    name, references, nuisances, null_loglike = "band", (), {}, 0.0

    def __init__(self, low=1e-7, high=1e-5):
        self.low, self.high = low, high

    def predict(self, model):
        return {}

    def loglike(self, model, nuisance):
        return -20.0 if self.low < model.mixing["tau"] < self.high else 0.0


def test_posterior_mass_above_an_excluded_band_is_said():
    chain = ab.sample(ab.Posterior(ab.HNL, PRIORS, [Band()]), walkers=16, steps=400, progress=False)
    (line,) = chain.warnings
    share = float(line.partition(" %")[0]) / 100.0
    assert_allclose(share, 0.5, atol=0.15, rtol=0)  # 3 of 6 allowed decades
    assert "gap between constraints" in line
    assert line in chain.summary()
    nothing = ab.Posterior(ab.HNL, PRIORS, [Band(1e-30, 1e-29)])
    free = ab.sample(nothing, walkers=16, steps=50, progress=False)
    assert free.warnings == ()


def test_a_prior_that_is_excluded_everywhere_is_said(caplog):
    post = ab.Posterior(ab.HNL, PRIORS, [Band(1e-12, 1.0)])
    chain = ab.sample(post, walkers=16, steps=50, progress=False)
    assert chain.warnings[0].startswith("every point of the prior is excluded at 90 %")
    grid = ab.scan(post, shape=(3, 3), progress=False)
    assert grid.all_excluded
    assert "every point of the scan is excluded" in caplog.text


# -- other programs --------------------------------------------------------------------------------
def test_tables_carry_units(chain):
    table = chain.to_table()
    assert table["mass"].unit == u.MeV
    assert table["mixing.tau"].unit is None
    assert_array_equal(table["mixing.tau"], chain.values("mixing.tau"))
    grid = ab.scan(ab.Posterior(ab.HNL, PRIORS, [Gaussian()]), shape=(4, 5), progress=False)
    table = grid.to_table()
    assert len(table) == 20
    assert table["mass"].unit == u.MeV
    assert_allclose(table["delta_chi2"], -2 * table["lnL gaussian"], rtol=1e-12)  # null is the best


def test_getdist_reads_the_chain(chain):
    pytest.importorskip("getdist")
    samples = chain.to_getdist()
    assert samples.getParamNames().list() == ["mass", "mixing_tau"]
    assert_allclose(samples.mean("mixing_tau"), -6.0, atol=0.05, rtol=0)
    assert_allclose(samples.std("mixing_tau"), 0.5, rtol=0.1)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_arviz_reads_the_chain(chain):
    pytest.importorskip("arviz")
    data = chain.to_arviz()
    assert data["posterior"]["mass"].shape == (24, len(chain.coordinates) - chain.burn_in)
    assert_array_equal(data["posterior"]["mass"].values.T.ravel(), chain.values("mass"))
    assert "lp" in data["sample_stats"]


def test_contours_write_hepdata_tables(tmp_path):
    import yaml

    grid = ab.scan(ab.Posterior(ab.HNL, PRIORS, [Gaussian()]), shape=(41, 41), progress=False)
    contours = grid.contours(0.9, "gaussian", rule="delta-chi2")
    assert contours.to_hepdata(tmp_path / "c.yaml") == tmp_path / "c.yaml"
    table = yaml.safe_load((tmp_path / "c.yaml").read_text())
    piece, mass = (c["values"] for c in table["independent_variables"])
    (mixing,) = table["dependent_variables"]
    assert table["independent_variables"][1]["header"] == {"name": "mass", "units": "MeV"}
    assert {q["name"]: q["value"] for q in mixing["qualifiers"]} == {
        "confidence level": 0.9, "rule": "delta-chi2", "constraint": "gaussian",
    }  # fmt: skip
    line = np.concatenate(contours)
    assert_allclose([v["value"] for v in mass], line[:, 0], rtol=1e-15)
    assert_allclose([v["value"] for v in mixing["values"]], line[:, 1], rtol=1e-15)
    assert len(piece) == len(line)
    contours.to_hepdata(tmp_path / "c.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "c.csv").read_text())))
    assert rows[3] == ["contour", "mass [MeV]", "mixing.tau"]
    assert_allclose(np.array(rows[4:], dtype=float)[:, 1:], line, rtol=1e-15)
    for bad in ("c.txt", "nowhere/c.csv", "", 3):
        with pytest.raises((ConfigError, DataError)):
            contours.to_hepdata(bad)
