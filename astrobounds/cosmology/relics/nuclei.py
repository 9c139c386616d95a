"""Mesons beside nuclei: the second half of nucleosynthesis while a relic still decays.

The network first runs as if all baryons were free nucleons for the mesons; its own n, p and He4 then
say whom they meet: conversions of what is free, and He4 that breaks. Two rounds suffice, because
mesons are lost by their decay and not by nuclei.
"""

from dataclasses import replace

import numpy as np

from ... import constants as const
from ..nuclear import hadronic
from . import mesons

FLAG = "mesons on nuclei"
ROUNDS = 2
NEGLIGIBLE = 1e-7  # He4 broken per He4
HISTORY = 300  # points of the network's history


def _along(run, name, T):
    """Abundance of a nuclide on the temperatures of the background (falling)."""
    x = np.log(run.history_T)
    order = np.argsort(x)
    column = run.history_Y[:, run.nuclides.index(name)]
    return np.interp(np.log(T), x[order], column[order])


def per_pion(T, n_b, protons, helium):
    """Conversions p -> n and captures on He4 per injected pi- that stops, both probabilities.

    Parameters
    ----------
    T, n_b : array_like
        MeV, MeV^3.
    protons, helium : array_like
        Free protons and He4 nuclei per baryon.
    """
    T = np.asarray(T, dtype=float)
    width = const.HBAR / mesons.LIFETIME["pi"]
    on_protons = mesons.MILLIBARN * mesons.PI_MINUS_P_TO_N * mesons.coulomb(T, const.M_PI)
    on_protons = on_protons * n_b * protons
    on_helium = hadronic.capture_of_pions(T, n_b, helium)
    total = width + on_protons + on_helium
    return on_protons / total, on_helium / total


def with_nuclei(background, eta, first, run):
    """Return the background with rates of mesons among the nuclei of the network.

    Parameters
    ----------
    background : Background
        With a relic whose mesons convert nucleons.
    eta : float
    first : int
        Point of the background where the network starts.
    run : callable
        ``run(background, history=n)`` returns a NetworkResult.

    Returns
    -------
    Background
        The same one if mesons break less than 1e-7 of the helium.
    """
    from .history import baryon_density

    evolution = background.relic_history
    part = slice(first, None)
    T, n_b = background.Tg[part], baryon_density(background, eta)[part]
    decays = np.maximum(evolution.modes.decays[part] * background.H[part] * const.HBAR, 0.0)
    for _ in range(ROUNDS):
        found = run(background, history=HISTORY)
        if not found.success:
            return background
        n, p, he = (_along(found, name, T) for name in ("n", "p", "He4"))
        he = np.where(T > found.history_T.min(), he, he[T > found.history_T.min()][-1])
        now = mesons.population(T, n_b, n, decays, evolution.injection.visible, p, he)
        hits = np.where(hadronic.T_HELIUM > T, hadronic.breaking(T, now.density), 0.0)
        broken = float(np.sum(0.5 * (hits[1:] + hits[:-1]) * np.diff(background.t[part])))
        if broken < NEGLIGIBLE:
            return background
        early = background.conversion
        hot = T > hadronic.T_HELIUM
        new = mesons.conversions(T, now.density, hadronic.stopping(T))
        rates = [np.where(hot, before, after) for before, after in zip(early, new)]
        background = replace(background, conversion=(*rates, early[2], hits))
    return background
