"""Abundance of a decaying particle: df/dt - H p df/dp = -Gamma(p, T) (f - f_eq), mode by mode.

Contact processes and decays are linear in the relic's occupation f, so that each comoving momentum
is one linear equation. Freeze-in, relativistic and non-relativistic decoupling, decays in flight
and inverse decays are the same equation. Above ``T_MATCH`` the plasma is one fluid with the degrees
of freedom of the Standard Model; below, the modes run on the background of ``decoupling``.
"""

from dataclasses import dataclass, field

import numpy as np

from ... import constants as const
from ...errors import ConvergenceError, DomainError
from ...numerics.splines import slopes
from ..neutrinos.expansion import H_FACTOR
from ..plasma import hot as thermal_history
from .contact_kernels import between
from .modes import MODES, T_MATCH, Y_MAX, momentum_grid
from .production import Production
from .relaxation import DECAYS, LOST, NET, NUMBER, evolve, moments, relax

__all__ = [
    "MODES", "T_MATCH", "Y_MAX", "Hot", "Modes", "Species", "evolve", "follow", "momentum_grid",
    "references",
]  # fmt: skip

references = thermal_history.references

STEP = 1.0 / 32.0  # of ln a in the hot plasma
_NONE = np.empty((0, 0))
_STEEP = 10.0  # -d ln rho/dx that only decays or a temperature far below the mass bring about


@dataclass(frozen=True)
class Species:
    """What the Boltzmann equation needs to know of a relic.

    Attributes
    ----------
    mass, width : float
        MeV.
    copies : tuple of (float, str)
        Degrees of freedom and the helicity ("minus", "plus", "both") whose contact rate they have.
    production : production.Production
        2 -> 2 processes, decays in the plasma, and where the history begins.
    dark : float
        Share of the width whose products are not in the plasma (no inverse decays).
    statistics : {1, -1}
        +1 for a fermion, -1 for a boson.
    """

    mass: float
    width: float
    copies: tuple
    production: Production = field(default_factory=Production)
    dark: float = 0.0
    statistics: int = 1

    @property
    def lifetime(self):
        """Seconds."""
        return const.HBAR / self.width if self.width > 0.0 else np.inf

    @property
    def degrees(self):
        """Number of spin states, antiparticles included."""
        return sum(g for g, _ in self.copies)

    def equilibrium(self, exponent):
        """Occupation 1/(exp(x) + 1) of a fermion, 1/(exp(x) - 1) of a boson."""
        weight = np.exp(-np.minimum(exponent, 700.0))
        return weight / (1.0 + self.statistics * weight)


@dataclass
class Modes:
    """Occupations of the relic along a history, one set per copy.

    Attributes
    ----------
    species : Species
    x, p : ndarray, shapes (n,), (n, modes)
        ln a (zero at T_MATCH) and physical momenta [MeV].
    f : list of ndarray, shape (n, modes)
    decay, dark, contact : ndarray, shape (n,)
        Net energy lost by decays into the plasma, by dark decays and by 2 -> 2, per volume and
        unit of ln a [MeV^4].
    decays, net : ndarray, shape (n,)
        Decays into the plasma per volume and unit of ln a [MeV^3], and inverse ones subtracted.
    """

    species: Species
    x: np.ndarray
    p: np.ndarray
    f: list
    number: np.ndarray = field(init=False)
    rho: np.ndarray = field(init=False)
    pressure: np.ndarray = field(init=False)
    decay: np.ndarray = field(default=None)
    dark: np.ndarray = field(default=None)
    contact: np.ndarray = field(default=None)
    decays: np.ndarray = field(default=None)
    net: np.ndarray = field(default=None)

    def __post_init__(self):
        _, weight = momentum_grid(self.p.shape[1])
        energy, total = np.sqrt(self.p**2 + self.species.mass**2), np.zeros((len(self.x), 3))
        for (g, _), f in zip(self.species.copies, self.f):
            moments(f, self.p, energy, weight, float(g), total)
        self.number, self.rho, self.pressure = (np.exp(-3.0 * self.x)[:, None] * total).T.copy()


