"""Luminosity tables for fits: ln L over (ln m, ln depth), with a measured interpolation error.

A fit asks for the luminosity tens of thousands of times. Along one ray of couplings (`rate_ray`) it
reads one smooth surface; with several independent couplings it solves the rays on a coarse grid at
the four nearest masses of a table and interpolates ln L between them. The axis is the strength of the
coupling in units of that at which the core has unit optical depth, so that no model is asked for.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.interpolate import CubicSpline

from ...errors import DomainError
from ...numerics.interpolate import NOT_A_KNOT
from ...numerics.interpolate2d import bicubic, bicubic_slopes
from ...numerics.lagrange import lagrange_weights
from ...numerics.status import check
from ..transport.matter import LIGHT
from ..transport.settings import DEFAULT
from ..transport.solution import solution
from .cooling import ALLOWED_LUMINOSITY
from .rate_ray import between, depth_nodes, mass_nodes

RELEVANT = 1e-3 * ALLOWED_LUMINOSITY  # erg/s, errors are measured where L exceeds it
TARGET = 4e-3  # of ln L: a table that misses it is refined
REFINEMENTS = ((7, 7), (14, 7), (14, 14))  # depths per decade, masses per e-fold
COARSE = replace(DEFAULT, rays=6, steps=36, spectrum=14)
_LIGHT_SPECTRUM = 48  # energies of coarse solutions where N may be resonant


@dataclass(frozen=True, eq=False)
class Axes:
    """Nodes of a table over masses and optical depths.

    Attributes
    ----------
    ln_mass, ln_depth : ndarray
        ln(m/MeV); ln of the optical depth at the center of the star.
    ln_unit : ndarray, shape (n_mass,)
        ln of the optical depth at a strength of one.
    what : str
        What the table holds, for messages.
    """

    ln_mass: np.ndarray
    ln_depth: np.ndarray
    ln_unit: np.ndarray
    what: str
    _unit: object = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "_unit", CubicSpline(self.ln_mass, self.ln_unit))

    def place(self, mass_mev, strength):
        """Return (x, y, thin): coordinates inside, and ln of the factor below the thinnest node.

        Raises
        ------
        DomainError
            For a mass or a strength outside the table.
        """
        x = np.log(mass_mev)
        if not near(x, self.ln_mass):
            raise DomainError(
                f"mass = {mass_mev:g} MeV is outside the {self.what} table, "
                f"{np.exp(self.ln_mass[0]):g}-{np.exp(self.ln_mass[-1]):g} MeV; "
                "widen the prior range it is built for"
            )
        x = min(max(x, self.ln_mass[0]), self.ln_mass[-1])  # rounding at the ends
        unit = float(self._unit(x))
        y = np.log(strength) + unit
        if y > self.ln_depth[-1] + 0.05:
            raise DomainError(
                f"a coupling of strength {strength:g} (in powers of MeV) is above the {self.what} "
                f"table, which ends at {np.exp(self.ln_depth[-1] - unit):g} there; lower the upper "
                "end of its prior"
            )
        thin = min(y - self.ln_depth[0], 0.0)
        return x, min(max(y, self.ln_depth[0]), self.ln_depth[-1]), thin


def near(x, nodes):
    """True if x lies between the nodes, up to rounding."""
    return nodes[0] - 1e-9 <= x <= nodes[-1] + 1e-9


@dataclass(frozen=True, eq=False)
class LuminosityTable:
    """ln L of one ray of couplings in one star, ready for a fit.

    Attributes
    ----------
    axes : Axes
    ln_luminosity : ndarray, shape (n_mass, n_depth)
        ln(L / erg/s).
    error : float
        Largest deviation of ln L from direct solutions at masses and couplings between the nodes,
        where L exceeds a thousandth of the luminosity allowed to SN1987A.
    """

    axes: Axes
    ln_luminosity: np.ndarray
    error: float = np.nan

    def __post_init__(self):
        slopes = np.empty((3, *self.ln_luminosity.shape))
        status = bicubic_slopes(
            self.axes.ln_mass, self.axes.ln_depth, self.ln_luminosity, NOT_A_KNOT, slopes
        )
        check(status, "luminosity table")
        object.__setattr__(self, "_slopes", slopes)

    @property
    def mass_range(self):
        """Lowest and highest mass of the table [MeV]."""
        ends = self.axes.ln_mass[[0, -1]]
        return float(np.exp(ends[0])), float(np.exp(ends[1]))

    def luminosity(self, mass_mev, strength):
        """Return L [erg/s] at one mass [MeV] and one total strength of the couplings.

        Raises
        ------
        DomainError
            For a mass or a coupling outside the table.
        """
        if strength <= 0.0:
            return 0.0
        axes = self.axes
        x, y, thin = axes.place(mass_mev, strength)
        value, _, _, status = bicubic(
            x, y, axes.ln_mass, axes.ln_depth, self.ln_luminosity, self._slopes
        )
        check(status, "luminosity table")
        return float(np.exp(value + thin))


def depth_of(arguments):
    """Return (optical depth at a strength of one, resonant) at one mass (a picklable task)."""
    mass, star, ray, options = arguments
    found = solution(ray.at(mass), star, **options)
    return found.depth(ray.strengths), found.resonant


def _row(arguments):
    """Return (depth at a strength of one, L [erg/s] at some depths) at one mass (a picklable task)."""
    mass, star, ray, options, depths = arguments
    found = solution(ray.at(mass), star, **options)
    unit = found.depth(ray.strengths)
    return unit, found.luminosity(ray.strengths, depths / unit)


def _ends(star, ray, low, high, options):
    """Return the depth nodes that serve every mass between two."""
    found = [depth_of((m, star, ray, options)) for m in np.geomspace(low, high, 3)]
    return [d for d, _ in found], any(resonant for _, resonant in found)


def luminosity_table(star, ray, low, high, options=None, mapper=map, progress=None):
    """Build a :class:`LuminosityTable`.

    Parameters
    ----------
    star : Star
    ray : RateRay
    low, high : float
        Mass range [MeV].
    options : mapping
        As for :func:`astrobounds.supernova.emission`.
    mapper : callable
        ``map`` or a parallel one.
    progress : callable
        Called after each mass.
    """
    options = dict(options or {})
    ends = _ends(star, ray, low, high, options)
    known = {}

    def solve(masses, at):
        open_ = [m for m in masses if (m, at.size) not in known]
        for m, row in zip(open_, mapper(_row, [(m, star, ray, options, at) for m in open_])):
            known[m, at.size] = row
            if progress is not None:
                progress()
        return [known[m, at.size] for m in masses]

    for per_decade, per_efold in REFINEMENTS:
        depths, masses = depth_nodes(ray, *ends, per_decade), mass_nodes(low, high, per_efold)
        off_grid = np.sqrt(depths[:-1] * depths[1:])
        units, rows = zip(*solve(masses, depths))
        axes = Axes(np.log(masses), np.log(depths), np.log(units), "luminosity")
        table = LuminosityTable(axes, np.log(np.maximum(np.array(rows), 1e-300)))
        direct = solve(between(masses), off_grid)
        table = replace(table, error=_error(table, between(masses), direct, off_grid))
        if table.error < TARGET:
            break
    return table


def _error(table, masses, rows, depths):
    """Largest deviation of ln L from direct solutions between the nodes, where L matters."""
    error = 0.0
    for m, (unit, row) in zip(masses, rows):
        matters = row > RELEVANT
        read = np.array([table.luminosity(m, d / unit) for d in depths[matters]])
        error = max(error, np.abs(np.log(read / row[matters])).max(initial=0.0))
    return float(error)


def table_tasks(low, high):
    """Return how many masses a table of this range solves, if it need not be refined."""
    masses = mass_nodes(low, high)
    return masses.size + between(masses).size


class CoarseSolutions:
    """L for any couplings: coarse ray solutions at tabulated masses.

    Parameters
    ----------
    star : Star
    ray : RateRay
        On which every coupling that may vary has a share.
    low, high : float
        Mass range [MeV].
    options : mapping
        As for :func:`astrobounds.supernova.emission`.
    progress : callable
        Called after each mass.

    Attributes
    ----------
    error : float
        Largest deviation of ln L from the default resolution at nine couplings and three masses
        between the nodes, where L exceeds a thousandth of the luminosity allowed to SN1987A.
    """

    def __init__(self, star, ray, low, high, options=None, progress=None):
        self.masses = mass_nodes(low, high)
        self.couplings = tuple(ray.strengths)
        options = dict(options or {})
        light = low < LIGHT
        coarse = replace(COARSE, spectrum=_LIGHT_SPECTRUM) if light else COARSE
        self._solutions = []
        for mass in self.masses:
            self._solutions.append(solution(ray.at(mass), star, **{**options, "resolution": coarse}))
            if progress is not None:
                progress()
        self._ln_mass = np.log(self.masses)
        self.error = self._measure(star, ray, options)

    def _measure(self, star, ray, options):
        worst = 0.0
        middle = np.sqrt(self.masses[:-1] * self.masses[1:])
        for mass in middle[[0, middle.size // 2, -1]]:
            exact = solution(ray.at(mass), star, **options)
            top = ray.high * exact.depth(ray.strengths)
            for strength in np.geomspace(min(1e-2, 0.1 * top), top, 9) / top * ray.high:
                strengths = {c: strength * s for c, s in ray.shares}
                value = exact.luminosity(strengths)[0]
                if value > RELEVANT:
                    ratio = self.luminosity(mass, strengths) / value
                    worst = max(worst, abs(float(np.log(ratio))))
        return worst

    def luminosity(self, mass_mev, strengths):
        """Return L [erg/s] at a mass [MeV] and a mapping of coupling to strength."""
        if not any(strengths.get(c, 0.0) > 0.0 for c in self.couplings):
            return 0.0
        x = np.log(mass_mev)
        if not near(x, self._ln_mass):
            raise DomainError(
                f"mass = {mass_mev:g} MeV is outside the luminosity table, "
                f"{self.masses[0]:g}-{self.masses[-1]:g} MeV"
            )
        k = int(np.clip(np.searchsorted(self._ln_mass, x) - 2, 0, self.masses.size - 4))
        nodes = self._ln_mass[k : k + 4]
        values = [np.log(self._solutions[j].luminosity(strengths)[0]) for j in range(k, k + 4)]
        return float(np.exp(np.dot(lagrange_weights(nodes, x), values)))
