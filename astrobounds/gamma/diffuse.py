"""Photons of all past supernovae against the measured cosmic gamma-ray background.

    dPhi/dE = c/(4 pi) int dz R_SN(z)/H(z) dN/dE'(E' = E (1+z)),
    dN/dE' = int domega f/(2 omega) J_R(p_min),  J_R = int dE (m/p) dN/dE exp(-R/lambda).

Only photons born outside the progenitor count, and its radius is the leading uncertainty: most
stars are red supergiants of some 4e13 cm, in which short-lived particles decay unseen.
"""

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..datafiles import data_path, read_ecsv
from ..errors import DataError, DomainError, ValidityWarning
from ..units import energy_mev, finite, length_cm, time_s
from .arrival import Signal, make_signal, warn_light
from .kernels import escape_nodes
from .rates import redshift_nodes
from .response import response
from .tables import column

# Share of core-collapse supernovae and envelope radius (cm): red, stripped, blue progenitors.
PROGENITORS = ((0.70, 4e13), (0.25, 3e11), (0.05, 3e12))
LONGEST_FLIGHT_S = 1e16  # gamma tau above which decays are still going on today


@dataclass(frozen=True, eq=False)
class DiffuseBands:
    """Measured intensities: names, edges (MeV), intensity and sigma (1/cm^2/s/sr)."""

    names: tuple
    edges: tuple
    intensity: np.ndarray
    sigma: np.ndarray


def read_diffuse(path):
    """Read measured band intensities in the format of ``data/gamma/diffuse_bands.ecsv``.

    Raises
    ------
    DataError
        For a missing column or unit, an empty band, or a sigma that is not positive.
    """
    table = read_ecsv(path)
    low, high = (column(table, name, "MeV", path) for name in ("e_low", "e_high"))
    intensity, sigma = (column(table, n, "1/(cm2 s sr)", path) for n in ("intensity", "sigma"))
    if "name" not in table.colnames:
        raise DataError(f"{path}: no column 'name'")
    if np.any(low <= 0.0) or np.any(high <= low) or np.any(sigma <= 0.0):
        raise DataError(f"{path}: every row needs 0 < e_low < e_high and sigma > 0")
    return DiffuseBands(tuple(map(str, table["name"])), tuple(zip(low, high)), intensity, sigma)


@lru_cache(maxsize=1)
def diffuse_bands():
    """Return the packaged band intensities."""
    return read_diffuse(data_path("gamma/diffuse_bands.ecsv"))


@lru_cache(maxsize=1)
def measured_spectra():
    """Return ``{name: (e_low, e_high, function)}`` of the packaged power-law fits, MeV units."""
    path = data_path("gamma/diffuse_spectra.ecsv")
    table = read_ecsv(path)
    out = {}
    for row in table:
        norm, pivot, index, cutoff = (float(row[k]) for k in ("norm", "pivot", "index", "cutoff"))

        def law(energy, norm=norm, pivot=pivot, index=index, cutoff=cutoff):
            energy = np.asarray(energy, dtype=float)
            return norm * (energy / pivot) ** -index * np.exp(-energy / cutoff)

        out[str(row["name"])] = (float(row["e_low"]), float(row["e_high"]), law)
    return out


def measured_background(energy):
    """Cosmic background in 1/(MeV cm^2 s sr): COMPTEL law below 30 MeV, Fermi-LAT law above."""
    energy = np.asarray(energy, dtype=float)
    low, high = (measured_spectra()[name][2] for name in ("COMPTEL", "Fermi-LAT IGRB"))
    return np.where(energy < 30.0, low(energy), high(energy))


@lru_cache(maxsize=32)
def _rows(mass, shifted, n_band, p_max, shape, spectral):
    bands = np.array(shifted, dtype=float).reshape(-1, n_band, 2)
    windows = np.tile([0.0, math.inf], (len(bands), 1))
    return response(mass, 0.0, windows, bands, p_max, spectral=spectral, shape=shape)


