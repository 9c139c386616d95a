"""Checked access to the columns and header entries of the packaged gamma-ray tables."""

import numpy as np

from ..errors import DataError


def column(table, name, unit, path):
    """Return a column as float64 in ``unit``; the file must say its unit.

    Raises
    ------
    DataError
        For a missing column, a missing or foreign unit, or values that are not finite.
    """
    import astropy.units as u

    if name not in table.colnames:
        raise DataError(f"{path}: no column '{name}'; it has {', '.join(table.colnames)}")
    data = table[name]
    if data.unit is None:
        raise DataError(f"{path}: column '{name}' has no unit; give it one equivalent to {unit}")
    try:
        values = u.Quantity(np.asarray(data, dtype=float), data.unit).to_value(u.Unit(unit))
    except u.UnitConversionError:
        raise DataError(f"{path}: column '{name}' is in {data.unit}, not in {unit}") from None
    if np.ma.is_masked(data) or np.any(np.isnan(values)):
        raise DataError(f"{path}: column '{name}' has empty or NaN rows")
    return values


def header(table, name, path):
    """Return a header entry; a missing one is a :class:`DataError`."""
    try:
        return table.meta[name]
    except KeyError:
        raise DataError(f"{path}: the header has no entry '{name}'") from None
