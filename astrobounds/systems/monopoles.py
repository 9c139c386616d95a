"""Parker bounds on magnetic monopoles, for one energy and for a spectrum (compare arXiv:2412.15132).

Monopoles of charge g gain <dE> per coherence length l of a field B, which the field pays:

    4 pi F <dE>/l <= B^2/(8 pi tau)   =>   F <= B/(32 pi^2 g tau)   for <dE> = g B l (slow monopoles)

Fast ones, isotropic, are pushed by q = g B l/v in momentum: <dE> = <E(|p + q|)> - E(p), averaged over
directions in closed form, -> (g B l)^2 (1 - v^2/3)/(2 v^2 E) when q << p; never more than g B l. F is per
area, time and solid angle.
"""

import math

import numpy as np

from .. import constants as const
from ..errors import DomainError
from ..units import energy_mev, finite, length_cm, time_s

DIRAC_CHARGE = const.HBAR_C / const.ERG / (2.0 * math.sqrt(const.ALPHA * const.HBAR_C / const.ERG))  # esu
references = ("Turner:1982ag", "Lewis:1999zm", "Iguro:2024monopoles")


def protogalactic_bound(mass):
    """Return 5e-21 (m/1e17 GeV) cm^-2 s^-1 sr^-1, from seed fields (astro-ph/9911095)."""
    return 5e-21 * finite(energy_mev(mass, "mass"), "mass in MeV", 0.0) / 1e20


def energy_gain(kinetic, mass, field, coherence, charge=1.0):
    """Return <dE> [MeV] of a monopole that crosses one coherence length.

    Parameters
    ----------
    kinetic, mass : Quantity
        Kinetic energy (scalar or array) and mass.
    field : Quantity
        B, in gauss or tesla.
    coherence : Quantity
        l.
    charge : float
        In Dirac charges.
    """
    import astropy.units as u

    m = finite(energy_mev(mass, "mass"), "mass in MeV", 1e-30)
    k = np.asarray(energy_mev(kinetic, "kinetic"), dtype=float)
    if np.any(k < 0.0):
        raise DomainError(f"kinetic = {kinetic}: a kinetic energy is not negative")
    b = finite(field.to_value(u.G), "field in G", 0.0)
    work = finite(charge, "charge", 0.0) * DIRAC_CHARGE * b * length_cm(coherence, "coherence") * const.ERG
    p = np.sqrt(k * (k + 2.0 * m))
    with np.errstate(divide="ignore", invalid="ignore"):
        q = work * (m + k) / p
        gain = _mean_energy(p, q, m, k)
    return np.where(p > 0.0, np.minimum(gain, work), work)


def _mean_energy(p, q, m, k):
    """<sqrt(m^2 + |p + q|^2)> - E, by the closed form or, for small q, its expansion."""
    e = m + k
    up, down = m * m + (p + q) ** 2, m * m + (p - q) ** 2
    closed = (up**1.5 - down**1.5) / (6.0 * p * q) - e
    small = q * q / (2.0 * e) * (1.0 - (p / e) ** 2 / 3.0)
    return np.where(q < 1e-3 * p, small, closed)


def parker_bound(mass, kinetic, field, coherence, regeneration, spectrum=None):
    """Return the largest flux [cm^-2 s^-1 sr^-1], summed over energies.

    Parameters
    ----------
    mass : Quantity
    kinetic : Quantity
        Kinetic energy; an array with ``spectrum``.
    field, coherence : Quantity
        B and l of the galactic field, such as 3e-6 G and 1 kpc.
    regeneration : Quantity
        Time in which the dynamo restores the field, such as 1e8 years.
    spectrum : array, optional
        Relative flux per energy at the ``kinetic`` energies (increasing); integrated with the
        trapezoidal rule.
    """
    import astropy.units as u

    gain = energy_gain(kinetic, mass, field, coherence)
    if spectrum is not None:
        k = np.asarray(energy_mev(kinetic, "kinetic"))
        weight = np.asarray(spectrum, dtype=float)
        if weight.shape != k.shape or k.ndim != 1 or np.any(weight < 0.0) or np.any(np.diff(k) <= 0.0):
            raise DomainError("spectrum and kinetic must be of one length, not negative and increasing")
        gain = np.trapezoid(weight * gain, k) / np.trapezoid(weight, k)
    b = field.to_value(u.G)
    budget = b * b / (8.0 * math.pi) * const.ERG / time_s(regeneration, "regeneration")  # MeV/cm^3/s
    return float(budget * length_cm(coherence, "coherence") / (4.0 * math.pi * gain))
