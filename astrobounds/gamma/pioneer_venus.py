"""SN 1987A and the gamma-ray burst detector of the Pioneer Venus Orbiter: where fireballs end up.

If the photons of the decays do not escape, they come out of a fireball below some MeV, where the
Solar Maximum Mission saw nothing but the Pioneer Venus Orbiter (0.1-2 MeV) would have. No counts of
that instrument are at hand. The limit on the fluence is therefore inverted from a published one:
N -> nu gamma of neutrinos with a thermal spectrum, B_gamma < 3e-7 as long as all of them decay in
the time watched (Jaffe and Turner, arXiv:astro-ph/9601104). Their photons in a band are

    F = B N/(4 pi d^2) int_band dE_gamma int_{E_gamma} dE n(E)/E,   N = energy/(3.15 T),

which gives 250 photons/cm^2 in 0.2-2 MeV, within a factor of three: the share of the neutrinos
(all species or one flavour, a factor 3), the channels that made the limit and the level are not
known. Their second limit, B < 6e-14 m tau/(keV s) for slow decays, is the same fluence in 2300 s.
A fireball exceeds the limit by several orders of magnitude, so the bound depends little on it.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..constants import ERG, KPC_CM
from ..datafiles import data_path, read_ecsv
from ..errors import DataError, DomainError
from ..units import finite, time_s
from .arrival import Signal, make_signal
from .arrival import signal as build_signal
from .fireball import BREMSSTRAHLUNG, FireballEmission, fireball_emission
from .sn1987a import band_loglike, smm_data
from .source import EMISSION_DURATION
from .tables import column, header

LEVEL = 2.0  # standard deviations that the published limit is counted as


@dataclass(frozen=True)
class PioneerVenusData:
    """Channels of the burst detector and the published limit, floats in MeV, cm, s.

    Attributes
    ----------
    channels : tuple of (low, high)
        MeV.
    limited : tuple of bool
        The channels in which the limit is counted.
    branching : float
        Limit on B_gamma of fast decays.
    branching_slope : float
        Limit on B_gamma/(m tau) of slow decays, 1/(MeV s).
    temperature : float
        Of the neutrinos, MeV.
    number : float
        Neutrinos per cm^2 at the detector.
    uncertainty : float
        Factor within which the fluence limit is known.
    """

    channels: tuple
    limited: tuple
    branching: float
    branching_slope: float
    temperature: float
    number: float
    uncertainty: float

    references = ("Jaffe:1995sw",)

    @property
    def band(self):
        """Lowest and highest energy of the channels of the limit, MeV."""
        edges = [c for c, used in zip(self.channels, self.limited) if used]
        return edges[0][0], edges[-1][1]

    def _photons(self, power):
        """int_band dE_gamma E_gamma^power int_{E_gamma} dE n(E)/E, n normalised to one."""
        return _thermal_box(*self.band, self.temperature, power)

    @property
    def fluence_limit(self):
        """Photons per cm^2 in the band: the published limit of fast decays."""
        return self.branching * self.number * self._photons(0)

    @property
    def window(self):
        """Time in s after which slow decays at their published limit give the same fluence."""
        rate = 2.0 * self.branching_slope * self.number * self._photons(1)  # 2 E_gamma/(m tau)
        return self.fluence_limit / rate


def _thermal_box(low, high, temperature, power):
    """Moment of the photons of massless N -> nu gamma with a Fermi-Dirac spectrum, per N."""
    from scipy.integrate import quad
    from scipy.special import zeta

    norm = 1.5 * zeta(3.0)  # int y^2/(e^y + 1)
    a, b = low / temperature, high / temperature
    n = power + 1

    def inner(y):  # int_a^min(y,b) dx x^power, times n(y)/y
        return (min(y, b) ** n - a**n) / n * y * math.exp(-y) / (1.0 + math.exp(-y))

    value = quad(inner, a, b)[0] + quad(inner, b, 60.0)[0]
    return temperature**power * value / norm


def read_pioneer_venus(path):
    """Read a table in the format of ``data/gamma/pioneer_venus.ecsv``.

    Raises
    ------
    DataError
        For missing columns or entries, channels that do not follow on one another, or a limit that
        is not positive.
    """
    table = read_ecsv(path)
    low, high = column(table, "e_low", "MeV", path), column(table, "e_high", "MeV", path)
    names = ("branching_limit", "branching_per_keV_s", "temperature_MeV", "neutrino_energy_erg",
             "distance_kpc", "uncertainty_factor")  # fmt: skip
    try:
        branching, slope, temperature, energy, distance, factor = (
            float(header(table, name, path)) for name in names
        )
        limited = tuple(bool(v) for v in table["limited"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: missing or unusable entry {error}") from None
    values = np.array([branching, slope, temperature, energy, distance, factor])
    if not np.all(np.isfinite(values)) or np.any(values <= 0.0):
        raise DataError(f"{path}: {', '.join(names)} must be positive numbers")
    if np.any(high <= low) or np.any(low[1:] != high[:-1]) or not any(limited):
        raise DataError(f"{path}: channels must be adjacent, e_low < e_high, one at least limited")
    mean = 7.0 * math.pi**4 / 180.0 / 1.2020569031595943  # E/T of a Fermi-Dirac gas, 3.1514
    number = energy * ERG / (mean * temperature) / (4.0 * math.pi * (distance * KPC_CM) ** 2)
    return PioneerVenusData(tuple(zip(low.tolist(), high.tolist())), limited, branching,
                            1e3 * slope, temperature, number, factor)  # fmt: skip


@lru_cache(maxsize=1)
def pioneer_venus_data():
    """Return the packaged :class:`PioneerVenusData`."""
    return read_pioneer_venus(data_path("gamma/pioneer_venus.ecsv"))


@lru_cache(maxsize=1)
def _default_limit():
    return pioneer_venus_data().fluence_limit


def _limit(limit_cm2):
    if limit_cm2 is None:
        return _default_limit()
    value = finite(limit_cm2, "limit in photons/cm^2", 0.0)
    if value == 0.0:
        raise DomainError("limit = 0 photons/cm^2: an upper limit must be positive")
    return value


def pvo_term(emission, limit_cm2=None):
    """ln L of the detector for a fireball: -(1/2) (2 F/limit)^2, no excess seen.

    Parameters
    ----------
    emission : FireballEmission
    limit_cm2 : float, optional
        Upper limit in 0.2-2 MeV in photons/cm^2; default the derived one. It is counted as two
        standard deviations.
    """
    found = emission.fluences([pioneer_venus_data().band])[0]
    return -0.5 * (LEVEL * found / _limit(limit_cm2)) ** 2


def _smm_term(signal, emission, data):
    """SMM likelihood of the photons that escape and of the hard end of the fireball."""
    fluences = emission.escape * signal.fluences(data.bands, data.windows)
    late = np.exp(-data.windows / max(emission.arrival, 1e-3))
    fluences += np.outer(late[:, 0] - late[:, 1], emission.fluences(data.bands))
    total = 0.0
    for band in range(len(data.bands)):
        none = _no_signal(band) if data is smm_data() else _nothing(data, band)
        total += band_loglike(data, band, fluences[:, band])[0] - none
    return total


def _nothing(data, band):
    return band_loglike(data, band, np.zeros(data.on.size))[0]


@lru_cache(maxsize=8)
def _no_signal(band):
    return _nothing(smm_data(), band)


def joint_loglike(signal, emission, limit_cm2=None, data=None):
    """ln L of both instruments for a :class:`Signal` and its :class:`FireballEmission`."""
    return float(_smm_term(signal, emission, data or smm_data()) + pvo_term(emission, limit_cm2))


def smm_pvo_loglike(
    model,
    spectrum,
    *,
    distance_kpc=51.4,
    radius_cm=3e12,
    limit_cm2=None,
    bremsstrahlung=BREMSSTRAHLUNG,
    emission_duration_s=EMISSION_DURATION,
    data=None,
    **options,
):
    """Log-likelihood ratio of SN 1987A, fireballs included, for fits (plain floats).

    The photons of the decays count in the Solar Maximum Mission with the share exp(-tau) that
    escapes; what is trapped leaves as a fireball and counts in both instruments. For tau -> 0 this
    is :func:`~astrobounds.gamma.sn1987a.smm_loglike`; there is no step in between.

    Parameters
    ----------
    model, spectrum, distance_kpc, radius_cm, data, **options
        As for :func:`~astrobounds.gamma.sn1987a.smm_loglike`.
    limit_cm2 : float, optional
        Limit of the Pioneer Venus Orbiter in 0.2-2 MeV, photons/cm^2; default the derived one,
        known within a factor of three.
    bremsstrahlung : float
        See :func:`~astrobounds.gamma.fireball.fireball_emission`.
    emission_duration_s : float
        Time over which the particles leave the star, s.

    Returns
    -------
    float
        0 for no signal. Conservative: the escape share is that of the innermost shell for all
        photons, and only decays between R and 2R feed the fireball.
    """
    signal = make_signal(
        model,
        spectrum,
        distance_kpc=distance_kpc,
        radius_cm=radius_cm,
        emission_duration_s=emission_duration_s,
        **options,
    )
    emission = fireball_emission(signal, emission_duration_s, bremsstrahlung)
    return joint_loglike(signal, emission, limit_cm2, data)


@dataclass(frozen=True, eq=False)
class PVOResult:
    """What the Pioneer Venus Orbiter should have seen.

    Attributes
    ----------
    signal : Signal
        The decays, in floats.
    emission : FireballEmission
        The fireball, in floats.
    data : PioneerVenusData
    fluence : Quantity, shape (channels,)
        Photons of the fireball per cm^2 in every channel.
    energy_fluence : Quantity
        Energy of the fireball in erg/cm^2, all photon energies.
    limit : Quantity
        Upper limit on the photons per cm^2 in the channels of the limit (0.2-2 MeV).
    ratio : float
        Photons of the fireball there over the limit.
    loglike : float
        ln L of this detector alone.
    joint : float
        ln L of this detector and the Solar Maximum Mission together.
    """

    signal: Signal
    emission: FireballEmission
    data: PioneerVenusData
    fluence: object
    energy_fluence: object
    limit: object
    ratio: float
    loglike: float
    joint: float

    @property
    def references(self):
        """BibTeX keys of data and method."""
        return (*self.data.references, *self.emission.references, *smm_data().references)

    @property
    def fireball(self):
        """True if the photons are trapped and turned into softer ones."""
        return self.emission.fireball

    @property
    def excluded(self):
        """True if the fluence exceeds the limit."""
        return self.ratio > 1.0

    def plot(self, ax=None):
        """Draw the photons of the fireball per MeV, the channels and the limit; returns the axes."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(5.5, 4.0), layout="constrained")
        edges = np.geomspace(0.02, 300.0, 201)
        density = self.emission.fluences(np.column_stack([edges[:-1], edges[1:]])) / np.diff(edges)
        ax.plot(np.sqrt(edges[1:] * edges[:-1]), density, color="C3", label="fireball")
        middle = np.sqrt(edges[1:] * edges[:-1])
        hard = self.emission.escape * self.signal.spectrum(middle, 0.0, 223.232)
        ax.plot(middle, hard, color="C0", ls="--", label="photons that escape, 223 s")
        for (low, high), value in zip(self.data.channels, self.fluence.value):
            level = value / (high - low)
            ax.plot([low, high], [level, level], color="k", lw=2.0)
        low, high = self.data.band
        level = self.limit.value / (high - low)
        ax.fill_between([low, high], level / self.data.uncertainty, level * self.data.uncertainty,
                        color="0.8", label="Pioneer Venus limit, factor 3")  # fmt: skip
        top = max(density.max(), hard.max(), 10.0 * level)
        ax.set(xscale="log", yscale="log", ylim=(1e-2 * level, 5.0 * top),
               xlabel="photon energy [MeV]", ylabel=r"photons cm$^{-2}$ MeV$^{-1}$")  # fmt: skip
        ax.legend()
        return ax


