"""The seesaw region of two nearly degenerate right-handed neutrinos: flavour fractions and the floor.

With approximate lepton number and large mixing (arXiv:1801.04207, 1802.04728),

    U_a^2/U^2 = |sqrt(m_i) U_ai +- i sqrt(m_j) U_aj|^2/(m_i + m_j),  U^2_tot = (sum m/M) cosh(2 Im omega),

(i, j) = (2, 3) for normal and (1, 2) for inverted ordering; the Majorana phase is on column 2. The
floor sum m/M is a line to draw with its assumptions, not a likelihood: with three right-handed
neutrinos a single one can decouple.
"""

import math

import numpy as np

from ...constants import FLAVOURS
from ...errors import DomainError, did_you_mean
from ...units import energy_mev, finite

# sin^2 of the mixing angles and mass splittings [eV^2], NuFIT 5.2 (2022)
ANGLES = {"normal": (0.303, 0.02225, 0.451), "inverted": (0.303, 0.02223, 0.569)}
DM21, DM31_NORMAL, DM32_INVERTED = 7.41e-5, 2.507e-3, 2.486e-3

references = ("Drewes:2018gkc",)


def _check(ordering):
    if ordering not in ANGLES:
        raise DomainError(
            f"ordering = {ordering!r}{did_you_mean(ordering, ANGLES)}; allowed: normal, inverted"
        )


def light_masses(ordering="normal"):
    """Return the three light masses [eV] with a massless lightest neutrino."""
    _check(ordering)
    if ordering == "normal":
        return np.array([0.0, math.sqrt(DM21), math.sqrt(DM31_NORMAL)])
    return np.array([math.sqrt(DM32_INVERTED - DM21), math.sqrt(DM32_INVERTED), 0.0])


def mixing_matrix(ordering="normal", delta=0.0, alpha=0.0):
    """Return the 3 x 3 PMNS matrix with Dirac phase ``delta`` and e^{i alpha} on column 2."""
    _check(ordering)
    s12, s13, s23 = np.sqrt(ANGLES[ordering])
    c12, c13, c23 = (math.sqrt(1.0 - s * s) for s in (s12, s13, s23))
    phase = np.exp(1j * finite(delta, "delta", -100.0, 100.0))
    matrix = np.array([
        [c12 * c13, s12 * c13, s13 / phase],
        [-s12 * c23 - c12 * s23 * s13 * phase, c12 * c23 - s12 * s23 * s13 * phase, s23 * c13],
        [s12 * s23 - c12 * c23 * s13 * phase, -c12 * s23 - s12 * c23 * s13 * phase, c23 * c13],
    ])  # fmt: skip
    matrix[:, 1] *= np.exp(1j * finite(alpha, "alpha", -100.0, 100.0))
    return matrix


def flavour_fractions(ordering="normal", delta=0.0, alpha=0.0, sign=1):
    """Return ``{flavour: U_a^2/U^2}``; they sum to one.

    Parameters
    ----------
    ordering : {"normal", "inverted"}
    delta, alpha : float
        Dirac and Majorana phase [rad].
    sign : {1, -1}
        Sign of Im omega.

    Raises
    ------
    DomainError
        For an unknown ordering, sign or a phase that is not finite.
    """
    if sign not in (1, -1):
        raise DomainError(f"sign = {sign!r}; allowed: 1, -1")
    masses, matrix = light_masses(ordering), mixing_matrix(ordering, delta, alpha)
    i, j = (1, 2) if ordering == "normal" else (0, 1)
    root = np.sqrt(masses)
    amplitude = root[i] * matrix[:, i] + sign * 1j * root[j] * matrix[:, j]
    return dict(zip(FLAVOURS, (np.abs(amplitude) ** 2 / masses.sum()).tolist()))


def seesaw_floor(mass, ordering="normal"):
    """Return the smallest U^2 summed over flavours and both N at a mass (Quantity): sum m/M."""
    return float(light_masses(ordering).sum() * 1e-6 / energy_mev(mass, "mass"))
