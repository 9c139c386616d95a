"""Rodas4: order conditions, observed order, stiff problems, failures reached on purpose."""

import numpy as np
import pytest
from numba import types
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.linalg import inv

from astrobounds.numerics import rodas, status
from astrobounds.numerics.jit import kernel
from astrobounds.numerics.ode import (
    ACCEPTED,
    AUTONOMOUS,
    H_NEXT,
    JAC_SIGNATURE,
    JAC_TYPE,
    REPORT_SIZE,
    RHS_SIGNATURE,
    RHS_TYPE,
    T_REACHED,
    jacobian_error,
    rodas4,
    solve,
)


@kernel(RHS_SIGNATURE)
def robertson(t, y, p, out):
    out[0] = -p[0] * y[0] + p[1] * y[1] * y[2]
    out[2] = p[2] * y[1] * y[1]
    out[1] = -out[0] - out[2]


@kernel(JAC_SIGNATURE)
def robertson_jac(t, y, p, out):
    out[0, 0], out[0, 1], out[0, 2] = -p[0], p[1] * y[2], p[1] * y[1]
    out[2, 1] = 2.0 * p[2] * y[1]
    for j in range(3):
        out[1, j] = -out[0, j] - out[2, j]


@kernel(RHS_SIGNATURE)
def van_der_pol(t, y, p, out):
    out[0] = y[1]
    out[1] = p[0] * (1.0 - y[0] ** 2) * y[1] - y[0]


@kernel(JAC_SIGNATURE)
def van_der_pol_jac(t, y, p, out):
    out[0, 1] = 1.0
    out[1, 0] = -2.0 * p[0] * y[0] * y[1] - 1.0
    out[1, 1] = p[0] * (1.0 - y[0] ** 2)


# A nonlinear, non-autonomous problem with the solution y = (sin t + 2, 1/(1+t)): stiffness p[0].
@kernel(RHS_SIGNATURE)
def driven(t, y, p, out):
    u, v = np.sin(t) + 2.0, 1.0 / (1.0 + t)
    out[0] = np.cos(t) - p[0] * (y[0] ** 2 - u**2) + (y[1] - v)
    out[1] = -v * v + (y[0] * y[1] - u * v)


@kernel(JAC_SIGNATURE)
def driven_jac(t, y, p, out):
    out[0, 0], out[0, 1] = -2.0 * p[0] * y[0], 1.0
    out[1, 0], out[1, 1] = y[1], y[0]


@kernel(RHS_SIGNATURE)
def driven_dfdt(t, y, p, out):
    u, v = np.sin(t) + 2.0, 1.0 / (1.0 + t)
    out[0] = -np.sin(t) + 2.0 * p[0] * u * np.cos(t) + v * v
    out[1] = 2.0 * v**3 - np.cos(t) * v + u * v * v


def driven_exact(t):
    return np.array([np.sin(t) + 2.0, 1.0 / (1.0 + t)])


@kernel(RHS_SIGNATURE)
def square(t, y, p, out):
    out[0] = y[0] ** 2


@kernel(JAC_SIGNATURE)
def square_jac(t, y, p, out):
    out[0, 0] = 2.0 * y[0]


@kernel(RHS_SIGNATURE)
def root(t, y, p, out):
    out[0] = -1.0 - np.sqrt(p[0] - t)


@kernel(JAC_SIGNATURE)
def zero_jac(t, y, p, out):
    out[0, 0] = 0.0


@kernel(JAC_SIGNATURE)
def nan_jac(t, y, p, out):
    out[0, 0] = np.nan


@kernel(RHS_SIGNATURE)
def decay(t, y, p, out):
    out[0] = -p[0] * y[0]


@kernel(JAC_SIGNATURE)
def decay_jac(t, y, p, out):
    out[0, 0] = -p[0]


# --- the coefficients -----------------------------------------------------------------------------


def classical():
    """Return alpha, Gamma, b (order 4), b_hat (order 3) of the form k_i = h f + h J Gamma k."""
    strict = np.zeros((6, 6))
    strict[:, :5] = rodas.C
    gamma = inv(np.eye(6) / rodas.GAMMA - strict)
    b = np.append(rodas.A[5, :5], 1.0) @ gamma
    b_hat = rodas.A[5] @ gamma
    return rodas.A @ gamma, gamma, b, b_hat


