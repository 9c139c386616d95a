"""Neutrino decoupling with momentum-resolved spectra of three flavours.

Full collision integrals with electrons (Fermi-Dirac statistics, m_e) and among neutrinos, averaged
oscillations in matter, the QED plasma, and neutrinos injected by decays with their spectra. The
result is a ``decoupling.Background`` whose ``spectrum`` the weak rates use.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from .... import constants as const
from ....errors import ConfigError, ConvergenceError, DomainError
from ...plasma import thermodynamics as plasma
from ...plasma.baryons import T_CMB
from .. import decoupling
from . import sources as kinetic_sources
from .events import event_table
from .march import march

references = (
    "Hannestad:1995rs",
    "Sigl:1993ctk",
    "Froustey:2020mcq",
    "Bennett:2020zkv",
    "Verwer:1999",
    "Esteban:2020cvm",
)

SPACING = 0.6  # of y = p/T_d in the thermal range
THERMAL = 20.4  # end of the uniform grid
RATIO = 1.25  # of the cells beyond
RATIO_HEATED = 1.1  # where thermal neutrinos fill them; 1.05 moves N_eff by 1e-3 at T_gamma = 6 T_d
STRIDE = 2  # points of the grid of ln a in a step
REFRESH = 8  # steps with one Jacobian
T_QUIET = 0.03  # MeV, colder there are no collisions
HEATED = 1.5  # T_gamma/T_d beyond which THERMAL is too short
MAX_GRIDS = 3  # tries of the grid's end
EMPTY = 1e-26  # occupation that no rate notices
RHO_FD = 7.0 * np.pi**4 / 120.0  # Int y^3/(e^y + 1)


@lru_cache(maxsize=16)
def momentum_grid(top=THERMAL, spacing=SPACING, ratio=RATIO):
    """Return nodes and widths of cells of y = p/T_d: uniform up to THERMAL, then geometric to ``top``."""
    n = round(THERMAL / spacing)
    y, w = list((np.arange(n) + 0.5) * spacing), [spacing] * n
    while y[-1] + 0.5 * w[-1] < top:
        width = w[-1] * ratio
        y.append(y[-1] + 0.5 * (w[-1] + width))
        w.append(width)
    out = np.array(y), np.array(w)
    for x in out:
        x.setflags(write=False)
    return out


@lru_cache(maxsize=8)
def events_of(top, spacing, ratio):
    return event_table(*momentum_grid(top, spacing, ratio))


def grid_top(top):
    """Round a momentum up, so that few grids are ever made."""
    if top <= THERMAL:
        return THERMAL
    return float(THERMAL * RATIO ** (4.0 * np.ceil(np.log(top / THERMAL) / (4.0 * np.log(RATIO)))))


def solve(
    t_start=decoupling.T_START,
    t_end=decoupling.T_END,
    oscillations=True,
    qed="full",
    delta_neff=0.0,
    external=None,
    dark=0.0,
    dx=decoupling.DX,
    spacing=SPACING,
    stride=STRIDE,
    refresh=REFRESH,
    ratio=RATIO,
    clock=None,
):
    """Integrate decoupling momentum by momentum.

    Parameters
    ----------
    t_start, t_end : float
        Range of T_d [MeV].
    oscillations : bool
        Averaged oscillations; without them flavours mix through collisions only.
    qed, delta_neff, dark
        As in :func:`decoupling.solve`.
    external : decoupling.External, optional
        Its ``neutrinos`` are a tuple of :class:`kinetic_sources.Emission`.
    dx, spacing, stride, refresh, ratio
        Grids: ln a of the result, y, points in a step, steps with one Jacobian, cells beyond.
    clock : ndarray, optional
        Times [s] on the grid of an earlier solution, to find where decays are over.

    Returns
    -------
    decoupling.Background

    Raises
    ------
    ConfigError
        If the external neutrinos have no spectra.
    DomainError
        If an array is not on the grid.
    ConvergenceError
    """
    points = len(decoupling.free_falling(t_start, t_end, dx))
    steps = -(-(points - 1) // stride)
    falling = t_start * np.exp(-dx * np.arange(steps * stride + 1))
    _check_lengths(external, points)
    coarse = np.ascontiguousarray(falling[::stride])
    emissions = _emissions(external)
    top = THERMAL
    if emissions:
        times = _radiation_clock(falling) if clock is None else _extend(clock, steps * stride + 1, dx)
        top = grid_top(kinetic_sources.highest_momentum(_padded(emissions, falling), falling, times))
    rows = np.zeros((steps + 1, 3))
    for column, name in enumerate(("rho", "em", "dark")):
        rows[:, column] = _sample(getattr(external, name, None), falling)[::stride]
    extra = dark / t_start**4
    if delta_neff != 0.0:
        kappa = decoupling.dilution(t_start, "averaged", True, qed, dx, 1)
        extra += delta_neff * decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * kappa**4
    for _ in range(MAX_GRIDS):
        y, w = momentum_grid(top, spacing, ratio)
        source = np.zeros((1, 3, len(y)))
        if emissions:
            source = kinetic_sources.sources(_padded(emissions, falling), falling, stride, y, w)
        norm, out, spectra, H = _march(
            coarse, dx * stride, refresh, oscillations, (y, w), qed,
            events_of(top, spacing, ratio), rows, source, extra,
        )  # fmt: skip
        wanted = heated_top(out[:, -2], coarse)
        if wanted <= top:
            break
        top, ratio = wanted, min(ratio, RATIO_HEATED)
    else:
        raise ConvergenceError(
            f"neutrino spectra reach beyond p = {top:.3g} T_d after {MAX_GRIDS} tries: so much heat from "
            "outside is not followed momentum by momentum; use neutrinos='integrated'",
            stage="momentum-resolved decoupling",
        )
    return background_of(falling[:points], stride, dx, y, w, norm, out, spectra, H)


def heated_top(z, falling):
    """Return the momentum p/T_d to which the grid must reach where the plasma was heated to z T_d.

    In the standard case z ends at 1.40 and the grid at 14.6 T_gamma, beyond which a thermal spectrum
    has 3e-4 of its energy. The grid grows with z where collisions still fill it.
    """
    hot = float(np.max(z[z * falling > T_QUIET], initial=0.0))
    return grid_top(THERMAL * hot) if hot > HEATED else THERMAL


def _march(coarse, step, refresh, oscillations, grid, qed, events, rows, source, dark):
    """States, spectra and H on the coarse grid, from equilibrium and ``dark`` [T_d^4] at its start."""
    y, w = grid
    n = len(y)
    thermal = 1.0 / (np.exp(np.minimum(y, 700.0)) + 1.0)
    norm = RHO_FD / np.sum(w * y**3 * thermal)
    out = np.zeros((len(coarse), 3 * n + 2))
    out[0] = np.concatenate([np.tile(thermal, 3), [1.0, dark]])
    spectra, H = np.empty((len(coarse), 3, n)), np.empty(len(coarse))
    bad = march(coarse[0], step, refresh, oscillations, y, w, norm, plasma.table(qed), events, rows,
                source, T_QUIET, out, spectra, H)  # fmt: skip
    if bad >= 0:
        raise ConvergenceError(
            f"the neutrino spectra failed at T_d = {coarse[bad]:.4g} MeV: a source is too strong or "
            "the energy density is not positive; check delta_neff and the injected energy",
            stage="momentum-resolved decoupling",
        )
    return norm, out, spectra, H


def _check_lengths(external, points):
    """Raise DomainError for an array that is not on the grid of ``decoupling.free_falling``."""
    if external is None:
        return
    given = [getattr(external, name) for name in ("rho", "em", "dark")]
    for item in external.neutrinos:
        given += [item.rate, *(item.velocity or ())]
    for values in given:
        if values is not None and not callable(values) and np.ndim(values) > 0 and len(values) != points:
            raise DomainError(
                f"an array of {len(values)} values: External and Emission need {points} of them, on the "
                "grid of decoupling.free_falling, or a function of T_d"
            )


def _emissions(external):
    """Emissions of an External; energies without spectra are refused."""
    if external is None:
        return ()
    if external.decay is not None:
        raise ConfigError(
            "External.decay is followed among thermal neutrinos only: with neutrinos='momentum' let rho, "
            "em and the rates of the emissions fall themselves"
        )
    if external.neutrinos:
        return tuple(external.neutrinos)
    for name in ("nue", "numu"):
        if getattr(external, name) is not None:
            raise ConfigError(
                f"External.{name} gives neutrinos no spectrum: with neutrinos='momentum' give "
                "External(neutrinos=(cosmology.Emission(spectra, rate),))"
            )
    return ()


def _pad(values, length):
    """Lengthen an array on the grid by its last row."""
    more = length - len(values)
    if more <= 0:
        return values[:length]
    return np.concatenate([values, np.repeat(values[-1:], more, axis=0)])


def _padded(emissions, falling):
    """Emissions whose arrays have the length of the grid."""
    n = len(falling)
    return tuple(
        kinetic_sources.Emission(
            item.spectra,
            item.rate if callable(item.rate) or np.ndim(item.rate) == 0 else _pad(item.rate, n),
            None if item.velocity is None else tuple(_pad(x, n) for x in item.velocity),
        )
        for item in emissions
    )


def _sample(values, falling):
    if values is None:
        return np.zeros_like(falling)
    values = values(falling) if callable(values) else np.asarray(values, dtype=float)
    return np.broadcast_to(values if np.ndim(values) == 0 else _pad(values, len(falling)), falling.shape)


def _radiation_clock(falling):
    """Times [s] of a radiation dominated Universe, to a few per cent."""
    return 0.74 * (1.0 / falling) ** 2 * (1.0 + 0.8 / (1.0 + (falling / 0.2) ** 2))


def _extend(t, length, dx):
    """Times on a longer grid, beyond the end ~ a^2."""
    more = length - len(t)
    if more <= 0:
        return t[:length]
    return np.concatenate([t, t[-1] * np.exp(2.0 * dx * np.arange(1, more + 1))])


def background_of(falling, stride, dx, y, w, norm, out, spectra, H):
    """The Background on the fine grid from states on the coarse one."""
    from scipy.interpolate import CubicSpline

    n = len(y)
    x = dx * np.arange(len(falling))
    knots = dx * stride * np.arange(len(H))
    z = CubicSpline(knots, out[:, 3 * n])(x)
    rate = CubicSpline(knots, np.log(H))(x)
    inverse = CubicSpline(x, np.exp(-rate)).antiderivative()(x)
    hubble = np.exp(rate) / const.HBAR
    t = 0.5 / hubble[0] + inverse * const.HBAR
    place = np.minimum(np.arange(len(x)) // stride, len(knots) - 2)
    part = ((x - knots[place]) / (dx * stride))[:, None, None]
    f = (1.0 - part) * spectra[place] + part * spectra[place + 1]
    energy = norm * (f * (w * y**3)).sum(axis=2) / RHO_FD  # relative to Fermi-Dirac at T_d
    heat = np.maximum(energy, 0.0) ** 0.25 * falling[:, None]
    dark = CubicSpline(knots, out[:, 3 * n + 1])(x)
    Tg = z * falling
    neff = RHO_FD / np.pi**2 * energy[-1].sum() + dark[-1]
    neff /= decoupling.NEFF_UNIT * decoupling.RHO_GAMMA * z[-1] ** 4
    thermal = np.zeros_like(x)
    nue = np.hstack([np.maximum(f[:, 0], EMPTY), np.full((len(x), 1), EMPTY)])
    momenta = np.append(y, y[-1] + w[-1])
    return decoupling.Background(
        x - x[-1] + np.log(T_CMB / Tg[-1]), t, hubble, Tg, np.ascontiguousarray(heat[:, 0]),
        ((heat[:, 1] ** 4 + heat[:, 2] ** 4) / 2.0) ** 0.25, thermal, thermal.copy(),
        np.ones_like(x), dark * falling**4, float(neff), spectrum=(momenta, nue, nue, falling),
        references=references, spectra=f,
    )  # fmt: skip


def with_sources(external=None, relic=None, qed="full", delta_neff=0.0, **grid):
    """Return the background with energy from outside and a decaying relic.

    The relic's density along the way is that among thermal neutrinos: its lifetime counts in a time
    that the spectra change by less than 1e-3.

    Parameters
    ----------
    external : decoupling.External, optional
    relic : decoupling.Relic, optional
        Without decays into neutrinos, whose spectrum would be unknown.
    qed, delta_neff, **grid
        As in :func:`solve`.

    Raises
    ------
    ConfigError
        If neutrinos come without a spectrum.
    """
    if relic is None:
        return solve(qed=qed, delta_neff=delta_neff, external=external, **grid)
    if relic.fractions.get("nue", 0.0) + relic.fractions.get("numu", 0.0) > 0.0:
        raise ConfigError(
            "Relic fractions 'nue', 'numu' give neutrinos no spectrum: with neutrinos='momentum' give "
            "External(neutrinos=(cosmology.Emission(spectra, rate),)) or an HNL"
        )
    dx = grid.get("dx", decoupling.DX)
    start = decoupling.T_START
    thermal, end = decoupling.solve_to(
        relic=relic, t_end=decoupling.T_END, qed=qed, delta_neff=delta_neff, external=external, dx=dx
    )
    falling = decoupling.free_falling(start, end, dx)
    energy, rate = (_sample(getattr(relic, name), falling) for name in ("energy", "rate"))
    rho = relic.density * thermal.relic * (falling / start) ** 3 * energy
    outside = {
        name: _sample(getattr(external, name, None), falling) for name in ("rho", "em", "dark")
    }
    outside["rho"] = outside["rho"] + rho
    for name in ("em", "dark"):
        outside[name] = outside[name] + relic.fractions.get(name, 0.0) * rho * rate
    more = decoupling.External(**outside, neutrinos=_emissions(external))
    found = solve(t_end=end, qed=qed, delta_neff=delta_neff, external=more, **grid)
    return replace(found, relic=thermal.relic)


@lru_cache(maxsize=8)
def standard(oscillations=True, qed="full", delta_neff=0.0):
    """Return the background without new particles; it is kept, abundances do not change it."""
    return solve(oscillations=oscillations, qed=qed, delta_neff=delta_neff)
