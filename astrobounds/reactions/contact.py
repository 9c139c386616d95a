"""Contact processes 1 + 2 -> 3 + N in a medium: Gamma* of every process at unit coupling.

Gamma* = Gamma_absorption + Gamma_production per helicity, which detailed balance ties to the
production f_eq Gamma*. Processes with the same statistics share one set of integrals.
"""

import numpy as np

from ..numerics.collision import N_PRODUCTS, contact_table, unit_rule
from .medium import present, species
from .threads import run_over_zones

references = ("Carenza:2023old", "Chauhan:2025mnn", "Dolgov:1997mb", "Chang:2016ntp",
              "Mastrototaro:2019vug")  # fmt: skip


def possible(processes, medium):
    """Return the processes whose partners are all part of a medium."""
    return [p for p in processes if present(medium, p.species)]


def groups_of(processes, medium):
    """Return (chemical potentials of N, groups of processes that share their integrals)."""
    mu_n, groups = [], {}
    for i, process in enumerate(processes):
        (m1, mu1), (m2, mu2), (m3, mu3) = (species(medium, s) for s in process.species)
        shift = np.zeros_like(medium["T"])
        if process.species[1:] in (("p", "n"), ("n", "p")):
            shift = medium["shift"] * (1.0 if process.species[1] == "p" else -1.0)
        mu_n.append(mu1 + mu2 - mu3 - shift)
        masses, mus = np.stack([m1, m2, m3], axis=1), np.stack([mu1, mu2, mu3], axis=1)
        nucleons = process.species[1:] if process.species[1] in ("n", "p") else None
        key = (masses.tobytes(), mus.tobytes(), shift.tobytes(), nucleons)
        groups.setdefault(key, (masses, mus, shift, []))[3].append(i)
    return np.array(mu_n).reshape(len(processes), -1), list(groups.values())


def chemical_potentials(processes, medium):
    """Return mu_1 + mu_2 - mu_3 [MeV] of every process, shape (n_process, n_places)."""
    return groups_of(processes, medium)[0]


def reduced_rates(processes, mass, energy, medium, outer, inner):
    """Return Gamma* [MeV] at unit coupling.

    Parameters
    ----------
    processes : sequence of ContactProcess
    mass : float
        Of N [MeV].
    energy : ndarray, shape (n_energy,)
        MeV.
    medium : mapping
        With ``axial_response``, S_A, where the axial amplitude of nucleons is suppressed by sqrt(S_A).
    outer, inner : int
        Gauss nodes per smooth piece of the collision integral in E2 and in E3.

    Returns
    -------
    ndarray, shape (n_process, n_places, n_energy, 2)

    References
    ----------
    arXiv:2311.00033 (nucleon channels), arXiv:hep-ph/9703315 (reduction).
    """
    t = np.ascontiguousarray(medium["T"])
    rules = unit_rule(outer), unit_rule(inner)
    rates = np.zeros((len(processes), t.size, energy.size, 2))
    root = np.sqrt(medium["axial_response"]) if "axial_response" in medium else np.ones_like(t)

    def fill(zones, group):
        masses, mus, shift, members = group
        coefficients = np.array([processes[i].suppressed(root[zones]) for i in members])
        need = np.any(coefficients != 0.0, axis=(0, 1))
        table = np.empty((zones.stop - zones.start, energy.size, N_PRODUCTS, 2))
        contact_table(
            energy, mass, np.ascontiguousarray(masses[zones]), np.ascontiguousarray(mus[zones]),
            t[zones], np.ascontiguousarray(shift[zones]), need, *rules, table,
        )  # fmt: skip
        for i, coefficient in zip(members, coefficients):
            rates[i, zones] = np.einsum("zeph,zp->zeh", table, coefficient)

    run_over_zones(fill, groups_of(processes, medium)[1], t.size)
    return rates