def test_times_are_the_row_sums():
    alpha, gamma, _, _ = classical()
    np.testing.assert_allclose(alpha.sum(axis=1), rodas.C_TIME, atol=2e-14)
    np.testing.assert_allclose(gamma.sum(axis=1), rodas.D_TIME, atol=2e-14)


def order_conditions(alpha, gamma, b):
    """Yield (order, residual): Hairer & Wanner II, table IV.7.1, with beta = alpha + gamma."""
    beta = alpha + gamma
    c, bs = alpha.sum(axis=1), beta.sum(axis=1)
    yield 1, b.sum() - 1
    yield 2, b @ bs - 1 / 2
    yield 3, b @ c**2 - 1 / 3
    yield 3, b @ beta @ bs - 1 / 6
    yield 4, b @ c**3 - 1 / 4
    yield 4, b @ (c * (alpha @ bs)) - 1 / 8
    yield 4, b @ beta @ c**2 - 1 / 12
    yield 4, b @ beta @ beta @ bs - 1 / 24


def test_order_conditions():
    alpha, gamma, b, b_hat = classical()
    assert all(abs(r) < 5e-14 for _, r in order_conditions(alpha, gamma, b))
    low = list(order_conditions(alpha, gamma, b_hat))
    assert all(abs(r) < 5e-14 for order, r in low if order <= 3)
    assert max(abs(r) for order, r in low if order == 4) > 1e-3  # an honest error estimate


@pytest.mark.parametrize("s", [0.1, 0.35, 0.5, 0.8, 1.0])
def test_continuous_extension_has_order_three(s):
    alpha, gamma, b, _ = classical()
    wide = np.zeros((2, 6))
    wide[:, :5] = rodas.H
    weights = s * b + s * (1 - s) * (wide[0] + s * wide[1]) @ gamma
    beta = alpha + gamma
    bs = beta.sum(axis=1)
    assert_allclose(weights.sum(), s, rtol=0, atol=2e-13)
    assert_allclose(weights @ bs, s**2 / 2, rtol=0, atol=2e-13)
    assert_allclose(weights @ alpha.sum(axis=1) ** 2, s**3 / 3, rtol=0, atol=2e-13)
    assert_allclose(weights @ beta @ bs, s**3 / 6, rtol=0, atol=2e-13)


def test_stable_on_the_imaginary_axis_and_at_infinity():
    alpha, gamma, b, _ = classical()
    beta, one = alpha + gamma, np.ones(6)

    def growth(z):
        return 1 + z * (b @ np.linalg.solve(np.eye(6) - z * beta, one))

    assert all(abs(growth(1j * x)) <= 1 + 1e-12 for x in np.geomspace(1e-3, 1e4, 300))
    assert abs(growth(-1e8)) < 1e-6  # L-stable


# --- the solver -----------------------------------------------------------------------------------


def error_with_steps(n, stiffness, dfdt, end=1.0):
    """Global error with n equal steps: tolerances that accept everything, h_max sets the step."""
    s = solve(driven, driven_jac, 0, end, driven_exact(0.0), [stiffness], 1e3, 1e3, dfdt=dfdt,
              h0=end / n, h_max=end / n)  # fmt: skip
    assert s.success
    assert s.steps == n
    return np.max(np.abs(s.y[-1] - driven_exact(end)))


@pytest.mark.parametrize(
    ("stiffness", "n"), [(1.0, [80, 160, 320]), (30.0, [320, 640, 1280])], ids=["mild", "stiff"]
)
def test_observed_order_is_four(stiffness, n):
    # The slope tends to 4 from above in the mild case and from below in the stiff one.
    errors = [error_with_steps(k, stiffness, driven_dfdt) for k in n]
    assert_allclose(-np.polyfit(np.log(n), np.log(errors), 1)[0], 4.0, rtol=0, atol=0.25)
    assert_allclose(np.log2(errors[1] / errors[2]), 4.0, rtol=0, atol=0.2)


