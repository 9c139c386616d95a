"""Neutrino oscillation parameters of the NuFIT global fits, their errors as priors, and the PMNS matrix.

Values of NuFIT 6.0 (September 2024, arXiv:2410.05380), table 1, lower half: with the atmospheric data
of IceCube and Super-Kamiokande; of NuFIT 5.2 the best fits alone. The profile of sin^2 theta_23 has two
minima and that of delta is broad: Gaussian errors describe neither beyond one standard deviation.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from ...errors import DomainError, did_you_mean
from ...priors import Normal, Uniform
from ...units import energy_mev

ORDERINGS = ("normal", "inverted")
NAMES = ("sin2_12", "sin2_13", "sin2_23", "dm2_21", "dm2_3l", "delta")
# best fit, error above, error below; dm2_3l is dm2_31 (normal) or dm2_32 < 0 (inverted) in eV^2
NUFIT_60 = {
    "normal": (
        (0.308, 0.012, 0.011), (0.02215, 0.00056, 0.00058), (0.470, 0.017, 0.013),
        (7.49e-5, 0.19e-5, 0.19e-5), (2.513e-3, 0.021e-3, 0.019e-3), (212.0, 26.0, 41.0),
    ),
    "inverted": (
        (0.308, 0.012, 0.011), (0.02231, 0.00056, 0.00056), (0.550, 0.012, 0.015),
        (7.49e-5, 0.19e-5, 0.19e-5), (-2.484e-3, 0.020e-3, 0.020e-3), (274.0, 22.0, 25.0),
    ),
}  # fmt: skip
references = ("Esteban:2024eli",)


def check_ordering(ordering):
    """Return the ordering if it is known."""
    if ordering not in ORDERINGS:
        raise DomainError(
            f"ordering = {ordering!r}{did_you_mean(ordering, ORDERINGS)}; allowed: normal, inverted"
        )
    return ordering


@dataclass(frozen=True)
class Oscillations:
    """Angles, splittings and the Dirac phase of three active neutrinos.

    Attributes
    ----------
    ordering : {"normal", "inverted"}
    sin2_12, sin2_13, sin2_23 : float
        sin^2 of the mixing angles.
    dm2_21, dm2_3l : float
        m_2^2 - m_1^2, and m_3^2 - m_1^2 (normal) or m_3^2 - m_2^2 < 0 (inverted) [eV^2].
    delta : float
        Dirac phase [rad].
    """

    ordering: str
    sin2_12: float
    sin2_13: float
    sin2_23: float
    dm2_21: float
    dm2_3l: float
    delta: float

    references = references

    def __post_init__(self):
        check_ordering(self.ordering)
        for name in NAMES[:3]:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise DomainError(f"{name} = {getattr(self, name)!r} is a sin^2, between 0 and 1")
        sign = 1.0 if self.ordering == "normal" else -1.0
        if not (self.dm2_21 > 0.0 and sign * self.dm2_3l > self.dm2_21):
            raise DomainError(
                f"dm2_21 = {self.dm2_21!r}, dm2_3l = {self.dm2_3l!r} eV^2: the first is positive and the "
                f"second is {'positive' if sign > 0 else 'negative'} and larger in {self.ordering} ordering"
            )

    @classmethod
    def of(cls, ordering="normal", **changes):
        """Return the best fit of NuFIT 6.0, with the attributes in ``changes`` replaced."""
        best = [row[0] for row in NUFIT_60[check_ordering(ordering)]]
        best[-1] = math.radians(best[-1])
        return replace(cls(ordering, *best), **changes)

    @classmethod
    def pulled(cls, ordering, delta, pulls):
        """Return the best fit moved by ``{name: standard deviations}``, with delta [rad]."""
        rows = dict(zip(NAMES, NUFIT_60[check_ordering(ordering)]))
        moved = {n: rows[n][0] + x * 0.5 * (rows[n][1] + rows[n][2]) for n, x in pulls.items()}
        return cls.of(ordering, delta=delta, **moved)

    def pulls(self):
        """Return ``{name: standard deviations from the best fit}`` of angles and splittings."""
        rows = zip(NAMES[:-1], NUFIT_60[self.ordering])
        return {n: (getattr(self, n) - value) / (0.5 * (up + down)) for n, (value, up, down) in rows}

    def masses_ev(self, lightest=0.0):
        """Return m_1, m_2, m_3 [eV] for a mass of the lightest, shape (3,)."""
        if not (math.isfinite(lightest) and lightest >= 0.0):
            raise DomainError(f"lightest = {lightest!r} eV: a mass is not negative")
        square = lightest**2
        if self.ordering == "normal":
            found = [square, square + self.dm2_21, square + self.dm2_3l]
        else:
            found = [square - self.dm2_3l - self.dm2_21, square - self.dm2_3l, square]
        return np.sqrt(found)

    def floor(self, mass):
        """Return sum m/M: the smallest sum of |U_aI|^2 of two degenerate N of mass M (Quantity).

        With three right-handed neutrinos a single one may decouple and have less.
        """
        return float(self.masses_ev().sum() * 1e-6 / energy_mev(mass, "mass"))

    def pmns(self, alpha_2=0.0, alpha_3=0.0):
        """Return the PMNS matrix, shape (3, 3): rows e, mu, tau.

        Parameters
        ----------
        alpha_2, alpha_3 : float
            Majorana phases: e^{i alpha} on the columns 2 and 3.
        """
        s12, s13, s23 = np.sqrt([self.sin2_12, self.sin2_13, self.sin2_23])
        c12, c13, c23 = np.sqrt([1.0 - self.sin2_12, 1.0 - self.sin2_13, 1.0 - self.sin2_23])
        ph = np.exp(1j * self.delta)
        matrix = np.array([
            [c12 * c13, s12 * c13, s13 / ph],
            [-s12 * c23 - c12 * s23 * s13 * ph, c12 * c23 - s12 * s23 * s13 * ph, s23 * c13],
            [s12 * s23 - c12 * c23 * s13 * ph, -c12 * s23 - s12 * c23 * s13 * ph, c23 * c13],
        ])  # fmt: skip
        return matrix * np.exp(1j * np.array([0.0, alpha_2, alpha_3]))


def oscillation_priors(ordering="normal"):
    """Return ``{name: prior}`` of the oscillation parameters, for :class:`MinimalSeesaw` and by name.

    Gaussian with the mean of the two errors of NuFIT 6.0: ``"sin2_12"``, ... and, in standard deviations
    from the best fit as the theory takes them, ``"pull.sin2_12"``, ...; uniform in the phases ``"delta"``
    (its fit is too far from a Gaussian) and ``"alpha"``.
    """
    rows = dict(zip(NAMES, NUFIT_60[check_ordering(ordering)]))
    found = {
        name: Normal(value, 0.5 * (above + below))
        for name, (value, above, below) in rows.items()
        if name != "delta"
    }
    turn = Uniform(0.0, 2.0 * math.pi)
    pulls = {f"pull.{name}": Normal(0.0, 1.0) for name in found}
    return {**found, **pulls, "delta": turn, "alpha": turn}
