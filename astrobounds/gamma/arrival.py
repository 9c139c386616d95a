"""Photons at Earth from particles that decay outside the star: when, how many, at which energy."""

import math
import warnings
from dataclasses import dataclass, field, replace

import numpy as np

from ..constants import C_CM, KPC_CM
from ..errors import DomainError, ValidityWarning
from ..units import energy_mev, finite, length_cm, time_s
from .fsr import VALID_ABOVE
from .geometry import integrate_exact
from .kernels import D_LN_P, decay_tables, integrate_nodes, momentum_grid, rate_nodes
from .profile import emission_profile, shifted_windows
from .response import cached_response, response
from .source import EMISSION_DURATION, ParentSpectrum, as_callable, parent_spectrum
from .spectrum import PhotonYield, photon_yield

SN1987A_DISTANCE_KPC = 51.4  # arXiv:2212.09764
BLUE_SUPERGIANT_CM = 3e12  # envelope of Sk -69 202
SMM_WINDOW_S = 223.232  # 109 x 2.048 s
MOSTLY = 0.9  # of the decays without photons that are followed: worth a warning
MAX_CACHED_ROWS = 64  # a row holds some 10 kB per band


@dataclass(frozen=True)
class Signal:
    """One particle, one star, one distance; all attributes and methods are plain floats.

    Attributes
    ----------
    photons : PhotonYield
        Photons per decay and lifetime.
    parents : ParentSpectrum
        Particles that leave the star.
    radius, distance : float
        Radius beyond which photons escape and distance of the star, cm.
    profile : None or emission profile
        Spread of the emission in time.
    exact : bool
        Exact delays instead of the plane wave (slower, matters below some 10 keV).
    """

    photons: PhotonYield
    parents: ParentSpectrum
    radius: float
    distance: float
    profile: object = None
    exact: bool = False
    _tables: dict = field(default_factory=dict, repr=False, compare=False)

    references = ("Oberauer:1993yr", "Jaffe:1995sw")

    def scaled(self, factor):
        """The same with every width and dN/dE multiplied: a step along a |U|^2 axis (no trapping).

        Parameters
        ----------
        factor : float
            Ratio of the new |coupling|^2 to the old one.
        """
        photons = replace(self.photons, lifetime=self.photons.lifetime / factor)
        parents = replace(self.parents, y=self.parents.y * factor)
        return replace(self, photons=photons, parents=parents, _tables={})

    # ------------------------------------------------------------------ integrals over r
    def _density(self, power):
        """y, and y/p and y E/p of the anisotropic terms."""
        if power == 0:
            return self.parents.y
        p = momentum_grid()
        return self.parents.y / p * (1.0 if power == 1 else np.hypot(p, self.photons.mass))

    def _table(self, power):
        if power not in self._tables:
            self._tables[power] = decay_tables(
                self._density(power), self.photons.mass, self.radius / C_CM, self.photons.lifetime
            )
        return self._tables[power]

    def _nodes(self, rows, power, at_times):
        args = (self.photons.mass, self.radius / C_CM, self.photons.lifetime)
        if at_times:
            return rate_nodes(rows.r, rows.used, rows.windows[:, 1], self._table(power), *args)
        if self.exact:
            return integrate_exact(
                rows.r,
                rows.used,
                rows.windows,
                self._density(power),
                *args,
                self.distance / C_CM,
                self.parents.p_max,
            )
        return integrate_nodes(rows.r, rows.used, rows.windows, self._table(power), *args)

    def combine(self, rows, group, nodes):
        """Sum over nodes and shapes of one group: shape (rows, bands); ``nodes(power)``: integrals."""
        n = np.array(group.numbers)
        iso = np.einsum("c,rbcn->rbn", n[:3], rows.weights[:, :, :3])
        total = np.einsum("rbn,rn->rb", iso, nodes(0))
        if np.any(n[3:]):
            odd = np.einsum("c,rbcn->rbn", n[3:], rows.weights[:, :, 3:])
            forward = self.photons.mass * rows.r * nodes(1)
            total += np.einsum("rbn,rn->rb", odd, forward - nodes(2))
        return total

    @property
    def shining(self):
        """Groups of photons; none if nothing decays."""
        if not math.isfinite(self.photons.lifetime):
            return ()
        return tuple(g for g in self.photons.groups if any(g.numbers))

    def _sum(self, rows_of, shape, at_times=False):
        """Sum over all groups: photons per cm^2, shape (rows, bands)."""
        total = np.zeros(shape)
        for group in self.shining:
            rows = rows_of(group)
            total += self.combine(rows, group, lambda power, rows=rows: self._nodes(rows, power, at_times))
        return total / (4.0 * math.pi * self.distance**2)

    def _rows(self, group, windows, bands, spectral=False):
        key = (
            self.photons.mass,
            self.radius / C_CM,
            tuple(map(tuple, windows)),
            tuple(map(tuple, bands)),
            self.parents.p_max,
            spectral,
            group.shape,
        )
        if len(windows) > MAX_CACHED_ROWS:
            return cached_response.__wrapped__(*key)
        return cached_response(*key)

    # ------------------------------------------------------------------ observables
    def fluences(self, bands, windows):
        """Photons per cm^2 in every window and band.

        Parameters
        ----------
        bands : sequence of (low, high)
            MeV.
        windows : sequence of (start, stop)
            s after the first neutrinos.

        Returns
        -------
        ndarray, shape (windows, bands)
        """
        windows = np.asarray(windows, dtype=float).reshape(-1, 2)
        inner, weights, owner = shifted_windows(windows, self.profile)
        out = np.zeros((len(windows), len(bands)))
        if len(inner):
            near = inner.tolist()
            values = self._sum(lambda g: self._rows(g, near, bands), (len(near), len(bands)))
            np.add.at(out, owner, weights[:, None] * values)
        return out

    def spectrum(self, energies, t0, t1):
        """dF/dE in 1/(MeV cm^2) between the arrival times t0 and t1 (s), shape of ``energies``."""
        energies = np.asarray(energies, dtype=float)
        flat = np.repeat(energies.reshape(-1, 1, 1), 2, axis=2)
        inner, weights, _ = shifted_windows(np.array([[t0, t1]]), self.profile)
        total = np.zeros(energies.size)
        for (a, b), weight in zip(inner, weights):
            rows = np.tile([a, b], (energies.size, 1))
            made = self._sum(lambda g, rows=rows: self._energy_rows(g, flat, rows), (energies.size, 1))
            total += weight * made[:, 0]
        return total.reshape(energies.shape)

    def flux(self, energy, time):
        """d^2 Phi/(dE dt) in 1/(MeV cm^2 s) at one E (MeV) and t (s), instantaneous emission."""
        if self.exact or self.profile is not None:
            raise DomainError("the differential flux is for plane waves and instantaneous emission")
        band, window = np.array([[[energy, energy]]]), np.array([[0.0, time]])
        return float(self._sum(lambda g: self._energy_rows(g, band, window), (1, 1), at_times=True)[0, 0])

    def _energy_rows(self, group, bands, windows):
        return response(
            self.photons.mass,
            self.radius / C_CM,
            windows,
            bands,
            self.parents.p_max,
            spectral=True,
            shape=group.shape,
        )

    def all_photons(self):
        """Photons per cm^2 of all energies and times without radiation: n int dN exp(-R/lambda)."""
        p = self.parents.momentum
        with np.errstate(under="ignore"):
            survive = np.exp(-self.photons.mass * self.radius / (p * C_CM * self.photons.lifetime))
        number = D_LN_P * np.sum(self.parents.y * p * survive) / self.photons.mass
        return self.photons.hard_photons * number / (4.0 * math.pi * self.distance**2)

    def plot(self, axes=None, window=(0.0, SMM_WINDOW_S), band=(25.0, 100.0)):
        """Draw E dF/dE in a window (s) and the light curve in a band (MeV); returns the axes."""
        import matplotlib.pyplot as plt

        if axes is None:
            _, axes = plt.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
        top = 2.0 * self.parents.mean_energy()
        energies = np.geomspace(1e-3 * top, 3.0 * top, 160)
        axes[0].loglog(energies, energies * self.spectrum(energies, *window))
        axes[0].set(xlabel="photon energy [MeV]", ylabel=r"$E\,dF/dE$ [cm$^{-2}$]")
        edges = np.linspace(*window, 41)
        bins = self.fluences((band,), np.column_stack([edges[:-1], edges[1:]]))[:, 0]
        axes[1].stairs(bins / np.diff(edges), edges)
        axes[1].set(xlabel="arrival time [s]", ylabel=r"photons cm$^{-2}$ s$^{-1}$", ylim=(0.0, None))
        axes[1].set_title(f"{band[0]:g}-{band[1]:g} MeV", fontsize="small")
        return axes


