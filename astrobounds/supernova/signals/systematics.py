"""How far a supernova bound moves: its edges redrawn under variations, as a table and as a band.

For each variation the couplings are found where the cooling luminosity, or the deposited energy,
crosses what is allowed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from ...errors import DomainError, did_you_mean
from ...progress import Progress
from ...units import energy_mev, finite
from ..star.catalogue import load
from ..transport.solution import solution
from . import prescriptions
from .cooling import ALLOWED_LUMINOSITY
from .deposition import LOW_ENERGY_LIMIT, deposition_energies
from .history import ENERGY_BUDGET
from .variations import BAND, Variation, select

CRITERIA = ("cooling", "deposition")
PER_DECADE = 5  # couplings at which the excess is looked at before roots are polished


@dataclass(frozen=True, eq=False)
class Row:
    """Edges of the excluded range for one variation.

    Attributes
    ----------
    name, group : str
    lower_value, upper_value : ndarray, shape (n_mass,)
        Of the coupling in its own unit. NaN where nothing is excluded; the upper edge is inf where the
        range does not close below the upper end of the parameter's span.
    lower_ratio, upper_ratio : ndarray, shape (n_mass,)
        Over the reference; NaN where either has no such edge.
    """

    name: str
    group: str
    lower_value: np.ndarray
    upper_value: np.ndarray
    lower_ratio: np.ndarray
    upper_ratio: np.ndarray
    parameter: object

    @property
    def lower(self):
        """Lower edge: a number, or a Quantity for a coupling with a unit."""
        return _dressed(self.lower_value, self.parameter)

    @property
    def upper(self):
        """Upper edge: a number, or a Quantity for a coupling with a unit."""
        return _dressed(self.upper_value, self.parameter)


def _dressed(values, parameter):
    if not parameter.unit:
        return values
    import astropy.units as u

    return values * u.Unit(parameter.unit)


@dataclass(frozen=True, eq=False)
class Systematics:
    """A supernova bound redrawn under variations.

    Attributes
    ----------
    parameter : Parameter
        The coupling; with several at once, the first.
    coupling, choice, criterion : str
    mass_mev : ndarray
    rows : tuple of Row
        The reference first.
    """

    parameter: object
    coupling: str
    choice: str
    criterion: str
    mass_mev: np.ndarray
    rows: tuple
    star: object

    references = (
        "Chang:2016ntp", "Raffelt:1996wa", "Carenza:2023old", "Caputo:2022mah", "Chauhan:2024nfa",
    )  # fmt: skip

    @property
    def masses(self):
        """Masses (Quantity, MeV)."""
        import astropy.units as u

        return self.mass_mev * u.MeV

    @property
    def reference(self):
        """The :class:`Row` of the reference."""
        return self.rows[0]

    def row(self, name):
        """Return the :class:`Row` of a variation by name."""
        names = [r.name for r in self.rows]
        if name not in names:
            raise DomainError(
                f"no variation '{name}'{did_you_mean(name, names)}; there are: {', '.join(names)}"
            )
        return self.rows[names.index(name)]

    def band(self, groups=BAND):
        """Return the envelope of the rows of ``groups`` and the reference, one change at a time.

        Returns
        -------
        dict of ndarray
            ``"lower"`` and ``"upper"``, shape (2, n_mass): smallest and largest edge, in |U|^2 or
            d [GeV^-1]. What every row excludes lies from ``lower[1]`` to ``upper[0]``; both are NaN
            where a row excludes nothing, or where the rows share no coupling.
        """
        rows = [r for r in self.rows if r is self.reference or r.group in groups]
        low, high = (np.array([getattr(r, n) for r in rows]) for n in ("lower_value", "upper_value"))
        sure = np.array([low.max(0), high.min(0)])  # NaN passes through
        sure[:, ~(sure[0] < sure[1])] = np.nan
        some = np.isfinite(low).any(0)
        wide = np.array([
            np.where(some, np.where(np.isnan(low), np.inf, low).min(0), np.nan),
            np.where(some, np.where(np.isnan(high), -np.inf, high).max(0), np.nan),
        ])  # fmt: skip
        return {"lower": np.array([wide[0], sure[0]]), "upper": np.array([sure[1], wide[1]])}

    def table(self):
        """Return a text: for each mass the edges of every row and their ratio to the reference."""
        symbol, unit = self.coupling, _bracket(self.parameter)
        width = max(len(r.name) for r in self.rows) + 2
        lines = []
        for i, mass in enumerate(self.mass_mev):
            lines.append(
                f"{self.criterion}, {self.choice} {self.coupling}, m = {mass:g} MeV: "
                f"excluded {symbol}{unit}, ratio to the reference"
            )
            lines.append(f"  {'':<{width}}{'from':>10}{'ratio':>8}{'to':>13}{'ratio':>8}  group")
            for r in self.rows:
                cells = [f"{_edge(r.lower_value[i]):>10}{_ratio(r.lower_ratio[i]):>8}",
                         f"{_edge(r.upper_value[i]):>13}{_ratio(r.upper_ratio[i]):>8}"]  # fmt: skip
                lines.append(f"  {r.name:<{width}}{''.join(cells)}  {r.group}")
            lines.append("")
        return "\n".join(lines).rstrip()

    __str__ = table

    def plot(self, ax=None, color="C0"):
        """Draw the reference, the band and, lighter, the illustrative profiles; returns the axes."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
        m = self.mass_mev
        top = self.parameter.span[1]
        if m.size == 1:  # a band needs a width
            m = m * np.array([0.97, 1.03])
        grow = lambda a: np.minimum(np.broadcast_to(a, m.shape), top)  # noqa: E731
        drawn = [(BAND, 0.45, "star, matter and criterion")]
        if any(r.group == "illustrative" for r in self.rows):
            drawn.insert(0, ((*BAND, "illustrative"), 0.18, "with illustrative profiles"))
        for groups, alpha, label in drawn:
            band = self.band(groups)
            outer = grow(band["lower"][0]), grow(band["upper"][1])
            inner = grow(band["lower"][1]), grow(band["upper"][0])
            style = {"color": color, "alpha": alpha, "lw": 0}
            closed = np.isnan(inner[0])
            # the two bands around the edges; all of the region where nothing is excluded for sure
            ax.fill_between(m, outer[0], np.where(closed, outer[1], inner[0]), label=label, **style)
            ax.fill_between(m, inner[1], outer[1], where=~closed & (outer[1] > inner[1]), **style)
        edge = self.reference
        low, high = (grow(v) for v in (edge.lower_value, edge.upper_value))
        ax.plot(m, low, color=color, lw=1.6, label=f"reference ({self.star.name} star)")
        ax.plot(m, np.where(high < top, high, np.nan), color=color, lw=1.6)
        label = self.parameter.label
        ax.set(xscale="log", yscale="log", xlabel=r"$m_N$ [MeV]", ylabel=label,
               title=f"{self.criterion} bound, {self.coupling}, {self.choice}")  # fmt: skip
        ticks = [t for t in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if m[0] <= t <= m[-1]]
        if len(ticks) > 1:
            ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
            ax.tick_params(axis="x", which="minor", labelbottom=False)
        ax.legend(fontsize=8)
        return ax


