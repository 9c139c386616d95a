"""Chains of decays in flight as weighted energies: what muons, taus, pions and kaons turn into.

Each decay is isotropic in its own frame, so that an energy e of a product becomes a box from
gamma (e - beta p) to gamma (e + beta p). Polarisation of the muons is left out, and resonances share their
energy evenly.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from .kinematics import charged_current, energy_lines, legendre, semileptonic, two_body_energy
from .known_decays import KAON_DECAYS, M_K0, TAU_HADRONS, TAU_LEPTONS

CHAIN = ("tau", "KL", "K", "pi", "mu")  # each makes only later ones
#: masses of what may stop before it decays
STOPPED_MASS = {
    "mu": const.M_MU, "pi": const.M_PI, "K": const.M_K, "KL": M_K0, "tau": const.M_TAU,
}  # fmt: skip
_LINES, _NODES = 48, 6
_KSTAR = {
    name: two_body_energy(const.M_KSTAR, STOPPED_MASS[name], other)
    for name, other in (("K", const.M_PI), ("KL", const.M_PI), ("pi", const.M_K))
}
#: energy of a charged daughter in the rest frame of its meson
_DAUGHTER = {
    "eta": {"pi": const.M_ETA / 3.0}, "etap": {"pi": const.M_ETAP / 5.0},
    "rho0": {"pi": const.M_RHO / 2.0}, "rho": {"pi": const.M_RHO / 2.0},
    "omega": {"pi": const.M_OMEGA / 3.0}, "K*": _KSTAR, "KS": {"pi": M_K0 / 2.0},
    "phi": {"pi": const.M_PHI / 3.0, "K": const.M_PHI / 2.0, "KL": const.M_PHI / 2.0},
}  # fmt: skip


def meson_daughter(meson, name):
    """Return the mass of a charged daughter and its energy in the rest frame of its meson [MeV]."""
    return STOPPED_MASS[name], _DAUGHTER[meson][name]


def gather(parts, name, energy, number):
    """Append energies and numbers of one kind of particle."""
    parts.setdefault(name, []).append(
        (np.atleast_1d(np.asarray(energy, float)), np.atleast_1d(np.asarray(number, float)))
    )


def joined(lists, most=_LINES):
    """One array of energies and numbers; many are merged in bins that keep number and energy."""
    energy, number = (np.concatenate([part[i] for part in lists]) for i in (0, 1))
    used = number > 0.0
    energy, number = energy[used], number[used]
    if energy.size <= most:
        return energy, number
    edges = np.linspace(energy.min(), energy.max(), most + 1)
    place = np.clip(np.searchsorted(edges, energy, side="right") - 1, 0, most - 1)
    count = np.bincount(place, number, most)
    total = np.bincount(place, number * energy, most)
    full = count > 0.0
    return total[full] / count[full], count[full]


def boosted(energy, number, own, parent_energy, parent):
    """Energies and numbers of products of rest-frame energy ``energy`` of a moving parent."""
    gamma = parent_energy / parent
    p = np.sqrt(np.maximum(energy * energy - own * own, 0.0))
    reach = np.sqrt(np.maximum(gamma * gamma - 1.0, 0.0))
    c, w = legendre(_NODES)
    out = gamma * energy + reach * p * c[:, None, None]
    return out.ravel(), (0.5 * w[:, None, None] * number * np.ones_like(out)).ravel()


@lru_cache(maxsize=8)
def daughters_at_rest(name):
    """{daughter: (energies, numbers)} of a decay at rest, neutrinos not counted."""
    parts = {}
    mass = STOPPED_MASS[name]
    if name == "pi":
        gather(parts, "mu", two_body_energy(mass, const.M_MU, 0.0), 1.0)
    elif name == "tau":
        e, w = energy_lines(mass, *charged_current(mass, 0.0, const.M_MU), 1)
        gather(parts, "mu", e, dict(TAU_LEPTONS)["mu"] * w)
        for (share, hadrons, charged), pions in zip(TAU_HADRONS, (1, 2, 3, 3)):
            gather(parts, "pi", two_body_energy(mass, hadrons, 0.0) / pions, share * charged)
    elif name in KAON_DECAYS:
        every = sum(c[0] for c in KAON_DECAYS[name])
        for ratio, charged, neutral, lepton in KAON_DECAYS[name]:
            share, pions = ratio / every, charged + neutral
            if lepton is not None and pions == 0:
                gather(parts, "mu", two_body_energy(mass, const.LEPTON_MASS[lepton], 0.0), share)
            elif lepton is not None:
                pion = const.M_PI if charged else const.M_PI0
                square = semileptonic(mass, pion, const.LEPTON_MASS[lepton])
                for i, made in ((0, "pi" if charged else None), (1, "mu" if lepton == "mu" else None)):
                    if made:
                        e, w = energy_lines(mass, *square, i)
                        gather(parts, made, e, share * w)
            elif charged:
                other = const.M_PI0 if pions == 2 else None
                e = mass / 3.0 if other is None else two_body_energy(mass, const.M_PI, other)
                gather(parts, "pi", e, share * charged)
    return {made: joined(lists) for made, lists in parts.items()}
