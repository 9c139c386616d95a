"""Rodas4: a stiffly accurate, L-stable Rosenbrock method of order 4(3) for stiff systems.

Six stages, one Jacobian and one LU factorisation per step. The coefficients are those of the code
RODAS (METH=1) of Hairer & Wanner, Solving Ordinary Differential Equations II, 2nd ed. (1996),
doi:10.1007/978-3-642-05221-7, section IV.7; the tests check their order conditions.
"""

import numpy as np
from numba import types

from .jit import kernel
from .linalg import lu_factor, lu_solve
from .odetypes import (
    ACCEPTED,
    ANALYTIC,
    AUTONOMOUS,
    H_NEXT,
    JAC_TYPE,
    RECORDED,
    REJECTED,
    RHS_TYPE,
    T_REACHED,
    error_norm,
    first_step,
    inputs_fit,
)
from .status import BAD_INPUT, MAX_STEPS, NOT_FINITE, SINGULAR, STEP_TOO_SMALL, SUCCESS

# In the transformed variables U = Gamma k: stage values y + A U, couplings C U / h. The last row of
# A but one is the solution of order 3, the last (with U6 added) that of order 4.
GAMMA = 0.25
A = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0, 0.0],
    ]
)
C = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-5.6688, 0.0, 0.0, 0.0, 0.0],
        [-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160, 0.0],
        [
            8.083246795921522,
            -7.981132988064893,
            -31.52159432874371,
            16.31930543123136,
            -6.058818238834054,
        ],
    ]
)
C_TIME = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
D_TIME = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
# Continuous extension of order 3: y0 (1-s) + s (y1 + (1-s) (H[0] U + s H[1] U)).
H = np.array(
    [
        [
            10.12623508344586,
            -7.487995877610167,
            -34.80091861555747,
            -7.992771707568823,
            1.025137723295662,
        ],
        [
            -0.6762803392801253,
            6.087714651680015,
            16.43084320892478,
            24.76722511418386,
            -6.594389125716872,
        ],
    ]
)

_V = types.Array(types.float64, 1, "C")
_M = types.Array(types.float64, 2, "C")
_F = types.float64
_SIGNATURE = types.int64(
    RHS_TYPE, JAC_TYPE, RHS_TYPE, types.int64, _F, _F, _V, _V, _V, _V, _F, _F, types.int64,
    _V, _M, _V,
)  # fmt: skip


@kernel("f8(f8, f8[:, ::1], f8[::1], f8[::1], i8)")
def _dense(s, u, y0, y1, i):
    """Component i of the continuous extension at the fraction s of the step."""
    c0 = 0.0
    c1 = 0.0
    for j in range(5):
        c0 += H[0, j] * u[j, i]
        c1 += H[1, j] * u[j, i]
    return y0[i] * (1.0 - s) + s * (y1[i] + (1.0 - s) * (c0 + s * c1))