def _edge(value):
    return "none" if np.isnan(value) else "open" if np.isinf(value) else f"{value:.2e}"


def _ratio(value):
    return "-" if not np.isfinite(value) else f"{value:.3g}"


def excluded_range(excess, axis):
    """Return (lower, upper) couplings between which ``excess`` is positive.

    Parameters
    ----------
    excess : callable
        ln(prediction/allowed) of an array of couplings.
    axis : (float, float)
        Range of couplings that is searched.

    Returns
    -------
    tuple of float
        (NaN, NaN) where nothing is excluded, (lower, inf) where the top of the axis still is. Gaps
        inside the range are not looked for.

    Raises
    ------
    DomainError
        If the smallest coupling of the axis is excluded.
    """
    n = int(np.ceil(PER_DECADE * np.log10(axis[1] / axis[0]))) + 1
    x = np.linspace(*np.log(axis), n)
    y = np.asarray(excess(np.exp(x)))
    k = int(np.argmax(y))
    if y[k] <= 0.0:  # a window narrower than the spacing
        if y[k] > -3.0 and 0 < k < n - 1:
            found = minimize_scalar(
                lambda t: -excess(np.exp([t]))[0], bounds=(x[k - 1], x[k + 1]), method="bounded"
            )
            x, y = np.insert(x, k, found.x), np.insert(y, k, -found.fun)
            order = np.argsort(x)
            x, y = x[order], y[order]
        if y.max() <= 0.0:
            return np.nan, np.nan
    inside = np.flatnonzero(y > 0.0)
    if inside[0] == 0:
        raise DomainError(
            f"the coupling {axis[0]:.0e} is excluded already: the allowed luminosity or energy is "
            "too small for a bound"
        )

    def root(i):
        f = lambda t: float(excess(np.exp([t]))[0])  # noqa: E731
        return float(np.exp(brentq(f, x[i], x[i + 1], xtol=1e-7)))

    upper = np.inf if inside[-1] == x.size - 1 else root(inside[-1])
    return root(inside[0] - 1), upper


