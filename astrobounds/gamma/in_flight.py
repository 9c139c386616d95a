"""Positrons that annihilate before they stop: how many, and the photons they make.

    P(T) = 1 - exp(-int_0^T sigma(T')/|dE/dX| dT'),    X: column of electrons,

with Dirac's cross-section on electrons at rest and the losses of a positron in neutral hydrogen
(ionisation, bremsstrahlung). Ionised or dense gas takes 1.3 to 2 times more energy per electron and P
falls alike. Energies in MeV, cross-sections and columns in cm^2.

References
----------
P. A. M. Dirac, Proc. Camb. Phil. Soc. 26 (1930) 361; ICRU report 37 (stopping of positrons); Beacom and
Yuksel, astro-ph/0512411.
"""

from functools import lru_cache

import numpy as np

from ..constants import M_E
from ..errors import DomainError
from ..units import finite

R_ELECTRON = 2.8179403262e-13  # cm, CODATA 2018
HYDROGEN_G = 1.6735328e-24  # g per electron of hydrogen gas
IONISATION = 19.2e-6  # MeV, mean excitation energy of hydrogen, ICRU 37
RADIATION_LENGTH = 63.04  # g/cm^2 of hydrogen, PDG 2022
T_RANGE = (1e-4, 1e4)  # MeV, kinetic energies of the table; below, 1e-6 of the positrons annihilate
_POINTS = 1201
_AREA = np.pi * R_ELECTRON**2


def cross_section(kinetic):
    """Dirac's cross-section [cm^2] of e+ e- -> gamma gamma on an electron at rest.

    Parameters
    ----------
    kinetic : array_like
        Kinetic energy of the positron [MeV].
    """
    g = 1.0 + np.asarray(kinetic, dtype=float) / M_E
    s = np.sqrt((g - 1.0) * (g + 1.0))
    log = np.log(g + s)
    return _AREA / (g + 1.0) * ((g * g + 4.0 * g + 1.0) / (s * s) * log - (g + 3.0) / s)


def energy_loss(kinetic):
    """-dE/dX [MeV cm^2] of a positron per electron of a neutral hydrogen gas."""
    kinetic = np.asarray(kinetic, dtype=float)
    tau = kinetic / M_E
    beta2 = tau * (tau + 2.0) / (tau + 1.0) ** 2
    w = 1.0 / (tau + 2.0)
    moller = 2.0 * np.log(2.0) - beta2 / 12.0 * (23.0 + w * (14.0 + w * (10.0 + 4.0 * w)))
    log = np.log(tau * tau * (tau + 2.0) / (2.0 * (IONISATION / M_E) ** 2))
    ionisation = 2.0 * _AREA * M_E / beta2 * (log + moller)
    return ionisation + (kinetic + M_E) * HYDROGEN_G / RADIATION_LENGTH


@lru_cache(maxsize=1)
def _depth():
    """Table of ln T and D(T) = int_0^T sigma/loss dT'."""
    x = np.linspace(*np.log(T_RANGE), _POINTS)
    kinetic = np.exp(x)
    y = cross_section(kinetic) / energy_loss(kinetic) * kinetic
    step = x[1] - x[0]
    return x, np.concatenate([[0.0], np.cumsum(0.5 * step * (y[1:] + y[:-1]))])


def probability(kinetic):
    """Share of positrons of a kinetic energy [MeV] that annihilate before they have stopped."""
    kinetic = np.asarray(kinetic, dtype=float)
    x, depth = _depth()
    with np.errstate(divide="ignore"):
        value = np.interp(np.log(kinetic), x, depth)
    return -np.expm1(-value)


def photon_density(kinetic, energy):
    """dsigma/dE [cm^2/MeV] of the photons of an annihilation; its integral is twice sigma.

    Parameters
    ----------
    kinetic, energy : array_like
        Kinetic energy of the positron and energy of the photon [MeV], of shapes that broadcast.
    """
    g = 1.0 + np.asarray(kinetic, dtype=float) / M_E
    k = np.asarray(energy, dtype=float) / M_E
    s = np.sqrt((g - 1.0) * (g + 1.0))
    inside = (k > 0.5 * (g + 1.0 - s)) & (k < 0.5 * (g + 1.0 + s))
    k = np.where(inside, k, 0.5 * (g + 1.0))
    c = (3.0 + g) / (1.0 + g)
    bracket = (-c + (3.0 + g) / k - 1.0 / (k * k)) / (1.0 - k / (1.0 + g)) ** 2 - 2.0
    return np.where(inside, _AREA / (s * s) * bracket / M_E, 0.0)


def photons(kinetic, bands):
    """Photons of annihilation in flight per positron that starts with a kinetic energy.

    Parameters
    ----------
    kinetic : float
        MeV, between 0.1 keV and 10 GeV.
    bands : sequence of (low, high)
        Photon energies [MeV].

    Returns
    -------
    ndarray, shape (bands,)

    Raises
    ------
    DomainError
        For a band that is not 0 < low < high.
    """
    start = finite(kinetic, "kinetic energy of the positron [MeV]", *T_RANGE)
    edges = np.asarray(bands, dtype=float).reshape(-1, 2)
    if not np.all((edges[:, 0] > 0.0) & (edges[:, 1] > edges[:, 0]) & np.isfinite(edges[:, 1])):
        raise DomainError(f"bands = {bands}: every band needs 0 < low < high [MeV]")
    x, depth = _depth()
    u, w = np.polynomial.legendre.leggauss(400)
    low = x[0]
    at = low + 0.5 * (np.log(start) - low) * (u + 1.0)
    weight = 0.5 * (np.log(start) - low) * w
    T = np.exp(at)
    survive = np.exp(np.interp(at, x, depth) - np.interp(np.log(start), x, depth))
    weight = weight * T * survive / energy_loss(T)
    return np.array([weight @ _in_band(T, a, b) for a, b in edges])


def _in_band(T, low, high):
    """Integral of :func:`photon_density` over one band, in ln[k/(A - k)], A = E_e/m + 1 [cm^2]."""
    g = 1.0 + T / M_E
    s = np.sqrt((g - 1.0) * (g + 1.0))
    total = g + 1.0
    a = np.clip(low / M_E, 0.5 * (total - s), 0.5 * (total + s))
    b = np.clip(high / M_E, 0.5 * (total - s), 0.5 * (total + s))
    ya, yb = np.log(a / (total - a)), np.log(b / (total - b))
    u, w = np.polynomial.legendre.leggauss(48)
    y = ya[:, None] + 0.5 * (yb - ya)[:, None] * (u + 1.0)
    k = total[:, None] / (1.0 + np.exp(-y))
    jacobian = k * (1.0 - k / total[:, None])
    c = ((3.0 + g) / total)[:, None]
    bracket = (-c + (3.0 + g)[:, None] / k - 1.0 / (k * k)) / (1.0 - k / total[:, None]) ** 2 - 2.0
    value = (bracket * jacobian) @ w * 0.5 * (yb - ya)
    return _AREA / (s * s) * value
