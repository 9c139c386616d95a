"""Rates of N on nucleons in a star: with form factors, or in the contact form with S_A.

A suppressed axial response multiplies the axial amplitude by sqrt(S_A): c_A^2 by S_A.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...numerics.collision import N_PRODUCTS, contact_table, unit_rule
from ...reactions.form_factors import check_nucleons, nucleon_current
from ...reactions.nucleon_kernels import nucleon_table
from ...units import finite

AXIAL_COUPLING = 1.27  # value of the published emissivities; the free 1.2756 raises rates by 0.7 %
UNIT = 32.0 * const.G_FERMI**2


@dataclass(frozen=True)
class Physics:
    """Choices of an emission that belong to the reactions, not to the star.

    Attributes
    ----------
    axial_coupling : float
        g_A of a nucleon in matter.
    nucleons : {"form factors", "contact"}
    decays : bool
        Decay and inverse decay of N as reactions of the medium.
    """

    axial_coupling: float = AXIAL_COUPLING
    nucleons: str = "form factors"
    decays: bool = True

    def __post_init__(self):
        check_nucleons(self.nucleons)
        object.__setattr__(
            self, "axial_coupling", finite(self.axial_coupling, "axial_coupling", 0.0, 3.0)
        )


def on_nucleons(process):
    """True for a process 1 + N2 -> N3 + N on a nucleon."""
    return process.species[1] in ("n", "p")


def sign_of(process):
    """+1 for a neutrino or an l- that scatters, -1 for its antiparticle."""
    first = process.species[0]
    return -1.0 if first.startswith("nubar") or first.endswith("+") else 1.0


class ContactRates:
    """Coefficients of contact processes at every place; those of nucleons follow S_A.

    Parameters
    ----------
    build : callable
        ``build(axial_coupling)`` returns the list of processes.
    physics : Physics
    state : mapping
        Columns of the star; ``axial_response`` is S_A if it is there.
    """

    def __init__(self, build, physics, state):
        g = physics.axial_coupling
        self._root = np.sqrt(state["axial_response"]) if "axial_response" in state else None
        self._parts = [
            np.array([p.coefficients for p in build(x * g)]) for x in (0.0, 1.0, -1.0)
        ]  # quadratic in g_A

    def at(self, members, zones):
        """Return coefficients of some processes, shape (member, zone, product)."""
        zero, plus, minus = (part[members][:, None, :] for part in self._parts)
        if self._root is None:
            return np.broadcast_to(plus, (len(members), zones.stop - zones.start, N_PRODUCTS))
        s = self._root[zones][None, :, None]
        return zero + 0.5 * s * (plus - minus) + s * s * (0.5 * (plus + minus) - zero)


@dataclass(frozen=True, eq=False)
class Group:
    """Processes with the same statistics: one set of integrals serves all.

    Attributes
    ----------
    masses, mus : ndarray, shape (n_r, 3)
    shift, temperature : ndarray, shape (n_r,)
    members : list of int
        Places in the list of processes.
    """

    masses: np.ndarray
    mus: np.ndarray
    shift: np.ndarray
    temperature: np.ndarray
    members: list

    def contact(self, zones, mass, energy, contact, rules):
        """Return rates in the contact form, shape (member, zone, nE, 2)."""
        coefficients = contact.at(self.members, zones)
        need = np.any(coefficients != 0.0, axis=(0, 1))
        table = np.empty((zones.stop - zones.start, energy.size, N_PRODUCTS, 2))
        contact_table(
            energy, mass, self.masses[zones], self.mus[zones], self.temperature[zones],
            self.shift[zones], need, *rules, table,
        )  # fmt: skip
        return np.einsum("zeph,mzp->mzeh", table, coefficients)

    def nucleonic(self, zones, mass, energy, processes, physics, axial, rules):
        """Return rates with form factors, shape (member, zone, nE, 2)."""
        current = nucleon_current(processes[self.members[0]].species[1:], physics.axial_coupling)
        table = np.empty((zones.stop - zones.start, energy.size, 2, 2))
        nucleon_table(
            energy, mass, self.masses[zones], self.mus[zones], self.temperature[zones],
            self.shift[zones], current.numbers, axial[zones], *rules, table,
        )  # fmt: skip
        signs = np.array([sign_of(processes[i]) for i in self.members])
        both = table[None, :, :, 0] + signs[:, None, None, None] * table[None, :, :, 1]
        return UNIT * current.strength * both


def filler(groups, processes, contact, physics, state, mass, energy, resolution):
    """Return ``fill(zones, group) -> rates`` of shape (member, zone, nE, 2)."""
    rules = unit_rule(resolution.outer), unit_rule(resolution.inner)
    smooth = unit_rule(2 * resolution.outer), unit_rule(2 * resolution.inner)
    response = state.get("axial_response", np.ones_like(state["T"]))
    axial = np.ascontiguousarray(np.sqrt(response))

    def fill(zones, group):
        if physics.nucleons == "contact" or not on_nucleons(processes[group.members[0]]):
            return group.contact(zones, mass, energy, contact, rules)
        return group.nucleonic(zones, mass, energy, processes, physics, axial, smooth)

    return fill
