"""Quadrature rules: exactness on polynomials, known integrals, break points, compiled sums."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit, roots_laguerre

from astrobounds.errors import DomainError
from astrobounds.numerics import quadrature as q
from astrobounds.numerics.jit import kernel


@settings(deadline=None)  # the first example compiles
@given(st.integers(1, 40), st.integers(0, 79), st.floats(-5, 5), st.floats(0.01, 5))
def test_interval_rule_is_exact_to_degree_2n_minus_1(n, degree, a, width):
    degree = min(degree, 2 * n - 1)
    b = a + width
    x, w = q.interval_rule(n, a, b)
    # Scaled so that the integrand stays of order one.
    scale = max(abs(a), abs(b))
    exact = scale * ((b / scale) ** (degree + 1) - (a / scale) ** (degree + 1)) / (degree + 1)
    assert_allclose(w @ (x / scale) ** degree, exact, rtol=0, atol=1e-13 * scale)
    assert np.all((x > a) & (x < b))


@pytest.mark.parametrize("n", [2, 5, 12])
def test_degree_2n_is_not_exact(n):
    x, w = q.gauss_legendre(n)
    assert abs(w @ x ** (2 * n) - 2 / (2 * n + 1)) > 1e-9


@pytest.mark.parametrize("n", [16, 64, 200])
def test_gauss_legendre_against_mpmath(n):
    x, w = q.gauss_legendre(n)
    for i in (0, n // 3, n // 2):
        root = mpmath.findroot(lambda t: mpmath.legendre(n, t), mpmath.mpf(x[i]))
        slope = mpmath.diff(lambda t: mpmath.legendre(n, t), root)
        assert_allclose(x[i], float(root), rtol=0, atol=2e-16)
        # the small weights at the ends lose digits: 1e-12 of 64 nodes, 2e-11 of 200
        assert_allclose(w[i], float(2 / ((1 - root**2) * slope**2)), rtol=1e-15 * n**2, atol=0)


def test_cached_rules_cannot_be_spoiled():
    x, _ = q.gauss_legendre(7)
    x[:] = 0.0
    assert np.abs(q.gauss_legendre(7)[0]).max() > 0.9


def test_break_points_restore_exponential_convergence():
    exact = 2 * (1 - np.cos(1.0)) + 0.3**3 / 3 + 0.7**3 / 3

    def f(x):
        return 2 * np.sin(x) + (x - 0.3) * np.abs(x - 0.3) * np.sign(x - 0.3)

    def kink(x):
        return np.abs(x - 0.3)

    x, w = q.composite_rule(10, [0.0, 0.3, 1.0])
    assert x.size == 20
    assert_allclose(w @ f(x), exact, rtol=0, atol=1e-14)
    assert_allclose(w @ kink(x), 0.29, rtol=0, atol=1e-15)
    x, w = q.interval_rule(20, 0.0, 1.0)
    assert abs(w @ kink(x) - 0.29) > 1e-5


@pytest.mark.parametrize(
    ("f", "exact", "n", "scale", "tol"),
    [
        (lambda x: 1 / (1 + x) ** 4, 1 / 3, 2, 1.0, 1e-14),
        (lambda x: x**3 * np.exp(-x), 6.0, 60, 3.0, 1e-11),
        (lambda x: x**2 * expit(-x), float(1.5 * mpmath.zeta(3)), 80, 3.0, 1e-11),
        (lambda x: x**3 * np.exp(-x) / -np.expm1(-x), np.pi**4 / 15, 80, 3.0, 1e-11),
    ],
)
def test_semi_infinite_algebraic(f, exact, n, scale, tol):
    # The first is a polynomial in t: two nodes are exact.
    x, w = q.semi_infinite_rule(n, 0.0, scale)
    assert_allclose(w @ f(x), exact, rtol=tol, atol=0)


def test_semi_infinite_exponential_is_exact_for_sums_of_exponentials():
    x, w = q.semi_infinite_rule(10, 2.0, 0.5, decay="exponential")
    for k in range(1, 20):
        assert_allclose(w @ np.exp(-2 * k * (x - 2.0)), 0.5 / k, rtol=1e-13, atol=0)


@pytest.mark.parametrize("n", [1, 2, 8, 30, 100])
def test_laguerre_is_exact_and_agrees_with_scipy(n):
    x, w = q.gauss_laguerre(n)
    for degree in range(min(2 * n, 60)):
        exact = float(mpmath.factorial(degree))
        assert_allclose(w @ (x**degree * np.exp(-x)), exact, rtol=2e-12, atol=0)
    nodes, weights = roots_laguerre(n)
    np.testing.assert_allclose(x, nodes, rtol=1e-11)
    keep = weights > 1e-290
    np.testing.assert_allclose((w * np.exp(-x))[keep], weights[keep], rtol=1e-9)


def test_laguerre_of_300_nodes_and_shifted():
    x, w = q.laguerre_rule(300, start=2.0, scale=1.5)
    assert np.all(np.isfinite(w))
    assert np.all(w > 0)
    f = x**2 * expit(-x)
    exact = mpmath.quad(lambda t: t**2 / (mpmath.exp(t) + 1), [2, 10, 50, mpmath.inf])
    assert_allclose(w @ f, float(exact), rtol=1e-12, atol=0)


def test_tanh_sinh_takes_end_point_singularities():
    x, w = q.tanh_sinh_rule(80, 0.0, 1.0)
    assert_allclose(w @ x**-0.5, 2.0, rtol=1e-12, atol=0)
    assert_allclose(w @ np.log(x), -1.0, rtol=1e-12, atol=0)
    assert_allclose(w @ np.sqrt(x * (1 - x)), np.pi / 8, rtol=1e-12, atol=0)
    x, w = q.tanh_sinh_rule(80, -2.0, 3.0)
    assert_allclose(w @ np.exp(x), np.exp(3.0) - np.exp(-2.0), rtol=1e-12, atol=0)
    x, w = q.gauss_legendre(80)
    assert abs(0.5 * w @ (0.5 * (x + 1)) ** -0.5 - 2.0) > 1e-3  # what Gauss makes of the first one


@kernel(q.INTEGRAND_SIGNATURE)
def planck(x, p):
    return x ** p[0] / (np.exp(x) - 1.0)


def test_compiled_integration():
    nodes, weights = q.gauss_legendre(24)
    p = np.array([3.0])
    exact = float(mpmath.quad(lambda t: t**3 / mpmath.expm1(t), [1, 5]))
    assert_allclose(q.integrate_interval(planck, p, 1.0, 5.0, nodes, weights), exact, rtol=1e-13, atol=0)
    x, w = np.empty(24), np.empty(24)
    q.map_interval(1.0, 5.0, nodes, weights, x, w)
    assert_allclose(q.integrate(planck, p, x, w), exact, rtol=1e-13, atol=0)
    assert_allclose(q.weighted_sum(w, x**3 / np.expm1(x)), exact, rtol=1e-13, atol=0)
    assert_allclose(q.integrate_interval(planck, p, 5.0, 1.0, nodes, weights), -exact, rtol=1e-13, atol=0)


def test_wrong_requests():
    for n in (0, -3, 2.5):
        with pytest.raises(DomainError, match="whole number"):
            q.gauss_legendre(n)
    with pytest.raises(DomainError, match="300"):
        q.gauss_laguerre(301)
    with pytest.raises(DomainError, match="exponential"):
        q.semi_infinite_rule(5, decay="power")
