"""The cascade equations of photons and e+-, marched down in energy cell by cell.

    Gamma_X(E) F_X(E) = S_X(E) + sum_X' Int_E^E0 K_XX'(E, E') F_X'(E') dE',  X = photon, e+-

(Kawasaki & Moroi 1995; Hufnagel, Schmidt-Hoberg & Wild 2018). Inverse Compton scattering does not
tell e- from e+, so their sum is followed, which is exact. Unknowns are the numbers per cell; lines
at the highest energy E0 are kept apart, as they are before their first collision.
"""

import math
from dataclasses import dataclass

import numpy as np

from ...constants import ALPHA, M_E
from ...numerics.jit import kernel
from ...numerics.quadrature import gauss_legendre
from . import tables
from .kernels import (
    M2,
    bethe_heitler,
    bethe_heitler_sigma,
    compton_between,
    compton_rate,
    photon_between,
    photon_photon,
    photon_rate,
)

E_MIN = 1.5  # MeV, below every threshold (Be7 at 1.587 MeV)
PER_DECADE = 120
STEP = 3  # cells of energy per step of temperature: 40 steps per decade
_BLOCK = 120


@kernel
def _cold_transfers(E, low, high, nodes, weights, out):
    """Photon E into [low, high]: Compton photons and e- per electron density, one lepton of pairs."""
    out[0] = compton_between(low, min(high, E), E, 1.0)
    top = E + M_E
    # electrons above E (their rest mass is included in the energy) are counted in the highest cell
    most = top if high >= E else high
    out[1] = compton_between(top - most, top - low, E, 1.0)
    out[2] = 0.0
    a, b = max(low, M_E), min(high, E - M_E)
    if b > a:
        for i in range(nodes.size):
            out[2] += (
                0.5 * (b - a) * weights[i]
                * bethe_heitler(0.5 * (a + b) + 0.5 * (b - a) * nodes[i], E)
            )  # fmt: skip


@kernel
def _cold(edges, nodes, weights, fine, fine_w, out, line, rates):
    """Transfers on cold matter from cell middles (3, n, n) and from a line at edges[0] (3, n)."""
    n = edges.size - 1
    one = np.empty(3)
    for j in range(n + 1):
        E = edges[0] if j == n else math.sqrt(edges[j] * edges[j + 1])
        rates[0, j] = compton_rate(E, 1.0)
        rates[1, j] = bethe_heitler_sigma(E, fine, fine_w)
        for i in range(0 if j == n else j, n):
            high = E if i == j or (j == n and i == 0) else edges[i]
            _cold_transfers(E, edges[i + 1], high, nodes, weights, one)
            for s in range(3):
                if j == n:
                    line[s, i] = one[s]
                else:
                    out[s, j, i] = one[s]


@kernel
def _march(edges, T, rows, black_body, shapes, matter, source, lines, photons, electrons, after):
    """One temperature after another; fills photons, electrons (nt, n) and the lines (nt, 2)."""
    lattice, leave, pair_edge, pair_mid = black_body
    ic_tab, pair_tab, rule = shapes
    cold, cold_line, rates, ne, nz2 = matter
    n = edges.size - 1
    width = math.log(edges[0] / edges[1])
    mid = np.sqrt(edges[1:] * edges[:-1])
    top = edges[0]
    row = np.empty((3, n))
    gain_g, gain_e = np.empty(n), np.empty(n)
    for t in range(T.size):
        temp = T[t]
        cube = temp**3
        de, dz = ne * cube, nz2 * cube
        b0 = top * temp / M2
        ic_unit = 2.0 * ALPHA**2 * temp * temp / math.pi
        pp_unit = 0.5 * ALPHA**2 * M2 * temp / math.pi  # both leptons
        gain_g[:] = source[0]
        gain_e[:] = source[1]
        after[t, 0] = after[t, 1] = 0.0
        tables.line_row(b0, width, ic_tab, pair_tab, rule, row)
        if lines[0] > 0.0:
            rate = de * rates[0, n] + dz * rates[1, n] + photon_rate(top, temp)
            rate += pair_edge[rows[t]] * temp / (top * top)
            after[t, 0] = lines[0] / rate
            for i in range(n):
                part = de * cold_line[1, i] + 2.0 * dz * cold_line[2, i]
                gain_e[i] += after[t, 0] * (part + pp_unit / (top * top) * row[2, i])
                scatter = photon_between(edges[i + 1], edges[i], top, temp)
                gain_g[i] += after[t, 0] * (de * cold_line[0, i] + scatter)
        if lines[1] > 0.0:
            q = tables.scattered_below(b0, 0.0, ic_tab, rule)
            after[t, 1] = lines[1] / (ic_unit / top * q)
            for i in range(n):
                gain_e[i] += after[t, 1] * ic_unit / top * row[0, i]
                gain_g[i] += after[t, 1] * ic_unit / top * row[1, i]
        for j in range(n):
            m = rows[t] + j
            E = mid[j]
            icj, ppj = ic_unit / E, pp_unit / (E * E)
            # within the cell: a photon feeds electrons and the reverse
            loss_g = de * rates[0, j] + dz * rates[1, j] + photon_rate(E, temp)
            loss_g += pair_mid[m] * temp / (E * E)
            loss_g -= de * cold[0, j, j] + photon_between(edges[j + 1], E, E, temp)
            loss_e = icj * leave[m]
            g_to_e = de * cold[1, j, j] + 2.0 * dz * cold[2, j, j] + ppj * lattice[2, m, 0]
            e_to_g = icj * lattice[1, m, 0]
            det = loss_g * loss_e - g_to_e * e_to_g
            g = (gain_g[j] * loss_e + e_to_g * gain_e[j]) / det
            e = (gain_e[j] * loss_g + g_to_e * gain_g[j]) / det
            photons[t, j], electrons[t, j] = g, e
            gg = g * photon_photon(E, E, temp)
            for i in range(j + 1, n):
                k = i - j
                x = mid[i] / E
                gain_g[i] += g * de * cold[0, j, i] + e * icj * lattice[1, m, k]
                gain_g[i] += gg * (1.0 - x + x * x) ** 2 * mid[i] * width
                part = de * cold[1, j, i] + 2.0 * dz * cold[2, j, i] + ppj * lattice[2, m, k]
                gain_e[i] += g * part + e * icj * lattice[0, m, k]


