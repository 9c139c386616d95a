"""Decays that emit a boson X from a neutrino: P -> l nu X, tau -> pi nu X, tau -> l nu nubar X.

One rule gives them all. A process with a left-handed neutrino of flavour a is that with a neutrino of mass
squared s, weighted by what such a virtual neutrino emits,

    dGamma(P -> Y nu X)/ds = rho(s) Gamma(P -> Y N; m_N^2 = s, |U|^2 = 1),
    vector: rho = sum_b |g_ab|^2 (s - m^2)^2 (s + 2 m^2)/(32 pi^2 s^3 m^2),
    scalar: rho = sum_b |g_ab|^2 (s - m^2)^2/(32 pi^2 s^3),

and s is the missing mass squared. The 1/m^2 of a vector is its longitudinal state (share s/(s + 2 m^2)):
the charged lepton does not carry its current, so the current is not conserved. It is an effect of high
energies: the formula needs g M/m < 4 pi and a completion that respects SU(2) may change it.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from .. import constants as const
from ..errors import ConfigError, did_you_mean
from ..models.decays.phase_space import three_body
from ..models.neutrino_pairs import PairBoson, boson_of, inert
from .kernels import rho as two_body

references = ("Bakhti:2017jhm", "ParticleDataGroup:2022pth")

NODES = 240
_X, _W = np.polynomial.legendre.leggauss(NODES)
_X, _W = 0.5 * (_X + 1.0), 0.5 * _W


@dataclass(frozen=True)
class Parent:
    """A decaying particle: mass [MeV], lifetime [s], the mode its rates are relative to and its share."""

    mass: float
    lifetime: float
    mode: str
    share: float


# Particle Data Group 2022; rates are relative to the measured mode
PARENTS = {
    "pi": Parent(const.M_PI, 2.6033e-8, "mu", 0.999877),
    "K": Parent(const.M_K, 1.2380e-8, "mu", 0.6356),
    "D": Parent(const.M_D, 1.033e-12, "mu", 3.74e-4),
    "Ds": Parent(const.M_DS, 5.04e-13, "mu", 5.43e-3),
    "tau": Parent(const.M_TAU, 2.903e-13, "", 1.0),
}
TAU_SHARES = {"pi": 0.1082, "e": 0.1782, "mu": 0.1739}  # tau -> pi nu, e nu nubar, mu nu nubar
_MASSLESS = 1e-18  # squared mass ratio of a neutrino: the phase space wants it positive


def emission(s, boson, flavour):
    """Return rho(s) [1/MeV^2] of a virtual neutrino of a flavour, s in MeV^2 (array); zero below m^2."""
    strength = boson.coupling_squared[const.FLAVOURS.index(flavour)].sum()
    m2 = boson.mass**2
    s = np.asarray(s, dtype=float)
    safe = np.maximum(s, m2)
    out = strength * (safe - m2) ** 2 / (32.0 * np.pi**2 * safe**3)
    return out * (safe + 2.0 * m2) / m2 if boson.degrees == 3 else out


def _leptonic(parent, lepton):
    """Gamma(P -> l N; s)/Gamma(P -> l' nu) of the reference mode."""
    x = (const.LEPTON_MASS[lepton] / parent.mass) ** 2
    ref = two_body((const.LEPTON_MASS[parent.mode] / parent.mass) ** 2, 0.0)
    return lambda s: np.array([two_body(x, v) for v in s / parent.mass**2]) / ref


def _tau_pion():
    """Gamma(tau -> pi N; s)/Gamma(tau -> pi nu)."""
    x = (const.M_PI / const.M_TAU) ** 2

    def ratio(s):
        y = s / const.M_TAU**2
        root = np.sqrt(np.maximum(1.0 + x * x + y * y - 2.0 * (x + y + x * y), 0.0))
        return root * ((1.0 - y) ** 2 - x * (1.0 + y)) / (1.0 - x) ** 2

    return ratio


@lru_cache(maxsize=8)
def _tau_lepton(lepton, own):
    """Gamma(tau -> l nu N; s)/Gamma(tau -> l nu nubar), N of the lepton (own) or of the tau."""
    x = (const.LEPTON_MASS[lepton] / const.M_TAU) ** 2
    standard = three_body(0.0, x, _MASSLESS)

    def ratio(s):
        y = s / const.M_TAU**2
        if own:
            return np.array([three_body(v, x, _MASSLESS) for v in y]) / standard
        return np.array([three_body(0.0, x, max(v, _MASSLESS)) for v in y]) / standard

    return ratio


@dataclass(frozen=True, eq=False)
class Leg:
    """One neutrino that emits X: its flavour, the rate into a neutrino of mass squared s, the largest s."""

    flavour: str
    rate: object
    top: float


@dataclass(frozen=True, eq=False)
class RareDecay:
    """A decay that emits X from a neutrino.

    Attributes
    ----------
    parent, daughter : str
        For instance "K" and "mu".
    boson : PairBoson
    standard_mev : float
        Width of the mode that ``legs`` are relative to [MeV].
    legs : tuple of Leg
        More than one (tau -> l nu nubar X) are added without interference, which exists only between
        diagonal couplings of both flavours.
    """

    parent: str
    daughter: str
    boson: PairBoson
    standard_mev: float
    legs: tuple

    @property
    def highest(self):
        """Largest missing mass squared [MeV^2]."""
        return max((leg.top for leg in self.legs), default=0.0)

    def spectrum(self, s):
        """Return dGamma/ds [1/MeV] at missing masses squared s [MeV^2] (array)."""
        s = np.atleast_1d(np.asarray(s, dtype=float))
        total = np.zeros_like(s)
        for leg in self.legs:
            open_ = (s > self.boson.mass**2) & (s < leg.top)
            if open_.any():
                total[open_] += emission(s[open_], self.boson, leg.flavour) * leg.rate(s[open_])
        return self.standard_mev * total

    def _integral(self, leg, top, weight=None):
        low = self.boson.mass**2
        top = min(top, leg.top)
        if not top > low:
            return 0.0
        span = np.log(top / low)
        s = np.exp(np.log(top) - span * _X**2)  # the square root at the end becomes regular
        value = emission(s, self.boson, leg.flavour) * leg.rate(s)
        if weight is not None:
            value = value * weight(s)
        return float(np.sum(2.0 * span * _X * _W * s * value))

    def below(self, s):
        """Return the width [MeV] with a missing mass squared below s [MeV^2]."""
        return self.standard_mev * sum(self._integral(leg, s) for leg in self.legs)

    @cached_property
    def width_mev(self):
        """Width [MeV]."""
        return self.below(np.inf)

    @property
    def width(self):
        """Width (Quantity, MeV)."""
        import astropy.units as u

        return self.width_mev * u.MeV

    @property
    def branching_ratio(self):
        """Width over the total one of the parent."""
        return self.width_mev * PARENTS[self.parent].lifetime / const.HBAR

    @property
    def longitudinal(self):
        """Share of the width in longitudinal vectors, the part that grows as 1/m^2; 0 for a scalar."""
        if self.boson.degrees != 3 or self.width_mev == 0.0:
            return 0.0
        m2 = self.boson.mass**2
        part = sum(self._integral(leg, np.inf, lambda s: s / (s + 2.0 * m2)) for leg in self.legs)
        return self.standard_mev * part / self.width_mev

    @property
    def perturbative(self):
        """True where g M/m < 4 pi (a vector), or g < 4 pi (a scalar)."""
        g = float(np.sqrt(self.boson.coupling_squared.sum(axis=1).max()))
        grows = PARENTS[self.parent].mass / self.boson.mass if self.boson.degrees == 3 else 1.0
        return g * max(grows, 1.0) < 4.0 * np.pi

    def energy(self, s):
        """Return the energy [MeV] of a meson's lepton, or a tau's pion, at a missing mass squared s."""
        big, small = PARENTS[self.parent].mass, _mass_of(self.daughter)
        return (big**2 + small**2 - np.asarray(s, dtype=float)) / (2.0 * big)

    def missing_mass_squared(self, energy):
        """Return s [MeV^2] at an energy [MeV] of the charged daughter."""
        big, small = PARENTS[self.parent].mass, _mass_of(self.daughter)
        return big**2 + small**2 - 2.0 * big * np.asarray(energy, dtype=float)


def _mass_of(name):
    return const.M_PI if name == "pi" else const.LEPTON_MASS[name]


def pair_boson(model):
    """Return the :class:`PairBoson` of a model (or itself); None without any coupling.

    Raises
    ------
    ConfigError
        For a model that is not a boson of neutrino pairs.
    """
    if isinstance(model, PairBoson):
        return model
    found = boson_of(model)
    if found is None and not inert(model):
        raise ConfigError(
            f"{type(model).__name__}: rare decays emit a boson that decays into pairs of neutrinos, an "
            "astrobounds.Mediator for instance"
        )
    return found


def rare_decay(parent, daughter, model):
    """Return the decay of a parent that emits X from a neutrino.

    Parameters
    ----------
    parent : {"pi", "K", "D", "Ds", "tau"}
        P -> l nu X of a meson; tau -> pi nu X and tau -> l nu nubar X.
    daughter : {"e", "mu", "tau", "pi"}
        The charged particle: a lepton, or the pion of the tau.
    model : Mediator or another boson that decays into pairs of neutrinos

    Returns
    -------
    RareDecay
        ``width``, ``branching_ratio``, ``spectrum(s)`` of the missing mass squared, ``below(s)``,
        ``longitudinal``; zero where it is closed.

    Raises
    ------
    ConfigError
        For an unknown parent or daughter, or a model of another kind.

    Notes
    -----
    Rates are relative to the measured widths of P -> mu nu, tau -> pi nu and tau -> l nu nubar, so that
    decay constants, quark mixing and their radiative corrections drop out. X is emitted on its own, from
    neutrinos alone. Infrared logarithms of a scalar cancel only together with loops (arXiv:2407.12738).

    References
    ----------
    Bakhti and Farzan, arXiv:1702.04187.
    """
    if parent not in PARENTS:
        near = did_you_mean(parent, PARENTS)
        raise ConfigError(f"parent '{parent}'{near}; allowed: {', '.join(PARENTS)}")
    allowed = ("e", "mu", "pi") if parent == "tau" else const.FLAVOURS
    if daughter not in allowed:
        raise ConfigError(f"{parent} -> {daughter}: allowed daughters are {', '.join(allowed)}")
    boson, kind = pair_boson(model), PARENTS[parent]
    unit = const.HBAR / kind.lifetime
    if boson is None:
        return RareDecay(parent, daughter, PairBoson(1.0, 1, np.zeros((3, 3))), unit, ())
    top = (kind.mass - _mass_of(daughter)) ** 2
    if kind.mass <= _mass_of(daughter):
        legs = ()
    elif parent != "tau":
        legs = (Leg(daughter, _leptonic(kind, daughter), top),)
    elif daughter == "pi":
        legs = (Leg("tau", _tau_pion(), top),)
    else:
        legs = tuple(Leg(f, _tau_lepton(daughter, f != "tau"), top) for f in (daughter, "tau"))
    share = TAU_SHARES[daughter] if parent == "tau" else kind.share
    return RareDecay(parent, daughter, boson, share * unit, legs)
