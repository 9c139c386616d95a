"""n p <-> n p gamma*, dipole radiation of the proton: a photon of any mass, coupling e, no mixing.

    Gamma_abs,T = (32 alpha/3pi)(n_n n_p/E^3)(pi T/m_N)^{3/2} J(T, E/T)
    Gamma_abs,L = (m^2/E^2) Gamma_abs,T

per polarisation state, with J of `soft_radiation`; Gamma* = (1 - e^{-E/T}) Gamma_abs. Nucleons are
nonrelativistic and unblocked; pp and nn start at the quadrupole.

References: arXiv:1611.03864, arXiv:1706.08871.
"""

import numpy as np

from .. import constants as const
from ..numerics.jit import kernel
from .balance import boson_rates
from .soft_radiation import MILLIBARN, form_index, thermal_section

COLUMNS = ("T", "n_n", "n_p", "m_nucleon")
TRANSVERSE, LONGITUDINAL = 0, 1

references = ("Chang:2016ntp", "Rrapaj:2015wgs")


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[state, place, e]`` with Gamma* [MeV]: T and L; ``parameters``: mass, soft form."""
    mass, form = parameters[0], int(parameters[1])
    for z in range(energy.shape[0]):
        t, n_n, n_p, m = medium[z, 0], medium[z, 1], medium[z, 2], medium[z, 3]
        norm = 32.0 * const.ALPHA / (3.0 * np.pi) * n_n * n_p * (np.pi * t / m) ** 1.5 * MILLIBARN
        for i in range(energy.shape[1]):
            e = energy[z, i]
            x = e / t
            rate = -np.expm1(-x) * norm / e**3 * thermal_section(t, x, form)
            out[TRANSVERSE, z, i] = rate
            out[LONGITUDINAL, z, i] = rate * (mass / e) ** 2


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] per state T and L at eps = 1, shape (2, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.DipoleBremsstrahlung`; ``medium``: columns
    ``T``, ``n_n``, ``n_p`` [MeV^3], ``m_nucleon``.
    """
    t = medium["T"]
    columns = (t, medium["n_n"], medium["n_p"], medium["m_nucleon"])
    return boson_rates(fill, columns, (mass, form_index(process.soft)), energy, t, 2)
