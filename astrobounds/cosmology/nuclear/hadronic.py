"""Mesons that stop in the plasma after helium has formed: captures that break He4.

    rate per He4 nucleus = sum over mesons of n <sigma v> F(2, T),   F(Z) = z/(1 - e^-z),
    z = 2 pi Z alpha/v,  v = sqrt(T/m) + sqrt(T/M)  (thermal velocities)

with the densities of the quasi-static population. pi- He4 comes from the width of the 1s state of
pionic helium, sigma v = Gamma pi/(Z alpha mu)^3. Kaons are estimates within a factor 2, and fast
nucleons of the captures, which can break more helium (30 %), are left out, as are antinucleons and
jets of masses above 1.9 GeV. pi+ are kept away by the Coulomb barrier.
"""

import numpy as np

from ... import constants as const

references = ("Reno:1987qw", "Pospelov:2010cw")

WIDTH_1S = 45e-6  # MeV, strong width of the 1s state of pionic He4
M_ALPHA = const.M_HE4_U * const.M_U - 2.0 * const.M_E
#: capture of pi- on He4: share, n, p, d, t
CAPTURES = ((0.17, 1, 0, 0, 1), (0.63, 2, 0, 1, 0), (0.21, 3, 1, 0, 0))
K_MINUS, K_LONG = 50.0, 20.0  # mb, geometric scaling A^(2/3) from nucleons
T_FLIGHT = 0.032  # MeV: colder, charged pions decay before they have stopped
T_HELIUM = 0.09  # MeV: hotter, there is no helium yet


def pion_capture():
    """sigma v of pi- He4 at rest, without the Coulomb factor [MeV^-2]."""
    reduced = const.M_PI * M_ALPHA / (const.M_PI + M_ALPHA)
    return WIDTH_1S * np.pi / (2.0 * const.ALPHA * reduced) ** 3


def coulomb(T, mass, other, charge=1):
    """Return F(Z) of a meson of a mass and a nucleus of mass ``other`` [MeV] and charge Z at T [MeV]."""
    z = 2.0 * np.pi * charge * const.ALPHA / (np.sqrt(T / mass) + np.sqrt(T / other))
    return z / -np.expm1(-z)


def yields():
    """Return n, p, d, t per broken He4: the mean of the captures of a pion, which conserves A and Z - 1."""
    rows = np.array(CAPTURES)
    return rows[:, 0] @ rows[:, 1:] / rows[:, 0].sum()


def capture_of_pions(T, n_b, helium):
    """Return the rate [MeV] at which one pi- is captured by helium, n_He <sigma v> F.

    Parameters
    ----------
    T, n_b : ndarray
        MeV, MeV^3.
    helium : ndarray
        n_He4/n_b.
    """
    return n_b * helium * pion_capture() * coulomb(T, const.M_PI, M_ALPHA, 2)


def stopping(T):
    """Share of charged mesons that stop before they decay at T [MeV]: a smooth step at 32 keV."""
    return 1.0 / (1.0 + np.exp(np.clip((T_FLIGHT - T) / (0.05 * T_FLIGHT), -50.0, 50.0)))


def breaking(T, density):
    """Return the rate at which mesons of a density break one He4 nucleus [1/s].

    Parameters
    ----------
    T : ndarray
        MeV.
    density : mapping
        Number densities [MeV^3] of "pi-", "K-", "KL", see :class:`mesons.Population`.
    """
    millibarn = 0.1 / (const.HBAR_C * 1e13) ** 2
    pions = density["pi-"] * pion_capture() * coulomb(T, const.M_PI, M_ALPHA, 2)
    kaons = density["K-"] * K_MINUS * millibarn * coulomb(T, const.M_K, M_ALPHA, 2)
    neutral = density["KL"] * K_LONG * millibarn
    return ((pions + kaons) * stopping(T) + neutral) / const.HBAR
