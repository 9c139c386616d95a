"""Along a |coupling|^2 axis without trapping: where does a prediction cross a threshold?"""

import math

import numpy as np

from ..errors import ConvergenceError, DomainError
from ..units import finite


def crossing_range(signal, measure, threshold, decades=14.0, per_decade=4):
    """Smallest and largest factor on |coupling|^2 for which a prediction exceeds a threshold.

    Parameters
    ----------
    signal : Signal
        The prediction at factor 1; widths and dN/dE are multiplied by the factor.
    measure : callable
        ``measure(signal) -> float``, growing as factor or factor^2 at small coupling.
    threshold : float
        Must be positive.
    decades : float
        How far above the small-coupling crossing to look.
    per_decade : int
        Points per decade of the search, refined afterwards.

    Returns
    -------
    (float, float) or None
        Lower and upper factor (the upper one is ``inf`` when the prediction still exceeds the
        threshold at the end of the search); None if it never does.
    """
    from scipy.optimize import brentq

    threshold = finite(threshold, "threshold", 0.0)
    if threshold == 0.0:
        raise DomainError("threshold = 0 is exceeded by any signal: give a positive threshold")
    seen = False
    for tiny in 10.0 ** np.arange(-12.0, -100.0, -4.0):  # down to where a power law holds
        a, b = measure(signal.scaled(tiny)), measure(signal.scaled(0.1 * tiny))
        seen = seen or a > 0.0
        power = math.log10(a / b) if b > 0.0 else 0.0
        if a < 0.3 * threshold and min(abs(power - 1.0), abs(power - 2.0)) < 5e-3:
            break
    else:
        if not seen:
            return None
        raise ConvergenceError(
            "the prediction is not linear or quadratic at small coupling", stage="gamma reach"
        )
    start = tiny * (threshold / a) ** (1.0 / round(power))

    def excess(log_factor):
        value = measure(signal.scaled(math.exp(log_factor)))
        return math.log(value / threshold) if value > 0.0 else -700.0

    steps = np.arange(-1, int(decades * per_decade) + 1)
    grid = math.log(start) + steps * math.log(10.0) / per_decade
    values = np.array([excess(g) for g in grid])
    if values.max() <= 0.0:  # the peak may lie between two points of the search
        from scipy.optimize import minimize_scalar

        top = int(values.argmax())
        if top in (0, grid.size - 1):
            return None
        best = minimize_scalar(
            lambda g: -excess(g),
            bounds=(grid[top - 1], grid[top + 1]),
            method="bounded",
            options={"xatol": 1e-6},
        )
        if best.fun >= 0.0:
            return None
        edges = (grid[top - 1], float(best.x), grid[top + 1])
        return (
            math.exp(brentq(excess, edges[0], edges[1], xtol=1e-10)),
            math.exp(brentq(excess, edges[1], edges[2], xtol=1e-10)),
        )
    inside = np.flatnonzero(values > 0.0)
    first, last = inside[0], inside[-1]
    low = math.exp(brentq(excess, grid[first - 1], grid[first], xtol=1e-10))
    if last == grid.size - 1:
        return low, math.inf
    return low, math.exp(brentq(excess, grid[last], grid[last + 1], xtol=1e-10))
