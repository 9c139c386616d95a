"""Low-scale seesaws: one singlet N and one singlet S beside the flavours.

    M = [[0, m, e], [m^T, mu', Lambda], [e^T, Lambda, mu]]   in the basis (nu_a, N, S)

Exactly, for one flavour: m_nu = |mu m^2 - 2 e m Lambda + e^2 mu'|/(m_4 m_5), the numerator being |det M|.
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning, did_you_mean
from ..protocol import OTHER, Parameter
from .theory import Theory, flavoured, mass_term

LARGE = mass_term("Lambda", r"\Lambda", default=None, example="1*u.GeV")
MU, MU_PRIME = mass_term("mu", r"\mu"), mass_term("mu_prime", r"\mu'")
DIRAC, EPSILON = flavoured("dirac", "m"), flavoured("epsilon", r"\epsilon")
TURN = 100.0  # rad


def phase(name):
    """Return the parameter of a phase [rad]."""
    return Parameter(
        f"phases.{name}", "", OTHER, 0, rf"\arg {name.partition('.')[0]}", -TURN, TURN, "linear",
        example="3.14", why="phases are in radians; those of dirac and Lambda are absorbed in the fields",
    )  # fmt: skip


PHASES = tuple(phase(n) for n in ("mu", "mu_prime", *(p.name for p in EPSILON)))
OFF = 0.1  # an approximate formula that is off by more is said


@dataclass(frozen=True)
class Approximation:
    """An approximate formula beside the exact value, for the lightest heavy state.

    Attributes
    ----------
    formula : str
    mass_mev, exact_mass_mev : float
    mixing, exact_mixing : float
        |U|^2 with the flavour.
    """

    formula: str
    mass_mev: float
    exact_mass_mev: float
    mixing: float
    exact_mixing: float

    @property
    def ratio(self):
        """Approximate over exact mixing."""
        return self.mixing / self.exact_mixing if self.exact_mixing > 0.0 else math.inf


class LowScale(Theory):
    """The general low-scale seesaw with lepton-number violation mu, mu', epsilon.

    Parameters
    ----------
    dirac : mapping
        ``{flavour: m_a}`` (Quantity), m = y v/sqrt 2 (:func:`dirac_mass`). Flavours that are not named, or
        zero here and in ``epsilon``, take no part.
    Lambda : Quantity
        Mass that joins N and S.
    mu, mu_prime : Quantity
        Majorana masses of S and of N.
    epsilon : mapping
        ``{flavour: mass}``: the term nu_a S.
    phases : mapping
        Phases [rad] of ``"mu"``, ``"mu_prime"``, ``"epsilon.e"``, ...; pi is a minus sign. One of them
        can be absorbed in the fields.

    Raises
    ------
    DomainError
        For a quantity without a unit of energy, a negative mass, an unknown flavour or phase.

    Notes
    -----
    With one N and one S at most two light states have mass at tree level. Several generations are a
    :class:`TypeI` whose right-handed neutrinos are all N and S.

    References
    ----------
    arXiv:1209.4051, arXiv:1607.05641.

    Examples
    --------
    >>> import astropy.units as u
    >>> low = LowScale(dirac={"e": 1 * u.MeV}, Lambda=1 * u.GeV, mu=1 * u.keV)
    >>> low.masses[1:]
    <Quantity [1000.   , 1000.001] MeV>
    """

    parameters = (LARGE, MU, MU_PRIME, *DIRAC, *EPSILON, *PHASES)
    optional = ("epsilon", "phases")
    references = ("Dev:2012sg", "Anamiati:2016uxp")

    def _matrix(self):
        values = self.values
        n = len(self.flavours)
        real = not any(values.get(p.name) for p in PHASES)

        def term(name):
            size, turn = values.get(name, 0.0), values.get(f"phases.{name}", 0.0)
            return size if real else size * np.exp(1j * turn)

        matrix = np.zeros((n + 2, n + 2), dtype=float if real else complex)
        for a, flavour in enumerate(self.flavours):
            matrix[a, n] = matrix[n, a] = term(f"dirac.{flavour}")
            matrix[a, n + 1] = matrix[n + 1, a] = term(f"epsilon.{flavour}")
        matrix[n, n], matrix[n + 1, n + 1] = term("mu_prime"), term("mu")
        matrix[n, n + 1] = matrix[n + 1, n] = values["Lambda"]
        return matrix

    def approximate_mixing(self, flavour, formula="quasi-Dirac"):
        """Return an approximate formula of the literature beside the exact mixing.

        Parameters
        ----------
        flavour : {"e", "mu", "tau"}
        formula : {"quasi-Dirac", "integrated-out", "extended"}
            ``"quasi-Dirac"``, Lambda >> mu, mu': m_4 = Lambda, |U|^2 = m^2/(2 Lambda^2) for each of two.
            ``"integrated-out"``, mu >> Lambda: m_4 = Lambda^2/mu, |U|^2 = m^2 mu^2/Lambda^4; quoted at
            times for the inverse seesaw, where it does not hold. ``"extended"``, mu' >> Lambda:
            m_4 = Lambda^2/mu', |U|^2 = m^2/Lambda^2.

        Warns
        -----
        ValidityWarning
            Where the mixing is off by more than 10 %.
        """
        if flavour not in const.FLAVOURS:
            raise DomainError(
                f"flavour = {flavour!r}{did_you_mean(flavour, const.FLAVOURS)}; allowed: e, mu, tau"
            )
        known = ("quasi-Dirac", "integrated-out", "extended")
        if formula not in known:
            raise DomainError(
                f"formula = {formula!r}{did_you_mean(formula, known)}; allowed: {', '.join(known)}"
            )
        values = self.values
        m, large = values.get(f"dirac.{flavour}", 0.0), values["Lambda"]
        mu, mu_prime = values.get("mu", 0.0), values.get("mu_prime", 0.0)
        if formula == "quasi-Dirac":
            mass, mixing = large, m * m / (2.0 * large**2)
        elif formula == "integrated-out":
            mass = large**2 / mu if mu > 0.0 else math.inf
            mixing = m * m * mu**2 / large**4
        else:
            mass = large**2 / mu_prime if mu_prime > 0.0 else math.inf
            mixing = m * m / large**2
        k = self.heavy.start
        found = Approximation(
            formula, mass, float(self.masses_mev[k]), mixing, float(self.mixing[flavour][k])
        )
        if abs(found.ratio - 1.0) > OFF:
            warnings.warn(
                f"the {formula} formula gives |U_{flavour}|^2 = {mixing:.4g}, {found.ratio:.3g} times the "
                f"exact {found.exact_mixing:.4g}: use theory.mixing",
                ValidityWarning,
                stacklevel=2,
            )
        return found


class InverseSeesaw(LowScale):
    """Lambda >> mu, mu': a quasi-Dirac pair at Lambda, split by mu + mu', with m_nu = mu m^2/Lambda^2.

    Raises
    ------
    DomainError
        If the splitting mu + mu' is larger than Lambda: there is no pair then.
    """

    parameters = (LARGE, MU, MU_PRIME, *DIRAC)

    @classmethod
    def allowed(cls, values, **choices):
        """The splitting is not larger than the mass."""
        splitting, large = values.get("mu", 0.0) + values.get("mu_prime", 0.0), values["Lambda"]
        if splitting <= large:
            return ""
        return (
            f"the splitting mu + mu_prime = {splitting:g} MeV is larger than the mass Lambda = "
            f"{large:g} MeV: not an inverse seesaw; use LowScale or ExtendedSeesaw"
        )


class ExtendedSeesaw(LowScale):
    """mu' >> Lambda: m_4 = Lambda^2/mu' with |U|^2 = m^2/Lambda^2, m_5 = mu'; m_nu = mu m^2/Lambda^2.

    Raises
    ------
    DomainError
        If mu' is not larger than Lambda.
    """

    parameters = (LARGE, MU, MU_PRIME, *DIRAC)

    @classmethod
    def allowed(cls, values, **choices):
        """mu' is larger than Lambda."""
        mu_prime, large = values.get("mu_prime", 0.0), values["Lambda"]
        if mu_prime > large:
            return ""
        return (
            f"mu_prime = {mu_prime:g} MeV is not larger than Lambda = {large:g} MeV: not an "
            "extended seesaw; use LowScale or InverseSeesaw"
        )


class MinimalRadiative(ExtendedSeesaw):
    """The extended seesaw with mu = 0: massless neutrinos at tree level, their mass from one loop.

    ``loop_mass`` is the neutrino mass (arXiv:1209.4051).
    """

    parameters = (LARGE, MU_PRIME, *DIRAC)
