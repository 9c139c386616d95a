"""Rates in a star at unit coupling, tabulated once per mass; one table serves every coupling.

Reaction kinds give Gamma* = Gamma_absorption + (for a fermion; - for a boson) Gamma_production on radial
nodes and energies. Where the chemical potential of the particle in a process is one number the
production is f_eq Gamma*; kinds without one give it too. Closed forms are not tabulated: the transport
asks for them on its own cells.
"""

from dataclasses import dataclass

import numpy as np

from ...reactions import kinds
from ..star.boson_columns import columns_of
from ..star.screening import with_screening

TAIL = 28.0  # temperatures beyond a threshold or a Fermi level that count


@dataclass(frozen=True, eq=False)
class RateTable:
    """Reduced rates of one mass in one star at unit coupling, of processes that one kind knows.

    Attributes
    ----------
    mass_mev : float
    energy : ndarray, shape (nE,)
        Local energies [MeV].
    pieces : list of ndarray
        Radial nodes [km] of each smooth part of the profile.
    processes : tuple
    rates : ndarray, shape (n_process, n_r, nE, n_polarisation)
        Gamma* [MeV]; of a neutrino-like N the helicities -1 and +1.
    mu_n : ndarray, shape (n_process, n_r), or None
        Chemical potential of the particle in detailed balance [MeV].
    temperature : ndarray, shape (n_r,)
        MeV.
    made : ndarray, shape (n_process, n_r, nE, n_polarisation), or None
        Production [MeV], where ``mu_n`` is None.
    """

    mass_mev: float
    energy: np.ndarray
    pieces: list
    processes: tuple
    rates: np.ndarray
    mu_n: np.ndarray
    temperature: np.ndarray
    made: np.ndarray = None

    def production(self, index):
        """Return R(E) summed over polarisations [MeV] of process ``index``, shape (n_r, nE)."""
        if self.made is not None:
            return self.made[index].sum(-1)
        x = (self.energy[None, :] - self.mu_n[index][:, None]) / self.temperature[:, None]
        return self.rates[index].sum(-1) / (np.exp(np.minimum(x, 700.0)) + 1.0)


def radial_pieces(star, n, r_max_km):
    """Return Chebyshev-Lobatto radii [km] for each smooth part of the profile up to ``r_max_km``."""
    edges = [b for b in star.breaks if b < r_max_km * (1 - 1e-12)] + [r_max_km]
    pieces = []
    nodes = 0.5 * (1.0 - np.cos(np.pi * np.arange(n) / (n - 1)))
    for a, b in zip(edges[:-1], edges[1:]):
        if a > 0.0 and b / a > 2.0:
            piece = a * (b / a) ** nodes
        else:
            piece = a + (b - a) * nodes
        piece[0], piece[-1] = a, b
        pieces.append(piece)
    return pieces


def inside_break(pieces):
    """Return all radii with the nodes at inner breaks moved off the kink by a relative 1e-10."""
    shifted = []
    for i, piece in enumerate(pieces):
        piece = piece.copy()
        if i > 0:
            piece[0] *= 1.0 + 1e-10
        if i < len(pieces) - 1:
            piece[-1] *= 1.0 - 1e-10
        shifted.append(piece)
    return np.concatenate(shifted)


def energy_grid(mass, top, n):
    """Return local energies from just above the mass to ``top`` [MeV], quadratically spaced."""
    u = np.linspace(0.0, 1.0, n)
    u[0] = 0.02 / n
    return mass + (top - mass) * u**2


def _selected(module, processes, mass, medium, settings):
    """Return the processes that exist in a medium, and the arguments a kind takes besides."""
    if module.__name__.endswith(".dipole"):
        return module.possible(processes, medium, settings.medium), (settings.medium,)
    if module.__name__.endswith(".muon_decay"):
        return module.possible(mass, processes, medium), ()
    return module.possible(processes, medium), ()


def _at(processes, settings):
    """Return the processes with the currents that the settings give to nucleons, decays if wanted."""
    g_a, resolved = settings.axial_coupling, settings.nucleons == "form factors"
    out = []
    for p in processes:
        if p.kind == "inverse decays" and not settings.decays:
            continue
        if resolved and hasattr(p, "with_form_factors"):
            p = p.with_form_factors(g_a)
        out.append(p.at_axial(g_a) if hasattr(p, "at_axial") else p)
    return out


def rate_tables(mass_mev, processes, star, settings):
    """Return the :class:`RateTable` of every kind among some processes.

    Parameters
    ----------
    mass_mev : float
    processes : sequence
        Process data, see ``models.process``.
    star : Star
    settings : Transport
        With ``r_max`` filled in.

    Notes
    -----
    Kinds that share a grid of energies (weak processes, decays of muons and of N) share a table.
    """
    res = settings.resolution
    pieces = radial_pieces(star, res.radii, settings.r_max)
    medium = star.at(inside_break(pieces))
    out, contact = [], []
    for module, group in kinds.by_module(_at(processes, settings)).items():
        if hasattr(module, "cell_rates"):
            continue
        if hasattr(module, "rates"):
            out.append(_general(module, group, mass_mev, pieces, medium, res))
            continue
        if module.__name__.endswith(".dipole"):
            medium = medium if "w_pl" in medium else with_screening(medium, settings.medium.debye)
        chosen, more = _selected(module, group, mass_mev, medium, settings)
        if chosen:
            contact.append((module, chosen, more))
    for parts in _sharing_a_grid(contact):
        out.append(_reduced(parts, mass_mev, pieces, medium, res))
    return out


def _sharing_a_grid(parts):
    """Group what has no grid of energies of its own."""
    own = [[p] for p in parts if hasattr(p[0], "energy_grid")]
    rest = [p for p in parts if not hasattr(p[0], "energy_grid")]
    return [*own, rest] if rest else own


def _reduced(parts, mass, pieces, medium, res):
    """The table of kinds with one chemical potential per process."""
    t, lapse = medium["T"], medium["lapse"].min()
    mu = [module.chemical_potentials(chosen, medium) for module, chosen, _ in parts]
    mu_n = np.concatenate(mu)
    module = parts[0][0]
    if hasattr(module, "energy_grid"):
        top = mass + TAIL * t.max() + np.abs(mu_n).max(initial=0.0)
        energy = module.energy_grid(mass, top / lapse, res.energies)
    else:
        top = mass + TAIL * t.max() + max(mu_n.max(initial=0.0), 0.0)
        energy = energy_grid(mass, top / lapse, res.energies)
    rates = np.concatenate([
        m.reduced_rates(chosen, mass, energy, medium, res.outer, res.inner, *more)
        for m, chosen, more in parts
    ])  # fmt: skip
    processes = tuple(p for _, chosen, _ in parts for p in chosen)
    return RateTable(mass, energy, pieces, processes, rates, mu_n, t)


def _general(module, processes, mass, pieces, medium, res):
    """The table of a kind that gives production and reduced rates of each process."""
    t = medium["T"]
    medium = {**with_screening(medium), **columns_of(medium)}
    top = mass + TAIL * t.max() + max(float(np.nanmax(np.abs(medium["mu_e"]))), 0.0)
    energy = energy_grid(mass, top / medium["lapse"].min(), res.energies)
    both = [module.rates(p, mass, energy, medium) for p in processes]
    made, rates = (np.array([np.moveaxis(pair[i], 0, -1) for pair in both]) for i in (0, 1))
    return RateTable(mass, energy, pieces, tuple(processes), rates, None, t, made)
