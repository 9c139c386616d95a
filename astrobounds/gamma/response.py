"""Nodes and weights of the one integral that is left: over r = E_gamma/omega.

The fluence in a band is 1/(4 pi d^2) int dr I(r) W(r) with W(r) = 1/2 int domega f(omega) over the
omega that put r omega into the band, and the spectrum at one energy has W(r) = f(E/r)/(2r). W
depends on mass, energies and window only, never on the coupling, so it is built once per mass.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..numerics.jit import kernel
from .fsr import fsr_table, photons_above, photons_at

N_SHAPES = 5  # line, box, radiation, line x asymmetry, box x asymmetry
_GL_X, _GL_W = np.polynomial.legendre.leggauss(8)
MAX_STEP = 0.8  # longest panel in ln r


@kernel
def shapes_above(omega, mass, places, soft, out):
    """Photons above omega of each normalised shape (fsr: per decay into the pair)."""
    line, low, top, end = places
    here = 1.0 if omega < line else 0.0
    out[0] = here
    out[3] = here
    out[1] = 0.0
    out[4] = 0.0
    at = max(omega, low)
    if at < top:
        beta = (top - low) / (top + low)
        q = 2.0 * low * top / (top + low)
        out[1] = (top - at) / (top - low)
        out[4] = -((top - at) - q * math.log(top / at)) / (beta * (top - low))
    out[2] = photons_above(omega / (0.5 * mass), end, soft)


@kernel
def shape_densities(omega, mass, places, soft, out):
    """Photons per MeV at omega of each continuous shape."""
    _, low, top, end = places
    for c in range(N_SHAPES):
        out[c] = 0.0
    if low < omega < top:
        beta = (top - low) / (top + low)
        q = 2.0 * low * top / (top + low)
        out[1] = 1.0 / (top - low)
        out[4] = -(1.0 - q / omega) / (beta * (top - low))
    out[2] = photons_at(omega / (0.5 * mass), end, soft) / omega


@kernel
def build(mass, radius, windows, bands, spectral, places, soft, p_max, use_soft, gx, gw):
    """Nodes r, number of nodes per row and weights W[row, band, shape, node].

    ``bands[row, b] = (E_low, E_high)``; with ``spectral`` the first entry is one energy. ``places``:
    energies of the line and of the ends of the box [MeV], end point of x = 2 omega/m of the radiation.
    """
    rows, nb = bands.shape[0], bands.shape[1]
    ratio = p_max / mass
    r_top = ratio + math.sqrt(ratio * ratio + 1.0)
    line, low_end, high_end, _ = places
    box = high_end > low_end
    top = max(line, high_end) if box else line
    if use_soft:
        top = max(top, 0.5 * mass)
    lowest = min(line, low_end) if box else line
    n_break = 6 * nb + 7
    panels = n_break + int(2.0 * math.log(r_top) / MAX_STEP) + 2
    size = panels * gx.size + nb
    r = np.ones((rows, size))
    used = np.zeros(rows, dtype=np.int64)
    w = np.zeros((rows, nb, N_SHAPES, size))
    breaks = np.empty(n_break)
    high, low = np.empty(N_SHAPES), np.empty(N_SHAPES)
    for row in range(rows):
        e_min, e_max = bands[row, 0, 0], bands[row, 0, 1]
        for b in range(nb):
            e_min = min(e_min, bands[row, b, 0])
            e_max = max(e_max, bands[row, b, 1])
        start = max(e_min / top, 1.0 / r_top)
        start = max(start, mass * radius / (p_max * windows[row, 1]))
        stop = r_top if use_soft else min(r_top, e_max / lowest)
        n = 0
        if spectral:
            for b in range(nb):
                r[row, n] = bands[row, b, 0] / line
                w[row, b, 0, n] = 0.5 / line
                w[row, b, 3, n] = 0.5 / line
                n += 1
        if start >= stop:
            used[row] = n
            continue
        count = 0
        for b in range(nb):
            for edge in range(2):
                breaks[count] = bands[row, b, edge] / line
                breaks[count + 1] = bands[row, b, edge] / (low_end if box else line)
                breaks[count + 2] = bands[row, b, edge] / (high_end if box else line)
                count += 3
        breaks[count] = 1.0
        count += 1
        for edge in range(2):
            if windows[row, edge] > 0.0:
                shift = 2.0 * radius / windows[row, edge]
                breaks[count] = math.sqrt(1.0 + shift)
                breaks[count + 1] = math.sqrt(1.0 - shift) if shift < 1.0 else start
                count += 2
        breaks[count] = start
        breaks[count + 1] = stop
        count += 2
        sorted_breaks = np.sort(breaks[:count])
        for i in range(count - 1):
            a, z = max(sorted_breaks[i], start), min(sorted_breaks[i + 1], stop)
            if not z > a * (1.0 + 1e-13):
                continue
            pieces = int(math.log(z / a) / MAX_STEP) + 1
            step = math.log(z / a) / pieces
            for piece in range(pieces):
                middle = math.log(a) + (piece + 0.5) * step
                for g in range(gx.size):
                    x = math.exp(middle + 0.5 * step * gx[g])
                    dr = 0.5 * step * gw[g] * x
                    r[row, n] = x
                    for b in range(nb):
                        if spectral:
                            shape_densities(bands[row, b, 0] / x, mass, places, soft, low)
                            for c in range(N_SHAPES):
                                w[row, b, c, n] = 0.5 * dr * low[c] / x
                        else:
                            shapes_above(bands[row, b, 0] / x, mass, places, soft, low)
                            shapes_above(bands[row, b, 1] / x, mass, places, soft, high)
                            for c in range(N_SHAPES):
                                w[row, b, c, n] = 0.5 * dr * (low[c] - high[c])
                    n += 1
        used[row] = n
    return r, used, w


@dataclass(frozen=True, eq=False)
class Response:
    """Nodes and weights for a set of rows (a window and bands, or energies, per row)."""

    r: np.ndarray
    used: np.ndarray
    weights: np.ndarray
    windows: np.ndarray


def response(mass, radius, windows, bands, p_max, spectral=False, shape=None):
    """Build a :class:`Response`; all plain numbers (MeV, s; ``radius`` is R/c).

    ``shape``: (line, low, high, radiation) as in :attr:`astrobounds.gamma.spectrum.Group.shape`; a line at
    m/2 without it.
    """
    line, low, high, radiation = (0.5 * mass, 0.0, 0.0, None) if shape is None else shape
    end, table = (0.0, np.zeros((2, 3))) if radiation is None else fsr_table(mass, *radiation)
    places = (float(line), float(low), float(high), float(end))
    r, used, weights = build(
        mass, radius, windows, bands, spectral, places, table, p_max, end > 0.0, _GL_X, _GL_W
    )
    top = max(int(used.max()), 1)
    return Response(
        np.ascontiguousarray(r[:, :top]), used, np.ascontiguousarray(weights[..., :top]), windows
    )


@lru_cache(maxsize=32)
def cached_response(mass, radius, windows, bands, p_max, spectral, shape):
    """The same from hashable tuples: windows ((t0, t1), ...), bands ((E0, E1), ...)."""
    rows = np.array(windows, dtype=float).reshape(-1, 2)
    shared = np.broadcast_to(np.array(bands, dtype=float), (len(rows), len(bands), 2))
    return response(mass, radius, rows, np.ascontiguousarray(shared), p_max, spectral, shape)
