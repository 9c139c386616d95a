"""Contact rates of a relic along a history: the universal rate from its table, mixing in matter."""

import numpy as np

from ...numerics.interpolate import NOT_A_KNOT, hermite_basis, spline_slopes
from ...numerics.interpolate2d import bicubic
from ...numerics.jit import kernel

BOTH, MINUS, PLUS = 0, 1, 2


@kernel
def _across(log_x, xs, zs, slopes, values, by_u):
    """Values and slopes along ln u of a bicubic surface at one ln x."""
    i = min(max(np.searchsorted(xs, log_x) - 1, 0), xs.size - 2)
    h = xs[i + 1] - xs[i]
    a, b, c, d = hermite_basis((log_x - xs[i]) / h, h)
    for j in range(values.size):
        values[j] = a * zs[i, j] + b * zs[i + 1, j] + c * slopes[0, i, j] + d * slopes[0, i + 1, j]
        by_u[j] = a * slopes[1, i, j] + b * slopes[1, i + 1, j]
        by_u[j] += c * slopes[2, i, j] + d * slopes[2, i + 1, j]


@kernel
def _along(log_u, us, step, values, by_u):
    """The cubic of :func:`_across` at a place of the uniform grid of ln u."""
    at = (log_u - us[0]) / step
    j = min(max(int(at), 0), us.size - 2)
    a, b, c, d = hermite_basis(at - j, step)
    return a * values[j] + b * values[j + 1] + c * by_u[j] + d * by_u[j + 1]


@kernel
def _inside(value, grid):
    return min(max(value, grid[0]), grid[-1])


@kernel
def universal_rates(u, x, helicity, surface, share, out):
    """R at pairs (u, x), shape (n,); ``surface`` = (ln x, ln u, ln(R/E), slopes), ``share`` likewise."""
    xs, us, zs, slopes = surface
    for k in range(u.size):
        energy = np.hypot(u[k], x[k])
        at = _inside(np.log(x[k]), xs) if x[k] > 0.0 else xs[0]
        along = _inside(np.log(u[k]), us) if u[k] > 0.0 else us[0]
        out[k] = energy * np.exp(bicubic(at, along, xs, us, zs, slopes)[0])
        if helicity != BOTH:
            part = bicubic(at, along, xs, us, share[2], share[3])[0]
            part *= 0.5 * x[k] * x[k] / (energy * (energy + u[k]))
            out[k] *= part if helicity == PLUS else 1.0 - part


@kernel
def mixed_rates(T, p, mass, helicity, squares, counts, potentials, unit, active, surface, share, out):
    """Fill out (n, modes) with 2 -> 2 rates [MeV] at T (n,) and momenta p (n, modes).

    ``squares`` (3,): |U_a|^2; ``counts``, ``potentials`` (3, n): partners and B [MeV^-4] of the flavours;
    ``unit``: 32 G_F^2; ``active``: R(u, 0)/u of an active neutrino. The factor of mixing in matter is that
    of ``rates.matter_factor``.
    """
    xs, us, zs, slopes = surface
    step = (us[-1] - us[0]) / (us.size - 1)
    values, by_u, values_s, by_u_s = np.empty((4, us.size))
    for i in range(T.size):
        t2 = T[i] * T[i]
        t4 = t2 * t2
        at = _inside(np.log(mass / T[i]), xs)
        _across(at, xs, zs, slopes, values, by_u)
        if helicity != BOTH:
            _across(at, xs, share[2], share[3], values_s, by_u_s)
        for k in range(p.shape[1]):
            q = p[i, k]
            energy = np.sqrt(q * q + mass * mass)
            log_u = _inside(np.log(q / T[i]), us)
            reduced = unit * t4 * energy * np.exp(_along(log_u, us, step, values, by_u))
            split = mass * mass / (energy + q)
            if helicity != BOTH:
                part = _along(log_u, us, step, values_s, by_u_s) * 0.5 * split / energy
                reduced *= part if helicity == PLUS else 1.0 - part
            damping = 0.5 * unit * t4 * active * q
            total = 0.0
            for a in range(3):
                if squares[a] > 0.0:
                    matter = split + potentials[a, i] * q * t4
                    rate = counts[a, i] * damping
                    total += squares[a] * counts[a, i] / (matter * matter + rate * rate)
            out[i, k] = total * reduced * split * split


@kernel
def between(rows, values, out):
    """Not-a-knot splines of columns ``values`` given at the integers ``rows``, at all integers between."""
    slope = np.empty(rows.size)
    slopes = np.empty(values.shape)
    for k in range(values.shape[1]):
        spline_slopes(rows, values[:, k].copy(), NOT_A_KNOT, slope)
        slopes[:, k] = slope
    for i in range(rows.size - 1):
        h = rows[i + 1] - rows[i]
        for j in range(int(h)):
            a, b, c, d = hermite_basis(j / h, h)
            row = int(rows[i]) + j
            for k in range(values.shape[1]):
                out[row, k] = a * values[i, k] + b * values[i + 1, k]
                out[row, k] += c * slopes[i, k] + d * slopes[i + 1, k]
    out[int(rows[-1]), :] = values[rows.size - 1]
