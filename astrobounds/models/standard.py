"""The Universe without a new particle: dark radiation and a lepton asymmetry are all it may have."""

from dataclasses import dataclass

from ..errors import DomainError
from ..units import finite

RANGES = {"delta_neff": (-2.0, 10.0), "xi_e": (-0.5, 0.5)}


@dataclass(frozen=True)
class StandardModel:
    """Standard cosmology, for fits of N_eff, the baryon density or the neutron lifetime.

    Parameters
    ----------
    delta_neff : float
        Dark radiation besides three neutrinos, as in :func:`astrobounds.cosmology.bbn`.
    xi_e : float
        mu/T of the electron neutrinos, equal for the three flavours.

    Raises
    ------
    DomainError
        For a value outside [-2, 10] or [-0.5, 0.5].

    Examples
    --------
    >>> StandardModel(delta_neff=0.2)
    StandardModel(delta_neff=0.2, xi_e=0.0)
    """

    delta_neff: float = 0.0
    xi_e: float = 0.0

    references = ("Pitrou2018",)
    parameters = ("delta_neff", "xi_e")

    def __post_init__(self):
        for name, (low, high) in RANGES.items():
            object.__setattr__(self, name, finite(getattr(self, name), name, low, high))

    def __getattr__(self, name):
        raise AttributeError(
            f"StandardModel has no '{name}': there is no particle in it, and the constraints that "
            "say something about it are 'bbn' and 'cmb'"
        )

    @classmethod
    def fast(cls, delta_neff, others=(0.0,), nature=None):
        """Build from floats that are known to be valid: delta_neff and (xi_e,)."""
        model = object.__new__(cls)
        model.__dict__.update(delta_neff=float(delta_neff), xi_e=float(others[0]))
        return model

    @classmethod
    def from_parameters(cls, values, nature=None):
        """Build from flat floats: ``{"delta_neff": 0.2, "xi_e": 0.0}``; a missing one is zero.

        Raises
        ------
        DomainError
            For a nature: there is no particle.
        """
        if nature:
            raise DomainError(f"nature = {nature!r}: StandardModel has no particle, leave it out")
        return cls(**{name: values.get(name, 0.0) for name in cls.parameters})
