"""Positrons of one decay: how many end as positrons at rest in the gas, and what energy they start with.

Every pair of charged daughters leaves exactly one positron: muons and charged pions decay long before
they meet an atom, and of l+ l- one ends as e+ (negative mesons would need matter to be captured). A real
photon turns into e+ e- inside the decay with a probability of alpha/pi times a logarithm, which is
counted unless the model lists that decay itself.
"""

from functools import lru_cache

import numpy as np

from ..constants import ALPHA, M_E
from ..models.decays.daughters import leaves
from ..models.decays.known_decays import CHARGED_JET, KAON_DECAYS, MESONS, TAU_HADRONS
from ..models.decays.particles import DARK, NEUTRINO, particles
from ..models.decays.visible_energy import MUON_SHARE, PION_SHARE

PI0_DALITZ = 0.01174  # gamma e+ e- of a pi0, PDG 2024
_THREE_PRONGS = TAU_HADRONS[-1][0]


def _per_kaon(name):
    """Positrons of a K (mean of both charges) or a K_L."""
    charged = 1.0 if name == "K" else 0.0
    out = 0.0
    for ratio, pions, neutral, lepton in KAON_DECAYS[name]:
        out += ratio * (0.5 * (pions + (lepton is not None)) + neutral * PI0_DALITZ)
    total = sum(row[0] for row in KAON_DECAYS[name])
    return out / total if charged else out


@lru_cache(maxsize=1)
def _per_daughter():
    """Positrons of every known daughter, mean of both charges; photons are counted apart."""
    out = {"nu": 0.0, "dark": 0.0, "gamma": 0.0, "e": 0.5, "mu": 0.5, "tau": 0.5 + _THREE_PRONGS}
    kaon, neutral = _per_kaon("K"), _per_kaon("KL")
    for name, (pions, kaons, long_lived) in MESONS.items():
        out[name] = 0.5 * pions + kaon * kaons + neutral * long_lived
    out["pi0"] = PI0_DALITZ
    out["hadrons"] = 0.5 * CHARGED_JET
    return out


@lru_cache(maxsize=512)
def conversion(mass, photons):
    """Positrons from internal conversion of the photons of X -> nu gamma (1) or gamma gamma (2).

    dN/ds = photons alpha/(3 pi s) F(s) sqrt(1 - 4 m_e^2/s) (1 + 2 m_e^2/s), s in units of m^2, with
    F = (1 - s)^2 (1 + s/2) for a dipole transition and (1 - s)^3 for two photons (Kroll and Wada).
    """
    low = (2.0 * M_E / mass) ** 2
    if low >= 1.0:
        return 0.0
    u, w = np.polynomial.legendre.leggauss(80)
    # s = low cosh^2(y): the root at the threshold is smooth in y
    top = np.arccosh(1.0 / np.sqrt(low))
    y = 0.5 * top * (u + 1.0)
    s = low * np.cosh(y) ** 2
    form = (1.0 - s) ** 3 if photons == 2 else (1.0 - s) ** 2 * (1.0 + 0.5 * s)
    value = 2.0 * np.tanh(y) * form * np.sqrt(1.0 - low / s) * (1.0 + 0.5 * low / s)
    return float(photons * ALPHA / (3.0 * np.pi) * 0.5 * top * (w @ value))


def _of_decay(mass, decay, converted):
    """Positrons of one decay; pairs of its photons unless they are decays of their own."""
    found = particles(decay.products)
    if all(p.kind in (NEUTRINO, DARK) for p in found):
        return 0.0
    photons = sum(p.stem == "gamma" for p in found)
    inner = conversion(float(mass), min(photons, 2)) if photons and not converted else 0.0
    return sum(_per_daughter()[p.stem] for p in found) + inner


def _converted(decay, others):
    """True if the decay with a photon replaced by e- e+ is listed: nu gamma and nu e- e+."""
    rest = list(decay.products)
    if "gamma" not in rest:
        return False
    rest.remove("gamma")
    return any(sorted([*rest, "e-", "e+"]) == sorted(d.products) for d in others)


def per_decay(model):
    """Return the number of positrons per decay of a particle.

    Parameters
    ----------
    model : Model
        Its ``decays()`` name the products ("nu_tau", "e-", "e+").

    Returns
    -------
    float
        0 without any width. e+e-, nu e mu, e pi, ... give one each; a photon about 1 %.

    Raises
    ------
    ConfigError
        For a product that is not followed.
    """
    decays = model.decays()
    total = sum(d.width for d in decays)
    if not total > 0.0:
        return 0.0
    return sum(
        d.width / total * _of_decay(model.mass_mev, d, _converted(d, decays)) for d in decays
    )


_SHARE = {"e": 1.0, "mu": MUON_SHARE, "tau": 0.25}  # of its energy in the electron a product ends in


def mean_share(model):
    """Return the mean energy of the positrons in units of the mass, for a particle at rest.

    Positrons of photons and neutral pions are left out. A mean over channels, of which the share that
    annihilates in flight depends on the logarithm alone.
    """
    known = _per_daughter()
    number = energy = 0.0
    for decay in model.decays():
        part = leaves(model.mass_mev, decay.products, decay.amplitude)
        charged = [i for i, p in enumerate(part.products) if known[p.stem] >= 0.5]
        if not charged or not decay.width > 0.0:
            continue
        number += decay.width * 0.5 * len(charged)
        energy += decay.width * 0.5 * sum(
            part.energies[i] * _SHARE.get(part.products[i].stem, PION_SHARE) for i in charged
        )
    return energy / number / model.mass_mev if number > 0.0 else 0.5
