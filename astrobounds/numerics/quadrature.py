"""Fixed-node quadrature: nodes and weights once, then every integral is one weighted sum.

A rule is a pair of arrays (nodes, weights). The Python functions make rules (the standard ones are
cached); the kernels map a rule on [-1, 1] to an interval found at run time, and sum.
"""

from functools import lru_cache
from itertools import pairwise
from math import ceil

import numpy as np
from numba import types

from ..errors import DomainError
from .jit import kernel

#: ``f(x, params)``, a compiled integrand ``@kernel(INTEGRAND_SIGNATURE)`` for `integrate`.
INTEGRAND_SIGNATURE = "f8(f8, f8[::1])"
_V = types.Array(types.float64, 1, "C")
INTEGRAND_TYPE = types.FunctionType(types.float64(types.float64, _V))


def gauss_legendre(n):
    """Return the Gauss-Legendre rule on [-1, 1], exact to degree 2n - 1.

    Parameters
    ----------
    n : int
        Number of nodes, at least 1.

    Returns
    -------
    nodes, weights : ndarray, shape (n,)
        Fresh copies of the cached rule.

    References
    ----------
    Golub & Welsch, Math. Comp. 23 (1969) 221, doi:10.1090/S0025-5718-69-99647-1.
    """
    return _copies(_gauss_legendre, n)


def _copies(rule, n):
    """Fresh copies: a caller may write into them, and kernels want writable arrays."""
    if n != int(n) or n < 1:
        raise DomainError(f"n={n} nodes: a whole number of at least 1 is needed")
    x, w = rule(int(n))
    return x.copy(), w.copy()


@lru_cache(maxsize=64)
def _gauss_legendre(n):
    return np.polynomial.legendre.leggauss(n)


def interval_rule(n, a, b):
    """Return the Gauss-Legendre rule of `n` nodes on [a, b].

    Returns
    -------
    nodes, weights : ndarray, shape (n,)
    """
    x, w = gauss_legendre(n)
    half = 0.5 * (b - a)
    return a + half * (x + 1.0), half * w


def composite_rule(n, breaks):
    """Return Gauss-Legendre rules of `n` nodes on each interval between break points, joined.

    Put the kinks and thresholds of the integrand into `breaks`: then convergence stays exponential.

    Parameters
    ----------
    n : int
        Nodes for each of the intervals.
    breaks : array_like, shape (m + 1,)
        Ordered break points with both ends.

    Returns
    -------
    nodes, weights : ndarray, shape (m n,)
    """
    parts = [interval_rule(n, a, b) for a, b in pairwise(breaks)]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def semi_infinite_rule(n, start=0.0, scale=1.0, decay="algebraic"):
    """Return a rule for [start, infinity), mapped from Gauss-Legendre on [-1, 1].

    Parameters
    ----------
    n : int
    start, scale : float
        Half of the nodes lie below ``start + scale`` (algebraic), ``start + scale ln 2``
        (exponential).
    decay : {"algebraic", "exponential"}
        x = start + scale (1+t)/(1-t) for integrands that fall like a power or an exponential, or
        x = start - scale ln((1-t)/2) for integrands that are exp(-x/scale) times a polynomial in
        exp(-x/scale).

    Returns
    -------
    nodes, weights : ndarray, shape (n,)
    """
    t, w = gauss_legendre(n)
    if decay == "algebraic":
        return start + scale * (1.0 + t) / (1.0 - t), w * 2.0 * scale / (1.0 - t) ** 2
    if decay == "exponential":
        return start - scale * np.log(0.5 * (1.0 - t)), w * scale / (1.0 - t)
    raise DomainError(f"decay={decay!r}: allowed are 'algebraic' and 'exponential'")


def gauss_laguerre(n):
    """Return the Gauss-Laguerre rule with the weight exp(-x) taken out.

    The integral of f over [0, infinity) is ``weights @ f(nodes)``, exact for exp(-x) times a
    polynomial to degree 2n - 1. The usual weights are ``weights * exp(-nodes)``; the ones here do
    not underflow, so n can reach about 300.

    Parameters
    ----------
    n : int
        Number of nodes, 1 to 300.

    Returns
    -------
    nodes, weights : ndarray, shape (n,)
        Fresh copies of the cached rule.

    References
    ----------
    Golub & Welsch, Math. Comp. 23 (1969) 221, doi:10.1090/S0025-5718-69-99647-1.
    """
    if n > 300:
        raise DomainError(f"n={n} nodes: allowed are 1 to 300; use semi_infinite_rule beyond")
    return _copies(_gauss_laguerre, n)


