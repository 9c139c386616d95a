"""One-dimensional interpolation in compiled code; outside its table a kernel says so.

Every evaluation returns ``(..., status)``: values are nan with OUT_OF_RANGE outside the table,
never clipped or extrapolated. A smooth curve is a cubic Hermite piece between knots, set by its
slopes at the knots: `spline_slopes` gives the C2 cubic spline, `pchip_slopes` a monotone curve.
"""

import numpy as np

from .jit import kernel
from .status import BAD_INPUT, OUT_OF_RANGE, SUCCESS

NATURAL = 0
NOT_A_KNOT = 1


@kernel
def find_interval(x, xs):
    """Index i with xs[i] <= x <= xs[i+1] by bisection, or -1 outside and for nan."""
    last = xs.size - 1
    if not xs[0] <= x <= xs[last]:
        return -1
    low = 0
    high = last
    while high - low > 1:
        middle = (low + high) // 2
        if x >= xs[middle]:
            low = middle
        else:
            high = middle
    return low


@kernel
def linear(x, xs, ys):
    """y = y_i + (x - x_i) (y_{i+1} - y_i) / (x_{i+1} - x_i); returns (y, status)."""
    i = find_interval(x, xs)
    if i < 0:
        return np.nan, OUT_OF_RANGE
    slope = (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i])
    # From the nearer knot: exact at both.
    if x - xs[i] <= xs[i + 1] - x:
        return ys[i] + slope * (x - xs[i]), SUCCESS
    return ys[i + 1] - slope * (xs[i + 1] - x), SUCCESS


@kernel
def loglog(x, xs, ys):
    """y = y_i (x/x_i)^p, the power law between neighbours; returns (y, status).

    BAD_INPUT where a neighbour is not positive: a power law cannot pass through it.
    """
    i = find_interval(x, xs)
    if i < 0:
        return np.nan, OUT_OF_RANGE
    x0, x1, y0, y1 = xs[i], xs[i + 1], ys[i], ys[i + 1]
    if not (x0 > 0.0 and y0 > 0.0 and y1 > 0.0):
        return np.nan, BAD_INPUT
    if x == x1:
        return y1, SUCCESS
    return y0 * np.exp(np.log(y1 / y0) * np.log(x / x0) / np.log(x1 / x0)), SUCCESS


@kernel
def table_lookup(x, xs, ys, logarithmic, out):
    """Interpolate at all of x into out; returns the first status that is not SUCCESS."""
    status = SUCCESS
    for k in range(x.size):
        out[k], code = loglog(x[k], xs, ys) if logarithmic else linear(x[k], xs, ys)
        if status == SUCCESS:
            status = code
    return status


@kernel
def spline_slopes(xs, ys, ends, slopes):
    """Knot slopes of the C2 cubic spline with NATURAL or NOT_A_KNOT ends; returns a status.

    h_i m_{i-1} + 2 (h_{i-1} + h_i) m_i + h_{i-1} m_{i+1} = 3 (h_i d_{i-1} + h_{i-1} d_i)
    (de Boor, A Practical Guide to Splines, chapter IV), by elimination of the tridiagonal system.
    """
    n = xs.size
    if n < 2 or ys.size != n or slopes.size != n:
        return BAD_INPUT
    for i in range(n - 1):
        if not xs[i + 1] > xs[i]:
            return BAD_INPUT
    if n == 2:
        slopes[:] = (ys[1] - ys[0]) / (xs[1] - xs[0])
        return SUCCESS
    if n == 3 and ends == NOT_A_KNOT:  # one parabola
        h0, h1 = xs[1] - xs[0], xs[2] - xs[1]
        d0, d1 = (ys[1] - ys[0]) / h0, (ys[2] - ys[1]) / h1
        curve = (d1 - d0) / (h0 + h1)
        slopes[0] = d0 - curve * h0
        slopes[1] = d0 + curve * h0
        slopes[2] = d1 + curve * h1
        return SUCCESS
    upper = np.empty(n)
    h = xs[1] - xs[0]
    d = (ys[1] - ys[0]) / h
    if ends == NATURAL:
        upper[0] = 0.5
        slopes[0] = 1.5 * d
    else:
        h1 = xs[2] - xs[1]
        d1 = (ys[2] - ys[1]) / h1
        upper[0] = (h + h1) / h1
        slopes[0] = ((3.0 * h + 2.0 * h1) * d * h1 + h * h * d1) / ((h + h1) * h1)
    for i in range(1, n - 1):
        h1 = xs[i + 1] - xs[i]
        d1 = (ys[i + 1] - ys[i]) / h1
        pivot = 2.0 * (h + h1) - h1 * upper[i - 1]
        upper[i] = h / pivot
        slopes[i] = (3.0 * (h1 * d + h * d1) - h1 * slopes[i - 1]) / pivot
        h, d = h1, d1
    if ends == NATURAL:
        slopes[n - 1] = (3.0 * d - slopes[n - 2]) / (2.0 - upper[n - 2])
    else:
        h0 = xs[n - 2] - xs[n - 3]
        d0 = (ys[n - 2] - ys[n - 3]) / h0
        side = ((3.0 * h + 2.0 * h0) * d * h0 + h * h * d0) / (h + h0)
        slopes[n - 1] = (side - (h + h0) * slopes[n - 2]) / (h0 - (h + h0) * upper[n - 2])
    for i in range(n - 2, -1, -1):
        slopes[i] -= upper[i] * slopes[i + 1]
    return SUCCESS


