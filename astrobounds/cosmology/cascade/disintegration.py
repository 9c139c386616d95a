"""Abundances after electromagnetic energy is released by decays after nucleosynthesis.

References
----------
Kawasaki & Moroi, astro-ph/9412055; Cyburt et al., astro-ph/0211258; Hufnagel, Schmidt-Hoberg &
Wild, arXiv:1808.09324; Depta, Hufnagel & Schmidt-Hoberg, arXiv:2011.06518.
"""

import math
import warnings
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning, did_you_mean
from ...numerics.interpolate import hermite_lookup, pchip_slopes
from ...numerics.quadrature import gauss_legendre, interval_rule
from ...units import energy_mev, finite, time_s
from ..nuclear.nuclides import nuclide
from . import clock
from .kernels import M2, bethe_heitler_sigma, compton_rate, photon_rate
from .march import energy_edges, solve_spectra, temperature_rows
from .nuclei import MILLIBARN, photodisintegrations, sigma_cells, transfer_matrix
from .result import PhotodisintegrationResult
from .source import Injection, two_body

T_HOT = 0.0158  # MeV: hotter, pair creation leaves no photon above 1.5 MeV (E_C = m^2/22T = 0.75 MeV)
LIFETIMES = 30.0  # the time followed, in lifetimes
HIGHEST = 1e4  # MeV
LONGEST = 1e12  # s: later, photons stream freely
_SPECTRA = ("cascade", "universal")
_HELIUM_STEP = 0.1  # of the helium mass share between compositions whose hits are kept


def _universal(edges, T, energy, ne, nz2):
    """Photons per cell of the universal spectrum, (nt, n): E^-3/2 below m^2/80T, E^-2 to m^2/22T."""
    nodes, weights = gauss_legendre(32)
    middle = np.sqrt(edges[1:] * edges[:-1])
    pair = np.array([bethe_heitler_sigma(E, nodes, weights) for E in middle])
    out = np.zeros((len(T), len(middle)))
    for row, temp in zip(out, T):
        knee, cut = M2 / (80.0 * temp), M2 / (22.0 * temp)
        height = energy / (knee * knee * (2.0 + math.log(cut / knee)))
        shape = height * (knee / middle) ** np.where(middle < knee, 1.5, 2.0)
        loss = np.array([compton_rate(E, ne * temp**3) + photon_rate(E, temp) for E in middle])
        loss += nz2 * temp**3 * pair
        # the cell of the cut-off counts in part
        share = np.log(np.clip(cut, edges[1:], edges[:-1]) / edges[1:])
        row[:] = shape * middle * share / loss
    return out


def _hits_per_decay(injection, ne, nz2, T_low, spectrum):
    """Temperatures [MeV] and hits per nucleus per unit density of decays [MeV^-3], (nt, reactions)."""
    edges = energy_edges(injection.highest)
    rows, T = temperature_rows(injection.highest, T_HOT, T_low)
    sigma = sigma_cells(edges)
    if spectrum == "universal":
        return T, _universal(edges, T, injection.energy, ne, nz2) @ sigma.T, None
    found = solve_spectra(
        edges, rows, T, injection.cells(edges), (injection.photons, injection.electrons), ne, nz2
    )
    line = [r.sigma_mb(edges[0]) * MILLIBARN for r in photodisintegrations()]
    return T, found.photons @ sigma.T + np.outer(found.lines[:, 0], line), found


@lru_cache(maxsize=16)
def _two_body_hits(mass, gamma, electron, radiation, ne, nz2, T_low, spectrum):
    return _hits_per_decay(two_body(mass, gamma, electron, radiation), ne, nz2, T_low, spectrum)


@lru_cache(maxsize=64)
def _reusable_hits(mass, helium, n_b, T_low):
    """T [MeV] and hits per e+e- pair of energy ``mass`` in hydrogen with helium mass share ``helium``."""
    key = (mass, 0.0, 1.0, True)
    T, hits, _ = _hits_per_decay(two_body(*key), n_b * (1.0 - 0.5 * helium), n_b, T_low, "cascade")
    return T, hits


