"""Processes that make one boson, as data: what a reaction kind needs, and nothing of its medium.

Each is at unit strength of one coupling (1/MeV squared for photons, one for the others). Choices of how a
kind is computed are fields with the recommended value; a study replaces them (`dataclasses.replace`).
"""

from dataclasses import dataclass

from .. import constants as const


@dataclass(frozen=True)
class Primakoff:
    """gamma + charge <-> boson + charge.

    Attributes
    ----------
    coupling : str
        Name of the parameter whose strength the rate is proportional to.
    target : {"p", "e-"}
    recoil : bool
        Thermal targets with recoil and Fermi statistics; False: heavy charges, those that are not
        blocked (within 3 % of it for protons, m below 50 MeV).
    screening : {"F1", "F2"}
        Structure factor of ions, or its square (a screened propagator).
    photon_mass : bool
        Photons of the plasma have their asymptotic mass (static targets alone).
    """

    coupling: str
    target: str = "p"
    recoil: bool = False
    screening: str = "F1"
    photon_mass: bool = True

    kind = "primakoff"
    lepton_number = 0

    @property
    def group(self):
        """Label for shares in a budget."""
        return f"gamma {self.target}"


@dataclass(frozen=True)
class PhotonCoalescence:
    """gamma gamma <-> boson, the decay included.

    Attributes
    ----------
    coupling : str
    frame : {"rest", "plasma"}
        Where photons are transverse: customary form, or that of the plasma, which is lower.
    photon_mass : bool
        With the asymptotic mass of photons in the plasma.
    """

    coupling: str
    frame: str = "rest"
    photon_mass: bool = True

    kind = "photon coalescence"
    lepton_number = 0
    inverse_decay = True
    group = "gamma gamma"


@dataclass(frozen=True)
class PairCoalescence:
    """l- l+ <-> boson, the decay included.

    Attributes
    ----------
    coupling : str
    lepton : {"e-", "mu-"}
    width : float
        Of the decay at unit strength [MeV].
    """

    coupling: str
    lepton: str
    width: float

    kind = "pair coalescence"
    lepton_number = 0
    inverse_decay = True

    @property
    def group(self):
        """Label for shares in a budget."""
        return f"{self.lepton} {self.lepton[:-1]}+"


@dataclass(frozen=True)
class FreeDecay:
    """Decay and its inverse with products whose occupation is neglected: pions in a core.

    Attributes
    ----------
    coupling : str
    width : float
        At unit strength [MeV].
    group : str
        Label for shares in a budget.
    """

    coupling: str
    width: float
    group: str = "hadrons"

    kind = "free decay"
    lepton_number = 0
    inverse_decay = True


@dataclass(frozen=True)
class Compton:
    """e gamma <-> e boson.

    Attributes
    ----------
    coupling : str
    spin : {"pseudoscalar", "vector"}
    minor : bool
        Left out unless it is asked for.
    """

    coupling: str
    spin: str
    minor: bool = False

    kind = "compton"
    lepton_number = 0
    group = "e gamma"


@dataclass(frozen=True)
class ElectronBremsstrahlung:
    """e p <-> e p boson for a pseudoscalar coupling to electrons.

    Attributes
    ----------
    coupling : str
    """

    coupling: str

    kind = "electron bremsstrahlung"
    lepton_number = 0
    group = "e p"


@dataclass(frozen=True)
class NucleonBremsstrahlung:
    """N N <-> N N boson for a pseudoscalar coupling to nucleons, by one-pion exchange.

    Attributes
    ----------
    coupling : str
    neutron, proton : float
        Couplings of n and p over that of the parameter.
    pion_mass, two_pion, multiple_scattering, degeneracy, effective_mass : bool
        Named corrections.
    """

    coupling: str
    neutron: float = 1.0
    proton: float = 1.0
    pion_mass: bool = True
    two_pion: bool = True
    multiple_scattering: bool = True
    degeneracy: bool = True
    effective_mass: bool = True

    kind = "nucleon bremsstrahlung"
    lepton_number = 0
    group = "N N"


@dataclass(frozen=True)
class DipoleBremsstrahlung:
    """n p <-> n p vector with the coupling of the photon.

    Attributes
    ----------
    coupling : str
    soft : {"symmetrised", "soft", "initial flux"}
        Continuation of soft radiation to E ~ T: a factor of two in the coupling at m > 30 MeV.
    """

    coupling: str
    soft: str = "symmetrised"

    kind = "dipole bremsstrahlung"
    lepton_number = 0
    group = "n p"


@dataclass(frozen=True)
class QuadrupoleBremsstrahlung:
    """N N <-> N N scalar: an estimate, uncertain by a factor of ten in the rate.

    Attributes
    ----------
    coupling : str
    nucleon : float
        g_N at unit strength.
    """

    coupling: str
    nucleon: float

    kind = "quadrupole bremsstrahlung"
    estimate = "an estimate, a factor of 10 in the rate either way"
    lepton_number = 0
    group = "N N (estimate)"


@dataclass(frozen=True)
class PhotonMixing:
    """A vector that mixes with the photon: the dressing of its transverse and longitudinal states."""

    kind = "photon mixing"


F_N = 0.30  # f_N in g_N = sin(theta) f_N m_N/v; range 0.26-0.33, arXiv:1306.4710
HIGGS_NUCLEON = F_N * 0.5 * (const.M_N + const.M_P)  # g_N v/sin(theta) [MeV]
