"""Poisson likelihood of binned counts with a profiled linear background, in one kernel."""

import math

import numpy as np

from ..numerics.jit import kernel


@kernel
def background_fit(counts, x, signal, b0, b1):
    """Maximise sum(n ln mu - mu - ln n!) over mu = b0 + b1 x + signal; Newton with step halving.

    Returns (lnL, b0, b1, status): 0 converged, 1 no start with mu > 0, 2 too many steps.
    """
    n = counts.size
    value = -math.inf
    for _attempt in range(2):
        value = log_poisson(counts, x, signal, b0, b1)
        if value > -math.inf:
            break
        b0 = max(b0, 0.0) + 1.0  # a flat positive start always exists, since signal >= 0
        b1 = 0.0
        for i in range(n):
            b0 = max(b0, 1.0 - signal[i])
    if not value > -math.inf:
        return value, b0, b1, 1
    for _ in range(60):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for i in range(n):
            mu = b0 + b1 * x[i] + signal[i]
            g = counts[i] / mu - 1.0
            h = counts[i] / (mu * mu)
            g0 += g
            g1 += g * x[i]
            h00 += h
            h01 += h * x[i]
            h11 += h * x[i] * x[i]
        det = h00 * h11 - h01 * h01
        if not det > 0.0:
            return value, b0, b1, 2
        d0 = (g0 * h11 - g1 * h01) / det
        d1 = (g1 * h00 - g0 * h01) / det
        decrement = g0 * d0 + g1 * d1
        step, accepted = 1.0, False
        for _half in range(50):
            trial = log_poisson(counts, x, signal, b0 + step * d0, b1 + step * d1)
            if trial >= value:
                accepted = True
                break
            step *= 0.5
        if accepted:
            b0 += step * d0
            b1 += step * d1
            value = trial
        rounding = 1e-12 * (1.0 + abs(value))  # what lnL can resolve
        if decrement < rounding or not accepted:
            return value, b0, b1, 0 if decrement < 1e4 * rounding else 2
    return value, b0, b1, 2


@kernel
def log_poisson(counts, x, signal, b0, b1):
    """sum(n ln mu - mu - ln n!), -inf if any mu <= 0."""
    total = 0.0
    for i in range(counts.size):
        mu = b0 + b1 * x[i] + signal[i]
        if not mu > 0.0:
            return -math.inf
        total += counts[i] * math.log(mu) - mu - math.lgamma(counts[i] + 1.0)
    return total


def linear_start(counts, x):
    """Least-squares start values of the background."""
    slope, offset = np.polyfit(x, counts, 1)
    return float(offset), float(slope)
