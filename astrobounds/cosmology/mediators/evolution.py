"""The result: a boson and neutrinos along the expansion."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ... import constants as const
from ...models.neutrino_pairs import PairBoson
from ..neutrinos.decoupling import NEFF_UNIT, RHO_GAMMA, Background


@dataclass(frozen=True, eq=False)
class Evolution:
    """A boson among neutrinos in the early Universe, on the uniform grid of ln a.

    Attributes
    ----------
    boson : PairBoson
    background : Background
        What weak rates and the network use.
    falling : ndarray, shape (n,)
        T_d, the temperature that falls as 1/a [MeV].
    z : ndarray, shape (n,)
        T_gamma/T_d.
    number, energy : ndarray, shape (n, 3)
        n_a/T_d^3 and rho_a/T_d^4 of nu_e, nu_mu, nu_tau (nu + nubar).
    nodes, weights : ndarray, shape (modes,)
        y = p/T_d of X and weights of a sum over y.
    f : ndarray, shape (n, modes)
        Occupations of X, per spin state.
    temperatures, xi : ndarray or None, shape (n, 3)
        T [MeV] and mu/T of the flavours where neutrinos are thermal.
    flags : tuple of (str, str)
        Name and explanation of what lies outside the validated physics.
    """

    boson: PairBoson
    background: Background
    falling: np.ndarray
    z: np.ndarray
    number: np.ndarray
    energy: np.ndarray
    nodes: np.ndarray
    weights: np.ndarray
    f: np.ndarray
    temperatures: np.ndarray | None = None
    xi: np.ndarray | None = None
    flags: tuple = ()

    def moments(self):
        """Return n_X/T_d^3, rho_X/T_d^4 and P_X/T_d^4, shape (3, n)."""
        energy = np.hypot(self.nodes, (self.boson.mass / self.falling)[:, None])
        cell = self.boson.degrees / (2.0 * np.pi**2) * self.weights * self.nodes**2 * self.f
        pressure = cell * self.nodes**2 / (3.0 * energy)
        return np.array([cell.sum(axis=1), (cell * energy).sum(axis=1), pressure.sum(axis=1)])

    @cached_property
    def neff(self):
        """(8/7)(11/4)^(4/3) rho/rho_gamma of nu_e, nu_mu, nu_tau at the end, shape (3,)."""
        return self.energy[-1] / (NEFF_UNIT * RHO_GAMMA * self.z[-1] ** 4)

    @cached_property
    def excess(self):
        """(rho_nu + rho_X)/rho_gamma in units of one N_eff along the way, shape (n,)."""
        total = self.energy.sum(axis=1) + self.moments()[1]
        return total / (NEFF_UNIT * RHO_GAMMA * self.z**4)

    @property
    def left(self):
        """Energy of X that has not decayed at the end, over that of the neutrinos."""
        return float(self.moments()[1, -1] / self.energy[-1].sum())

    def to_table(self):
        """Return T_gamma, T_a, xi_a, n_X and rho_X along the way as an astropy QTable."""
        import astropy.units as u
        from astropy.table import QTable

        n, rho, _ = self.moments()
        out = QTable({"T_gamma": self.z * self.falling * u.MeV, "t": self.background.t * u.s})
        for a, flavour in enumerate(const.FLAVOURS):
            out[f"rho_nu{flavour}"] = self.energy[:, a] * self.falling**4 * u.MeV**4
            if self.temperatures is not None:
                out[f"T_nu{flavour}"] = self.temperatures[:, a] * u.MeV
                out[f"xi_{flavour}"] = self.xi[:, a]
        out["n_X"] = n * self.falling**3 * u.MeV**3
        out["rho_X"] = rho * self.falling**4 * u.MeV**4
        return out


def clock(x, H):
    """Return times [s] on a uniform grid of ln a from H [MeV]; at the start t = 1/(2 H)."""
    from scipy.interpolate import CubicSpline

    return const.HBAR * (0.5 / H[0] + CubicSpline(x, 1.0 / H).antiderivative()(x))