def _counts(T, hits, density, lifetime):
    """Hits per nucleus and durations [s] of the steps between temperatures.

    Integral of density n_gamma(T) hits(T) e^(-t/lifetime) dt/lifetime, with density relative to
    photons now and hits T^3 interpolated in logarithms.
    """
    time = clock.time_of(T)
    waits = np.diff(time)
    x = np.log(time)
    u, w = interval_rule(6, 0.0, 1.0)
    at = (x[:-1, None] + np.diff(x)[:, None] * u).ravel()
    share = np.exp(at - np.exp(at) / lifetime).reshape(-1, len(u)) / lifetime
    share = share * w * np.diff(x)[:, None]
    counts = np.zeros((len(T) - 1, hits.shape[1]))
    slopes, value, slope = np.empty(len(T)), np.empty(len(at)), np.empty(len(at))
    for r in range(hits.shape[1]):
        y = hits[:, r] * T**3 * clock.PHOTONS * density
        if np.all(y > 0.0):
            log = np.log(y)
            pchip_slopes(x, log, slopes)
            hermite_lookup(at, x, log, slopes, value, slope)
            inner = np.exp(value)
        else:
            inner = np.interp(at, x, y)
        counts[:, r] = (inner.reshape(-1, len(u)) * share).sum(axis=1)
    return counts, waits


def initial_abundances(abundances):
    """Abundances before the decays of n, t and Be7 as a dict, and eta if the object knows it.

    Accepts a dict of n_i/n_b, a result of the network or a result of :func:`bbn`.
    """
    if hasattr(abundances, "at_the_end_of_the_network"):  # of bbn(): its own numbers are after decays
        return abundances.at_the_end_of_the_network(), abundances.eta
    if hasattr(abundances, "nuclides"):
        return dict(zip(abundances.nuclides, map(float, abundances.Y))), None
    out = {}
    for name, value in dict(abundances).items():
        known = nuclide(name).name
        out[known] = out.get(known, 0.0) + finite(value, f"abundance of {name}", low=0.0, high=1.0)
    for name in ("p", "He4"):
        if name not in out:
            raise DomainError(f"the abundance of {name} is missing; give n_i/n_b of p, d, He3, He4, ...")
    return out, None


def _disintegrate(start, eta, injection, key, lifetime, density, density_T, spectrum):
    """The calculation in MeV and s; `key` are the arguments of `two_body`, or None."""
    n_b = clock.PHOTONS * eta
    ne = n_b * sum(nuclide(name).Z * y for name, y in start.items())
    nz2 = n_b * sum(nuclide(name).Z ** 2 * y for name, y in start.items())
    n_reactions = len(photodisintegrations())
    T_end = clock.temperature_of(LIFETIMES * lifetime)
    spectra = None
    weakest = min(r.threshold for r in photodisintegrations())
    late = density * clock.dilution(density_T)
    if T_end >= T_HOT or injection.highest <= weakest or late == 0.0:
        T = np.array([T_HOT, min(T_end, 0.5 * T_HOT)])
        hits, counts = np.zeros((2, n_reactions)), np.zeros((1, n_reactions))
        waits = np.diff(clock.time_of(T))
    else:
        T_low = _lowest(lifetime)
        if key is None:
            T, hits, spectra = _hits_per_decay(injection, ne, nz2, T_low, spectrum)
        else:
            T, hits, spectra = _two_body_hits(*key, ne, nz2, T_low, spectrum)
        counts, waits = _counts(T, hits, late, lifetime)
    matrix = transfer_matrix(counts, waits)
    return PhotodisintegrationResult(start, matrix, T, counts, hits, spectra, injection, lifetime, late)


def _lowest(lifetime):
    """Return the last temperature [MeV]: half a decade is a step, so that lifetimes share tables."""
    T_end = clock.temperature_of(LIFETIMES * min(lifetime, LONGEST))
    return T_HOT * 10.0 ** (-0.5 * max(1, math.ceil(2.0 * math.log10(T_HOT / T_end))))


