"""Rates of a neutrino with a transition moment in the hot plasma, at d = 1 MeV^-1.

Contact processes of N: scattering N f <-> nu f on charged particles (one photon exchanged), pairs
N nubar <-> f fbar, and plasmon decay gamma* <-> nubar N. With massless partners of unit charge

    Gamma*(p, T) = T^3 [C_s(T) S(p/T, m/T, k_D/T) + C_a(T) A(p/T, m/T) + P(p/T, m/T, k_D/T)],

where C_s and C_a add up charges squared, colours and suppressions by mass. S, A and P are integrals
of ``reactions.dipole_scattering`` and ``models.dipole_photons`` with full statistics. A soft photon is
screened by Q^2/(Q^2 + k_D^2): on the light cone that is what dressed propagators, electric and
magnetic, add up to (Aurenche, Gelis & Zaraket 2002), hence

    S -> (4 alpha/3) ln(c p T/k_D^2) for a relativistic N.

Decays and inverse decays N <-> nu gamma have a photon of mass k_D/sqrt 2 and full statistics.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_numbers, write_numbers
from ...numerics.collision import unit_rule
from ...numerics.jit import kernel
from ...numerics.lagrange import lagrange_weights
from ...reactions import dipole_photons
from ...reactions.dipole_scattering import ION, annihilation_rates, upscatter_rates
from .rates import BOTTOM, CHARM, PARTNER_GRID, T_CONFINED, WIDTH_CONFINED

references = ("MagillDipole2018", "Elmfors:1997tt", "Aurenche:2002pd", "Braaten:1993jw")

SCATTER_TABLE = "cosmology/relic_dipole_scattering.ecsv"
PAIR_TABLE = "cosmology/relic_dipole_pairs.ecsv"
MASS_TABLE = "cosmology/relic_dipole_partner_mass.ecsv"
U_GRID = 0.02 * (80.0 / 0.02) ** (np.arange(28) / 27.0)  # p/T
X_GRID = np.concatenate([[0.02], 0.08 * (25.0 / 0.08) ** (np.arange(17) / 16.0)])  # m/T
K_GRID = np.exp(0.5 * np.log(0.56 * 0.08) + 0.5 * np.log(0.56 / 0.08)
                * np.cos(np.pi * (np.arange(4) + 0.5) / 4.0))  # k_D/T  # fmt: skip
DEBYE_UNIT = 4.0 * np.pi * const.ALPHA / 3.0  # k_D^2/T^2 of one massless Dirac fermion
COLD = 40.0  # m/T, beyond it N decays in vacuum
_LIGHT = 1e-4  # M/T of a "massless" partner
_TYPICAL = 0.2  # k_D/T for the suppression by mass
_STEP = 0.05  # of ln T in the table of one mass


def scattering(u, x, k, mass=_LIGHT, nodes=48):
    """Return S of the two helicities, relativistic one first: f and fbar of unit charge."""
    out = np.zeros((2, 2))
    tail = np.ascontiguousarray(np.polynomial.laguerre.laggauss(16))
    upscatter_rates(
        float(np.hypot(u, x)), float(x), float(mass), 0.0, 0.0, 1.0, float(k), ION,
        unit_rule(nodes), unit_rule(24), tail, out,
    )  # fmt: skip
    return 2.0 * out[0]


def pairs(u, x, mass=_LIGHT, nodes=32):
    """Return A of the two helicities."""
    out = np.zeros((2, 2))
    rule = unit_rule(nodes)
    annihilation_rates(float(np.hypot(u, x)), float(x), float(mass), 0.0, 0.0, 1.0, rule, rule, out)
    return out[0]


def plasmons(u, x, k):
    """Return P of the two helicities, transverse and longitudinal plasmons, w_pl = k_D/sqrt 3."""
    total, out = np.zeros(2), np.zeros((2, 2))
    for polarisation, table in enumerate(dipole_photons.modes()):
        dipole_photons.plasmon_rates(
            float(np.hypot(u, x)), float(x), float(k / np.sqrt(3.0)), 0.0, 1.0, polarisation,
            table, unit_rule(24), out,
        )  # fmt: skip
        total += out[0]
    return total


def susceptibility(ratio, statistics=1.0):
    """Return k_D^2 of particles with M/T = ratio over that of massless ones (-1: bosons)."""
    from scipy.integrate import quad

    def integrand(p):
        e = np.hypot(p, ratio)
        return p * p * np.exp(-e) / (1.0 + statistics * np.exp(-e)) ** 2

    massless = np.pi**2 / (6.0 if statistics > 0.0 else 3.0)
    return quad(integrand, 0.0, 60.0 + ratio, epsabs=0.0, epsrel=1e-11)[0] / massless


def partner_suppression(ratio, u=3.0):
    """Return the suppressions at M/T: scattering, pairs, k_D^2 of fermions and of bosons."""
    x, mass = 1e-3, max(float(ratio), _LIGHT)
    return (
        scattering(u, x, _TYPICAL, mass)[0] / scattering(u, x, _TYPICAL)[0],
        pairs(u, x, mass)[0] / pairs(u, x)[0],
        susceptibility(ratio),
        susceptibility(ratio, -1.0),
    )


def compute_tables(scatter_path, pair_path, mass_path):
    """Recompute the three tables of ``data/cosmology`` (about 20 s)."""
    meta = {
        "source": "computed by astrobounds.cosmology.relics.dipole_rates.compute_tables",
        "licence": "BSD-3-Clause",
        "date": "2026-11-22",
    }

    def save(path, names, rows, text):
        rows = [[float(f"{v:.8g}") for v in row] for row in rows]
        write_numbers(path, names, rows, {"description": text} | meta)

    rows, couples = [], []
    for x in X_GRID:
        for u in U_GRID:
            couples.append((u, x, *pairs(u, x)))
            for k in K_GRID:
                rows.append((u, x, k, *scattering(u, x, k), *plasmons(u, x, k)))
    save(
        scatter_path, ("u", "x", "k", "S0", "S1", "P0", "P1"), rows,
        "Dipole portal at d = T = 1: scattering on one massless fermion of unit charge (S) and plasmon "
        "decay (P) by p/T, m/T and k_D/T, helicity 0 of a relativistic N and 1",
    )  # fmt: skip
    save(pair_path, ("u", "x", "A0", "A1"), couples, "Dipole portal at d = T = 1: N nubar <-> f fbar")
    save(
        mass_path, ("ratio", "scatter", "pair", "fermions", "bosons"),
        [(r, *partner_suppression(r)) for r in PARTNER_GRID],
        "Dipole portal: suppression of rates and of k_D^2 by the mass of partners, M/T, at p = 3 T",
    )  # fmt: skip


@lru_cache(maxsize=1)
def _splines():
    """Splines in (ln x, ln u): [S0, S1 over its helicity factor, P0, P1][k], and [A0, A1]."""
    from scipy.interpolate import RectBivariateSpline

    axes = np.log(X_GRID), np.log(U_GRID)
    wrong = _wrong_helicity(U_GRID, X_GRID[:, None])
    shape = (len(X_GRID), len(U_GRID), len(K_GRID))
    _, values = read_numbers(data_path(SCATTER_TABLE))
    s0, s1, p0, p1 = (values[:, i].reshape(shape) for i in (3, 4, 5, 6))
    _, values = read_numbers(data_path(PAIR_TABLE))
    a0, a1 = (values[:, i].reshape(shape[:2]) for i in (2, 3))
    nodes = range(len(K_GRID))
    scatter = [[RectBivariateSpline(*axes, np.log(s0[..., n])) for n in nodes]]
    scatter += [[RectBivariateSpline(*axes, np.log(s1[..., n] / wrong)) for n in nodes]]
    plasmon = [[RectBivariateSpline(*axes, p[..., n], kx=1, ky=1) for n in nodes] for p in (p0, p1)]
    pair = [RectBivariateSpline(*axes, np.log(a)) for a in (a0, a1 / wrong)]
    return scatter, plasmon, pair


def _wrong_helicity(u, x):
    """(E - p)/2E: the suppression of the helicity that a massless N would not have."""
    e = np.hypot(u, x)
    return 0.5 * x * x / (e * (e + u))


def _in_k(k):
    """Weights of the nodes of k_D/T in a polynomial of its logarithm, shape (4, len(k))."""
    return lagrange_weights(np.log(K_GRID), np.log(k))


@lru_cache(maxsize=1)
def _mass_splines():
    from scipy.interpolate import PchipInterpolator

    _, values = read_numbers(data_path(MASS_TABLE))
    floor = 1e-30  # of pairs; they vanish like exp(-M^2/(p T))
    logs = np.log(np.maximum(values[:, 1:], floor)).T
    return tuple(PchipInterpolator(values[:, 0], column) for column in logs)


def suppression(ratio):
    """Return the four suppressions of `partner_suppression` at M/T (array)."""
    ratio = np.asarray(ratio, dtype=float)
    inside = np.minimum(ratio, PARTNER_GRID[-1])
    return np.array([np.exp(s(inside) - (ratio - inside)) for s in _mass_splines()])


def charges(T):
    """Return C_s, C_a and k_D/T at temperatures T [MeV] (array).

    Leptons are free. Above the QCD crossover, T = 160 +- 20 MeV, quarks are a free gas; below it
    charged pions and kaons scatter with the soft part of their rate, which k_D^2 measures, and so do
    W bosons. Other hadrons are left out.
    """
    T = np.asarray(T, dtype=float)
    total = sum(suppression(m / T) for m in const.LEPTON_MASS.values())
    free = 0.5 * (1.0 + np.tanh((T - T_CONFINED) / WIDTH_CONFINED))
    light = suppression(0.0 * T)
    quarks = 4.0 / 3.0 * (light + suppression(CHARM / T))
    quarks += 1.0 / 3.0 * (2.0 * light + suppression(BOTTOM / T))
    total = total + free * quarks
    bosons = (1.0 - free) * sum(suppression(m / T)[3] for m in (const.M_PI, const.M_K))
    bosons = bosons + 3.0 * suppression(const.M_W / T)[3]
    return total[0] + bosons, total[1], np.sqrt(DEBYE_UNIT * (total[2] + bosons))


@kernel
def _fill_decay(u, x, k, rule, out):
    """Fill ``out[T, u, helicity]`` with Gamma*(N <-> nu gamma) over its value in vacuum."""
    part = np.empty((2, 2))
    for i in range(x.size):
        for j in range(u.size):
            e = np.hypot(u[j], x[i])
            dipole_photons.inverse_decay_rates(e, x[i], 0.5 * k[i] ** 2, 0.0, 1.0, rule, part)
            for h in range(2):
                out[i, j, h] = part[0, h] * 4.0 * np.pi * e / x[i] ** 4


@kernel
def _lagrange(at, size, weights):
    """Weights of four neighbouring points of a unit grid at a place; returns the first index."""
    i = min(max(int(np.floor(at)) - 1, 0), size - 4)
    s = at - i
    weights[0] = (s - 1.0) * (s - 2.0) * (3.0 - s) / 6.0
    weights[1] = s * (s - 2.0) * (s - 3.0) / 2.0
    weights[2] = s * (s - 1.0) * (3.0 - s) / 2.0
    weights[3] = s * (s - 1.0) * (s - 2.0) / 6.0
    return i


@kernel
def _interpolate(table, first, smooth, T, p, out):
    """Fill out[i, j] at (T[i], p[i, j]): cubic in ln(p/T), in ln T cubic (smooth) or linear.

    Beyond the table its end holds: there N is frozen (p/T) or gone (T).
    """
    step = np.log(U_GRID[1] / U_GRID[0])
    by_t, by_u, line = np.empty(4), np.empty(4), np.empty(table.shape[1])
    bottom, top = np.log(U_GRID[0]), np.log(U_GRID[-1])
    for i in range(T.size):
        at = min(max((np.log(T[i]) - first) / _STEP, 0.0), table.shape[0] - 1.0)
        row = _lagrange(at, table.shape[0], by_t)
        if not smooth:
            low = min(int(at), table.shape[0] - 2) - row
            by_t[:] = 0.0
            by_t[low], by_t[low + 1] = 1.0 - (at - row - low), at - row - low
        line[:] = 0.0
        for a in range(4):
            if by_t[a] != 0.0:
                for b in range(line.size):
                    line[b] += by_t[a] * table[row + a, b]
        for j in range(p.shape[1]):
            log_u = min(max(np.log(p[i, j] / T[i]), bottom), top)
            column = _lagrange((log_u - bottom) / step, table.shape[1], by_u)
            out[i, j] = 0.0
            for b in range(4):
                out[i, j] += by_u[b] * line[column + b]


class Rates:
    """Rates of an N of one mass at d = 1 MeV^-1, tabulated over T and p/T.

    Parameters
    ----------
    mass : float
        MeV.
    low, high : float
        Range of temperatures [MeV].
    """

    def __init__(self, mass, low, high):
        points = int(np.ceil(np.log(high / low) / _STEP)) + 4
        log_t = np.log(low) + _STEP * np.arange(points)
        T = np.exp(log_t)
        x = mass / T
        c_s, c_a, k = charges(T)
        scatter, plasmon, pair = _splines()
        at = np.clip(x, X_GRID[0], X_GRID[-1])
        where = np.log(at)[::-1], np.log(U_GRID)
        inside = np.clip(k, K_GRID[-1], K_GRID[0])
        weights = _in_k(inside)
        wrong = _wrong_helicity(U_GRID, x[:, None])
        beyond = wrong / _wrong_helicity(U_GRID, at[:, None])  # of the table in m/T
        contact = []
        for h, factor in enumerate((1.0, wrong)):
            log_s = sum(w[:, None] * s(*where)[::-1] for w, s in zip(weights, scatter[h]))
            total = c_s[:, None] * np.exp(log_s) + c_a[:, None] * np.exp(pair[h](*where)[::-1])
            total *= factor
            share = sum(w[:, None] * p(*where)[::-1] for w, p in zip(weights, plasmon[h]))
            share = np.maximum(share, 0.0)  # the polynomial in k dips below zero where it closes
            contact.append(total + share * (beyond if h else 1.0))
        hot = x < COLD
        decay = np.ones((points, len(U_GRID), 2))
        inverse = np.zeros((int(hot.sum()), len(U_GRID), 2))
        _fill_decay(U_GRID, x[hot], k[hot], unit_rule(24), inverse)
        decay[hot] = inverse
        pick = {"minus": [0], "plus": [1], "both": [0, 1]}  # names as for a mixed N
        self._first = log_t[0]
        self._contact = {n: np.log(sum(contact[h] for h in which)) for n, which in pick.items()}
        self._decay = {n: np.mean(decay[..., which], axis=2) for n, which in pick.items()}

    def contact(self, T, p, helicity):
        """Gamma*/d^2 [MeV^3] of scattering, pairs and plasmons at T (n,), momenta p (n, modes)."""
        out = np.empty_like(p)
        _interpolate(self._contact[helicity], self._first, True, T, p, out)
        return np.exp(out) * (T**3)[:, None]

    def decay(self, T, p, helicity):
        """Gamma*(N <-> nu gamma) in the plasma over Gamma m/E: statistics and photon mass."""
        out = np.empty_like(p)
        _interpolate(self._decay[helicity], self._first, False, T, p, out)
        return out


@lru_cache(maxsize=8)
def rates(mass, low, high):
    """Return :class:`Rates`, kept for a few masses."""
    return Rates(mass, low, high)