def _excess(build, parameter, criterion, variation, star, options):
    """Return ln(prediction/allowed) as a function of an array of couplings."""
    import astropy.units as u

    chosen = variation.star or star
    options = {**options, **variation.options}
    allowed = options.pop("allowed") * variation.allowed_factor
    unit = parameter.span[1]
    model = build(unit)

    def scales(c):
        return (np.asarray(c) / unit) ** parameter.power

    if variation.recipe is not None:
        rest = {k: options[k] for k in ("resolution",) if k in options}
        if variation.recipe == "emissivity":
            losses = prescriptions.emissivity(model, chosen, **rest)
            scale = allowed / ALLOWED_LUMINOSITY * prescriptions.RAFFELT_EMISSIVITY
            return lambda c: np.log(losses * scales(c) / scale)
        predict = lambda c: np.array(  # noqa: E731
            [prescriptions.luminosity(build(x), chosen, variation.recipe, **rest) for x in c]
        )
    elif variation.history is not None:
        weights, stars = variation.history.weights(), variation.history.stars
        if criterion == "cooling":
            allowed *= ENERGY_BUDGET / ALLOWED_LUMINOSITY
            rays = [solution(model, s, **options) for s in stars]
            predict = lambda c: weights @ [  # noqa: E731
                ray.luminosity(model.strengths, scales(c)) for ray in rays
            ]
        else:
            options["duration"] = 1.0 * u.s
            predict = lambda c: weights @ [  # noqa: E731
                deposition_energies(model, s, scales(c), **options) for s in stars
            ]
    elif criterion == "cooling":
        ray = solution(model, chosen, **options)
        predict = lambda c: ray.luminosity(model.strengths, scales(c))  # noqa: E731
    else:
        predict = lambda c: deposition_energies(model, chosen, scales(c), **options)  # noqa: E731
    return lambda c: np.log(np.maximum(predict(c) / allowed, 1e-300))


