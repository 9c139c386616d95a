"""Checks at the public edge of the laboratories: choices, switches, levels and lists of curves."""

import datetime
import math
from pathlib import Path

import numpy as np

from ..errors import ConfigError, DataError, did_you_mean

NOT_RECORDED = ("not recorded", "unknown", "nan", "")


def choice(value, allowed, what, optional=True):
    """Return ``value`` after checking that it is one of the allowed words (or None if ``optional``)."""
    if value is None and optional:
        return None
    if not isinstance(value, str) or value not in allowed:
        none = "None, " if optional else ""
        raise ConfigError(
            f"{what} = {value!r}{did_you_mean(value, allowed)}; allowed: {none}{', '.join(allowed)}"
        )
    return value


def switch(value, what):
    """Return a bool; words and numbers are not switches."""
    if not isinstance(value, (bool, np.bool_)):
        raise ConfigError(f"{what} = {value!r}: write True or False")
    return bool(value)


def part_of(value, have, what):
    """Return ``value`` after checking that it is part of at least one of the words in ``have``."""
    if value is None:
        return None
    if not isinstance(value, str) or not any(value.lower() in h.lower() for h in have):
        raise ConfigError(
            f"no curve has {what} = {value!r}{did_you_mean(value, have)}; there are: {'; '.join(have)}"
        )
    return value


def level(value, where):
    """Return a confidence level from a file: 0.9, "9e-1", "90 %"; nan for "not recorded".

    Raises
    ------
    DataError
        For anything else: a limit without its level cannot be used.
    """
    text, percent = value, False
    if isinstance(value, str):
        text = value.strip().lower()
        if text in NOT_RECORDED:
            return float("nan")
        percent = text.endswith("%")
        text = text.rstrip("%").strip()
    try:
        if isinstance(value, bool) or value is None:
            raise TypeError
        number = float(text) / (100.0 if percent else 1.0)
    except (TypeError, ValueError):
        number = math.inf
    if not (0.0 < number < 1.0 or math.isnan(number)):
        raise DataError(
            f"{where}: cl = {value!r}; a level between 0 and 1 (0.9 or 90%), or 'not recorded'"
        )
    return number


def typed(curve, name, default):
    """Return the attribute ``name`` of a curve in the type of its default, or raise a DataError."""
    value = getattr(curve, name)
    where = f"curve '{str(getattr(curve, 'name', ''))[:60]}': {name} = {value!r}"
    if isinstance(default, bool):
        if not isinstance(value, (bool, np.bool_)):
            raise DataError(f"{where}; write true or false")
        return bool(value)
    if isinstance(default, str):
        if isinstance(value, datetime.date):
            return value.isoformat()
        if not isinstance(value, str):
            raise DataError(f"{where}; a text is needed: write it in quotes")
        return value
    if isinstance(default, tuple):
        if isinstance(value, (str, bytes, dict)) or not isinstance(value, (list, tuple)):
            raise DataError(f"{where}; a list is needed: [{value!r}]")
        return tuple(value)
    if isinstance(default, int):
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
            raise DataError(f"{where}; a whole number is needed")
        return int(value)
    return value


def channel_ranges(given, where):
    """Return ``((channel, low, high), ...)`` in MeV of the channels of a curve file."""
    out = []
    for item in given:
        name, low, high = item, 0.0, math.inf
        if isinstance(item, dict):
            name, low, high = (item.get(k) for k in ("name", "low", "high"))
        try:
            low, high = float(low), float(high)
        except (TypeError, ValueError):
            low, high = 1.0, 0.0
        if not isinstance(name, str) or not low < high:
            raise DataError(f"{where}: channel {item!r}; write 'e pi' or {{name: e pi, low: 0, high: 200}}")
        out.append((name, low, high))
    return tuple(out)


def output_path(path, endings):
    """Return where a file may be written: a name with one of ``endings`` in a folder that exists."""
    if not isinstance(path, (str, Path)) or not str(path).strip() or "\0" in str(path):
        raise ConfigError(f"path = {path!r}: give the name of a file ending in {' or '.join(endings)}")
    path = Path(path).expanduser()
    if path.suffix not in endings:
        raise ConfigError(f"{path}: the ending '{path.suffix}' is not known; use {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise ConfigError(f"{path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; give the name of a file")
    return path
