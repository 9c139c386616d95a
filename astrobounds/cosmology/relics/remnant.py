"""What is left of a decaying relic after nucleosynthesis, wherever it came from.

A particle followed by :mod:`.history` and a plain :class:`decoupling.Relic` become the same few numbers:
mass, lifetime, density, and what a decay gives to photons and electrons and to neutrinos.
"""

from dataclasses import dataclass, field

import numpy as np

from ... import constants as const
from ..cascade import clock, disintegration
from ..cascade.nuclei import photodisintegrations
from ..late import anisotropies, neutrinos, release
from ..late.effects import FROM, late_effects
from ..plasma.baryons import ZETA3
from .model import describe

_FIRST = 3e3  # s, where the clock of the standard Universe begins
EVERY = dict.fromkeys(("mu", "pi", "K", "KL"), 1.0)  # long after mesons meet anything, all decay


@dataclass(frozen=True)
class Remnant:
    """A relic that still decays.

    Attributes
    ----------
    mass, lifetime : float
        MeV, s.
    density, T : float
        n_X/n_gamma at the photon temperature T [MeV] if nothing had decayed.
    heat : float
        Energy of photons, electrons and kinetic energies per decay [MeV].
    neutrinos, number : float
        Energy [MeV] and number of neutrinos per decay.
    decays : tuple of Decay
        Products, where they are known.
    """

    mass: float
    lifetime: float
    density: float
    T: float
    heat: float
    neutrinos: float = 0.0
    number: float = 0.0
    decays: tuple = field(default=(), repr=False)

    @property
    def per_photon(self):
        """n_X/n_gamma after e+e- annihilation if nothing had decayed."""
        return self.density * clock.dilution(self.T)

    @property
    def ratio(self):
        """rho_X over that of dark matter if nothing had decayed."""
        return release.dark_matter_ratio(self.per_photon, self.mass)

    @property
    def pairs(self):
        """Energy per decay that neutrinos give to e+e- on the background neutrinos [MeV].

        An estimate (factor 2): they meet those of the temperature at one lifetime.
        """
        if not (self.number > 0.0 and self.neutrinos > 0.0):
            return 0.0
        T = float(clock.temperature_of(max(self.lifetime, _FIRST)))
        return self.neutrinos * neutrinos.pair_share(self.neutrinos / self.number, T)

    @property
    def cascade_energy(self):
        """Energy per decay that feeds the cascade [MeV]."""
        return self.heat + self.pairs

    @property
    def zeta(self):
        """Share of the energy that ionises; without products that of e+- or photons, the smaller."""
        if self.decays:
            share = self.heat / max(_heat(self.mass, self.decays), 1e-300)
            return min(share, 1.0) * anisotropies.efficiency(self.mass, self.decays, self.lifetime)
        half = 0.5 * self.mass
        each = [f(half, self.lifetime) for f in (anisotropies.electron_efficiency,
                                                 anisotropies.photon_efficiency)]  # fmt: skip
        return self.heat / self.mass * min(each)

    def effects(self):
        """Return its :class:`LateEffects` on the microwave background."""
        if self.lifetime < FROM:  # nothing there
            return late_effects(self.ratio, self.lifetime, 0.0)
        share = min(self.heat / self.mass, 1.0)
        return late_effects(self.ratio, self.lifetime, share, min(self.zeta, 1.0))

    def released(self, eta):
        """Energy of the cascade [MeV] per baryon that is set free between 15.8 keV and 3e13 s.

        Zero if no photon of it can break a nucleus.
        """
        if 0.5 * self.mass <= min(r.threshold for r in photodisintegrations()):
            return 0.0
        first = float(clock.time_of(disintegration.T_HOT)) / self.lifetime
        last = disintegration.LIFETIMES * disintegration.LONGEST / self.lifetime
        left = float(np.exp(-first) * -np.expm1(first - max(last, first)))
        return self.per_photon * self.cascade_energy * left / eta


def _heat(mass, decays):
    """Visible energy per decay [MeV] of the products as the anisotropies count them."""
    total = sum(d.width for d in decays)
    return sum(
        d.width / total * number * energy
        for d in decays
        for _, energy, number in anisotropies.ionising(float(mass), d)
    )


def surviving_density(evolution):
    """Return n_X/n_gamma at the end of the background if nothing decayed, and T there [MeV]."""
    modes, T = evolution.modes, evolution.background.Tg[-1]
    photons = 2.0 * ZETA3 / np.pi**2 * T**3
    return float(modes.number[0] * np.exp(-3.0 * modes.x[-1]) / photons), float(T)


def heat_per_decay(evolution):
    """Return the electromagnetic energy per decay [MeV], dark decays included."""
    species = evolution.modes.species
    return float(evolution.energies[0, -1]) * species.mass * (1.0 - species.dark)


def of_evolution(evolution, decays=()):
    """Return the :class:`Remnant` of a particle (:class:`.history.Evolution`)."""
    species = evolution.modes.species
    density, T = surviving_density(evolution)
    last = evolution.energies[:, -1] * species.mass * (1.0 - species.dark)
    return Remnant(
        species.mass, species.lifetime, density, T, heat_per_decay(evolution), float(last[1:4].sum()),
        float(last[4:7].sum()), tuple(decays),
    )  # fmt: skip


def of_model(model, ratio):
    """Return the :class:`Remnant` of a particle whose rho_X is ``ratio`` times that of dark matter."""
    species, injected = describe(model)
    last = injected.resolve(EVERY) * (1.0 - species.dark)
    density = ratio / release.dark_matter_ratio(1.0, species.mass)
    return Remnant(
        species.mass, species.lifetime, density, 1e-3, float(last[0]), float(last[1:4].sum()),
        float(last[4:7].sum()), products(model),
    )  # fmt: skip


def products(model):
    """Return the decays of a particle or of the one inside a DarkDecay."""
    return tuple(getattr(model, "particle", model).decays())


def of_relic(relic, background):
    """Return the :class:`Remnant` of a :class:`decoupling.Relic` at the end of a background.

    Its energy there is the mass, its rate there the rate at rest. Neutrinos count as two per decay of
    half the mass each.
    """
    falling = _falling(background)
    energy, rate = (_at(v, falling) for v in (relic.energy, relic.rate))
    lifetime = const.HBAR / rate if rate > 0.0 else np.inf
    T = float(background.Tg[-1])
    shrunk = np.exp(-3.0 * (background.ln_a[-1] - background.ln_a[0]))
    density = relic.density * shrunk / (2.0 * ZETA3 / np.pi**2 * T**3)
    share = relic.fractions.get("nue", 0.0) + relic.fractions.get("numu", 0.0)
    return Remnant(
        energy, lifetime, float(density), T, energy * relic.fractions.get("em", 0.0), energy * share,
        2.0 * share,
    )  # fmt: skip


def _at(value, falling):
    """A number, or a function of the temperature at its end."""
    return float(np.ravel(value(falling))[0] if callable(value) else value)


def _falling(background):
    """Free-falling temperature T_d [MeV] at the end, as an array of one."""
    span = background.ln_a[-1] - background.ln_a[0]
    return background.Tg[:1] * np.exp(-span)
