"""A decaying particle as a user describes it: mass, lifetime, branching ratios, how many there were."""

import math

from .. import constants as const
from ..errors import DomainError, did_you_mean
from .decays.amplitudes import ChargedCurrent, LeptonPair
from .decays.particles import particles
from .initial import Cold, Thermal
from .protocol import BOSON, FERMION, MASS, OTHER, Choice, Decay, Model, Parameter, State

MASS_RANGE = (1e-3, 1e4)  # MeV
HOTTEST = 2.5e5  # MeV, below the end of the tabulated degrees of freedom
SPINS = {
    "scalar": (BOSON, 1.0), "vector": (BOSON, 3.0), "majorana": (FERMION, 2.0), "dirac": (FERMION, 4.0),
}  # fmt: skip
ELEMENTS = ("phase space", "left-handed pair", "charged current")
_SUM = 1e-6  # by which branching ratios may miss one
_EACH = tuple(f"nu_{f}" for f in const.FLAVOURS)  # "nu" stands for the three alike


def _channels():
    """Return ``{key of branching: ((share, products), ...)}``."""
    pairs = {
        "e e": ("e-", "e+"), "mu mu": ("mu-", "mu+"), "tau tau": ("tau-", "tau+"),
        "pi+ pi-": ("pi+", "pi-"), "pi0 pi0": ("pi0", "pi0"), "pi+ pi- pi0": ("pi+", "pi-", "pi0"),
        "K+ K-": ("K+", "K-"), "K_L K_S": ("K_L", "K_S"), "gamma gamma": ("gamma", "gamma"),
        "pi0 gamma": ("pi0", "gamma"), "hadrons": ("hadrons",), "dark": ("dark",),
    }  # fmt: skip
    anti = [nu.replace("nu", "nubar") for nu in _EACH]
    pairs |= {f"{a} {b}": (a, b) for a in _EACH for b in anti}
    found = {key: ((1.0, products),) for key, products in pairs.items()}
    rest = {"gamma": ("gamma",), "pi0": ("pi0",), "e e": ("e-", "e+"), "mu mu": ("mu-", "mu+")}
    for name, others in rest.items():
        found |= {f"{nu} {name}": ((1.0, (nu, *others)),) for nu in _EACH}
        found[f"nu {name}"] = tuple((1.0 / 3.0, (nu, *others)) for nu in _EACH)
    return found


CHANNELS = _channels()
#: what a key may also be written as
SYNONYMS = {
    "e- e+": "e e", "e+ e-": "e e", "mu- mu+": "mu mu", "mu+ mu-": "mu mu", "pi- pi+": "pi+ pi-",
    "K- K+": "K+ K-", "K_S K_L": "K_L K_S",
}  # fmt: skip


def _fermions(products):
    return sum(p.kind in ("neutrino", "lepton") for p in particles(products))


