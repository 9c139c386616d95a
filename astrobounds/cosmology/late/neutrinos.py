"""Electron pairs that neutrinos of late decays make on the neutrino background: an estimate.

    sigma(nu nubar -> e+ e-) = (2 G_F^2/3 pi) s beta [(gL^2 + gR^2)(1 - m^2/s) + 6 gL gR m^2/s]

per flavour, from |M|^2 = 128 G_F^2 [gL^2 (1 4)(2 3) + gR^2 (1 3)(2 4) + gL gR m^2 (1 2)]. A neutrino of
energy E meets the antineutrinos of its own flavour, Fermi-Dirac at T_nu, from all directions.
Oscillations average the flavours. Left out: scattering (which spreads the energy over more, softer
neutrinos) and annihilation of two injected neutrinos.
"""

import numpy as np

from ... import constants as const
from ..cascade import clock
from ..plasma.baryons import ZETA3

COOL = (4.0 / 11.0) ** (1.0 / 3.0)  # T_nu/T
_MOMENTA, _ANGLES = np.polynomial.legendre.leggauss(48), np.polynomial.legendre.leggauss(32)
_LEFT = (const.SIN2_THETA_W + 0.5, const.SIN2_THETA_W - 0.5, const.SIN2_THETA_W - 0.5)


def cross_section(s):
    """sigma(nu nubar -> e+ e-) [MeV^-2], mean over flavours, at squared energies s [MeV^2]."""
    s = np.asarray(s, dtype=float)
    x = const.M_E**2 / np.maximum(s, 4.0 * const.M_E**2)
    right = const.SIN2_THETA_W
    squares = sum(left**2 + right**2 for left in _LEFT) / 3.0
    mixed = sum(_LEFT) / 3.0 * right
    shape = squares * (1.0 - x) + 6.0 * mixed * x
    value = 2.0 / (3.0 * np.pi) * const.G_FERMI**2 * s * np.sqrt(1.0 - 4.0 * x) * shape
    return np.where(s > 4.0 * const.M_E**2, value, 0.0)


def rate(energy, T):
    """Rate [MeV] at which a neutrino of an energy annihilates on the background at T [MeV]."""
    T_nu = COOL * T
    (u, w), (c, wc) = _MOMENTA, _ANGLES
    y = np.exp(np.log(1e-3) + 0.5 * np.log(4e4) * (u + 1.0))  # momentum over T_nu to 40
    dy = 0.5 * np.log(4e4) * w * y
    low = np.minimum(2.0 * const.M_E**2 / (energy * y * T_nu), 2.0)  # of 1 - cos, the threshold
    gap = low[:, None] + 0.5 * (2.0 - low)[:, None] * (c + 1.0)
    inner = (gap * cross_section(2.0 * energy * T_nu * y[:, None] * gap)) @ wc * 0.5 * (2.0 - low)
    density = T_nu**3 * y**2 / (2.0 * np.pi**2) / (np.exp(y) + 1.0)
    return float(0.5 * (density * inner) @ dy)


def pair_share(energy, T):
    """Share of the energy of neutrinos, set free at T [MeV], that e+e- take in the time after.

    The rate falls like T^5 or faster: int Gamma dt = 2/3 Gamma t in the radiation era.

    Parameters
    ----------
    energy, T : float
        MeV.
    """
    time = float(clock.time_of(T)) / const.HBAR
    return min(2.0 / 3.0 * rate(energy, T) * time, 1.0)


def background_density(T):
    """Antineutrinos of one flavour [MeV^3] at the photon temperature T [MeV]."""
    return 0.75 * ZETA3 / np.pi**2 * (COOL * T) ** 3
