"""Decay of a boson whose products are not blocked or stimulated, and its inverse: Gamma* = m Gamma/E."""

import numpy as np

from .balance import occupation, on_places

references = ()


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at unit coupling, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.FreeDecay`; ``medium``: column ``T``.
    """
    t = np.asarray(medium["T"], dtype=float)
    grid = on_places(energy, t)
    reduced = (mass * process.width / grid)[None]
    return reduced * occupation(grid, t[:, None]), reduced
