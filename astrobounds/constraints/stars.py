"""Options that every constraint on a star shares, checked once."""

import os

from ..checks import boolean, choice, shown
from ..errors import ConfigError

NUCLEONS = "form factors"  # weak currents of nucleons that constraints take by default


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


def transport_options(gravity=True, helicity="helicity", nucleons=NUCLEONS, decays=True):
    """Return the options of the transport, with their types checked.

    Parameters
    ----------
    gravity, helicity, nucleons, decays
        As for :func:`astrobounds.supernova.emission`; the last two for a particle that mixes with
        neutrinos: ``nucleons="contact", decays=False`` are the rates of older bounds.

    Raises
    ------
    ConfigError
        For a value that is not allowed.
    """
    from ..reactions.form_factors import NUCLEONS as CURRENTS
    from ..supernova.transport.settings import TRANSPORTS

    return {
        "gravity": boolean(gravity, "gravity"),
        "helicity": choice(helicity, "helicity", TRANSPORTS),
        "nucleons": choice(nucleons, "nucleons", CURRENTS),
        "decays": boolean(decays, "decays"),
    }


def told_options(options):
    """Return a text that names the options of the transport."""
    nucleons = {"form factors": "with form factors", "contact": "in contact form"}
    return (
        f"gravity {'on' if options['gravity'] else 'off'}, mean free path by {options['helicity']}; "
        f"mixing: nucleons {nucleons[options['nucleons']]}, decays in the medium "
        f"{'on' if options['decays'] else 'off'}"
    )
