"""A neutrino with a transition moment in the early Universe, from reheating to its decays.

Scattering N f <-> nu f on charged particles freezes out like T^3/T^2: N are made at the highest
temperature there was. With d above some 4e-10 GeV^-1 they are in equilibrium at 100 GeV already;
with less, their number is proportional to the temperature of reheating.
"""

from dataclasses import dataclass, field

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError
from ...models.dipole import DipoleHNL
from ..neutrinos import decoupling
from . import boltzmann as relic
from . import dipole_rates as relic_dipole_rates
from . import injection
from .levelling import Levelling, equilibrium_pressure

references = (*DipoleHNL.references, *relic_dipole_rates.references, "Brdar:2020quo")

T_REHEATING = 1e5  # MeV, default; the photon is itself only below the electroweak crossover
REHEATING_RANGE = (20.0, T_REHEATING)  # MeV
_QUICK = 20.0  # N that are made within 1/20 of an e-fold of reheating start in equilibrium
_DECOUPLED = 2.0  # MeV, neutrinos are no longer held at the temperature of photons
_COUPLED = 0.1  # of H
_DEPENDS = 0.01  # change of the number by a thermal start that is worth a flag


@dataclass(frozen=True)
class Reheating:
    """A dipole neutrino in a Universe that was never hotter than a given temperature.

    Parameters
    ----------
    particle : DipoleHNL
    temperature : Quantity
        Temperature at which radiation domination begins, without any N (20 MeV to 100 GeV). A
        :class:`DipoleHNL` alone means 100 GeV, close below the electroweak crossover.

    Raises
    ------
    ConfigError
        For another kind of particle.
    DomainError
        For a temperature outside the range or without a unit.
    """

    particle: object
    temperature: object = field(compare=False)
    temperature_mev: float = field(init=False, repr=False)

    def __post_init__(self):
        from ...units import energy_mev, finite

        if not isinstance(self.particle, DipoleHNL):
            raise ConfigError(
                f"Reheating of {type(self.particle).__name__}: give a DipoleHNL; the production of "
                "an HNL does not depend on the reheating temperature above a few GeV"
            )
        value = finite(energy_mev(self.temperature, "temperature"), "reheating temperature [MeV]",
                       *REHEATING_RANGE, "above, d is not a coupling to the photon alone")  # fmt: skip
        object.__setattr__(self, "temperature_mev", value)

    @property
    def references(self):
        """BibTeX keys."""
        return self.particle.references


@dataclass(frozen=True)
class Portal:
    """Rates of one dipole neutrino for the Boltzmann equation of ``relic``.

    Attributes
    ----------
    square, electron : float
        Sum of d_a^2 over flavours [MeV^-2] and the share of nu_e in it.
    hottest : float
        Temperature of reheating [MeV].
    rates : relic_dipole_rates.Rates
    """

    square: float
    electron: float
    hottest: float
    rates: object = field(repr=False)

    references = references

    def contact(self, T, p, helicity):
        """2 -> 2 and plasmon rates [MeV] at T (n,), momenta p (n, modes)."""
        return self.square * self.rates.contact(T, p, helicity)

    def decay(self, T, p, helicity):
        """N <-> nu gamma over Gamma m/E, likewise."""
        return self.rates.decay(T, p, helicity)

    def levelling(self, species, with_xi):
        """What the rounds of ``relic_history`` need to level T_gamma and T_nu."""
        return Levelling(species, self.electron, with_xi)

    def start(self, species, T, H, p):
        """Occupations at reheating: zero, except for momenta that equilibrate at once."""
        energy = np.hypot(p, species.mass)
        equilibrium = 1.0 / (np.exp(np.minimum(energy / T, 700.0)) + 1.0)
        at, q = np.array([T]), p[None, :]
        out = []
        for _, helicity in species.copies:
            rate = self.contact(at, q, helicity)[0]
            rate = rate + species.width * species.mass / energy * self.decay(at, q, helicity)[0]
            out.append(equilibrium * -np.expm1(-((rate / (_QUICK * H)) ** 2)))
        return out


