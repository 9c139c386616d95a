"""One published bound: a region in mass and coupling, and everything one must know to quote it."""

from dataclasses import dataclass

import numpy as np

from ..datafiles import column, read_table
from ..errors import DataError, did_you_mean
from ..numerics import edges
from ..units import energy_mev

REGIONS = ("closed", "below", "above")
_TEXTS = (
    "name", "particle", "observable", "observable_text", "reference", "criterion", "region", "exactness",
    "digitised_by", "licence",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Bound:
    """A published excluded region.

    Attributes
    ----------
    name : str
    mass_mev : ndarray, shape (n,)
    values : ndarray, shape (n,)
        In ``unit``.
    edge : ndarray of str, shape (n,), or None
        "lower" or "upper" for a closed region.
    unit : str
        Of the coupling (or lifetime) as astropy writes it; empty for a pure number.
    particle : str
        Name of the model.
    parameters : tuple of str
        The model's parameters it limits; several if the source takes them equal or does not say which.
    observable, observable_text : str
        Short name ("bbn", "sn1987a-cooling", "low-energy-sne", "gamma-diffuse", "smm") and description.
    reference, arxiv, criterion, cl, exactness, digitised_by, licence, region_note, date, note, symbol,
    description : str
        Provenance. ``cl`` is a number where one was recorded.
    region : {"closed", "below", "above"}
        Excluded between the edges, below the curve, or above it.
    references : tuple of str
        BibTeX keys.
    """

    name: str
    mass_mev: np.ndarray
    values: np.ndarray
    edge: np.ndarray | None = None
    unit: str = ""
    particle: str = ""
    parameters: tuple = ()
    symbol: str = ""
    observable: str = ""
    observable_text: str = ""
    reference: str = ""
    arxiv: str = ""
    criterion: str = ""
    cl: object = "not recorded"
    region: str = "closed"
    region_note: str = ""
    exactness: str = "C"
    digitised_by: str = ""
    licence: str = ""
    references: tuple = ()
    date: str = ""
    note: str = ""
    description: str = ""

    def __repr__(self):
        low, high = self.mass_mev.min(), self.mass_mev.max()
        return (
            f"Bound('{self.name}', {self.particle} {'/'.join(self.parameters)}, {low:g}-{high:g} MeV, "
            f"{self.observable_text}, {self.reference})"
        )

    @property
    def mass(self):
        """Masses as a Quantity in MeV, shape (n,)."""
        import astropy.units as u

        return self.mass_mev * u.MeV

    @property
    def limit(self):
        """The values with their unit, shape (n,)."""
        return self._with_unit(self.values)

    def _with_unit(self, value):
        import astropy.units as u

        return value * u.Unit(self.unit) if self.unit else value

    def nodes(self):
        """Return ``(ln m, ln lower, ln upper)``; an unknown lower edge is -inf, an upper one +inf."""
        if self.region == "closed":
            return edges.closed(self.mass_mev, self.values, self.edge == "lower")
        x, line, _ = edges.single(self.mass_mev, self.values)
        if self.region == "above":
            return x, line, np.full(x.size, np.inf)
        return x, np.full(x.size, -np.inf), line

    def edges(self, mass):
        """Return the lower and the upper edge of the excluded region at a mass.

        Parameters
        ----------
        mass : Quantity, scalar or shape (k,)

        Returns
        -------
        tuple
            Floats or Quantities of the shape of ``mass``; an unknown lower edge is 0, an unknown upper one
            inf; both are nan outside the masses of the bound.
        """
        low, high = self.edges_mev(energy_mev(mass, "mass"))
        return self._with_unit(low), self._with_unit(high)

    def edges_mev(self, mass_mev):
        """The same for floats in MeV, without units."""
        x, low, high = self.nodes()
        at = np.asarray(mass_mev, dtype=float)
        outside = (at < np.exp(x[0]) * (1 - 1e-12)) | (at > np.exp(x[-1]) * (1 + 1e-12))
        lower = np.zeros(at.shape) if self.region == "below" else edges.inside(x, low, at)
        upper = edges.inside(x, high, at)
        lower, upper = (np.where(outside, np.nan, v) for v in (lower, upper))
        return (float(lower), float(upper)) if at.ndim == 0 else (lower, upper)

    def excludes(self, mass, value):
        """Return whether a point lies in the region; ``value`` in the unit of the bound."""
        from ..units import floats

        low, high = self.edges_mev(energy_mev(mass, "mass"))
        v = floats(value, self.unit, "value")
        with np.errstate(invalid="ignore"):
            inside = (v > low) & (v < high)
        return bool(inside) if np.ndim(inside) == 0 else inside

    def plot(self, ax=None, fill=False, **style):
        """Draw the outline of the region, thin, in logarithmic axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
        fill : bool
            Fill it instead; an edge outside the figure of the source is drawn at its extreme value.
        **style
            Passed to ``Axes.plot`` (``Axes.fill_between``).

        Returns
        -------
        matplotlib Axes
        """
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.gca()
        x, low, high = self.nodes()
        m = np.exp(x)
        low, high = (np.where(np.isfinite(v), np.exp(v), np.nan) for v in (low, high))
        style = {"label": f"{self.reference}, {self.observable_text}", **style}
        if fill:
            style.setdefault("alpha", 0.2)
            bottom = np.where(np.isnan(low), self.values.min(), low)
            ax.fill_between(m, bottom, np.where(np.isnan(high), self.values.max(), high), **style)
        else:
            style.setdefault("lw", 0.8)
            whole = not np.isnan(high).any() and self.region == "closed"
            turn, end = ([], [0]) if whole else ([np.nan], [])
            ax.plot(
                np.concatenate([m, turn, m[::-1], m[end]]),
                np.concatenate([low, turn, high[::-1], low[end]]), **style,
            )  # fmt: skip
        ax.set(xscale="log", yscale="log", xlabel="mass [MeV]", ylabel=self.symbol)
        return ax

    def to_dict(self):
        """Return numbers and provenance as a dict of plain values."""
        out = {k: getattr(self, k) for k in self.__dataclass_fields__}
        for key in ("mass_mev", "values", "edge"):
            out[key] = None if out[key] is None else out[key].tolist()
        return out


def read_bound(path):
    """Read a bound from an ECSV file: columns ``mass``, ``value`` and, for closed regions, ``edge``.

    Raises
    ------
    DataError
        If the file lacks something or a statement in it has no meaning.
    """
    table = read_table(path, "published bound")
    meta = dict(table.meta)
    missing = [k for k in (*_TEXTS, "parameters", "references", "cl") if k not in meta]
    missing += [c for c in ("mass", "value") if c not in table.colnames]
    if missing:
        raise DataError(f"{path} lacks {', '.join(missing)}")
    known = [k for k in Bound.__dataclass_fields__ if k not in ("mass_mev", "values", "edge", "unit")]
    for key, value in meta.items():
        if key not in known:
            raise DataError(f"{path}: {key} is not understood{did_you_mean(key, known)}")
        wanted = list if key in ("parameters", "references") else (str if key != "cl" else (str, float))
        if not isinstance(value, wanted):
            raise DataError(f"{path}: {key} = {value!r} has a wrong type")
    if meta["region"] not in REGIONS:
        raise DataError(f"{path}: region = {meta['region']!r}; allowed: {', '.join(REGIONS)}")
    edge = np.asarray(table["edge"], dtype=str) if "edge" in table.colnames else None
    if (meta["region"] == "closed") != (edge is not None and set(edge) == {"lower", "upper"}):
        raise DataError(f"{path}: closed regions, and only they, name a lower and an upper edge")
    mass = np.atleast_1d(energy_mev(column(table, "mass", path) * (table["mass"].unit or 1), "mass"))
    values = column(table, "value", path)
    if not (np.all(mass > 0) and np.all(values > 0)):
        raise DataError(f"{path}: masses and values must be positive")
    for array in (mass, values):
        array.flags.writeable = False
    lists = {k: tuple(meta.pop(k)) for k in ("parameters", "references")}
    return Bound(mass_mev=mass, values=values, edge=edge, unit=str(table["value"].unit or ""), **meta,
        **lists)
