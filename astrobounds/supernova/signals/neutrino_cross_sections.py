"""Cross sections of low-energy antineutrinos and neutrinos in water.

Inverse beta decay by the full formula of Strumia and Vissani (astro-ph/0302055), form factors
included, valid up to the GeV range; charged currents on oxygen by the fit of Nakazato, Suzuki and
Sakuda (arXiv:1809.08398) to four groups of excited states, made for energies up to 100 MeV. Above
it the oxygen cross section is kept at its value at 100 MeV, an underestimate.
"""

import numpy as np

from ... import constants as const

references = ("Strumia:2003zx", "Nakazato:2018xkv")

MASS = 0.5 * (const.M_N + const.M_P)
GAP = const.M_N - const.M_P
#: threshold of nubar_e p -> e+ n
THRESHOLD = ((const.M_N + const.M_E) ** 2 - const.M_P**2) / (2.0 * const.M_P)
M_VECTOR2 = 0.71e6  # MeV^2, dipole form factors, astro-ph/0302055
M_AXIAL2 = 1026.0**2  # MeV^2, hep-ph/0107088
OXYGEN_TOP = 100.0  # MeV, where the fit ends
#: (excitation energy [MeV], a, b, c): log10 sigma = a + b D + c D^2, D = log10(E^1/4 - Ex^1/4)
OXYGEN = {
    "nu": ((15.21, -40.008, 4.918, 1.036), (22.47, -39.305, 4.343, 0.961),
           (25.51, -39.655, 5.263, 1.236), (29.35, -39.166, 3.947, 0.901)),
    "nubar": ((11.23, -40.656, 4.528, 0.887), (18.50, -40.026, 4.117, 0.895),
              (21.54, -40.060, 3.743, 0.565), (25.38, -39.862, 3.636, 0.846)),
}  # fmt: skip


def form_factors(t):
    """f1, f2, g1, g2 at momentum transfer t [MeV^2]; g1(0) < 0 as in astro-ph/0302055."""
    x = t / (4.0 * MASS**2)
    dipole = 1.0 / ((1.0 - x) * (1.0 - t / M_VECTOR2) ** 2)
    g1 = -const.G_A / (1.0 - t / M_AXIAL2) ** 2
    return (
        (1.0 - (1.0 + const.DELTA_KAPPA) * x) * dipole, const.DELTA_KAPPA * dipole, g1,
        2.0 * MASS**2 * g1 / (const.M_PI**2 - t),
    )  # fmt: skip


def invariant(energy, lepton):
    """|M|^2 = A - (s-u) B + (s-u)^2 C of nubar p -> l+ n, eqs. (5)-(6) of astro-ph/0302055."""
    m2, d, d2, big = const.M_E**2, GAP, GAP**2, 4.0 * MASS**2
    t = const.M_N**2 - const.M_P**2 - 2.0 * const.M_P * (energy - lepton)
    su = 2.0 * const.M_P * (energy + lepton) - m2
    f1, f2, g1, g2 = form_factors(t)
    r = t / MASS**2
    a = (t - m2) * (
        4.0 * f1**2 * (big + t + m2) + 4.0 * g1**2 * (-big + t + m2)
        + f2**2 * (t * r + 4.0 * t + 4.0 * m2) + 4.0 * m2 * r * g2**2
        + 8.0 * f1 * f2 * (2.0 * t + m2) + 16.0 * m2 * g1 * g2
    )  # fmt: skip
    a -= d2 * (
        (4.0 * f1**2 + r * f2**2) * (big + t - m2) + 4.0 * g1**2 * (big - t + m2)
        + 4.0 * m2 * g2**2 * (t - m2) / MASS**2 + 8.0 * f1 * f2 * (2.0 * t - m2)
        + 16.0 * m2 * g1 * g2
    )  # fmt: skip
    a -= 32.0 * m2 * MASS * d * g1 * (f1 + f2)
    b = 16.0 * t * g1 * (f1 + f2) + 4.0 * m2 * d * (f2**2 + f1 * f2 + 2.0 * g1 * g2) / MASS
    c = 4.0 * (f1**2 + g1**2) - r * f2**2
    return (a - su * b + su * su * c) / 16.0


def positron_range(energy):
    """Lowest and highest positron energy [MeV] at neutrino energies above the threshold."""
    s = const.M_P**2 + 2.0 * const.M_P * energy
    root = np.sqrt(s)
    own = (s - const.M_N**2 + const.M_E**2) / (2.0 * root)
    p = np.sqrt(np.maximum(own**2 - const.M_E**2, 0.0))
    gamma, boost = (energy + const.M_P) / root, energy / root
    return gamma * own - boost * p, gamma * own + boost * p


def inverse_beta(energy, positron):
    """dsigma/dE_e [cm^2/MeV] of nubar_e p -> e+ n within :func:`positron_range`."""
    flux = 2.0 * const.M_P * energy
    value = const.G_FERMI**2 * const.V_UD**2 / (2.0 * np.pi * flux**2) * invariant(energy, positron)
    radiative = 1.0 + const.ALPHA / np.pi * (
        6.0 + 1.5 * np.log(const.M_P / (2.0 * positron)) + 1.2 * (const.M_E / positron) ** 1.5
    )
    return 2.0 * const.M_P * value * radiative * const.HBAR_C**2


def inverse_beta_total(energy, nodes=24):
    """sigma [cm^2] of nubar_e p -> e+ n at neutrino energies [MeV]; 0 below the threshold."""
    energy = np.atleast_1d(np.asarray(energy, dtype=float))
    out = np.zeros(energy.size)
    on = energy > THRESHOLD
    x, w = np.polynomial.legendre.leggauss(nodes)
    low, high = positron_range(energy[on])
    positron = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * x
    out[on] = (inverse_beta(energy[on, None], positron) @ w) * 0.5 * (high - low)
    return out


def oxygen(energy, kind):
    """Cross sections on 16O [cm^2] and energies of the lepton [MeV], shape (4, n) each.

    Parameters
    ----------
    energy : ndarray, shape (n,)
        MeV.
    kind : {"nu", "nubar"}
        nu_e 16O -> e- X or nubar_e 16O -> e+ X.
    """
    sigma, lepton = [], []
    for excitation, a, b, c in OXYGEN[kind]:
        gap = np.minimum(energy, OXYGEN_TOP) ** 0.25 - excitation**0.25
        d = np.log10(np.maximum(gap, 1e-6))
        sigma.append(np.where(gap > 1e-6, 10.0 ** (a + b * d + c * d * d), 0.0))
        lepton.append(np.maximum(energy - excitation, 0.0))
    return np.array(sigma), np.array(lepton)
