"""A late first-order transition of a dark U(1): masses, reheating, Delta N_eff, gravitational waves.

    V = -mu^2 phi*phi + lam (phi*phi)^2,   m_Z' = g v,   m_phi = sqrt(2 lam) v   (tree level)

Benchmarks of arXiv:2501.15649. alpha is the released vacuum energy over that of radiation. If it heats the
visible plasma, T_reh = T_p (1 + alpha)^{1/4} at constant g*; if it stays dark, Delta N_eff =
(4/7) g*(T_p) alpha (10.75/g*S)^{4/3}: thousands. phi and Z' must decay before nucleosynthesis; how a
Universe that starts at a few MeV makes its neutrinos is for the engine of the early Universe.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..cosmology.plasma.hot import freedom
from ..units import energy_mev, finite

references = ("Caprini:2015zlo", "Borsanyi:2016ksw")
G_NEUTRINOS = 10.75


@dataclass(frozen=True)
class Transition:
    """One benchmark: v [GeV], lam, g, T_p [MeV], H R, alpha."""

    v: float
    lam: float
    g: float
    temperature: float
    size: float
    alpha: float

    references = references

    @property
    def masses_gev(self):
        """m_phi and m_Z' at tree level [GeV]."""
        return math.sqrt(2.0 * self.lam) * self.v, self.g * self.v


BENCHMARKS = {
    "BP1": Transition(0.5, 0.006, 0.75, 12.54, 0.4771, 342.34),
    "BP2": Transition(1.0, 0.006, 0.75, 22.54, 0.7729, 522.85),
    "BP3": Transition(10.0, 0.006, 0.75, 193.87, 1.399, 463.12),
    "BP4": Transition(1.0, 0.010, 0.86, 38.03, 0.8804, 102.16),
}


def rolling_coupling(lam):
    """Return {(16 pi^2 lam/3)[1 - (lam/8 pi^2)(5 + 2 ln 2)]}^{1/4}: no barrier below this g."""
    lam = finite(lam, "lam", 0.0, 4.0 * math.pi)
    inside = 16.0 * math.pi**2 * lam / 3.0
    return (inside * (1.0 - lam / (8.0 * math.pi**2) * (5.0 + 2.0 * math.log(2.0)))) ** 0.25


def reheating_temperature(temperature, alpha):
    """Return T_reh (Quantity, MeV) after percolation at ``temperature`` (Quantity), constant g*."""
    import astropy.units as u

    return energy_mev(temperature, "temperature") * (1.0 + finite(alpha, "alpha", 0.0)) ** 0.25 * u.MeV


def dark_reheating(temperature, alpha):
    """Return Delta N_eff if the vacuum energy stays in dark radiation."""
    g_rho, g_s = freedom(energy_mev(temperature, "temperature"))
    dilution = (G_NEUTRINOS / float(g_s)) ** (4.0 / 3.0)
    return 4.0 / 7.0 * float(g_rho) * finite(alpha, "alpha", 0.0) * dilution


def bubble_spectrum(frequency, temperature, alpha, size, efficiency=1.0, wall_speed=1.0):
    """Return h^2 Omega_GW of colliding bubbles today, envelope approximation (arXiv:1512.06239, section 2).

    Parameters
    ----------
    frequency : Quantity, scalar or array
    temperature : Quantity
        Of the plasma after the transition.
    alpha : float
    size : float
        H R of bubbles at collision; beta/H = (8 pi)^{1/3} v/(H R).
    efficiency : float
        Share of the vacuum energy in the scalar field.
    wall_speed : float

    Notes
    -----
    1.67e-5 (H/beta)^2 [k alpha/(1 + alpha)]^2 (100/g*)^{1/3} [0.11 v^3/(0.42 + v^2)] S(f) with
    S = 3.8 x^2.8/(1 + 2.8 x^3.8), x = f/f_0. Later simulations of strongly supercooled transitions change
    the slope and the amplitude by factors of a few.
    """
    import astropy.units as u

    T = energy_mev(temperature, "temperature")
    v = finite(wall_speed, "wall_speed", 0.0, 1.0)
    g_star = float(freedom(T)[0])
    rate = (8.0 * math.pi) ** (1.0 / 3.0) * v / finite(size, "size", 1e-12)
    peak = 0.62 / (1.8 - 0.1 * v + v * v) * rate
    f0 = 1.65e-5 * peak * (T / 1e5) * (g_star / 100.0) ** (1.0 / 6.0)  # Hz
    x = np.asarray(frequency.to_value(u.Hz)) / f0
    share = efficiency * alpha / (1.0 + finite(alpha, "alpha", 0.0))
    height = 1.67e-5 / rate**2 * share**2 * (100.0 / g_star) ** (1.0 / 3.0) * 0.11 * v**3 / (0.42 + v * v)
    return height * 3.8 * x**2.8 / (1.0 + 2.8 * x**3.8)
