"""Tables of emission spectra for fits that need energies: one surface per node of the energy."""

import numpy as np

from ... import constants as const
from ...numerics.interpolate import NOT_A_KNOT
from ...numerics.interpolate2d import bicubic, bicubic_slopes
from ...numerics.status import check
from ..transport.matter import LIGHT
from ..transport.settings import FINE_ENERGIES
from ..transport.solution import solution
from .cooling import ALLOWED_LUMINOSITY
from .rate_ray import between, depth_nodes, mass_nodes
from .surface import Axes, depth_of

TARGET = 1e-2  # of ln of the power: a table that misses it is refined
REFINEMENTS = ((8, 7), (8, 14), (14, 14))  # depths per decade, masses per e-fold
FAINT = 1e-7 * ALLOWED_LUMINOSITY  # erg/s, below it 1e46 erg in an envelope are little


def _solved(arguments):
    """Return (depth at a strength of one, E - m, weights, spectra) at one mass (a picklable task)."""
    mass, star, ray, options, depths = arguments
    found = solution(ray.at(mass), star, **options)
    unit = found.depth(ray.strengths)
    along = found.net_along if "core" in options else found.along
    return unit, found.energy - mass, found.weight, along(ray.strengths, depths / unit)


class SpectrumTable:
    """Emission spectra of one ray of couplings over (ln m, ln depth).

    Parameters
    ----------
    star, ray, low, high, options, mapper, progress
        As for :func:`astrobounds.supernova.signals.surface.luminosity_table`. With ``core`` among the
        options the spectra are those of the net flux through that radius.

    Attributes
    ----------
    error : float
        Largest deviation of ln of the power from direct solutions at masses and couplings between
        the nodes, where it exceeds 3e45 erg/s.

    Notes
    -----
    At fixed u = sqrt((E - m)/span) the logarithm of the spectrum is smooth in ln m and ln depth:
    each energy node has a bicubic surface. Thinner than the first node spectra are proportional to
    the coupling.
    """

    def __init__(self, star, ray, low, high, options=None, mapper=map, progress=None):
        options = dict(options or {})
        if low < LIGHT:
            options.setdefault("resolution", FINE_ENERGIES)  # the same nodes at every mass
        ends = [depth_of((m, star, ray, options)) for m in np.geomspace(low, high, 3)]
        units, resonant = [d for d, _ in ends], any(r for _, r in ends)
        known = {}

        def solve(masses, at):
            open_ = [m for m in masses if (m, at.size) not in known]
            for m, found in zip(open_, mapper(_solved, [(m, star, ray, options, at) for m in open_])):
                known[m, at.size] = found
                if progress is not None:
                    progress()
            return [known[m, at.size] for m in masses]

        for per_decade, per_efold in REFINEMENTS:
            depths = depth_nodes(ray, units, resonant, per_decade)
            masses = mass_nodes(low, high, per_efold)
            self._build(masses, depths, solve(masses, depths))
            self.error = self._measure(masses, solve, np.sqrt(depths[:-1] * depths[1:]))
            if self.error < TARGET:
                break

    def _build(self, masses, depths, found):
        """Make the surfaces of ln of the spectrum, one per energy node."""
        units, excess, weights, spectra = zip(*found)
        self.axes = Axes(np.log(masses), np.log(depths), np.log(units), "spectrum")
        self._excess, self.weight = excess[0], weights[0]  # the same nodes at every mass
        surfaces = np.log(np.maximum(np.array(spectra), 1e-300))
        self._surfaces = np.ascontiguousarray(np.moveaxis(surfaces, 2, 0))
        self._slopes = np.empty((self._surfaces.shape[0], 3, *self._surfaces.shape[1:]))
        for surface, slope in zip(self._surfaces, self._slopes):
            status = bicubic_slopes(self.axes.ln_mass, self.axes.ln_depth, surface, NOT_A_KNOT, slope)
            check(status, "spectrum table")

    def _measure(self, masses, solve, off_grid):
        worst = 0.0
        for mass, found in zip(between(masses), solve(between(masses), off_grid)):
            unit, excess, weight, spectra = found
            to_power = weight * (mass + excess) / const.ERG
            for depth, power in zip(off_grid, spectra @ to_power):
                if power > FAINT:
                    read = self.spectrum(mass, depth / unit)[1] @ to_power
                    worst = max(worst, abs(float(np.log(read / power))))
        return worst

    def spectrum(self, mass_mev, strength):
        """Return (energies [MeV], d2N/(dE dt) [MeV^-1 s^-1]) at one mass and total strength.

        Raises
        ------
        DomainError
            For a mass or a coupling outside the table.
        """
        energy = mass_mev + self._excess
        if strength <= 0.0:
            return energy, np.zeros_like(energy)
        x, y, thin = self.axes.place(mass_mev, strength)
        out = np.empty(energy.size)
        for i in range(energy.size):
            out[i] = bicubic(
                x, y, self.axes.ln_mass, self.axes.ln_depth, self._surfaces[i], self._slopes[i]
            )[0]
        return energy, np.exp(out + thin)
