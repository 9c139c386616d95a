"""Which models the equations of neutrinos and a boson take: any boson that decays into neutrino pairs."""

from dataclasses import replace

from ...errors import ConfigError
from ..neutrinos import decoupling
from . import flags, pairs, thermal


def _products(decay):
    """Names of the products of a decay, with their flavours."""
    names = tuple(decay.products)
    if all(pairs.flavour_of(p) for p in names):
        return names
    return tuple(decay.name.split())


def boson_of(model):
    """Return the :class:`pairs.PairBoson` of a model, or None.

    A boson says how many ``polarisations`` it has and decays into two neutrinos only. None is returned
    for everything else, and for one without any coupling, which is neither made nor decays.
    """
    if not (hasattr(model, "polarisations") and hasattr(model, "decays")):
        return None
    every = [(d.width_mev, _products(d)) for d in model.decays()]
    if not every or not all(len(p) == 2 and all(map(pairs.flavour_of, p)) for _, p in every):
        return None
    return pairs.of_decays(model.mass_mev, model.polarisations, every, type(model).__name__)


def takes(model):
    """True for a boson that decays into pairs of neutrinos or, without coupling, into nothing."""
    if not (hasattr(model, "polarisations") and hasattr(model, "decays")):
        return False
    return boson_of(model) is not None or not model.decays()


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
