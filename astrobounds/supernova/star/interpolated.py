"""Columns of a star between the rows of a table: monotone cubics, and how far its rows can be trusted."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from ...errors import ValidityWarning
from .composition import HEAVY
from .ideal_gas import Matter

EMISSIVITY_POWER = 6.0  # of T in a typical emissivity, for the test of the rows
TOLERATED = 0.1  # of the emission, when half of the rows are left out


@dataclass(frozen=True, eq=False)
class Columns:
    """Monotone cubics through rows, of ln y for some columns; an instance can be sent to workers."""

    splines: dict
    logarithmic: tuple

    @classmethod
    def of(cls, radius, columns, logarithmic):
        """Build from radii [km], a dict of columns and the names whose logarithm is interpolated."""
        splines = {
            name: PchipInterpolator(radius, np.log(y) if name in logarithmic else y)
            for name, y in columns.items()
        }
        return cls(splines, tuple(logarithmic))

    def __contains__(self, name):
        return name in self.splines

    def one(self, name, radius_km):
        """Return one column at radii [km]."""
        value = self.splines[name](radius_km)
        return np.exp(value) if name in self.logarithmic else value

    def __call__(self, radius_km):
        return {name: self.one(name, radius_km) for name in self.splines}


@dataclass(frozen=True, eq=False)
class TableColumns:
    """Columns of a star of ideal gas from rho, temperature, Ye, lapse [, heavy nuclei]."""

    rows: Columns
    matter: Matter

    def __call__(self, r):
        heavy = tuple(self.rows.one(name, r) for name in HEAVY) if HEAVY[0] in self.rows else None
        rho, t, ye = (self.rows.one(name, r) for name in ("rho", "temperature", "Ye"))
        state = self.matter.state(rho, t, ye, r, heavy)
        state["lapse"] = self.rows.one("lapse", r)
        return state


def coarseness(radius, rho, temperature):
    """Return (relative change, radius [km]): what leaving out every second row does to the emission.

    The emission is estimated as int rho T^6 r^2 dr, even and odd rows are left out in turn, and the larger
    sum of |changes| counts; the radius is where it is largest. Rows of a smooth profile are four or more
    times better than half of them, at a kink two times.
    """
    everything = np.log(rho) + EMISSIVITY_POWER * np.log(temperature)
    fine = np.linspace(radius[0], radius[-1], 40 * radius.size)

    def emissivity(rows):
        return np.exp(PchipInterpolator(radius[rows], everything[rows])(fine)) * fine**2

    full = emissivity(np.arange(radius.size))
    worst, where = 0.0, float(radius[0])
    for start in (0, 1):
        half = np.unique(np.concatenate([[0], np.arange(start, radius.size, 2), [radius.size - 1]]))
        change = np.abs(emissivity(half) - full)
        if change.sum() > worst * full.sum():
            worst, where = float(change.sum() / full.sum()), float(fine[np.argmax(change)])
    return worst, where


def warn_if_coarse(origin, radius, rho, temperature):
    """Warn if leaving out half of the rows changes the emission by more than 10 %; return the change."""
    change, where = coarseness(radius, rho, temperature)
    if change > TOLERATED:
        warnings.warn(
            f"{origin}: {radius.size} rows are few for these gradients: without every second one rho T^6, "
            f"which the emission follows, changes by {100 * change:.2g} % (most near {where:.3g} km), and "
            "all rows may still be off by up to a half of that; give more rows there",
            ValidityWarning,
            stacklevel=4,
        )
    return change
