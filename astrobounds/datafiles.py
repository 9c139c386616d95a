"""Where the packaged tables are, and how files of any origin are read.

Only regular local files are opened, never an address, a pipe or a device, and none above a size limit:
:func:`local_file` says so in one place.
"""

import os
import re
import stat
from functools import lru_cache
from pathlib import Path

from .errors import ConfigError, DataError

_PACKAGED = Path(__file__).resolve().parent / "_data"
_CHECKOUT = Path(__file__).resolve().parent.parent / "data"
SIZE_LIMIT = 20_000_000  # bytes, of a table; chosen: the largest packaged one has 0.5e6


@lru_cache(maxsize=1)
def data_root():
    """Return the folder of packaged data: inside a wheel, else the checkout's ``data/``."""
    for root in (_PACKAGED, _CHECKOUT):
        if (root / "README.md").is_file():
            return root
    raise DataError(
        f"the data files of astrobounds are missing (looked in {_PACKAGED} and {_CHECKOUT}); "
        "reinstall the package"
    )


def data_path(name):
    """Return the path of one packaged file, for instance ``"lab/pienu_2017_ue4.ecsv"``."""
    path = data_root() / name
    if not path.is_file():
        raise DataError(f"no packaged data file '{name}'; see data/README.md for the list")
    return path


def data_files(folder, pattern="*.ecsv"):
    """Return the sorted paths of the packaged files in ``folder``."""
    return sorted((data_root() / folder).glob(pattern))


def local_file(path, what="file", limit=SIZE_LIMIT):
    """Return the path of a regular local file after checking that it may be read.

    Parameters
    ----------
    path : str or PathLike
        ``~`` is expanded. An address (``https://...``) is not a path.
    what : str
        What the file is, for messages: "curve file".
    limit : int
        Largest size in bytes.

    Returns
    -------
    Path

    Raises
    ------
    ConfigError
        If ``path`` is not a path at all: another type, empty, an address, a NUL in it.
    DataError
        If there is no such file, or it is a folder, a pipe, a device, unreadable or too large.
    """
    if isinstance(path, bytes) or not isinstance(path, (str, os.PathLike)):
        raise ConfigError(f"{what}: {str(path)[:60]!r} is not a path; give the name of a file")
    text = os.fspath(path)
    if isinstance(text, bytes) or not text.strip() or "\0" in text:
        raise ConfigError(f"{what}: {text[:60]!r} is not a path; give the name of a file")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", text):
        raise ConfigError(f"{what}: {text[:120]} is an address; only local files are read: save it first")
    try:
        found = Path(text).expanduser()
        status = found.stat()
    except RuntimeError:  # a '~' of somebody without a home
        raise DataError(f"{what}: no home folder for {text[:120]}; give the full path") from None
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"{what}: no such file: {text[:240]}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible path"
        raise DataError(f"{what}: {text[:240]} cannot be read: {reason}") from None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
        raise DataError(f"{what}: {text[:240]} is {kind}; a regular file is needed")
    if status.st_size > limit:
        raise DataError(
            f"{what}: {text[:240]} has {status.st_size} bytes, more than the {limit} that are read"
        )
    return found


def read_text(path, what="file", limit=SIZE_LIMIT):
    """Return the text of a regular local file; see :func:`local_file` for what is refused."""
    found = local_file(path, what, limit)
    try:
        return found.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{what}: {found} is not a text in UTF-8") from None
    except OSError as error:
        raise DataError(f"{what}: {found} cannot be read: {error.strerror or error}") from None


def read_ecsv(path):
    """Read one ECSV table; a file that does not parse is a :class:`DataError`."""
    from astropy.table import Table

    lines = read_text(path, "table").splitlines()
    try:
        return Table.read(lines, format="ascii.ecsv")
    except Exception as error:
        raise DataError(f"{path} is not a readable ECSV table: {str(error)[:300]}") from error


def read_table(path, what="table"):
    """Read one ECSV table; files in the plain form of the packaged ones are read many times faster.

    Same result and same refusals as :func:`read_ecsv`, which reads what is not plain.
    """
    import yaml

    lines = read_text(path, what).splitlines()
    try:
        table = _plain_table(lines)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, yaml.YAMLError):
        table = None  # the general reader says what is wrong with it
    return read_ecsv(path) if table is None else table


def _plain_table(lines):
    """Return the table of lines without quotes, tags and types other than numbers and words, else None."""
    import numpy as np
    import yaml
    from astropy.table import Table

    head = [line[2:] for line in lines if line.startswith("# ")]
    body = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    if lines[:2] != ["# %ECSV 1.0", "# ---"] or any('"' in cell for row in body for cell in row):
        return None
    header = yaml.load("\n".join(head[2:]), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    columns = header["datatype"]
    if set(header) - {"datatype", "meta"} or any(set(c) - {"name", "unit", "datatype"} for c in columns):
        return None
    if body[0] != [c["name"] for c in columns] or any(len(row) != len(columns) for row in body[1:]):
        return None
    kinds = {"float64": float, "string": str}
    cells = [np.array(v, dtype=kinds[c["datatype"]]) for v, c in zip(zip(*body[1:]), columns)]
    table = Table(cells, names=body[0], meta=header.get("meta") or {})
    for c in columns:
        table[c["name"]].unit = c.get("unit")
    return table


def column(table, name, path):
    """Return one column of numbers as floats; an empty, masked or NaN cell is refused with its row.

    Parameters
    ----------
    table : Table
    name : str
    path : path
        Where the table came from, for messages.
    """
    import numpy as np

    if name not in table.colnames:
        raise DataError(f"{path} has no column '{name}'; there are: {', '.join(table.colnames)}")
    cells = table[name]
    if cells.ndim != 1 or cells.dtype.kind not in "iuf":
        raise DataError(f"{path}: the column '{name}' does not hold one number per row")
    values = np.ma.filled(np.ma.array(cells, dtype=float), np.nan)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise DataError(
            f"{path}: row {bad[0] + 1} of the column '{name}' is empty, NaN or infinite; "
            "give a number or leave the row out"
        )
    return values
