"""Photons that a pair of fixed mass radiates, X -> l l gamma, exactly at order alpha.

With x = 2 omega/m, r = m_l^2/m^2, b0 = sqrt(1 - 4r), bx = sqrt(1 - 4r/(1-x)), L = ln[(1+bx)/(1-bx)],

    dN/dx = alpha/(2 pi b0) { [4 (1-2r-x)/x + c2 x] L - 4 bx (1-x)/x + c0 x bx/2 },  x < 1 - 4r,

and c2, c0 depend on what decays: vector 2/(1+2r), -4/(1+2r); scalar 2/(1-4r), 0; pseudoscalar 2, 0.
For m_l -> 0 that of a vector is (alpha/pi) [1 + (1-x)^2]/x {ln[(1-x)/r] - 1}. The spectrum diverges
like 1/x: numbers are those above a threshold, energies are finite.
"""

import math

import numpy as np

from ... import constants as const
from ...errors import DomainError, did_you_mean

PARENTS = ("vector", "scalar", "pseudoscalar")


def _coefficients(parent, r):
    """(c2, c0) of a parent."""
    if parent == "vector":
        return 2.0 / (1.0 + 2.0 * r), -4.0 / (1.0 + 2.0 * r)
    if parent == "scalar":
        return 2.0 / (1.0 - 4.0 * r), 0.0
    if parent == "pseudoscalar":
        return 2.0, 0.0
    raise DomainError(f"parent = {parent!r}{did_you_mean(parent, PARENTS)}; allowed: {', '.join(PARENTS)}")


def pair_photons(x, mass, leg, parent):
    """Return dN/dx of the photons per decay to a pair, x = 2 omega/mass.

    Parameters
    ----------
    x : array_like
    mass, leg : float
        Of the parent and of one lepton [MeV].
    parent : {"vector", "scalar", "pseudoscalar"}
        Couplings gamma^mu, 1, gamma5.

    Returns
    -------
    ndarray
        Zero outside 0 < x < 1 - 4 (leg/mass)^2.
    """
    x = np.asarray(x, dtype=float)
    r = (leg / mass) ** 2
    c2, c0 = _coefficients(parent, r)
    end = 1.0 - 4.0 * r
    inside = (x > 0.0) & (x < end)
    y = np.where(inside, x, 0.5 * end)
    left = (end - y) / (1.0 - y)  # bx^2
    bx = np.sqrt(left)
    log = np.log((1.0 + bx) ** 2 * (1.0 - y) / (4.0 * r))  # no 1 - bx by subtraction
    value = (4.0 * (1.0 - 2.0 * r - y) / y + c2 * y) * log
    value += -4.0 * bx * (1.0 - y) / y + 0.5 * c0 * y * bx
    return np.where(inside, const.ALPHA / (2.0 * math.pi * math.sqrt(end)) * value, 0.0)


def photon_moments(mass, leg, parent, above=0.0):
    """Return (number, energy share of the mass) of the photons with x > ``above``.

    The number is infinite for ``above`` = 0.
    """
    end = 1.0 - 4.0 * (leg / mass) ** 2
    if above >= end:
        return 0.0, 0.0
    u, w = np.polynomial.legendre.leggauss(160)
    u, w = 0.5 * (u + 1.0), 0.5 * w
    # nodes crowd at both ends: x = above + (end - above) v, v = u^2 (3 - 2u)
    v, slope = u * u * (3.0 - 2.0 * u), 6.0 * u * (1.0 - u)
    x = above + (end - above) * v
    density = pair_photons(x, mass, leg, parent) * w * slope * (end - above)
    number = float(density.sum()) if above > 0.0 else math.inf
    return number, float((0.5 * x * density).sum())
