"""What one decay puts into the plasma: lines at the highest energy and spectra below."""

import math
from dataclasses import dataclass

import numpy as np

from ...constants import ALPHA, M_E
from ...errors import DomainError
from ...numerics.quadrature import interval_rule


@dataclass(frozen=True, eq=False)
class Injection:
    """Electromagnetic particles from one decay, energies in MeV.

    Attributes
    ----------
    highest : float
        Highest energy E0; all lines are exactly there.
    photons, electrons : float
        Number in the line at E0: of photons, and of e- and e+ together.
    photon_spectrum, electron_spectrum : callable, optional
        dN/dE(E) [1/MeV] below E0 for an array E, likewise (e- and e+ together). Structure finer
        than the grid, 2 % of the energy, is not resolved: use a line at E0 for that.
    """

    highest: float
    photons: float = 0.0
    electrons: float = 0.0
    photon_spectrum: object = None
    electron_spectrum: object = None
    references = ("ForestellMorrisseyWhite2019",)

    def __post_init__(self):
        if not (math.isfinite(self.highest) and self.highest > 0.0):
            raise DomainError(f"highest energy {self.highest} MeV: it must be positive")
        for name in ("photons", "electrons"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise DomainError(f"{name} = {value} per decay: a number >= 0 is needed")

    def cells(self, edges):
        """Numbers per decay in the cells of falling `edges`, shape (2, n): photons, e+-."""
        out = np.zeros((2, len(edges) - 1))
        x, w = interval_rule(8, 0.0, 1.0)
        low, high = np.log(edges[1:])[:, None], np.log(edges[:-1])[:, None]
        energy = np.exp(low + (high - low) * x)
        for row, spectrum in zip(out, (self.photon_spectrum, self.electron_spectrum)):
            if spectrum is not None:
                values = np.broadcast_to(np.asarray(spectrum(energy), float), energy.shape)
                if not (np.all(np.isfinite(values)) and np.all(values >= 0.0)):
                    raise DomainError(
                        "an injected spectrum dN/dE is negative or not finite between "
                        f"{edges[-1]:.3g} and {edges[0]:.6g} MeV"
                    )
                row[:] = (values * energy) @ w * (high - low)[:, 0]
        return out

    @property
    def energy(self):
        """Electromagnetic energy per decay above 1 keV [MeV]."""
        edges = np.geomspace(self.highest, min(1e-3, 0.5 * self.highest), 1200)
        middle = np.sqrt(edges[1:] * edges[:-1])
        return float(self.highest * (self.photons + self.electrons) + self.cells(edges).sum(0) @ middle)


@dataclass(frozen=True)
class RadiatedPhotons:
    """dN/dE(E) of photons that e+e- pairs of energy E0 [MeV] each radiate.

    alpha/(pi E0) [1 + (1 - z)^2]/z ln[(1 - z) 4 E0^2/m^2], z = E/E0 (Forestell et al., arXiv:1809.01179).

    Attributes
    ----------
    E0 : float
        MeV.
    pairs : float
        Pairs per decay.
    """

    E0: float
    pairs: float = 1.0

    def __call__(self, E):
        """Return dN/dE [1/MeV] at photon energies E [MeV], an array."""
        z = np.asarray(E, dtype=float) / self.E0
        inside = np.maximum((1.0 - z) * 4.0 * self.E0**2 / (M_E * M_E), 1.0)
        return self.pairs * ALPHA / (math.pi * self.E0) * (1.0 + (1.0 - z) ** 2) / z * np.log(inside)


def radiated_photons(E0):
    """Return the :class:`RadiatedPhotons` of one e+e- pair, each with energy E0 [MeV]."""
    return RadiatedPhotons(E0)


def two_body(mass, gamma, electron, radiation=True):
    """Injection of X -> gamma gamma and X -> e+ e- with the given branching ratios.

    Parameters
    ----------
    mass : float
        MeV.
    gamma, electron : float
        Branching ratios.
    radiation : bool
        Whether the electrons also radiate photons; their energy is not taken from the electrons.
    """
    E0 = 0.5 * mass
    spectrum = None
    if electron > 0.0 and radiation and E0 > M_E:
        spectrum = RadiatedPhotons(E0, electron)
    return Injection(E0, 2.0 * gamma, 2.0 * electron, spectrum)
