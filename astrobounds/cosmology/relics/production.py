"""What makes and unmakes a relic beside free decay: the interface, and decays alone.

A production turns the processes of a model into rates for the Boltzmann equation of `boltzmann`. Those of
`mixing` (contact processes), `dipole` (transition moments) and `inverse` (decays with quantum statistics,
Primakoff) follow it.
"""

import math

import numpy as np

HOTTEST = 0.99e5  # MeV, below the electroweak crossover
_QUICK = 20.0  # what is made within 1/20 of an e-fold of the beginning starts in equilibrium
_ROUNDING = 1e-5  # of a temperature that comes from an entropy
_LOWEST = 12.5  # MeV: the hot epoch has some length even if nothing happens in it


class Production:
    """Decays and inverse decays in vacuum, no 2 -> 2 processes, nothing at the beginning.

    Attributes
    ----------
    reheating : float or None
        Temperature [MeV] at which the history begins; None: as hot as it matters.
    inverse : bool
        Whether what decays is also made.
    """

    references = ()
    reheating = None
    inverse = True  # False: the abundance is given, and nothing is added to it

    @property
    def begin(self):
        """Nothing is made or decays above this temperature [MeV]."""
        return math.inf if self.reheating is None else self.reheating * (1.0 + _ROUNDING)

    def hottest(self, mass):
        """Temperature [MeV] at which the hot epoch starts."""
        found = self.natural_start(mass) if self.reheating is None else self.reheating
        return float(np.clip(found, _LOWEST, 2.8e5))

    def natural_start(self, mass):
        """Temperature [MeV] above which neither production nor equilibrium matters."""
        return float(np.clip(20.0 * mass, 20.0, HOTTEST))

    def contact(self, T, p, helicity):
        """2 -> 2 rates [MeV] at T (n,) and momenta p (n, modes), or None."""
        return None

    def decay(self, T, p, helicity):
        """Rate of decay and inverse decay over Gamma m/E, likewise or 1."""
        return 1.0

    def start(self, species, T, H, p):
        """Occupations at the beginning, one array of the shape of p per copy."""
        if self.reheating is None:
            return [np.zeros_like(p) for _ in species.copies]
        return self.quick_equilibrium(species, T, H, p)

    def quick_equilibrium(self, species, T, H, p):
        """Zero, except for momenta that equilibrate at once."""
        energy = np.hypot(p, species.mass)
        equilibrium = species.equilibrium(energy / T)
        at, q = np.array([T]), p[None, :]
        out = []
        for _, helicity in species.copies:
            rate = species.width * (1.0 - species.dark) * species.mass / energy
            rate = rate * np.broadcast_to(self.decay(at, q, helicity), q.shape)[0]
            scattered = self.contact(at, q, helicity)
            rate = rate if scattered is None else rate + scattered[0]
            out.append(equilibrium * -np.expm1(-((rate / (_QUICK * H)) ** 2)))
        return out

    def levelling(self, species, with_xi):
        """What the rounds of `history` need to level T_gamma and T_nu, or None."""
        return None

    def flags(self, evolution):
        """Return further reasons to doubt a result, as (name, explanation)."""
        return ()
