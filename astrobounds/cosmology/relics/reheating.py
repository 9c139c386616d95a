"""Does a relic remember at which temperature its history began?"""

import numpy as np

from . import boltzmann as relic

DEPENDS = 0.01  # change of the number by a thermal start that is worth a flag


def dependence(hot):
    """Return by how much N would be more at T_MATCH (relative) had they started in equilibrium.

    The helicity that a massless N does not have is left out: its rate falls with temperature, and
    no higher one would make it.
    """
    modes, species = hot.modes, hot.modes.species
    _, weight = relic.momentum_grid(modes.p.shape[1])
    energy = np.hypot(modes.p, species.mass)
    more = 0.0
    for (g, helicity), f in zip(species.copies, modes.f):
        if helicity == "plus":
            continue
        rate = relic.contact_matrix(species, hot.T, modes.p, helicity)
        medium = species.production.decay(hot.T, modes.p, helicity)
        rate = (rate + species.width * species.mass / energy * medium) / hot.H[:, None]
        step = modes.x[1] - modes.x[0]
        depth = step * (rate.sum(axis=0) - 0.5 * (rate[0] + rate[-1]))
        thermal = species.equilibrium(energy[0] / hot.T[0])
        more += g * np.sum(weight * (thermal - f[0]) * np.exp(-depth))
    return float(more / max(modes.number[-1] * np.exp(3.0 * modes.x[-1]), 1e-300))


def flags(hot):
    """Return a reason to doubt a result, as (name, explanation), where the start decides the number."""
    more = dependence(hot)
    if more <= DEPENDS:
        return ()
    return ((
        "reheating temperature",
        f"particles were not in equilibrium at the start, T = {1e-3 * hot.T[0]:.3g} GeV: their number is "
        f"proportional to it and would be {1.0 + more:.3g} times larger from equilibrium; set it "
        "by bbn(model, reheating=...)",
    ),)  # fmt: skip
