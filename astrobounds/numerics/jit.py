"""The kernel decorator: numba's njit with a disk cache that belongs to one state of the sources.

numba's own cache watches only the file of the function, so a constant that changes in another file
would keep giving the old number. Here the cache lies in a folder of the user named by a digest of
all sources of the package; it also works when the package is installed read-only.
"""

import hashlib
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import numba
from numba import config as _numba_config

_PACKAGE = Path(__file__).resolve().parent.parent
_KEEP = 6


@lru_cache(maxsize=1)
def source_digest():
    """Return a digest of every source file of the package and of the numba version."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(str(path.relative_to(_PACKAGE)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _base_folder():
    chosen = os.environ.get("ASTROBOUNDS_CACHE_DIR")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache") / "astrobounds"


@lru_cache(maxsize=1)
def cache_folder():
    """Return the writable folder of compiled kernels for the current sources."""
    for base in (_base_folder(), Path(tempfile.gettempdir()) / f"astrobounds-{os.getuid()}"):
        folder = base / "kernels" / source_digest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.utime(folder)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            _forget_old(folder.parent)
            return folder
    return None


def _forget_old(parent):
    folders = sorted((p for p in parent.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for old in folders[:-_KEEP]:
        shutil.rmtree(old, ignore_errors=True)


def kernel(signature=None, **options):
    """Compile a function of floats and float64 arrays; releases the GIL and caches on disk.

    Use as ``@kernel``, ``@kernel("f8(f8, f8)")`` (compiled at import) or ``@kernel(inline="always")``.
    """
    if callable(signature):
        return kernel()(signature)
    options = {"nogil": True, "error_model": "numpy", **options}
    folder = cache_folder()

    def decorate(function):
        before = _numba_config.CACHE_DIR
        if folder is not None:
            _numba_config.CACHE_DIR = str(folder)
        try:
            args = () if signature is None else (signature,)
            return numba.njit(*args, cache=folder is not None, **options)(function)
        finally:
            _numba_config.CACHE_DIR = before

    return decorate
