"""The heavy neutral lepton: a mass, three mixings, a nature, and what follows from them."""

import warnings
from functools import cached_property, lru_cache

from .. import constants as const
from ..errors import ValidityWarning
from .arguments import flavour_entries
from .process import hnl_processes
from .protocol import COUPLING, MASS, Choice, Decay, Model, Parameter, State

MASS_RANGE = (1e-3, const.M_D)  # MeV
QUARK_MATCHING = 1000.0  # MeV, hadronic widths known to 10-20 % above
_INDEX = {"e": "e", "mu": r"\mu", "tau": r"\tau"}


def spin_states(nature):
    """Return the :class:`State` of a neutral lepton.

    A neutrino-like process makes helicity -1 in the first place of its rates and +1 in the second, its
    CP conjugate the other way round. A Majorana particle is one field that both feed.
    """
    if nature == "majorana":
        return (
            State("-", 1.0, 1, 0, -1, ((1, 0), (-1, 1))),
            State("+", 1.0, 1, 0, 1, ((1, 1), (-1, 0))),
        )
    return tuple(
        State(f"{name}{'-' if helicity < 0 else '+'}", 1.0, 1, number, helicity, ((number, place),))
        for name, number in (("N", 1), ("Nbar", -1))
        for place, helicity in ((0, -number), (1, number))
    )


class HNL(Model):
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

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_N", *MASS_RANGE, default=None, example="200*u.MeV",
                  why="HNL widths are coded from 1 keV to the D mass"),
        *(Parameter(f"mixing.{f}", "", COUPLING, 1, rf"|U_{{{_INDEX[f]}}}|^2", 0.0, 1.0,
                    example="1e-8", why="it is |U|^2, between 0 and 1") for f in const.FLAVOURS),
    )  # fmt: skip
    choices = (Choice("nature", ("majorana", "dirac")),)
    references = ("Gorbunov:2007ak", "Atre:2009rg", "Bondarenko:2018ptm", "Feng:2024zfe")

    @classmethod
    def entries(cls, argument, mapping):
        """Return the mapping after checking its flavours."""
        return flavour_entries(mapping)

    @classmethod
    def allowed(cls, values, **choices):
        """Unitarity: the mixings sum to at most one."""
        total = sum(values.get(f"mixing.{f}", 0.0) for f in const.FLAVOURS)
        return f"the mixings sum to {total:g}: unitarity allows at most 1" if total > 1.0 else ""

    def validate(self):
        """Warn above 1 GeV."""
        if self.mass_mev > QUARK_MATCHING:
            warnings.warn(
                f"mass = {self.mass_mev:g} MeV: hadronic widths are accurate to 10-20 % above 1 GeV",
                ValidityWarning,
                stacklevel=4,
            )

    @property
    def states(self):
        """Two helicities of a Majorana N, or of N and of Nbar."""
        return spin_states(self.nature)

    @property
    def mixing_vector(self):
        """|U_e|^2, |U_mu|^2, |U_tau|^2 as a tuple."""
        values = self.values
        return tuple(values.get(f"mixing.{f}", 0.0) for f in const.FLAVOURS)

    @property
    def width_factor(self):
        """2 for Majorana, 1 for Dirac: the factor on every Dirac width."""
        return 2.0 if self.nature == "majorana" else 1.0

    @cached_property
    def _widths(self):
        """Partial widths [MeV], shape (channel, flavour), nature included."""
        from .decays.hnl_widths import width_table

        return self.width_factor * (width_table(self.mass_mev) * self.mixing_vector)

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the open channels, nature included."""
        from .decays.hnl_widths import CHANNELS

        return {n: float(w) for n, w in zip(CHANNELS, self._widths.sum(axis=1)) if w > 0.0}

    def decays(self):
        """Return the open decays as a tuple of :class:`Decay`, largest first.

        Of a charge-conjugate pair the one that conserves lepton number with N is listed.
        """
        from .decays.hnl_channels import final_states
        from .decays.hnl_widths import CHANNELS

        widths, out = self._widths, []
        total = widths.sum()
        for i, channel in enumerate(CHANNELS):
            for a, flavour in enumerate(const.FLAVOURS):
                if widths[i, a] > 0.0:
                    for share, products, amplitude in final_states(channel, self.mass_mev, flavour):
                        width = float(share * widths[i, a])
                        out.append(Decay(width, f"mixing.{flavour}", products, amplitude, channel,
                                         float(width / total)))  # fmt: skip
        return tuple(sorted(out, key=lambda d: -d.width))

    def processes(self):
        """Return what makes N by mixing: contact processes, decays of muons and its own inverse ones."""
        return tuple(
            process
            for f, u2 in zip(const.FLAVOURS, self.mixing_vector) if u2 > 0.0
            for process in unit_processes(self.mass_mev, f)
        )  # fmt: skip


@lru_cache(maxsize=64)
def unit_processes(mass_mev, flavour):
    """Return every process at unit mixing with one flavour as a tuple."""
    from .decays.hnl_channels import unit_decays
    from .process import inverse_decays, muon_decays

    own = inverse_decays(unit_decays(mass_mev, flavour))
    return (*hnl_processes(flavour), *muon_decays(flavour), *own)
