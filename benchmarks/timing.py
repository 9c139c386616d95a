"""Processor time on a shared machine: shortest and median of several runs, beside a fixed loop.

The loop does the same work for ever, so that ``ratio`` = time over time of the loop compares two days or
two machines. Processor time of this process alone is counted, all its threads together.
"""

import math
import time
from dataclasses import dataclass

import numpy as np


def loop(n=100_000):
    """The fixed work: plain Python floats, some 10 ms."""
    x, total = 0.3, 0.0
    for _ in range(n):
        x = 3.7 * x * (1.0 - x)
        total += math.sqrt(x)
    return total


@dataclass(frozen=True)
class Time:
    """Shortest and median processor time [s] of a call, and the last value that it returned."""

    least: float
    median: float
    value: object

    def ratio(self, unit):
        """Shortest time in units of the fixed loop."""
        return self.least / unit


def measure(call, repeat=7, budget=math.inf):
    """Return the :class:`Time` of ``call()`` in ``repeat`` runs, or the first few of ``budget`` seconds."""
    times, value, begun = [], None, time.process_time()
    for _ in range(repeat):
        start = time.process_time()
        value = call()
        times.append(time.process_time() - start)
        if time.process_time() - begun > budget:
            break
    return Time(min(times), float(np.median(times)), value)


def unit(repeat=15):
    """Shortest processor time of the fixed loop [s]."""
    return measure(loop, repeat).least
