"""Mediators of secret neutrino interactions in a star: coalescence of neutrinos, trapping, validity.

Neutrinos are thermal inside the neutrino sphere, T = 3 MeV, where the solution along rays ends: a
decay inside is absorption, decays outside give neutrinos that leave as well. The source of a ray is
j/Gamma*, which tends to a Bose-Einstein distribution where the channels agree on one chemical potential
and stays positive where they do not (`mediator_rates`).
"""

import warnings
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning, did_you_mean
from ...models.mediator import PAIRS, Mediator, channel_name, channels, pair_width
from ...numerics.collision import unit_rule
from ...reactions.coalescence_kernels import RULE, pair_integrals, polarised_integrals
from ..star.sphere import neutrino_sphere
from .matter import potentials
from .rays import RaySolution

SHIFT_ALLOWED = 0.1  # relative change of a channel's rate by neutrino potentials before a warning
REFERENCES = ("Farzan:2002wx", "Heurtier:2016otg", "Brune:2018sef", "Fiorillo:2022cdq", "Akita:2023iwq")


def _levels(legs, mu):
    """Return the chemical potentials of the two legs of a channel."""
    return [sign * mu[flavour] for flavour, sign in legs]


def pair_rates(mass, pair, spin, energy, momentum, t, mu):
    """Return (j, Gamma*) [MeV] at g = 1 per polarisation, averaged over them and summed over channels.

    Parameters
    ----------
    mass : float
    pair, spin : str
    energy, momentum, t : ndarray
        Shapes that broadcast [MeV].
    mu : dict of str -> ndarray
        Chemical potentials of nu_e, nu_mu, nu_tau [MeV].
    """
    factor = mass * pair_width(mass, pair, spin) / (energy * momentum)
    made = left = 0.0
    for legs in channels(pair, spin):
        first, second = _levels(legs, mu)
        made = made + pair_integrals(momentum, energy - first - second, first - second, t)[0]
    for flavour in PAIRS[pair][: len(channels(pair, spin))]:  # regrouped: no cancellation
        left = left + pair_integrals(momentum, energy, 2.0 * mu[flavour], t)[1]
    return factor * made, factor * left


def polarised_rates(mass, pair, energy, momentum, t, mu):
    """Return (j, Gamma*) [MeV] at g = 1 of a vector, shape (3, ...): helicities -1, 0, +1."""
    a, b = PAIRS[pair]
    arrays = np.broadcast_arrays(energy, momentum, t, mu[a], mu[b])
    flat = [np.ascontiguousarray(x, dtype=float).ravel() for x in arrays]
    out = np.empty((flat[0].size, 3, 2))
    polarised_integrals(*flat, a == b, RULE, out)
    out *= (mass * pair_width(mass, pair, "vector") / (flat[0] * flat[1]))[:, None, None]
    return np.moveaxis(out, (2, 1), (0, 1)).reshape(2, 3, *arrays[0].shape)


class MediatorSolution(RaySolution):
    """Spectrum at infinity of a mediator of one mass for any couplings; as :class:`RaySolution`.

    Parameters
    ----------
    mass_mev : float
    pairs : tuple of str
        Pairs of flavours that may couple.
    spin : {"vector", "scalar"}
    star : Star
    gravity, helicity, resolution, r_max_km, core_km
        As for :class:`RaySolution`; with ``helicity="helicity"`` each polarisation of a vector has
        its own mean free path.
    """

    def __init__(self, mass_mev, pairs, spin, star, *, gravity, helicity, resolution, r_max_km,
                 core_km=None):  # fmt: skip
        self.mass_mev, self.flavours, self.r_max_km, self.resonant = mass_mev, pairs, r_max_km, False
        radius_state = _cell_state(star, r_max_km, resolution, core_km)
        self._mu = {f: radius_state[f] for f in const.FLAVOURS}
        highest = max(
            float(np.max(np.abs(self._mu[a]) + np.abs(self._mu[b]))) for a, b in (PAIRS[p] for p in pairs)
        )
        self._set_grid(
            star, mass_mev, radius_state["T"].max(), highest, gravity, helicity, resolution,
            r_max_km, core_km,
        )  # fmt: skip
        self._tau, self._production = {}, {}
        for pair in pairs:
            self._tau[pair], self._production[pair] = self._states(pair, spin, helicity)

    def _states(self, pair, spin, helicity):
        """Return optical depth and production at g = 1 of every cell, [state, E, ray, cell]."""
        cells = self._rays
        local = self.energy[:, None, None] / self._lapse
        p2 = (local - self.mass_mev) * (local + self.mass_mev)
        p, t = np.sqrt(p2), cells.temperature
        mu = {f: v.reshape(t.shape) for f, v in self._mu.items()}
        if spin == "vector" and helicity == "helicity":
            made, left = polarised_rates(self.mass_mev, pair, local, p, t, mu)
        else:  # one mean free path for all polarisations
            made, left = (x[None] for x in pair_rates(self.mass_mev, pair, spin, local, p, t, mu))
            made = made * (3.0 if spin == "vector" else 1.0)
        path = cells.length * local / p
        return left * path, made * path * p2


