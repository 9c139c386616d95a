"""The energy a relic releases relative to the photons, on one grid of redshifts."""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ..cascade import clock
from ..plasma.baryons import T_CMB, ZETA3

OMEGA_C = 0.1200  # dark matter times h^2, Planck 2018, arXiv:1807.06209; the unit of f
Z_LAST = 1089.0  # recombination: what comes later is in the anisotropies
_T_FIRST = 0.019  # MeV, where the clock of radiation and matter begins
_CELLS = 1500
_H100 = 1e7 / (1e3 * const.KPC_CM)  # 100 km/s/Mpc in 1/s
CRITICAL = 3.0 * (_H100 * const.HBAR * const.M_PLANCK) ** 2 / (8.0 * np.pi)  # MeV^4 for h = 1
OMEGA_GAMMA = np.pi**2 / 15.0 * T_CMB**4 / CRITICAL
RATIO = OMEGA_C / OMEGA_GAMMA  # 4853
DENSITY = 2.0 * ZETA3 / np.pi**2 * T_CMB**3 / (OMEGA_C * CRITICAL)  # photons over rho_c [1/MeV]


def dark_matter_ratio(per_photon, mass):
    """Return f = rho_X/rho_c today if nothing had decayed, from n_X/n_gamma after e+e- annihilation.

    Parameters
    ----------
    per_photon : float
        n_X/n_gamma.
    mass : float
        MeV.
    """
    return per_photon * mass * DENSITY


def time_at(z):
    """Time [s] at redshifts below 8e7."""
    return clock.time_of(T_CMB * (1.0 + np.asarray(z, dtype=float)))


@lru_cache(maxsize=1)
def _grid():
    edges = np.linspace(np.log(_T_FIRST / T_CMB), np.log1p(Z_LAST), _CELLS + 1)
    return np.exp(0.5 * (edges[1:] + edges[:-1])) - 1.0, time_at(np.expm1(edges))


def redshifts():
    """Return the middles of the cells of :func:`released`."""
    return _grid()[0]


def released(lifetime):
    """Return (rho_c/rho_gamma)_0/(1 + z) exp(-t/tau) dt/tau per cell of :func:`redshifts`.

    The energy of all decays over that of the photons, for f = 1, from 19 keV to recombination.
    """
    z, t = _grid()
    with np.errstate(under="ignore"):
        share = np.exp(-t[:-1] / lifetime) * -np.expm1(-np.diff(t) / lifetime)
    return RATIO / (1.0 + z) * share


def matter_over_radiation(f, lifetime):
    """rho_X over that of photons and neutrinos at one lifetime, without decays before."""
    T = clock.temperature_of(lifetime)
    radiation = 1.0 + 0.875 * clock.N_EFF * (4.0 / 11.0) ** (4.0 / 3.0)
    return f * RATIO * T_CMB / T / radiation
