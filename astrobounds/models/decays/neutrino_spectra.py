"""Neutrinos made directly by decays at rest, flavour by flavour, antineutrinos counted with them.

N -> 3 nu by mixing with flavour a: for b != a the amplitude is that of a muon decay,
|M|^2 ~ (P nubar_b)(nu_a nu_b); for b = a the two neutrinos are identical and the amplitude doubles,
so that nu_a nu_a nubar_a is half of all decays with the same shape. With x = 2E/m the antineutrino
has dN/dx = 12 x^2 (1-x), a neutrino 2 x^2 (3-2x). A Majorana N, or N and Nbar in equal numbers, makes
neutrinos and antineutrinos alike: half of every spectrum each.
"""

from functools import lru_cache

from ... import constants as const
from ...errors import ConfigError, did_you_mean
from ..channel import PRODUCTS
from .kinematics import charged_current, lepton_pair_amplitude, semileptonic, two_body_energy
from .known_decays import KAON_DECAYS, M_K0, MESON_MASS, TAU_HADRONS, TAU_LEPTONS
from .rest_spectrum import Continuum, RestSpectrum, total

references = ("ParticleDataGroup:2024cfk", "Atre:2009rg")

STOPPED_MASS = {
    "mu": const.M_MU, "pi": const.M_PI, "K": const.M_K, "KL": M_K0, "tau": const.M_TAU,
}  # fmt: skip
NONE = RestSpectrum()


def _flavours(**parts):
    """Return ``{flavour: RestSpectrum}`` with every flavour present."""
    return {name: parts.get(name, NONE) for name in const.FLAVOURS}


def _continuum(mass, masses, amplitude, i, number=1.0):
    return RestSpectrum((), (Continuum.of_decay(mass, masses, amplitude, i, number),))


def _line(energy, number=1.0):
    return RestSpectrum(((energy, number),))


def _three_neutrinos(mass, flavour):
    square = charged_current(mass, 0.0, 0.0)
    anti, like = (_continuum(mass, *square, i) for i in (0, 1))
    own = total([like.scaled(1.5), anti.scaled(0.5)])  # 1/2 (2 like + anti) + 1/2 like
    other = total([like.scaled(0.25), anti.scaled(0.25)])  # 1/4 (like + anti), each b != a
    return {name: own if name == flavour else other for name in const.FLAVOURS}


def _check(channel, flavour):
    if channel not in PRODUCTS:
        raise ConfigError(
            f"no decay products are known for the channel '{channel}'{did_you_mean(channel, PRODUCTS)}"
        )
    if flavour not in const.FLAVOURS:
        raise ConfigError(f"flavour = {flavour!r}; allowed: {', '.join(const.FLAVOURS)}")


def pair_square(channel, mass, flavour):
    """(lepton b or None, (masses, |M|^2)) of N -> nu l- l+ (None) or l_a- l_b+ nu_b, in this order."""
    leptons = channel.split()[1:]
    if leptons[0] == leptons[1]:
        left = const.SIN2_THETA_W + (0.5 if leptons[0] == flavour else -0.5)
        mass_l = const.LEPTON_MASS[leptons[0]]
        return None, lepton_pair_amplitude(mass, mass_l, left, const.SIN2_THETA_W)
    if flavour not in leptons:
        raise ConfigError(f"N -> {channel} needs mixing with one of {', '.join(leptons)}")
    other = next(x for x in leptons if x != flavour)
    square = charged_current(mass, const.LEPTON_MASS[other], const.LEPTON_MASS[flavour])
    return other, square


