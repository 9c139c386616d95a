"""A decaying relic among neutrinos whose momenta are resolved.

The relic, its mesons and the plasma are solved in turn with the spectra of ``kinetic``, from what the
thermal equations found. Decays in flight make boosted spectra; muons, pions and kaons stop first
and decay at rest if nothing captures them.
"""

from dataclasses import replace

import numpy as np

from ... import constants as const
from ...errors import ConvergenceError
from ...models.decays import neutrino_spectra
from ..neutrinos import decoupling
from ..neutrinos.kinetic import solve as kinetic
from ..neutrinos.kinetic.sources import Emission
from . import boltzmann as relic
from . import history as relic_history

references = (*relic_history.references, *kinetic.references, *neutrino_spectra.references)

TOLERANCE = 3e-4  # of T_gamma and H between two rounds
MAX_ROUNDS = 12
COARSE = {"spacing": 0.8, "stride": 4}  # of the first round, which nobody sees: T and H to 1e-4
THERMAL_ONLY = ("late neutrino injection", "neutrino spectra")  # flags of thermal spectra
STOPPED = ("mu", "pi", "K", "KL")


def _in_flight(modes):
    """p/m of every mode, shares of the decays and their mean gamma, on the grid."""
    _, weight = relic.momentum_grid(modes.p.shape[1])
    energy = np.hypot(modes.p, modes.species.mass)
    decays = sum(g * np.maximum(f, 0.0) for (g, _), f in zip(modes.species.copies, modes.f))
    decays = decays * weight / energy
    total = decays.sum(axis=1, keepdims=True)
    slow = np.zeros_like(decays)
    slow[:, 0] = 1.0
    share = np.where(total > 0.0, decays / np.where(total > 0.0, total, 1.0), slow)
    gamma = (share * energy).sum(axis=1) / modes.species.mass
    return modes.p / modes.species.mass, share, gamma


def external(modes, injected, population, H):
    """Return the :class:`decoupling.External` of a relic: heat, and neutrinos with their spectra.

    Parameters
    ----------
    modes : relic.Modes
    injected : injection.Injection
    population : mesons.Population or None
        None: whatever stops decays.
    H : ndarray
        MeV, on the grid of the modes.
    """
    power = (modes.decay + modes.contact) * H
    each = np.maximum(modes.rho / np.maximum(modes.number, 1e-300), modes.species.mass)
    decays = H * (modes.net + modes.contact / each)
    v, share, gamma = _in_flight(modes)
    direct = Emission(injected.spectra, power / (injected.mass * gamma), (v, share))
    heat = power * (1.0 - sum(direct.energy(a) for a in const.FLAVOURS) / injected.mass)
    every = dict.fromkeys(STOPPED, np.ones_like(H))
    decaying = every if population is None else population.decaying
    emissions = [direct]
    for name, number in zip(STOPPED, injected.stopped(decaying)):
        if not np.any(number > 0.0):
            continue
        item = Emission(neutrino_spectra.stopped(name), decays * number * decaying[name])
        heat = heat - item.rate * sum(item.energy(a) for a in const.FLAVOURS)
        emissions.append(item)
    return decoupling.External(
        rho=modes.rho, em=heat, dark=modes.dark * H, neutrinos=tuple(emissions)
    )


def resolve(found, eta, end, contact, qed, delta_neff, with_mesons, dx):
    """Return the :class:`relic_history.Evolution` with momentum-resolved neutrinos.

    Parameters
    ----------
    found : relic_history.Evolution
        The same relic among thermal neutrinos.
    eta : float
        Baryons per photon today.
    end : float
        Last T_d [MeV].
    contact : bool
        Whether the relic's 2 -> 2 processes matter below T_MATCH.
    qed, delta_neff, with_mesons, dx
        As in :func:`relic_history.evolve`.

    Raises
    ------
    ConvergenceError
        If plasma and relic do not agree after 12 rounds.
    """
    background, injected, hot = found.background, found.injection, found.hot
    points = len(decoupling.free_falling(relic.T_MATCH, end, dx))
    x = dx * np.arange(points)
    for count in range(1, MAX_ROUNDS + 1):
        T, H = relic_history.extended(background, points, dx)
        modes = relic.follow(found.modes.species, x, T, H, hot.start, relic_history.STRIDE, contact)
        population, energies = relic_history.meson_energies(
            modes, injected, T, H, background, eta, with_mesons
        )
        sources = external(modes, injected, population, H)
        grid = COARSE if count == 1 else {}
        new = kinetic.solve(relic.T_MATCH, end, qed=qed, delta_neff=delta_neff, external=sources,
                            dark=hot.dark, dx=dx, clock=background.t, **grid)
        change = max(
            np.max(np.abs(new.Tg[:points] / T - 1.0)),
            np.max(np.abs(new.H[:points] * const.HBAR / H - 1.0)),
        )
        background = new
        if change < TOLERANCE and count > 1:
            flags = tuple(f for f in found.flags if f[0] not in THERMAL_ONLY)
            return replace(found, modes=modes, background=background, energies=energies,
                           population=population, rounds=found.rounds + count, flags=flags)  # fmt: skip
    raise ConvergenceError(
        f"relic of {found.modes.species.mass:g} MeV, lifetime {found.lifetime:.3g} s: plasma and relic "
        f"still differ by {change:.2g} after {MAX_ROUNDS} rounds of momentum-resolved neutrinos",
        stage="relic and decoupling",
    )
