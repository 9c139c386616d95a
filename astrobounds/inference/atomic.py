"""Files that are whole or not there: written beside, brought to the disk, then renamed."""

import os
from pathlib import Path

from ..errors import DataError


def write_whole(path, data, remedy="free some space and run again"):
    """Replace a file by ``data`` (bytes or text); on any failure the old one stands, nothing is left.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    data = data.encode("utf-8") if isinstance(data, str) else data
    try:
        part.unlink(missing_ok=True)  # never through a link that stands there
        with open(part, "xb", buffering=0) as stream:
            view = memoryview(data)
            while view:
                view = view[stream.write(view) :]
            os.fsync(stream.fileno())
        os.replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        try:
            part.unlink(missing_ok=True)
        except OSError:
            pass
        raise DataError(f"cannot write {path}: {error.strerror or error}; {remedy}") from None


def sync_folder(folder):
    """Bring the names in a folder to the disk, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
