"""An axion-like particle with photons, electrons, muons and nucleons; any couplings together."""

import math
import warnings

from .. import constants as const
from ..errors import ValidityWarning
from .boson_processes import (
    Compton,
    ElectronBremsstrahlung,
    NucleonBremsstrahlung,
    PairCoalescence,
    PhotonCoalescence,
    Primakoff,
)
from .decays.alp_widths import HADRONS_ABOVE, Conversion, lepton_pair, widths
from .protocol import BOSON, COUPLING, MASS, Decay, Model, Parameter, State

MASS_RANGE = (1e-6, 1e3)  # MeV
ELECTRONS_FROM = 10.0  # MeV, lightest boson for which e p bremsstrahlung is resolved
_GEV = 1e-3  # GeV^-1 in MeV^-1
_COUPLING_MAX = math.sqrt(4.0 * math.pi)
_PRODUCTS = {
    "gamma gamma": ("photon", ("gamma", "gamma")),
    "e e gamma": ("photon", ("e-", "e+", "gamma")),
    "mu mu gamma": ("photon", ("mu-", "mu+", "gamma")),
    "e e": ("electron", ("e-", "e+")),
    "mu mu": ("muon", ("mu-", "mu+")),
}


class ALP(Model):
    """An axion-like particle, L = -(g/4) a F Ftilde - sum_l i g_l a lbar gamma5 l + nucleons.

    Parameters
    ----------
    mass : Quantity
        Between 1 eV and 1 GeV.
    photon : Quantity, optional
        g in 1/GeV (or any inverse energy).
    electron, muon : float, optional
        g_l of -i g_l a lbar gamma5 l; c_l m_l/f of the derivative form.
    nucleon : float, optional
        g_N of (g_N/2m_N) (d_mu a) Nbar gamma^mu gamma5 N, the same for neutrons and protons.

    Raises
    ------
    DomainError
        For a mass or a photon coupling without a unit, or a value outside its range.

    Notes
    -----
    Loops are not added: a coupling to leptons also makes one to photons, of a size that depends on the
    form of the coupling. An ALP with quarks decays to three pions above 414 MeV; no width is given for
    that, and a :class:`ValidityWarning` says so.

    References
    ----------
    arXiv:1808.10136, arXiv:1906.11844, arXiv:2109.03244.

    Examples
    --------
    >>> import astropy.units as u
    >>> alp = ALP(mass=10 * u.MeV, photon=1e-9 / u.GeV)
    >>> round(alp.branching_ratios()["gamma gamma"], 4)
    0.9961
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_a", *MASS_RANGE, default=None, example="50*u.MeV",
                  why="ALPs are coded from 1 eV to 1 GeV"),
        Parameter("photon", "1 / GeV", COUPLING, 2, r"g_{a\gamma\gamma}", natural=_GEV,
                  example="1e-9/u.GeV", why="it is the modulus of g"),
        *(Parameter(name, "", COUPLING, 2, f"g_{{a{index}}}", 0.0, _COUPLING_MAX, example="1e-10",
                    why="it is the modulus of a dimensionless g")
          for name, index in (("electron", "e"), ("muon", r"\mu"), ("nucleon", "N"))),
    )  # fmt: skip
    references = ("Lucente:2020whw", "Caputo:2021rux", "Carenza:2019pxu", "Kroll:1955zu")

    def validate(self):
        """Warn where decays or emission lack a channel."""
        if self.values["nucleon"] and self.mass_mev > HADRONS_ABOVE:
            warnings.warn(
                f"mass = {self.mass_mev:g} MeV: above {HADRONS_ABOVE:.0f} MeV an ALP with quarks decays "
                "to hadrons, whose widths are not included: lifetimes are upper limits",
                ValidityWarning,
                stacklevel=4,
            )
        if self.values["electron"] and self.mass_mev < ELECTRONS_FROM:
            warnings.warn(
                f"mass = {self.mass_mev:g} MeV: below {ELECTRONS_FROM:g} MeV electron bremsstrahlung in a "
                "core needs the mass of electrons there; it is computed with massless ones and too large",
                ValidityWarning,
                stacklevel=4,
            )

    @property
    def states(self):
        """One state without spin."""
        return (State("a", 1.0, BOSON),)

    @property
    def couplings(self):
        """What rates are proportional to: g^2 [MeV^-2] of photons, g^2 of the others."""
        return self.strengths

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the open channels."""
        v = self.values
        return widths(v["mass"], _GEV * v.get("photon", 0.0), v.get("electron", 0.0), v.get("muon", 0.0))

    def decays(self):
        """Return the open decays as a tuple of :class:`Decay`, largest first."""
        found = sorted(self.partial_widths_mev().items(), key=lambda item: -item[1])
        total = sum(w for _, w in found)
        amplitude = {
            f"{name} {name} gamma": Conversion(self.mass_mev, leg)
            for name, leg in (("e", const.M_E), ("mu", const.M_MU))
        }
        return tuple(
            Decay(w, *_PRODUCTS[name], amplitude.get(name), name, w / total) for name, w in found if w > 0.0
        )

    @property
    def radiating(self):
        """What the Dirac structure of a pair is, for the photons that it radiates."""
        return "pseudoscalar"

    def processes(self):
        """Return the processes of the couplings that are not zero."""
        out, mass = [], self.mass_mev
        if self.values.get("photon"):
            out += [Primakoff("photon"), Primakoff("photon", "e-", True, "F2"), PhotonCoalescence("photon")]
        if self.values.get("electron"):
            out += [Compton("electron", "pseudoscalar"), ElectronBremsstrahlung("electron")]
        for name, lepton, leg in (("electron", "e-", const.M_E), ("muon", "mu-", const.M_MU)):
            if self.values.get(name) and mass > 2.0 * leg:
                out.append(PairCoalescence(name, lepton, lepton_pair(mass, 1.0, leg)))
        if self.values.get("nucleon"):
            out.append(NucleonBremsstrahlung("nucleon"))
        return tuple(out)
