"""What tables did to a limit: points of a finished chain solved directly, the chain weighted anew.

    w_i = exp(lnL_direct,i - lnL_chain,i)

The limit of the weighted points over that of the same points without weights is how far the tables moved
it; what is random in the choice of the points cancels in the ratio to first order.
"""

import copy
from dataclasses import asdict, dataclass

import numpy as np

from .. import checks
from ..errors import ConfigError
from ..progress import Progress
from .pool import bound_pool

BOOTSTRAP = 400


@dataclass(frozen=True)
class SolverCheck:
    """Limits of a chain with tables against those of direct solutions.

    Attributes
    ----------
    points : int
        Samples of the chain that were solved directly.
    failed : int
        Of them, those where a solver failed: they are left out.
    effective : float
        Effective number of the weighted points, (sum w)^2 / sum w^2.
    rms, worst : float
        Of lnL of the chain minus lnL of the solvers, its mean taken out.
    cl : float
    limits : dict of str -> (chain, direct, moved, error)
        Limit of the chain; the same corrected by the ratio below; by how much the tables moved the limit
        (the ratio minus one); the standard error of that from bootstraps of the points. For a
        parameter that is sampled in its logarithm the ratio is that of the values.
    """

    points: int
    failed: int
    effective: float
    rms: float
    worst: float
    cl: float
    limits: dict

    def moved(self, name):
        """Return by how much the tables moved the limit of a parameter: 0.02 is 2 % up."""
        return self.limits[name][2]

    def lines(self):
        """Return sentences."""
        head = (
            f"{self.points} points of the chain solved directly: lnL of the tables off by "
            f"{self.rms:.2g} (rms), {self.worst:.2g} (worst); {self.effective:.0f} effective points"
        )
        if self.failed:
            head += f"; {self.failed} failed and are left out"
        return [head, *(
            f"the surrogate moved the {100 * self.cl:g} % limit of {name} by {100 * moved:+.2g} % "
            f"+- {100 * error:.2g} %" for name, (_, _, moved, error) in self.limits.items()
        )]  # fmt: skip

    def __str__(self):
        return "\n".join(self.lines())

    def to_dict(self):
        """Return plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content):
        """Build from :meth:`to_dict`; None from None."""
        if not content:
            return None
        limits = {n: tuple(v) for n, v in content["limits"].items()}
        return cls(**{**content, "limits": limits})


def without_tables(posterior):
    """Return a posterior whose constraints solve every point directly; the given one keeps its tables."""
    out = posterior.apart()
    out.constraints = copy.deepcopy(posterior.constraints)
    for constraint in out.constraints:
        if hasattr(constraint, "forget"):
            constraint.forget()
    return out


def check_against_solvers(chain, points=200, cl=0.9, pool=None, seed=1, progress=True):
    """Solve points of a chain directly and return a :class:`SolverCheck`.

    Parameters
    ----------
    chain : Chain
        With its posterior.
    points : int
        Different samples after burn-in, taken at random.
    cl : float
    pool : None, int, Executor, Dask Client or object with ``map``
    seed : int
    progress : bool

    Raises
    ------
    ConfigError
        Without a posterior, for a number of points that the chain does not have, or if solvers fail
        nearly everywhere.
    """
    checks.confidence(cl)
    if chain.posterior is None:
        raise ConfigError("the solvers are not known: load the chain with its posterior")
    flat, known = chain.flat(), chain.log_prob[chain.burn_in :].ravel()
    checks.whole(points, "points", 20, 10**6)
    rng = np.random.default_rng([seed, 4])
    pick = rng.choice(len(flat), size=min(points, len(flat)), replace=False)
    direct = without_tables(chain.posterior)
    found = []
    with bound_pool(direct, pool) as workers, Progress(len(pick), "direct solutions", progress) as bar:
        for value in workers.map(list(flat[pick])):
            found.append(value)
            bar.update()
    step = np.array(found) - known[pick]
    good = np.isfinite(step)
    if good.sum() < 10:
        raise ConfigError(
            f"the solvers failed at {(~good).sum()} of {len(pick)} points: nothing to compare"
        )
    step = step[good] - step[good].mean()
    weight = np.exp(step - step.max())
    kept = flat[pick][good]
    limits = {
        name: _moved(chain, name, kept[:, i], weight, cl, rng) for i, name in enumerate(chain.names)
    }
    return SolverCheck(
        points=len(pick), failed=int((~good).sum()), cl=float(cl), limits=limits,
        effective=float(weight.sum() ** 2 / (weight**2).sum()),
        rms=float(step.std()), worst=float(np.abs(step).max()),
    )  # fmt: skip


def _moved(chain, name, coordinate, weight, cl, rng):
    """Return (limit of the chain, corrected, moved, error) of one parameter."""
    values = chain.value_of(name, coordinate)

    def ratio(rows):
        v, w = values[rows], weight[rows]
        return weighted_quantile(v, np.ones_like(w), cl) / weighted_quantile(v, w, cl) - 1.0

    limit = float(np.quantile(chain.values(name), cl))
    moved = float(ratio(np.arange(len(values))))
    again = [ratio(rng.integers(len(values), size=len(values))) for _ in range(BOOTSTRAP)]
    return limit, limit / (1.0 + moved), moved, float(np.std(again))


def weighted_quantile(values, weights, q):
    """Return the quantile of weighted samples, linear between the middles of their steps."""
    order = np.argsort(values)
    v, w = values[order], weights[order]
    level = (np.cumsum(w) - 0.5 * w) / w.sum()
    return float(np.interp(q, level, v))
