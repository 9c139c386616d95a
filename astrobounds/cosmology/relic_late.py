"""From a relic of long lifetime to the electromagnetic cascade that breaks nuclei."""

import warnings

import numpy as np

from ..errors import DomainError, ValidityWarning
from . import cascade, cascade_clock
from .baryons import ZETA3

MATTER = 0.05  # of the photons' energy: more, and T(t) is not the standard one


def surviving_density(evolution):
    """Return n_X/n_gamma at the end of the background if nothing decayed, and T there [MeV]."""
    modes, T = evolution.modes, evolution.background.Tg[-1]
    photons = 2.0 * ZETA3 / np.pi**2 * T**3
    return float(modes.number[0] * np.exp(-3.0 * modes.x[-1]) / photons), float(T)


def photodisintegration(result, electron=1.0):
    """Return the abundances after the decays of a long-lived relic have broken nuclei.

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
    mass = evolution.modes.species.mass
    heat = float(evolution.energies[0, -1]) * mass * (1.0 - evolution.modes.species.dark)
    T_decay = cascade_clock.temperature_of(evolution.lifetime)
    matter = density * mass * 30.0 * ZETA3 / (np.pi**4 * T_decay)
    if matter > MATTER:
        warnings.warn(
            f"the relic holds {matter:.3g} times the energy of the photons when it decays, at "
            f"T = {T_decay:.3g} MeV: the cascade assumes the standard expansion and eta",
            ValidityWarning,
            stacklevel=2,
        )
    return cascade.electromagnetic_decay(
        result, result.eta, mass, evolution.lifetime, density, heat, density_T=T, electron=electron
    )
