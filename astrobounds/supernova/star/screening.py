"""What charges of a star screen: columns that reactions through photons need beside the state of matter."""

import numpy as np

from ...reactions.nuclei import ion_screening
from . import eos


def proton_state(state, debye):
    """Return (n_p [MeV^3], k_S [MeV]) of the protons in a state of matter."""
    columns = zip(state["mu_p"], state["m_p"], state["T"])
    both = np.array([
        [eos.number_density(mu, m, t, blocked, eos.RULE) for blocked in (False, True)]
        for mu, m, t in columns
    ])  # fmt: skip
    n = both[:, 1] if debye == "blocked" else both[:, 0]
    return both[:, 0], eos.proton_screening(n, state["T"])


def with_screening(state, debye="blocked"):
    """Return a state of matter with the columns n_p, k_ions, k_electrons and w_pl.

    Parameters
    ----------
    state : mapping
    debye : {"blocked", "density"}
        Proton momentum k_S^2 = 4 pi alpha n/T with n = 2 int f(1-f) or with the density.
    """
    density, k_protons = proton_state(state, debye)
    return {
        **state,
        "n_p": density,
        "k_ions": ion_screening(state, k_protons),
        "k_electrons": eos.electron_screening(state["mu_e"], state["T"]),
        "w_pl": eos.plasma_frequency(state["mu_e"], np.asarray(state["T"])),
    }
