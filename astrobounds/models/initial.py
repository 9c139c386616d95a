"""How much of a particle there is before any process of the plasma makes it: a fact of the model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thermal:
    """Decoupled at a temperature, in equilibrium until then.

    Attributes
    ----------
    temperature : float
        MeV.
    """

    temperature: float


@dataclass(frozen=True)
class Cold:
    """A number at rest.

    Attributes
    ----------
    per_entropy : float
        n/s before the first decays.
    """

    per_entropy: float