@pytest.mark.parametrize("stiffness", [1.0, 30.0])
def test_difference_for_dfdt_agrees_with_the_analytic_one(stiffness):
    for n in (20, 40, 80):
        analytic = error_with_steps(n, stiffness, driven_dfdt)
        assert_allclose(error_with_steps(n, stiffness, "difference"), analytic, rtol=0.3, atol=0)


def test_very_stiff_steps_are_not_bound_by_stability():
    # h times the eigenvalue is -1e5: stability would ask an explicit method for 1e6 steps. The
    # order is reduced there (Hairer & Wanner II, IV.15), so only the size is asked for.
    coarse, fine = (error_with_steps(k, 1e6, driven_dfdt) for k in (40, 160))
    assert coarse < 1e-7
    assert fine < coarse / 16


def test_dropping_dfdt_spoils_the_order():
    n = np.array([40, 80, 160])
    errors = [error_with_steps(k, 1.0, "none") for k in n]
    assert -np.polyfit(np.log(n), np.log(errors), 1)[0] < 3.0


def test_continuous_extension_converges_with_order_four_globally():
    # A local error h^4 on top of a global error h^4.
    points = np.linspace(0.0, 1.0, 97)
    errors = []
    for n in (20, 40, 80):
        s = solve(driven, driven_jac, 0, 1, driven_exact(0.0), [1.0], 1e3, 1e3, t_eval=points,
                  dfdt=driven_dfdt, h0=1 / n, h_max=1 / n)  # fmt: skip
        np.testing.assert_array_equal(s.t, points)
        errors.append(np.max(np.abs(s.y - driven_exact(points).T)))
    assert_allclose(np.log2(errors[0] / errors[1]), 4.0, rtol=0, atol=0.35)
    assert_allclose(np.log2(errors[1] / errors[2]), 4.0, rtol=0, atol=0.35)


def test_robertson_against_radau():
    p = [0.04, 1e4, 3e7]
    times = np.geomspace(1e-2, 1e5, 15)

    def rhs(t, y):
        out = np.empty(3)
        robertson(t, y, np.array(p), out)
        return out

    def jac(t, y):
        out = np.zeros((3, 3))
        robertson_jac(t, y, np.array(p), out)
        return out

    oracle = solve_ivp(rhs, (0, 1e5), [1.0, 0, 0], method="Radau", jac=jac, rtol=1e-10, atol=1e-15,
                       t_eval=times)  # fmt: skip
    s = solve(robertson, robertson_jac, 0, 1e5, [1, 0, 0], p, 1e-6, [1e-9, 1e-13, 1e-9],
              dfdt="none", t_eval=times)  # fmt: skip
    assert s.success
    np.testing.assert_allclose(s.y, oracle.y.T, rtol=2e-5)
    np.testing.assert_allclose(s.y.sum(axis=1), 1.0, rtol=1e-12)  # linear invariants stay exact


def test_van_der_pol_against_radau():
    mu = 1000.0
    oracle = solve_ivp(
        lambda t, y: [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]], (0, 2000), [2.0, 0.0],
        method="Radau", rtol=1e-9, atol=1e-10,
        jac=lambda t, y: [[0, 1], [-2 * mu * y[0] * y[1] - 1, mu * (1 - y[0] ** 2)]],
    )  # fmt: skip
    s = solve(van_der_pol, van_der_pol_jac, 0, 2000, [2, 0], [mu], 1e-7, 1e-9, dfdt="none")
    assert s.success
    np.testing.assert_allclose(s.y[-1], oracle.y[:, -1], rtol=2e-4)
    # Loosening the tolerance costs accuracy but not the solution.
    rough = solve(van_der_pol, van_der_pol_jac, 0, 2000, [2, 0], [mu], 1e-4, 1e-6, dfdt="none")
    assert rough.steps < s.steps
    np.testing.assert_allclose(rough.y[-1, 0], oracle.y[0, -1], rtol=2e-2)


