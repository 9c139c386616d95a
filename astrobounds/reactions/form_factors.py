"""Form factors of nucleons for weak currents, and which currents carry them.

    Gamma^mu = F1 gamma^mu + i F2 sigma^{mu nu} q_nu/(2 M)
               - F_A gamma^mu gamma_5 - 2 M F_A q^mu gamma_5/(m_pi^2 + Q^2)

Dipoles with M_V = 843 MeV (G_E, G_M; no charge form factor of the neutron) and M_A = 1030 MeV, the pion
pole of PCAC. Charged current: F = F^p - F^n, F_A = g_A D_A. Neutral currents without strangeness: F^(p)
(1/2 - 2 s_W^2) - F^(n)/2 for p and the same with p and n exchanged for n; F_A = +-g_A D_A/2.

References: Llewellyn Smith, Phys. Rept. 3, 261 (1972); arXiv:hep-ph/0107088 (axial dipole).
"""

from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..errors import DomainError, did_you_mean
from ..numerics.jit import kernel

VECTOR_MASS = 843.0  # MeV, M_V of the dipole (0.71 GeV^2)
AXIAL_MASS = 1030.0  # MeV, M_A; world averages 1010-1030 move rates at Q = 300 MeV by 0.3 %
NUCLEON = 0.5 * (const.M_P + const.M_N)  # MeV, M of F2, of tau = Q^2/4M^2 and of the pion pole
NUCLEONS = ("form factors", "contact")  # what an emission may be asked for


def check_nucleons(nucleons):
    """Return ``nucleons`` after checking it.

    Raises
    ------
    DomainError
        For anything but ``"form factors"`` or ``"contact"``.
    """
    if nucleons not in NUCLEONS:
        raise DomainError(
            f"nucleons = {nucleons!r}{did_you_mean(nucleons, NUCLEONS)}; "
            f"allowed: {', '.join(map(repr, NUCLEONS))}"
        )
    return nucleons


@dataclass(frozen=True)
class NucleonCurrent:
    """A weak current between two nucleons.

    Attributes
    ----------
    proton, neutron : float
        Weights of F1^p, F2^p and of F1^n, F2^n.
    axial : float
        F_A at Q^2 = 0, its sign included.
    pion : float
        Mass in the pion pole [MeV].
    strength : float
        Factor on the square: V_ud^2 of charged currents.
    dipoles, magnetism, pole : bool
        Whether F1 and F_A depend on Q^2, F2 and the pion pole are there; all False is the contact form.
    """

    proton: float
    neutron: float
    axial: float
    pion: float
    strength: float = 1.0
    dipoles: bool = True
    magnetism: bool = True
    pole: bool = True

    @property
    def numbers(self):
        """The current as an array for kernels."""
        switches = (self.dipoles, self.magnetism, self.pole)
        return np.array([self.proton, self.neutron, self.axial, self.pion, *map(float, switches)])


def nucleon_current(species, axial_coupling=const.G_A, **switches):
    """Return the :class:`NucleonCurrent` between the nucleons 2 and 3 of a process.

    Parameters
    ----------
    species : tuple of str
        ``("n", "n")``, ``("p", "p")``, ``("p", "n")`` or ``("n", "p")``.
    axial_coupling : float
    **switches
        ``dipoles``, ``magnetism``, ``pole``.
    """
    neutral = 0.5 - 2.0 * const.SIN2_THETA_W
    if species == ("n", "n"):
        return NucleonCurrent(-0.5, neutral, -0.5 * axial_coupling, const.M_PI0, 1.0, **switches)
    if species == ("p", "p"):
        return NucleonCurrent(neutral, -0.5, 0.5 * axial_coupling, const.M_PI0, 1.0, **switches)
    return NucleonCurrent(1.0, -1.0, axial_coupling, const.M_PI, const.V_UD**2, **switches)


@kernel
def form_factors(q2, current):
    """Return (F1, F2, F_A, c_P) at Q^2 [MeV^2]; c_P = 2 M F_A/(m_pi^2 + Q^2) [1/MeV]."""
    tau = q2 / (4.0 * NUCLEON**2)
    vector = axial = 1.0
    if current[4] > 0.0:
        vector = 1.0 / (1.0 + q2 / VECTOR_MASS**2) ** 2
        axial = 1.0 / (1.0 + q2 / AXIAL_MASS**2) ** 2
    else:
        tau = 0.0
    electric = current[0] * vector
    magnetic = (current[0] * const.MOMENT_P + current[1] * const.MOMENT_N) * vector
    f1 = (electric + tau * magnetic) / (1.0 + tau)
    f2 = (magnetic - electric) / (1.0 + tau) if current[5] > 0.0 else 0.0
    f_a = current[2] * axial
    pole = 2.0 * NUCLEON * f_a / (current[3] ** 2 + q2) if current[6] > 0.0 else 0.0
    return f1, f2, f_a, pole
