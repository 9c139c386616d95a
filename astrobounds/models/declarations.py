"""The data in which a model says what it is: parameters, choices, spin states, decays."""

import math
from dataclasses import dataclass

MASS, COUPLING, OTHER = "mass", "coupling", "other"
FERMION, BOSON = 1, -1


@dataclass(frozen=True)
class Parameter:
    """One number that a model is made of.

    Attributes
    ----------
    name : str
        ``"mass"``, ``"mixing.tau"``: what stands before the point is the argument of the constructor,
        a mapping; what stands behind is the key in it.
    unit : str
        Unit of the float, as astropy writes it; empty for a plain number.
    kind : {"mass", "coupling", "other"}
    power : int
        Power of a coupling in a rate.
    symbol : str
        LaTeX without dollar signs.
    low, high : float
        Allowed range.
    scale : {"log", "linear"}
        How an axis shows it.
    default : float or None
        Value where it is not given; None if it must be.
    natural : float
        Factor from ``unit`` to powers of MeV.
    why : str
        What the range stands for, said with the error.
    example : str
        Value in an error message, as a user writes it.
    span : (float, float)
        Range that searches for an edge cover; ``low`` to ``high`` unless told.
    """

    name: str
    unit: str = ""
    kind: str = OTHER
    power: int = 0
    symbol: str = ""
    low: float = 0.0
    high: float = math.inf
    scale: str = "log"
    default: float | None = 0.0
    natural: float = 1.0
    why: str = ""
    example: str = ""
    span: tuple[float, float] | None = None

    def __post_init__(self):
        if self.span is None:
            low = self.low if self.low > 0.0 else min(1e-18, 1e-3 * self.high)
            object.__setattr__(self, "span", (low, self.high))

    @property
    def argument(self) -> str:
        """Name of the argument of the constructor."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Key in the mapping, empty for an argument that is one number."""
        return self.name.partition(".")[2]

    @property
    def label(self) -> str:
        """Axis label with its unit."""
        unit = f" [{self.unit}]" if self.unit else ""
        return (f"${self.symbol}$" if self.symbol else self.name) + unit

    def strength(self, value: float) -> float:
        """Return what rates are proportional to: the value in powers of MeV, to its power."""
        return (self.natural * value) ** self.power


@dataclass(frozen=True)
class Choice:
    """A discrete property: ``nature``, ``spin``.

    Attributes
    ----------
    name : str
    allowed : tuple of str
        Its values, the first being the default.
    """

    name: str
    allowed: tuple[str, ...]

    @property
    def default(self) -> str:
        """Value where it is not given."""
        return self.allowed[0]


@dataclass(frozen=True)
class State:
    """Spin states of a particle that travel alone.

    Attributes
    ----------
    label : str
    degrees : float
        Number of spin states.
    statistics : {1, -1}
        +1 for a fermion, -1 for a boson.
    lepton_number : int
        +1 for a particle, -1 for its antiparticle, 0 if they are the same.
    helicity : int or None
        Twice the helicity of a fermion, the helicity of a boson; None if they are not told apart.
    feeds : tuple of (int, int)
        What makes it: (lepton number of the process, place of the polarisation in its rates).
    """

    label: str
    degrees: float
    statistics: int
    lepton_number: int = 0
    helicity: int | None = None
    feeds: tuple[tuple[int, int], ...] = ((0, 0),)


@dataclass(frozen=True)
class Decay:
    """One decay of a model point.

    Attributes
    ----------
    width : float
        Partial width [MeV], charge conjugate included for a particle that is its own antiparticle.
    coupling : str
        Name of the parameter whose strength it is proportional to; empty if none.
    products : tuple of str
        By name, with charge and flavour: ``("nu_tau", "e-", "e+")``, ``("e-", "pi+")``, ``("gamma",
        "gamma")``, ``("nu_e", "hadrons")``, ``("dark",)``.
    amplitude : callable, optional
        |M|^2 of the energies E1, E2, E3 [MeV] of the products at rest up to a factor; flat phase space
        without it. Its ``key`` (hashable) tells amplitudes apart in caches.
    channel : str
        Name of the channel that a user sees, charges and flavours summed: ``"nu e e"``.
    branching_ratio : float
        Share of the total width.
    """

    width: float
    coupling: str
    products: tuple[str, ...]
    amplitude: object = None
    channel: str = ""
    branching_ratio: float = math.nan

    @property
    def name(self) -> str:
        """The channel, or the products if it has no name of its own."""
        return self.channel or " ".join(self.products)

    @property
    def width_mev(self) -> float:
        """Partial width [MeV]."""
        return self.width

    @property
    def visible(self) -> bool:
        """True if anything but neutrinos and dark radiation appears."""
        return any(not p.startswith(("nu", "dark")) for p in self.products)



def decays_of(widths, coupling, products):
    """Return widths that share one coupling as a tuple of :class:`Decay`, largest first.

    ``widths`` and ``products`` are mappings of the channels that a user sees.
    """
    found = sorted(widths.items(), key=lambda item: -item[1])
    total = sum(w for _, w in found)
    return tuple(Decay(w, coupling, products[n], None, n, w / total) for n, w in found)
