"""The Standard Model above 10 MeV: degrees of freedom through the QCD crossover, T(s) and rho(T)."""

from functools import lru_cache

import numpy as np

from ...datafiles import data_path
from ...ecsv import read_numbers
from ...errors import DomainError

references = ("Borsanyi:2016ksw",)

FREEDOM_TABLE = "cosmology/standard_model_freedom.ecsv"
T_LOW, T_HIGH = 1.0, 10.0**5.45  # MeV


@lru_cache(maxsize=1)
def _splines():
    from scipy.interpolate import CubicSpline

    _, values = read_numbers(data_path(FREEDOM_TABLE))
    g_rho = CubicSpline(values[:, 0], values[:, 1])
    ratio = CubicSpline(values[:, 0], values[:, 2])
    log_t = np.linspace(np.log(T_LOW), np.log(T_HIGH), 1601)
    at = log_t / np.log(10.0)
    log_s = np.log(2.0 * np.pi**2 / 45.0 * g_rho(at) / ratio(at)) + 3.0 * log_t
    return g_rho, ratio, CubicSpline(log_s, log_t)


def freedom(T):
    """Return g_rho and g_s of the Standard Model in equilibrium at T [MeV], 1 MeV to 280 GeV.

    Lattice QCD with perturbation theory; neutrinos at the temperature of the plasma.

    Raises
    ------
    DomainError
        Outside the table.
    """
    T = np.asarray(T, dtype=float)
    if not np.all((T >= T_LOW * (1 - 1e-9)) & (T <= T_HIGH * (1 + 1e-9))):
        raise DomainError(f"T = {T} MeV: degrees of freedom are tabulated in [1 MeV, 280 GeV]")
    g_rho, ratio, _ = _splines()
    at = np.log10(T)
    return g_rho(at), g_rho(at) / ratio(at)


def density(T):
    """Return the energy density [MeV^4] and the entropy density [MeV^3] at T [MeV]."""
    g_rho, g_s = freedom(T)
    return np.pi**2 / 30.0 * g_rho * T**4, 2.0 * np.pi**2 / 45.0 * g_s * T**3


def temperature(entropy):
    """Return T [MeV] of an entropy density [MeV^3]."""
    return np.exp(_splines()[2](np.log(entropy)))
