"""From rates in the star to the spectrum at infinity: the formal solution along rays.

    L = (1/pi) int b db int dE_inf E_inf sum_cells p_loc^2 j (e^{-tau_i} - e^{-tau_{i+1}}),
    dtau = ds Gamma* E_loc/p_loc,  j = (sum_c f_eq,c Gamma*_c)/Gamma*,  E_loc = E_inf/lapse

per helicity, with straight rays. It is exact in both limits: free streaming (the volume integral of
the emissivity) and the opaque star (a blackbody). A sum of shells with e^{-tau} is neither: its last
shell radiates like the coupling squared at any coupling.
"""


import numpy as np
from scipy.interpolate import CubicSpline

from ... import constants as const
from ...errors import DomainError, did_you_mean
from ...numerics.collision import unit_rule
from ...numerics.jit import kernel
from ...reactions import kinds
from ...reactions.medium import species
from .chords import cell_medium, rays
from .matter import MatterMixing
from .net_flux import edge_values, march_net

OPAQUE = 45.0  # optical depth beyond which nothing arrives


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
    """Spectrum at infinity of one mass for any couplings, from rates at unit coupling.

    Parameters
    ----------
    mass_mev : float
    tables : sequence of RateTable
    closed : sequence of process
        Processes of kinds in closed form, evaluated on every cell.
    states : tuple of State
        Spin states of the particle and what feeds them.
    star : Star
    settings : Transport
        With ``r_max`` filled in; ``helicity`` follows every state with its own mean free path
        (default), or all with the average rate, as the older bounds do: that moves the trapping edge
        down 2 to 3.5 times.

    Attributes
    ----------
    energy, weight : ndarray
        Energies at infinity [MeV], Gauss nodes, and the weights of an integral over them.
    couplings : tuple of str
        Names of the couplings that rates are tabulated for.
    resonant : bool
        True if neutrinos or antineutrinos of these energies have a resonance with N in the star.
    """

    def __init__(self, mass_mev, tables, closed, states, star, settings):
        self.mass_mev, self.r_max_km = mass_mev, settings.r_max
        self.tables, self.closed = tuple(tables), tuple(closed)
        self._states, self._settings = states, settings
        self._statistics = states[0].statistics
        self._set_grid(star)
        every = [*(p for table in tables for p in table.processes), *closed]
        self.couplings = tuple(dict.fromkeys(p.coupling for p in every))
        self._matter, self.resonant = None, False
        dressed = {p.coupling: p.flavour for p in every if getattr(p, "mixes", False)}
        if settings.matter and dressed:
            self._matter = MatterMixing(
                star, self._rays, mass_mev, self.energy, self.weight, settings.gravity
            )
            self.resonant = not self._matter.resonant.isdisjoint(dressed.values())
        self._tau, self._production = {}, {}
        for coupling in self.couplings:
            self._tau[coupling], self._production[coupling] = self._tabulate(
                coupling, dressed.get(coupling)
            )

    def _set_grid(self, star):
        """Lay chords through the star and energies at infinity."""
        settings, m = self._settings, self.mass_mev
        resolution = settings.resolution
        self._rays = rays(star, settings.r_max, resolution.rays, resolution.steps, settings.core)
        self._medium = None
        t_max, mu_max = 0.0, 0.0
        for table in self.tables:
            t_max = max(t_max, table.temperature.max())
            if table.mu_n is not None:
                mu_max = max(mu_max, table.mu_n.max())
        if self.closed:
            self._medium = cell_medium(star, self._rays)
            t_max = max(t_max, self._rays.temperature.max())
            mu_max = max(mu_max, *(self._highest(p) for p in self.closed))
        rule = unit_rule(resolution.spectrum)
        span = 28.0 * max(t_max, 1e-3) + max(mu_max, 0.0)
        self.energy = m + span * rule[0] ** 2
        self.weight = 2.0 * rule[0] * span * rule[1]
        cells = self._rays
        self._lapse = cells.lapse if settings.gravity else np.ones_like(cells.lapse)

    def _highest(self, process):
        """Largest sum of the moduli of the chemical potentials of the legs of a process [MeV]."""
        return max(
            float(np.max(sum(np.abs(species(self._medium, name)[1]) for name in legs)))
            for legs in process.channels
        )

    def _tabulate(self, coupling, flavour):
        """Return unit-coupling optical depth and production of every cell, [state, E, ray, cell]."""
        cells = self._rays
        shape = (self.energy.size, *cells.radius.shape)
        local = self.energy[:, None] / self._lapse.ravel()[None, :]
        momentum2 = (local - self.mass_mev) * (local + self.mass_mev)
        path = cells.length.ravel()[None, :] * local / np.sqrt(momentum2)
        parts = {}  # (lepton number, polarisation) -> [tau, production]

        def add(sign, polarisation, tau, made):
            entry = parts.setdefault((sign, polarisation), [0.0, 0.0])
            entry[0] = entry[0] + tau
            entry[1] = entry[1] + made

        for table in self.tables:
            for sign, polarisation, gamma, source in self._on_cells(table, coupling, local):
                tau = gamma * path
                add(sign, polarisation, tau, tau * source * momentum2)
        resolved = self._settings.helicity == "helicity"
        for process in self.closed:
            if process.coupling == coupling:
                found = self._closed_rates(process, resolved, local.reshape(shape))
                for polarisation, (made, left) in enumerate(zip(*found)):
                    add(0, polarisation, left.reshape(path.shape) * path,
                        made.reshape(path.shape) * path * momentum2)  # fmt: skip
        if self._matter is not None and flavour:  # relativistic helicity; the other keeps its |U|^2
            for sign in (1, -1):
                gamma = (parts[sign, 0][0] / path).reshape(shape)
                factor = self._matter.factor(flavour, sign, gamma).reshape(path.shape)
                parts[sign, 0] = [factor * value for value in parts[sign, 0]]
        found = self._combined(parts)
        return (np.array([s[i] for s in found]).reshape(-1, *shape) for i in (0, 1))

    def _closed_rates(self, process, resolved, local):
        module = kinds.module_of(process.kind)
        momentum = np.sqrt((local - self.mass_mev) * (local + self.mass_mev))
        return module.cell_rates(process, self.mass_mev, local, momentum, self._medium, resolved)

    def _combined(self, parts):
        """Return [tau, production] of every state that travels alone, as the settings say."""
        states, helicity = self._states, self._settings.helicity
        if helicity == "averaged":
            groups = [states]
        elif helicity == "particles":
            numbers = dict.fromkeys(s.lepton_number for s in states)
            groups = [[s for s in states if s.lepton_number == n] for n in numbers]
        else:
            groups = [[s] for s in states]
        out = []
        for group in groups:
            fed = list(dict.fromkeys(key for s in group for key in s.feeds if key in parts))
            degrees = sum(s.degrees for s in group)
            tau, made = (sum((parts[key][i] for key in fed), 0.0) for i in (0, 1))
            if len(parts) == 1 and len(states) > 1 and helicity != "helicity":
                degrees = 1.0  # one mean of all polarisations already
            out.append([tau / degrees + np.zeros(1), made + np.zeros(1)])
        if all(np.size(tau) == 1 for tau, _ in out):
            zero = np.zeros(self.energy.size * self._rays.radius.size)
            return [[zero, zero] for _ in out]
        size = max(np.shape(tau) for tau, _ in out)
        return [[np.broadcast_to(x, size) for x in pair] for pair in out]

    def _on_cells(self, table, coupling, local):
        """Yield (lepton number, polarisation, Gamma*, source = production/Gamma*) on the cells."""
        inverse_lapse = 1.0 / self._lapse.ravel()
        temperature = self._rays.temperature.ravel()[None, :]
        for sign, rates, mu_n, made in self._merged(table, coupling):
            if mu_n is not None:
                mu = self._to_cells(table, mu_n[:, None])[:, 0][None, :]
                with np.errstate(over="ignore"):
                    source = 1.0 / (np.exp((local - mu) / temperature) + self._statistics)
            for polarisation in range(rates.shape[-1]):
                gamma = self._gamma_on_cells(table, rates[:, :, polarisation], inverse_lapse)
                if made is not None:
                    source = self._gamma_on_cells(table, made[:, :, polarisation], inverse_lapse) / gamma
                yield sign, polarisation, gamma, source

    def _merged(self, table, coupling):
        """Yield [lepton number, summed rates, mu, production] for groups with one mu of the particle."""
        groups = []
        for i, process in enumerate(table.processes):
            if process.coupling != coupling:
                continue
            made = None if table.made is None else table.made[i]
            mu = None if table.mu_n is None else table.mu_n[i]
            for group in groups:
                if group[0] == process.lepton_number and (
                    mu is None or np.allclose(group[2], mu, rtol=0.0, atol=1e-6)
                ):
                    group[1] = group[1] + table.rates[i]
                    group[3] = None if made is None else group[3] + made
                    break
            else:
                groups.append([process.lepton_number, table.rates[i], mu, made])
        return groups

    def _to_cells(self, table, values):
        """Interpolate columns given at the radial nodes to all cells (cubic in each smooth part)."""
        radius = self._rays.radius.ravel()
        out = np.empty((radius.size, values.shape[1]))
        start = 0
        for piece in table.pieces:
            stop = start + piece.size
            inside = (radius >= piece[0]) & (radius <= piece[-1])
            log = piece[0] > 0.0 and piece[-1] / piece[0] > 2.0
            x, at = (np.log(piece), np.log(radius[inside])) if log else (piece, radius[inside])
            out[inside] = CubicSpline(x, values[start:stop])(at)
            start = stop
        return out

    def _gamma_on_cells(self, table, rates, inverse_lapse):
        """Return rates at the energies of the solution and the cells, shape (nE, n_cells)."""
        log_rates = self._to_cells(table, np.log(np.maximum(_opened(rates), 1e-300)))
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

    def along(self, strengths, scales):
        """Return spectra for the couplings ``scale * strengths``.

        Parameters
        ----------
        strengths : mapping of coupling -> strength
            What rates are proportional to, see ``Model.strengths``.
        scales : array, shape (n,)

        Returns
        -------
        ndarray, shape (n, nE)
            d^2N/(dE dt) at infinity [MeV^-1 s^-1].
        """
        out = np.zeros((len(scales), self.energy.size))
        tau, source = self._tau_and_source(strengths)
        if tau is None:
            return out
        slope = np.empty_like(tau)
        source_slopes(tau, source, slope)
        for i, scale in enumerate(scales):
            march(tau, source, slope, float(scale), self._rays.weight, out[i])
        return out / (np.pi * const.HBAR)

    def _tau_and_source(self, strengths):
        """Return optical depth and source of every cell, (None, None) without any coupling."""
        used = {c: strengths[c] for c in self.couplings if strengths.get(c, 0.0) > 0.0}
        given = [name for name, value in strengths.items() if value > 0.0]
        if given and not used and self.couplings:
            raise DomainError(
                f"nothing here is proportional to '{given[0]}'{did_you_mean(given[0], self.couplings)}; "
                f"this solution has {', '.join(self.couplings)}"
            )
        if not used:
            return None, None
        tau = sum(u * self._tau[f] for f, u in used.items())
        production = sum(u * self._production[f] for f, u in used.items())
        return tau, np.divide(production, tau, out=np.zeros_like(tau), where=tau > 0.0)

    def net_along(self, strengths, scales):
        """Return spectra of what crosses the core radius outwards minus inwards; as :meth:`along`.

        In an opaque star the two directions cancel and diffusion remains, while the outward flux
        alone stays that of a blackbody.
        """
        out = np.zeros((len(scales), self.energy.size))
        tau, source = self._tau_and_source(strengths)
        if tau is None:
            return out
        cells = self._rays
        edges = edge_values(source, cells.length, cells.distance)
        n_out = (cells.radius > self._settings.core).sum(1)
        for i, scale in enumerate(scales):
            march_net(tau, source, edges, n_out, float(scale), cells.weight, out[i])
        return out / (np.pi * const.HBAR)

    def luminosity(self, strengths, scales=(1.0,)):
        """Return the energy at infinity per time [erg/s] for the couplings ``scale * strengths``."""
        spectra = self.along(strengths, np.atleast_1d(scales))
        return spectra @ (self.weight * self.energy) / const.ERG

    def unit_rates(self, couplings):
        """Return what :class:`astrobounds.supernova.signals.unit_rates.UnitRates` needs of one mass.

        ``tau`` and ``made``, shape (coupling, state, E, ray, cell), at a strength of one; ``excess`` and
        ``measure``: energies above the mass and their weights; columns of the cells.
        """
        cells, core = self._rays, self._settings.core
        inside = 0.0 if core is None else core
        return {
            "tau": np.array([self._tau[c] for c in couplings]),
            "made": np.array([self._production[c] for c in couplings]),
            "excess": self.energy - self.mass_mev, "measure": self.weight,
            "temperature": cells.temperature, "lapse": self._lapse, "weight": cells.weight,
            "length": cells.length, "distance": cells.distance,
            "outside": (cells.radius > inside).sum(1),
        }  # fmt: skip

    def depth(self, strengths):
        """Return the optical depth from the center of the star outwards at some strengths.

        The mean over states and energies, weighted by the energy that is made along the innermost ray.
        """
        tau, production = 0.0, 0.0
        for coupling, strength in strengths.items():
            if strength > 0.0 and coupling in self._tau:
                tau = tau + strength * self._tau[coupling][:, :, 0].sum(-1)
                production = production + strength * self._production[coupling][:, :, 0].sum(-1)
        weight = production * self.weight * self.energy
        total = np.sum(weight)
        return float(np.sum(weight * tau) / total) if total > 0.0 else 0.0
