"""The dipole-portal neutrino: a mass, three transition moments, a nature, and what follows.

    L = d nubar_L sigma_{mu nu} N F^{mu nu} + h.c.,   Gamma(N -> nu gamma) = d^2 m^3/(4 pi)  (Dirac)

Three conventions are in print. With a magnetic moment, L = (mu/2) nubar sigma F N, mu = 2 d and the
width is mu^2 m^3/(16 pi). Some tables print "mu_B" with mu = d. `dipole_from_moment` converts both.
"""

import math
import warnings
from dataclasses import dataclass

from .. import constants as const
from ..errors import DomainError, ValidityWarning, did_you_mean
from ..units import finite
from .arguments import flavour_entries
from .hnl import spin_states
from .protocol import COUPLING, MASS, Choice, Decay, Model, Parameter

MASS_RANGE = (1e-6, 1e4)  # MeV
EFFECTIVE_LIMIT = 1e-3  # GeV^-1, above it the operator is not a small perturbation at 100 MeV
MOMENTS = {"mu = 2d": 0.5, "mu = d": 1.0}  # d over the printed moment
_MEV = 1e-3  # GeV^-1 in MeV^-1
_INDEX = {"e": "e", "mu": r"\mu", "tau": r"\tau"}


def dipole_from_moment(moment, convention):
    """Return d (Quantity, 1/GeV) of a transition moment given in Bohr magnetons.

    Parameters
    ----------
    moment : float
        mu in units of mu_B = e/(2 m_e) = 296.304 GeV^-1.
    convention : {"mu = 2d", "mu = d"}
        ``"mu = 2d"``: L = (mu/2) nubar sigma F N, the magnetic moment proper.
        ``"mu = d"``: a table that prints d in units of mu_B.

    Raises
    ------
    DomainError
        For another convention or a moment that is not a number.
    """
    import astropy.units as u

    if convention not in MOMENTS:
        raise DomainError(
            f"convention = {convention!r}{did_you_mean(convention, MOMENTS)}; "
            "allowed: 'mu = 2d', 'mu = d'"
        )
    mu = finite(moment, "moment in mu_B", 0.0)
    return 1e3 * MOMENTS[convention] * mu * const.MU_BOHR / u.GeV


