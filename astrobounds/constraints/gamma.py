"""Gamma rays from decays outside supernovae: SN1987A, all past ones, and the next galactic one."""

import math

from .. import constants as const
from ..checks import boolean
from ..errors import ConfigError
from ..models.spectra import NumberSpectrum
from ..priors import Normal
from .star_rates import several
from .stars import NUCLEONS, star_of, told_options, transport_options

DURATION_S = 3.0  # effective length of a burst given by its state at one second


class StarSpectrum:
    """A star, the emission spectrum of a model in it, and a table of spectra for fits."""

    null_loglike = 0.0
    name = ""
    _sources = ()
    _net = False  # the flux at infinity

    def __init__(self, star, neutrinos, duration, options):
        if isinstance(duration, str) or not duration > 0.0:
            raise ConfigError(f"{self.name}: duration = {duration!r} s must be positive")
        self.star = star_of(star, neutrinos)
        self._emission = options
        self._duration = float(duration)
        self._table = None
        self.nuisances = {}

    @property
    def references(self):
        """BibTeX keys."""
        from ..supernova.transport.emission import references as transport

        return (*transport, *self.star.references, *self._sources)

    def prepare(self, region, mapper=map, show=True):
        """Build a table of emission spectra, or of the rates of several couplings."""
        from ..progress import Progress
        from ..supernova.signals import spectrum_table, surface
        from ..supernova.signals.rate_ray import RateRay
        from ..supernova.signals.spectrum_table import SpectrumTable
        from . import kept

        self._ray, self._table = RateRay.of(region), None
        if self._ray is None:
            if "mass" in region.ranges and len(region.couplings()) > 1:
                options = self._tabled_options(RateRay.evenly(region).at(region.ranges["mass"][0]))
                self._table = several(self.star, region, options, mapper, show, self.name)
            return
        low, high = region.ranges["mass"]
        options = self._tabled_options(self._ray.at(low))

        def build():
            with Progress(surface.table_tasks(low, high), f"{self.name}: spectra", show) as bar:
                return SpectrumTable(self.star, self._ray, low, high, options, mapper, bar.update)

        depends = (self.star, self._ray, low, high, options)
        modules = (spectrum_table, *kept.sources_of(self._ray.model))
        self._table = kept.table("spectra", depends, modules, (SpectrumTable, surface.Axes), build)

    def _tabled_options(self, model):
        """Return the options of the emission that is tabled for models like this one."""
        return self._emission

    @property
    def table_error(self):
        """Largest deviation of ln of the power in the table from direct solutions; None without."""
        return None if self._table is None else self._table.error

    def forget(self):
        """Drop the table: solve directly from here on."""
        self._table = None

    def _tabled_rate(self, model):
        """Return (energies [MeV], d2N/(dE dt) [MeV^-1 s^-1]) read from the table."""
        if self._ray is None:
            return self._table.spectrum(model.mass_mev, model.strengths, self._net)
        return self._table.spectrum(model.mass_mev, self._ray.strength_of(model))

    def spectrum(self, model):
        """Return dN/dE [MeV^-1] of the whole burst as a callable of MeV floats."""
        if self._table is None:
            return self.star.emission(model, **self._emission).time_integrated(self._duration)
        from ..supernova.transport.emission import held

        energy, rate = self._tabled_rate(model)
        power = (self._table.weight * energy * rate).sum() / const.ERG
        duration = self._duration * float(held(self._duration * power))  # as time_integrated does
        return NumberSpectrum(model.mass_mev, energy, rate * duration)

    def describe(self):
        """Return lines that say what was assumed."""
        lines = [
            f"star '{self.star.name}' at 1 s times {self._duration:g} s, {told_options(self._emission)}"
        ]
        if self._table is not None:
            what = "spectra" if self._ray is not None else "rates of every coupling"
            lines.append(f"table of {what}: ln of the power within {self.table_error:.1e}")
        return lines


