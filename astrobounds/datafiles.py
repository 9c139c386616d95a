"""Where the packaged tables are, and how they are read."""

from functools import lru_cache
from pathlib import Path

from .errors import DataError

_PACKAGED = Path(__file__).resolve().parent / "_data"
_CHECKOUT = Path(__file__).resolve().parent.parent / "data"


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


def read_ecsv(path):
    """Read one ECSV table; a file that does not parse is a :class:`DataError`."""
    from astropy.table import Table

    try:
        return Table.read(path, format="ascii.ecsv")
    except FileNotFoundError:
        raise DataError(f"no such file: {path}") from None
    except Exception as error:
        raise DataError(f"{path} is not a readable ECSV table: {error}") from error
