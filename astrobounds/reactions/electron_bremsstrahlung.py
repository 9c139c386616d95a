"""e p <-> e p boson for L = -i g a ebar gamma5 e: static protons, massless electrons.

With tilde v = (v0, -v), D_2 = 2 p2.k + m^2, D_1 = 2 p1.k - m^2, q = p2 + k - p1 and the boson k = (E, k),

    |M|^2 = g^2 e^4/[q^2 (q^2 + k_S^2)] 4 {[2 (k.p2)(k.p1~) - m^2 p2.p1~]/D_2^2
            + [2 (k.p1)(k.p2~) - m^2 p2.p1~]/D_1^2
            + 2 [(p2.k)(p1.k) - (p2.p1~)(E^2 + |k|^2) + (p2.k~)(k.p1~)]/(D_1 D_2)}
    Gamma_abs = (n_p/2E) int d3p1 d3p2/((2pi)^6 4 E1 E2) 2 pi delta(E1 - E2 - E) (1-f_1) f_2 |M|^2.

Massless electrons radiate into a cone that only the boson's mass opens: do not use below 10 MeV.
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import fermi, unit_rule
from ..numerics.jit import kernel
from .balance import boson_rates

COLUMNS = ("T", "mu_e", "n_charge", "k_screen")
LIGHTEST = 10.0  # MeV, below it the collinear cone is not resolved
E4 = (4.0 * np.pi * const.ALPHA) ** 2
_ENERGY = np.ascontiguousarray(unit_rule(14))
_ANGLE = np.ascontiguousarray(unit_rule(12))
_TURN = np.ascontiguousarray(unit_rule(10))

references = ("Lucente:2021hbp",)


@kernel
def squared(e1, e2, w, k, c1, c2, cos_phi, m2, screen2):
    """|M|^2 at g = 1; cosines of the electrons with the boson and of the azimuth between them."""
    between = c1 * c2 + np.sqrt(max((1.0 - c1 * c1) * (1.0 - c2 * c2), 0.0)) * cos_phi
    kp1, kp2 = e1 * (w - k * c1), e2 * (w - k * c2)
    kt1, kt2 = e1 * (w + k * c1), e2 * (w + k * c2)  # k.p1~ and k.p2~ (= p2.k~)
    p2_p1t = e1 * e2 * (1.0 + between)
    d2, d1 = 2.0 * kp2 + m2, 2.0 * kp1 - m2
    q2 = e1 * e1 + e2 * e2 + k * k - 2.0 * e1 * e2 * between
    q2 += 2.0 * e2 * k * c2 - 2.0 * e1 * k * c1
    term = (2.0 * kp2 * kt1 - m2 * p2_p1t) / (d2 * d2)
    term += (2.0 * kp1 * kt2 - m2 * p2_p1t) / (d1 * d1)
    term += 2.0 * (kp2 * kp1 - p2_p1t * (w * w + k * k) + kt2 * kt1) / (d1 * d2)
    return E4 / (q2 * (q2 + screen2)) * 4.0 * term


@kernel
def _cosine(u, w, k):
    """(c, dc/du) that is uniform in ln(w - k c): dense near the boson."""
    low, high = w - k, w + k
    y = low * (high / low) ** u
    return (w - y) / k, y * np.log(high / low) / k


@kernel
def absorption(w, mass, t, mu, n, screen, energies, angles, turns):
    """Gamma_abs [MeV] at g = 1."""
    m2 = mass * mass
    k = np.sqrt(max((w - mass) * (w + mass), 0.0))
    if k <= 0.0:
        return 0.0
    # f_2 (1 - f_1) lives between the Fermi level less E and the level, with thermal tails
    low, high = max(mu - w - 20.0 * t, 0.0), mu + 20.0 * t
    total = 0.0
    for i in range(energies.shape[1]):
        e2 = low + (high - low) * energies[0, i]
        e1 = e2 + w
        stat = fermi((e2 - mu) / t) * fermi((mu - e1) / t)
        if stat <= 0.0:
            continue
        inner = 0.0
        for a in range(angles.shape[1]):
            c1, dc1 = _cosine(angles[0, a], w, k)
            for b in range(angles.shape[1]):
                c2, dc2 = _cosine(angles[0, b], w, k)
                turn = 0.0
                for f in range(turns.shape[1]):
                    x = np.cos(np.pi * turns[0, f])
                    turn += turns[1, f] * squared(e1, e2, w, k, c1, c2, x, m2, screen * screen)
                inner += angles[1, a] * angles[1, b] * dc1 * dc2 * turn
        total += energies[1, i] * (high - low) * e1 * e2 * stat * inner
    # d3p1 d3p2/(4 E1 E2) = (2 pi)(2 pi) E1 E2 dE1 dE2 dc1 dc2 <azimuth>/4
    return n / (2.0 * w) * 2.0 * np.pi * (2.0 * np.pi) ** 2 / (2.0 * np.pi) ** 6 / 4.0 * total


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV] at g = 1; ``parameters``: mass."""
    mass = parameters[0]
    for z in range(energy.shape[0]):
        t, mu, n, screen = medium[z, 0], medium[z, 1], medium[z, 2], medium[z, 3]
        for i in range(energy.shape[1]):
            e = energy[z, i]
            rate = absorption(e, mass, t, mu, n, screen, _ENERGY, _ANGLE, _TURN)
            out[0, z, i] = -np.expm1(-e / t) * rate


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at g = 1, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.ElectronBremsstrahlung`; ``medium``: columns
    ``T``, ``mu_e``, ``n_charge`` [MeV^3], ``k_screen``.
    """
    t = medium["T"]
    columns = (t, medium["mu_e"], medium["n_charge"], medium["k_screen"])
    return boson_rates(fill, columns, (mass,), energy, t)
