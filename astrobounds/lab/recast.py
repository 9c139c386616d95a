"""Flavour recast of searches with production and decay: who makes N, and what was looked for.

s = s_CL [sum_a p_a U_a^2] [sum_b g_b U_b^2]/(p_l g_l U_CL^4), with p_a the production per U_a^2 and
g_b the width into the searched channels per U_b^2.
"""

from functools import lru_cache

import numpy as np

from ..constants import FLAVOURS
from ..errors import ConfigError
from .kernels import PARENTS, production_ratio

GRID_LOW, GRID_HIGH, GRID_SIZE = 0.5, 2100.0, 2304  # MeV, MeV, nodes uniform in ln m (0.36 %)


def grid():
    """Return ``(start, step, size)`` of the mass grid in ln(m/MeV)."""
    step = np.log(GRID_HIGH / GRID_LOW) / (GRID_SIZE - 1)
    return np.array([np.log(GRID_LOW), step, GRID_SIZE])


def grid_masses():
    """Return the masses of the grid in MeV."""
    start, step, size = grid()
    return np.exp(start + step * np.arange(int(size)))


@lru_cache(maxsize=1)
def _default_table():
    from ..models.decays.hnl_widths import CHANNELS, width_table

    table = width_table(grid_masses())
    return {channel: table[:, i] for i, channel in enumerate(CHANNELS)}


def check_range(curve):
    """Refuse a curve whose recast needs widths outside the range of the table."""
    if not (curve.channels or curve.production):
        return
    low, high = curve.range_mev
    if low < GRID_LOW or high > GRID_HIGH:
        raise ConfigError(
            f"curve '{curve.name}' spans {low:g}-{high:g} MeV, the decay widths for its recast "
            f"{GRID_LOW:g}-{GRID_HIGH:g} MeV: cut it, or compare the own flavour only with "
            "curve.with_(profiled=True)"
        )


def channel_table(widths=None):
    """Return ``{channel: array (grid, 3)}`` of Dirac widths in MeV at |U_a|^2 = 1.

    ``widths`` replaces the widths of the package: a function of the mass in MeV that returns
    ``{channel: [w_e, w_mu, w_tau]}``.
    """
    if widths is None:
        return _default_table()
    rows = [widths(m) for m in grid_masses()]
    return {channel: np.array([row[channel] for row in rows], dtype=float) for channel in rows[0]}


def channel_widths(mass_mev, widths=None):
    """Return ``{channel: [w_e, w_mu, w_tau]}`` in MeV at one mass, held at the ends of the table."""
    if widths is None:
        from ..models.decays.hnl_widths import flavour_widths as widths

        mass_mev = min(max(mass_mev, GRID_LOW), GRID_HIGH)
    return widths(float(mass_mev))


def searched_width(curve, table, mass_mev):
    """Return the width per |U_b|^2 into the channels of ``curve``, shape of ``table`` entries.

    ``table`` maps channels to arrays (..., 3), ``mass_mev`` has the shape (...).
    """
    unknown = [c for c in curve.channels if c not in table]
    if unknown:
        raise ConfigError(f"curve '{curve.name}' names channels without a width: {unknown}")
    total = 0.0
    for channel, low, high in curve.channel_ranges:
        part = np.array(table[channel], dtype=float)
        if curve.charged_current_only and channel in ("nu e e", "nu mu mu"):
            keep = FLAVOURS.index(channel.split()[1])
            part = part * (np.arange(3) == keep)
        elif curve.charged_current_only and channel.startswith("nu") and channel != "nu e mu":
            part = part * 0.0
        used = (np.asarray(mass_mev) >= low) & (np.asarray(mass_mev) < high)
        total = total + part * used[..., None]
    return total


def decay_shares(curve, table, mass_mev):
    """Return g_b/g_own for the three flavours; (1 for the own, 0 else) where nothing is known."""
    own = FLAVOURS.index(curve.flavour)
    mass_mev = np.asarray(mass_mev, dtype=float)
    shares = np.zeros((*mass_mev.shape, 3))
    if curve.channels:
        g = searched_width(curve, table, mass_mev)
        reference = g[..., own : own + 1]
        shares = np.divide(g, reference, out=shares, where=reference > 0.0)
    shares[..., own] = 1.0
    return shares


def parents(curve):
    """Return the codes of the three parents of N, -1 for none."""
    unknown = [p for p in curve.production if p not in PARENTS]
    if unknown:
        raise ConfigError(f"curve '{curve.name}' names parents that are not known: {unknown}")
    if len(curve.production) > 3:
        raise ConfigError(f"curve '{curve.name}' names {len(curve.production)} parents; at most 3")
    return np.array([*(PARENTS[p] for p in curve.production), -1, -1, -1][:3])


def production_shares(curve, mass_mev):
    """Return p_a/p_own for the three flavours at one mass.

    With several parents open to the own flavour the smallest ratio is taken: the flux of each is
    not known here, and the smallest ratio gives the weakest limit.
    """
    own = FLAVOURS.index(curve.flavour)
    codes = parents(curve)
    return np.array([production_ratio(codes, own, other, float(mass_mev)) for other in range(3)])


def total_widths(table):
    """Return the total width per |U_a|^2, shape of the entries of ``table``."""
    return np.sum(list(table.values()), axis=0)