class DipoleHNL(Model):
    """A heavy neutral lepton with transition moments to the active neutrinos.

    Parameters
    ----------
    mass : Quantity
        Mass, between 1 eV and 10 GeV.
    dipole : mapping
        d_a (Quantity, for instance ``1e-9/u.GeV``) in L = d_a nubar_aL sigma.F N + h.c. for the
        flavours ``"e"``, ``"mu"``, ``"tau"``; a missing flavour is zero. ``{"universal": d}``
        gives the same d to all three. A magnetic moment is mu = 2 d (`dipole_from_moment`).
    nature : {"dirac", "majorana"}
        A Majorana N has twice the width of a Dirac N at equal d.

    Raises
    ------
    DomainError
        For a mass or a coupling without a unit, a value outside its range, an unknown flavour or
        nature.

    References
    ----------
    arXiv:1803.03262, arXiv:2402.01624.

    Examples
    --------
    >>> import astropy.units as u
    >>> dip = DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-9 / u.GeV})
    >>> round(dip.lifetime.to_value("ms"), 3)
    8.271
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_N", *MASS_RANGE, default=None, example="100*u.MeV",
                  why="the operator is used from 1 eV to 10 GeV"),
        *(Parameter(f"dipole.{f}", "1 / GeV", COUPLING, 2, f"d_{{{_INDEX[f]}}}", natural=_MEV,
                    span=(1e-16, 9e-4), example="1e-9/u.GeV", why="d is a modulus")
          for f in const.FLAVOURS),
    )  # fmt: skip
    choices = (Choice("nature", ("dirac", "majorana")),)
    references = ("MagillDipole2018", "Chauhan:2024nfa")

    @classmethod
    def entries(cls, argument, mapping):
        """Return ``{flavour: d}``; ``"universal"`` stands for all three."""
        given = flavour_entries(mapping, ("universal",))
        if "universal" in given:
            if len(given) > 1:
                raise DomainError("dipole has 'universal' and flavours: give one or the other")
            return dict.fromkeys(const.FLAVOURS, given["universal"])
        return given

    def validate(self):
        """Warn where the operator is not a small perturbation."""
        largest = max(self.dipole_gev)
        if largest > EFFECTIVE_LIMIT:
            warnings.warn(
                f"d = {largest:g} GeV^-1 is above {EFFECTIVE_LIMIT:g} GeV^-1: the "
                "physics behind the operator is lighter than a TeV/(4 pi)^2",
                ValidityWarning,
                stacklevel=4,
            )

    @property
    def states(self):
        """Two helicities of a Majorana N, or of N and of Nbar."""
        return spin_states(self.nature)

    @property
    def dipole_gev(self):
        """d_e, d_mu, d_tau [GeV^-1]."""
        values = self.values
        return tuple(values.get(f"dipole.{f}", 0.0) for f in const.FLAVOURS)

    @property
    def couplings(self):
        """d^2 per flavour [MeV^-2]."""
        return {f: (_MEV * d) ** 2 for f, d in zip(const.FLAVOURS, self.dipole_gev)}

    @property
    def width_factor(self):
        """2 for Majorana, 1 for Dirac: the factor on every Dirac width."""
        return 2.0 if self.nature == "majorana" else 1.0

    def flavour_widths_mev(self):
        """Return ``{flavour: width of N -> nu_a gamma in MeV}``, nature included."""
        unit = self.width_factor * radiative_width(self.mass_mev)
        return {f: unit * d2 for f, d2 in self.couplings.items()}

    def decays(self):
        """Return N -> nu_a gamma of every flavour that couples, as :class:`Decay`."""
        widths = self.flavour_widths_mev()
        total = sum(widths.values())
        return tuple(
            Decay(w, f"dipole.{f}", (f"nu_{f}", "gamma"), None, "nu gamma", w / total)
            for f, w in widths.items() if w > 0.0
        )  # fmt: skip

    def processes(self):
        """Return the processes that make N, for the flavours that couple; nuclei where there are any."""
        return tuple(
            process
            for f, d in zip(const.FLAVOURS, self.dipole_gev) if d > 0.0
            for process in dipole_processes(f, ("p", "e-", "e+", "nuclei"))
        )  # fmt: skip


def radiative_width(mass_mev):
    """Return Gamma(N -> nu gamma)/d^2 = m^3/(4 pi) [MeV^3] of a Dirac N."""
    return mass_mev**3 / (4.0 * math.pi)


@dataclass(frozen=True)
class DipoleProcess:
    """A process that makes N through a transition moment of one flavour.

    Attributes
    ----------
    kind : str
        ``"upscatter"`` (nu f -> N f), ``"annihilation"`` (e- e+ -> nubar N), ``"inverse decay"``
        (gamma nu -> N) or ``"plasmon"`` (gamma* -> nubar N, transverse and longitudinal).
    target : str
        Charged particle for ``"upscatter"``: ``"p"``, ``"e-"``, ``"e+"``, ``"nuclei"``; else empty.
    lepton_number : int
        +1 if a neutrino-like N is made, -1 for its antiparticle.
    flavour : str
        The d_a^2 the rate is proportional to.
    group : str
        Label for shares in a budget.
    """

    kind: str
    target: str
    lepton_number: int
    flavour: str
    group: str

    @property
    def coupling(self):
        """Name of the parameter whose strength the rate is proportional to."""
        return f"dipole.{self.flavour}"


_GROUPS = {"p": "p", "nuclei": "nuclei"}


def dipole_processes(flavour, targets=("p", "e-", "e+"),
                     kinds=("upscatter", "annihilation", "inverse decay", "plasmon")):  # fmt: skip
    """Return every process of the listed kinds that makes N or Nbar from one flavour."""
    entries = []
    if "upscatter" in kinds:
        entries += [("upscatter", t, _GROUPS.get(t, "e")) for t in targets]
    entries += [(k, "", k) for k in ("annihilation", "inverse decay", "plasmon") if k in kinds]
    return tuple(
        DipoleProcess(kind, target, sign, flavour, group)
        for kind, target, group in entries
        for sign in (1, -1)
    )