@kernel
def _pchip_end(h0, h1, d0, d1):
    """Three-point slope at an end, limited to keep the shape (Moler 2004, section 3.6)."""
    slope = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
    if slope * d0 <= 0.0:
        return 0.0
    if d0 * d1 <= 0.0 and abs(slope) > 3.0 * abs(d0):
        return 3.0 * d0
    return slope


@kernel
def pchip_slopes(xs, ys, slopes):
    """Knot slopes of the monotone cubic: weighted harmonic means; returns a status.

    Fritsch & Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300, doi:10.1137/0905021.
    """
    n = xs.size
    if n < 2 or ys.size != n or slopes.size != n:
        return BAD_INPUT
    for i in range(n - 1):
        if not xs[i + 1] > xs[i]:
            return BAD_INPUT
    if n == 2:
        slopes[:] = (ys[1] - ys[0]) / (xs[1] - xs[0])
        return SUCCESS
    for i in range(1, n - 1):
        h0, h1 = xs[i] - xs[i - 1], xs[i + 1] - xs[i]
        d0, d1 = (ys[i] - ys[i - 1]) / h0, (ys[i + 1] - ys[i]) / h1
        if (d0 > 0.0 and d1 > 0.0) or (d0 < 0.0 and d1 < 0.0):
            w0, w1 = 2.0 * h1 + h0, h1 + 2.0 * h0
            slopes[i] = (w0 + w1) / (w0 / d0 + w1 / d1)
        else:
            slopes[i] = 0.0
        if i == 1:
            slopes[0] = _pchip_end(h0, h1, d0, d1)
        if i == n - 2:
            slopes[n - 1] = _pchip_end(h1, h0, d1, d0)
    return SUCCESS


@kernel
def hermite_basis(s, h):
    """Cubic Hermite weights of (y_i, y_{i+1}, m_i, m_{i+1}) at the fraction s of a piece h."""
    r = 1.0 - s
    return r * r * (1.0 + 2.0 * s), s * s * (3.0 - 2.0 * s), h * s * r * r, -h * s * s * r


@kernel
def hermite_basis_derivative(s, h):
    """Derivatives by x of `hermite_basis`."""
    r = 1.0 - s
    return -6.0 * s * r / h, 6.0 * s * r / h, r * (1.0 - 3.0 * s), s * (3.0 * s - 2.0)


@kernel
def hermite(x, xs, ys, slopes):
    """Value and first derivative of the cubic Hermite curve; returns (y, dy/dx, status)."""
    i = find_interval(x, xs)
    if i < 0:
        return np.nan, np.nan, OUT_OF_RANGE
    h = xs[i + 1] - xs[i]
    s = (x - xs[i]) / h
    a, b, c, d = hermite_basis(s, h)
    value = a * ys[i] + b * ys[i + 1] + c * slopes[i] + d * slopes[i + 1]
    a, b, c, d = hermite_basis_derivative(s, h)
    return value, a * ys[i] + b * ys[i + 1] + c * slopes[i] + d * slopes[i + 1], SUCCESS


@kernel
def hermite_lookup(x, xs, ys, slopes, out, derivative):
    """`hermite` at all of x into out and derivative; returns the first status not SUCCESS."""
    status = SUCCESS
    for k in range(x.size):
        out[k], derivative[k], code = hermite(x[k], xs, ys, slopes)
        if status == SUCCESS:
            status = code
    return status
