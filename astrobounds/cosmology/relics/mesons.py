"""Muons, pions and kaons from decays: how many decay, how many meet a nucleon or each other.

They are slowed down and live in quasi-static equilibrium between injection, decay, capture on
nucleons and annihilation. Captures turn p into n and n into p, far above the weak rates.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ..nuclear import hadronic
from .injection import KL, MU, PI, K, kaon

references = ("Reno:1987qw", "Pospelov:2010cw", "Boyarsky:2020dzc", "Akita2024")

MILLIBARN = 0.1 / (const.HBAR_C * 1e13) ** 2  # MeV^-2, 1 fm^2 = 10 mb
#: sigma v at rest [mb]: Reno and Seckel 1988; kaons with the hyperon decays that follow
PI_MINUS_P_TO_N = 1.43  # times the Coulomb factor
PI_PLUS_N_TO_P = 1.58
K_MINUS_ON_N, K_MINUS_N_TO_P = 60.0, 25.6
K_MINUS_ON_P, K_MINUS_P_TO_N = 45.0, 30.7  # times the Coulomb factor
KL_TOTAL, KL_CONVERSION = 17.0, 7.0
LIFETIME = {"mu": 2.1969811e-6, "pi": 2.6033e-8, "K": 1.238e-8, "KL": 5.116e-8}  # s, PDG 2024
F_CHIRAL = 92.2  # MeV, pion decay constant of the chiral Lagrangian


def coulomb(T, mass, other=const.M_P):
    """Return the enhancement z/(1 - e^-z), z = 2 pi alpha/v, of an attractive pair at T [MeV].

    v = sqrt(T/m) + sqrt(T/m'), the thermal velocities.
    """
    z = 2.0 * np.pi * const.ALPHA / (np.sqrt(T / mass) + np.sqrt(T / other))
    return z / -np.expm1(-z)


def pion_annihilation():
    """Return sigma v [MeV^-2] of pi+ pi- -> pi0 pi0 (chiral, s-wave) and gamma gamma at rest."""
    plus, zero = const.M_PI, const.M_PI0
    amplitude = (10.0 * plus**2 - zero**2) / (9.0 * plus**2)
    strong = 9.0 * plus * np.sqrt(plus**2 - zero**2) / (64.0 * np.pi * F_CHIRAL**4) * amplitude**2
    return strong + 2.0 * np.pi * const.ALPHA**2 / plus**2


def muon_annihilation():
    """Return sigma v [MeV^-2] of mu+ mu- -> e+ e- and gamma gamma at rest."""
    return 2.0 * np.pi * const.ALPHA**2 / const.M_MU**2


def quasi_static(source, lost_minus, lost_plus, annihilation):
    """Return the densities n- and n+ of equal sources S = a n + b n- n+ (any units, arrays)."""
    ratio = lost_minus / lost_plus
    root = np.sqrt(lost_minus**2 + 4.0 * annihilation * source * ratio)
    minus = 2.0 * source / (lost_minus + root)
    return minus, minus * ratio


@dataclass(frozen=True)
class Population:
    """Charged mesons and muons in the plasma, arrays of the shape of T.

    Attributes
    ----------
    decaying : dict
        Probability that an injected "mu", "pi", "K", "KL" decays, both charges together.
    n_to_p, p_to_n : ndarray
        Conversion rates of nucleons [1/s].
    density : dict
        Number densities [MeV^3] of "pi-", "pi+", "K-", "KL", "mu-".
    """

    decaying: dict
    n_to_p: np.ndarray
    p_to_n: np.ndarray
    density: dict


def population(T, n_b, neutrons, decays, visible, protons=None, helium=0.0):
    """Return the :class:`Population` that an injection sustains.

    Parameters
    ----------
    T, n_b : ndarray
        Plasma temperature [MeV] and baryon density [MeV^3].
    neutrons : ndarray or float
        Free neutrons per baryon.
    decays : ndarray
        Decays per volume and time [MeV^4].
    visible : ndarray, shape (11,)
        Numbers per decay, see :class:`injection.Injection`.
    protons, helium : ndarray or float, optional
        Free protons (by default all that are no neutrons) and He4 nuclei per baryon: helium captures
        as well, see :mod:`astrobounds.cosmology.late.hadronic`.
    """
    protons = 1.0 - neutrons if protons is None else protons
    n, p, he = (MILLIBARN * n_b * x for x in (neutrons, protons, helium))
    width = {name: const.HBAR / tau for name, tau in LIFETIME.items()}
    kaons, neutral = 0.5 * visible[K] * decays, visible[KL] * decays
    attract = coulomb(T, const.M_K)
    free_k = width["K"]
    on_helium = hadronic.K_MINUS * hadronic.coulomb(T, const.M_K, hadronic.M_ALPHA, 2) * he
    lost = free_k + K_MINUS_ON_N * n + K_MINUS_ON_P * attract * p + on_helium
    n_k = kaons / lost
    share_k = 0.5 + 0.5 * free_k / lost
    lost = width["KL"] + KL_TOTAL * (n + p) + hadronic.K_LONG * he
    n_l = neutral / lost
    share_l = width["KL"] / lost
    born = [
        visible[i] + visible[K] * share_k * kaon(K)[i] + visible[KL] * share_l * kaon(KL)[i]
        for i in (MU, PI)
    ]
    pull = coulomb(T, const.M_PI)
    source = 0.5 * born[1] * decays
    minus, plus = quasi_static(
        source,
        width["pi"] + PI_MINUS_P_TO_N * pull * p + hadronic.capture_of_pions(T, n_b, helium),
        width["pi"] + PI_PLUS_N_TO_P * n,
        pion_annihilation() * coulomb(T, const.M_PI, const.M_PI),
    )
    share = np.ones_like(T)
    np.divide(0.5 * width["pi"] * (minus + plus), source, out=share, where=source > 0.0)
    source = 0.5 * (born[0] + born[1] * share) * decays
    muons, _ = quasi_static(
        source, width["mu"], width["mu"],
        muon_annihilation() * coulomb(T, const.M_MU, const.M_MU),
    )  # fmt: skip
    share_mu = np.ones_like(T)
    np.divide(width["mu"] * muons, source, out=share_mu, where=source > 0.0)
    density = {"pi-": minus, "pi+": plus, "K-": n_k, "KL": n_l, "mu-": muons}
    decaying = {"mu": share_mu, "pi": share, "K": share_k, "KL": share_l}
    return Population(decaying, *conversions(T, density), density)


def conversions(T, density, slow=1.0):
    """Return the rates of n -> p and p -> n [1/s] at densities [MeV^3] of "pi-", "pi+", "K-", "KL".

    ``slow``: share of the charged mesons that stop before they decay.
    """
    pull, attract = coulomb(T, const.M_PI), coulomb(T, const.M_K)
    kaons, neutral = slow * density["K-"], KL_CONVERSION * density["KL"]
    to_n = PI_MINUS_P_TO_N * pull * slow * density["pi-"] + K_MINUS_P_TO_N * attract * kaons + neutral
    to_p = PI_PLUS_N_TO_P * slow * density["pi+"] + K_MINUS_N_TO_P * kaons + neutral
    return MILLIBARN / const.HBAR * to_p, MILLIBARN / const.HBAR * to_n


def neutron_fraction(t, n_to_p, p_to_n, first):
    """Return X_n of dX_n/dt = pn (1 - X_n) - np X_n, exact for rates constant over a step."""
    out = np.empty(len(t))
    out[0] = first
    total = n_to_p + p_to_n
    goal = p_to_n / total
    for i in range(len(t) - 1):
        rate = 0.5 * (total[i] + total[i + 1])
        out[i + 1] = goal[i + 1] + (out[i] - goal[i + 1]) * np.exp(-rate * (t[i + 1] - t[i]))
    return out
