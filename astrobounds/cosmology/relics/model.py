"""Which particles the early Universe can follow, and what it needs to know of each of them."""

from dataclasses import dataclass, field, replace

from ... import constants as const
from ...errors import ConfigError, DomainError
from ...models.hnl import HNL
from ..neutrinos import decoupling
from . import dipole as relic_dipole

MASS_RANGE = (1.0, const.M_D)  # MeV


@dataclass(frozen=True)
class DarkDecay:
    """A particle with a further decay into dark radiation, N -> nu a, nu Z_D or the like.

    Parameters
    ----------
    particle : HNL
        Its own decays and production are kept.
    width : Quantity
        Partial width of the dark decay [energy]; all its energy goes to dark radiation that does
        not thermalise.

    Raises
    ------
    ConfigError
        For another kind of particle.
    DomainError
        For a width that is negative or has no unit.
    """

    particle: object
    width: object = field(compare=False)
    width_mev: float = field(init=False, repr=False)

    def __post_init__(self):
        from ...units import energy_mev, finite

        if not isinstance(self.particle, HNL):
            raise ConfigError(f"DarkDecay of {type(self.particle).__name__}: give an HNL")
        value = finite(energy_mev(self.width, "width"), "width [MeV]", 0.0)
        object.__setattr__(self, "width_mev", value)

    @property
    def references(self):
        """BibTeX keys."""
        return self.particle.references


def is_particle(model):
    """True for a model whose production and decays are computed here."""
    return isinstance(model, (HNL, DarkDecay)) or relic_dipole.is_particle(model)


def decays(model):
    """True for a particle that couples at all; without mixing it is neither made nor decays."""
    if relic_dipole.is_particle(model):
        return relic_dipole.decays(model)
    particle = model.particle if isinstance(model, DarkDecay) else model
    return isinstance(particle, HNL) and max(particle.mixing_vector) > 0.0


def check(model, neutrinos):
    """Raise ConfigError unless ``model`` can be an argument of ``bbn`` with these neutrinos."""
    if is_particle(model):
        if isinstance(neutrinos, decoupling.Background):
            raise ConfigError(
                "model and neutrinos=Background are both given: a particle must be in the "
                "background already; give one of them"
            )
        return
    for item in model if isinstance(model, (tuple, list)) else (model,):
        if item is not None and not isinstance(item, (decoupling.Relic, decoupling.External)):
            raise ConfigError(
                f"model of type {type(item).__name__}: give an HNL, a DipoleHNL, a "
                "cosmology.DarkDecay, a cosmology.Reheating, a cosmology.decoupling.Relic, a "
                "cosmology.decoupling.External or a tuple of the last two"
            )


def describe(model):
    """Return the ``relic.Species`` and the ``injection.Injection`` of a particle.

    Raises
    ------
    DomainError
        For a mass below 1 MeV, where it is a warm relic and not a decaying one.
    """
    from . import boltzmann as relic
    from . import injection

    if relic_dipole.is_particle(model):
        return relic_dipole.describe(model, MASS_RANGE)
    dark = model.width_mev if isinstance(model, DarkDecay) else 0.0
    hnl = model.particle if isinstance(model, DarkDecay) else model
    low, high = MASS_RANGE
    if not low <= hnl.mass_mev <= high:
        raise DomainError(
            f"mass = {hnl.mass_mev:g} MeV is outside [{low:g}, {high:g}] MeV, where decays of an "
            "HNL in the early Universe are followed"
        )
    return relic.Species.of_hnl(hnl, dark), injection.of_model(hnl)[0]


def evolve(model, eta, **options):
    """Return the :class:`relic_history.Evolution` of a particle, options as there."""
    from . import history as relic_history

    out = relic_history.evolve(*describe(model), eta, **options)
    if relic_dipole.is_particle(model):
        flags = relic_dipole.flags(out)
        for name, why in flags:
            if name == "photons and neutrinos coupled":
                raise DomainError(f"{name}: {why}; choose neutrinos='integrated'")
        out = replace(out, flags=(*flags, *out.flags))
    return out