def _escaping(signal, shifted, n_band, spectral):
    """Photons (or photons per MeV) per supernova for every row and band."""
    mass = signal.photons.mass
    total = np.zeros((len(shifted) // n_band, n_band))
    for group in signal.shining:
        rows = _rows(mass, tuple(shifted), n_band, signal.parents.p_max, group.shape, spectral)

        def nodes(power, rows=rows):
            return escape_nodes(rows.r, rows.used, signal._table(power), mass)

        total += signal.combine(rows, group, nodes)
    return total


def photons_per_supernova(signal, energies):
    """dN_gamma/dE' in 1/MeV of one supernova (at the source), photons born outside R.

    Parameters
    ----------
    signal : Signal
        Its distance does not matter.
    energies : array_like
        MeV.
    """
    energies = np.asarray(energies, dtype=float)
    shifted = [(e, e) for e in energies.ravel().tolist()]
    return _escaping(signal, shifted, 1, True)[:, 0].reshape(energies.shape)


def diffuse_spectrum(signal, energies, history="broken-power-law"):
    """dPhi/dE in 1/(MeV cm^2 s sr) today, shape of ``energies`` (MeV)."""
    energies = np.asarray(energies, dtype=float)
    z, weight = redshift_nodes(history)
    values = photons_per_supernova(signal, np.outer(1.0 + z, energies.ravel()))
    return (weight @ values).reshape(energies.shape)


def diffuse_intensities(signal, bands, history="broken-power-law"):
    """Photons/(cm^2 s sr) today in each band (low, high) in MeV, shape (bands,)."""
    z, weight = redshift_nodes(history)
    shifted = [(low * (1.0 + s), high * (1.0 + s)) for s in z.tolist() for low, high in bands]
    return (weight / (1.0 + z)) @ _escaping(signal, shifted, len(bands), False)


def one_sided_loglike(prediction, data):
    """Sum of ln Phi_N[(I - S)/sigma] - ln Phi_N[I/sigma]: any astrophysical rest >= 0."""
    from scipy.special import log_ndtr

    pull = (data.intensity - prediction) / data.sigma
    return float(np.sum(log_ndtr(pull) - log_ndtr(data.intensity / data.sigma)))


def check_progenitors(progenitors):
    """Return ((share, radius in cm), ...) after checking that the shares sum to one."""
    rows = tuple(
        (finite(s, "progenitor share", 0.0, 1.0), finite(r, "progenitor radius in cm", 0.0))
        for s, r in progenitors
    )
    total = sum(s for s, _ in rows)
    if not rows or abs(total - 1.0) > 1e-6:
        raise DomainError(f"the shares of the progenitors sum to {total:g}, they must sum to 1")
    return rows


def _signals(model, spectrum, progenitors, options):
    first = make_signal(model, spectrum, radius_cm=0.0, **options)
    return [
        (share, Signal(first.photons, first.parents, radius, first.distance))
        for share, radius in progenitors
    ]


def diffuse_loglike(
    model,
    spectrum,
    *,
    progenitors=PROGENITORS,
    history="broken-power-law",
    data=None,
    rate_scale=1.0,
    **options,
):
    """Log-likelihood ratio to no signal of the measured background bands, for fits (plain floats).

    Parameters
    ----------
    model, spectrum
        See :func:`~astrobounds.gamma.arrival.signal`; the same spectrum for every supernova.
    progenitors : sequence of (share, radius in cm)
        Mix of envelope radii.
    history : {"broken-power-law", "steep"}
        Star formation history.
    data : DiffuseBands, optional
        Default the packaged bands.
    rate_scale : float
        Nuisance factor on the supernova rate.
    **options
        ``fsr``, ``polarisation``, ``nu_gamma_scale``, ``emission_duration_s``.

    Returns
    -------
    float
        0 for no signal; smooth in the model.
    """
    data = data or diffuse_bands()
    rate_scale = finite(rate_scale, "rate_scale", 0.0)
    total = np.zeros(len(data.edges))
    for share, signal in _signals(model, spectrum, check_progenitors(progenitors), options):
        total += share * rate_scale * diffuse_intensities(signal, data.edges, history)
    return one_sided_loglike(total, data)


@dataclass(frozen=True, eq=False)
class DiffuseResult:
    """The background of decays after all past supernovae.

    Attributes
    ----------
    parts : tuple of (share, Signal)
        One entry per kind of progenitor.
    bands : Quantity, shape (measured bands,)
        Intensity in 1/(cm^2 s sr).
    loglike : float
        One-sided ln L relative to no signal.
    valid : bool
        False if the particles live so long (gamma tau > 1e16 s) that they still decay today.
    """

    parts: tuple
    history: str
    data: DiffuseBands
    bands: object
    loglike: float
    valid: bool

    references = (
        "Ackermann:2014usa",
        "Kappadath:1998",
        "Sreekumar:1997un",
        "Yuksel:2008cu",
        "Horiuchi:2008jz",
        "Boddy:2015efa",
    )

    def intensity(self, energy):
        """dPhi/dE as a Quantity in 1/(MeV cm^2 s sr) at photon energies (Quantity)."""
        import astropy.units as u

        e = np.atleast_1d(energy_mev(energy, "energy"))
        if not np.all(np.isfinite(e)) or np.any(e <= 0.0):
            raise DomainError(f"energy = {energy}: photon energies must be > 0")
        total = sum(w * diffuse_spectrum(s, e, self.history) for w, s in self.parts)
        value = total if np.ndim(energy) else total[0]
        return value / (u.MeV * u.cm**2 * u.s * u.sr)

    def plot(self, axis=None):
        """Draw E^2 dPhi/dE with the measured background; returns the axis."""
        import astropy.units as u
        import matplotlib.pyplot as plt

        axis = axis or plt.subplots()[1]
        e = np.geomspace(0.8, 1000.0, 160)
        for name, (low, high, law) in measured_spectra().items():
            x = np.geomspace(max(low, 0.8), min(high, 1e3), 50)
            axis.loglog(x, x**2 * law(x), lw=1.0, label=name)
        axis.loglog(e, e**2 * self.intensity(e * u.MeV).value, color="k", label="decays")
        axis.set_xlabel("photon energy [MeV]")
        axis.set_ylabel(r"$E^2 d\Phi/dE$ [MeV cm$^{-2}$ s$^{-1}$ sr$^{-1}$]")
        axis.set_ylim(1e-7, 1e-1)
        axis.legend(fontsize="small")
        return axis


def diffuse_background(
    model,
    star,
    radius=None,
    progenitors=None,
    history="broken-power-law",
    emission_duration=None,
    **options,
):
    """Diffuse background of decays after all past core-collapse supernovae.

    Parameters
    ----------
    model, star
        See :func:`~astrobounds.gamma.arrival.signal`; the same emission for every supernova.
    radius : Quantity, optional
        One envelope radius for all; otherwise the mix ``progenitors``.
    progenitors : sequence of (share, Quantity), optional
        Default 0.70 at 4e13 cm, 0.25 at 3e11 cm, 0.05 at 3e12 cm.
    history : {"broken-power-law", "steep"}
        Star formation history.
    emission_duration : Quantity, optional
        Time over which a star's or an emission result's rate is taken to last, default 3 s.
    **options
        ``fsr``, ``polarisation``, ``nu_gamma_scale``.

    Returns
    -------
    DiffuseResult

    Raises
    ------
    DomainError
        For a negative radius, shares that do not sum to one, or an unknown history.
    """
    import astropy.units as u

    if radius is not None and progenitors is not None:
        raise DomainError("give either radius or progenitors, not both")
    if radius is not None:
        mix = ((1.0, length_cm(radius, "radius")),)
    elif progenitors is not None:
        mix = tuple((share, length_cm(r, "progenitor radius")) for share, r in progenitors)
    else:
        mix = PROGENITORS
    if emission_duration is not None:
        options["emission_duration_s"] = time_s(emission_duration, "emission_duration")
    data = diffuse_bands()
    parts = tuple(_signals(model, star, check_progenitors(mix), options))
    total = sum(share * diffuse_intensities(s, data.edges, history) for share, s in parts)
    one = parts[0][1]
    warn_light(one.photons)
    flight = one.photons.lifetime * one.parents.mean_energy() / one.photons.mass
    valid = not flight > LONGEST_FLIGHT_S
    if not valid:
        warnings.warn(
            f"gamma tau = {flight:.2g} s is above {LONGEST_FLIGHT_S:g} s: not all particles of "
            "past supernovae have decayed, and the prediction is too large",
            ValidityWarning,
            stacklevel=2,
        )
    unit = 1 / (u.cm**2 * u.s * u.sr)
    return DiffuseResult(parts, history, data, total * unit, one_sided_loglike(total, data), valid)
