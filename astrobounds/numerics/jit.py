"""The kernel decorator: numba's njit with a disk cache that knows what a kernel depends on."""

from pathlib import Path

import numba
from numba import config as _numba_config

from .kernel_cache import KernelCache, module_folder


def kernel(signature=None, **options):
    """Compile a function of floats and float64 arrays; releases the GIL and caches on disk.

    Use as ``@kernel``, ``@kernel("f8(f8, f8)")`` (compiled at import) or ``@kernel(inline="always")``.
    """
    if callable(signature):
        return kernel()(signature)
    options = {"nogil": True, "error_model": "numpy", **options}

    def decorate(function):
        dispatcher = numba.njit(**options)(function)
        if hasattr(dispatcher, "_cache"):  # not with NUMBA_DISABLE_JIT
            _attach_cache(dispatcher, function)
            if signature is not None:
                dispatcher.compile(signature)
                dispatcher.disable_compile()
        return dispatcher

    return decorate


def _attach_cache(dispatcher, function):
    folder = module_folder(Path(function.__code__.co_filename).resolve())
    if folder is None:
        return
    before = _numba_config.CACHE_DIR
    _numba_config.CACHE_DIR = str(folder)
    try:
        dispatcher._cache = KernelCache(function)
    except (OSError, RuntimeError):
        pass  # compiled anew in every process
    finally:
        _numba_config.CACHE_DIR = before


#: the same for sums and products whose order is free: fused multiplication and addition, reciprocals
quick = kernel(fastmath={"contract", "arcp", "nsz", "reassoc"})
