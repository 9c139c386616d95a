"""The Gaussian of the cosmic microwave background, alone and together with nucleosynthesis."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import references
from astrobounds.constraints.cmb import summaries
from astrobounds.constraints.protocol import Constraint
from astrobounds.errors import ConfigError


@pytest.mark.parametrize("name", summaries())
def test_every_summary_is_a_proper_gaussian(name):
    cmb = ab.constraints.get("cmb", data=name)
    assert isinstance(cmb, Constraint)
    assert np.all(np.linalg.eigvalsh(cmb.covariance) > 0.0)
    for key in references.collect(cmb):
        assert references.bibtex(key)
    assert name in cmb.describe()[0]
    assert cmb.null_loglike <= 0.0


def test_loglike_is_chi2_of_the_named_numbers():
    model, nuisance = ab.StandardModel(0.5), {"omega_b": 0.0226, "tau_n": 878.4}
    out = ab.cosmology.bbn(omega_b=0.0226, delta_neff=0.5)
    for name, value, mean, sigma in (
        ("act2025", out.Neff, 2.86, 0.13), ("act2025-helium", out.Yp_cmb, 0.2312, 0.0092),
    ):  # fmt: skip
        expected = -0.5 * ((value - mean) / sigma) ** 2
        found = ab.constraints.get("cmb", data=name).loglike(model, nuisance)
        assert_allclose(found, expected, rtol=1e-12, atol=0)
    r = (np.array([0.0226, out.Neff, out.Yp]) - [0.02225, 2.89, 0.246]) / [0.00022, 0.31, 0.018]
    rho = np.array([[1, 0.40, 0.18], [0.40, 1, -0.69], [0.18, -0.69, 1]])
    found = ab.constraints.get("cmb").loglike(model, nuisance)
    assert_allclose(found, -0.5 * r @ np.linalg.solve(rho, r), rtol=1e-12, atol=0)


def test_marginalised_omega_b_is_the_integral_over_it():
    full = ab.constraints.get("cmb")
    short = ab.constraints.get("cmb", marginalise="omega_b")
    assert short.nuisances == {}
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    x = full.covariance
    for extra in (-0.4, 0.6):
        model = ab.StandardModel(extra)
        point = full._point(model, {"omega_b": 0.02237})
        rest = np.array([point["neff"], point["helium"]]) - full.mean[1:]
        # integrate exp(lnL) over omega_b at fixed N_eff and helium
        center = full.mean[0] + x[0, 1:] @ np.linalg.solve(x[1:, 1:], rest)
        sigma = np.sqrt(x[0, 0] - x[0, 1:] @ np.linalg.solve(x[1:, 1:], x[1:, 0]))
        def lnl(w, rest=rest):
            r = np.concatenate([[w - full.mean[0]], rest])
            return -0.5 * r @ full._weight @ r
        values = np.array([lnl(center + sigma * n) + 0.5 * n * n for n in nodes])
        integral = np.log(np.sum(weights * np.exp(values)) / np.sqrt(2 * np.pi))
        assert_allclose(short.loglike(model, {}), integral, rtol=1e-9, atol=0)


def test_fully_marginalised_constraints_share_their_points():
    from astrobounds.constraints import early

    bbn = ab.constraints.get("bbn", marginalise=("rates", "tau_n", "omega_b"))
    cmb = ab.constraints.get("cmb", marginalise="omega_b")
    early._evaluate.cache_clear()
    bbn.loglike(ab.StandardModel(0.123), {})
    cmb.loglike(ab.StandardModel(0.123), {})
    assert early._evaluate.cache_info().misses == 1


def test_the_measured_density_is_counted_once():
    both = ab.Posterior(model=ab.StandardModel, constraints=["bbn", "cmb"],
                        priors={"delta_neff": ab.Uniform(-1, 1)})  # fmt: skip
    assert both.priors["omega_b"] == ab.Uniform(0.02225 - 0.0022, 0.02225 + 0.0022)
    alone = ab.Posterior(model=ab.StandardModel, constraints=["bbn"],
                         priors={"delta_neff": ab.Uniform(-1, 1)})  # fmt: skip
    assert alone.priors["omega_b"] == ab.Normal(0.02237, 0.00015)
    without = ab.Posterior(model=ab.StandardModel, constraints=["bbn", {"cmb": {"data": "act2025"}}],
                           priors={"delta_neff": ab.Uniform(-1, 1)})  # fmt: skip
    assert without.priors["omega_b"] == ab.Normal(0.02237, 0.00015)


def test_errors():
    with pytest.raises(ConfigError, match="did you mean 'planck2018'"):
        ab.constraints.get("cmb", data="plank2018")
    with pytest.raises(ConfigError, match="allowed: 'omega_b'"):
        ab.constraints.get("cmb", marginalise="neff")
    with pytest.raises(ConfigError, match="already contains"):
        ab.Posterior(model=ab.StandardModel, priors={"delta_neff": ab.Uniform(-1, 1)},
                     constraints=["bbn", {"cmb": {"data": "goldstein2026"}}])  # fmt: skip


def moments(constraints, omega_b, neff, n=15):
    """Means, standard deviations and correlation of (omega_b, N_eff) on a grid, flat priors."""
    x, y = np.linspace(*omega_b, n), np.linspace(*neff, n)
    lnl = np.array([
        [sum(c.loglike(ab.StandardModel(b - 3.044), {"omega_b": a}) for c in constraints) for b in y]
        for a in x
    ])  # fmt: skip
    p = np.exp(lnl - lnl.max())
    p /= p.sum()
    X, Y = np.meshgrid(x, y, indexing="ij")
    mean = np.array([(p * X).sum(), (p * Y).sum()])
    cov = np.array([[(p * (a - m) * (b - k)).sum() for b, k in ((X, mean[0]), (Y, mean[1]))]
                    for a, m in ((X, mean[0]), (Y, mean[1]))])  # fmt: skip
    sigma = np.sqrt(np.diag(cov))
    return mean, sigma, cov[0, 1] / sigma.prod()


@pytest.fixture(scope="module")
def nucleosynthesis():
    return ab.constraints.get("bbn", marginalise=("rates", "tau_n"))


def test_combination_agrees_with_an_independent_gaussian(nucleosynthesis):
    """BBN + CMB by linear algebra with logarithmic derivatives against the grid posterior."""
    out = ab.cosmology.bbn(omega_b=0.0222, delta_neff=-0.04)
    slope = out.sensitivities(reactions=())
    jac = np.array([
        [slope["omega_b"][x] / 0.0222, slope["Neff"][x] / out.Neff] for x in ("Yp", "DH")
    ])  # fmt: skip
    jac *= np.array([[out.Yp], [out.DH]])
    import astropy.units as u

    theory = ab.cosmology.theory_covariance(omega_b=0.0222, delta_neff=-0.04, sigma_tau_n=0.5 * u.s)
    weight = np.linalg.inv(theory.covariance[:2, :2] + np.diag([0.0013, 0.30e-6]) ** 2)
    here = np.array([0.0222, out.Neff])
    fisher = jac.T @ weight @ jac
    right = jac.T @ weight @ (np.array([0.2458, 25.27e-6]) - [out.Yp, out.DH] + jac @ here)
    sigma = np.array([0.00022, 0.31, 0.018])
    rho = np.array([[1, 0.40, 0.18], [0.40, 1, -0.69], [0.18, -0.69, 1]])
    cmb = np.linalg.inv(rho * np.outer(sigma, sigma))
    three = np.vstack([np.eye(2), jac[0]])
    fisher += three.T @ cmb @ three
    offset = np.array([0.0, 0.0, out.Yp - jac[0] @ here])
    right += three.T @ cmb @ (np.array([0.02225, 2.89, 0.246]) - offset)
    mean = np.linalg.solve(fisher, right)
    covariance = np.linalg.inv(fisher)

    both = [nucleosynthesis, ab.constraints.get("cmb")]
    found, width, rho = moments(both, (0.0215, 0.0229), (2.62, 3.38))
    expected = np.sqrt(np.diag(covariance))
    # what a linear model leaves out: a tenth of a standard deviation
    assert_allclose(np.abs(found - mean) / expected, [0, 0], rtol=0, atol=0.1)
    assert_allclose(width, expected, rtol=0.02, atol=0)
    assert_allclose(rho, covariance[0, 1] / expected.prod(), rtol=0, atol=0.02)
