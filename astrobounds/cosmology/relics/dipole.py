"""A neutrino with a transition moment in the early Universe, from reheating to its decays.

Scattering N f <-> nu f on charged particles freezes out like T^3/T^2: N are made at the highest
temperature there was. With d above some 4e-10 GeV^-1 they are in equilibrium at 100 GeV already;
with less, their number is proportional to the temperature of reheating.
"""

from dataclasses import dataclass, field

from ... import constants as const
from ...errors import ConfigError, DomainError
from ..neutrinos import decoupling
from . import dipole_rates, reheating
from .levelling import Levelling, unlevelled
from .production import Production

references = ("MagillDipole2018", "Chauhan:2024nfa", *dipole_rates.references, "Brdar:2020quo")

KINDS = ("upscatter", "annihilation", "inverse decay", "plasmon")
T_REHEATING = 1e5  # MeV, default; the photon is itself only below the electroweak crossover


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


def flags(evolution):
    """Return further reasons to doubt a result, as (name, explanation)."""
    return (*reheating.flags(evolution.hot), *unlevelled(evolution))
