"""Bosons in a star: rates of every kind on the cells of rays, dressed where they mix with photons.

Cheap kinds are computed on every cell; slow and smooth ones are tabulated and interpolated. The source of a
ray is production over Gamma*, which is a Bose-Einstein distribution: an opaque star is a blackbody.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from os import cpu_count

import numpy as np

from ...errors import DomainError
from ...numerics.collision import unit_rule
from ...reactions import bosons
from ...reactions.boson_medium import DEFAULT_BOSONS, BosonMedium
from ...reactions.dipole import DipoleMedium
from ...reactions.dressing.photon_mixing import (
    LONGITUDINAL,
    TRANSVERSE,
    cell_factors,
    resonant_energy,
)
from ..star import eos
from ..star.boson_columns import columns_of
from ..star.tabulated import tabulated
from .chords import rays
from .matter import edge_radii
from .rate_table import TAIL, inside_break, radial_pieces
from .rays import RaySolution


def medium_of(processes, medium):
    """Return the medium of the settings as some processes need it.

    Raises
    ------
    DomainError
        For choices that are made for other processes.
    """
    bosonic = bosons.make_bosons(processes)
    if bosonic and medium == DipoleMedium():
        return DEFAULT_BOSONS
    if bosonic != isinstance(medium, BosonMedium):
        needed = "BosonMedium" if bosonic else "DipoleMedium"
        raise DomainError(f"medium = {medium!r}: these processes take a {needed}")
    return medium


@lru_cache(maxsize=8)
def _cell_columns(star, cells, medium):
    """Return the columns on the cells of rays, flat."""
    return columns_of(star.at(cells.radius.ravel()), medium)


@dataclass(frozen=True, eq=False)
class _Nodes:
    """Radii and energies of the table of slow kinds."""

    mass_mev: float
    energy: np.ndarray
    pieces: list


class BosonSolution(RaySolution):
    """Spectrum at infinity of a boson of one mass for any couplings; as :class:`RaySolution`.

    Parameters
    ----------
    mass_mev : float
    processes : tuple
        Of `models.boson_processes`.
    states : tuple of State
    star : Star
    settings : Transport
        With a :class:`BosonMedium`; unless ``helicity="helicity"`` all states share one mean free path.
    dressing : PhotonMixing or None
    """

    def __init__(self, mass_mev, processes, states, star, settings, dressing=None):
        self.mass_mev, self.r_max_km, self.resonant = mass_mev, settings.r_max, False
        self.processes = settings.medium.applied(processes)
        self.couplings = tuple(dict.fromkeys(p.coupling for p in self.processes))
        self.tables, self.closed = (), ()
        self._states, self._settings, self._statistics = states, settings, states[0].statistics
        self._star = marked_star(star, settings.r_max, None if dressing is None else mass_mev)
        self._lay_rays()
        if dressing is not None:
            self._split_energies()
        found = {
            process: [self._per_state(x, states) for x in both]
            for process, both in self._rates().items()
        }
        factor = 1.0 if dressing is None else self._dressing(found, states)
        self._tau, self._production, self._power = {}, {}, {}
        for process, (reduced, made) in found.items():
            tau, production = self._on_rays(factor * reduced, factor * made, states)
            where = process.coupling
            self._tau[where] = self._tau.get(where, 0.0) + tau
            self._production[where] = self._production.get(where, 0.0) + production
            energy = np.einsum("serc,r->e", production, self._rays.weight) @ (self.weight * self.energy)
            self._power.setdefault(where, {})[process.group] = float(energy)

    def _lay_rays(self):
        """Lay chords through the star and energies at infinity."""
        settings, resolution = self._settings, self._settings.resolution
        self._rays = rays(self._star, settings.r_max, resolution.rays, resolution.steps, settings.core)
        self._columns = _cell_columns(self._star, self._rays, settings.medium)
        lapse = self._rays.lapse
        self._lapse = lapse if settings.gravity else np.ones_like(lapse)
        u, w = unit_rule(resolution.spectrum)
        span = TAIL * max(self._columns["T"].max(), 1e-3)
        self.energy, self.weight = self.mass_mev + span * u**2, 2.0 * u * w * span

    def _split_energies(self):
        """Put nodes of energy between those that resonate at the centre, at kinks and at the surface."""
        radii = np.array([b for b in self._star.breaks if b < self.r_max_km] + [self.r_max_km])
        state = self._star.at(radii)
        lapse = state["lapse"] if self._settings.gravity else np.ones(radii.size)
        top = self.energy[-1] + self.weight[-1]
        marks = set()
        for w, shift in zip(eos.plasma_frequency(state["mu_e"], state["T"]), lapse):
            for polarisation in (TRANSVERSE, LONGITUDINAL):
                mark = shift * resonant_energy(self.mass_mev, w, polarisation)
                if self.mass_mev * (1.0 + 1e-6) < mark < top:
                    marks.add(float(mark))
        if not marks:
            return
        u, w = unit_rule(self._settings.resolution.spectrum)
        edges = [self.mass_mev, *sorted(marks), top]
        energy, weight = [], []
        for a, b in zip(edges[:-1], edges[1:]):
            width = b - a
            if a == self.mass_mev or b == top:  # dense at the lower end
                energy.append(a + width * u * u)
                weight.append(2.0 * width * u * w)
            else:
                energy.append(a + width * u)
                weight.append(width * w)
        self.energy, self.weight = np.concatenate(energy), np.concatenate(weight)

    def shares(self, couplings):
        """Return ``{group: share}`` of the energy that leaves without absorption, largest first."""
        out = {}
        for coupling, groups in self._power.items():
            for group, power in groups.items():
                out[group] = out.get(group, 0.0) + couplings.get(coupling, 0.0) * power
        total = sum(out.values())
        return {k: v / total for k, v in sorted(out.items(), key=lambda x: -x[1])} if total > 0.0 else {}

    @staticmethod
    def _per_state(value, states):
        if value.shape[0] == 1:
            return value
        return np.stack([value[state.feeds[0][1]] for state in states])

    def _local(self):
        """Local energies, shape (cells, nE)."""
        return np.ascontiguousarray(self.energy[None, :] / self._lapse.reshape(-1, 1))

    def _rates(self):
        """Return ``{process: (reduced, production)}``, each (states, nE, cells)."""
        columns = self._columns
        local = self._local()
        size = 96
        zones = [slice(k, k + size) for k in range(0, local.shape[0], size)]

        def part(process, zone):
            medium = {name: np.broadcast_to(c, local.shape[:1])[zone] for name, c in columns.items()}
            return bosons.rates(process, self.mass_mev, local[zone], medium)

        out = {}
        with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as threads:
            for process in self.processes:
                if bosons.slow(process):
                    reduced = self._interpolated(process, threads)
                    made = reduced / np.expm1(np.minimum(local / columns["T"][:, None], 700.0)).T
                else:
                    parts = list(threads.map(lambda zone, p=process: part(p, zone), zones))
                    made, reduced = (np.moveaxis(np.concatenate(x, axis=1), 1, 2) for x in zip(*parts))
                out[process] = reduced, made
        return out

    def _interpolated(self, process, threads):
        """Return Gamma* (1, nE, cells) of a slow kind from a table in radius and energy."""
        res = self._settings.resolution
        pieces = radial_pieces(self._star, res.radii, self.r_max_km)
        medium = columns_of(self._star.at(inside_break(pieces)), self._settings.medium)
        top = self.energy[-1] / self._lapse.min()
        u = np.linspace(0.0, 1.0, res.energies)
        u[0] = (0.02 / res.energies) ** (2.0 / 3.0)
        energy = self.mass_mev + (top - self.mass_mev) * u**3
        table = _Nodes(self.mass_mev, energy, pieces)
        size = 4
        places = medium["T"].size

        def part(start):
            zone = slice(start, start + size)
            columns = {name: np.broadcast_to(c, (places,))[zone] for name, c in medium.items()}
            return bosons.rates(process, self.mass_mev, energy, columns)[1][0]

        rates = np.concatenate(list(threads.map(part, range(0, places, size))))
        return self._gamma_on_cells(table, rates, 1.0 / self._lapse.ravel())[None]

    def _dressing(self, found, states):
        """Return the mixing of T and L in the plasma, (state, nE, cells), crossings added analytically."""
        if len(self.couplings) > 1:
            raise DomainError("mixing with the photon is one coupling: it cannot be added to another one")
        w_pl, lapse = _edges(self._star, self._rays)
        lapse = lapse if self._settings.gravity else np.ones_like(lapse)
        sides = (slice(None, -1), slice(1, None))
        edges = [np.ascontiguousarray(x[:, side]).ravel() for x in (lapse, w_pl) for side in sides]
        tiles = self.mass_mev + np.concatenate([[0.0], np.cumsum(self.weight)])
        middle = np.ascontiguousarray(self._local().T)
        total = sum(reduced for reduced, _ in found.values())
        total = np.broadcast_to(total, (len(states), *middle.shape))
        factor = np.empty((len(states), *middle.shape))
        for i, s in enumerate(states):
            polarisation = LONGITUDINAL if s.helicity == 0 else TRANSVERSE
            cell_factors(
                tiles, *edges, middle, np.ascontiguousarray(total[i]), self.mass_mev, polarisation,
                factor[i],
            )  # fmt: skip
        return factor

    def _on_rays(self, reduced, made, states):
        """Return optical depth and production of the cells, [state, E, ray, cell]."""
        cells = self._rays
        shape = (self.energy.size, *cells.radius.shape)
        local = self.energy[:, None, None] / self._lapse
        p2 = (local - self.mass_mev) * (local + self.mass_mev)
        path = cells.length * local / np.sqrt(p2)
        degrees = np.array([s.degrees for s in states])
        if reduced.shape[0] == 1:  # all states alike: one of them with all the degrees
            degrees = degrees.sum(keepdims=True)
        reduced, made = (x.reshape(x.shape[0], *shape) for x in (reduced, made))
        made = degrees[:, None, None, None] * made
        if self._settings.helicity != "helicity":
            weight = degrees / degrees.sum()
            reduced = np.tensordot(weight, reduced, 1)[None]
            made = made.sum(axis=0, keepdims=True)
        return np.ascontiguousarray(reduced * path), np.ascontiguousarray(made * path * p2)


@lru_cache(maxsize=12)
def marked_star(star, r_max_km, mass):
    """Return a tabulated star; with a mass, its radii where transverse resonances begin and end marked.

    At every energy they lie between the radii where w_pl = m and w_pl = sqrt(2/3) m: rays that graze them
    would else be hit by chance.
    """
    if mass is None:
        return tabulated(star, r_max_km)
    smooth = tabulated(star, r_max_km)
    radius = np.linspace(star.breaks[0], r_max_km, 4001)
    state = smooth.at(radius)
    w_pl = eos.plasma_frequency(state["mu_e"], state["T"])
    marks = []
    for level in (mass, mass / np.sqrt(1.5)):
        for i in np.flatnonzero((w_pl[1:] - level) * (w_pl[:-1] - level) < 0.0):
            share = (level - w_pl[i]) / (w_pl[i + 1] - w_pl[i])
            marks.append(radius[i] + share * (radius[i + 1] - radius[i]))
    return tabulated(star, r_max_km, tuple(marks)) if marks else smooth


@lru_cache(maxsize=4)
def _edges(star, cells):
    """Return (plasma frequency [MeV], lapse) at the edges of the cells, (rays, cells + 1)."""
    radii = edge_radii(cells)
    state = star.at(np.clip(radii, star.breaks[0], star.breaks[-1]).ravel())
    w_pl = eos.plasma_frequency(state["mu_e"], state["T"])
    return w_pl.reshape(radii.shape), state["lapse"].reshape(radii.shape)
