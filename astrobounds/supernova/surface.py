"""Luminosity tables for fits: ln L over (ln m, ln |U|^2), with a measured interpolation error.

A fit asks for the luminosity tens of thousands of times. With a fixed flavour pattern it reads one
smooth surface; with several independent mixings it solves the rays on a coarse grid at the four
nearest masses of a table and interpolates ln L between them.
"""

from dataclasses import dataclass, replace

import numpy as np

from .. import constants as const
from ..errors import DomainError
from ..models.hnl import HNL
from ..numerics.interpolate import NOT_A_KNOT
from ..numerics.interpolate2d import bicubic, bicubic_slopes
from ..numerics.status import SUCCESS, check
from .cooling import ALLOWED_LUMINOSITY, DEFAULT, solution

COUPLINGS = (1e-12, 1.0)  # range of |U|^2 of a table; below it L is proportional to |U|^2
RELEVANT = 1e-3 * ALLOWED_LUMINOSITY  # erg/s, errors are measured where L exceeds it
COARSE = replace(DEFAULT, rays=6, steps=36, spectrum=14)


def mass_nodes(low, high, per_efold=7.0):
    """Return masses [MeV] equally spaced in ln m that cover ``[low, high]``, at least six."""
    n = max(6, int(np.ceil(per_efold * np.log(high / low))) + 1)
    return np.geomspace(low, high, n)


def _model(mass, mixing, nature):
    return HNL.fast(mass, tuple(mixing.get(f, 0.0) for f in const.FLAVOURS), nature)


def luminosity_row(mass, star, pattern, nature, couplings, options):
    """Return L [erg/s] at one mass for |U|^2 = coupling * pattern (a picklable task)."""
    ray = solution(_model(mass, pattern, nature), star, **options)
    return ray.luminosity(pattern, couplings)


@dataclass(frozen=True, eq=False)
class LuminosityTable:
    """ln L of one flavour pattern in one star, ready for a fit.

    Attributes
    ----------
    ln_mass, ln_coupling : ndarray
        Nodes: ln(m/MeV), ln |U|^2 of the sum over flavours.
    ln_luminosity : ndarray, shape (n_mass, n_coupling)
        ln(L / erg/s).
    error : float
        Largest deviation of ln L from direct solutions at masses and mixings between the nodes,
        where L exceeds a thousandth of the luminosity allowed to SN1987A.
    """

    ln_mass: np.ndarray
    ln_coupling: np.ndarray
    ln_luminosity: np.ndarray
    error: float

    def __post_init__(self):
        slopes = np.empty((3, *self.ln_luminosity.shape))
        status = bicubic_slopes(
            self.ln_mass, self.ln_coupling, self.ln_luminosity, NOT_A_KNOT, slopes
        )
        check(status, "luminosity table")
        object.__setattr__(self, "_slopes", slopes)

    @property
    def mass_range(self):
        """Lowest and highest mass of the table [MeV]."""
        return float(np.exp(self.ln_mass[0])), float(np.exp(self.ln_mass[-1]))

    def luminosity(self, mass_mev, coupling):
        """Return L [erg/s] at one mass [MeV] and one |U|^2 (sum over flavours).

        Raises
        ------
        DomainError
            For a mass outside the table.
        """
        if coupling <= 0.0:
            return 0.0
        x, y = np.log(mass_mev), np.log(coupling)
        thin = min(y - self.ln_coupling[0], 0.0)
        # rounding at the ends of the table
        x = min(max(x, self.ln_mass[0]), self.ln_mass[-1]) if _near(x, self.ln_mass) else x
        value, _, _, status = bicubic(
            x, min(y - thin, self.ln_coupling[-1]), self.ln_mass, self.ln_coupling,
            self.ln_luminosity, self._slopes,
        )  # fmt: skip
        if status != SUCCESS:
            low, high = self.mass_range
            raise DomainError(
                f"mass = {mass_mev:g} MeV is outside the luminosity table, {low:g}-{high:g} MeV; "
                "widen the prior range it is built for"
            )
        return float(np.exp(value + thin))


def _near(x, nodes):
    return nodes[0] - 1e-9 <= x <= nodes[-1] + 1e-9


