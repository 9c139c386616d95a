"""Nested sampling with nautilus: an independent way to the same result, and the evidence.

It starts from the whole prior and never walks: what a chain could miss, it finds, and the other way
round.
"""

import numpy as np

from .. import checks
from ..errors import ConfigError
from ..progress import Progress
from .assemble import check_posterior
from .pool import bound_pool, open_pool
from .result import Chain
from .sampler import Logged, Merging, worth_it
from .watch import outside_of_everything

FLOOR = -1e30  # lnL where a point does not exist or failed
COLUMNS = 16  # of independent samples in the place of walkers


def nested(posterior, *, live=1000, effective=4000, pool=None, seed=1, progress=True):
    """Sample a posterior with nested sampling (`nautilus-sampler`, optional).

    Parameters
    ----------
    posterior : Posterior
    live : int
        Live points.
    effective : int
        Effective samples wanted.
    pool : None, int, Executor, Dask Client or object with ``map``
        As for :func:`astrobounds.sample`.
    seed : int
    progress : bool

    Returns
    -------
    Chain
        With independent samples of equal weight and no burn-in; ``log_evidence`` is set. The run is in
        memory only: it leaves no file and does not go on after a kill.

    Raises
    ------
    ConfigError
        If nautilus is not installed, or the posterior is zero everywhere.

    References
    ----------
    arXiv:2306.16923.
    """
    check_posterior(posterior)
    checks.whole(live, "live", 50, 10**6)
    checks.whole(effective, "effective", 100, 10**7)
    checks.whole(seed, "seed", 0, 2**32 - 1)
    try:
        from nautilus import Sampler
    except ImportError:
        raise ConfigError("nested sampling needs nautilus: pip install 'astrobounds[nested]'") from None
    posterior.failures.clear()
    with open_pool(pool) as mapper:
        posterior.prepare(mapper, progress)
    with bound_pool(Logged(posterior), pool if worth_it(posterior, pool) else None) as workers, Progress(
        effective, "nested sampling", progress
    ) as bar:
        merging = Merging(workers, posterior)

        def loglike(points):
            total = np.array(merging.points(list(points)))
            lnl = total - [posterior.logprior(y) for y in points]
            return np.where(np.isfinite(lnl), lnl, FLOOR)

        _check_overlap(posterior, loglike, live, seed)
        sampler = Sampler(lambda q: _from_cube(posterior, q), loglike, n_dim=posterior.ndim, n_live=live,
                          vectorized=True, pass_dict=False, seed=seed)  # fmt: skip
        sampler.run(n_eff=effective, verbose=False, discard_exploration=True)
        bar.update(effective)
    return _result(posterior, sampler, seed)


def _from_cube(posterior, q):
    """Return coordinates of points of the unit cube, shape (n, ndim)."""
    out = np.empty_like(np.atleast_2d(q))
    for i, name in enumerate(posterior.names):
        prior = posterior.priors[name]
        out[:, i] = prior.coordinate(prior.ppf(np.atleast_2d(q)[:, i]))
    return out.reshape(np.shape(q))


def _check_overlap(posterior, loglike, live, seed):
    """Raise if no point of the prior is finite: a plateau has no way up."""
    trial = np.random.default_rng([seed, 6]).random((2 * live, posterior.ndim))
    if not np.any(loglike(_from_cube(posterior, trial)) > FLOOR):
        raise ConfigError(
            f"no point of the prior has a finite posterior ({2 * live} were tried): the priors and the "
            "constraints do not overlap"
        )


def _equal_weights(weight, rng):
    """Return indices of as many samples of equal weight as the weighted ones are worth, in random order."""
    weight = weight / weight.sum()
    n = max(COLUMNS, int(1.0 / (weight**2).sum()))
    n -= n % COLUMNS
    places = (np.arange(n) + rng.random()) / n  # systematic: of n w expected, n w rounded up or down
    order = np.minimum(np.searchsorted(np.cumsum(weight), places), weight.size - 1)
    return rng.permutation(order)


def _result(posterior, sampler, seed):
    points, log_w, log_l = sampler.posterior()
    order = _equal_weights(np.exp(log_w - log_w.max()), np.random.default_rng([seed, 5]))
    points = points[order]
    log_prob = log_l[order] + np.array([posterior.logprior(y) for y in points])
    shape = (-1, COLUMNS)
    warned = outside_of_everything(posterior, points, log_prob)
    return Chain(
        names=tuple(posterior.names), labels=tuple(posterior.labels()),
        coordinates=points.reshape(*shape, posterior.ndim), log_prob=log_prob.reshape(shape),
        acceptance=1.0, stopped="nested sampling", posterior=posterior, failures=posterior.failures.take(),
        references=("Lange:2023ydq", *posterior.references), notes=tuple(posterior.notes()),
        warnings=tuple(warned), burned=0, log_evidence=float(sampler.log_z),
    )  # fmt: skip
