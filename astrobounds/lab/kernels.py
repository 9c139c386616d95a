"""Compiled parts: meson decay factors and the log-likelihood of one point."""

import numpy as np

from .. import constants as const
from ..numerics.jit import kernel
from .families import COUNTING, GAUSS, POISSON, STEP

LEPTONS = np.array([const.M_E, const.M_MU, const.M_TAU])
PARENTS = {"pi": 0, "K": 1, "D": 2, "Ds": 3, "tau": 4, "8B": 5}
PARENT_MASS = np.array([const.M_PI, const.M_K, const.M_D, const.M_DS, const.M_TAU, 0.0])

# columns of the integer table of a curve; PARENT stands for three columns
MODE, FLAVOUR, GROUP, FIRST, COUNT, FAMILY, TABLE, PARENT, DROP, POWER = *range(8), 10, 11
# modes
SINGLE, LOWEST, SUMMED, RECAST, DIPOLE, R_PI, R_K, ALONE = range(8)
DOMINANT = 0.95  # share of the own decays from which other couplings change a signal by less than 5 %
# columns of the float table of a curve
LN_LOW, LN_HIGH, PAR_0, PAR_1, PAR_2, IF_DIRAC, IF_MAJORANA, OWN_NATURE = range(8)


@kernel
def rho(x, y):
    """[x + y - (x-y)^2] sqrt(lambda(1,x,y)); 0 when closed; Shrock 1981."""
    if np.sqrt(x) + np.sqrt(y) >= 1.0:
        return 0.0
    lam = 1.0 + x * x + y * y - 2.0 * (x + y + x * y)
    return (x + y - (x - y) ** 2) * np.sqrt(max(lam, 0.0))


@kernel
def rate_factor(parent, lepton, m):
    """Rate of P -> l N per U_l^2 over P -> l nu: rho(x,y)/[x(1-x)^2]."""
    x, y = (lepton / parent) ** 2, (m / parent) ** 2
    return rho(x, y) / (x * (1.0 - x) ** 2)


@kernel
def production(parent, flavour, m):
    """Production of N per U_a^2, up to a factor that belongs to the parent."""
    if parent == 4:
        return 1.0 if flavour == 2 and m < PARENT_MASS[4] else 0.0
    if parent == 5:
        return 1.0 if flavour == 0 else 0.0
    mass = PARENT_MASS[parent]
    return rho((LEPTONS[flavour] / mass) ** 2, (m / mass) ** 2)


@kernel
def production_ratio(parents, own, other, m):
    """p_other/p_own; the smallest one of the open parents (-1: none), 0 if none is open."""
    if own == other:
        return 1.0
    best = np.inf
    for parent in parents:
        if parent >= 0:
            p = production(parent, own, m)
            if p > 0.0:
                best = min(best, production(parent, other, m) / p)
    return best if best < np.inf else 0.0


@kernel
def ratio_change(parent, m, ue, umu):
    """R/R_SM = [1 + U_e^2 (rhat_e - 1)]/[1 + U_mu^2 (rhat_mu - 1)] for R = (P -> e)/(P -> mu)."""
    e = rate_factor(parent, LEPTONS[0], m)
    mu = rate_factor(parent, LEPTONS[1], m)
    return (1.0 + ue * (e - 1.0)) / (1.0 + umu * (mu - 1.0))


@kernel
def family_lnl(code, y, p0, p1, p2):
    """lnL relative to no signal at y = s/s_CL; p1, p2 are n_obs and b of a counting experiment."""
    if code == POISSON:
        return -p0 * y
    if code == GAUSS:
        return -0.5 * (p0 * y) ** 2
    if code == COUNTING:
        return (p1 * np.log1p(p0 * y / p2) if p1 > 0.0 else 0.0) - p0 * y
    if code == STEP and y > 1.0:
        return -np.inf
    return 0.0


@kernel
def _edges(ln_m, first, count, nodes):
    """ln of the lower and the upper edge (+inf: none), linear in ln m."""
    lo, hi = first, first + count - 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if nodes[mid, 0] <= ln_m:
            lo = mid
        else:
            hi = mid
    t = min(max((ln_m - nodes[lo, 0]) / (nodes[hi, 0] - nodes[lo, 0]), 0.0), 1.0)
    if nodes[lo, 1] == np.inf or nodes[hi, 1] == np.inf:  # a gap; its ends belong to the curve
        return (nodes[lo, 1] if t == 0.0 else (nodes[hi, 1] if t == 1.0 else np.inf)), np.inf
    low = nodes[lo, 1] + t * (nodes[hi, 1] - nodes[lo, 1])
    if nodes[lo, 2] == np.inf or nodes[hi, 2] == np.inf:
        return low, np.inf
    return low, nodes[lo, 2] + t * (nodes[hi, 2] - nodes[lo, 2])


@kernel
def _row(ln_m, grid):
    """Lower node and weight on the uniform grid in ln m with (start, step, size)."""
    x = (ln_m - grid[0]) / grid[1]
    i = min(max(int(x), 0), int(grid[2]) - 2)
    return i, min(max(x - i, 0.0), 1.0)


