"""Interpolation on a rectangular grid in compiled code; outside its table a kernel says so.

``zs[i, j]`` belongs to ``(xs[i], ys[j])``. Results are (value, dz/dx, dz/dy, status), with nan and
OUT_OF_RANGE outside the table.
"""

import numpy as np

from .interpolate import find_interval, hermite_basis, hermite_basis_derivative, spline_slopes
from .jit import kernel
from .status import BAD_INPUT, OUT_OF_RANGE, SUCCESS


@kernel
def bilinear(x, y, xs, ys, zs):
    """z = (1-s)(1-t) z00 + s(1-t) z10 + (1-s) t z01 + s t z11 in the cell of (x, y)."""
    i = find_interval(x, xs)
    j = find_interval(y, ys)
    if i < 0 or j < 0:
        return np.nan, np.nan, np.nan, OUT_OF_RANGE
    hx, hy = xs[i + 1] - xs[i], ys[j + 1] - ys[j]
    s, t = (x - xs[i]) / hx, (y - ys[j]) / hy
    low = (1.0 - t) * zs[i, j] + t * zs[i, j + 1]
    high = (1.0 - t) * zs[i + 1, j] + t * zs[i + 1, j + 1]
    left = (1.0 - s) * zs[i, j] + s * zs[i + 1, j]
    right = (1.0 - s) * zs[i, j + 1] + s * zs[i + 1, j + 1]
    return (1.0 - s) * low + s * high, (high - low) / hx, (right - left) / hy, SUCCESS


@kernel
def bicubic_slopes(xs, ys, zs, ends, slopes):
    """Fill slopes[0..2] = dz/dx, dz/dy, d2z/dxdy at the knots of the bicubic spline.

    One-dimensional splines along each axis with `ends` NATURAL or NOT_A_KNOT (de Boor, J. Math.
    Phys. 41 (1962) 212, doi:10.1002/sapm1962411212); returns a status.
    """
    nx, ny = xs.size, ys.size
    if zs.shape != (nx, ny) or slopes.shape != (3, nx, ny):
        return BAD_INPUT
    values = np.empty(nx)
    column = np.empty(nx)
    for i in range(nx):
        status = spline_slopes(ys, zs[i], ends, slopes[1, i])
        if status != SUCCESS:
            return status
    for j in range(ny):
        for mixed in range(2):
            for i in range(nx):
                values[i] = slopes[1, i, j] if mixed == 1 else zs[i, j]
            status = spline_slopes(xs, values, ends, column)
            if status != SUCCESS:
                return status
            for i in range(nx):
                slopes[2 * mixed, i, j] = column[i]
    return SUCCESS


@kernel
def bicubic(x, y, xs, ys, zs, slopes):
    """Bicubic Hermite surface through zs with the knot slopes of `bicubic_slopes`."""
    i = find_interval(x, xs)
    j = find_interval(y, ys)
    if i < 0 or j < 0:
        return np.nan, np.nan, np.nan, OUT_OF_RANGE
    hx, hy = xs[i + 1] - xs[i], ys[j + 1] - ys[j]
    s, t = (x - xs[i]) / hx, (y - ys[j]) / hy
    px, qx = hermite_basis(s, hx), hermite_basis_derivative(s, hx)
    py, qy = hermite_basis(t, hy), hermite_basis_derivative(t, hy)
    value = 0.0
    by_x = 0.0
    by_y = 0.0
    for a in range(2):
        for b in range(2):
            z, zx = zs[i + a, j + b], slopes[0, i + a, j + b]
            zy, zxy = slopes[1, i + a, j + b], slopes[2, i + a, j + b]
            along = py[b] * z + py[2 + b] * zy
            along_x = py[b] * zx + py[2 + b] * zxy
            value += px[a] * along + px[2 + a] * along_x
            by_x += qx[a] * along + qx[2 + a] * along_x
            by_y += px[a] * (qy[b] * z + qy[2 + b] * zy)
            by_y += px[2 + a] * (qy[b] * zx + qy[2 + b] * zxy)
    return value, by_x, by_y, SUCCESS
