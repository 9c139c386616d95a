"""N N <-> N N boson for L = sum_N (g_N/2m_N) (d_mu a) Nbar gamma^mu gamma5 N: one-pion exchange, soft
boson.

Per nucleon 1 of a pair (1, 2), with x = E/T and p_f^2 = m_N T y, p_i^2 = m_N T (y + x) of the side
with less and with more energy and M, k, l of `pion_exchange`,

    Gamma_abs = (1/4m^2)(p^2/2E) n_1 S(E),   S(-E) = e^{-x} S(E),   Gamma* = (1 - e^{-x}) Gamma_abs
    S(E) E^2 = (n_2 s/8)(m_N/4pi^2)(4 pi sqrt(m_N T))(2/sqrt pi)(f/m_pi)^4
               int_0^inf dy sqrt(y(y+x)) e^{-y} (1/2) int dc (64/3) M,     s = 1/4 (nn, pp), 1 (np).

A massive boson carries p^2/E^2 relative to a massless one. Named corrections, each a switch:

* the mass of the pion in its propagator (x 0.74 in the energy lost at T = 30 MeV, 3e14 g/cm3);
* exchange of two pions (x 0.19 after it);
* multiple scattering, 1/E^2 -> 1/(E^2 + G^2) with G from int_0 dE/2pi [S(-E) + S(E)] = 1 (x 0.66);
* degeneracy, Fermi-Dirac statistics (`nucleon_degeneracy`; 0.5-0.7 there, 0.2-0.4 at the centre);
* the effective mass, by the column of the medium: S ~ m*^{3/2}; the vertex keeps the vacuum mass.

Choices among them are worth a factor of three in the rate. Pion conversion is not included.

References: arXiv:1906.11844, arXiv:hep-ph/9507023, doi:10.1103/PhysRevD.38.2338.
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import unit_rule
from ..numerics.jit import kernel
from .balance import boson_rates
from .nucleon_degeneracy import degeneracy_ratio, level_of
from .pion_exchange import F_PION, M_PION, NN, NP_MINUS, NP_PLUS, TERMS, amplitude

COLUMNS = ("T", "n_n", "n_p", "m_nucleon")
M_NUCLEON = 0.5 * (const.M_N + const.M_P)  # MeV
CUT = 28.0  # E/T at which the sum rule is cut: one-pion exchange fails beyond; 10 or 40 move G by 1 %
_V, _W = unit_rule(20)
_TOP = 6.2  # thermal: e^{-y} with y = v^2 < 38
_TAIL = np.array([(_TOP * _V) ** 2, 2.0 * _TOP**3 * _V**2 * _W * np.exp(-((_TOP * _V) ** 2))])
_ANGLE = np.ascontiguousarray(unit_rule(14))
_SUM = np.ascontiguousarray(unit_rule(20))

references = ("Carenza:2019pxu", "Raffelt:1996wa")


@kernel
def structure(x, t, mass, density, row, pion2, two_pion, tail, angle):
    """S(E) E^2 [MeV] of one row of `TERMS` at unit coupling, nondegenerate; ``density`` n_2 [MeV^3]."""
    total = 0.0
    for i in range(tail.shape[1]):
        y = tail[0, i]
        mean = 0.0
        for j in range(angle.shape[1]):  # even in the cosine for nn only
            c = 2.0 * angle[0, j] - 1.0
            mean += angle[1, j] * amplitude(
                mass * t * (y + x), mass * t * y, c, pion2, two_pion, TERMS[row]
            )
        total += tail[1, i] * np.sqrt(y + x) * mean  # the weight has the sqrt(y) e^{-y}
    symmetry = 0.25 if row == NN else 1.0
    norm = density * symmetry / 8.0 * mass / (4.0 * np.pi**2) * 4.0 * np.pi * np.sqrt(mass * t)
    norm *= 2.0 / np.sqrt(np.pi) * (F_PION / M_PION) ** 4 * 64.0 / 3.0
    return norm * total


@kernel
def pair_sum(x, t, mass, n_n, n_p, g_n, g_p, ratios, pion2, two_pion, tail, angle):
    """sum over nn, pp, np of n_1 S(E) E^2 g^2 [MeV^4]."""
    plus, minus = 0.25 * (g_n + g_p) ** 2, 0.25 * (g_n - g_p) ** 2
    same = structure(x, t, mass, 1.0, NN, pion2, two_pion, tail, angle)
    total = same * (n_n * n_n * g_n * g_n * ratios[0] + n_p * n_p * g_p * g_p * ratios[1])
    mixed = 0.0
    if plus > 0.0:
        mixed += plus * structure(x, t, mass, 1.0, NP_PLUS, pion2, two_pion, tail, angle)
    if minus > 0.0:
        mixed += minus * structure(x, t, mass, 1.0, NP_MINUS, pion2, two_pion, tail, angle)
    return total + n_n * n_p * mixed * ratios[2]


@kernel
def scattering_width(t, mass, n_n, n_p, g_n, g_p, pion2, two_pion, tail, angle, rule):
    """G [MeV] with int_0^{28 T} dE/2pi [S(-E) + S(E)] = 1: the sum of spins squared.

    Of the sum of all pairs over n_n g_n^2 + n_p g_p^2, as of uncorrelated spins; nondegenerate.
    """
    spins = n_n * g_n * g_n + n_p * g_p * g_p
    if spins <= 0.0:
        return 0.0
    one = np.ones(3)
    n = rule.shape[1]
    x, weight, value = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):  # x = v^2 up to the cut
        v = np.sqrt(CUT) * rule[0, i]
        x[i] = v * v
        weight[i] = 2.0 * v * np.sqrt(CUT) * rule[1, i]
        both = pair_sum(x[i], t, mass, n_n, n_p, g_n, g_p, one, pion2, two_pion, tail, angle)
        value[i] = both * (1.0 + np.exp(-x[i])) / spins
    low, high = 1e-6 * t, 1e4 * t
    for _ in range(60):
        g = np.sqrt(low * high)
        total = 0.0
        for i in range(n):
            total += weight[i] * t * value[i] / (x[i] * x[i] * t * t + g * g)
        if total / (2.0 * np.pi) > 1.0:
            low = g
        else:
            high = g
    return np.sqrt(low * high)


@kernel
def _ratios(x, t, mass, level_n, level_p, pion2, two_pion, out):
    """Fill ``out`` with the ratios of degeneracy of nn, pp and np (of the row that conserves less spin)."""
    out[0] = degeneracy_ratio(x, t, mass, level_n, level_n, NN, pion2, two_pion)
    out[1] = degeneracy_ratio(x, t, mass, level_p, level_p, NN, pion2, two_pion)
    out[2] = degeneracy_ratio(x, t, mass, level_n, level_p, NP_PLUS, pion2, two_pion)


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV].

    ``medium`` columns `COLUMNS`; ``parameters``: mass, g_n, g_p, m_N of the vertex, and 1 or 0 each for
    the pion mass, two-pion exchange, multiple scattering, degeneracy.
    """
    mass, g_n, g_p, vertex = parameters[0], parameters[1], parameters[2], parameters[3]
    pion2 = M_PION * M_PION * parameters[4]
    two_pion, multiple, degenerate = parameters[5], parameters[6], parameters[7]
    ratios = np.ones(3)
    for z in range(energy.shape[0]):
        t, n_n, n_p, m = medium[z, 0], medium[z, 1], medium[z, 2], medium[z, 3]
        width = level_n = level_p = 0.0
        if multiple > 0.5:
            width = scattering_width(t, m, n_n, n_p, g_n, g_p, pion2, two_pion, _TAIL, _ANGLE, _SUM)
        if degenerate > 0.5:
            level_n, level_p = level_of(n_n, m, t), level_of(n_p, m, t)
        for i in range(energy.shape[1]):
            e = energy[z, i]
            out[0, z, i] = 0.0
            if e <= mass:
                continue
            p2 = (e - mass) * (e + mass)
            x = e / t
            if degenerate > 0.5:
                _ratios(x, t, m, level_n, level_p, pion2, two_pion, ratios)
            s = pair_sum(x, t, m, n_n, n_p, g_n, g_p, ratios, pion2, two_pion, _TAIL, _ANGLE)
            s /= e * e + width * width
            out[0, z, i] = -np.expm1(-x) * p2 / (8.0 * vertex * vertex * e) * s


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at g = 1, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.NucleonBremsstrahlung`; ``medium``: columns
    ``T``, ``n_n``, ``n_p`` [MeV^3], ``m_nucleon``.
    """
    t = medium["T"]
    m = medium["m_nucleon"] if process.effective_mass else M_NUCLEON
    switches = (process.pion_mass, process.two_pion, process.multiple_scattering, process.degeneracy)
    parameters = (mass, process.neutron, process.proton, M_NUCLEON, *switches)
    return boson_rates(fill, (t, medium["n_n"], medium["n_p"], m), parameters, energy, t)