class LongLivedParticle(Model):
    """A particle X that decays, whatever it is: for limits on lifetime and abundance.

    Parameters
    ----------
    mass : Quantity
        1 keV to 10 GeV; the early Universe follows 1 MeV to the D-meson mass.
    lifetime : Quantity
        In vacuum, at rest.
    branching : mapping
        Channel to branching ratio; they sum to one. ``"e e"``, ``"mu mu"``, ``"tau tau"``,
        ``"gamma gamma"``, ``"pi+ pi-"``, ``"pi0 pi0"``, ``"pi+ pi- pi0"``, ``"K+ K-"``, ``"K_L K_S"``,
        ``"pi0 gamma"``, ``"hadrons"``, ``"nu_e nubar_e"`` and so on, ``"nu gamma"``, ``"nu pi0"``,
        ``"nu e e"``, ``"nu mu mu"`` (``"nu"``: the three flavours alike, or ``"nu_tau gamma"``),
        ``"dark"``.
    abundance : float
        n/s before the first decays, all spin states together and at rest; inverse decays add nothing
        to it (a flag says where they would).
    decoupling_temperature : Quantity
        In place of ``abundance``: X was in equilibrium until then (12 MeV to 250 GeV) and is left with
        the momenta it had.
    spin : {"scalar", "vector", "majorana", "dirac"}
        1, 3, 2 or 4 spin states, Bose or Fermi statistics.
    matrix_element : {"phase space", "left-handed pair", "charged current"}
        Of ``"nu e e"`` and ``"nu mu mu"``: flat (mean energy of a neutrino m/3), |M|^2 = (P l+)(nu l-)
        (7/20 m, like nu_mu of a muon decay) or (P nu)(l- l+) (3/10 m, like its nu_e).

    Raises
    ------
    DomainError
        For a value outside its range or without unit, branching ratios that do not sum to one, a
        channel that is closed or has the wrong number of fermions, both or none of the two abundances.

    References
    ----------
    arXiv:1901.06944, arXiv:1808.09324.

    Examples
    --------
    >>> import astropy.units as u
    >>> x = LongLivedParticle(mass=100 * u.MeV, lifetime=1e4 * u.s, abundance=1e-12,
    ...                       branching={"e e": 0.9, "gamma gamma": 0.1})
    >>> [round(share, 6) for share in x.branching_ratios().values()]
    [0.9, 0.1]
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_X", *MASS_RANGE, default=None, example="100*u.MeV",
                  why="decaying particles are coded from 1 keV to 10 GeV"),
        Parameter("lifetime", "s", OTHER, 0, r"\tau_X", 1e-12, 1e30, default=None, example="1e4*u.s"),
        Parameter("abundance", "", OTHER, 1, "n_X/s", 0.0, 1.0, example="1e-12"),
        Parameter("decoupling_temperature", "MeV", OTHER, 0, r"T_{\rm d}", 0.0, HOTTEST,
                  example="10*u.GeV"),
        *(Parameter(f"branching.{key}", "", OTHER, 1, rf"{{\rm BR}}({key})", 0.0, 1.0, "linear",
                    example="1.0", why="it is a branching ratio") for key in CHANNELS),
    )  # fmt: skip
    choices = (Choice("spin", tuple(SPINS)), Choice("matrix_element", ELEMENTS))
    references = ("Boyarsky:2020dzc",)

    @classmethod
    def entries(cls, argument, mapping):
        """Return ``{channel: ratio}``; the order of particles and charges may vary."""
        out = {}
        for key, value in mapping.items():
            name = SYNONYMS.get(key, key)
            if name not in CHANNELS:
                raise DomainError(
                    f"unknown channel '{key}' in branching{did_you_mean(key, CHANNELS)}; "
                    f"allowed: {', '.join(CHANNELS)}"
                )
            if name in out:
                raise DomainError(f"branching gives '{name}' twice")
            out[name] = value
        return out

    @classmethod
    def allowed(cls, values, **choices):
        """Branching ratios sum to one; channels are open and have the right number of fermions."""
        ratios = _open(values)
        total = sum(ratios.values())
        if abs(total - 1.0) > _SUM:
            return f"the branching ratios sum to {total:.8g}: they must sum to 1 (the rest is 'dark')"
        statistics, _ = SPINS[choices.get("spin", "scalar")]
        for key in ratios:
            products = CHANNELS[key][0][1]
            if sum(p.mass for p in particles(products)) > values["mass"]:
                return f"branching['{key}'] = {ratios[key]:g}: X of {values['mass']:g} MeV is too light"
            odd = _fermions(products) % 2
            if not {"dark", "hadrons"} & set(products) and odd != (statistics == FERMION):
                return (
                    f"branching['{key}']: {'an odd' if odd else 'an even'} number of fermions, X with spin "
                    f"'{choices.get('spin', 'scalar')}' cannot decay into it"
                )
        temperature = values.get("decoupling_temperature", 0.0)
        if temperature and values.get("abundance", 0.0):
            return "abundance and decoupling_temperature are both given: give one of them"
        if 0.0 < temperature < 12.0:
            return f"decoupling_temperature = {temperature:g} MeV: X is followed from 12 MeV or hotter"
        return ""

    def validate(self):
        """Refuse a particle of which there was never one."""
        if not (self.values["abundance"] or self.values["decoupling_temperature"]):
            raise DomainError(
                "how many X are there? give abundance=1e-12 (n/s) or decoupling_temperature=10*u.GeV"
            )

    @property
    def states(self):
        """All spin states as one; a Dirac particle and its antiparticle apart."""
        statistics, degrees = SPINS[self.spin]
        if self.spin == "dirac":
            return tuple(State(n, 2.0, statistics, q, None, ((q, 0),)) for n, q in (("X", 1), ("Xbar", -1)))
        return (State("X", degrees, statistics),)

    @property
    def initial(self):
        """What was there before the first decays."""
        temperature = self.values.get("decoupling_temperature", 0.0)
        return Thermal(temperature) if temperature else Cold(self.values.get("abundance", 0.0))

    @property
    def radiating(self):
        """What the Dirac structure of a pair is, for the photons that it radiates."""
        return "vector" if self.spin == "vector" else "scalar"

    def decays(self):
        """Return the decays as a tuple of :class:`Decay`, largest first."""
        width = const.HBAR / self.values["lifetime"]
        found = []
        for key, ratio in _open(self.values).items():
            for share, products in CHANNELS[key]:
                part = ratio * share
                found.append(Decay(part * width, "", products, self._amplitude(products), key, part))
        return tuple(sorted(found, key=lambda d: -d.width))

    def _amplitude(self, products):
        if len(products) != 3 or not products[0].startswith("nu") or self.matrix_element == ELEMENTS[0]:
            return None
        mass = self.mass_mev
        leg = particles(products)[1].mass
        if self.matrix_element == ELEMENTS[1]:
            return LeptonPair(mass, leg, 1.0, 0.0)
        return ChargedCurrent(mass, 0.0, leg, leg)


def _open(values):
    """Branching ratios that are not zero."""
    found = ((key, values.get(f"branching.{key}", 0.0)) for key in CHANNELS)
    return {key: ratio for key, ratio in found if ratio > 0.0 and math.isfinite(ratio)}