def test_error_follows_the_tolerance():
    errors = []
    for tol in (1e-4, 1e-6, 1e-8, 1e-10):
        s = solve(driven, driven_jac, 0, 1, [2.5, 1.0], [50.0], tol, tol)
        ref = solve(driven, driven_jac, 0, 1, [2.5, 1.0], [50.0], 1e-13, 1e-13)
        assert s.success
        errors.append(np.max(np.abs(s.y[-1] - ref.y[-1])))
    assert all(e < 50 * tol for e, tol in zip(errors, (1e-4, 1e-6, 1e-8, 1e-10)))
    assert errors[0] > errors[1] > errors[2] > errors[3]


def test_backwards_returns_to_the_start():
    there = solve(square, square_jac, 0, 0.5, [1.0], (), 1e-11, 1e-11)
    back = solve(square, square_jac, 0.5, 0, there.y[-1], (), 1e-11, 1e-11, t_eval=[0.5, 0.3, 0.0])
    assert_allclose(there.y[-1, 0], 2.0, rtol=1e-9, atol=0)
    np.testing.assert_allclose(back.y[:, 0], 1 / (1 - back.t), rtol=1e-7)
    assert_allclose(back.y[-1, 0], 1.0, rtol=1e-9, atol=0)


def test_recorded_points_do_not_change_the_steps():
    args = (robertson, robertson_jac, 0, 1e3, [1, 0, 0], [0.04, 1e4, 3e7], 1e-6, 1e-10)
    plain = solve(*args, dfdt="none")
    dense = solve(*args, dfdt="none", t_eval=np.linspace(0, 1e3, 333))
    assert (plain.steps, plain.rejected) == (dense.steps, dense.rejected)
    np.testing.assert_array_equal(plain.y[-1], dense.y[-1])
    np.testing.assert_array_equal(dense.y[0], [1.0, 0.0, 0.0])


def test_h_next_remembers_a_step_cut_short():
    args = (robertson, robertson_jac)
    rest = {"y0": [1, 0, 0], "params": [0.04, 1e4, 3e7], "dfdt": "none", "max_steps": 30}
    free = solve(*args, 0, 1e6, **rest)  # runs out of steps at free.t[-1]
    end = free.t[-1] + 1e-3 * free.h_next
    cut = solve(*args, 0, end, **(rest | {"max_steps": 100}))
    assert cut.success
    assert cut.steps == free.steps + 1
    assert cut.h_next >= free.h_next


def test_empty_interval():
    s = solve(decay, decay_jac, 1.0, 1.0, [3.0], [1.0])
    assert (s.success, s.steps, s.y[-1, 0]) == (True, 0, 3.0)


# --- failures ------------------------------------------------------------------------------------


def test_max_steps_reports_how_far_it_came():
    s = solve(van_der_pol, van_der_pol_jac, 0, 2000, [2, 0], [1000.0], max_steps=20,
              t_eval=np.linspace(0, 2000, 5))  # fmt: skip
    assert s.status == status.MAX_STEPS
    assert s.steps + s.rejected == 20
    assert len(s.t) < 5
    assert "max_steps" in s.message


def test_blow_up_is_step_too_small():
    s = solve(square, square_jac, 0, 2, [1.0], (), 1e-8, 1e-10)
    assert s.status == status.STEP_TOO_SMALL
    assert_allclose(s.t[-1], 1.0, rtol=0, atol=1e-6)


def test_edge_of_the_domain_is_not_finite():
    # sqrt(p - t) is nan beyond t = 1, and the solver may not cross it.
    s = solve(root, zero_jac, 0, 2, [0.0], [1.0], 1e-6, 1e-9)
    assert s.status == status.NOT_FINITE
    assert 0.9 < s.t[-1] <= 1.0
    assert_allclose(s.y[-1, 0], -s.t[-1] - (1 - (1 - s.t[-1]) ** 1.5) / 1.5, rtol=0, atol=1e-5)


def test_pure_relative_tolerance_on_a_zero_asks_for_atol():
    s = solve(robertson, robertson_jac, 0, 1, [1, 0, 0], [0.04, 1e4, 3e7], 1e-6, 0.0)
    assert s.status == status.STEP_TOO_SMALL
    assert "atol > 0" in s.message


@pytest.mark.parametrize(("y0", "jac"), [(np.nan, square_jac), (np.inf, square_jac), (1, nan_jac)])
def test_not_finite_at_the_start(y0, jac):
    s = solve(square, jac, 0, 1, [y0])
    assert (s.status, s.steps) == (status.NOT_FINITE, 0)


