"""Production by contact processes through a mixing with active neutrinos: freeze-in to decoupling.

Rates are the universal ones of `rates`, proportional to |U_a|^2, with the mixing in matter.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import ConfigError
from ...models.process import hnl_processes
from . import rates
from .contact_kernels import mixed_rates
from .production import HOTTEST, Production

CROSSING = 0.44  # MeV: matter suppresses mixing above (m/0.44 MeV)^(1/3) GeV
ACTIVE = 0.006  # R(u, 0)/u: rate of the active neutrino, only to damp oscillations


@dataclass(frozen=True)
class Mixing(Production):
    """Contact processes of a neutral lepton.

    Attributes
    ----------
    mass : float
        MeV.
    strengths : tuple of float
        |U_a|^2 for e, mu, tau.
    reheating : float, optional
        MeV.
    """

    mass: float
    strengths: tuple
    reheating: float | None = None

    references = rates.references

    def natural_start(self, mass):
        """Hotter than the peak of production, which matter sets."""
        peak = 1e3 * (mass / CROSSING) ** (1.0 / 3.0)
        return float(np.clip(8.0 * peak, 20.0 * mass, HOTTEST))

    def contact(self, T, p, helicity):
        """2 -> 2 rates [MeV] at T (n,) and momenta p (n, modes)."""
        used = [u2 > 0.0 for u2 in self.strengths]
        counts, potentials = np.zeros((2, 3, len(T)))
        for a, flavour in enumerate(const.FLAVOURS):
            if used[a]:
                counts[a], potentials[a] = rates.partners(T, flavour), rates.potential(T, flavour)
        out = np.empty_like(p)
        mixed_rates(
            T, p, self.mass, rates.HELICITIES[helicity], np.array(self.strengths), counts, potentials,
            rates.UNIT, ACTIVE, *rates.surfaces(), out,
        )  # fmt: skip
        return out


def of_processes(model, processes, reheating=None):
    """Return the :class:`Mixing` of contact processes.

    Raises
    ------
    ConfigError
        For contact processes that are not those of a mixing: their rates have no table.
    """
    strengths = dict.fromkeys(const.FLAVOURS, 0.0)
    for flavour in const.FLAVOURS:
        mine = [p for p in processes if p.flavour == flavour]
        if not mine:
            continue
        known = hnl_processes(flavour)
        if tuple(mine) != known and set(mine) != set(known):
            raise ConfigError(
                f"the contact processes of {type(model).__name__} with flavour {flavour} are not those "
                "of a mixing with neutrinos: the early Universe follows no others"
            )
        strengths[flavour] = model.strengths[mine[0].coupling]
    return Mixing(model.mass_mev, tuple(strengths.values()), reheating)
