"""What a calculation of photodisintegration returns."""

from dataclasses import dataclass, field

import numpy as np

from ...errors import DomainError
from ...units import finite
from ..nuclear.nuclides import nuclide
from .clock import time_of
from .nuclei import NUCLIDES, photodisintegrations, transfer_matrix

references = (
    "CyburtEllisFieldsOlive2003",
    "DeptaHufnagelSchmidtHoberg2021",
    "HufnagelSchmidtHobergWild2018",
    "Jedamzik2006",
    "KawasakiEtAl2020",
    "KawasakiMoroi1995",
)


@dataclass(frozen=True, eq=False)
class PhotodisintegrationResult:
    """Abundances after electromagnetic decays, and how they came about.

    Attributes
    ----------
    initial : dict
        n_i/n_b before, as given.
    matrix : ndarray, shape (9, 9)
        Final abundances = matrix @ initial ones, in the order of `nuclides`, decays included.
    T_mev : ndarray, shape (n,)
        Temperatures between which photodisintegration is summed [MeV].
    counts : ndarray, shape (n - 1, reactions)
        Expected hits per target nucleus in each step, in the order of `reactions`.
    hits : ndarray, shape (n, reactions)
        Hits per nucleus per density of decays [MeV^-3].
    spectra : Spectra or None
        Photons and electrons of the cascade.
    injection : Injection
    lifetime : float
        s.
    density : float
        n_X/n_gamma after e+e- annihilation, without decays.
    """

    initial: dict
    matrix: np.ndarray
    T_mev: np.ndarray = field(repr=False)
    counts: np.ndarray = field(repr=False)
    hits: np.ndarray = field(repr=False)
    spectra: object = field(repr=False)
    injection: object
    lifetime: float
    density: float
    nuclides: tuple = NUCLIDES
    references = references

    @property
    def reactions(self):
        """Names of the reactions, for instance ``"d(g,n)p"``."""
        return tuple(r.name for r in photodisintegrations())

    @property
    def temperature(self):
        """Quantity, shape (n,)."""
        import astropy.units as u

        return self.T_mev * u.MeV

    def apply(self, abundances):
        """Return the final abundances for other initial ones (dict), with the same matrix.

        The densities of electrons and nuclei in the cascade stay those of this calculation.
        """
        vector = np.array([abundances.get(name, 0.0) for name in self.nuclides])
        left = dict(abundances)
        left.update(zip(self.nuclides, (float(y) for y in self.matrix @ vector)))
        return left

    def with_density(self, density):
        """Return the result for another n_X/n_gamma (after e+e- annihilation) at no cost."""
        if not self.density > 0.0:
            raise DomainError("with_density needs a result with density > 0")
        factor = finite(density, "density", low=0.0, high=1e6) / self.density
        waits = np.diff(time_of(self.T_mev))
        matrix = transfer_matrix(self.counts * factor, waits)
        return PhotodisintegrationResult(
            self.initial, matrix, self.T_mev, self.counts * factor, self.hits, self.spectra,
            self.injection, self.lifetime, density,
        )  # fmt: skip

    @property
    def abundances(self):
        """Final n_i/n_b as a dict, after the decays of n, t and Be7."""
        return self.apply(self.initial)

    def __getitem__(self, name):
        """Final abundance n_i/n_b of one nuclide."""
        return self.abundances[nuclide(name).name]

    def _ratio(self, name):
        left = self.abundances
        return left[name] / left["p"]

    @property
    def Yp(self):
        """Helium-4 by baryon number, 4 n_He4/n_b."""
        return 4.0 * self["He4"]

    @property
    def DH(self):
        """Deuterium over hydrogen by number."""
        return self._ratio("d")

    @property
    def He3H(self):
        """Helium-3 over hydrogen by number."""
        return self._ratio("He3")

    @property
    def He3D(self):
        """Helium-3 over deuterium by number."""
        return self["He3"] / self["d"]

    @property
    def Li6H(self):
        """Lithium-6 over hydrogen by number."""
        return self._ratio("Li6")

    @property
    def Li7H(self):
        """Lithium-7 over hydrogen by number."""
        return self._ratio("Li7")

    def plot(self, ax=None):
        """Draw the hits per nucleus and ln T of every reaction against T; returns the axes."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots()
        middle = np.sqrt(self.T_mev[1:] * self.T_mev[:-1]) * 1e3
        width = np.log(self.T_mev[:-1] / self.T_mev[1:])
        for name, counts in zip(self.reactions, self.counts.T):
            if np.any(counts > 0.0):
                ax.loglog(middle, np.where(counts > 0.0, counts / width, np.nan), label=name)
        ax.invert_xaxis()
        ax.set_xlabel(r"$T_\gamma$ [keV]")
        ax.set_ylabel(r"hits per nucleus and $\ln T$")
        if ax.lines:
            top = max(np.nanmax(line.get_ydata()) for line in ax.lines)
            ax.set_ylim(1e-8 * top, 3.0 * top)
            ax.legend(fontsize="x-small", ncol=2)
        return ax
