"""The shipped curves: found through a small index, read when asked for, filtered, exported."""

import os
from functools import lru_cache

from ..datafiles import data_path, read_ecsv
from ..errors import ConfigError, did_you_mean
from . import checks
from .couplings import PORTALS, check_portal
from .curve import Curve
from .curvefile import read_curve


@lru_cache(maxsize=1)
def index():
    """Return the table of shipped curves: one row per file with its folder, range and size."""
    return read_ecsv(data_path("lab/index.ecsv"))


def names(portal=None, projection=False):
    """Return the names of the shipped curves.

    Parameters
    ----------
    portal : str, optional
        Only curves of this portal.
    projection : bool or None
        False: limits; True: projections of planned experiments; None: both.
    """
    if portal is not None:
        check_portal(portal)
    if projection is not None:
        projection = checks.switch(projection, "projection")
    return [
        str(r["name"]) for r in index()
        if (portal is None or str(r["portal"]) == portal)
        and (projection is None or bool(r["projection"]) == projection)
    ]  # fmt: skip


@lru_cache(maxsize=1)
def _folders():
    return {str(r["name"]): str(r["folder"]) for r in index()}


@lru_cache(maxsize=512)
def _shipped(name):
    return read_curve(data_path(f"{_folders()[name]}/{name}.ecsv"))


def load(name):
    """Return one curve by its name, by the path of a user's file, or unchanged if it is a Curve.

    Raises
    ------
    ConfigError
        If there is no such curve.
    """
    if isinstance(name, Curve):
        return name
    if isinstance(name, bytes) or not isinstance(name, (str, os.PathLike)):
        raise ConfigError(f"{str(name)[:60]!r} is not a curve: give a name, a path or a Curve")
    text = os.fspath(name)
    if text.endswith(".ecsv"):
        return read_curve(text)
    if text not in _folders():
        raise ConfigError(
            f"no limit curve '{text[:120]}'{did_you_mean(text, _folders())}; see "
            "astrobounds.lab.names(), or give the path of an .ecsv file"
        )
    return _shipped(text)


def curves_of(given):
    """Return a list of curves from a curve, a name, a path or a list of these."""
    if isinstance(given, (Curve, str, os.PathLike)):
        given = [given]
    try:
        given = list(given)
    except TypeError:
        raise ConfigError(f"curves = {str(given)[:60]!r}: a list of names, paths or Curves") from None
    return [load(c) for c in given]


def limits(
    flavour=None, kind=None, experiment=None, portal="mixing", name=None, *, particle=None,
    coupling=None, projection=False,
):  # fmt: skip
    """Return the shipped limit curves that match.

    Parameters
    ----------
    flavour : {"e", "mu", "tau", "universal", "any"}, optional
        "universal" and "any" occur in the dipole portal only and are asked for by that word.
    kind, experiment : str, optional
        Part of the kind ("peak search", "decay in flight") or of the experiment's name, any case.
    portal : str or None
        "mixing" (|U|^2 of an HNL, the default), "dipole", "alp-photon", "alp-electron",
        "alp-fermion", "dark-photon", "dark-scalar"; None for all.
    name : str, optional
        The full name of one curve; only its file is read.
    particle : {"HNL", "DipoleHNL", "ALP", "DarkPhoton", "DarkScalar"}, optional
        Every portal of this particle.
    coupling : str, optional
        A parameter of the particle ("photon", "mixing.tau") or its first part ("mixing").
    projection : bool or None
        False: limits; True: reaches of planned experiments, which are no limits; None: both.

    Returns
    -------
    list of Curve
        Sorted by name; empty if nothing matches a combination of known values.

    Raises
    ------
    ConfigError
        For a value that no shipped curve has.
    """
    if name is not None:
        load(name)
        portal = None if portal == "mixing" else portal
        projection = None if projection is False else projection
    if portal is not None:
        check_portal(portal)
    chosen = [portal] if portal is not None else list(PORTALS)
    if particle is not None:
        checks.choice(particle, sorted({p.particle for p in PORTALS.values()}), "particle")
        chosen = [k for k, p in PORTALS.items() if p.particle == particle and portal in (None, "mixing", k)]
    if coupling is not None:
        chosen = _with_coupling(coupling, chosen if particle is not None else list(PORTALS))
        if particle is None and portal in chosen:
            chosen = [portal]
    table = index()
    for key, wanted in (("kind", kind), ("experiment", experiment)):
        checks.part_of(wanted, sorted({str(v) for v in table[key]}), key)
    checks.choice(flavour, sorted({str(v) for v in table["flavour"]}), "no curve has this flavour: flavour")
    allowed = set(names(projection=projection))
    return [
        _shipped(str(row["name"])) for row in table
        if str(row["name"]) in allowed
        and (name is None or str(row["name"]) == name)
        and str(row["portal"]) in chosen
        and (flavour is None or str(row["flavour"]) == flavour)
        and (kind is None or kind.lower() in str(row["kind"]).lower())
        and (experiment is None or experiment.lower() in str(row["experiment"]).lower())
        and (coupling is None or _limits_coupling(row, coupling))
    ]  # fmt: skip


