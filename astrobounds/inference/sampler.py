"""Sampling with emcee: walkers from a map of the prior volume, mixed moves, a stop rule, resume."""

import logging
import time

import numpy as np

from ..errors import ConfigError, DataError
from ..progress import Progress
from .explore import PosteriorMap, explore
from .pool import bound_pool
from .result import Chain
from .store import NoFile, RunFile

CHECK_EVERY = 100  # steps between autocorrelation estimates
TAUS = 50  # chain length in autocorrelation times at which it may stop
STABLE = 0.01  # relative change of the autocorrelation time at which it may stop
CHECKPOINT_EVERY = 500  # steps between rewrites of the HDF5 file

log = logging.getLogger("astrobounds")


class JournalBackend:
    """emcee backend in memory whose every step is first written to the run file's journal.

    The HDF5 checkpoint has the layout of ``emcee.backends.HDFBackend`` (group ``mcmc``), so that
    emcee and its users' tools read it; emcee's own backend writes in place, which a kill can tear.
    """

    def __new__(cls, run):
        from emcee.backends import Backend

        class _Backend(Backend):
            def save_step(self, state, accepted):
                rng = state.random_state
                run.append(
                    "step",
                    {"rng": [rng[0], int(rng[2]), int(rng[3]), float(rng[4])]},
                    coords=np.asarray(state.coords, dtype=float),
                    log_prob=np.asarray(state.log_prob, dtype=float),
                    accepted=np.asarray(accepted, dtype=bool),
                    keys=np.asarray(rng[1]),
                )
                super().save_step(state, accepted)

        return _Backend()


def _restore(run, backend, walkers, ndim):
    """Fill a backend from checkpoint and journal."""
    backend.reset(walkers, ndim)
    chain = run.arrays.get("mcmc/chain")
    parts = [] if chain is None else [(chain, run.arrays["mcmc/log_prob"])]
    accepted = np.zeros(walkers) if chain is None else run.arrays["mcmc/accepted"]
    attrs = run.attrs.get("mcmc", {})
    state = None
    if "random_state_1" in attrs:
        state = tuple(attrs[f"random_state_{i}"] for i in range(5))
    for meta, arrays in run.pending("step"):
        parts.append((arrays["coords"][None], arrays["log_prob"][None]))
        accepted = accepted + arrays["accepted"]
        name, position, has_gauss, gauss = meta["rng"]
        state = (name, arrays["keys"], position, has_gauss, gauss)
    if not parts:
        return
    backend.chain = np.concatenate([p[0] for p in parts])
    backend.log_prob = np.concatenate([p[1] for p in parts])
    backend.iteration = len(backend.chain)
    backend.accepted = accepted
    backend.random_state = (str(state[0]), np.asarray(state[1]), int(state[2]), int(state[3]),
                            float(state[4]))  # fmt: skip
    backend.initialized = True


def _store(run, backend, posterior, extra):
    """Put the chain into the run file in emcee's layout."""
    import emcee

    n = backend.iteration
    run.arrays["mcmc/chain"] = backend.chain[:n]
    run.arrays["mcmc/log_prob"] = backend.log_prob[:n]
    run.arrays["mcmc/accepted"] = np.asarray(backend.accepted, dtype=float)
    attrs = {
        "version": emcee.__version__, "nwalkers": backend.nwalkers, "ndim": backend.ndim,
        "has_blobs": False, "iteration": n,
        "names": list(posterior.names), "labels": posterior.labels(), **extra,
    }  # fmt: skip
    if backend.random_state is not None:
        attrs.update({f"random_state_{i}": v for i, v in enumerate(backend.random_state)})
    run.attrs["mcmc"] = attrs


def _start_positions(posterior, atlas, walkers, rng, log_posterior):
    """Draw distinct starting points from the map, weighted to the posterior."""
    candidates = atlas.sample(30 * walkers, rng)
    values = np.array([log_posterior(y) for y in candidates])
    weight = np.where(np.isfinite(values), values, -np.inf) - atlas.logpdf(candidates)
    if np.isfinite(weight).sum() < walkers:
        raise ConfigError(
            f"only {np.isfinite(weight).sum()} of {len(candidates)} trial points have a finite "
            "posterior: the priors and the constraints barely overlap"
        )
    weight = np.exp(weight - weight.max())
    order = np.argsort(rng.exponential(size=weight.size) / np.maximum(weight, 1e-300))
    return candidates[order[:walkers]]


