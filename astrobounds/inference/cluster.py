"""From what a run file or a command line says about a pool to the pool itself."""

import os
from contextlib import contextmanager

from ..checks import shown
from ..errors import ConfigError

ADDRESS = "DASK_SCHEDULER_ADDRESS"
TIMEOUT = 15.0  # s until a scheduler must have answered


def check_pool_setting(value):
    """Return a pool as a run file gives it, checked.

    Parameters
    ----------
    value : None, int or str
        None or a number of processes; ``"dask"`` for the scheduler that the environment names;
        ``"dask:<address>"``, the address of a scheduler (``tcp://host:8786``) or the path of its file.

    Raises
    ------
    ConfigError
        For anything else.
    """
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 256):
        return value
    if isinstance(value, str) and (value == "dask" or (value.startswith("dask:") and len(value) > 5)):
        return value
    raise ConfigError(
        f"pool = {shown(value)}: the number of processes, from 1 to 256; dask, or dask:tcp://host:8786"
    )


@contextmanager
def opened(pool):
    """Yield a pool for :func:`astrobounds.scan` and :func:`astrobounds.sample`.

    A text becomes a client of that scheduler, closed at the end; the cluster goes on.

    Raises
    ------
    ConfigError
        If Dask is not installed, no scheduler is named, or none answers.
    """
    if not isinstance(pool, str):
        yield pool
        return
    client = _client(pool.partition(":")[2] or os.environ.get(ADDRESS, ""))
    try:
        yield client
    finally:
        try:
            client.close(timeout=5)
        except Exception:  # its scheduler may be gone
            pass


def _client(address):
    try:
        from distributed import Client
    except ImportError:
        raise ConfigError("pool: dask needs Dask: pip install 'astrobounds[dask]'") from None
    if not address:
        raise ConfigError(
            f"pool: dask needs a scheduler: --dask tcp://host:8786 or --dask scheduler.json on the command "
            f"line, or the environment variable {ADDRESS}"
        )
    try:
        if "://" not in address and os.path.exists(address):
            client = Client(scheduler_file=address, timeout=TIMEOUT)
        else:
            client = Client(address, timeout=TIMEOUT)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        raise ConfigError(f"no Dask scheduler answers at {address} ({reason})") from None
    return client
