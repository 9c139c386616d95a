"""Shapes of photon spectra at rest beside lines and three-body continua, with the same interface.

``below(E, 0)`` is an antiderivative of dN/dE: that of radiation is minus the photons above E, because all
photons together are infinitely many; the energy ``below(E, 1)`` counts from zero.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from .fsr import fsr_spectrum
from .radiation import pair_photons

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_LOWEST = 1e-9  # of the end point: softer photons carry nothing


@dataclass(frozen=True)
class Box:
    """Photons of a moving parent that decays isotropically into two: flat between two energies.

    Attributes
    ----------
    number : float
        Photons per decay.
    low, high : float
        MeV.
    """

    number: float
    low: float
    high: float

    @classmethod
    def of_parent(cls, number, energy, mass):
        """Return the photons of parents of an energy and a mass [MeV], ``number`` in all."""
        p = np.sqrt(max(energy * energy - mass * mass, 0.0))
        low = 0.5 * mass * mass / (energy + p)
        return cls(number, low, max(0.5 * (energy + p), low * (1.0 + 1e-12)))

    def below(self, energy, power=0):
        """Int dN/dE E^power from the lowest energy to ``energy``; power is -1, 0 or 1."""
        e = np.clip(np.asarray(energy, dtype=float), self.low, self.high)
        unit = self.number / (self.high - self.low)
        if power == -1:
            return unit * np.log(e / self.low)
        return unit * (e ** (power + 1) - self.low ** (power + 1)) / (power + 1)

    def density(self, energy):
        """Return dN/dE [1/MeV]."""
        e = np.asarray(energy, dtype=float)
        return np.where((e > self.low) & (e < self.high), self.number / (self.high - self.low), 0.0)

    def scaled(self, factor):
        """Return the box with ``factor`` times the photons."""
        return Box(factor * self.number, self.low, self.high)


@dataclass(frozen=True)
class Radiation:
    """Photons that the charged pair of a decay radiates.

    Attributes
    ----------
    pairs : float
        Decays into the pair per decay of the parent.
    mass, leg : float
        Of the parent and of one charged lepton [MeV].
    parent : str
        "vector", "scalar" or "pseudoscalar" for a pair alone, "fermion" for a neutrino and a pair.
    """

    pairs: float
    mass: float
    leg: float
    parent: str

    low = 0.0
    number = np.inf

    @property
    def key(self):
        """What the shape depends on."""
        return self.parent, self.leg

    @property
    def high(self):
        """End point [MeV]."""
        return 0.5 * self.mass * max(1.0 - (2.0 * self.leg / self.mass) ** 2, 0.0)

    def density(self, energy):
        """Return dN/dE [1/MeV]."""
        e = np.asarray(energy, dtype=float)
        if self.parent == "fermion":
            safe = np.where(e > 0.0, e, 2.0 * self.mass)  # beyond the end point
            return self.pairs * np.vectorize(fsr_spectrum, otypes=[float])(self.mass, safe) / safe
        unit = 2.0 / self.mass
        return self.pairs * unit * pair_photons(unit * e, self.mass, self.leg, self.parent)

    def below(self, energy, power=0):
        """Int dN/dE E^power; see the head of this module."""
        flat = np.atleast_1d(np.asarray(energy, dtype=float))
        out = np.array([self._integral(e, power) for e in flat.ravel()])
        return out.reshape(np.shape(energy)) if np.ndim(energy) else float(out[0])

    def _integral(self, energy, power):
        top = self.high
        if power == 0 and energy <= 0.0:
            return -np.inf
        low, high = (max(energy, 0.0), top) if power == 0 else (_LOWEST * top, min(energy, top))
        if not high > low:
            return 0.0
        # ln[E/(top - E)] takes the soft photons and the end point
        ends = np.log(low / (top - low)), 22.0 if high >= top else np.log(high / (top - high))
        edges = np.linspace(*ends, max(2, int((ends[1] - ends[0]) / 2.0) + 2))
        half = 0.5 * np.diff(edges)[:, None]
        v = (0.5 * (edges[1:] + edges[:-1])[:, None] + half * _NODES).ravel()
        e = top / (1.0 + np.exp(-v))
        weight = (half * _WEIGHTS).ravel() * e * (1.0 - e / top)
        value = float((weight * self.density(e) * e**power).sum())
        return -value if power == 0 else value

    def scaled(self, factor):
        """Return ``factor`` times the photons."""
        return Radiation(factor * self.pairs, self.mass, self.leg, self.parent)


def radiation_of(mass, products, parent):
    """Return the :class:`Radiation` of a decay into a lepton pair, or None where it is not followed.

    Parameters
    ----------
    mass : float
        MeV.
    products : tuple of particles.Particle
    parent : str
        "vector", "scalar", "pseudoscalar" or "fermion".
    """
    charged = [p for p in products if p.charge]
    alone = len(charged) == len(products)
    if len(charged) != 2 or charged[0].stem != charged[1].stem or charged[0].kind != "lepton":
        return None
    leg = charged[0].mass
    if alone and len(products) == 2:
        return Radiation(1.0, mass, leg, "vector" if parent == "fermion" else parent)
    if len(products) == 3 and any(p.kind == "neutrino" for p in products) and leg == const.M_E:
        return Radiation(1.0, mass, leg, "fermion")
    return None
