"""From a relic of long lifetime to the electromagnetic cascade that breaks nuclei."""

import warnings
from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning
from ..cascade import clock as cascade_clock
from ..cascade import disintegration as cascade
from ..cascade.nuclei import photodisintegrations
from ..late import anisotropies, neutrinos, radiation, release
from ..late.effects import FROM, late_effects
from ..neutrinos import decoupling
from ..neutrinos.expansion import fermi_f3
from ..plasma.baryons import ZETA3
from .model import describe

FLAG = "photodisintegration"
MATTER = 0.05  # of the photons' energy: more, and T(t) is not the standard one
#: MeV per baryon set free below T_HOT. Of E [MeV] per baryon, helium makes 0.6 E new deuterium
#: (relative) and 0.01 E of the deuterium breaks: smaller releases change D/H by less than 1e-6.
NEGLIGIBLE = 1e-6
ENGINE = 3e11  # s: longer lifetimes are not over when the engine stops at 1 eV
_BEFORE = 5e-3  # MeV, t = 5e4 s
_FIRST = 3e3  # s, where the clock of the standard Universe begins


def surviving_density(evolution):
    """Return n_X/n_gamma at the end of the background if nothing decayed, and T there [MeV]."""
    modes, T = evolution.modes, evolution.background.Tg[-1]
    photons = 2.0 * ZETA3 / np.pi**2 * T**3
    return float(modes.number[0] * np.exp(-3.0 * modes.x[-1]) / photons), float(T)


def heat_per_decay(evolution):
    """Return the electromagnetic energy per decay [MeV], dark decays included."""
    species = evolution.modes.species
    return float(evolution.energies[0, -1]) * species.mass * (1.0 - species.dark)


def cascade_energy(evolution):
    """Return the energy per decay that feeds the cascade [MeV]: heat, and pairs of the neutrinos."""
    return heat_per_decay(evolution) + neutrino_pairs(evolution)


def neutrino_pairs(evolution):
    """Return the energy per decay that neutrinos give to e+e- on the background neutrinos [MeV].

    An estimate (factor 2): they meet those of the temperature at one lifetime, see
    :func:`astrobounds.cosmology.late.neutrinos.pair_share`.
    """
    species = evolution.modes.species
    last = evolution.energies[:, -1] * species.mass * (1.0 - species.dark)
    energy, number = float(last[1:4].sum()), float(last[4:7].sum())
    if not number > 0.0 or not energy > 0.0:
        return 0.0
    T = float(cascade_clock.temperature_of(max(evolution.lifetime, _FIRST)))
    return energy * neutrinos.pair_share(energy / number, T)


def late_release(evolution, eta):
    """Return the electromagnetic energy [MeV] per baryon that is set free below 15.8 keV.

    Zero if no photon of it can break a nucleus. What is set free after the cascade ends, 3e13 s, does
    not count.
    """
    highest = 0.5 * evolution.modes.species.mass
    if highest <= min(r.threshold for r in photodisintegrations()):
        return 0.0
    density, T = surviving_density(evolution)
    ends = np.array([float(cascade_clock.time_of(cascade.T_HOT)), cascade.LIFETIMES * cascade.LONGEST])
    first, last = ends / evolution.lifetime
    left = float(np.exp(-first) * -np.expm1(first - max(last, first)))
    return density * cascade_clock.dilution(T) * cascade_energy(evolution) * left / eta


def chain(evolution, eta, start, apply=True):
    """Break nuclei by the late decays of a relic, where there are any.

    Parameters
    ----------
    evolution : relic_history.Evolution
    eta : float
    start : dict
        Abundances at the end of the network, before the decays of n, t and Be7.
    apply : bool
        False: only say that nuclei would be broken.

    Returns
    -------
    PhotodisintegrationResult or None
    tuple of (str, str)
        Name and explanation of what lies outside the validated physics.
    """
    energy = late_release(evolution, eta)
    if energy < NEGLIGIBLE:
        return None, ()
    lifetime, mass = evolution.lifetime, evolution.modes.species.mass
    if not apply:
        text = f"{energy:.3g} MeV per baryon after {cascade.T_HOT * 1e3:.1f} keV, lifetime {lifetime:.3g} s"
        return None, ((FLAG, f"{text}: photons and electrons break nuclei, which is switched off"),)
    density, T = surviving_density(evolution)
    found = cascade.reusable_decay(start, eta, mass, lifetime, density, cascade_energy(evolution), T)
    notes = []
    if lifetime > cascade.LONGEST:
        notes.append((FLAG, f"lifetime {lifetime:.3g} s: photons stream freely after 1e12 s, where their "
                      "number is good to a factor 2; those after 3e13 s break nothing here"))  # fmt: skip
    note = _matter(evolution, density)
    if note:
        notes.append(("late energy", note))
    pairs = neutrino_pairs(evolution)
    if pairs > 0.1 * heat_per_decay(evolution):
        notes.append(("photons of neutrinos", f"{100 * pairs / mass:.3g} % of the energy turns into e+e- "
                      "on the background neutrinos: an estimate within a factor 2"))  # fmt: skip
    return found, tuple(notes)


