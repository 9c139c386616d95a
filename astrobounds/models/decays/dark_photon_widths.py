"""Widths of a dark photon, L = -(eps/2) F F': leptons exactly, hadrons from R = sigma(had)/sigma(mu mu).

R_2pi is a form factor of Gounaris-Sakurai type with rho-omega mixing and a rho', fitted to the table
that DarkCast and SensCalc share (2 % rms, 9 % at worst, near threshold where R = 0.01). Three pions are
a table: a Breit-Wigner of the omega is 10-20 % low on its peak and ten times high at 600 MeV. Kaons and
pi0 gamma are resonances, with the threshold factors of a P wave.
"""

import cmath
import math

import numpy as np

from ... import constants as const
from .pairs import LEPTONS, velocity

HADRONS_KNOWN = 1000.0  # MeV, above it R is not modelled
_RHO, _RHO_PRIME = (772.9, 148.4), (1465.0, 400.0)  # mass, width [MeV] of the fit
_OMEGA = (782.66, 8.68)  # mass, width [MeV]
_PHI = (1019.46, 4.249)
_OMEGA_EE, _PHI_EE = 0.60e-3, 1.27e-3  # widths to e e [MeV]
_MIXING, _PHASE, _PRIME = 1.969e-3, 0.127, -0.0992
_KL_KS, _KK, _PI0_GAMMA = 0.339, 0.491, 0.083  # branching ratios
_R3 = np.array([
    (600, 0.0007), (700, 0.0124), (750, 0.133), (775, 2.51), (782.65, 11.17), (790, 3.11),
    (800, 0.806), (850, 0.112), (900, 0.064), (980, 0.060),
])  # fmt: skip


def _gounaris_sakurai(s, mass, width):
    """Gounaris-Sakurai propagator of a vector that decays to two pions, one at s = 0."""
    m_pi = const.M_PI

    def loop(x):  # h and q^2 at x = sqrt(s)
        q2 = 0.25 * x * x - m_pi**2
        q = math.sqrt(max(q2, 0.0))
        return (2.0 / math.pi) * (q / x) * math.log((x + 2.0 * q) / (2.0 * m_pi)), q2

    root = math.sqrt(s)
    h, q2 = loop(root)
    h0, q02 = loop(mass)
    q0 = math.sqrt(q02)
    slope = h0 * (1.0 / (8.0 * q02) - 0.5 / mass**2) + 1.0 / (2.0 * math.pi * mass**2)
    f = width * mass**2 / q0**3 * (q2 * (h - h0) + (mass**2 - s) * q02 * slope)
    d = (3.0 / math.pi) * (m_pi / q0) ** 2 * math.log((mass + 2.0 * q0) / (2.0 * m_pi))
    d += mass / (2.0 * math.pi * q0) - m_pi**2 * mass / (math.pi * q0**3)
    damping = mass * width * (math.sqrt(max(q2, 0.0)) / q0) ** 3 * mass / root
    return mass**2 * (1.0 + d * width / mass) / complex(mass**2 - s + f, -damping)


def pion_form_factor(mass):
    """Return the complex electromagnetic form factor of the pion at s = mass^2 (timelike)."""
    s = mass * mass
    m, width = _OMEGA
    omega = s / complex(m**2 - s, -m * width)
    main = _gounaris_sakurai(s, *_RHO) * (1.0 + _MIXING * cmath.exp(1j * _PHASE) * omega)
    return (main + _PRIME * _gounaris_sakurai(s, *_RHO_PRIME)) / (1.0 + _PRIME)


def two_pions(mass):
    """Return R of pi+ pi-: beta^3 |F|^2/4."""
    beta = velocity(mass, const.M_PI)
    return 0.25 * beta**3 * abs(pion_form_factor(mass)) ** 2 if beta > 0.0 else 0.0


def _resonance(mass, pole, width, ee):
    """R of a Breit-Wigner with branching ratio 1."""
    s = mass * mass
    return 9.0 / const.ALPHA**2 * ee * width * pole**2 / ((s - pole**2) ** 2 + (pole * width) ** 2)


def three_pions(mass):
    """Return R of pi+ pi- pi0: a table, log-log between its nodes and beyond; zero below threshold."""
    if mass <= 2.0 * const.M_PI + const.M_PI0:
        return 0.0
    x, y = np.log(_R3).T
    at = math.log(mass)
    if at < x[0]:  # below 600 MeV, R < 1e-3
        return math.exp(y[0] + (y[1] - y[0]) / (x[1] - x[0]) * (at - x[0]))
    return math.exp(np.interp(at, x, y))


def pi0_gamma(mass):
    """Return R of pi0 gamma: the omega, with the k^3 of its magnetic transition."""
    if mass <= const.M_PI0:
        return 0.0
    pole, width = _OMEGA

    def k(m):
        return (m * m - const.M_PI0**2) / (2.0 * m)

    return _PI0_GAMMA * _resonance(mass, pole, width, _OMEGA_EE) * (k(mass) / k(pole)) ** 3 * pole / mass


def kaons(mass):
    """Return (R of K+ K-, R of K_L K_S): the phi, with the beta^3 of a P wave."""
    out = []
    for share, leg in ((_KK, const.M_K), (_KL_KS, const.M_K0)):
        beta = velocity(mass, leg)
        at_pole = velocity(_PHI[0], leg)
        value = share * _resonance(mass, *_PHI, _PHI_EE) * (beta / at_pole) ** 3 if beta > 0.0 else 0.0
        out.append(value)
    return tuple(out)


def hadronic_ratio(mass):
    """Return ``{channel: R}`` of the open hadronic channels; valid to 1 GeV."""
    charged, neutral = kaons(mass)
    found = {
        "pi+ pi-": two_pions(mass), "pi+ pi- pi0": three_pions(mass), "pi0 gamma": pi0_gamma(mass),
        "K+ K-": charged, "K_L K_S": neutral,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value > 0.0}


def unit(mass):
    """Return alpha m/3 [MeV]: the width to massless muons at eps = 1."""
    return const.ALPHA * mass / 3.0


def lepton_pair(mass, lepton):
    """Return Gamma(A' -> l l) [MeV] at eps = 1."""
    beta = velocity(mass, lepton)
    return unit(mass) * (1.0 + 2.0 * (lepton / mass) ** 2) * beta


def three_photons(mass):
    """Return Gamma(A' -> 3 gamma) [MeV] at eps = 1, the limit m << m_e of the electron loop.

    At m = 2 m_e the exact width is larger by a factor of a few (form recalled from
    arXiv:0807.3279); only lifetimes below 2 m_e depend on it.
    """
    return 17.0 * const.ALPHA**4 * mass**9 / (2**7 * 3**6 * 5**3 * math.pi**3 * const.M_E**8)


def widths(mass):
    """Return ``{channel: width [MeV]}`` at eps = 1 of the open channels, ``mass`` in MeV."""
    out = {name: lepton_pair(mass, leg) for name, leg in LEPTONS.items() if mass > 2.0 * leg}
    if not out:
        return {"gamma gamma gamma": three_photons(mass)}
    scale = unit(mass)
    out.update((name, scale * ratio) for name, ratio in hadronic_ratio(mass).items())
    return out
