"""C2 cubic splines of whole arrays (columns at once), on top of ``numerics.interpolate``."""

import numpy as np

from ..numerics.interpolate import NOT_A_KNOT, hermite_basis, spline_slopes
from ..numerics.jit import kernel


def slopes(x, y):
    """Return dy/dx at the knots of the not-a-knot cubic spline; y has shape (n,) or (n, m)."""
    x = np.ascontiguousarray(x, dtype=float)
    columns = np.asarray(y, dtype=float).reshape(len(x), -1)
    out = np.empty_like(columns)
    work = np.empty(len(x))
    for k in range(columns.shape[1]):
        spline_slopes(x, np.ascontiguousarray(columns[:, k]), NOT_A_KNOT, work)
        out[:, k] = work
    return out.reshape(np.shape(y))


def hermite(x, y, dy, at):
    """Return the cubic Hermite interpolant of values and slopes (n,) or (n, m) at points ``at``."""
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    h = x[i + 1] - x[i]
    z = (at - x[i]) / h
    if np.ndim(y) == 2:
        h, z = h[:, None], z[:, None]
    a, b, c, d = y[i], y[i + 1], h * dy[i], h * dy[i + 1]
    return a + z * (c + z * (3.0 * (b - a) - 2.0 * c - d + z * (2.0 * (a - b) + c + d)))


@kernel
def refine(knots, values, factor, out):
    """Spline ``values`` at ``knots`` on ``factor`` equal parts of each piece: the start of out."""
    n = knots.shape[0]
    dy = np.empty(n)
    spline_slopes(knots, values, NOT_A_KNOT, dy)
    for i in range(n - 1):
        for k in range(factor):
            a, b, c, d = hermite_basis(k / factor, knots[i + 1] - knots[i])
            out[i * factor + k] = a * values[i] + b * values[i + 1] + c * dy[i] + d * dy[i + 1]
    out[(n - 1) * factor] = values[n - 1]
