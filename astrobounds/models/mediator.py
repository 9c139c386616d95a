"""Mediators of secret neutrino interactions: a boson of any flavour structure that decays to neutrinos.

    vector:  L = g_ab Z'_mu nubar_a gamma^mu P_L nu_b          g Hermitian
    scalar:  L = (1/2) g_ab phi nu_a^T C nu_b + h.c.           g symmetric, phi real (a majoron)

With massless neutrinos Gamma(Z' -> nu_a nubar_b) = |g_ab|^2 m/(24 pi) for every ordered pair and
Gamma(phi -> nu_a nu_b) = g_ab^2 m/(16 pi), half of it for a = b; antineutrinos alike. Other papers
write other Lagrangians: convert by equating total widths, never couplings.
"""

import math
from dataclasses import dataclass, field
from types import MappingProxyType

from .. import constants as const
from ..errors import DomainError, did_you_mean
from ..units import energy_mev, finite
from .decaying import Decaying

MASS_RANGE = (1e-6, 1e3)  # MeV
COUPLING_MAX = math.sqrt(4.0 * math.pi)  # perturbative
SPINS = ("vector", "scalar")
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


def check_coupling(coupling):
    """Return a dict pair -> |g| with all six pairs, after validation."""
    if not hasattr(coupling, "items"):
        raise DomainError(
            f"coupling = {coupling!r} is not a mapping: write coupling={{('e', 'tau'): 1e-9}}, "
            "{'tau': 1e-9} or {'universal': 1e-9}"
        )
    given = {}
    for key, value in coupling.items():
        if key == "universal":
            names = [f + f for f in const.FLAVOURS]
        else:
            names = [_pair(key)]
        value = finite(value, f"coupling[{key!r}]", 0.0, COUPLING_MAX, "it is the modulus of g_ab")
        for name in names:
            if name in given:
                a, b = PAIRS[name]
                raise DomainError(f"coupling gives g of ({a}, {b}) twice: g_ab = g_ba, give one")
            given[name] = value
    return {name: given.get(name, 0.0) for name in PAIRS}


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


@dataclass(frozen=True, eq=True)
class Mediator(Decaying):
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

    mass: object = field(compare=False)
    coupling: object = field(compare=False)
    spin: str = "vector"
    mass_mev: float = field(init=False, repr=False, compare=True)
    coupling_values: tuple = field(init=False, repr=False, compare=True)

    references = ("Farzan:2002wx", "Heurtier:2016otg", "Brune:2018sef")
    parameters = ("mass", *(f"coupling.{name}" for name in PAIRS))

    def __post_init__(self):
        mass = energy_mev(self.mass, "mass")
        finite(mass, "mass in MeV", *MASS_RANGE, "mediators are coded from 1 eV to 1 GeV")
        spin = str(self.spin).lower()
        if spin not in SPINS:
            raise DomainError(
                f"spin = {self.spin!r}{did_you_mean(spin, SPINS)}; allowed: 'vector', 'scalar'"
            )
        values = check_coupling(self.coupling)
        object.__setattr__(self, "mass_mev", mass)
        object.__setattr__(self, "spin", spin)
        object.__setattr__(self, "coupling_values", tuple(values.values()))
        object.__setattr__(self, "coupling", _readable(values.values()))

    def __repr__(self):
        used = dict(self.coupling)
        return f"Mediator(mass={self.mass_mev:g} MeV, coupling={used}, spin='{self.spin}')"

    def __hash__(self):
        return hash((self.mass_mev, self.coupling_values, self.spin))

    def __reduce__(self):
        return Mediator.fast, (self.mass_mev, self.coupling_values, self.spin)

    @classmethod
    def fast(cls, mass_mev, coupling_values, nature="vector"):
        """Build from floats that are known to be valid: mass in MeV, |g| of the six `PAIRS`, spin."""
        model = object.__new__(cls)
        values = tuple(map(float, coupling_values))
        model.__dict__.update(mass_mev=float(mass_mev), coupling_values=values, spin=nature)
        return model

    def __getattr__(self, name):
        if name == "mass":  # models built by ``fast`` make these when asked
            import astropy.units as u

            self.__dict__["mass"] = self.mass_mev * u.MeV
            return self.__dict__["mass"]
        if name == "coupling":
            self.__dict__["coupling"] = _readable(self.coupling_values)
            return self.__dict__["coupling"]
        raise AttributeError(f"Mediator has no attribute '{name}'")

    @classmethod
    def from_parameters(cls, values, nature="vector"):
        """Build from flat floats: ``{"mass": MeV, "coupling.etau": g, ...}``; ``nature`` is the spin."""
        import astropy.units as u

        coupling = {flavours: values.get(f"coupling.{n}", 0.0) for n, flavours in PAIRS.items()}
        return cls(mass=values["mass"] * u.MeV, coupling=coupling, spin=nature)

    @property
    def nature(self):
        """The spin: what tells models of one class apart in fits."""
        return self.spin

    @property
    def polarisations(self):
        """Degrees of freedom: 3 of a massive vector, 1 of a real scalar."""
        return POLARISATIONS[self.spin]

    @property
    def couplings(self):
        """g^2 per pair of flavours: what every rate is proportional to."""
        return {name: g * g for name, g in zip(PAIRS, self.coupling_values)}

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the channels that are not closed."""
        out = {}
        for pair, strength in self.couplings.items():
            if strength > 0.0:
                width = strength * pair_width(self.mass_mev, pair, self.spin)
                out.update((channel_name(legs), width) for legs in channels(pair, self.spin))
        return out

    @staticmethod
    def products(channel):
        """Two neutrinos, whatever the channel."""
        return ("nu", "nu")

    def neutrinos_per_decay(self):
        """Return ``{flavour: number}``, neutrinos and antineutrinos; two in all, or zero if g = 0."""
        out = dict.fromkeys(const.FLAVOURS, 0.0)
        total = self.width_mev or 1.0
        for pair, strength in self.couplings.items():
            for legs in channels(pair, self.spin):
                for flavour, _ in legs:
                    out[flavour] += strength * pair_width(self.mass_mev, pair, self.spin) / total
        return out


def _readable(values):
    """Return the couplings that are not zero, keyed by flavour or by a pair of flavours."""
    pairs = zip(PAIRS.values(), values)
    return MappingProxyType({(a if a == b else (a, b)): g for (a, b), g in pairs if g > 0.0})
