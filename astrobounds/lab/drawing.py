"""Curves in a figure: lines, filled regions, dashed outlines of what was not measured yet."""

import numpy as np


def draw(curve, ax=None, **style):
    """Draw one curve; see :meth:`astrobounds.lab.curve.Curve.plot`."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.gca()
    x, low, high = curve.nodes()
    m = np.exp(x)
    low, high = (np.where(np.isfinite(v), np.exp(v), np.nan) for v in (low, high))
    style = {"label": curve.experiment, **style}
    if curve.projection:
        style.setdefault("ls", "--")
    if curve.contour != "closed":
        ax.plot(m, low, **style)
    elif curve.projection:
        known = np.isfinite(high)
        whole = [] if known.all() else [np.nan]
        ax.plot(
            np.concatenate([m, whole, m[known][::-1], m[:1] if known.all() else []]),
            np.concatenate([low, whole, high[known][::-1], low[:1] if known.all() else []]),
            **style,
        )
    else:
        top = np.where(np.isnan(high), curve.values.max(), high)
        style.setdefault("alpha", 0.4)
        ax.fill_between(m, low, top, **style)
    ax.set(xscale="log", yscale="log", xlabel="mass [MeV]")
    ax.set_ylabel(curve.symbol)
    return ax
