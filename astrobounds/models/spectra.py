"""Spectra of emitted particles: the only thing a gamma-ray calculation needs of a star."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class NumberSpectrum:
    """Number of particles per energy, callable in MeV.

    Parameters
    ----------
    mass_mev : float
        Mass of the particle; the spectrum vanishes below.
    energy : ndarray, shape (n,)
        Energies at infinity [MeV], increasing, all above the mass.
    values : ndarray, shape (n,)
        dN/dE [MeV^-1] or d2N/dE dt [MeV^-1 s^-1], not negative.

    Notes
    -----
    Between the nodes ln(values/p) is a cubic spline in sqrt(E - m), which carries the threshold
    behaviour dN/dE ~ p exactly. Beyond the last node the spectrum is zero: nodes end where the
    thermal tail is below 1e-9 of the total.
    """

    mass_mev: float
    energy: np.ndarray
    values: np.ndarray

    def __post_init__(self):
        from scipy.interpolate import CubicSpline

        p = np.sqrt(self.energy**2 - self.mass_mev**2)
        positive = self.values > 0.0
        spline = None
        if positive.sum() > 3:
            x = np.sqrt(self.energy[positive] - self.mass_mev)
            spline = CubicSpline(x, np.log(self.values[positive] / p[positive]))
        object.__setattr__(self, "_spline", spline)
        last = self.energy[positive][-1] if positive.any() else self.mass_mev
        object.__setattr__(self, "_last", float(last))

    def __call__(self, energy_mev):
        """Return the spectrum at energies in MeV (same shape)."""
        e = np.asarray(energy_mev, dtype=float)
        inside = (e > self.mass_mev) & (e <= self._last)
        out = np.zeros_like(e)
        if self._spline is not None and np.any(inside):
            x = e[inside] if e.ndim else e
            p = np.sqrt((x - self.mass_mev) * (x + self.mass_mev))
            values = p * np.exp(self._spline(np.sqrt(x - self.mass_mev)))
            if e.ndim == 0:
                return float(values)
            out[inside] = values
        return out if e.ndim else float(out)