def make_signal(
    model,
    spectrum,
    *,
    radius_cm=BLUE_SUPERGIANT_CM,
    distance_kpc=SN1987A_DISTANCE_KPC,
    fsr=True,
    polarisation=0.0,
    nu_gamma_scale=1.0,
    emission_duration_s=EMISSION_DURATION,
    profile=None,
    geometry="plane",
):
    """Build a :class:`Signal` from plain floats (the units are in the names).

    See :func:`signal` for the parameters.
    """
    radius = finite(radius_cm, "radius in cm", 0.0, remedy="it is the radius where photons escape")
    distance = finite(distance_kpc, "distance in kpc", 0.0) * KPC_CM
    if distance <= radius:
        raise DomainError(f"distance = {distance:g} cm must exceed the radius {radius:g} cm")
    if geometry not in ("plane", "exact"):
        raise DomainError(f"geometry = {geometry!r}; allowed: 'plane', 'exact'")
    photons = photon_yield(model, fsr, polarisation, nu_gamma_scale)
    duration = finite(emission_duration_s, "emission_duration in s", 0.0)
    parents = parent_spectrum(as_callable(spectrum, model, duration), photons.mass)
    return Signal(photons, parents, radius, distance, emission_profile(profile), geometry == "exact")


def signal(
    model,
    spectrum,
    distance=None,
    radius=None,
    fsr=True,
    polarisation=0.0,
    nu_gamma_scale=1.0,
    emission_duration=None,
    profile=None,
    geometry="plane",
):
    """Return the :class:`Signal` of one particle and one star.

    Parameters
    ----------
    model : object
        Anything with ``mass_mev``, ``width_mev``, ``partial_widths_mev()`` and ``nature``.
    spectrum : object
        A star, an emission result, a callable dN/dE(E in MeV) in 1/MeV (time-integrated, at
        infinity, both helicities or N + Nbar), or a pair of columns (E, dN/dE).
    distance, radius : Quantity, optional
        Default 51.4 kpc and 3e12 cm (SN 1987A and its blue supergiant).
    fsr : bool
        Include final-state radiation of N -> nu e+ e-.
    polarisation : float
        P of a Dirac N, see :func:`~astrobounds.gamma.spectrum.photon_yield`.
    nu_gamma_scale : float
        Factor on the nu gamma yield to reproduce literature (0.25), default 1.
    emission_duration : Quantity, optional
        Time over which a star's or an emission result's rate is taken to last, default 3 s.
    profile : None, Quantity or (times, rate), optional
        Spread of the emission: instantaneous, exponential with this e-folding time, or a table.
    geometry : {"plane", "exact"}
        Exact delays matter only for masses below some 10 keV.

    Raises
    ------
    DomainError
        For a negative radius, a distance inside the star, or a spectrum that is negative or NaN.

    References
    ----------
    Oberauer et al., Astropart. Phys. 1 (1993) 377; Jaffe and Turner, astro-ph/9601104.
    """
    options = {}
    if distance is not None:
        options["distance_kpc"] = length_cm(distance, "distance") / KPC_CM
    if radius is not None:
        options["radius_cm"] = length_cm(radius, "radius")
    if emission_duration is not None:
        options["emission_duration_s"] = time_s(emission_duration, "emission_duration")
    made = make_signal(
        model,
        spectrum,
        fsr=fsr,
        polarisation=polarisation,
        profile=profile,
        nu_gamma_scale=nu_gamma_scale,
        geometry=geometry,
        **options,
    )
    warn_light(made.photons, stacklevel=4)
    return made


