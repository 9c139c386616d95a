"""A coarse map of the posterior over the whole prior volume, and the global move made from it.

An ensemble of walkers never finds a mode it does not start in: acceptance and autocorrelation look
fine while a chain sits in a sliver of the posterior. Here the prior volume is cut into boxes,
adaptively, where the posterior lives; walkers start from it, and a share of all proposals is drawn
from it independently of where the walker stands. Such a proposal is accepted with the Metropolis-
Hastings ratio, so the chain stays exact whatever the map is worth, and modes exchange walkers.
"""

import numpy as np

FLOOR = 0.05  # share of the proposals spread evenly over the prior volume


class PosteriorMap:
    """Boxes that tile the prior volume, each with the posterior mass estimated inside.

    Parameters
    ----------
    low, high : ndarray, shape (n_boxes, ndim)
        Corners in sampler coordinates.
    mass : ndarray, shape (n_boxes,)
        Estimated posterior mass; normalised here.
    """

    def __init__(self, low, high, mass):
        self.low, self.high = np.asarray(low), np.asarray(high)
        volume = np.prod(self.high - self.low, axis=1)
        self.mass = np.asarray(mass) / np.sum(mass) if np.sum(mass) > 0 else volume / volume.sum()
        self.probability = (1.0 - FLOOR) * self.mass + FLOOR * volume / volume.sum()
        self._log_density = np.log(self.probability / volume)
        self._cumulative = np.cumsum(self.probability)
        self._cumulative /= self._cumulative[-1]

    def sample(self, n, random):
        """Draw ``n`` coordinate vectors; ``random`` has ``random_sample`` or ``random``."""
        draw = random.random_sample if hasattr(random, "random_sample") else random.random
        box = np.searchsorted(self._cumulative, draw(n))
        return self.low[box] + (self.high[box] - self.low[box]) * draw((n, self.low.shape[1]))

    def logpdf(self, coordinates):
        """Return ln of the density at coordinates of shape (n, ndim); -inf outside."""
        out = np.full(len(coordinates), -np.inf)
        for i, y in enumerate(coordinates):
            inside = np.all((self.low <= y) & (y <= self.high), axis=1)
            hit = np.flatnonzero(inside)
            if hit.size:
                out[i] = self._log_density[hit[0]]
        return out

    def propose(self, coordinates, random):
        """Independence proposal in the form emcee's ``MHMove`` expects: (new, ln ratio)."""
        new = self.sample(len(coordinates), random)
        return new, self.logpdf(coordinates) - self.logpdf(new)


class _Box:
    __slots__ = ("high", "low", "points", "values")

    def __init__(self, low, high, points, values):
        self.low, self.high, self.points, self.values = low, high, points, values

    @property
    def volume(self):
        return float(np.prod(self.high - self.low))

    def weights(self, top):
        return np.exp(self.values - top)

    def split(self, top):
        """Cut at the middle of the axis that separates the posterior best."""
        weights = self.weights(top)
        best, gain = 0, -1.0
        mid = 0.5 * (self.low + self.high)
        for axis in range(self.low.size):
            left = self.points[:, axis] < mid[axis]
            if left.all() or not left.any():
                continue
            a, b = weights[left].mean(), weights[~left].mean()
            spread = abs(a - b) / (a + b + 1e-300)
            # without contrast prefer the axis that spans most of ln posterior
            value = spread + 1e-3 * abs(self.values[left].max() - self.values[~left].max())
            if value > gain:
                best, gain = axis, value
        left = self.points[:, best] < mid[best]
        high, low = self.high.copy(), self.low.copy()
        high[best] = low[best] = mid[best]
        return (
            _Box(self.low, high, self.points[left], self.values[left]),
            _Box(low, self.high, self.points[~left], self.values[~left]),
        )


def explore(log_posterior, bounds, rng, evaluate=None, rounds=10, first=2048, per_round=1536,
            progress=None):  # fmt: skip
    """Map a posterior over a box by adaptive stratified sampling.

    Parameters
    ----------
    log_posterior : callable
        ln posterior of a coordinate vector.
    bounds : ndarray, shape (ndim, 2)
    rng : numpy.random.Generator
    evaluate : callable, optional
        ``evaluate(list of vectors) -> iterable`` (a parallel map); the built-in map otherwise.
    rounds, first, per_round : int
        Number of refinements, points of the first scan, points of each refinement.

    Returns
    -------
    PosteriorMap
    """
    from scipy.stats import qmc

    evaluate = evaluate or (lambda points: map(log_posterior, points))
    low, high = bounds[:, 0].astype(float), bounds[:, 1].astype(float)
    ndim = low.size
    points = low + (high - low) * qmc.Sobol(ndim, seed=rng).random(first)

    def values(x):
        out = np.array(list(evaluate(list(x))), dtype=float)
        out[~np.isfinite(out)] = -1e300
        if progress is not None:
            progress(len(x))
        return out

    boxes = [_Box(low, high, points, values(points))]
    minimum = 6 + 2 * ndim
    for _ in range(rounds):
        top = max(box.values.max() for box in boxes)
        # split while a box holds enough points and matters
        work, done = boxes, []
        total = sum(b.volume * b.weights(top).mean() for b in boxes)
        while work:
            box = work.pop()
            weights = box.weights(top)
            matters = box.volume * weights.mean() > 2e-4 * total or box.points.shape[0] > first // 8
            flat = weights.std() < 0.1 * weights.mean() and weights.mean() > 1e-200
            if box.points.shape[0] >= 2 * minimum and matters and not flat:
                pieces = box.split(top)
                if min(p.points.shape[0] for p in pieces) >= minimum // 2:
                    work.extend(pieces)
                    continue
            done.append(box)
        boxes = done
        share = np.array([
            b.volume * (b.weights(top).std() + 0.1 * b.weights(top).mean()) for b in boxes
        ])  # fmt: skip
        volume = np.array([b.volume for b in boxes])
        share = 0.9 * share / max(share.sum(), 1e-300) + 0.1 * volume / volume.sum()
        counts = rng.multinomial(per_round, share / share.sum())
        fresh = [
            b.low + (b.high - b.low) * rng.random((n, ndim)) for b, n in zip(boxes, counts)
        ]
        results = values(np.concatenate(fresh))
        start = 0
        for box, new in zip(boxes, fresh):
            stop = start + len(new)
            box.points = np.concatenate([box.points, new])
            box.values = np.concatenate([box.values, results[start:stop]])
            start = stop
    top = max(box.values.max() for box in boxes)
    # half a box's own spread guards against a peak that no point has hit yet
    mass = [b.volume * (b.weights(top).mean() + 0.5 * b.weights(top).std()) for b in boxes]
    return PosteriorMap(
        np.array([b.low for b in boxes]), np.array([b.high for b in boxes]), np.array(mass)
    )
