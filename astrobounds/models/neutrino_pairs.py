"""A boson that decays into pairs of neutrinos, read from what a model says of itself.

The early Universe and rare decays need its mass, its spin states and the widths of pairs of flavours; which
class it is they do not ask.
"""

from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..errors import ConfigError, DomainError
from .protocol import BOSON, OTHER, Model


@dataclass(frozen=True, eq=False)
class PairBoson:
    """What nu_a nu_b <-> X needs to know of X.

    Parameters
    ----------
    mass : float
        MeV.
    degrees : int
        Spin states (3 of a massive vector, 1 of a real scalar).
    widths : ndarray, shape (3, 3)
        Symmetric, MeV; the elements sum to the total width. Half of the width into nu_a nubar_b
        and its conjugate (or nu_a nu_b and its conjugate) stands at (a, b), half at (b, a).
    name : str
    """

    mass: float
    degrees: int
    widths: np.ndarray
    name: str = "X"

    def __post_init__(self):
        widths = np.array(self.widths, dtype=float)
        if widths.shape != (3, 3) or not np.all(widths >= 0.0) or not np.all(np.isfinite(widths)):
            raise DomainError(f"widths = {self.widths!r}: a 3 x 3 matrix of widths in MeV, none negative")
        if not np.array_equal(widths, widths.T):
            raise DomainError("widths of flavour pairs must be a symmetric matrix: give half at (a, b) "
                              "and half at (b, a)")  # fmt: skip
        if not (self.mass > 0.0 and np.isfinite(self.mass)):
            raise DomainError(f"mass = {self.mass} MeV must be positive")
        widths.setflags(write=False)
        object.__setattr__(self, "widths", widths)

    @property
    def width(self):
        """Total width [MeV]."""
        return float(self.widths.sum())

    @property
    def lifetime(self):
        """Seconds."""
        return const.HBAR / self.width if self.width > 0.0 else np.inf

    @property
    def per_decay(self):
        """Neutrinos of each flavour in a decay, shape (3,), two in all."""
        return 2.0 * self.widths.sum(axis=1) / self.width

    @property
    def coupling_squared(self):
        """|g_ab|^2 of nubar_a gamma^mu P_L nu_b Z'_mu, or of (1/2) nu_a nu_b phi, shape (3, 3)."""
        return (24.0 if self.degrees == 3 else 16.0) * np.pi / self.mass * self.widths

    @property
    def flavours(self):
        """Number of flavours that couple."""
        return int(np.count_nonzero(self.widths.sum(axis=1)))


def flavour_of(name):
    """Return the flavour of a neutrino, or None for another particle."""
    kind, _, flavour = str(name).partition("_")
    return flavour if kind in ("nu", "nubar") and flavour in const.FLAVOURS else None


def of_decays(mass, degrees, decays, name="X"):
    """Return the :class:`PairBoson` of a list of decays.

    Parameters
    ----------
    mass : float
        MeV.
    degrees : int
    decays : iterable of (float, sequence of str)
        Width [MeV] and products, for instance ``(1e-20, ("nu_e", "nubar_tau"))``.

    Raises
    ------
    ConfigError
        For a decay into anything but two neutrinos of known flavour.
    """
    widths = np.zeros((3, 3))
    for width, products in decays:
        flavours = [flavour_of(p) for p in products]
        if len(flavours) != 2 or None in flavours:
            raise ConfigError(
                f"{name} decays into {' '.join(products)}: only decays into two neutrinos (nu_e nubar_tau "
                "and so on) are followed by the equations of neutrinos and a boson"
            )
        a, b = (const.FLAVOURS.index(f) for f in flavours)
        widths[a, b] += 0.5 * width
        widths[b, a] += 0.5 * width
    return PairBoson(float(mass), int(degrees), widths, name)


def boson_of(model):
    """Return the :class:`PairBoson` of a model, or None.

    It must say that its states are bosons and that it decays into two neutrinos only. None is returned
    for everything else, and for a boson without any coupling, which is neither made nor decays.
    """
    if not isinstance(model, Model) or not model.states:
        return None
    if any(s.statistics != BOSON for s in model.states):
        return None
    every = [(d.width, d.products) for d in model.decays() if d.width > 0.0]
    if not every or not all(len(p) == 2 and all(map(flavour_of, p)) for _, p in every):
        return None
    degrees = sum(s.degrees for s in model.states)
    return of_decays(model.mass_mev, degrees, every, type(model).__name__)


def inert(model):
    """True for a boson that is its mass and couplings only, all of them zero."""
    if not isinstance(model, Model) or not model.states:
        return False
    if any(s.statistics != BOSON for s in model.states) or any(p.kind == OTHER for p in model.parameters):
        return False
    return not any(model.strengths.values())
