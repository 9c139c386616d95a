"""The types of right-hand sides and the layout of solver reports, shared by the ODE solvers.

A right-hand side is compiled eagerly, ``@kernel(RHS_SIGNATURE)``, and handed to the solvers as a
first-class function: then each solver is compiled once, for every problem. A kernel that calls a
solver takes the functions as arguments of RHS_TYPE and JAC_TYPE and hands them on (then it can be
cached on disk; a kernel that names them as globals cannot).
"""

from numba import types

from .jit import kernel

#: ``rhs(t, y, params, out)`` writes dy/dt, shape (n,), into `out`; an analytic df/dt has it too.
RHS_SIGNATURE = "void(f8, f8[::1], f8[::1], f8[::1])"
#: ``jac(t, y, params, out)`` writes df_i/dy_j into ``out[i, j]``, (n, n), which starts as zeros.
JAC_SIGNATURE = "void(f8, f8[::1], f8[::1], f8[:, ::1])"

_vector = types.Array(types.float64, 1, "C")
_matrix = types.Array(types.float64, 2, "C")
RHS_TYPE = types.FunctionType(types.void(types.float64, _vector, _vector, _vector))
JAC_TYPE = types.FunctionType(types.void(types.float64, _vector, _vector, _matrix))

# How df/dt is found: none (autonomous), a compiled function, or a forward difference.
AUTONOMOUS = 0
ANALYTIC = 1
DIFFERENCE = 2

# Entries of the report array that every solver fills.
T_REACHED = 0
H_NEXT = 1
ACCEPTED = 2
REJECTED = 3
RECORDED = 4
REPORT_SIZE = 5


@kernel("f8(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def error_norm(error, y, y_new, rtol, atol):
    """sqrt(mean((error / (atol + rtol max(|y|, |y_new|)))^2)); exact zeros count as no error."""
    total = 0.0
    for i in range(y.size):
        if error[i] != 0.0:
            scaled = error[i] / (atol[i] + rtol[i] * max(abs(y[i]), abs(y_new[i])))
            total += scaled * scaled
    return (total / y.size) ** 0.5


@kernel("f8(f8, f8, f8[::1], f8[::1], f8[::1], f8[::1])")
def first_step(span, h_max, y, slope, rtol, atol):
    """h = 0.01 |y| / |y'| in the error norm (Hairer, Norsett & Wanner I, II.4), at most |span|."""
    d0 = error_norm(y, y, y, rtol, atol)
    d1 = error_norm(slope, y, y, rtol, atol)
    h = 0.01 * d0 / d1 if d0 > 1e-5 and d1 > 1e-5 else 1e-6 * abs(span)
    return min(h, abs(span), h_max)


@kernel("b1(f8, f8, f8[::1], f8[::1], f8[::1], f8[::1], f8[:, ::1])")
def inputs_fit(t0, t1, y, rtol, atol, t_eval, y_eval):
    """Whether shapes match, tolerances are usable and t_eval is ordered from t0 towards t1."""
    n = y.size
    if n == 0 or rtol.size != n or atol.size != n:
        return False
    if not (abs(t0) < 1.7e308 and abs(t1) < 1.7e308):
        return False
    for i in range(n):
        if not (rtol[i] >= 0.0 and atol[i] >= 0.0 and rtol[i] + atol[i] > 0.0):
            return False
    m = t_eval.size
    if m == 0:
        return True
    if y_eval.shape[0] != m or y_eval.shape[1] != n:
        return False
    sign = 1.0 if t1 >= t0 else -1.0
    last = t0
    for i in range(m):
        if not (t_eval[i] - last) * sign >= 0.0:
            return False
        last = t_eval[i]
    return (t1 - last) * sign >= 0.0
