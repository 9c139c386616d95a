"""Widths of a gauged B-L boson with heavy neutral leptons, L = g Q Z'_mu fbar gamma^mu f.

    Gamma(Z' -> l l) = g^2 m/(12 pi) (1 + 2 r)(1 - 4 r)^{1/2},     r = m_l^2/m^2
    Gamma(Z' -> nu nubar) = g^2 m/(24 pi) each of three left-handed neutrinos
    Gamma(Z' -> N N) = g^2 m/(24 pi) (1 - 4 r)^{3/2}               a Majorana N

The public code of arXiv:2410.08981 uses (1 - 4 r)^{1/2}(1 - r) for N, the left-chiral Dirac form, 8.3 times
more at m/m_N = 2.1. Fluxes from bremsstrahlung and the geometry of beam dumps are not here; the neutrino
part is a vector :class:`~astrobounds.Mediator` with the universal coupling g, for which the engines give
their bounds.
"""

import math

from .. import constants as const
from ..errors import DomainError
from ..units import energy_mev, finite

HADRONS_FROM = const.M_PI0  # MeV: pi0 gamma
references = ("Deppisch:2019kvs",)


def majorana_width(mass, heavy, coupling=1.0):
    """Return Gamma(Z' -> N N) [MeV] of one Majorana N; 0 where it is closed."""
    m, n = (energy_mev(x, name) for x, name in ((mass, "mass"), (heavy, "heavy")))
    r = (finite(n, "heavy in MeV", 0.0) / finite(m, "mass in MeV", 1e-30)) ** 2
    return coupling**2 * m / (24.0 * math.pi) * max(1.0 - 4.0 * r, 0.0) ** 1.5


def b_minus_l_widths(mass, coupling, heavy=(), hadrons=None):
    """Return ``{channel: width in MeV}`` of a B-L boson.

    Parameters
    ----------
    mass : Quantity
    coupling : float
        g, with charges -1 of leptons.
    heavy : sequence of Quantity
        Masses of Majorana N with charge -1.
    hadrons : callable, optional
        Width into hadrons [MeV] at g = 1 as a function of the mass [MeV]: needed above the pi0 (135 MeV),
        where the boson mixes with the omega; data-driven tables exist elsewhere.

    Raises
    ------
    DomainError
        Above 135 MeV without ``hadrons``.
    """
    m = finite(energy_mev(mass, "mass"), "mass in MeV", 1e-30)
    g = finite(coupling, "coupling", 0.0, math.sqrt(4.0 * math.pi), "perturbative")
    unit = g * g * m / (12.0 * math.pi)
    out = {"nu nubar": 1.5 * unit}
    for lepton, own in const.LEPTON_MASS.items():
        r = (own / m) ** 2
        if r < 0.25:
            out[f"{lepton} {lepton}"] = unit * (1.0 + 2.0 * r) * math.sqrt(1.0 - 4.0 * r)
    for k, n in enumerate(heavy, 1):
        width = majorana_width(mass, n, g)
        if width > 0.0:
            out[f"N{k} N{k}"] = width
    if m > HADRONS_FROM:
        if hadrons is None:
            raise DomainError(
                f"mass = {m:g} MeV is above the pi0: give hadrons, the width into hadrons at g = 1 [MeV]"
            )
        out["hadrons"] = g * g * finite(hadrons(m), "hadrons", 0.0)
    return out
