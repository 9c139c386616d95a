"""A boson among thermal neutrinos: a temperature and a chemical potential per flavour, X mode by mode."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConvergenceError, DomainError
from ...numerics import ode
from ..neutrinos import collisions, decoupling
from ..plasma import thermodynamics as plasma
from ..plasma.baryons import T_CMB
from ..relics.boltzmann import T_MATCH
from . import exchange, hot
from . import thermal_kernels as kernels
from .evolution import Evolution, clock
from .fermi import densities, state

references = (*decoupling.references, *hot.references, "Escudero:2019gvw")

MASS_RANGE = (1e-3, 1e3)  # MeV
T_LAST = 1e-6  # MeV, matter rules from there on
CLOCK = 1.32  # t T^2 [s MeV^2] of the standard Universe below 20 keV
LIFETIMES = 25.0  # until the end
COLD = 30.0  # m/T where X in equilibrium is gone


@dataclass(frozen=True)
class Settings:
    """Grids and tolerances of the thermal equations.

    Attributes
    ----------
    modes, angles : int
        Momenta of X, and directions of its neutrinos.
    top : float
        Largest p/T_d of X.
    cap : float
        No mode of X is driven faster than cap H; it follows equilibrium to 1/cap.
    rtol : float
        Of the integrator for plasma and neutrinos; a thousand times that for occupations of X.
    start : float
        T_d at the start [MeV].
    empty : bool
        Start without X instead of with what the hot plasma has made.
    dx : float
        Spacing of ln a of the result.
    """

    modes: int = 40
    angles: int = 16
    top: float = 40.0
    cap: float = 1e4
    rtol: float = 1e-7
    start: float = T_MATCH
    empty: bool = False
    dx: float = decoupling.DX


@dataclass(frozen=True, eq=False)
class Tables:
    """Plasma, neutrino-electron response and its value at m_e = 0: the Standard Model's part."""

    pressures: np.ndarray
    responses: np.ndarray
    f0: np.ndarray


@lru_cache(maxsize=4)
def standard_tables(qed="full"):
    """Return the :class:`Tables` of the package at one order of QED."""
    f0 = np.ascontiguousarray(collisions.response(0.0))
    return Tables(plasma.table(qed), collisions.table(), f0)


def check_mass(boson):
    """Raise DomainError outside 1 keV to 1 GeV."""
    low, high = MASS_RANGE
    if not low <= boson.mass <= high:
        raise DomainError(
            f"mass = {boson.mass:g} MeV is outside [{low:g}, {high:g}] MeV: a lighter boson meets "
            "neutrinos after recombination begins, a heavier one would need hadronic channels"
        )


def end_of_decays(boson):
    """Return T [MeV] where X is gone, T_END or colder, at least 1 eV.

    X in equilibrium is gone at m/30; otherwise 25 lifetimes leave e^-25.
    """
    late = np.sqrt(CLOCK / (LIFETIMES * boson.lifetime)) if boson.width > 0.0 else T_LAST
    return float(np.clip(min(late, boson.mass / COLD), T_LAST, decoupling.T_END))


def solve(boson, mixing="averaged", qed="full", delta_neff=0.0, settings=None, t_end=None, tables=None):
    """Integrate plasma, neutrinos and boson.

    Parameters
    ----------
    boson : neutrino_pairs.PairBoson
    mixing : {"averaged", "none", "common"}
        Oscillations of neutrinos; chemical potentials are always followed.
    qed : str
        As in :func:`decoupling.solve`.
    delta_neff : float
        Dark radiation, as in :func:`decoupling.decouple`.
    settings : Settings, optional
    t_end : float, optional
        Last T_d [MeV], by default where X is gone.
    tables : Tables, optional
        Other physics of the Standard Model, for comparisons.

    Returns
    -------
    Evolution

    Raises
    ------
    DomainError
        Outside 1 keV to 1 GeV.
    ConvergenceError
    """
    check_mass(boson)
    s = Settings() if settings is None else settings
    tables = standard_tables(qed) if tables is None else tables
    end = end_of_decays(boson) if t_end is None else t_end
    modes = exchange.momentum_nodes(s.modes, s.top)
    dark = 0.0
    if delta_neff != 0.0:
        kappa = decoupling.dilution(s.start, mixing, True, qed, s.dx, 1)
        dark = delta_neff * decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * kappa**4
    angles, how = exchange.angle_nodes(s.angles), decoupling.MIXING[mixing]
    params = kernels.pack(s.start, how, dark, boson, s.cap, modes, angles, tables)
    first = np.zeros(s.modes)
    if not s.empty:
        first = hot.production(boson, *modes)
    x = s.dx * np.arange(len(decoupling.free_falling(s.start, end, s.dx)))
    n, rho = densities(1.0, 0.0)
    y0 = np.concatenate([[1.0], np.full(3, n), np.full(3, rho), first])
    head, tail = np.full(kernels.FIRST, s.rtol), np.full(s.modes, s.rtol)
    run = ode.solve(
        kernels.slopes, kernels.jacobian, 0.0, x[-1], y0, params,
        rtol=np.concatenate([head, 1e3 * tail]), atol=np.concatenate([0.1 * head, 1e-2 * tail]), t_eval=x,
    )  # fmt: skip
    if not run.success:
        raise ConvergenceError(
            f"boson of {boson.mass:g} MeV, lifetime {boson.lifetime:.3g} s among neutrinos: stopped at "
            f"T_d = {s.start * np.exp(-run.t[-1]):.3g} MeV ({run.message})",
            stage="boson and neutrinos",
        )
    return _result(boson, x, run.y, params, modes, dark, tables)


def _result(boson, x, y, params, modes, dark, tables):
    """The Evolution of a solution, shape (n, unknowns)."""
    falling = params[0] * np.exp(-x)
    number, energy = y[:, 1:4], y[:, 4:7]
    baths = np.empty((len(x), 4, 2))
    for i in range(len(x)):
        for a in range(3):
            baths[i, a] = state(number[i, a], energy[i, a])
        baths[i, 3] = state(0.5 * (number[i, 1] + number[i, 2]), 0.5 * (energy[i, 1] + energy[i, 2]))
    baths[:, :, 0] *= falling[:, None]
    pressures = tables.pressures
    H = np.array([kernels.hubble(s, T, params, *modes, pressures)[0] for s, T in zip(y, falling)])
    Tg = y[:, 0] * falling
    rows = [np.ascontiguousarray(baths[:, a, k]) for k in (0, 1) for a in (0, 3)]
    out = Evolution(boson, None, falling, y[:, 0], number, energy, *modes, y[:, kernels.FIRST :],
                    baths[:, :3, 0], baths[:, :3, 1])  # fmt: skip
    background = decoupling.Background(
        x - x[-1] + np.log(T_CMB / Tg[-1]), clock(x, H), H / const.HBAR, Tg, rows[0], rows[1], rows[2],
        rows[3], np.ones_like(x), dark * falling**4,
        float(out.excess[-1] + dark / (decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * y[-1, 0] ** 4)),
        references=references,
    )  # fmt: skip
    object.__setattr__(out, "background", background)
    return out
