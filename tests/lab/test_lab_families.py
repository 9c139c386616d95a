"""Likelihood families: values at the limit, calibration, counting experiments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.optimize import brentq

from astrobounds.errors import ConfigError, DomainError
from astrobounds.lab.families import (
    Counting,
    FeldmanCousins,
    HalfGaussian,
    Poisson,
    Step,
    family,
    signal_limit,
)
from astrobounds.lab.kernels import family_lnl


@pytest.mark.parametrize(
    ("law", "cl", "minus_two_lnl"),
    [
        (Poisson(), 0.90, 4.605170),
        (FeldmanCousins(), 0.90, 4.88),
        (FeldmanCousins(), 0.95, 6.18),
        (HalfGaussian(1), 0.90, 1.642375),
        (HalfGaussian(2), 0.90, 2.705543),
    ],
)
def test_value_at_the_limit(law, cl, minus_two_lnl):
    assert_allclose(-2 * law.lnl(1.0, cl), minus_two_lnl, rtol=1e-6, atol=0)


def test_signal_numbers():
    assert_allclose(signal_limit(0.90), 2.302585, rtol=1e-6, atol=0)
    assert_allclose(signal_limit(0.95), 2.995732, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("n", "b", "s90", "s95"),
    [
        (3, 3.0, 4.36239, 5.39545),
        (1, 0.3, 3.63697, 4.48940),
        (10, 10.0, 6.63019, 8.08253),
        (0, 7.7, 2.30259, 2.99573),
    ],
)
def test_counting_limits(n, b, s90, s95):
    assert_allclose(signal_limit(0.90, n, b), s90, rtol=0, atol=1e-5)
    assert_allclose(signal_limit(0.95, n, b), s95, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("n", "b"), [(3, 3.0), (1, 0.3), (10, 10.0)])
def test_counting_limit_is_the_flat_prior_quantile(n, b):
    """Independent of the gamma function: integrate the likelihood."""

    def like(s):
        return np.exp(Counting(n, b).lnl(s / signal_limit(0.9, n, b), 0.9))

    total = quad(like, 0, 200, epsabs=0, epsrel=1e-10, points=[1, 5, 20])[0]
    below = quad(like, 0, signal_limit(0.9, n, b), epsabs=0, epsrel=1e-10)[0]
    assert_allclose(below / total, 0.9, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("law", "cl", "n", "content"),
    [
        (Poisson(), 0.90, 1, 0.900000),
        (Poisson(), 0.95, 1, 0.950000),
        (Poisson(), 0.90, 2, 0.968124),
        (HalfGaussian(1), 0.90, 1, 0.800000),
        (HalfGaussian(2), 0.90, 1, 0.900000),
        (HalfGaussian(1), 0.90, 2, 0.910674),
        (FeldmanCousins(), 0.90, 1, 0.912839),
    ],
)
def test_posterior_content_below_the_limit(law, cl, n, content):
    """Flat prior in U^2 >= 0."""

    def like(x):
        return np.exp(law.lnl(x**n, cl))

    below, above = quad(like, 0, 1)[0], quad(like, 1, 60, points=[2, 5])[0]
    assert_allclose(below / (below + above), content, rtol=0, atol=1e-6)


def test_log_uniform_prior_moves_the_limit():
    """Prior uniform in ln x from 1e-4: the 90 % upper limit is at x = 0.155127."""

    def mass(a, b):
        return quad(lambda t: np.exp(Poisson().lnl(np.exp(t), 0.9)), np.log(a), np.log(b))[0]

    total = mass(1e-4, 50.0)
    limit = brentq(lambda x: mass(1e-4, x) - 0.9 * total, 1e-3, 1.0)
    assert_allclose(limit, 0.155127, rtol=1e-4, atol=0)
    assert mass(1e-4, 1.0) / total > 0.995 - 2e-4


@pytest.mark.parametrize(("n", "x"), [(1, 0.588469), (2, 0.767117)])
def test_delta_chi2_contour(n, x):
    assert_allclose(-2 * Poisson().lnl(x**n, 0.9), 2.71, rtol=5e-6, atol=0)


@settings(deadline=None)  # the first example compiles the kernel
@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_no_plateau_and_kernel_agrees(y1, y2):
    for law in (Poisson(), HalfGaussian(), Counting(0, 2.0), Counting(3, 2.0)):
        for y in (y1, y2):
            compiled = family_lnl(law.code, y, *law.parameters(0.9))
            assert_allclose(compiled, law.lnl(y, 0.9), rtol=1e-12, atol=0)
    low, high = sorted((y1, y2))
    if high > low * (1 + 1e-9) + 1e-9:
        assert Poisson().lnl(high, 0.9) < Poisson().lnl(low, 0.9)


def test_step_only_on_request():
    assert family("step") == Step()
    assert Step().lnl(1.0, 0.9) == 0.0
    assert Step().lnl(1.0001, 0.9) == -np.inf
    assert family_lnl(Step.code, 2.0, 1.0, 0.0, 0.0) == -np.inf
    assert family_lnl(Step.code, 0.5, 1.0, 0.0, 0.0) == 0.0
    assert family("poisson") == Poisson()


def test_wrong_choices_are_errors():
    with pytest.raises(ConfigError, match="poisson, feldman-cousins"):
        family("gauss")
    with pytest.raises(ConfigError, match=r"0\.90 and 0\.95"):
        FeldmanCousins().parameters(0.99)
    with pytest.raises(DomainError, match="background"):
        Counting(3, 0.0)
    with pytest.raises(DomainError, match="not an integer"):
        signal_limit(0.9, 1.5, 1.0)
    with pytest.raises(ConfigError, match="sided"):
        HalfGaussian(3)