@dataclass(frozen=True, eq=False)
class Spectra:
    """Steady spectra for one source per temperature.

    Attributes
    ----------
    T : ndarray, shape (nt,)
        Temperatures [MeV], falling.
    edges : ndarray, shape (n + 1,)
        Cell edges [MeV], falling from the highest injected energy.
    photons, electrons : ndarray, shape (nt, n)
        Integral of F over each cell per unit source rate density [MeV^-1].
    lines : ndarray, shape (nt, 2)
        Photons and e+- still at the highest energy, same unit.
    """

    T: np.ndarray
    edges: np.ndarray
    photons: np.ndarray
    electrons: np.ndarray
    lines: np.ndarray
    references = (
        "KawasakiMoroi1995",
        "HufnagelSchmidtHobergWild2018",
        "Jones1968",
        "AharonianAtoyanNagapetyan1983",
        "SvenssonZdziarski1990",
    )


def energy_edges(highest, per_decade=PER_DECADE):
    """Falling cell edges from `highest` to just below `E_MIN` [MeV]."""
    n = math.ceil(per_decade * math.log10(highest / E_MIN) - 1e-9)
    return highest * 10.0 ** (-np.arange(n + 1) / per_decade)


def temperature_rows(highest, T_high, T_low, per_decade=PER_DECADE, step=STEP):
    """Rows of the lattice whose temperatures cover [T_low, T_high], and those temperatures."""
    b = tables.lattice_edges(per_decade)
    first = np.searchsorted(-b, -highest * T_high / M2, side="right") - 1
    last = np.searchsorted(-b, -highest * T_low / M2, side="left")
    rows = np.arange(first, last + step, step)
    return rows, b[rows] * M2 / highest


def solve_spectra(edges, rows, T, source, lines, ne, nz2, per_decade=PER_DECADE):
    """Solve the cascade at the given rows of the lattice.

    Parameters
    ----------
    edges : ndarray, shape (n + 1,)
    rows, T : ndarray, shape (nt,)
        From :func:`temperature_rows`.
    source : ndarray, shape (2, n)
        Photons and e+- (both charges) injected into each cell, per decay.
    lines : (float, float)
        Photons and e+- injected exactly at edges[0], per decay.
    ne, nz2 : float
        Electron density, and sum of Z^2 over nuclei, in units of T^3.

    Returns
    -------
    Spectra
    """
    n = len(edges) - 1
    cells = -(-n // _BLOCK) * _BLOCK
    _, lattice, leave = tables.lattice(per_decade, cells)
    pair_edge, pair_mid = tables.lattice_pair_rates(per_decade)
    three, three_w = gauss_legendre(3)
    fine, fine_w = gauss_legendre(32)
    cold, line, rates = np.zeros((3, n, n)), np.zeros((3, n)), np.zeros((2, n + 1))
    _cold(edges, three, three_w, fine, fine_w, cold, line, rates)
    photons, electrons = np.zeros((len(T), n)), np.zeros((len(T), n))
    after = np.zeros((len(T), 2))
    black_body = (lattice, leave, pair_edge, pair_mid)
    shapes = (tables.compton_table(), tables.pair_table(), gauss_legendre(5))
    matter = (cold, line, rates, ne, nz2)
    source, lines = np.ascontiguousarray(source, float), np.asarray(lines, float)
    _march(edges, T, rows, black_body, shapes, matter, source, lines, photons, electrons, after)
    return Spectra(T, edges, photons, electrons, after)