def warn_light(photons, stacklevel=3):
    """Warn if the radiation of a light N is outside its validated masses, or most decays are left out."""
    if photons.ignored_ratio > MOSTLY:
        warnings.warn(
            f"photons of {', '.join(photons.ignored)} are not followed and count as none: "
            f"{100.0 * photons.ignored_ratio:.0f} % of the decays",
            ValidityWarning,
            stacklevel=stacklevel,
        )
    three_body = any(g.numbers[2] and g.shape[3][0] == "fermion" for g in photons.groups)
    if three_body and photons.mass < VALID_ABOVE:
        warnings.warn(
            f"mass = {photons.mass:g} MeV: final-state radiation is validated above "
            f"{VALID_ABOVE:.2f} MeV (10 electron masses); fsr=False leaves it out",
            ValidityWarning,
            stacklevel=stacklevel,
        )


def check_band(band):
    """Return (low, high) in MeV after checking order and sign."""
    edges = np.atleast_1d(energy_mev(band, "band"))
    if edges.shape != (2,) or not np.all(np.isfinite(edges)) or not 0.0 < edges[0] < edges[1]:
        raise DomainError(f"band = {band}: write two energies 0 < low < high, as (25, 100)*u.MeV")
    return float(edges[0]), float(edges[1])


def check_window(window):
    """Return (start, stop) in s after checking order and sign."""
    edges = np.atleast_1d(time_s(window, "window"))
    if edges.shape != (2,) or not np.all(np.isfinite(edges)) or not edges[0] < edges[1]:
        raise DomainError(f"window = {window}: write two times start < stop, as (0, 223.232)*u.s")
    if edges[0] < 0.0:
        raise DomainError(
            f"window = {window} starts before the burst: photons cannot arrive before the first "
            "neutrinos (t = 0); start at 0*u.s"
        )
    return float(edges[0]), float(edges[1])


