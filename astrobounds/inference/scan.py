"""Scans: every constraint on a two-dimensional grid, column by column, resumable."""

import logging

import numpy as np

from .. import checks
from ..errors import ConfigError, DataError, did_you_mean
from ..progress import Progress
from .assemble import check_posterior
from .evaluation import MODEL, Failures
from .grid import Scan
from .pool import bound_pool
from .store import NoFile, RunFile, parsed, shaped

log = logging.getLogger("astrobounds")


class _Column:
    """The task of a scan: every constraint along y at one x; what failed comes with it."""

    def __init__(self, posterior, x_name, y_name, y, rest):
        self.posterior, self.names, self.y, self.rest = posterior, (x_name, y_name), y, rest

    def __call__(self, x):
        posterior = self.posterior.apart()
        everything = Failures()
        table = np.empty((len(posterior.constraints), self.y.size))
        absent = np.zeros(self.y.size, dtype=bool)
        for j, y in enumerate(self.y):
            point = {**self.rest, self.names[0]: float(x), self.names[1]: float(y)}
            posterior.failures = Failures()
            table[:, j] = list(posterior.terms(point).values())
            absent[j] = any(stage == MODEL for _, stage, _ in posterior.failures)
            everything.extend(posterior.failures)
        return table, absent, everything


def _axis(posterior, name, n):
    prior = posterior.priors.get(name) if isinstance(name, str) else None
    if prior is None:
        raise ConfigError(
            f"'{checks.shown(name)}' has no prior to span{did_you_mean(name, posterior.names)}; "
            f"free parameters: {', '.join(posterior.names)}"
        )
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 2 <= n <= 100_000:
        raise ConfigError(
            f"shape: {checks.shown(n)} grid points along '{name}'; a whole number of at least 2"
        )
    low, high = (prior.coordinate(v) for v in prior.support)
    return np.asarray(prior.value(np.linspace(low, high, int(n)))), bool(prior.label)


def _held(posterior, at):
    """Return the values of ``at`` in the parameters' own units, each inside its prior."""
    rest = {}
    for name, given in checks.mapping({} if at is None else at, "at").items():
        if name not in posterior.names:
            raise ConfigError(
                f"at: unknown parameter '{name}'{did_you_mean(name, posterior.names)}"
            )
        prior = posterior.priors[name]
        low, high = prior.support
        wrong = f"at: {name} = {checks.shown(given)} is not a value inside its prior {prior!r}"
        try:
            value = posterior.number(given, name)
        except ConfigError as error:
            raise ConfigError(f"{wrong}: {error}") from None
        if not low <= value <= high:
            raise ConfigError(wrong)
        rest[name] = value
    return rest


class _Plan:
    """Axes and held values of a scan, all checked.

    Raises
    ------
    ConfigError
        For an unknown or doubled axis, a free parameter without a value, a grid of fewer than two
        points.
    """

    def __init__(self, posterior, x, y, shape, at):
        if not isinstance(shape, (tuple, list)) or len(shape) != 2:
            raise ConfigError(
                f"shape = {checks.shown(shape)}: two numbers of grid points are needed, (60, 80)"
            )
        check_posterior(posterior)
        self.x, x_log = _axis(posterior, x, shape[0])
        y = second_axis(posterior, x) if y is None else y
        self.names = (x, y)
        self.y, y_log = _axis(posterior, y, shape[1])
        if x == y:
            raise ConfigError(f"the axes of a scan are both '{x}'")
        self.log = (x_log, y_log)
        self.rest = _held(posterior, at)
        for name in self.rest:
            if name in self.names:
                raise ConfigError(f"at: '{name}' is an axis of the scan, it has no single value")
        for name in posterior.model_names:
            if name not in self.names and name not in self.rest:
                raise ConfigError(f"the scan needs a value of '{name}': at={{'{name}': ...}}")
        self.key = {"x": x, "y": y, "shape": [len(self.x), len(self.y)], "at": self.rest}

    def check_stored(self, path, attrs):
        """Raise DataError if a run file holds another scan; return its attributes or {}."""
        stored = parsed(attrs.get("scan", {}))
        if stored and stored["key"] != self.key:
            raise DataError(
                f"{path} holds a scan over {stored['key']}, not {self.key}: choose another output name"
            )
        return stored

    def result(self, posterior, table, absent, failures):
        """Return the :class:`Scan` of a table."""
        names = [c.name for c in posterior.constraints]
        null = {c.name: float(getattr(c, "null_loglike", 0.0)) for c in posterior.constraints}
        return Scan(
            *self.names, self.x, self.y, dict(zip(names, table)), null, self.log,
            posterior.references, {"failures": failures}, absent,
            {n: posterior.unit(n) for n in self.names}, {n: posterior.label(n) for n in self.names},
        )  # fmt: skip


def read_scan(arrays, attrs, posterior, path="the run file"):
    """Build a :class:`Scan` from the content of a run file; nothing is computed.

    Raises
    ------
    DataError
        If the file holds no scan or an unfinished one.
    """
    if "scan" not in attrs:
        raise DataError(f"{path} holds no scan yet: run it first")
    stored = parsed(attrs["scan"])
    key = stored["key"]
    size = tuple(key["shape"])
    if not shaped(arrays, "scan/done", size[:1], path).all():
        raise DataError(f"{path}: the scan is not finished, run it again to go on")
    table = shaped(arrays, "scan/table", (len(posterior.constraints), *size), path)
    absent = np.asarray(arrays.get("scan/absent", np.zeros(size)), dtype=bool)
    plan = _Plan(posterior, key["x"], key["y"], size, key["at"])
    return plan.result(posterior, table, absent, Failures.from_dict(stored.get("failures", [])))


