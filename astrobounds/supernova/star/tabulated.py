"""A star whose columns are splines: for work that asks for matter at many radii.

Chemical potentials of an ideal gas are solved for at each radius that is asked for; a table of some tens of
radii per smooth part gives them back to a few parts in a million.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

NODES = 80  # radii per smooth part of the profile


def _coordinate(a, b):
    """Return the coordinate in which a part is smooth: the logarithm of the radius where it is long."""
    return np.log if a > 0.0 and b / a > 2.0 else np.asarray


@lru_cache(maxsize=8)
def _parts(star, r_max_km):
    """Return ((start, stop, coordinate, {column: spline}), ...) of the smooth parts up to a radius."""
    edges = [b for b in star.breaks if b < r_max_km * (1.0 - 1e-12)] + [r_max_km]
    out = []
    for a, b in zip(edges[:-1], edges[1:]):
        coordinate = _coordinate(a, b)
        x = np.linspace(coordinate(a), coordinate(b), NODES)
        radius = np.exp(x) if coordinate is np.log else x.copy()
        radius[0], radius[-1] = a, b
        # nodes on an inner kink belong to this side
        radius[0] += 1e-10 * (b - a) if a > star.breaks[0] else 0.0
        radius[-1] -= 1e-10 * (b - a) if b < star.breaks[-1] else 0.0
        state = star.at(radius)
        splines = {}
        for name, values in state.items():
            values = np.broadcast_to(np.asarray(values, dtype=float), radius.shape)
            steep = np.all(values > 0.0)
            finite = np.all(np.isfinite(values))
            splines[name] = (CubicSpline(x, np.log(values) if steep else values), steep) if finite else None
        out.append((a, b, coordinate, splines))
    return tuple(out)


class _Columns:
    """``columns(radius_km)`` of a tabulated star."""

    def __init__(self, parts):
        self._parts = parts

    def __call__(self, radius_km):
        radius = np.asarray(radius_km, dtype=float)
        out = {name: np.full(radius.shape, np.nan) for name in self._parts[0][3]}
        place = np.searchsorted([b for _, b, _, _ in self._parts[:-1]], radius)
        for i, (_, _, coordinate, splines) in enumerate(self._parts):
            inside = place == i
            if not inside.any():
                continue
            x = coordinate(radius[inside])
            for name, found in splines.items():
                if found is not None:
                    spline, steep = found
                    out[name][inside] = np.exp(spline(x)) if steep else spline(x)
        return out


def tabulated(star, r_max_km, marks=()):
    """Return a copy of a star up to ``r_max_km`` with splines for columns, and more radii marked.

    Parameters
    ----------
    star : Star
    r_max_km : float
    marks : sequence of float
        Radii [km] to be added to the breaks: edges of the integrals over radii and rays.

    Returns
    -------
    Star
        Not one that travels to other processes.
    """
    breaks = {b for b in star.breaks if b < r_max_km * (1.0 - 1e-12)} | {r_max_km}
    low, high = star.breaks[0], r_max_km
    near = 1e-3 * (high - low)
    for mark in marks:
        if all(abs(mark - b) > near for b in breaks) and low < mark < high:
            breaks.add(float(mark))
    return replace(star, breaks=tuple(sorted(breaks)), columns=_Columns(_parts(star, r_max_km)), origin=())
