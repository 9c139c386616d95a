"""Cooling: the luminosity that a model carries out of a star, beside what SN1987A allows."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from ...numerics.collision import unit_rule
from ...reactions import kinds
from ...units import finite
from ..transport.emission import BINDING_ENERGY, Emission, emission
from ..transport.neutrino_pairs import channel_shares
from ..transport.solution import neutrino_legs, solution

ALLOWED_LUMINOSITY = 3e52  # erg/s at 1 s, the generic criterion L_X < L_nu


@dataclass(frozen=True, eq=False)
class Cooling:
    """Cooling by one model: the luminosity that leaves, beside what SN1987A allows.

    Where one second of the emission takes more than the star has, 3e53 erg, the luminosity is held at
    3e53 erg/s and ``flags`` says so: such a point is excluded, and the number says no more.

    Attributes
    ----------
    emission : Emission
    allowed_erg_s : float
        Luminosity allowed at 1 s [erg/s].
    """

    emission: Emission
    allowed_erg_s: float = ALLOWED_LUMINOSITY

    references = ("Raffelt:1996wa",)

    @property
    def luminosity_erg_s(self):
        """Energy per time at infinity [erg/s], at most 3e53 erg in one second."""
        return min(self.emission.luminosity_erg_s, BINDING_ENERGY)

    @property
    def luminosity(self):
        """Energy per time at infinity (Quantity, erg/s), at most 3e53 erg in one second."""
        import astropy.units as u

        return self.luminosity_erg_s * u.erg / u.s

    @property
    def flags(self):
        """``("beyond the star",)`` where the luminosity is held at what the star has."""
        return self.emission.flags

    @property
    def mean_energy(self):
        """Mean energy at infinity (Quantity, MeV)."""
        return self.emission.mean_energy

    @property
    def ratio(self):
        """Luminosity over the allowed one."""
        return self.luminosity_erg_s / self.allowed_erg_s

    @property
    def excluded(self):
        """True if more leaves than is allowed."""
        return self.emission.luminosity_erg_s > self.allowed_erg_s


def cooling(model, star, *, allowed=None, **options):
    """Compute the luminosity that a model carries out of a star.

    Parameters
    ----------
    model, star, **options
        As for :func:`emission`.
    allowed : Quantity, optional
        Luminosity allowed at 1 s; 3e52 erg/s by default.

    Returns
    -------
    Cooling
        With ``.luminosity`` (erg/s), ``.mean_energy``, ``.ratio`` and ``.emission``.
    """
    from ...units import power_erg_s

    limit = ALLOWED_LUMINOSITY if allowed is None else power_erg_s(allowed, "allowed")
    return Cooling(emission(model, star, **options), finite(limit, "allowed", 1.0))


def free_streaming_shares(model, star, **options):
    """Return ``{group: share}`` of the emitted energy without absorption or gravity.

    Groups are ``"n"``, ``"p"``, ``"e"``, ``"mu"``, ``"nu"``, ``"decay"``, ``"mu decay"`` and
    charged-current labels; the channels of a Mediator. They are those of the vacuum mixing, also for
    light N (below some 0.3 MeV) whose mixing :func:`emission` follows in matter.
    """
    ray = solution(model, star, **options)
    if hasattr(ray, "shares"):
        return ray.shares(model.strengths)
    neutrinos = neutrino_legs(model.processes())
    if len(neutrinos) == len(ray.closed) and not ray.tables:
        return channel_shares(model, star, float(ray.r_max_km))
    out, strength = {}, model.strengths
    for process in ray.closed:
        power = strength[process.coupling] * closed_power(process, model.mass_mev, star, ray.r_max_km)
        out[process.group] = out.get(process.group, 0.0) + power
    for table in ray.tables:
        e, m = table.energy, table.mass_mev
        energy_part = e**2 * np.sqrt(e**2 - m**2)
        radius = np.concatenate(table.pieces)
        for i, process in enumerate(table.processes):
            power = strength[process.coupling] * table.production(i) * energy_part
            shell = CubicSpline(e, power, axis=1).integrate(e[0], e[-1]) * radius**2
            total = _over_pieces(shell, table.pieces)
            out[process.group] = out.get(process.group, 0.0) + total
    everything = sum(out.values())
    return {k: v / everything for k, v in sorted(out.items(), key=lambda x: -x[1])}


def closed_power(process, mass, star, r_max_km):
    """Return the energy per time at unit coupling of a kind in closed form, up to a common factor."""
    u, w = unit_rule(96)
    total = 0.0
    edges = [b for b in star.breaks if b < r_max_km * (1.0 - 1e-12)] + [r_max_km]
    for a, b in zip(edges[:-1], edges[1:]):
        x, weight = unit_rule(16)
        radius = a + (b - a) * x
        medium = star.at(radius)
        span = 28.0 * medium["T"]
        energy = mass + span * u[:, None] ** 2
        momentum = np.sqrt((energy - mass) * (energy + mass))
        module = kinds.module_of(process.kind)
        made = module.cell_rates(process, mass, energy, momentum, medium, False)[0][0]
        inner = (2.0 * span * (u * w)[:, None] * made * energy**2 * momentum).sum(0)
        total += (b - a) * float(np.sum(weight * radius**2 * inner))
    return total


def _over_pieces(values, pieces):
    """Integral over the radial nodes of each smooth part, added up."""
    total, start = 0.0, 0
    for piece in pieces:
        part = CubicSpline(piece, values[start : start + piece.size])
        total += float(part.integrate(piece[0], piece[-1]))
        start += piece.size
    return total
