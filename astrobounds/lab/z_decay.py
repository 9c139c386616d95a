"""Z -> nu nubar X: a boson emitted by the neutrinos of a Z, and why that bounds no invisible width."""

import numpy as np

from .. import constants as const
from .rare_decays import pair_boson

references = ("Brdar:2020nbj",)

_X, _W = np.polynomial.legendre.leggauss(120)
_X, _W = 0.5 * (_X + 1.0), 0.5 * _W


def integrand(s1, s2, r, vector):
    """|M|^2 in units of the collinear term; s1, s2 = (p_i + k)^2/M_Z^2, r = m^2/M_Z^2."""
    free = 1.0 + r - s1 - s2  # of the two neutrinos
    both = s1 / s2 + s2 / s1 - r * (1.0 / s1**2 + 1.0 / s2**2)
    if vector:
        return both + 2.0 * (1.0 + r) * free / (s1 * s2)
    return both - 2.0 * (s1 - r) * (s2 - r) / (s1 * s2) + 2.0 * free


def emission_integral(r, vector=True):
    """Return int ds1 ds2 over s1 in [r, 1], s2 in [r/s1, 1 + r - s1] of a vector or a scalar."""
    total = 0.0
    span = -np.log(r)
    for x, w in zip(_X, _W):
        s1 = np.exp(-span * x)
        low, high = r / s1, 1.0 + r - s1
        width = np.log(high / low)
        if not width > 0.0:
            continue
        s2 = np.exp(np.log(low) + width * _X)
        total += span * w * s1 * np.sum(width * _W * s2 * integrand(s1, s2, r, vector))
    return float(total)


def z_emission(model):
    """Return Gamma(Z -> nu nubar X)/Gamma(Z -> nu nubar of one flavour), real emission alone.

    Parameters
    ----------
    model : Mediator or another boson that decays into pairs of neutrinos

    Returns
    -------
    float

    Notes
    -----
    For a vector g^2/(8 pi^2) [L^2 - 3 L + 5 - pi^2/3], L = ln(M_Z^2/m^2), at m << M_Z for one diagonal
    coupling, twice that for an off-diagonal one (both orderings). The logarithms are soft and collinear and
    cancel against loops in the invisible width, which changes by 3 g^2/(16 pi^2) only:
    :func:`invisible_width_change`. So real emission at small m is no bound by itself.
    """
    boson = pair_boson(model)
    if boson is None or boson.mass >= const.M_Z:
        return 0.0
    vector = boson.degrees == 3
    factor = boson.coupling_squared.sum() / ((8.0 if vector else 16.0) * np.pi**2)
    return float(factor * emission_integral((boson.mass / const.M_Z) ** 2, vector))


def invisible_width_change(model):
    """Return the change of the number of neutrinos N_nu by a light vector, loops and emission together.

    3 g^2/(16 pi^2) for each diagonal flavour, the correction of a conserved vector current; nan for
    a scalar and for off-diagonal couplings, for which it is not computed.
    """
    boson = pair_boson(model)
    if boson is None:
        return 0.0
    squared = boson.coupling_squared
    if boson.degrees != 3 or np.any(squared - np.diag(np.diag(squared)) > 0.0):
        return float("nan")
    return float(3.0 * np.trace(squared) / (16.0 * np.pi**2))
