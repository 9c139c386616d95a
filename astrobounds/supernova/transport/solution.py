"""The ray solution of a model in a star, kept for the last masses; what it warns of.

    model.processes() -> rates in the star's media -> transport along rays
"""

import warnings
from dataclasses import replace
from functools import lru_cache

from ...errors import DomainError, ValidityWarning
from ...reactions import kinds
from ...reactions.bosons import make_bosons
from ..star.sphere import neutrino_sphere
from .boson import BosonSolution, medium_of
from .matter import LIGHT
from .neutrino_pairs import warn_of_potentials
from .rate_table import rate_tables
from .rays import RaySolution
from .settings import DEFAULT, FINE_ENERGIES, RADIUS_MAX_KM, Transport


def unit_model(model):
    """Return the model with every coupling that is not zero, or all of them, to list its processes."""
    cls = type(model)
    parameters = cls.coupling_parameters()
    if any(model.values.get(p.name, 0.0) > 0.0 for p in parameters):
        return model
    floor = {p.name: p.low if p.low > 0.0 else 1e-30 for p in parameters}
    return cls.from_values({**model.values, **floor}, **model.chosen)


def neutrino_legs(processes):
    """Return the processes whose partners are neutrinos alone."""
    return tuple(
        p for p in processes if p.kind == "coalescence"
        and all(name.startswith("nu") for legs in p.channels for name in legs)
    )  # fmt: skip


def decays_are_absorption(model, decays=True):
    """True if the decays of a model are part of its absorption: inverse decays are processes of it.

    ``decays`` as in the settings: False leaves those of a particle that mixes out.
    """
    kinds_of_decays = ("coalescence", "inverse decay", *(("inverse decays",) if decays else ()))
    return any(p.kind in kinds_of_decays or getattr(p, "inverse_decay", False)
               for p in unit_model(model).processes())  # fmt: skip


def absorbing_radius(model, star, options=None):
    """Return the radius [km] up to which decays are in the transport already; 0 if they are not.

    ``options`` of the emission, as a user gives them: ``r_max``, ``decays``.
    """
    from ...units import length_cm

    options = options or {}
    if not decays_are_absorption(model, options.get("decays", True)):
        return 0.0
    if options.get("r_max") is not None:
        return length_cm(options["r_max"], "r_max") / 1e5
    limit = min(RADIUS_MAX_KM, star.breaks[-1]) if hasattr(star, "breaks") else RADIUS_MAX_KM
    processes = unit_model(model).processes()
    if len(neutrino_legs(processes)) == len(processes) and hasattr(star, "breaks"):
        return neutrino_sphere(star, limit)
    return limit


def settings_of(model, star, options):
    """Return the :class:`Transport` of a call, with radii filled in and checked.

    Raises
    ------
    DomainError
        For a model that no reaction makes in a star.
    """
    settings = options.pop("settings", None) or Transport.of(**options)
    processes = unit_model(model).processes() if hasattr(model, "processes") else ()
    if not processes:
        raise DomainError(
            f"{type(model).__name__} has no processes that make it in a star: supernova emission is "
            "available for models that list reactions (HNL, DipoleHNL, Mediator, ...), or give a "
            "spectrum of your own"
        )
    sphere = None
    if len(neutrino_legs(processes)) == len(processes) and hasattr(star, "breaks"):
        sphere = neutrino_sphere(star, min(RADIUS_MAX_KM, star.breaks[-1]))
    settings = settings.placed(star, sphere)
    settings = replace(settings, medium=medium_of(processes, settings.medium))
    mixes = any(getattr(p, "mixes", False) for p in processes)
    settings = replace(settings, matter=settings.matter and mixes)
    if settings.matter and settings.resolution == DEFAULT and model.mass_mev < LIGHT:
        settings = replace(settings, resolution=FINE_ENERGIES)
    return settings


@lru_cache(maxsize=8)
def _tables(mass, processes, star, settings):
    """Rate tables; what does not change rates is not part of ``settings``."""
    return rate_tables(mass, processes, star, settings)


@lru_cache(maxsize=12)
def _solution(mass, processes, states, star, settings, dressing):
    if make_bosons(processes):
        return BosonSolution(mass, processes, states, star, settings, dressing)
    plain = replace(settings, gravity=True, helicity="helicity", core=None, matter=True)
    tables = _tables(mass, processes, star, plain)
    closed = [p for p in processes if hasattr(kinds.module_of(p.kind), "cell_rates")]
    return RaySolution(mass, tables, closed, states, star, settings)


def clear():
    """Forget the tables and solutions that are kept."""
    _tables.cache_clear()
    _solution.cache_clear()


def solution(model, star, **options):
    """Return the :class:`RaySolution` of a model's mass and couplings (cached for the last masses).

    With ``core`` (Quantity, a radius inside ``r_max``) it can also give the net flux there.
    """
    settings = settings_of(model, star, dict(options))
    processes = unit_model(model).processes()
    dressing = getattr(model, "dressing", None)
    ray = _solution(model.mass_mev, processes, model.states, star, settings, dressing)
    if ray.resonant:
        warnings.warn(
            f"mass = {model.mass_mev:g} MeV: matter changes the mixing in the core and neutrinos meet "
            "a resonance with N there; conversion across it is that of Landau and Zener along straight "
            "rays, and what it does to the neutrinos and to the star is not followed",
            ValidityWarning,
            stacklevel=3,
        )
    warn_of_potentials(model.mass_mev, neutrino_legs(processes), star, settings.r_max)
    return ray