class _DecayPhotons(StarSpectrum):
    """The same with the photons of decays."""

    def __init__(self, star, neutrinos, duration, options, fsr):
        super().__init__(star, neutrinos, duration, options)
        self._fsr = boolean(fsr, f"{self.name}: fsr")

    def describe(self):
        """Return lines that say what was assumed."""
        state = "on" if self._fsr else "off"
        return [*super().describe(), f"final-state radiation of N -> nu e e {state}"]


class SMM(_DecayPhotons):
    """Solar Maximum Mission counts in the 223 s after the neutrinos of SN1987A.

    Parameters
    ----------
    star : str or Star
    gravity, helicity, neutrinos, nucleons, decays
        As for :class:`astrobounds.constraints.sn1987a.SN1987ACooling`.
    duration : float
        Effective emission time [s] of the snapshot.
    fsr : bool
        Final-state radiation of N -> nu e e.
    fireball : bool
        Count photons that cannot escape as a fireball, in the Pioneer Venus Orbiter (default). If
        False every photon outside the star is taken to escape.
    pvo_limit : float, optional
        Limit of the Pioneer Venus Orbiter on photons of 0.2-2 MeV [1/cm^2], default 250.
    pvo_width : float
        Standard deviation of log10 of that limit; a nuisance if positive (its uncertainty, a
        factor 3, is 0.5). Default 0, since fireballs exceed the limit by orders of magnitude.

    Notes
    -----
    Nuisances: distance [kpc] and log10 of the progenitor radius [cm]. Poisson likelihood of three
    energy bands in 10.24 s bins with a fitted linear background. The share exp(-tau) of the photons
    that escapes counts there, the fireball of the rest in both instruments: no step at tau = 1.
    """

    name = "smm"
    _sources = ("Chupp:1989kx",)

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, fsr=True, fireball=True, pvo_limit=None, pvo_width=0.0,
                 nucleons=NUCLEONS, decays=True):  # fmt: skip
        options = transport_options(gravity, helicity, nucleons, decays)
        super().__init__(star, neutrinos, duration, options, fsr)
        self._fireball = boolean(fireball, f"{self.name}: fireball")
        for name, value in (("pvo_limit", pvo_limit), ("pvo_width", pvo_width)):
            if value is not None and (isinstance(value, str) or not 0.0 <= value < math.inf):
                raise ConfigError(f"{self.name}: {name} = {value!r} must be a number >= 0")
        if pvo_limit is not None and pvo_limit == 0.0:
            raise ConfigError(f"{self.name}: pvo_limit = 0 photons/cm^2 must be positive")
        self._limit = pvo_limit
        self.nuisances = {
            "sn1987a_distance_kpc": Normal(51.4, 1.2),
            "log10_R_progenitor": Normal(12.477, 0.1),
        }
        if self._fireball:
            self._sources = (*self._sources, "Jaffe:1995sw", "Diamond:2023scc")
            if pvo_width > 0.0:
                self.nuisances["log10_pvo_limit"] = Normal(math.log10(self._allowed()), pvo_width)

    def _allowed(self):
        from ..gamma.pioneer_venus import pioneer_venus_data

        return pioneer_venus_data().fluence_limit if self._limit is None else float(self._limit)

    def loglike(self, model, nuisance):
        """Return lnL relative to no signal."""
        from ..gamma import smm_loglike, smm_pvo_loglike

        spectrum = self.spectrum(model)
        options = {"distance_kpc": nuisance["sn1987a_distance_kpc"], "fsr": self._fsr,
                   "radius_cm": 10.0 ** nuisance["log10_R_progenitor"]}  # fmt: skip
        if not self._fireball:
            return smm_loglike(model, spectrum, **options)
        limit = self._limit
        if "log10_pvo_limit" in self.nuisances:
            limit = 10.0 ** nuisance["log10_pvo_limit"]
        return smm_pvo_loglike(
            model, spectrum, limit_cm2=limit, emission_duration_s=self._duration, **options
        )

    def predict(self, model):
        """Return the fluence in each energy band [cm^-2] if all photons escape, and the fireball."""
        import astropy.units as u

        from ..gamma import pvo, smm

        spectrum = self.star.emission(model, **self._emission).time_integrated(self._duration)
        values = smm(model, spectrum, fsr=self._fsr).fluence.to_value("1/cm2")
        bands = ("4.1-6.4", "10-25", "25-100")
        out = {f"fluence {b} MeV [1/cm2]": float(v) for b, v in zip(bands, values)}
        if self._fireball:
            limit = None if self._limit is None else self._limit / u.cm**2
            seen = pvo(model, spectrum, limit, fsr=self._fsr, emission_duration=self._duration * u.s)
            out["optical depth of the decay photons"] = seen.emission.depth
            out["fireball 0.2-2 MeV over the Pioneer Venus limit"] = seen.ratio
        return out

    def describe(self):
        """Return lines that say what was assumed."""
        if not self._fireball:
            return [*super().describe(), "all photons outside the star escape (no fireball)"]
        return [
            *super().describe(),
            f"trapped photons: fireball, Pioneer Venus Orbiter below {self._allowed():.3g} photons/cm2",
        ]


