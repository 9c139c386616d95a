"""Pools: anything with a ``map``, with the likelihood and its tables placed once per worker.

Worker processes are started fresh (forkserver, or spawn where there is none): nothing of the parent's
threads or locks is inherited. A worker that dies is replaced and its work done again.
"""

import multiprocessing
import os
import sys
import threading
import types
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import wait

from ..checks import shown
from ..errors import ConfigError
from .remote import Remote, is_dask
from .usercode import Parcel

ATTEMPTS = 3  # deaths of workers in a row, without any result between them, before giving up
_WORKER = {}


def _place(parcel):
    """Start of a worker: keep the function, end when the parent ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch():
            wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
    if parcel is not None:
        _WORKER["function"] = parcel.open()


def _call(argument):
    return _WORKER["function"](argument)


def _parcels(function, arguments):
    """Return one parcel per argument: a model's class may be a user's, in the function or in them."""
    return [Parcel((function, argument)) for argument in arguments]


def _run(parcel):
    """Call what came in a parcel."""
    function, argument = parcel.open()
    return function(argument)


class _Bound:
    """Map of one fixed function over arguments."""

    def __init__(self, mapper):
        self._mapper = mapper

    def map(self, arguments):
        """Return an iterable of results in the order of the arguments."""
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
        For a negative number of processes, an object without ``map``, a function that cannot
        travel, workers that die again and again.
    """
    check_pool(pool)
    if pool is None or pool == 1:
        yield _Bound(lambda arguments: map(function, arguments))
    elif isinstance(pool, int):
        parcel = Parcel(function)
        with _Processes(pool, parcel) as workers:
            yield _Bound(lambda arguments: workers.map(_call, arguments))
    elif isinstance(pool, ThreadPoolExecutor):
        yield _Bound(lambda arguments: pool.map(function, arguments))
    elif isinstance(pool, Executor) or is_dask(pool):
        yield _Bound(Remote(pool, function).map)
    else:
        yield _Bound(lambda arguments: pool.map(function, arguments))


@contextmanager
def open_pool(pool=None):
    """Yield ``mapper(function, arguments)`` over a pool, for many different functions: tables."""
    check_pool(pool)
    if pool is None or pool == 1:
        yield map
    elif isinstance(pool, int):
        with _Processes(pool, None) as workers:
            yield lambda function, arguments: workers.map(_run, _parcels(function, arguments))
    elif is_dask(pool) or (isinstance(pool, Executor) and not isinstance(pool, ThreadPoolExecutor)):
        remote = Remote(pool, _run)
        yield lambda function, arguments: remote.map(_parcels(function, arguments))
    else:
        yield pool.map


def check_pool(pool):
    """Raise ConfigError unless something can be a pool."""
    if isinstance(pool, int) and not isinstance(pool, bool):
        if not 1 <= pool <= 256:
            raise ConfigError(f"pool = {pool}: between 1 and 256 processes")
    elif pool is not None and not callable(getattr(pool, "map", getattr(pool, "scatter", None))):
        raise ConfigError(
            f"pool = {shown(pool)}: give a number of processes, an Executor, a Dask Client or an object "
            "with a map method"
        )


class _Processes:
    """Worker processes that are replaced when they die."""

    def __init__(self, number, parcel):
        self._number, self._parcel, self._executor = number, parcel, None
        self._main = parcel is not None and parcel.needs_main  # of the program is needed by workers

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self._close(wait_for_them=kind is None)

    def _close(self, wait_for_them=True):
        if self._executor is not None:
            self._executor.shutdown(wait=wait_for_them, cancel_futures=True)
            self._executor = None

    def _submit(self, function, arguments):
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._number, _context(self._main), initializer=_place, initargs=(self._parcel,)
            )
        quiet = nullcontext if self._main else _without_main
        with quiet():  # processes are started while work is submitted
            return [self._executor.submit(function, a) for a in arguments]

    def map(self, function, arguments):
        """Yield results in order; what a dead worker was given is done again."""
        arguments = list(arguments)
        if not self._main and any(isinstance(a, Parcel) and a.needs_main for a in arguments):
            self._close()  # those that run do not know the program
            self._main = True
        chunk = max(1, min(64, len(arguments) // (8 * self._number)))
        pieces = [arguments[i : i + chunk] for i in range(0, len(arguments), chunk)]
        results, deaths = {}, 0
        task = _Chunk(function)
        waiting, futures = 0, {}
        while waiting < len(pieces):
            todo = [i for i in range(waiting, len(pieces)) if i not in futures and i not in results]
            try:
                futures.update(zip(todo, self._submit(task, [pieces[i] for i in todo])))
                while waiting < len(pieces):
                    if waiting not in results:
                        results[waiting] = futures.pop(waiting).result()
                        deaths = 0
                    yield from results.pop(waiting)
                    waiting += 1
            except BrokenProcessPool:
                done = {i: f.result() for i, f in futures.items()
                        if f.done() and not f.cancelled() and f.exception() is None}  # fmt: skip
                results.update(done)
                deaths = 0 if done else deaths + 1
                futures.clear()
                self._close()
                if deaths >= ATTEMPTS:
                    raise ConfigError(self._obituary(pieces[waiting][0])) from None

    def _obituary(self, argument):
        guard = ""
        what = "the first of them" if isinstance(argument, Parcel) else shown(argument)
        if self._main:
            guard = (
                "; what they compute is defined in the program itself: is its call under "
                "\"if __name__ == '__main__':\"?"
            )
        return (
            f"worker processes died {ATTEMPTS} times in a row (killed, or out of memory?) near "
            f"{what}{guard}; try pool=1, what was computed is kept"
        )


class _Chunk:
    """A function applied to a list of arguments: less overhead than one by one."""

    def __init__(self, function):
        self.function = function

    def __call__(self, arguments):
        return [self.function(a) for a in arguments]


def _context(needs_main):
    """Return how processes start: forkserver, else spawn; fork only for objects of a notebook."""
    methods = multiprocessing.get_all_start_methods()
    main = sys.modules.get("__main__")
    interactive = main is not None and getattr(main, "__file__", None) is None
    if needs_main and interactive and "fork" in methods:
        return multiprocessing.get_context("fork")  # nobody else can see what a notebook defines
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["astrobounds.inference.pool", "numpy"])
    return context


@contextmanager
def _without_main():
    """Start processes that do not run the program's main module again: nothing they get is from it."""
    main = sys.modules.get("__main__")
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