def species_of(model, hottest=T_REHEATING):
    """Return the :class:`relic.Species` of a :class:`DipoleHNL`.

    A Dirac N and its antiparticle have one helicity each that couples while it is relativistic.
    """
    mass, square = model.mass_mev, sum(model.couplings.values())
    copies = ((2.0, "both"),) if model.nature == "majorana" else ((2.0, "minus"), (2.0, "plus"))
    rates = relic_dipole_rates.rates(mass, 0.5 * decoupling.T_END, 1.05 * T_REHEATING)
    share = model.couplings["e"] / square if square > 0.0 else 0.0
    portal = Portal(square, share, hottest, rates)
    return relic.Species(mass, model.width_mev, copies, (0.0, 0.0, 0.0), portal=portal)


def reheating_dependence(hot):
    """Return by how much N would be more at T_MATCH (relative) had they started in equilibrium.

    The helicity that a massless N does not have is left out: its rate falls with temperature, and
    no higher one would make it.
    """
    modes, species = hot.modes, hot.modes.species
    _, weight = relic.momentum_grid(modes.p.shape[1])
    energy = np.hypot(modes.p, species.mass)
    more = 0.0
    for (g, helicity), f in zip(species.copies, modes.f):
        if helicity == "plus":
            continue
        rate = relic.contact_matrix(species, hot.T, modes.p, helicity)
        medium = species.portal.decay(hot.T, modes.p, helicity)
        rate = (rate + species.width * species.mass / energy * medium) / hot.H[:, None]
        step = modes.x[1] - modes.x[0]
        depth = step * (rate.sum(axis=0) - 0.5 * (rate[0] + rate[-1]))
        thermal = 1.0 / (np.exp(np.minimum(energy[0] / hot.T[0], 700.0)) + 1.0)
        more += g * np.sum(weight * (thermal - f[0]) * np.exp(-depth))
    return float(more / max(modes.number[-1] * np.exp(3.0 * modes.x[-1]), 1e-300))


def exchange(evolution):
    """Return the largest rate over H, below 2 MeV, at which N <-> nu gamma levels T_gamma and T_nu."""
    modes, background = evolution.modes, evolution.background
    species = modes.species
    points = min(len(modes.x), len(background.Tg))  # resolved spectra may end a little later
    cold = np.flatnonzero(background.Tg[:points] < _DECOUPLED)
    T, H = background.Tg[cold], background.H[cold] * const.HBAR
    pressure = equilibrium_pressure(species, modes.x[cold], modes.p[cold], T, np.zeros_like(T))
    neutrinos = 7.0 * np.pi**2 / 120.0 * T**4
    return float(np.max(species.width * species.mass * pressure / (16.0 * T * neutrinos * H)))


def flags(evolution):
    """Return further reasons to doubt a result, as (name, explanation)."""
    hot, out = evolution.hot, []
    more = reheating_dependence(hot)
    if more > _DEPENDS:
        out.append((
            "reheating temperature",
            f"N were not in equilibrium at the start, T = {1e-3 * hot.T[0]:.3g} GeV: their number is "
            f"proportional to it and would be {1.0 + more:.3g} times larger from equilibrium; set it "
            "by cosmology.Reheating(particle, temperature)",
        ))  # fmt: skip
    if evolution.background.spectra is not None and exchange(evolution) > _COUPLED:
        out.append((
            "photons and neutrinos coupled",
            f"below {_DECOUPLED:g} MeV inverse decays level the temperatures of photons and neutrinos "
            f"{exchange(evolution):.2g} times as fast as the Universe expands, which is followed with "
            "thermal neutrinos only",
        ))  # fmt: skip
    return tuple(out)


def decays(model):
    """True for a dipole neutrino that couples at all."""
    particle = model.particle if isinstance(model, Reheating) else model
    return isinstance(particle, DipoleHNL) and max(particle.dipole_gev) > 0.0


def is_particle(model):
    """True for a dipole neutrino, with or without a temperature of reheating."""
    return isinstance(model, (DipoleHNL, Reheating))


def describe(model, mass_range):
    """Return the ``relic.Species`` and the ``injection.Injection``.

    Raises
    ------
    DomainError
        For a mass outside ``mass_range`` [MeV].
    """
    hottest = model.temperature_mev if isinstance(model, Reheating) else T_REHEATING
    particle = model.particle if isinstance(model, Reheating) else model
    low, high = mass_range
    if not low <= particle.mass_mev <= high:
        raise DomainError(
            f"mass = {particle.mass_mev:g} MeV is outside [{low:g}, {high:g}] MeV, where decays of "
            "a dipole neutrino in the early Universe are followed"
        )
    return species_of(particle, hottest), injection.of_model(particle)[0]
