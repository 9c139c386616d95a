"""The heavy neutral lepton: a mass, three mixings, a nature, and what follows from them."""

import warnings
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from .. import constants as const
from ..errors import DomainError, ValidityWarning, did_you_mean
from ..units import energy_mev, finite
from .decaying import Decaying

MASS_RANGE = (1e-3, const.M_D)  # MeV
QUARK_MATCHING = 1000.0  # MeV, hadronic widths known to 10-20 % above
NATURES = ("majorana", "dirac")


def check_mixing(mixing):
    """Return a dict flavour -> |U|^2 with all three flavours, after validation."""
    if not hasattr(mixing, "items"):
        raise DomainError(
            f"mixing = {mixing!r} is not a mapping: write mixing={{'tau': 1e-8}} with |U|^2 per flavour"
        )
    for flavour in mixing:
        if flavour not in const.FLAVOURS:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; "
                f"allowed: {', '.join(const.FLAVOURS)}"
            )
    values = {
        f: finite(mixing.get(f, 0.0), f"mixing['{f}']", 0.0, 1.0, "it is |U|^2, between 0 and 1")
        for f in const.FLAVOURS
    }
    total = sum(values.values())
    if total > 1.0:
        raise DomainError(f"the mixings sum to {total:g}: unitarity allows at most 1")
    return values


@dataclass(frozen=True, repr=False)
class HNL(Decaying):
    """A heavy neutral lepton that interacts by mixing with the active neutrinos.

    Parameters
    ----------
    mass : Quantity
        Mass, between 1 keV and the D-meson mass (1869.66 MeV).
    mixing : mapping
        |U_a|^2 for the flavours ``"e"``, ``"mu"``, ``"tau"``; a missing flavour is zero.
    nature : {"majorana", "dirac"}
        A Majorana N has twice the width of a Dirac N at equal mixing.

    Raises
    ------
    DomainError
        For a mass without a unit or outside its range, a negative mixing, mixings that sum to more
        than one, an unknown flavour or nature.

    Notes
    -----
    Widths are known to better than 1 % below 0.5 GeV, 3-7 % at 0.8 GeV and 10-20 % above 1 GeV,
    where hadrons are matched to quarks; a :class:`ValidityWarning` says so above 1 GeV.

    References
    ----------
    arXiv:0705.1729, arXiv:0901.3589, arXiv:1805.08567, arXiv:2405.07330.

    Examples
    --------
    >>> import astropy.units as u
    >>> hnl = HNL(mass=300 * u.MeV, mixing={"tau": 1e-6})
    >>> round(hnl.branching_ratios()["nu pi0"], 3)
    0.862
    """

    mass: object = field(compare=False)
    mixing: object
    nature: str = "majorana"
    mass_mev: float = field(init=False, repr=False, compare=True)

    references = ("Gorbunov:2007ak", "Atre:2009rg", "Bondarenko:2018ptm", "Feng:2024zfe")
    parameters = ("mass", "mixing.e", "mixing.mu", "mixing.tau")

    def __post_init__(self):
        mass = energy_mev(self.mass, "mass")
        low, high = MASS_RANGE
        finite(mass, "mass in MeV", low, high, "HNL widths are coded from 1 keV to the D mass")
        nature = str(self.nature).lower()
        if nature not in NATURES:
            raise DomainError(
                f"nature = {self.nature!r}{did_you_mean(nature, NATURES)}; allowed: 'majorana', 'dirac'"
            )
        object.__setattr__(self, "mass_mev", mass)
        object.__setattr__(self, "nature", nature)
        object.__setattr__(self, "mixing", MappingProxyType(check_mixing(self.mixing)))
        if mass > QUARK_MATCHING:
            warnings.warn(
                f"mass = {mass:g} MeV: hadronic widths are accurate to 10-20 % above 1 GeV",
                ValidityWarning,
                stacklevel=3,
            )

    def __repr__(self):
        mixing = {f: v for f, v in self.mixing.items() if v > 0.0}
        return f"HNL(mass={self.mass_mev:g} MeV, mixing={mixing}, nature='{self.nature}')"

    def __hash__(self):
        return hash((self.mass_mev, tuple(self.mixing.values()), self.nature))

    def __reduce__(self):
        return _rebuild, (self.mass, dict(self.mixing), self.nature)

    @classmethod
    def fast(cls, mass_mev, mixing, nature="majorana"):
        """Build from floats that are known to be valid: (|U_e|^2, |U_mu|^2, |U_tau|^2)."""
        model = object.__new__(cls)
        model.__dict__.update(
            mass_mev=float(mass_mev),
            mixing=MappingProxyType(dict(zip(const.FLAVOURS, mixing))),
            nature=nature,
        )
        return model

    def __getattr__(self, name):
        if name == "mass":  # models built by ``fast`` make their Quantity when asked
            import astropy.units as u

            self.__dict__["mass"] = self.mass_mev * u.MeV
            return self.__dict__["mass"]
        raise AttributeError(f"HNL has no attribute '{name}'")

    @staticmethod
    def allowed(values):
        """Return why a point of floats does not exist, or "": |U|^2 sum to at most one."""
        total = sum(values.get(f"mixing.{f}", 0.0) for f in const.FLAVOURS)
        return f"the mixings sum to {total:g}: unitarity allows at most 1" if total > 1.0 else ""

    @classmethod
    def from_parameters(cls, values, nature="majorana"):
        """Build from flat floats: ``{"mass": MeV, "mixing.e": |U_e|^2, ...}``."""
        import astropy.units as u

        mixing = {f: values.get(f"mixing.{f}", 0.0) for f in const.FLAVOURS}
        return cls(mass=values["mass"] * u.MeV, mixing=mixing, nature=nature)

    @property
    def mixing_vector(self):
        """|U_e|^2, |U_mu|^2, |U_tau|^2 as a tuple."""
        return tuple(self.mixing.values())

    @property
    def width_factor(self):
        """2 for Majorana, 1 for Dirac: the factor on every Dirac width."""
        return 2.0 if self.nature == "majorana" else 1.0

    @cached_property
    def _partial_mev(self):
        from .decays.hnl_widths import CHANNELS, width_table

        table = self.width_factor * (width_table(self.mass_mev) @ self.mixing_vector)
        return {name: float(w) for name, w in zip(CHANNELS, table) if w > 0.0}

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the open channels, nature included."""
        return dict(self._partial_mev)


def _rebuild(mass, mixing, nature):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return HNL(mass=mass, mixing=mixing, nature=nature)
