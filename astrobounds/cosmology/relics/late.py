"""From a relic of long lifetime to the cascade that breaks nuclei and to the microwave background."""

import warnings
from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning
from ..cascade import clock as cascade_clock
from ..cascade import disintegration as cascade
from ..late import radiation
from ..neutrinos import decoupling
from ..neutrinos.expansion import fermi_f3
from ..plasma.baryons import N_GAMMA_0, ZETA3
from .remnant import of_evolution, of_relic, products

FLAG = "photodisintegration"
MATTER = 0.05  # of the photons' energy: more, and T(t) is not the standard one
#: MeV per baryon set free below T_HOT. Of E [MeV] per baryon, helium makes 0.6 E new deuterium
#: (relative) and 0.01 E of the deuterium breaks: smaller releases change D/H by less than 1e-6.
NEGLIGIBLE = 1e-6
ENGINE = 3e11  # s: longer lifetimes are not over when the engine stops at 1 eV
_BEFORE = 5e-3  # MeV, t = 5e4 s


@dataclass(frozen=True)
class LateStage:
    """The last stage of nucleosynthesis with a relic.

    Attributes
    ----------
    broken : PhotodisintegrationResult or None
    effects : LateEffects or None
    Neff : float
        At recombination.
    flags : tuple of (str, str)
    """

    broken: object
    effects: object
    Neff: float
    flags: tuple


def chain(remnant, eta, start, apply=True):
    """Break nuclei by the late decays of a relic, where there are any.

    Parameters
    ----------
    remnant : Remnant
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
    energy = remnant.released(eta)
    if energy < NEGLIGIBLE:
        return None, ()
    lifetime, mass = remnant.lifetime, remnant.mass
    if not apply:
        text = f"{energy:.3g} MeV per baryon after {cascade.T_HOT * 1e3:.1f} keV, lifetime {lifetime:.3g} s"
        return None, ((FLAG, f"{text}: photons and electrons break nuclei, which is switched off"),)
    if mass > 2.0 * cascade.HIGHEST:
        raise DomainError(
            f"a relic of {mass:g} MeV decays after nucleosynthesis: its cascade is followed for masses up "
            f"to {2 * cascade.HIGHEST:g} MeV; cascade='off' leaves it out with a flag"
        )
    found = cascade.reusable_decay(
        start, eta, mass, lifetime, remnant.density, remnant.cascade_energy, remnant.T
    )
    notes = []
    if lifetime > cascade.LONGEST:
        notes.append((FLAG, f"lifetime {lifetime:.3g} s: photons stream freely after 1e12 s, where their "
                      "number is good to a factor 2; those after 3e13 s break nothing here"))  # fmt: skip
    note = _matter(remnant)
    if note:
        notes.append(("late energy", note))
    if remnant.pairs > 0.1 * remnant.heat:
        share = 100.0 * remnant.pairs / mass
        notes.append(("photons of neutrinos", f"{share:.3g} % of the energy turns into e+e- on the "
                      "background neutrinos: an estimate within a factor 2"))  # fmt: skip
    return found, tuple(notes)


def radiation_at_recombination(background, found):
    """Return N_eff at recombination: of the engine, or where it ends too early of the release.

    The engine stops at 1 eV and leaves matter out of H. Above lifetimes of 3e11 s: N_eff at 5 keV,
    before anything decays, and the radiation of :class:`LateEffects`.
    """
    if found is None or found.lifetime < ENGINE:
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


def late_stage(model, background, eta, start, apply=True):
    """Return the :class:`LateStage` of a particle, of sources, or of nothing.

    Parameters
    ----------
    model : particle, Relic, External, tuple of sources or None
    background : Background
        With the particle in it.
    eta, start, apply
        As for :func:`chain`.

    Raises
    ------
    DomainError
        For an External that heats the plasma when nuclei could break: its photons are not known.
    """
    evolution = background.relic_history
    if evolution is not None:
        return _stage(of_evolution(evolution, products(model)), background, eta, start, apply,
                      evolution.flags)  # fmt: skip
    found, flags = None, []
    for item in model if isinstance(model, (tuple, list)) else (model,):
        if isinstance(item, decoupling.External):
            flags += _external(item, background, eta, apply)
        elif isinstance(item, decoupling.Relic) and item.density > 0.0:
            found = of_relic(item, background)
    if found is None:
        return LateStage(None, None, background.Neff, tuple(flags))
    left = float(background.relic[-1])
    if found.lifetime < ENGINE and left * found.ratio > 1e-4 and left > 1e-4:
        flags.append((
            "decays unfinished",
            f"{100 * left:.3g} % of the relic is left at T = {1e6 * background.Tg[-1]:.3g} eV: what its "
            "energy does later to N_eff and eta is not included",
        ))  # fmt: skip
    return _stage(found, background, eta, start, apply, flags)


def _stage(remnant, background, eta, start, apply, flags):
    broken, notes = chain(remnant, eta, start, apply)
    found = remnant.effects()
    flags = [*flags, *notes]
    if found.lifetime >= ENGINE:  # what is unfinished there is in the effects
        flags = [flag for flag in flags if flag[0] != "decays unfinished"]
    if found.reason:
        flags.append(("matter", f"{found.reason}: excluded whatever it decays into"))
    return LateStage(broken, found, radiation_at_recombination(background, found), tuple(flags))


def _external(item, background, eta, apply):
    """Flags of an External; refuse heat that could break nuclei, whose photons are not known."""
    if item.em is None:
        return []
    falling = background.Tg[0] * np.exp(background.ln_a[0] - background.ln_a)
    power = np.broadcast_to(item.em(falling) if callable(item.em) else item.em, falling.shape)
    cold = background.Tg < cascade.T_HOT
    baryons = eta * N_GAMMA_0 * np.exp(-3.0 * background.ln_a)
    per_time = (power / baryons / const.HBAR)[cold]  # MeV per baryon and second
    if not per_time.size:
        return []
    t = background.t[cold]
    energy = float(np.sum(0.5 * (per_time[1:] + per_time[:-1]) * np.diff(t)))
    if max(energy, float(per_time[-1] * t[-1])) < NEGLIGIBLE:
        return []
    text = f"External heats the plasma by {energy:.3g} MeV per baryon after {1e3 * cascade.T_HOT:.1f} keV"
    if not apply:
        return [(FLAG, f"{text}: photons may break nuclei, which is switched off")]
    raise DomainError(
        f"{text}, where photons break nuclei, and the energies of its photons are not known: give a "
        "Relic, or cascade='off' if they are below 2.2 MeV"
    )


def _matter(remnant):
    """Return a warning where the relic holds a noticeable share of the energy when it decays."""
    if remnant.lifetime >= radiation.RECOMBINATION:  # matter rules anyway: see LateEffects
        return ""
    T = cascade_clock.temperature_of(remnant.lifetime)
    matter = remnant.density * remnant.mass * 30.0 * ZETA3 / (np.pi**4 * T)
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
    remnant = of_evolution(evolution)
    note = _matter(remnant)
    if note:
        warnings.warn(note, ValidityWarning, stacklevel=2)
    return cascade.electromagnetic_decay(
        result, result.eta, remnant.mass, remnant.lifetime, remnant.density, remnant.cascade_energy,
        density_T=remnant.T, electron=electron,
    )  # fmt: skip
