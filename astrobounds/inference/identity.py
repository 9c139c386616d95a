"""What identifies a configuration: every option and every number of a constraint, not its description."""

import dataclasses
import hashlib
import types

import numpy as np


def digest(obj):
    """Return a short digest of an object's content, the same in every process."""
    sha = hashlib.sha256()
    _feed(sha, obj, set())
    return sha.hexdigest()[:16]


def prior_text(prior):
    """Return a prior in words with all digits of its numbers."""
    numbers = {k: v for k, v in vars(prior).items() if k != "unit"}
    return f"{type(prior).__name__} {numbers} {prior.unit}".strip()


def _feed(sha, obj, seen):
    """Add type and content of ``obj``; callables count by name, stars by their profile."""
    sha.update(type(obj).__name__.encode())
    if obj is None or isinstance(obj, (bool, int, float, complex, str, bytes, np.generic)):
        sha.update(repr(obj).encode())
        return
    if id(obj) in seen:
        return
    seen.add(id(obj))
    if isinstance(obj, np.ndarray):
        sha.update(str((obj.dtype, obj.shape, getattr(obj, "unit", ""))).encode())
        if obj.dtype == object:
            for item in obj.ravel():
                _feed(sha, item, seen)
        else:
            sha.update(np.ascontiguousarray(obj).tobytes())
    elif isinstance(obj, (list, tuple)):
        for item in obj:
            _feed(sha, item, seen)
    elif isinstance(obj, (set, frozenset)):
        _feed(sha, sorted(map(str, obj)), seen)
    elif hasattr(obj, "items"):
        for key in sorted(obj, key=str):
            sha.update(str(key).encode())
            _feed(sha, obj[key], seen)
    elif isinstance(obj, types.ModuleType) or (callable(obj) and hasattr(obj, "__qualname__")):
        sha.update(getattr(obj, "__qualname__", obj.__name__).encode())
    elif hasattr(obj, "at") and hasattr(obj, "breaks"):  # a star: its profile between its breaks
        radius = np.concatenate(
            [np.linspace(a, b, 40) for a, b in zip(obj.breaks[:-1], obj.breaks[1:])]
        )
        _feed(sha, (obj.name, obj.breaks, dict(obj.at(radius))), seen)
    elif dataclasses.is_dataclass(obj):
        for field in dataclasses.fields(obj):
            _feed(sha, getattr(obj, field.name), seen)
    elif hasattr(obj, "__dict__"):
        _feed(sha, vars(obj), seen)
