"""Bosons in a star: rates of every kind on the cells of rays, dressed by the plasma where they mix with photons.

Cheap kinds are computed on every cell; slow and smooth ones are tabulated and interpolated. The source of a
ray is production over Gamma*, which is a Bose-Einstein distribution: an opaque star is a blackbody.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from os import cpu_count

import numpy as np

from ...errors import DomainError
from ...models.protocol import BOSON
from ...reactions import bosons
from ...reactions.dressing.photon_mixing import LONGITUDINAL, TRANSVERSE, cell_factors
from ..star import eos
from .boson_medium import DEFAULT_BOSONS, BosonMedium, cell_columns, columns_of
from .matter import edge_radii
from .rate_table import Resolution, inside_break, radial_pieces
from .rays import RaySolution

FINE = Resolution(spectrum=96)  # energies, where a resonance begins or ends inside the star


def makes_bosons(model):
    """True for a model whose processes are all of kinds that make one boson."""
    processes = model.processes() if hasattr(model, "processes") else ()
    states = getattr(model, "states", ())
    return bool(states) and all(s.statistics == BOSON for s in states) and all(
        p.kind in bosons.KINDS for p in processes
    )  # fmt: skip


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
        Of `models.boson_processes`, choices applied.
    states : tuple of State
    dressing : PhotonMixing or None
    star : Star
    gravity, helicity, resolution, r_max_km, core_km
        As for :class:`RaySolution`; unless ``helicity="helicity"`` all states share one mean free path.
    medium : BosonMedium
    """

    def __init__(self, mass_mev, processes, states, dressing, star, *, gravity, helicity, resolution,
                 r_max_km, core_km=None, medium=DEFAULT_BOSONS):  # fmt: skip
        self.mass_mev, self.r_max_km, self.resonant = mass_mev, r_max_km, False
        self.processes = processes
        self.flavours = tuple(dict.fromkeys(p.coupling for p in processes))
        self._star, self._gravity, self._medium = star, gravity, medium
        self._resolution = resolution
        columns = cell_columns(star, r_max_km, resolution.rays, resolution.steps, core_km, medium)
        self._set_grid(
            star, mass_mev, columns["T"].max(), 0.0, gravity, helicity, resolution, r_max_km, core_km
        )
        found = self._rates(columns)
        reduced, made = {}, {}
        for process in processes:  # (state, E, cell): one state stands for all
            for store, value in zip((reduced, made), found[process]):
                value = self._per_state(value, states)
                store[process.coupling] = store.get(process.coupling, 0.0) + value
        if dressing is not None and processes:
            self._dress(reduced, made, states)
        self._tau, self._production = {}, {}
        for coupling in self.flavours:
            self._tau[coupling], self._production[coupling] = self._on_rays(
                reduced[coupling], made[coupling], states, helicity
            )

    @staticmethod
    def _per_state(value, states):
        if value.shape[0] == 1:
            return value
        return np.stack([value[state.feeds[0][1]] for state in states])

    def _local(self):
        """Local energies, shape (cells, nE)."""
        return np.ascontiguousarray(self.energy[None, :] / self._lapse.reshape(-1, 1))

    def _rates(self, columns):
        """Return ``{process: (reduced, production)}``, each (states, nE, cells)."""
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
                    made, reduced = (
                        np.moveaxis(np.concatenate(x, axis=1), 1, 2) for x in zip(*parts)
                    )
                out[process] = reduced, made
        return out

    def _interpolated(self, process, threads):
        """Return Gamma* (1, nE, cells) of a slow kind from a table in radius and energy."""
        res = self._resolution
        pieces = radial_pieces(self._star, res.radii, self.r_max_km)
        medium = columns_of(self._star.at(inside_break(pieces)), self._medium)
        top = self.energy[-1] / self._lapse.min()
        u = np.linspace(0.0, 1.0, res.energies)
        u[0] = (0.02 / res.energies) ** (2.0 / 3.0)
        energy = self.mass_mev + (top - self.mass_mev) * u**3
        self.table = _Nodes(self.mass_mev, energy, pieces)
        size = 4
        places = medium["T"].size

        def part(start):
            zone = slice(start, start + size)
            columns = {name: np.broadcast_to(c, (places,))[zone] for name, c in medium.items()}
            return bosons.rates(process, self.mass_mev, energy, columns)[1][0]

        rates = np.concatenate(list(threads.map(part, range(0, places, size))))
        return self._gamma_on_cells(rates, 1.0 / self._lapse.ravel())[None]

    def _dress(self, reduced, made, states):
        """Multiply the rates of T and L by the mixing in the plasma, crossings added analytically."""
        if len(reduced) != 1:
            raise DomainError("mixing with the photon is one coupling: it cannot be added to another one")
        (coupling,) = reduced
        cells = self._rays
        radii = edge_radii(cells)
        state = self._star.at(np.clip(radii, self._star.breaks[0], self._star.breaks[-1]).ravel())
        w_pl = eos.plasma_frequency(state["mu_e"], state["T"]).reshape(radii.shape)
        lapse = state["lapse"].reshape(radii.shape) if self._gravity else np.ones(radii.shape)
        energy = self.energy[:, None]
        first, second = (energy / lapse[:, s].ravel()[None] for s in (slice(None, -1), slice(1, None)))
        middle = np.ascontiguousarray(self._local().T)
        total = np.broadcast_to(reduced[coupling], (len(states), *middle.shape))
        factor = np.empty((len(states), *middle.shape))
        for i, s in enumerate(states):
            polarisation = LONGITUDINAL if s.helicity == 0 else TRANSVERSE
            cell_factors(
                first, second, np.ascontiguousarray(w_pl[:, :-1]).ravel(),
                np.ascontiguousarray(w_pl[:, 1:]).ravel(), middle,
                np.ascontiguousarray(total[i]), self.mass_mev, polarisation, factor[i],
            )  # fmt: skip
        reduced[coupling], made[coupling] = total * factor, made[coupling] * factor

    def _on_rays(self, reduced, made, states, helicity):
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
        if helicity != "helicity":
            weight = degrees / degrees.sum()
            reduced = np.tensordot(weight, reduced, 1)[None]
            made = made.sum(axis=0, keepdims=True)
        return np.ascontiguousarray(reduced * path), np.ascontiguousarray(made * path * p2)