def shares(model):
    """Return the electromagnetic share of the decays of a particle long after the mesons are gone.

    Parameters
    ----------
    model : HNL, DarkDecay, ...
    """
    species, injected = describe(model)
    every = dict.fromkeys(("mu", "pi", "K", "KL"), 1.0)
    heat = float(injected.resolve(every)[0])
    return heat / species.mass * (1.0 - species.dark)


def effects_of(model, f):
    """Return the :class:`LateEffects` of a particle whose density is f times that of dark matter."""
    particle = getattr(model, "particle", model)
    if model is particle and const.HBAR / model.width_mev < FROM:  # nothing there: save the products
        return late_effects(f, const.HBAR / model.width_mev, 0.0)
    species, _ = describe(model)
    decays = particle.decays()
    zeta = anisotropies.efficiency(species.mass, decays, species.lifetime) * (1.0 - species.dark)
    return late_effects(f, species.lifetime, min(shares(model), 1.0), min(zeta, 1.0))


def dark_matter_ratio(evolution):
    """Return rho_X over that of dark matter if nothing had decayed."""
    density, T = surviving_density(evolution)
    return release.dark_matter_ratio(density * cascade_clock.dilution(T), evolution.modes.species.mass)


def effects(model, evolution):
    """Return the :class:`LateEffects` of a particle that was followed through nucleosynthesis."""
    return effects_of(model, dark_matter_ratio(evolution))


def radiation_at_recombination(background, found):
    """Return N_eff at recombination: of the engine, or where it ends too early of the release.

    The engine stops at 1 eV and leaves matter out of H. Above lifetimes of 3e11 s: N_eff at 5 keV,
    before anything decays, and the radiation of :class:`LateEffects`.
    """
    if found.lifetime < ENGINE:
        return background.Neff
    at = int(np.argmax(background.Tg < _BEFORE))
    nu = sum(
        copies * T[at] ** 4 * fermi_f3(xi[at])
        for copies, T, xi in (
            (1.0, background.Tnue, background.xi_e), (2.0, background.Tnumu, background.xi_mu)
        )
    )  # fmt: skip
    density = nu / np.pi**2 + background.rho_dark[at]
    early = density / (decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * background.Tg[at] ** 4)
    return float(early + found.delta_neff)


@dataclass(frozen=True)
class LateStage:
    """The last stage of nucleosynthesis with a relic.

    Attributes
    ----------
    broken : PhotodisintegrationResult or None
    effects : LateEffects
    Neff : float
        At recombination.
    flags : tuple of (str, str)
    """

    broken: object
    effects: object
    Neff: float
    flags: tuple


def late_stage(model, background, eta, start, apply=True):
    """Return the :class:`LateStage` of a particle in the background; arguments as for :func:`chain`."""
    evolution = background.relic_history
    broken, notes = chain(evolution, eta, start, apply)
    found = effects(model, evolution)
    flags = [*evolution.flags, *notes]
    if found.lifetime >= ENGINE:  # what is unfinished there is in the effects
        flags = [flag for flag in flags if flag[0] != "decays unfinished"]
    if found.reason:
        flags.append(("matter", f"{found.reason}: excluded whatever it decays into"))
    return LateStage(broken, found, radiation_at_recombination(background, found), tuple(flags))


def _matter(evolution, density):
    """Return a warning where the relic holds a noticeable share of the energy when it decays."""
    if evolution.lifetime >= radiation.RECOMBINATION:  # matter rules anyway: see LateEffects
        return ""
    T = cascade_clock.temperature_of(evolution.lifetime)
    matter = density * evolution.modes.species.mass * 30.0 * ZETA3 / (np.pi**4 * T)
    if matter <= MATTER:
        return ""
    return (
        f"the relic holds {matter:.3g} times the energy of the photons when it decays, at "
        f"T = {T:.3g} MeV: the cascade assumes the standard expansion and eta"
    )


def photodisintegration(result, electron=1.0):
    """Return the abundances after the decays of a long-lived relic have broken nuclei.

    :func:`astrobounds.cosmology.bbn` does this by itself where it matters; here the cascade is
    solved for the composition of this result, and its spectra are kept.

    Parameters
    ----------
    result : BBN
        Of a particle, see :func:`astrobounds.cosmology.bbn`.
    electron : float
        Share of the electromagnetic energy in e+- rather than photons; it matters little above
        some 20 MeV.

    Returns
    -------
    PhotodisintegrationResult

    Raises
    ------
    DomainError
        If the result has no relic.

    Warns
    -----
    ValidityWarning
        Where N holds more than 5 % of the energy of the photons when it decays: the expansion and
        eta are then not the standard ones of the cascade.

    Notes
    -----
    Energies of the cascade are taken as half the mass: its spectrum does not depend on them well
    above the threshold of pair production. Kinetic energy of muons and pions counts as cascade.
    """
    evolution = result.relic
    if evolution is None:
        raise DomainError("this result has no decaying particle: call bbn(model) with one")
    density, T = surviving_density(evolution)
    note = _matter(evolution, density)
    if note:
        warnings.warn(note, ValidityWarning, stacklevel=2)
    return cascade.electromagnetic_decay(
        result, result.eta, evolution.modes.species.mass, evolution.lifetime, density,
        cascade_energy(evolution), density_T=T, electron=electron,
    )  # fmt: skip
