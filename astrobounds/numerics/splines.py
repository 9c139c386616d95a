"""C2 cubic splines of whole arrays (columns at once), on top of ``numerics.interpolate``."""

import numpy as np

from .interpolate import NOT_A_KNOT, hermite_basis, spline_slopes
from .jit import kernel


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


class Spline:
    """The not-a-knot cubic spline of (x, y) as a function; its end pieces go on outside."""

    def __init__(self, x, y):
        self.x, self.y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        self.dy = slopes(self.x, self.y)

    def __call__(self, at):
        """Return the value at ``at``, of any shape."""
        return hermite(self.x, self.y, self.dy, np.asarray(at, dtype=float))


def coefficients(x, y):
    """Return the pieces of the spline of y (n, m) as powers of (x - x_i): shape (n - 1, m, 4)."""
    dy = slopes(x, y)
    h = np.diff(x)[:, None]
    rise = np.diff(y, axis=0) / h
    square = (3.0 * rise - 2.0 * dy[:-1] - dy[1:]) / h
    cube = (dy[:-1] + dy[1:] - 2.0 * rise) / h**2
    return np.stack((y[:-1], dy[:-1], square, cube), axis=-1)


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
