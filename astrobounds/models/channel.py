"""A decay channel as a value that observables integrate: its products and its width."""

from dataclasses import dataclass

# Products of the channels of a heavy neutral lepton; "l" stands for both charges.
PRODUCTS = {
    "3nu": ("nu", "nu", "nu"),
    "nu gamma": ("nu", "gamma"),
    "nu e e": ("nu", "e", "e"),
    "nu mu mu": ("nu", "mu", "mu"),
    "nu e mu": ("nu", "e", "mu"),
    "nu e tau": ("nu", "e", "tau"),
    "nu mu tau": ("nu", "mu", "tau"),
    **{f"nu {meson}": ("nu", meson) for meson in ("pi0", "eta", "etap", "rho0", "omega", "phi")},
    **{f"{lepton} {meson}": (lepton, meson)
       for lepton in ("e", "mu") for meson in ("pi", "K", "rho", "K*")},
    "nu hadrons": ("nu", "hadrons"),
    "e hadrons": ("e", "hadrons"),
    "mu hadrons": ("mu", "hadrons"),
}  # fmt: skip


@dataclass(frozen=True)
class DecayChannel:
    """One decay channel of one model point.

    Attributes
    ----------
    name : str
        For instance ``"nu pi0"``.
    products : tuple of str
        Particles in the final state, charges summed.
    width_mev : float
        Partial width in MeV, both charge-conjugate final states for a Majorana parent.
    branching_ratio : float
        Share of the total width.
    """

    name: str
    products: tuple
    width_mev: float
    branching_ratio: float

    @property
    def visible(self):
        """True if anything but neutrinos appears."""
        return any(p != "nu" for p in self.products)
