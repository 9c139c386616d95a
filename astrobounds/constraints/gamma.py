"""Gamma rays from decays outside supernovae: SN1987A, all past ones, and the next galactic one."""

from ..errors import ConfigError
from ..models.spectra import NumberSpectrum
from ..priors import Normal
from .stars import star_of, transport_options

DURATION_S = 3.0  # effective length of a burst given by its state at one second


class StarSpectrum:
    """A star, the emission spectrum of a model in it, and a table of spectra for fits."""

    null_loglike = 0.0
    name = ""
    _sources = ()

    def __init__(self, star, gravity, helicity, neutrinos, duration):
        if isinstance(duration, str) or not duration > 0.0:
            raise ConfigError(f"{self.name}: duration = {duration!r} s must be positive")
        self.star = star_of(star, neutrinos)
        self._emission = transport_options(gravity, helicity)
        self._duration = float(duration)
        self._table = None
        self.nuisances = {}

    @property
    def references(self):
        """BibTeX keys."""
        from ..supernova import Emission

        return (*Emission.references, *self.star.references, *self._sources)

    def prepare(self, region, mapper=map, show=True):
        """Build a table of emission spectra if the couplings vary along one ray."""
        from ..progress import Progress
        from ..supernova import surface

        pattern = region.pattern()
        if pattern is None or "mass" not in region.ranges:
            return
        low, high = region.ranges["mass"]
        with Progress(surface.mass_nodes(low, high).size, f"{self.name}: spectra", show) as bar:
            self._table = surface.SpectrumTable(
                self.star, pattern, region.nature, low, high, self._emission, bar.update
            )

    def forget(self):
        """Drop the table: solve directly from here on."""
        self._table = None

    def spectrum(self, model):
        """Return dN/dE [MeV^-1] of the whole burst as a callable of MeV floats."""
        if self._table is None:
            return self.star.emission(model, **self._emission).time_integrated(self._duration)
        energy, rate = self._table.spectrum(model.mass_mev, sum(model.mixing.values()))
        return NumberSpectrum(model.mass_mev, energy, rate * self._duration)

    def describe(self):
        """Return lines that say what was assumed."""
        return [
            f"star '{self.star.name}' at 1 s times {self._duration:g} s, gravity "
            f"{'on' if self._emission['gravity'] else 'off'}"
        ]


class _DecayPhotons(StarSpectrum):
    """The same with the photons of decays."""

    def __init__(self, star, gravity, helicity, neutrinos, duration, fsr):
        super().__init__(star, gravity, helicity, neutrinos, duration)
        self._fsr = bool(fsr)

    def describe(self):
        """Return lines that say what was assumed."""
        state = "on" if self._fsr else "off"
        return [*super().describe(), f"final-state radiation of N -> nu e e {state}"]


class SMM(_DecayPhotons):
    """Solar Maximum Mission counts in the 223 s after the neutrinos of SN1987A.

    Parameters
    ----------
    star : str or Star
    gravity, helicity, neutrinos
        As for :class:`astrobounds.constraints.sn1987a.SN1987ACooling`.
    duration : float
        Effective emission time [s] of the snapshot.
    fsr : bool
        Final-state radiation of N -> nu e e.

    Notes
    -----
    Nuisances: distance [kpc] and log10 of the progenitor radius [cm]. Poisson likelihood of three
    energy bands in 10.24 s bins with a fitted linear background.
    """

    name = "smm"
    _sources = ("Chupp:1989kx",)

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, fsr=True):  # fmt: skip
        super().__init__(star, gravity, helicity, neutrinos, duration, fsr)
        self.nuisances = {
            "sn1987a_distance_kpc": Normal(51.4, 1.2),
            "log10_R_progenitor": Normal(12.477, 0.1),
        }

    def loglike(self, model, nuisance):
        """Return lnL relative to no signal."""
        from ..gamma import smm_loglike

        return smm_loglike(
            model, self.spectrum(model), distance_kpc=nuisance["sn1987a_distance_kpc"],
            radius_cm=10.0 ** nuisance["log10_R_progenitor"], fsr=self._fsr,
        )  # fmt: skip

    def predict(self, model):
        """Return the fluence in each energy band [cm^-2]."""
        from ..gamma import smm

        fluence = smm(model, self.star.emission(model, **self._emission).time_integrated(self._duration),
                      fsr=self._fsr).fluence  # fmt: skip
        values = fluence.to_value("1/cm2")
        bands = ("4.1-6.4", "10-25", "25-100")
        return {f"fluence {b} MeV [1/cm2]": float(v) for b, v in zip(bands, values)}


class GammaDiffuse(_DecayPhotons):
    """The MeV-GeV background against the decays of N from all past supernovae (one-sided).

    Parameters
    ----------
    star, gravity, helicity, neutrinos, duration, fsr
        As for :class:`SMM`.
    width : float
        Standard deviation of log10 of the supernova rate, its nuisance.
    """

    name = "gamma-diffuse"
    _sources = ("Yuksel:2008cu", "Horiuchi:2008jz", "Kappadath:1998", "Ackermann:2014usa")

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, fsr=True, width=0.1):  # fmt: skip
        super().__init__(star, gravity, helicity, neutrinos, duration, fsr)
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
    star, gravity, helicity, neutrinos, duration, fsr
        As for :class:`SMM`.
    """

    name = "galactic-sn"
    _sources = ("e-ASTROGAM:2017pxr", "Atwood:2009ez", "McEnery2019")

    def __init__(self, telescope="e-ASTROGAM", distance_kpc=10.0, exposure_s=1e5, star="fiducial",
                 gravity=True, helicity="helicity", neutrinos=None, duration=DURATION_S,
                 fsr=True):  # fmt: skip
        from ..gamma import instrument

        super().__init__(star, gravity, helicity, neutrinos, duration, fsr)
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
