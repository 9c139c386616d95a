"""Nucleon decay p, n -> X + lepton or meson in the whole Earth: X in detectors (arXiv:2506.08090).

Nucleons of a uniform Earth, number density n and lifetime tau, send through its surface

    Phi = n l/(2 tau) {1 - (l/2R)[1 - e^{-2R/l}]}  ->  n R/(2 tau)  for l = beta gamma c tau_X >> R,

and Phi V/l of the X decay in a volume V per unit of time. Only an X that is an HNL meets bounds of the
early Universe as well; its lifetime then comes from :class:`~astrobounds.HNL`.
"""

import math
from dataclasses import dataclass

from .. import constants as const
from ..errors import DomainError, did_you_mean
from ..units import energy_mev, finite, time_s

R_EARTH = 6.371e8  # cm
DENSITY = 5.514  # g/cm^3, mean of the Earth
NUCLEONS = {"p": const.M_P, "n": const.M_N}
PARTNERS = {
    "e": const.M_E,
    "mu": const.M_MU,
    "pi": const.M_PI,
    "pi0": const.M_PI0,
    "K": const.M_K,
    "gamma": 0.0,
}
VOLUMES = {  # cm^3, fiducial
    "Super-Kamiokande": 2.25e10,  # 22.5 kt of water, arXiv:2010.16098
    "Hyper-Kamiokande": 1.88e11,  # 188 kt of water, arXiv:1805.04163
    "JUNO": 2.33e10,  # 20 kt at 0.859 g/cm^3, arXiv:1507.05613
    "DUNE": 2.86e10,  # 40 kt of liquid argon at 1.40 g/cm^3, arXiv:2002.03005
}
REFRACTION = 1.34  # water
references = ("Heeck:2025nucleon",)


@dataclass(frozen=True)
class NucleonDecay:
    """X from nucleons of the Earth.

    Attributes
    ----------
    energy_mev, beta_gamma : float
        Of X, at rest nucleons.
    flux : float
        Through the surface, all directions [cm^-2 s^-1].
    decay_length_cm : float
        Infinite for a stable X.
    """

    energy_mev: float
    beta_gamma: float
    flux: float
    decay_length_cm: float

    references = references

    def decays_per_year(self, volume):
        """Return decays of X in a volume in a Julian year.

        Parameters
        ----------
        volume : float or str
            cm^3, or the name of a detector: Super-Kamiokande, Hyper-Kamiokande, JUNO, DUNE (fiducial).
            Small against the decay length.
        """
        if isinstance(volume, str):
            if volume not in VOLUMES:
                raise DomainError(
                    f"no detector '{volume}'{did_you_mean(volume, VOLUMES)}; allowed: {', '.join(VOLUMES)}"
                )
            volume = VOLUMES[volume]
        volume = finite(volume, "volume in cm^3", 0.0)
        return self.flux * volume / self.decay_length_cm * const.YEAR_S


def nucleon_decay(mass, lifetime, partner="e", nucleon="p", x_lifetime=None, fraction=1.0):
    """Return energy and flux of X from N -> X + partner in the Earth.

    Parameters
    ----------
    mass : Quantity or HNL
        Mass of X; with an HNL its lifetime too.
    lifetime : Quantity
        Partial lifetime of the nucleon.
    partner : {"e", "mu", "pi", "pi0", "K", "gamma"}
    nucleon : {"p", "n"}
    x_lifetime : Quantity, optional
        Of X; stable without it.
    fraction : float
        Share of the Earth's nucleons that decay this way (about one half are protons).

    Raises
    ------
    DomainError
        For a closed decay, an unknown nucleon or partner, values out of range.
    """
    hnl = hasattr(mass, "lifetime")
    m = mass.mass_mev if hnl else finite(energy_mev(mass, "mass"), "mass in MeV", 0.0)
    for name, table in ((nucleon, NUCLEONS), (partner, PARTNERS)):
        if name not in table:
            raise DomainError(f"unknown '{name}'{did_you_mean(name, table)}; allowed: {', '.join(table)}")
    parent, other = NUCLEONS[nucleon], PARTNERS[partner]
    if m + other >= parent:
        raise DomainError(
            f"mass = {m:g} MeV: {nucleon} -> X {partner} is closed above {parent - other:.2f} MeV"
        )
    tau = finite(time_s(lifetime, "lifetime"), "lifetime in s", 1.0)
    energy = (parent**2 + m * m - other**2) / (2.0 * parent)
    momentum = math.sqrt((parent**2 - (m + other) ** 2) * (parent**2 - (m - other) ** 2)) / (2.0 * parent)
    given = mass.lifetime if hnl and x_lifetime is None else x_lifetime
    own = math.inf if given is None else finite(time_s(given, "x_lifetime"), "x_lifetime in s", 0.0)
    speed = momentum / m if m > 0.0 else math.inf
    length = speed * const.C_CM * own
    density = finite(fraction, "fraction", 0.0, 1.0) * DENSITY * const.N_AVOGADRO
    return NucleonDecay(energy, speed, density * _reach(length) / (2.0 * tau), length)


def _reach(length):
    """l{1 - (l/2R)[1 - e^(-2R/l)]} [cm], R for large l."""
    x = 2.0 * R_EARTH / length if length > 0.0 else math.inf
    if x < 1e-4:
        return R_EARTH * (1.0 - x / 3.0)
    if math.isinf(x):
        return 0.0
    return length * (1.0 + math.expm1(-x) / x)


def invisible_above(partner="mu", nucleon="p", refraction=REFRACTION):
    """Return the mass of X [MeV] above which the charged partner makes no Cherenkov light (free nucleon).

    0 if it always does; the kinematic end is ``m_nucleon - m_partner``.
    """
    other, parent = PARTNERS[partner], NUCLEONS[nucleon]
    threshold = other / math.sqrt(1.0 - 1.0 / refraction**2)
    square = parent**2 + other**2 - 2.0 * parent * threshold
    return math.sqrt(square) if square > 0.0 else 0.0