@kernel
def one_curve(k, ln_m, m, u, own_share, majorana, extra, ci, cf, nodes, shares, widths, grid, numbers):
    """lnL of one curve, relative to no signal; nan if it says nothing about this point.

    ``own_share``: per coupling of a boson, the share of its own decays in the total width.
    """
    mode = ci[k, MODE]
    if mode == R_PI or mode == R_K:
        if ln_m > cf[k, LN_HIGH]:
            return np.nan
        row = numbers[mode - R_PI]
        change = ratio_change(PARENT_MASS[0] if mode == R_PI else PARENT_MASS[1], m, u[0], u[1])
        before = (row[0] - row[1]) / row[2]
        after = (row[0] * change - row[1]) / row[2]
        return 0.5 * (before * before - after * after)
    nature = cf[k, IF_MAJORANA] if majorana else cf[k, IF_DIRAC]
    if nature == 0.0 or (extra > 0.0 and ci[k, DROP] == 1):
        return np.nan
    # exp(ln m) is not m: the end points of a curve belong to it
    if ln_m < cf[k, LN_LOW] - 1e-14 or ln_m > cf[k, LN_HIGH] + 1e-14:
        return np.nan
    own = ci[k, FLAVOUR]
    low, high = _edges(ln_m, ci[k, FIRST], ci[k, COUNT], nodes)
    if low == np.inf:
        return np.nan
    if mode == ALONE and ci[k, DROP] == 1 and own_share[own] < DOMINANT:
        return np.nan
    first, second, total, dark = u[own], u[own], u[own], 0.0
    if mode == LOWEST:
        first = min(u[0], min(u[1], u[2]))
        second, total = first, first
    elif mode == SUMMED:
        first = u[0] + u[1] + u[2]
        second, total = first, first
    elif mode == DIPOLE:
        second = u[0] + u[1] + u[2]
        total = second
    elif mode == RECAST:
        i, t = _row(ln_m, grid)
        own_width = (1.0 - t) * widths[i, own] + t * widths[i + 1, own]
        if u[0] + u[1] + u[2] > u[own]:
            first, second, total = 0.0, 0.0, 0.0
            parents = ci[k, PARENT : PARENT + 3]
            for a in range(3):
                if u[a] > 0.0:
                    first += u[a] * production_ratio(parents, own, a, m)
                    share = shares[ci[k, TABLE]]
                    second += u[a] * ((1.0 - t) * share[i, a] + t * share[i + 1, a])
                    total += u[a] * ((1.0 - t) * widths[i, a] + t * widths[i + 1, a]) / own_width
        dark = extra / (cf[k, OWN_NATURE] * own_width)
    if first <= 0.0 or (second <= 0.0 and ci[k, POWER] == 2):
        y = 0.0
    else:
        ln_y = np.log(first) - low
        if ci[k, POWER] == 2:
            ln_y += np.log(second) + np.log(nature) - low
        if high < np.inf:
            b, d = np.exp(low), np.expm1(high - low)
            slope = ci[k, POWER] * (1.0 / b if d < 1e-12 else (high - low) / (b * d))
            ln_y -= slope * (nature * total + dark - b)
        y = np.exp(ln_y)
    return family_lnl(ci[k, FAMILY], y, cf[k, PAR_0], cf[k, PAR_1], cf[k, PAR_2])


@kernel
def curve_terms(point, majorana, ci, cf, nodes, shares, widths, grid, numbers, out):
    """Fill ``out[k]`` with the lnL of every curve at one point (nan: says nothing)."""
    m, n = point[0], (point.size - 2) // 2
    u, own_share = point[2 : 2 + n], point[2 + n :]
    for k in range(ci.shape[0]):
        out[k] = one_curve(
            k, np.log(m), m, u, own_share, majorana, point[1], ci, cf, nodes, shares, widths, grid, numbers
        )


@kernel
def loglike(points, majorana, ci, cf, nodes, shares, widths, grid, numbers, out):
    """lnL of points (m, extra width, couplings, their own shares): groups add, in a group the minimum."""
    n = (points.shape[1] - 2) // 2
    for i in range(points.shape[0]):
        m, extra = points[i, 0], points[i, 1]
        u, own_share = points[i, 2 : 2 + n], points[i, 2 + n :]
        if not (m > 0.0 and u.min() >= 0.0 and u.max() < np.inf and extra >= 0.0):
            out[i] = np.nan
            continue
        ln_m = np.log(m)
        total, group, worst = 0.0, -1, 0.0
        for k in range(ci.shape[0]):
            value = one_curve(
                k, ln_m, m, u, own_share, majorana, extra, ci, cf, nodes, shares, widths, grid, numbers
            )
            if np.isnan(value):
                continue
            if ci[k, GROUP] != group:
                total += worst
                group, worst = ci[k, GROUP], value
            else:
                worst = min(worst, value)
        out[i] = total + worst
