"""SN 1987A seen by the Gamma-Ray Spectrometer of the Solar Maximum Mission: counts and likelihood.

Per energy band the counts of the 10.24 s bins are Poisson with mean b0 + b1 t/(100 s) + A F_i, F_i
the fluence that arrives within the bin; b0 and b1 are fitted for every signal. A prompt signal is
thus constrained several times better than a flat one of the same fluence.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..datafiles import data_path, read_ecsv
from ..errors import ConvergenceError, DataError, DomainError
from ..units import finite
from .arrival import Signal, make_signal
from .arrival import signal as build_signal
from .fireball import fireball_test
from .poisson import background_fit, linear_start
from .tables import column, header

_TIME_UNIT = 100.0  # s, scale of the background slope
GAUSSIAN_COUNTS = 1393.0  # 25-100 MeV counts in the window, as used in arXiv:1702.02964


@dataclass(frozen=True, eq=False)
class SMMData:
    """Counts of one instrument around one burst.

    Attributes
    ----------
    start, stop : ndarray, shape (bins,)
        Bin edges in s after the first neutrinos.
    counts : tuple of ndarray
        Counts per band; ``used`` holds the indices of the bins that exist.
    bands : tuple of (low, high)
        MeV.
    area : ndarray
        Effective areas in cm^2.
    windows : ndarray, shape (n, 2)
        The parts of the on-source bins in which a signal is counted, ``on`` their indices.
    """

    start: np.ndarray
    stop: np.ndarray
    counts: tuple
    used: tuple
    bands: tuple
    area: np.ndarray
    on: np.ndarray
    windows: np.ndarray

    references = ("Chupp:1989kx", "Hoof:2022xbe")

    @property
    def x(self):
        """Bin centres in units of 100 s."""
        return 0.5 * (self.start + self.stop) / _TIME_UNIT


def read_smm(path):
    """Read a table of counts in the format of ``data/gamma/smm_chupp1989.ecsv``.

    Raises
    ------
    DataError
        If a column, a band or the end of the signal window is missing, or counts are negative.
    """
    table = read_ecsv(path)
    declared = header(table, "bands", path)
    start, stop = column(table, "t_start", "s", path), column(table, "t_stop", "s", path)
    try:
        end = float(header(table, "signal_end_s", path))
        bands = tuple((float(b["low_MeV"]), float(b["high_MeV"])) for b in declared)
        area = np.array([float(b["area_cm2"]) for b in declared])
        columns = [np.ma.asarray(table[b["column"]]) for b in declared]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: missing or unusable entry {error}; each band needs low_MeV, high_MeV, "
            "area_cm2 and the name of its column of counts"
        ) from None
    used = tuple(np.flatnonzero(~np.ma.getmaskarray(c)) for c in columns)
    counts = tuple(np.asarray(c[i], dtype=float) for c, i in zip(columns, used))
    if any(np.any(c < 0) for c in counts) or np.any(stop <= start):
        raise DataError(f"{path}: counts must be >= 0 and bins must have t_start < t_stop")
    on = np.flatnonzero((stop > 0.0) & (start < end))
    windows = np.column_stack([np.maximum(start[on], 0.0), np.minimum(stop[on], end)])
    windows[np.abs(windows) < 1e-9] = 0.0
    return SMMData(start, stop, counts, used, bands, area, on, windows)


@lru_cache(maxsize=1)
def smm_data():
    """Return the packaged SN 1987A counts as :class:`SMMData`."""
    return read_smm(data_path("gamma/smm_chupp1989.ecsv"))


@lru_cache(maxsize=8)
def _background_only(data, band):
    x = np.ascontiguousarray(data.x[data.used[band]])
    counts = data.counts[band]
    return _fit(counts, x, np.zeros(counts.size), *linear_start(counts, x))


def _fit(counts, x, signal, b0, b1):
    value, b0, b1, status = background_fit(counts, x, signal, b0, b1)
    if status != 0:
        raise ConvergenceError(
            "the background fit of the SMM likelihood did not converge: "
            f"largest signal {signal.max():.3g} counts per bin",
            stage="smm background",
        )
    return value, b0, b1


def band_loglike(data, band, fluences):
    """lnL of one band for a fluence per on-source bin (photons/cm^2), background profiled.

    Returns
    -------
    (float, float, float)
        lnL including -ln n!, b0 and b1 in counts per bin.
    """
    _, b0, b1 = _background_only(data, band)
    signal = np.zeros(data.start.size)
    signal[data.on] = data.area[band] * np.asarray(fluences, dtype=float)
    pick = data.used[band]
    return _fit(data.counts[band], np.ascontiguousarray(data.x[pick]), signal[pick], b0, b1)


def signal_loglike(signal, data=None):
    """ln L(signal)/L(no signal) of a :class:`~astrobounds.gamma.arrival.Signal`, all bands."""
    data = data or smm_data()
    fluences = signal.fluences(data.bands, data.windows)
    return float(
        sum(
            band_loglike(data, b, fluences[:, b])[0] - _background_only(data, b)[0]
            for b in range(len(data.bands))
        )
    )


def smm_loglike(model, spectrum, *, distance_kpc=51.4, radius_cm=3e12, data=None, **options):
    """Log-likelihood ratio to no signal of the SN 1987A counts, for fits (plain floats).

    Parameters
    ----------
    model, spectrum
        See :func:`~astrobounds.gamma.arrival.signal`.
    distance_kpc, radius_cm : float
        Nuisance parameters: distance of SN 1987A and radius where photons escape.
    data : SMMData, optional
        Default the packaged counts.
    **options
        ``fsr``, ``polarisation``, ``nu_gamma_scale``, ``emission_duration_s``, ``profile``,
        ``geometry`` of :func:`~astrobounds.gamma.arrival.make_signal`.

    Returns
    -------
    float
        0 for no signal; smooth in the model.
    """
    signal = make_signal(model, spectrum, distance_kpc=distance_kpc, radius_cm=radius_cm, **options)
    return signal_loglike(signal, data)


def gaussian_limit(nsigma=2.0, counts=GAUSSIAN_COUNTS, area=63.0):
    """Single-number fluence limit nsigma sqrt(counts)/area in photons/cm^2.

    The default counts and area are those of 25-100 MeV; ``nsigma=2.326`` (99 % one-sided) gives the
    1.38 cm^-2 used in parts of the literature.
    """
    return nsigma * math.sqrt(counts) / area


def profile_limit(shape, band, drop=2.706, data=None):
    """Upper limit on the fluence of a signal with a given time shape.

    Parameters
    ----------
    shape : array_like, shape (on-source bins,)
        Share of the fluence that arrives in each on-source bin.
    band : int
        Index of the energy band.
    drop : float
        Delta(-2 ln L) above the minimum over fluences >= 0.

    Returns
    -------
    (float, float)
        The limit in photons/cm^2, and the best fluence >= 0.
    """
    from scipy.optimize import brentq, minimize_scalar

    data = data or smm_data()
    shape = np.asarray(shape, dtype=float)
    if shape.shape != (data.on.size,) or not np.all(np.isfinite(shape)) or shape.min() < 0.0:
        raise DomainError(f"shape needs {data.on.size} numbers >= 0, one per on-source bin")
    finite(drop, "drop", 1e-6)

    def minus(f):
        return -2.0 * band_loglike(data, band, f * shape)[0]

    scale = 10.0
    best = minimize_scalar(minus, bounds=(0.0, scale), method="bounded", options={"xatol": 1e-7})
    at, least = (0.0, minus(0.0)) if minus(0.0) <= best.fun else (float(best.x), float(best.fun))
    while minus(scale) - least < drop:
        scale *= 2.0
    return float(brentq(lambda f: minus(f) - least - drop, at, scale, xtol=1e-9)), at


@dataclass(frozen=True, eq=False)
class SMMResult:
    """What the spectrometer should have seen.

    Attributes
    ----------
    signal : Signal
        The prediction in floats.
    fluence : Quantity, shape (bands,)
        Photons per cm^2 in the signal window, per band.
    counts : ndarray, shape (bands, on-source bins)
        Expected signal counts.
    background : tuple of (b0, b1)
        Fitted background per band, counts per bin and per bin and 100 s.
    loglike : float
        ln L relative to no signal.
    """

    signal: Signal
    data: SMMData
    fluence: object
    counts: np.ndarray
    background: tuple
    loglike: float

    @property
    def references(self):
        """BibTeX keys of data and method."""
        return (*self.data.references, *self.signal.references, *self.signal.photons.references)

    @property
    def fireball(self):
        """The estimate of whether the photons escape, a :class:`FireballTest`."""
        return fireball_test(self.signal)

    def excluded(self, nsigma=2.0):
        """True if the 25-100 MeV (last band) fluence exceeds the single-number Gaussian limit."""
        return bool(self.fluence[-1].value > gaussian_limit(nsigma))

    def plot(self, axes=None):
        """Draw counts, background and expected signal of every band; returns the axes."""
        import matplotlib.pyplot as plt

        data = self.data
        if axes is None:
            _, axes = plt.subplots(len(data.bands), 1, sharex=True, figsize=(6.5, 7.0))
        for b, axis in enumerate(np.atleast_1d(axes)):
            pick = data.used[b]
            t = _TIME_UNIT * data.x
            n = data.counts[b]
            axis.errorbar(t[pick], n, np.sqrt(n), fmt=".", color="0.4", lw=0.8)
            mean = self.background[b][0] + self.background[b][1] * data.x
            axis.plot(t, mean, color="C0", label="background")
            total = mean.copy()
            total[data.on] += self.counts[b]
            axis.step(t, total, where="mid", color="C3", label="with signal")
            axis.set_ylabel("counts / 10.24 s")
            axis.set_title(f"{data.bands[b][0]:g}-{data.bands[b][1]:g} MeV", fontsize="small")
        axis.set_xlabel("time after the first neutrinos [s]")
        axis.legend()
        return axes


def smm(model, star, **options):
    """Prediction for the Solar Maximum Mission and its likelihood.

    Parameters
    ----------
    model : object
        The decaying particle.
    star : object
        A star, an emission result, a callable dN/dE or a table, see
        :func:`~astrobounds.gamma.arrival.signal`.
    **options
        ``distance``, ``radius``, ``fsr``, ``polarisation``, ``nu_gamma_scale``,
        ``emission_duration``, ``profile``, ``geometry`` of
        :func:`~astrobounds.gamma.arrival.signal`.

    Returns
    -------
    SMMResult

    References
    ----------
    Chupp, Vestrand and Reppin, Phys. Rev. Lett. 62 (1989) 505; Hoof and Schulz, arXiv:2212.09764.
    """
    import astropy.units as u

    data = smm_data()
    signal = build_signal(model, star, **options)
    bins = signal.fluences(data.bands, data.windows)
    fits = [band_loglike(data, b, bins[:, b]) for b in range(len(data.bands))]
    ratio = sum(fit[0] - _background_only(data, b)[0] for b, fit in enumerate(fits))
    return SMMResult(
        signal=signal,
        data=data,
        fluence=bins.sum(axis=0) / u.cm**2,
        counts=(bins * data.area).T,
        background=tuple((fit[1], fit[2]) for fit in fits),
        loglike=float(ratio),
    )
