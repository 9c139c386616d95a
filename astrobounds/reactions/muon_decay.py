"""Decays of muons in the star, mu -> e nu N: Gamma* of a 1 -> 3 process reduced to two dimensions.

The crossing of mu- nu_e -> e- N: the antineutrino of the final state is a neutrino of energy and
momentum -p, f(-E) = 1 - f(E), and the square of the amplitude changes sign. The angular integrals are
those of 2 -> 2 processes at a negative energy; only the limits of the two energies are others:

    R(E4) = 1/(64 pi^3 E4 p4) int dE_mu int dE_e [c I] f_mu (1 - f_e)(1 - f_nu),  E_nu = E_mu - E_e - E4

References: arXiv:2311.00033 (muons in the core), arXiv:hep-ph/9703315 (reduction).
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import N_PRODUCTS, angular, fermi, unit_rule
from ..numerics.jit import kernel
from .medium import has_muons, species
from .threads import run_over_zones

references = ("Carenza:2023old",)

THRESHOLD = const.M_MU - const.M_E  # MeV, heavier N are not made
_CUT = 28.0  # thermal widths kept beyond the Fermi level, as for 2 -> 2


@kernel
def _sorted(values, n):
    """Sort the first n numbers in place."""
    for i in range(1, n):
        value, j = values[i], i - 1
        while j >= 0 and values[j] > value:
            values[j + 1] = values[j]
            j -= 1
        values[j + 1] = value


@kernel
def _muon_edges(e4, p4, m4, mus, t, edges):
    """Fill the sorted edges of smooth parts in E_mu; returns the number of edges (0: closed).

    The mass of the pair e nu is at least m_e for m4^2 E^2 - A E4 E + A^2/4 + p4^2 m_mu^2 < 0,
    A = m_mu^2 + m4^2 - m_e^2; where an electron at rest reaches the edge of its range E4 + m_e takes
    the place of E4.
    """
    m, me = const.M_MU, const.M_E
    a = m * m + m4 * m4 - me * me
    if a <= 2.0 * m * m4:
        return 0
    q = a * e4 + p4 * np.sqrt((a - 2.0 * m * m4) * (a + 2.0 * m * m4))
    kink = (a * a + 4.0 * p4 * p4 * m * m) / (2.0 * q)
    low = m if 2.0 * m * e4 <= a else kink  # a muon at rest makes N up to a/(2 m)
    top = max(max(mus[0], low), max(e4 + max(mus[1], me) + max(mus[2], 0.0), low)) + _CUT * t
    high = min(top, q / (2.0 * m4 * m4)) if m4 > 0.0 else top
    if high <= low:
        return 0
    y = e4 + me
    lead = (y - p4) * (y + p4)
    b, root = (m * m + lead) * y, p4 * abs(m * m - lead)
    edges[0] = low
    n = 1
    for e in (kink, np.sqrt(m * m + p4 * p4), (b - root) / (2.0 * lead), (b + root) / (2.0 * lead),
              mus[0]):  # fmt: skip
        if low < e < high:
            edges[n] = e
            n += 1
    edges[n] = high
    _sorted(edges, n + 1)
    return n + 1


@kernel
def _electron_edges(w, near, far, mus, edges):
    """Fill the sorted edges of smooth parts in E_e at pair energy w, pair momentum near..far."""
    me = const.M_E
    edges[0] = me
    n = 1
    for k in (-far, -near, near, far):  # E_e + p_e or E_e - p_e equal to w + k
        s = w + k
        if s > 0.0:
            e = 0.5 * (s + me * me / s)
            if me < e < w:
                edges[n] = e
                n += 1
    for e in (mus[1], w - mus[2]):
        if me < e < w:
            edges[n] = e
            n += 1
    edges[n] = w
    _sorted(edges, n + 1)
    return n + 1


@kernel
def decay_rates(e4, m4, product, mus, t, outer, inner, out):
    """Fill ``out[helicity]`` with Gamma* per unit coefficient of mu -> e nu N [MeV^5].

    Gamma* = Gamma_absorption + Gamma_production, the integral over f_mu (1-f_e)(1-f_nu) +
    (1-f_mu) f_e f_nu; production per helicity is f_eq Gamma* with mu_N = mus[0] - mus[1] - mus[2].
    ``mus`` [MeV] of muon, electron, neutrino; ``product`` as in `MuonDecay`; ``outer``, ``inner``:
    rules on (0, 1).
    """
    out[:] = 0.0
    m, me = const.M_MU, const.M_E
    p4 = np.sqrt(max((e4 - m4) * (e4 + m4), 0.0))
    if p4 <= 0.0:
        return
    edges, breaks = np.empty(8), np.empty(8)
    part = np.empty((N_PRODUCTS, 2))
    need = np.zeros(N_PRODUCTS, dtype=np.bool_)
    need[product] = True
    n_mu = _muon_edges(e4, p4, m4, mus, t, edges)
    for piece in range(n_mu - 1):
        start, width = edges[piece], edges[piece + 1] - edges[piece]
        for i in range(outer.shape[1]):
            u = outer[0, i]
            if piece == 0:  # momentum grows like a square root from rest
                e0, w0 = start + width * u * u, 2.0 * u * width * outer[1, i]
            else:
                e0, w0 = start + width * u, width * outer[1, i]
            p0 = np.sqrt(max((e0 - m) * (e0 + m), 0.0))
            f0 = fermi((e0 - mus[0]) / t)
            w, near, far = e0 - e4, abs(p0 - p4), p0 + p4
            if w <= me:
                continue
            n = _electron_edges(w, near, far, mus, breaks)
            for j in range(n - 1):
                low, span = breaks[j], breaks[j + 1] - breaks[j]
                middle = low + 0.5 * span
                pa = np.sqrt(max((middle - me) * (middle + me), 0.0))
                pb = w - middle
                if span <= 0.0 or abs(pa - pb) >= far or pa + pb <= near:
                    continue
                for k in range(inner.shape[1]):
                    v = inner[0, k]
                    if j == 0:
                        ea, wa = low + span * v * v, 2.0 * v * span * inner[1, k]
                    else:
                        ea, wa = low + span * v, span * inner[1, k]
                    eb = w - ea
                    fa, fb = fermi((ea - mus[1]) / t), fermi((eb - mus[2]) / t)
                    stat = f0 * (1.0 - fa) * (1.0 - fb) + (1.0 - f0) * fa * fb
                    weight = w0 * wa * stat
                    if weight < 1e-300:
                        continue
                    pa = np.sqrt(max((ea - me) * (ea + me), 0.0))
                    angular(e0, p0, -eb, eb, ea, pa, e4, p4, 0.0, need, part)
                    out[0] -= weight * part[product, 0]
                    out[1] -= weight * part[product, 1]
    norm = 1.0 / (64.0 * np.pi**3 * e4 * p4)
    out[0] *= norm
    out[1] *= norm


@kernel
def _decay_table(energy, m4, product, mus, t, outer, inner, out):
    """Fill ``out[zone, energy, helicity]``."""
    for z in range(t.size):
        for i in range(energy.size):
            decay_rates(energy[i], m4, product, mus[z], t[z], outer, inner, out[z, i])


def possible(mass, processes, medium):
    """Return the decays that are open and whose muons are part of a medium."""
    return list(processes) if mass < THRESHOLD and has_muons(medium) else []


def _levels(process, medium):
    """Chemical potentials [MeV] of muon, electron, neutrino, shape (n_places, 3)."""
    columns = [species(medium, name)[1] for name in process.species]
    return np.ascontiguousarray(np.stack(columns, axis=1))


def chemical_potentials(processes, medium):
    """Return mu of muon less electron less neutrino [MeV] of every process, (n_process, n_places)."""
    levels = [_levels(p, medium) for p in processes]
    return np.array([x[:, 0] - x[:, 1] - x[:, 2] for x in levels])


def reduced_rates(processes, mass, energy, medium, outer, inner):
    """Return Gamma* [MeV] at unit mixing, shape (n_process, n_places, n_energy, 2).

    Decays make less than 1e-4 of all N and their inverse moves what leaves by some per mille: half
    the nodes of a contact process are enough.
    """
    rules = unit_rule(max(outer // 2, 4)), unit_rule(max(inner // 2, 4))
    t = np.ascontiguousarray(medium["T"])
    levels = [_levels(p, medium) for p in processes]
    rates = np.zeros((len(processes), t.size, energy.size, 2))

    def fill(zones, i):
        _decay_table(
            energy, mass, processes[i].product, levels[i][zones], t[zones], *rules, rates[i, zones]
        )
        rates[i, zones] *= processes[i].coefficient

    run_over_zones(fill, range(len(processes)), t.size)
    return rates
