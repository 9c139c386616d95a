"""Bosons that neutrinos make in a star: where neutrinos are thermal, what potentials change, what is lost.

Neutrinos are thermal inside the neutrino sphere, T = 3 MeV, where the solution along rays ends: a
decay inside is absorption, decays outside give neutrinos that leave as well. The source of a ray is
j/Gamma*, which tends to a Bose-Einstein distribution where the channels agree on one chemical potential
and stays positive where they do not (`reactions.coalescence`).
"""

import warnings
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning, did_you_mean
from ...numerics.collision import unit_rule
from ...reactions.coalescence_kernels import pair_integrals
from ...reactions.medium import early_universe, species
from ..star.sphere import neutrino_sphere
from .matter import potentials

SHIFT_ALLOWED = 0.1  # relative change of a channel's rate by neutrino potentials before a warning


def channel_densities(process, mass, medium):
    """Return ``{legs: (n, q)}`` at unit coupling: number [MeV^4] and energy [MeV^5] per volume and time.

    All polarisations, without absorption; columns of the medium of shape (n,).
    """
    t = medium["T"]
    u, w = unit_rule(96)
    both = [[species(medium, name)[1] for name in legs] for legs in process.channels]
    span = 28.0 * t + np.max([np.abs(a) + np.abs(b) for a, b in both], axis=0)
    energy = mass + span[:, None] * u**2
    weight = 2.0 * span[:, None] * u * w
    p = np.sqrt((energy - mass) * (energy + mass))
    unit = process.degrees * mass * process.width / (2.0 * np.pi**2)
    out = {}
    for legs, (a, b) in zip(process.channels, both):
        a, b = a[:, None], b[:, None]
        made = unit * weight * pair_integrals(p, energy - a - b, a - b, t[:, None])[0]
        out[legs] = (made.sum(1), (made * energy).sum(1))
    return out


def _pairs(model):
    """Return (process, strength) of what neutrinos make, for couplings that are not zero."""
    strengths = model.strengths
    return [
        (p, strengths[p.coupling]) for p in model.processes()
        if p.kind == "coalescence" and all(n.startswith("nu") for legs in p.channels for n in legs)
    ]  # fmt: skip


def coalescence(model, temperature, chemical_potentials=None):
    """Return the emissivity of each channel in matter of one temperature, without absorption.

    Parameters
    ----------
    model : Mediator, or another boson that pairs of neutrinos make
    temperature : Quantity
    chemical_potentials : mapping flavour -> Quantity, optional
        Of nu_e, nu_mu, nu_tau (antineutrinos have the opposite); zero where missing.

    Returns
    -------
    dict of str -> Quantity
        Energy per volume and time [erg/(cm3 s)], all polarisations.

    Raises
    ------
    DomainError
        For another model, an unknown flavour or a value without a unit.
    """
    import astropy.units as u

    from ...units import energy_mev, finite

    if not hasattr(model, "processes"):
        raise DomainError(f"{type(model).__name__} is not a particle: nothing coalesces")
    if model.processes() and not _pairs(model):
        raise DomainError(f"{type(model).__name__} is not made by pairs of neutrinos: nothing coalesces")
    t = finite(energy_mev(temperature, "temperature"), "temperature in MeV", 1e-3, 500.0)
    mu = {}
    for flavour, value in (chemical_potentials or {}).items():
        if flavour not in const.FLAVOURS:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; "
                f"allowed: {', '.join(const.FLAVOURS)}"
            )
        mu[f"mu_nu_{flavour}"] = finite(energy_mev(value, flavour), f"mu of nu_{flavour}", -1e4, 1e4)
    medium = early_universe(t, mu)
    unit = 1.0 / (const.ERG * const.HBAR * const.HBAR_C**3)
    out = {}
    for process, strength in _pairs(model):
        for legs, (_, power) in channel_densities(process, model.mass_mev, medium).items():
            out[" ".join(legs)] = strength * unit * float(power[0]) * u.erg / u.cm**3 / u.s
    return out


@lru_cache(maxsize=64)
def _radial(process, mass_mev, star, r_max_km):
    """Return (weights [km^3], state, {legs: (n, q)}) on Gauss radii of each smooth part."""
    edges = [b for b in star.breaks if b < r_max_km * (1.0 - 1e-12)] + [r_max_km]
    u, w = unit_rule(16)
    radius = np.concatenate([a + (b - a) * u for a, b in zip(edges[:-1], edges[1:])])
    weight = np.concatenate([(b - a) * w for a, b in zip(edges[:-1], edges[1:])])
    state = star.at(radius)
    return 4.0 * np.pi * radius**2 * weight, state, channel_densities(process, mass_mev, state)


