"""Neutrinos of muons, taus, pions and kaons that decay at rest, flavour by flavour.

Antineutrinos are counted with neutrinos. The neutrinos that a new particle makes itself are in
`daughters`.
"""

from functools import lru_cache

from ... import constants as const
from ...errors import ConfigError, did_you_mean
from .flight import STOPPED_MASS
from .kinematics import charged_current, semileptonic, two_body_energy
from .known_decays import KAON_DECAYS, TAU_HADRONS, TAU_LEPTONS
from .rest_spectrum import Continuum, RestSpectrum, total

references = ("ParticleDataGroup:2024cfk", "Atre:2009rg")

NONE = RestSpectrum()


def _flavours(**parts):
    """Return ``{flavour: RestSpectrum}`` with every flavour present."""
    return {name: parts.get(name, NONE) for name in const.FLAVOURS}


def _continuum(mass, masses, amplitude, i, number=1.0):
    return RestSpectrum((), (Continuum.of_decay(mass, masses, amplitude, i, number),))


def _line(energy, number=1.0):
    return RestSpectrum(((energy, number),))


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