def _check_start(posterior, start, walkers, rng):
    try:
        start = np.atleast_2d(np.asarray(start, dtype=float))
    except (TypeError, ValueError):
        raise ConfigError(f"start = {start!r}: rows of numbers are needed") from None
    if start.shape[1] != posterior.ndim:
        raise ConfigError(
            f"start has {start.shape[1]} columns, the posterior {posterior.ndim} parameters "
            f"({', '.join(posterior.labels())})"
        )
    low, high = posterior.bounds().T
    for name, column, a, b in zip(posterior.names, start.T, low, high):
        if not np.all((column >= a) & (column <= b)):
            raise ConfigError(
                f"start: coordinate of '{name}' lies outside its prior, [{a:g}, {b:g}]"
            )
    spread = np.linalg.matrix_rank(start - start.mean(axis=0), tol=1e-9)
    if len(start) != walkers or spread < posterior.ndim:  # too few or singular: scatter around
        start = start[rng.integers(len(start), size=walkers)]
        start = start + 1e-3 * (high - low) * rng.standard_normal(start.shape)
    return np.clip(start, low + 1e-9 * (high - low), high - 1e-9 * (high - low))


def sample(posterior, path=None, *, walkers=64, pool=None, steps=20000, min_steps=2000, start=None,
           seed=1, progress=True):  # fmt: skip
    """Sample a posterior with emcee.

    Parameters
    ----------
    posterior : Posterior
    path : path, optional
        Run file. If it exists and belongs to this configuration the chain goes on where it was;
        a finished chain is returned at once. None keeps the chain in memory.
    walkers : int
        Even, at least twice the number of parameters.
    pool : None, int, Executor, Dask Client or object with ``map``
        Worth its overhead only when a likelihood takes over a millisecond.
    steps : int
        Most steps of each walker (in total, over resumed runs).
    min_steps : int
        Fewest steps before the stop rule may act.
    start : array, optional
        Starting coordinates, one row per walker or a few rows to scatter around. By default walkers
        are drawn from the map of the prior volume.
    seed : int
    progress : bool
        Draw progress bars.

    Returns
    -------
    Chain

    Raises
    ------
    ConfigError
        For too few or an odd number of walkers, a start outside the prior, a posterior that is
        zero everywhere.
    DataError
        For a damaged, foreign or differently configured run file.

    Notes
    -----
    Proposals: differential evolution 0.4, snooker 0.1, and 0.5 from the map of the prior volume
    (an independence move), which lets separate modes exchange walkers. The run stops when it is
    longer than 50 autocorrelation times and the estimate moved by less than 1 %.

    References
    ----------
    arXiv:1202.3665 (emcee).
    """
    import emcee

    numbers = (
        ("walkers", walkers, 2, 10**5), ("steps", steps, 1, 10**9),
        ("min_steps", min_steps, 0, 10**9), ("seed", seed, 0, 2**32 - 1),
    )  # fmt: skip
    for key, value, low, high in numbers:
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or not low <= value <= high:
            raise ConfigError(f"{key} = {value!r}: a whole number from {low} to {high} is needed")
    if walkers % 2 or walkers < 2 * posterior.ndim:
        raise ConfigError(
            f"walkers = {walkers}: an even number of at least {2 * posterior.ndim} is needed"
        )
    fingerprint = posterior.fingerprint()
    settings = {"walkers": walkers, "seed": seed}
    run = RunFile(path, fingerprint) if path is not None else NoFile()
    with run:
        before = run.attrs.get("mcmc", {})
        for key, value in (("nwalkers", walkers), ("seed", seed)):
            if before and int(before[key]) != value:
                raise DataError(
                    f"{path} holds a chain with {key} = {before[key]}, not {value}: "
                    "ask for the same or choose another output name"
                )
        backend = JournalBackend(run)
        _restore(run, backend, walkers, posterior.ndim)
        finished = before.get("stopped", "") and not run.pending("step")
        if finished and (before["stopped"] == "converged" or backend.iteration >= steps):
            log.info("%s: the chain is complete, nothing is left to do", path)
            return Chain.from_store(run.arrays, run.attrs, posterior)
        posterior.prepare(show=progress)
        rng = np.random.default_rng(seed)
        with bound_pool(posterior, pool) as workers:
            atlas = _atlas(run, posterior, rng, workers, progress, backend.iteration)
            moves = [
                (emcee.moves.DEMove(), 0.4),
                (emcee.moves.DESnookerMove(), 0.1),
                (emcee.moves.MHMove(atlas.propose), 0.5),
            ]
            sampler = emcee.EnsembleSampler(
                walkers, posterior.ndim, posterior, pool=_pool_of(workers, pool), moves=moves,
                backend=backend,
            )  # fmt: skip
            if backend.iteration:
                state = backend.get_last_sample()
            else:
                if start is None:
                    first = _start_positions(posterior, atlas, walkers, rng, posterior)
                else:
                    first = _check_start(posterior, start, walkers, rng)
                random = np.random.RandomState(seed).get_state()
                state = emcee.State(first, random_state=random)
            stopped = _march(
                sampler, state, run, backend, posterior, steps, min_steps, progress, settings
            )
        failures = [[p, s, m] for p, s, m in posterior.failures[:1000]]
        _store(run, backend, posterior, {
            **settings, "stopped": stopped, "failed_points": len(posterior.failures),
            "failures": failures, "notes": posterior.notes(),
        })  # fmt: skip
        run.checkpoint()
        return Chain.from_store(run.arrays, run.attrs, posterior)