@lru_cache(maxsize=8)
def _cell_state(star, r_max_km, resolution, core_km):
    """Return temperature and neutrino chemical potentials of every cell, flat."""
    from .rays import rays

    cells = rays(star, r_max_km, resolution.rays, resolution.steps, core_km)
    state = star.at(cells.radius.ravel())
    return {"T": state["T"], **{f: state[f"mu_nu_{f}"] for f in const.FLAVOURS}}


@lru_cache(maxsize=12)
def _solution(mass_mev, pairs, spin, star, gravity, helicity, resolution, r_max_km, core_km):
    return MediatorSolution(
        mass_mev, pairs, spin, star, gravity=gravity, helicity=helicity, resolution=resolution,
        r_max_km=r_max_km, core_km=core_km,
    )  # fmt: skip


def mediator_solution(model, star, gravity, helicity, resolution, r_max_km, core_km):
    """Return the :class:`MediatorSolution` of a model's mass and pairs, with warnings of validity."""
    pairs = tuple(p for p, s in model.couplings.items() if s > 0.0) or tuple(PAIRS)
    _warn(model.mass_mev, pairs, model.spin, star, r_max_km)
    return _solution(
        model.mass_mev, pairs, model.spin, star, gravity, helicity, resolution, r_max_km, core_km
    )


def channel_densities(mass, spin, pair, t, mu):
    """Return ``{legs: (n, q)}`` at g = 1: made per volume and time [MeV^4] and their energy [MeV^5].

    All polarisations, without absorption; ``t`` (n,) and ``mu`` ``{flavour: (n,)}`` in MeV.
    """
    u, w = unit_rule(96)
    span = 28.0 * t + sum(np.abs(mu[f]) for f in PAIRS[pair])
    energy = mass + span[:, None] * u**2
    weight = 2.0 * span[:, None] * u * w
    p = np.sqrt((energy - mass) * (energy + mass))
    states = 3.0 if spin == "vector" else 1.0
    unit = states * mass * pair_width(mass, pair, spin) / (2.0 * np.pi**2)
    out = {}
    for legs in channels(pair, spin):
        a, b = (x[:, None] for x in _levels(legs, mu))
        made = unit * weight * pair_integrals(p, energy - a - b, a - b, t[:, None])[0]
        out[legs] = (made.sum(1), (made * energy).sum(1))
    return out


