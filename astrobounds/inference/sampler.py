"""Sampling with emcee: walkers from a map of the prior volume, mixed moves, a stop rule, resume."""

import logging
import time
from typing import NamedTuple

import numpy as np

from .. import checks
from ..errors import ConfigError, DataError
from ..progress import Progress
from .assemble import check_posterior
from .backend import Counted, journal_backend, keep, restore, tally
from .convergence import LENGTH, autocorrelation
from .explore import PosteriorMap, explore
from .pool import bound_pool, open_pool
from .remote import is_dask
from .result import Chain
from .store import NoFile, RunFile, parsed, shaped
from .watch import SAMPLES, watch

CHECK_EVERY = 100  # steps between autocorrelation estimates
WORTH = 1e-3  # s, time of a point above which processes are worth their overhead
STABLE = 0.01  # relative change of the autocorrelation time at which it may stop
CHECKPOINT_EVERY = 500  # steps between rewrites of the HDF5 file
RANGES = {"walkers": (2, 10**5), "steps": (1, 10**9), "min_steps": (0, 10**9), "seed": (0, 2**32 - 1)}

log = logging.getLogger("astrobounds")


def check_settings(posterior, walkers=64, steps=20000, min_steps=2000, seed=1):
    """Raise ConfigError unless a posterior can be sampled with these numbers."""
    check_posterior(posterior)
    given = {"walkers": walkers, "steps": steps, "min_steps": min_steps, "seed": seed}
    for key, (low, high) in RANGES.items():
        checks.whole(given[key], key, low, high)
    if walkers % 2 or walkers < 2 * posterior.ndim:
        raise ConfigError(
            f"walkers = {walkers}: an even number of at least {2 * posterior.ndim} is needed"
        )


def check_chain(path, attrs, walkers, seed):
    """Raise DataError if a run file holds a chain with other walkers or another seed."""
    before = attrs.get("mcmc", {})
    for key, value in (("nwalkers", walkers), ("seed", seed)):
        if before and int(before[key]) != value:
            raise DataError(
                f"{path} holds a chain with {key} = {before[key]}, not {value}: "
                "ask for the same or choose another output name"
            )
    return before


def _start_positions(posterior, atlas, walkers, rng, evaluate):
    """Draw distinct starting points from the map, weighted to the posterior."""
    candidates = atlas.sample(30 * walkers, rng)
    values = np.array(list(evaluate(list(candidates))))
    weight = np.where(np.isfinite(values), values, -np.inf) - atlas.logpdf(candidates)
    if np.isfinite(weight).sum() < walkers:
        raise ConfigError(
            f"only {np.isfinite(weight).sum()} of {len(candidates)} trial points have a finite "
            f"posterior: {_why(posterior)}"
        )
    weight = np.exp(weight - weight.max())
    order = np.argsort(rng.exponential(size=weight.size) / np.maximum(weight, 1e-300))
    return candidates[order[:walkers]]


def _why(posterior):
    """Say what went wrong most often."""
    if not posterior.failures.counts:
        return "the priors and the constraints barely overlap"
    (point, *_), lines = posterior.failures[0], posterior.failures.summary(3)
    return f"{'; '.join(lines)}; first at {', '.join(f'{n} = {v:.6g}' for n, v in point.items())}"


