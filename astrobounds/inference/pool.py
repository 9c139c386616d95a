"""Pools: anything with a ``map``, with the likelihood placed once per worker."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from ..errors import ConfigError
from .store import release_locks

_WORKER = {}


def _place(function, parent):
    """Start of a worker: keep the function, drop inherited locks, end when the parent ends."""
    release_locks()
    _WORKER["function"] = function

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _call(argument):
    return _WORKER["function"](argument)


class _Bound:
    """Map of one fixed function over arguments."""

    def __init__(self, mapper):
        self._mapper = mapper

    def map(self, arguments):
        return self._mapper(arguments)


@contextmanager
def bound_pool(function, pool=None):
    """Yield an object whose ``map(arguments)`` applies ``function``, in order.

    Parameters
    ----------
    function : callable
        Placed once per worker when this function starts the processes.
    pool : None, int, Executor, Dask Client or object with ``map``
        None or 1: in this process. An int: that many processes.

    Raises
    ------
    ConfigError
        For a negative number of processes or an object without ``map``.
    """
    if pool is None or pool == 1:
        yield _Bound(lambda arguments: map(function, arguments))
    elif isinstance(pool, int) and not isinstance(pool, bool):
        if not 1 <= pool <= 256:
            raise ConfigError(f"pool = {pool}: between 1 and 256 processes")
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        with ProcessPoolExecutor(pool, context, initializer=_place,
                                 initargs=(function, os.getpid())) as workers:  # fmt: skip
            yield _Bound(lambda arguments: workers.map(_call, arguments))
    elif isinstance(pool, Executor):
        yield _Bound(lambda arguments: pool.map(function, arguments))
    elif hasattr(pool, "scatter") and hasattr(pool, "gather"):  # a Dask Client
        remote = pool.scatter(function, broadcast=True)
        yield _Bound(
            lambda arguments: pool.gather([pool.submit(_apply, remote, a) for a in arguments])
        )
    elif hasattr(pool, "map"):
        yield _Bound(lambda arguments: pool.map(function, arguments))
    else:
        raise ConfigError(
            f"pool = {pool!r}: give a number of processes, an Executor, a Dask Client or an object "
            "with a map method"
        )


def _apply(function, argument):
    return function(argument)