def second_axis(posterior, x):
    """Return the first free coupling of a posterior, or its first free parameter that is not ``x``."""
    couplings = [p.name for p in posterior.model.parameters if p.kind == "coupling"]
    free = [n for n in posterior.model_names if n != x]
    return next((n for n in free if n in couplings), next(iter(free), "mixing.tau"))


def check_scan(posterior, x="mass", y=None, shape=(80, 80), at=None):
    """Return the checked plan of a scan; see :func:`scan` for the arguments."""
    return _Plan(posterior, x, y, shape, at)


def scan(posterior, x="mass", y=None, shape=(80, 80), *, at=None, pool=None, path=None,
         progress=True):  # fmt: skip
    """Evaluate every constraint on a grid over two parameters.

    Parameters
    ----------
    posterior : Posterior
    x, y : str
        Parameters with priors; the grid spans their supports, logarithmically for log-uniform ones.
        ``y`` is the first free coupling unless told.
    shape : (int, int)
    at : mapping, optional
        Values of the other free model parameters; nuisances are at the center of their priors
        unless given here.
    pool : None, int, Executor, Dask Client or object with ``map``
        One task is one value of x, so that solvers reuse their tables along y.
    path : path, optional
        Run file: every finished column is kept, and a run that is started again goes on.
    progress : bool

    Returns
    -------
    Scan

    Raises
    ------
    ConfigError
        For an unknown axis, a free parameter without a value, a grid of fewer than 2 points.
    DataError
        For a damaged, foreign or differently configured run file.

    Notes
    -----
    Solvers run directly at every grid point: nothing is interpolated.
    """
    plan = _Plan(posterior, x, y, shape, at)
    if path is not None:
        path = checks.path(path)
    run = RunFile(path, posterior.fingerprint()) if path is not None else NoFile()
    with run:
        state = _State(plan, posterior, run)
        state.fill(posterior, run, pool, progress)
        posterior.failures.clear()
        posterior.failures.extend(state.failures)
        grid = plan.result(posterior, state.table, state.absent, state.failures)
    if grid.all_excluded:
        log.warning("every point of the scan is excluded at 90 %%: widen the range of %s", plan.names[1])
    return grid


class _State:
    """What is known of a scan: table, points without a model, failures, finished columns."""

    def __init__(self, plan, posterior, run):
        self.plan = plan
        stored = plan.check_stored(run.path, run.attrs)
        nx, ny = plan.x.size, plan.y.size
        number = len(posterior.constraints)
        self.table = np.full((number, nx, ny), np.nan)
        self.absent, self.done = np.zeros((nx, ny), dtype=bool), np.zeros(nx, dtype=bool)
        if stored:
            self.table = shaped(run.arrays, "scan/table", (number, nx, ny), run.path).copy()
            self.done = shaped(run.arrays, "scan/done", (nx,), run.path).astype(bool)
            if "scan/absent" in run.arrays:
                self.absent = shaped(run.arrays, "scan/absent", (nx, ny), run.path).astype(bool)
        self.failures = Failures.from_dict(stored.get("failures", []))
        self.fresh = not stored
        for meta, arrays in run.pending("column"):
            i, column = meta["index"], arrays["column"]
            if not 0 <= i < nx or column.shape != (number, ny):
                raise DataError(f"{run.path}: its journal holds columns of another shape; move it away")
            self._take(i, column, arrays.get("absent", self.absent[i]), meta["failures"])

    def _take(self, i, column, absent, failures):
        self.table[:, i], self.absent[i], self.done[i] = column, absent, True
        self.failures.extend(Failures.from_dict(failures))
        self.fresh = True

    def fill(self, posterior, run, pool, progress):
        """Compute the open columns and write the checkpoint."""
        plan, left = self.plan, np.flatnonzero(~self.done)
        if left.size == 0 and not self.fresh:
            log.info("%s: the scan is complete, nothing is left to do", run.path)
            return
        for constraint in posterior.constraints:
            if hasattr(constraint, "forget"):
                constraint.forget()
        task = _Column(posterior, *plan.names, plan.y, plan.rest)
        label = f"scan of {plan.names[0]} and {plan.names[1]}"
        with Progress(self.done.size, label, progress, int(self.done.sum())) as bar:

            def keep(i, result):
                column, absent, failed = result
                failed = failed.to_dict() if failed else {}
                run.append("column", {"index": int(i), "failures": failed}, column=column, absent=absent)
                self._take(i, column, absent, failed)
                bar.update()

            if left.size:  # the first column here: it compiles kernels once, before processes start
                keep(left[0], task(plan.x[left[0]]))
            if left.size > 1:
                with bound_pool(task, pool) as workers:
                    results = workers.map([plan.x[i] for i in left[1:]])
                    for i, result in zip(left[1:], results):
                        keep(i, result)
        run.arrays.update({
            "scan/table": self.table, "scan/x": plan.x, "scan/y": plan.y, "scan/done": self.done,
            "scan/absent": self.absent,
        })  # fmt: skip
        run.attrs["scan"] = {
            "key": plan.key, "names": [c.name for c in posterior.constraints], "log": list(plan.log),
            "failures": self.failures.to_dict(),
        }  # fmt: skip
        run.checkpoint()
