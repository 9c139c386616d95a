"""What X adds to N_eff if conservation laws alone decide: equilibrium is reached and left adiabatically.

nu nu <-> X keeps n_nu + 2 n_X and, in equilibrium at mu_X = 2 mu_nu, the entropy. Two limits:

* **late**: X starts empty, equilibrates while relativistic with decoupled neutrinos (number and energy
  are kept), then decays in equilibrium (number and entropy are kept);
* **early**: X and neutrinos are thermal at mu = 0 while relativistic, then nu nu <-> X alone decays them.

Only g_X/n_fl, spin states over coupled flavours, matters. If further processes keep mu = 0 (nu nu <-> X X
at large coupling), the early limit is entropy alone: (1 + 4 g_X/(21 n_fl/3))^{4/3}.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, fsolve

from ...errors import DomainError

PI2 = np.pi**2
NEFF_STANDARD = 3.044  # arXiv:2008.01074, arXiv:2012.02726


@dataclass(frozen=True)
class Plateau:
    """Temperatures in units of the neutrinos' own before X came.

    Attributes
    ----------
    T_equilibrium, xi_equilibrium : float
        After X has equilibrated, still relativistic.
    T, xi : float
        After X is gone.
    ratio : float
        Energy of the coupled neutrinos over what it would be without X.
    """

    T_equilibrium: float
    xi_equilibrium: float
    T: float
    xi: float
    ratio: float

    def delta_neff(self, flavours, base=NEFF_STANDARD):
        """Return Delta N_eff if ``flavours`` (1 to 3) of the three share the ratio."""
        return base * flavours / 3.0 * (self.ratio - 1.0)


def _integral(power, xi, sign):
    """int x^power/(e^(x - xi) + sign) dx."""
    edge = max(xi, 0.0)

    def f(x):
        return x**power / (np.exp(min(x - xi, 700.0)) + sign) if x > xi or sign > 0.0 else 0.0

    parts = [quad(f, *ends, epsabs=0.0, epsrel=1e-12, limit=200)[0]
             for ends in ((0.0, edge + 1.0), (edge + 1.0, edge + 60.0))]  # fmt: skip
    return sum(parts)


def _gas(xi, states, sign):
    """n, rho and s of a massless gas at T = 1, per volume."""
    n, rho = (states / (2.0 * PI2) * _integral(k, xi, sign) for k in (2, 3))
    return n, rho, 4.0 / 3.0 * rho - xi * n


def plateau(degrees, flavours, early=False):
    """Return the :class:`Plateau` of a boson with ``degrees`` spin states and 1 to 3 flavours.

    Parameters
    ----------
    degrees : float
    flavours : int
        Coupled flavours, all in equilibrium with X and each other.
    early : bool
        X thermal at mu = 0 to begin with, instead of empty.

    Raises
    ------
    DomainError
        For no states or a number of flavours that is not 1, 2 or 3.
    """
    if not degrees > 0.0 or flavours not in (1, 2, 3):
        raise DomainError(f"degrees = {degrees}, flavours = {flavours}: a positive number and 1, 2 or 3")
    states = 2.0 * flavours  # nu and nubar
    n0, rho0, _ = _gas(0.0, states, 1.0)

    def both(T, xi):
        """Number, energy, entropy of neutrinos and relativistic X."""
        nu, x = _gas(xi, states, 1.0), _gas(2.0 * xi, degrees, -1.0)
        return T**3 * (nu[0] + 2.0 * x[0]), T**4 * (nu[1] + x[1]), T**3 * (nu[2] + x[2])

    T1, xi1 = 1.0, 0.0
    if not early:
        def missing(v):
            n, rho, _ = both(v[0], -abs(v[1]))
            return n / n0 - 1.0, rho / rho0 - 1.0

        T1, xi1 = fsolve(missing, (1.15, -0.8), xtol=1e-12)
        xi1 = -abs(xi1)
    number, _, entropy = both(T1, xi1)

    def per_number(xi):
        n, _, s = _gas(xi, states, 1.0)
        return s / n - entropy / number

    xi2 = brentq(per_number, -8.0, 12.0, xtol=1e-12)
    n2, rho2, _ = _gas(xi2, states, 1.0)
    T2 = (number / n2) ** (1.0 / 3.0)
    return Plateau(float(T1), float(xi1), T2, xi2, T2**4 * rho2 / rho0)
