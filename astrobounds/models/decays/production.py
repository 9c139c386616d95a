"""Production of N in three-body decays of kaons and muons, relative to a massless neutrino.

For P -> P' l N the lepton pair of mass q^2 = s is integrated with

    L^{mu nu} = C1 (q^mu q^nu - s g^{mu nu}) + C2 q^mu q^nu,
    C2 = 4 [x + y - (x-y)^2],  C1 = [C2 + 8 (1-x-y)]/3,  x = m_l^2/s, y = m^2/s,

which follows from its trace and its contraction with q q, and

    dGamma/ds ~ sqrt(lam(M^2, M'^2, s) lam(1, x, y)) [C1 f_+^2 lam(M^2, M'^2, s) + C2 (M^2-M'^2)^2 f_0^2].

References: arXiv:0705.1729; form factors of the Particle Data Group (linear, K+).
"""

import numpy as np

from ... import constants as const
from ...errors import DomainError, did_you_mean
from ...units import energy_mev

SLOPE_PLUS, SLOPE_ZERO = 0.0296, 0.0196  # lambda_+, lambda_0 in units of m_pi+^2, PDG 2022
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(80)


def _kallen(a, b, c):
    return np.maximum(a * a + b * b + c * c - 2.0 * (a * b + b * c + c * a), 0.0)


def _semileptonic(lepton, mass):
    """int ds dGamma/ds of K+ -> pi0 l N up to a common factor."""
    big, small = const.M_K**2, const.M_PI0**2
    low, high = (lepton + mass) ** 2, (const.M_K - const.M_PI0) ** 2
    if high <= low:
        return 0.0
    u = 0.5 * (_NODES + 1.0)
    s = low + (high - low) * u**2 * (3.0 - 2.0 * u)  # both ends go like square roots
    jacobian = 3.0 * (high - low) * u * (1.0 - u) * _WEIGHTS
    x, y = lepton**2 / s, mass**2 / s
    c2 = 4.0 * (x + y - (x - y) ** 2)
    c1 = (c2 + 8.0 * (1.0 - x - y)) / 3.0
    hadron = _kallen(big, small, s)
    plus, zero = 1.0 + SLOPE_PLUS * s / const.M_PI**2, 1.0 + SLOPE_ZERO * s / const.M_PI**2
    rate = np.sqrt(hadron * _kallen(1.0, x, y))
    rate *= c1 * plus**2 * hadron + c2 * (big - small) ** 2 * zero**2
    return float((jacobian * rate).sum())


def three_body_ratio(decay, mass):
    """Return the rate of a three-body decay into N over that into a massless neutrino, per |U|^2.

    Parameters
    ----------
    decay : {"K e3", "K mu3", "mu"}
        K+ -> pi0 e N, K+ -> pi0 mu N, or mu -> e nu N.
    mass : Quantity
        Mass of N.

    Returns
    -------
    float
        Zero where the decay is closed.

    Raises
    ------
    DomainError
        For an unknown decay or a mass without unit.
    """
    allowed = ("K e3", "K mu3", "mu")
    if decay not in allowed:
        raise DomainError(
            f"decay = {decay!r}{did_you_mean(decay, allowed)}; allowed: {', '.join(allowed)}"
        )
    m = energy_mev(mass, "mass")
    if not m >= 0.0:
        raise DomainError(f"mass = {m:g} MeV is negative")
    if decay == "mu":
        from .phase_space import three_body

        # one massive lepton and one massless: N and e may change places with nu
        pair = max((m / const.M_MU) ** 2, 1e-16), (const.M_E / const.M_MU) ** 2
        return three_body(0.0, *pair) / three_body(0.0, 1e-16, pair[1])
    lepton = const.M_E if decay == "K e3" else const.M_MU
    return _semileptonic(lepton, m) / _semileptonic(lepton, 0.0)
