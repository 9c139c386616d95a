"""Columns of heavy nuclei in a profile: mass fraction, mean mass number, mean charge, checked."""

import numpy as np

from ... import constants as const
from ...errors import DataError

HEAVY = ("X_heavy", "A_heavy", "Z_heavy")
A_RANGE = (4.0, 400.0)


def check_heavy(columns, origin, header_lines=0):
    """Return the columns with heavy nuclei completed, after validation.

    Where X_heavy = 0 the nucleus may be anything; it is taken from the nearest row that has nuclei.

    Parameters
    ----------
    columns : dict of ndarray
        With none or all of ``X_heavy``, ``A_heavy``, ``Z_heavy``, and ``radius``.
    origin : str
        File or name for messages.
    header_lines : int
        Lines before the first data line.

    Raises
    ------
    DataError
        For a missing partner column, X_heavy outside [0, 1], A outside [4, 400], Z < 1 or A < Z,
        or more protons in nuclei than Ye gives; line and column are named.
    """
    given = [name for name in HEAVY if name in columns]
    if not given:
        return columns
    missing = [name for name in HEAVY if name not in columns]
    if missing:
        raise DataError(
            f"{origin}: column '{given[0]}' needs its partner '{missing[0]}': heavy nuclei are given "
            f"by {', '.join(HEAVY)} together"
        )
    x, a, z = (np.asarray(columns[name], dtype=float) for name in HEAVY)
    used = ~(x == 0.0)

    def check(name, bad, why):
        for row in np.flatnonzero(bad)[:1]:
            raise DataError(
                f"{origin}, data line {row + 1 + header_lines}, column '{name}': "
                f"{columns[name][row]:g} {why}"
            )

    check("X_heavy", ~((x >= 0.0) & (x <= 1.0)), "is outside [0, 1]")
    check("A_heavy", used & ~((a >= A_RANGE[0]) & (a <= A_RANGE[1])),
          f"is outside [{A_RANGE[0]:g}, {A_RANGE[1]:g}]")  # fmt: skip
    check("Z_heavy", used & ~(z >= 1.0), "is below 1")
    check("Z_heavy", used & ~(z <= a), "is above the mass number A_heavy")
    if "Ye" in columns:
        bound = np.where(used, x * z / np.where(used, a, 1.0), 0.0)
        excess = used & (bound > columns["Ye"] * (1.0 + 1e-6))
        check("X_heavy", excess, "puts more protons into nuclei (X Z/A) than Ye has")
        neutrons = np.where(used, x, 0.0) - bound
        excess = used & (neutrons > (1.0 - columns["Ye"]) * (1.0 + 1e-6))
        check("X_heavy", excess, "puts more neutrons into nuclei than 1 - Ye")
    if not used.any():
        return {k: v for k, v in columns.items() if k not in HEAVY}
    radius = columns["radius"]
    filled = {n: np.interp(radius, radius[used], v[used]) for n, v in (("A_heavy", a), ("Z_heavy", z))}
    return {**columns, "X_heavy": x, **filled}


def onsets(radius, columns):
    """Return radii of the rows on both sides of every place where nuclei begin or end."""
    if "X_heavy" not in columns:
        return set()
    used = np.asarray(columns["X_heavy"]) > 0.0
    rows = np.flatnonzero(used[1:] != used[:-1])
    return {float(radius[i]) for row in rows for i in (row, row + 1)}


def heavy_state(rho, x, a, z, baryon_mass=const.M_U):
    """Return the columns of a state of matter: n_heavy [MeV^3], A_heavy, Z_heavy."""
    return {"n_heavy": rho * const.GRAM_CM3 / baryon_mass * x / a, "A_heavy": a, "Z_heavy": z}
