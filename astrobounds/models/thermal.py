"""A particle that stays in equilibrium with photons or with neutrinos: light dark matter."""

from .long_lived import SPINS
from .protocol import MASS, Choice, Model, Parameter, State

MASS_RANGE = (0.01, 100.0)  # MeV


class ThermalParticle(Model):
    """A particle in equilibrium while neutrinos decouple and light elements form.

    Parameters
    ----------
    mass : Quantity
        10 keV to 100 MeV.
    couples_to : {"photons", "neutrinos"}
        What it shares its temperature with, without chemical potential. With photons (or e+-) it heats them
        when it disappears, with neutrinos those.
    spin : {"scalar", "vector", "majorana", "dirac"}
        1, 3, 2 or 4 spin states.

    Raises
    ------
    DomainError
        For a mass without a unit or outside its range, or an unknown choice.

    Notes
    -----
    A particle that couples to photons has no interaction with neutrinos here; a contact interaction
    with both keeps neutrinos coupled longer. What is left after freeze-out is neglected.

    References
    ----------
    arXiv:1303.6270.

    Examples
    --------
    >>> import astropy.units as u
    >>> ThermalParticle(mass=5 * u.MeV, couples_to="neutrinos")
    ThermalParticle(mass=5 MeV, couples_to='neutrinos', spin='scalar')
    """

    parameters = (
        Parameter("mass", "MeV", MASS, 0, r"m_\chi", *MASS_RANGE, default=None, example="5*u.MeV",
                  why="heavier, it is gone before neutrinos decouple; lighter, it outlives the nuclei"),
    )  # fmt: skip
    choices = (Choice("couples_to", ("photons", "neutrinos")), Choice("spin", tuple(SPINS)))
    references = ("Boehm:2013jpa",)

    @property
    def states(self):
        """All spin states as one."""
        statistics, degrees = SPINS[self.spin]
        return (State("X", degrees, statistics),)

    @property
    def equilibrium(self):
        """What it stays in equilibrium with."""
        return self.couples_to
