"""High-energy neutrinos from decays outside SN1987A, and the 24 events of 1987.

A particle that leaves the core with 100 MeV or more and decays in or beyond the envelope makes
neutrinos far above the burst of the neutrino sphere. Kamiokande-II and IMB saw none, so that less than
about a per cent of the binding energy can have gone that way (arXiv:2209.11773, 2312.13627).
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...models.decays.neutrino_cascade import NeutrinoLines, of_model
from ...units import finite
from ..transport.solution import absorbing_radius
from .neutrino_detectors import NAMES, Events, energy_rule, events
from .neutrino_flux import ArrivalTable, averaged_oscillations, fluences, quasi_thermal, source_numbers

DISTANCE_KPC = 51.4
CORE_CM = 1e7  # below it 100 MeV neutrinos are absorbed: rho > 1e9 g/cm^3 one second after bounce
DURATION_S = 3.0
WINDOW_S = 30.0
THERMAL = (52.7, 12.0)  # log10 of the energy in nubar_e [erg], mean energy [MeV]: near the best fit


@dataclass(frozen=True)
class Setting:
    """What a prediction assumes; all floats.

    Attributes
    ----------
    distance_kpc, core_cm : float
        Distance, and radius beyond which daughter neutrinos escape.
    window_s, duration_s : float
        Data are taken for ``window_s`` after the first event; particles leave during ``duration_s``,
        so that on average delays up to window_s - duration_s/2 count.
    secondaries : {"flight", "none"}
    ordering : {"normal", "inverted"}
    pinch : float
        Of the thermal burst.
    oxygen : bool
    detectors : tuple of str
    """

    distance_kpc: float = DISTANCE_KPC
    core_cm: float = CORE_CM
    window_s: float = WINDOW_S
    duration_s: float = DURATION_S
    secondaries: str = "flight"
    ordering: str = "normal"
    pinch: float = 2.0
    oxygen: bool = True
    detectors: tuple = NAMES

    def __post_init__(self):
        finite(self.distance_kpc, "distance in kpc", 1e-3, 1e4)
        finite(self.core_cm, "core in cm", 0.0, 1e16)
        finite(self.duration_s, "duration in s", 0.0, 30.0)
        finite(self.pinch, "pinch", 0.0, 20.0)
        if not 0.5 * self.duration_s < self.window_s:
            raise DomainError(
                f"window = {self.window_s:g} s must exceed half the duration, {self.duration_s:g} s"
            )

    def data(self):
        """Return the :class:`Events` of this window."""
        return events(self.window_s, self.oxygen, tuple(self.detectors))


def absorbed_within(model, star, options=None):
    """Return the radius [cm] up to which decays are in the transport already.

    Parameters
    ----------
    model : object
    star : Star or other
        Where there is no star a spectrum of one's own is without the decays of a particle that mixes.
    options : mapping, optional
        Of the emission: ``r_max``, ``decays``.
    """
    options = options or {}
    if not hasattr(star, "breaks"):
        options = {**options, "decays": False}
    return 1e5 * absorbing_radius(model, star, options)


def daughter_numbers(model, spectrum, setting, lines=None, start=None):
    """Return dN/dE [1/MeV] of daughter neutrinos within the window, shape (3, nodes).

    Parameters
    ----------
    model : HNL, DipoleHNL or Mediator
    spectrum : callable
        dN/dE [1/MeV] of all particles that leave, of MeV floats; without their decays for a model
        with mixing, at ``r_max`` for others, whose decays up to there belong to the transport.
    setting : Setting
    lines : NeutrinoLines, optional
        Of one decay, if they are known already.
    start : float, optional
        Radius [cm] from which ``spectrum`` counts, see :func:`absorbed_within`.

    Returns
    -------
    ndarray, shape (3, nodes)
        Flavours e, mu, tau at production, neutrinos and antineutrinos, on the nodes of
        :func:`astrobounds.supernova.signals.neutrino_detectors.energy_rule`.
    """
    energy, _ = energy_rule()
    width = model.width_mev
    if not width > 0.0:
        return np.zeros((3, energy.size))
    lines = of_model(model, setting.secondaries) if lines is None else lines
    start = absorbed_within(model, None) if start is None else start
    table = ArrivalTable.of(spectrum, model.mass_mev, const.HBAR / width, max(setting.core_cm - start, 0.0))
    delay = setting.window_s - 0.5 * setting.duration_s
    return source_numbers(table, lines, energy, delay)


def daughter_fluence(numbers, setting):
    """Return the fluences of (nubar_e, nu_e) at Earth [1/(MeV cm^2)], shape (2, nodes)."""
    own = fluences(numbers, setting.distance_kpc, averaged_oscillations(setting.ordering))[0]
    return np.array([own, own])


def thermal_fluence(setting, log10_energy=THERMAL[0], mean=THERMAL[1]):
    """Return the fluences of (nubar_e, nu_e) of the burst, shape (2, nodes); nu_e like nubar_e."""
    energy, _ = energy_rule()
    own = quasi_thermal(energy, 10.0**log10_energy, mean, setting.pinch, setting.distance_kpc)
    return np.array([own, own])


@dataclass(frozen=True, eq=False)
class NeutrinoSignal:
    """Daughter neutrinos of one model beside the thermal burst and the events of 1987.

    Attributes
    ----------
    model : object
    lines : NeutrinoLines
        Neutrinos of one decay at rest.
    energy : ndarray, shape (n,)
        MeV.
    numbers : ndarray, shape (3, n)
        dN/dE [1/MeV] at production within the window, e, mu, tau.
    fluence, thermal : ndarray, shape (2, n)
        (nubar_e, nu_e) at Earth [1/(MeV cm^2)].
    events : Events
    setting : Setting
    """

    model: object
    lines: NeutrinoLines
    energy: np.ndarray
    numbers: np.ndarray
    fluence: np.ndarray
    thermal: np.ndarray
    events: Events
    setting: Setting

    references = ("Fiorillo:2022cdq", "Akita:2023iwq", "Oberauer:1993yr", "Strumia:2003zx",
                  "Nakazato:2018xkv", "Hirata:1988ad", "Bionta:1987qt", "Alekseev:1988gp",
                  "Loredo:2001rx", "Vissani:2014doa")  # fmt: skip

    def __repr__(self):
        counts = ", ".join(f"{k} {v:.3g}" for k, v in self.counts.items())
        return f"NeutrinoSignal({self.model!r}, energy={self.energy_erg:.3g} erg, events: {counts})"

    @property
    def energy_erg(self):
        """Energy in daughter neutrinos of all flavours that arrive within the window [erg]."""
        weight = energy_rule()[1]
        return float((self.numbers @ (weight * self.energy)).sum() / const.ERG)

    @property
    def total_energy(self):
        """The same as a Quantity (erg)."""
        import astropy.units as u

        return self.energy_erg * u.erg

    @property
    def mean_energy(self):
        """Mean energy of the daughter neutrinos within the window (Quantity, MeV)."""
        import astropy.units as u

        weight = energy_rule()[1]
        number = float((self.numbers @ weight).sum())
        energy = float((self.numbers @ (weight * self.energy)).sum())
        return (energy / number if number > 0.0 else np.nan) * u.MeV

    @property
    def counts(self):
        """Expected events of daughter neutrinos per detector."""
        return dict(zip(self.setting.detectors, self.events.expected(self.fluence).tolist()))

    @property
    def thermal_counts(self):
        """Expected events of the thermal burst per detector."""
        return dict(zip(self.setting.detectors, self.events.expected(self.thermal).tolist()))

    @property
    def loglike(self):
        """lnL of the events relative to the thermal burst alone."""
        both = self.events.loglike(self.thermal + self.fluence)
        return both - self.events.loglike(self.thermal)

    def plot(self, axes=None):
        """Draw the fluences, and the detected spectra over the events; returns the two axes."""
        import matplotlib.pyplot as plt

        if axes is None:
            _, axes = plt.subplots(2, 1, figsize=(5.6, 6.2), layout="constrained")
        used = self.energy < 1.1 * max(100.0, self._highest())
        for fluence, label, style in (
            (self.thermal, "thermal burst", "C0-"), (self.fluence, "daughters", "C3-"),
        ):  # fmt: skip
            axes[0].plot(self.energy[used], fluence[0, used], style, label=label)
        top = 2.0 * max(self.thermal[0].max(), self.fluence[0].max())
        axes[0].set(xscale="log", yscale="log", ylim=(1e-7 * top, top),
                    xlabel="neutrino energy [MeV]",
                    ylabel=r"$\bar\nu_e$ fluence [MeV$^{-1}$ cm$^{-2}$]")  # fmt: skip
        axes[0].legend()
        _draw_detected(axes[1], self)
        return axes

    def _highest(self):
        spectrum = self.fluence[0]
        above = np.flatnonzero(spectrum > 1e-6 * spectrum.max())
        return float(self.energy[above[-1]]) if above.size else 100.0


def _draw_detected(axis, signal):
    """Expected density of detected energies of each detector, and ticks at its events."""
    weight = energy_rule()[1]
    detected = np.geomspace(5.0, max(signal._highest(), 60.0), 50)
    for i, d in enumerate(signal.events.detectors):
        seen = [d.response(lambda e, d=d, x=x: d.at(x, e)) * weight for x in detected]
        burst, both = (
            np.array([(s * f).sum() for s in seen])
            for f in (signal.thermal, signal.thermal + signal.fluence)
        )
        above = detected >= d.threshold
        axis.plot(detected[above], both[above], f"C{i + 1}-", label=d.name)
        axis.plot(detected[above], burst[above], f"C{i + 1}:")
        mine = signal.events.energy[signal.events.detector == i]
        axis.plot(mine, np.full(mine.size, 2e-4 * 1.9**i), f"C{i + 1}|", ms=9)
    axis.set(xscale="log", yscale="log", ylim=(1e-4, 3.0), xlabel="detected energy [MeV]",
             ylabel="events per MeV")  # fmt: skip
    axis.legend(title="ticks: events, dotted: burst alone", fontsize=8, title_fontsize=8)


def neutrino_signal(model, star, *, distance=None, core=None, window=None, duration=None,
                    secondaries="flight", ordering="normal", thermal_energy=None,
                    thermal_mean=None, pinch=2.0, oxygen=True, detectors=NAMES, **options):  # fmt: skip
    """Predict the neutrinos of decays outside SN1987A and what the detectors of 1987 saw of them.

    Parameters
    ----------
    model : HNL, DipoleHNL or Mediator
    star : Star, Emission or callable
        A star, what it emits, or dN/dE [1/MeV] of MeV floats.
    distance : Quantity, default 51.4 kpc
    core : Quantity, default 100 km
        Neutrinos made inside are absorbed; those made in the envelope escape.
    window : Quantity, default 30 s
        Time after the first event; later neutrinos do not belong to the burst.
    duration : Quantity, default 3 s
        Time over which the snapshot radiates.
    secondaries : {"flight", "none"}
        With the neutrinos of muons, pions and kaons that decay in flight, or without.
    ordering : {"normal", "inverted"}
        Of the neutrino masses, for the averaged oscillations.
    thermal_energy, thermal_mean : Quantity, defaults 10^52.7 erg, 12 MeV
        Energy and mean energy of nubar_e of the burst.
    pinch : float
        Shape of the burst: E^pinch exp(-(pinch + 1) E/mean).
    oxygen : bool
        With charged currents on oxygen.
    detectors : tuple of str
        Among "KII", "IMB", "Baksan".
    **options
        As for :func:`astrobounds.supernova.emission`, if ``star`` is a Star.

    Returns
    -------
    NeutrinoSignal

    Raises
    ------
    ConfigError
        For a model whose decays by flavour are not known.
    DomainError
        For values outside their ranges or without units.

    References
    ----------
    arXiv:2209.11773, arXiv:2312.13627, astro-ph/0302055, arXiv:1409.4710.
    """
    import astropy.units as u

    from ...units import energy_mev, length_cm, time_s
    from .cooling import emission

    lines = of_model(model, secondaries)
    log10_energy, mean = THERMAL
    if thermal_energy is not None:
        log10_energy = float(np.log10(energy_mev(thermal_energy, "thermal_energy") / const.ERG))
    if thermal_mean is not None:
        mean = finite(energy_mev(thermal_mean, "thermal_mean"), "thermal_mean", 1.0, 100.0)
    kpc = length_cm(DISTANCE_KPC * u.kpc if distance is None else distance, "distance")
    setting = Setting(
        distance_kpc=kpc / const.KPC_CM,
        core_cm=CORE_CM if core is None else length_cm(core, "core"),
        window_s=WINDOW_S if window is None else time_s(window, "window"),
        duration_s=DURATION_S if duration is None else time_s(duration, "duration"),
        secondaries=secondaries, ordering=ordering, pinch=pinch, oxygen=bool(oxygen),
        detectors=tuple(detectors),
    )  # fmt: skip
    start = absorbed_within(model, getattr(star, "star", star), getattr(star, "options", options))
    if not callable(star):
        burst = star if hasattr(star, "time_integrated") else emission(model, star, **options)
        star = burst.time_integrated(setting.duration_s)
    numbers = daughter_numbers(model, star, setting, lines, start)
    return NeutrinoSignal(
        model, lines, energy_rule()[0], numbers, daughter_fluence(numbers, setting),
        thermal_fluence(setting, log10_energy, mean), setting.data(), setting,
    )  # fmt: skip
