"""Where the energy of a decay goes: heat, neutrinos of each flavour, and particles that stop first.

Charged particles lose their kinetic energy to the plasma long before they decay. A decay is thus a
vector of energies (heat, nu_e, nu_mu, nu_tau; neutrinos and antineutrinos together), of numbers of
muons, charged pions, charged kaons and K_L at rest, whose later fate (decay, annihilation or
capture on a nucleon) is decided by the plasma, and of numbers of neutrinos. The rest energies close
the balance exactly.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError
from ...models.decays import neutrino_spectra
from ...models.decays.kinematics import (
    charged_current,
    lepton_pair_amplitude,
    semileptonic,
    three_body,
)
from ...models.decays.known_decays import (
    CHARGED_JET,
    JET_NEUTRINO,
    KAON_DECAYS,
    M_K0,
    MESON_MASS,
    MESONS,
    TAU_HADRONS,
    TAU_LEPTONS,
)

references = ("ParticleDataGroup:2024cfk", "Dolgov:1997mb")

HEAT, NU_E, NU_MU, NU_TAU, MU, PI, K, KL = range(8)
COUNT = 7  # from a place of neutrino energy to that of the number of neutrinos
SIZE = 11
FINAL = (HEAT, NU_E, NU_MU, NU_TAU, NU_E + COUNT, NU_MU + COUNT, NU_TAU + COUNT)
REST = np.array([1.0] * 4 + [const.M_MU, const.M_PI, const.M_K, M_K0] + [0.0] * 3)  # energy of a unit
NEUTRINO = {"e": NU_E, "mu": NU_MU, "tau": NU_TAU}
S2W = const.SIN2_THETA_W
KAON_NAME = {K: "K", KL: "KL"}


def _charged_current(mass, antilepton, lepton, neutrino=0.0):
    """Mean energies of :func:`astrobounds.models.decays.kinematics.charged_current`."""
    return three_body(mass, *charged_current(mass, antilepton, lepton, neutrino))[1]


def lepton_pair(mass, lepton, left, right):
    """Return the weight and mean energies (nu, l-, l+) of N -> nu l- l+ with couplings gL, gR."""
    return three_body(mass, *lepton_pair_amplitude(mass, lepton, left, right))


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
                pion = const.M_PI if charged else const.M_PI0
                nu = three_body(mass, *semileptonic(mass, pion, m_lepton))[1][2]
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
    for lepton, share in TAU_LEPTONS:
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
        light = JET_NEUTRINO * mass
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
    widths : dict
        Partial widths of (channel, flavour), any common unit.
    """

    mass: float
    visible: np.ndarray
    widths: dict | None = field(default=None, repr=False, compare=False)

    @property
    def spectra(self):
        """Neutrinos made directly per decay, see ``models.decays.neutrino_spectra.of_widths``."""
        return neutrino_spectra.of_widths(self.mass, self.widths or {})

    @property
    def balance(self):
        """Energy of the products over the mass, minus one."""
        return float(self.visible @ REST) / self.mass - 1.0

    def stopped(self, decaying):
        """Return the numbers of mu, pi+-, K+- and K_L per decay that stop, those of kaons and pions too.

        ``decaying``: as in :meth:`resolve`.
        """
        p = [np.asarray(decaying[name], dtype=float) for name in ("mu", "pi", "K", "KL")]
        mu, pi, k, k_l = (self.visible[i] + np.zeros(p[1].shape) for i in (MU, PI, K, KL))
        for n, share, vector in ((k, p[2], kaon(K)), (k_l, p[3], kaon(KL))):
            mu = mu + n * share * vector[MU]
            pi = pi + n * share * vector[PI]
        return mu + pi * p[1], pi, k, k_l

    def resolve(self, decaying):
        """Return energies (heat, nu_e, nu_mu, nu_tau) and numbers of neutrinos, shape (7, ...).

        ``decaying``: dict of arrays of one shape or floats, "mu", "pi", "K", "KL": the probability
        to decay. What does not decay leaves its rest energy as heat, kaons and pions included.
        """
        p = [np.asarray(decaying[name], dtype=float) for name in ("mu", "pi", "K", "KL")]
        numbers = self.stopped(decaying)
        energy = [self.visible[i] + np.zeros(p[1].shape) for i in FINAL]
        for n, share, rest, vector in (
            (numbers[2], p[2], REST[K], kaon(K)),
            (numbers[3], p[3], REST[KL], kaon(KL)),
        ):
            energy = [e + n * share * vector[i] for e, i in zip(energy, FINAL)]
            energy[0] = energy[0] + n * (1.0 - share) * rest
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
    return Injection(mass, visible, dict(widths))


def of_hnl(model):
    """Return the :class:`Injection` of an HNL."""
    from ...models.decays.hnl_widths import CHANNELS, width_table

    table = model.width_factor * width_table(model.mass_mev) * np.array(model.mixing_vector)
    widths = {
        (name, flavour): table[i, a]
        for i, name in enumerate(CHANNELS)
        for a, flavour in enumerate(const.FLAVOURS)
        if table[i, a] > 0.0
    }
    return of_widths(model.mass_mev, widths)