@kernel(RHS_SIGNATURE)
def still(t, y, p, out):
    out[0] = 0.0


@kernel(JAC_SIGNATURE)
def pole_jac(t, y, p, out):
    # So large that 1/(h gamma) is lost beside it: four equal entries at any step length.
    out[:, :] = 1e200


def test_singular_matrix():
    s = solve(still, pole_jac, 0, 1, [1.0, 0.0], h0=1.0, dfdt="none")
    assert s.status == status.SINGULAR
    assert s.y[-1, 0] == 1.0


@pytest.mark.parametrize(
    "change",
    [
        {"rtol": -1.0},
        {"rtol": 0.0, "atol": 0.0},
        {"rtol": np.nan},
        {"atol": [1e-9, 1e-9]},
        {"t_eval": [0.5, 0.4]},
        {"t_eval": [2.0]},
        {"y0": [[1.0]]},
        {"y0": []},
        {"t1": np.inf},
        {"jac": None},
        {"method": "euler"},
    ],
)
def test_bad_input(change):
    kwargs = {"rhs": decay, "jac": decay_jac, "t0": 0, "t1": 1, "y0": [1.0], "params": [1.0]}
    s = solve(**(kwargs | change))
    assert s.status == status.BAD_INPUT
    assert s.steps == 0


def test_jacobian_error_tells_right_from_wrong():
    p = [0.04, 1e4, 3e7]
    assert jacobian_error(robertson, robertson_jac, 0, [0.7, 2e-5, 0.3], p) < 1e-8
    assert jacobian_error(driven, driven_jac, 0.3, [2.0, 0.5], [30.0]) < 1e-8
    assert jacobian_error(driven, van_der_pol_jac, 0.3, [2.0, 0.5], [30.0]) > 0.1
    assert_allclose(jacobian_error(decay, zero_jac, 0, [1.0], [2.0]), 1.0, rtol=1e-6, atol=0)


def test_solver_is_compiled_once_for_all_problems():
    for f, j, y in ((decay, decay_jac, [1.0]), (van_der_pol, van_der_pol_jac, [2.0, 0.0])):
        assert solve(f, j, 0, 0.1, y, [1.0]).success
    assert len(rodas4.signatures) == 1


# --- use from another kernel ---------------------------------------------------------------------


@kernel(types.int64(RHS_TYPE, JAC_TYPE, types.float64[::1], types.float64[::1], types.int64))
def in_pieces(rhs, jac, y, params, pieces):
    """Integrate over decades of t, each call continuing with the step of the last."""
    tol = np.full(y.size, 1e-7)
    floor = np.full(y.size, 1e-11)
    report = np.zeros(REPORT_SIZE)
    steps = 0
    for k in range(pieces):
        code = rodas4(
            rhs, jac, rhs, AUTONOMOUS, 10.0 ** (k - 3), 10.0 ** (k - 2), y, params, tol, floor,
            report[H_NEXT], 0.0, 1000, np.empty(0), np.empty((0, y.size)), report,
        )  # fmt: skip
        if code != 0 or report[T_REACHED] != 10.0 ** (k - 2):
            return -1
        steps += report[ACCEPTED]
    return steps


def test_solver_inside_a_kernel_continues():
    p = np.array([0.04, 1e4, 3e7])
    whole = solve(robertson, robertson_jac, 1e-3, 1e3, [1, 0, 0], p, 1e-7, 1e-11, dfdt="none")
    y = np.array([1.0, 0.0, 0.0])
    steps = in_pieces(robertson, robertson_jac, y, p, 6)
    assert 0 < steps < whole.steps + 12
    np.testing.assert_allclose(y, whole.y[-1], rtol=1e-6)


def test_read_only_input_is_accepted_and_kept():
    y0, p = np.array([1.0]), np.array([2.0])
    y0.setflags(write=False)
    p.setflags(write=False)
    s = solve(decay, decay_jac, 0, 1, y0, p, 1e-9, 1e-12)
    assert_allclose(s.y[-1, 0], np.exp(-2.0), rtol=1e-7, atol=0)
    assert y0[0] == 1.0
