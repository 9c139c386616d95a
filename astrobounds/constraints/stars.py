"""Options that every constraint on a star shares, checked once."""

from ..errors import ConfigError


def star_of(star, neutrinos=None):
    """Return a Star from a name, a path or a Star; ``neutrinos`` as in ``supernova.load``."""
    from ..supernova import Star, load

    if isinstance(star, Star):
        return star
    if not isinstance(star, str):
        raise ConfigError(f"star = {star!r}: the name of a packaged star or the path of a profile")
    return load(star) if neutrinos is None else load(star, neutrinos=neutrinos)


def transport_options(gravity, helicity):
    """Return the options of the transport, with their types checked."""
    from ..supernova.transport.settings import TRANSPORTS

    if not isinstance(gravity, bool):
        raise ConfigError(f"gravity = {gravity!r}: true or false is needed")
    if helicity not in TRANSPORTS:
        raise ConfigError(f"helicity = {helicity!r}; allowed: {', '.join(TRANSPORTS)}")
    return {"gravity": gravity, "helicity": helicity}
