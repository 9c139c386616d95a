"""The next Galactic supernova in a gamma-ray telescope: counts, background, reach."""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..datafiles import data_files, read_ecsv
from ..errors import DataError, DomainError, did_you_mean
from ..units import energy_mev, finite, time_s
from .arrival import Signal, make_signal
from .arrival import signal as build_signal
from .diffuse import measured_spectra
from .fireball import fireball_test
from .reach import crossing_range
from .tables import column, header

GALACTIC_DISTANCE_KPC = 10.0
RED_SUPERGIANT_CM = 1e13
_X, _W = np.polynomial.legendre.leggauss(4)


@dataclass(frozen=True, eq=False)
class Instrument:
    """A gamma-ray telescope.

    Attributes
    ----------
    name : str
    energy, area : ndarray, shape (n,)
        MeV and cm^2; the area is interpolated in the logarithms and 0 outside.
    band : (float, float)
        Energies used, MeV.
    cone : float
        Half opening angle in degrees of the search cone, a representative number.
    source : str
        Where the effective area was published.
    """

    name: str
    energy: np.ndarray
    area: np.ndarray
    band: tuple
    cone: float
    source: str

    references = ("e-ASTROGAM:2017pxr", "Atwood:2009ez", "McEnery2019", "Boddy:2015efa")

    @property
    def solid_angle(self):
        """Solid angle of the search cone in sr."""
        return 2.0 * math.pi * (1.0 - math.cos(math.radians(self.cone)))

    def effective_area(self, energy):
        """Effective area in cm^2 at energies in MeV (array_like)."""
        energy = np.asarray(energy, dtype=float)
        with np.errstate(divide="ignore"):
            value = np.exp(np.interp(np.log(energy), np.log(self.energy), np.log(self.area)))
        inside = (energy >= self.energy[0]) & (energy <= self.energy[-1])
        return np.where(inside, value, 0.0)

    def nodes(self, low, high):
        """Energies and weights: sum(weights f(E)) = int dE A_eff(E) f(E) between two energies."""
        edges = self.energy[(self.energy > low) & (self.energy < high)]
        edges = np.concatenate([[max(low, self.energy[0])], edges, [min(high, self.energy[-1])]])
        energies, weights = [np.empty(0)], [np.empty(0)]
        for a, b in zip(np.log(edges[:-1]), np.log(edges[1:])):
            if b <= a:
                continue
            for piece in range(pieces := int((b - a) / 0.5) + 1):
                step = (b - a) / pieces
                e = np.exp(a + (piece + 0.5) * step + 0.5 * step * _X)
                energies.append(e)
                weights.append(0.5 * step * _W * e * self.effective_area(e))
        return np.concatenate(energies), np.concatenate(weights)

    def background(self, exposure, band=None):
        """Cosmic background counts in the search cone during an exposure (s)."""
        low, high = band or self.band
        energies, weights = self.nodes(low, high)
        law = measured_spectra()["MeV-GeV fit"][2]
        return float(exposure * self.solid_angle * np.sum(weights * law(energies)))


def read_instrument(path):
    """Read an instrument in the format of ``data/gamma/instrument_*.ecsv``.

    Raises
    ------
    DataError
        For a missing column, unit or header entry, energies that do not increase, areas <= 0.
    """
    table = read_ecsv(path)
    energy, area = column(table, "energy", "MeV", path), column(table, "area", "cm2", path)
    if energy.size < 2 or np.any(np.diff(energy) <= 0.0) or energy[0] <= 0.0 or np.any(area <= 0.0):
        raise DataError(f"{path}: energies must be > 0 and increase, areas must be > 0")
    band = tuple(float(e) for e in header(table, "range_MeV", path))
    cone = float(header(table, "cone_deg", path))
    if len(band) != 2 or not 0.0 < band[0] < band[1] or not 0.0 < cone <= 180.0:
        raise DataError(f"{path}: range_MeV needs two increasing energies, cone_deg an angle up to 180")
    name, source = str(header(table, "name", path)), str(header(table, "source", path))
    return Instrument(name, energy, area, band, cone, source)


@lru_cache(maxsize=1)
def instruments():
    """Return ``{name: Instrument}`` of the packaged telescopes."""
    found = [read_instrument(path) for path in data_files("gamma", "instrument_*.ecsv")]
    return {i.name: i for i in found}


def instrument(name):
    """Return a packaged telescope by name, one from a file, or an :class:`Instrument` unchanged."""
    if isinstance(name, Instrument):
        return name
    known = instruments()
    if name in known:
        return known[name]
    if Path(str(name)).suffix == ".ecsv":
        return read_instrument(name)
    raise DomainError(
        f"unknown instrument '{name}'{did_you_mean(name, known)}; allowed: {', '.join(known)}, "
        "or the path of an .ecsv file"
    )


def threshold_counts(background):
    """Counts that stand out: 2 + 2 sqrt(background + 1)."""
    return 2.0 + 2.0 * math.sqrt(background + 1.0)


def expected_counts(signal, telescope, exposure, band=None, start=0.0):
    """Signal counts between the arrival times start and exposure (s).

    Parameters
    ----------
    signal : Signal
    telescope : Instrument
    exposure, start : float
        s.
    band : (float, float), optional
        MeV, default the instrument's.
    """
    low, high = band or telescope.band
    energies, weights = telescope.nodes(low, high)
    if not energies.size:
        return 0.0
    return float(weights @ signal.spectrum(energies, start, exposure))


def asimov_loglike(signal_counts, background):
    """ln L(S + B)/L(B) of an experiment that observes exactly its background."""
    if background <= 0.0:
        return -signal_counts
    return background * math.log1p(signal_counts / background) - signal_counts