def systematics(model_class, flavour="tau", masses=None, *, criterion="cooling", variations=None,
                star=None, nature=None, allowed=None, progress=False, **options):  # fmt: skip
    """Redraw a supernova bound under variations of the star, the radii and the criterion.

    Parameters
    ----------
    model_class : type
        :class:`astrobounds.HNL`, :class:`astrobounds.DipoleHNL` or another particle that stars make.
    flavour : str
        The coupling: the name of a parameter (``"mixing.tau"``) or its key (``"tau"``), or
        ``"universal"`` where the model knows it.
    masses : Quantity, shape (n,) or scalar
        By default 10, 50, 100 and 200 MeV.
    criterion : {"cooling", "deposition"}
    variations : list of Variation or str, optional
        By default those of :func:`astrobounds.supernova.signals.variations.default_variations`; names
        choose among these.
    star : Star, optional
        The reference, by default the fiducial profile.
    nature : str, optional
        Value of the model's choice (nature, spin), by default its first.
    allowed : Quantity, optional
        3e52 erg/s for cooling, 1e50 erg for deposition by default.
    progress : bool
        Draw a progress bar on the standard error stream.
    **options
        Of the reference, as for :func:`astrobounds.supernova.cooling` or
        :func:`astrobounds.supernova.deposition`.

    Returns
    -------
    Systematics
        With ``.rows``, ``.band()``, ``.table()`` and ``.plot()``.

    Raises
    ------
    DomainError
        For an unknown criterion or variation, a recipe with ``criterion="deposition"``.

    Notes
    -----
    Variations change one thing at a time; the band is the envelope of their edges, not a
    confidence interval.

    References
    ----------
    arXiv:1611.03864, arXiv:2311.00033, arXiv:2201.09890, arXiv:2402.01624.
    """
    import astropy.units as u

    from ...units import power_erg_s, quantity_in

    if criterion not in CRITERIA:
        raise DomainError(
            f"criterion = {criterion!r}{did_you_mean(criterion, CRITERIA)}; "
            f"allowed: {', '.join(CRITERIA)}"
        )
    mass_mev = np.atleast_1d(energy_mev([10, 50, 100, 200] * u.MeV if masses is None else masses))
    star = load("fiducial") if star is None else star
    parameter, mapping = _coupling(model_class, flavour)
    build = _builder(model_class, parameter, mapping, nature)
    chosen = select(variations, criterion, star, build(0.0, mass_mev[0]))
    if criterion == "deposition" and any(v.recipe for v in chosen):
        raise DomainError("recipes give luminosities: use them with criterion='cooling'")
    limit = ALLOWED_LUMINOSITY if criterion == "cooling" else LOW_ENERGY_LIMIT
    if allowed is not None and criterion == "cooling":
        limit = power_erg_s(allowed, "allowed")
    elif allowed is not None:
        limit = quantity_in(allowed, u.erg, "allowed", "allowed=1e50*u.erg")
    options = {**options, "allowed": finite(limit, "allowed", 1.0)}
    everything = [Variation("reference"), *chosen]
    edges = np.empty((len(everything), 2, mass_mev.size))
    total, label = len(everything) * mass_mev.size, f"{criterion}, {flavour}"
    with Progress(total, label, show=progress) as bar:
        for j, mass in enumerate(mass_mev):
            for i, variation in enumerate(everything):
                excess = _excess(
                    lambda c, m=mass: build(c, m), parameter, criterion, variation, star, options
                )
                edges[i, :, j] = excluded_range(excess, parameter.span)
                bar.update(1, variation.name)
    with np.errstate(invalid="ignore"):
        ratios = edges / edges[0]
    ratios[~np.isfinite(ratios)] = np.nan
    rows = tuple(
        Row(v.name, "reference" if i == 0 else v.group, *edges[i], *ratios[i], parameter)
        for i, v in enumerate(everything)
    )
    choice = " ".join(build(0.0, mass_mev[0]).chosen.values())
    return Systematics(parameter, flavour, choice, criterion, mass_mev, rows, star)


def _bracket(parameter):
    return f" [{parameter.unit.replace('1 / ', '1/')}]" if parameter.unit else ""


def _coupling(model_class, name):
    """Return (Parameter, argument or {argument: key}) of a coupling by name or key."""
    couplings = model_class.coupling_parameters() if hasattr(model_class, "coupling_parameters") else ()
    if not couplings:
        raise DomainError(
            f"systematics of {getattr(model_class, '__name__', model_class)} are not available: give a "
            "particle with couplings, HNL or DipoleHNL for instance"
        )
    for p in couplings:
        if name in (p.name, p.key or p.name):
            return p, (p.argument, p.key)
    if couplings[0].key:
        return couplings[0], (couplings[0].argument, name)  # a synonym, checked by the constructor
    names = [p.name for p in couplings]
    raise DomainError(f"no coupling '{name}'{did_you_mean(name, names)}; there are {', '.join(names)}")


def _builder(model_class, parameter, mapping, nature):
    """Return a function of (coupling in its own unit, mass [MeV]) that builds the model."""
    import astropy.units as u

    argument, key = mapping
    unit = u.Unit(parameter.unit) if parameter.unit else 1.0
    kind = {} if nature is None else {model_class.choices[0].name: nature}

    def build(coupling, mass):
        value = coupling * unit
        return model_class(mass=mass * u.MeV, **{argument: {key: value} if key else value}, **kind)

    return build
