"""The network in an expanding plasma: where it starts, what it gets, what observers call its result."""

import numpy as np

from ..plasma import baryons
from . import hadronic

T_FIRST = 10.0  # MeV, where the network starts
MESON_STEP = 1.0 / 48.0  # of ln T while mesons may convert nucleons


def first_point(background):
    """Index of the background where the network starts; the same for all inputs."""
    return int(np.ceil(np.log(background.Tg[0] / T_FIRST) / background.dx - 1e-6))


def run_network(network, background, eta, n_to_p, p_to_n, nuisance, **options):
    """Run the network with weak rates [1/s] and whatever the background adds to them."""
    if background.conversion is not None:
        more_n_to_p, more_p_to_n, X_n, *hits = background.conversion
        more = {"more_n_to_p": more_n_to_p, "more_p_to_n": more_p_to_n, "X_n": X_n}
        if hits:
            more["breaking"] = hits[0], hadronic.yields()
        options = {**more, "max_step": MESON_STEP, **options}
    part = slice(first_point(background), None)
    n_b = eta * baryons.N_GAMMA_0 * np.exp(-3.0 * background.ln_a[part])
    return network.evolve(background.Tg[part], background.t[part], n_b, n_to_p, p_to_n,
                          nuisance=nuisance, **options)  # fmt: skip


def yields(run):
    """Return Y_p, D/H, He3/H and Li7/H of a finished network (nan where it failed)."""
    if not run.success:
        return np.full(4, np.nan)
    return ratios(run.after_decays())


def ratios(left):
    """Return Y_p, D/H, He3/H and Li7/H of abundances after decays."""
    numbers = (4.0 * left["He4"], left["d"], left["He3"], left["Li7"])
    return np.array(numbers) / np.array([1.0, left["p"], left["p"], left["p"]])
