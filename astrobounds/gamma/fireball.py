"""Do the photons escape at all? An estimate of the pair plasma that strong decays would make.

If so many particles decay just outside the star that their photons make electron pairs on each
other, and the pairs multiply, the energy comes out as a fireball of sub-MeV photons and the
prediction for 25-100 MeV does not hold. The estimate is for one shell, all particles at their mean
energy:

* tau_gg = N_gamma sigma_gg(s = m^2)/(4 pi R Delta gamma^2) > 1, and
* n_e sigma_br R/gamma > 1 with sigma_br = 10 alpha r_e^2 (bremsstrahlung e e -> e e gamma).

N_gamma photons are made between R and 2R, Delta = max(emission time x c, R/(2 gamma^2)) is the
thickness of the shell. The idea is that of Diamond et al., arXiv:2303.11395, the formulas are not.
"""

import math
from dataclasses import dataclass

from ..constants import ALPHA, C_CM, M_E
from ..units import finite
from .source import EMISSION_DURATION

R_ELECTRON = 2.81794e-13  # cm, classical electron radius


def pair_cross_section(s):
    """sigma(gamma gamma -> e+ e-) in cm^2 at the squared energy s (MeV^2); 0 below threshold."""
    if s <= 4.0 * M_E**2:
        return 0.0
    v = math.sqrt(1.0 - 4.0 * M_E**2 / s)
    log = math.log((1.0 + v) ** 2 * s / (4.0 * M_E**2))  # (1+v)/(1-v) without cancellation
    bracket = (3.0 - v**4) * log - 2.0 * v * (2.0 - v * v)
    return 0.5 * math.pi * R_ELECTRON**2 * (1.0 - v * v) * bracket


@dataclass(frozen=True)
class FireballTest:
    """The two optical depths of the estimate.

    Attributes
    ----------
    pair_depth : float
        Optical depth of a decay photon to pair production on the others.
    multiplication : float
        Number of bremsstrahlung events of an electron during the expansion.
    """

    pair_depth: float
    multiplication: float

    references = ("Diamond:2023scc",)

    @property
    def fireball(self):
        """True if both exceed one: the gamma-ray prediction is then not valid."""
        return self.pair_depth > 1.0 and self.multiplication > 1.0


def fireball_test(signal, emission_duration_s=EMISSION_DURATION):
    """Test whether the photons of a :class:`~astrobounds.gamma.arrival.Signal` can escape.

    Parameters
    ----------
    signal : Signal
        Made by :func:`~astrobounds.gamma.arrival.signal`; results carry it as ``.signal``.
    emission_duration_s : float
        Time over which the particles leave the star, s.

    Returns
    -------
    FireballTest
    """
    duration = finite(emission_duration_s, "emission_duration_s", 0.0)
    photons, radius = signal.photons, signal.radius
    number = float(signal.parents.number())
    gamma = float(signal.parents.mean_energy()) / photons.mass
    if not math.isfinite(photons.lifetime) or number <= 0.0 or gamma <= 1.0 or radius <= 0.0:
        return FireballTest(0.0, 0.0)
    flight = math.sqrt(gamma * gamma - 1.0) * C_CM * photons.lifetime
    decays = -number * math.exp(-radius / flight) * math.expm1(-radius / flight)
    shell = max(duration * C_CM, radius / (2.0 * gamma * gamma))
    area = 4.0 * math.pi * radius
    load = photons.hard_photons * decays
    depth = load * pair_cross_section(photons.mass**2) / (area * shell * gamma * gamma)
    pairs = -load * math.expm1(-depth) + 2.0 * photons.fsr * decays
    density = pairs / (area * radius * shell * gamma)
    return FireballTest(depth, density * 10.0 * ALPHA * R_ELECTRON**2 * radius / gamma)
