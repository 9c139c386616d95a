"""Do the photons escape at all? An estimate of the pair plasma that strong decays would make.

If so many particles decay just outside the star that their photons make electron pairs on each
other, and the pairs multiply, the energy comes out as a fireball of sub-MeV photons and the
prediction for 25-100 MeV does not hold. Everything is for one shell, the decays between R and 2R.
:func:`fireball_test` is the quick flag, all particles at their mean energy:

* tau_gg = N_gamma sigma_gg(s = m^2)/(4 pi R Delta gamma^2) > 1, and
* n_e sigma_br R/gamma > 1 with sigma_br = 10 alpha r_e^2 (bremsstrahlung e e -> e e gamma).

Delta = max(emission time x c, R/(2 gamma^2)) is the thickness of the shell.
:func:`fireball_emission` sums over the spectrum and follows the plasma to the photons that leave:

1. The decay products of the shell have the energy E, the radial momentum P and N quanta (photons
   and electrons), hence the bulk factor Gamma = E/sqrt(E^2 - P^2), the energy E' = E/Gamma in the
   frame of the shell, and s = (2 E'/N)^2 of a typical collision.
2. The share 1 - exp(-tau) is trapped, tau = (N_gamma sigma_gg + N_e sigma_KN)/(4 pi R Delta
   Gamma^2); the share exp(-tau) escapes with the spectrum of the decays.
3. gamma gamma <-> e+ e- and scattering give the trapped quanta one temperature and one chemical
   potential: E'/N = eps(T) and the electron fraction f(T) of a gas of photons and pairs,
   n_e/n_gamma = x^2 K_2(x), x = m_e/T. These processes keep N, so without bremsstrahlung the
   photons come out with the energies they went in with.
4. Bremsstrahlung adds photons, dN/dt' = n_e N_e sigma_br c/2, during R/(Gamma c). With N = E'/eps(T)
   this is G(T_f) - G(T_0) = A E'/2, G = int eps'(T)/f^2 dT, A = sigma_br R/(Gamma V'): the plasma
   cools until the pairs are gone (T of some 50 keV), or until it is black (z = 1).
5. The photons leave with the Wien spectrum of T = E'/(3 N), boosted by Gamma: mean energy E/N.

Energy is conserved in every step. The idea is that of Diamond et al., arXiv:2303.11395, the formulas
are not. Left out: decays beyond 2R, double Compton scattering (it would make the photons softer),
acceleration of the shell (E and N, hence the mean energy, do not change), energy dependence of tau.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..constants import ALPHA, C_CM, HBAR_C, M_E
from ..units import finite
from .kernels import D_LN_P
from .source import EMISSION_DURATION

R_ELECTRON = 2.81794e-13  # cm, classical electron radius
THOMSON = 8.0 * math.pi / 3.0 * R_ELECTRON**2  # cm^2
BREMSSTRAHLUNG = 10.0  # sigma_br over alpha r_e^2: its logarithms, an estimate within a factor 3


def pair_cross_section(s):
    """sigma(gamma gamma -> e+ e-) in cm^2 at the squared energy s (MeV^2); 0 below threshold."""
    if s <= 4.0 * M_E**2:
        return 0.0
    v = math.sqrt(1.0 - 4.0 * M_E**2 / s)
    log = math.log((1.0 + v) ** 2 * s / (4.0 * M_E**2))  # (1+v)/(1-v) without cancellation
    bracket = (3.0 - v**4) * log - 2.0 * v * (2.0 - v * v)
    return 0.5 * math.pi * R_ELECTRON**2 * (1.0 - v * v) * bracket


@dataclass(frozen=True)
class FireballTest:
    """The two optical depths of the estimate.

    Attributes
    ----------
    pair_depth : float
        Optical depth of a decay photon to pair production on the others.
    multiplication : float
        Number of bremsstrahlung events of an electron during the expansion.
    """

    pair_depth: float
    multiplication: float

    references = ("Diamond:2023scc",)

    @property
    def fireball(self):
        """True if both exceed one: the gamma-ray prediction is then not valid."""
        return self.pair_depth > 1.0 and self.multiplication > 1.0


def fireball_test(signal, emission_duration_s=EMISSION_DURATION):
    """Test whether the photons of a :class:`~astrobounds.gamma.arrival.Signal` can escape.

    Parameters
    ----------
    signal : Signal
        Made by :func:`~astrobounds.gamma.arrival.signal`; results carry it as ``.signal``.
    emission_duration_s : float
        Time over which the particles leave the star, s.

    Returns
    -------
    FireballTest
    """
    duration = finite(emission_duration_s, "emission_duration_s", 0.0)
    photons, radius = signal.photons, signal.radius
    number = float(signal.parents.number())
    gamma = float(signal.parents.mean_energy()) / photons.mass
    if not math.isfinite(photons.lifetime) or number <= 0.0 or gamma <= 1.0 or radius <= 0.0:
        return FireballTest(0.0, 0.0)
    flight = math.sqrt(gamma * gamma - 1.0) * C_CM * photons.lifetime
    decays = -number * math.exp(-radius / flight) * math.expm1(-radius / flight)
    shell = max(duration * C_CM, radius / (2.0 * gamma * gamma))
    area = 4.0 * math.pi * radius
    load = photons.hard_photons * decays
    depth = load * pair_cross_section(photons.mass**2) / (area * shell * gamma * gamma)
    pairs = -load * math.expm1(-depth) + photons.electrons * decays
    density = pairs / (area * radius * shell * gamma)
    return FireballTest(depth, density * BREMSSTRAHLUNG * ALPHA * R_ELECTRON**2 * radius / gamma)


def compton_cross_section(s):
    """Klein-Nishina total cross-section in cm^2 at the squared energy s > m_e^2 (MeV^2)."""
    x = max((s / M_E**2 - 1.0) / 2.0, 0.0)  # photon energy over m_e in the electron's rest frame
    if x < 1e-3:
        return THOMSON * (1.0 - 2.0 * x + 5.2 * x * x)
    log = math.log1p(2.0 * x)
    y = 1.0 + 2.0 * x
    first = (1.0 + x) / x**3 * (2.0 * x * (1.0 + x) / y - log)
    return 0.75 * THOMSON * (first + log / (2.0 * x) - (1.0 + 3.0 * x) / y**2)


# ---------------------------------------------------------------- gas of photons and pairs
def electron_fraction(temperature):
    """Share of electrons and positrons among the quanta at T (MeV): r/(1 + r), r = x^2 K_2(x)."""
    ratio = _electrons_per_photon(np.asarray(temperature, dtype=float))[0]
    return ratio / (1.0 + ratio)


def mean_quantum(temperature):
    """Mean energy per quantum at T (both MeV), rest mass included; 3 T where there are no pairs."""
    temperature = np.asarray(temperature, dtype=float)
    ratio, energy = _electrons_per_photon(temperature)
    return (3.0 * temperature + ratio * energy) / (1.0 + ratio)


def _electrons_per_photon(temperature):
    from scipy.special import kve

    x = M_E / temperature
    second = kve(2, x)
    return x * x * second * np.exp(-x), 3.0 * temperature + M_E * kve(1, x) / second


@lru_cache(maxsize=1)
def _gas():
    """ln T, ln eps(T) and ln G(T), G = int_T d eps/f^2, on one grid from 2 keV to 100 GeV."""
    log_t = np.linspace(math.log(2e-3), math.log(1e5), 12001)
    temperature = np.exp(log_t)
    eps, fraction = mean_quantum(temperature), electron_fraction(temperature)
    steps = np.diff(eps) / (fraction[1:] * fraction[:-1])
    integral = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    integral += eps[-1] / fraction[-1] ** 2  # beyond the grid f is constant; keeps G > 0
    return log_t, np.log(eps), np.log(integral)


def cooled(mean_energy, drive):
    """Mean energy per quantum after bremsstrahlung, in the frame of the plasma.

    Parameters
    ----------
    mean_energy : float
        eps(T_0) = E'/N_0 in MeV.
    drive : float
        A E'/2 in MeV.

    Returns
    -------
    float
        eps(T_f) with G(T_f) - G(T_0) = drive; ``mean_energy`` itself for drive = 0.
    """
    log_t, log_eps, log_g = _gas()
    start = np.interp(math.log(mean_energy), log_eps, log_t)
    g = math.exp(np.interp(start, log_t, log_g)) + drive
    end = np.interp(-math.log(g), -log_g, log_t)
    return min(math.exp(np.interp(end, log_t, log_eps)), mean_energy)


def black_mean_energy(density):
    """Mean energy per quantum (MeV) in full equilibrium (z = 1) at the energy density MeV/cm^3."""
    from scipy.optimize import brentq

    log_t = _gas()[0]

    def excess(u):
        t = math.exp(u)
        ratio, energy = _electrons_per_photon(np.float64(t))
        black = 2.0 * t**3 / (math.pi**2 * HBAR_C**3) * (3.0 * t + ratio * energy)
        return math.log(black) - math.log(density)

    if excess(log_t[0]) >= 0.0:
        return 3.0 * math.exp(log_t[0])
    return float(mean_quantum(math.exp(brentq(excess, log_t[0], log_t[-1], xtol=1e-12))))


def boosted_wien_below(energy, mean, gamma):
    """Share of the photons below ``energy`` (MeV): Wien in a frame that moves out with ``gamma``.

    Directions are isotropic in that frame; ``mean`` is the mean energy at infinity in MeV. With
    T = mean/(3 gamma) and a, b = E/[gamma (1 +- beta) T] the share is
    {(1+beta) [2-(2+a) e^-a] - (1-beta) [2-(2+b) e^-b]}/(4 beta).
    """
    energy = np.asarray(energy, dtype=float)
    beta = math.sqrt(max((gamma - 1.0) * (gamma + 1.0), 0.0)) / gamma
    u = 3.0 * energy / mean  # E/(gamma T)
    if beta < 1e-5:
        return _expm1_gap(u) - 0.5 * u * u * np.exp(-u)
    low, high = 1.0 + beta, 1.0 / (gamma * gamma * (1.0 + beta))
    a, b = u / low, u / high
    with np.errstate(under="ignore"):
        return (low * _box_part(a) - high * _box_part(b)) / (4.0 * beta)


def _expm1_gap(u):
    """1 - (1 + u) e^-u."""
    return -np.expm1(-u) - u * np.exp(-u)


def _box_part(a):
    """2 - (2 + a) e^-a."""
    return -2.0 * np.expm1(-a) - a * np.exp(-a)


# ---------------------------------------------------------------- the shell
@dataclass(frozen=True)
class FireballEmission:
    """What becomes of the decays between R and 2R; plain floats, energies at infinity in MeV.

    Attributes
    ----------
    energy : float
        Photons and electrons of the decays in the shell.
    quanta : float
        Their number.
    gamma : float
        Bulk Lorentz factor.
    depth : float
        Optical depth of one quantum.
    growth : float
        Number of quanta at the end over the number at the start, >= 1.
    distance : float
        cm.
    arrival : float
        Time scale of the arrival in s: emission time and R/(2 Gamma^2 c).
    """

    energy: float
    quanta: float
    gamma: float
    depth: float
    growth: float
    distance: float
    arrival: float

    references = ("Diamond:2023scc",)

    @property
    def escape(self):
        """Share of the decay photons that leave unchanged, exp(-depth)."""
        return math.exp(-self.depth)

    @property
    def trapped(self):
        """Share that becomes plasma, 1 - exp(-depth)."""
        return -math.expm1(-self.depth)

    @property
    def fireball(self):
        """True if photons are trapped and bremsstrahlung at least doubles their number."""
        return self.depth > 1.0 and self.growth > 2.0

    @property
    def mean_energy(self):
        """Mean energy of a photon of the fireball at Earth, MeV (nan without decays)."""
        return self.energy / (self.quanta * self.growth) if self.quanta > 0.0 else math.nan

    @property
    def energy_fluence(self):
        """Energy of the fireball at Earth, MeV/cm^2."""
        return self.trapped * self.energy / (4.0 * math.pi * self.distance**2)

    @property
    def photon_fluence(self):
        """Photons of the fireball at Earth, 1/cm^2."""
        number = self.trapped * self.quanta * self.growth
        return number / (4.0 * math.pi * self.distance**2)

    def fluences(self, bands):
        """Photons of the fireball per cm^2 in every band (low, high) in MeV; shape (bands,)."""
        edges = np.asarray(bands, dtype=float).reshape(-1, 2)
        if self.photon_fluence <= 0.0:
            return np.zeros(len(edges))
        below = boosted_wien_below(edges, self.mean_energy, self.gamma)
        return self.photon_fluence * np.diff(below, axis=1)[:, 0]


def visible(photons):
    """Energy share, photons, electrons of one decay that electromagnetic products carry."""
    return photons.hard_share + photons.pair_energy, photons.hard_photons, photons.electrons


def fireball_emission(signal, emission_duration_s=EMISSION_DURATION, bremsstrahlung=BREMSSTRAHLUNG):
    """Follow the shell of decays between R and 2R to the photons that reach Earth.

    Parameters
    ----------
    signal : Signal
        Made by :func:`~astrobounds.gamma.arrival.signal`. Without final-state radiation
        (``fsr=False``) the pairs of N -> nu e e are left out here too.
    emission_duration_s : float
        Time over which the particles leave the star, s.
    bremsstrahlung : float
        Cross-section of e e -> e e gamma over alpha r_e^2; 0 leaves the number of quanta as it is.

    Returns
    -------
    FireballEmission

    Raises
    ------
    DomainError
        For negative or non-finite arguments.

    Notes
    -----
    See the head of this module for the steps. All visible products move with the parents on
    average (isotropic decays).
    """
    duration = finite(emission_duration_s, "emission_duration_s", 0.0)
    strength = finite(bremsstrahlung, "bremsstrahlung", 0.0)
    photons, parents, radius = signal.photons, signal.parents, signal.radius
    share, n_gamma, n_electron = visible(photons)
    nothing = FireballEmission(0.0, 0.0, 1.0, 0.0, 1.0, signal.distance, duration)
    if not math.isfinite(photons.lifetime) or share <= 0.0 or radius <= 0.0:
        return nothing
    p = parents.momentum
    with np.errstate(under="ignore"):
        inverse = photons.mass * radius / (p * C_CM * photons.lifetime)  # R/lambda
        decays = D_LN_P * parents.y * p / photons.mass * -np.exp(-inverse) * np.expm1(-inverse)
        number = float(decays.sum())
        energy = share * float((decays * parents.energy).sum())
        slow = share * float((decays * (parents.energy - p)).sum())  # E - P without cancellation
    quanta = (n_gamma + n_electron) * number
    if not energy > 0.0 or not slow > 0.0 or quanta <= 0.0:
        return nothing
    gamma = energy / math.sqrt(slow) / math.sqrt(2.0 * energy - slow)
    lag = radius / (2.0 * gamma * gamma * C_CM)
    shell = max(duration * C_CM, C_CM * lag)
    s = (2.0 * energy / (gamma * quanta)) ** 2
    targets = n_gamma * pair_cross_section(s) + n_electron * compton_cross_section(s)
    depth = number * targets / (4.0 * math.pi * radius * shell * gamma**2)
    inner = -math.expm1(-depth) * energy / gamma  # trapped energy in the frame of the shell
    growth = 1.0
    volume = 4.0 * math.pi * radius**2 * shell * gamma
    if inner / volume > 0.0 and strength > 0.0:
        start = energy / (gamma * quanta)
        drive = 0.5 * strength * ALPHA * R_ELECTRON**2 * radius / (gamma * volume) * inner
        end = cooled(start, drive)
        growth = max(start / max(end, black_mean_energy(inner / volume)), 1.0)
    return FireballEmission(energy, quanta, gamma, depth, growth, signal.distance, duration + lag)
