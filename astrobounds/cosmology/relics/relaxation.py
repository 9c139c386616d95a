"""Modes of a relic along a history, compiled: each is one linear equation."""

import numpy as np

from ...numerics.jit import kernel

LOST, DECAYS, NET, NUMBER = range(4)  # columns of `relax`


@kernel
def step(g, f, start, target):
    """End of a step of df/dx = -rate (f - target), g the integral of the rate; target at both ends."""
    lag, change = f - start, target - start
    if g > 1e-5:
        decay = np.exp(-g)
        return target + lag * decay - change * (1.0 - decay) / g
    return f - g * (lag - 0.5 * change)


@kernel
def evolve(dx, rate, target, f):
    """df/dx = -rate (f - target) from f[0] on; exact for piecewise constant rate, linear target."""
    n, m = rate.shape
    for i in range(n - 1):
        for k in range(m):
            g = 0.5 * dx * (rate[i, k] + rate[i + 1, k])
            f[i + 1, k] = step(g, f[i, k], target[i, k], target[i + 1, k])


@kernel
def relax(dx, decay, dark, energy, medium, scattered, equilibrium, begun, hubble, weight, f, sums):
    """Decays and 2 -> 2 of one copy of a relic on a grid of ln a: from f[0], fill f[1:] and ``sums``.

    ``decay`` = Gamma m [MeV^2]; ``dark``: share of decays that nothing inverts; ``energy``,
    ``equilibrium``, f (n, modes); ``medium``, ``scattered``: the same or empty (1 and none); ``begun``
    (n,): 0 before the beginning; ``weight`` (modes,). ``sums`` (n, 4): over modes of (f - f_eq) S, f S/E,
    (f - f_eq) S/E and f.
    """
    n, m = f.shape
    before, goal_before = np.empty(m), np.empty(m)
    for i in range(n):
        sums[i, :] = 0.0
        per_hubble = 1.0 / hubble[i]
        for k in range(m):
            inverse = 1.0 / energy[i, k]
            free = begun[i] * decay * inverse
            s = medium[i, k] if medium.shape[0] > 0 else 1.0
            into = free * (1.0 - dark) * s
            if scattered.shape[0] > 0:
                into += begun[i] * scattered[i, k]
            rate = free * dark + into
            eq = equilibrium[i, k]
            goal = eq if rate == into else eq * into / max(rate, 1e-300)
            rate *= per_hubble
            if i > 0:
                f[i, k] = step(0.5 * dx * (before[k] + rate), f[i - 1, k], goal_before[k], goal)
            before[k], goal_before[k] = rate, goal
            w = weight[k]
            gain = w * s * (f[i, k] - eq)
            sums[i, 0] += gain
            sums[i, 1] += w * s * f[i, k] * inverse
            sums[i, 2] += gain * inverse
            sums[i, 3] += w * f[i, k]


@kernel
def moments(f, p, energy, weight, factor, out):
    """Add ``factor`` times number, energy and pressure of occupations f (n, modes) to ``out`` (n, 3)."""
    for i in range(f.shape[0]):
        for k in range(f.shape[1]):
            w = factor * weight[k] * f[i, k]
            out[i, 0] += w
            out[i, 1] += w * energy[i, k]
            out[i, 2] += w * p[i, k] * p[i, k] / (3.0 * energy[i, k])
