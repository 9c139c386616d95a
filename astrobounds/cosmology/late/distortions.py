"""Spectral distortions of the microwave background: mu and y of late decays.

    mu = 1.401 int q dt exp[-(z/z_mu)^(5/2)] (1 - J_y),    y = (1/4) int q dt J_y,
    J_y = 1/{1 + [(1 + z)/6e4]^2.58},    z_mu = 1.98e6 (omega_b/0.0224)^(-2/5).

The windows are fits to solutions of the photon spectrum (arXiv:1610.10051). Exact cascades relax
limits of y by up to 5 (arXiv:1903.04503): photons that are absorbed late heat little.
"""

from dataclasses import dataclass

import numpy as np

from ...units import finite
from .release import redshifts, released

references = ("Poulin:2016anj", "Fixsen:1996nj", "Bianchini:2022dqh", "Acharya:2019uba")

Z_MU = 1.98e6  # double Compton scattering erases mu before, arXiv:1610.10051
Z_Y = 6e4  # from mu to y
OMEGA_B = 0.0224
MU_LIMIT = 4.7e-5  # 95 %, arXiv:2206.02762; FIRAS alone 9e-5, Fixsen et al. 1996
Y_LIMIT = 1.5e-5  # 95 %, Fixsen et al. 1996; 8.3e-6 to 3.1e-5 by component separation, arXiv:2508.04593


@dataclass(frozen=True)
class Distortions:
    """mu and y, and the energy injected over that of the photons before recombination."""

    mu: float
    y: float
    energy: float

    references = references

    def loglike(self, mu_limit=MU_LIMIT, y_limit=Y_LIMIT):
        """lnL = -2 [(mu/mu_95)^2 + (y/y_95)^2]; that of reionisation, y of 2e-6, is inside the limit."""
        return -2.0 * ((self.mu / mu_limit) ** 2 + (self.y / y_limit) ** 2)


def distortions(lifetime, strength=1.0, omega_b=OMEGA_B):
    """Return the :class:`Distortions` of electromagnetic decays.

    Parameters
    ----------
    lifetime : float
        s.
    strength : float
        f_em f: photons, electrons and kinetic energies, over dark matter.
    omega_b : float
        Omega_b h^2.

    Raises
    ------
    DomainError
        For a lifetime that is not positive or a negative strength.
    """
    lifetime = finite(lifetime, "lifetime [s]", 1e-30, 1e40)
    strength = finite(strength, "f_em f", 0.0)
    z = redshifts()
    energy = strength * released(lifetime)
    late = 1.0 / (1.0 + ((1.0 + z) / Z_Y) ** 2.58)
    with np.errstate(under="ignore"):
        kept = np.exp(-((z / (Z_MU * (omega_b / OMEGA_B) ** -0.4)) ** 2.5))
    mu = 1.401 * float(energy @ (kept * (1.0 - late)))
    return Distortions(mu, 0.25 * float(energy @ late), float(energy.sum()))
