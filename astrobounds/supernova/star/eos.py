"""Ideal-gas matter: chemical potentials from densities, screening scales, gravitational lapse."""

import numpy as np

from ... import constants as const
from ...numerics.collision import fermi, unit_rule
from ...numerics.jit import kernel

RULE = unit_rule(48)


@kernel
def density_and_slope(mu, m, t, rule):
    """Return n(mu) of a gas with two spin states [MeV^3] and T dn/dmu, one pass over the nodes."""
    n, slope = 0.0, 0.0
    p_fermi = np.sqrt(max(mu * mu - m * m, 0.0)) if mu > m else 0.0
    e_top = max(mu, m) + 40.0 * t
    p_top = np.sqrt(e_top * e_top - m * m)
    for piece in range(2):
        length = p_fermi if piece == 0 else p_top - p_fermi
        if length <= 0.0:
            continue
        for i in range(rule.shape[1]):
            v = rule[0, i]
            # nodes crowd at the Fermi momentum from both sides
            p = p_fermi * (1.0 - v * v) if piece == 0 else p_fermi + length * v * v
            f = fermi((np.sqrt(p * p + m * m) - mu) / t)
            w = 2.0 * v * length * rule[1, i] * p * p * f
            n += w
            slope += w * (1.0 - f)
    return n / np.pi**2, slope / np.pi**2


@kernel
def number_density(mu, m, t, blocked, rule):
    """n = (1/pi^2) int p^2 dp f, two spin states; with f(1-f) when ``blocked`` (n_eff)."""
    n, slope = density_and_slope(mu, m, t, rule)
    return slope if blocked else n


@kernel
def _solve(n, m, t, net, rule):
    """mu with n = n(mu), minus n(-mu) when ``net``; bisection then secant, to 1e-13."""
    low, high = (0.0 if net else m - 60.0 * t), m + 20.0 * t
    while number_density(high, m, t, False, rule) < n:
        high = 2.0 * high + t
    for _ in range(200):
        mid = 0.5 * (low + high)
        value = number_density(mid, m, t, False, rule)
        if net:
            value -= number_density(-mid, m, t, False, rule)
        if value < n:
            low = mid
        else:
            high = mid
        if high - low < 1e-13 * max(abs(high), t):
            break
    return 0.5 * (low + high)


@kernel
def fill_chemical_potentials(n, m, t, net, rule, out):
    """Fill ``out[i]``, the chemical potential (rest mass included) of density n[i] [MeV^3]."""
    for i in range(n.size):
        out[i] = _solve(n[i], m[i], t[i], net, rule)


def chemical_potential(density, mass, temperature, net=False):
    """Return the chemical potential, rest mass included, of an ideal Fermi gas with two spin states.

    Parameters
    ----------
    density, mass, temperature : array_like
        Number density [MeV^3] and MeV values that broadcast together.
    net : bool
        True if ``density`` counts particles minus antiparticles (electrons).

    Returns
    -------
    ndarray
        mu [MeV].
    """
    n, m, t = (np.array(a, dtype=float).ravel()
               for a in np.broadcast_arrays(density, mass, temperature))  # fmt: skip
    out = np.empty(n.size)
    fill_chemical_potentials(n, m, t, net, RULE, out)
    return out.reshape(np.broadcast(density, mass, temperature).shape)


def proton_screening(proton_density, temperature, mu_proton=None, mass=None):
    """Return the Debye momentum k_S [MeV], k_S^2 = 4 pi alpha n/T.

    With ``mu_proton`` and ``mass`` the degenerate n_eff = 2 int d3p/(2pi)^3 f(1-f) replaces n.
    """
    n = np.asarray(proton_density, dtype=float)
    if mu_proton is not None:
        n = np.vectorize(lambda mu, t: number_density(mu, mass, t, True, RULE))(
            mu_proton, temperature
        )
    return np.sqrt(4.0 * np.pi * const.ALPHA * n / temperature)


def plasma_frequency(mu_electron, temperature):
    """Return w_pl [MeV] of relativistic electrons, w_pl^2 = (4 alpha/3 pi)(mu^2 + pi^2 T^2/3)."""
    mu, t = np.asarray(mu_electron), np.asarray(temperature)
    return np.sqrt(4.0 * const.ALPHA / (3.0 * np.pi) * (mu**2 + np.pi**2 * t**2 / 3.0))


def electron_screening(mu_electron, temperature):
    """Return the Thomas-Fermi momentum k_TF = sqrt(3) w_pl [MeV]."""
    return np.sqrt(3.0) * plasma_frequency(mu_electron, temperature)


def enclosed_mass(radius_cm, density):
    """Return M(<r) [g] of a density [g/cm3] sampled on ``radius_cm`` (trapezium in r^3)."""
    r, rho = np.asarray(radius_cm, float), np.asarray(density, float)
    shells = 0.5 * (rho[1:] + rho[:-1]) * 4.0 * np.pi / 3.0 * np.diff(r**3)
    inner = rho[0] * 4.0 * np.pi / 3.0 * r[0] ** 3
    return inner + np.concatenate([[0.0], np.cumsum(shells)])


def lapse(radius_cm, mass_g):
    """Return eta = sqrt(1 - 2 phi), phi = G int_r^inf M dr'/(r'^2 c^2), the redshift to infinity.

    Outside the last radius the enclosed mass is constant (G M(R)/(R c^2) is added).
    """
    r, m = np.asarray(radius_cm, float), np.asarray(mass_g, float)
    g = const.G_NEWTON_CGS / const.C_CM**2
    integrand = np.divide(m, r**2, out=np.zeros_like(r), where=r > 0.0)
    steps = 0.5 * (integrand[1:] + integrand[:-1]) * np.diff(r)
    outer = g * m[-1] / r[-1]
    phi = outer + g * np.concatenate([np.cumsum(steps[::-1])[::-1], [0.0]])
    return np.sqrt(1.0 - 2.0 * phi)
