"""Anisotropies of the microwave background: what late decays may ionise.

    lnL = -2 (f zeta/F)^2,    zeta = sum over products of BR (E_i/m) eps_i(E_i).

F(lifetime) is the limit on energy that ionises where it is set free (data file), eps the share of a
photon's or an electron's energy that acts like it. Electrons scatter at once on the background
photons, which come out with 3.6 (E/m_e)^2 T; neutrinos have no share. Overall good to a factor 2 in
zeta: a bound on |U|^2 moves by its square root (f/lifetime goes like |U|^4).
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path, read_ecsv
from ...models.decays.daughters import leaves
from ...models.decays.known_decays import CHARGED_JET, MESONS
from ...models.decays.particles import DARK, NEUTRINO
from ...models.decays.visible_energy import MUON_SHARE
from ...units import finite
from ..plasma.baryons import T_CMB

references = ("Capozzi:2023xie", "Slatyer:2016qyl", "Galli:2013dna")

LIMITS, EFFICIENCY = "cosmology/cmb_decay_limits.ecsv", "cosmology/cmb_decay_efficiency.ecsv"
FIRST = 1e12  # s, where the table begins
_Z_COMPTON = 600.0
_EARLY = 3e13  # s: before, the gas is dense and absorbs what otherwise streams away
_EARLY_SHARE = 0.3  # factor 2
_DIM = 0.1  # electrons whose photons cannot ionise, factor 2
_LYMAN = 10.2e-6  # MeV, photons below do nothing
_MUON_ELECTRON = MUON_SHARE * const.M_MU


@lru_cache(maxsize=1)
def _table():
    table = read_ecsv(data_path(LIMITS))
    columns = (table["lifetime"], table["limit"], table["uncertainty"])
    x, y, dex = (np.asarray(c, dtype=float) for c in columns)
    return np.log(x), np.log(y), dex


def limit(lifetime):
    """Return F: the largest f zeta at 95 % for a lifetime [s] above 1e12 s.

    Linear in the lifetime above the table, so that only the rate counts.
    """
    x, y, _ = _table()
    at = np.log(finite(lifetime, "lifetime [s]", FIRST))
    return float(np.exp(y[-1] + (at - x[-1]) if at > x[-1] else np.interp(at, x, y)))


def uncertainty(lifetime):
    """Return the estimated error of log10 F."""
    x, _, dex = _table()
    return float(np.interp(np.log(lifetime), x, dex))


@lru_cache(maxsize=1)
def _efficiencies():
    table = read_ecsv(data_path(EFFICIENCY))
    return np.log(np.asarray(table["energy"], dtype=float) * 1e-6), np.asarray(table["efficiency"], float)


def photon_efficiency(energy, lifetime=np.inf):
    """Return eps of photons of an energy [MeV]; decays earlier than 3e13 s are absorbed better."""
    if energy < _LYMAN:
        return 0.0
    eps = float(np.interp(np.log(energy), *_efficiencies()))
    return max(eps, _EARLY_SHARE) if lifetime < _EARLY and energy > 0.01 else eps


def electron_efficiency(energy, lifetime=np.inf):
    """Return eps of electrons and positrons of an energy [MeV] through their Compton photons."""
    scattered = 3.6 * (energy / const.M_E) ** 2 * T_CMB * (1.0 + _Z_COMPTON)
    low, high = 31e-6, 49e-6  # MeV: electrons of 4 and 5 MeV
    eps = photon_efficiency(max(scattered, high))
    if scattered < high:
        part = max(np.log(scattered / low) / np.log(high / low), 0.0)
        eps = _DIM + (eps - _DIM) * part
    return max(eps, _EARLY_SHARE) if lifetime < _EARLY and energy > 50.0 else eps


def ionising(mass, decay):
    """Return what ionises of one decay: list of (kind, energy [MeV], number).

    Muons and charged pions give the electron of a decay at rest and their kinetic energy as electrons,
    neutral pions two photons; the neutral rest of other mesons counts as photons of neutral pions.

    Parameters
    ----------
    mass : float
        MeV.
    decay : Decay
    """
    out = []
    part = leaves(mass, decay.products, decay.amplitude)
    for product, energy in zip(part.products, part.energies):
        name = product.stem
        if product.kind in (NEUTRINO, DARK):
            continue
        if name == "gamma":
            out.append(("photon", energy, 1.0))
        elif name == "e":
            out.append(("electron", energy, 1.0))
        elif name == "mu":
            out += [("electron", _MUON_ELECTRON, 1.0), ("electron", energy - const.M_MU, 1.0)]
        elif name == "pi0":
            out.append(("photon", 0.5 * energy, 2.0))
        else:
            out += _hadrons(name, energy)
    return out


def _hadrons(name, energy):
    """Charged pions (kaons and K_L as such) of a meson, a tau or a jet, and photons of the rest."""
    charged = 1.0
    if name in MESONS:
        charged = sum(MESONS[name])
    elif name == "hadrons":
        charged = CHARGED_JET
    rest = max(energy - charged * const.M_PI, 0.0)
    if name == "pi":
        return [("electron", _MUON_ELECTRON, 1.0), ("electron", rest, 1.0)]
    pairs = max(rest / (2.0 * const.M_PI0), 1.0)
    return [("electron", _MUON_ELECTRON, charged), ("photon", rest / (2.0 * pairs), 2.0 * pairs)]


def efficiency(mass, decays, lifetime=np.inf):
    """Return zeta of a particle.

    Parameters
    ----------
    mass : float
        MeV.
    decays : sequence of Decay
    lifetime : float
        s.
    """
    total = sum(d.width for d in decays)
    value = 0.0
    for decay in decays:
        for kind, energy, number in ionising(float(mass), decay):
            share = photon_efficiency if kind == "photon" else electron_efficiency
            value += decay.width / total * number * energy / mass * share(energy, lifetime)
    return value


def loglike(f, zeta, lifetime):
    """Return lnL = -2 (f zeta/F)^2; 0 for lifetimes below 1e12 s, which mu and y limit."""
    if lifetime < FIRST:
        return 0.0
    return -2.0 * (f * zeta / limit(lifetime)) ** 2
