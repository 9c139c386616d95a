"""Scans: every constraint on a two-dimensional grid, resumable, with exclusion contours."""

import logging
from dataclasses import dataclass, field

import numpy as np

from ..constraints.confidence import threshold
from ..errors import ConfigError, DataError, did_you_mean
from ..priors import _number
from ..progress import Progress
from .pool import bound_pool
from .store import NoFile, RunFile, json

log = logging.getLogger("astrobounds")


@dataclass(frozen=True, eq=False)
class Scan:
    """lnL of every constraint on a grid.

    Attributes
    ----------
    x_name, y_name : str
    x, y : ndarray
        Grid values (MeV for masses).
    loglike : dict of str -> ndarray, shape (nx, ny)
    null : dict of str -> float
        lnL of each constraint without the particle.
    log : tuple of bool
        Logarithmic axes.
    """

    x_name: str
    y_name: str
    x: np.ndarray
    y: np.ndarray
    loglike: dict
    null: dict
    log: tuple = (True, True)
    references: tuple = ()
    notes: dict = field(default_factory=dict)

    def __repr__(self):
        nx, ny = self.x.size, self.y.size
        return f"Scan({self.x_name}: {nx}, {self.y_name}: {ny}; {', '.join(self.loglike)})"

    def _total(self, constraint=None):
        if constraint is None:
            return sum(self.loglike.values()), sum(self.null.values())
        if constraint not in self.loglike:
            raise ConfigError(
                f"no constraint '{constraint}'{did_you_mean(constraint, self.loglike)} in this scan; "
                f"there are {', '.join(self.loglike)}"
            )
        return self.loglike[constraint], self.null[constraint]

    def delta_chi2(self, constraint=None):
        """Return -2 (lnL - best), best of the grid and of the absence of the particle."""
        values, null = self._total(constraint)
        finite = values[np.isfinite(values)]
        best = max(null, finite.max(initial=-np.inf))
        return -2.0 * (values - best)

    def excluded(self, cl=0.9, constraint=None, rule="limit"):
        """Return the mask of excluded points, shape (nx, ny); a failed point is never excluded.

        See :func:`astrobounds.constraints.confidence.threshold` for the rule.
        """
        return self.delta_chi2(constraint) >= 2.0 * threshold(cl, rule)

    def log_height(self, constraint=None):
        """Return ln(Delta chi2), close to linear between grid points; failed points at the bottom."""
        height = np.log(np.clip(self.delta_chi2(constraint), 1e-12, 1e12))
        height[np.isnan(height)] = np.log(1e-12)
        return height

    def failed(self):
        """Return the mask of points where a solver failed or the model does not exist (lnL = NaN)."""
        return np.isnan(self._total()[0])

    def contours(self, cl=0.9, constraint=None, rule="limit"):
        """Return the boundary of the excluded region as a list of arrays of shape (n, 2)."""
        import contourpy

        axes = [np.log(v) if flag else v for v, flag in zip((self.x, self.y), self.log)]
        height = self.log_height(constraint)
        lines = contourpy.contour_generator(*axes, height.T).lines(np.log(2.0 * threshold(cl, rule)))
        return [
            np.column_stack([np.exp(c) if flag else c for c, flag in zip(line.T, self.log)])
            for line in lines
        ]

    def limits(self, cl=0.9, rule="limit"):
        """Return rows (x, constraint, lowest excluded y, highest excluded y) with edges interpolated."""
        rows = []
        names = [*self.loglike, None] if len(self.loglike) > 1 else [*self.loglike]
        level = np.log(2.0 * threshold(cl, rule))
        t = np.log(self.y) if self.log[1] else self.y
        for name in names:
            height = self.log_height(name) - level
            for i, x in enumerate(self.x):
                for low, high in _intervals(t, height[i]):
                    ends = [np.exp(v) if self.log[1] and v is not None else v for v in (low, high)]
                    rows.append((float(x), name or "all", *ends))
        return rows

    def plot(self, ax=None, **options):
        """Draw the excluded regions; see :func:`astrobounds.plotting.exclusion_plot`."""
        from ..plotting import exclusion_plot

        return exclusion_plot(self, ax, **options)


def _intervals(t, height):
    """Return the (low, high) ranges of t where height > 0; None at an end of the grid."""
    out, start, inside = [], None, False
    for i, h in enumerate(height):
        if h > 0 and not inside:
            inside = True
            start = None if i == 0 else _cross(t, height, i - 1)
        elif h <= 0 and inside:
            inside = False
            out.append((start, _cross(t, height, i - 1)))
    if inside:
        out.append((start, None))
    return out


def _cross(t, h, i):
    a, b = np.clip(h[i], -1e3, 1e3), np.clip(h[i + 1], -1e3, 1e3)
    return float(t[i] - a * (t[i + 1] - t[i]) / (b - a))


class _Column:
    """The task of a scan: every constraint along y at one x."""

    def __init__(self, posterior, x_name, y_name, y, rest):
        self.posterior, self.names, self.y, self.rest = posterior, (x_name, y_name), y, rest

    def __call__(self, x):
        self.posterior.failures.clear()
        table = np.empty((len(self.posterior.constraints), self.y.size))
        for j, y in enumerate(self.y):
            point = {**self.rest, self.names[0]: float(x), self.names[1]: float(y)}
            before = len(self.posterior.failures)
            values = np.array(list(self.posterior.terms(point).values()))
            if len(self.posterior.failures) > before:
                values[np.isneginf(values)] = np.nan
            table[:, j] = values
        return table, list(self.posterior.failures)


