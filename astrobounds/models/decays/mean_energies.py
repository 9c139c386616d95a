"""Mean energies of the daughters of one channel, in the rest frame of the parent."""

from functools import lru_cache

from ... import constants as const
from .kinematics import charged_current, lepton_pair_amplitude, three_body, two_body_energy
from .known_decays import MESON_MASS

MUON_SHARE = 0.35  # mean share of a muon's energy in its electron (unpolarised, 7/20 for m_e -> 0)
PION_SHARE = 0.5 * (1.0 + (const.M_MU / const.M_PI) ** 2) * MUON_SHARE


def daughter_mass(name):
    """Mass [MeV] of a daughter: leptons, mesons; neutrinos and photons have none."""
    if name.startswith("nu") or name in ("gamma", "3nu"):
        return 0.0
    if name in const.LEPTON_MASS:
        return const.LEPTON_MASS[name]
    return MESON_MASS.get(name, const.M_PI)


@lru_cache(maxsize=4096)
def mean_energies(mass, daughters, flavour=""):
    """Return the mean energies [MeV] of the daughters of one channel, in their order.

    Parameters
    ----------
    mass : float
        MeV.
    daughters : tuple of str
        Two or three names. Three-body decays into leptons have the matrix elements of a heavy neutral
        lepton; others share the energy equally.
    flavour : str
        Flavour of the mixing, which decides the couplings of nu l+ l-.

    Returns
    -------
    tuple of float
        They add up to the mass.
    """
    if len(daughters) == 2:
        a, b = (daughter_mass(d) for d in daughters)
        return two_body_energy(mass, a, b), two_body_energy(mass, b, a)
    if len(daughters) == 3 and daughters[0] == "nu":
        a, b = daughters[1:]
        leptons = const.LEPTON_MASS
        if a == b and a in leptons:
            right = const.SIN2_THETA_W
            left = right + (0.5 if a == flavour else -0.5)
            shape = lepton_pair_amplitude(mass, leptons[a], left, right)
            return tuple(map(float, three_body(mass, *shape)[1]))
        if a in leptons and b in leptons:
            first, second, nu = three_body(mass, *charged_current(mass, leptons[a], leptons[b]))[1]
            return float(nu), float(first), float(second)
    return (mass / len(daughters),) * len(daughters)
