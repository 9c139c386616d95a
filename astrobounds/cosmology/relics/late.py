"""From a relic of long lifetime to the electromagnetic cascade that breaks nuclei."""

import warnings

import numpy as np

from ...errors import DomainError, ValidityWarning
from ..cascade import clock as cascade_clock
from ..cascade import disintegration as cascade
from ..cascade.nuclei import photodisintegrations
from ..plasma.baryons import ZETA3

FLAG = "photodisintegration"
MATTER = 0.05  # of the photons' energy: more, and T(t) is not the standard one
#: MeV per baryon set free below T_HOT. Of E [MeV] per baryon, helium makes 0.6 E new deuterium
#: (relative) and 0.01 E of the deuterium breaks: smaller releases change D/H by less than 1e-6.
NEGLIGIBLE = 1e-6


def surviving_density(evolution):
    """Return n_X/n_gamma at the end of the background if nothing decayed, and T there [MeV]."""
    modes, T = evolution.modes, evolution.background.Tg[-1]
    photons = 2.0 * ZETA3 / np.pi**2 * T**3
    return float(modes.number[0] * np.exp(-3.0 * modes.x[-1]) / photons), float(T)


def heat_per_decay(evolution):
    """Return the electromagnetic energy per decay [MeV], dark decays included."""
    species = evolution.modes.species
    return float(evolution.energies[0, -1]) * species.mass * (1.0 - species.dark)


def late_release(evolution, eta):
    """Return the electromagnetic energy [MeV] per baryon that is set free below 15.8 keV.

    Zero if no photon of it can break a nucleus.
    """
    highest = 0.5 * evolution.modes.species.mass
    if highest <= min(r.threshold for r in photodisintegrations()):
        return 0.0
    density, T = surviving_density(evolution)
    left = np.exp(-float(cascade_clock.time_of(cascade.T_HOT)) / evolution.lifetime)
    return density * cascade_clock.dilution(T) * heat_per_decay(evolution) * left / eta


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
    if not apply or lifetime > cascade.LONGEST:
        why = "it is switched off" if not apply else "photons stream freely after 1e12 s"
        text = f"{energy:.3g} MeV per baryon after {cascade.T_HOT * 1e3:.1f} keV, lifetime {lifetime:.3g} s"
        return None, ((FLAG, f"{text}: photons and electrons break nuclei, not included: {why}"),)
    density, T = surviving_density(evolution)
    found = cascade.reusable_decay(start, eta, mass, lifetime, density, heat_per_decay(evolution), T)
    note = _matter(evolution, density)
    return found, (("late energy", note),) if note else ()


def _matter(evolution, density):
    """Return a warning where the relic holds a noticeable share of the energy when it decays."""
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
        heat_per_decay(evolution), density_T=T, electron=electron,
    )  # fmt: skip
