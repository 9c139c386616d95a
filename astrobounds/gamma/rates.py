"""The history of core-collapse supernovae and the integral over redshift."""

from functools import lru_cache

import numpy as np

from ..constants import C_CM, KPC_CM, YEAR_S
from ..errors import DomainError, did_you_mean

HUBBLE = 70.0  # km/s/Mpc
OMEGA_M = 0.3
Z_MAX = 5.0
MASS_PER_SUPERNOVA = 143.0  # Msun of stars formed per core collapse, Salpeter, arXiv:0812.3157
MPC_CM = 1e3 * KPC_CM
HUBBLE_S = HUBBLE * 1e5 / MPC_CM  # 1/s


def star_formation_rate(z):
    """Star formation rate density in Msun/yr/Mpc^3, breaks at z = 1 and 4 (arXiv:0804.4008).

    Parameters
    ----------
    z : array_like
        Redshift.
    """
    a, b, c, eta = 3.4, -0.3, -3.5, -10.0
    first = 2.0 ** (1.0 - a / b)
    second = 2.0 ** ((b - a) / c) * 5.0 ** (1.0 - b / c)
    x = 1.0 + np.asarray(z, dtype=float)
    total = x ** (a * eta) + (x / first) ** (b * eta) + (x / second) ** (c * eta)
    return 0.0178 * total ** (1.0 / eta)


def star_formation_rate_steep(z):
    """An alternative history in Msun/yr/Mpc^3: 0.015 (1+z)^5/{[(1+z)/1.5]^6.1 + 1}."""
    x = 1.0 + np.asarray(z, dtype=float)
    return 0.015 * x**5 / ((x / 1.5) ** 6.1 + 1.0)


HISTORIES = {"broken-power-law": star_formation_rate, "steep": star_formation_rate_steep}


def supernova_rate(z, history="broken-power-law"):
    """Core-collapse rate density in 1/yr/Mpc^3.

    The number of supernovae per solar mass rises with a bottom-light initial mass function as much
    as the star formation rate falls, so this rate does not depend on that choice.
    """
    return HISTORIES[history](z) / MASS_PER_SUPERNOVA


@lru_cache(maxsize=8)
def redshift_nodes(history="broken-power-law"):
    """Return (z, weight): sum(weight f(z)) = c/(4 pi) int dz R_SN/H f, in 1/(s cm^2 sr)."""
    if history not in HISTORIES:
        raise DomainError(
            f"history = {history!r}{did_you_mean(history, HISTORIES)}; allowed: {', '.join(HISTORIES)}"
        )
    z, w = [], []
    for low, high, n in ((0.0, 1.0, 10), (1.0, 4.0, 12), (4.0, Z_MAX, 5)):
        x, g = np.polynomial.legendre.leggauss(n)
        z.append(0.5 * (low + high) + 0.5 * (high - low) * x)
        w.append(0.5 * (high - low) * g)
    z, w = np.concatenate(z), np.concatenate(w)
    rate = supernova_rate(z, history) / YEAR_S / MPC_CM**3
    hubble = HUBBLE_S * np.sqrt(OMEGA_M * (1.0 + z) ** 3 + 1.0 - OMEGA_M)
    return z, w * C_CM / (4.0 * np.pi) * rate / hubble
