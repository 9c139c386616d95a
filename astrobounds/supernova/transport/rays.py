"""From rates in the star to the spectrum at infinity: the formal solution along rays.

    L = (1/pi) int b db int dE_inf E_inf sum_cells p_loc^2 j (e^{-tau_i} - e^{-tau_{i+1}}),
    dtau = ds Gamma* E_loc/p_loc,  j = (sum_c f_eq,c Gamma*_c)/Gamma*,  E_loc = E_inf/lapse

per helicity, with straight rays. It is exact in both limits: free streaming (the volume integral of
the emissivity) and the opaque star (a blackbody). A sum of shells with e^{-tau} is neither: its last
shell radiates like the coupling squared at any coupling.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

from ... import constants as const
from ...errors import DomainError
from ...numerics.collision import unit_rule
from ...numerics.jit import kernel
from .matter import MatterMixing
from .net_flux import edge_values, march_net

HALF_CHORD_SCALE = 5.0  # km, cells are uniform in asinh(s / scale)
OPAQUE = 45.0  # optical depth beyond which nothing arrives
TRANSPORTS = ("helicity", "averaged", "particles")


@dataclass(frozen=True, eq=False)
class Rays:
    """Chords through a star: cells from the surface to the point of closest approach.

    Attributes
    ----------
    weight : ndarray, shape (n_rays,)
        b db [MeV^-2].
    radius, length : ndarray, shape (n_rays, n_cells)
        Radius of the node of a cell [km], cell length [MeV^-1]; a chord crosses its cells twice.
    distance : ndarray, shape (n_rays, n_cells)
        Distance of the node from the point of closest approach [MeV^-1].
    temperature, lapse : ndarray, shape (n_rays, n_cells)
    """

    weight: np.ndarray
    radius: np.ndarray
    length: np.ndarray
    temperature: np.ndarray
    lapse: np.ndarray
    distance: np.ndarray


def _half_chord(b, edges, steps):
    """Return (distance from closest approach, length) [km] of the cells, surface first.

    Cells are the Gauss weights of each smooth part in asinh(s/scale), so that the thin limit
    converges like a Gauss rule while the cells still tile the chord.
    """
    marks = [0.0] + [np.sqrt(r * r - b * b) for r in edges if r > b]
    y = np.arcsinh(np.array(marks) / HALF_CHORD_SCALE)
    share = np.diff(y) / y[-1] * steps
    counts = np.maximum(np.round(share).astype(int), min(6, steps // len(share)))
    counts[np.argmax(counts)] += steps - counts.sum()
    distance, length = [], []
    for i, n in enumerate(counts):
        u, w = unit_rule(int(n))
        at = y[i] + (y[i + 1] - y[i]) * u
        distance.append(HALF_CHORD_SCALE * np.sinh(at))
        length.append(HALF_CHORD_SCALE * np.cosh(at) * w * (y[i + 1] - y[i]))
    return np.concatenate(distance)[::-1], np.concatenate(length)[::-1]


@lru_cache(maxsize=16)
def rays(star, r_max_km, n_rays, steps, core_km=None):
    """Return the chords of a star up to ``r_max_km`` (``n_rays`` per smooth part).

    Cells have an edge at ``core_km`` where the net flux is asked for.
    """
    edges = {b for b in star.breaks[1:] if b < r_max_km * (1 - 1e-12)} | {r_max_km}
    edges = sorted(edges | ({core_km} if core_km is not None else set()))
    rule = unit_rule(n_rays)
    weight, radius, length, middle = [], [], [], []
    for a, b in zip([star.breaks[0], *edges[:-1]], edges):
        for u, w in rule.T:
            if a > 0.0 and b / a > 2.0:  # the emissivity falls like a steep power
                impact = a * (b / a) ** u
                width = impact * np.log(b / a)
            else:
                impact = a + (b - a) * u
                width = b - a
            weight.append(w * width * impact * const.KM**2)
            distance, cell = _half_chord(impact, edges, steps)
            radius.append(np.sqrt(impact**2 + distance**2))
            length.append(cell * const.KM)
            middle.append(distance * const.KM)
    radius = np.array(radius)
    state = star.at(radius.ravel())
    return Rays(
        np.array(weight), radius, np.array(length),
        state["T"].reshape(radius.shape), state["lapse"].reshape(radius.shape), np.array(middle),
    )  # fmt: skip


@kernel
def _spline_rows(coefficients, knots, x, inverse_lapse, mass, top, out):
    """Fill ``out[e, cell]`` = exp of the cubic in u = sqrt((E_loc - m)/(top - m)) of each cell."""
    n = knots.size
    for c in range(inverse_lapse.size):
        for e in range(x.size):
            u = np.sqrt((x[e] * inverse_lapse[c] - mass) / (top - mass))
            k = np.searchsorted(knots, u) - 1
            k = min(max(k, 0), n - 2)
            d = u - knots[k]
            value = coefficients[0, k, c]
            for i in range(1, 4):
                value = value * d + coefficients[i, k, c]
            out[e, c] = np.exp(value)


@kernel
def source_slopes(tau, source, out):
    """Fill ``out`` with the change of the source across each cell, inwards, linear in tau.

    The neighbour of the innermost cell is its own mirror image.
    """
    n_s, n_e, n_b, n_c = tau.shape
    for s in range(n_s):
        for e in range(n_e):
            for b in range(n_b):
                t, q = tau[s, e, b], source[s, e, b]
                for c in range(n_c):
                    before, after = max(c - 1, 0), min(c + 1, n_c - 1)
                    depth = 0.5 * (t[before] + t[after])
                    depth += t[c] if before < c < after else 0.0
                    change = (q[after] - q[before]) * t[c] / depth if depth > 0.0 else 0.0
                    out[s, e, b, c] = min(max(change, -2.0 * q[c]), 2.0 * q[c])


@kernel
def march(tau_unit, source, slope, scale, ray_weight, out):
    """Fill ``out[e]`` with the sum over states and rays of w_b sum_cells int source e^-tau dtau.

    ``tau_unit``, ``source``, ``slope``: [state, energy, ray, cell], cells from the surface inwards;
    they are crossed twice. A source linear in tau gives in a cell of depth d
    e^-tau {S (1 - e^-d) + slope [(1 - (1+d) e^-d)/d - (1 - e^-d)/2]}; to the same order d^2 the
    curvature of the source takes half of the slope term back (integrate S'' e^-tau by parts).
    """
    n_s, n_e, n_b, n_c = tau_unit.shape
    out[:] = 0.0
    for s in range(n_s):
        for e in range(n_e):
            for b in range(n_b):
                tau, left, total = 0.0, 1.0, 0.0
                for k in range(2 * n_c):
                    c, inwards = (k, 1.0) if k < n_c else (2 * n_c - 1 - k, -1.0)
                    d = scale * tau_unit[s, e, b, c]
                    if d < 1e-3:
                        step = d * (1.0 - 0.5 * d + d * d / 6.0)
                        tilt = -d * d / 24.0
                    else:
                        step = -np.expm1(-d)
                        tilt = 0.5 * ((step - d * (1.0 - step)) / d - 0.5 * step)
                    total += left * (
                        step * source[s, e, b, c] + inwards * tilt * slope[s, e, b, c]
                    )
                    left -= left * step
                    tau += d
                    if tau > OPAQUE:
                        break
                out[e] += ray_weight[b] * total


def _opened(rates):
    """Return rates in which an energy that is kinematically closed has that of the next open one.

    Shape (n_r, nE). A zero among them would make the spline of the logarithm swing over all orders;
    the rate next to a threshold is negligible.
    """
    if np.all(rates > 0.0):
        return rates
    out = rates.copy()
    for i in range(out.shape[1] - 2, -1, -1):
        out[:, i] = np.where(out[:, i] > 0.0, out[:, i], out[:, i + 1])
    return out


class RaySolution:
    """Spectrum at infinity of one mass for any mixing, from one :class:`RateTable`.

    Parameters
    ----------
    table : RateTable
    star : Star
    gravity : bool
        Redshift, time dilation and focusing by the lapse; False for flat space.
    nature : {"majorana", "dirac"}
        A Majorana N is one field with two helicities that both neutrino and antineutrino
        processes feed; a Dirac N and its antiparticle are followed apart and added.
    helicity : {"helicity", "averaged", "particles"}
        Follow each helicity (of N and Nbar) with its own mean free path (default), or all with the
        average rate, as the older bounds do: that moves the trapping edge down 2 to 3.5 times.
    resolution : Resolution
    r_max_km : float
    core_km : float, optional
        Radius inside ``r_max_km`` where :meth:`net_along` measures the flux.
    matter : bool
        Mixing in matter (`matter`) in production and absorption; not for a dipole.

    Attributes
    ----------
    energy : ndarray
        Energies at infinity [MeV], Gauss nodes.
    resonant : bool
        True if neutrinos or antineutrinos of these energies have a resonance with N in the star.
    """

    def __init__(
        self, table, star, *, gravity, nature, helicity, resolution, r_max_km, core_km=None,
        matter=False,
    ):  # fmt: skip
        self.table = table
        self._set_grid(
            star, table.mass_mev, table.temperature.max(), table.mu_n.max(), gravity, helicity,
            resolution, r_max_km, core_km,
        )  # fmt: skip
        self.flavours = tuple(dict.fromkeys(p.flavour for p in table.processes))
        self._matter, self.resonant = None, False
        if matter:
            self._matter = MatterMixing(
                star, self._rays, table.mass_mev, self.energy, self._weight, gravity
            )
            self.resonant = not self._matter.resonant.isdisjoint(self.flavours)
        self._tau, self._production = {}, {}
        for flavour in self.flavours:
            self._tau[flavour], self._production[flavour] = self._tabulate(
                flavour, nature, helicity
            )

    def _set_grid(self, star, m, t_max, mu_max, gravity, helicity, resolution, r_max_km, core_km):
        """Lay chords through the star and energies at infinity."""
        if helicity not in TRANSPORTS:
            raise DomainError(f"helicity = {helicity!r}; allowed: {', '.join(TRANSPORTS)}")
        self._rays = rays(star, r_max_km, resolution.rays, resolution.steps, core_km)
        self._core_km = core_km
        rule = unit_rule(resolution.spectrum)
        span = 28.0 * t_max + max(mu_max, 0.0)
        self.energy = m + span * rule[0] ** 2
        self._weight = 2.0 * rule[0] * span * rule[1]
        self._lapse = self._rays.lapse if gravity else np.ones_like(self._rays.lapse)

    def _tabulate(self, flavour, nature, helicity):
        """Return unit-mixing optical depth and production of every cell, [state, E, ray, cell]."""
        table, cells = self.table, self._rays
        shape = (self.energy.size, *cells.radius.shape)
        inverse_lapse = 1.0 / self._lapse.ravel()
        local = self.energy[:, None] * inverse_lapse[None, :]
        momentum2 = (local - table.mass_mev) * (local + table.mass_mev)
        path = cells.length.ravel()[None, :] * local / np.sqrt(momentum2)
        temperature = cells.temperature.ravel()[None, :]
        parts = {}  # (lepton number, helicity basis) -> [tau, production]
        for sign, rates, mu_n in self._merged(flavour):
            mu = self._to_cells(mu_n[:, None])[:, 0][None, :]
            with np.errstate(over="ignore"):
                f_eq = 1.0 / (np.exp((local - mu) / temperature) + 1.0)
            for basis in range(2):
                gamma = self._gamma_on_cells(rates[:, :, basis], inverse_lapse)
                tau = gamma * path
                entry = parts.setdefault((sign, basis), [0.0, 0.0])
                entry[0] = entry[0] + tau
                entry[1] = entry[1] + tau * f_eq * momentum2
        if self._matter is not None:  # the helicity of relativistic N; the other keeps its |U|^2
            for sign in (1, -1):
                gamma = (parts[sign, 0][0] / path).reshape(shape)
                factor = self._matter.factor(flavour, sign, gamma).reshape(path.shape)
                parts[sign, 0] = [factor * value for value in parts[sign, 0]]
        if helicity == "averaged":  # one mean free path for all states of the field(s)
            n_states = 2 if nature == "majorana" else 4
            states = [[sum(p[i] for p in parts.values()) for i in range(2)]]
            states[0][0] = states[0][0] / n_states
        elif helicity == "particles":  # helicities averaged, a Dirac N and its antiparticle apart
            fields = ((1, -1),) if nature == "majorana" else ((1,), (-1,))
            states = [
                [sum(parts[s, h][i] for s in signs for h in range(2)) for i in range(2)]
                for signs in fields
            ]
            states = [[0.5 * tau, production] for tau, production in states]
        elif nature == "majorana":  # helicity h of N goes with -h in the antineutrino basis
            states = [
                [parts[1, h][i] + parts[-1, 1 - h][i] for i in range(2)] for h in range(2)
            ]
        else:
            states = [parts[s, h] for s in (1, -1) for h in range(2)]
        tau = np.array([s[0] for s in states]).reshape(-1, *shape)
        production = np.array([s[1] for s in states]).reshape(-1, *shape)
        return tau, production

    def _merged(self, flavour):
        """Yield (lepton number, summed rates, mu_N) for groups of processes with one mu_N."""
        table = self.table
        groups = []
        for i, process in enumerate(table.processes):
            if process.flavour != flavour:
                continue
            for group in groups:
                if group[0] == process.lepton_number and np.allclose(
                    group[2], table.mu_n[i], rtol=0.0, atol=1e-6
                ):
                    group[1] = group[1] + table.rates[i]
                    break
            else:
                groups.append([process.lepton_number, table.rates[i], table.mu_n[i]])
        return groups

    def _to_cells(self, values):
        """Interpolate columns given at the radial nodes to all cells (cubic in each smooth part)."""
        radius = self._rays.radius.ravel()
        out = np.empty((radius.size, values.shape[1]))
        start = 0
        for piece in self.table.pieces:
            stop = start + piece.size
            inside = (radius >= piece[0]) & (radius <= piece[-1])
            log = piece[0] > 0.0 and piece[-1] / piece[0] > 2.0
            x, at = (np.log(piece), np.log(radius[inside])) if log else (piece, radius[inside])
            out[inside] = CubicSpline(x, values[start:stop])(at)
            start = stop
        return out

    def _gamma_on_cells(self, rates, inverse_lapse):
        """Return Gamma* at the energies of the solution and the cells, shape (nE, n_cells)."""
        table = self.table
        log_rates = self._to_cells(np.log(np.maximum(_opened(rates), 1e-300)))
        top = table.energy[-1]
        knots = np.sqrt((table.energy - table.mass_mev) / (top - table.mass_mev))
        coefficients = np.ascontiguousarray(CubicSpline(knots, log_rates, axis=1).c)
        if coefficients.shape[1] != knots.size - 1:
            coefficients = np.ascontiguousarray(np.moveaxis(coefficients, 2, 1))
        out = np.empty((self.energy.size, inverse_lapse.size))
        _spline_rows(
            coefficients, knots, self.energy, inverse_lapse, table.mass_mev, top, out
        )
        return out

    def along(self, mixing, scales):
        """Return spectra for the mixings ``scale * mixing``.

        Parameters
        ----------
        mixing : mapping flavour -> |U|^2
        scales : array, shape (n,)

        Returns
        -------
        ndarray, shape (n, nE)
            d^2N/(dE dt) at infinity [MeV^-1 s^-1].
        """
        out = np.zeros((len(scales), self.energy.size))
        tau, source = self._tau_and_source(mixing)
        if tau is None:
            return out
        slope = np.empty_like(tau)
        source_slopes(tau, source, slope)
        for i, scale in enumerate(scales):
            march(tau, source, slope, float(scale), self._rays.weight, out[i])
        return out / (np.pi * const.HBAR)

    def _tau_and_source(self, mixing):
        """Return optical depth and source of every cell, (None, None) without any mixing."""
        used = {f: mixing[f] for f in self.flavours if mixing.get(f, 0.0) > 0.0}
        if not used:
            return None, None
        tau = sum(u * self._tau[f] for f, u in used.items())
        production = sum(u * self._production[f] for f, u in used.items())
        return tau, np.divide(production, tau, out=np.zeros_like(tau), where=tau > 0.0)

    def net_along(self, mixing, scales):
        """Return spectra of what crosses the core radius outwards minus inwards; as :meth:`along`.

        In an opaque star the two directions cancel and diffusion remains, while the outward flux
        alone stays that of a blackbody.
        """
        out = np.zeros((len(scales), self.energy.size))
        tau, source = self._tau_and_source(mixing)
        if tau is None:
            return out
        cells = self._rays
        edges = edge_values(source, cells.length, cells.distance)
        n_out = (cells.radius > self._core_km).sum(1)
        for i, scale in enumerate(scales):
            march_net(tau, source, edges, n_out, float(scale), cells.weight, out[i])
        return out / (np.pi * const.HBAR)

    def luminosity(self, mixing, scales=(1.0,)):
        """Return the energy at infinity per time [erg/s] for the mixings ``scale * mixing``."""
        spectra = self.along(mixing, np.atleast_1d(scales))
        return spectra @ (self._weight * self.energy) / const.ERG
