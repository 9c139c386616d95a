"""Thermonuclear reactions: what goes in and out, and the reverse rate from detailed balance.

The rate constants themselves (published evaluations, their widths and ranges) are in
:mod:`astrobounds.cosmology.nuclear.rates`.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_columns
from ...errors import DataError, DomainError, did_you_mean
from .nuclides import nuclide

GK = 1e9 * const.K_BOLTZMANN  # MeV per 10^9 K, the unit of T9


@dataclass(frozen=True)
class Reaction:
    """A reaction in the direction in which its rate is tabulated.

    Attributes
    ----------
    name : str
        Field notation with a = He4, for instance ``"d(p,g)He3"`` or ``"t(t,2n)a"``.
    reactants, products : tuple of str
        Nuclides destroyed and made; repeated when two or three are alike.
    kind : {"strong", "decay"}
        Decays (beta decays) have a constant rate, may change the nuclear charge and have no
        reverse.
    small : bool
        Whether the reaction belongs to the twelve key reactions.
    sigma_reaclib : float
        Fractional width that goes with the REACLIB rate.
    """

    name: str
    reactants: tuple
    products: tuple
    kind: str
    small: bool
    sigma_reaclib: float
    sigma_source: str

    def __post_init__(self):
        before, after = ([nuclide(x) for x in side] for side in (self.reactants, self.products))
        if sum(x.A for x in before) != sum(x.A for x in after):
            raise DataError(f"reaction {self.name} does not conserve baryon number")
        if self.kind == "strong" and sum(x.Z for x in before) != sum(x.Z for x in after):
            raise DataError(f"reaction {self.name} does not conserve charge")
        if self.kind not in ("strong", "decay"):
            raise DataError(f"reaction {self.name}: kind {self.kind!r} is neither strong nor decay")

    @property
    def Q(self):
        """Energy released in MeV, from nuclear masses (electrons of beta decays not subtracted)."""
        return sum(nuclide(x).mass for x in self.reactants) - sum(
            nuclide(x).mass for x in self.products
        )

    @property
    def reversible(self):
        """Whether the reverse reaction is taken into account (everything but decays)."""
        return self.kind == "strong"

    def detailed_balance(self):
        """Return ``(alpha, beta, gamma)`` of lambda_rev = lambda alpha T9^beta e^{gamma/T9}.

        From equal chemical potentials with n_i = g_i (m_i T/2 pi)^{3/2} e^{(mu_i - m_i)/T},
        nuclear masses and ground-state spins, for lambda in (cm3/mol)^{k-1}/s with k bodies and
        1/(number of orderings) of identical nuclei applied in both directions.

        Returns
        -------
        alpha, beta, gamma : float

        References
        ----------
        Fowler, Caughlan & Zimmerman, ARA&A 5, 525 (1967).
        """
        if not self.reversible:
            raise DomainError(f"{self.name} is a decay: it has no reverse rate")
        extra = len(self.reactants) - len(self.products)
        # (m k_B 10^9 K / 2 pi hbar^2)^{3/2} / N_A per nucleus, in mol/cm3
        unit = 1.5 * math.log(GK / (2.0 * math.pi * const.HBAR_C**2)) - math.log(const.N_AVOGADRO)
        log_alpha = extra * unit
        for side, sign in ((self.reactants, 1.0), (self.products, -1.0)):
            for name in side:
                x = nuclide(name)
                log_alpha += sign * (math.log(x.g) + 1.5 * math.log(x.mass))
            log_alpha -= sign * math.log(orderings(side))
        return math.exp(log_alpha), 1.5 * extra, -self.Q / GK

    def __str__(self):
        arrow = "->" if self.kind == "decay" else "<->"
        return f"{' + '.join(self.reactants)} {arrow} {' + '.join(self.products)}"


def orderings(side):
    """Product of the factorials of the numbers of identical nuclei."""
    return math.prod(math.factorial(side.count(x)) for x in set(side))


@lru_cache(maxsize=1)
def reactions():
    """Return all known reactions as a dict from name to :class:`Reaction`."""
    table = read_columns(data_path("nuclear/reactions.ecsv"))
    return {
        name: Reaction(
            name,
            tuple(reactants.split()),
            tuple(products.split()),
            kind,
            small == "True",
            float(sigma),
            source,
        )
        for name, reactants, products, kind, small, sigma, source in zip(*table.values())
    }


def reaction(name):
    """Return one reaction by its name in field notation.

    Raises
    ------
    DomainError
        If there is no such reaction.
    """
    known = reactions()
    if name not in known:
        raise DomainError(
            f"unknown reaction {name!r}{did_you_mean(name, known)}; "
            "see astrobounds.cosmology.nuclear.reactions.reactions() for the list"
        )
    return known[name]


def key_reactions():
    """Return the names of the twelve key reactions of big-bang nucleosynthesis up to Be7."""
    return tuple(name for name, r in reactions().items() if r.small)
