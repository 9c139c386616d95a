"""Rates of every coupling in a star, tabled over the mass alone: any couplings at once, for fits.

Rates are sums over the couplings, linear in each strength (|U_a|^2, d_a^2). So the optical depths and
the production of every cell at unit strength, coupling by coupling, are all a star has to say at a mass;
their sum is carried through the star anew at every point, which is cheap. Nothing is interpolated over
couplings: neither their size nor their ratios.

Between tabled masses tau and production exp(m/T) are cubic in ln m: without the Boltzmann factor of the
cell they are smooth.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...numerics.jit import kernel
from ...numerics.lagrange import lagrange_weights
from ...reactions.bosons import make_bosons
from ..transport.matter import LIGHT
from ..transport.net_flux import edge_values, march_net
from ..transport.rays import march, source_slopes
from ..transport.settings import DEFAULT
from ..transport.solution import solution, unit_model
from .cooling import ALLOWED_LUMINOSITY
from .rate_ray import mass_nodes
from .surface import near

GRID = replace(DEFAULT, rays=6, spectrum=20)  # rays can be fewer; steps follow the trapping edge
PER_EFOLD = 10  # masses
RELEVANT = 1e-3 * ALLOWED_LUMINOSITY  # erg/s, errors are measured where the power exceeds it
CHECKS, DIRECTIONS = 8, 4  # random masses; couplings at each, where the error is measured
_COLDEST = 600.0  # m/T beyond which nothing is made


@kernel
def _combine(tau, made, node, strengths, cold, out_tau, out_source):
    """Fill the optical depth and the source of every cell: sums over four masses and all couplings.

    ``tau``, ``made``: [mass, coupling, state, energy, ray, cell]; ``node``: weights of the masses.
    """
    n_m, n_f, n_s, n_e, n_b, n_c = tau.shape
    for s in range(n_s):
        for e in range(n_e):
            for b in range(n_b):
                t, q = out_tau[s, e, b], out_source[s, e, b]
                t[:] = 0.0
                q[:] = 0.0
                for f in range(n_f):
                    if strengths[f] > 0.0:
                        for k in range(n_m):
                            w = strengths[f] * node[k]
                            for c in range(n_c):
                                t[c] += w * tau[k, f, s, e, b, c]
                                q[c] += w * made[k, f, s, e, b, c]
                for c in range(n_c):
                    t[c] = max(t[c], 0.0)  # the cubic may swing next to a threshold
                    q[c] = max(q[c], 0.0) * cold[b, c] / t[c] if t[c] > 0.0 else 0.0


@dataclass(eq=False)
class UnitRates:
    """Optical depth and production at unit strength over masses, and what carries them outwards.

    Attributes
    ----------
    couplings : tuple of str
    ln_mass : ndarray, shape (n_mass,)
    excess, weight : ndarray, shape (n_energy,)
        Energy above the mass [MeV], and the weights of an integral over it; the same at every mass.
    tau, made : ndarray, shape (n_mass, n_coupling, n_state, n_energy, n_ray, n_cell)
    inverse_t : ndarray, shape (n_ray, n_cell)
        1/(lapse T) [1/MeV].
    chords : dict
        Ray weights, lengths and distances of the cells, cells outside the core of each ray.
    error : float
        Largest deviation of ln of the power (at infinity, and net through the core) from direct
        solutions at random masses and couplings, where it exceeds a thousandth of what SN1987A allows.
    """

    couplings: tuple
    ln_mass: np.ndarray
    excess: np.ndarray
    weight: np.ndarray
    tau: np.ndarray
    made: np.ndarray
    inverse_t: np.ndarray
    chords: dict
    error: float = np.nan
    _last: tuple = field(default=(None, None, None), init=False, repr=False)

    def __getstate__(self):
        return {**self.__dict__, "_last": (None, None, None)}

    def spectrum(self, mass_mev, strengths, net=False):
        """Return (energies [MeV], d2N/(dE dt) [MeV^-1 s^-1]) at infinity, or net through the core.

        Raises
        ------
        DomainError
            For a mass outside the table.
        """
        energy = mass_mev + self.excess
        amounts = np.array([strengths.get(c, 0.0) for c in self.couplings])
        if not amounts.any():
            return energy, np.zeros_like(energy)
        tau, source = self._cells(mass_mev, amounts)
        out, ray = np.empty_like(energy), self.chords
        if net:
            edges = edge_values(source, ray["length"], ray["distance"])
            march_net(tau, source, edges, ray["outside"], 1.0, ray["weight"], out)
        else:
            slope = np.empty_like(tau)
            source_slopes(tau, source, slope)
            march(tau, source, slope, 1.0, ray["weight"], out)
        return energy, out / (np.pi * const.HBAR)

    def luminosity(self, mass_mev, strengths):
        """Return L at infinity [erg/s]."""
        energy, rate = self.spectrum(mass_mev, strengths)
        return float((self.weight * energy * rate).sum() / const.ERG)

    def _cells(self, mass_mev, amounts):
        """Return optical depth and source of every cell; the last point is kept for other constraints."""
        key = (mass_mev, *amounts.tolist())
        last = self._last
        if last[0] == key:
            return last[1], last[2]
        x = np.log(mass_mev)
        if not near(x, self.ln_mass):
            raise DomainError(
                f"mass = {mass_mev:g} MeV is outside the table of rates, {np.exp(self.ln_mass[0]):g}-"
                f"{np.exp(self.ln_mass[-1]):g} MeV; widen the prior range it is built for"
            )
        k = int(np.clip(np.searchsorted(self.ln_mass, x) - 2, 0, self.ln_mass.size - 4))
        nodes = self.ln_mass[k : k + 4]
        weights = lagrange_weights(nodes, x)
        tau = np.empty(self.tau.shape[2:])
        source = np.empty_like(tau)
        cold = np.exp(-np.minimum(mass_mev * self.inverse_t, _COLDEST))
        _combine(self.tau[k : k + 4], self.made[k : k + 4], weights, amounts, cold, tau, source)
        self._last = (key, tau, source)
        return tau, source


def suits(ray, low):
    """True if rates can be tabled: no resonances with neutrinos, states that are followed along rays."""
    processes = unit_model(ray.at(low)).processes()
    return low >= LIGHT and bool(processes) and not make_bosons(processes)


def _at_mass(arguments):
    """Return the rates of one mass as a dict of arrays (a picklable task)."""
    mass, star, ray, options = arguments
    found = solution(ray.at(mass), star, **{**options, "resolution": GRID})
    return found.unit_rates(tuple(ray.strengths))


def _measured(arguments):
    """Return powers [erg/s] of direct solutions at one mass: at infinity and net (a picklable task)."""
    mass, star, ray, options, points = arguments
    found = solution(ray.at(mass), star, **options)
    to_power = found.weight * found.energy / const.ERG
    out = []
    for strengths in points:
        spectra = [found.along(strengths, [1.0])[0]]
        if "core" in options:
            spectra.append(found.net_along(strengths, [1.0])[0])
        out.append([float(s @ to_power) for s in spectra])
    return out


def build(star, ray, low, high, options, mapper=map, progress=None, seed=1):
    """Return :class:`UnitRates` of a star.

    Parameters
    ----------
    star : Star
    ray : RateRay
        On which every coupling that may vary has a share.
    low, high : float
        Mass range [MeV].
    options : mapping
        As for :func:`astrobounds.supernova.emission`, with ``core`` for the net flux through it.
    mapper : callable
    progress : callable
        Called after each mass.
    seed : int
        Of the points where the error is measured.
    """
    masses = mass_nodes(low, high, PER_EFOLD)
    found = []
    for part in mapper(_at_mass, [(m, star, ray, options) for m in masses]):
        found.append(part)
        if progress is not None:
            progress()
    first = found[0]
    inverse_t = 1.0 / (first["lapse"] * first["temperature"])
    tau = np.array([p["tau"] for p in found])
    made = np.array([p["made"] for p in found])
    for m, row in zip(masses, made):
        row *= np.exp(np.minimum(m * inverse_t, _COLDEST))
    chords = {k: first[k] for k in ("weight", "length", "distance", "outside")}
    table = UnitRates(tuple(ray.strengths), np.log(masses), first["excess"], first["measure"], tau, made,
                      inverse_t, chords)  # fmt: skip
    table.error = _error(table, star, ray, (low, high), options, mapper, progress, seed)
    return table


def _error(table, star, ray, span, options, mapper, progress, seed):
    """Largest deviation from direct solutions at random masses and random directions and sizes."""
    rng = np.random.default_rng(seed)
    low, high = span
    tasks = []
    for mass in low * (high / low) ** rng.random(CHECKS):
        points = []
        floor = max(ray.low, 1e-12 * ray.high)
        for _ in range(DIRECTIONS):
            sizes = floor * (ray.high / floor) ** rng.random(len(table.couplings))
            points.append(dict(zip(table.couplings, (sizes / len(table.couplings)).tolist())))
        tasks.append((float(mass), star, ray, options, points))
    worst = 0.0
    for (mass, *_, points), exact in zip(tasks, mapper(_measured, tasks)):
        for strengths, powers in zip(points, exact):
            for net, power in enumerate(powers):
                if power > RELEVANT:
                    energy, rate = table.spectrum(mass, strengths, bool(net))
                    read = (table.weight * energy * rate).sum() / const.ERG
                    worst = max(worst, abs(float(np.log(read / power))))
        if progress is not None:
            progress()
    return worst


def tasks_of(low, high):
    """Return how many steps :func:`build` reports."""
    return mass_nodes(low, high, PER_EFOLD).size + CHECKS