def reusable_decay(start, eta, mass, lifetime, density, em_energy, density_T=1e-3):
    """Return what :func:`electromagnetic_decay` does, from hits that many points share.

    The hits are proportional to the energy and depend on the composition through the electrons per
    baryon alone (1 - Y/2; nuclei scatter as Z^2, 1 per baryon for H and He4): they are interpolated
    in logarithms between two helium shares Y 0.1 apart, which is good to 5e-4. A column of points of
    one mass and eta needs a few cascades. Floats as there; no spectra are kept.
    """
    n_b = clock.PHOTONS * eta
    helium = min(max(4.0 * start["He4"], 0.0), 1.0)
    low = min(int(helium / _HELIUM_STEP), round(1.0 / _HELIUM_STEP) - 1)
    share = helium / _HELIUM_STEP - low
    T_low = _lowest(lifetime)
    T, first = _reusable_hits(mass, low * _HELIUM_STEP, n_b, T_low)
    _, second = _reusable_hits(mass, (low + 1) * _HELIUM_STEP, n_b, T_low)
    hits = np.where(first > 0.0, np.maximum(first, 1e-300) ** (1.0 - share), 0.0)
    hits *= np.maximum(second, 1e-300) ** share * (em_energy / mass)
    late = density * clock.dilution(density_T)
    counts, waits = _counts(T, hits, late, lifetime)
    matrix = transfer_matrix(counts, waits)
    source = two_body(mass, 0.0, em_energy / mass, True)
    return PhotodisintegrationResult(start, matrix, T, counts, hits, None, source, lifetime, late)


def photodisintegration(
    abundances, *, lifetime, density, mass=None, gamma=0.0, electron=0.0, injection=None, eta=None,
    density_at=None, radiation=True, spectrum="cascade",
):  # fmt: skip
    """Change the light elements by the electromagnetic decays of a particle X.

    Parameters
    ----------
    abundances : dict, NetworkResult or BBN
        n_i/n_b at the end of nucleosynthesis, before n, t and Be7 decay.
    lifetime : Quantity
        At most 1e12 s.
    density : float
        n_X/n_gamma at `density_at` as it would be without decays: n_X(t) = density n_gamma
        (a(density_at)/a)^3 exp(-t/lifetime).
    mass : Quantity, optional
        Mass of X for the two-body decays.
    gamma, electron : float
        Branching ratios into gamma gamma and e+ e-, both with energies m/2.
    injection : Injection, optional
        Any lines and spectra per decay instead of `mass`, `gamma` and `electron`.
    eta : float, optional
        Baryons per photon now; not needed with a BBN result.
    density_at : Quantity, optional
        Photon temperature where `density` is given, 10 MeV unless told. Any temperature below 10 keV
        means after e+e- annihilation, where n_X/n_gamma is smaller by 0.365.
    radiation : bool
        Add the photons that electrons radiate in the decay.
    spectrum : {"cascade", "universal"}
        "universal" replaces the cascade by its high-energy limit. It is wrong where E0 is not far
        above m_e^2/22T (it invents photons above E0 or misses the line) and never more exact.

    Returns
    -------
    PhotodisintegrationResult

    Raises
    ------
    DomainError
        For values outside the allowed ranges.

    References
    ----------
    Kawasaki & Moroi, astro-ph/9412055; Hufnagel et al., arXiv:1808.09324; Depta et al., arXiv:2011.06518.
    """
    start, known_eta = initial_abundances(abundances)
    eta = known_eta if eta is None else eta
    if eta is None:
        raise DomainError("eta is missing: give eta=6.1e-10 with abundances that do not know it")
    eta = finite(eta, "eta", low=1e-12, high=1e-7)
    tau = finite(time_s(lifetime, "lifetime"), "lifetime [s]", low=1e-3, high=LONGEST)
    r = finite(density, "density", low=0.0, high=1e6, remedy="it is n_X/n_gamma")
    at = 10.0 if density_at is None else energy_mev(density_at, "density_at")
    at = finite(at, "density_at [MeV]", low=1e-10, high=10.0)
    if spectrum not in _SPECTRA:
        raise DomainError(f"spectrum={spectrum!r}{did_you_mean(spectrum, _SPECTRA)}; allowed: {_SPECTRA}")
    key = None
    if injection is None:
        if mass is None:
            raise DomainError("give mass=60*u.MeV with gamma= or electron=, or injection=Injection(...)")
        m = finite(energy_mev(mass, "mass"), "mass [MeV]", low=1e-3, high=2.0 * HIGHEST)
        gamma = finite(gamma, "gamma", low=0.0, high=1.0)
        electron = finite(electron, "electron", low=0.0, high=1.0)
        finite(gamma + electron, "gamma + electron", low=0.0, high=1.0 + 1e-12)
        if electron > 0.0 and m <= 2.0 * const.M_E:
            raise DomainError(f"mass = {m} MeV is below 2 m_e: no decay into e+ e-; set electron=0")
        key = (m, gamma, electron, bool(radiation))
        injection = two_body(*key)
    elif mass is not None or gamma or electron:
        raise DomainError("injection= replaces mass, gamma and electron: give one or the other")
    if not isinstance(injection, Injection):
        raise DomainError(f"injection is a {type(injection).__name__}; an Injection is needed")
    E0 = finite(injection.highest, "highest energy [MeV]", low=0.0, high=HIGHEST)
    if E0 > 1e3:
        warnings.warn(
            f"energies of {E0:g} MeV: muon pairs and hadrons of the cascade are left out above 1 GeV",
            ValidityWarning, stacklevel=2)  # fmt: skip
    if spectrum == "universal" and E0 < M2 / (22.0 * clock.temperature_of(tau)):
        warnings.warn(
            f"the universal spectrum is wrong for energies up to {E0:g} MeV at a lifetime of {tau:g} s:"
            " there is no cascade by pair creation; use spectrum='cascade'",
            ValidityWarning, stacklevel=2)  # fmt: skip
    return _disintegrate(start, eta, injection, key, tau, r, at, spectrum)


