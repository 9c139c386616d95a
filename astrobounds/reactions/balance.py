"""Detailed balance: from the reduced rate of a particle with one chemical potential to its production.

    Gamma_prod = f_eq(E - mu) Gamma*,   Gamma_abs = (1 -+ f_eq) Gamma*   (- fermions, + bosons)

where Gamma* = Gamma_abs +- Gamma_prod drives the occupation to f_eq: df/dt = Gamma* (f_eq - f).
"""

import numpy as np

_PLACES = 64  # places of one call of a kernel: threads take turns between calls


def occupation(energy, t, mu=0.0, statistics=-1):
    """Return f_eq = 1/(e^{(E-mu)/T} + statistics); +1 for a fermion, -1 for a boson."""
    x = np.minimum((np.asarray(energy, dtype=float) - mu) / t, 700.0)
    return 1.0 / np.expm1(x) if statistics < 0 else 1.0 / (np.exp(x) + 1.0)


def on_places(energy, t):
    """Return energies as (places, energies), from one grid for all places or one for each."""
    energy = np.asarray(energy, dtype=float)
    if energy.ndim == 1:
        energy = np.broadcast_to(energy, (np.size(t), energy.size))
    return np.ascontiguousarray(energy)


def stacked(columns):
    """Return columns (scalars or arrays of one size) as the array (places, columns) of a kernel."""
    return np.ascontiguousarray(np.stack(np.broadcast_arrays(*columns), axis=1), dtype=float)


def boson_rates(fill, columns, parameters, energy, t, states=1):
    """Return (production, reduced) [MeV] of bosons without a chemical potential.

    Parameters
    ----------
    fill : callable
        Kernel ``fill(energy, medium, parameters, out)``.
    columns : sequence of array_like
        What the kernel reads at every place, (places,) each.
    parameters : sequence of float
    energy : ndarray, shape (energies,) or (places, energies)
        MeV.
    t : ndarray, shape (places,)
        Temperature [MeV].
    states : int

    Returns
    -------
    (ndarray, ndarray), shape (states, places, energies)
        Per spin state.
    """
    grid, medium = on_places(energy, t), stacked(columns)
    parameters = np.array(parameters, dtype=float)
    reduced = np.empty((states, *grid.shape))
    for k in range(0, grid.shape[0], _PLACES):
        zones = slice(k, k + _PLACES)
        part = np.empty((states, *grid[zones].shape))
        fill(grid[zones], medium[zones], parameters, part)
        reduced[:, zones] = part
    return reduced * occupation(grid, np.asarray(t, dtype=float)[:, None]), reduced