def contact_matrix(species, T, p, helicity, stride=1):
    """Return 2 -> 2 rates [MeV] at temperatures (n,) and momenta (n, modes), matter included.

    None for a species without such processes.
    """
    rows = np.arange(0, len(T), stride)
    if rows[-1] != len(T) - 1:
        rows = np.append(rows, len(T) - 1)
    total = species.production.contact(T[rows], p[rows], helicity)
    if stride == 1 or total is None:
        return total
    out = np.empty((len(T), total.shape[1]))
    between(rows.astype(float), np.log(np.maximum(total, 1e-300)), out)
    return np.exp(out, out=out)


def _slope(x, rho):
    """d rho/dx on a uniform grid; where rho falls fast, that of its logarithm, lest neighbours drown it."""
    out = slopes(x, rho)
    log = np.log(np.maximum(rho, 1e-300))
    step = x[1] - x[0]
    fall = np.gradient(log, step)
    fall[2:-2] = (log[:-4] - 8.0 * log[1:-3] + 8.0 * log[3:-1] - log[4:]) / (12.0 * step)
    fast = (np.diff(log, prepend=log[0]) < -_STEEP * step) | (rho < 1e-250)
    out[fast] = (rho * fall)[fast]
    return out


def follow(species, x, T, H, start, stride=1, contact=True, bath=None):
    """Run the modes over a uniform grid of ln a.

    Parameters
    ----------
    species : Species
    x : ndarray, shape (n,)
        ln a, zero at T_MATCH.
    T, H : ndarray, shape (n,)
        Temperature and expansion rate [MeV].
    start : list of ndarray, shape (modes,)
        Occupations at x[0].
    stride : int
        2 -> 2 rates are computed at every ``stride``-th point and splined in between.
    contact : bool
        Whether to include 2 -> 2.
    bath : tuple of two ndarray, optional
        Temperature and mu/T of N in equilibrium, where they are not T and zero.

    Returns
    -------
    Modes
    """
    y, weight = momentum_grid(len(start[0]))
    p = y * np.exp(-x)[:, None]
    energy = np.sqrt(p * p + species.mass**2)
    exponent = energy / T[:, None] if bath is None else energy / bath[0][:, None] - bath[1][:, None]
    made = species.production
    equilibrium = species.equilibrium(exponent) if made.inverse else np.zeros_like(p)
    begun = (T <= made.begin).astype(float)  # nothing before reheating
    volume = np.exp(-3.0 * x)
    lost, dark, decays, net = np.zeros((4, len(x)))
    occupations = []
    for (g, helicity), first in zip(species.copies, start):
        medium = made.decay(T, p, helicity)
        medium = _NONE if np.ndim(medium) == 0 else np.ascontiguousarray(medium)
        scattered = contact_matrix(species, T, p, helicity, stride) if contact else None
        f, sums = np.empty_like(p), np.empty((len(x), 4))
        f[0] = first
        relax(
            x[1] - x[0], species.width * species.mass, species.dark, energy, medium,
            _NONE if scattered is None else scattered, equilibrium, begun, H, weight, f, sums,
        )  # fmt: skip
        scale = g * volume * species.mass * species.width / H * begun
        dark += scale * species.dark * sums[:, NUMBER]
        scale = scale * (1.0 - species.dark)
        lost += scale * sums[:, LOST]
        decays += scale * sums[:, DECAYS]
        net += scale * sums[:, NET]
        occupations.append(f)
    out = Modes(species, x, p, occupations)
    total = -_slope(x, out.rho) - 3.0 * (out.rho + out.pressure)
    out.decay, out.dark, out.contact = lost, dark, total - lost - dark
    out.decays, out.net = decays, net
    return out


