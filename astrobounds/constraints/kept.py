"""Tables of fits kept between runs, in the user's cache.

A table is known by everything it depends on: the arguments it was built from (by content), the sources
its solver imports, the package's data files. Files hold plain arrays, never pickled objects; what cannot
be read is built again. ``ASTROBOUNDS_KEEP_TABLES=0`` turns it off.
"""

import dataclasses
import io
import json
import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..datafiles import data_root
from ..errors import AstroboundsError
from ..identity import digest

log = logging.getLogger("astrobounds")

KEPT = 200_000_000  # bytes of all tables; the oldest go first
_FORMAT = 1


def folder():
    """Return the folder of tables, None if there is none or it is turned off."""
    if os.environ.get("ASTROBOUNDS_KEEP_TABLES") == "0":
        return None
    from ..numerics.kernel_cache import base_folder

    base = base_folder()
    if base is None or base.name != "kernels":  # a temporary one
        return None
    out = base.parent / "tables"
    try:
        out.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return out


@lru_cache(maxsize=1)
def _data_stamp():
    """Return a digest of names, sizes and times of the packaged data files."""
    root = data_root()
    seen = []
    for path in sorted(root.rglob("*")):
        if path.is_file():
            stat = path.stat()
            seen.append((str(path.relative_to(root)), stat.st_size, stat.st_mtime_ns))
    return digest(seen)


def table(kind, depends, modules, classes, build):
    """Return a table from the cache, or build and keep it.

    Parameters
    ----------
    kind : str
        Name of the file.
    depends : tuple
        Everything that ``build`` takes, by content.
    modules : sequence of module
        Whose sources (with all they import from the package) the table depends on.
    classes : sequence of type
        Classes that a table is made of.
    build : callable
        Without arguments.
    """
    path = _path(kind, depends, modules)
    names = {c.__name__: c for c in classes}
    if path is not None and path.is_file():
        try:
            out = unpack(path.read_bytes(), names)
            os.utime(path)
            log.info("%s read from %s", kind, path)
            return out
        except Exception as error:
            log.info("%s is not readable (%s): it is built again", path, error)
    out = build()
    if path is not None:
        _keep(path, pack(out, names))
    return out


def sources_of(cls):
    """Return the module of a class of the package; a user's class counts by content already."""
    import sys

    module = sys.modules.get(cls.__module__)
    return (module,) if cls.__module__.startswith("astrobounds.") and module is not None else ()


def _path(kind, depends, modules):
    where = folder()
    if where is None:
        return None
    from ..numerics.kernel_cache import source_digest

    try:
        sources = [source_digest(Path(m.__file__).resolve()) for m in modules]
        key = digest((_FORMAT, depends, sources, _data_stamp()), kind)
    except (AstroboundsError, OSError):
        return None  # something in it has no identity: not kept
    return where / f"{kind}-{key}.npz"


def _keep(path, data):
    """Write a file whole or not at all, and forget the oldest."""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with open(handle, "wb") as stream:
                stream.write(data)
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
        files = sorted(path.parent.glob("*.npz"), key=lambda p: p.stat().st_mtime, reverse=True)
        total = 0
        for file in files:
            total += file.stat().st_size
            if total > KEPT:
                file.unlink()
    except OSError as error:
        log.info("%s is not kept: %s", path.name, error)


# -- plain arrays ----------------------------------------------------------------------------------
def pack(obj, classes):
    """Return the bytes of an object of arrays, numbers, texts, containers and ``classes``."""
    arrays = {}
    structure = json.dumps(_packed(obj, classes, arrays))
    out = io.BytesIO()
    np.savez(out, structure=np.array(structure), **arrays)
    return out.getvalue()


def _packed(obj, classes, arrays):
    if obj is None or isinstance(obj, (bool, str)):
        return obj
    if isinstance(obj, (int, float, np.integer, np.floating)):
        return {"number": float(obj).hex(), "whole": isinstance(obj, (int, np.integer))}
    if isinstance(obj, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = obj
        return {"array": name}
    if isinstance(obj, (list, tuple)) and type(obj) in (list, tuple):
        return {type(obj).__name__: [_packed(v, classes, arrays) for v in obj]}
    if type(obj) is dict:
        return {"dict": [[k, _packed(v, classes, arrays)] for k, v in obj.items()]}
    if classes.get(type(obj).__name__) is not type(obj):
        raise TypeError(f"{type(obj).__name__} is no part of a table")
    parts = {k: _packed(v, classes, arrays) for k, v in _state(obj).items()}
    return {"class": type(obj).__name__, "parts": parts}


def _state(obj):
    if dataclasses.is_dataclass(obj):
        return {f.name: getattr(obj, f.name) for f in dataclasses.fields(obj) if f.init}
    return vars(obj)


def unpack(data, classes):
    """Return the object of :func:`pack`; only ``classes`` are made."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return _unpacked(json.loads(str(file["structure"])), classes, file)


def _unpacked(item, classes, file):
    if not isinstance(item, dict):
        return item
    if "number" in item:
        value = float.fromhex(item["number"])
        return int(value) if item["whole"] else value
    if "array" in item:
        return file[item["array"]]
    for kind in (list, tuple):
        if kind.__name__ in item:
            return kind(_unpacked(v, classes, file) for v in item[kind.__name__])
    if "dict" in item:
        return {k: _unpacked(v, classes, file) for k, v in item["dict"]}
    cls = classes[item["class"]]
    parts = {k: _unpacked(v, classes, file) for k, v in item["parts"].items()}
    if dataclasses.is_dataclass(cls):
        return cls(**parts)
    out = object.__new__(cls)
    out.__dict__.update(parts)
    return out
