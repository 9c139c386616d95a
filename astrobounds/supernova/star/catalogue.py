"""Loading stars: by the name of a packaged profile or from a user's own file."""

from dataclasses import replace
from pathlib import Path

from ...datafiles import data_files, data_path, read_ecsv
from ...errors import DataError, did_you_mean
from .axial_response import with_axial_response
from .fiducial import fiducial
from .readers import from_arrays, read_radial_file, read_table
from .temperature import scale_temperature

__all__ = ["from_arrays", "load", "names"]
ANALYTIC = ("fiducial", "fiducial-39")  # profiles that are formulas with parameters


def names():
    """Return the names of the packaged profiles."""
    return [path.stem for path in data_files("supernova")]


def _analytic(path, **options):
    table = read_ecsv(path)
    parameters = dict(zip(table["parameter"], (float(v) for v in table["value"])))
    star = fiducial(**{**parameters, **options})
    said = {key: table.meta[key] for key in ("calibrated_to", "not_calibrated") if key in table.meta}
    references = tuple(dict.fromkeys((*star.references, *table.meta["references"])))
    name = star.name.replace("fiducial", path.stem, 1)
    return replace(star, name=name, meta={**star.meta, **said}, references=references)


def load(name, **options):
    """Load a star.

    Parameters
    ----------
    name : str or path
        A packaged profile (``"fiducial"``; ``"fiducial-39"``, whose peak temperature of 39.3 MeV is
        calibrated on spectra published for a simulated model, see its ``meta``;
        ``"illustrative-cold"``, ``"illustrative-hot"``), or
        the path of a user's file: an ECSV table with columns radius, rho, temperature, Ye
        [, lapse], or a text file in the 25-column radial format.
    **options
        For profiles without their own chemical potentials: ``neutrinos`` (``"zero"``, ``"beta"``,
        ``"equilibrium"``, ``"two-region"``), ``mean_field`` (True or ``"dd2"``, or a number a for
        m* = m/(1 + a n/n0)), ``muons`` (True), ``core`` (Y_c, radius [km], width [km]) of
        ``"two-region"``; see :class:`astrobounds.supernova.star.ideal_gas.Matter`.
        ``axial_response="horowitz2017"``: suppressed axial currents of nucleons.
        ``temperature_scale``, a factor on every temperature at fixed densities.
        For ``"fiducial"`` and ``"fiducial-39"`` also their parameters.

    Returns
    -------
    Star

    Raises
    ------
    DataError
        For an unknown name, a missing column, a bad value (line and column named).
    """
    rest = dict(options)
    scale, response = rest.pop("temperature_scale", 1.0), rest.pop("axial_response", None)
    try:
        star = _load(name, rest)
    except TypeError as error:
        raise DataError(f"star '{name}' with options {options}: {error}") from None
    rest = {k: v for k, v in options.items() if k != "temperature_scale"}
    star = with_axial_response(replace(star, origin=(str(name), rest)), response)
    return scale_temperature(star, scale)


def _load(name, options):
    text = str(name)
    if text in names():
        path = data_path(f"supernova/{text}.ecsv")
        if text in ANALYTIC:
            return _analytic(path, **options)
        return read_table(path, packaged=True, **options)
    path = Path(text).expanduser()
    if not path.is_file():
        raise DataError(
            f"no star '{text}'{did_you_mean(text, names())}; packaged: {', '.join(names())}; "
            "or give the path of a profile file"
        )
    if path.suffix == ".ecsv":
        return read_table(path, **options)
    for option, neutral in (("neutrinos", "zero"), ("mean_field", False), ("muons", False)):
        value = options.pop(option, neutral)
        if value not in (neutral, None):
            raise DataError(
                f"{path} brings its own chemical potentials and effective masses: leave "
                f"{option}={value!r} out"
            )
    return read_radial_file(path, **options)
