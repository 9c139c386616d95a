"""Neutrino decoupling integrated on a fixed grid of ln a (compiled core).

The grid depends on the free falling temperature only, and so does the method of a step, which makes the
result a smooth function of every input. The weak stiffness falls as lambda ~ T^3 per unit ln a:

* lambda h > 8: Rodas4, L-stable, with a Jacobian by differences (Hairer & Wanner II, section IV.7);
* lambda h > 0.7: classical Runge-Kutta in parts with lambda h <= 2;
* below: Adams, predicted with order 4, corrected with order 5 (Hairer, Norsett & Wanner I, section III.1).

Energy from outside that keeps neutrinos hot counts in lambda.
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from ...numerics.linalg import lu_factor, lu_solve
from ...numerics.rodas import C_TIME, D_TIME, GAMMA, A, C
from .expansion import SIZE, slopes_at

_STIFF, _GENTLE = 4.0, 0.35  # lambda h / 2
_SMALL = 1e-5  # of differences


@kernel
def _row_at(rows, i, z, row):
    """Cubic Hermite of the external columns between grid points i and i + 1 (slopes per step)."""
    n = rows.shape[1] // 2
    if z == 0.0 or z == 1.0:
        k = i if z == 0.0 else i + 1
        for m in range(n):
            row[m] = rows[k, m]
        return
    a = z * z * (3.0 - 2.0 * z)
    b = z * (1.0 - z) * (1.0 - z)
    c = -z * z * (1.0 - z)
    for k in range(n):
        row[k] = (1.0 - a) * rows[i, k] + a * rows[i + 1, k]
        row[k] += b * rows[i, n + k] + c * rows[i + 1, n + k]


@kernel
def _slopes(y, i, z, dx, rows, options, decay, tables, f0, row, f, d, out):
    """H [MeV] and dy/dx in ``out`` at the fraction z between points i and i + 1; row, f and d are room."""
    if i == rows.shape[0] - 1:
        i, z = i - 1, z + 1.0
    _row_at(rows, i, z, row)
    d[1], d[2] = row[7], row[8]
    return slopes_at(y, (i + z) * dx, row, options, d, tables, f, f0, out)


@kernel
def _stiffness(y, falling, dx):
    """lambda h/2 of a step."""
    hottest = max(y[1], y[2])
    hot = max(y[1] * np.exp(0.2 * y[3]), y[2] * np.exp(0.2 * y[4]), (y[0] ** 4 * hottest) ** 0.2)
    if max(falling, hot) > 1.6 * falling:  # entropy was injected; rates ~ T^5 e^xi, T_gamma^4 T
        falling = hot
    return 0.5 * dx * falling**3


@kernel
def _runge_kutta(y, first, i, parts, dx, rows, options, decay, tables, f0, room):
    """Step from point i to the next in equal parts; ``first``: dy/dx at i."""
    row, f, d, z, k, total = room
    h = dx / parts
    for j in range(parts):
        total[:] = 0.0
        for stage in range(4):
            c = 0.5 * ((stage + 1) // 2)  # 0, 1/2, 1/2, 1
            if j == 0 and stage == 0:
                k[:] = first
            else:
                for m in range(SIZE):
                    z[m] = y[m] + c * h * k[m]
                _slopes(z, i, (j + c) / parts, dx, rows, options, decay, tables, f0, row, f, d, k)
            weight = 1.0 if stage == 0 or stage == 3 else 2.0
            for m in range(SIZE):
                total[m] += weight * k[m]
        for m in range(SIZE):
            y[m] += h / 6.0 * total[m]


@kernel
def _linearise(y, first, i, z, dx, rows, options, decay, tables, f0, room, jac, by_x):
    """Derivatives of dy/dx (``first``) by y and by x, by differences."""
    row, f, d, moved, k, other = room
    moved[:] = y
    for m in range(SIZE):
        jac[:, m] = 0.0
        if m == 5 or (first[m] == 0.0 and m > 5):  # nothing depends on the time, or nothing changes
            continue
        small = _SMALL * (y[m] if m < 3 else options[0] ** 4 if m == 7 else 1.0)
        moved[m] = y[m] + small
        _slopes(moved, i, z, dx, rows, options, decay, tables, f0, row, f, d, k)
        moved[m] = y[m] - small
        _slopes(moved, i, z, dx, rows, options, decay, tables, f0, row, f, d, other)
        for q in range(SIZE):
            jac[q, m] = (k[q] - other[q]) / (2.0 * small)
        moved[m] = y[m]
    _slopes(y, i, z + _SMALL, dx, rows, options, decay, tables, f0, row, f, d, k)
    for q in range(SIZE):
        by_x[q] = (k[q] - first[q]) / (_SMALL * dx)


@kernel
def _rosenbrock(y, first, i, parts, dx, rows, options, decay, tables, f0, room, stiff_room):
    """The same with Rodas4."""
    row, f, d, stage, k, _ = room
    jac, matrix, u, by_x, pivot = stiff_room
    h = dx / parts
    for j in range(parts):
        at = j / parts
        if j > 0:
            _slopes(y, i, at, dx, rows, options, decay, tables, f0, row, f, d, k)
            first[:] = k
        _linearise(y, first, i, at, dx, rows, options, decay, tables, f0, room, jac, by_x)
        for p in range(SIZE):
            for q in range(SIZE):
                matrix[p, q] = -jac[p, q]
            matrix[p, p] += 1.0 / (h * GAMMA)
        lu_factor(matrix, pivot)
        for s in range(6):
            stage[:] = y
            k[:] = first
            for r in range(s):
                for m in range(SIZE):
                    stage[m] += A[s, r] * u[r, m]
            if s > 0:
                z = at + C_TIME[s] / parts
                _slopes(stage, i, z, dx, rows, options, decay, tables, f0, row, f, d, k)
            for m in range(SIZE):
                total = k[m] + D_TIME[s] * h * by_x[m]
                for r in range(s):
                    total += C[s, r] / h * u[r, m]
                u[s, m] = total
            lu_solve(matrix, pivot, u[s])
        for m in range(SIZE):
            y[m] = stage[m] + u[5, m]


@kernel
def _adams(y, past, i, dx, rows, options, decay, tables, f0, room):
    """Step from point i to the next from dy/dx at four points (rows i - 3 to i of ``past``)."""
    row, f, d, z, k, _ = room
    h = dx / 24.0
    for m in range(SIZE):
        z[m] = y[m] + h * (
            55.0 * past[i, m] - 59.0 * past[i - 1, m] + 37.0 * past[i - 2, m] - 9.0 * past[i - 3, m]
        )
    _slopes(z, i, 1.0, dx, rows, options, decay, tables, f0, row, f, d, k)
    h = dx / 720.0
    for m in range(SIZE):
        y[m] += h * (
            251.0 * k[m] + 646.0 * past[i, m] - 264.0 * past[i - 1, m] + 106.0 * past[i - 2, m]
            - 19.0 * past[i - 3, m]
        )  # fmt: skip


@kernel
def integrate(y0, dx, refine, rows, options, decay, tables, f0, out):
    """March from x = 0 over the grid; out (n, SIZE + 1) gets the state and H [1/s].

    rows (n, 20): external rho, EM, nu_e, nu_mu, dark energy and nu_e, nu_mu number sources, mean
    energy and decay rate of X, rate [1/s] at which the former decay, then the changes per step.
    ``refine`` > 1: as many substeps, and Runge-Kutta for Adams. Returns the index of the first bad point,
    or -1.
    """
    n = out.shape[0]
    y = y0.copy()
    row, f, d = np.empty(rows.shape[1] // 2), np.empty(10), np.empty(decay.size + 1)
    d[:-1], d[-1] = decay, y0[5]
    room = row, f, d, np.empty(SIZE), np.zeros(SIZE), np.empty(SIZE)
    stiff_room = (np.empty((SIZE, SIZE)), np.empty((SIZE, SIZE)), np.empty((6, SIZE)), np.empty(SIZE),
                  np.empty(SIZE, np.int64))  # fmt: skip
    past = np.empty((n, SIZE))
    for i in range(n):
        H = _slopes(y, i, 0.0, dx, rows, options, decay, tables, f0, row, f, d, past[i])
        for m in range(SIZE):
            out[i, m] = y[m]
        out[i, SIZE] = H / const.HBAR
        if not (np.isfinite(H) and H > 0.0 and y[0] > 0.0):
            return i
        if i == n - 1:
            break
        stiffness = _stiffness(y, options[0] * np.exp(-i * dx), dx)
        if stiffness > _STIFF:
            first = past[i].copy()
            _rosenbrock(y, first, i, refine, dx, rows, options, decay, tables, f0, room, stiff_room)
        elif stiffness > _GENTLE or refine > 1 or i < 3:
            parts = refine * max(1, int(np.ceil(stiffness)))
            _runge_kutta(y, past[i], i, parts, dx, rows, options, decay, tables, f0, room)
        else:
            _adams(y, past, i, dx, rows, options, decay, tables, f0, room)
    return -1
