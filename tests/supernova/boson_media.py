"""Matter of the tests: the fiducial star at 10 km, where T = 30 MeV, and integrals over energies."""

import numpy as np

from astrobounds import constants as const
from astrobounds.numerics.collision import unit_rule

T, MU_E, N_B, W_PL = 30.0, 217.571, 1.377039e6, 12.481131
N_N, N_P = 0.7 * N_B, 0.3 * N_B
K_S, K_EFF = 35.535, 32.224  # screening by all protons, and by those that are not blocked
N_EFF = K_EFF**2 * T / (4.0 * np.pi * const.ALPHA)
ERG_CM3_S = 1.0 / (const.ERG * const.HBAR * const.HBAR_C**3)  # per MeV^5


def rates(fill, energy, medium, parameters, states=1):
    """Return Gamma* (states, places, energies); ``medium`` (columns,) or (places, columns)."""
    medium = np.atleast_2d(np.array(medium, dtype=float))
    energy = np.atleast_1d(np.array(energy, dtype=float))
    grid = np.ascontiguousarray(np.broadcast_to(energy, (medium.shape[0], energy.size)))
    out = np.empty((states, *grid.shape))
    fill(grid, medium, np.array(parameters, dtype=float), out)
    return out


def rate(fill, energy, medium, parameters, states=1):
    """Return Gamma* at one energy and place, (states,) or a float."""
    found = rates(fill, energy, medium, parameters, states)[:, 0, 0]
    return found if states > 1 else found[0]


def emissivity(fill, mass, medium, parameters, t=T):
    """Return Q [MeV^5] of one state without absorption, and with f_BE Gamma* as the production."""
    u, w = unit_rule(80)
    energy = mass + 28.0 * t * u**2
    weight = 2.0 * u * w * 28.0 * t
    p = np.sqrt(energy**2 - mass**2)
    reduced = rates(fill, energy, medium, parameters)[0, 0]
    return float(weight @ (p * energy**2 / (2.0 * np.pi**2) * reduced / np.expm1(energy / t)))
