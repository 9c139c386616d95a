"""SN1987A cooling: what a new particle carries off, at one second or over the burst, and what may go."""

import copy

from ..errors import ConfigError, did_you_mean
from ..priors import Normal
from .burst import Burst
from .protocol import S_90
from .star_rates import several
from .stars import NUCLEONS, star_of, told_options, transport_options
from .temperatures import Temperatures, core_temperature, reach

LOG10_ALLOWED = (52.4771, 0.2)  # log10(3e52 erg/s) and the spread of models of the cooling at 1 s
LOG10_BUDGET = 53.1761  # log10 of half of the binding energy, 3e53 erg
TEMPERATURE = "ln_T_core_sn1987a"
CRITERIA = {  # nuisance, its center, unit, label
    "luminosity": ("log10_L_allowed", LOG10_ALLOWED[0], "erg/s", "L"),
    "energy": ("log10_E_allowed", LOG10_BUDGET, "erg", "E"),
}


class SN1987ACooling:
    """lnL = -s_90 L_X/L_allowed (or E_X/E_allowed), with log10 of what is allowed as a nuisance.

    The neutrino signal of SN1987A lasted about ten seconds; a new particle that carries off more
    than the neutrino luminosity at one second, or over the burst more than the neutrinos keep,
    would have halved it. Neither criterion has a confidence level: by convention L_X = L_allowed
    stands for the 90 % limit. The likelihood is smooth, falls without end as L_X grows, and tends
    to zero with the coupling.

    Parameters
    ----------
    star : str or Star
        Profile at about one second.
    allowed : float
        Central value of log10(L_allowed / erg/s): 52.477 (3e52 erg/s) by default; 52.754 for the
        muonic model SFHo-18.8 of arXiv:2005.07141. With ``criterion="energy"`` of
        log10(E_allowed / erg): 53.176 by default, half of a binding energy of 3e53 erg.
    width : float
        Standard deviation of log10 of it.
    gravity, helicity, nucleons, decays
        As for :func:`astrobounds.supernova.emission`.
    neutrinos : {"zero", "beta"}
        Neutrino chemical potentials of a packaged profile.
    criterion : {"luminosity", "energy"}
        Luminosity of the star as it is, or energy over a cooling history.
    history : None, str or History
        For ``criterion="energy"``: None for ``star`` cooling as T ~ exp(-t/(4 tau)) from 1 to 10 s
        (:func:`astrobounds.supernova.cooling_history`), a folder of snapshots, or a history.
    time_scale : float
        tau [s].
    window : pair of float
        Times [s] between which the energy is summed; all of the history by default.
    temperature_scale : float
        Factor on every temperature of the star or the history.
    temperature_width : float
        Standard deviation of ln T, the nuisance ``ln_T_core_sn1987a``; 0 leaves it out. Profiles of
        simulations differ by 0.1 to 0.2.

    Notes
    -----
    A single point is solved directly. In a fit (after ``prepare``) a table is read instead; for
    several independent couplings the rates of each are tabled over the mass and carried outwards at
    every point. ``table_error`` is the largest deviation of ln L_X that was measured when it was built.
    """

    name = "sn1987a-cooling"
    null_loglike = 0.0

    def __init__(self, star="fiducial", allowed=None, width=LOG10_ALLOWED[1],
                 gravity=True, helicity="helicity", neutrinos=None, criterion="luminosity",
                 history=None, time_scale=4.0, window=None, temperature_scale=1.0,
                 temperature_width=0.0, nucleons=NUCLEONS, decays=True):  # fmt: skip
        if not isinstance(criterion, str) or criterion not in CRITERIA:
            raise ConfigError(
                f"sn1987a-cooling: criterion = {criterion!r}{did_you_mean(criterion, CRITERIA)}; "
                f"allowed: {', '.join(CRITERIA)}"
            )
        self._nuisance, default, unit, _ = CRITERIA[criterion]
        allowed = default if allowed is None else allowed
        if isinstance(allowed, (str, bool)) or not 40.0 < allowed < 60.0:
            raise ConfigError(
                f"sn1987a-cooling: allowed = {allowed!r} is log10 of {unit}, between 40 and 60"
            )
        if criterion == "luminosity" and not (history is None and window is None):
            raise ConfigError("sn1987a-cooling: history and window belong to criterion='energy'")
        self.criterion = criterion
        self.star, warmth = core_temperature(
            self.name, star_of(star, neutrinos), temperature_scale, temperature_width, TEMPERATURE
        )
        self._options = transport_options(gravity, helicity, nucleons, decays)
        self.nuisances = {self._nuisance: Normal(allowed, width), **warmth}
        self.domain = {n: (-5.001 * p.sigma, 5.001 * p.sigma) for n, p in warmth.items()}
        self._table = None
        self._ray = None
        self._many = None  # several stars instead of the one
        self.table_error = None
        if criterion == "energy":
            self._many = Burst(copy.copy(self), history, time_scale, window, temperature_scale)
        elif warmth:
            self._many = Temperatures(copy.copy(self))

    @property
    def references(self):
        """BibTeX keys."""
        from ..supernova import Cooling
        from ..supernova.transport.emission import references as transport

        source = self.star if self.criterion == "luminosity" else self._many.history
        return (*transport, *Cooling.references, *source.references)

    def prepare(self, region, mapper=map, show=True):
        """Build the luminosity table of a region of model space."""
        from ..progress import Progress
        from ..supernova.signals import surface
        from ..supernova.signals.rate_ray import RateRay, mass_nodes
        from . import kept

        self._table = None
        if "mass" not in region.ranges or not region.couplings():
            return
        if self._many is not None:
            warmth = {n: p for n, p in self.nuisances.items() if n == TEMPERATURE}
            self._many.prepare(region, mapper, show, *reach(warmth))
            self.table_error = self._many.error
            return
        low, high = region.ranges["mass"]
        self._ray = RateRay.of(region)
        label = f"{self.name}: luminosity table"
        if self._ray is not None:

            def build():
                with Progress(surface.table_tasks(low, high), label, show) as bar:
                    return surface.luminosity_table(
                        self.star, self._ray, low, high, self._options, mapper, bar.update
                    )

            depends = (self.star, self._ray, low, high, self._options)
            modules = (surface, *kept.sources_of(self._ray.model))
            classes = (surface.LuminosityTable, surface.Axes)
            self._table = kept.table("luminosity", depends, modules, classes, build)
        else:
            self._table = several(self.star, region, self._options, mapper, show, self.name)
        if self._table is None:
            with Progress(mass_nodes(low, high).size, label, show) as bar:
                self._table = surface.CoarseSolutions(
                    self.star, RateRay.evenly(region), low, high, self._options, bar.update
                )
        self.table_error = self._table.error

    def forget(self):
        """Drop the table: evaluate directly from here on."""
        self._table, self._ray, self.table_error = None, None, None
        if self._many is not None:
            self._many.forget()

    def luminosity(self, model):
        """Return L_X at infinity [erg/s] from a direct solution."""
        from ..supernova import cooling

        return cooling(model, self.star, **self._options).emission.luminosity_erg_s

    def predict(self, model):
        """Return the luminosity [erg/s] or the energy [erg] from direct solutions."""
        if self.criterion == "luminosity":
            return {"L_X [erg/s]": self.luminosity(model)}
        return {"E_X [erg]": float(self._many.direct(model))}

    def value(self, model):
        """Return L_X [erg/s] of the star, from the table if there is one."""
        if self._table is None:
            return self.luminosity(model)
        if self._ray is not None:
            return self._table.luminosity(model.mass_mev, self._ray.strength_of(model))
        return self._table.luminosity(model.mass_mev, model.strengths)

    def loglike(self, model, nuisance):
        """Return lnL relative to no N."""
        if self._many is None:
            value = self.value(model)
        else:
            value = self._many.value(model, nuisance.get(TEMPERATURE, 0.0))
        return -S_90 * value / 10.0 ** nuisance[self._nuisance]

    def describe(self):
        """Return lines that say what was assumed."""
        allowed = self.nuisances[self._nuisance]
        _, _, unit, letter = CRITERIA[self.criterion]
        when, who = "at 1 s", f"star '{self.star.name}'"
        if self.criterion == "energy":
            when = "from {:g} to {:g} s".format(*self._many.window)
            who = f"history '{self._many.history.name}'"
        lines = [
            f"{who}, {told_options(self._options)}",
            f"{letter}_allowed = 10^({allowed.mean:g} +- {allowed.sigma:g}) {unit} {when}; "
            f"{letter}_X = {letter}_allowed stands for the 90 % limit",
        ]
        if TEMPERATURE in self.nuisances:
            lines.append(f"ln T varies by {self.nuisances[TEMPERATURE].sigma:g}")
        if self.table_error is not None:
            lines.append(f"luminosity table: ln L within {self.table_error:.1e} of direct solutions")
        return lines
