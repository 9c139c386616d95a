"""Widths of an axion-like particle, L = -(g/4) a F Ftilde - i g_l a lbar gamma5 l, all in MeV.

The derivative form (c_l/2f) d_mu a lbar gamma^mu gamma5 l has the same width with g_l = c_l m_l/f. The
two forms differ by the anomaly in loops, so g and g_l are independent inputs here. An ALP with photons
or leptons alone has no hadronic mode at tree level below 1 GeV: two pions are forbidden by CP. One
with quarks or gluons decays to three pions above three pion masses, for which no formula is given.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import constants as const
from .pairs import velocity

HADRONS_ABOVE = 2.0 * const.M_PI + const.M_PI0  # MeV, a -> 3 pi opens for a coupling to quarks
_NODES = np.polynomial.legendre.leggauss(48)


def two_photons(mass, photon):
    """Return Gamma(a -> gamma gamma) = g^2 m^3/(64 pi) [MeV]; ``photon`` in 1/MeV."""
    return photon**2 * mass**3 / (64.0 * math.pi)


def lepton_pair(mass, coupling, lepton):
    """Return Gamma(a -> l l) = g_l^2 m beta/(8 pi) [MeV]; ``lepton`` is the mass of l [MeV]."""
    return coupling**2 * mass * velocity(mass, lepton) / (8.0 * math.pi)


@lru_cache(maxsize=4096)
def dalitz_ratio(mass, lepton):
    """Return Gamma(a -> l l gamma)/Gamma(a -> gamma gamma) by a virtual photon.

    The Kroll-Wada spectrum (2 alpha/3 pi)(ds/s)(1 - s/m^2)^3 (1 + 2 m_l^2/s) sqrt(1 - 4 m_l^2/s)
    integrated over the squared mass s of the pair; for m >> m_l (4 alpha/3 pi)[ln(m/m_l) - 7/4].

    References
    ----------
    doi:10.1103/PhysRev.98.1355.
    """
    if mass <= 2.0 * lepton:
        return 0.0
    span = 2.0 * math.log(mass / (2.0 * lepton))  # s = 4 m_l^2 cosh^2(y): no square root is left
    top = math.acosh(math.exp(0.5 * span))
    x, w = _NODES
    y, weight = 0.5 * top * (x + 1.0), 0.5 * top * w
    cosh2 = np.cosh(y) ** 2
    share = cosh2 * math.exp(-span)
    value = (1.0 - share) ** 3 * (1.0 + 0.5 / cosh2) * np.tanh(y) * 2.0 * np.tanh(y)
    return float(2.0 * const.ALPHA / (3.0 * math.pi) * weight @ value)


@dataclass(frozen=True)
class Conversion:
    """|M|^2 of a -> l l gamma by a virtual photon, averaged over the direction of the pair.

    (1/s)(1 - s/m^2)^2 (1 + 2 m_l^2/s), s = m^2 - 2 m E_3 the squared mass of the pair and 3 the photon.
    """

    mass: float
    lepton: float

    def __call__(self, e1, e2, e3):
        s = np.maximum(self.mass * (self.mass - 2.0 * e3), 4.0 * self.lepton**2)
        return (1.0 - s / self.mass**2) ** 2 * (1.0 + 2.0 * self.lepton**2 / s) / s + 0.0 * (e1 + e2)


def widths(mass, photon=0.0, electron=0.0, muon=0.0):
    """Return ``{channel: width [MeV]}`` of the open channels.

    Parameters
    ----------
    mass : float
        MeV.
    photon : float
        g [1/MeV].
    electron, muon : float
        g_l, dimensionless.

    Notes
    -----
    ``"e e gamma"`` and ``"mu mu gamma"`` are the conversions of one photon of the two; the
    interference with radiation from a direct coupling is neglected (relative order alpha).
    """
    out = {}
    if photon:
        out["gamma gamma"] = width = two_photons(mass, photon)
        for name, leg in (("e e gamma", const.M_E), ("mu mu gamma", const.M_MU)):
            ratio = dalitz_ratio(mass, leg)
            if ratio > 0.0:
                out[name] = width * ratio
    for name, coupling, leg in (("e e", electron, const.M_E), ("mu mu", muon, const.M_MU)):
        if coupling and mass > 2.0 * leg:
            out[name] = lepton_pair(mass, coupling, leg)
    return out
