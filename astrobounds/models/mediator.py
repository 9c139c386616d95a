"""Mediators of secret neutrino interactions: a boson of any flavour structure that decays to neutrinos.

    vector:  L = g_ab Z'_mu nubar_a gamma^mu P_L nu_b          g Hermitian
    scalar:  L = (1/2) g_ab phi nu_a^T C nu_b + h.c.           g symmetric, phi real (a majoron)

With massless neutrinos Gamma(Z' -> nu_a nubar_b) = |g_ab|^2 m/(24 pi) for every ordered pair and
Gamma(phi -> nu_a nu_b) = g_ab^2 m/(16 pi), half of it for a = b; antineutrinos alike. Other papers
write other Lagrangians: convert by equating total widths, never couplings.
"""

import math
from types import MappingProxyType

from .. import constants as const
from ..errors import DomainError, did_you_mean
from .process import CoalescenceProcess
from .protocol import BOSON, COUPLING, MASS, Choice, Decay, Model, Parameter, State

MASS_RANGE = (1e-6, 1e3)  # MeV
COUPLING_MAX = math.sqrt(4.0 * math.pi)  # perturbative
SPINS = ("vector", "scalar")
_TEX = {"e": "e", "mu": r"\mu ", "tau": r"\tau "}
POLARISATIONS = {"vector": 3, "scalar": 1}
PAIRS = {  # name of an unordered pair -> its flavours
    a + b: (a, b) for i, a in enumerate(const.FLAVOURS) for b in const.FLAVOURS[i:]
}


def _pair(key):
    """Return the name of the unordered pair that a key of ``coupling`` stands for."""
    if isinstance(key, str) and key in PAIRS:
        return key
    both = (key, key) if isinstance(key, str) else key
    if not isinstance(both, (tuple, list)) or len(both) != 2:
        raise DomainError(f"coupling has the key {key!r}: give a flavour ('tau') or a pair (('e', 'tau'))")
    allowed = (*const.FLAVOURS, "universal")
    for flavour in both:
        if flavour not in const.FLAVOURS:
            near = (*allowed, *PAIRS) if isinstance(key, str) else allowed
            raise DomainError(
                f"unknown flavour '{flavour}' in coupling{did_you_mean(flavour, near)}; "
                f"allowed: {', '.join(allowed)}, or pairs such as ('e', 'tau') or 'etau'"
            )
    a, b = sorted(both, key=const.FLAVOURS.index)
    return a + b


def pair_width(mass_mev, pair, spin):
    """Return the width [MeV] at g = 1 of each channel of a pair (`channels`)."""
    if spin == "vector":
        return mass_mev / (24.0 * math.pi)
    a, b = PAIRS[pair]
    return mass_mev / ((32.0 if a == b else 16.0) * math.pi)


def channels(pair, spin):
    """Return the legs of the channels of a pair: CP conjugates of each other, or one of itself.

    A leg is (flavour, lepton number). A vector: nu_a nubar_b and nu_b nubar_a; a scalar: nu_a nu_b
    and nubar_a nubar_b.
    """
    a, b = PAIRS[pair]
    if spin == "scalar":
        return ((a, 1), (b, 1)), ((a, -1), (b, -1))
    if a == b:
        return (((a, 1), (a, -1)),)
    return ((a, 1), (b, -1)), ((b, 1), (a, -1))


def channel_name(legs):
    """Return for instance ``"nu_e nubar_tau"``."""
    return " ".join(f"{'nu' if sign > 0 else 'nubar'}_{flavour}" for flavour, sign in legs)


