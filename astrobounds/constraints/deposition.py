"""Energy that decays leave in the envelopes of supernovae, against observed explosion energies."""

import copy

import numpy as np

from .. import constants as const
from ..errors import ConfigError
from ..priors import Normal
from .gamma import DURATION_S, StarSpectrum
from .protocol import S_90
from .stars import NUCLEONS, transport_options
from .temperatures import Temperatures, core_temperature, number, reach


class LowEnergySNe(StarSpectrum):
    """Underluminous type II-P supernovae: about 1e50 erg at most may be left in mantle and envelope.

    lnL = -s_90 E/E_allowed: the criterion has no confidence level, E = E_allowed stands for the
    90 % limit by convention.

    Parameters
    ----------
    star, gravity, helicity, neutrinos, nucleons, decays
        As for :class:`astrobounds.constraints.sn1987a.SN1987ACooling`.
    duration : float
        Effective emission time [s] of the snapshot.
    envelope_cm, core_cm : float
        Radius of the progenitor and radius inside which decays do not count, by default the neutrino
        sphere.
    allowed, width : float
        Mean and standard deviation of log10(E_allowed / erg), the nuisance.
    visible : None, mapping or collection of str
        Visible channels and shares; see :func:`astrobounds.supernova.signals.visible.visible_shares`.
    envelope_width, duration_width : float
        Standard deviations of log10 of the radius [cm] and of the duration [s], further nuisances;
        0 leaves them out.
    temperature_scale, temperature_width : float
        Factor on every temperature of the star, and the standard deviation of ln T, a nuisance if
        it is not 0. Profiles of simulations differ by 0.1 to 0.2.

    Notes
    -----
    Radii of red supergiants are 3e13 to 1e14 cm, about 0.15 in log10 around the default; the blue
    supergiant of SN1987A had 3e12 cm within 0.1. A burst given by its state at one second lasts
    3 s within a factor two.
    """

    name = "low-energy-sne"
    nuisance = "log10_E_low"
    defaults = (5e13, 50.0)
    _tags = ("log10_R_low", "log10_duration_low", "ln_T_core_low")  # further nuisances
    _sources = ("Caputo:2022mah", "Chauhan:2024nfa")

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, envelope_cm=None, core_cm=None, allowed=None, width=0.3,
                 visible=None, envelope_width=0.0, duration_width=0.0, temperature_scale=1.0,
                 temperature_width=0.0, nucleons=NUCLEONS, decays=True):  # fmt: skip
        options = transport_options(gravity, helicity, nucleons, decays)
        super().__init__(star, neutrinos, duration, options)
        outer = self.defaults[0] if envelope_cm is None else envelope_cm
        if core_cm is None:
            from ..supernova.signals.deposition import sphere_cm

            core_cm = sphere_cm(self.star)
        self._core = number(self.name, "core_cm", core_cm, 0.0, 1e12)
        self._envelope = number(self.name, "envelope_cm", outer, 0.0, 1e17)
        if not self._core < self._envelope:
            raise ConfigError(
                f"{self.name}: envelope_cm = {self._envelope:g} is inside core_cm = {self._core:g}"
            )
        self._visible = visible
        radius, length, warm = self._tags
        self.star, warmth = core_temperature(
            self.name, self.star, temperature_scale, temperature_width, warm
        )
        self.nuisances = {self.nuisance: Normal(allowed or self.defaults[1], width), **warmth}
        for tag, center, sigma in (
            (radius, self._envelope, number(self.name, "envelope_width", envelope_width, 0.0, 1.0)),
            (length, self._duration, number(self.name, "duration_width", duration_width, 0.0, 1.0)),
        ):  # fmt: skip
            if sigma > 0.0:
                digits = 3 if tag == radius else 12  # one prior for a radius others know as well
                self.nuisances[tag] = Normal(round(float(np.log10(center)), digits), sigma)
        self.domain = {n: (-5.001 * p.sigma, 5.001 * p.sigma) for n, p in warmth.items()}
        if radius in self.nuisances:  # outside the core, with room for it
            self.domain[radius] = (np.log10(self._core) + 0.5, 17.0)
        self._many = Temperatures(copy.copy(self)) if warmth else None

    def prepare(self, region, mapper=map, show=True):
        """Build a table of emission spectra, or one for each of several temperatures."""
        if getattr(self, "_many", None) is None:
            super().prepare(region, mapper, show)
            return
        warmth = {n: p for n, p in self.nuisances.items() if n == self._tags[2]}
        self._many.prepare(region, mapper, show, *reach(warmth))

    def forget(self):
        """Drop the tables: solve directly from here on."""
        super().forget()
        if getattr(self, "_many", None) is not None:
            self._many.forget()

    def energy(self, model):
        """Return the deposited energy [erg] from a direct solution."""
        import astropy.units as u

        from ..supernova import deposition

        return deposition(
            model, self.star, envelope=self._envelope * u.cm, core=self._core * u.cm,
            duration=self._duration * u.s, visible=self._visible, **self._emission,
        ).energy_erg  # fmt: skip

    def _tabled_options(self, model):
        """Return the options of the emission: for a dipole those of the net flux through the core."""
        import astropy.units as u

        from ..supernova.signals.deposition import geometry_of

        geometry = geometry_of(
            model, self.star, self._envelope * u.cm, self._core * u.cm, self._emission
        )
        self._net = geometry.net
        self._start = self._core - geometry.inner  # where the tabled flux is measured [cm]
        return geometry.options

    def _tabled(self, model):
        from ..supernova.signals.deposition import decayed_between
        from ..supernova.signals.visible import visible_fraction
        from ..supernova.transport.emission import held

        energy, rate = self._tabled_rate(model)
        kept = decayed_between(
            model.mass_mev, energy, np.array([model.width_mev]),
            self._core - self._start, self._envelope - self._start,
        )[0]  # fmt: skip
        leaving = self._table.weight * energy * rate / const.ERG
        share = float(held(self._duration * leaving.sum()))
        power = share * (leaving * kept).sum()
        return self._duration * visible_fraction(model, self._visible) * power

    def predict(self, model):
        """Return the deposited energy [erg] from a direct solution."""
        return {"E deposited [erg]": self.energy(model)}

    def value(self, model, envelope=None):
        """Return the deposited energy [erg], from the table if there is one."""
        at = self
        if envelope is not None:
            at = copy.copy(self)
            at._envelope = envelope
        return at.energy(model) if at._table is None else at._tabled(model)

    def loglike(self, model, nuisance):
        """Return lnL relative to no N."""
        radius, length, warm = self._tags
        envelope = 10.0 ** nuisance[radius] if radius in self.nuisances else None
        if self._many is None:
            value = self.value(model, envelope)
        else:
            value = self._many.value(model, nuisance[warm], envelope=envelope)
        if length in self.nuisances:
            value *= 10.0 ** nuisance[length] / self._duration
        return -S_90 * value / 10.0 ** nuisance[self.nuisance]

    def describe(self):
        """Return lines that say what was assumed."""
        allowed = self.nuisances[self.nuisance]
        free = [f"{n} varies by {p.sigma:g}" for n, p in self.nuisances.items() if n in self._tags]
        return [
            *super().describe(),
            *free,
            f"decays between {self._core:g} and {self._envelope:g} cm, "
            f"E_allowed = 10^({allowed.mean:g} +- {allowed.sigma:g}) erg stands for the 90 % limit",
        ]


class SN1987AExplosion(LowEnergySNe):
    """The explosion energy of SN1987A itself: 2e51 erg in the envelope of a blue supergiant."""

    name = "sn1987a-explosion"
    nuisance = "log10_E_sn1987a"
    defaults = (3e12, 51.301)
    _tags = ("log10_R_progenitor", "log10_duration_sn1987a", "ln_T_core_sn1987a")
    _sources = ("Sung:2019xie",)
