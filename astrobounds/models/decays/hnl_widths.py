"""Decay widths of a heavy neutral lepton, channel by channel and flavour by flavour.

A width is linear in each |U_a|^2: three functions of the mass per channel are the whole table.
Everything here is for a Dirac N (one charge-conjugate set); a Majorana N decays twice as fast.

Accuracy: better than 1 % below 0.5 GeV, 3-7 % at 0.8 GeV, 10-20 % above 1 GeV, where the
hadronic width is matched to quarks (the spread of public codes).

References: arXiv:0705.1729, 0901.3589, 1805.08567, 2007.03701, 2405.07330; Pal & Wolfenstein 1982.
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from .phase_space import kallen, pair_functions, three_body

CHANNELS = (
    "3nu", "nu gamma", "nu e e", "nu mu mu", "nu e mu", "nu e tau", "nu mu tau",
    "nu pi0", "nu eta", "nu etap", "nu rho0", "nu omega", "nu phi",
    "e pi", "mu pi", "e K", "mu K", "e rho", "mu rho", "e K*", "mu K*",
    "nu hadrons", "e hadrons", "mu hadrons",
)  # fmt: skip

ME, MMU, MTAU = const.M_E, const.M_MU, const.M_TAU
S2W = const.SIN2_THETA_W
GF2 = const.G_FERMI**2
VUD2, VUS2 = const.V_UD**2, const.V_US**2
RADIATIVE = 9.0 * const.ALPHA * GF2 / (512.0 * np.pi**4)  # Pal & Wolfenstein, Dirac N

# Light-quark masses and the coupling at the tau mass for the inclusive hadronic width
M_UP, M_DOWN, M_STRANGE = 2.16, 4.67, 93.4  # MeV, MS-bar at 2 GeV, PDG 2022
ALPHA_S_TAU = 0.314  # alpha_s(m_tau), PDG 2022
QUARKS_FROM, QUARKS_FULL = 1000.0, 1500.0  # MeV, where the multi-hadron rest is switched in

# (decay constant, mass, neutral-current factor) of the neutral mesons
NEUTRAL_P = np.array([
    [const.F_PI, const.M_PI0], [const.F_ETA, const.M_ETA], [const.F_ETAP, const.M_ETAP],
])  # fmt: skip
NEUTRAL_V = np.array([
    [const.F_RHO, const.M_RHO, 1.0 - 2.0 * S2W],
    [const.F_OMEGA, const.M_OMEGA, -2.0 * S2W / 3.0],
    [const.F_PHI, const.M_PHI, -np.sqrt(2.0) * (0.5 - 2.0 * S2W / 3.0)],
])  # fmt: skip
CHARGED_P = np.array([[const.F_PI**2 * VUD2, const.M_PI], [const.F_K**2 * VUS2, const.M_K]])
CHARGED_V = np.array(
    [[const.F_RHO**2 * VUD2, const.M_RHO], [const.F_KSTAR**2 * VUS2, const.M_KSTAR]]
)
LEPTONS = np.array([ME, MMU, MTAU])


@kernel
def _to_neutral_pseudoscalar(m, f, mass):
    """G_F^2 f^2 M^3/(32 pi) (1-x^2)^2."""
    if m <= mass:
        return 0.0
    return GF2 * f**2 * m**3 / (32.0 * np.pi) * (1.0 - (mass / m) ** 2) ** 2


@kernel
def _to_neutral_vector(m, f, mass, k):
    """G_F^2 f^2 k^2 M^3/(32 pi) (1+2x^2)(1-x^2)^2; arXiv:2007.03701."""
    if m <= mass:
        return 0.0
    x2 = (mass / m) ** 2
    return GF2 * (f * k) ** 2 * m**3 / (32.0 * np.pi) * (1.0 + 2.0 * x2) * (1.0 - x2) ** 2


@kernel
def _to_charged(m, f2v2, mass, lepton, vector):
    """G_F^2 f^2 V^2 M^3/(16 pi) sqrt(lam) [bracket of a pseudoscalar or a vector]."""
    if m <= mass + lepton:
        return 0.0
    h, x = (mass / m) ** 2, (lepton / m) ** 2
    if vector:
        bracket = (1.0 - x) ** 2 + h * (1.0 + x) - 2.0 * h * h
    else:
        bracket = (1.0 - x) ** 2 - h * (1.0 + x)
    return GF2 * f2v2 * m**3 / (16.0 * np.pi) * np.sqrt(kallen(1.0, h, x)) * bracket


@kernel
def _qcd_factor(m):
    """1 + a + 5.2 a^2 + 26.4 a^3, a = alpha_s(M)/pi, one-loop running with three flavours."""
    a = ALPHA_S_TAU / (1.0 + ALPHA_S_TAU * 9.0 / (4.0 * np.pi) * 2.0 * np.log(m / MTAU)) / np.pi
    return 1.0 + a + 5.2 * a**2 + 26.4 * a**3


@kernel
def _quark_pairs(m):
    """N -> nu q qbar summed over u, d, s, over G_F^2 M^5/(192 pi^3); arXiv:0901.3589."""
    c1u = 0.25 * (1.0 - 8.0 * S2W / 3.0 + 32.0 * S2W**2 / 9.0)
    c2u = S2W / 3.0 * (4.0 * S2W / 3.0 - 1.0)
    c1d = 0.25 * (1.0 - 4.0 * S2W / 3.0 + 8.0 * S2W**2 / 9.0)
    c2d = S2W / 6.0 * (2.0 * S2W / 3.0 - 1.0)
    u1, u2 = pair_functions(M_UP / m)
    d1, d2 = pair_functions(M_DOWN / m)
    s1, s2 = pair_functions(M_STRANGE / m)
    return 3.0 * (c1u * u1 + c2u * u2 + c1d * (d1 + s1) + c2d * (d2 + s2))


@kernel
def fill_widths(m, out):
    """Fill ``out[channel, flavour]`` (24 x 3) with Dirac widths in MeV at |U_a|^2 = 1; m in MeV."""
    out[:] = 0.0
    g = GF2 * m**5 / (192.0 * np.pi**3)
    c1 = 0.25 * (1.0 - 4.0 * S2W + 8.0 * S2W**2)
    c2 = 0.5 * S2W * (2.0 * S2W - 1.0)
    for a in range(3):
        out[0, a] = g
        out[1, a] = RADIATIVE * m**5
        for b in range(2):
            f1, f2 = pair_functions(LEPTONS[b] / m)
            same = 1.0 if a == b else 0.0
            out[2 + b, a] = g * ((c1 + 2.0 * S2W * same) * f1 + (c2 + S2W * same) * f2)
        for i in range(3):
            out[7 + i, a] = _to_neutral_pseudoscalar(m, NEUTRAL_P[i, 0], NEUTRAL_P[i, 1])
            out[10 + i, a] = _to_neutral_vector(
                m, NEUTRAL_V[i, 0], NEUTRAL_V[i, 1], NEUTRAL_V[i, 2]
            )
    row = 4
    for a in range(3):
        for b in range(a + 1, 3):
            shape = g * three_body(0.0, (LEPTONS[a] / m) ** 2, (LEPTONS[b] / m) ** 2)
            out[row, a] = shape
            out[row, b] = shape
            row += 1
    for a in range(2):
        for i in range(2):
            out[13 + 2 * i + a, a] = _to_charged(
                m, CHARGED_P[i, 0], CHARGED_P[i, 1], LEPTONS[a], False
            )
            out[17 + 2 * i + a, a] = _to_charged(
                m, CHARGED_V[i, 0], CHARGED_V[i, 1], LEPTONS[a], True
            )
    if m > QUARKS_FROM:
        t = min((m - QUARKS_FROM) / (QUARKS_FULL - QUARKS_FROM), 1.0)
        switch = t * t * (3.0 - 2.0 * t) * g * _qcd_factor(m)
        neutral = t * t * (3.0 - 2.0 * t) * out[7:13, 0].sum()
        for a in range(3):
            out[21, a] = max(switch * _quark_pairs(m) - neutral, 0.0)
        for a in range(2):
            x = (LEPTONS[a] / m) ** 2
            up, down, strange = (M_UP / m) ** 2, (M_DOWN / m) ** 2, (M_STRANGE / m) ** 2
            quarks = 3.0 * (VUD2 * three_body(x, up, down) + VUS2 * three_body(x, up, strange))
            mesons = out[13 + a, a] + out[15 + a, a] + out[17 + a, a] + out[19 + a, a]
            out[22 + a, a] = max(switch * quarks - t * t * (3.0 - 2.0 * t) * mesons, 0.0)


@kernel
def fill_width_table(masses, out):
    """Fill ``out[mass, channel, flavour]`` for an array of masses in MeV."""
    for i in range(masses.size):
        fill_widths(masses[i], out[i])


def width_table(mass_mev):
    """Return Dirac widths in MeV at |U_a|^2 = 1.

    Parameters
    ----------
    mass_mev : float or array, shape (n,)
        Masses in MeV.

    Returns
    -------
    ndarray, shape (len(CHANNELS), 3) or (n, len(CHANNELS), 3)
        Partial widths; the last axis is the flavour (e, mu, tau).
    """
    masses = np.ascontiguousarray(np.atleast_1d(mass_mev), dtype=float)
    out = np.empty((masses.size, len(CHANNELS), 3))
    fill_width_table(masses, out)
    return out[0] if np.ndim(mass_mev) == 0 else out


def flavour_widths(mass_mev):
    """Return ``{channel: [w_e, w_mu, w_tau]}`` in MeV for a Dirac N with |U_a|^2 = 1."""
    return dict(zip(CHANNELS, width_table(float(mass_mev))))
