"""Luminosity tables for fits: ln L over (ln m, ln coupling), with a measured interpolation error.

A fit asks for the luminosity tens of thousands of times. With a fixed flavour pattern it reads one
smooth surface; with several independent couplings it solves the rays on a coarse grid at the four
nearest masses of a table and interpolates ln L between them. The coupling is |U|^2 of a mixed N and
d^2 [MeV^-2] of a dipole, summed over flavours (`portals`).
"""

from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...numerics.interpolate import NOT_A_KNOT
from ...numerics.interpolate2d import bicubic, bicubic_slopes
from ...numerics.status import check
from ..transport.matter import LIGHT
from .cooling import ALLOWED_LUMINOSITY, DEFAULT, FINE_ENERGIES, solution
from .portals import MIXING

RELEVANT = 1e-3 * ALLOWED_LUMINOSITY  # erg/s, errors are measured where L exceeds it
FAINT = 1e-7 * ALLOWED_LUMINOSITY  # erg/s, the same for spectra: 1e46 erg in the envelope is little
COARSE = replace(DEFAULT, rays=6, steps=36, spectrum=14)
_LIGHT_SPECTRUM = 48  # energies of coarse solutions where N may be resonant


def mass_nodes(low, high, portal=MIXING):
    """Return masses [MeV] equally spaced in ln m that cover ``[low, high]``, at least six."""
    n = max(6, int(np.ceil(portal.density[0] * np.log(high / low))) + 1)
    return np.geomspace(low, high, n)


def luminosity_row(mass, star, pattern, nature, couplings, options, portal=MIXING):
    """Return L [erg/s] at one mass for couplings ``coupling * pattern`` (a picklable task)."""
    ray = solution(portal.model(mass, pattern, nature), star, **options)
    return ray.luminosity(pattern, couplings)


@dataclass(frozen=True, eq=False)
class LuminosityTable:
    """ln L of one flavour pattern in one star, ready for a fit.

    Attributes
    ----------
    ln_mass, ln_coupling : ndarray
        Nodes: ln(m/MeV), ln of |U|^2 or d^2 [MeV^-2] summed over flavours, over the portal's scale.
    ln_luminosity : ndarray, shape (n_mass, n_coupling)
        ln(L / erg/s).
    error : float
        Largest deviation of ln L from direct solutions at masses and couplings between the nodes,
        where L exceeds a thousandth of the luminosity allowed to SN1987A.
    """

    ln_mass: np.ndarray
    ln_coupling: np.ndarray
    ln_luminosity: np.ndarray
    error: float
    portal: object = MIXING

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
        """Return L [erg/s] at one mass [MeV] and one coupling (|U|^2 or d^2 [MeV^-2], all flavours).

        Raises
        ------
        DomainError
            For a mass or a coupling outside the table.
        """
        if coupling <= 0.0:
            return 0.0
        x, y, thin = _place(mass_mev, coupling, self, "luminosity")
        value, _, _, status = bicubic(
            x, y, self.ln_mass, self.ln_coupling, self.ln_luminosity, self._slopes
        )
        check(status, "luminosity table")
        return float(np.exp(value + thin))


def _near(x, nodes):
    return nodes[0] - 1e-9 <= x <= nodes[-1] + 1e-9


def _place(mass_mev, coupling, table, what):
    """Return (x, y, thin): coordinates inside a table and ln of the factor below its couplings."""
    ln_mass, ln_coupling, scale = table.ln_mass, table.ln_coupling, table.portal.scale(mass_mev)
    x, y = np.log(mass_mev), np.log(coupling / scale)
    if not _near(x, ln_mass):
        raise DomainError(
            f"mass = {mass_mev:g} MeV is outside the {what} table, "
            f"{np.exp(ln_mass[0]):g}-{np.exp(ln_mass[-1]):g} MeV; "
            "widen the prior range it is built for"
        )
    if y > ln_coupling[-1] + 1e-9:
        raise DomainError(
            f"coupling = {coupling:g} (|U|^2, or d^2 in MeV^-2) is above the {what} table, which "
            f"ends at {scale * np.exp(ln_coupling[-1]):g} there; lower the upper end of its prior"
        )
    thin = min(y - ln_coupling[0], 0.0)
    # rounding at the ends of the table
    x = min(max(x, ln_mass[0]), ln_mass[-1])
    return x, min(max(y, ln_coupling[0]), ln_coupling[-1]), thin


def luminosity_table(star, pattern, nature, low, high, options=None, mapper=map, progress=None,
                     portal=MIXING):  # fmt: skip
    """Build a :class:`LuminosityTable`.

    Parameters
    ----------
    star : Star
    pattern : mapping flavour -> share
        |U_a|^2 (or d_a^2) = share * coupling; shares sum to one.
    nature : {"majorana", "dirac"}
    low, high : float
        Mass range [MeV].
    options : mapping
        As for :func:`astrobounds.supernova.emission`.
    mapper : callable
        ``map`` or a parallel one.
    progress : callable
        Called after each mass.
    portal : Portal
    """
    options = dict(options or {})
    masses = mass_nodes(low, high, portal)
    couplings = portal.nodes(low, high)
    between = _between(masses)
    off_grid = np.sqrt(couplings[:-1] * couplings[1:])
    everything = np.concatenate([masses, between])
    tasks = [
        (m, star, dict(pattern), nature, axis * portal.scale(m), options, portal)
        for axis, where in ((couplings, masses), (off_grid, between)) for m in where
    ]  # fmt: skip
    rows = []
    for row in mapper(_row_task, tasks):
        rows.append(row)
        if progress is not None:
            progress()
    n = masses.size
    table = LuminosityTable(np.log(masses), np.log(couplings), np.log(np.array(rows[:n])), np.nan, portal)
    error = 0.0
    for m, row in zip(everything[n:], rows[n:]):
        matters = row > RELEVANT
        read = np.array([table.luminosity(m, c * portal.scale(m)) for c in off_grid[matters]])
        error = max(error, np.abs(np.log(read / row[matters])).max(initial=0.0))
    return replace(table, error=float(error))


