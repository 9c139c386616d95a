"""Nuclides of the nucleosynthesis networks: charge, spin and nuclear mass (AME2020)."""

from dataclasses import dataclass
from functools import lru_cache

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_columns
from ...errors import DomainError, did_you_mean


@dataclass(frozen=True)
class Nuclide:
    """A nuclide in its ground state.

    Attributes
    ----------
    name : str
        ``"n"``, ``"p"``, ``"d"``, ``"t"``, ``"He3"``, ...
    A, Z : int
        Mass number and charge.
    spin : float
        Spin J of the ground state.
    mass_excess : float
        Atomic mass excess M - A u in MeV.
    """

    name: str
    A: int
    Z: int
    spin: float
    mass_excess: float
    references = ("Wang2021", "Kondev2021")

    @property
    def g(self):
        """Number of spin states, 2J + 1."""
        return 2.0 * self.spin + 1.0

    @property
    def mass(self):
        """Nuclear mass in MeV: the atomic mass without electrons and their binding energy."""
        return (
            self.A * const.M_U
            + self.mass_excess
            - self.Z * const.M_E
            + electron_binding_mev(self.Z)
        )

    @property
    def binding(self):
        """Binding energy of the nucleus in MeV."""
        bare = nuclide("p"), nuclide("n")
        return self.Z * bare[0].mass + (self.A - self.Z) * bare[1].mass - self.mass


def electron_binding_mev(Z):
    """Binding energy of all electrons of an atom in MeV (Lunney et al., RMP 75, 1021, 2003)."""
    return (14.4381 * Z**2.39 + 1.55468e-6 * Z**5.35) * 1e-6


@lru_cache(maxsize=1)
def nuclides():
    """Return all known nuclides as a dict from name to :class:`Nuclide`, light ones first."""
    table = read_columns(data_path("nuclear/nuclides.ecsv"))
    return {
        name: Nuclide(name, int(A), int(Z), float(spin), float(mass_excess))
        for name, A, Z, spin, mass_excess in zip(*table.values())
    }


_ALIASES = {"a": "He4", "alpha": "He4", "neutron": "n", "proton": "p", "H": "p", "D": "d", "T": "t"}


def nuclide(name):
    """Return one nuclide by name.

    Parameters
    ----------
    name : str
        For instance ``"d"`` or ``"Be7"``; ``"a"`` is He4.

    Raises
    ------
    DomainError
        If there is no such nuclide.
    """
    known = nuclides()
    key = _ALIASES.get(name, name)
    if key not in known:
        raise DomainError(
            f"unknown nuclide {name!r}{did_you_mean(name, known)}; known: {', '.join(known)}"
        )
    return known[key]
