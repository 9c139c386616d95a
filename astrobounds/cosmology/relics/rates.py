"""Rates of a heavy neutral lepton in the hot plasma: contact 2 -> 2 processes and matter mixing.

Every set of processes that share one interaction (f fbar with N nu, or a charged current) contains
each crossing once, so that with massless partners all of them are one universal function:

    Gamma*_a(p, T) = 32 G_F^2 T^5 C_a(T) R(p/T, m/T),     df/dt = -|U_a|^2 Gamma*_a (f - f_eq)

C_a(T) counts the partners: 4 from neutrinos, 2 (c_V^2 + c_A^2) from each charged fermion in neutral
currents and 4 from each charged current, times colour, mixing and a mass suppression S(M/T). R and
S come from the collision kernel of ``numerics.collision`` with Fermi-Dirac statistics and blocking.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_numbers, write_numbers
from ...numerics.collision import N_PRODUCTS, contact_rates, unit_rule
from ...numerics.interpolate import NOT_A_KNOT
from ...numerics.interpolate2d import bicubic_slopes
from .contact_kernels import BOTH, MINUS, PLUS, universal_rates

references = ("Dolgov:1997mb", "Notzold:1987ik", "Asaka:2006nq", "Sabti:2020yrt")

RATE_TABLE = "cosmology/relic_contact_rate.ecsv"
MASS_TABLE = "cosmology/relic_partner_mass.ecsv"
U_GRID = 0.02 * (80.0 / 0.02) ** (np.arange(28) / 27.0)  # p/T
X_GRID = np.concatenate([[0.02], 0.1 * 500.0 ** (np.arange(20) / 19.0)])  # m/T to 50
PARTNER_GRID = np.concatenate([[0.0], 0.15 * 2.0 ** (0.5 * np.arange(15))])  # M/T to 19
UNIT = 32.0 * const.G_FERMI**2
T_CONFINED, WIDTH_CONFINED = 160.0, 20.0  # MeV, where quarks take part (crossover of QCD)
CHARM, BOTTOM = 1270.0, 4180.0  # MeV, PDG 2022
HELICITIES = {"both": BOTH, "minus": MINUS, "plus": PLUS}
_SCATTER, _CROSSED = (1.0, 0.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0)


def reduced_rate(u, x, coefficients, masses=(0.0, 0.0, 0.0), nodes=(40, 16)):
    """Return Gamma*/T^5 of the two helicities (-, +) for coefficients as in ContactProcess."""
    coefficients = np.asarray(coefficients, dtype=float)
    out = np.zeros((N_PRODUCTS, 2))
    need = np.array([c != 0.0 for c in coefficients])
    contact_rates(
        float(np.hypot(u, x)), float(x), np.array(masses, dtype=float), np.zeros(3), 1.0, 0.0,
        need, unit_rule(nodes[0]), unit_rule(nodes[1]), out,
    )  # fmt: skip
    return coefficients @ out


def universal(u, x):
    """Return R of the two helicities: (12)(34) once and (13)(24) twice, massless partners."""
    return reduced_rate(u, x, _SCATTER) + 2.0 * reduced_rate(u, x, _CROSSED)


def partner_suppression(ratio, u=3.0):
    """Return S_NC and S_CC at M/T = ratio: rates with heavy partners over massless ones, m_N = 0.

    Neutral current (axial coupling): f and fbar scattering and annihilation, two legs heavy.
    Charged current: one of the three partners heavy, each crossing once.
    """
    x, m = 1e-3, float(ratio)
    free = universal(u, x).sum()
    axial = (1.0, 1.0, 0.0, 1.0, 0.0)  # c_V = 0, c_A = 1: (12)(34) + (13)(24) + m2 m3 (14)
    pair = (0.0, 1.0, 1.0, 0.0, -1.0)
    nc = 2.0 * reduced_rate(u, x, axial, (0.0, m, m)).sum()
    nc += reduced_rate(u, x, pair, (m, m, 0.0)).sum()
    cc = reduced_rate(u, x, _SCATTER, (m, 0.0, 0.0)).sum()
    cc += reduced_rate(u, x, _CROSSED, (m, 0.0, 0.0)).sum()
    cc += reduced_rate(u, x, _CROSSED, (0.0, 0.0, m)).sum()
    return nc / (2.0 * free), cc / free


def compute_tables(rate_path, mass_path):
    """Recompute both tables of ``data/cosmology`` (a few seconds)."""
    rows = []
    for x in X_GRID:
        for u in U_GRID:
            minus, plus = universal(u, x)
            rows.append((u, x, minus + plus, plus / (minus + plus)))
    meta = {
        "source": "computed by astrobounds.cosmology.relics.rates.compute_tables",
        "licence": "BSD-3-Clause",
        "date": "2026-11-22",
    }
    about = {
        "description": "Universal contact rate R(p/T, m/T) of a heavy neutral lepton, sum of the two "
        "helicities, and the share of the helicity that vanishes for m = 0"
    }
    write_numbers(rate_path, ("u", "x", "R", "plus"), rows, about | meta)
    masses = [(r, *partner_suppression(r)) for r in PARTNER_GRID]
    about = {"description": "Suppression of contact rates by massive partners, M/T, p = 3 T"}
    write_numbers(mass_path, ("ratio", "S_NC", "S_CC"), masses, about | meta)


@lru_cache(maxsize=1)
def surfaces():
    """Return (ln x, ln u, values, slopes) of ln(R/E) and of the share of "plus" over (E - p)/2E."""
    _, values = read_numbers(data_path(RATE_TABLE))
    shape = (len(X_GRID), len(U_GRID))
    u, x, total, plus = (values[:, k].reshape(shape) for k in range(4))
    energy = np.hypot(u, x)
    wrong = 0.5 * x * x / (energy * (energy + u))  # (E - p)/2E
    out = []
    for z in (np.log(total / energy), plus / wrong):
        surface = np.log(X_GRID), np.log(U_GRID), np.ascontiguousarray(z), np.empty((3, *shape))
        bicubic_slopes(*surface[:3], NOT_A_KNOT, surface[3])
        out.append(surface)
    return tuple(out)


def contact_rate(u, x, helicity="both"):
    """Return R(u, x) from the table (arrays of one shape).

    ``helicity``: "both" (sum, what each helicity of a Majorana N feels), "minus" or "plus" (of a
    Dirac N). Beyond the table, p/T in [0.02, 80] and m/T in [0.02, 50], the nearest value of R/E
    holds: there N is relativistic (below) or its equilibrium density vanishes (above).
    """
    u, x = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(x, dtype=float))
    out = np.empty(u.size)
    universal_rates(u.ravel(), x.ravel(), HELICITIES[helicity], *surfaces(), out)
    return out.reshape(u.shape)[()]


@lru_cache(maxsize=1)
def _mass_spline():
    from scipy.interpolate import PchipInterpolator

    _, values = read_numbers(data_path(MASS_TABLE))
    return PchipInterpolator(values[:, 0], np.log(values[:, 1:3]))


def suppression(ratio):
    """Return S_NC and S_CC at M/T (array); exponential beyond the table."""
    ratio = np.asarray(ratio, dtype=float)
    inside = np.minimum(ratio, PARTNER_GRID[-1])
    found = np.exp(_mass_spline()(inside) - (ratio - inside)[..., None])
    return found[..., 0], found[..., 1]


def _square(c_v, c_a):
    return 2.0 * (c_v * c_v + c_a * c_a)


def partners(T, flavour):
    """Return C_a(T): effective number of partners of flavour ``a`` at temperatures T [MeV].

    Leptons are free; quarks take part above the crossover, T = 160 +- 20 MeV, as a free gas: weak
    currents see the quarks, whose number susceptibilities reach 80-90 % of a free gas within 100 MeV of
    the crossover. Hadrons below it are left out in 2 -> 2 (decays into them and back are counted
    elsewhere). hep-ph/0612182 scales the colours with the entropy instead, gluons included: its rates
    are lower by 1.2-1.4 between 150 and 400 MeV and higher by 5-8 % at 60-100 MeV, which makes relic
    abundances 1-4 % smaller.
    """
    T = np.asarray(T, dtype=float)
    s2w = const.SIN2_THETA_W
    masses = np.array([*const.LEPTON_MASS.values(), CHARM, BOTTOM])
    nc, cc = suppression(masses.reshape(-1, *(1,) * T.ndim) / T)
    charm, bottom = (nc[-2], cc[-2]), (nc[-1], cc[-1])
    nc, cc = (dict(zip(const.LEPTON_MASS, part)) for part in (nc, cc))
    total = np.full_like(T, 4.0)
    for lepton in const.FLAVOURS:
        sign = 1.0 if lepton == flavour else -1.0
        total += _square(sign * 0.5 + 2.0 * s2w, 0.5) * nc[lepton]
        if lepton != flavour:
            total += 4.0 * cc[flavour] * cc[lepton]
    free = 0.5 * (1.0 + np.tanh((T - T_CONFINED) / WIDTH_CONFINED))
    up = 3.0 * _square(0.5 - 4.0 / 3.0 * s2w, 0.5)
    down = 3.0 * _square(-0.5 + 2.0 / 3.0 * s2w, 0.5)
    total += free * (up * (1.0 + charm[0]) + down * (2.0 + bottom[0]))
    # V_ud^2 + V_us^2 for the up quark, one for charm (to strange and down), by unitarity
    total += free * 12.0 * cc[flavour] * (const.V_UD**2 + const.V_US**2 + charm[1])
    return total


@lru_cache(maxsize=1)
def _laguerre():
    return np.polynomial.laguerre.laggauss(40)


def potential(T, flavour):
    """Return B(T) [MeV^-4] of the neutrino potential V = -B p T^4 (Notzold and Raffelt 1988).

    B = (8 sqrt2 G_F/3)[rho_nu/m_Z^2 + rho_lepton/m_W^2]/T^4, particles and antiparticles.
    """
    T = np.asarray(T, dtype=float)
    node, weight = _laguerre()
    energy = np.sqrt(node**2 + (const.LEPTON_MASS[flavour] / T[..., None]) ** 2)
    boltzmann = np.exp(node - energy) / (1.0 + np.exp(-energy))
    lepton = 2.0 / np.pi**2 * np.sum(weight * node**2 * energy * boltzmann, axis=-1)
    nu = 7.0 * np.pi**2 / 120.0
    return 8.0 * np.sqrt(2.0) / 3.0 * const.G_FERMI * (nu / const.M_Z**2 + lepton / const.M_W**2)


def matter_factor(p, T, mass, rate, b):
    """Return |U_m|^2/|U|^2 = D^2/[(D + B p T^4)^2 + (Gamma_a/2)^2], D = E - p, shape of p.

    Averaged oscillations of a small mixing; ``rate`` is Gamma_a [MeV] of the active neutrino.
    """
    split = mass * mass / (np.hypot(p, mass) + p)
    return split**2 / ((split + b * p * T**4) ** 2 + 0.25 * rate**2)
