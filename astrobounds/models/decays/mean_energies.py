"""Mean energies of the products of one decay, in the rest frame of the parent."""

from functools import lru_cache

from ... import constants as const
from .kinematics import three_body, two_body_energy
from .known_decays import JET_NEUTRINO, MESON_MASS

MUON_SHARE = 0.35  # mean share of a muon's energy in its electron (unpolarised, 7/20 for m_e -> 0)
PION_SHARE = 0.5 * (1.0 + (const.M_MU / const.M_PI) ** 2) * MUON_SHARE


def species(product):
    """Return a product without charge and flavour: "e", "mu", "nu", "gamma", "pi", "pi0", "K*", ..."""
    if product.startswith("nu"):
        return "nu"
    return product.rstrip("+-")


def mass_of(product):
    """Mass [MeV] of a product; 0 for neutrinos, photons and dark particles, and for quarks."""
    name = species(product)
    if name in const.LEPTON_MASS:
        return const.LEPTON_MASS[name]
    return MESON_MASS.get(name, 0.0)


def _flat(e1, e2, e3):
    return 1.0 + 0.0 * e1


@lru_cache(maxsize=4096)
def mean_energies(mass, products, amplitude=None):
    """Return the mean energies [MeV] of the products of a decay, in their order.

    Parameters
    ----------
    mass : float
        MeV.
    products : tuple of str
        As in :class:`astrobounds.models.protocol.Decay`.
    amplitude : callable, optional
        |M|^2 of three products; flat phase space without it.

    Returns
    -------
    tuple of float
        They add up to the mass. Four and more products share it equally; beside hadronic jets a lepton
        has the share of a massless V-A pair.
    """
    masses = tuple(mass_of(p) for p in products)
    if len(products) == 1:
        return (float(mass),)
    if len(products) == 2 and "hadrons" in products:
        return tuple(mass * (1.0 - JET_NEUTRINO if p == "hadrons" else JET_NEUTRINO) for p in products)
    if len(products) == 2:
        a, b = masses
        return two_body_energy(mass, a, b), two_body_energy(mass, b, a)
    if len(products) == 3:
        masses = getattr(amplitude, "masses", masses)
        return tuple(map(float, three_body(mass, masses, amplitude or _flat)[1]))
    return (mass / len(products),) * len(products)
