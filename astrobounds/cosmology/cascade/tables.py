"""Tables of the cascade that depend on b = E T/m^2 alone: one set serves every energy and temperature.

Energies lie on cells of equal width D in ln E. A transfer into the cell k below, averaged over a
source cell that is uniform in ln E, is an integral over d = ln(E'/E) with a triangular weight; the
electrons' loss out of their cell is the same integral with min(d/D, 1). So number is conserved
exactly, also where electrons lose much less than a cell per collision.
"""

import math
from functools import lru_cache

import numpy as np

from ...constants import M_E
from ...numerics.interpolate import NOT_A_KNOT, spline_slopes
from ...numerics.jit import kernel
from ...numerics.quadrature import composite_rule, gauss_legendre
from .kernels import M2, Z_MAX, breit_wheeler_sigma, pair_shape, scattered, table_lookup

NEAR = 6  # cells over which transfers are always integrated
B_TOP = 1000.0  # E T/m^2 at the upper edge of the lattice
B_BOTTOM = 2e-8


def _uniform_table(function, low, high, n):
    """Values and spline slopes of columns sampled evenly in ln x: (first, step, values, slopes)."""
    grid = np.linspace(math.log(low), math.log(high), n)
    values = np.array([function(math.exp(x)) for x in grid]).T.copy()
    slopes = np.empty_like(values)
    for k in range(len(values)):
        spline_slopes(grid, values[k], NOT_A_KNOT, slopes[k])
    return grid[0], grid[1] - grid[0], values, slopes


def _decaying(scale):
    """Rule on [0, 50) that resolves `scale` and 1."""
    small = min(scale, 1.0)
    inner = np.geomspace(small * 0.02, 1.0, max(2, int(math.log2(50.0 / small))))
    return composite_rule(12, np.concatenate([[0.0], inner, [3.0, 7.0, 14.0, 26.0, 50.0]]))


def _h(z):
    """e^z h0, e^z h1: integrals over u > z of u/(e^u - 1) {1 + q - 2 q^2 + 2 q ln q, 1 - q}, q = z/u."""
    t, w = _decaying(z)
    u = z + t
    q = z / u
    w = w * u * np.exp(-t) / -np.expm1(-u)
    return (w @ (1.0 + q - 2.0 * q * q + 2.0 * q * np.log(q)), w @ (1.0 - q))


def _g(a):
    """e^a ga, e^a gb: integrals over u > a of {g - 1, 4 ln g + 4/g - 2 - 2 g}/(e^u - 1), g = u/a."""
    t, w = _decaying(a)
    g = 1.0 + t / a
    w = w * np.exp(-t) / -np.expm1(-(a + t))
    return (w @ (t / a), w @ (4.0 * np.log(g) + 4.0 / g - 2.0 - 2.0 * g))


@lru_cache(maxsize=1)
def compton_table():
    """Table of `_h` for :func:`scattered`."""
    return _uniform_table(_h, 1e-8, 1.01 * Z_MAX, 240)


@lru_cache(maxsize=1)
def pair_table():
    """Table of `_g` for :func:`pair_shape`."""
    return _uniform_table(_g, 2e-4, 301.0, 200)


@kernel
def _stopping(w_max, nodes, weights):
    """Integral of 2 s sigma(s) ds from 4 m^2 to 4 w m^2 by Gauss nodes in the rapidity, MeV^2."""
    top = math.atanh(math.sqrt(1.0 - 1.0 / w_max))
    total = 0.0
    for i in range(nodes.size):
        rapidity = 0.5 * top * (1.0 + nodes[i])
        s = 4.0 * M2 * math.cosh(rapidity) ** 2
        jacobian = 2.0 * s * math.tanh(rapidity)
        total += weights[i] * s * breit_wheeler_sigma(s) * jacobian
    return total * 0.5 * top


def _pair_integral(b):
    """e^(1/b) times the integral over u > 1/b of 1/(e^u - 1) Int s sigma ds (MeV^2), for the rate."""
    t, w = _decaying(1.0 / b)
    u = 1.0 / b + t
    nodes, weights = gauss_legendre(24)
    inner = np.array([_stopping(max(x * b, 1.0 + 1e-15), nodes, weights) for x in u])
    return (w @ (np.exp(-t) / -np.expm1(-u) * inner),)


@lru_cache(maxsize=1)
def pair_rate_table():
    """ln of `_pair_integral` against ln b."""
    return _uniform_table(lambda b: np.log(_pair_integral(b)), 1.0 / 300.0, 1.01 * B_TOP, 160)


def pair_rate(E, T):
    """Rate of gamma gamma -> e+ e- on the black body, MeV (Gould & Schreder 1967).

    1/(8 E^2) Int dx n(x)/x^2 Int ds s sigma(s), zero for E T < m^2/300.
    """
    b = np.atleast_1d(np.asarray(E * T / M2, dtype=float))
    first, step, values, slopes = pair_rate_table()
    out = np.zeros(b.shape)
    for i, one in enumerate(b.ravel()):
        if one > 1.0 / 300.0:
            x = math.log(one)
            value = table_lookup(x, first, step, values, slopes, 0)
            out.ravel()[i] = math.exp(value - 1.0 / one)
    return out * T / (8.0 * math.pi**2 * np.atleast_1d(E).reshape(b.shape) ** 2)


