"""DOP853: observed order, agreement with scipy's, dense output, failures reached on purpose."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from astrobounds.errors import ConvergenceError
from astrobounds.numerics import dop853, status
from astrobounds.numerics.jit import kernel
from astrobounds.numerics.ode import RHS_SIGNATURE, solve


@kernel(RHS_SIGNATURE)
def kepler(t, y, p, out):
    r3 = (y[0] ** 2 + y[1] ** 2) ** 1.5
    out[0], out[1] = y[2], y[3]
    out[2], out[3] = -y[0] / r3, -y[1] / r3


@kernel(RHS_SIGNATURE)
def driven(t, y, p, out):
    # y = exp(sin t), non-autonomous.
    out[0] = y[0] * np.cos(t)


@kernel(RHS_SIGNATURE)
def relax(t, y, p, out):
    out[0] = -p[0] * (y[0] - np.cos(t))


@kernel(RHS_SIGNATURE)
def square(t, y, p, out):
    out[0] = y[0] ** 2


@kernel(RHS_SIGNATURE)
def root(t, y, p, out):
    out[0] = -np.sqrt(p[0] - t)


ORBIT = [0.7, 0.0, 0.0, (1.3 / 0.7) ** 0.5]


def fixed(n, **kwargs):
    s = solve(driven, None, 0, 2, [1.0], (), 1e6, 1e6, "dop853", h0=2 / n, h_max=2 / n, **kwargs)
    assert s.success
    assert s.steps == n
    return s


def test_observed_order_is_eight():
    n = np.array([4, 8, 16])
    errors = [abs(fixed(k).y[-1, 0] - np.exp(np.sin(2.0))) for k in n]
    assert_allclose(-np.polyfit(np.log(n), np.log(errors), 1)[0], 8.0, rtol=0, atol=0.5)


def test_dense_output_has_order_seven_or_more():
    points = np.linspace(0, 2, 101)
    n = np.array([4, 8, 16])
    errors = [np.max(np.abs(fixed(k, t_eval=points).y[:, 0] - np.exp(np.sin(points)))) for k in n]
    assert -np.polyfit(np.log(n), np.log(errors), 1)[0] > 7.0


def test_orbit_against_scipy():
    times = np.linspace(0, 20, 41)

    def rhs(t, y):
        out = np.empty(4)
        kepler(t, y, np.empty(0), out)
        return out

    oracle = solve_ivp(rhs, (0, 20), ORBIT, "DOP853", rtol=1e-13, atol=1e-13, t_eval=times)
    peer = solve_ivp(rhs, (0, 20), ORBIT, "DOP853", rtol=1e-9, atol=1e-9, t_eval=times)
    s = solve(kepler, None, 0, 20, ORBIT, (), 1e-9, 1e-9, "dop853", t_eval=times)
    assert s.success
    ours = np.max(np.abs(s.y.T - oracle.y))
    assert ours < 2 * np.max(np.abs(peer.y - oracle.y))
    assert 12 * (s.steps + s.rejected) < 1.2 * peer.nfev
    energy = 0.5 * (s.y[:, 2] ** 2 + s.y[:, 3] ** 2) - 1 / np.hypot(s.y[:, 0], s.y[:, 1])
    np.testing.assert_allclose(energy, energy[0], rtol=1e-7)


def test_error_follows_the_tolerance_and_backwards_works():
    # The tolerance bounds each step's error; scipy's DOP853 reaches 220 tol on this problem, too.
    for tol in (1e-5, 1e-8, 1e-11):
        s = solve(driven, None, 0, 10, [1.0], (), tol, tol, "dop853")
        assert_allclose(s.y[-1, 0], np.exp(np.sin(10.0)), rtol=150 * tol, atol=0)
        back = solve(driven, None, 10, 0, s.y[-1], (), tol, tol, "dop853")
        assert_allclose(back.y[-1, 0], 1.0, rtol=300 * tol, atol=0)


def test_stiffness_is_named_when_the_steps_run_out():
    s = solve(relax, None, 0, 10, [0.0], [1e5], 1e-6, 1e-6, "dop853", max_steps=300)
    assert s.status == status.STIFF
    assert "rodas4" in s.message
    # With enough steps the same problem is solved: stiffness is a diagnosis, not a ban.
    s = solve(relax, None, 0, 1, [0.0], [1e4], 1e-6, 1e-6, "dop853")
    lam = 1e4
    exact = lam * (lam * np.cos(1.0) + np.sin(1.0)) / (lam**2 + 1)
    assert s.success
    assert_allclose(s.y[-1, 0], exact, rtol=0, atol=1e-5)


def test_a_smooth_problem_that_runs_out_of_steps_is_not_called_stiff():
    s = solve(kepler, None, 0, 1e4, ORBIT, (), 1e-9, 1e-9, "dop853", max_steps=500)
    assert s.status == status.MAX_STEPS


def test_other_failures():
    s = solve(square, None, 0, 2, [1.0], (), 1e-8, 1e-10, "dop853")
    assert s.status == status.STEP_TOO_SMALL
    assert_allclose(s.t[-1], 1.0, rtol=0, atol=1e-6)
    s = solve(root, None, 0, 2, [0.0], [1.0], 1e-6, 1e-9, "dop853")
    assert s.status == status.NOT_FINITE
    assert 0.9 < s.t[-1] <= 1.0
    assert solve(driven, None, 0, 1, [np.nan], method="dop853").status == status.NOT_FINITE
    assert solve(driven, None, 0, 1, [1.0], t_eval=[3.0], method="dop853").status == (
        status.BAD_INPUT
    )


def test_tableau_row_sums():
    np.testing.assert_allclose(dop853.A.sum(axis=1), dop853.C[:12], atol=1e-14)
    for k in range(8):
        assert_allclose(dop853.B @ dop853.C[:12] ** k, 1 / (k + 1), rtol=0, atol=1e-14)


def test_check_raises_with_the_remedy_and_stage():
    status.check(status.SUCCESS, "anything")
    with pytest.raises(ConvergenceError, match=r"network: .*max_steps") as info:
        status.check(status.MAX_STEPS, "network")
    assert info.value.stage == "network"
    codes = [v for k, v in vars(status).items() if k.isupper() and isinstance(v, int)]
    assert len({status.message(c) for c in codes}) == len(codes) == 8
    assert "unknown" in status.message(99)
