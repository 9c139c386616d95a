"""Which models the equations of neutrinos and a boson take: any boson that decays into neutrino pairs."""

from dataclasses import replace

from ...errors import ConfigError
from ...models.protocol import BOSON, OTHER, Model
from ..neutrinos import decoupling
from . import flags, pairs, thermal


def boson_of(model):
    """Return the :class:`pairs.PairBoson` of a model, or None.

    It must say that its states are bosons and that it decays into two neutrinos only. None is returned
    for everything else, and for a boson without any coupling, which is neither made nor decays.
    """
    if not isinstance(model, Model) or not model.states:
        return None
    if any(s.statistics != BOSON for s in model.states):
        return None
    if model.initial is not None:  # it was there from the beginning: a relic
        return None
    every = [(d.width, d.products) for d in model.decays() if d.width > 0.0]
    if not every or not all(len(p) == 2 and all(map(pairs.flavour_of, p)) for _, p in every):
        return None
    if model.reheating_mev is not None:
        raise ConfigError(
            f"{type(model).__name__}: a reheating temperature is not followed for a boson that decays into "
            "neutrinos alone; its history begins in equilibrium with them or with none of it"
        )
    degrees = sum(s.degrees for s in model.states)
    return pairs.of_decays(model.mass_mev, degrees, every, type(model).__name__)


def inert(model):
    """True for a boson that is its mass and couplings only, all of them zero."""
    if not isinstance(model, Model) or not model.states:
        return False
    if any(s.statistics != BOSON for s in model.states) or any(p.kind == OTHER for p in model.parameters):
        return False
    return not any(model.strengths.values())


def takes(model):
    """True for a model that ``bbn`` may hand to :func:`boson_of`."""
    return boson_of(model) is not None or inert(model)


def evolve(boson, neutrinos="integrated", qed="full", delta_neff=0.0, **grid):
    """Return the :class:`evolution.Evolution` of a boson, flags included.

    Parameters
    ----------
    boson : pairs.PairBoson
    neutrinos : {"integrated", "separate", "common", "momentum"}
        As in :func:`astrobounds.cosmology.bbn`; chemical potentials are always followed.
    qed, delta_neff
        As there.
    **grid
        ``settings`` of :func:`thermal.solve` or :func:`resolved.solve`.

    Raises
    ------
    ConfigError
        For a ready background, in which the boson would already have to be.
    """
    if isinstance(neutrinos, decoupling.Background):
        raise ConfigError(
            "model and neutrinos=Background are both given: a particle must be in the background "
            "already; give one of them"
        )
    if neutrinos == "momentum":
        from . import resolved

        found = resolved.solve(boson, qed=qed, delta_neff=delta_neff, **grid)
        found = replace(found, flags=flags.resolved(found))
    else:
        mixing, _ = decoupling.NEUTRINOS[neutrinos]
        found = thermal.solve(boson, mixing, qed, delta_neff, **grid)
        found = replace(found, flags=flags.thermal(found, mixing))
    return replace(found, background=replace(found.background, boson=found))
