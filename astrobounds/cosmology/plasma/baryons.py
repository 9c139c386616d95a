"""Baryon density and helium fraction in their two conventions each."""

import math

from ... import constants as const

ZETA3 = 1.2020569031595942
T_CMB = const.T_CMB_K * const.K_BOLTZMANN  # MeV
N_GAMMA_0 = 2.0 * ZETA3 / math.pi**2 * T_CMB**3  # MeV^3, photons today
#: Helium mass fraction for the mean baryon mass in rho_b = m_B n_b.
HELIUM = 0.247


def _rho_critical():
    """rho_c/h^2 = 3 (100 km/s/Mpc)^2/(8 pi G) in MeV^4."""
    hubble = 1e7 / (1e3 * const.KPC_CM) * const.HBAR  # MeV
    return 3.0 * hubble**2 * const.M_PLANCK**2 / (8.0 * math.pi)


def baryon_mass(helium=HELIUM):
    """Return the mean mass per baryon of H and He4 atoms [MeV] at a helium fraction 4 n_He/n_b."""
    return ((1.0 - helium) * const.M_H_U + helium * const.M_HE4_U / 4.0) * const.M_U


def eta_from_omega_b(omega_b):
    """Return n_b/n_gamma today for omega_b = Omega_b h^2 (eta = 2.7375e-8 omega_b)."""
    return omega_b * _rho_critical() / (N_GAMMA_0 * baryon_mass())


def omega_b_from_eta(eta):
    """Return Omega_b h^2 for a baryon-to-photon ratio."""
    return eta * N_GAMMA_0 * baryon_mass() / _rho_critical()


def helium_mass_fraction(Yp):
    """Return Y_P as the CMB codes use it, a mass fraction, from Y_p = 4 n_He4/n_b."""
    helium = 0.25 * Yp * const.M_HE4_U
    return helium / (helium + (1.0 - Yp) * const.M_H_U)
