"""High-energy neutrinos of decays outside SN1987A against the 24 events of 1987."""

from dataclasses import replace

import numpy as np

from ..errors import ConfigError, DomainError
from ..priors import Normal
from .gamma import DURATION_S, StarSpectrum
from .stars import NUCLEONS, transport_options
from .temperatures import number

DISTANCE = ("sn1987a_distance_kpc", Normal(51.4, 1.2))
RADIUS, ENERGY, MEAN = "log10_R_neutrino_free", "log10_E_nuebar", "ln_mean_nuebar"


class SN1987ANeutrinos(StarSpectrum):
    """Extended likelihood of the energies of Kamiokande-II (11), IMB (8) and Baksan (5).

    Expected are a quasi-thermal burst of nubar_e, the measured background, and the daughter
    neutrinos of the particle: decays beyond a radius, in flight, with the neutrinos of muons, pions
    and kaons, averaged oscillations, and delays within the window of the data.

    Parameters
    ----------
    star, gravity, helicity, neutrinos, nucleons, decays
        As for :class:`astrobounds.constraints.sn1987a.SN1987ACooling`.
    duration : float
        Effective emission time [s] of the snapshot.
    window : float
        s after the first event, at most 30; later neutrinos are not part of the burst.
    core_cm : float
        Radius beyond which neutrinos escape: the center of its nuisance.
    core_width : float
        Standard deviation of its log10.
    secondaries : {"flight", "none"}
        With the neutrinos of charged daughters, or only direct ones.
    ordering : {"normal", "inverted"}
    oxygen : bool
        With charged currents on oxygen.
    detectors : sequence of str
        Among "KII", "IMB", "Baksan"; all by default.
    pinch : float
        Shape of the burst.
    burst_energy, burst_mean : (float, float)
        Centers of the energy in nubar_e at Earth (log10 of erg) and of their mean energy [MeV] with
        the standard deviations of log10 and of ln: nuisances, wide, because the same data
        determine them.

    Notes
    -----
    lnL is relative to no particle with all nuisances at their centers. It is smooth and falls
    like the expected number of events. Absence of events at later times is not used.
    """

    name = "sn1987a-neutrinos"
    _sources = ("Fiorillo:2022cdq", "Akita:2023iwq", "Strumia:2003zx", "Nakazato:2018xkv",
                "Hirata:1987hu", "Hirata:1988ad", "Bionta:1987qt", "Alekseev:1988gp",
                "Loredo:2001rx", "Vissani:2014doa")  # fmt: skip

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, window=30.0, core_cm=1e7, core_width=0.3, secondaries="flight",
                 ordering="normal", oxygen=True, detectors=("KII", "IMB", "Baksan"), pinch=2.0,
                 burst_energy=(52.7, 0.3), burst_mean=(12.0, 0.25),
                 nucleons=NUCLEONS, decays=True):  # fmt: skip
        from ..models.decays.neutrino_cascade import SECONDARIES
        from ..supernova.signals.neutrinos import Setting

        options = transport_options(gravity, helicity, nucleons, decays)
        super().__init__(star, neutrinos, duration, options)
        if not isinstance(oxygen, bool):
            raise ConfigError(f"{self.name}: oxygen = {oxygen!r}: true or false is needed")
        if secondaries not in SECONDARIES:
            raise ConfigError(
                f"{self.name}: secondaries = {secondaries!r}; allowed: {', '.join(SECONDARIES)}"
            )
        if ordering not in ("normal", "inverted"):
            raise ConfigError(f"{self.name}: ordering = {ordering!r}; allowed: normal, inverted")
        core = number(self.name, "core_cm", core_cm, 1e6, 1e14)
        names = (detectors,) if isinstance(detectors, str) else tuple(detectors)
        try:
            self._setting = Setting(
                DISTANCE[1].mean, core, number(self.name, "window", window, 1.0, 30.0),
                self._duration, secondaries, ordering, number(self.name, "pinch", pinch, 0.5, 10.0),
                oxygen, names,
            )  # fmt: skip
            self._setting.data()
        except DomainError as error:
            raise ConfigError(f"{self.name}: {error}") from None
        energy = _pair(self.name, "burst_energy", burst_energy)
        mean = _pair(self.name, "burst_mean", burst_mean)
        mean = (np.log(number(self.name, "burst_mean", mean[0], 1.0, 100.0)), mean[1])
        self.nuisances = dict((DISTANCE,))
        for tag, (center, sigma), what in (
            (RADIUS, (np.log10(core), core_width), "core_width"),
            (ENERGY, energy, "burst_energy"),
            (MEAN, mean, "burst_mean"),
        ):
            sigma = number(self.name, what, sigma, 1e-6, 10.0)
            self.nuisances[tag] = Normal(round(float(center), 6), sigma)
        self.domain = {RADIUS: (5.0, 15.0), ENERGY: (45.0, 58.0), MEAN: (-1.0, 6.0)}
        self._center = {n: p.center for n, p in self.nuisances.items()}
        self._null = self._value(None, {})

    def recenter(self, values):
        """Take nuisance values of a fit as the point that lnL is relative to."""
        self._center.update({n: v for n, v in values.items() if n in self._center})
        self._null = self._value(None, {})

    def _expected(self, model, nuisance):
        """Return (Setting, fluences of the particle or None, fluences of the burst)."""
        from ..models.decays.neutrino_cascade import of_model
        from ..supernova.signals import neutrinos as events

        values = {**self._center, **nuisance}
        setting = replace(self._setting, distance_kpc=values[DISTANCE[0]], core_cm=10.0 ** values[RADIUS])
        burst = events.thermal_fluence(setting, values[ENERGY], np.exp(values[MEAN]))
        if model is None:
            return setting, None, burst
        if not model.width_mev > 0.0:
            return setting, None, burst
        lines = of_model(model, setting.secondaries)
        start = events.absorbed_within(model, self.star, self._emission)
        numbers = events.daughter_numbers(model, self.spectrum(model), setting, lines, start)
        return setting, events.daughter_fluence(numbers, setting), burst

    def _value(self, model, nuisance):
        setting, own, burst = self._expected(model, nuisance)
        return setting.data().loglike(burst if own is None else burst + own)

    def loglike(self, model, nuisance):
        """Return lnL relative to no particle at the centers of the nuisances."""
        return self._value(model, nuisance) - self._null

    def predict(self, model):
        """Return the expected events of daughter neutrinos per detector."""
        setting, own, _ = self._expected(model, {})
        names = setting.detectors
        counts = np.zeros(len(names)) if own is None else setting.data().expected(own)
        return {f"events in {n}": float(c) for n, c in zip(names, counts)}

    def describe(self):
        """Return lines that say what was assumed."""
        s = self._setting
        return [
            *super().describe(),
            f"events of {', '.join(s.detectors)} within {s.window_s:g} s, oxygen "
            f"{'on' if s.oxygen else 'off'}, charged daughters: {s.secondaries}",
            f"decays beyond 10^{self.nuisances[RADIUS].mean:g} cm, half of the daughters nubar, "
            f"averaged oscillations ({s.ordering} ordering)",
        ]


def _pair(name, what, value):
    if isinstance(value, str) or np.shape(value) != (2,):
        raise ConfigError(f"{name}: {what} = {value!r}: (mean, standard deviation) is needed")
    return float(value[0]), float(value[1])
