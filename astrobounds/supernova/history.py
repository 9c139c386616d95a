"""Cooling histories: stars at several times, and quantities integrated over the burst.

A snapshot at 1 s times a duration is the usual shortcut; a sequence of snapshots replaces the guess
of the duration and is what integrated-luminosity bounds need.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from .. import constants as const
from ..errors import DataError, DomainError
from ..models.spectra import NumberSpectrum
from .catalogue import load
from .cooling import emission
from .deposition import Deposition, deposition
from .profile import Star

BINDING_ENERGY = 3e53  # erg, what a neutron star has to give
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
        """Return dN/dE [1/MeV] at energies in MeV (same shape)."""
        return sum(w * spectrum(energy_mev) for w, spectrum in zip(self.weight_s, self._spectra))


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
        if times.size < 2 or times.ndim != 1 or not np.all(np.diff(times) > 0.0):
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
        steps = np.diff(self.times_s)
        weight = np.zeros(len(self.times_s))
        weight[:-1] += 0.5 * steps
        weight[1:] += 0.5 * steps
        return weight

    def emission(self, model, **options):
        """Return the :class:`IntegratedEmission` of a model; options of ``supernova.emission``."""
        snapshots = tuple(emission(model, star, **options) for star in self.stars)
        return IntegratedEmission(model, snapshots, np.array(self.times_s), self.weight_s)

    def deposition(self, model, **options):
        """Return the :class:`Deposition` of a model; options of ``supernova.deposition``.

        Its ``emission`` is that of the brightest snapshot. ``duration`` is not an option here.
        """
        import astropy.units as u

        if "duration" in options:
            raise DomainError("duration: a history knows its own; leave it out")
        parts = [deposition(model, star, duration=1 * u.s, **options) for star in self.stars]
        brightest = max(parts, key=lambda part: part.emission.luminosity_erg_s)
        energy = float(self.weight_s @ [part.energy_erg for part in parts])
        emitted = float(self.weight_s @ [part.emitted_erg for part in parts])
        return Deposition(
            brightest.emission, energy, emitted, brightest.visible, brightest.allowed_erg
        )


def cooling_history(times=None, *, time_scale=None, **parameters):
    """Return an illustrative analytic history: the fiducial star cooling as T ~ exp(-t/(4 tau)).

    With the neutrino luminosity ~ T^4 at a fixed radius, L_nu falls as exp(-t/tau). The density does
    not change. It is not a simulation: use it to see how a snapshot times a duration errs.

    Parameters
    ----------
    times : Quantity, shape (n,), optional
        1, 2, 3, 4, 6, 8 and 10 s by default; the first has the fiducial temperature if it is 1 s.
    time_scale : Quantity, default 4 s
        tau, about the decay time of the luminosity of SN1987A.
    **parameters
        Of the fiducial profile (``t_c``, ``neutrinos``, ...).
    """
    import astropy.units as u

    from ..units import time_s
    from .profile import fiducial

    seconds = time_s([1, 2, 3, 4, 6, 8, 10] * u.s if times is None else times, "times")
    tau = time_s(4 * u.s if time_scale is None else time_scale, "time_scale")
    if not tau > 0.0:
        raise DomainError(f"time_scale = {tau:g} s: a positive time is needed")
    hot = parameters.pop("t_c", 30.0)
    stars = [
        fiducial(t_c=hot * float(np.exp(-(t - 1.0) / (4.0 * tau))), **parameters)
        for t in np.atleast_1d(seconds)
    ]
    return History(tuple(np.atleast_1d(seconds)), stars, name="fiducial cooling")


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
