"""Checks at the public edge: each returns the value it was given, in its type, or says what is wrong.

Every message names the argument, the value, what is allowed and the remedy. What is checked here is
not checked again inside.
"""

import math
import numbers
import os
import reprlib
import stat
from pathlib import Path

from .errors import ConfigError, DataError, did_you_mean

RUN_FILE_LIMIT = 1_000_000  # bytes of a run file
FILE_LIMIT = 200_000_000  # bytes of any other file that is read

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlong = 40


def shown(value):
    """Return the representation of a value, never longer than a line and never an error."""
    try:
        return " ".join(_SHORT.repr(value).split())
    except Exception:
        return f"<{type(value).__name__}>"


def boolean(value, what):
    """Return True or False; text, numbers and None are refused."""
    import numpy as np

    if not isinstance(value, (bool, np.bool_)):
        raise ConfigError(f"{what} = {shown(value)}: true or false is needed")
    return bool(value)


def number(value, what, low=-math.inf, high=math.inf):
    """Return a finite float in ``[low, high]``; a Quantity, text, arrays and None are refused."""
    remedy = f"a number in [{low:g}, {high:g}] is needed"
    if hasattr(value, "unit"):
        raise ConfigError(f"{what} = {shown(value)} has a unit; {remedy}")
    plain = isinstance(value, numbers.Real) and not isinstance(value, bool)
    try:
        out = float(value) if plain else math.nan
    except (OverflowError, TypeError, ValueError):
        out = math.nan
    if not (math.isfinite(out) and low <= out <= high):
        raise ConfigError(f"{what} = {shown(value)}: {remedy}")
    return out


def whole(value, what, low, high):
    """Return an int in ``[low, high]``."""
    good = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not good or not low <= value <= high:
        raise ConfigError(f"{what} = {shown(value)}: a whole number from {low} to {high} is needed")
    return int(value)


def choice(value, what, allowed):
    """Return one of the texts ``allowed``."""
    if not isinstance(value, str) or value not in allowed:
        hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
        listed = ", ".join(f"'{a}'" for a in allowed)
        raise ConfigError(f"{what} = {shown(value)}{hint}; allowed: {listed}")
    return value


def confidence(value, what="cl"):
    """Return a confidence level between 0 and 1."""
    try:
        out = number(value, what)
    except ConfigError:
        out = math.nan
    if not 0.0 < out < 1.0:
        raise ConfigError(f"{what} = {shown(value)}: a confidence level lies between 0 and 1, as 0.9")
    return out


def texts(value, what):
    """Return a tuple of texts from one text or a collection of them (one text is not its letters)."""
    if isinstance(value, str):
        return (value,)
    try:
        out = tuple(value)
    except TypeError:
        out = (None,)
    if not all(isinstance(v, str) for v in out):
        raise ConfigError(f"{what} = {shown(value)}: a list of texts is needed")
    return out


def mapping(value, what):
    """Return a dict."""
    if not hasattr(value, "items"):
        raise ConfigError(f"{what} = {shown(value)}: a mapping is needed")
    return dict(value)


def path(value, what="path"):
    """Return a Path with ``~`` expanded; empty names, other types and NUL are refused."""
    if not isinstance(value, (str, os.PathLike)) or not str(value).strip() or "\0" in str(value):
        raise ConfigError(f"{what} = {shown(value)}: the name of a file or folder is needed")
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise ConfigError(f"{what} = {shown(value)}: there is no home folder, write it in full") from None


def regular_file(value, what="path", limit=FILE_LIMIT):
    """Return the Path of a local file that can be read: no folder, pipe or device, not above ``limit``."""
    out = path(value, what)
    try:
        seen = os.stat(out)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"cannot read {shown(str(out))}: {reason}") from None
    if not stat.S_ISREG(seen.st_mode):
        raise DataError(f"cannot read {shown(str(out))}: it is no regular file")
    if seen.st_size > limit:
        raise DataError(
            f"cannot read {shown(str(out))}: {seen.st_size / 1e6:.3g} MB, above the limit of "
            f"{limit / 1e6:g} MB"
        )
    return out
