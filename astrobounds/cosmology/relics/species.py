"""From what a model says (states, decays, processes) to the species that the Boltzmann equation follows."""

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError
from ...models.decays.daughters import daughters
from ...models.protocol import Model
from . import dipole, inverse, mixing
from .boltzmann import Species
from .injection import Injection

#: kinds that are the inverse of a decay, which every relic has
OF_DECAYS = ("coalescence", "photon coalescence", "pair coalescence", "free decay", "inverse decays")
#: kinds that need nucleons, of which there are 1e-9 per photon, or muons, whose crossing is in "contact"
NEGLIGIBLE = (
    "nucleon bremsstrahlung", "electron bremsstrahlung", "dipole bremsstrahlung",
    "quadrupole bremsstrahlung", "nucleon current", "background decay", "photon mixing",
)  # fmt: skip
#: kinds of couplings that also make a particle from quarks in a hotter plasma
WITH_QUARKS = ("nucleon bremsstrahlung", "quadrupole bremsstrahlung")
FOLLOWED = ("contact", *dipole.KINDS, "primakoff", "compton", *OF_DECAYS)
MASS_RANGE = (1.0, const.M_D)  # MeV, where decays are followed
_PLACES = {frozenset((0,)): "minus", frozenset((1,)): "plus"}


def copies_of(states):
    """Return degrees of freedom and helicity of the species that evolve apart.

    States that the same places of the rates feed are one: both helicities of a Majorana particle,
    a helicity of a Dirac particle and the opposite one of its antiparticle.
    """
    statistics = {s.statistics for s in states}
    if len(statistics) != 1:
        raise ConfigError("states of different statistics in one model are not followed")
    if statistics == {-1}:
        return ((sum(s.degrees for s in states), "both"),)
    found = {}
    for state in states:
        name = _PLACES.get(frozenset(place for _, place in state.feeds), "both")
        found[name] = found.get(name, 0.0) + state.degrees
    return tuple((g, name) for name, g in found.items())


def production_of(model, made):
    """Return the production of a model, from the kinds of its processes.

    Parameters
    ----------
    model : Model
    made : Daughters
        Without dark decays.

    Raises
    ------
    ConfigError
        For a kind that is not followed, or a mixture of kinds that need different rates.
    """
    processes = model.processes()
    kinds = dict.fromkeys(p.kind for p in processes)
    unknown = [k for k in kinds if k not in FOLLOWED and k not in NEGLIGIBLE]
    if unknown:
        raise ConfigError(
            f"processes of the kind '{unknown[0]}' of {type(model).__name__} are not followed in the early "
            f"Universe; followed: {', '.join(FOLLOWED)}"
        )
    contact = [p for p in processes if p.kind == "contact"]
    moments = [p for p in processes if p.kind in dipole.KINDS]
    primakoff = [p for p in processes if p.kind == "primakoff"]
    if sum(map(bool, (contact, moments, primakoff))) > 1:
        raise ConfigError(
            f"{type(model).__name__} is made in more than one way (mixing, transition moment, photons): "
            "the early Universe follows one of them at a time"
        )
    if (contact or moments) and model.initial is not None:
        raise ConfigError(
            f"the abundance of {type(model).__name__} follows from its own reactions: a given one is for "
            "particles that only decay"
        )
    if contact:
        return mixing.of_processes(model, contact, model.reheating_mev)
    if moments:
        return dipole.of_processes(model, moments, model.reheating_mev)
    notes = ()
    if model.initial is None and any(k in kinds for k in WITH_QUARKS):
        notes = ((
            "production by quarks",
            f"{type(model).__name__} couples to quarks and gluons, whose reactions above 100 MeV are not "
            "followed: its abundance is a lower limit; LongLivedParticle takes one of your own",
        ),)  # fmt: skip
    photon = max((model.strengths[p.coupling] for p in primakoff), default=0.0)
    return inverse.Decays(
        model.mass_mev, inverse.channels_of(made), photon, model.reheating_mev, model.initial,
        model.width_mev, notes, inverse.electron_share(made),
        sum(r * part.share_of("neutrino") for _, r, part in made.all), _compton(model, processes),
    )  # fmt: skip


def _compton(model, processes):
    """g^2 of the coupling to electrons and the spin; that of a vector is eps e."""
    for process in processes:
        if process.kind == "compton":
            unit = 4.0 * np.pi * const.ALPHA if process.spin == "vector" else 1.0
            return unit * model.strengths[process.coupling], process.spin
    return 0.0, "pseudoscalar"


def follows(model):
    """True for a model that is a particle: it has states."""
    return isinstance(model, Model) and bool(model.states)


def couples(model):
    """True for a particle that is made, or there from the beginning; nothing is followed otherwise."""
    return follows(model) and (model.initial is not None or bool(model.decays()))


def thermal(model):
    """True for a particle that stays in equilibrium while neutrinos decouple."""
    return follows(model) and bool(model.equilibrium)


def species_of(model):
    """Return the :class:`boltzmann.Species` and the :class:`injection.Injection` of a particle of any mass.

    Raises
    ------
    ConfigError
        For a decay or a process that is not followed.
    """
    found = daughters(model)
    made, dark = found.without_dark()
    species = Species(
        model.mass_mev, found.width, copies_of(model.states), production_of(model, made), dark,
        model.states[0].statistics,
    )  # fmt: skip
    return species, Injection(model.mass_mev, made.shares, made)


def describe(model):
    """Return the same of a particle that decays within reach.

    Raises
    ------
    DomainError
        For a mass below 1 MeV, where it is a warm relic and not a decaying one.
    ConfigError
        For a decay or a process that is not followed.
    """
    low, high = MASS_RANGE
    if not low <= model.mass_mev <= high:
        raise DomainError(
            f"mass = {model.mass_mev:g} MeV is outside [{low:g}, {high:g}] MeV, where decays of "
            f"{type(model).__name__} in the early Universe are followed"
        )
    return species_of(model)
