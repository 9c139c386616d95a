"""Loading stars: by the name of a packaged profile or from a user's own file."""

from dataclasses import replace
from pathlib import Path

from ...datafiles import data_files, data_path, read_ecsv
from ...errors import DataError, did_you_mean
from .profile import fiducial
from .readers import from_arrays, read_radial_file, read_table
from .temperature import scale_temperature

__all__ = ["from_arrays", "load", "names"]


def names():
    """Return the names of the packaged profiles."""
    return [path.stem for path in data_files("supernova")]


def _analytic(path, **options):
    table = read_ecsv(path)
    parameters = dict(zip(table["parameter"], (float(v) for v in table["value"])))
    return fiducial(**{**parameters, **options})


def load(name, **options):
    """Load a star.

    Parameters
    ----------
    name : str or path
        A packaged profile (``"fiducial"``, ``"illustrative-cold"``, ``"illustrative-hot"``), or
        the path of a user's file: an ECSV table with columns radius, rho, temperature, Ye
        [, lapse], or a text file in the 25-column radial format.
    **options
        ``neutrinos="zero"`` or ``"beta"`` for profiles without their own chemical potentials;
        ``temperature_scale``, a factor on every temperature at fixed densities;
        for ``"fiducial"`` also its parameters.

    Returns
    -------
    Star

    Raises
    ------
    DataError
        For an unknown name, a missing column, a bad value (line and column named).
    """
    rest = dict(options)
    scale = rest.pop("temperature_scale", 1.0)
    try:
        star = _load(name, rest)
    except TypeError as error:
        raise DataError(f"star '{name}' with options {options}: {error}") from None
    rest = {k: v for k, v in options.items() if k != "temperature_scale"}
    return scale_temperature(replace(star, origin=(str(name), rest)), scale)


def _load(name, options):
    text = str(name)
    if text in names():
        path = data_path(f"supernova/{text}.ecsv")
        return _analytic(path, **options) if text == "fiducial" else read_table(path, **options)
    path = Path(text).expanduser()
    if not path.is_file():
        raise DataError(
            f"no star '{text}'{did_you_mean(text, names())}; packaged: {', '.join(names())}; "
            "or give the path of a profile file"
        )
    if path.suffix == ".ecsv":
        return read_table(path, **options)
    if options.pop("neutrinos", "own") not in ("own", "zero"):
        raise DataError(
            f"{path} brings its own neutrino chemical potentials: leave neutrinos='beta' out"
        )
    return read_radial_file(path, **options)
