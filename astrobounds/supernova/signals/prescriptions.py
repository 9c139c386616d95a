"""Older recipes for the energy lost, by name, for comparison with published bounds.

They share the rates of the ray solution and differ in the treatment of trapping; the ray solution
(:func:`astrobounds.supernova.cooling`) is exact in both limits and is the one to use. All are for
flat space and nucleons in the contact form, without decays of N, with the helicity-averaged mean free
path; N and Nbar are followed apart.

radial
    L = sum over shells dV Q e^{-tau}, tau of the shells outside along the radius. The outermost
    shell has tau = 0 and shines like the coupling squared: the bound never closes.
angle-average
    L = int dV Q <e^{-tau}>, the "modified luminosity criterion"; a continuum integral of it
    converges to the ray solution.
last-scattering
    Blackbody of the sphere outside of which int dr <1/lambda> = 2/3 with a thermally averaged
    rate: meaningful only when the star is opaque.
emissivity
    Energy loss per mass at rho = 3e14 g/cm3, T = 30 MeV: below 1e19 erg/g/s.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from ... import constants as const
from ...errors import DomainError, did_you_mean
from ...numerics.collision import unit_rule
from ..transport.solution import solution

RAFFELT_EMISSIVITY = 1e19  # erg/g/s at rho = 3e14 g/cm3, T = 30 MeV; Raffelt, Stars as laboratories
LAST_SCATTERING = 2.0 / 3.0  # optical depth of the surface
NAMES = ("radial", "angle-average", "last-scattering")


@dataclass(frozen=True, eq=False)
class _Columns:
    """Rates of N or Nbar on a radial grid at the couplings of a model, and what they imply.

    ``inverse_length``: 1/lambda [MeV], shape (nr, nE); ``power``: dQ/dE of both helicities [MeV^4].
    """

    radius: np.ndarray  # km
    weight: np.ndarray  # km
    energy: np.ndarray
    energy_weight: np.ndarray
    inverse_length: np.ndarray
    power: np.ndarray
    temperature: np.ndarray


def _columns(model, star, shells, resolution):
    """Return the :class:`_Columns` of N and of Nbar on Gauss radii of each smooth part."""
    options = {} if resolution is None else {"resolution": resolution}
    ray = solution(
        model, star, gravity=False, helicity="particles", nucleons="contact", decays=False, **options
    )
    if len(ray.tables) != 1 or ray.tables[0].mu_n is None or model.states[0].statistics < 0:
        raise DomainError(
            f"recipes are for fermions whose reactions share one table (HNL, DipoleHNL), not for a "
            f"{type(model).__name__}"
        )
    table, strength = ray.tables[0], model.strengths
    e, m = table.energy, table.mass_mev
    knots = np.sqrt(e - m)
    rule = unit_rule(48)
    top = min(e[-1] - m, 28.0 * table.temperature.max() + max(np.abs(table.mu_n).max(), 0.0))
    energy = m + top * rule[0] ** 2
    energy_weight = 2.0 * top * rule[0] * rule[1]
    p = np.sqrt((energy - m) * (energy + m))
    out = []
    for sign in sorted({q.lepton_number for q in table.processes}, reverse=True):
        gamma = production = 0.0
        for i, process in enumerate(table.processes):
            if process.lepton_number == sign:
                rate = strength[process.coupling] * table.rates[i].sum(-1)
                x = (e[None, :] - table.mu_n[i][:, None]) / table.temperature[:, None]
                gamma = gamma + rate
                production = production + rate * np.exp(-np.logaddexp(0.0, x))
        start, radius, weight, g, r, t = 0, [], [], [], [], []
        for piece in table.pieces:
            stop = start + piece.size
            u, w = unit_rule(shells)
            log = piece[0] > 0.0 and piece[-1] / piece[0] > 2.0
            at = piece[0] * (piece[-1] / piece[0]) ** u if log else piece[0] + np.ptp(piece) * u
            radius.append(at)
            weight.append(w * (at * np.log(piece[-1] / piece[0]) if log else np.ptp(piece)))
            x, xa = (np.log(piece), np.log(at)) if log else (piece, at)
            for target, rows in ((g, gamma), (r, production)):
                log_rows = np.log(np.maximum(rows[start:stop], 1e-300))
                radial = CubicSpline(x, log_rows)(xa)
                target.append(np.exp(CubicSpline(knots, radial, axis=1)(np.sqrt(energy - m))))
            t.append(CubicSpline(x, table.temperature[start:stop])(xa))
            start = stop
        gamma, production = np.concatenate(g), np.concatenate(r)
        out.append(_Columns(
            np.concatenate(radius), np.concatenate(weight), energy, energy_weight,
            0.5 * gamma * energy / p, p * energy**2 * production / (2.0 * np.pi**2),
            np.concatenate(t),
        ))  # fmt: skip
    return out, ray


def _radial(columns, r_max):
    """e^-tau with the optical depth of the shells outside: one for the last of them, as printed."""
    steps = columns.inverse_length * (columns.weight * const.KM)[:, None]
    return np.exp(steps - np.cumsum(steps[::-1], axis=0)[::-1])


def _angle_average(columns, r_max, cosines=16, steps=80):
    """<e^-tau> over directions, the chord of each direction cut at ``r_max``."""
    u, w = unit_rule(cosines)
    length = CubicSpline(columns.radius, np.log(np.maximum(columns.inverse_length, 1e-300)))
    out = np.zeros_like(columns.inverse_length)
    s, ws = unit_rule(steps)
    for i, r in enumerate(columns.radius):
        for c, weight in zip(2.0 * u - 1.0, w):
            path = -r * c + np.sqrt(r * r * c * c + r_max**2 - r * r)
            at = np.sqrt(r * r + (path * s) ** 2 + 2.0 * r * path * s * c)
            inside = np.clip(at, columns.radius[0], columns.radius[-1])
            tau = (ws * path * const.KM) @ np.exp(length(inside))
            out[i] += weight * np.exp(-tau)
    return out


def _last_scattering(model, columns, helicities):
    """Blackbody luminosity [MeV^2] of the sphere of optical depth 2/3, thermal mean rate; 0 if thin."""
    e, m = columns.energy, model.mass_mev
    p = np.sqrt((e - m) * (e + m))
    thermal = e * p / (np.exp(np.minimum(e / columns.temperature[:, None], 700.0)) + 1.0)
    thermal = thermal * columns.energy_weight
    mean = (thermal * columns.inverse_length).sum(1) / np.maximum(thermal.sum(1), 1e-300)
    steps = mean * columns.weight * const.KM
    depth = np.cumsum(steps[::-1])[::-1] - 0.5 * steps
    if depth[0] < LAST_SCATTERING:
        return 0.0, np.nan
    radius = float(np.interp(-LAST_SCATTERING, -depth, columns.radius))
    t = float(np.interp(radius, columns.radius, columns.temperature))
    flux = (columns.energy_weight * e * p**2 / (np.exp(np.minimum(e / t, 700.0)) + 1.0)).sum()
    return helicities / (2.0 * np.pi) * (radius * const.KM) ** 2 * flux, radius


def luminosity(model, star, name, *, shells=24, resolution=None):
    """Return the luminosity [erg/s] of a model by an older recipe.

    Parameters
    ----------
    model : HNL or DipoleHNL
    star : Star
    name : {"radial", "angle-average", "last-scattering"}
    shells : int
        Radial nodes per smooth part of the profile.
    resolution : Resolution, optional
        Of the rates.

    Returns
    -------
    float
        ``"last-scattering"`` gives 0 when the star is not opaque.

    Raises
    ------
    DomainError
        For an unknown recipe.

    References
    ----------
    arXiv:1611.03864, arXiv:2307.03143, arXiv:2503.13607, Raffelt (1996).
    """
    if name not in NAMES:
        raise DomainError(
            f"prescription {name!r}{did_you_mean(name, NAMES)}; allowed: {', '.join(NAMES)}"
        )
    parts, ray = _columns(model, star, shells, resolution)
    r_max = ray.tables[0].pieces[-1][-1]
    total = 0.0
    for columns in parts:
        if name == "last-scattering":
            helicities = 2.0 if model.nature == "dirac" else 1.0
            total += _last_scattering(model, columns, helicities)[0]
            continue
        survive = (_radial if name == "radial" else _angle_average)(columns, r_max)
        shell = 4.0 * np.pi * columns.radius**2 * columns.weight * const.KM**3
        total += shell @ ((columns.power * survive) @ columns.energy_weight)
    return total / const.HBAR / const.ERG


def emissivity(model, star, *, resolution=None):
    """Return the largest energy loss per mass [erg/g/s] at densities of 3e14 g/cm3 and above.

    To compare with `RAFFELT_EMISSIVITY`: emission without any absorption at the hottest such place.
    """
    parts, _ = _columns(model, star, 24, resolution)
    rho = star.at(parts[0].radius)["rho"]
    core = rho >= min(3e14, rho.max())
    power = sum((c.power @ c.energy_weight) for c in parts)
    cgs = power / const.HBAR_C**3 / const.HBAR / const.ERG
    return float((cgs / rho)[core].max())
