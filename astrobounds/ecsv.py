"""Tables in ECSV, read without astropy, whose import takes longer than a prediction."""

import csv

import numpy as np

from .errors import DataError


def read_numbers(path):
    """Return ``(names, values)`` of an ECSV file of numbers, values of shape (rows, columns)."""
    try:
        with open(path, encoding="utf-8") as handle:
            lines = [line for line in handle if line.strip() and not line.startswith("#")]
        names = tuple(lines[0].split())
        values = np.array([[float(word) for word in line.split()] for line in lines[1:]])
    except (OSError, ValueError, IndexError) as error:
        raise DataError(f"{path} is not a readable table of numbers: {error}") from error
    if values.ndim != 2 or values.shape[1] != len(names):
        raise DataError(f"{path}: rows do not match the {len(names)} columns {names}")
    return names, values


def read_columns(path):
    """Return ``{column: tuple of str}`` of an ECSV file in the order of the file."""
    try:
        with open(path, encoding="utf-8", newline="") as handle:
            rows = csv.reader((line for line in handle if not line.startswith("#")), delimiter=" ")
            names, *body = (row for row in rows if row)
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path} is not a readable table: {error}") from error
    if any(len(row) != len(names) for row in body):
        raise DataError(f"{path}: rows do not match the {len(names)} columns {tuple(names)}")
    return dict(zip(names, zip(*body)))


def write_numbers(path, names, values, meta, units=None):
    """Write an ECSV file of floats (used to regenerate the tables of ``data/cosmology``)."""
    import astropy.units as u
    from astropy.table import Table

    columns = Table(np.asarray(values, dtype=float), names=names)
    for name, unit in (units or {}).items():
        columns[name].unit = u.Unit(unit)
    columns.meta.update(meta)
    columns.write(path, format="ascii.ecsv", overwrite=True)
