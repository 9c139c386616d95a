"""Dipole upscattering nu f -> N f and annihilation e- e+ -> nubar N: cross sections at d = 1 MeV^-1.

The thermal rates and the squares of amplitudes are in `reactions.dipole_scattering`; helicity index 0 is
that of a relativistic N (h = +1 for N, -1 for Nbar).
"""

import numpy as np

from .. import constants as const
from ..numerics.jit import kernel
from .dipole_scattering import E2, FORMS, ION, PROPAGATOR, annihilation_rates, screened, upscatter_rates  # noqa: F401


@kernel
def _lambda_root(s, a, b):
    """sqrt of the triangle function of s, a, b (masses squared)."""
    return np.sqrt(max((s - a - b) ** 2 - 4.0 * a * b, 0.0))


@kernel
def upscatter_square(s, t, m, mass):
    """X summed over helicities: nu f -> N f on a point-like spin-1/2 target."""
    m2, target = m * m, mass * mass
    return (
        -m2 * m2 * target - t * target * target - 0.5 * t * m2 * m2 + t * t * target
        + 0.5 * t * t * m2 + 2.0 * s * t * target + s * t * m2 - s * t * t - s * s * t
    )


@kernel
def upscatter_section(e_nu, m, mass, k, form, rule):
    """sigma/d^2 of nu f -> N f on a target at rest; t integrated in ln(|t| + k^2)."""
    s = mass * mass + 2.0 * mass * e_nu
    if s <= (mass + m) ** 2:
        return 0.0
    root = _lambda_root(s, m * m, mass * mass)
    large = m * m - 0.5 * (s - mass * mass) / s * (s + m * m - mass * mass + root)
    small = m**4 * mass * mass / (s * large)  # the direct difference loses all digits
    low, high = np.log(-small + k * k), np.log(-large + k * k)
    total = 0.0
    for i in range(rule.shape[1]):
        shifted = np.exp(low + (high - low) * rule[0, i])
        t = -(shifted - k * k)
        weight = rule[1, i] * (high - low) * shifted
        total += weight * upscatter_square(s, t, m, mass) * screened(t, k * k, form)
    return 4.0 * const.ALPHA / (s - mass * mass) ** 2 * total


@kernel
def static_section(e, m, k, form, rule, out):
    """Fill ``out[helicity]`` with sigma/d^2 on an infinitely heavy target of unit charge.

    Their sum is (alpha d^2/E^2) int dQ^2 (4 E^2 Q^2 - m^2 Q^2 - m^4)/Q^4 F.
    """
    out[:] = 0.0
    if e <= m:
        return
    p = np.sqrt((e - m) * (e + m))
    low = np.log((m * m / (e + p)) ** 2 + k * k)
    high = np.log((e + p) ** 2 + k * k)
    for i in range(rule.shape[1]):
        shifted = np.exp(low + (high - low) * rule[0, i])
        q2 = shifted - k * k
        weight = rule[1, i] * (high - low) * shifted * screened(-q2, k * k, form)
        along = (e * e - 0.5 * (m * m + q2)) / p  # neutrino momentum along n4
        for h in range(2):
            sign = 1.0 if h == 0 else -1.0
            q0 = 0.5 * (e + p) if h == 0 else 0.5 * m * m / (e + p)
            one_q = q0 * (e - sign * along)
            x = 4.0 * q2 * e * q0 + 2.0 * (one_q - 0.5 * m * m) * (m * m + q2) - 2.0 * q2 * one_q
            out[h] += weight * x
    for h in range(2):
        out[h] *= const.ALPHA / (e * e)


@kernel
def annihilation_section(s, m, mass):
    """sigma/d^2 of e- e+ -> nubar N, spin averaged: (alpha/3)(1-m^2/s)^2 (1+2m^2/s) x mass factor."""
    if s <= max(m * m, 4.0 * mass * mass):
        return 0.0
    threshold = (1.0 + 2.0 * mass * mass / s) / np.sqrt(1.0 - 4.0 * mass * mass / s)
    return const.ALPHA / 3.0 * (1.0 - m * m / s) ** 2 * (1.0 + 2.0 * m * m / s) * threshold
