"""Which models the equations of neutrinos and a boson take: any boson that decays into neutrino pairs."""

from dataclasses import replace

from ...errors import ConfigError
from ...models import neutrino_pairs
from ...models.neutrino_pairs import inert
from ..neutrinos import decoupling
from . import flags, thermal

__all__ = ["boson_of", "evolve", "takes"]


def boson_of(model):
    """Return the boson whose history these equations follow from its absence or equilibrium, or None.

    Raises
    ------
    ConfigError
        For one that reheating made.
    """
    found = neutrino_pairs.boson_of(model)
    if found is None or model.initial is not None:  # there from the beginning: a relic
        return None
    if model.reheating_mev is not None:
        raise ConfigError(
            f"{type(model).__name__}: a reheating temperature is not followed for a boson that decays into "
            "neutrinos alone; its history begins with none of it or in equilibrium"
        )
    return found


def takes(model):
    """True for a model that ``bbn`` may hand to :func:`boson_of`."""
    return boson_of(model) is not None or inert(model)


def evolve(boson, neutrinos="integrated", qed="full", delta_neff=0.0, **grid):
    """Return the :class:`evolution.Evolution` of a boson, flags included.

    Parameters
    ----------
    boson : neutrino_pairs.PairBoson
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