def pvo(model, star, limit=None, bremsstrahlung=BREMSSTRAHLUNG, **options):
    """Fireball of the decays around SN 1987A in the Pioneer Venus Orbiter.

    Parameters
    ----------
    model : object
        The decaying particle.
    star : object
        A star, an emission result, a callable dN/dE or a table, see
        :func:`~astrobounds.gamma.arrival.signal`.
    limit : Quantity, optional
        Upper limit on the photons in 0.2-2 MeV per area; default the derived one.
    bremsstrahlung : float
        See :func:`~astrobounds.gamma.fireball.fireball_emission`.
    **options
        ``distance``, ``radius``, ``fsr``, ``emission_duration``, ... of
        :func:`~astrobounds.gamma.arrival.signal`.

    Returns
    -------
    PVOResult

    Raises
    ------
    DomainError
        If the limit has no unit of 1/area or is not positive.

    References
    ----------
    Jaffe and Turner, arXiv:astro-ph/9601104; Diamond et al., arXiv:2303.11395.
    """
    import astropy.units as u

    limit_cm2 = None
    if limit is not None:
        try:
            limit_cm2 = _limit(float(limit.to_value("1/cm2")))
        except (AttributeError, TypeError, u.UnitConversionError):
            raise DomainError(
                f"limit = {limit!r} must be photons per area, for instance 250 / u.cm**2"
            ) from None
    signal = build_signal(model, star, **options)
    duration = options.get("emission_duration")
    seconds = EMISSION_DURATION if duration is None else time_s(duration, "emission_duration")
    emission = fireball_emission(signal, seconds, bremsstrahlung)
    data = pioneer_venus_data()
    allowed = _limit(limit_cm2)
    found = emission.fluences(data.channels)
    inside = float(emission.fluences([data.band])[0])
    return PVOResult(
        signal=signal,
        emission=emission,
        data=data,
        fluence=found / u.cm**2,
        energy_fluence=emission.energy_fluence / ERG * u.erg / u.cm**2,
        limit=allowed / u.cm**2,
        ratio=inside / allowed,
        loglike=pvo_term(emission, limit_cm2),
        joint=joint_loglike(signal, emission, limit_cm2),
    )
