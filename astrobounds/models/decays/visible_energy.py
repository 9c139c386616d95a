"""Share of the energy of a product that ends in photons, electrons and heat, its neutrinos subtracted.

In thin matter muons, pions and kaons decay in flight and their neutrinos leave: of an unpolarised muon's
energy 7/20 stays, of a charged pion's 0.28, of a neutral pion's everything. Decays into three and more
pions share the energy equally (a few per cent).
"""

from functools import lru_cache

from ... import constants as const
from .daughters import leaves
from .known_decays import (
    CHARGED_KS,
    KAON_DECAYS,
    M_K0,
    TAU_HADRONS,
    TAU_LEPTONS,
)

MUON_SHARE = 0.35  # mean share of a muon's energy in its electron (unpolarised, 7/20 for m_e -> 0)
PION_SHARE = 0.5 * (1.0 + (const.M_MU / const.M_PI) ** 2) * MUON_SHARE
#: neutral mesons: (branching ratio, products), PDG 2024; the rest of 1 goes to photons
_MESON_DECAYS = {
    "rho0": ((1.0, ("pi", "pi")),),
    "rho": ((1.0, ("pi", "pi0")),),
    "eta": ((0.2302, ("pi", "pi", "pi0")), (0.0428, ("pi", "pi", "gamma"))),
    "etap": ((0.425, ("pi", "pi", "eta")), (0.295, ("rho0", "gamma")), (0.224, ("pi0", "pi0", "eta")),
             (0.0252, ("omega", "gamma"))),
    "omega": ((0.892, ("pi", "pi", "pi0")), (0.0835, ("pi0", "gamma")), (0.0153, ("pi", "pi"))),
    "phi": ((0.491, ("K", "K")), (0.338, ("KL", "KS")), (0.1524, ("pi", "pi", "pi0"))),
    "K*": ((1.0 / 3.0, ("KL", "pi")), (1.0 / 3.0, ("KS", "pi")), (1.0 / 3.0, ("K", "pi0"))),
    "hadrons": ((2.0 / 3.0, ("pi", "pi")), (1.0 / 3.0, ("pi0", "pi0"))),
}  # fmt: skip
_MASS = {"pi": const.M_PI, "pi0": const.M_PI0, "K": const.M_K, "KL": M_K0, "KS": M_K0, "eta": const.M_ETA,
         "omega": const.M_OMEGA, "rho0": const.M_RHO, "rho": const.M_RHO, "etap": const.M_ETAP,
         "phi": const.M_PHI, "K*": const.M_KSTAR, "gamma": 0.0}  # fmt: skip


def _energies(mass, names):
    """Shares of the energy of the products of a meson."""
    if len(names) == 2 and mass is not None:
        a, b = (_MASS[n] for n in names)
        first = 0.5 * (1.0 + (a * a - b * b) / mass**2)
        return first, 1.0 - first
    heavy = [max(_MASS[n], _MASS["pi"]) for n in names]
    return tuple(m / sum(heavy) for m in heavy)


def _kaon(name):
    """Of K+- or K_L, mean over decays."""
    mass = _MASS[name]
    total = value = 0.0
    for ratio, charged, neutral, lepton in KAON_DECAYS[name]:
        count = charged + neutral + (2 if lepton else 0)
        share = 1.0 / count
        kept = charged * share * PION_SHARE + neutral * share
        if lepton and count == 2:
            share = 0.5 * (1.0 + (const.LEPTON_MASS[lepton] / mass) ** 2)
        if lepton:
            kept += share * visible_share(lepton)
        total += ratio
        value += ratio * kept
    return value / total


def _tau():
    value = sum(ratio * MUON_SHARE * visible_share(lepton) for lepton, ratio in TAU_LEPTONS)
    for ratio, hadrons, charged in TAU_HADRONS:
        kept = 0.5 * (1.0 + (hadrons / const.M_TAU) ** 2)
        pions = {const.M_PI: 1.0, const.M_RHO: 2.0}.get(hadrons, 3.0)
        value += ratio * kept * (charged * PION_SHARE + (pions - charged)) / pions
    return value / (sum(r for _, r in TAU_LEPTONS) + sum(row[0] for row in TAU_HADRONS))


@lru_cache(maxsize=64)
def visible_share(name):
    """Return the share of a product by its stem ("e", "mu", "pi0", "rho", ...)."""
    fixed = {"nu": 0.0, "dark": 0.0, "e": 1.0, "gamma": 1.0, "pi0": 1.0, "mu": MUON_SHARE, "pi": PION_SHARE,
             "KS": 0.5 * CHARGED_KS * PION_SHARE + 1.0 - 0.5 * CHARGED_KS}  # fmt: skip
    if name in fixed:
        return fixed[name]
    if name in KAON_DECAYS:
        return _kaon(name)
    if name == "tau":
        return _tau()
    if name not in _MESON_DECAYS:
        raise KeyError(name)
    rows = _MESON_DECAYS[name]
    value = max(1.0 - sum(r for r, _ in rows), 0.0)
    for ratio, names in rows:
        each = _energies(_MASS.get(name), names)
        value += ratio * sum(e * visible_share(n) for e, n in zip(each, names))
    return value


def visible_energy(mass, decay):
    """Return the mean visible share of the energy of one decay.

    Parameters
    ----------
    mass : float
        MeV.
    decay : Decay

    Raises
    ------
    ConfigError
        For a product that is not followed.
    """
    part = leaves(mass, decay.products, decay.amplitude)
    return sum(e * visible_share(p.stem) for e, p in zip(part.energies, part.products)) / mass