def fluence(model, spectrum, band=None, window=None, **options):
    """Photon fluence in one energy band and one time window.

    Parameters
    ----------
    model, spectrum
        See :func:`signal`.
    band : Quantity, shape (2,), optional
        Default 25-100 MeV.
    window : Quantity, shape (2,), optional
        Arrival times after the first neutrinos, default 0-223.232 s.
    **options
        ``distance``, ``radius``, ``fsr``, ``polarisation``, ``nu_gamma_scale``,
        ``emission_duration``, ``profile``, ``geometry`` of :func:`signal`.

    Returns
    -------
    Quantity
        Photons per cm^2.

    Raises
    ------
    DomainError
        For an empty band, a window that starts before the burst, and as :func:`signal`.

    Examples
    --------
    >>> import astropy.units as u, numpy as np
    >>> from astrobounds import HNL
    >>> hnl = HNL(mass=200 * u.MeV, mixing={"tau": 1e-12})
    >>> def thermal(E):
    ...     return 1.5e43 * np.sqrt(E**2 - 200.0**2) * E**3 / (np.exp(E / 30.0) + 1.0)
    >>> with np.errstate(over="ignore"):
    ...     photons = fluence(hnl, thermal, band=(25, 100) * u.MeV, radius=3e12 * u.cm)
    >>> print(f"{photons:.1f}")
    44.3 1 / cm2
    """
    import astropy.units as u

    band = check_band((25.0, 100.0) * u.MeV if band is None else band)
    window = check_window((0.0, SMM_WINDOW_S) * u.s if window is None else window)
    made = signal(model, spectrum, **options)
    return float(made.fluences((band,), (window,))[0, 0]) / u.cm**2
