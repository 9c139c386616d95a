"""Stars with other neutrino chemical potentials."""

from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from ...errors import DomainError, did_you_mean


def with_neutrinos(star, **chemical_potentials):
    """Return a copy of a star with given neutrino chemical potentials.

    Parameters
    ----------
    star : Star
    **chemical_potentials
        ``e``, ``mu``, ``tau``: a Quantity (the same everywhere) or a function of the radius array
        in km that returns MeV. A star with a function travels to other processes if the function
        does: one of a module, not a lambda.

    Raises
    ------
    DomainError
        For an unknown flavour or a value without a unit.
    """
    from ...units import energy_mev

    given = {}
    for flavour, value in chemical_potentials.items():
        if flavour not in const.FLAVOURS:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; "
                f"allowed: {', '.join(const.FLAVOURS)}"
            )
        given[flavour] = value if callable(value) else energy_mev(value, flavour)
    name = f"{star.name} with neutrinos"
    return replace(star, columns=_Levels(star.columns, given), origin=(), name=name)


@dataclass(frozen=True, eq=False)
class _Levels:
    """Columns of a star with given chemical potentials of neutrinos: MeV or functions of radius."""

    inner: object
    given: dict

    def __call__(self, radius_km):
        state = dict(self.inner(radius_km))
        for flavour, value in self.given.items():
            mu = value(radius_km) if callable(value) else value
            state[f"mu_nu_{flavour}"] = np.full_like(state["T"], 0.0) + mu
        return state