def coalescence(model, temperature, chemical_potentials=None):
    """Return the emissivity of each channel in matter of one temperature, without absorption.

    Parameters
    ----------
    model : Mediator
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

    if not isinstance(model, Mediator):
        raise DomainError(f"{type(model).__name__} is not a Mediator: nothing coalesces")
    t = np.array([finite(energy_mev(temperature, "temperature"), "temperature in MeV", 1e-3, 500.0)])
    mu = {f: np.zeros(1) for f in const.FLAVOURS}
    for flavour, value in (chemical_potentials or {}).items():
        if flavour not in mu:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; "
                f"allowed: {', '.join(const.FLAVOURS)}"
            )
        mu[flavour] = np.array([finite(energy_mev(value, flavour), f"mu of nu_{flavour}", -1e4, 1e4)])
    unit = 1.0 / (const.ERG * const.HBAR * const.HBAR_C**3)
    out = {}
    for pair, strength in model.couplings.items():
        if strength > 0.0:
            found = channel_densities(model.mass_mev, model.spin, pair, t, mu)
            for legs, (_, power) in found.items():
                out[channel_name(legs)] = strength * unit * float(power[0]) * u.erg / u.cm**3 / u.s
    return out


@lru_cache(maxsize=64)
def _radial(mass_mev, pair, spin, star, r_max_km):
    """Return (weights [km^3], state, {legs: (n, q)}) on Gauss radii of each smooth part."""
    edges = [b for b in star.breaks if b < r_max_km * (1.0 - 1e-12)] + [r_max_km]
    u, w = unit_rule(16)
    radius = np.concatenate([a + (b - a) * u for a, b in zip(edges[:-1], edges[1:])])
    weight = np.concatenate([(b - a) * w for a, b in zip(edges[:-1], edges[1:])])
    state = star.at(radius)
    mu = {f: state[f"mu_nu_{f}"] + np.zeros_like(state["T"]) for f in const.FLAVOURS}
    found = channel_densities(mass_mev, spin, pair, state["T"], mu)
    return 4.0 * np.pi * radius**2 * weight, state, found


def channel_shares(model, star, r_max_km):
    """Return ``{channel: share}`` of the energy that is made, without absorption or gravity."""
    power = {}
    for pair, strength in model.couplings.items():
        if strength > 0.0:
            weight, _, found = _radial(model.mass_mev, pair, model.spin, star, r_max_km)
            for legs, (_, q) in found.items():
                power[channel_name(legs)] = strength * float(weight @ q)
    total = sum(power.values())
    return {k: v / total for k, v in sorted(power.items(), key=lambda x: -x[1])}


def medium_shift(mass_mev, pair, spin, star, r_max_km):
    """Return the largest relative change of the rate of a channel by the potentials of neutrinos.

    With E_i = p_i + V_i, m^2 = 2 p_1 p_2 (1 - cos) + 2 E (V_1 + V_2): the square of the amplitude, ~
    p_1 p_2 (1 - cos), changes by -2 E (V_1 + V_2)/m^2 to first order (antineutrinos: -V). For a
    diagonal vector the potentials cancel. E is the mean energy at each radius, and the mean over
    radii follows the power.
    """
    weight, state, found = _radial(mass_mev, pair, spin, star, r_max_km)
    levels = potentials(state)
    worst = 0.0
    for legs, (n, q) in found.items():
        v = sum(sign * levels[flavour] for flavour, sign in legs)
        energy = np.divide(q, n, out=np.zeros_like(q), where=n > 0.0)
        power = float(weight @ q)
        if power > 0.0:
            worst = max(worst, float(weight @ (q * np.abs(2.0 * energy * v))) / power / mass_mev**2)
    return worst


@lru_cache(maxsize=256)
def _shift(mass_mev, pairs, spin, star, r_max_km):
    return max(medium_shift(mass_mev, pair, spin, star, r_max_km) for pair in pairs)


def _warn(mass_mev, pairs, spin, star, r_max_km):
    """Warn where potentials of neutrinos change coalescence."""
    shift = _shift(mass_mev, pairs, spin, star, r_max_km)
    if shift > SHIFT_ALLOWED:
        bound = mass_mev * np.sqrt(shift / SHIFT_ALLOWED)
        warnings.warn(
            f"mass = {mass_mev:g} MeV: potentials of neutrinos in the star change coalescence by a "
            f"relative {shift:.2g}, and processes that they open at any mass are not included; above "
            f"{bound:.2g} MeV the change is below {SHIFT_ALLOWED:g}",
            ValidityWarning,
            stacklevel=5,
        )


def lepton_number_lost(model, star, seconds=1.0, r_max_km=None):
    """Return how much of the lepton number of a star coalescence takes away, without absorption.

    Parameters
    ----------
    model : Mediator
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
    for pair, strength in model.couplings.items():
        if not strength > 0.0:
            continue
        weight, state, found = _radial(model.mass_mev, pair, model.spin, star, r_max_km)
        for legs, (n, _) in found.items():
            for flavour, sign in legs:
                lost[flavour] += sign * strength * float(weight @ n) * seconds / const.HBAR
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
