"""One-pion exchange between nucleons with a soft boson on a spin: squares of the amplitude.

With relative momenta p_i and p_f of the two sides, k = p_i - p_f, l = p_i + p_f and the propagator D,

    nn, pp: g^2 [k^4 D_k^2 + l^4 D_l^2 + k^2 l^2 D_k D_l - 3 (k.l)^2 D_k D_l]
    np:     g_+^2 [1, 4, -2, 6] + g_-^2 [1, 2, -2, 2]  of the same four terms,  g_+- = (g_n +- g_p)/2

averaged over spins and the direction of the boson. The interference of np follows from isospin: the part
antisymmetric in 3 <-> 4 is half the amplitude of nn. k.l = p_i^2 - p_f^2 = m_N E is kept.
"""

import numpy as np

from .. import constants as const
from ..numerics.jit import kernel

M_PION = (2.0 * const.M_PI + const.M_PI0) / 3.0  # MeV, mean of the three
C_RHO, M_RHO = 1.67, 600.0  # two-pion exchange, arXiv:1906.11844
F_PION = 1.0  # pion-nucleon coupling f
NN, NP_PLUS, NP_MINUS = 0, 1, 2
TERMS = np.array([  # of k^4 D_k^2, l^4 D_l^2, k^2 l^2 D_k D_l, (k.l)^2 D_k D_l
    [1.0, 1.0, 1.0, -3.0], [1.0, 4.0, -2.0, 6.0], [1.0, 2.0, -2.0, 2.0],
])  # fmt: skip


@kernel
def propagator(q2, pion2, two_pion):
    """D of the exchanged pions."""
    d = 1.0 / (q2 + pion2)
    if two_pion > 0.5:
        d -= C_RHO / (q2 + M_RHO * M_RHO)
    return d


@kernel
def amplitude(high2, low2, c, pion2, two_pion, terms):
    """M of one row of `TERMS`: relative momenta squared of the two sides and their cosine."""
    cross = 2.0 * np.sqrt(high2 * low2) * c
    k2, l2 = high2 + low2 - cross, high2 + low2 + cross
    dk, dl = propagator(k2, pion2, two_pion), propagator(l2, pion2, two_pion)
    dot = high2 - low2
    return (
        terms[0] * (k2 * dk) ** 2 + terms[1] * (l2 * dl) ** 2
        + (terms[2] * k2 * l2 + terms[3] * dot * dot) * dk * dl
    )  # fmt: skip
