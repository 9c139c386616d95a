"""Where the energy of a decay goes: heat, neutrinos of each flavour, and particles that stop first.

Charged particles lose their kinetic energy to the plasma long before they decay. A decay is thus a
vector of energies (heat, nu_e, nu_mu, nu_tau; neutrinos and antineutrinos together), of numbers of
muons, charged pions, charged kaons and K_L at rest, whose later fate (decay, annihilation or
capture on a nucleon) is decided by the plasma, and of numbers of neutrinos. The rest energies close
the balance exactly; what is dark is not in it.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from .kinematics import charged_current, semileptonic, three_body
from .known_decays import CHARGED_JET, KAON_DECAYS, M_K0, MESONS, TAU_HADRONS, TAU_LEPTONS
from .particles import DARK, HADRONS, LEPTON, MESON, NEUTRINO

HEAT, NU_E, NU_MU, NU_TAU, MU, PI, K, KL = range(8)
COUNT = 7  # from a place of neutrino energy to that of the number of neutrinos
SIZE = 11
FINAL = (HEAT, NU_E, NU_MU, NU_TAU, NU_E + COUNT, NU_MU + COUNT, NU_TAU + COUNT)
REST = np.array([1.0] * 4 + [const.M_MU, const.M_PI, const.M_K, M_K0] + [0.0] * 3)  # energy of a unit
PLACE = {"e": NU_E, "mu": NU_MU, "tau": NU_TAU}
KAON_NAME = {K: "K", KL: "KL"}


def heat(energy):
    """Vector of electromagnetic energy."""
    out = np.zeros(SIZE)
    out[HEAT] = energy
    return out


def neutrino(place, energy, number=1.0):
    """Vector of neutrinos of one flavour."""
    out = np.zeros(SIZE)
    out[place], out[place + COUNT] = energy, number
    return out


def stopped(which, energy):
    """Vector of one particle of total energy ``energy`` that stops."""
    out = np.zeros(SIZE)
    out[which] = 1.0
    out[HEAT] = energy - REST[which]
    return out


def _charged_current(mass, antilepton, lepton):
    """Mean energies of :func:`astrobounds.models.decays.kinematics.charged_current`."""
    return three_body(mass, *charged_current(mass, antilepton, lepton))[1]


@lru_cache(maxsize=1)
def muon():
    """Vector of a muon decay at rest."""
    nu_e, electron, nu_mu = _charged_current(const.M_MU, 0.0, const.M_E)
    return neutrino(NU_E, nu_e) + neutrino(NU_MU, nu_mu) + heat(electron)


@lru_cache(maxsize=1)
def pion():
    """Vector of a charged pion decay at rest (mu nu; e nu is 1e-4)."""
    nu = 0.5 * (const.M_PI**2 - const.M_MU**2) / const.M_PI
    return stopped(MU, const.M_PI - nu) + neutrino(NU_MU, nu)


@lru_cache(maxsize=2)
def kaon(which):
    """Vector of a K+- or K_L decay at rest: pions and muons in it stop, neutral pions are heat."""
    mass = REST[which]
    out = np.zeros(SIZE)
    channels = KAON_DECAYS[KAON_NAME[which]]
    total = sum(c[0] for c in channels)
    for ratio, charged, neutral, lepton in channels:
        part = np.zeros(SIZE)
        part[PI] = charged
        if lepton is not None:
            m_lepton = const.LEPTON_MASS[lepton]
            if charged + neutral == 0:
                nu = 0.5 * (mass**2 - m_lepton**2) / mass
            else:
                m_pion = const.M_PI if charged else const.M_PI0
                nu = three_body(mass, *semileptonic(mass, m_pion, m_lepton))[1][2]
            part += neutrino(PLACE[lepton], nu)
            part[MU] = 1.0 if lepton == "mu" else 0.0
        part[HEAT] = mass - part @ REST
        out += ratio / total * part
    return out


@lru_cache(maxsize=1)
def tau():
    """Vector of a tau lepton decay at rest."""
    mass = const.M_TAU
    out = np.zeros(SIZE)
    for name, share in TAU_LEPTONS:
        nu_l, charged, nu_tau = _charged_current(mass, 0.0, const.LEPTON_MASS[name])
        out += share * (neutrino(PLACE[name], nu_l) + neutrino(NU_TAU, nu_tau))
        out += share * (stopped(MU, charged) if name == "mu" else heat(charged))
    for share, hadrons, charged in TAU_HADRONS:
        out += share * neutrino(NU_TAU, 0.5 * (mass**2 - hadrons**2) / mass)
        out[PI] += share * charged
    out[HEAT] += mass - out @ REST
    return out


def _lepton(name, energy):
    """Vector of a charged lepton."""
    if name == "e":
        return heat(energy)
    if name == "mu":
        return stopped(MU, energy)
    return tau() + heat(energy - const.M_TAU)


def _meson(name, energy):
    """Vector of a meson of an energy: every rest mass of a charged daughter is kept."""
    out = np.zeros(SIZE)
    out[[PI, K, KL]] = MESONS[name]
    out[HEAT] = energy - out @ REST
    return out


def of_product(product, energy):
    """Return the vector of one product of a decay.

    Parameters
    ----------
    product : particles.Particle
    energy : float
        Its mean energy [MeV].

    Returns
    -------
    ndarray, shape (11,)
        Energies in heat and neutrinos [MeV], numbers of mu, pi+-, K+-, K_L, numbers of neutrinos.
    """
    if product.kind == NEUTRINO:
        return neutrino(PLACE[product.flavour], energy)
    if product.kind == LEPTON:
        return _lepton(product.flavour, energy)
    if product.kind == MESON:
        return _meson(product.stem, energy)
    if product.kind == HADRONS:
        out = np.zeros(SIZE)
        out[PI] = CHARGED_JET
        out[HEAT] = energy - out @ REST
        return out
    return heat(0.0 if product.kind == DARK else energy)
