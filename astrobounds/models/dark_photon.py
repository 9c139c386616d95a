"""A dark photon with kinetic mixing."""

from .boson_processes import Compton, DipoleBremsstrahlung, FreeDecay, PairCoalescence, PhotonMixing
from .decays.dark_photon_widths import HADRONS_KNOWN, widths
from .decays.pairs import LEPTONS
from .declarations import decays_of
from .protocol import BOSON, COUPLING, MASS, Model, Parameter, State

MASS_RANGE = (1e-6, HADRONS_KNOWN)  # MeV
_PRODUCTS = {
    "e e": ("e-", "e+"), "mu mu": ("mu-", "mu+"), "gamma gamma gamma": ("gamma",) * 3,
    "pi+ pi-": ("pi+", "pi-"), "pi+ pi- pi0": ("pi+", "pi-", "pi0"), "pi0 gamma": ("pi0", "gamma"),
    "K+ K-": ("K+", "K-"), "K_L K_S": ("K_L", "K_S"),
}  # fmt: skip


class DarkPhoton(Model):
    """A massive vector that mixes with the photon, L = -(eps/2) F F'.

    Parameters
    ----------
    mass : Quantity
        Between 1 eV and 1 GeV.
    mixing : float, optional
        eps.

    Raises
    ------
    DomainError
        For a mass without a unit, or a value outside its range.

    Notes
    -----
    Hadronic widths follow R = sigma(hadrons)/sigma(mu mu), good to 2 % to 0.95 GeV except at
    thresholds. In matter the mixing is that of the plasma, with resonances (`reactions.dressing`).

    References
    ----------
    arXiv:1611.03864, arXiv:1801.04847, arXiv:0807.3279.

    Examples
    --------
    >>> import astropy.units as u
    >>> dark = DarkPhoton(mass=10 * u.MeV, mixing=1e-10)
    >>> round(dark.lifetime.to_value("s"), 3)
    2.706
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_{A'}", *MASS_RANGE, default=None, example="20*u.MeV",
                  why="dark photons are coded from 1 eV to 1 GeV"),
        Parameter("mixing", "", COUPLING, 2, r"\epsilon", 0.0, 1.0, example="1e-9",
                  why="eps is a modulus below one"),
    )  # fmt: skip
    references = ("Chang:2016ntp", "Ilten:2018crw", "Gounaris:1968mw", "Pospelov:2008jk")
    dressing = PhotonMixing()

    @property
    def states(self):
        """Two transverse polarisations and the longitudinal one travel apart in matter."""
        return (
            State("T", 2.0, BOSON, 0, 1, ((0, 0),)), State("L", 1.0, BOSON, 0, 0, ((0, 1),)),
        )  # fmt: skip

    @property
    def couplings(self):
        """``{"mixing": eps^2}``."""
        return self.strengths

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the open channels."""
        strength = self.strengths["mixing"]
        if strength <= 0.0:
            return {}
        return {name: strength * width for name, width in widths(self.mass_mev).items()}

    def decays(self):
        """Return the open decays as a tuple of :class:`Decay`, largest first."""
        return decays_of(self.partial_widths_mev(), "mixing", _PRODUCTS)

    @property
    def radiating(self):
        """What the Dirac structure of a pair is, for the photons that it radiates."""
        return "vector"

    def processes(self):
        """Return what makes a photon of this mass, at eps = 1 and without the mixing of a plasma."""
        found = widths(self.mass_mev)
        out = [DipoleBremsstrahlung("mixing"), Compton("mixing", "vector", minor=True)]
        for name, lepton in (("e e", "e-"), ("mu mu", "mu-")):
            if name in found:
                out.append(PairCoalescence("mixing", lepton, found[name]))
        hadrons = sum(w for name, w in found.items() if name not in LEPTONS and "gamma gamma" not in name)
        if hadrons > 0.0:
            out.append(FreeDecay("mixing", hadrons))
        return tuple(out)
