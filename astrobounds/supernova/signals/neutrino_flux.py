"""Daughter neutrinos of a particle that decays outside its star: spectra and times of arrival.

A decay at the distance x gives a neutrino of rest energy w and energy E at infinity that arrives later
than a massless particle by c t = x m w/(p E). With k = E/(w tau), r = E/w the number that was made
beyond the radius R and arrives within t is

    dN/dE = sum_w n_w/(2w) { (1 - e^{-kt}) J(p_L) - D(p_L) },  p_L = max[(m/2)|r - 1/r|, m R/(c r t)],
    J(p) = int_p dp' (m/E') dN/dE',   D(p) = int_p dp' (m/E') dN/dE' [1 - exp(-m R/(p' c tau))],

isotropic decays, exact in the plane-wave limit x << distance (Oberauer et al. 1993).
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...models.seesaw import mixing_matrix

DELTA_CP = 4.05  # rad (232 degrees), normal ordering, NuFIT 5.2, arXiv:2007.14792
_P = np.geomspace(0.05, 8000.0, 700)  # MeV
_LN_P = np.log(_P)


def averaged_oscillations(ordering="normal", delta=DELTA_CP):
    """Return P[a, b], the probability that nu_a is nu_b after an incoherent vacuum path.

    P_ab = sum_i |U_ai|^2 |U_bi|^2, the same for antineutrinos; rows and columns e, mu, tau. It holds
    for neutrinos made in thin matter, outside the resonance layers of the star.

    Parameters
    ----------
    ordering : {"normal", "inverted"}
    delta : float
        Dirac phase [rad].
    """
    square = np.abs(mixing_matrix(ordering, delta)) ** 2
    return square @ square.T


@dataclass(frozen=True, eq=False)
class ArrivalTable:
    """Cumulative integrals over the momenta of the parents.

    Attributes
    ----------
    mass, lifetime : float
        MeV, s.
    radius : float
        Radius [cm] beyond which daughters count.
    """

    mass: float
    lifetime: float
    radius: float
    _table: object

    @classmethod
    def of(cls, spectrum, mass, lifetime, radius):
        """Build from dN/dE [1/MeV], a callable of MeV floats.

        Raises
        ------
        DomainError
            For a spectrum that is negative or not finite.
        """
        from scipy.interpolate import CubicSpline

        energy = np.hypot(_P, mass)
        value = np.asarray(spectrum(energy), dtype=float)
        if value.shape != _P.shape or not np.all(np.isfinite(value)) or np.any(value < 0.0):
            raise DomainError(
                "dN/dE of the parents must be finite and >= 0 for an array of energies in MeV"
            )
        y = mass * _P / energy * value
        inside = -np.expm1(-mass * radius / (_P * const.C_CM * lifetime))
        table = CubicSpline(_LN_P, np.stack([y, y * inside], axis=1)).antiderivative()
        return cls(float(mass), float(lifetime), float(radius), table)

    def _above(self, p):
        """J and D at momenta p."""
        found = self._table(_LN_P[-1]) - self._table(np.log(np.clip(p, _P[0], _P[-1])))
        return found[..., 0], found[..., 1]

    def numbers(self, energy, lines, window):
        """Return dN/dE [1/MeV] of one flavour, neutrinos and antineutrinos.

        Parameters
        ----------
        energy : ndarray, shape (n,)
            MeV.
        lines : (ndarray, ndarray)
            Rest energies [MeV] and numbers per decay.
        window : float
            Latest delay [s] that counts; inf for all.
        """
        omega, count = lines
        if omega.size == 0:
            return np.zeros(energy.size)
        r = energy[:, None] / omega
        p = 0.5 * self.mass * np.abs(r - 1.0 / r)
        everything = np.ones_like(r)
        if np.isfinite(window):
            p = np.maximum(p, self.mass * self.radius / (const.C_CM * r * window))
            everything = -np.expm1(-r * window / self.lifetime)
        made, lost = self._above(p)
        found = everything * made - lost
        return np.maximum(found, 0.0) @ (0.5 * count / omega)  # below zero by rounding only


def source_numbers(table, lines, energy, window=np.inf):
    """Return dN/dE [1/MeV] at production, shape (3, n): e, mu, tau, neutrinos and antineutrinos.

    Parameters
    ----------
    table : ArrivalTable
    lines : NeutrinoLines
    energy : ndarray, shape (n,)
    window : float
        Latest delay [s] that counts.
    """
    return np.array([table.numbers(energy, lines.lines[f], window) for f in const.FLAVOURS])


def fluences(numbers, distance_kpc, probability):
    """Return the fluences of nubar_a at Earth [1/(MeV cm^2)], a = e, mu, tau; nu_a has the same.

    Half of all daughters are antineutrinos: N is Majorana, or N and Nbar are equally many.
    """
    area = 4.0 * np.pi * (distance_kpc * const.KPC_CM) ** 2
    return 0.5 * probability.T @ numbers / area


def quasi_thermal(energy, total_erg, mean, pinch=2.0, distance_kpc=51.4):
    """Fluence [1/(MeV cm^2)] of a quasi-thermal spectrum ~ E^pinch exp(-(pinch + 1) E/mean).

    Parameters
    ----------
    energy : ndarray
        MeV.
    total_erg, mean : float
        Energy in this species [erg] and its mean energy [MeV].
    pinch : float
        2 is a Maxwell-Boltzmann spectrum; 2.3 close to a Fermi-Dirac one.
    """
    from scipy.special import gammaln

    a = pinch + 1.0
    log = a * np.log(a * energy / mean) - a * energy / mean - gammaln(a) - np.log(energy)
    number = total_erg * const.ERG / mean
    return number * np.exp(log) / (4.0 * np.pi * (distance_kpc * const.KPC_CM) ** 2)
