"""A particle that stays in equilibrium with photons or neutrinos while they decouple.

Its energy drives the expansion, and what it loses goes to the partner:

    dE/dt = -H [drho/dx + 3 (rho + P)],  x = ln a,  rho and P in equilibrium at the partner's temperature.

Plasma and particle are solved in turn until they agree.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError, ConvergenceError, DomainError
from ...numerics.splines import slopes
from ..neutrinos import decoupling

references = ("Boehm:2013jpa",)

TOLERANCE = 1e-6  # of temperatures between two rounds
MAX_ROUNDS = 60
_DAMPING = 0.6  # share of the new source
_NODES = 48
_GONE = 200.0  # m/T beyond which nothing is left


@lru_cache(maxsize=1)
def _rule():
    """Nodes in sqrt(E/T - m/T) and weights: the threshold of p^2 dp is smooth in it."""
    u, w = np.polynomial.legendre.leggauss(_NODES)
    return 3.4 * (u + 1.0), 3.4 * w


def equilibrium(mass, T, degrees, statistics):
    """Return the energy density and the pressure [MeV^4] at temperatures T [MeV] (array)."""
    T = np.asarray(T, dtype=float)
    y = np.minimum(mass / T, _GONE)[..., None]
    s, w = _rule()
    e = y + s * s
    p = s * np.sqrt(s * s + 2.0 * y)
    weight = np.exp(-e)
    occupation = weight / (1.0 + statistics * weight)
    measure = w * 2.0 * s * p * occupation  # p^2 dp = p e de, de = 2 s ds
    unit = degrees * T**4 / (2.0 * np.pi**2)
    rho = unit * (measure * e * e).sum(axis=-1)
    return rho, unit * (measure * p * p / 3.0).sum(axis=-1)


def _external(rho, pressure, H, dx, partner):
    """The source of the expansion and the energy that the partner gets."""
    x = dx * np.arange(len(rho))
    power = -H * const.HBAR * (slopes(x, rho) + 3.0 * (rho + pressure))
    if partner == "photons":
        return decoupling.External(rho=rho, em=power)
    return decoupling.External(rho=rho, nue=power / 3.0, numu=power / 3.0)


def solve(model, neutrinos="integrated", qed="full", delta_neff=0.0, **grid):
    """Return the :class:`decoupling.Background` of a particle in equilibrium.

    Parameters
    ----------
    model : Model
        Its ``equilibrium`` says with what.
    neutrinos : str
        As in :func:`astrobounds.cosmology.bbn`. What couples to neutrinos keeps them at one temperature:
        "common" then replaces "integrated".
    qed, delta_neff, **grid
        As in :func:`decoupling.solve`.

    Raises
    ------
    ConfigError
        For momentum-resolved neutrinos, or separate ones that the particle would keep together.
    ConvergenceError
    """
    partner = model.equilibrium
    if neutrinos == "momentum" or (partner == "neutrinos" and neutrinos == "separate"):
        raise ConfigError(
            f"neutrinos = {neutrinos!r}: a particle in equilibrium with {partner} is followed with thermal "
            "neutrinos; choose 'integrated' or 'common'"
        )
    mixing, with_xi = decoupling.NEUTRINOS["common" if partner == "neutrinos" else neutrinos]
    options = dict(mixing=mixing, with_xi=with_xi, qed=qed, delta_neff=delta_neff, **grid)
    degrees = sum(s.degrees for s in model.states)
    statistics = model.states[0].statistics
    background = decoupling.solve(**options)
    if model.mass_mev < 12.0 * decoupling.T_END:
        raise DomainError(f"mass = {model.mass_mev:g} MeV: it is not gone when nucleosynthesis ends")
    rho = pressure = None
    for _ in range(MAX_ROUNDS):
        T = background.Tg if partner == "photons" else background.Tnue
        found = equilibrium(model.mass_mev, T, degrees, statistics)
        if rho is None:
            rho, pressure = found
        rho = rho + _DAMPING * (found[0] - rho)
        pressure = pressure + _DAMPING * (found[1] - pressure)
        new = decoupling.solve(
            external=_external(rho, pressure, background.H, background.dx, partner), **options
        )
        change = max(
            np.max(np.abs(a / b - 1.0)) for a, b in ((new.Tg, background.Tg), (new.Tnue, background.Tnue))
        )
        background = new
        if change < TOLERANCE:
            return background
    raise ConvergenceError(
        f"a particle of {model.mass_mev:g} MeV in equilibrium with {partner}: it and the plasma still "
        f"differ by {change:.2g} after {MAX_ROUNDS} rounds",
        stage="thermal particle",
    )
