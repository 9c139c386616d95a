"""A neutrino with a transition moment in the early Universe, from reheating to its decays.

Scattering N f <-> nu f on charged particles freezes out like T^3/T^2: N are made at the highest
temperature there was. With d above some 4e-10 GeV^-1 they are in equilibrium at 100 GeV already;
with less, their number is proportional to the temperature of reheating.
"""

from dataclasses import dataclass, field

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError
from ..neutrinos import decoupling
from . import boltzmann as relic
from . import dipole_rates
from .levelling import Levelling, equilibrium_pressure
from .production import Production

references = ("MagillDipole2018", "Chauhan:2024nfa", *dipole_rates.references, "Brdar:2020quo")

KINDS = ("upscatter", "annihilation", "inverse decay", "plasmon")
T_REHEATING = 1e5  # MeV, default; the photon is itself only below the electroweak crossover
_DECOUPLED = 2.0  # MeV, neutrinos are no longer held at the temperature of photons
_COUPLED = 0.1  # of H
_DEPENDS = 0.01  # change of the number by a thermal start that is worth a flag


@dataclass(frozen=True)
class Moments(Production):
    """Rates of one dipole neutrino for the Boltzmann equation of ``boltzmann``.

    Attributes
    ----------
    square, electron : float
        Sum of d_a^2 over flavours [MeV^-2] and the share of nu_e in it.
    rates : dipole_rates.Rates
    reheating : float, optional
        Temperature of reheating [MeV].
    """

    square: float
    electron: float
    rates: object = field(repr=False)
    reheating: float | None = None

    references = references

    def natural_start(self, mass):
        """As hot as the photon is itself: scattering makes the more the hotter it is."""
        return T_REHEATING

    def contact(self, T, p, helicity):
        """2 -> 2 and plasmon rates [MeV] at T (n,), momenta p (n, modes)."""
        return self.square * self.rates.contact(T, p, helicity)

    def decay(self, T, p, helicity):
        """N <-> nu gamma over Gamma m/E, likewise."""
        return self.rates.decay(T, p, helicity)

    def levelling(self, species, with_xi):
        """What the rounds of ``history`` need to level T_gamma and T_nu."""
        return Levelling(species, self.electron, with_xi)

    def start(self, species, T, H, p):
        """Occupations at reheating: zero, except for momenta that equilibrate at once."""
        return self.quick_equilibrium(species, T, H, p)

    def flags(self, evolution):
        """Return further reasons to doubt a result, as (name, explanation)."""
        return flags(evolution)


def of_processes(model, processes, reheating=None):
    """Return the :class:`Moments` of a model's transition moments.

    Raises
    ------
    ConfigError
        If kinds of one flavour are missing: the tables hold their sum.
    DomainError
        For a reheating temperature above that of the electroweak crossover.
    """
    if reheating is not None and reheating > T_REHEATING:
        raise DomainError(
            f"reheating temperature = {reheating:g} MeV is above {T_REHEATING:g} MeV: there, d is not a "
            "coupling to the photon alone"
        )
    squares = {}
    for flavour in const.FLAVOURS:
        mine = [p for p in processes if p.flavour == flavour]
        if mine and {p.kind for p in mine} != set(KINDS):
            raise ConfigError(
                f"{type(model).__name__} has only some of the processes of a transition moment with "
                f"flavour {flavour}; the early Universe follows all of {', '.join(KINDS)} together"
            )
        squares[flavour] = model.strengths[mine[0].coupling] if mine else 0.0
    square = sum(squares.values())
    found = dipole_rates.rates(model.mass_mev, 0.5 * decoupling.T_END, 1.05 * T_REHEATING)
    return Moments(square, squares["e"] / square if square > 0.0 else 0.0, found, reheating)


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
        medium = species.production.decay(hot.T, modes.p, helicity)
        rate = (rate + species.width * species.mass / energy * medium) / hot.H[:, None]
        step = modes.x[1] - modes.x[0]
        depth = step * (rate.sum(axis=0) - 0.5 * (rate[0] + rate[-1]))
        thermal = species.equilibrium(energy[0] / hot.T[0])
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
            "by bbn(model, reheating=...)",
        ))  # fmt: skip
    if evolution.background.spectra is not None and exchange(evolution) > _COUPLED:
        out.append((
            "photons and neutrinos coupled",
            f"below {_DECOUPLED:g} MeV inverse decays level the temperatures of photons and neutrinos "
            f"{exchange(evolution):.2g} times as fast as the Universe expands, which is followed with "
            "thermal neutrinos only",
        ))  # fmt: skip
    return tuple(out)
