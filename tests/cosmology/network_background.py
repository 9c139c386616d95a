"""A simple standard background for tests of the network, independent of the package's own plasma.

Photons and e+- by Gauss quadrature, neutrinos decoupled at once at T >> m_e (T_nu a = const), Born
weak rates by quadrature. The neutrino density carries a factor so that N_eff = `neff`.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

from astrobounds import constants as const

Q = (const.M_N - const.M_P) / const.M_E
OMEGA_TO_ETA = 2.73748e-8


@dataclass
class Background:
    T: np.ndarray
    t: np.ndarray
    n_b: np.ndarray
    n_to_p: np.ndarray
    p_to_n: np.ndarray
    dt_dlnT: np.ndarray

    @property
    def arrays(self):
        return self.T, self.t, self.n_b, self.n_to_p, self.p_to_n


def lambda_0():
    s = np.sqrt(Q * Q - 1.0)
    return (s * (2 * Q**4 - 9 * Q**2 - 8) + 15 * Q * np.log(Q + s)) / 60.0


def born_rate(T, T_nu, sign, tau_n):
    """1/s; sign = +1 for n -> p, -1 for p -> n."""
    x, x_nu = const.M_E / T, const.M_E / T_nu
    y, w = np.polynomial.legendre.leggauss(60)
    p0 = np.sqrt(Q * Q - 1.0)
    top = max(45.0 / min(x, x_nu) + Q, 2.0 * p0)
    edges = np.concatenate(([0.0, p0 / 2, p0], p0 + np.geomspace(0.3, top - p0, 8)))
    half = np.diff(edges)[:, None] / 2
    p = (edges[:-1, None] + half * (y + 1)).ravel()
    weight = (half * w).ravel()
    total = 0.0
    for side in (1.0, -1.0):
        E = side * np.sqrt(p * p + 1.0)
        k = E - sign * Q
        blocked = -np.logaddexp(0.0, x_nu * k) - np.logaddexp(0.0, -x * E)
        total += np.sum(weight * p * p * k * k * np.exp(blocked))
    return total / (lambda_0() * tau_n)


@lru_cache(maxsize=8)
def standard(eta=OMEGA_TO_ETA * 0.0223, tau_n=878.4, neff=3.0444, hot=10.0, cold=9e-4, nodes=600):
    T = np.geomspace(hot, cold, nodes)
    u, w = np.polynomial.legendre.leggauss(160)
    u, w = 20.0 * (u + 1.0), 20.0 * w
    E = np.sqrt(u**2 + (const.M_E / T[:, None]) ** 2)
    f = 1.0 / (np.exp(E) + 1.0)
    rho_e = 2.0 / np.pi**2 * (w * u**2 * E * f).sum(1) * T**4
    P_e = 2.0 / (3.0 * np.pi**2) * (w * u**4 / E * f).sum(1) * T**4
    rho_g = np.pi**2 / 15.0 * T**4
    s = (4.0 / 3.0 * rho_g + rho_e + P_e) / T
    T_nu = (s / (4.0 / 3.0 * (1.0 + 7.0 / 4.0) * np.pi**2 / 15.0)) ** (1.0 / 3.0)
    rho_nu = neff * 7.0 / 8.0 * np.pi**2 / 15.0 * T_nu**4
    H = np.sqrt(8.0 * np.pi / 3.0 * (rho_g + rho_e + rho_nu)) / const.M_PLANCK / const.HBAR
    x = -np.log(T)
    dt_dx = CubicSpline(x, -np.log(s) / 3.0)(x, 1) / H
    elapsed = CubicSpline(x, dt_dx).antiderivative()(x)
    n_gamma = 2.0 * 1.2020569031595942 / np.pi**2 * T[-1] ** 3
    rates = np.array([[born_rate(a, b, sg, tau_n) for a, b in zip(T, T_nu)] for sg in (1, -1)])
    return Background(T, 0.5 / H[0] + elapsed, eta * n_gamma * s / s[-1], *rates, -dt_dx)