def channel_shares(model, star, r_max_km):
    """Return ``{channel: share}`` of the energy that is made, without absorption or gravity."""
    power = {}
    for process, strength in _pairs(model):
        weight, _, found = _radial(process, model.mass_mev, star, r_max_km)
        for legs, (_, q) in found.items():
            power[" ".join(legs)] = strength * float(weight @ q)
    total = sum(power.values())
    return {k: v / total for k, v in sorted(power.items(), key=lambda x: -x[1])}


def medium_shift(process, mass_mev, star, r_max_km):
    """Return the largest relative change of the rate of a channel by the potentials of neutrinos.

    With E_i = p_i + V_i, m^2 = 2 p_1 p_2 (1 - cos) + 2 E (V_1 + V_2): the square of the amplitude, ~
    p_1 p_2 (1 - cos), changes by -2 E (V_1 + V_2)/m^2 to first order (antineutrinos: -V). For a
    diagonal vector the potentials cancel. E is the mean energy at each radius, and the mean over
    radii follows the power.
    """
    weight, state, found = _radial(process, mass_mev, star, r_max_km)
    levels = potentials(state)
    worst = 0.0
    for legs, (n, q) in found.items():
        v = sum((-1.0 if x.startswith("nubar") else 1.0) * levels[x.rpartition("_")[2]] for x in legs)
        energy = np.divide(q, n, out=np.zeros_like(q), where=n > 0.0)
        power = float(weight @ q)
        if power > 0.0:
            worst = max(worst, float(weight @ (q * np.abs(2.0 * energy * v))) / power / mass_mev**2)
    return worst


@lru_cache(maxsize=256)
def _shift(mass_mev, processes, star, r_max_km):
    return max(medium_shift(p, mass_mev, star, r_max_km) for p in processes)


def warn_of_potentials(mass_mev, processes, star, r_max_km):
    """Warn where potentials of neutrinos change coalescence."""
    if not processes:
        return
    shift = _shift(mass_mev, processes, star, r_max_km)
    if shift > SHIFT_ALLOWED:
        bound = mass_mev * np.sqrt(shift / SHIFT_ALLOWED)
        warnings.warn(
            f"mass = {mass_mev:g} MeV: potentials of neutrinos in the star change coalescence by a "
            f"relative {shift:.2g}, and processes that they open at any mass are not included; above "
            f"{bound:.2g} MeV the change is below {SHIFT_ALLOWED:g}",
            ValidityWarning,
            stacklevel=4,
        )


def lepton_number_lost(model, star, seconds=1.0, r_max_km=None):
    """Return how much of the lepton number of a star coalescence takes away, without absorption.

    Parameters
    ----------
    model : Mediator, or another boson that pairs of neutrinos make
    star : Star
    seconds : float
        Time.
    r_max_km : float, optional
        Radius [km] inside which is counted; that of the neutrino sphere by default.

    Returns
    -------
    dict of str -> float
        For each flavour the net number of neutrinos (antineutrinos counted as -1) that disappear
        over the number of electrons and neutrinos (of every flavour, in modulus) of the star.

    Notes
    -----
    Above about one the chemical potentials of the profile do not last. Trapping does not help: a
    mediator that is absorbed again has forgotten which channel made it.
    """
    if r_max_km is None:
        r_max_km = neutrino_sphere(star, min(60.0, star.breaks[-1]))
    lost = dict.fromkeys(const.FLAVOURS, 0.0)
    state = weight = None
    for process, strength in _pairs(model):
        weight, state, found = _radial(process, model.mass_mev, star, r_max_km)
        for legs, (n, _) in found.items():
            for name in legs:
                sign = -1.0 if name.startswith("nubar") else 1.0
                number = float(weight @ n) * seconds / const.HBAR
                lost[name.rpartition("_")[2]] += sign * strength * number
    if state is None:
        return lost
    t = state["T"]

    def held(mu, states):
        return states * float(weight @ (mu * (mu**2 + np.pi**2 * t**2))) / (6.0 * np.pi**2)

    total = held(state["mu_e"], 2.0)
    total += sum(abs(held(state[f"mu_nu_{f}"], 1.0)) for f in const.FLAVOURS)
    return {flavour: number / total for flavour, number in lost.items()}


def warn_lepton_number(model, star, r_max_km):
    """Warn where the chemical potentials of a profile would not last a second."""
    if not _pairs(model):
        return
    lost = lepton_number_lost(model, star, r_max_km=r_max_km)
    worst = max(map(abs, lost.values()))
    if worst > 1.0:
        warnings.warn(
            f"{model!r} changes the lepton number of a flavour by {worst:.2g} times that of the star in "
            "a second: its chemical potentials of neutrinos do not last, and they are kept fixed; the "
            "profile with neutrinos='zero' is the other limit",
            ValidityWarning,
            stacklevel=4,
        )
