"""Looks at a finished chain for what a limit alone would not show: everything excluded, mass in a gap."""

import numpy as np

from ..constraints.confidence import threshold

SAMPLES = 128  # posterior samples that are followed down to small couplings
PATH = 12  # points on the way
SHARE = 0.01  # of the posterior in a gap that is worth a warning


def watch(posterior, backend, merging, seed, samples=SAMPLES):
    """Return sentences about a chain; an empty list if there is nothing to say.

    Parameters
    ----------
    posterior : Posterior
    backend : emcee backend
    merging : object with ``points``
        ln posterior of a list of coordinate vectors.
    seed, samples : int
    """
    n = backend.iteration
    if n < 2:
        return []
    chain, log_prob = backend.chain[n // 2 : n], backend.log_prob[n // 2 : n]
    flat, values = chain.reshape(-1, posterior.ndim), log_prob.ravel()
    out = outside_of_everything(posterior, flat, values)
    pick = np.random.default_rng([seed, 3]).integers(len(flat), size=samples)
    share, where = in_a_gap(posterior, flat[pick], values[pick], merging)
    posterior.failures.clear()
    if share > SHARE:
        spans = ", ".join(f"{n} {a:.3g} to {b:.3g}" for n, (a, b) in where.items())
        out.append(
            f"{100 * share:.0f} % of the posterior lies in a gap between constraints, at couplings that "
            f"are allowed although smaller ones are excluded ({spans}): an upper limit there is no "
            "exclusion"
        )
    return out


def outside_of_everything(posterior, flat, log_prob):
    """Return a sentence in a list if every sample is excluded.

    Parameters
    ----------
    posterior : Posterior
    flat : ndarray, shape (n, ndim)
    log_prob : ndarray, shape (n,)
    """
    best = int(np.argmax(log_prob))
    short = posterior.null_loglike - (log_prob[best] - posterior.logprior(flat[best]))
    if not short > threshold(0.9):
        return []
    return [
        f"every point of the prior is excluded at 90 %: the best lnL is {short:.3g} below that without "
        "the particle; the limits say where the prior is least excluded, widen it"
    ]


def in_a_gap(posterior, coordinates, log_prob, merging):
    """Return (share of samples above an excluded band, their spans ``{name: (low, high)}``).

    Every sample is followed to the lower ends of its couplings, all of them together.
    """
    index = [i for i, n in enumerate(posterior.names) if n in posterior.coupling_names]
    if not index:
        return 0.0, {}
    low = posterior.bounds()[index, 0]
    steps = np.linspace(0.0, 1.0, PATH)[:-1]
    paths = np.repeat(coordinates[:, None, :], steps.size, axis=1)
    for k, i in enumerate(index):
        paths[:, :, i] = low[k] + (coordinates[:, i, None] - low[k]) * steps
    flat = paths.reshape(-1, posterior.ndim)
    found = np.array(merging.points(list(flat)))
    lnl = found - np.array([posterior.logprior(y) for y in flat])
    here = log_prob - np.array([posterior.logprior(y) for y in coordinates])
    lnl = lnl.reshape(len(coordinates), steps.size)
    inside = np.any(lnl < here[:, None] - threshold(0.9), axis=1)
    where = {}
    if inside.any():
        for name in posterior.model_names:
            x = posterior.priors[name].value(coordinates[inside, posterior.names.index(name)])
            where[name] = (float(x.min()), float(x.max()))
    return float(inside.mean()), where