def _pool_of(workers, pool):
    return None if pool is None or pool == 1 else _EmceePool(workers)


class _EmceePool:
    """What emcee wants of a pool: ``map(function, points)``; the function is already placed."""

    def __init__(self, workers):
        self._workers = workers

    def map(self, function, points):
        return list(self._workers.map(list(points)))


def _atlas(run, posterior, rng, workers, progress, iteration):
    """Return the map of the prior volume, from the run file if it has one."""
    if "map/low" in run.arrays:
        return PosteriorMap(
            run.arrays["map/low"], run.arrays["map/high"], run.arrays["map/mass"]
        )
    if iteration:
        raise DataError(f"{run.path}: steps without the map they were made with; move the file away")
    rounds, first, per_round = _map_size(posterior, rng)
    with Progress(first + rounds * per_round, "coarse map of the prior volume", progress) as bar:
        atlas = explore(
            posterior, posterior.bounds(), rng, workers.map, rounds, first, per_round, bar.update
        )
    run.arrays.update({"map/low": atlas.low, "map/high": atlas.high, "map/mass": atlas.mass})
    run.checkpoint()
    return atlas


def _map_size(posterior, rng, budget=60.0):
    """Return (rounds, points first, points per round): 17 408 points, fewer if they take a minute."""
    low, high = posterior.bounds().T
    trial = low + (high - low) * rng.random((6, low.size))
    for point in trial[:2]:
        posterior(point)  # compiles and fills caches
    start = time.perf_counter()
    for point in trial[2:]:
        posterior(point)
    seconds = (time.perf_counter() - start) / 4
    halvings = int(np.clip(np.ceil(np.log2(max(17408 * seconds / budget, 1.0))), 0, 3))
    return 10, 2048 >> halvings, 1536 >> halvings


def _march(sampler, state, run, backend, posterior, steps, min_steps, progress, settings):
    """Advance until the stop rule or the last step; returns why it stopped."""
    left = steps - backend.iteration
    before = None
    with Progress(steps, "sampling the posterior", progress, done=backend.iteration) as bar:
        for _ in sampler.sample(state, iterations=left, skip_initial_state_check=True):
            n = backend.iteration
            note = ""
            if n % CHECK_EVERY == 0:
                tau = autocorrelation(backend.chain[:n])
                note = f"tau = {tau:.0f}"
                stable = before is not None and abs(tau - before) < STABLE * tau
                if n >= min_steps and n > TAUS * tau and stable:
                    bar.update(steps - bar.done, f"converged after {n} steps, tau = {tau:.0f}")
                    return "converged"
                before = tau
            if n % CHECKPOINT_EVERY == 0:
                _store(run, backend, posterior, {**settings, "stopped": ""})
                run.checkpoint()
            bar.update(1, note)
    return "step limit"


def autocorrelation(chain):
    """Return the largest integrated autocorrelation time over parameters; inf if it is undefined."""
    import emcee

    burn = len(chain) // 4
    tau = emcee.autocorr.integrated_time(chain[burn:], tol=0, quiet=True)
    return float(np.max(tau)) if np.all(np.isfinite(tau)) else np.inf
