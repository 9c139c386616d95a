"""Straight chords through a star, cut into cells: the grid of the formal solution."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...numerics.collision import unit_rule

HALF_CHORD_SCALE = 5.0  # km, cells are uniform in asinh(s / scale)


@dataclass(frozen=True, eq=False)
class Rays:
    """Chords through a star: cells from the surface to the point of closest approach.

    Attributes
    ----------
    weight : ndarray, shape (n_rays,)
        b db [MeV^-2].
    radius, length : ndarray, shape (n_rays, n_cells)
        Radius of the node of a cell [km], cell length [MeV^-1]; a chord crosses its cells twice.
    distance : ndarray, shape (n_rays, n_cells)
        Distance of the node from the point of closest approach [MeV^-1].
    temperature, lapse : ndarray, shape (n_rays, n_cells)
    """

    weight: np.ndarray
    radius: np.ndarray
    length: np.ndarray
    temperature: np.ndarray
    lapse: np.ndarray
    distance: np.ndarray


def _half_chord(b, edges, steps):
    """Return (distance from closest approach, length) [km] of the cells, surface first.

    Cells are the Gauss weights of each smooth part in asinh(s/scale), so that the thin limit
    converges like a Gauss rule while the cells still tile the chord.
    """
    marks = [0.0] + [np.sqrt(r * r - b * b) for r in edges if r > b]
    y = np.arcsinh(np.array(marks) / HALF_CHORD_SCALE)
    share = np.diff(y) / y[-1] * steps
    counts = np.maximum(np.round(share).astype(int), min(6, steps // len(share)))
    counts[np.argmax(counts)] += steps - counts.sum()
    distance, length = [], []
    for i, n in enumerate(counts):
        u, w = unit_rule(int(n))
        at = y[i] + (y[i + 1] - y[i]) * u
        distance.append(HALF_CHORD_SCALE * np.sinh(at))
        length.append(HALF_CHORD_SCALE * np.cosh(at) * w * (y[i + 1] - y[i]))
    return np.concatenate(distance)[::-1], np.concatenate(length)[::-1]


@lru_cache(maxsize=16)
def rays(star, r_max_km, n_rays, steps, core_km=None):
    """Return the chords of a star up to ``r_max_km`` (``n_rays`` per smooth part).

    Cells have an edge at ``core_km`` where the net flux is asked for.
    """
    edges = {b for b in star.breaks[1:] if b < r_max_km * (1 - 1e-12)} | {r_max_km}
    edges = sorted(edges | ({core_km} if core_km is not None else set()))
    rule = unit_rule(n_rays)
    weight, radius, length, middle = [], [], [], []
    for a, b in zip([star.breaks[0], *edges[:-1]], edges):
        for u, w in rule.T:
            if a > 0.0 and b / a > 2.0:  # the emissivity falls like a steep power
                impact = a * (b / a) ** u
                width = impact * np.log(b / a)
            else:
                impact = a + (b - a) * u
                width = b - a
            weight.append(w * width * impact * const.KM**2)
            distance, cell = _half_chord(impact, edges, steps)
            radius.append(np.sqrt(impact**2 + distance**2))
            length.append(cell * const.KM)
            middle.append(distance * const.KM)
    radius = np.array(radius)
    state = star.at(radius.ravel())
    return Rays(
        np.array(weight), radius, np.array(length),
        state["T"].reshape(radius.shape), state["lapse"].reshape(radius.shape), np.array(middle),
    )  # fmt: skip


@lru_cache(maxsize=8)
def cell_medium(star, chords):
    """Return the state of matter on every cell of some chords, columns of shape (ray, cell)."""
    state = star.at(chords.radius.ravel())
    return {k: np.reshape(v, chords.radius.shape) for k, v in state.items()}
