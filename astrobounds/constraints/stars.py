"""Options that every constraint on a star shares, checked once."""

import os

from ..checks import boolean, shown
from ..errors import ConfigError


def star_of(star, neutrinos=None):
    """Return a Star from a name, a path, a Star or a mapping; ``neutrinos`` as in ``supernova.load``.

    A mapping has the ``name`` and options of :func:`astrobounds.supernova.load`, as in a run file
    ``star: {name: fiducial, neutrinos: equilibrium, mean_field: true}``.
    """
    from ..supernova import Star, load

    if isinstance(star, Star):
        return star
    options = {}
    if isinstance(star, dict):
        options = {str(k): v for k, v in star.items()}
        star = options.pop("name", None)
    if isinstance(star, os.PathLike):
        star = os.fspath(star)
    if not isinstance(star, str) or not star:
        raise ConfigError(
            f"star = {shown(star)}: the name of a packaged star or the path of a profile, or a mapping "
            "with its name and options"
        )
    if neutrinos is not None:
        options["neutrinos"] = neutrinos
    return load(star, **options)


def transport_options(gravity, helicity):
    """Return the options of the transport, with their types checked."""
    from ..supernova.transport.settings import TRANSPORTS

    if not isinstance(helicity, str) or helicity not in TRANSPORTS:
        raise ConfigError(f"helicity = {shown(helicity)}; allowed: {', '.join(TRANSPORTS)}")
    return {"gravity": boolean(gravity, "gravity"), "helicity": helicity}
