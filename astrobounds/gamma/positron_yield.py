"""Positrons of one decay: how many end as positrons at rest in the gas, and what energy they start with.

Every pair of charged daughters leaves exactly one positron: muons and charged pions decay long before
they meet an atom, and of l+ l- one ends as e+ (negative mesons would need matter to be captured). A real
photon turns into e+ e- inside the decay with a probability of alpha/pi times a logarithm.
"""

from functools import lru_cache

import numpy as np

from ..constants import ALPHA, M_E
from ..errors import ConfigError
from ..models.decays.known_decays import CHARGED_JET, KAON_DECAYS, MESONS, TAU_HADRONS
from ..models.decays.mean_energies import MUON_SHARE, PION_SHARE, mean_energies, species

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


def _of_decay(mass, decay):
    """Positrons of one decay."""
    names = [species(p) for p in decay.products]
    if all(n in ("nu", "dark") for n in names):
        return 0.0
    known = _per_daughter()
    for name in names:
        if name not in known:
            raise ConfigError(
                f"positrons of the decay '{decay.name}': '{name}' is not followed; known products: "
                f"{', '.join(sorted(known))}"
            )
    photons = names.count("gamma")
    inner = conversion(float(mass), min(photons, 2)) if photons else 0.0
    return sum(known[name] for name in names) + inner


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
    return sum(d.width / total * _of_decay(model.mass_mev, d) for d in decays)


_SHARE = {"e": 1.0, "mu": MUON_SHARE, "tau": 0.25}  # of its energy in the electron a product ends in


def mean_share(model):
    """Return the mean energy of the positrons in units of the mass, for a particle at rest.

    Positrons of photons and neutral pions are left out. A mean over channels, of which the share that
    annihilates in flight depends on the logarithm alone.
    """
    known = _per_daughter()
    number = energy = 0.0
    for decay in model.decays():
        names = [species(p) for p in decay.products]
        charged = [i for i, n in enumerate(names) if known.get(n, 0.0) >= 0.5]
        if not charged or not decay.width > 0.0:
            continue
        each = mean_energies(float(model.mass_mev), decay.products, decay.amplitude)
        number += decay.width * 0.5 * len(charged)
        energy += decay.width * 0.5 * sum(each[i] * _SHARE.get(names[i], PION_SHARE) for i in charged)
    return energy / number / model.mass_mev if number > 0.0 else 0.5
