"""Regions between a lower and an upper edge, given as scattered points, on one grid in logarithms."""

import numpy as np


def unique(mass, values, keep):
    """Sort by mass and merge repeated masses with ``keep`` (np.minimum, np.maximum)."""
    order = np.argsort(mass, kind="stable")
    grid, start = np.unique(mass[order], return_index=True)
    return grid, keep.reduceat(values[order], start)


def closed(mass, values, is_low):
    """Return ``(ln m, ln lower, ln upper)`` of a region with two edges; no upper edge is +inf.

    At repeated masses the smallest lower and the largest upper value are kept. Below its first point the
    upper edge lies above the figure; an upper edge that stops short of the heaviest mass is joined to
    the lower edge there, where the region closes.
    """
    m_low, low = unique(mass[is_low], values[is_low], np.minimum)
    m_up, up = unique(mass[~is_low], values[~is_low], np.maximum)
    if m_up[-1] < m_low[-1]:
        m_up, up = np.append(m_up, m_low[-1]), np.append(up, low[-1])
    grid = np.unique(np.concatenate([m_low, m_up]))
    grid = grid[(grid >= m_low[0]) & (grid <= m_low[-1])]
    x = np.log(grid)
    below = np.interp(x, np.log(m_low), np.log(low))
    above = np.interp(x, np.log(m_up), np.log(up))
    above[x < np.log(m_up[0])] = np.inf
    return x, below, np.maximum(above, below)


def single(mass, values):
    """The same for a lower edge alone."""
    m, low = unique(mass, values, np.minimum)
    return np.log(m), np.log(low), np.full(m.size, np.inf)


def cut(nodes, gaps):
    """Return the nodes with both edges at +inf inside every gap ``(low, high)`` in mass."""
    x, low, high = nodes
    for a, b in gaps:
        middle = 0.5 * (np.log(a) + np.log(b))
        keep = (x <= np.log(a)) | (x >= np.log(b))
        at = np.searchsorted(x[keep], middle)
        x = np.insert(x[keep], at, middle)
        low, high = (np.insert(v[keep], at, np.inf) for v in (low, high))
    return x, low, high


def inside(x, y, mass):
    """Return exp(y) at a mass, linear in ln m; +inf outside the nodes and next to a node at +inf."""
    at = np.log(np.asarray(mass, dtype=float))
    with np.errstate(invalid="ignore"):
        out = np.exp(np.interp(at, x, y))
    # np.interp gives nan between a finite and an infinite node: no edge is known there
    out = np.where(np.isnan(out), np.inf, out)
    # exp(log(m)) is not m: the end points themselves belong to the curve
    slack = 4 * np.finfo(float).eps * np.maximum(np.abs(x[0]), np.abs(x[-1]))
    out = np.where((at < x[0] - slack) | (at > x[-1] + slack), np.inf, out)
    return float(out) if out.ndim == 0 else out
