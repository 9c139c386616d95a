"""Whether neutrinos stream freely at the epoch of the microwave background, and what was published.

Two processes keep them coupled below 100 eV: real bosons that are still made and decay (mass below a few
keV), and exchange of virtual ones, a contact interaction G = g^2/m^2 with the rate G^2 T_nu^5 that fits of
the microwave background define.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import kn

from ...datafiles import data_path
from ...ecsv import read_columns
from ..neutrinos.expansion import H_FACTOR

T_NU = (4.0 / 11.0) ** (1.0 / 3.0)  # T_nu/T_gamma
T_SEEN = 1e-4  # MeV: modes that the background resolves enter the horizon below
T_LAST = 3e-7  # MeV, recombination
T_EQUALITY = 0.8e-6  # MeV, of matter and radiation
TABLE = "measurements/free_streaming.ecsv"
_RADIATION = np.pi**2 / 15.0 * (1.0 + 3.046 * 7.0 / 8.0 * T_NU**4)


def equivalent_coupling(boson):
    """Return g of an off-diagonal vector of the same mass and width, sqrt(12 pi Gamma/m)."""
    return float(np.sqrt(12.0 * np.pi * boson.width / boson.mass))


def expansion_rate(T):
    """Return H [MeV] at a photon temperature T [MeV] below 1 keV, matter included."""
    rho = _RADIATION * T**4 * (1.0 + T_EQUALITY / T)
    return H_FACTOR * np.sqrt(rho)


def contact_strength(boson):
    """Return G = g^2/m^2 [MeV^-2] with g that of one off-diagonal vector of the same mass and width."""
    return (equivalent_coupling(boson) / boson.mass) ** 2


def effective_rate(boson, T):
    """Return the rate [MeV] at which a neutrino of the coupled flavours is redirected.

    Parameters
    ----------
    boson : models.neutrino_pairs.PairBoson
    T : float or ndarray
        Photon temperature [MeV], below the mass.

    Notes
    -----
    Inverse decays per neutrino with Boltzmann statistics, every event counted as a full change of
    direction, which holds for m > 3 T_nu; plus G^2 T_nu^5.
    """
    t = T_NU * np.asarray(T, dtype=float)
    x = np.minimum(boson.mass / t, 600.0)
    made = boson.degrees * boson.width * boson.mass**2 * t * kn(1, x) / (2.0 * np.pi**2)
    neutrinos = boson.flavours * 1.5 * 1.2020569 / np.pi**2 * t**3
    return 2.0 * made / neutrinos + contact_strength(boson) ** 2 * t**5


def free_streaming_temperature(boson):
    """Return T_gamma [MeV] below which neutrinos stream freely (rate < H).

    T_SEEN (100 eV) if they do so earlier, T_LAST (0.3 eV) if not even at recombination.
    """
    T = np.geomspace(T_LAST, T_SEEN, 400)
    coupled = np.flatnonzero(effective_rate(boson, T) > expansion_rate(T))
    return float(T[coupled[0]]) if coupled.size else T_SEEN


def largest_ratio(boson):
    """Return the largest rate over H below 100 eV, and the temperature [MeV] where it is."""
    T = np.geomspace(T_LAST, T_SEEN, 200)
    ratio = effective_rate(boson, T) / expansion_rate(T)
    i = int(np.argmax(ratio))
    return float(ratio[i]), float(T[i])


@dataclass(frozen=True)
class StreamingLimit:
    """A published statement on neutrinos that scatter at the time of the microwave background.

    Attributes
    ----------
    name, reference : str
    log10_strength, sigma : float
        log10(G MeV^2) and its standard deviation.
    assumptions : str
    """

    name: str
    reference: str
    log10_strength: float
    sigma: float
    assumptions: str

    def coupling(self, mass_mev, deviations=0.0):
        """Return g at masses [MeV]: g = m sqrt(G), ``deviations`` sigma above the centre."""
        return np.asarray(mass_mev) * 10.0 ** (0.5 * (self.log10_strength + deviations * self.sigma))


def streaming_limits():
    """Return ``{name: StreamingLimit}`` of the statements that ship, for overlay and comparison only."""
    columns = read_columns(data_path(TABLE))
    rows = zip(*(columns[c] for c in ("name", "reference", "log10_G", "sigma", "assumptions")))
    return {n: StreamingLimit(n, r, float(v), float(s), a) for n, r, v, s, a in rows}
