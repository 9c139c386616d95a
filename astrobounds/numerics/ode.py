"""Ordinary differential equations from Python: a thin wrapper of the compiled solvers.

`solve` never raises on numerical grounds: the result carries a status code, see
`astrobounds.numerics.status`. Kernels call `rodas.rodas4` and `dop853.dop853` directly.
"""

from dataclasses import dataclass

import numpy as np

from .odetypes import (
    ACCEPTED,
    ANALYTIC,
    AUTONOMOUS,
    DIFFERENCE,
    H_NEXT,
    JAC_SIGNATURE,
    JAC_TYPE,
    RECORDED,
    REJECTED,
    REPORT_SIZE,
    RHS_SIGNATURE,
    RHS_TYPE,
    T_REACHED,
)
from .rodas import rodas4
from .status import BAD_INPUT, SUCCESS, message

__all__ = [
    "ANALYTIC",
    "AUTONOMOUS",
    "DIFFERENCE",
    "JAC_SIGNATURE",
    "JAC_TYPE",
    "REPORT_SIZE",
    "RHS_SIGNATURE",
    "RHS_TYPE",
    "Solution",
    "jacobian_error",
    "rodas4",
    "solve",
]


@dataclass(frozen=True)
class Solution:
    """What a solver reached.

    Attributes
    ----------
    t : ndarray, shape (m,)
        The recorded points: the part of `t_eval` that was reached, or start and end.
    y : ndarray, shape (m, n)
        The solution there, one row for each point.
    status : int
        0 on success, else a code of `astrobounds.numerics.status`.
    steps, rejected : int
        Accepted and rejected steps.
    h_next : float
        The step proposed for a continuation.
    """

    t: np.ndarray
    y: np.ndarray
    status: int
    steps: int
    rejected: int
    h_next: float

    @property
    def success(self):
        """Whether the end was reached within the tolerances."""
        return self.status == SUCCESS

    @property
    def message(self):
        """The meaning of the status and the remedy."""
        return message(self.status)


def solve(
    rhs,
    jac,
    t0,
    t1,
    y0,
    params=(),
    rtol=1e-6,
    atol=1e-12,
    method="rodas4",
    t_eval=None,
    dfdt="difference",
    h0=0.0,
    h_max=0.0,
    max_steps=100_000,
):
    """Solve y' = rhs(t, y) from t0 to t1 with a compiled right-hand side.

    Parameters
    ----------
    rhs : compiled function
        ``rhs(t, y, params, out)`` under ``@kernel(RHS_SIGNATURE)``; writes into `out`, shape (n,).
    jac : compiled function or None
        ``jac(t, y, params, out)`` under ``@kernel(JAC_SIGNATURE)``; writes df_i/dy_j into
        ``out[i, j]``, which starts as zeros. Needed by "rodas4" only.
    t0, t1 : float
        The interval; t1 < t0 integrates backwards.
    y0 : array_like, shape (n,)
    params : array_like of float, shape (p,)
    rtol, atol : float or array_like of shape (n,)
        A step is accepted if the root mean square of error / (atol + rtol |y|) is at most one.
    method : {"rodas4", "dop853"}
        L-stable Rosenbrock method of order 4(3), or explicit Runge-Kutta method of order 8(5,3).
    t_eval : array_like, shape (m,), optional
        Points to record, ordered from t0 towards t1, by the continuous extension of the method
        (order 3 for "rodas4", 7 for "dop853"); the steps do not depend on them. By default the
        start and the end.
    dfdt : {"difference", "none"} or compiled function
        The partial derivative by time for "rodas4": a forward difference, zero (autonomous
        system), or a function of the form of `rhs` (needed below rtol of about 1e-9, where the
        rounding of the difference shows).
    h0, h_max : float
        First step and bound of the steps; 0 leaves the choice to the solver.
    max_steps : int
        Bound on accepted plus rejected steps.

    Returns
    -------
    Solution
        With a status code; numerical failure does not raise. Input that does not fit together
        gives the code BAD_INPUT.

    References
    ----------
    Hairer & Wanner, Solving Ordinary Differential Equations II (1996), section IV.7;
    Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I (1993), section II.5.
    """
    start = np.array(y0, dtype=float, ndmin=1)
    n = start.size
    points = np.array([t1] if t_eval is None else t_eval, dtype=float, ndmin=1)
    params = np.array(params, dtype=float, ndmin=1)
    report = np.zeros(REPORT_SIZE)
    y_eval = np.full((points.size, n), np.nan)
    rtol, atol = (np.full(n, x) if np.ndim(x) == 0 else np.array(x, float) for x in (rtol, atol))
    if any(x.ndim != 1 for x in (start, points, params, rtol, atol)):
        return Solution(np.array([float(t0)]), start.reshape(1, n), BAD_INPUT, 0, 0, 0.0)

    y = start.copy()
    common = (float(t0), float(t1), y, params, rtol, atol, float(h0), float(h_max), int(max_steps))
    if method == "rodas4" and jac is not None:
        mode, ft = _time_derivative(dfdt, rhs)
        status = rodas4(rhs, jac, ft, mode, *common, points, y_eval, report)
    elif method == "dop853":
        from .dop853 import dop853

        status = dop853(rhs, *common, points, y_eval, report)
    else:
        status = BAD_INPUT
        report[T_REACHED] = t0

    if t_eval is None:
        t_out, y_out = np.array([float(t0), report[T_REACHED]]), np.array([start, y])
    else:
        count = int(report[RECORDED])
        t_out, y_out = points[:count], y_eval[:count]
    return Solution(
        t_out,
        y_out,
        int(status),
        int(report[ACCEPTED]),
        int(report[REJECTED]),
        float(report[H_NEXT]),
    )


def _time_derivative(dfdt, rhs):
    """Return the mode and the function that `rodas4` wants for df/dt."""
    if isinstance(dfdt, str):
        return (AUTONOMOUS if dfdt == "none" else DIFFERENCE), rhs
    return ANALYTIC, dfdt


def jacobian_error(rhs, jac, t, y, params=(), step=1e-6):
    """Return how far an analytic Jacobian is from central differences of its right-hand side.

    Parameters
    ----------
    rhs, jac : compiled functions
        As for `solve`.
    t : float
    y : array_like, shape (n,)
    params : array_like of float, shape (p,)
    step : float
        Half-width of the differences relative to ``max(|y_j|, step * max|y|)``.

    Returns
    -------
    float
        Largest ``|jac_ij - difference_ij|`` relative to the largest entry of column j; about 1e-9
        for a right Jacobian of a smooth right-hand side.
    """
    y = np.array(y, dtype=float, ndmin=1)
    params = np.array(params, dtype=float, ndmin=1)
    n = y.size
    analytic, numeric = np.zeros((n, n)), np.empty((n, n))
    jac(float(t), y, params, analytic)
    low, high = np.empty(n), np.empty(n)
    floor = step * np.max(np.abs(y)) or step
    for j in range(n):
        width = step * max(abs(y[j]), floor)
        shifted = y.copy()
        shifted[j] = y[j] - width
        rhs(float(t), shifted, params, low)
        left = shifted[j]
        shifted[j] = y[j] + width
        rhs(float(t), shifted, params, high)
        numeric[:, j] = (high - low) / (shifted[j] - left)
    scale = np.maximum(np.abs(analytic).max(axis=0), np.abs(numeric).max(axis=0))
    return float(np.max(np.abs(analytic - numeric) / np.where(scale > 0.0, scale, 1.0)))
