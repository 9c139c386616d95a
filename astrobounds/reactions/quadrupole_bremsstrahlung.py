"""N N <-> N N scalar, soft quadrupole radiation: an estimate, uncertain by a factor of ten.

A scalar that couples to nucleons alike, L = -g_N S Nbar N, has neither monopole radiation (the legs
cancel) nor dipole (sum of v is conserved). The quadrupole gives

    Gamma_abs = g_N^2 beta^4/(30 E^3) N <sigma_s u^5>,   N = n_n n_p + n_n^2/2 + n_p^2/2,  beta = p/E
    <sigma_s u^5> = (4T/m_N)^{5/2} (2/sqrt pi) int dy e^{-y} sqrt(y(y+z)) (y+z/2)^2 sigma_s(T(y+z/2))

with sigma_s = int dsigma sin^2 theta, taken as 2/3 sigma_2 of np for all pairs (a factor of two).
Terms of the same order are not included: pions that couple to the scalar, recoil in the potential,
kinetic corrections. Naive rates without the cancellations are wrong by 1e3."""

import numpy as np

from ..numerics.jit import kernel
from .balance import boson_rates
from .soft_radiation import MILLIBARN, quadrupole_section

COLUMNS = ("T", "n_n", "n_p", "m_nucleon")
UNCERTAINTY = 10.0  # factor of the rate, either way

references = ("Dev:2020eam", "Balaji:2022noj")


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV]; ``parameters``: mass, g_N."""
    mass, coupling = parameters[0], parameters[1]
    for z in range(energy.shape[0]):
        t, n_n, n_p, m = medium[z, 0], medium[z, 1], medium[z, 2], medium[z, 3]
        pairs = n_n * n_p + 0.5 * n_n * n_n + 0.5 * n_p * n_p
        norm = coupling * coupling / 30.0 * pairs * (4.0 * t / m) ** 2.5 * MILLIBARN
        for i in range(energy.shape[1]):
            e = energy[z, i]
            x = e / t
            beta2 = max((e - mass) * (e + mass), 0.0) / (e * e)
            rate = norm * beta2 * beta2 / e**3 * quadrupole_section(t, x)
            out[0, z, i] = -np.expm1(-x) * rate


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at unit strength, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.QuadrupoleBremsstrahlung`; ``medium``: columns
    ``T``, ``n_n``, ``n_p`` [MeV^3], ``m_nucleon``.
    """
    t = medium["T"]
    columns = (t, medium["n_n"], medium["n_p"], medium["m_nucleon"])
    return boson_rates(fill, columns, (mass, process.nucleon), energy, t)
