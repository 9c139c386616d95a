"""Which particles the early Universe can follow: any model that says what it is."""

from dataclasses import replace

from ...errors import ConfigError, DomainError
from ...models.protocol import Model
from ..neutrinos import decoupling
from . import history
from .momentum import resolve
from .species import MASS_RANGE, couples, describe, follows, thermal

__all__ = ["MASS_RANGE", "check", "couples", "describe", "evolve", "follows", "thermal"]


def check(model, neutrinos):
    """Raise ConfigError unless ``model`` can be an argument of ``bbn`` with these neutrinos."""
    if follows(model):
        if isinstance(neutrinos, decoupling.Background):
            raise ConfigError(
                "model and neutrinos=Background are both given: a particle must be in the "
                "background already; give one of them"
            )
        return
    for item in model if isinstance(model, (tuple, list)) else (model,):
        if item is not None and not isinstance(item, (decoupling.Relic, decoupling.External)):
            what = "a model without states" if isinstance(item, Model) else "it is no model"
            raise ConfigError(
                f"model of type {type(item).__name__} ({what}): give a particle such as an HNL, a "
                "cosmology.decoupling.Relic, a cosmology.decoupling.External or a tuple of the last two"
            )


def evolve(model, eta, momentum=False, **options):
    """Return the :class:`history.Evolution` of a particle, options as there.

    ``momentum``: neutrinos with momentum-resolved spectra.
    """
    finish = resolve if momentum else None
    out = history.evolve(*describe(model), eta, finish=finish, **options)
    flags = out.modes.species.production.flags(out)
    for name, why in flags:
        if name == "photons and neutrinos coupled":
            raise DomainError(f"{name}: {why}; choose neutrinos='integrated'")
    return replace(out, flags=(*flags, *out.flags))
