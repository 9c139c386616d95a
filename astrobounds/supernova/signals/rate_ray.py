"""One way through the couplings of a model, as the axis of a table: nothing else of the model is asked.

Every rate is proportional to one coupling's strength (|U|^2, d^2, g^2). A ray fixes the shares of the
strengths; along it the optical depth grows with the total. In units of the strength at which the
core turns opaque, what bends a luminosity stays at one place at every mass.
"""

from dataclasses import dataclass

import numpy as np

THIN = 1e-5  # optical depth below which what leaves is proportional to the strength
MASSES = 7  # nodes per e-fold of the mass
PER_DECADE = 7  # nodes per decade of the strength
_LEAST = 6


@dataclass(frozen=True)
class RateRay:
    """Fixed shares of the couplings of a model.

    Attributes
    ----------
    model : type
        The model class.
    choices : tuple of (str, str)
    shares : tuple of (str, float)
        Coupling and its share of the total strength; they add up to one.
    low, high : float
        Total strengths that a fit visits (powers of MeV).
    """

    model: type
    choices: tuple
    shares: tuple
    low: float
    high: float

    @classmethod
    def of(cls, region):
        """Return the ray of a region with one free coupling, None if it has more or other parameters.

        Parameters
        ----------
        region : astrobounds.constraints.protocol.Region
        """
        couplings = {p.name: p for p in region.model.coupling_parameters()}
        free = [n for n in region.ranges if n in couplings]
        others = [n for n in region.ranges if n not in couplings and n != "mass"]
        held = [n for n, v in region.fixed.items() if n in couplings and v > 0.0]
        if len(free) != 1 or others or held or "mass" not in region.ranges:
            return None
        parts = {free[0]: 1.0}
        for name, (to, factor) in region.ties.items():
            if name in couplings and to == free[0]:
                parts[name] = factor
        unit = {n: couplings[n].strength(f) for n, f in parts.items()}
        total = sum(unit.values())
        ends = [total * x ** couplings[free[0]].power for x in region.ranges[free[0]]]
        return cls(region.model, tuple(region.choices.items()),
                   tuple((n, s / total) for n, s in unit.items() if s > 0.0), *ends)  # fmt: skip

    @classmethod
    def evenly(cls, region):
        """Return the ray on which every coupling that may differ from zero has the same share."""
        names = region.couplings()
        parameters = {p.name: p for p in region.model.coupling_parameters()}
        ends = []
        for name in names:
            span = region.ranges.get(name, (region.fixed.get(name, 0.0),) * 2)
            ends.append([parameters[name].strength(x) for x in span])
        shares = tuple((n, 1.0 / len(names)) for n in names)
        low = min((e[0] for e in ends if e[0] > 0.0), default=0.0)
        return cls(region.model, tuple(region.choices.items()), shares, low, sum(e[1] for e in ends))

    @property
    def strengths(self):
        """``{coupling: share}``, the strengths at a total of one."""
        return dict(self.shares)

    def at(self, mass_mev, strength=1.0):
        """Return the model at a mass [MeV] and a total strength."""
        values = {"mass": float(mass_mev)}
        for name, share in self.shares:
            p = self.model.parameter(name)
            values[name] = (share * strength) ** (1.0 / p.power) / p.natural
        return self.model.from_values(values, **dict(self.choices))

    def strength_of(self, model):
        """Return the total strength of a model on the ray."""
        strengths = model.strengths
        return sum(strengths[name] for name, _ in self.shares)


def mass_nodes(low, high, per_efold=MASSES):
    """Return masses [MeV] equally spaced in ln m that cover ``[low, high]``, at least six."""
    n = max(_LEAST, int(np.ceil(per_efold * np.log(high / low))) + 1)
    return np.geomspace(low, high, n)


def between(masses):
    """Return the masses where the error of a table is measured: every fourth gap, in the middle."""
    return np.sqrt(masses[:-1] * masses[1:])[::4]


def depth_nodes(ray, depths, resonant, per_decade=PER_DECADE):
    """Return optical depths, log-spaced, from thin to the deepest that the ray's strengths reach.

    Parameters
    ----------
    ray : RateRay
    depths : ndarray
        Optical depth at a strength of one, at some masses.
    resonant : bool
        Lines keep thin matter from being linear: the axis starts at the lowest strength.
    """
    high = max(ray.high * np.max(depths), 10.0 * THIN)
    low = max(ray.low * np.min(depths), 1e-12 * high) if resonant else THIN
    low = min(low, 1e-3 * high)
    return np.geomspace(low, high, int(np.ceil(per_decade * np.log10(high / low) - 1e-9)) + 1)
