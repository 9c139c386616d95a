"""Mean fields of nucleons: effective mass and the difference of the potentials of n and p.

DD2, a relativistic mean field with couplings that depend on the density (arXiv:0908.2344), in closed
form with u = n_B/0.16 fm^-3 and the proton fraction Y:

    m*/m = (1 - 0.0946 u)/(1 + 0.6332 u)            a fit, 0.9 % for u = 0.05 to 2.5, Y = 0.2, T = 20 MeV
    U_n - U_p = 156.84 MeV u exp(-1.1139 u) (1 - 2 Y)     the rho meson, without dependence on T

m* is Dirac's mass, the same for both; it depends on Y and T by 3 %. Effective masses at n_0 lie between
0.55 m (DD2) and 0.75 m in the literature; a number a in place of the name gives m* = m/(1 + a u) with the
same U_n - U_p.
"""

import numpy as np

from ...errors import DomainError, did_you_mean
from ...units import finite

SATURATION_FM3 = 0.16  # fm^-3, the unit of u
FM3 = 197.3269804**3  # MeV^3 per fm^-3, hbar c of CODATA 2018
SATURATION = SATURATION_FM3 * FM3  # MeV^3
U_MAX = 3.0  # the fit of m* ends there
RHO_MESON = (156.84, 1.1139)  # MeV, U_n - U_p of DD2: Gamma_rho^2 n/(4 m_rho^2) with its density dependence
NAMES = ("dd2",)


def check(mean_field):
    """Return None for free nucleons, ``"dd2"``, or the number a of m* = m/(1 + a u).

    Raises
    ------
    DomainError
        For an unknown name or a number outside [0, 2].
    """
    if mean_field is None or mean_field is False:
        return None
    if mean_field is True:
        return "dd2"
    if isinstance(mean_field, str):
        if mean_field not in NAMES:
            raise DomainError(
                f"mean_field = {mean_field!r}{did_you_mean(mean_field, NAMES)}; allowed: False, True "
                "(the same as 'dd2'), 'dd2', or a number a for m* = m/(1 + a n/n0)"
            )
        return mean_field
    return finite(mean_field, "mean_field: a of m* = m/(1 + a n/n0)", 0.0, 2.0)


def effective_mass(mean_field, density, mass):
    """Return m* [MeV] at baryon densities [MeV^3].

    Raises
    ------
    DomainError
        Above three times 0.16 fm^-3, where the fit ends.
    """
    u = np.asarray(density, dtype=float) / SATURATION
    if mean_field is None:
        return np.full_like(u, mass)
    if np.any(u > U_MAX):
        raise DomainError(
            f"density = {u.max():.3g} times 0.16 fm^-3: mean fields end at {U_MAX:g}; "
            "load the star with mean_field=False"
        )
    if mean_field == "dd2":
        return mass * (1.0 - 0.0946 * u) / (1.0 + 0.6332 * u)
    return mass / (1.0 + mean_field * u)


def potential_slope(mean_field, density):
    """Return d = (U_n - U_p)/(1 - 2 Y) [MeV] at baryon densities [MeV^3]."""
    u = np.asarray(density, dtype=float) / SATURATION
    if mean_field is None:
        return np.zeros_like(u)
    height, fall = RHO_MESON
    return height * u * np.exp(-fall * u)
