"""A boson among neutrinos whose momenta are resolved."""

from dataclasses import dataclass, replace

import numpy as np

from ...errors import ConvergenceError
from ..neutrinos import decoupling
from ..neutrinos.kinetic import solve as kinetic
from ..plasma import thermodynamics as plasma
from ..relics.boltzmann import T_MATCH
from . import exchange, hot, thermal
from .evolution import Evolution
from .resolved_kernels import march

references = (*thermal.references, *kinetic.references)

T_FREE = 0.05  # MeV, neutrinos of decays hardly scatter below: only their energy counts
LATE = 1e-4  # share of the energy that X gives away, later than the grid reaches
LOW, TOP = 0.1, 20.0  # p/T_d of X; softer modes hold 2e-3 of a thermal number and 5e-5 of the energy


@dataclass(frozen=True)
class Settings:
    """Grids of the momentum-resolved run.

    Attributes
    ----------
    modes, angles : int
        Momenta of X and directions of its neutrinos.
    cap : float
        No mode of X is driven faster than cap H; it follows equilibrium anyway.
    dx, stride, refresh, spacing, ratio
        As in :func:`kinetic.solve`.
    start : float
        T_d at the start [MeV].
    empty : bool
        Start without X.
    oscillations : bool
        Averaged oscillations.
    extrapolate : bool
        Extrapolate a run and one of half the step.
    """

    modes: int = 40
    angles: int = 24
    cap: float = 3e3
    dx: float = decoupling.DX
    stride: int = kinetic.STRIDE
    refresh: int = kinetic.REFRESH
    spacing: float = kinetic.SPACING
    ratio: float = kinetic.RATIO
    start: float = T_MATCH
    empty: bool = False
    oscillations: bool = True
    extrapolate: bool = True


def _highest(guess):
    """Return p/T_d of the neutrinos of the last decays that matter, from a thermal run."""
    falling, mass = guess.falling, guess.boson.mass
    n, _, _ = guess.moments()
    power = n / (falling * guess.background.H)  # energy of decays at rest per e-fold, in units of T_d^4
    share = np.cumsum(power[::-1])[::-1]
    if not share[0] > 0.0:
        return 0.0
    wanted = (share > LATE * share[0]) & (falling > T_FREE)
    last = int(np.flatnonzero(wanted)[-1]) if wanted.any() else 0
    return 0.5 * mass / falling[last]


def solve(boson, qed="full", delta_neff=0.0, settings=None, t_end=None):
    """Integrate plasma, three spectra of neutrinos and a boson; see :func:`thermal.solve`.

    The thermal equations run first: they say how far the grid of momenta must reach. Each step ends in
    equilibrium where X follows it, an error of first order in the step, so that two runs are
    extrapolated; where X decays late, which needs a longer grid, one run is enough.

    Returns
    -------
    Evolution

    Raises
    ------
    DomainError
        Outside 1 keV to 1 GeV.
    ConvergenceError
    """
    s = Settings() if settings is None else settings
    guess = thermal.solve(boson, qed=qed, delta_neff=delta_neff, t_end=t_end,
                          settings=thermal.Settings(rtol=1e-6, start=s.start, empty=s.empty))  # fmt: skip
    top = kinetic.grid_top(_highest(guess))
    y, w = kinetic.momentum_grid(top, s.spacing, s.ratio)
    q, wq = exchange.momentum_nodes(s.modes, TOP, LOW)
    end = guess.falling[-1] * (1.0 - 1e-9)
    points = int(np.ceil(np.log(s.start / end) / s.dx - 1e-6)) + 1
    dark = 0.0
    if delta_neff != 0.0:
        kappa = decoupling.dilution(s.start, "averaged", True, qed, s.dx, 1)
        dark = delta_neff * decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * kappa**4
    f = 1.0 / (np.exp(np.minimum(y, 700.0)) + 1.0)
    first = np.zeros(s.modes) if s.empty else hot.production(boson, q, wq)
    state = np.concatenate([np.tile(f, 3), [1.0, dark], first])
    norm = kinetic.RHO_FD / np.sum(w * y**3 * f)
    fixed = (norm, plasma.table(qed), kinetic.events_of(top, s.spacing, s.ratio))
    grids = (y, w, q, wq)
    steps = -(-(points - 1) // s.stride)
    found = _march(boson, s, grids, fixed, state, s.dx * s.stride, steps)
    if s.extrapolate and top <= kinetic.THERMAL:
        finer = _march(boson, s, grids, fixed, state, 0.5 * s.dx * s.stride, 2 * steps)
        found = tuple(2.0 * b[::2] - a for a, b in zip(found, finer))
    falling = s.start * np.exp(-s.dx * np.arange(points))
    return _result(boson, falling, s, grids, norm, found)


def _march(boson, s, grids, fixed, state, step, steps):
    """States, spectra of flavours and H [MeV] on a grid of ``steps`` steps."""
    out = np.zeros((steps + 1, len(state)))
    out[0] = state
    spectra, H = np.empty((steps + 1, 3, len(grids[0]))), np.empty(steps + 1)
    bad = march(
        s.start, step, s.refresh, s.oscillations, grids, exchange.angle_nodes(s.angles), *fixed,
        np.array([boson.mass, boson.degrees], dtype=float), np.sqrt(boson.widths), s.cap, kinetic.T_QUIET,
        out, spectra, H,
    )  # fmt: skip
    if bad >= 0:
        raise ConvergenceError(
            f"boson of {boson.mass:g} MeV, lifetime {boson.lifetime:.3g} s: the neutrino spectra failed at "
            f"T_d = {s.start * np.exp(-step * bad):.4g} MeV",
            stage="boson and momentum-resolved neutrinos",
        )
    return out, spectra, H


def _result(boson, falling, s, grids, norm, found):
    """The Evolution on the fine grid from (states, spectra, H) on the coarse one."""
    y, w, q, wq = grids
    out, spectra, H = found
    plain = kinetic.background_of(falling, s.stride, s.dx, y, w, norm, out, spectra, H)
    place = np.minimum(np.arange(len(falling)) // s.stride, len(H) - 2)  # as the spectra of neutrinos
    part = (np.arange(len(falling)) / s.stride - place)[:, None]
    modes = out[:, 3 * len(y) + 2 :]
    f = np.maximum((1.0 - part) * modes[place] + part * modes[place + 1], 0.0)
    cell = norm * w * plain.spectra / np.pi**2
    number, energy = (cell * y**2).sum(axis=2), (cell * y**3).sum(axis=2)
    whole = Evolution(boson, plain, falling, plain.Tg / falling, number, energy, q, wq, f)
    unit = decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * whole.z[-1] ** 4
    neff = plain.Neff + whole.moments()[1, -1] / unit
    return replace(whole, background=replace(plain, Neff=float(neff), references=references))