def telescope_loglike(
    model,
    spectrum,
    telescope="e-ASTROGAM",
    *,
    exposure_s=1e5,
    distance_kpc=GALACTIC_DISTANCE_KPC,
    radius_cm=RED_SUPERGIANT_CM,
    duty=1.0,
    **options,
):
    """Expected log-likelihood ratio of a future supernova without a signal (plain floats).

    Parameters
    ----------
    model, spectrum
        See :func:`~astrobounds.gamma.arrival.signal`.
    telescope : str or Instrument
    exposure_s, distance_kpc, radius_cm : float
    duty : float
        Share of the exposure in which the supernova is in the field of view.
    **options
        As in :func:`~astrobounds.gamma.arrival.make_signal`.
    """
    tool = instrument(telescope)
    duty = finite(duty, "duty", 0.0, 1.0)
    exposure = finite(exposure_s, "exposure_s", 0.0)
    signal = make_signal(model, spectrum, distance_kpc=distance_kpc, radius_cm=radius_cm, **options)
    counts = duty * expected_counts(signal, tool, exposure)
    return asimov_loglike(counts, duty * tool.background(exposure))


@dataclass(frozen=True, eq=False)
class TelescopeResult:
    """Counts of one supernova in one telescope.

    Attributes
    ----------
    counts, background, threshold : float
        Signal, cosmic background in the search cone, and the counts that stand out.
    """

    signal: Signal
    telescope: Instrument
    exposure: float
    duty: float
    counts: float
    background: float
    threshold: float

    @property
    def detectable(self):
        """True if the signal exceeds 2 + 2 sqrt(background + 1)."""
        return self.counts > self.threshold

    @property
    def references(self):
        """BibTeX keys of method and background."""
        return (*self.signal.references, *self.telescope.references)

    @property
    def fireball(self):
        """The estimate of whether the photons escape, a :class:`FireballTest`."""
        return fireball_test(self.signal)

    def binned(self, energy, time):
        """Signal counts in bins.

        Parameters
        ----------
        energy : Quantity, shape (n + 1,)
            Bin edges.
        time : Quantity, shape (k + 1,)
            Bin edges, s after the first neutrinos.

        Returns
        -------
        ndarray, shape (n, k)
        """
        e, t = np.atleast_1d(energy_mev(energy, "energy")), np.atleast_1d(time_s(time, "time"))
        for edges in (e, t):
            if edges.size < 2 or np.any(np.diff(edges) <= 0.0) or not edges[0] >= 0.0:
                raise DomainError("bins need increasing edges, and times from 0 s")

        def one(band, window):
            return expected_counts(self.signal, self.telescope, window[1], band, window[0])

        return self.duty * np.array([[one(b, w) for w in pairwise(t)] for b in pairwise(e)])

    def reach(self, decades=14.0):
        """Factors on |coupling|^2 between which the signal stands out, or None.

        Widths and emission are multiplied by the factor; absorption in the star is not included.
        """

        def measure(signal):
            return self.duty * expected_counts(signal, self.telescope, self.exposure)

        return crossing_range(self.signal, measure, self.threshold, decades=decades)

    def plot(self, axis=None):
        """Draw the signal and background counts per ln E; returns the axis."""
        import matplotlib.pyplot as plt

        axis = axis or plt.subplots()[1]
        tool = self.telescope
        e = np.geomspace(*tool.band, 120)
        area = tool.effective_area(e) * e * self.duty
        axis.loglog(e, area * self.signal.spectrum(e, 0.0, self.exposure), label="signal")
        law = measured_spectra()["MeV-GeV fit"][2]
        axis.loglog(e, area * law(e) * tool.solid_angle * self.exposure, label="background")
        axis.set_xlabel("photon energy [MeV]")
        axis.set_ylabel("counts per ln E")
        axis.set_title(f"{tool.name}, {self.exposure:g} s", fontsize="small")
        axis.legend()
        return axis


def telescope_counts(
    model,
    star,
    telescope="e-ASTROGAM",
    distance=None,
    exposure=None,
    radius=None,
    duty=1.0,
    **options,
):
    """Counts of a future supernova in a gamma-ray telescope.

    Parameters
    ----------
    model, star
        See :func:`~astrobounds.gamma.arrival.signal`.
    telescope : str, path or Instrument
        ``"e-ASTROGAM"``, ``"Fermi-LAT"``, ``"AMEGO"`` or a file in the same format.
    distance, exposure, radius : Quantity, optional
        Default 10 kpc, 1e5 s, 1e13 cm.
    duty : float
        Share of the exposure in which the supernova is in the field of view.
    **options
        As in :func:`~astrobounds.gamma.arrival.signal`.

    Returns
    -------
    TelescopeResult

    Raises
    ------
    DomainError, DataError
        For an unknown instrument, an exposure that is not positive, or a damaged file.
    """
    import astropy.units as u

    tool = instrument(telescope)
    duty = finite(duty, "duty", 0.0, 1.0)
    seconds = time_s(1e5 * u.s if exposure is None else exposure, "exposure")
    seconds = finite(seconds, "exposure in s", 1e-6)
    distance = GALACTIC_DISTANCE_KPC * u.kpc if distance is None else distance
    radius = RED_SUPERGIANT_CM * u.cm if radius is None else radius
    signal = build_signal(model, star, distance=distance, radius=radius, **options)
    counts = duty * expected_counts(signal, tool, seconds)
    background = duty * tool.background(seconds)
    threshold = threshold_counts(background)
    return TelescopeResult(signal, tool, seconds, duty, counts, background, threshold)