@lru_cache(maxsize=64)
def _gauss_laguerre(n):
    k = np.arange(n)
    off = np.arange(1.0, n)
    x = np.linalg.eigvalsh(np.diag(2.0 * k + 1.0) + np.diag(off, 1) + np.diag(off, -1))
    for _ in range(3):
        value, previous, _ = _laguerre_functions(n, x)
        # x L_n' = n (L_n - L_{n-1}); the common factor exp(-x/2) drops out of the ratio.
        x = x - value * x / (n * (value - previous))
    return x, 1.0 / _laguerre_functions(n, x)[2]


def _laguerre_functions(n, x):
    """Return l_n, l_{n-1} and sum_{k<n} l_k^2 of l_k = exp(-x/2) L_k, by the upward recurrence."""
    previous, value = np.zeros_like(x), np.exp(-0.5 * x)
    total = np.zeros_like(x)
    for k in range(n):
        total += value**2
        previous, value = value, ((2 * k + 1 - x) * value - k * previous) / (k + 1)
    return value, previous, total


def laguerre_rule(n, start=0.0, scale=1.0):
    """Return the Gauss-Laguerre rule for [start, infinity) and integrands like exp(-x/scale).

    Returns
    -------
    nodes, weights : ndarray, shape (n,)
    """
    x, w = gauss_laguerre(n)
    return start + scale * x, scale * w


def tanh_sinh(n):
    """Return the tanh-sinh rule of about `n` nodes on [-1, 1], as distances from the nearer end.

    Returns
    -------
    distance, weights : ndarray, shape (m,), m = n or n + 1
        The node of entry i is ``-1 + distance[i]`` in the first half of the arrays and
        ``1 - distance[i]`` in the second: no digit is lost at an end-point singularity.

    References
    ----------
    Takahasi & Mori, Publ. RIMS 9 (1974) 721, doi:10.2977/prims/1195192451.
    """
    return _copies(_tanh_sinh, n)


@lru_cache(maxsize=64)
def _tanh_sinh(n):
    half = ceil(n / 2)
    # At |t| = 4.5 the distance 1 - |x| is 1e-61: the sum is cut there.
    step = 4.5 / half
    t = (np.arange(half) + 0.5) * step
    u = 0.5 * np.pi * np.sinh(t)
    distance = 2.0 / (1.0 + np.exp(2.0 * u))
    weight = step * 0.5 * np.pi * np.cosh(t) / np.cosh(u) ** 2
    both = np.concatenate([distance[::-1], distance])
    return both, np.concatenate([weight[::-1], weight])


def tanh_sinh_rule(n, a, b):
    """Return the tanh-sinh rule on [a, b] for integrands with end-point singularities.

    Nodes that would round to an end point are left out. A singularity is best put at an end
    that is zero, where floating-point numbers lie densely.

    Returns
    -------
    nodes, weights : ndarray, shape (m,), m <= n + 1
    """
    distance, weight = tanh_sinh(n)
    half = 0.5 * (b - a)
    m = distance.size // 2
    x = np.concatenate([a + half * distance[:m], b - half * distance[m:]])
    inside = (x != a) & (x != b)
    return x[inside], half * weight[inside]


@kernel
def map_interval(a, b, nodes, weights, x, w):
    """x = a + (b-a)(t+1)/2, w = W (b-a)/2: a rule (t, W) on [-1, 1] written into x, w."""
    half = 0.5 * (b - a)
    for i in range(nodes.size):
        x[i] = a + half * (nodes[i] + 1.0)
        w[i] = half * weights[i]


@kernel
def weighted_sum(weights, values):
    """sum_i w_i f_i."""
    total = 0.0
    for i in range(weights.size):
        total += weights[i] * values[i]
    return total


@kernel(types.float64(INTEGRAND_TYPE, _V, _V, _V))
def integrate(f, params, nodes, weights):
    """sum_i w_i f(x_i) for a compiled integrand and any rule."""
    total = 0.0
    for i in range(nodes.size):
        total += weights[i] * f(nodes[i], params)
    return total


@kernel(types.float64(INTEGRAND_TYPE, _V, types.float64, types.float64, _V, _V))
def integrate_interval(f, params, a, b, nodes, weights):
    """Integral of f over [a, b] with a standard rule (nodes, weights) on [-1, 1]."""
    half = 0.5 * (b - a)
    total = 0.0
    for i in range(nodes.size):
        total += weights[i] * f(a + half * (nodes[i] + 1.0), params)
    return half * total