class Mediator(Model):
    """A boson that couples to neutrinos alone, with any flavour structure.

    Parameters
    ----------
    mass : Quantity
        Mass, between 1 eV and 1 GeV.
    coupling : mapping
        |g_ab| (floats): ``{("e", "tau"): 1e-9}``, ``{"tau": 1e-9}`` for the diagonal g_tautau, or
        ``{"universal": 1e-9}`` for equal diagonal ones. The matrix is symmetric: an off-diagonal
        entry is given once; ``"etau"``, as in the names of fit parameters, is ``("e", "tau")``. Phases
        drop out of every rate here.
    spin : {"vector", "scalar"}
        ``"vector"``: L = g_ab Z'_mu nubar_a gamma^mu P_L nu_b. ``"scalar"``: a real phi,
        L = (1/2) g_ab phi nu_a^T C nu_b + h.c., which violates lepton number by two units.

    Raises
    ------
    DomainError
        For a mass without a unit, a value outside its range, an unknown flavour or spin, or a pair
        that is given twice.

    Notes
    -----
    Neutrinos are massless in decays and flavours are those of the weak interaction. The current of
    massless neutrinos is conserved for any g_ab, so the three polarisations of a vector have the same
    width and none is enhanced by E/m.

    References
    ----------
    arXiv:hep-ph/0211375, arXiv:1609.05882, arXiv:1808.08158.

    Examples
    --------
    >>> import astropy.units as u
    >>> med = Mediator(mass=1 * u.MeV, coupling={("e", "tau"): 1e-9}, spin="vector")
    >>> med.branching_ratios()
    {'nu_e nubar_tau': 0.5, 'nu_tau nubar_e': 0.5}
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_X", *MASS_RANGE, default=None, example="1*u.MeV",
                  why="mediators are coded from 1 eV to 1 GeV"),
        *(Parameter(f"coupling.{name}", "", COUPLING, 2, f"g_{{{_TEX[a]}{_TEX[b]}}}", 0.0, COUPLING_MAX,
                    example="1e-9", why="it is the modulus of g_ab") for name, (a, b) in PAIRS.items()),
    )  # fmt: skip
    choices = (Choice("spin", SPINS),)
    references = ("Farzan:2002wx", "Heurtier:2016otg", "Brune:2018sef")

    @classmethod
    def entries(cls, argument, mapping):
        """Return ``{pair: g}`` of flavours, pairs and ``"universal"``."""
        given = {}
        for key, value in mapping.items():
            names = [f + f for f in const.FLAVOURS] if key == "universal" else [_pair(key)]
            for name in names:
                if name in given:
                    a, b = PAIRS[name]
                    raise DomainError(f"coupling gives g of ({a}, {b}) twice: g_ab = g_ba, give one")
                given[name] = value
        return given

    @property
    def coupling_values(self):
        """|g| of the six `PAIRS`."""
        values = self.values
        return tuple(values.get(f"coupling.{name}", 0.0) for name in PAIRS)

    def _as_argument(self, parameters):
        if parameters[0].key:
            return _readable(self.coupling_values)
        return super()._as_argument(parameters)

    @property
    def polarisations(self):
        """Degrees of freedom: 3 of a massive vector, 1 of a real scalar."""
        return POLARISATIONS[self.spin]

    @property
    def states(self):
        """Three polarisations of a vector, one state of a scalar."""
        if self.spin == "scalar":
            return (State("phi", 1.0, BOSON),)
        return tuple(State(f"h={h:+d}", 1.0, BOSON, 0, h, ((0, h + 1),)) for h in (-1, 0, 1))

    @property
    def couplings(self):
        """g^2 per pair of flavours."""
        return {name: g * g for name, g in zip(PAIRS, self.coupling_values)}

    def decays(self):
        """Return the decays to two neutrinos of every pair that couples, as :class:`Decay`."""
        found = [
            (strength * pair_width(self.mass_mev, pair, self.spin), pair, legs)
            for pair, strength in self.couplings.items() if strength > 0.0
            for legs in channels(pair, self.spin)
        ]  # fmt: skip
        found.sort(key=lambda item: -item[0])
        total = sum(width for width, _, _ in found)
        return tuple(
            Decay(width, f"coupling.{pair}", tuple(channel_name(legs).split()), None, "", width / total)
            for width, pair, legs in found if width > 0.0  # the square of a coupling may underflow
        )  # fmt: skip

    def processes(self):
        """Return the coalescence of two neutrinos for every pair that couples."""
        return tuple(
            CoalescenceProcess(
                tuple(tuple(channel_name(legs).split()) for legs in channels(pair, self.spin)),
                pair_width(self.mass_mev, pair, self.spin), self.polarisations, f"coupling.{pair}", pair,
            )
            for pair, g in zip(PAIRS, self.coupling_values) if g > 0.0
        )  # fmt: skip

    def neutrinos_per_decay(self):
        """Return ``{flavour: number}``, neutrinos and antineutrinos; two in all, or zero if g = 0."""
        out = dict.fromkeys(const.FLAVOURS, 0.0)
        for decay in self.decays():
            for product in decay.products:
                out[product.rpartition("_")[2]] += decay.branching_ratio
        return out


def _readable(values):
    """Return the couplings that are not zero, keyed by flavour or by a pair of flavours."""
    pairs = zip(PAIRS.values(), values)
    return MappingProxyType({(a if a == b else (a, b)): g for (a, b), g in pairs if g > 0.0})
