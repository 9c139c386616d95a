"""The reader of curve files: every statement of a header is checked, nothing is guessed."""

import re

import numpy as np

from ..datafiles import column, read_table
from ..errors import ConfigError, DataError, did_you_mean
from . import checks
from .couplings import PORTALS, check_portal
from .curve import Curve

REQUIRED = (
    "name", "portal", "experiment", "reference", "cl", "flavour", "nature", "kind", "exponent",
    "contour", "group", "sm_decays_only", "exactness", "origin", "licence", "references",
)  # fmt: skip
OPTIONAL_FOR_BOSONS = ("flavour", "nature")
_MASS = re.compile(r"^([kMGT]?eV)\s*/?\s*c\s*(\^|\*\*)?\s*-?2$")


def read_curve(path):
    """Read a curve from an ECSV file with the metadata of the shipped files.

    Parameters
    ----------
    path : str or Path
        A regular local file. Columns ``mass`` (with a unit of energy or mass), ``limit`` (with the
        unit of its coupling: none for |U|^2, ``1 / GeV`` for d) and, for closed contours, ``edge``.

    Returns
    -------
    Curve

    Raises
    ------
    ConfigError
        If ``path`` is no path at all.
    DataError
        If the file is missing, does not parse, lacks metadata, or a statement in it has no meaning.
    """
    table = read_table(path, "curve file")
    meta = dict(table.meta)
    needed = REQUIRED
    if meta.get("portal", "mixing") not in ("mixing", "dipole"):
        needed = tuple(k for k in REQUIRED if k not in OPTIONAL_FOR_BOSONS)
        meta.setdefault("nature", "any")
    missing = [key for key in needed if key not in meta]
    missing += [name for name in ("mass", "limit") if name not in table.colnames]
    if missing:
        raise DataError(f"{path} lacks {', '.join(missing)}: a limit without it cannot be used")
    inside = ("mass_mev", "values", "edge", "channel_ranges")
    known = [k for k in Curve.__dataclass_fields__ if k not in inside]
    for key in meta:
        if key not in known:
            raise DataError(f"{path} has metadata that are not understood: {key}{did_you_mean(key, known)}")
    extra = [n for n in table.colnames if n not in ("mass", "limit", "edge")]
    if extra:
        raise DataError(f"{path} has columns that are not understood: {', '.join(extra)}")
    try:
        check_portal(meta["portal"])
    except ConfigError as error:
        raise DataError(f"{path}: {error}") from None
    where = f"{path}"
    for key in ("channels", "production", "references", "assumed", "gaps"):
        if not isinstance(meta.get(key, []), (list, tuple)):
            raise DataError(f"{where}: {key} = {meta[key]!r}; a list is needed: [{meta[key]}]")
    ranges = checks.channel_ranges(meta.pop("channels", ()), where)
    return Curve(
        mass_mev=_masses(table, path),
        values=_limits(table, path, PORTALS[meta["portal"]].unit),
        edge=_edges(table, path),
        channels=tuple(r[0] for r in ranges),
        channel_ranges=ranges,
        **meta,
    )


def _masses(table, path):
    from ..units import energy_mev

    values, unit = column(table, "mass", path), table["mass"].unit
    if unit is None:
        raise DataError(f"{path}: the column 'mass' has no unit (write MeV or GeV)")
    natural = _MASS.match(str(unit).strip())
    try:
        return np.asarray(energy_mev(_times(values, natural.group(1) if natural else unit), "mass"))
    except (ConfigError, TypeError, ValueError):  # a DomainError is a ValueError
        raise DataError(f"{path}: the mass has the unit '{unit}'; write MeV or GeV") from None


def _limits(table, path, unit):
    values, given = column(table, "limit", path), table["limit"].unit
    if given is None or not str(given).strip():
        if unit:
            raise DataError(f"{path}: the column 'limit' has no unit; this coupling has {unit}")
        return values
    try:
        return np.asarray(_times(values, given).to_value(unit))
    except (TypeError, ValueError):
        wanted = f"has {unit}" if unit else "is a pure number"
        raise DataError(f"{path}: the limit has the unit '{given}'; this coupling {wanted}") from None


def _times(values, unit):
    import astropy.units as u

    return u.Quantity(values, u.Unit(unit))


def _edges(table, path):
    if "edge" not in table.colnames:
        return None
    cells = table["edge"]
    if getattr(cells, "mask", None) is not None and np.any(cells.mask):
        row = int(np.flatnonzero(cells.mask)[0]) + 1
        raise DataError(f"{path}: row {row} of the column 'edge' is empty; write lower or upper")
    return np.asarray(cells, dtype=str)
