"""DOP853: the explicit Runge-Kutta method of order 8(5,3) of Dormand & Prince for smooth problems.

The tableau is that of scipy.integrate.DOP853; see Hairer, Norsett & Wanner, Solving Ordinary
Differential Equations I, 2nd ed. (1993), doi:10.1007/978-3-540-78862-1, sections II.5 and II.6.
"""

import numpy as np
from numba import types
from scipy.integrate import DOP853 as _TABLEAU

from .jit import kernel
from .odetypes import (
    ACCEPTED,
    H_NEXT,
    RECORDED,
    REJECTED,
    RHS_TYPE,
    T_REACHED,
    error_norm,
    first_step,
    inputs_fit,
)
from .status import BAD_INPUT, MAX_STEPS, NOT_FINITE, STEP_TOO_SMALL, STIFF, SUCCESS

A = np.ascontiguousarray(_TABLEAU.A)
B = np.ascontiguousarray(_TABLEAU.B)
C = np.ascontiguousarray(_TABLEAU.C)
E3 = np.ascontiguousarray(_TABLEAU.E3)
E5 = np.ascontiguousarray(_TABLEAU.E5)
A_EXTRA = np.ascontiguousarray(_TABLEAU.A_EXTRA)
C_EXTRA = np.ascontiguousarray(_TABLEAU.C_EXTRA)
D = np.ascontiguousarray(_TABLEAU.D)

_V = types.Array(types.float64, 1, "C")
_M = types.Array(types.float64, 2, "C")
_F = types.float64
_SIGNATURE = types.int64(
    RHS_TYPE, _F, _F, _V, _V, _V, _V, _F, _F, types.int64, _V, _M, _V
)  # fmt: skip


@kernel("void(f8[:, ::1], f8, f8[::1], f8[::1], f8[:, ::1])")
def _dense_terms(k, h, y, y_new, terms):
    """The seven coefficient rows of the continuous extension of order 7 (section II.6)."""
    for i in range(y.size):
        change = y_new[i] - y[i]
        terms[0, i] = change
        terms[1, i] = h * k[0, i] - change
        terms[2, i] = 2.0 * change - h * (k[12, i] + k[0, i])
        for r in range(4):
            total = 0.0
            for j in range(16):
                total += D[r, j] * k[j, i]
            terms[3 + r, i] = h * total


@kernel("f8(f8, f8[::1], f8[:, ::1], i8)")
def _dense(s, y, terms, i):
    """y0 + s (F0 + (1-s) (F1 + s (F2 + (1-s) (...)))) for component i."""
    value = 0.0
    for r in range(6, -1, -1):
        value = (value + terms[r, i]) * (s if r % 2 == 0 else 1.0 - s)
    return y[i] + value


@kernel(_SIGNATURE)
def dop853(
    rhs, t0, t1, y, params, rtol, atol, h0, h_max, max_steps, t_eval, y_eval, report
):  # fmt: skip
    """Integrate y' = rhs(t, y) from t0 to t1 in place by the explicit method of order 8.

    Arguments and report as in `rodas.rodas4`; `t_eval` is filled by the continuous extension of
    order 7. When the steps run out while stability, not accuracy, sets them, the status is STIFF
    instead of MAX_STEPS.
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

    k = np.empty((16, n))
    stage = np.empty(n)
    y_new = np.empty(n)
    error3 = np.empty(n)
    error5 = np.empty(n)
    terms = np.empty((7, n))

    t = t0
    rhs(t, y, params, k[0])
    total = 0.0
    for i in range(n):
        total += abs(y[i]) + abs(k[0, i])
    if not total < np.inf:
        return NOT_FINITE
    h = abs(h0) if h0 != 0.0 else first_step(span, h_max, y, k[0], rtol, atol)
    h = max(min(h, h_max, abs(span)), 4.0 * eps * abs(t))

    rejected = False
    broken = 0
    stiff = 0
    smooth = 0
    status = SUCCESS
    while True:
        if report[ACCEPTED] + report[REJECTED] >= max_steps:
            status = STIFF if stiff >= 15 else MAX_STEPS
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

        for s in range(1, 12):
            stage[:] = y
            for j in range(s):
                a = A[s, j] * signed
                if a != 0.0:
                    for i in range(n):
                        stage[i] += a * k[j, i]
            rhs(t + C[s] * signed, stage, params, k[s])
        y_new[:] = y
        for j in range(12):
            b = B[j] * signed
            if b != 0.0:
                for i in range(n):
                    y_new[i] += b * k[j, i]
        error3[:] = 0.0
        error5[:] = 0.0
        for j in range(12):
            for i in range(n):
                error3[i] += E3[j] * k[j, i]
                error5[i] += E5[j] * k[j, i]
        # |h| e5^2 / sqrt(e5^2 + 0.01 e3^2), section II.10, eq. 10.17.
        norm3 = error_norm(error3, y, y_new, rtol, atol)
        norm5 = error_norm(error5, y, y_new, rtol, atol)
        error = 0.0
        if norm3 != 0.0 or norm5 != 0.0:
            error = h * norm5 * (norm5 / (norm5 * norm5 + 0.01 * norm3 * norm3) ** 0.5)
        if not error < np.inf:
            broken += 1
            report[REJECTED] += 1
            if broken > 60:
                status = NOT_FINITE
                break
            h *= 0.1
            rejected = True
            continue
        factor = min(6.0, max(0.2, 0.9 * max(error, 1e-30) ** -0.125))
        if error > 1.0:
            report[REJECTED] += 1
            h *= factor
            rejected = True
            broken = 0
            continue

        t_new = t1 if last else t + signed
        rhs(t_new, y_new, params, k[12])
        # Stiffness test of Hairer & Wanner II, IV.2: |h lambda| beyond the stability boundary.
        numerator = 0.0
        denominator = 0.0
        for i in range(n):
            numerator += (k[12, i] - k[11, i]) ** 2
            denominator += (y_new[i] - stage[i]) ** 2
        if h * h * numerator > 6.1 * 6.1 * denominator > 0.0:
            stiff += 1
            smooth = 0
        else:
            smooth += 1
            if smooth >= 6:
                stiff = 0

        if recorded < m and (t_new - t_eval[recorded]) * sign >= 0.0:
            if (t_new - t_eval[recorded]) * sign > 0.0:
                for e in range(3):
                    stage[:] = y
                    for j in range(13 + e):
                        a = A_EXTRA[e, j] * signed
                        for i in range(n):
                            stage[i] += a * k[j, i]
                    rhs(t + C_EXTRA[e] * signed, stage, params, k[13 + e])
                _dense_terms(k, signed, y, y_new, terms)
            while recorded < m and (t_new - t_eval[recorded]) * sign >= 0.0:
                if t_eval[recorded] == t_new:
                    y_eval[recorded, :] = y_new
                else:
                    fraction = (t_eval[recorded] - t) / signed
                    for i in range(n):
                        y_eval[recorded, i] = _dense(fraction, y, terms, i)
                recorded += 1
        t = t_new
        y[:] = y_new
        k[0, :] = k[12]
        report[ACCEPTED] += 1
        report[T_REACHED] = t
        report[RECORDED] = recorded
        if rejected:
            factor = min(factor, 1.0)
        rejected = False
        broken = 0
        if last:  # a step cut short at the end does not forget the length proposed before
            h = min(max(h * factor, proposed) if factor >= 1.0 else h * factor, h_max)
            break
        h = min(h * factor, h_max)
    report[H_NEXT] = h
    return status
