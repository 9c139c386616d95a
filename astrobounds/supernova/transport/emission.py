"""Emission: what a star gives off of a model at one instant, trapping included."""

from dataclasses import dataclass, field

import numpy as np

from ... import constants as const
from ...models.spectra import NumberSpectrum
from ...reactions import kinds
from ...units import finite
from ..star.profile import Star
from .neutrino_pairs import warn_lepton_number
from .solution import solution, unit_model

references = ("Carenza:2023old", "Chauhan:2025mnn", "Dolgov:1997mb", "Chang:2016ntp",
              "Mastrototaro:2019vug")  # fmt: skip
BINDING_ENERGY = 3e53  # erg, what a neutron star has to give
BEYOND = "beyond the star"  # flag of an output that the star does not have
MATTER_REFERENCES = ("Wolfenstein:1977ue", "Arguelles:2016uwb")


def reaction_references(model):
    """Return the BibTeX keys of the reactions that make a model."""
    modules = kinds.by_module(unit_model(model).processes())
    return tuple(dict.fromkeys(key for module in modules for key in module.references))


def held(energy_erg, budget=BINDING_ENERGY):
    """Return the factor that holds energies [erg] at what a star has, 1 below it."""
    return np.minimum(1.0, budget / np.maximum(energy_erg, 1.0))


def estimates(model):
    """Return what the processes of a model that are estimates say of their error, as a tuple."""
    said = (getattr(p, "estimate", "") for p in unit_model(model).processes())
    return tuple(dict.fromkeys(text for text in said if text))


def _unit(parameter):
    return f" {parameter.unit.replace('1 / GeV', 'GeV$^{-1}$')}" if parameter.unit else ""


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

    @property
    def references(self):
        """BibTeX keys of the reactions, and of mixing in matter where it is resonant."""
        return (*reaction_references(self.model), *(MATTER_REFERENCES if self.resonant else ()))

    def __repr__(self):
        return (
            f"Emission({self.model!r}, star='{self.star.name}', "
            f"luminosity={self.luminosity_erg_s:.4g} erg/s, mean_energy={self.mean_energy:.4g}"
            f"{''.join(f', {flag}' for flag in self.flags)})"
        )

    @property
    def flags(self):
        """What is to be known of the result: "beyond the star" if one second of it takes more than the
        star has, 3e53 erg; and what processes that are estimates say of their error."""
        said = (BEYOND,) if self.luminosity_erg_s > BINDING_ENERGY else ()
        return said + estimates(self.model)

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
        label = f"m = {self.model.mass_mev:g} MeV, " + ", ".join(
            f"${p.symbol}$ = {self.model.values[p.name]:.1e}{_unit(p)}"
            for p in self.model.coupling_parameters() if self.model.values.get(p.name, 0.0) > 0.0
        )  # fmt: skip
        ax.plot(grid, self.number_spectrum(grid), **{"label": label, **style})
        ax.set(xlabel="energy at infinity [MeV]", ylabel=r"$d^2N/dE\,dt$ [MeV$^{-1}$ s$^{-1}$]",
               title="\n".join((f"emission of the {self.star.name} star", *estimates(self.model)))
               )  # fmt: skip
        ax.legend(fontsize=8)
        return ax


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
        For an HNL: weak currents of nucleons with form factors, weak magnetism and the pion pole
        (default), or the contact form of older bounds.
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
    warn_lepton_number(model, star, ray.r_max_km)
    rate = ray.along(model.strengths, [1.0])[0]
    return Emission(model, star, ray.energy, rate, ray.weight, dict(options), ray.resonant)