def electromagnetic_decay(abundances, eta, mass, lifetime, density, em_energy, *, density_T=1e-3,
                          electron=1.0):  # fmt: skip
    """Photodisintegration for models that know only how much energy a decay gives to the plasma.

    Floats: for other code, after nucleosynthesis has been calculated.

    Parameters
    ----------
    abundances : dict, NetworkResult or BBN
        Before the decays of n, t, Be7.
    eta : float
        Baryons per photon now.
    mass : float
        MeV; the energy is released as e+- and photons of energy mass/2.
    lifetime : float
        s.
    density : float
        n_X/n_gamma at `density_T` without decays.
    em_energy : float
        Mean electromagnetic energy per decay [MeV], at most `mass`.
    density_T : float
        MeV; the default means after e+e- annihilation.
    electron : float
        Share of the energy in electrons and positrons, the rest in photons. It matters only where
        mass/2 is below about m_e^2/22T; try 0 and 1 for the spread.

    Returns
    -------
    PhotodisintegrationResult
    """
    mass = finite(mass, "mass [MeV]", low=1e-3, high=2.0 * HIGHEST)
    share = finite(em_energy, "em_energy [MeV]", low=0.0, high=mass * (1.0 + 1e-12)) / mass
    electron = finite(electron, "electron", low=0.0, high=1.0)
    lifetime = finite(lifetime, "lifetime [s]", low=1e-3, high=LONGEST)
    density = finite(density, "density", low=0.0, high=1e6)
    eta = finite(eta, "eta", low=1e-12, high=1e-7)
    key = (mass, share * (1.0 - electron), share * electron, True)
    start, _ = initial_abundances(abundances)
    return _disintegrate(start, eta, two_body(*key), key, lifetime, density, density_T, "cascade")
