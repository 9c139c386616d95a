"""Processes on nucleons with form factors, weak magnetism and the pion pole: Gamma* at unit coupling.

One integral serves a neutrino and its antiparticle: they differ in the sign of the interference of vector
and axial currents. A suppressed axial response S_A of the medium multiplies the axial amplitude by its
root.
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import unit_rule
from .contact import groups_of, possible
from .form_factors import nucleon_current
from .nucleon_kernels import nucleon_table
from .threads import run_over_zones

__all__ = ["chemical_potentials", "possible", "reduced_rates"]

references = ("Carenza:2023old", "LlewellynSmith:1971uhs", "Bernard:2001rs", "Reddy:1997yr")
UNIT = 32.0 * const.G_FERMI**2


def chemical_potentials(processes, medium):
    """Return mu_1 + mu_2 - mu_3 [MeV] of every process, shape (n_process, n_places)."""
    return groups_of(processes, medium)[0]


def reduced_rates(processes, mass, energy, medium, outer, inner):
    """Return Gamma* [MeV] at unit coupling, shape (n_process, n_places, n_energy, 2).

    Parameters
    ----------
    processes : sequence of NucleonProcess
    mass : float
        Of N [MeV].
    energy : ndarray, shape (n_energy,)
        MeV.
    medium : mapping
        With ``axial_response``, S_A, where the axial response of nucleons is suppressed.
    outer, inner : int
        As for a contact process; the integrand is smooth in other variables and takes twice as many nodes.
    """
    t = np.ascontiguousarray(medium["T"])
    rules = unit_rule(2 * outer), unit_rule(2 * inner)
    rates = np.zeros((len(processes), t.size, energy.size, 2))
    root = np.sqrt(medium["axial_response"]) if "axial_response" in medium else np.ones_like(t)
    root = np.ascontiguousarray(root)

    def fill(zones, group):
        masses, mus, shift, members = group
        first = processes[members[0]]
        current = nucleon_current(first.species[1:], first.axial_coupling)
        table = np.empty((zones.stop - zones.start, energy.size, 2, 2))
        nucleon_table(
            energy, mass, np.ascontiguousarray(masses[zones]), np.ascontiguousarray(mus[zones]),
            t[zones], np.ascontiguousarray(shift[zones]), current.numbers, root[zones], *rules, table,
        )  # fmt: skip
        for i in members:
            sign = -1.0 if processes[i].crossed else 1.0
            rates[i, zones] = UNIT * current.strength * (table[:, :, 0] + sign * table[:, :, 1])

    run_over_zones(fill, groups_of(processes, medium)[1], t.size)
    return rates
