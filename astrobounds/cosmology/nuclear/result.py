"""What a network run returns: abundances, their history and the observed ratios."""

from dataclasses import dataclass, field

import numpy as np

from ...numerics.status import SUCCESS, message

#: What is left of unstable nuclides long after the network has ended: nuclide to (products).
DECAYS = {
    "n": ("p",),
    "t": ("He3",),
    "Be7": ("Li7",),
    "He6": ("Li6",),
    "Li8": ("He4", "He4"),
    "B8": ("He4", "He4"),
    "Li9": ("Be9",),
    "B12": ("C12",),
    "C11": ("B11",),
}


@dataclass(frozen=True)
class NetworkResult:
    """Abundances Y_i = n_i/n_b at the end of a network run.

    Attributes
    ----------
    nuclides : tuple of str
    Y : ndarray, shape (n,)
        Abundances at the end, before the slow decays of n, t and Be7.
    T : float
        Photon temperature reached, MeV.
    history_T, history_Y : ndarray, shape (m,), (m, n)
        Recorded points in MeV and abundances; empty unless asked for.
    status : int
        0, or a code of `astrobounds.numerics.status`.
    steps, rejected : int
    """

    nuclides: tuple
    Y: np.ndarray
    T: float
    history_T: np.ndarray
    history_Y: np.ndarray
    status: int
    steps: int
    rejected: int
    network_references: tuple = field(default=(), repr=False)

    @property
    def references(self):
        """BibTeX keys."""
        return self.network_references

    @property
    def success(self):
        """Whether the run reached its end."""
        return self.status == SUCCESS

    @property
    def message(self):
        """The meaning of the status and the remedy."""
        return message(self.status)

    def __getitem__(self, name):
        """Abundance of one nuclide at the end of the run, before decays."""
        return float(self.Y[self.nuclides.index(name)])

    def after_decays(self):
        """Return the abundances as a dict after all unstable nuclides have decayed."""
        left = dict(zip(self.nuclides, (float(y) for y in self.Y)))
        for name, products in DECAYS.items():
            amount = left.get(name, 0.0)
            if name in left and all(p in left for p in products):
                left[name] = 0.0
                for p in products:
                    left[p] += amount
        return left

    def _ratio(self, *names):
        left = self.after_decays()
        return sum(left.get(name, 0.0) for name in names) / left["p"]

    @property
    def Yp(self):
        """Helium-4 by baryon number, 4 n_He4/n_b (the convention of BBN papers)."""
        return 4.0 * self.after_decays()["He4"]

    @property
    def DH(self):
        """Deuterium over hydrogen by number."""
        return self._ratio("d")

    @property
    def He3H(self):
        """Helium-3 (with t decayed) over hydrogen by number."""
        return self._ratio("He3", "t")

    @property
    def Li7H(self):
        """Lithium-7 (with Be7 decayed) over hydrogen by number."""
        return self._ratio("Li7", "Be7")

    @property
    def Li6H(self):
        """Lithium-6 over hydrogen by number; 0 if the network has no Li6."""
        return self._ratio("Li6")
