"""Text files of public collections: two columns of numbers, read without guessing.

Separators are tabs, semicolons, commas or blanks; a comma inside a number is a decimal comma where another
separator is there. What can be read in two ways is refused with its line.
"""

import re

import numpy as np

from ..datafiles import read_text
from ..errors import ConfigError, DataError

_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_NOTHING = re.compile(r"^[+-]?(nan|inf|infinity|na|n/a|null|none|--?)?$", re.IGNORECASE)
_LIKE_A_NUMBER = re.compile(r"^[+-]?[\d.,]+([eE][+-]?\d+)?$")
SIZE_LIMIT = 5_000_000  # bytes


def columns(path, pick=None, what="curve file"):
    """Return two columns of a text file as they stand: no unit, no meaning, no sorting.

    Parameters
    ----------
    path : str or Path
        A regular local file. ``#``, ``%`` and ``!`` begin comments; words before the first row are a
        header.
    pick : (int, int), optional
        Which columns, counted from 0, are mass and limit. Only a file with two columns needs no
        such statement.

    Returns
    -------
    tuple of ndarray

    Raises
    ------
    DataError
        For a row that is not numbers (with its line), a NaN, rows of different length, more than two
        columns without a statement, a comma that can be read in two ways.
    """
    return parse(read_text(path, what, SIZE_LIMIT), str(path), pick)


def parse(text, name, pick=None):
    """Return two columns of a text; see :func:`columns`."""
    if text.lstrip().startswith("{\\rtf"):
        raise DataError(f"{name} is a rich-text document, not a table")
    lines = [(n, re.split(r"[#%!]", line)[0].strip()) for n, line in enumerate(text.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line]
    while lines and _is_header(lines[0][1]):
        lines = lines[1:]
    if len(lines) < 2:
        raise DataError(f"{name} holds fewer than two rows of numbers")
    rows = [(f"{name}, line {n}: {line[:80]!r}", _split(line, f"{name}, line {n}")) for n, line in lines]
    for where, cells in rows:
        words = [cell.strip('"') for cell in cells]
        if not all(_LIKE_A_NUMBER.match(w) or _NOTHING.match(w) for w in words):
            raise DataError(f"{where} is not two numbers")
    width = len(rows[0][1])
    decimal_comma = any("," in cell for _, cells in rows for cell in cells)
    for where, cells in rows:
        if len(cells) != width:
            raise DataError(f"{where} has {len(cells)} columns, line {lines[0][0]} has {width}")
        if decimal_comma and any("." in cell for cell in cells):
            raise DataError(f"{where}: decimal commas and points in one file; write points")
    if width < 2:
        raise DataError(f"{rows[0][0]} is not two numbers")
    table = np.array([[_number(cell, where) for cell in cells] for where, cells in rows])
    if pick is None and width > 2:
        raise DataError(
            f"{name} has {width} columns: say which are mass and limit, for instance "
            f"columns=(0, {width - 1}), counted from 0"
        )
    pick = (0, 1) if pick is None else pick
    if not isinstance(pick, (tuple, list)) or len(pick) != 2 or any(
        isinstance(i, bool) or not isinstance(i, int) or not 0 <= i < width for i in pick
    ):
        raise ConfigError(f"columns = {pick!r}: two numbers from 0 to {width - 1} for {name}")
    return table[:, pick[0]], table[:, pick[1]]


def _is_header(line):
    first = re.split(r"[\s,;]+", line.strip('"'))[0].strip('"')
    return bool(re.match(r"[A-Za-z_$\\]", first)) and not _NOTHING.match(first)


def _split(line, where):
    """Return the cells of a row; a comma left in a cell is a decimal comma."""
    for mark in ("\t", ";"):
        if mark in line:
            cells = [c.strip() for c in line.split(mark)]
            return [c for c in cells if c] if mark == "\t" else cells
    words = line.split()
    if len(words) == 1:
        return line.rstrip(",").split(",")
    if all(w.endswith(",") for w in words[:-1]):
        return [w.rstrip(",") for w in words]
    cells = [c.strip() for c in line.split(",")]
    if not any(w.strip(",") != w or w == "," for w in words):  # commas inside words only, or none
        return words
    if any(len(c.split()) > 1 for c in cells):
        raise DataError(f"{where}: {line[:80]!r} mixes commas and blanks as separators")
    return cells


def _number(cell, where):
    text = cell.strip().strip('"')
    if _NOTHING.match(text):
        raise DataError(f"{where} has no number ({text or 'empty'}); leave such rows out")
    text = text.replace(",", ".") if text.count(",") == 1 else text
    if not _NUMBER.match(text):
        raise DataError(f"{where} is not two numbers")
    return float(text)
