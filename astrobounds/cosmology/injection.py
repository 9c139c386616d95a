"""Where the energy of a decay goes: heat, neutrinos of each flavour, and particles that stop first.

Charged particles lose their kinetic energy to the plasma long before they decay. A decay is thus a
vector of energies (heat, nu_e, nu_mu, nu_tau; neutrinos and antineutrinos together), of numbers of
muons, charged pions, charged kaons and K_L at rest, whose later fate (decay, annihilation or
capture on a nucleon) is decided by the plasma, and of numbers of neutrinos. The rest energies close
the balance exactly.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import constants as const
from ..errors import ConfigError

references = ("ParticleDataGroup:2024cfk", "Dolgov:1997mb")

HEAT, NU_E, NU_MU, NU_TAU, MU, PI, K, KL = range(8)
COUNT = 7  # from a place of neutrino energy to that of the number of neutrinos
SIZE = 11
FINAL = (HEAT, NU_E, NU_MU, NU_TAU, NU_E + COUNT, NU_MU + COUNT, NU_TAU + COUNT)
M_K0 = 497.611  # MeV, PDG 2024
REST = np.array([1.0] * 4 + [const.M_MU, const.M_PI, const.M_K, M_K0] + [0.0] * 3)  # energy of a unit
NEUTRINO = {"e": NU_E, "mu": NU_MU, "tau": NU_TAU}
S2W = const.SIN2_THETA_W
#: K+ and K_L decays: (branching ratio, charged pions, neutral pions, lepton); PDG 2024
KAON_DECAYS = {
    K: ((0.6356, 0, 0, "mu"), (0.2067, 1, 1, None), (0.05583, 3, 0, None), (0.0176, 1, 2, None),
        (0.0507, 0, 1, "e"), (0.03352, 0, 1, "mu")),
    KL: ((0.4055, 1, 0, "e"), (0.2704, 1, 0, "mu"), (0.1952, 0, 3, None), (0.1254, 2, 1, None)),
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
}  # K*+ -> K0 pi+ (2/3), K+ pi0 (1/3), and K0 is half K_S, half K_L
MESON_MASS = {
    "pi0": const.M_PI0, "eta": const.M_ETA, "etap": const.M_ETAP, "rho0": const.M_RHO,
    "omega": const.M_OMEGA, "phi": const.M_PHI, "pi": const.M_PI, "K": const.M_K,
    "rho": const.M_RHO, "K*": const.M_KSTAR,
}  # fmt: skip
#: tau decays: (share, mass of the hadrons or lepton, charged pions); three prongs and a_1 lumped
TAU_HADRONS = ((0.115, const.M_PI, 1.0), (0.26, const.M_RHO, 1.0), (0.11, 1230.0, 1.0),
               (0.163, 1230.0, 3.0))  # fmt: skip
CHARGED_JET = 2.0  # charged pions of a hadronic final state above 1 GeV


_legendre = lru_cache(maxsize=4)(np.polynomial.legendre.leggauss)


def three_body(mass, masses, amplitude, nodes=40):
    """Return the weight and mean energies of a three-body decay at rest.

    Parameters
    ----------
    mass : float
    masses : tuple of three floats
    amplitude : callable
        |M|^2 as a function of the energies E1, E2, E3 (arrays) in the rest frame.

    Returns
    -------
    float, ndarray of shape (3,)
        Int |M|^2 dE1 dE2 and the means of E1, E2, E3; they add up to the mass.
    """
    m1, m2, m3 = masses
    x, w = _legendre(nodes)
    angle = 0.25 * np.pi * (x + 1.0)
    top = 0.5 * (mass**2 + m1**2 - (m2 + m3) ** 2) / mass
    e1 = m1 + (top - m1) * np.sin(angle) ** 2
    w1 = (top - m1) * np.sin(2.0 * angle) * 0.25 * np.pi * w
    p1 = np.sqrt(np.maximum(e1 * e1 - m1 * m1, 0.0))
    q2 = np.maximum(mass**2 + m1**2 - 2.0 * mass * e1, (m2 + m3) ** 2)
    share = 0.5 * (1.0 + (m2 * m2 - m3 * m3) / q2)
    k = np.sqrt(np.maximum((q2 - (m2 + m3) ** 2) * (q2 - (m2 - m3) ** 2), 0.0)) / (2.0 * q2)
    c, wc = _legendre(6)
    e2 = (mass - e1)[:, None] * share[:, None] + (p1 * k)[:, None] * c
    first = np.broadcast_to(e1[:, None], e2.shape)
    e3 = mass - first - e2
    weight = amplitude(first, e2, e3) * (w1 * p1 * k)[:, None] * wc
    total = weight.sum()
    return total, np.array([(weight * e).sum() for e in (first, e2, e3)]) / total


def dot(mass, masses, i):
    """Return a function (p_j p_k) of the energy of particle i of three."""
    rest = mass**2 + masses[i] ** 2 - sum(m * m for j, m in enumerate(masses) if j != i)
    return lambda e: 0.5 * rest - mass * e


def _charged_current(mass, antilepton, lepton, neutrino=0.0):
    """Mean energies for |M|^2 = (P 1)(2 3): 1 = antilepton of the second vertex."""
    masses = (antilepton, lepton, neutrino)
    pair = dot(mass, masses, 0)
    return three_body(mass, masses, lambda a, b, c: mass * a * pair(a))[1]


def lepton_pair(mass, lepton, left, right):
    """Return the weight and mean energies (nu, l-, l+) of N -> nu l- l+ with couplings gL, gR.

    |M|^2 = gL^2 (P l+)(nu l-) + gR^2 (P l-)(nu l+) + gL gR m_l^2 (P nu).
    """
    masses = (0.0, lepton, lepton)
    with_minus, with_plus = dot(mass, masses, 2), dot(mass, masses, 1)

    def amplitude(nu, minus, plus):
        out = left**2 * mass * plus * with_minus(plus) + right**2 * mass * minus * with_plus(minus)
        return out + left * right * lepton**2 * mass * nu

    return three_body(mass, masses, amplitude)


def _neutrino(place, energy, number=1.0):
    """Vector of neutrinos of one flavour."""
    out = np.zeros(SIZE)
    out[place], out[place + COUNT] = energy, number
    return out


def _stopped(which, energy):
    """Vector of one particle of total energy ``energy`` that stops."""
    out = np.zeros(SIZE)
    out[which] = 1.0
    out[HEAT] = energy - REST[which]
    return out


@lru_cache(maxsize=1)
def muon():
    """Vector of a muon decay at rest."""
    nu_e, electron, nu_mu = _charged_current(const.M_MU, 0.0, const.M_E)
    return _neutrino(NU_E, nu_e) + _neutrino(NU_MU, nu_mu) + electron * np.eye(SIZE)[HEAT]


@lru_cache(maxsize=1)
def pion():
    """Vector of a charged pion decay at rest (mu nu; e nu is 1e-4)."""
    nu = 0.5 * (const.M_PI**2 - const.M_MU**2) / const.M_PI
    return _stopped(MU, const.M_PI - nu) + _neutrino(NU_MU, nu)


@lru_cache(maxsize=2)
def kaon(which):
    """Vector of a K+- or K_L decay at rest: pions and muons in it stop, neutral pions are heat."""
    mass = REST[which]
    out = np.zeros(SIZE)
    channels = KAON_DECAYS[which]
    total = sum(c[0] for c in channels)
    for ratio, charged, neutral, lepton in channels:
        part = np.zeros(SIZE)
        part[PI] = charged
        if lepton is not None:
            m_lepton = const.LEPTON_MASS[lepton]
            if charged + neutral == 0:
                nu = 0.5 * (mass**2 - m_lepton**2) / mass
            else:  # vector form factor alone: 2 (P l)(P nu) - m_K^2 (l nu)
                masses = (const.M_PI if charged else const.M_PI0, m_lepton, 0.0)
                pair = dot(mass, masses, 0)
                nu = three_body(
                    mass, masses,
                    lambda h, a, b, pair=pair: mass**2 * (2.0 * a * b - pair(h)),
                )[1][2]  # fmt: skip
            part += _neutrino(NEUTRINO[lepton], nu)
            part[MU] = 1.0 if lepton == "mu" else 0.0
        part[HEAT] = mass - part @ REST
        out += ratio / total * part
    return out


@lru_cache(maxsize=1)
def _tau():
    """Vector of a tau lepton decay at rest."""
    mass = const.M_TAU
    out = np.zeros(SIZE)
    for lepton, share in (("e", 0.178), ("mu", 0.174)):
        nu_l, charged, nu_tau = _charged_current(mass, 0.0, const.LEPTON_MASS[lepton])
        out += share * (_neutrino(NEUTRINO[lepton], nu_l) + _neutrino(NU_TAU, nu_tau))
        part = _stopped(MU, charged) if lepton == "mu" else charged * np.eye(SIZE)[HEAT]
        out += share * part
    for share, hadrons, charged in TAU_HADRONS:
        out += share * _neutrino(NU_TAU, 0.5 * (mass**2 - hadrons**2) / mass)
        out[PI] += share * charged
    out[HEAT] += mass - out @ REST
    return out


def _lepton(name, energy):
    """Vector of a charged lepton."""
    if name == "e":
        return energy * np.eye(SIZE)[HEAT]
    if name == "mu":
        return _stopped(MU, energy)
    return _tau() + (energy - const.M_TAU) * np.eye(SIZE)[HEAT]


def _meson(name, energy):
    """Vector of a meson of an energy: every rest mass of a charged daughter is kept."""
    out = np.zeros(SIZE)
    out[[PI, K, KL]] = MESONS[name]
    out[HEAT] = energy - out @ REST
    return out


def _three_neutrinos(mass, flavour):
    """N -> nu_a nu_b nubar_b, half of it with b = a: 0.675 of the energy goes to flavour a."""
    own = {name: name == flavour for name in NEUTRINO}
    return sum(
        _neutrino(place, mass * (0.675 if own[name] else 0.1625), 2.0 if own[name] else 0.5)
        for name, place in NEUTRINO.items()
    )


def channel(name, mass, flavour):
    """Return the vector of one decay of N [MeV] into a channel by mixing with a flavour.

    Parameters
    ----------
    name : str
        As in ``models.channel.PRODUCTS``.
    mass : float
        MeV.
    flavour : {"e", "mu", "tau"}

    Returns
    -------
    ndarray, shape (11,)
        Energies in heat and neutrinos [MeV], numbers of mu, pi+-, K+-, K_L, numbers of neutrinos.

    Raises
    ------
    ConfigError
        For an unknown channel.
    """
    out = np.zeros(SIZE)
    nu = NEUTRINO[flavour]
    if name == "3nu":
        return _three_neutrinos(mass, flavour)
    first, _, rest = name.partition(" ")
    if first == "nu" and rest == "gamma":
        out[HEAT] = 0.5 * mass
        return out + _neutrino(nu, 0.5 * mass)
    if first == "nu" and rest in ("e e", "mu mu"):
        lepton = rest.split()[0]
        left = S2W + (0.5 if lepton == flavour else -0.5)
        _, energies = lepton_pair(mass, const.LEPTON_MASS[lepton], left, S2W)
        out += _neutrino(nu, energies[0])
        return out + _lepton(lepton, energies[1]) + _lepton(lepton, energies[2])
    if first == "nu" and rest in ("e mu", "e tau", "mu tau"):
        other = next(x for x in rest.split() if x != flavour)  # N -> l_a- l_b+ nu_b
        b, a, neutrino = _charged_current(mass, const.LEPTON_MASS[other], const.LEPTON_MASS[flavour])
        out += _neutrino(NEUTRINO[other], neutrino)
        return out + _lepton(other, b) + _lepton(flavour, a)
    if rest == "hadrons":
        light = 0.35 * mass
        out += _neutrino(nu, light) if first == "nu" else _lepton(first, light)
        out[PI] += CHARGED_JET
        out[HEAT] += mass - out @ REST
        return out
    if rest in MESONS:
        heavy = MESON_MASS[rest]
        m_lepton = 0.0 if first == "nu" else const.LEPTON_MASS[first]
        energy = 0.5 * (mass**2 + heavy**2 - m_lepton**2) / mass
        light = mass - energy
        out += _neutrino(nu, light) if first == "nu" else _lepton(first, light)
        return out + _meson(rest, energy)
    raise ConfigError(f"no decay products are known for the channel '{name}'")


@dataclass(frozen=True)
class Injection:
    """Mean energies and numbers per decay of a relic into known particles.

    Attributes
    ----------
    mass : float
        MeV.
    visible : ndarray, shape (11,)
        Heat and energy of nu_e, nu_mu, nu_tau [MeV]; numbers of mu, pi+-, K+- and K_L that stop;
        numbers of nu_e, nu_mu, nu_tau.
    """

    mass: float
    visible: np.ndarray

    @property
    def balance(self):
        """Energy of the products over the mass, minus one."""
        return float(self.visible @ REST) / self.mass - 1.0

    def resolve(self, decaying):
        """Return energies (heat, nu_e, nu_mu, nu_tau) and numbers of neutrinos, shape (7, ...).

        ``decaying``: dict of arrays of one shape or floats, "mu", "pi", "K", "KL": the probability
        to decay. What does not decay leaves its rest energy as heat, kaons and pions included.
        """
        p = [np.asarray(decaying[name], dtype=float) for name in ("mu", "pi", "K", "KL")]
        numbers = [self.visible[i] + np.zeros(p[1].shape) for i in (MU, PI, K, KL)]
        energy = [self.visible[i] + np.zeros(p[1].shape) for i in FINAL]
        for n, share, rest, vector in (
            (numbers[2], p[2], REST[K], kaon(K)),
            (numbers[3], p[3], REST[KL], kaon(KL)),
        ):
            numbers[0] = numbers[0] + n * share * vector[MU]
            numbers[1] = numbers[1] + n * share * vector[PI]
            energy = [e + n * share * vector[i] for e, i in zip(energy, FINAL)]
            energy[0] = energy[0] + n * (1.0 - share) * rest
        numbers[0] = numbers[0] + numbers[1] * p[1]
        for n, share, rest, vector in (
            (numbers[1], p[1], const.M_PI, pion()),
            (numbers[0], p[0], const.M_MU, muon()),
        ):
            energy = [e + n * share * vector[i] for e, i in zip(energy, FINAL)]
            energy[0] = energy[0] + n * (1.0 - share) * rest
        return np.array(energy)


def of_widths(mass, widths):
    """Return the :class:`Injection` of partial widths.

    Parameters
    ----------
    mass : float
        MeV.
    widths : mapping of (channel, flavour) to float
        Any common unit.
    """
    total = sum(widths.values())
    visible = np.zeros(SIZE)
    for (name, flavour), width in widths.items():
        if width > 0.0:
            visible += width / total * channel(name, mass, flavour)
    return Injection(mass, visible)


def of_hnl(model):
    """Return the :class:`Injection` of an HNL."""
    from ..models.widths import CHANNELS, width_table

    table = model.width_factor * width_table(model.mass_mev) * np.array(model.mixing_vector)
    widths = {
        (name, flavour): table[i, a]
        for i, name in enumerate(CHANNELS)
        for a, flavour in enumerate(const.FLAVOURS)
        if table[i, a] > 0.0
    }
    return of_widths(model.mass_mev, widths)
