"""The shipped curves: found through a small index, read when asked for, filtered, exported."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from ..datafiles import data_path, read_ecsv
from ..errors import ConfigError, DataError, did_you_mean
from .curve import PORTALS, Curve

_REQUIRED = (
    "name", "portal", "experiment", "reference", "cl", "flavour", "nature", "kind", "exponent",
    "contour", "group", "sm_decays_only", "exactness", "origin", "licence", "references",
)  # fmt: skip


@lru_cache(maxsize=1)
def index():
    """Return the table of shipped curves: one row per file with its range and size."""
    return read_ecsv(data_path("lab/index.ecsv"))


def names(portal=None):
    """Return the names of the shipped curves, of one portal if it is given."""
    table = index()
    return [str(r["name"]) for r in table if portal is None or str(r["portal"]) == portal]


def read_curve(path):
    """Read a curve from an ECSV file with the metadata of the shipped files.

    Parameters
    ----------
    path : str or Path
        Columns ``mass`` (with a unit), ``limit`` and, for closed contours, ``edge``.

    Returns
    -------
    Curve

    Raises
    ------
    DataError
        If the file is missing, does not parse or lacks metadata.
    """
    table = read_ecsv(path)
    meta = dict(table.meta)
    missing = [key for key in _REQUIRED if key not in meta]
    missing += [column for column in ("mass", "limit") if column not in table.colnames]
    if missing:
        raise DataError(f"{path} lacks {', '.join(missing)}: a limit without it cannot be used")
    unit = table["mass"].unit
    if unit is None:
        raise DataError(f"{path}: the column 'mass' has no unit (write MeV or GeV)")
    unknown = sorted(set(meta) - set(Curve.__dataclass_fields__))
    if unknown:
        raise DataError(f"{path} has metadata that are not understood: {', '.join(unknown)}")
    if isinstance(meta["cl"], str):
        meta["cl"] = float("nan")
    meta["references"] = tuple(meta["references"])
    channels = [
        (c["name"], float(c["low"]), float(c["high"])) if isinstance(c, dict) else (c, 0.0, np.inf)
        for c in meta.pop("channels", ())
    ]
    return Curve(
        mass_mev=np.asarray(table["mass"].quantity.to_value("MeV")),
        values=np.asarray(table["limit"], dtype=float),
        edge=np.asarray(table["edge"], dtype=str) if "edge" in table.colnames else None,
        channels=tuple(c[0] for c in channels),
        channel_ranges=tuple(channels),
        production=tuple(meta.pop("production", ())),
        **meta,
    )


@lru_cache(maxsize=128)
def _shipped(name):
    return read_curve(data_path(f"lab/{name}.ecsv"))


def load(name):
    """Return one curve by its name, by the path of a user's file, or unchanged if it is a Curve.

    Raises
    ------
    ConfigError
        If there is no such curve.
    """
    if isinstance(name, Curve):
        return name
    text = str(name)
    if text.endswith(".ecsv"):
        return read_curve(Path(text))
    known = names()
    if text not in known:
        raise ConfigError(
            f"no limit curve '{text}'{did_you_mean(text, known)}; see astrobounds.lab.names()"
        )
    return _shipped(text)


def limits(flavour=None, kind=None, experiment=None, portal="mixing", name=None):
    """Return the shipped limit curves that match.

    Parameters
    ----------
    flavour : {"e", "mu", "tau", "universal", "any"}, optional
        "universal" and "any" occur in the dipole portal only and are asked for by that word.
    kind, experiment : str, optional
        Part of the kind ("peak search", "decay in flight") or of the experiment's name, any case.
    portal : {"mixing", "dipole", None}
        |U|^2 or the dipole coupling d; None for both.
    name : str, optional
        The full name of one curve; only its file is read.

    Returns
    -------
    list of Curve
        Sorted by name; empty if nothing matches a combination of known values.

    Raises
    ------
    ConfigError
        For a value that no shipped curve has.
    """
    if name is not None and portal == "mixing":
        portal = None
    if portal is not None and portal not in PORTALS:
        raise ConfigError(
            f"portal = {portal!r}{did_you_mean(portal, PORTALS)}; allowed: mixing, dipole, None"
        )
    if name is not None:
        load(name)
    table = index()
    for key, wanted in (("flavour", flavour), ("kind", kind), ("experiment", experiment)):
        have = sorted({str(v) for v in table[key]})
        if wanted is not None and not any(_matches(key, v, wanted) for v in have):
            raise ConfigError(
                f"no curve has {key} = {wanted!r}{did_you_mean(wanted, have)}; "
                f"there are: {'; '.join(have)}"
            )
    chosen = [
        str(row["name"])
        for row in table
        if (name is None or str(row["name"]) == name)
        and (portal is None or str(row["portal"]) == portal)
        and (flavour is None or _matches("flavour", str(row["flavour"]), flavour))
        and (kind is None or _matches("kind", str(row["kind"]), kind))
        and (experiment is None or _matches("experiment", str(row["experiment"]), experiment))
    ]
    return [_shipped(n) for n in chosen]


def _matches(key, value, wanted):
    if key == "flavour":
        return value == wanted
    return str(wanted).lower() in value.lower()


def export(curves, path):
    """Write curves to one CSV or ECSV file for plotting elsewhere.

    Parameters
    ----------
    curves : Curve or list of Curve or str
    path : str or Path
        ``.csv``: the metadata of every curve as comment lines before the rows;
        ``.ecsv``: the metadata in the YAML header.

    Returns
    -------
    Path

    Raises
    ------
    ConfigError
        For another file ending or an empty list.
    """
    path = Path(path)
    curves = [load(c) for c in ([curves] if isinstance(curves, (Curve, str)) else curves)]
    if not curves:
        raise ConfigError("no curves to export")
    if path.suffix not in (".csv", ".ecsv"):
        raise ConfigError(f"{path}: the ending '{path.suffix}' is not known; use .csv or .ecsv")
    meta = {c.name: {k: _plain(v) for k, v in c.metadata().items()} for c in curves}
    if path.suffix == ".csv":
        lines = [f"# {n}: {k}: {v}" for n, values in meta.items() for k, v in values.items()]
        lines.append("name,mass_MeV,limit,edge")
        for c in curves:
            lines += [f"{c.name},{m!r},{v!r},{e}" for m, v, e in _rows(c)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path
    from astropy.table import Table

    rows = [(c.name, m, v, e) for c in curves for m, v, e in _rows(c)]
    table = Table(rows=rows, names=("name", "mass", "limit", "edge"), meta={"curves": meta})
    table["mass"].unit = "MeV"
    table.write(path, format="ascii.ecsv", overwrite=True)
    return path


def _rows(curve):
    edge = curve.edge if curve.edge is not None else [curve.contour] * curve.values.size
    return [(float(m), float(v), str(e)) for m, v, e in zip(curve.mass_mev, curve.values, edge)]


def _plain(value):
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (bool, int, float, str)) else str(value)