def luminosity_table(star, pattern, nature, low, high, options=None, mapper=map, progress=None):
    """Build a :class:`LuminosityTable`.

    Parameters
    ----------
    star : Star
    pattern : mapping flavour -> share
        |U_a|^2 = share * coupling; shares sum to one.
    nature : {"majorana", "dirac"}
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
    masses = mass_nodes(low, high)
    couplings = np.geomspace(*COUPLINGS, 73)
    between = np.sqrt(masses[:-1] * masses[1:])[::4]
    off_grid = np.sqrt(couplings[:-1] * couplings[1:])
    everything = np.concatenate([masses, between])
    tasks = [(m, star, dict(pattern), nature, couplings, options) for m in masses]
    tasks += [(m, star, dict(pattern), nature, off_grid, options) for m in between]
    rows = []
    for row in mapper(_row_task, tasks):
        rows.append(row)
        if progress is not None:
            progress()
    n = masses.size
    table = LuminosityTable(np.log(masses), np.log(couplings), np.log(np.array(rows[:n])), np.nan)
    error = 0.0
    for m, row in zip(everything[n:], rows[n:]):
        matters = row > RELEVANT
        read = np.array([table.luminosity(m, c) for c in off_grid[matters]])
        error = max(error, np.abs(np.log(read / row[matters])).max(initial=0.0))
    return replace(table, error=float(error))


def table_tasks(low, high):
    """Return how many masses a table of this range solves."""
    n = mass_nodes(low, high).size
    return n + len(range(0, n - 1, 4))


def _row_task(arguments):
    return luminosity_row(*arguments)


class CoarseSolutions:
    """L for any mixing pattern: coarse ray solutions at tabulated masses.

    Parameters
    ----------
    star, nature, low, high, options
        As for :func:`luminosity_table`.
    flavours : sequence of str
        Flavours whose mixing may vary.

    Attributes
    ----------
    error : float
        Largest deviation of ln L from the default resolution at nine mixings and three masses
        between the nodes, where L exceeds a thousandth of the luminosity allowed to SN1987A.
    """

    def __init__(self, star, flavours, nature, low, high, options=None, progress=None):
        self.masses = mass_nodes(low, high)
        self.flavours = tuple(flavours)
        options = dict(options or {})
        every = {f: 1.0 / len(self.flavours) for f in self.flavours}
        coarse = {**options, "resolution": COARSE}
        self._solutions = []
        for mass in self.masses:
            self._solutions.append(solution(_model(mass, every, nature), star, **coarse))
            if progress is not None:
                progress()
        self._ln_mass = np.log(self.masses)
        self.error = self._measure(star, nature, options, every)

    def _measure(self, star, nature, options, every):
        worst = 0.0
        between = np.sqrt(self.masses[:-1] * self.masses[1:])
        for mass in between[[0, between.size // 2, -1]]:
            exact = solution(_model(mass, every, nature), star, **options)
            for scale in np.geomspace(1e-9, 1e-1, 9):
                pattern = {f: scale * s for f, s in every.items()}
                value = exact.luminosity(pattern)[0]
                if value > RELEVANT:
                    ratio = self.luminosity(mass, pattern) / value
                    worst = max(worst, abs(float(np.log(ratio))))
        return worst

    def luminosity(self, mass_mev, mixing):
        """Return L [erg/s] at a mass [MeV] and a mapping of |U_a|^2."""
        if not any(mixing.get(f, 0.0) > 0.0 for f in self.flavours):
            return 0.0
        x = np.log(mass_mev)
        if not _near(x, self._ln_mass):
            raise DomainError(
                f"mass = {mass_mev:g} MeV is outside the luminosity table, "
                f"{self.masses[0]:g}-{self.masses[-1]:g} MeV"
            )
        k = int(np.clip(np.searchsorted(self._ln_mass, x) - 2, 0, self.masses.size - 4))
        nodes = self._ln_mass[k : k + 4]
        values = [np.log(self._solutions[j].luminosity(mixing)[0]) for j in range(k, k + 4)]
        weights = [
            np.prod([(x - nodes[j]) / (nodes[i] - nodes[j]) for j in range(4) if j != i])
            for i in range(4)
        ]
        return float(np.exp(np.dot(weights, values)))


class SpectrumTable:
    """Emission spectra of one flavour pattern over (ln m, ln |U|^2), for fits that need energies.

    Parameters
    ----------
    star, pattern, nature, low, high, options
        As for :func:`luminosity_table`.
    progress : callable
        Called after each mass.

    Notes
    -----
    At fixed u = sqrt((E - m)/span) the logarithm of the spectrum is smooth in ln m and ln |U|^2:
    each energy node has a bicubic surface. Below the smallest coupling spectra are proportional
    to |U|^2.
    """

    def __init__(self, star, pattern, nature, low, high, options=None, progress=None):
        masses, couplings = mass_nodes(low, high), np.geomspace(1e-10, 1.0, 41)
        rows = []
        for mass in masses:
            ray = solution(_model(mass, pattern, nature), star, **(options or {}))
            with np.errstate(divide="ignore"):
                rows.append(np.log(np.maximum(ray.along(pattern, couplings), 1e-300)))
            if progress is not None:
                progress()
        self.ln_mass, self.ln_coupling = np.log(masses), np.log(couplings)
        self._excess = ray.energy - masses[-1]  # E - m, the same nodes at every mass
        self.weight = ray._weight  # of an integral over the energy nodes [MeV]
        surfaces = np.ascontiguousarray(np.moveaxis(np.array(rows), 2, 0))
        self._surfaces, self._slopes = surfaces, np.empty((surfaces.shape[0], 3, *surfaces.shape[1:]))
        for surface, slope in zip(surfaces, self._slopes):
            check(
                bicubic_slopes(self.ln_mass, self.ln_coupling, surface, NOT_A_KNOT, slope),
                "spectrum table",
            )

    def spectrum(self, mass_mev, coupling):
        """Return (energies [MeV], d2N/(dE dt) [MeV^-1 s^-1]) at one mass and |U|^2."""
        energy = mass_mev + self._excess
        if coupling <= 0.0:
            return energy, np.zeros_like(energy)
        x, y = np.log(mass_mev), np.log(coupling)
        if not _near(x, self.ln_mass):
            raise DomainError(
                f"mass = {mass_mev:g} MeV is outside the spectrum table, "
                f"{np.exp(self.ln_mass[0]):g}-{np.exp(self.ln_mass[-1]):g} MeV"
            )
        x = min(max(x, self.ln_mass[0]), self.ln_mass[-1])
        thin = min(y - self.ln_coupling[0], 0.0)
        out = np.empty(energy.size)
        for i in range(energy.size):
            out[i] = bicubic(
                x, min(y - thin, 0.0), self.ln_mass, self.ln_coupling, self._surfaces[i],
                self._slopes[i],
            )[0]  # fmt: skip
        return energy, np.exp(out + thin)
