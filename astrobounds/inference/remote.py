"""Work on pools that somebody else started: Dask clusters and executors such as mpi4py's.

A function with its tables may be large, the points it is applied to are not. Every piece of work names
its function by a digest; a worker that does not know it says so and is sent the function once. A worker
that joins late, or starts again after it was killed, needs no special care, and nothing has to
stay alive on any worker for the others.
"""

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import BrokenExecutor, CancelledError

from ..errors import AstroboundsError, ConfigError
from .usercode import Parcel

FIRST = 4  # pieces per worker that bring the function along before it is known where it is
LARGEST = 64  # arguments in one piece
KEPT = 4  # functions that a worker remembers
_OPENED, _LOCK = OrderedDict(), threading.Lock()


def is_dask(pool):
    """True for a Dask client."""
    return hasattr(pool, "scatter") and hasattr(pool, "submit")


def _function(key, parcel):
    """Return the function of a digest, from its parcel if it is not known yet; None without both."""
    with _LOCK:
        if key not in _OPENED:
            if parcel is None:
                return None
            _OPENED[key] = parcel.open()
            while len(_OPENED) > KEPT:
                _OPENED.popitem(last=False)
        _OPENED.move_to_end(key)
        return _OPENED[key]


def work(key, parcel, arguments):
    """Apply a function that is known by its digest; return None where it has to be sent first."""
    function = _function(key, parcel)
    return None if function is None else [function(a) for a in arguments]


class Remote:
    """A function on a foreign pool.

    Parameters
    ----------
    pool : Dask Client or Executor
    function : callable
    """

    def __init__(self, pool, function):
        self._pool, self._parcel = pool, Parcel(function)
        self.size = size_of(pool)
        self._key = hashlib.sha256(self._parcel.payload).hexdigest()
        self._started = False

    def map(self, arguments):
        """Yield results in the order of the arguments; finished ones do not wait for what follows.

        Raises
        ------
        ConfigError
            If the pool is gone, or a piece of work ends every worker that takes it.
        """
        arguments = list(arguments)
        chunk = max(1, min(LARGEST, len(arguments) // (8 * self.size)))
        pieces = [arguments[i : i + chunk] for i in range(0, len(arguments), chunk)]
        known, self._started = self._started, True
        futures = []
        try:
            for i, piece in enumerate(pieces):
                bring = not known and i < FIRST * self.size
                futures.append(self._submit(piece, bring))
            for i in range(len(pieces)):
                found = self._result(futures[i])
                if found is None:
                    self._send_again(futures, pieces, i)
                    found = self._result(futures[i])
                futures[i] = None
                yield from found
        finally:
            for future in futures:
                if future is not None:
                    future.cancel()

    def _submit(self, piece, bring):
        options = {"pure": False} if is_dask(self._pool) else {}
        try:
            return self._pool.submit(work, self._key, self._parcel if bring else None, piece, **options)
        except AstroboundsError:
            raise
        except Exception as error:
            raise ConfigError(self._gone(error)) from None

    def _send_again(self, futures, pieces, first):
        """Submit with the function what came back for lack of it."""
        for i in range(first, len(pieces)):
            future = futures[i]
            if i == first or (future.done() and not future.cancelled() and self._result(future) is None):
                futures[i] = self._submit(pieces[i], True)

    def _result(self, future):
        try:
            return future.result()
        except CancelledError as error:
            raise ConfigError(self._gone(error)) from None
        except BrokenExecutor as error:
            raise ConfigError(self._gone(error)) from None
        except Exception as error:
            name = type(error).__name__
            if name == "KilledWorker":
                raise ConfigError(
                    "Dask: a piece of work ended every worker that took it (killed, or out of memory?); "
                    "what was computed is kept, try fewer processes per node"
                ) from None
            if name in ("CommClosedError", "FutureCancelledError", "FuturesCancelledError"):
                raise ConfigError(self._gone(error)) from None
            raise

    def _gone(self, error):
        who = "the Dask cluster" if is_dask(self._pool) else f"the pool ({type(self._pool).__name__})"
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        return f"{who} is gone ({reason}); what was computed is kept, run again to go on"


def size_of(pool):
    """Return the number of workers of a pool, as far as it says so."""
    if is_dask(pool) and hasattr(pool, "nthreads"):
        return max(1, sum(pool.nthreads().values()))
    for name in ("num_workers", "_max_workers"):
        number = getattr(pool, name, None)
        if isinstance(number, int) and number > 0:
            return number
    return 2
