"""Free neutrons and protons before there are nuclei: one linear equation, on the grid of the background.

    dX_n/dx = b (1 - X_n) - a X_n,     a, b: rates of n -> p and p -> n per unit x = -ln(T/MeV)

Radau IIA with three stages (order 5, L-stable, stiffly accurate; Hairer & Wanner II, section IV.5) is one
linear system of three equations in every step. Steps end at the nodes of the background, between which its
cubics are smooth: they depend on no tolerance, so that X_n is a smooth function of every input.
"""

import math

import numpy as np

from ...numerics.jit import kernel
from . import kernels as k

LONGEST = 1.0 / 32.0  # of ln T: shorter than the usual step of the background, 1/64, divides it no further
_ROOT = math.sqrt(6.0)
NODES = np.array([0.4 - 0.1 * _ROOT, 0.4 + 0.1 * _ROOT, 1.0])
A = np.array(
    [
        [(88 - 7 * _ROOT) / 360, (296 - 169 * _ROOT) / 1800, (-2 + 3 * _ROOT) / 225],
        [(296 + 169 * _ROOT) / 1800, (88 + 7 * _ROOT) / 360, (-2 - 3 * _ROOT) / 225],
        [(16 - _ROOT) / 36, (16 + _ROOT) / 36, 1 / 9],
    ]
)


@kernel("void(f8, f8, i8, f8, f8[::1], f8[::1])")
def _step(x, h, interval, start, params, stage):
    """X_n at the nodes of one step from ``start``: (1 + h A g) X = start + h A b, g = a + b."""
    matrix = np.empty((3, 3))
    for j in range(3):
        _, _, a, b, _, _, _, _ = k.plasma_at(x + NODES[j] * h, interval, params)
        for i in range(3):
            matrix[i, j] = h * A[i, j] * (a + b)
            if j == 0:
                stage[i] = start
            stage[i] += h * A[i, j] * b
    for i in range(3):
        matrix[i, i] += 1.0
    for c in range(3):  # diagonally dominant up to signs of A: no pivots
        for i in range(c + 1, 3):
            factor = matrix[i, c] / matrix[c, c]
            for j in range(c, 3):
                matrix[i, j] -= factor * matrix[c, j]
            stage[i] -= factor * stage[c]
    for i in range(2, -1, -1):
        for j in range(i + 1, 3):
            stage[i] -= matrix[i, j] * stage[j]
        stage[i] /= matrix[i, i]


@kernel("f8(f8, f8, f8[::1])")
def _between(z, start, stage):
    """Polynomial of third degree through the start and the stages, at the fraction z of the step."""
    total = start
    for i in range(3):
        weight = z / NODES[i]
        for j in range(3):
            if j != i:
                weight *= (z - NODES[j]) / (NODES[i] - NODES[j])
        total += weight * (stage[i] - start)
    return total


@kernel("UniTuple(f8, 2)(f8, f8, f8, f8[::1], f8[::1], f8[::1])")
def neutron_fraction(begin, end, start, params, points, out):
    """X_n at ``end`` of X_n = ``start`` at ``begin``, and the number of steps.

    ``points`` (m,), increasing within [begin, end]: x at which ``out`` (m,) is recorded.
    """
    first, count = int(params[k.AT_NODES]), int(params[k.NODES])
    stage = np.empty(3)
    x, fraction, steps, recorded = begin, start, 0.0, 0
    for node in range(1, count):
        to = min(params[first + node], end) if node < count - 1 else end
        if to <= x:
            continue
        parts = max(1, math.ceil((to - x) / LONGEST))
        h = (to - x) / parts
        for part in range(parts):
            left = x + part * h
            _step(left, h, node - 1, fraction, params, stage)
            last = to if part == parts - 1 else left + h
            while recorded < points.size and points[recorded] <= last:
                out[recorded] = _between((points[recorded] - left) / h, fraction, stage)
                recorded += 1
            fraction = stage[2]
            steps += 1.0
        x = to
        if x >= end:
            break
    return fraction, steps
