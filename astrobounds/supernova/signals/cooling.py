"""What leaves the star: emission spectra, the cooling luminosity and tables of it for fits."""

import warnings
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

from ... import constants as const
from ...errors import DomainError, ValidityWarning
from ...models.mediator import PAIRS
from ...models.spectra import NumberSpectrum
from ...units import finite
from ..star.profile import Star
from ..star.sphere import neutrino_sphere
from ..transport import mediator
from ..transport.dipole import DEFAULT_MEDIUM, dipole_table
from ..transport.matter import LIGHT
from ..transport.nucleon_channels import AXIAL_COUPLING, Physics
from ..transport.rate_table import Resolution, rate_table
from ..transport.rays import RaySolution

ALLOWED_LUMINOSITY = 3e52  # erg/s at 1 s, the generic criterion L_X < L_nu
RADIUS_MAX_KM = 60.0  # production and absorption beyond are below 1e-4
BINDING_ENERGY = 3e53  # erg, what a neutron star has to give
BEYOND = "beyond the star"  # flag of an output that the star does not have
DEFAULT = Resolution()
FINE_ENERGIES = Resolution(spectrum=96)  # for resonances of light N
_INDEX = {name: "".join(rf"\{f} " if f != "e" else f for f in pair) for name, pair in PAIRS.items()}
DIPOLE_REFERENCES = ("Chauhan:2024nfa", "MagillDipole2018", "Braaten:1993jw", "Raffelt:1985nk")


