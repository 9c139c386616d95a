"""Cooling histories: stars at several times, and quantities integrated over the burst.

A snapshot at 1 s times a duration is the usual shortcut; a sequence of snapshots replaces the guess
of the duration and is what integrated-luminosity bounds need.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ... import constants as const
from ...errors import DataError, DomainError, did_you_mean
from ...models.spectra import NumberSpectrum
from ...units import finite
from ..star.catalogue import load
from ..star.profile import Star
from ..star.temperature import scale_temperature
from ..transport.emission import BEYOND, BINDING_ENERGY, emission, held
from .deposition import Deposition, deposition

ENERGY_BUDGET = 0.5 * BINDING_ENERGY  # a new particle takes at most as much as neutrinos keep
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, eq=False)
class IntegratedEmission:
    """Particles of one model from a whole history; callable as dN/dE(E in MeV) [1/MeV].

    Attributes
    ----------
    snapshots : tuple of Emission
    times_s, weight_s : ndarray, shape (n,)
        Times and the trapezium weights of the integral [s].
    """

    model: object
    snapshots: tuple
    times_s: np.ndarray
    weight_s: np.ndarray

    references = ("Chauhan:2024nfa",)

    @cached_property
    def luminosities_erg_s(self):
        """Luminosity of each snapshot at infinity [erg/s], shape (n,)."""
        return np.array([s.luminosity_erg_s for s in self.snapshots])

    @property
    def energy(self):
        """Energy radiated over the history (Quantity, erg)."""
        import astropy.units as u

        return float(self.weight_s @ self.luminosities_erg_s) * u.erg

    @property
    def number(self):
        """Number of particles radiated over the history."""
        return float(self.weight_s @ [s.number_rate.value for s in self.snapshots])

    @property
    def mean_energy(self):
        """Mean energy at infinity (Quantity, MeV); NaN when nothing is emitted."""
        import astropy.units as u

        number = self.number
        return (self.energy.value * const.ERG / number if number > 0.0 else np.nan) * u.MeV

    @property
    def duration_s(self):
        """Energy over the largest luminosity: how long the brightest snapshot would last [s]."""
        peak = self.luminosities_erg_s.max()
        return self.energy.value / peak if peak > 0.0 else 0.0

    @cached_property
    def _spectra(self):
        mass = self.model.mass_mev
        return [NumberSpectrum(mass, s.energy_mev, s.rate) for s in self.snapshots]

    def __call__(self, energy_mev):
        """Return dN/dE [1/MeV] at energies in MeV (same shape), at most of the 3e53 erg of the star."""
        share = held(float(self.energy.value))
        return share * sum(w * spectrum(energy_mev) for w, spectrum in zip(self.weight_s, self._spectra))


@dataclass(frozen=True, eq=False)
class History:
    """Stars at increasing times after bounce.

    Parameters
    ----------
    times_s : sequence of float
        At least two increasing times [s].
    stars : sequence of Star
        One per time.

    Raises
    ------
    DomainError
        For times that do not increase, or another number of stars.
    """

    times_s: tuple
    stars: tuple
    name: str = "history"

    def __post_init__(self):
        times, stars = np.asarray(self.times_s, dtype=float), tuple(self.stars)
        if times.size == 0:
            raise DomainError("the history is empty: give at least two times, and a star for each")
        increasing = times.ndim == 1 and np.isfinite(times).all() and np.all(np.diff(times) > 0.0)
        if times.size < 2 or not increasing:
            raise DomainError(f"times = {times} s: at least two increasing times are needed")
        if len(stars) != times.size:
            raise DomainError(f"{times.size} times but {len(stars)} stars: give one star per time")
        for star in stars:
            if not isinstance(star, Star):
                raise DomainError(f"{star!r} is not a star; load one with astrobounds.supernova.load")
        object.__setattr__(self, "times_s", tuple(float(t) for t in times))
        object.__setattr__(self, "stars", stars)

    @property
    def references(self):
        """Keys of the profiles."""
        return tuple(dict.fromkeys(key for star in self.stars for key in star.references))

    @property
    def weight_s(self):
        """Trapezium weights of the times [s], shape (n,)."""
        return self.weights()

    def weights(self, start=None, stop=None):
        """Return weights of an integral over part of the history, linear between the times [s].

        Parameters
        ----------
        start, stop : float, optional
            Times [s]; the ends of the history by default.

        Returns
        -------
        ndarray, shape (n,)
            A smooth function of ``start`` and ``stop``.

        Raises
        ------
        DomainError
            For a window that is empty or leaves the history.
        """
        t = np.array(self.times_s)
        a = t[0] if start is None else finite(start, "start of the window in s")
        b = t[-1] if stop is None else finite(stop, "stop of the window in s")
        slack = 1e-9 * (t[-1] - t[0])
        if not t[0] - slack <= a < b <= t[-1] + slack:
            raise DomainError(
                f"the window {a:g}-{b:g} s is not inside the history '{self.name}', "
                f"{t[0]:g}-{t[-1]:g} s, or is empty"
            )
        low, high = np.clip(a, t[:-1], t[1:]), np.clip(b, t[:-1], t[1:])
        step = np.diff(t)
        to_right = 0.5 * ((high - t[:-1]) ** 2 - (low - t[:-1]) ** 2) / step
        weight = np.zeros(t.size)
        weight[1:] += to_right
        weight[:-1] += high - low - to_right
        return weight

    def _window(self, window):
        """Return weights for a Quantity of two times, or for all of the history."""
        import astropy.units as u

        from ...units import time_s

        if window is None:
            return self.weights()
        seconds = np.atleast_1d(time_s(u.Quantity(window) if _is_pair(window) else window, "window"))
        if seconds.shape != (2,):
            raise DomainError(f"window = {window}: start and stop are needed, as in (1, 10) * u.s")
        return self.weights(*(float(x) for x in seconds))

    def emission(self, model, window=None, **options):
        """Return the :class:`IntegratedEmission` of a model; options of ``supernova.emission``.

        ``window`` is a Quantity of two times; all of the history by default.
        """
        weight = self._window(window)
        snapshots = tuple(emission(model, star, **options) for star in self.stars)
        return IntegratedEmission(model, snapshots, np.array(self.times_s), weight)

    def deposition(self, model, window=None, **options):
        """Return the :class:`Deposition` of a model; options of ``supernova.deposition``.

        Its ``emission`` is that of the brightest snapshot. ``duration`` is not an option here;
        ``window`` is a Quantity of two times, all of the history by default.
        """
        import astropy.units as u

        if "duration" in options:
            raise DomainError("duration: a history knows its own; give window=(1, 10) * u.s instead")
        weight = self._window(window)
        parts = [deposition(model, star, duration=1 * u.s, **options) for star in self.stars]
        brightest = max(parts, key=lambda part: part.emission.luminosity_erg_s)
        energy = float(weight @ [part.energy_erg for part in parts])
        emitted = float(weight @ [part.emitted_erg for part in parts])
        share = float(held(emitted))
        flags = (BEYOND,) if share < 1.0 or any(BEYOND in part.flags for part in parts) else ()
        return Deposition(
            brightest.emission, share * energy, share * emitted, brightest.visible,
            brightest.allowed_erg, flags,
        )  # fmt: skip


def _is_pair(window):
    return isinstance(window, (tuple, list)) and all(hasattr(t, "unit") for t in window)


COOLING = {"exponential": 4.0, "gaussian": 5.57}  # shape -> its time scale [s]


def cooling_history(times=None, *, time_scale=None, star=None, shape="exponential", **parameters):
    """Return an illustrative analytic history: one star cooling as T ~ exp(-t/(4 tau)).

    With the neutrino luminosity ~ T^4 at a fixed radius, L_nu falls as exp(-t/tau). The density does
    not change. It is not a simulation: use it to see how a snapshot times a duration errs.
    ``shape="gaussian"`` is T ~ exp{-[(t - 1 s)/tau]^2} with tau = 5.57 s, which lapse times T follows in
    published spectra of the simulated model SFHo-18.8; simulations radiate for 2 to 10 s.

    Parameters
    ----------
    times : Quantity, shape (n,), optional
        1, 2, 3, 4, 6, 8 and 10 s by default; the star has its own temperature at 1 s.
    time_scale : Quantity, optional
        tau; 4 s, about the decay time of the luminosity of SN1987A, or 5.57 s ("gaussian").
    star : Star, optional
        State at 1 s; the fiducial profile by default.
    shape : {"exponential", "gaussian"}
    **parameters
        Of the fiducial profile (``t_c``, ``neutrinos``, ...), instead of a star.
    """
    import astropy.units as u

    from ...units import time_s

    seconds = time_s([1, 2, 3, 4, 6, 8, 10] * u.s if times is None else times, "times")
    if shape not in COOLING:
        raise DomainError(f"shape = {shape!r}{did_you_mean(shape, COOLING)}; allowed: {', '.join(COOLING)}")
    tau = COOLING[shape] if time_scale is None else time_s(time_scale, "time_scale")
    if not tau > 0.0:
        raise DomainError(f"time_scale = {tau:g} s: a positive time is needed")
    if star is not None and parameters:
        raise DomainError(f"{', '.join(parameters)}: parameters of the fiducial star, not of a given one")
    hot = load("fiducial", **parameters) if star is None else star
    seconds = np.atleast_1d(seconds)
    later = (seconds - 1.0) / tau
    falls = np.exp(-(later**2) if shape == "gaussian" else -0.25 * later)
    stars = [scale_temperature(hot, float(factor)) for factor in falls]
    return History(tuple(seconds), stars, name=f"{hot.name} cooling")


def read_history(folder, pattern="*", times=None, **options):
    """Read a folder of snapshots.

    Parameters
    ----------
    folder : str or path
    pattern : str
        Of the file names, for instance ``"*.dat"``.
    times : mapping file name -> float, optional
        Times in s; without it the last number in the name of each file (without suffix) is its time:
        ``profile_0.5.dat`` is 0.5 s.
    **options
        Of :func:`astrobounds.supernova.load`.

    Returns
    -------
    History

    Raises
    ------
    DataError
        For a folder without snapshots, a file whose time is not known, two files of one time.
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise DataError(f"no such folder: {root}")
    found = {}
    for path in sorted(p for p in root.glob(pattern) if p.is_file()):
        if times is not None:
            if path.name not in times:
                raise DataError(f"{path}: no time for '{path.name}' in times")
            second = float(times[path.name])
        else:
            numbers = _NUMBER.findall(path.stem)
            if not numbers:
                raise DataError(f"{path}: no time in the name; write times={{'{path.name}': 1.0}}")
            second = float(numbers[-1])
        if second in found:
            raise DataError(f"{path} and {found[second]} are both at {second:g} s")
        found[second] = path
    if len(found) < 2:
        raise DataError(f"{root}: {len(found)} files match '{pattern}'; at least 2 are needed")
    seconds = sorted(found)
    return History(tuple(seconds), [load(found[t], **options) for t in seconds], name=root.name)