@lru_cache(maxsize=256)
def _direct(channel, mass, flavour):
    _check(channel, flavour)
    first, *rest = channel.split()
    if channel == "3nu":
        return _three_neutrinos(mass, flavour)
    if first != "nu":
        return _flavours()
    if rest == ["gamma"]:
        return _flavours(**{flavour: _line(0.5 * mass)})
    if rest == ["hadrons"]:
        return _flavours(**{flavour: _continuum(mass, *charged_current(mass, 0.0, 0.0), 1)})
    if len(rest) == 2:
        other, square = pair_square(channel, mass, flavour)
        place = 0 if other is None else 2
        return _flavours(**{other or flavour: _continuum(mass, *square, place)})
    return _flavours(**{flavour: _line(two_body_energy(mass, 0.0, MESON_MASS[rest[0]]))})


def direct(channel, mass, flavour):
    """Return the neutrinos that N -> channel makes itself, not those of its muons and mesons.

    Parameters
    ----------
    channel : str
        As in ``models.channel.PRODUCTS``.
    mass : float
        MeV, above the threshold of the channel.
    flavour : {"e", "mu", "tau"}
        Of the mixing.

    Returns
    -------
    dict of str -> RestSpectrum
        For "e", "mu" and "tau"; neutrinos and antineutrinos together.

    Raises
    ------
    ConfigError
        For an unknown channel or flavour.

    References
    ----------
    arXiv:0901.3589.
    """
    return dict(_direct(channel, float(mass), flavour))


@lru_cache(maxsize=8)
def _stopped(name):
    mass = STOPPED_MASS[name]
    if name == "mu":
        square = charged_current(mass, 0.0, const.M_E)
        return _flavours(e=_continuum(mass, *square, 0), mu=_continuum(mass, *square, 2))
    if name == "pi":
        return _flavours(mu=_line(two_body_energy(mass, 0.0, const.M_MU)))
    parts = {flavour: [] for flavour in const.FLAVOURS}
    if name == "tau":
        for lepton, share in TAU_LEPTONS:
            square = charged_current(mass, 0.0, const.LEPTON_MASS[lepton])
            parts[lepton].append(_continuum(mass, *square, 0, share))
            parts["tau"].append(_continuum(mass, *square, 2, share))
        for share, hadrons, _ in TAU_HADRONS:
            parts["tau"].append(_line(two_body_energy(mass, 0.0, hadrons), share))
    else:
        every = sum(c[0] for c in KAON_DECAYS[name])
        for ratio, charged, neutral, lepton in KAON_DECAYS[name]:
            if lepton is None:
                continue
            own = const.LEPTON_MASS[lepton]
            if charged + neutral == 0:
                made = _line(two_body_energy(mass, 0.0, own), ratio / every)
            else:
                pion = const.M_PI if charged else const.M_PI0
                made = _continuum(mass, *semileptonic(mass, pion, own), 2, ratio / every)
            parts[lepton].append(made)
    return _flavours(**{flavour: total(made) for flavour, made in parts.items()})


def stopped(name):
    """Return the neutrinos of one decay at rest of a known particle.

    Parameters
    ----------
    name : {"mu", "pi", "K", "KL", "tau"}
        Muon, charged pion, charged kaon, K_L, tau.

    Returns
    -------
    dict of str -> RestSpectrum
        For "e", "mu" and "tau"; neutrinos and antineutrinos together, without those of the muons,
        pions and kaons among the products.

    Raises
    ------
    ConfigError
        For another name.
    """
    if name not in STOPPED_MASS:
        raise ConfigError(
            f"no decay at rest of '{name}'{did_you_mean(name, STOPPED_MASS)}; "
            f"allowed: {', '.join(STOPPED_MASS)}"
        )
    return dict(_stopped(name))


def of_widths(mass, widths):
    """Return the direct neutrinos per decay of a particle with given partial widths.

    Parameters
    ----------
    mass : float
        MeV.
    widths : mapping of (channel, flavour) to float
        Any common unit.

    Returns
    -------
    dict of str -> RestSpectrum
    """
    every = sum(widths.values())
    parts = [
        (width / every, direct(channel, mass, flavour))
        for (channel, flavour), width in widths.items()
        if width > 0.0
    ]
    return {name: total(made[name].scaled(share) for share, made in parts) for name in const.FLAVOURS}
