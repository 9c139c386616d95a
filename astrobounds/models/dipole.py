"""The dipole-portal neutrino: a mass, three transition moments, a nature, and what follows.

    L = d nubar_L sigma_{mu nu} N F^{mu nu} + h.c.,   Gamma(N -> nu gamma) = d^2 m^3/(4 pi)  (Dirac)

Three conventions are in print. With a magnetic moment, L = (mu/2) nubar sigma F N, mu = 2 d and the
width is mu^2 m^3/(16 pi). Some tables print "mu_B" with mu = d. `dipole_from_moment` converts both.
"""

import math
import warnings
from dataclasses import dataclass, field
from types import MappingProxyType

from .. import constants as const
from ..errors import DomainError, ValidityWarning, did_you_mean
from ..units import _value, energy_mev, finite
from .decaying import Decaying

MASS_RANGE = (1e-6, 1e4)  # MeV
EFFECTIVE_LIMIT = 1e-3  # GeV^-1, above it the operator is not a small perturbation at 100 MeV
NATURES = ("dirac", "majorana")
MOMENTS = {"mu = 2d": 0.5, "mu = d": 1.0}  # d over the printed moment


def check_dipole(dipole):
    """Return a dict flavour -> d [GeV^-1] with all three flavours, after validation."""
    import astropy.units as u

    if not hasattr(dipole, "items"):
        raise DomainError(
            f"dipole = {dipole!r} is not a mapping: write dipole={{'mu': 1e-9/u.GeV}} with d per "
            "flavour, or dipole={'universal': 1e-9/u.GeV}"
        )
    allowed = (*const.FLAVOURS, "universal")
    for flavour in dipole:
        if flavour not in allowed:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, allowed)}; "
                f"allowed: {', '.join(allowed)}"
            )
    if "universal" in dipole and len(dipole) > 1:
        raise DomainError("dipole has 'universal' and flavours: give one or the other")
    values = {}
    for flavour in const.FLAVOURS:
        given = dipole.get("universal", dipole.get(flavour))
        what = f"dipole['{flavour}']"
        value = 0.0 if given is None else _value(given, 1 / u.GeV, what, f"{what}=1e-9/u.GeV")
        values[flavour] = finite(value, f"{what} in 1/GeV", 0.0, math.inf, "d is a modulus")
    return values


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


@dataclass(frozen=True, eq=True)
class DipoleHNL(Decaying):
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

    mass: object = field(compare=False)
    dipole: object = field(compare=False)
    nature: str = "dirac"
    mass_mev: float = field(init=False, repr=False, compare=True)
    dipole_gev: tuple = field(init=False, repr=False, compare=True)

    references = ("MagillDipole2018", "Chauhan:2024nfa")
    parameters = ("mass", "dipole.e", "dipole.mu", "dipole.tau")

    def __repr__(self):
        used = {f: d for f, d in zip(const.FLAVOURS, self.dipole_gev) if d > 0.0}
        return f"DipoleHNL(mass={self.mass_mev:g} MeV, dipole={used} / GeV, nature='{self.nature}')"

    def __post_init__(self):
        import astropy.units as u

        mass = energy_mev(self.mass, "mass")
        finite(mass, "mass in MeV", *MASS_RANGE, "the operator is used from 1 eV to 10 GeV")
        nature = str(self.nature).lower()
        if nature not in NATURES:
            raise DomainError(
                f"nature = {self.nature!r}{did_you_mean(nature, NATURES)}; allowed: 'dirac', 'majorana'"
            )
        values = check_dipole(self.dipole)
        object.__setattr__(self, "mass_mev", mass)
        object.__setattr__(self, "nature", nature)
        object.__setattr__(self, "dipole_gev", tuple(values.values()))
        object.__setattr__(
            self, "dipole", MappingProxyType({f: v / u.GeV for f, v in values.items()})
        )
        if max(self.dipole_gev) > EFFECTIVE_LIMIT:
            warnings.warn(
                f"d = {max(self.dipole_gev):g} GeV^-1 is above {EFFECTIVE_LIMIT:g} GeV^-1: the "
                "physics behind the operator is lighter than a TeV/(4 pi)^2",
                ValidityWarning,
                stacklevel=3,
            )

    def __hash__(self):
        return hash((self.mass_mev, self.dipole_gev, self.nature))

    def __reduce__(self):
        return DipoleHNL.fast, (self.mass_mev, self.dipole_gev, self.nature)

    @classmethod
    def fast(cls, mass_mev, dipole_gev, nature="dirac"):
        """Build from floats that are known to be valid: mass in MeV, (d_e, d_mu, d_tau) in GeV^-1."""
        model = object.__new__(cls)
        model.__dict__.update(
            mass_mev=float(mass_mev), dipole_gev=tuple(map(float, dipole_gev)), nature=nature
        )
        return model

    def __getattr__(self, name):
        if name in ("mass", "dipole"):  # models built by ``fast`` make their Quantity when asked
            import astropy.units as u

            value = self.mass_mev * u.MeV
            if name == "dipole":
                pairs = zip(const.FLAVOURS, self.dipole_gev)
                value = MappingProxyType({f: v / u.GeV for f, v in pairs})
            self.__dict__[name] = value
            return value
        raise AttributeError(f"DipoleHNL has no attribute '{name}'")

    @classmethod
    def from_parameters(cls, values, nature="dirac"):
        """Build from flat floats: ``{"mass": MeV, "dipole.e": d in GeV^-1, ...}``.

        ``"dipole.universal"`` sets the three flavours at once.
        """
        import astropy.units as u

        names = ("universal",) if "dipole.universal" in values else const.FLAVOURS
        dipole = {f: values.get(f"dipole.{f}", 0.0) / u.GeV for f in names}
        return cls(mass=values["mass"] * u.MeV, dipole=dipole, nature=nature)

    @property
    def couplings(self):
        """d^2 per flavour [MeV^-2]: what every rate is proportional to."""
        return {f: (1e-3 * d) ** 2 for f, d in zip(const.FLAVOURS, self.dipole_gev)}

    @property
    def width_factor(self):
        """2 for Majorana, 1 for Dirac: the factor on every Dirac width."""
        return 2.0 if self.nature == "majorana" else 1.0

    def flavour_widths_mev(self):
        """Return ``{flavour: width of N -> nu_a gamma in MeV}``, nature included."""
        unit = self.width_factor * radiative_width(self.mass_mev)
        return {f: unit * d2 for f, d2 in self.couplings.items()}

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}``: nu gamma, summed over flavours."""
        width = sum(self.flavour_widths_mev().values())
        return {"nu gamma": width} if width > 0.0 else {}


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
