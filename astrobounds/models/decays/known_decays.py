"""Decays of the known mesons and of the tau: branching ratios and what they leave."""

from ... import constants as const

M_K0 = 497.611  # MeV, PDG 2024
#: K+ and K_L decays: (branching ratio, charged pions, neutral pions, lepton); PDG 2024
KAON_DECAYS = {
    "K": ((0.6356, 0, 0, "mu"), (0.2067, 1, 1, None), (0.05583, 3, 0, None), (0.0176, 1, 2, None),
          (0.0507, 0, 1, "e"), (0.03352, 0, 1, "mu")),
    "KL": ((0.4055, 1, 0, "e"), (0.2704, 1, 0, "mu"), (0.1952, 0, 3, None), (0.1254, 2, 1, None)),
}  # fmt: skip
CHARGED_KS = 2.0 * 0.692  # charged pions per K_S, PDG 2024
#: neutral meson: charged pions, K+-, K_L per decay, from PDG 2024 branching ratios
MESONS = {
    "pi0": (0.0, 0.0, 0.0),
    "eta": (2.0 * (0.2302 + 0.0428), 0.0, 0.0),
    "etap": (2.0 * (0.425 + 0.295 + 0.0252) + 0.649 * 2.0 * 0.273, 0.0, 0.0),
    "rho0": (2.0, 0.0, 0.0),
    "omega": (2.0 * (0.892 + 0.0153), 0.0, 0.0),
    "phi": (0.338 * CHARGED_KS + 2.0 * 0.1524, 2.0 * 0.491, 0.338),
    "pi": (1.0, 0.0, 0.0),
    "K": (0.0, 1.0, 0.0),
    "rho": (1.0, 0.0, 0.0),
    "K*": (2.0 / 3.0 + CHARGED_KS / 3.0, 1.0 / 3.0, 1.0 / 3.0),
    "KL": (0.0, 0.0, 1.0),
    "KS": (CHARGED_KS, 0.0, 0.0),
}  # K*+ -> K0 pi+ (2/3), K+ pi0 (1/3), and K0 is half K_S, half K_L
MESON_MASS = {
    "pi0": const.M_PI0, "eta": const.M_ETA, "etap": const.M_ETAP, "rho0": const.M_RHO,
    "omega": const.M_OMEGA, "phi": const.M_PHI, "pi": const.M_PI, "K": const.M_K,
    "rho": const.M_RHO, "K*": const.M_KSTAR, "KL": M_K0, "KS": M_K0,
}  # fmt: skip
#: tau decays: (share, mass of the hadrons, charged pions); three prongs and a_1 lumped
TAU_HADRONS = ((0.115, const.M_PI, 1.0), (0.26, const.M_RHO, 1.0), (0.11, 1230.0, 1.0),
               (0.163, 1230.0, 3.0))  # fmt: skip
TAU_LEPTONS = (("e", 0.178), ("mu", 0.174))  # tau -> l nu nu
CHARGED_JET = 2.0  # charged pions of a hadronic final state above 1 GeV
JET_NEUTRINO = 0.35  # share of the light lepton beside the jet: a massless V-A pair
