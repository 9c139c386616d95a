"""Spectra at rest as lines and three-body continua, with exact integrals over any cells.

A continuum of a massless particle of a three-body decay is kept as Chebyshev series of the
antiderivatives of dN/dE E^k, k = -1, 0, 1, in a variable in which it is analytic: with the squared
mass q^2 = M (M - 2E) of the other two,

    q^2 = m2^2 + m3^2 + 2 m2 m3 cosh(eta),    q^2 = m2^2 e^eta (m3 = 0),    q^2 linear (both 0),

square roots at the end point included. Numbers and energies of neighbouring cells add up exactly.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import add

import numpy as np
from numpy.polynomial import chebyshev

from .kinematics import permuted, slices

_NODES = 96  # Chebyshev nodes: rounding errors for pairs from m_e to the TeV


@dataclass(frozen=True)
class _Map:
    """E <-> t in [-1, 1], increasing."""

    mass: float
    heavy: float
    light: float
    top: float
    span: float

    @classmethod
    def of(cls, mass, m2, m3):
        heavy, light = max(m2, m3), min(m2, m3)
        top = 0.5 * (mass**2 - (m2 + m3) ** 2) / mass
        excess = mass**2 - (m2 + m3) ** 2
        if light > 0.0:
            span = np.arccosh(1.0 + 0.5 * excess / (heavy * light))
        else:
            span = np.log1p(excess / heavy**2) if heavy > 0.0 else excess
        return cls(mass, heavy, light, top, float(span))

    def below_top(self, t):
        """(2M (top - E), its derivative by t), without cancellation at the end point."""
        eta, deta = 0.5 * self.span * (1.0 - t), -0.5 * self.span
        if self.light > 0.0:
            product = 2.0 * self.heavy * self.light
            return 2.0 * product * np.sinh(0.5 * eta) ** 2, product * np.sinh(eta) * deta
        if self.heavy > 0.0:
            return self.heavy**2 * np.expm1(eta), self.heavy**2 * np.exp(eta) * deta
        return eta, deta * np.ones_like(eta)

    def place(self, energy):
        """t of energies, clipped to the range."""
        gap = np.maximum(2.0 * self.mass * (self.top - energy), 0.0)
        if self.light > 0.0:
            eta = 2.0 * np.arcsinh(np.sqrt(0.25 * gap / (self.heavy * self.light)))
        else:
            eta = np.log1p(gap / self.heavy**2) if self.heavy > 0.0 else gap
        return np.clip(1.0 - 2.0 * eta / self.span, -1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Continuum:
    """One particle of a three-body decay at rest.

    Attributes
    ----------
    number : float
        Particles per decay.
    low, high : float
        Range of energies [MeV].
    """

    number: float
    low: float
    high: float
    _map: _Map = field(repr=False)
    _series: dict = field(repr=False)

    @classmethod
    def of_decay(cls, mass, masses, amplitude, i, number=1.0):
        """Return the continuum of the massless particle i of a decay.

        Parameters
        ----------
        mass : float
            Of the parent [MeV].
        masses : tuple of three floats
        amplitude : callable
            |M|^2 of the three energies, see :func:`astrobounds.models.decays.kinematics.slices`.
        i : int
            Place of the particle, massless.
        number : float
            Particles per decay.
        """
        masses, amplitude = permuted(masses, amplitude, i)
        shape = _Map.of(mass, masses[1], masses[2])
        t = chebyshev.chebpts1(_NODES)
        gap, slope = shape.below_top(t)
        energy = shape.top - 0.5 * gap / mass
        density = slices(mass, masses, amplitude, energy)[2].sum(axis=1) * (-0.5 / mass) * slope
        transform = chebyshev.chebvander(t, _NODES - 1).T * (2.0 / _NODES)
        transform[0] *= 0.5
        series = {}
        for power in (-1, 0, 1):
            series[power] = chebyshev.chebint(transform @ (density * energy**power), lbnd=-1.0)
        scale = number / chebyshev.chebval(1.0, series[0])
        series = {k: scale * c for k, c in series.items()}
        return cls(float(number), 0.0, shape.top, shape, series)

    def below(self, energy, power=0):
        """Int dN/dE E^power from the lowest energy to ``energy``; power is -1, 0 or 1."""
        return chebyshev.chebval(self._map.place(np.asarray(energy, float)), self._series[power])

    def density(self, energy):
        """Return dN/dE [1/MeV]."""
        e = np.asarray(energy, dtype=float)
        t = self._map.place(e)
        slope = -0.5 / self._map.mass * self._map.below_top(t)[1]
        inside = (e > self.low) & (e < self.high) & (slope > 0.0)
        value = chebyshev.chebval(t, chebyshev.chebder(self._series[0]))
        return np.where(inside, value / np.where(inside, slope, 1.0), 0.0)

    def scaled(self, factor):
        """Return the continuum with ``factor`` times the particles."""
        series = {k: factor * c for k, c in self._series.items()}
        return Continuum(factor * self.number, self.low, self.high, self._map, series)


@dataclass(frozen=True, eq=False)
class RestSpectrum:
    """Energies of one kind of particle per decay at rest.

    Attributes
    ----------
    lines : tuple of (float, float)
        (energy [MeV], number).
    continua : tuple of Continuum
    """

    lines: tuple = ()
    continua: tuple = ()

    @property
    def number(self):
        """Particles per decay."""
        return sum(n for _, n in self.lines) + sum(c.number for c in self.continua)

    @property
    def energy(self):
        """Energy per decay [MeV]."""
        total = sum(e * n for e, n in self.lines)
        return float(total + sum(c.below(c.high, 1) for c in self.continua))

    @property
    def mean_energy(self):
        """Mean energy of a particle [MeV]; nan if there is none."""
        return self.energy / self.number if self.number > 0.0 else float("nan")

    @property
    def edges(self):
        """Lines and ends of the continua [MeV], increasing: where the spectrum is not smooth."""
        ends = {e for c in self.continua for e in (c.low, c.high)}
        return np.array(sorted(ends | {e for e, n in self.lines if n}))

    def density(self, energy):
        """Return dN/dE [1/MeV] of the continua alone."""
        e = np.asarray(energy, dtype=float)
        return sum((c.density(e) for c in self.continua), np.zeros_like(e))

    def cells(self, edges):
        """Return numbers and energies [MeV] in the cells of a grid.

        Parameters
        ----------
        edges : array, shape (n + 1,)
            Increasing [MeV]. A line on an inner edge belongs to the cell above it.

        Returns
        -------
        (ndarray, ndarray), shape (n,)
            Exact integrals of dN/dE and E dN/dE; what lies outside the grid is left out.
        """
        edges = np.asarray(edges, dtype=float)
        number, energy = np.zeros((2, edges.size - 1))
        for c in self.continua:
            number += np.diff(c.below(edges, 0))
            energy += np.diff(c.below(edges, 1))
        for e, n in self.lines:
            i = int(np.searchsorted(edges, e, side="right")) - 1
            i = edges.size - 2 if e == edges[-1] else i
            if 0 <= i < edges.size - 1:
                number[i] += n
                energy[i] += n * e
        return number, energy

    def scaled(self, factor):
        """Return the spectrum with ``factor`` times the particles."""
        lines = tuple((e, factor * n) for e, n in self.lines)
        return RestSpectrum(lines, tuple(c.scaled(factor) for c in self.continua))

    def __add__(self, other):
        return RestSpectrum(self.lines + other.lines, self.continua + other.continua)


def total(spectra):
    """Return the sum of :class:`RestSpectrum`."""
    return reduce(add, spectra, RestSpectrum())
