"""Where compiled kernels are kept: one private folder a module, named by what the module is made of.

numba's own cache watches only the file of a function, so a constant that changes in another file would
keep giving the old number. Here the name of the folder is a digest of the module and of everything it
imports from the package: an edit recompiles what depends on it and nothing else. What is read from the
folder runs as code, so the folder must belong to this user and to nobody else; a damaged or unwritable
one costs a compilation, never an error.
"""

import atexit
import hashlib
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from functools import cache, lru_cache
from pathlib import Path

import numba
from numba.core.caching import FunctionCache

PACKAGE = Path(__file__).resolve().parent.parent
_IMPORT = re.compile(r"^[ \t]*from[ \t]+(\.+)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)", re.MULTILINE)
_LARGE = 400  # folders, above this old ones are removed
_UNUSED_S = 14 * 86400.0  # s without use after which a folder may go
_log = logging.getLogger(__name__)


@cache
def _read(path):
    return path.read_bytes()


def _file_of(parts):
    """Return the file of a module below the package, None if there is none."""
    folder = PACKAGE.joinpath(*parts)
    for path in (folder.with_name(folder.name + ".py") if parts else None, folder / "__init__.py"):
        if path is not None and path.is_file():
            return path
    return None


@cache
def imports_of(path):
    """Return the files of the package that one of its files imports itself, inside functions too."""
    here = path.parent.relative_to(PACKAGE).parts
    found = set()
    for dots, tail, names in _IMPORT.findall(_read(path).decode("utf-8")):
        up = len(dots) - 1
        if up > len(here):
            continue
        base = (*here[: len(here) - up], *filter(None, tail.split(".")))
        candidates = [base] + [(*base, n.split()[0]) for n in names.strip("()").split(",") if n.strip()]
        found.update(f for f in map(_file_of, candidates) if f is not None)
    found.discard(path)
    return frozenset(found)


@cache
def closure(path):
    """Return the sorted files that a file of the package depends on, itself included."""
    seen, todo = set(), [path]
    while todo:
        item = todo.pop()
        if item not in seen:
            seen.add(item)
            todo.extend(imports_of(item))
    return tuple(sorted(seen))


@cache
def source_digest(path):
    """Return a digest of a file, of all it imports from the package, and of numba's version.

    A file outside the package may use any of it: the whole package counts.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    own = path.is_relative_to(PACKAGE)
    for item in closure(path) if own else (path, *sorted(PACKAGE.rglob("*.py"))):
        name = item.relative_to(PACKAGE) if item.is_relative_to(PACKAGE) else item
        digest.update(str(name).encode())
        digest.update(_read(item))
    return digest.hexdigest()[:16]


def _wanted_base():
    """Return the folder of the user's choice or of the system's habit, None without a home."""
    chosen = os.environ.get("ASTROBOUNDS_CACHE_DIR") or ""
    try:
        if chosen:
            return Path(chosen).expanduser()
        habit = os.environ.get("XDG_CACHE_HOME")
        return (Path(habit) if habit else Path.home() / ".cache") / "astrobounds"
    except RuntimeError:  # no HOME and no entry in the user database
        return None


def _trusted(folder):
    """True if nobody but this user (or the superuser) can change a folder or replace it."""
    if not hasattr(os, "getuid"):
        return True
    user = os.getuid()
    own = os.stat(folder)
    if own.st_uid != user or own.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    for parent in Path(folder).resolve().parents:
        state = os.stat(parent)
        shared = state.st_mode & stat.S_IWOTH and not state.st_mode & stat.S_ISVTX
        if state.st_uid not in (0, user) or shared:
            return False
    return True


def _private_folder():
    folder = Path(tempfile.mkdtemp(prefix="astrobounds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=1)
def base_folder():
    """Return the folder that holds those of the modules: this user's own, else a private temporary one."""
    wanted = _wanted_base()
    if wanted is not None:
        folder = wanted / "kernels"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(folder, os.W_OK) and _trusted(folder):
                _forget_old(folder)
                return folder
            reason = "is not writable" if _trusted(folder) else "can be changed by other users"
        except OSError as error:
            reason = f"cannot be used ({error.strerror})"
        _log.warning(
            "%s %s: compiled kernels are kept for this process only; set ASTROBOUNDS_CACHE_DIR to a "
            "folder of your own", folder, reason)  # fmt: skip
    try:
        return _private_folder()
    except OSError:
        return None


@cache
def module_folder(path):
    """Return the folder of the kernels of one source file; None if nothing can be written."""
    base = base_folder()
    if base is None or not path.is_file():  # typed at a prompt: nothing to know it by
        return None
    folder = base / source_digest(path)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.utime(folder)
    except OSError:
        return None
    return folder


def _forget_old(parent):
    folders = [p for p in parent.iterdir() if p.is_dir()]
    if len(folders) <= _LARGE:
        return
    limit = time.time() - _UNUSED_S
    for old in folders:
        try:
            if old.stat().st_mtime < limit:
                shutil.rmtree(old, ignore_errors=True)
        except OSError:
            continue


@cache
def _say_once(folder, what):
    _log.warning("kernels in %s cannot be %s: they are compiled again", folder, what)


class KernelCache(FunctionCache):
    """numba's cache of one function; damage and failed writes are a recompilation."""

    def load_overload(self, sig, target_context):
        """Return the compiled function, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # an index cut short, foreign bytes: whatever unpickling meets
            _say_once(self.cache_path, "read")
            self._start_anew()
            return None

    def save_overload(self, sig, data):
        """Keep a compiled function if that is possible."""
        try:
            super().save_overload(sig, data)
        except Exception:  # a full disk, a quota, a damaged index
            self._start_anew()
            try:
                super().save_overload(sig, data)
            except Exception:
                _say_once(self.cache_path, "kept")

    def _start_anew(self):
        try:
            self.flush()
        except OSError:
            pass
