"""A boson that decays into pairs of neutrinos, as the evolution sees it: mass, states, widths of pairs."""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError


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
