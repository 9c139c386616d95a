"""What leaves the star: the spectrum dN/dE of the decaying particle, put on the momentum grid.

An emission result, a star with an ``emission`` method, a callable dN/dE(E in MeV) or a table
(E, dN/dE) all become the same thing: y(p) = (m p/E) dN/dE on one logarithmic grid.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from ..errors import DomainError, ValidityWarning
from .kernels import D_LN_P, N_P, momentum_grid

EMISSION_DURATION = 3.0  # s, the time over which a single-snapshot emission is taken to last
_FRACTION = 1e-3  # what may be cut off at the ends of a table or of the grid


def table_spectrum(energy, density, mass):
    """Return dN/dE as a callable from a table, monotone in the logarithms of p and dN/dE.

    Parameters
    ----------
    energy, density : array_like, shape (n,)
        Total energy in MeV (or a Quantity) and dN/dE in 1/MeV (or a Quantity).
    mass : float
        Mass of the particle in MeV.

    Raises
    ------
    DomainError
        For arrays that are not one-dimensional, increasing, finite, or that have zeros or negative
        values between positive ones.

    Notes
    -----
    The spectrum is zero outside the table; a :class:`ValidityWarning` says so when an end of the
    table still carries more than a per mille of the particles.
    """
    from scipy.interpolate import PchipInterpolator

    e = np.asarray(_plain(energy, "MeV"), dtype=float)
    n = np.asarray(_plain(density, "1/MeV"), dtype=float)
    if e.ndim != 1 or e.shape != n.shape or e.size < 4:
        raise DomainError(
            f"a spectrum table needs two equal columns of at least 4 rows, got {e.shape}, {n.shape}"
        )
    if not np.all(np.isfinite(e)) or not np.all(np.isfinite(n)) or np.any(n < 0.0):
        raise DomainError("a spectrum table must be finite with dN/dE >= 0: check for NaN and signs")
    if np.any(np.diff(e) <= 0.0):
        raise DomainError("the energies of a spectrum table must increase strictly: sort the rows")
    keep = (n > 0.0) & (e > mass)
    if keep.sum() < 4:
        raise DomainError(f"fewer than 4 rows have E > m = {mass:g} MeV and dN/dE > 0")
    first, last = np.flatnonzero(keep)[[0, -1]]
    if not keep[first : last + 1].all():
        raise DomainError("dN/dE is zero between positive rows: remove or interpolate those rows")
    e, n = e[first : last + 1], n[first : last + 1]
    total = np.sum(0.5 * (n[1:] + n[:-1]) * np.diff(e))
    ends = (n[0] * (e[0] - mass), n[-1] * e[-1])
    if max(ends) > 20.0 * _FRACTION * total:
        side = f"below {e[0]:g}" if ends[0] > ends[1] else f"above {e[-1]:g}"
        warnings.warn(
            f"the spectrum table is cut {side} MeV where it still carries particles; "
            "it is taken as zero outside: extend the table",
            ValidityWarning,
            stacklevel=4,
        )
    log_p = 0.5 * np.log((e - mass) * (e + mass))
    curve = PchipInterpolator(log_p, np.log(n), extrapolate=False)

    def spectrum(energy_mev):
        energy_mev = np.asarray(energy_mev, dtype=float)
        with np.errstate(divide="ignore"):
            value = curve(0.5 * np.log((energy_mev - mass) * (energy_mev + mass)))
        return np.where(np.isfinite(value), np.exp(value), 0.0)

    return spectrum


def _plain(column, unit):
    if hasattr(column, "to_value"):
        import astropy.units as u

        try:
            return column.to_value(u.Unit(unit))
        except u.UnitConversionError:
            raise DomainError(f"a spectrum column in {column.unit} is not in {unit}") from None
    return column


def as_callable(spectrum, model, duration=EMISSION_DURATION):
    """Return dN/dE(E in MeV) [1/MeV] from a star, an emission result, a callable or a table.

    Parameters
    ----------
    spectrum : object
        Something with ``emission(model)`` (a star), something with ``time_integrated(duration_s)``
        (an emission result), a callable dN/dE(E in MeV) in 1/MeV, or a pair (E, dN/dE).
    model : object
        The particle.
    duration : float
        Emission time in s, used only for stars and emission results that are rates at one instant.
    """
    if hasattr(spectrum, "emission"):
        spectrum = spectrum.emission(model)
    if hasattr(spectrum, "time_integrated"):
        return spectrum.time_integrated(duration)
    if callable(spectrum):
        return spectrum
    if isinstance(spectrum, (tuple, list)) and len(spectrum) == 2:
        return table_spectrum(*spectrum, model.mass_mev)
    raise DomainError(
        f"spectrum = {type(spectrum).__name__} is not understood; allowed: a star, an emission "
        "result, a callable dN/dE(E in MeV) in 1/MeV, or a pair of columns (E, dN/dE)"
    )


@dataclass(frozen=True)
class ParentSpectrum:
    """Particles that leave the star, on the momentum grid.

    Attributes
    ----------
    mass : float
        MeV.
    y : ndarray, shape (N_P,)
        (m p/E) dN/dE, so that J = int dln p y.
    p_max : float
        Momentum in MeV above which nothing is left, rounded up so that it can be a cache key.
    """

    mass: float
    y: np.ndarray
    p_max: float

    def __repr__(self):
        return f"ParentSpectrum(mass={self.mass:g} MeV, {np.size(self.y)} momenta)"

    @property
    def momentum(self):
        """Grid of momenta in MeV."""
        return momentum_grid()

    @property
    def energy(self):
        """Grid of energies in MeV."""
        return np.hypot(self.momentum, self.mass)

    def number(self):
        """Number of particles."""
        return D_LN_P * np.sum(self.y * self.momentum) / self.mass

    def total_energy(self):
        """Energy in MeV."""
        return D_LN_P * np.sum(self.y * self.momentum * self.energy) / self.mass

    def mean_energy(self):
        """Mean energy in MeV; the mass if there are no particles."""
        number = self.number()
        return self.total_energy() / number if number > 0.0 else self.mass


def parent_spectrum(function, mass):
    """Evaluate dN/dE on the momentum grid.

    Parameters
    ----------
    function : callable
        dN/dE in 1/MeV of the energy in MeV; called once with an array of shape (N_P,).
    mass : float
        MeV.

    Raises
    ------
    DomainError
        If the values are negative, not finite, or of another shape than the energies.
    """
    p = momentum_grid()
    energy = np.hypot(p, mass)
    value = function(energy)
    value = np.asarray(_plain(value, "1/MeV"), dtype=float)
    if value.shape != p.shape:
        raise DomainError(
            f"dN/dE returned shape {value.shape} for energies of shape {p.shape}: "
            "write it for arrays (numpy functions)"
        )
    if not np.all(np.isfinite(value)) or np.any(value < 0.0):
        bad = energy[np.flatnonzero(~(np.isfinite(value) & (value >= 0.0)))[0]]
        raise DomainError(
            f"dN/dE is negative or not finite at E = {bad:g} MeV: it must be >= 0 for every E > m"
        )
    y = mass * p / energy * value
    top = y.max()
    if top > 0.0 and y[-1] > 1e-6 * top:
        raise DomainError(f"dN/dE does not fall off below {p[-1]:g} MeV: check the units of E")
    used = np.flatnonzero(y > 1e-30 * top)
    edge = p[min(used[-1] + 1, N_P - 1)] if used.size else p[0]
    return ParentSpectrum(mass, y, float(min(np.exp(np.ceil(4.0 * np.log(edge)) / 4.0), p[-1])))
