"""Neutrinos from decays, put on the momentum grid with their number and their energy."""

from dataclasses import dataclass, field

import numpy as np

from .... import constants as const
from ....errors import DomainError
from ....numerics.jit import kernel

CELLS = 48  # of the continuum of a flavour
TAIL = 1e-6  # share of the neutrinos' energy that may come later than the grid reaches
T_FREE = 0.05  # MeV, neutrinos of decays hardly scatter below: only their energy counts


@dataclass(frozen=True, eq=False)
class Emission:
    """Neutrinos made by the decays of one kind of particle.

    Parameters
    ----------
    spectra : dict of str -> RestSpectrum
        Neutrinos and antineutrinos together, per decay at rest, of "e", "mu", "tau".
    rate : float, callable of T_d [MeV], or ndarray
        Decays per volume and time [MeV^4]; an array is on the grid of ``decoupling.free_falling``.
    velocity : (ndarray, ndarray), optional
        p/m of the decaying particles and their shares of the decays, shape (n, modes) on that
        grid; None for decays at rest.
    """

    spectra: dict
    rate: object
    velocity: tuple | None = field(default=None, repr=False)

    def __post_init__(self):
        unknown = set(self.spectra) - set(const.FLAVOURS)
        if unknown:
            raise DomainError(f"flavours {sorted(unknown)}: use {', '.join(const.FLAVOURS)}")
        if hasattr(self.rate, "unit"):
            raise DomainError(f"Emission.rate = {self.rate}: give plain numbers in MeV^4")

    def on(self, falling):
        """Return the rate on a grid of T_d."""
        values = self.rate(falling) if callable(self.rate) else self.rate
        return np.broadcast_to(np.asarray(values, dtype=float), falling.shape)

    def energy(self, flavour):
        """Mean energy per decay in a flavour, at rest [MeV]."""
        return self.spectra[flavour].energy if flavour in self.spectra else 0.0

    def number(self, flavour):
        """Neutrinos per decay in a flavour."""
        return self.spectra[flavour].number if flavour in self.spectra else 0.0

    @property
    def highest(self):
        """Highest energy at rest [MeV]."""
        return max((s.edges[-1] for s in self.spectra.values() if len(s.edges)), default=0.0)

    def cells(self):
        """Return flavour, mean energy [MeV] and number of lines and of cells of the continua."""
        rows = []
        for place, flavour in enumerate(const.FLAVOURS):
            spectrum = self.spectra.get(flavour)
            if spectrum is None:
                continue
            rows += [(place, e, n) for e, n in spectrum.lines if n > 0.0]
            if spectrum.continua:
                top = max(c.high for c in spectrum.continua)
                smooth = type(spectrum)((), spectrum.continua)
                number, energy = smooth.cells(top * np.linspace(0.0, 1.0, CELLS + 1))
                rows += [(place, e / n, n) for n, e in zip(number, energy) if n > 0.0]
        return np.array(rows, dtype=float).reshape(-1, 3)


def highest_momentum(emissions, falling, t):
    """Return the largest p/T_d that decays fill above T_FREE, but for a last millionth of energy.

    What comes later goes to the last node with its energy.
    """
    top = 0.0
    for item in emissions:
        power = np.abs(item.on(falling)) * falling**-3.0
        left = np.cumsum((0.5 * (power[1:] + power[:-1]) * np.diff(t) * falling[1:])[::-1])[::-1]
        if not len(left) or not left[0] > 0.0:
            continue
        last = int(np.flatnonzero((left > TAIL * left[0]) & (falling[1:] > T_FREE))[-1]) + 1
        boost = 1.0
        if item.velocity is not None:
            v, share = (x[: last + 1] for x in item.velocity)
            fast = np.where(share > 1e-4 * share.max(axis=1, keepdims=True), v, 0.0).max(axis=1)
            boost = fast + np.sqrt(1.0 + fast * fast)
        top = max(top, float(np.max(item.highest * boost / falling[: last + 1])))
    return top


@kernel
def _box(low, high, number, y, out):
    """Add a flat spectrum between two momenta; every node keeps a hat function."""
    n = y.shape[0]
    top = y[n - 1]
    if low < y[0]:  # below the grid: the energy goes to the first node
        end = min(high, y[0])
        share = number * (end - low) / (high - low)
        out[0] += share * 0.5 * (low + end) / y[0]
        if high <= y[0]:
            return
        number -= share
        low = y[0]
    if high > top:  # beyond the grid: the energy goes to the last node
        start = max(low, top)
        share = number * (high - start) / (high - low)
        out[n - 1] += share * 0.5 * (high + start) / top
        if low >= top:
            return
        number -= share
        high = top
    i = min(max(np.searchsorted(y, low) - 1, 0), n - 2)
    begin = low
    while True:
        end = high if i == n - 2 else min(high, y[i + 1])
        part = number * (end - begin) / (high - low)
        right = (0.5 * (begin + end) - y[i]) / (y[i + 1] - y[i])
        out[i] += part * (1.0 - right)
        out[i + 1] += part * right
        if end >= high:
            return
        begin = end
        i += 1


@kernel
def deposit(cells, rate, velocity, shares, falling, smear, y, w, out):
    """Add df/dt [MeV] of one emission to ``out`` (points, 3, n).

    Decays in flight are isotropic, so that a line becomes flat between E (gamma -+ p/m). A line is at
    least as wide as it redshifts in a step, ``smear`` = half a step of ln a.
    """
    n = y.shape[0]
    room = np.empty((3, n))
    for k in range(falling.shape[0]):
        if rate[k] == 0.0:
            continue
        room[:] = 0.0
        for m in range(velocity.shape[1]):
            if shares[k, m] < 1e-9:
                continue
            v = velocity[k, m]
            gamma = np.sqrt(1.0 + v * v)
            for c in range(cells.shape[0]):
                middle = cells[c, 1] * gamma / falling[k]
                half = max(cells[c, 1] * v / falling[k], smear * middle)
                half = min(half, middle)
                _box(middle - half, middle + half, cells[c, 2] * shares[k, m], y, room[int(cells[c, 0])])
        scale = np.pi**2 / falling[k] ** 3 * rate[k]
        for a in range(3):
            for i in range(n):
                out[k, a, i] += scale * room[a, i] / (w[i] * y[i] * y[i])


def sources(emissions, falling, stride, y, w):
    """Return df/dt [MeV] of every ``stride``-th point of the grid, shape (points, 3, n)."""
    part = falling[::stride]
    out = np.zeros((len(part), 3, len(y)))
    smear = 0.5 * float(np.log(part[0] / part[1]))
    for item in emissions:
        if item.velocity is None:
            v, share = np.zeros((len(part), 1)), np.ones((len(part), 1))
        else:
            v, share = (np.ascontiguousarray(x[::stride]) for x in item.velocity)
        cells = item.cells()
        rate = np.ascontiguousarray(item.on(falling)[::stride])
        if len(cells):
            deposit(cells, rate, v, share, part, smear, y, w, out)
    return out
