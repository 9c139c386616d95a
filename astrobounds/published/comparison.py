"""Ours over theirs: the edges of a scan against published edges, at the published points."""

from dataclasses import dataclass, field

import numpy as np

from ..errors import ConfigError
from .catalogue import load, on_parameter

COLUMNS = ("bound", "observable", "constraint", "edge", "mass", "theirs", "ours", "ratio")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Edges of a scan over published edges.

    Attributes
    ----------
    rows : tuple of tuple
        (bound, observable, constraint, "lower" or "upper", mass [MeV], theirs, ours, ours/theirs) at
        every published point inside the grid; nan where the scan has no such edge there.
    unit : str
        Of theirs and ours.
    left_out : dict
        Bound to the reason why it was not compared.
    references : tuple of str
    """

    rows: tuple
    unit: str = ""
    left_out: dict = field(default_factory=dict)
    references: tuple = ()

    def __repr__(self):
        lines = [
            f"{b}, {edge} edge, '{c}': ours/theirs {mid:.3g} ({low:.3g} to {high:.3g}) at {n} of {total}"
            for b, c, edge, n, total, mid, low, high in self.summary()
        ]
        lines += [f"{name}: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines) or "Comparison(nothing to compare)"

    def summary(self):
        """Return rows (bound, constraint, edge, points compared, points, median ratio, least, largest)."""
        out = []
        for key in dict.fromkeys((r[0], r[2], r[3]) for r in self.rows):
            ratio = np.array([r[7] for r in self.rows if (r[0], r[2], r[3]) == key])
            known = ratio[np.isfinite(ratio)]
            spread = (np.median(known), known.min(), known.max()) if known.size else (np.nan,) * 3
            out.append((*key, int(known.size), int(ratio.size), *map(float, spread)))
        return out

    def to_table(self):
        """Return the rows as an astropy Table."""
        from astropy.table import Table

        kinds = (str, str, str, str, float, float, float, float)
        table = Table(rows=list(self.rows) or None, names=COLUMNS, dtype=kinds)
        table["mass"].unit = "MeV"
        for name in ("theirs", "ours"):
            table[name].unit = self.unit or None
        return table


def compare(scan, bounds=None, constraint=None, particle=None, cl=0.9, rule="limit"):
    """Table our edges over published edges at the published points.

    Parameters
    ----------
    scan : Scan
        A scan of the mass and one coupling. Any object with ``x`` (masses in MeV), ``y`` (values in the
        unit of the bounds), ``y_name`` and either ``limits(cl=, rule=)`` as a Scan has it or ``values``,
        lnL relative to the absence of the particle, shape (x, y).
    bounds : list of Bound or str, optional
        Default: every published bound on the parameter of the y axis whose observable is the name of a
        constraint in the scan.
    constraint : str, optional
        Whose edge is compared, instead of the constraint named like the observable; "all" for the joint
        one.
    particle : str, optional
        Needed where two particles have a parameter of this name.
    cl, rule
        What counts as excluded in the scan.

    Returns
    -------
    Comparison

    Raises
    ------
    ConfigError
        For an object that is no scan over mass and a parameter.

    Notes
    -----
    An edge of ours at a published mass is interpolated in logarithms between the two columns of the scan
    around it; of several excluded intervals in a column that is taken which overlaps most with the
    published region (the nearest, if none overlaps). Criteria, stars and natures are those of the paper
    and of the scan: the ratio is not corrected for them.
    """
    x, y, name = _axes(scan)
    intervals = _intervals(scan, x, y, cl, rule)
    chosen = on_parameter(name, particle) if bounds is None else [load(b) for b in _listed(bounds)]
    rows, left_out, references, units = [], {}, set(), set()
    for bound in chosen:
        who = constraint or (bound.observable if bound.observable in intervals else None)
        if name not in bound.parameters:
            left_out[bound.name] = f"a bound on {'/'.join(bound.parameters)}, the scan has {name}"
        elif who is None and bounds is not None and len(intervals) == 1:
            who = next(iter(intervals))
        elif who is None:
            left_out[bound.name] = f"no constraint '{bound.observable}' in this scan"
        elif who not in intervals:
            raise ConfigError(f"no constraint '{who}' in this scan; there are: {', '.join(intervals)}")
        if bound.name in left_out:
            continue
        found = _ratios(bound, who, x, intervals[who])
        if found:
            rows += found
            references |= set(bound.references)
            units.add(bound.unit)
        else:
            left_out[bound.name] = "no published point inside the masses of the scan"
    return Comparison(tuple(rows), "".join(units), left_out, tuple(sorted(references)))


def _listed(bounds):
    return [bounds] if isinstance(bounds, str) or not isinstance(bounds, (list, tuple)) else bounds


def _axes(scan):
    try:
        x, y = (np.asarray(getattr(scan, k), dtype=float) for k in ("x", "y"))
        name = str(scan.y_name)
    except (AttributeError, TypeError, ValueError):
        raise ConfigError(
            f"{type(scan).__name__} is not a scan: x, y and y_name are needed (masses in MeV, values)"
        ) from None
    if getattr(scan, "x_name", "mass") != "mass" or x.ndim != 1 or y.ndim != 1 or min(x.size, y.size) < 2:
        raise ConfigError("only scans with the mass on the x axis and one coupling on the y axis compare")
    return x, y, name


def _intervals(scan, x, y, cl, rule):
    """Return ``{constraint: [intervals of column i]}``; an end outside the grid is None."""
    if hasattr(scan, "limits"):
        names = [*getattr(scan, "loglike", {}), "all"]
        out = {n: [[] for _ in x] for n in names}
        for mass, who, low, high in scan.limits(cl=cl, rule=rule):
            out.setdefault(who, [[] for _ in x])[int(np.argmin(np.abs(x - mass)))].append((low, high))
        if len(names) == 2:
            out["all"] = out[names[0]]
        return out
    values = np.asarray(getattr(scan, "values", None), dtype=float)
    if values.shape != (x.size, y.size):
        raise ConfigError(f"values of the scan: shape {values.shape}, {(x.size, y.size)} is needed")
    return {"all": [_excluded(np.log(y), column - np.log1p(-cl)) for column in values]}


def _excluded(t, height):
    """Return the (low, high) ranges of exp(t) where ``height`` < 0; None at an end of the grid."""
    inside = np.where(np.isnan(height), 1.0, height) < 0.0
    out, start = [], None
    for i in range(inside.size):
        if inside[i] and (i == 0 or not inside[i - 1]):
            start = None if i == 0 else _cross(t, height, i - 1)
        if inside[i] and (i == inside.size - 1 or not inside[i + 1]):
            out.append((start, None if i == inside.size - 1 else _cross(t, height, i)))
    return out


def _cross(t, height, i):
    a, b = height[i], height[i + 1]
    if not (np.isfinite(a) and np.isfinite(b)):
        return float(np.exp(t[i] if a < 0 else t[i + 1]))
    return float(np.exp(t[i] - a * (t[i + 1] - t[i]) / (b - a)))


def _ratios(bound, who, x, columns):
    rows = []
    kinds = ("lower", "upper") if bound.region == "closed" else (
        ("upper",) if bound.region == "below" else ("lower",)
    )  # fmt: skip
    for kind in kinds:
        mask = bound.edge == kind if bound.edge is not None else np.ones(bound.values.size, dtype=bool)
        for mass, theirs in zip(bound.mass_mev[mask], bound.values[mask]):
            if x.min() <= mass <= x.max():
                ours = _ours(bound, kind, mass, x, columns)
                rows.append((
                    bound.name, bound.observable, who, kind, float(mass), float(theirs), ours,
                    ours / theirs,
                ))  # fmt: skip
    return rows


def _ours(bound, kind, mass, x, columns):
    """Our edge at one mass: ln-ln between the neighbouring columns; nan if one of them has none."""
    i = int(np.clip(np.searchsorted(x, mass) - 1, 0, x.size - 2))
    low, high = bound.edges_mev(mass)
    place = 0 if kind == "lower" else 1
    t = np.log(mass / x[i]) / np.log(x[i + 1] / x[i])
    total = 0.0
    for column, weight in ((columns[i], 1.0 - t), (columns[i + 1], t)):
        if weight > 1e-12:
            best = max(column, key=lambda c: _overlap(c, low, high), default=(None, None))
            if best[place] is None:
                return float("nan")
            total += weight * np.log(best[place])
    return float(np.exp(total))


def _overlap(interval, low, high):
    """Overlap of two intervals in ln; negative: their distance. Open ends count as far away."""
    a, b = (np.log(v) if v is not None and v > 0 else s * 1e3 for v, s in zip(interval, (-1, 1)))
    c = np.log(low) if low > 0 else -1e3
    d = np.log(high) if np.isfinite(high) else 1e3
    return min(b, d) - max(a, c)
