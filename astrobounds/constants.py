"""Physical constants as floats in natural units (MeV). One line each: value  # unit, source, year."""

import math

# Fundamental constants and conversions
HBAR = 6.582119569e-22  # MeV s, CODATA 2018 (exact SI)
C_CM = 2.99792458e10  # cm/s, exact
HBAR_C = HBAR * C_CM  # MeV cm
ERG = 1.0 / 1.602176634e-6  # MeV per erg, exact SI
K_BOLTZMANN = 8.617333262e-11  # MeV/K, CODATA 2018
N_AVOGADRO = 6.02214076e23  # 1/mol, exact SI
ALPHA = 1.0 / 137.035999084  # fine-structure constant, CODATA 2018
GRAM = 1.0 / 1.78266192e-27  # MeV per gram, CODATA 2018
KM = 1e5 / HBAR_C  # MeV^-1 per km
CM = 1.0 / HBAR_C  # MeV^-1 per cm
SECOND = 1.0 / HBAR  # MeV^-1 per s
GRAM_CM3 = GRAM * HBAR_C**3  # MeV^4 per g/cm^3
KPC_CM = 3.0856775814913673e21  # cm per kpc, IAU 2015
YEAR_S = 3.15576e7  # s per Julian year, exact

# Gravity
M_PLANCK = 1.220890e22  # MeV, G^(-1/2), CODATA 2018
G_NEWTON_CGS = 6.67430e-8  # cm^3 g^-1 s^-2, CODATA 2018
M_SUN_G = 1.98841e33  # g, IAU 2015 nominal GM / CODATA G

# Weak interaction
G_FERMI = 1.1663788e-11  # MeV^-2, PDG 2022
SIN2_THETA_W = 0.23121  # MS-bar at M_Z, PDG 2022
SIN2_THETA_W_LOW = 0.23863  # MS-bar at zero momentum transfer, PDG 2022
V_UD = 0.97373  # PDG 2022
V_US = 0.2243  # PDG 2022
G_A = 1.2756  # nucleon axial coupling, PDG 2022
DELTA_KAPPA = 3.70589  # kappa_p - kappa_n, anomalous magnetic moments, PDG 2022
MOMENT_P = 2.7928473446  # magnetic moment of the proton in nuclear magnetons, PDG 2022
MOMENT_N = -1.9130427  # magnetic moment of the neutron in nuclear magnetons, PDG 2022
R_PROTON_FM = 0.8409  # fm, proton charge radius, PDG 2022
TAU_N = 878.4  # s, neutron lifetime, PDG 2023
# Low-energy nu-e couplings with electroweak corrections, arXiv:1303.5522 as used in arXiv:2001.04466
GL_NUE = 0.727
GL_NUMU = -0.273  # nu_mu and nu_tau
GR_NU = 0.233  # all flavours

# Neutrino oscillations, normal ordering, NuFIT 5.2, arXiv:2007.14792
SIN2_THETA_12 = 0.303
SIN2_THETA_13 = 0.0220
SIN2_THETA_23 = 0.572
DM2_21 = 7.41e-17  # MeV^2
DM2_31 = 2.51e-15  # MeV^2

# Cosmology
T_CMB_K = 2.7255  # K, arXiv:0911.1955
M_H_U = 1.00782503223  # u, hydrogen atom, AME2020
M_HE4_U = 4.0026032541  # u, helium-4 atom, AME2020

# Masses
M_E = 0.51099895  # MeV, PDG 2022
M_MU = 105.6583755  # MeV, PDG 2022
M_TAU = 1776.86  # MeV, PDG 2022
M_N = 939.56542052  # MeV neutron, PDG 2022
M_P = 938.27208816  # MeV proton, PDG 2022
M_U = 931.49410242  # MeV atomic mass unit, CODATA 2018
M_PI0 = 134.9768  # MeV, PDG 2022
M_PI = 139.57039  # MeV, PDG 2022
M_K = 493.677  # MeV, PDG 2022
M_K0 = 497.611  # MeV, PDG 2022
M_ETA = 547.862  # MeV, PDG 2022
M_ETAP = 957.78  # MeV, PDG 2022
M_RHO = 775.26  # MeV, PDG 2022
M_OMEGA = 782.65  # MeV, PDG 2022
M_PHI = 1019.461  # MeV, PDG 2022
M_KSTAR = 891.66  # MeV, PDG 2022
M_D = 1869.66  # MeV, PDG 2022
M_DS = 1968.35  # MeV, PDG 2022
M_Z = 91187.6  # MeV, PDG 2022
M_W = 80377.0  # MeV, PDG 2022
M_HIGGS = 125250.0  # MeV, PDG 2022

LEPTON_MASS = {"e": M_E, "mu": M_MU, "tau": M_TAU}
FLAVOURS = ("e", "mu", "tau")

# Meson decay constants, f_pi = 130 MeV convention (no further 1/sqrt2 for neutral mesons)
F_PI = 130.3  # MeV, HNLCalc, arXiv:2405.07330 (FLAG 2021: 130.2 +- 0.8)
F_K = 156.4  # MeV, HNLCalc, arXiv:2405.07330
F_ETA = 78.4  # MeV, HNLCalc, arXiv:2405.07330
F_ETAP = -95.7  # MeV, HNLCalc, arXiv:2405.07330
F_RHO = 220.0  # MeV, HNLCalc, arXiv:2405.07330
F_OMEGA = 195.0  # MeV, HNLCalc, arXiv:2405.07330
F_PHI = 229.0  # MeV, HNLCalc, arXiv:2405.07330
F_KSTAR = 204.0  # MeV, HNLCalc, arXiv:2405.07330

ELECTRON_CHARGE = math.sqrt(4.0 * math.pi * ALPHA)  # e, natural Heaviside-Lorentz units
MU_BOHR = ELECTRON_CHARGE / (2.0 * M_E)  # MeV^-1, e/(2 m_e)
