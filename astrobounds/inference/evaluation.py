"""One constraint at one point: what it returns is checked, what goes wrong is counted under its reason."""

import math
import re
import signal
import threading
from contextlib import contextmanager

from ..checks import number, shown
from ..errors import AstroboundsError, ConfigError, ConvergenceError, DataError

KEPT = 1000  # failed points kept with their parameters; all are counted
MODEL = "model"  # the stage of a point where the model does not exist
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")


class Failures(list):
    """(parameters, stage, message) of the first points that failed, and the number of all by reason.

    Attributes
    ----------
    counts : dict
        ``{"stage: reason": number}``; numbers inside a reason are left out, so that one reason is
        one entry.
    """

    def __init__(self, entries=(), counts=None):
        super().__init__()
        self.counts = {}
        for entry in entries:
            self.append(tuple(entry))
        if counts is not None:
            self.counts = dict(counts)

    def __reduce__(self):
        return Failures, (list(self), dict(self.counts))

    @property
    def total(self):
        """Number of all failures."""
        return sum(self.counts.values())

    def append(self, entry):
        """Count one failure and keep it if there is room."""
        _, stage, message = entry
        reason = f"{stage}: {_NUMBER.sub('#', message)}"
        self.counts[reason] = self.counts.get(reason, 0) + 1
        if len(self) < KEPT:
            super().append(entry)

    def extend(self, other):
        """Add failures, their counts included."""
        counts = other.counts if isinstance(other, Failures) else Failures(other).counts
        for reason, n in counts.items():
            self.counts[reason] = self.counts.get(reason, 0) + n
        super().extend(list(other)[: max(KEPT - len(self), 0)])

    def clear(self):
        """Forget everything."""
        super().clear()
        self.counts.clear()

    def take(self):
        """Return what is here and forget it."""
        out = Failures(self, self.counts)
        self.clear()
        return out

    def to_dict(self):
        """Return plain data for JSON."""
        return {"points": [list(e) for e in self], "counts": dict(self.counts)}

    @classmethod
    def from_dict(cls, content):
        """Build from what :meth:`to_dict` returned, or from a list of points."""
        if not isinstance(content, dict):
            return cls(content)
        return cls(content.get("points", ()), content.get("counts", {}))

    def summary(self, most=6):
        """Return lines ``number x stage: reason``, the most frequent first."""
        often = sorted(self.counts.items(), key=lambda item: -item[1])
        lines = [f"{n} x {reason}" for reason, n in often[:most]]
        rest = len(self.counts) - most
        return [*lines, f"and {rest} other reasons"] if rest > 0 else lines


class _TimeUp(BaseException):
    pass


def check_time_limit(seconds):
    """Return a time limit in seconds, or None."""
    if seconds is None:
        return None
    if not hasattr(signal, "setitimer"):
        raise ConfigError("time_limit needs the interval timers of Linux or macOS: leave it out here")
    return number(seconds, "time_limit in s", 1e-3, 1e6)


@contextmanager
def limited(seconds):
    """Raise inside the block after ``seconds``, if that can be done in this thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again, should somebody swallow it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def as_loglike(value):
    """Return (lnL, "") of what a constraint returned, or (nan, what is wrong with it).

    -inf is a point that cannot be; +inf, nan, text, None and arrays are failures.
    """
    if type(value) is float and -math.inf <= value < math.inf:
        return value, ""
    if hasattr(value, "item") and getattr(value, "shape", None) == () and not hasattr(value, "unit"):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan, f"loglike returned {shown(value)}, not a number"
    try:
        value = float(value)
    except OverflowError:
        value = math.inf
    if math.isnan(value):
        return math.nan, "lnL is not a number"
    if value == math.inf:
        return math.nan, "lnL is +inf"
    return value, ""


def attempt(constraint, model, nuisances, time_limit=None):
    """Return (lnL, None), or (nan, (stage, message)) where a constraint failed.

    Raises
    ------
    ConfigError, DataError
        What no other point can mend: a constraint that does not fit the model, a missing file.
    """
    try:
        if time_limit is None:
            value = constraint.loglike(model, nuisances)
        else:
            with limited(time_limit):
                value = constraint.loglike(model, nuisances)
    except (ConfigError, DataError, MemoryError):
        raise
    except ConvergenceError as error:
        return math.nan, (error.stage or constraint.name, str(error))
    except AstroboundsError as error:  # a proposal far out in the tail of a prior
        return math.nan, (constraint.name, str(error))
    except _TimeUp:
        return math.nan, (constraint.name, f"took longer than the time limit of {time_limit:g} s")
    except Exception as error:
        return math.nan, (constraint.name, f"raised {type(error).__name__}: {error}")
    value, wrong = as_loglike(value)
    return value, (constraint.name, wrong) if wrong else None


def point_text(values):
    """Return ``name = value`` of a point, for messages."""
    return ", ".join(f"{n} = {v:.6g}" for n, v in values.items())
