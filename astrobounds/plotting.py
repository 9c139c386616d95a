"""Pictures of scans and chains: exclusion regions with every curve labelled in place, corner plots."""

import numpy as np

COLOURS = {
    "lab": "#7f7f7f", "sn1987a-cooling": "#1f77b4", "low-energy-sne": "#17a2b8", "bbn": "#d95f02",
    "cmb": "#e6ab02", "smm": "#7570b3", "sn1987a-neutrinos": "#a6761d",
}  # fmt: skip
TITLES = {
    "lab": "laboratories", "sn1987a-cooling": "SN1987A cooling", "low-energy-sne": "low-energy SNe",
    "bbn": "BBN", "cmb": "CMB", "smm": "SMM gamma rays",
    "sn1987a-neutrinos": "SN1987A neutrino events",
}  # fmt: skip


def _halo():
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")]


class _Labels:
    """Places texts along curves where they collide least with what stands already."""

    def __init__(self, ax):
        self.ax, self.taken = ax, []

    def place(self, x, y, text, **style):
        points = self.ax.transAxes.inverted().transform(
            self.ax.transData.transform(np.column_stack([x, y]))
        )
        visible = np.all((points > 0.02) & (points < 1.0), axis=1)
        if not visible.any():
            return
        x, y, points = np.asarray(x)[visible], np.asarray(y)[visible], points[visible]
        if self.taken:
            taken = np.array(self.taken)
            gap = ((points[:, None] - taken[None]) / [0.16, 0.035]) ** 2
            score = gap.sum(axis=2).min(axis=1)
        else:
            score = -np.abs(points[:, 0] - np.median(points[:, 0]))
        score = score - 4.0 * (points[:, 0] > 0.82)
        k = int(np.argmax(score))
        self.taken.append(points[k])
        corner = points[k, 0] > 0.86  # no room to the right: end the text at the curve
        below = points[k, 1] > 0.94
        self.ax.annotate(
            text, (x[k], y[k]), xytext=(-2 if corner else 0, -9 if below else 3),
            textcoords="offset points", ha="right" if corner else "center",
            path_effects=_halo(), **style,
        )  # fmt: skip


def _lab_curves(ax, scan, labels, curves):
    """Draw every laboratory curve of the flavour on the y axis, labelled in place."""
    from .lab import limits

    portal, _, flavour = scan.y_name.partition(".")
    if portal not in ("mixing", "dipole") or not flavour or scan.x_name != "mass":
        return
    chosen = limits(flavour=flavour, portal=portal) if curves is True else curves
    for i, curve in enumerate(chosen):
        mass = np.asarray(curve.mass.to_value("MeV"))
        limit = np.asarray(getattr(curve.limit, "value", curve.limit))
        inside = (mass >= scan.x[0]) & (mass <= scan.x[-1]) & (limit <= 2.0 * scan.y[-1])
        if not inside.any():
            continue
        colour = f"C{i % 10}"
        curve.plot(ax, color=colour, lw=0.9, label="_nolegend_")
        name = curve.experiment.split(",")[0].split(" (")[0]
        labels.place(mass[inside], limit[inside], name, fontsize=6.5, color=colour)


