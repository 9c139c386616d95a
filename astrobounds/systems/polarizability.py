"""Neutrino polarizability by a pseudoscalar that couples to photons and neutrinos (arXiv:2506.14881).

    L = (1/4) g_gamma a F Ftilde + (1/2) g_nu a (nubar^c P_L nu + h.c.)
      -> (1/2) alpha nubar^c P_L nu F Ftilde,   alpha = g_gamma g_nu/(4 m^2)       (q^2 << m^2, dimension 7)

Widths: g_gamma^2 m^3/(64 pi) to photons; g_nu^2 m/(16 pi) to nu nu and nubar nubar of one flavour together,
as a scalar :class:`~astrobounds.Mediator`. The same three numbers act in a supernova (gamma gamma -> a,
nu nu -> a), in the early Universe and in gamma rays; sigma(nu A -> nu gamma A) and the limits of NOMAD and
MiniBooNE are beam physics and not here.
"""

import math

import numpy as np

from .. import constants as const
from ..units import energy_mev, finite, inverse_energy_mev

_X, _W = np.polynomial.legendre.leggauss(64)
_REACH = 7.0  # E up to m + 49 T
references = ("Bansal:2022zpi", "Gehrlein:2025monophotons")


def polarizability(mass, photon, neutrino):
    """Return alpha (Quantity, GeV^-3) of a pseudoscalar at momentum transfers far below its mass.

    Parameters
    ----------
    mass : Quantity
    photon : Quantity
        g_gamma, 1/GeV.
    neutrino : float
        g_nu.
    """
    import astropy.units as u

    m = finite(energy_mev(mass, "mass"), "mass in MeV", 1e-30)
    coupling = inverse_energy_mev(photon, "photon") * finite(neutrino, "neutrino")
    return coupling / (4.0 * m * m) * 1e9 / u.GeV**3


def widths(mass, photon, neutrino):
    """Return ``{"gamma gamma": width, "nu nu": width}`` in MeV; nu nu with its conjugate, one flavour."""
    m = finite(energy_mev(mass, "mass"), "mass in MeV", 0.0)
    g = inverse_energy_mev(photon, "photon")
    return {
        "gamma gamma": g * g * m**3 / (64.0 * math.pi),
        "nu nu": finite(neutrino, "neutrino") ** 2 * m / (16.0 * math.pi),
    }


def photon_fusion(temperature, mass, photon):
    """Return the power of gamma gamma -> a (Quantity, erg cm^-3 s^-1) of free thermal photons.

    Q = (m Gamma/2 pi^2) Int_m dE E 2T ln[sinh(E+/2T)/sinh(E-/2T)]/(e^{E/T} - 1), E+- = (E +- p)/2. Where
    photons have a plasma mass it closes for m below twice that mass.
    """
    import astropy.units as u

    T = finite(energy_mev(temperature, "temperature"), "temperature in MeV", 1e-30)
    m = finite(energy_mev(mass, "mass"), "mass in MeV", 1e-30)
    width = widths(mass, photon, 0.0)["gamma gamma"]
    t = 0.5 * _REACH * (1.0 + _X)  # E = m + T t^2: smooth at the threshold
    energy = m + T * t * t
    p = t * np.sqrt(T * (T * t * t + 2.0 * m))
    low, high = m * m / (2.0 * (energy + p)), 0.5 * (energy + p)
    log = (high - low) / (2.0 * T) + np.log1p(-np.exp(-high / T)) - np.log(-np.expm1(-low / T))
    integrand = energy * 2.0 * T * log * np.exp(-energy / T) / -np.expm1(-energy / T)
    total = m * width / (2.0 * math.pi**2) * float(0.5 * _REACH * _W @ (integrand * 2.0 * T * t))
    return total / const.HBAR_C**3 / const.HBAR / const.ERG * u.erg / u.cm**3 / u.s
