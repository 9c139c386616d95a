"""Production of N in the star: reduced rates at unit mixing, tabulated once per mass.

The table holds Gamma* = Gamma_absorption + Gamma_production per helicity, which detailed balance
ties to the production rate R_h = f_eq Gamma*_h. One table serves every mixing pattern.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...models.process import hnl_processes
from ...reactions.decays import add_decays
from ...reactions.muon_decay import add_muon_decays
from .nucleon_channels import ContactRates, Group, Physics, filler, on_nucleons

DEFAULT_PHYSICS = Physics()
_CHARGE = {  # species -> (mass column or float, chemical potential column, its sign)
    "n": ("m_n", "mu_n", 1), "p": ("m_p", "mu_p", 1),
    "e-": (const.M_E, "mu_e", 1), "e+": (const.M_E, "mu_e", -1),
    "mu-": (const.M_MU, "mu_mu", 1), "mu+": (const.M_MU, "mu_mu", -1),
    **{f"nu_{f}": (0.0, f"mu_nu_{f}", 1) for f in const.FLAVOURS},
    **{f"nubar_{f}": (0.0, f"mu_nu_{f}", -1) for f in const.FLAVOURS},
}  # fmt: skip


@dataclass(frozen=True)
class Resolution:
    """Grids of an emission table and of the ray solution; the defaults are converged to 0.1 %.

    Attributes
    ----------
    radii : int
        Radial nodes per smooth part of the profile.
    energies : int
        Energy nodes of the table.
    outer, inner : int
        Gauss nodes per smooth piece of the collision integral in E2 and in E3.
    rays, steps : int
        Impact parameters per part of the profile, steps along half a chord.
    spectrum : int
        Energy nodes of the luminosity integral.
    """

    radii: int = 14
    energies: int = 20
    outer: int = 12
    inner: int = 8
    rays: int = 12
    steps: int = 60
    spectrum: int = 24


def _species(state, name):
    """Return (mass, mu) arrays of one species in a state of matter."""
    mass, column, sign = _CHARGE[name]
    mass = state[mass] if isinstance(mass, str) else np.full_like(state["T"], mass)
    return mass, sign * state[column]


@dataclass(frozen=True, eq=False)
class RateTable:
    """Reduced rates of one mass in one star at unit mixing.

    Attributes
    ----------
    mass_mev : float
    energy : ndarray, shape (nE,)
        Local energies [MeV].
    pieces : list of ndarray
        Radial nodes [km] of each smooth part of the profile.
    processes : tuple of ContactProcess and DecayProcess
    rates : ndarray, shape (n_process, n_r, nE, 2)
        Gamma* [MeV] at |U|^2 = 1 per helicity basis state (-1, +1 of a neutrino-like N).
    mu_n : ndarray, shape (n_process, n_r)
        mu_1 + mu_2 - mu_3, the chemical potential of N in detailed balance [MeV].
    """

    mass_mev: float
    energy: np.ndarray
    pieces: list
    processes: tuple
    rates: np.ndarray
    mu_n: np.ndarray
    temperature: np.ndarray

    def production(self, index):
        """Return R(E) summed over helicities [MeV] of process ``index``, shape (n_r, nE)."""
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


def group_processes(processes, state):
    """Return (groups of identical statistics, mu_N of each process, shape (n_process, n_r))."""
    t = state["T"]
    mu_n, groups = [], {}
    for i, process in enumerate(processes):
        (m1, mu1), (m2, mu2), (m3, mu3) = (_species(state, s) for s in process.species)
        shift = np.zeros_like(t)
        if process.species[1:] in (("p", "n"), ("n", "p")):
            shift = state["shift"] * (1.0 if process.species[1] == "p" else -1.0)
        mu_n.append(mu1 + mu2 - mu3 - shift)
        masses, mus = np.stack([m1, m2, m3], axis=1), np.stack([mu1, mu2, mu3], axis=1)
        key = (masses.tobytes(), mus.tobytes(), shift.tobytes(), process.species[1:] * on_nucleons(process))
        group = Group(
            np.ascontiguousarray(masses), np.ascontiguousarray(mus), np.ascontiguousarray(shift),
            np.ascontiguousarray(t), [],
        )  # fmt: skip
        groups.setdefault(key, group).members.append(i)
    return list(groups.values()), np.array(mu_n)


def rate_table(mass_mev, star, flavours, resolution=None, r_max_km=60.0, physics=DEFAULT_PHYSICS):
    """Compute the reduced rates of an HNL of one mass in a star.

    Parameters
    ----------
    mass_mev : float
    star : Star
    flavours : sequence of str
        Flavours of the mixings that are not zero.
    resolution : Resolution, optional
    r_max_km : float
        Radius up to which N is produced and absorbed.
    physics : Physics
        g_A, form of the nucleon currents, decays.

    Returns
    -------
    RateTable

    References
    ----------
    arXiv:2311.00033 (nucleon channels), arXiv:hep-ph/9703315 (reduction).
    """
    res = resolution or Resolution()
    pieces = radial_pieces(star, res.radii, r_max_km)
    state = star.at(inside_break(pieces))
    t = state["T"]
    muons = np.isfinite(state["mu_mu"]).all()

    def build(axial):
        everything = (p for f in flavours for p in hnl_processes(f, axial))
        return [p for p in everything if muons or not {"mu-", "mu+"} & set(p.species)]

    processes = build(physics.axial_coupling)
    groups, mu_n = group_processes(processes, state)
    top = (mass_mev + 28.0 * t.max() + max(mu_n.max(), 0.0)) / state["lapse"].min()
    energy = energy_grid(mass_mev, top, res.energies)
    rates = np.zeros((len(processes), t.size, energy.size, 2))
    contact = ContactRates(build, physics, state)
    fill = filler(groups, processes, contact, physics, state, mass_mev, energy, res)

    def run(job):
        zones, group = job
        rates[group.members, zones] = fill(zones, group)

    jobs = [(slice(k, min(k + 6, t.size)), g) for g in groups for k in range(0, t.size, 6)]
    run(jobs[0])  # compiles once before the threads start
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as threads:
        list(threads.map(run, jobs[1:]))
    processes, rates, mu_n = add_muon_decays(
        mass_mev, state, flavours, energy, res, processes, rates, mu_n
    )
    if physics.decays:
        processes, rates, mu_n = add_decays(mass_mev, state, flavours, energy, processes, rates, mu_n)
    return RateTable(mass_mev, energy, pieces, tuple(processes), rates, mu_n, t)