def _between(masses):
    """Return the masses where the error of a table is measured: every fourth gap, in the middle."""
    return np.sqrt(masses[:-1] * masses[1:])[::4]


def table_tasks(low, high, portal=MIXING):
    """Return how many masses a table of this range solves."""
    masses = mass_nodes(low, high, portal)
    return masses.size + _between(masses).size


def _row_task(arguments):
    return luminosity_row(*arguments)


class CoarseSolutions:
    """L for any flavour pattern: coarse ray solutions at tabulated masses.

    Parameters
    ----------
    star, nature, low, high, options, portal
        As for :func:`luminosity_table`.
    flavours : sequence of str
        Flavours whose coupling may vary.

    Attributes
    ----------
    error : float
        Largest deviation of ln L from the default resolution at nine couplings and three masses
        between the nodes, where L exceeds a thousandth of the luminosity allowed to SN1987A.
    """

    def __init__(self, star, flavours, nature, low, high, options=None, progress=None,
                 portal=MIXING):  # fmt: skip
        self._portal = portal
        self.masses = mass_nodes(low, high, portal)
        self.flavours = tuple(flavours)
        options = dict(options or {})
        every = {f: 1.0 / len(self.flavours) for f in self.flavours}
        light = portal == MIXING and low < LIGHT
        coarse = replace(COARSE, spectrum=_LIGHT_SPECTRUM) if light else COARSE
        coarse = {**options, "resolution": coarse}
        self._solutions = []
        for mass in self.masses:
            model = portal.model(mass, every, nature)
            self._solutions.append(solution(model, star, **coarse))
            if progress is not None:
                progress()
        self._ln_mass = np.log(self.masses)
        self.error = self._measure(star, nature, options, every)

    def _measure(self, star, nature, options, every):
        worst = 0.0
        between = np.sqrt(self.masses[:-1] * self.masses[1:])
        for mass in between[[0, between.size // 2, -1]]:
            exact = solution(self._portal.model(mass, every, nature), star, **options)
            for scale in self._portal.probes():
                pattern = {f: scale * s for f, s in every.items()}
                value = exact.luminosity(pattern)[0]
                if value > RELEVANT:
                    ratio = self.luminosity(mass, pattern) / value
                    worst = max(worst, abs(float(np.log(ratio))))
        return worst

    def luminosity(self, mass_mev, mixing):
        """Return L [erg/s] at a mass [MeV] and a mapping of |U_a|^2, or of d_a^2 [MeV^-2]."""
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
    """Emission spectra of one flavour pattern over (ln m, ln coupling), for fits that need energies.

    Parameters
    ----------
    star, pattern, nature, low, high, options, portal
        As for :func:`luminosity_table`. With ``core`` among the options the spectra are those of
        the net flux through that radius.
    progress : callable
        Called after each mass.

    Attributes
    ----------
    error : float
        Largest deviation of ln of the power from direct solutions at masses and couplings between
        the nodes, where it exceeds 3e45 erg/s.

    Notes
    -----
    At fixed u = sqrt((E - m)/span) the logarithm of the spectrum is smooth in ln m and ln coupling:
    each energy node has a bicubic surface. Below the smallest coupling spectra are proportional
    to the coupling.
    """

    def __init__(self, star, pattern, nature, low, high, options=None, progress=None,
                 portal=MIXING):  # fmt: skip
        options = dict(options or {})
        if portal == MIXING and low < LIGHT:
            options.setdefault("resolution", FINE_ENERGIES)  # the same nodes at every mass
        masses, couplings = mass_nodes(low, high, portal), portal.nodes(low, high, spectra=True)
        self.portal = portal

        def solve(mass, axis):
            scales = axis * portal.scale(mass)
            ray = solution(portal.model(mass, pattern, nature), star, **options)
            spectra = (ray.net_along if "core" in options else ray.along)(pattern, scales)
            if progress is not None:
                progress()
            return ray, spectra

        rows = []
        for mass in masses:
            ray, spectra = solve(mass, couplings)
            with np.errstate(divide="ignore"):
                rows.append(np.log(np.maximum(spectra, 1e-300)))
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
        off_grid = np.sqrt(couplings[:-1] * couplings[1:])
        self.error = 0.0
        for mass in _between(masses):
            ray, spectra = solve(mass, off_grid)
            to_power = ray._weight * ray.energy / const.ERG
            for coupling, power in zip(off_grid, spectra @ to_power):
                if power > FAINT:
                    read = self.spectrum(mass, coupling * portal.scale(mass))[1] @ to_power
                    self.error = max(self.error, abs(float(np.log(read / power))))

    def spectrum(self, mass_mev, coupling):
        """Return (energies [MeV], d2N/(dE dt) [MeV^-1 s^-1]) at one mass and coupling.

        Raises
        ------
        DomainError
            For a mass or a coupling outside the table.
        """
        energy = mass_mev + self._excess
        if coupling <= 0.0:
            return energy, np.zeros_like(energy)
        x, y, thin = _place(mass_mev, coupling, self, "spectrum")
        out = np.empty(energy.size)
        for i in range(energy.size):
            out[i] = bicubic(
                x, y, self.ln_mass, self.ln_coupling, self._surfaces[i], self._slopes[i]
            )[0]
        return energy, np.exp(out + thin)