@dataclass(frozen=True, eq=False)
class Emission:
    """Particles that leave the star at one instant, as seen at infinity.

    Attributes
    ----------
    energy_mev : ndarray, shape (n,)
        Energies at infinity [MeV].
    rate : ndarray, shape (n,)
        d2N/(dE dt) [MeV^-1 s^-1], all helicities, N and Nbar.
    resonant : bool
        True if neutrinos meet a resonance with N in the star: outside what is validated.
    """

    model: object
    star: Star
    energy_mev: np.ndarray
    rate: np.ndarray
    weight: np.ndarray
    options: dict = field(default_factory=dict)
    resonant: bool = False

    references = (
        "Carenza:2023old", "Chauhan:2025mnn", "Dolgov:1997mb", "Chang:2016ntp", "Mastrototaro:2019vug",
    )  # fmt: skip

    def __repr__(self):
        return (
            f"Emission({self.model!r}, star='{self.star.name}', "
            f"luminosity={self.luminosity_erg_s:.4g} erg/s, mean_energy={self.mean_energy:.4g}"
            f"{''.join(f', {flag}' for flag in self.flags)})"
        )

    @property
    def flags(self):
        """``("beyond the star",)`` if one second of it takes more than the star has, 3e53 erg."""
        return (BEYOND,) if self.luminosity_erg_s > BINDING_ENERGY else ()

    def __post_init__(self):
        if is_mediator(self.model):
            object.__setattr__(self, "references", mediator.REFERENCES)
        elif not has_mixing(self.model):
            object.__setattr__(self, "references", DIPOLE_REFERENCES)
        elif self.resonant:
            extra = (*Emission.references, "Wolfenstein:1977ue", "Arguelles:2016uwb")
            object.__setattr__(self, "references", extra)

    @property
    def luminosity(self):
        """Energy per time at infinity (Quantity, erg/s)."""
        import astropy.units as u

        return self.luminosity_erg_s * u.erg / u.s

    @property
    def luminosity_erg_s(self):
        """Energy per time at infinity [erg/s]."""
        return float((self.weight * self.energy_mev * self.rate).sum() / const.ERG)

    @property
    def number_rate(self):
        """Particles per time (Quantity, 1/s)."""
        import astropy.units as u

        return float((self.weight * self.rate).sum()) / u.s

    @property
    def mean_energy(self):
        """Mean energy at infinity (Quantity, MeV); NaN when nothing is emitted."""
        import astropy.units as u

        number = float((self.weight * self.rate).sum())
        energy = float((self.weight * self.energy_mev * self.rate).sum())
        return (energy / number if number > 0.0 else np.nan) * u.MeV

    def number_spectrum(self, energy_mev):
        """Return d2N/(dE dt) [MeV^-1 s^-1] at energies given as floats in MeV."""
        return NumberSpectrum(self.model.mass_mev, self.energy_mev, self.rate)(energy_mev)

    def spectrum(self, energy):
        """Return d2N/(dE dt) at infinity (Quantity, 1/(MeV s)) at energies (Quantity)."""
        import astropy.units as u

        from ...units import energy_mev

        return self.number_spectrum(energy_mev(energy, "energy")) / (u.MeV * u.s)

    def time_integrated(self, duration_s):
        """Return dN/dE [MeV^-1] as a callable of MeV floats, for a burst that lasts ``duration_s``.

        Where that takes more than 3e53 erg, which the star does not have, it is scaled down to them.
        """
        if hasattr(duration_s, "unit"):
            from ...units import time_s

            duration_s = time_s(duration_s, "duration")
        duration = finite(duration_s, "duration in s", 0.0)
        duration *= float(held(duration * self.luminosity_erg_s))
        return NumberSpectrum(self.model.mass_mev, self.energy_mev, self.rate * duration)

    def plot(self, ax=None, **style):
        """Draw E d2N/(dE dt) against energy; returns the axes."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(5.2, 3.8), layout="constrained")
        grid = np.linspace(self.model.mass_mev, self.energy_mev[-1], 400)[1:]
        name, unit = (r"|U_{}|^2", "") if has_mixing(self.model) else (r"d_{}", " GeV$^{-1}$")
        if is_mediator(self.model):
            name, unit = r"g_{}", ""
        values = zip(couplings(self.model), coupling_values(self.model))
        label = f"m = {self.model.mass_mev:g} MeV, " + ", ".join(
            f"${name.format('{' + _INDEX.get(f, f) + '}')}$ = {v:.1e}{unit}" for f, v in values if v > 0.0
        )
        ax.plot(grid, self.number_spectrum(grid), **{"label": label, **style})
        ax.set(xlabel="energy at infinity [MeV]", ylabel=r"$d^2N/dE\,dt$ [MeV$^{-1}$ s$^{-1}$]",
               title=f"emission of the {self.star.name} star")  # fmt: skip
        ax.legend(fontsize=8)
        return ax


@dataclass(frozen=True, eq=False)
class Cooling:
    """Cooling by one model: the luminosity that leaves, beside what SN1987A allows.

    Where one second of the emission takes more than the star has, 3e53 erg, the luminosity is held at
    3e53 erg/s and ``flags`` says so: such a point is excluded, and the number says no more.

    Attributes
    ----------
    emission : Emission
    allowed_erg_s : float
        Luminosity allowed at 1 s [erg/s].
    """

    emission: Emission
    allowed_erg_s: float = ALLOWED_LUMINOSITY

    references = ("Raffelt:1996wa",)

    @property
    def luminosity_erg_s(self):
        """Energy per time at infinity [erg/s], at most 3e53 erg in one second."""
        return min(self.emission.luminosity_erg_s, BINDING_ENERGY)

    @property
    def luminosity(self):
        """Energy per time at infinity (Quantity, erg/s), at most 3e53 erg in one second."""
        import astropy.units as u

        return self.luminosity_erg_s * u.erg / u.s

    @property
    def flags(self):
        """``("beyond the star",)`` where the luminosity is held at what the star has."""
        return self.emission.flags

    @property
    def mean_energy(self):
        """Mean energy at infinity (Quantity, MeV)."""
        return self.emission.mean_energy

    @property
    def ratio(self):
        """Luminosity over the allowed one."""
        return self.luminosity_erg_s / self.allowed_erg_s

    @property
    def excluded(self):
        """True if more leaves than is allowed."""
        return self.emission.luminosity_erg_s > self.allowed_erg_s


def held(energy_erg, budget=BINDING_ENERGY):
    """Return the factor that holds energies [erg] at what a star has, 1 below it."""
    return np.minimum(1.0, budget / np.maximum(energy_erg, 1.0))


def has_mixing(model):
    """True if N interacts by mixing, False if by a transition moment."""
    return hasattr(model, "mixing")


def is_mediator(model):
    """True for a boson that coalescing neutrinos make."""
    return hasattr(model, "polarisations")


def couplings(model):
    """Return ``{flavour: coupling}`` that rates are proportional to: |U|^2, or d^2 [MeV^-2].

    For a Mediator: ``{pair of flavours: g^2}``.
    """
    return model.mixing if has_mixing(model) else model.couplings


def coupling_values(model):
    """Return the couplings as written by the user: |U|^2, or d [GeV^-1], for e, mu, tau; |g| of pairs."""
    if is_mediator(model):
        return model.coupling_values
    return tuple(model.mixing.values()) if has_mixing(model) else model.dipole_gev


def _check(model, star, helicity, r_max_km):
    if not has_mixing(model) and not hasattr(model, "dipole_gev") and not is_mediator(model):
        raise DomainError(
            f"{type(model).__name__} has no mixing and no dipole: supernova emission is available "
            "for HNL, DipoleHNL and Mediator"
        )
    if not isinstance(star, Star):
        raise DomainError(
            f"star = {star!r}: load one with astrobounds.supernova.load('fiducial') or a file"
        )
    if not star.breaks[0] < r_max_km <= star.breaks[-1] * (1.0 + 1e-12):
        raise DomainError(
            f"r_max = {r_max_km:g} km is outside the profile '{star.name}' "
            f"({star.breaks[0]:g}-{star.breaks[-1]:g} km)"
        )


@lru_cache(maxsize=4)
def _table(mass_mev, star, flavours, r_max_km, physics, resolution, medium):
    if medium is None:
        return rate_table(mass_mev, star, flavours, resolution, r_max_km, physics)
    return dipole_table(mass_mev, star, flavours, resolution, r_max_km, medium)


@lru_cache(maxsize=12)
def _solution(
    mass_mev, star, flavours, nature, gravity, helicity, r_max_km, physics, resolution, medium, core_km,
    matter,
):  # fmt: skip
    table = _table(mass_mev, star, flavours, r_max_km, physics, resolution, medium)
    return RaySolution(
        table, star, gravity=gravity, nature=nature, helicity=helicity,
        resolution=resolution, r_max_km=r_max_km, core_km=core_km, matter=matter,
    )  # fmt: skip


def solution(model, star, *, gravity=True, helicity="helicity", r_max=None,
             axial_coupling=AXIAL_COUPLING, resolution=DEFAULT, medium=DEFAULT_MEDIUM,
             core=None, matter=True, nucleons="form factors", decays=True):  # fmt: skip
    """Return the :class:`RaySolution` of a model's mass and flavours (cached for the last masses).

    With ``core`` (Quantity, a radius inside ``r_max``) it can also give the net flux there.
    """
    from ...units import length_cm

    limit = min(RADIUS_MAX_KM, star.breaks[-1]) if isinstance(star, Star) else RADIUS_MAX_KM
    if is_mediator(model) and isinstance(star, Star):
        limit = neutrino_sphere(star, limit)
    r_max_km = limit if r_max is None else length_cm(r_max, "r_max") / 1e5
    _check(model, star, helicity, r_max_km)
    core_km = None if core is None else length_cm(core, "core") / 1e5
    if core_km is not None and not star.breaks[0] < core_km < r_max_km:
        raise DomainError(f"core = {core_km:g} km: a radius inside r_max = {r_max_km:g} km is needed")
    if is_mediator(model):
        return mediator.mediator_solution(
            model, star, bool(gravity), helicity, resolution, r_max_km, core_km
        )
    flavours = tuple(f for f, value in couplings(model).items() if value > 0.0)
    matter = bool(matter) and has_mixing(model)
    if matter and resolution is DEFAULT and model.mass_mev < LIGHT:
        resolution = FINE_ENERGIES
    ray = _solution(
        model.mass_mev, star, flavours or ("tau",), model.nature, bool(gravity), helicity,
        r_max_km, Physics(axial_coupling, nucleons, bool(decays)), resolution,
        None if has_mixing(model) else medium, core_km, matter,
    )  # fmt: skip
    if ray.resonant:
        warnings.warn(
            f"mass = {model.mass_mev:g} MeV: matter changes the mixing in the core and neutrinos meet "
            "a resonance with N there; conversion across it is that of Landau and Zener along straight "
            "rays, and what it does to the neutrinos and to the star is not followed",
            ValidityWarning,
            stacklevel=3,
        )
    return ray


def emission(model, star, **options):
    """Compute what a star emits of a model at one instant, trapping included.

    Parameters
    ----------
    model : HNL, DipoleHNL or Mediator
    star : Star
        From :func:`astrobounds.supernova.load`.
    gravity : bool, default True
        Redshift, time dilation and gravitational focusing; False for flat space.
    helicity : {"helicity", "averaged", "particles"}
        Each helicity with its own mean free path (default); one average over the helicities of N
        and Nbar, as in older bounds; or averages of N and of Nbar apart. For a vector Mediator the
        same with its three polarisations.
    r_max : Quantity, default 60 km
        Radius up to which N is made and absorbed; for a Mediator, by default, that of the neutrino
        sphere, T = 3 MeV.
    axial_coupling : float, default 1.27
        g_A of nucleons in matter.
    nucleons : {"form factors", "contact"}
        For an HNL: weak currents of nucleons with form factors, weak magnetism and the pion pole (default),
        or the contact form of older bounds.
    decays : bool, default True
        For an HNL: decay N -> X and inverse decay X -> N as reactions of the medium up to ``r_max``.
    resolution : Resolution
        Grids; the default is converged to 0.1 % in the luminosity.
    medium : DipoleMedium
        For a DipoleHNL: processes, targets, recoil and screening.
    matter : bool, default True
        For an HNL: mixing in matter (`astrobounds.supernova.transport.matter`), which counts for light N;
        False for the vacuum mixing.

    Returns
    -------
    Emission

    Raises
    ------
    DomainError
        For a model without mixing or dipole, something that is not a star, a radius outside the
        profile.

    Notes
    -----
    Contact 2 -> 2 processes on n, p, e, mu (if the profile has muons) and neutrinos of all
    flavours, neutral and charged currents, decays of muons, decays of N and their inverse with the
    occupations of the medium. Nucleons are an ideal gas unless the star says otherwise (``mean_field``,
    ``axial_response`` of :func:`astrobounds.supernova.load`). Not included: pion-induced production,
    bremsstrahlung.

    For a DipoleHNL: upscattering on protons and electrons, pair annihilation, inverse decay and
    plasmon decay; the decay N -> nu gamma is part of the absorption up to ``r_max``.

    For a Mediator: coalescence of two neutrinos, and its decay up to ``r_max`` as absorption.

    References
    ----------
    arXiv:2311.00033, arXiv:1910.10249, arXiv:2503.13607.
    """
    ray = solution(model, star, **options)
    if is_mediator(model):
        mediator.warn_lepton_number(model, star, ray.r_max_km)
    rate = ray.along(couplings(model), [1.0])[0]
    return Emission(model, star, ray.energy, rate, ray._weight, dict(options), ray.resonant)


def cooling(model, star, *, allowed=None, **options):
    """Compute the luminosity that a model carries out of a star.

    Parameters
    ----------
    model, star, **options
        As for :func:`emission`.
    allowed : Quantity, optional
        Luminosity allowed at 1 s; 3e52 erg/s by default.

    Returns
    -------
    Cooling
        With ``.luminosity`` (erg/s), ``.mean_energy``, ``.ratio`` and ``.emission``.
    """
    from ...units import power_erg_s

    limit = ALLOWED_LUMINOSITY if allowed is None else power_erg_s(allowed, "allowed")
    return Cooling(emission(model, star, **options), finite(limit, "allowed", 1.0))


def free_streaming_shares(model, star, **options):
    """Return ``{group: share}`` of the emitted energy without absorption or gravity.

    Groups are ``"n"``, ``"p"``, ``"e"``, ``"mu"``, ``"nu"``, ``"mu decay"`` and charged-current labels;
    the channels of a Mediator. They are those of the vacuum mixing, also for light N (below some
    0.3 MeV) whose mixing :func:`emission` follows in matter.
    """
    ray = solution(model, star, **options)
    if is_mediator(model):
        return mediator.channel_shares(model, star, float(ray.r_max_km))
    table = ray.table
    e, m = table.energy, table.mass_mev
    energy_part = e**2 * np.sqrt(e**2 - m**2)
    radius = np.concatenate(table.pieces)
    out, strength = {}, couplings(model)
    for i, process in enumerate(table.processes):
        power = strength[process.flavour] * table.production(i) * energy_part
        shell = CubicSpline(e, power, axis=1).integrate(e[0], e[-1]) * radius**2
        start, total = 0, 0.0
        for piece in table.pieces:
            part = CubicSpline(piece, shell[start : start + piece.size])
            total += float(part.integrate(piece[0], piece[-1]))
            start += piece.size
        out[process.group] = out.get(process.group, 0.0) + total
    everything = sum(out.values())
    return {k: v / everything for k, v in sorted(out.items(), key=lambda x: -x[1])}