def exclusion_plot(scan, ax=None, *, cl=0.9, rule="limit", curves=True, published=True, title=None):
    """Draw the regions a scan excludes, one colour per constraint, and their combination.

    Parameters
    ----------
    scan : Scan
    ax : matplotlib axes, optional
    cl : float
    rule : {"limit", "delta-chi2"}
        See :func:`astrobounds.constraints.confidence.threshold`.
    curves : bool or list of Curve
        Draw the laboratory curves, each labelled in place.
    published : bool
        Mark published statements on the same plane.
    title : str, optional

    Returns
    -------
    matplotlib axes
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(7.2, 5.4), layout="constrained")
    ax.set(xlim=(scan.x[0], scan.x[-1]), ylim=(scan.y[0], scan.y[-1]))
    ax.set_xscale("log" if scan.log[0] else "linear")
    ax.set_yscale("log" if scan.log[1] else "linear")
    labels = _Labels(ax)
    from .constraints.confidence import threshold

    level = np.log(2.0 * threshold(cl, rule))
    for k, name in enumerate(scan.loglike):
        height = scan.log_height(name)
        if height.max() <= level:
            continue
        colour = COLOURS.get(name, f"C{k}")
        ax.contourf(scan.x, scan.y, height.T, levels=[level, 1e9], colors=[colour], alpha=0.28)  # fmt: skip
        for line in scan.contours(cl, name, rule):
            ax.plot(line[:, 0], line[:, 1], color=colour, lw=1.4 if name != "lab" else 0.6)
        if name != "lab":
            i, j = np.nonzero(height > level)
            mid = scan.x[int(np.median(i))]
            column = scan.y[j[i == int(np.median(i))]]
            height_of_text = np.exp(np.log(column).mean()) if scan.log[1] else column.mean()
            ax.text(mid, height_of_text, TITLES.get(name, name), color=colour, ha="center",
                    weight="bold", path_effects=_halo())  # fmt: skip
            centre = ax.transAxes.inverted().transform(
                ax.transData.transform((mid, height_of_text))
            )
            labels.taken.append(centre)
    if len(scan.loglike) > 1:
        for n, line in enumerate(scan.contours(cl, None, rule)):
            ax.plot(line[:, 0], line[:, 1], color="k", lw=1.1, ls="--",
                    label=f"all together, {100 * cl:g} %" if n == 0 else None)  # fmt: skip
    if "lab" in scan.loglike and curves:
        _lab_curves(ax, scan, labels, curves)
    if published and "sn1987a-cooling" in scan.loglike:
        _statements(ax, scan)
    _mark_unknown(ax, scan)
    x_label, y_label = (scan.labels.get(n, n) for n in (scan.x_name, scan.y_name))
    ax.set(xlabel=x_label, ylabel=y_label,
           xlim=(scan.x[0], scan.x[-1]), ylim=(scan.y[0], scan.y[-1]))  # fmt: skip
    if title:
        ax.set_title(title.replace("$", r"\$"))
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="lower left", fontsize=8)
    return ax


def _mark_unknown(ax, scan):
    """Hatch the points where the model does not exist, and those where a constraint failed."""
    unknown = scan.failed()
    absent = np.zeros_like(unknown) if scan.absent is None else scan.absent
    for where, hatch, label in ((absent, "xx", "the model does not exist"),
                                (unknown & ~absent, "..", "a constraint failed")):  # fmt: skip
        if not where.any():
            continue
        x, y = (_edges(v, flag) for v, flag in zip((scan.x, scan.y), scan.log))
        shade = np.ma.masked_where(~where.T, np.ones(where.T.shape))
        ax.pcolor(x, y, shade, hatch=hatch, alpha=0.0, edgecolor="0.5", linewidth=0.0, zorder=0.5)
        ax.fill([], [], hatch=hatch, facecolor="none", edgecolor="0.5", label=label)


def _edges(values, log):
    """Return the edges of cells around grid points."""
    v = np.log(values) if log else np.asarray(values)
    out = np.concatenate([[1.5 * v[0] - 0.5 * v[1]], 0.5 * (v[1:] + v[:-1]), [1.5 * v[-1] - 0.5 * v[-2]]])
    return np.exp(out) if log else out


def _statements(ax, scan):
    """Mark published statements about supernova cooling that lie on this plane."""
    from .datafiles import data_path, read_ecsv

    table = read_ecsv(data_path("measurements/sn1987a_statements.ecsv"))
    first = True
    for row in table:
        if row["parameter"] != scan.y_name:
            continue
        low, high = float(row["mass_low"]), float(row["mass_high"])
        if high < scan.x[0] or low > scan.x[-1]:
            continue
        ax.plot([low, high], [row["value"]] * 2, color="navy", lw=2.0, marker="|",
                label="published statements" if first else None)  # fmt: skip
        ax.annotate(row["label"], (np.sqrt(low * high), row["value"]), xytext=(0, -9),
                    textcoords="offset points", ha="center", fontsize=6.5, color="navy",
                    path_effects=_halo())  # fmt: skip
        first = False


_OF_PANELS = ("bins", "smooth", "color", "plot_datapoints", "plot_density", "fill_contours",
              "no_fill_contours")  # fmt: skip


def _panels(axes, chain, flat, options):
    """Draw the two-dimensional marginals, without contours that would follow the noise of a plateau."""
    import corner

    tau = chain.autocorrelation
    effective = max(len(flat) / tau, 1.0) if np.isfinite(tau) else 100.0
    drawn = {k: v for k, v in options.items() if k in _OF_PANELS}
    for i in range(1, len(axes)):
        for j in range(i):
            ax, pair = axes[i, j], flat[:, [j, i]]
            span = None if options["range"] is None else [options["range"][j], options["range"][i]]
            levels = steady_levels(pair, options["levels"], options["bins"], options["smooth"], span,
                                   effective)  # fmt: skip
            limits = ax.get_xlim(), ax.get_ylim()
            if levels:
                corner.hist2d(*pair.T, ax=ax, **{**drawn, "levels": levels, "range": span})
            else:  # flat all over
                ax.set_facecolor("#d2e3f0")
            ax.set(xlim=limits[0], ylim=limits[1])
            if j > 0:
                ax.set_yticklabels([])
            if i < len(axes) - 1:
                ax.set_xticklabels([])


def steady_levels(pair, levels, bins, smooth, span, effective):
    """Return the shares of the mass inside contours that noise cannot break into islands.

    Where a posterior is flat the region of highest density is made of whatever cells happen to be full.
    Of n effective samples h n in a cell, smoothed over s cells, are uncertain by 1/sqrt(4 pi s^2 h n); a
    contour is lowered by three times that, which leaves it nearly where it is on a slope, and moves
    it to the end of a plateau. Levels that end at the border, or coincide, are left out.

    Parameters
    ----------
    pair : ndarray, shape (n, 2)
    levels : sequence of float
        Shares asked for.
    bins : int
    smooth : float
        In cells.
    span : sequence of (float, float) or None
    effective : float

    Returns
    -------
    tuple of float
    """
    from scipy.ndimage import gaussian_filter

    counts, _, _ = np.histogram2d(*pair.T, bins=bins, range=span)
    density = gaussian_filter(counts, smooth or 0.0)
    values = np.sort(density.ravel())[::-1]
    mass = np.cumsum(values) / values.sum()
    width = max(smooth or 0.0, 0.3)
    out = []
    for share in levels:
        height = values[min(np.searchsorted(mass, share), values.size - 1)]
        noise = np.sqrt(values.sum() / (4.0 * np.pi * width**2 * effective * max(height, 1e-300)))
        lower = height * (1.0 - min(3.0 * noise, 0.9))
        reached = float(mass[np.searchsorted(-values, -lower, side="right") - 1])
        if reached < 0.995 and (not out or reached > out[-1] + 0.02):
            out.append(reached)
    return tuple(out)


def corner_plot(chain, path=None, **options):
    """Draw one- and two-dimensional marginals with 90 % upper limits and the priors overlaid.

    Contours hold 39, 68 and 90 % of the posterior on its slopes. Where it is flat they are
    lowered by three times their noise and so hold more (see :func:`steady_levels`); the figure says so.

    Parameters
    ----------
    chain : Chain
    path : path, optional
        Save the figure there.
    **options
        Passed to ``corner.corner``; contours take ``levels``, ``bins``, ``smooth``, ``color``.

    Returns
    -------
    matplotlib figure
    """
    import corner

    flat = chain.flat()
    ranges = None
    if chain.posterior is not None:
        bounds = chain.posterior.bounds()
        ranges = [tuple(b) for b in bounds]
    labels = []
    for name, label in zip(chain.names, chain.labels):
        text = chain.label(name)
        labels.append(rf"$\log_{{10}}$ {text}" if label.startswith("log10 ") else text)
    options = {"bins": 24, "smooth": 2.0, "levels": (0.393, 0.68, 0.9), "color": "#1f77b4",
               "plot_datapoints": False, "fill_contours": True, "range": ranges, **options}  # fmt: skip
    bare = {**options, "plot_contours": False, "plot_density": False}
    figure = corner.corner(flat, labels=labels, **bare)
    ndim = len(chain.names)
    axes = np.array(figure.axes).reshape(ndim, ndim)
    _panels(axes, chain, flat, options)
    if ndim > 1:
        told = ", ".join(f"{100 * level:.0f} %" for level in options["levels"])
        figure.text(0.97, 0.97, f"contours: {told} of the posterior,\n"
                    "more where it is flat; dotted: priors", ha="right", va="top", fontsize=8)  # fmt: skip
    for i, name in enumerate(chain.names):
        ax = axes[i, i]
        limit = np.quantile(flat[:, i], 0.9)
        ax.axvline(limit, color="#d95f02", lw=1.2)
        value = rf"$10^{{{limit:.2f}}}$" if chain.labels[i].startswith("log10 ") else f"{limit:.4g}"
        ax.set_title(f"90 % below {value}", fontsize=8, color="#d95f02")
        if chain.posterior is not None:
            low, high = ax.get_xlim()
            grid = np.linspace(low, high, 200)
            density = np.exp(chain.posterior.priors[name].logpdf_coordinate(grid))
            width = (high - low) / options["bins"]
            ax.plot(grid, density * width * len(flat), color="0.4", ls=":", lw=1.2)
    if path is not None:
        figure.savefig(path, dpi=150)
    return figure