def _with_coupling(coupling, portals):
    """Return the portals that limit a coupling given by its name or the first part of it."""
    every = {n for k in portals for n in PORTALS[k].parameters}
    every |= {n.partition(".")[0] for n in every}
    checks.choice(coupling, sorted(every), "coupling")
    return [
        k for k in portals
        if any(coupling in (n, n.partition(".")[0]) for n in PORTALS[k].parameters)
    ]  # fmt: skip


def _limits_coupling(row, coupling):
    tail = coupling.partition(".")[2]
    return not tail or str(row["flavour"]) in (tail, "universal", "any")


def table(curves):
    """Return one row per curve: what it is, where it holds, how strong it is, who says so.

    Parameters
    ----------
    curves : Curve, str or list of these

    Returns
    -------
    Table
        Masses in MeV; ``strongest`` in the unit of the curve, at ``strongest_mass``.
    """
    from astropy.table import Table

    rows = []
    for c in curves_of(curves):
        best = int(c.values.argmin())
        low, high = c.range_mev
        rows.append((
            c.name, c.experiment, c.reference, c.cl, c.nature, c.kind, c.exponent, c.contour, low, high,
            float(c.values[best]), float(c.mass_mev[best]), c.group, c.exactness,
        ))  # fmt: skip
    names = (
        "name", "experiment", "reference", "cl", "nature", "kind", "exponent", "contour", "low", "high",
        "strongest", "strongest_mass", "group", "exactness",
    )  # fmt: skip
    kinds = (str, str, str, float, str, str, int, str, float, float, float, float, str, str)
    out = Table(rows=rows or None, names=names, dtype=kinds)
    for name in ("low", "high", "strongest_mass"):
        out[name].unit = "MeV"
    return out


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
        For another file ending, a missing folder or an empty list.
    """
    curves = curves_of(curves)
    if not curves:
        raise ConfigError("no curves to export")
    path = checks.output_path(path, (".csv", ".ecsv"))
    meta = {c.name: {k: _plain(v) for k, v in c.metadata().items()} for c in curves}
    try:
        _write(curves, meta, path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from None
    return path


def _write(curves, meta, path):
    if path.suffix == ".csv":
        lines = [f"# {n}: {k}: {v}" for n, values in meta.items() for k, v in values.items()]
        lines.append("name,mass_MeV,limit,edge")
        for c in curves:
            lines += [f"{c.name},{m!r},{v!r},{e}" for m, v, e in _rows(c)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    from astropy.table import Table

    rows = [(c.name, m, v, e) for c in curves for m, v, e in _rows(c)]
    table = Table(rows=rows, names=("name", "mass", "limit", "edge"), meta={"curves": meta})
    table["mass"].unit = "MeV"
    table.write(path, format="ascii.ecsv", overwrite=True)


def _rows(curve):
    edge = curve.edge if curve.edge is not None else [curve.contour] * curve.values.size
    return [(float(m), float(v), str(e)) for m, v, e in zip(curve.mass_mev, curve.values, edge)]


def _plain(value):
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (bool, int, float, str)) else str(value)