@dataclass(frozen=True)
class Hot:
    """The relic and the plasma from high temperature down to T_MATCH.

    Attributes
    ----------
    modes : Modes
    T, H : ndarray, shape (n,)
        MeV.
    dark : float
        Energy density of the products of dark decays at the end [MeV^4].
    start : list of ndarray
        Occupations at the end.
    """

    modes: Modes
    T: np.ndarray
    H: np.ndarray
    dark: float

    @property
    def start(self):
        return [f[-1] for f in self.modes.f]

    @property
    def yield_(self):
        """n_X/s at the end."""
        return self.modes.number[-1] / thermal_history.density(self.T[-1])[1]

    def decoupling_temperature(self):
        """T [MeV] where the mean of Gamma_2->2/H over the number falls below one (nan: never)."""
        species = self.modes.species
        rates = contact_matrix(species, self.T, self.modes.p, species.copies[0][1])
        if rates is None:
            return float("nan")
        _, weight = momentum_grid(self.modes.p.shape[1])
        thermal = weight * species.equilibrium(self.modes.p / self.T[:, None])
        ratio = (thermal * rates).sum(axis=1) / thermal.sum(axis=1) / self.H
        above = np.flatnonzero(ratio > 1.0)
        if above.size == 0:
            return float("nan")
        i = above[-1]
        if i == len(ratio) - 1:
            return float(self.T[-1])
        z = np.log(ratio[i]) / np.log(ratio[i] / ratio[i + 1])
        return float(np.exp((1.0 - z) * np.log(self.T[i]) + z * np.log(self.T[i + 1])))


def _running(x, y):
    """Return the trapezoidal integral of y from x[0] to each x."""
    return np.concatenate([[0.0], np.cumsum(0.5 * np.diff(x) * (y[1:] + y[:-1]))])


def _check_dark_bath(species):
    """Refuse dark decays faster than the expansion while N is relativistic."""
    T = max(species.mass / 3.0, 1.0)
    H = H_FACTOR * np.sqrt(thermal_history.density(T)[0])
    if species.production.inverse and species.dark * species.width > H:
        raise DomainError(
            f"dark width {species.dark * species.width:.3g} MeV exceeds the expansion rate {H:.3g} "
            f"MeV at T = {T:.3g} MeV: inverse decays would bring the dark products into equilibrium "
            "(Delta N_eff of 4/7 or more per real scalar), which is not followed; give a smaller width"
        )


def through_hot_plasma(species, modes=MODES, step=STEP, tolerance=1e-5, max_iterations=30):
    """Return :class:`Hot`: production, decoupling and decays above T_MATCH.

    The production says at which temperature the Universe starts, and how full of the relic.

    The relic's energy drives the expansion and its decays heat the plasma; both are found by
    iteration. The hot grid ends where the entropy density is that of the plasma at T_MATCH.

    Raises
    ------
    DomainError
        If dark decays are so fast that their products would thermalise.
    ConvergenceError
    """
    from ..plasma.matching import entropy_at

    _check_dark_bath(species)
    made = species.production
    first = thermal_history.density(made.hottest(species.mass))[1]
    last = entropy_at(T_MATCH)
    length = np.log(first / last) / 3.0
    comoving = np.array([first, first])
    place = np.array([0.0, length])
    rho_x = np.zeros(2)
    for _ in range(max_iterations):
        points = int(np.ceil(length / step)) + 1
        z = np.linspace(0.0, length, points)
        entropy = np.interp(z, place, comoving) * np.exp(-3.0 * z)
        T = thermal_history.temperature(entropy)
        rho = thermal_history.density(T)[0] + np.interp(z, place, rho_x)
        H = H_FACTOR * np.sqrt(rho)
        start = made.start(species, T[0], H[0], momentum_grid(modes)[0] * np.exp(length))
        out = follow(species, z - length, T, H, start)
        gain = _running(z, np.exp(3.0 * z) * (out.decay + out.contact) / T)
        dark = np.exp(-4.0 * z) * _running(z, np.exp(4.0 * z) * out.dark)
        place, comoving, rho_x = z, first + gain, out.rho + dark
        if not np.all(comoving > 0.0):
            break
        before, length = length, np.log(comoving[-1] / last) / 3.0
        if abs(length - before) < tolerance:
            return Hot(out, T, H, float(dark[-1]))
    raise ConvergenceError(
        f"the abundance of a relic of {species.mass:g} MeV above {T_MATCH:g} MeV did not converge",
        stage="relic abundance",
    )
