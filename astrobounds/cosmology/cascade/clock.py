"""Time, temperature and dilution of the standard Universe after electron-positron annihilation."""

import math
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import DomainError

N_EFF = 3.044  # standard decoupling, arXiv:2012.02726
OMEGA_M = 0.1430  # all matter times h^2, Planck 2018, arXiv:1807.06209
ZETA3 = 1.2020569031595942
PHOTONS = 2.0 * ZETA3 / math.pi**2  # n_gamma/T^3
_H100 = 1e7 / (1e3 * const.KPC_CM)  # 100 km/s/Mpc in 1/s


@lru_cache(maxsize=1)
def _equality():
    """T [MeV] of matter-radiation equality and H of matter alone there [1/s]."""
    g = 2.0 + 1.75 * N_EFF * (4.0 / 11.0) ** (4.0 / 3.0)
    t_now = const.T_CMB_K * const.K_BOLTZMANN
    radiation = math.pi**2 / 30.0 * g * t_now**4
    critical = 3.0 * (_H100 * const.HBAR * const.M_PLANCK) ** 2 / (8.0 * math.pi)
    ratio = OMEGA_M * critical / radiation
    return t_now * ratio, _H100 * math.sqrt(OMEGA_M) * ratio**1.5


def time_of(T):
    """Time [s] at photon temperatures [MeV] below 20 keV: photons, neutrinos and matter."""
    T_eq, H = _equality()
    y = T_eq / np.asarray(T, dtype=float)
    root = np.sqrt(1.0 + y)
    return 2.0 / (3.0 * H) * (y / (1.0 + root)) ** 2 * (root + 2.0)


def temperature_of(t):
    """Photon temperature [MeV] at one time [s] (later than 20 keV)."""
    low, high = math.log(1e-12), math.log(1.0)
    for _ in range(100):
        middle = 0.5 * (low + high)
        if time_of(math.exp(middle)) > t:
            low = middle
        else:
            high = middle
    return math.exp(0.5 * (low + high))


@lru_cache(maxsize=1)
def _standard():
    from ..neutrinos.decouple import decouple

    return decouple()


def dilution(T):
    """(a T)^3 at photon temperature T [MeV], relative to after electron-positron annihilation.

    A conserved density that is r n_gamma at T is r dilution(T) n_gamma later.
    """
    background = _standard()
    if T <= background.Tg[-1]:
        return 1.0
    if T > background.Tg[0]:
        raise DomainError(f"T = {T:g} MeV: the standard history starts at {background.Tg[0]:g} MeV")
    shift = background.ln_a + np.log(background.Tg)
    at = np.interp(-math.log(T), -np.log(background.Tg), shift)
    return math.exp(3.0 * (at - shift[-1]))
