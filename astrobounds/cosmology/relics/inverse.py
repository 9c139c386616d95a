"""Decays and inverse decays among particles of the plasma with their statistics, and Primakoff production.

Of X <-> 1 2, gain minus loss is (1 +- f1 +- f2)(f_eq - f), so that the rate is Gamma m/E times

    S = 1 + <s1 f1 + s2 f2>,  s = 1 for bosons (stimulated), -1 for fermions (blocked),

averaged over the energies that an isotropic decay in flight gives. Other decays have S = 1.

gamma Q <-> a Q on relativistic charges: Gamma = (alpha g^2 T^3/24) N_Q [ln(T^2/m_gamma^2) + 0.82],
m_gamma^2 = k_D^2/3; the constant holds within 30 %, the same rate for every momentum. gamma e <-> e a and
e+ e- <-> gamma a with sigma = (alpha g^2/4s)(L - 3/2) and (alpha g^2/2s) L, L = ln(s/m^2) (for a vector
twice these with L + 1/2 and L - 1, shared by three states), m^2 = m_e^2 + e^2 T^2/8: within 15 % for
T >> m; below, inverse decays to e+ e- win.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...models.decays.particles import DARK, HADRONS, LEPTON, MESON, NEUTRINO, PHOTON
from ...models.initial import Cold, Thermal
from ..plasma.baryons import ZETA3
from ..plasma.hot import density, freedom
from . import reheating
from .dipole_rates import charges, suppression
from .levelling import COUPLED, Levelling, exchange, unlevelled
from .modes import momentum_weights
from .production import HOTTEST, Production

_SIGN = {PHOTON: 1.0, MESON: 1.0, NEUTRINO: -1.0, LEPTON: -1.0}
_NARROW = 1e-4  # of T: energies of a leg that are one
PRIMAKOFF_CONSTANT = 0.8194  # +-30 % of the bracket
_LEAST = 0.5  # of the bracket, where the logarithm fails
_SOME = 0.01  # of the energy in neutrinos that can tie X to them
_MORE = 0.1  # of a given abundance that is worth a flag
_MEAN_S = 3.43  # exp(<ln s>)/T^2 with weights of n<1/E>: exp(2 psi(2)) 4/e
_HUBBLE = 5.4  # H = 1.66 sqrt(g) T^2/M_Pl with g = 10.75


@dataclass(frozen=True)
class Leg:
    """One product of a two-body decay.

    Attributes
    ----------
    energy, mass : float
        In the rest frame [MeV].
    sign : float
        +1 for a boson, -1 for a fermion.
    """

    energy: float
    mass: float
    sign: float

    def mean_occupation(self, T, p, mass):
        """Mean f over the energies of the leg, parents of momenta p (n, modes) in a plasma at T (n, 1)."""
        own = np.sqrt(max(self.energy**2 - self.mass**2, 0.0))
        energy = np.hypot(p, mass)
        high = (energy * self.energy + p * own) / mass
        low = (p * p * self.mass**2 + (mass * self.energy) ** 2) / (mass**2 * high)
        sign = self.sign
        with np.errstate(under="ignore"):
            ends = [sign * np.log1p(-sign * np.exp(-np.minimum(e / T, 700.0))) for e in (low, high)]
            middle = np.exp(-np.minimum(0.5 * (low + high) / T, 700.0))
        wide = (high - low) / T
        exact = (ends[1] - ends[0]) / np.where(wide > _NARROW, wide, 1.0)
        return np.where(wide > _NARROW, exact, middle / (1.0 - sign * middle))


@dataclass(frozen=True)
class Decays(Production):
    """Decays and inverse decays with quantum statistics, and 2 -> 2 with photons.

    Attributes
    ----------
    mass : float
        MeV.
    channels : tuple of (float, tuple of Leg)
        Share of the visible width of each two-body decay.
    photon : float
        g^2 [MeV^-2] of the coupling to two photons.
    reheating : float, optional
        MeV.
    initial : object, optional
        What is there at the beginning, see :mod:`astrobounds.models.initial`.
    width : float
        Total [MeV]; an abundance that is given holds before the first decays.
    notes : tuple of (str, str)
        Flags: name and explanation.
    electron : float or None
        Share of nu_e where every decay is to a neutrino and a photon, None otherwise.
    neutrinos : float
        Share of the visible energy in neutrinos.
    compton : (float, str)
        g^2 of the coupling to electrons, and "pseudoscalar" or "vector".
    """

    mass: float
    channels: tuple = ()
    photon: float = 0.0
    reheating: float | None = None
    initial: object = None
    width: float = 0.0
    notes: tuple = ()
    electron: float | None = None
    neutrinos: float = 0.0
    compton: tuple = (0.0, "pseudoscalar")

    @property
    def inverse(self):
        """False for a given number at rest, which is all there is."""
        return not isinstance(self.initial, Cold)

    @property
    def references(self):
        """BibTeX keys."""
        return ("Cadamuro:2011fd",) if self.photon > 0.0 else ()

    def natural_start(self, mass):
        """Primakoff production is the larger the hotter; inverse decays peak at T ~ m."""
        if isinstance(self.initial, Thermal):
            return self.initial.temperature
        if isinstance(self.initial, Cold):  # H > 1000 Gamma
            early = np.sqrt(1e3 * self.width * const.M_PLANCK / _HUBBLE)
            return float(np.clip(early, 20.0, HOTTEST))
        return HOTTEST if self.photon > 0.0 else super().natural_start(mass)

    def start(self, species, T, H, p):
        """Occupations at the beginning: as decoupled, at rest, or none."""
        if isinstance(self.initial, Thermal):
            thermal = species.equilibrium(np.hypot(p, species.mass) / T)
            return [thermal.copy() for _ in species.copies]
        if isinstance(self.initial, Cold):
            weight = momentum_weights(p)
            slow = np.zeros_like(p)
            slow[0] = self.initial.per_entropy * density(T)[1] / (species.degrees * weight[0])
            return [slow.copy() for _ in species.copies]
        return super().start(species, T, H, p)

    def decay(self, T, p, helicity):
        """S of all channels, shape of p; vacuum where the abundance is given."""
        if not self.inverse:
            return 1.0
        total = np.ones_like(p)
        for share, legs in self.channels:
            for leg in legs:
                total += share * leg.sign * leg.mean_occupation(T[:, None], p, self.mass)
        return total

    def contact(self, T, p, helicity):
        """Primakoff and Compton-like rates [MeV], or None."""
        if not (self.photon > 0.0 or self.compton[0] > 0.0) or not self.inverse:
            return None
        rate = compton_rate(T, *self.compton)
        if self.photon > 0.0:
            number, _, debye = charges(T)
            bracket = np.maximum(np.log(3.0 / debye**2) + PRIMAKOFF_CONSTANT, _LEAST)
            rate = rate + const.ALPHA * self.photon * T**3 / 24.0 * number * bracket
        return rate[:, None] * np.ones_like(p)


    def flags(self, evolution):
        """Say what makes more: a hotter start, other processes, inverse decays where a number is given."""
        out = list(self.notes)
        if self.photon > 0.0 and self.inverse:
            out += reheating.flags(evolution.hot)
        if self.electron is not None:
            out += unlevelled(evolution)
        elif self.inverse and self.neutrinos > _SOME and exchange(evolution) > COUPLED:
            out.append((
                "neutrinos coupled",
                f"below 2 MeV inverse decays tie X to neutrinos {exchange(evolution):.2g} times as "
                "fast as the Universe expands: their temperature and chemical potential would be those "
                "of X, followed for decays to nu gamma only; N_eff is not reliable",
            ))  # fmt: skip
        return (*out, *self._undercounted(evolution))

    def levelling(self, species, with_xi):
        """What the rounds of ``history`` need to level T_gamma and T_nu where every decay is to both."""
        if self.electron is None or not self.inverse:
            return None
        return Levelling(species, self.electron, with_xi)

    def _undercounted(self, evolution):
        """A flag where a plasma hotter than the mass would make more by inverse decays than was given."""
        species = evolution.modes.species
        cold = self.reheating is not None and self.reheating < 0.05 * self.mass
        if self.inverse or cold or species.dark == 1.0:
            return ()
        made = freeze_in(species.degrees, species.width * (1.0 - species.dark), self.mass)
        if made <= _MORE * self.initial.per_entropy:
            return ()
        return ((
            "inverse decays",
            f"a plasma of T ~ {self.mass:.3g} MeV makes n/s = {made:.2g} by inverse decays, more than "
            f"{_MORE:g} times the given abundance, {self.initial.per_entropy:.2g}: right only if it "
            "was never that hot; decoupling_temperature follows both",
        ),)  # fmt: skip


def compton_rate(T, square, spin):
    """Return the rate [MeV] of gamma e <-> e X and e+ e- <-> gamma X at T [MeV] (array).

    Events per volume over the density of one state of X in equilibrium: n<1/E> of photons and of e+- is
    T^2/6 each.
    """
    log = np.log(_MEAN_S * T**2 / (const.M_E**2 + 0.5 * np.pi * const.ALPHA * T**2))
    log = np.maximum(log, 2.0)  # T << m_e, where electrons are gone
    if spin == "vector":
        both = 2.0 / 3.0 * ((log + 0.5) / 288.0 + (log - 1.0) / 576.0)
    else:
        both = (log - 1.5) / 288.0 + log / 576.0
    electrons = suppression(const.M_E / T)[0]
    return const.ALPHA * square * T * np.pi**2 / ZETA3 * both * electrons


def freeze_in(degrees, width, mass):
    """Return n/s that inverse decays make until T << m, with Boltzmann statistics: at most equilibrium."""
    T = float(np.clip(mass / 3.0, 1.0, HOTTEST))
    g_rho, g_s = freedom(T)
    unit = 135.0 / (8.0 * np.pi**3 * 1.66 * g_s * np.sqrt(g_rho))
    return float(min(unit * degrees * width * const.M_PLANCK / mass**2, 0.278 * degrees / g_s))


def channels_of(made):
    """Return the two-body channels of :class:`Daughters` for :class:`Decays`."""
    out = []
    for _, ratio, part in made.all:
        kinds = [p.kind for p in part.products]
        if len(kinds) == 2 and not {HADRONS, DARK} & set(kinds):
            legs = tuple(
                Leg(e, p.mass, _SIGN[p.kind]) for e, p in zip(part.energies, part.products)
            )
            out.append((ratio, legs))
    return tuple(out)


def electron_share(made):
    """Return the share of nu_e where every decay is to a neutrino and a photon, else None."""
    share = 0.0
    for _, ratio, part in made.all:
        if sorted(p.kind for p in part.products) != [NEUTRINO, PHOTON]:
            return None
        share += ratio * any(p.flavour == "e" for p in part.products)
    return share if made.all else None