def _check_start(posterior, start, walkers, rng):
    try:
        start = np.atleast_2d(np.asarray(start, dtype=float))
    except (TypeError, ValueError, OverflowError):
        raise ConfigError(f"start = {checks.shown(start)}: rows of numbers are needed") from None
    if start.ndim != 2 or start.shape[1] != posterior.ndim:
        raise ConfigError(
            f"start has {start.shape[-1]} columns, the posterior {posterior.ndim} parameters "
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
        Tables are built on it and points evaluated. Processes and Dask are used for points only
        where one takes over a millisecond: below, sending it costs more than it saves.
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
    longer than 50 autocorrelation times and the estimate moved by less than 1 %. A resumed run is
    bit for bit that of an undisturbed one.

    References
    ----------
    arXiv:1202.3665 (emcee).
    """
    check_settings(posterior, walkers, steps, min_steps, seed)
    if path is not None:
        path = checks.path(path)
    run = RunFile(path, posterior.fingerprint()) if path is not None else NoFile()
    with run:
        before = check_chain(path, run.attrs, walkers, seed)
        enough = min_steps if before.get("stopped") == "converged" else steps
        if before.get("stopped") and not run.pending("step") and before["iteration"] >= enough:
            log.info("%s: the chain is complete, nothing is left to do", path)
            return Chain.from_store(run.arrays, run.attrs, posterior)
        posterior.failures.clear()
        with open_pool(pool) as mapper:
            posterior.prepare(mapper, progress)
        if not worth_it(posterior, pool):
            pool = None
        wanted = _Wanted(walkers, steps, min_steps, start, seed, progress)
        _fill(posterior, run, pool, wanted)
        return Chain.from_store(run.arrays, run.attrs, posterior)


class _Wanted(NamedTuple):
    """What a caller of :func:`sample` asked for."""

    walkers: int
    steps: int
    min_steps: int
    start: object
    seed: int
    progress: bool


def _fill(posterior, run, pool, wanted):
    """Do the steps that are missing and write the checkpoint."""
    import emcee

    walkers, seed = wanted.walkers, wanted.seed
    with bound_pool(Logged(posterior), pool) as workers:
        merging = Merging(workers, posterior)
        moves = [Counted("differential evolution", emcee.moves.DEMove()),
                 Counted("snooker", emcee.moves.DESnookerMove()), Counted("map", None)]  # fmt: skip
        backend = journal_backend(run, posterior, moves)
        restore(run, backend, moves, walkers, posterior.ndim)
        atlas = _atlas(run, posterior, wanted, merging, backend)
        moves[2].move = emcee.moves.MHMove(atlas.propose)
        sampler = emcee.EnsembleSampler(
            walkers, posterior.ndim, posterior, pool=merging, backend=backend,
            moves=list(zip(moves, (0.4, 0.1, 0.5))),
        )  # fmt: skip
        state = _first_state(posterior, backend, atlas, merging, wanted)

        def checkpoint(**extra):
            extra = {"seed": seed, "moves": tally(moves), "stopped": "", **extra}
            keep(run, backend, posterior, extra)
            run.checkpoint()

        stopped = _march(sampler, state, backend, wanted, checkpoint)
        backend.log.extend(posterior.failures.take())
        warned = watch(posterior, backend, merging, seed, _samples(run))
        posterior.failures.clear()
        posterior.failures.extend(backend.log)
        checkpoint(stopped=stopped, notes=posterior.notes(), warnings=warned)
        for line in warned:
            log.warning("%s", line)


def _first_state(posterior, backend, atlas, merging, wanted):
    """Return the state a chain goes on from, or begins with."""
    import emcee

    if backend.iteration:
        return backend.get_last_sample()
    rng = np.random.default_rng([wanted.seed, 2])
    if wanted.start is None:
        first = _start_positions(posterior, atlas, wanted.walkers, rng, merging.points)
    else:
        first = _check_start(posterior, wanted.start, wanted.walkers, rng)
    return emcee.State(first, random_state=np.random.RandomState(wanted.seed).get_state())


def _samples(run):
    """Return how many samples are followed: fewer where the map was made smaller."""
    _, first, _ = parsed(run.attrs["map"])["size"] if "map" in run.attrs else (0, 2048, 0)
    return max(16, SAMPLES * int(first) // 2048)


class Logged:
    """ln posterior of a point together with the failures it met: what a worker sends back."""

    def __init__(self, posterior):
        self.posterior = posterior

    def __call__(self, coordinates):
        posterior = self.posterior.apart()
        return posterior(coordinates), posterior.failures


class Merging:
    """The pool emcee wants, ``map(function, points)``; failures come home to one posterior."""

    def __init__(self, workers, posterior):
        self._workers, self._posterior = workers, posterior

    def points(self, points):
        """Return ln posterior of points; the function is already placed."""
        out = []
        for value, failures in self._workers.map(list(points)):
            out.append(value)
            self._posterior.failures.extend(failures)
        return out

    def map(self, function, points):
        """Return ln posterior of points, whatever the function emcee names."""
        return self.points(points)


def _atlas(run, posterior, wanted, merging, backend):
    """Return the map of the prior volume, from the run file if it has one."""
    ndim = posterior.ndim
    if "map/low" in run.arrays:
        low = shaped(run.arrays, "map/low", (None, ndim), run.path)
        high = shaped(run.arrays, "map/high", low.shape, run.path)
        return PosteriorMap(low, high, shaped(run.arrays, "map/mass", (len(low),), run.path))
    if backend.iteration:
        raise DataError(f"{run.path}: steps without the map they were made with; move the file away")
    size = parsed(run.attrs.get("map", {})).get("size")
    if size is None:  # depends on the clock: kept before it is used
        size = _map_size(posterior)
        run.attrs["map"] = {"size": list(size)}
        run.checkpoint()
    rounds, first, per_round = map(int, size)
    with Progress(first + rounds * per_round, "coarse map of the prior volume", wanted.progress) as bar:
        atlas = explore(
            posterior, posterior.bounds(), np.random.default_rng([wanted.seed, 1]), merging.points,
            rounds, first, per_round, bar.update,
        )  # fmt: skip
    run.arrays.update({"map/low": atlas.low, "map/high": atlas.high, "map/mass": atlas.mass})
    backend.log.extend(posterior.failures.take())
    keep(run, backend, posterior, {"seed": wanted.seed, "stopped": ""})
    run.checkpoint()
    return atlas


def _map_size(posterior, budget=60.0):
    """Return (rounds, points first, points per round): 17 408 points, fewer if they take a minute."""
    seconds = _seconds(posterior)
    halvings = int(np.clip(np.ceil(np.log2(max(17408 * seconds / budget, 1.0))), 0, 3))
    return 10, 2048 >> halvings, 1536 >> halvings


def worth_it(posterior, pool):
    """True unless points are evaluated faster here than sent to processes elsewhere."""
    return not (isinstance(pool, int) or is_dask(pool)) or _seconds(posterior) >= WORTH


def _seconds(posterior):
    """Return the seconds a fresh point takes: never one that may still be in a cache."""
    low, high = posterior.bounds().T
    trial = low + (high - low) * np.random.default_rng().random((6, low.size))
    quiet = posterior.apart()
    for point in trial[:2]:
        quiet(point)  # compiles and fills caches
    start = time.perf_counter()
    for point in trial[2:]:
        quiet(point)
    return (time.perf_counter() - start) / 4


def _march(sampler, state, backend, wanted, checkpoint):
    """Advance until the stop rule or the last step; returns why it stopped."""
    n, steps = backend.iteration, wanted.steps
    rule = _StopRule(wanted.min_steps)
    if n >= CHECK_EVERY:  # the rule as an undisturbed run would have it here
        last = n - n % CHECK_EVERY
        rule.resume(backend.chain, last)
        if last == n and rule.stops(backend.chain[:n]):
            return "converged"
    with Progress(steps, "sampling the posterior", wanted.progress, done=n) as bar:
        for _ in sampler.sample(state, iterations=max(steps - n, 0), skip_initial_state_check=True):
            n = backend.iteration
            note = ""
            if n % CHECK_EVERY == 0:
                if rule.stops(backend.chain[:n]):
                    bar.update(steps - bar.done, f"converged after {n} steps, tau = {rule.tau:.0f}")
                    return "converged"
                note = f"tau = {rule.tau:.0f}"
            if n % CHECKPOINT_EVERY == 0:
                checkpoint()
            bar.update(1, note)
    return "step limit"


class _StopRule:
    """Long enough and stable: both looked at every hundred steps."""

    def __init__(self, min_steps):
        self._least, self.tau = min_steps, None

    def stops(self, chain):
        """Return True if the chain may end here; remembers the estimate."""
        n, before = len(chain), self.tau
        self.tau = autocorrelation(chain)
        stable = before is not None and abs(self.tau - before) < STABLE * self.tau
        return n >= self._least and n > LENGTH * self.tau and stable

    def resume(self, chain, last):
        """Restore the estimate before the check at step ``last``, or of that check if it was passed."""
        done = last if len(chain) > last else last - CHECK_EVERY
        if done >= CHECK_EVERY:
            self.tau = autocorrelation(chain[:done])