class GammaDiffuse(_DecayPhotons):
    """The MeV-GeV background against the decays of N from all past supernovae (one-sided).

    Parameters
    ----------
    star, gravity, helicity, neutrinos, duration, fsr, nucleons, decays
        As for :class:`SMM`.
    width : float
        Standard deviation of log10 of the supernova rate, its nuisance.
    """

    name = "gamma-diffuse"
    _sources = ("Yuksel:2008cu", "Horiuchi:2008jz", "Kappadath:1998", "Ackermann:2014usa")

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, fsr=True, width=0.1, nucleons=NUCLEONS,
                 decays=True):  # fmt: skip
        options = transport_options(gravity, helicity, nucleons, decays)
        super().__init__(star, neutrinos, duration, options, fsr)
        self.nuisances = {"log10_sn_rate": Normal(0.0, width)}

    def loglike(self, model, nuisance):
        """Return lnL relative to no signal."""
        from ..gamma import diffuse_loglike

        return diffuse_loglike(
            model, self.spectrum(model), rate_scale=10.0 ** nuisance["log10_sn_rate"], fsr=self._fsr
        )

    def predict(self, model):
        """Return lnL at the central rate."""
        return {"lnL": self.loglike(model, {"log10_sn_rate": 0.0})}


class GalacticSN(_DecayPhotons):
    """Projection: a future galactic supernova seen by a gamma-ray telescope, if nothing appears.

    Parameters
    ----------
    telescope : str
        ``"e-ASTROGAM"``, ``"AMEGO"``, ``"Fermi-LAT"`` or another packaged instrument.
    distance_kpc, exposure_s : float
    star, gravity, helicity, neutrinos, duration, fsr, nucleons, decays
        As for :class:`SMM`.
    """

    name = "galactic-sn"
    _sources = ("e-ASTROGAM:2017pxr", "Atwood:2009ez", "McEnery2019")

    def __init__(self, telescope="e-ASTROGAM", distance_kpc=10.0, exposure_s=1e5, star="fiducial",
                 gravity=True, helicity="helicity", neutrinos=None, duration=DURATION_S,
                 fsr=True, nucleons=NUCLEONS, decays=True):  # fmt: skip
        from ..gamma import instrument

        options = transport_options(gravity, helicity, nucleons, decays)
        super().__init__(star, neutrinos, duration, options, fsr)
        instrument(telescope)
        self._tool = {"telescope": telescope, "distance_kpc": distance_kpc, "exposure_s": exposure_s}

    def loglike(self, model, nuisance):
        """Return the expected lnL relative to no signal."""
        from ..gamma import telescope_loglike

        return telescope_loglike(model, self.spectrum(model), fsr=self._fsr, **self._tool)

    def predict(self, model):
        """Return the expected lnL."""
        return {"expected lnL": self.loglike(model, {})}

    def describe(self):
        """Return lines that say what was assumed."""
        tool = self._tool
        return [
            *super().describe(),
            f"projection: {tool['telescope']}, {tool['distance_kpc']:g} kpc, {tool['exposure_s']:g} s",
        ]
