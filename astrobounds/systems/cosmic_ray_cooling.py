"""Cooling of cosmic-ray protons on dark matter around black holes (arXiv:2307.09460, 2408.08947).

    -dE/dt = (rho/m) c Int dT T dsigma/dT,    tau_cool = E/(-dE/dt) >= C tau_standard

A proton of energy E that scatters chi into chi* (mass m + delta) loses T = (m*^2 - m^2 - t)/(2m); without
splitting T <= 2m(E^2 - m_p^2)/(m_p^2 + m^2 + 2mE). With a flat dsigma/dT the mean loss is the middle of the
range. Deep-inelastic scattering, which dominates at large momentum transfer (arXiv:2606.03487), enters
through ``dsigma``. Densities, energies and standard loss times of the sources are arguments.
"""

import math

import numpy as np

from .. import constants as const
from ..errors import DomainError
from ..units import energy_mev, finite, length_cm, time_s

ALLOWED = {"NGC 1068": 1.0, "TXS 0506+056": 0.1}  # C of arXiv:2307.09460 (recalled)
GEV_CM3 = 1e3  # MeV/cm^3
references = ("Gustafson:2024cooling", "Herrera:2023nww", "Gondolo:1999ef")


def _transfer(energy, mass, splitting):
    """T_min and T_max [MeV] of a proton on chi at rest, or None below threshold."""
    m2 = mass + splitting
    s = const.M_P**2 + mass**2 + 2.0 * mass * energy
    if s <= (const.M_P + m2) ** 2:
        return None
    gap = m2**2 - mass**2
    lam = (s - (const.M_P + m2) ** 2) * (s - (const.M_P - m2) ** 2)
    p_in = mass * math.sqrt(max(energy**2 - const.M_P**2, 0.0))  # times sqrt s
    p_out = 0.5 * math.sqrt(lam)
    e_in, e_out = mass**2 + mass * energy, 0.5 * (s + m2**2 - const.M_P**2)  # of chi, times sqrt s
    big = mass**2 + m2**2 - 2.0 * (e_in * e_out + p_in * p_out) / s
    small = const.M_P**2 * gap**2 / (s * big) if big != 0.0 else 0.0  # the difference loses all digits
    return (gap - small) / (2.0 * mass), (gap - big) / (2.0 * mass)


def transfer_range(energy, mass, splitting=None):
    """Return smallest and largest energy that a proton loses (Quantity, GeV each).

    Parameters
    ----------
    energy : Quantity
        Total energy of the proton.
    mass : Quantity
        Of chi, at rest.
    splitting : Quantity, optional
        m(chi*) - m(chi); elastic without it.

    Raises
    ------
    DomainError
        Below the threshold of chi*.
    """
    import astropy.units as u

    e, m, delta = _arguments(energy, mass, splitting)
    found = _transfer(e, m, delta)
    if found is None:
        reach = math.sqrt(const.M_P**2 + m * m + 2.0 * m * e) - const.M_P - m
        raise DomainError(f"splitting = {delta:g} MeV is above the reach {reach:.4g} MeV of this energy")
    return tuple(t * 1e-3 * u.GeV for t in found)


def _arguments(energy, mass, splitting):
    e = finite(
        energy_mev(energy, "energy"), "energy in MeV", const.M_P, np.inf, "total energy of the proton"
    )
    m = finite(energy_mev(mass, "mass"), "mass in MeV", 1e-30)
    delta = 0.0 if splitting is None else energy_mev(splitting, "splitting")
    return e, m, finite(delta, "splitting in MeV", 0.0)


def cooling_time(energy, mass, density, cross_section=None, splitting=None, dsigma=None):
    """Return tau_cool (Quantity, s); infinite below the threshold.

    Parameters
    ----------
    energy, mass, splitting
        As in :func:`transfer_range`.
    density : Quantity
        rho of dark matter, GeV/cm^3.
    cross_section : Quantity, optional
        Total, with a flat dsigma/dT between the kinematic limits.
    dsigma : callable, optional
        dsigma/dT [cm^2/MeV] of (T, E) in MeV, instead.
    """
    import astropy.units as u

    e, m, delta = _arguments(energy, mass, splitting)
    if (cross_section is None) == (dsigma is None):
        raise DomainError("give either cross_section (Quantity, flat in T) or dsigma (callable)")
    number = finite(density.to_value("GeV / cm3"), "density in GeV/cm^3", 0.0) * GEV_CM3 / m
    found = _transfer(e, m, delta)
    if found is None:
        return math.inf * u.s
    low, high = found
    if dsigma is None:
        loss = 0.5 * (low + high) * finite(cross_section.to_value("cm2"), "cross_section in cm^2", 0.0)
    else:
        x, w = np.polynomial.legendre.leggauss(64)
        t = np.log(high / max(low, 1e-9 * high))
        transfer = high * np.exp(-t * 0.5 * (1.0 + x))
        loss = float((0.5 * t * w * transfer**2 * np.asarray(dsigma(transfer, e))).sum())
    rate = number * const.C_CM * loss
    return (e / rate if rate > 0.0 else math.inf) * u.s


def cooling_bound(energy, mass, density, standard_time, factor=1.0, splitting=None):
    """Return the largest cross section (Quantity, cm^2), flat in T, with tau_cool >= C tau_standard.

    ``standard_time`` is the loss time of the source without dark matter, ``factor`` its C (`ALLOWED`).
    """
    import astropy.units as u

    unit = cooling_time(energy, mass, density, 1.0 * u.cm**2, splitting).to_value("s")
    needed = finite(factor, "factor C", 0.0) * time_s(standard_time, "standard_time")
    return unit / needed * u.cm**2


def spike_density(radius, density, reference, slope=7.0 / 3.0, saturation=None):
    """Return rho (Quantity, GeV/cm^3) of a spike rho_0 (r/R)^-slope, cut off by annihilation.

    Parameters
    ----------
    radius, reference : Quantity
        r and R.
    density : Quantity
        rho_0 at R.
    slope : float
        (9 - 2 gamma)/(4 - gamma) of a halo r^-gamma: 7/3 of gamma = 1.
    saturation : Quantity, optional
        m/(<sigma v> t) where annihilation flattens it: rho rho_s/(rho + rho_s).
    """
    import astropy.units as u

    ratio = np.asarray(length_cm(radius, "radius")) / length_cm(reference, "reference")
    rho = density.to_value("GeV / cm3") * ratio**-slope
    if saturation is not None:
        top = saturation.to_value("GeV / cm3")
        rho = rho * top / (rho + top)
    return rho * u.GeV / u.cm**3


def mean_spike_density(inner, outer, density, reference, slope=7.0 / 3.0, saturation=None):
    """Return the mean of :func:`spike_density` over the volume between two radii."""
    import astropy.units as u

    a, b = length_cm(inner, "inner"), length_cm(outer, "outer")
    if not 0.0 < a < b:
        raise DomainError(f"inner = {a:g} cm, outer = {b:g} cm: give 0 < inner < outer")
    x, w = np.polynomial.legendre.leggauss(96)
    log = math.log(b / a)
    r = a * np.exp(0.5 * log * (1.0 + x))
    rho = spike_density(r * u.cm, density, reference, slope, saturation).value
    return 3.0 * float((0.5 * log * w * r**3 * rho).sum()) / (b**3 - a**3) * u.GeV / u.cm**3
