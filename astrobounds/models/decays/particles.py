"""Names of decay products: what each one is, said once.

A product is named with its charge and flavour ("nu_tau", "nubar_e", "e-", "mu+", "K_L"); its *stem* is what
it is without them ("nu", "e", "mu", "KL").
"""

from dataclasses import dataclass
from functools import lru_cache

from ... import constants as const
from ...errors import ConfigError, did_you_mean
from .known_decays import MESON_MASS

NEUTRINO, LEPTON, PHOTON, MESON, HADRONS, DARK = "neutrino", "lepton", "photon", "meson", "hadrons", "dark"
_CHARGED = ("e", "mu", "tau", "pi", "K", "rho", "K*")
_PLAIN = {"gamma": PHOTON, "hadrons": HADRONS, "dark": DARK}
_STEM = {"K_L": "KL", "K_S": "KS"}


@dataclass(frozen=True)
class Particle:
    """One decay product.

    Attributes
    ----------
    name, stem : str
    kind : str
        "neutrino", "lepton", "photon", "meson", "hadrons" (jets of quarks) or "dark".
    mass : float
        MeV; 0 for jets and for what is dark.
    flavour : str
        Of a neutrino or a charged lepton, else empty.
    charge : int
    """

    name: str
    stem: str
    kind: str
    mass: float
    flavour: str = ""
    charge: int = 0


@lru_cache(maxsize=1)
def known():
    """Return ``{name: Particle}`` of everything whose fate is followed."""
    found = [Particle(name, name, kind, 0.0) for name, kind in _PLAIN.items()]
    for f in const.FLAVOURS:
        found += [Particle(f"{nu}_{f}", "nu", NEUTRINO, 0.0, f) for nu in ("nu", "nubar")]
        mass = const.LEPTON_MASS[f]
        found += [Particle(f + sign, f, LEPTON, mass, f, q) for sign, q in (("-", -1), ("+", 1))]
    for stem, mass in MESON_MASS.items():
        names = [(stem, 0)]
        if stem in _CHARGED:
            names = [(stem + "-", -1), (stem + "+", 1)]
        names = [(next((k for k, v in _STEM.items() if v == n), n), q) for n, q in names]
        found += [Particle(n, stem, MESON, mass, "", q) for n, q in names]
    return {p.name: p for p in found}


def particle(name):
    """Return the :class:`Particle` of a product.

    Raises
    ------
    ConfigError
        For a product that nothing here can follow.
    """
    try:
        return known()[name]
    except KeyError:
        raise ConfigError(
            f"a decay into '{name}' is not followed{did_you_mean(name, known())}; known products: "
            f"{', '.join(known())}"
        ) from None


def particles(products):
    """Return the :class:`Particle` of every product of a decay."""
    return tuple(particle(name) for name in products)


def stems():
    """Return every word that a channel name such as ``"nu e e"`` may have."""
    return {"3nu", *(p.stem for p in known().values()), *known()}


def charged_stems():
    """Return the stems of charged particles."""
    return {p.stem for p in known().values() if p.charge}
