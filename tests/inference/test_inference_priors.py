"""Priors integrate to one, in the value and in the sampler's coordinate."""

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds.errors import ConfigError

PRIORS = [
    ab.Uniform(-3.0, 5.0), ab.LogUniform(1e-12, 1e-2), ab.LogUniform(10 * u.MeV, 0.5 * u.GeV),
    ab.Normal(878.4, 0.5), ab.Uniform(1 * u.MeV, 3 * u.MeV),
]  # fmt: skip


@pytest.mark.parametrize("prior", PRIORS, ids=repr)
def test_priors_integrate_to_one(prior):
    low, high = prior.support
    if prior.label:  # a logarithmic variable for the integrator only
        total = quad(lambda t: np.exp(prior.logpdf(np.exp(t)) + t), np.log(low), np.log(high))[0]
    else:
        total = quad(lambda x: np.exp(prior.logpdf(x)), low, high, epsabs=0)[0]
    assert_allclose(total, 1.0, rtol=0, atol=1e-6)
    a, b = prior.coordinate(low), prior.coordinate(high)
    total = quad(lambda y: np.exp(prior.logpdf_coordinate(y)), a, b, epsabs=0)[0]
    assert_allclose(total, 1.0, rtol=0, atol=1e-6)


@pytest.mark.parametrize("prior", PRIORS, ids=repr)
def test_quantiles_and_draws_follow_the_density(prior):
    from scipy.stats import kstest

    draws = prior.sample(np.random.default_rng(1), 4000)
    quantile = np.array([quad(lambda y: np.exp(prior.logpdf_coordinate(y)),
                              prior.coordinate(prior.support[0]), prior.coordinate(x))[0]
                         for x in draws[:400]])  # fmt: skip
    assert kstest(quantile, "uniform").pvalue > 1e-3
    assert_allclose(prior.value(prior.coordinate(draws)), draws, rtol=1e-12, atol=0)
    assert prior.support[0] < prior.center < prior.support[1]


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-20, 1e3), st.floats(1.001, 1e15))
def test_log_uniform_is_flat_in_log10(low, ratio):
    prior = ab.LogUniform(low, low * ratio)
    inside = np.log10(low) + np.array([0.1, 0.5, 0.9]) * np.log10(ratio)
    values = prior.logpdf_coordinate(inside)
    assert np.ptp(values) == 0.0
    assert prior.logpdf(low * ratio * 1.01) == -np.inf
    assert prior.logpdf(low * 0.99) == -np.inf


@pytest.mark.parametrize(("build", "message"), [
    (lambda: ab.Uniform(2, 1), "increasing"),
    (lambda: ab.LogUniform(0, 1), "above zero"),
    (lambda: ab.LogUniform(-1, 1), "above zero"),
    (lambda: ab.Normal(0, 0), "positive"),
    (lambda: ab.Normal(0, np.nan), "positive"),
    (lambda: ab.Uniform(1 * u.MeV, 2), "give both the same"),
    (lambda: ab.LogUniform("1e-8", 1), r"write 1\.0e-8"),
    (lambda: ab.Uniform(1 * u.kg, 2 * u.m), "no prior in unit m|no prior in unit kg|give both"),
    (lambda: ab.Uniform(True, 2), "not a number"),
])  # fmt: skip
def test_bad_priors(build, message):
    with pytest.raises(ConfigError, match=message):
        build()


def test_value_equality():
    assert ab.LogUniform(1e-3, 1.0) == ab.LogUniform(1e-3, 1.0)
    assert ab.LogUniform(1e-3, 1.0) != ab.Uniform(1e-3, 1.0)
    assert len({ab.Normal(0, 1), ab.Normal(0, 1)}) == 1
