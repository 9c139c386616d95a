"""One published limit: its numbers, and everything one must know to use them."""

from dataclasses import dataclass, fields, replace

import numpy as np

from ..errors import ConfigError, DataError, DomainError, did_you_mean
from ..numerics import edges
from ..units import energy_mev, floats
from . import checks
from .couplings import FLAVOURED, PORTALS
from .families import NAMES

RECORDED = ("any", "dirac", "majorana", "unknown")
CONTOURS = ("upper", "lower", "closed")
FLAVOURS = ("e", "mu", "tau", "universal", "any", "none")
EDGES = ("lower", "upper")
PROJECTION = "projection"  # how the kind of a curve begins that is no limit


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """A limit on one coupling of a new particle against its mass.

    Attributes
    ----------
    mass_mev : ndarray, shape (n,)
        Masses in MeV in the order of the file; a Quantity is converted.
    values : ndarray, shape (n,)
        |U|^2, or d or g in GeV^-1, or a pure coupling; a Quantity is converted.
    edge : ndarray of str, shape (n,), or None
        ``"lower"`` or ``"upper"`` for the two edges of a closed contour.
    portal : str
        Which coupling of which particle: a key of `astrobounds.lab.couplings.PORTALS`.
    gaps : tuple of (float, float)
        Mass ranges in MeV inside the curve where the source gives no limit.
    name, experiment, reference, arxiv, doi, record_doi, figure : str
        What the curve is and where it was published; "not recorded" when the figure is not known.
    cl : float
        Confidence level; nan when it is not recorded.
    flavour : {"e", "mu", "tau", "universal", "any", "none"}
        The flavour of the coupling. Dipole only: "universal" means equal couplings to all three,
        "any" the same limit for each flavour alone. Bosons have "none".
    profiled : bool
        The limit comes from a combined fit in several mixings.
    nature : {"any", "dirac", "majorana", "unknown"}
        What the published limit assumed about N.
    kind : str
        The kind of experiment; it begins with "projection" when nothing was measured yet.
    exponent : int
        Power of |U|^2 (or d^2, g^2) in the expected signal.
    contour : {"upper", "lower", "closed"}
        ``upper``: everything above is excluded; ``lower``: the far upper edge of the excluded
        region is not in the file; ``closed``: excluded between two edges only.
    group : str
        Curves of one group share data: never multiply their likelihoods.
    sm_decays_only : bool
        The limit assumes that N has no decays but those through its own coupling.
    channels : tuple of str
        Decay channels searched (searches with exponent 2).
    channel_ranges : tuple of (str, float, float)
        The channels with the masses in MeV between which each was used.
    production : tuple of str
        Parents of N.
    charged_current_only : bool
        The analysis counted charged-current decays only.
    likelihood, likelihood_reason : str
        The likelihood family the search calls for, and why.
    exactness : {"A", "B", "C", "D"}
        A: HEPData; B: table of the experiment or of the authors; C: digitised figure; D: indicative
        only (source or flavour not certain).
    origin, digitised_by, licence, coupling, convention, date, note : str
        The rest of the provenance.
    references : tuple of str
        BibTeX keys.
    assumed : tuple of str
        What conversions that led to this object assumed; empty for a published curve.
    """

    name: str
    mass_mev: np.ndarray
    values: np.ndarray
    edge: np.ndarray | None = None
    portal: str = "mixing"
    experiment: str = ""
    reference: str = ""
    reference_recalled: bool = False
    arxiv: str = ""
    doi: str = ""
    record_doi: str = ""
    figure: str = "not recorded"
    cl: float = float("nan")
    cl_recalled: bool = False
    flavour: str = "e"
    flavour_note: str = ""
    profiled: bool = False
    nature: str = "unknown"
    nature_recalled: bool = False
    kind: str = "not recorded"
    exponent: int = 1
    exponent_note: str = ""
    contour: str = "upper"
    contour_note: str = ""
    group: str = ""
    sm_decays_only: bool = False
    channels: tuple = ()
    channel_ranges: tuple = ()
    production: tuple = ()
    channels_source: str = "not applicable"
    charged_current_only: bool = False
    gaps: tuple = ()
    likelihood: str = "poisson"
    likelihood_reason: str = ""
    coupling: str = ""
    convention: str = ""
    exactness: str = "C"
    origin: str = ""
    digitised_by: str = "not recorded"
    licence: str = "not recorded"
    references: tuple = ()
    date: str = ""
    description: str = ""
    note: str = ""
    smoothing: int = 0
    assumed: tuple = ()

    def __post_init__(self):
        for f in fields(self):
            if f.name not in ("mass_mev", "values", "edge", "cl"):
                default = "" if f.name == "name" else f.default
                object.__setattr__(self, f.name, checks.typed(self, f.name, default))
        object.__setattr__(self, "cl", checks.level(self.cl, f"curve '{self.name}'"))
        if self.portal in PORTALS and self.portal not in FLAVOURED and self.flavour == "e":
            object.__setattr__(self, "flavour", "none")
        for key, allowed in (
            ("portal", tuple(PORTALS)), ("nature", RECORDED), ("contour", CONTOURS), ("flavour", FLAVOURS),
            ("likelihood", NAMES), ("exactness", tuple("ABCD")),
        ):  # fmt: skip
            value = getattr(self, key)
            if value not in allowed:
                raise DataError(
                    f"curve '{self.name}': {key} = {value!r}{did_you_mean(value, allowed)}; "
                    f"allowed: {', '.join(allowed)}"
                )
        if (self.flavour == "none") == (self.portal in FLAVOURED):
            raise DataError(f"curve '{self.name}': flavour = {self.flavour!r} of a {self.portal} coupling")
        if self.exponent not in (1, 2):
            raise DataError(f"curve '{self.name}': exponent = {self.exponent!r}; allowed: 1, 2")
        self._check_numbers()
        if not self.group:
            object.__setattr__(self, "group", self.name)

    def _check_numbers(self):
        where = f"curve '{self.name}'"
        try:
            mass = np.array(floats(self.mass_mev, "MeV", "mass"))
            values = np.array(floats(self.values, PORTALS[self.portal].unit, "limit"))
        except DomainError as error:
            raise DataError(f"{where}: {error}") from None
        if mass.ndim != 1 or mass.shape != values.shape or mass.size < 2:
            raise DataError(f"{where}: mass and limit are not two equal columns")
        if not (np.all(mass > 0) and np.all(values > 0) and np.all(np.isfinite([mass, values]))):
            raise DataError(f"{where}: masses and limits must be positive and finite")
        if (self.contour == "closed") != (self.edge is not None):
            raise DataError(f"{where}: closed contours, and only they, name the edges")
        if self.edge is not None:
            edge = np.array([str(e).strip().lower() for e in self.edge])
            unknown = sorted(set(edge) - set(EDGES))
            if unknown or edge.shape != mass.shape:
                raise DataError(
                    f"{where}: edge = {', '.join(unknown) or f'{edge.size} words'}; every row is named "
                    "'lower' or 'upper'"
                )
            if len(set(edge)) < 2:
                raise DataError(f"{where}: only its {edge[0]} edge is there; contour = 'closed' needs both")
            object.__setattr__(self, "edge", edge)
        try:
            gaps = tuple((float(a), float(b)) for a, b in self.gaps)
        except (TypeError, ValueError):
            raise DataError(f"{where}: gaps = {self.gaps!r}; write [[low, high], ...] in MeV") from None
        if any(not a < b for a, b in gaps):
            raise DataError(f"{where}: gaps = {gaps}; every gap has low < high")
        for array in (mass, values):
            array.flags.writeable = False
        object.__setattr__(self, "mass_mev", mass)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "gaps", gaps)

    def __repr__(self):
        low, high = self.range_mev
        return (
            f"Curve('{self.name}', {self.coupling or self.flavour}, {low:g}-{high:g} MeV, "
            f"CL {self.cl:g}, {self.nature}, {self.kind}, {self.contour})"
        )

    @property
    def particle(self):
        """Name of the model that the limit is for."""
        return PORTALS[self.portal].particle

    @property
    def parameters(self):
        """Names of the model parameters that the limit is on; several if the source takes them equal."""
        names = PORTALS[self.portal].parameters
        own = [n for n in names if n.endswith(f".{self.flavour}")]
        return tuple(own) if own else names

    @property
    def power(self):
        """Power of the limited number in a rate: 1 for |U|^2, 2 for d, g, eps, sin theta."""
        return PORTALS[self.portal].power

    @property
    def symbol(self):
        """Axis label of the limit."""
        return PORTALS[self.portal].symbol

    @property
    def projection(self):
        """Whether this is the reach of a planned experiment, not a limit."""
        return self.kind.startswith(PROJECTION)

    @property
    def mass(self):
        """Masses as a Quantity in MeV, shape (n,)."""
        import astropy.units as u

        return self.mass_mev * u.MeV

    @property
    def limit(self):
        """The limit, shape (n,): floats for |U|^2 and pure couplings, a Quantity for d and g."""
        return self._with_unit(self.values)

    @property
    def range_mev(self):
        """Smallest and largest mass in MeV."""
        return float(self.mass_mev.min()), float(self.mass_mev.max())

    @property
    def mass_range(self):
        """Smallest and largest mass as a Quantity, shape (2,)."""
        import astropy.units as u

        return np.array(self.range_mev) * u.MeV

    def with_(self, assumed=(), **changes):
        """Return a copy with changed attributes and further assumptions."""
        return replace(self, assumed=(*self.assumed, *assumed), **changes)

    def nodes(self):
        """Return ``(ln m, ln lower, ln upper)`` on one increasing grid; no upper edge is +inf.

        At repeated masses the smallest lower value and the largest upper value are kept. An upper
        edge that stops short of the heaviest mass of a closed contour is joined to the lower edge
        there, where the contour closes. Inside a gap both are +inf.
        """
        if self.contour == "closed":
            nodes = edges.closed(self.mass_mev, self.values, self.edge == "lower")
        else:
            nodes = edges.single(self.mass_mev, self.values)
        return edges.cut(nodes, self.gaps)

    def interpolate(self, mass):
        """Return the limit at a mass, ln-ln interpolated; outside the range inf: no constraint.

        Parameters
        ----------
        mass : Quantity, scalar or shape (k,)

        Returns
        -------
        float or ndarray or Quantity
            In the unit of the limit. For a contour with edges this is the lower edge.
        """
        return self._with_unit(self.interpolate_mev(energy_mev(mass, "mass")))

    def interpolate_mev(self, mass_mev):
        """The same for floats in MeV, without units."""
        x, low, _ = self.nodes()
        return edges.inside(x, low, floats(mass_mev, "MeV", "mass_mev"))

    def edges(self, mass):
        """Return the lower and the upper edge at a mass; an unknown upper edge is inf."""
        m = energy_mev(mass, "mass")
        x, low, high = self.nodes()
        return self._with_unit(edges.inside(x, low, m)), self._with_unit(edges.inside(x, high, m))

    def _with_unit(self, value):
        import astropy.units as u

        return value * u.Unit(PORTALS[self.portal].unit) if PORTALS[self.portal].unit else value

    def smoothed(self, window=5):
        """Return the curve with a running median of ln limit over ``window`` points (odd).

        Peak searches fluctuate by factors 2-3 from point to point with the data; the median shows
        their typical reach. The result carries the window in ``smoothing`` and in ``assumed``.
        """
        if self.contour == "closed":
            raise ConfigError(f"curve '{self.name}' is a closed contour: it cannot be smoothed")
        if not isinstance(window, (int, np.integer)) or window < 3 or window % 2 == 0:
            raise DomainError(f"window = {window!r}; allowed: odd integers from 3")
        x, low, _ = self.nodes()
        x, low = x[np.isfinite(low)], low[np.isfinite(low)]
        half = int(window) // 2
        median = [np.median(low[max(i - half, 0) : i + half + 1]) for i in range(x.size)]
        return self.with_(
            assumed=(f"running median of ln limit over {window} points",),
            mass_mev=np.exp(x), values=np.exp(median), smoothing=int(window),
        )  # fmt: skip

    def plot(self, ax=None, **style):
        """Draw the curve in logarithmic axes; closed contours are filled, projections dashed outlines.

        Where the upper edge lies above the figure of the source a region is filled up to the highest
        value of the source.

        Parameters
        ----------
        ax : matplotlib Axes, optional
        **style
            Passed to ``Axes.plot`` (``Axes.fill_between`` for closed contours).

        Returns
        -------
        matplotlib Axes
        """
        from .drawing import draw

        return draw(self, ax, **style)

    def metadata(self):
        """Return everything but the numbers as a dict of plain values."""
        skip = ("mass_mev", "values", "edge")
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in skip}
