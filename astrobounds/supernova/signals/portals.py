"""Portals as a fit sees them: which parameters are varied and what every rate is proportional to.

A table needs one axis of couplings. It is |U|^2 for a mixed N, d^2 [MeV^-2] for a dipole and g^2 for a
mediator, summed over flavours or pairs; the parameters of a fit are |U_a|^2, d_a [GeV^-1] and |g_ab|.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...models.dipole import EFFECTIVE_LIMIT, DipoleHNL
from ...models.hnl import HNL
from ...models.mediator import COUPLING_MAX, PAIRS, Mediator
from ..transport.matter import LIGHT

_MEV = 1e-3  # GeV^-1 in MeV^-1
_RESONANT_LOW = 1e-18  # |U|^2 below which no resonance in a core converts all of anything
_DECAY_MASS = 7.4  # MeV, above it N -> nu gamma on the way out traps N before scattering does


@dataclass(frozen=True)
class Portal:
    """One way in which N couples, as an axis of tables.

    Attributes
    ----------
    name : {"mixing", "dipole", "coupling"}
    couplings : tuple of float
        Lowest and highest coupling (|U|^2 or d^2 [MeV^-2], summed over flavours) of a luminosity
        table; below it what leaves a star is proportional to the coupling.
    spectrum_low : float
        Lowest coupling of tables of spectra.
    trial : tuple of float
        Couplings between which the error of coarse solutions is measured.
    density : tuple of float
        Nodes of a table: masses per e-fold, couplings per decade, the same for spectra.
    """

    name: str
    couplings: tuple
    spectrum_low: float
    trial: tuple
    density: tuple

    @property
    def prefix(self):
        """Prefix of the model's parameters."""
        return f"{self.name}."

    def scale(self, mass_mev):
        """Return the coupling at which trapping sets in, relative to that of a light N.

        The axis of a table is coupling/scale: what bends the luminosity then stays at one place.
        A dipole-portal N is absorbed by upscattering, ~ d^2, or by its decay, ~ d^2 m^4; a mediator by
        its decay, ~ g^2 m^2.
        """
        if self.name == "coupling":
            return 1.0 / mass_mev**2
        return 1.0 if self.name == "mixing" else 1.0 / (1.0 + (mass_mev / _DECAY_MASS) ** 4)

    def nodes(self, low_mass, high_mass, spectra=False):
        """Return the axis of a table between masses [MeV]: couplings over their scale, log-spaced."""
        low, high = self.couplings
        low, high = self.spectrum_low if spectra else low, high / self.scale(high_mass)
        if self.name == "mixing" and low_mass < LIGHT:
            low = _RESONANT_LOW
        per_decade = self.density[2 if spectra else 1]
        return np.geomspace(low, high, int(np.ceil(per_decade * np.log10(high / low) - 1e-9)) + 1)

    def probes(self):
        """Return nine couplings from free streaming to deep trapping."""
        return np.geomspace(*self.trial, 9)

    def model(self, mass_mev, strengths, nature):
        """Return a model from floats: mass [MeV] and ``{flavour: |U|^2 or d^2 in MeV^-2}``."""
        if self.name == "coupling":
            return Mediator.fast(mass_mev, [strengths.get(p, 0.0) ** 0.5 for p in PAIRS], nature)
        values = [strengths.get(f, 0.0) for f in const.FLAVOURS]
        if self.name == "mixing":
            return HNL.fast(mass_mev, values, nature)
        return DipoleHNL.fast(mass_mev, [v**0.5 / _MEV for v in values], nature)

    def pattern(self, region):
        """Return ``{flavour: share of the coupling}`` of a region with one coupling, else None.

        Parameters
        ----------
        region : astrobounds.constraints.protocol.Region or the like
        """
        shares = region.pattern(self.prefix)
        if shares is None or self.name == "mixing":
            return shares
        total = sum(s * s for s in shares.values())
        return {f: s * s / total for f, s in shares.items()}

    def flavours(self, region):
        """Return the flavours whose coupling may differ from zero in a region."""
        return region.couplings(self.prefix)


_LOW, _HIGH = (1e-12 * _MEV) ** 2, (EFFECTIVE_LIMIT * _MEV) ** 2
MIXING = Portal("mixing", (1e-12, 1.0), 1e-10, (1e-9, 1e-1), (7, 6, 4))
DIPOLE = Portal("dipole", (_LOW, _HIGH), _LOW, (1e2 * _LOW, 1e-4 * _HIGH), (10, 14, 8))
MEDIATOR = Portal("coupling", (1e-20, COUPLING_MAX**2), 1e-20, (1e-20, 1e-10), (10, 12, 6))


def portal_of(model_class):
    """Return the :class:`Portal` of a model class, None if stars do not emit it by either."""
    for portal in (MIXING, DIPOLE, MEDIATOR):
        if any(p.startswith(portal.prefix) for p in getattr(model_class, "parameter_names", ())):
            return portal
    return None
