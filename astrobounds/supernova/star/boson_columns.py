"""Columns of matter that kinds of bosons read, from a state of matter in a star."""

import numpy as np

from ...numerics.jit import kernel
from ...reactions.boson_medium import DEFAULT_BOSONS, PHOTON_MASSES
from . import eos


@kernel
def _densities(mu, m, t, rule, out):
    """Fill ``out[i]`` = (n, n that is not blocked) of nucleons [MeV^3]."""
    for i in range(t.size):
        out[i, 0] = eos.number_density(mu[i], m[i], t[i], False, rule)
        out[i, 1] = eos.number_density(mu[i], m[i], t[i], True, rule)


def _nucleons(state, name):
    t = np.ascontiguousarray(state["T"], dtype=float)
    mu, m = (np.ascontiguousarray(state[f"{c}_{name}"], dtype=float) for c in ("mu", "m"))
    out = np.empty((t.size, 2))
    _densities(mu, m, t, eos.RULE, out)
    return out.T


def columns_of(state, medium=DEFAULT_BOSONS):
    """Return the columns that kinds of bosons read, from a state of matter (dict of arrays)."""
    t, mu_e = state["T"], state["mu_e"]
    neutrons, protons = _nucleons(state, "n"), _nucleons(state, "p")
    charged = protons[1] if medium.density == "blocked" else protons[0]
    w_pl = eos.plasma_frequency(mu_e, t)
    return {
        "T": t, "mu_e": mu_e, "mu_mu": state["mu_mu"], "mu_p": state["mu_p"], "m_p": state["m_p"],
        "n_n": neutrons[0], "n_p": protons[0], "m_nucleon": 0.5 * (state["m_n"] + state["m_p"]),
        "n_charge": charged, "k_screen": eos.proton_screening(charged, t),
        "k_electron": eos.electron_screening(mu_e, t), "w_pl": w_pl,
        "photon_mass": np.sqrt(PHOTON_MASSES[medium.photon_mass]) * w_pl, "lapse": state["lapse"],
    }  # fmt: skip
