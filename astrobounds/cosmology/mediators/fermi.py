"""Massless Fermi gases of nu + nubar with a chemical potential xi = mu/T common to both, any xi."""

import numpy as np

from ...numerics.jit import kernel
from ..neutrinos.expansion import fermi_f1, fermi_f2, fermi_f3

PI2 = np.pi**2
_MOST = 60  # iterations of the inverse
_LN_MB = np.log(6.0) - 4.0 / 3.0 * np.log(2.0)  # ln(F_3/F_2^(4/3)) + xi/3 without degeneracy


@kernel
def moments(xi):
    """F_1, F_2, F_3 with F_k = int x^k/(e^(x - xi) + 1) dx.

    Beyond xi = 0.5 the reflections F_1(xi) + F_1(-xi) = xi^2/2 + pi^2/6 and so on are exact.
    """
    if xi <= 0.5:
        return fermi_f1(xi), fermi_f2(xi), fermi_f3(xi)
    w = xi * xi
    f1 = 0.5 * w + PI2 / 6.0 - fermi_f1(-xi)
    f2 = xi * (w + PI2) / 3.0 + fermi_f2(-xi)
    f3 = 0.25 * w * w + 0.5 * PI2 * w + 7.0 * PI2 * PI2 / 60.0 - fermi_f3(-xi)
    return f1, f2, f3


@kernel
def state(number, energy):
    """(T, xi) of nu + nubar with a number and an energy density; NaN where no gas has them.

    rho/n^(4/3) depends on xi alone, falls, and is convex in the logarithm: Newton's method from
    the Boltzmann value below the root rises to it.
    """
    if not (number > 0.0 and energy > 0.0):
        return np.nan, np.nan
    target = np.log(PI2 * energy) - 4.0 / 3.0 * np.log(PI2 * number)
    xi = 3.0 * (_LN_MB - target)
    f2 = 1.0
    for _ in range(_MOST):
        f1, f2, f3 = moments(xi)
        slope = 3.0 * f2 / f3 - 8.0 / 3.0 * f1 / f2
        step = (target - np.log(f3) + 4.0 / 3.0 * np.log(f2)) / slope
        xi += min(step, 5.0)
        if abs(step) < 1e-13 * (1.0 + abs(xi)):
            f1, f2, f3 = moments(xi)
            return (PI2 * number / f2) ** (1.0 / 3.0), xi
        if not xi < 300.0:
            break
    return np.nan, np.nan


@kernel
def densities(temperature, xi):
    """(n, rho) of nu + nubar."""
    _, f2, f3 = moments(xi)
    cube = temperature**3 / PI2
    return cube * f2, cube * temperature * f3
