"""A decaying nu_4 in the flux of the Sun: electron antineutrinos from 8B (arXiv:2008.11851).

nu_4 -> nu phi, phi -> nu nubar of a helicity-conserving Dirac scalar gives one antineutrino per nu_4. With
r = m_phi/m_4, a = 1 - r^2 and massless neutrinos the neutrino takes the share a u of the energy, u
distributed as 2u, and the antineutrino a uniform share of the rest:

    f(x) = (2/a^2) [z - 1 - ln z],  z = max(x, r^2);   mean 1/6 for r = 0, and f = 1 for r -> 1
    Phi_nubar(E) = |U_e4|^2 p_e Int_E dE_0 Phi_8B(E_0) f(E/E_0)/E_0

p_e is the share of nubar_e. Decays soften the spectrum: one number for the probability of conversion is not
enough, and binned data are compared bin by bin.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..datafiles import data_path
from ..ecsv import read_columns
from ..errors import DomainError, did_you_mean
from ..supernova.signals.neutrino_cross_sections import inverse_beta_total
from ..units import finite
from . import solar

DATA_SETS = ("borexino2019", "kamland2011")
CL_90 = 2.706  # fall of -2 ln L, two-sided
FREE_OF_BACKGROUND = 2.44  # 90 % limit on 0 events without background, physics/9711021
references = ("Hostert:2020oui", "Borexino:2019wln", "KamLAND:2011bnd", *solar.references)


def decay_spectrum(x, mass_ratio=0.0):
    """Return f(x), the antineutrino spectrum of one nu_4 for r = m_phi/m_4; 0 outside (0, 1)."""
    x, r = np.asarray(x, dtype=float), finite(mass_ratio, "mass_ratio m_phi/m_4", 0.0, 0.999)
    inside = (x > 0.0) & (x < 1.0)
    z = np.maximum(np.where(inside, x, 1.0), r * r)
    return np.where(inside, 2.0 * (z - 1.0 - np.log(z)) / (1.0 - r * r) ** 2, 0.0)


def antineutrino_flux(energy, mixing=1.0, fraction=1.0, spectrum=None, mass_ratio=0.0):
    """Return the flux of nubar_e [cm^-2 s^-1 MeV^-1] at energies in MeV.

    Parameters
    ----------
    energy : array of float
    mixing : float
        |U_e4|^2.
    fraction : float
        p_e, antineutrinos that are nubar_e at the Earth.
    spectrum : callable, optional
        8B spectrum of energies in MeV [cm^-2 s^-1 MeV^-1], zero above 16 MeV; the standard one by default.
    mass_ratio : float
        m_phi/m_4, below 1.
    """
    energy = np.atleast_1d(np.asarray(energy, dtype=float))
    source = (lambda e: solar.FLUX_8B * solar.boron8(e)) if spectrum is None else spectrum
    x, w = np.polynomial.legendre.leggauss(96)
    t = 0.5 * (1.0 + x)
    ratio = np.log(solar.HIGHEST / np.clip(energy, 1e-6, solar.HIGHEST))[:, None]
    parent = energy[:, None] * np.exp(ratio * t)  # dE_0/E_0 = ratio dt
    total = (0.5 * w * ratio * decay_spectrum(energy[:, None] / parent, mass_ratio) * source(parent)).sum(
        axis=1
    )
    return finite(mixing, "mixing", 0.0, 1.0) * finite(fraction, "fraction", 0.0, 1.0) * total


def suppression(threshold, spectrum=None, cross_section=None, mass_ratio=0.0):
    """Return R: inverse-beta events of the decay chain over those of converted 8B, above a threshold.

    Parameters
    ----------
    threshold : float
        Antineutrino energy [MeV].
    spectrum : callable, optional
        As in :func:`antineutrino_flux`.
    cross_section : callable, optional
        Of energies [MeV]; that of nubar_e p -> e+ n by default.
    mass_ratio : float

    Returns
    -------
    float
        A limit P on the probability of conversion is |U_e4|^2 p_e < P/R.
    """
    source = (lambda e: solar.FLUX_8B * solar.boron8(e)) if spectrum is None else spectrum
    sigma = inverse_beta_total if cross_section is None else cross_section
    energy, weight = solar.rule(160, threshold, solar.HIGHEST)
    weighted = sigma(energy) * weight
    flux = antineutrino_flux(energy, spectrum=source, mass_ratio=mass_ratio)
    return float(weighted @ flux / (weighted @ source(energy)))


@dataclass(frozen=True, eq=False)
class Bins:
    """Published bins: edges [MeV], events and background (nan if not given), limits [cm^-2 s^-1]."""

    low: np.ndarray
    high: np.ndarray
    events: np.ndarray
    background: np.ndarray
    limit: np.ndarray

    @property
    def exposure(self):
        """Protons times seconds: from the limits of bins that saw nothing, on (almost) no background."""
        quiet = (self.events == 0.0) & (self.background < 0.05)
        energy = 0.5 * (self.low + self.high)[quiet]
        return float(np.mean(FREE_OF_BACKGROUND / (self.limit[quiet] * inverse_beta_total(energy))))


@lru_cache(maxsize=2)
def bins(data_set):
    """Return the :class:`Bins` of ``"borexino2019"`` (events) or ``"kamland2011"`` (limits)."""
    if data_set not in DATA_SETS:
        raise DomainError(
            f"data set '{data_set}'{did_you_mean(data_set, DATA_SETS)}; allowed: {', '.join(DATA_SETS)}"
        )
    columns = read_columns(data_path("systems/antineutrinos.ecsv"))
    rows = [i for i, name in enumerate(columns["data_set"]) if name == data_set]
    values = [np.array([float(columns[c][i]) for i in rows]) for c in list(columns)[1:]]
    return Bins(*values)


def _binned(edges, sigma, mass_ratio):
    """Antineutrinos per bin at |U_e4|^2 p_e = 1, weighted with sigma."""
    x, w = np.polynomial.legendre.leggauss(12)
    half = 0.5 * (edges.high - edges.low)[:, None]
    energy = edges.low[:, None] + half * (1.0 + x)
    flux = antineutrino_flux(energy.ravel(), mass_ratio=mass_ratio).reshape(energy.shape)
    return (half * w * flux * sigma(energy.ravel()).reshape(energy.shape)).sum(axis=1)


@lru_cache(maxsize=32)
def _signal(mass_ratio):
    edges = bins("borexino2019")
    return edges.exposure * _binned(edges, inverse_beta_total, mass_ratio)


def antineutrino_loglike(product, mass_ratio=0.0):
    """Return ln L of Borexino's 15 bins relative to no signal, as a function of |U_e4|^2 p_e.

    Poisson in every bin with the published background; its uncertainty and the energy resolution
    (0.1 to 0.2 MeV) are left out.
    """
    edges = bins("borexino2019")
    signal = finite(product, "product |U_e4|^2 p_e", 0.0, 1.0) * _signal(mass_ratio)
    background = np.maximum(edges.background, 1e-3)
    return float((edges.events * np.log1p(signal / background) - signal).sum())


def antineutrino_limit(data_set="borexino2019", mass_ratio=0.0):
    """Return the 90 % upper limit on |U_e4|^2 p_e.

    ``"borexino2019"``: ln L falls by 1.353 from its maximum. ``"kamland2011"``: the flux of the strongest
    single bin meets its published limit, which is conservative. Super-Kamiokande publishes no table of
    bins; its number for P goes with :func:`suppression`.
    """
    edges = bins(data_set)
    if data_set == "kamland2011":
        flux = _binned(edges, np.ones_like, mass_ratio)
        used = flux > 0.0
        return float(np.min(edges.limit[used] / flux[used]))
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 1201)])
    values = np.array([antineutrino_loglike(g, mass_ratio) for g in grid])
    top = int(values.argmax())
    return float(np.interp(0.5 * CL_90, values[top] - values[top:], grid[top:]))