@lru_cache(maxsize=12)
def _solution(mass_mev, processes, states, dressing, star, gravity, helicity, resolution, r_max_km, core_km,
              medium):  # fmt: skip
    return BosonSolution(
        mass_mev, processes, states, dressing, star, gravity=gravity, helicity=helicity,
        resolution=resolution, r_max_km=r_max_km, core_km=core_km, medium=medium,
    )  # fmt: skip


def boson_solution(model, star, gravity, helicity, resolution, r_max_km, core_km, medium):
    """Return the :class:`BosonSolution` of a model's mass and couplings (cached for the last masses).

    Raises
    ------
    DomainError
        For a medium that is not a :class:`BosonMedium`, or a model without any process in it.
    """
    if medium is None:
        medium = DEFAULT_BOSONS
    if not isinstance(medium, BosonMedium):
        raise DomainError(f"medium = {medium!r}: a boson takes a BosonMedium, for instance BosonMedium()")
    dressing = getattr(model, "dressing", None)
    if dressing is not None and resolution == Resolution():
        columns = cell_columns(star, r_max_km, resolution.rays, resolution.steps, core_km, medium)
        if model.mass_mev < np.sqrt(1.5) * columns["w_pl"].max():
            resolution = FINE
    processes = medium.applied(model.processes())
    return _solution(
        model.mass_mev, processes, model.states, dressing, star, gravity, helicity, resolution, r_max_km,
        core_km, medium,
    )  # fmt: skip
