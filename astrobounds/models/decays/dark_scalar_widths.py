"""Widths of a scalar that mixes with the Higgs, L = -theta (m_f/v) S fbar f, in MeV at theta = 1.

Two pions are a table of the dispersive analysis of arXiv:1809.01876: rescattering multiplies the
lowest order of chiral perturbation theory by 2.3 at threshold, 4.3 at 500 MeV and 22 at 980 MeV. It is
uncertain by 10-20 % up to 500 MeV and by a factor of two at 0.7-1 GeV, more at the f0(980).
"""

import math

import numpy as np

from ... import constants as const
from .pairs import LEPTONS, velocity

HADRONS_KNOWN = 1000.0  # MeV
VEV = (math.sqrt(2.0) * const.G_FERMI) ** -0.5  # MeV
QUARKS = ("none", "constituent")  # what light quarks do in the loop of gamma gamma
_PIONS = np.array([
    (285, 1.31e-6), (290, 1.87e-6), (300, 2.84e-6), (320, 4.45e-6), (350, 6.76e-6), (400, 1.116e-5),
    (500, 2.213e-5), (600, 3.435e-5), (700, 5.10e-5), (800, 8.23e-5), (900, 1.755e-4),
    (950, 3.50e-4), (980, 5.95e-4), (1000, 6.0e-4),
])  # fmt: skip
_KAONS = np.array([(1000, 6.5e-5), (1020, 1.42e-4), (1040, 1.38e-4), (1100, 1.09e-4), (1200, 8.9e-5)])
# what runs in the loop: (mass [MeV], N_c Q^2)
_LEPTON_LOOPS = ((const.M_E, 1.0), (const.M_MU, 1.0), (const.M_TAU, 1.0))
_HEAVY_LOOPS = ((1670.0, 4.0 / 3.0), (4780.0, 1.0 / 3.0), (172500.0, 4.0 / 3.0))  # c, b, t
_LIGHT_LOOPS = ((300.0, 4.0 / 3.0), (300.0, 1.0 / 3.0), (450.0, 1.0 / 3.0))  # u, d, s constituents
_W_LOOP = -7.0


def lepton_pair(mass, lepton):
    """Return Gamma(S -> l l) = m m_l^2 beta^3/(8 pi v^2) [MeV] at theta = 1."""
    return mass * lepton**2 * velocity(mass, lepton) ** 3 / (8.0 * math.pi * VEV**2)


def two_pions_lowest_order(mass):
    """Return Gamma(S -> pi pi) [MeV] at theta = 1 and lowest chiral order, all charges."""
    g = (2.0 / 9.0) * (mass**2 + 5.5 * const.M_PI**2)
    return 3.0 * velocity(mass, const.M_PI) * g * g / (32.0 * math.pi * VEV**2 * mass)


def _table(mass, rows, leg):
    """Interpolate ln(Gamma/beta) of a table in the mass, the end values constant beyond it."""
    beta = velocity(mass, leg)
    if beta <= 0.0:
        return 0.0
    speeds = np.array([velocity(m, leg) for m in rows[:, 0]])
    return beta * math.exp(np.interp(mass, rows[:, 0], np.log(rows[:, 1] / speeds)))


def two_pions(mass):
    """Return Gamma(S -> pi pi) [MeV] at theta = 1, dispersive, all charges."""
    return _table(mass, _PIONS, const.M_PI)


def two_kaons(mass):
    """Return Gamma(S -> K K) [MeV] at theta = 1, dispersive, all charges."""
    return _table(mass, _KAONS, const.M_K)


def fermion_loop(mass, fermion):
    """Return A_1/2 = 2 [tau + (tau - 1) f]/tau^2, tau = m^2/4 m_f^2: 4/3 for a heavy fermion."""
    tau = (0.5 * mass / fermion) ** 2
    if tau < 1e-3:
        return complex(4.0 / 3.0 + 14.0 * tau / 45.0 + 8.0 * tau**2 / 63.0)
    if tau <= 1.0:
        f = complex(math.asin(math.sqrt(tau)) ** 2)
    else:
        root = math.sqrt(1.0 - 1.0 / tau)
        log = math.log((1.0 + root) ** 2 * tau)  # ln[(1+root)/(1-root)] without cancellation
        f = -0.25 * (log - 1j * math.pi) ** 2
    return 2.0 * (tau + (tau - 1.0) * f) / tau**2


def photon_amplitude(mass, quarks="none"):
    """Return A of gamma gamma: leptons, heavy quarks, W and, by choice, light constituent quarks.

    The two choices differ by a factor of ten in A at 100 MeV: without light quarks the sum nearly
    vanishes by accident.
    """
    loops = _LEPTON_LOOPS + _HEAVY_LOOPS + (_LIGHT_LOOPS if quarks == "constituent" else ())
    return _W_LOOP + sum(weight * fermion_loop(mass, m) for m, weight in loops)


def two_photons(mass, quarks="none"):
    """Return Gamma(S -> gamma gamma) [MeV] at theta = 1."""
    amplitude = abs(photon_amplitude(mass, quarks))
    return const.ALPHA**2 * mass**3 * amplitude**2 / (256.0 * math.pi**3 * VEV**2)


def widths(mass, quarks="none"):
    """Return ``{channel: width [MeV]}`` at theta = 1 of the open channels; ``mass`` [MeV] to 1 GeV."""
    out = {name: lepton_pair(mass, leg) for name, leg in LEPTONS.items() if mass > 2.0 * leg}
    out["gamma gamma"] = two_photons(mass, quarks)
    pions = two_pions(mass)
    if pions > 0.0:
        charged = 2.0 / 3.0 * pions
        out["pi+ pi-"], out["pi0 pi0"] = charged, pions - charged
    kaons = two_kaons(mass)
    if kaons > 0.0:
        out["K+ K-"] = out["K0 K0bar"] = 0.5 * kaons
    return out
