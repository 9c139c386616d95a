"""Options that every constraint on a star shares, checked once."""

import os

from ..checks import boolean, shown
from ..errors import ConfigError


def star_of(star, neutrinos=None):
    """Return a Star from a name, a path or a Star; ``neutrinos`` as in ``supernova.load``."""
    from ..supernova import Star, load

    if isinstance(star, Star):
        return star
    if isinstance(star, os.PathLike):
        star = os.fspath(star)
    if not isinstance(star, str) or not star:
        raise ConfigError(
            f"star = {shown(star)}: the name of a packaged star or the path of a profile"
        )
    return load(star) if neutrinos is None else load(star, neutrinos=neutrinos)


def transport_options(gravity, helicity):
    """Return the options of the transport, with their types checked."""
    from ..supernova.transport.settings import TRANSPORTS

    if not isinstance(helicity, str) or helicity not in TRANSPORTS:
        raise ConfigError(f"helicity = {shown(helicity)}; allowed: {', '.join(TRANSPORTS)}")
    return {"gravity": boolean(gravity, "gravity"), "helicity": helicity}
