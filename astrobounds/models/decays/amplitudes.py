"""Squared amplitudes of three-body decays as values: callable, hashable, compared by content."""

from dataclasses import dataclass

from .kinematics import charged_current, lepton_pair_amplitude


@dataclass(frozen=True)
class ChargedCurrent:
    """|M|^2 ~ (P 1)(2 3): product 1 is the antilepton (or antineutrino) of the second vertex.

    Attributes
    ----------
    mass, antilepton, lepton, neutrino : float
        Masses [MeV] of the parent and of products 1, 2, 3.
    """

    mass: float
    antilepton: float
    lepton: float
    neutrino: float = 0.0

    @property
    def masses(self):
        """Masses of the products [MeV]."""
        return (self.antilepton, self.lepton, self.neutrino)

    def __call__(self, e1, e2, e3):
        """|M|^2 of the three energies [MeV], up to a factor."""
        return charged_current(self.mass, *self.masses)[1](e1, e2, e3)


@dataclass(frozen=True)
class LeptonPair:
    """N -> nu l- l+ with couplings gL, gR of the pair, products in this order.

    Attributes
    ----------
    mass, lepton : float
        MeV.
    left, right : float
    """

    mass: float
    lepton: float
    left: float
    right: float

    @property
    def masses(self):
        """Masses of the products [MeV]."""
        return (0.0, self.lepton, self.lepton)

    def __call__(self, e1, e2, e3):
        """|M|^2 of the three energies [MeV], up to a factor."""
        return lepton_pair_amplitude(self.mass, self.lepton, self.left, self.right)[1](e1, e2, e3)
