"""Time and error of the compiled solvers beside scipy's: ``python benchmarks/bench_numerics.py``.

Two problems: a stiff nuclear-like network of ten species in a chain of two-body reactions whose
rates fall with the time (Rodas4 and scipy's Radau, BDF and LSODA with the same Jacobian), and an
eccentric orbit (DOP853 and scipy's). Each line gives the milliseconds of a solve and the error
against a reference of much smaller tolerance. Under 20 s.
"""

import time
import warnings

import numpy as np
from scipy.integrate import solve_ivp

from astrobounds.numerics.jit import kernel
from astrobounds.numerics.ode import JAC_SIGNATURE, RHS_SIGNATURE, solve

N = 10


@kernel(RHS_SIGNATURE)
def network(t, y, p, out):
    """Captures y_k + y_0 -> y_{k+1} at p[k] / (1+t), their inverses at p[N+k] / (1+t)^3."""
    fall = 1.0 / (1.0 + t)
    for k in range(N):
        out[k] = 0.0
    for k in range(N - 1):
        rate = p[k] * fall * y[k] * y[0] - p[N + k] * fall**3 * y[k + 1]
        out[k] -= rate
        out[0] -= rate
        out[k + 1] += rate


@kernel(JAC_SIGNATURE)
def network_jac(t, y, p, out):
    fall = 1.0 / (1.0 + t)
    for k in range(N - 1):
        forward, back = p[k] * fall, p[N + k] * fall**3
        for row, sign in ((k, -1.0), (0, -1.0), (k + 1, 1.0)):
            out[row, k] += sign * forward * y[0]
            out[row, 0] += sign * forward * y[k]
            out[row, k + 1] -= sign * back


@kernel(RHS_SIGNATURE)
def orbit(t, y, p, out):
    r3 = (y[0] ** 2 + y[1] ** 2) ** 1.5
    out[0], out[1] = y[2], y[3]
    out[2], out[3] = -y[0] / r3, -y[1] / r3


def scipy_forms(rhs, jac, params, n):
    """Return f(t, y) and J(t, y) of the compiled functions for scipy."""

    def f(t, y):
        out = np.empty(n)
        rhs(t, y, params, out)
        return out

    def j(t, y):
        out = np.zeros((n, n))
        jac(t, y, params, out)
        return out

    return f, j


def timed(call, repeats):
    """Return the last result and the shortest time in ms."""
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return result, 1e3 * best


def bench_network(rtol=1e-5, atol=1e-12, end=1e4):
    """Yield (name, ms, largest relative error, steps) on the stiff network."""
    rates = np.zeros(2 * N)
    rates[: N - 1] = 10.0 ** np.linspace(2, 8, N - 1)
    rates[N : 2 * N - 1] = 10.0 ** np.linspace(7, 3, N - 1)
    y0 = np.zeros(N)
    y0[0] = 1.0
    f, j = scipy_forms(network, network_jac, rates, N)
    reference = solve_ivp(f, (0, end), y0, "Radau", jac=j, rtol=1e-10, atol=1e-18).y[:, -1]
    keep = reference > 1e-8

    def error(y):
        return np.max(np.abs(y / reference - 1.0)[keep])

    for tol in (rtol, 1e-2 * rtol):
        args = (network, network_jac, 0.0, end, y0, rates, tol, atol)
        result, ms = timed(lambda args=args: solve(*args), 20)
        yield f"rodas4 (rtol {tol:.0e})", ms, error(result.y[-1]), result.steps
    for method in ("Radau", "BDF", "LSODA"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result, ms = timed(
                lambda m=method: solve_ivp(f, (0, end), y0, m, jac=j, rtol=rtol, atol=atol), 3
            )
        name = f"scipy {method} (rtol {rtol:.0e})"
        if result.success:
            yield name, ms, error(result.y[:, -1]), result.t.size - 1
        else:
            yield name + " FAILED", ms, np.nan, result.t.size - 1


def bench_orbit(tol=1e-10, end=100.0):
    """Yield (name, ms, largest error, steps) on an orbit of eccentricity 0.3."""
    y0 = np.array([0.7, 0.0, 0.0, (1.3 / 0.7) ** 0.5])
    f, _ = scipy_forms(orbit, None, np.empty(0), 4)
    reference = solve_ivp(f, (0, end), y0, "DOP853", rtol=3e-14, atol=1e-15).y[:, -1]
    result, ms = timed(lambda: solve(orbit, None, 0, end, y0, (), tol, tol, "dop853"), 20)
    yield "dop853", ms, np.max(np.abs(result.y[-1] - reference)), result.steps
    result, ms = timed(lambda: solve_ivp(f, (0, end), y0, "DOP853", rtol=tol, atol=tol), 3)
    yield "scipy DOP853", ms, np.max(np.abs(result.y[:, -1] - reference)), result.t.size - 1


def main():
    for title, rows in (("stiff network, 10 species", bench_network()), ("orbit", bench_orbit())):
        print(title)
        first = None
        for name, ms, error, steps in rows:
            first = first or ms
            print(
                f"  {name:32s} {ms:10.3f} ms  x{ms / first:8.1f}  error {error:.1e}  {steps} steps"
            )


if __name__ == "__main__":
    main()
