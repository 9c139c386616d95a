"""Energy that decays leave in the envelopes of supernovae, against observed explosion energies."""

import numpy as np

from .. import constants as const
from ..priors import Normal
from .gamma import DURATION_S, StarSpectrum
from .protocol import S_90


class LowEnergySNe(StarSpectrum):
    """Underluminous type II-P supernovae: about 1e50 erg at most may be left in mantle and envelope.

    lnL = -s_90 E/E_allowed: the criterion has no confidence level, E = E_allowed stands for the
    90 % limit by convention.

    Parameters
    ----------
    star, gravity, helicity, neutrinos
        As for :class:`astrobounds.constraints.sn1987a.SN1987ACooling`.
    duration : float
        Effective emission time [s] of the snapshot.
    envelope_cm, core_cm : float
        Radius of the progenitor and radius inside which decays do not count.
    allowed, width : float
        Mean and standard deviation of log10(E_allowed / erg), the nuisance.
    """

    name = "low-energy-sne"
    nuisance = "log10_E_low"
    defaults = (5e13, 50.0)
    _sources = ("Caputo:2022mah", "Chauhan:2024nfa")

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, envelope_cm=None, core_cm=2e6, allowed=None, width=0.3):  # fmt: skip
        super().__init__(star, gravity, helicity, neutrinos, duration)
        self._envelope = self.defaults[0] if envelope_cm is None else float(envelope_cm)
        self._core = float(core_cm)
        self.nuisances = {self.nuisance: Normal(allowed or self.defaults[1], width)}

    def energy(self, model):
        """Return the deposited energy [erg] from a direct solution."""
        import astropy.units as u

        from ..supernova import deposition

        return deposition(
            model, self.star, envelope=self._envelope * u.cm, core=self._core * u.cm,
            duration=self._duration * u.s, **self._emission,
        ).energy_erg  # fmt: skip

    def _tabled(self, model):
        from ..supernova.visible import visible_fraction

        energy, rate = self._table.spectrum(model.mass_mev, sum(model.mixing.values()))
        m = model.mass_mev
        inverse = model.width_mev * m / np.sqrt((energy - m) * (energy + m)) / const.HBAR_C
        kept = -np.exp(-self._core * inverse) * np.expm1(-(self._envelope - self._core) * inverse)
        power = (self._table.weight * energy * rate * kept).sum() / const.ERG
        return self._duration * visible_fraction(model, None) * power

    def predict(self, model):
        """Return the deposited energy [erg] from a direct solution."""
        return {"E deposited [erg]": self.energy(model)}

    def loglike(self, model, nuisance):
        """Return lnL relative to no N."""
        value = self.energy(model) if self._table is None else self._tabled(model)
        return -S_90 * value / 10.0 ** nuisance[self.nuisance]

    def describe(self):
        """Return lines that say what was assumed."""
        allowed = self.nuisances[self.nuisance]
        return [
            *super().describe(),
            f"decays between {self._core:g} and {self._envelope:g} cm, "
            f"E_allowed = 10^({allowed.mean:g} +- {allowed.sigma:g}) erg stands for the 90 % limit",
        ]


class SN1987AExplosion(LowEnergySNe):
    """The explosion energy of SN1987A itself: 2e51 erg in the envelope of a blue supergiant."""

    name = "sn1987a-explosion"
    nuisance = "log10_E_sn1987a"
    defaults = (3e12, 51.301)
    _sources = ("Sung:2019xie",)