def _axis(posterior, name, n):
    prior = posterior.priors.get(name)
    if prior is None:
        raise ConfigError(
            f"'{name}' has no prior to span{did_you_mean(name, posterior.names)}; "
            f"free parameters: {', '.join(posterior.names)}"
        )
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 2 <= n <= 100_000:
        raise ConfigError(f"shape: {n!r} grid points along '{name}'; a whole number of at least 2")
    low, high = (prior.coordinate(v) for v in prior.support)
    return np.asarray(prior.value(np.linspace(low, high, int(n)))), bool(prior.label)


def _held(posterior, at):
    """Return the values of ``at`` in canonical units, each inside its prior."""
    if at is not None and not hasattr(at, "items"):
        raise ConfigError(f"at = {at!r}: a mapping from parameter to value is needed")
    rest = {}
    for name, given in (at or {}).items():
        if name not in posterior.names:
            raise ConfigError(
                f"at: unknown parameter '{name}'{did_you_mean(name, posterior.names)}"
            )
        value, unit = _number(given, name)
        prior = posterior.priors[name]
        low, high = prior.support
        if unit != prior.unit or not low <= value <= high:
            raise ConfigError(f"at: {name} = {given!r} is not a value inside its prior {prior!r}")
        rest[name] = value
    return rest


def scan(posterior, x="mass", y="mixing.tau", shape=(80, 80), *, at=None, pool=None, path=None,
         progress=True):  # fmt: skip
    """Evaluate every constraint on a grid over two parameters.

    Parameters
    ----------
    posterior : Posterior
    x, y : str
        Parameters with priors; the grid spans their supports, logarithmically for log-uniform ones.
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
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise ConfigError(f"shape = {shape!r}: two numbers of grid points are needed, (60, 80)")
    if x == y:
        raise ConfigError(f"the axes of a scan are both '{x}'")
    if path is not None and not str(path):
        raise ConfigError("path is empty: give the name of a run file or None")
    x_values, x_log = _axis(posterior, x, shape[0])
    y_values, y_log = _axis(posterior, y, shape[1])
    rest = _held(posterior, at)
    for name in posterior.model_names:
        if name not in (x, y) and name not in rest:
            raise ConfigError(f"the scan needs a value of '{name}': at={{'{name}': ...}}")
    names = [c.name for c in posterior.constraints]
    key = {"x": x, "y": y, "shape": [len(x_values), len(y_values)], "at": rest}
    run = RunFile(path, posterior.fingerprint()) if path is not None else NoFile()
    with run:
        stored = run.attrs.get("scan", {})
        if stored and json.loads(stored["key"]) != key:
            raise DataError(
                f"{path} holds a scan over {stored['key']}, not {key}: choose another output name"
            )
        table = np.full((len(names), len(x_values), len(y_values)), np.nan)
        done = np.zeros(len(x_values), dtype=bool)
        if stored:
            table, done = run.arrays["scan/table"].copy(), run.arrays["scan/done"].copy()
        failures = list(json.loads(stored.get("failures", "[]"))) if stored else []
        for meta, arrays in run.pending("column"):
            table[:, meta["index"]] = arrays["column"]
            done[meta["index"]] = True
            failures += meta["failures"]
        open_columns = np.flatnonzero(~done)
        if open_columns.size == 0:
            log.info("%s: the scan is complete, nothing is left to do", path)
        else:
            task = _Column(posterior, x, y, y_values, rest)
            label = f"scan of {x} and {y}"
            for constraint in posterior.constraints:
                if hasattr(constraint, "forget"):
                    constraint.forget()
            with Progress(len(x_values), label, progress, int(done.sum())) as bar:

                def keep(i, result):
                    column, failed = result
                    table[:, i], done[i] = column, True
                    failures.extend(failed)
                    run.append("column", {"index": int(i), "failures": failed}, column=column)
                    bar.update()

                # the first column here: it compiles kernels once, before processes are started
                keep(open_columns[0], task(x_values[open_columns[0]]))
                with bound_pool(task, pool) as workers:
                    results = workers.map([x_values[i] for i in open_columns[1:]])
                    for i, result in zip(open_columns[1:], results):
                        keep(i, result)
        if open_columns.size or run.pending("column"):
            run.arrays.update(
                {"scan/table": table, "scan/x": x_values, "scan/y": y_values, "scan/done": done}
            )
            run.attrs["scan"] = {
                "key": json.dumps(key), "names": json.dumps(names), "log": json.dumps([x_log, y_log]),
                "failures": json.dumps(failures),
            }  # fmt: skip
            run.checkpoint()
    null = {c.name: float(getattr(c, "null_loglike", 0.0)) for c in posterior.constraints}
    return Scan(
        x, y, x_values, y_values, dict(zip(names, table)), null, (x_log, y_log),
        posterior.references, {"failures": failures},
    )  # fmt: skip
