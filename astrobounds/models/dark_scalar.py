"""A scalar that mixes with the Higgs boson."""

from .boson_processes import HIGGS_NUCLEON, FreeDecay, PairCoalescence, QuadrupoleBremsstrahlung
from .decays.dark_scalar_widths import HADRONS_KNOWN, QUARKS, VEV, widths
from .declarations import decays_of
from .protocol import BOSON, COUPLING, MASS, Choice, Model, Parameter, State

MASS_RANGE = (1e-6, HADRONS_KNOWN)  # MeV
_PRODUCTS = {
    "e e": ("e-", "e+"), "mu mu": ("mu-", "mu+"), "gamma gamma": ("gamma", "gamma"),
    "pi+ pi-": ("pi+", "pi-"), "pi0 pi0": ("pi0", "pi0"), "K+ K-": ("K+", "K-"),
    "K0 K0bar": ("K_L", "K_S"),  # half K_L K_L, half K_S K_S: one of each on average
}  # fmt: skip


class DarkScalar(Model):
    """A CP-even scalar with the couplings of the Higgs boson times sin(theta).

    Parameters
    ----------
    mass : Quantity
        Between 1 eV and 1 GeV.
    mixing : float, optional
        sin(theta).
    quarks : {"none", "constituent"}
        Light quarks in the loop of two photons: left out, or with constituent masses. The first nearly
        cancels against the W; they differ by a factor of 100 in the width at 100 MeV, which moves the
        lifetime below two muons by at most 22 %.

    Raises
    ------
    DomainError
        For a mass without a unit, or a value outside its range.

    Notes
    -----
    Pions and kaons are dispersive (10-20 % to 500 MeV, a factor of two at 0.7-1 GeV). Emission by nucleons
    in stars is an estimate by quadrupole radiation, uncertain by a factor of ten in the rate.

    References
    ----------
    arXiv:1809.01876, arXiv:2005.00490, arXiv:2205.01669.

    Examples
    --------
    >>> import astropy.units as u
    >>> scalar = DarkScalar(mass=250 * u.MeV, mixing=1e-5)
    >>> round(scalar.branching_ratios()["mu mu"], 4)
    0.9999
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_S", *MASS_RANGE, default=None, example="50*u.MeV",
                  why="dark scalars are coded from 1 eV to 1 GeV"),
        Parameter("mixing", "", COUPLING, 2, r"\sin\theta", 0.0, 1.0, example="1e-5",
                  why="it is the sine of an angle"),
    )  # fmt: skip
    choices = (Choice("quarks", QUARKS),)
    references = ("Winkler:2018qyg", "Dev:2020eam", "Balaji:2022noj")

    @property
    def states(self):
        """One state without spin."""
        return (State("S", 1.0, BOSON),)

    @property
    def couplings(self):
        """``{"mixing": sin^2(theta)}``."""
        return self.strengths

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the open channels."""
        strength = self.strengths["mixing"]
        if strength <= 0.0:
            return {}
        return {name: strength * width for name, width in widths(self.mass_mev, self.quarks).items()}

    def decays(self):
        """Return the open decays as a tuple of :class:`Decay`, largest first."""
        return decays_of(self.partial_widths_mev(), "mixing", _PRODUCTS)

    @property
    def radiating(self):
        """What the Dirac structure of a pair is, for the photons that it radiates."""
        return "scalar"

    def processes(self):
        """Return quadrupole bremsstrahlung and the decays with their inverses."""
        found = widths(self.mass_mev, self.quarks)
        out = [QuadrupoleBremsstrahlung("mixing", HIGGS_NUCLEON / VEV)]
        for name, lepton in (("e e", "e-"), ("mu mu", "mu-")):
            if name in found:
                out.append(PairCoalescence("mixing", lepton, found.pop(name)))
        photons = found.pop("gamma gamma")
        out.append(FreeDecay("mixing", photons, "gamma gamma"))
        if found:
            out.append(FreeDecay("mixing", sum(found.values())))
        return tuple(out)
