"""Media: matter at places, as named columns; a radius of a star and the early Universe are both media.

A medium is anything with ``medium[column]`` arrays of one shape: ``T``, masses and chemical potentials
of ``n``, ``p``, of ``e-`` and ``mu-`` (NaN without muons) and of neutrinos [MeV], ``shift`` (U_n - U_p).
"""

import numpy as np

from .. import constants as const

#: species -> (mass column or mass [MeV], chemical potential column, its sign)
SPECIES = {
    "n": ("m_n", "mu_n", 1), "p": ("m_p", "mu_p", 1),
    "e-": (const.M_E, "mu_e", 1), "e+": (const.M_E, "mu_e", -1),
    "mu-": (const.M_MU, "mu_mu", 1), "mu+": (const.M_MU, "mu_mu", -1),
    "gamma": (0.0, None, 0),
    **{f"nu_{f}": (0.0, f"mu_nu_{f}", 1) for f in const.FLAVOURS},
    **{f"nubar_{f}": (0.0, f"mu_nu_{f}", -1) for f in const.FLAVOURS},
}  # fmt: skip
BOSONS = {"gamma"}


def species(medium, name):
    """Return (mass, mu) arrays [MeV] of one species in a medium."""
    mass, column, sign = SPECIES[name]
    t = np.asarray(medium["T"], dtype=float)
    mass = medium[mass] if isinstance(mass, str) else np.full_like(t, mass)
    return mass, (sign * medium[column] if column else np.zeros_like(t))


def has_muons(medium):
    """True if muons are part of the medium everywhere."""
    return bool(np.isfinite(medium["mu_mu"]).all())


def present(medium, names):
    """True if every species of a collection is part of the medium."""
    return has_muons(medium) or not {"mu-", "mu+"} & set(names)


def early_universe(temperature, mu=None):
    """Return the medium of the early Universe: leptons and neutrinos without nucleons.

    Parameters
    ----------
    temperature : array_like, shape (n,)
        MeV.
    mu : mapping, optional
        Chemical potentials [MeV] of columns such as ``"mu_e"``; zero where missing.
    """
    t = np.atleast_1d(np.asarray(temperature, dtype=float))
    zero = np.zeros_like(t)
    columns = ("mu_e", "mu_mu", *(f"mu_nu_{f}" for f in const.FLAVOURS), "shift")
    return {"T": t, **{c: zero + (mu or {}).get(c, 0.0) for c in columns}}
