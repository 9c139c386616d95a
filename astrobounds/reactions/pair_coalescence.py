"""l+ l- <-> boson from a partial width Gamma_0, with the blocking of both leptons.

    Gamma* = (m Gamma_0/E) <1 - f_- - f_+>,  mu_+ = -mu_-,

the mean uniform over E_1 from (E - p b)/2 to (E + p b)/2, b = sqrt(1 - 4 m_l^2/m^2): a logarithm, (T/(p b))
ln{[cosh((E+pb)/2T) + cosh(mu/T)]/[cosh((E-pb)/2T) + cosh(mu/T)]}. Deep below the Fermi level 1 - f_- - f_+
vanishes like e^{-mu/T}; it is kept to all digits. All polarisations have the mean rate.
"""

import numpy as np

from .. import constants as const
from ..numerics.jit import kernel
from .balance import boson_rates

COLUMNS = ("T", "mu_lepton", "m_lepton")

references = ("Chang:2016ntp",)


@kernel
def _ln_cosh(x):
    x = abs(x)
    return x + np.log1p(np.exp(-2.0 * x)) - np.log(2.0)


@kernel
def _ln_sinh(x):
    return x + np.log(-np.expm1(-2.0 * x)) - np.log(2.0)


@kernel
def _ln_add(x, y):
    return max(x, y) + np.log1p(np.exp(-abs(x - y)))


@kernel
def mean_blocked(e, p, t, mu, b):
    """<1 - f_- - f_+> over the energies of the pair."""
    half, middle = 0.5 * p * b / t, 0.5 * e / t
    below = _ln_add(_ln_cosh(middle - half), _ln_cosh(mu / t))
    if half < 1e-6:
        return np.exp(_ln_sinh(middle) - _ln_add(_ln_cosh(middle), _ln_cosh(mu / t)))
    # the ratio is 1 + 2 sinh(half) sinh(middle)/[cosh(middle-half) + cosh(mu/T)]
    z = np.log(2.0) + _ln_sinh(half) + _ln_sinh(middle) - below
    log = np.log1p(np.exp(z)) if z < 30.0 else z
    return log / (2.0 * half)


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV]; ``parameters``: mass, Gamma_0.

    ``Gamma_0`` is the width to the pair in vacuum [MeV], at the coupling that rates are wanted at.
    Where the lepton is too heavy in the medium the rate is zero; where it is heavier than in vacuum the
    velocity is that of the medium.
    """
    mass, width = parameters[0], parameters[1]
    for z in range(energy.shape[0]):
        t, mu, leg = medium[z, 0], medium[z, 1], medium[z, 2]
        b = np.sqrt(max((1.0 - 2.0 * leg / mass) * (1.0 + 2.0 * leg / mass), 0.0))
        for i in range(energy.shape[1]):
            e = energy[z, i]
            out[0, z, i] = 0.0
            if b <= 0.0 or e <= mass:
                continue
            p = np.sqrt((e - mass) * (e + mass))
            out[0, z, i] = mass * width / e * mean_blocked(e, p, t, mu, b)


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at unit coupling, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.PairCoalescence`; ``medium``: columns ``T`` and
    ``mu_e`` or ``mu_mu`` [MeV]. Muons without a chemical potential (NaN) are thermal pairs.
    """
    t = medium["T"]
    mu = medium["mu_e"] if process.lepton == "e-" else np.nan_to_num(medium["mu_mu"], nan=0.0)
    leg = const.M_E if process.lepton == "e-" else const.M_MU
    return boson_rates(fill, (t, mu, leg), (mass, process.width), energy, t)