@kernel
def scattered_below(b, low, ic, rule):
    """Integral of H(b, r) over r from `low` to 1, in panels of ln z; low = 0 gives the rate."""
    first, step, values, slopes = ic
    nodes, weights = rule
    z = low / ((1.0 - low) * 4.0 * b)
    if z >= Z_MAX:
        return 0.0
    start = math.log(max(z, 1e-9 * min(1.0, 1.0 / b)))
    width = math.log(Z_MAX) - start
    panels = int(width) + 1
    total = 0.0
    for j in range(panels):
        for i in range(nodes.size):
            psi = 4.0 * b * math.exp(start + width * (j + 0.5 + 0.5 * nodes[i]) / panels)
            r = psi / (1.0 + psi)
            total += weights[i] * r / (1.0 + psi) * scattered(b, r, first, step, values, slopes)
    return 0.5 * width / panels * total


@kernel
def _shapes(b, d, ic, pair, out):
    """E K dlnE at d = ln(E'/E) below E': electrons, photons of inverse Compton, leptons of pairs."""
    x = math.exp(-d)
    out[0] = x * scattered(b, -math.expm1(-d), ic[0], ic[1], ic[2], ic[3])
    out[1] = x * scattered(b, x, ic[0], ic[1], ic[2], ic[3])
    out[2] = x * pair_shape(b, x, pair[0], pair[1], pair[2], pair[3])


@kernel
def _interval(b, k, width, slope, offset, ic, pair, rule, one, total):
    """Add the integral of `_shapes` times (offset + slope d) over [k, k + 1] widths to total.

    The first width is split geometrically towards d = 0.
    """
    nodes, weights = rule
    smallest = 0.02 * min(width, 4.0 * b, 0.25 / b)
    end, high = k * width, (k + 1) * width
    while high > end:
        low = end
        if k == 0 and high > smallest:
            low = 0.4 * high
        half = 0.5 * (high - low)
        for i in range(nodes.size):
            d = low + half * (1.0 + nodes[i])
            _shapes(b, d, ic, pair, one)
            w = weights[i] * half * (offset + slope * d)
            for s in range(3):
                total[s] += w * one[s]
        high = low


@kernel
def line_row(b, width, ic, pair, rule, out):
    """Transfers of particles exactly at an upper cell edge into the cells below: out (3, n)."""
    one, total = np.empty(3), np.empty(3)
    for k in range(out.shape[1]):
        total[:] = 0.0
        _interval(b, k, width, 0.0, 1.0, ic, pair, rule, one, total)
        out[:, k] = total


@kernel
def _fill(edges, width, ic, pair, rule, out, leave):
    """Transfers from cells with b in their middle: out (3, rows, n), and the electrons' loss."""
    one, total = np.empty(3), np.empty(3)
    inverse = 1.0 / width
    for m in range(edges.size):
        b = edges[m] * math.exp(-0.5 * width)
        for k in range(-1, out.shape[2]):  # -1: out of the cell
            total[:] = 0.0
            # far away the middle will do, unless the electrons' spectrum is a few cells wide
            fine = k < NEAR or (b < 5.0 * width and k * width < Z_MAX * b)
            for falling in range(2):
                slope = inverse * (1 - 2 * falling)
                offset = 1.0 + k if falling == 1 else 1.0 - k
                at = k if falling == 1 else k - 1
                if k == -1:
                    at, offset = -falling, 0.0
                if at >= 0 and fine:
                    _interval(b, at, width, slope, offset, ic, pair, rule, one, total)
            if k == -1:
                leave[m] = total[0]
            elif fine:
                out[:, m, k] = total
            else:
                _shapes(b, k * width, ic, pair, one)
                out[:, m, k] = width * one
        leave[m] += scattered_below(b, -math.expm1(-width), ic, rule)


@lru_cache(maxsize=4)
def lattice(per_decade, cells):
    """All transfers on the lattice of b, for spectra of at most `cells` cells.

    Returns
    -------
    edges : ndarray, shape (rows,)
        b at the upper edges of the cells, falling.
    transfers : ndarray, shape (3, rows, cells)
        Electrons by inverse Compton, its photons (both in units of 2 alpha^2 T^2/(pi E')) and
        one lepton of pairs (alpha^2 m^2 T/(4 pi E'^2)), into the k-th cell below.
    leave : ndarray, shape (rows,)
        Loss of electrons out of their own cell, same unit as the first.
    """
    width = math.log(10.0) / per_decade
    edges = lattice_edges(per_decade)
    rows = len(edges)
    out, leave = np.empty((3, rows, cells)), np.empty(rows)
    _fill(edges, width, compton_table(), pair_table(), gauss_legendre(5), out, leave)
    for array in (edges, out, leave):
        array.setflags(write=False)
    return edges, out, leave


@lru_cache(maxsize=4)
def lattice_pair_rates(per_decade):
    """(E^2/T) times the pair rate at the edges and in the middles of the lattice's cells, (2, rows)."""
    edges = lattice_edges(per_decade)
    width = math.log(10.0) / per_decade
    both = np.array([edges, edges * math.exp(-0.5 * width)])
    return pair_rate(both * M2 / M_E, M_E) * (both * M2 / M_E) ** 2 / M_E


def lattice_edges(per_decade):
    """b at the upper edges of the lattice's cells."""
    width = math.log(10.0) / per_decade
    return B_TOP * np.exp(-width * np.arange(int(math.log(B_TOP / B_BOTTOM) / width) + 1))