@kernel(_SIGNATURE)
def rodas4(
    rhs, jac, dfdt, time_mode, t0, t1, y, params, rtol, atol, h0, h_max, max_steps,
    t_eval, y_eval, report,
):  # fmt: skip
    """Integrate y' = rhs(t, y) from t0 to t1 in place; (1/(h g) - J) U_i = f_i + C U/h + h d_i f_t.

    `time_mode` is AUTONOMOUS, ANALYTIC (df/dt from `dfdt`) or DIFFERENCE; where `dfdt` is not used
    pass `rhs` there. `rtol`, `atol`: shape (n,). `h0` = 0 chooses the first step, `h_max` = 0 sets
    no bound. `t_eval` (m,) from t0 towards t1 fills `y_eval` (m, n) by the continuous extension of
    order 3, without changing the steps. `report` (REPORT_SIZE,) is filled as named in odetypes;
    report[H_NEXT] can be the h0 of a following call. On failure y is the state at T_REACHED.
    """
    n = y.size
    m = t_eval.size
    report[:] = 0.0
    report[T_REACHED] = t0
    if not inputs_fit(t0, t1, y, rtol, atol, t_eval, y_eval):
        return BAD_INPUT
    eps = 2.220446049250313e-16
    span = t1 - t0
    sign = 1.0 if span >= 0.0 else -1.0
    if h_max <= 0.0:
        h_max = np.inf
    recorded = 0
    while recorded < m and t_eval[recorded] == t0:
        y_eval[recorded, :] = y
        recorded += 1
    report[RECORDED] = recorded
    if span == 0.0:
        return SUCCESS

    f0 = np.empty(n)
    ft = np.zeros(n)
    stage = np.empty(n)
    y_new = np.empty(n)
    u = np.empty((6, n))
    jacobian = np.empty((n, n))
    matrix = np.empty((n, n))
    pivot = np.empty(n, np.int64)

    t = t0
    rhs(t, y, params, f0)
    total = 0.0
    for i in range(n):
        total += abs(y[i]) + abs(f0[i])
    if not total < np.inf:
        return NOT_FINITE
    h = min(abs(h0), h_max, abs(span)) if h0 != 0.0 else first_step(span, h_max, y, f0, rtol, atol)
    h = max(h, 4.0 * eps * abs(t))

    fresh = True  # the derivatives at (t, y) are still to be found
    rejected = False
    broken = 0  # consecutive singular or non-finite attempts
    h_accepted = 0.0
    error_accepted = 1e-2
    status = SUCCESS
    while True:
        if report[ACCEPTED] + report[REJECTED] >= max_steps:
            status = MAX_STEPS
            break
        if h <= 2.0 * eps * abs(t) or h < 1e-300:
            status = STEP_TOO_SMALL if broken == 0 else NOT_FINITE
            break
        remaining = abs(t1 - t)
        last = h * 1.0001 >= remaining
        proposed = h
        if last:
            h = remaining
        signed = h * sign

        if fresh:
            jacobian[:] = 0.0
            jac(t, y, params, jacobian)
            total = 0.0
            for i in range(n):
                for j in range(n):
                    total += abs(jacobian[i, j])
            if not total < np.inf:
                status = NOT_FINITE
                break
            if time_mode == ANALYTIC:
                dfdt(t, y, params, ft)
            elif time_mode != AUTONOMOUS:
                delta = sign * min(eps**0.5 * max(abs(t), h), h)
                rhs(t + delta, y, params, ft)
                delta = (t + delta) - t
                for i in range(n):
                    ft[i] = (ft[i] - f0[i]) / delta
            fresh = False

        diagonal = 1.0 / (signed * GAMMA)
        for i in range(n):
            for j in range(n):
                matrix[i, j] = -jacobian[i, j]
            matrix[i, i] += diagonal
        if lu_factor(matrix, pivot) != SUCCESS:
            broken += 1
            report[REJECTED] += 1
            if broken > 10:
                status = SINGULAR
                break
            h *= 0.5
            rejected = True
            continue

        for s in range(6):
            row = u[s]
            if s == 0:
                row[:] = f0
            else:
                stage[:] = y
                for j in range(s):
                    a = A[s, j]
                    for i in range(n):
                        stage[i] += a * u[j, i]
                rhs(t + C_TIME[s] * signed, stage, params, row)
                for j in range(s):
                    c = C[s, j] / signed
                    for i in range(n):
                        row[i] += c * u[j, i]
            if time_mode != AUTONOMOUS and s < 4:
                d = D_TIME[s] * signed
                for i in range(n):
                    row[i] += d * ft[i]
            lu_solve(matrix, pivot, row)
        for i in range(n):
            y_new[i] = stage[i] + u[5, i]

        error = error_norm(u[5], y, y_new, rtol, atol)
        if not error < np.inf:
            broken += 1
            report[REJECTED] += 1
            if broken > 60:
                status = NOT_FINITE
                break
            h *= 0.1
            rejected = True
            continue
        factor = min(6.0, max(0.2, 0.9 * max(error, 1e-30) ** -0.25))
        if error > 1.0:
            report[REJECTED] += 1
            h *= factor
            rejected = True
            broken = 0
            continue

        t_new = t1 if last else t + signed
        while recorded < m and (t_new - t_eval[recorded]) * sign >= 0.0:
            if t_eval[recorded] == t_new:
                y_eval[recorded, :] = y_new
            else:
                fraction = (t_eval[recorded] - t) / signed
                for i in range(n):
                    y_eval[recorded, i] = _dense(fraction, u, y, y_new, i)
            recorded += 1
        t = t_new
        y[:] = y_new
        report[ACCEPTED] += 1
        report[T_REACHED] = t
        report[RECORDED] = recorded
        # Gustafsson's predictive controller (Hairer & Wanner IV.8, eq. 8.25).
        if h_accepted > 0.0:
            predicted = 0.9 * (h / h_accepted) * (error_accepted / max(error, 1e-30) ** 2) ** 0.25
            factor = min(factor, max(0.2, predicted))
        h_accepted = h
        error_accepted = max(error, 1e-2)
        if rejected:
            factor = min(factor, 1.0)
        rejected = False
        broken = 0
        if last:  # a step cut short at the end does not forget the length proposed before
            h = min(max(h * factor, proposed) if factor >= 1.0 else h * factor, h_max)
            break
        h = min(h * factor, h_max)
        fresh = True
        rhs(t, y, params, f0)
    report[H_NEXT] = h
    return status
