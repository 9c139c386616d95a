"""Coalescence of two fermions into a boson and its inverse decay, in closed form or by one quadrature.

A channel 1 + 2 -> X of partial width G makes and absorbs, per polarisation,

    j = (m G/E) <f_1 f_2>,   Gamma* = (m G/E) <1 - f_1 - f_2>,

means over E_1 between (E E* -+ p k)/m, E* and k the energy and momentum of 1 in the rest frame of X. With
y = E - mu_1 - mu_2, <1 - f_1 - f_2> = <f_1 f_2> (e^{y/T} - 1). For massless neutrinos both are logarithms
(`coalescence_kernels`), and a pair of conjugate channels is regrouped so that the sum is never negative.
"""

import numpy as np

from ..numerics.collision import unit_rule
from .coalescence_kernels import RULE, pair_integrals, polarised_integrals
from .medium import present, species

_NODES, _WEIGHTS = unit_rule(64)

references = ("Farzan:2002wx", "Heurtier:2016otg", "Brune:2018sef", "Fiorillo:2022cdq", "Akita:2023iwq")


def possible(processes, medium):
    """Return the processes whose partners are all part of a medium."""
    return [p for p in processes if all(present(medium, legs) for legs in p.channels)]


def _neutrinos(process):
    return all(name.startswith("nu") for legs in process.channels for name in legs)


def cell_rates(process, mass, energy, momentum, medium, resolved):
    """Return (j, Gamma*) [MeV] at unit coupling.

    Parameters
    ----------
    process : CoalescenceProcess
    mass : float
    energy, momentum : ndarray
        Of X [MeV], shape (n_energy, *places).
    medium : mapping
        Columns of shape places.
    resolved : bool
        Each polarisation of a vector apart.

    Returns
    -------
    (ndarray, ndarray), shape (n_polarisation, n_energy, *places)
        With one polarisation j is the sum over all of them and Gamma* their mean.
    """
    if not _neutrinos(process):
        made, left = _massive(process, mass, energy, momentum, medium)
    elif process.degrees == 3 and resolved:
        return _polarised(process, mass, energy, momentum, medium)
    else:
        made, left = _massless(process, mass, energy, momentum, medium)
    if resolved:
        return np.stack([made] * process.degrees), np.stack([left] * process.degrees)
    return process.degrees * made[None], left[None]


def _massless(process, mass, energy, momentum, medium):
    """j and Gamma* of neutrinos, averaged over polarisations and summed over channels."""
    t = medium["T"]
    factor = mass * process.width / (energy * momentum)
    made = left = 0.0
    for legs in process.channels:
        first, second = (species(medium, name)[1] for name in legs)
        made = made + pair_integrals(momentum, energy - first - second, first - second, t)[0]
    for name in process.channels[0] if len(process.channels) == 2 else process.channels[0][:1]:
        level = species(medium, name)[1]  # regrouped: a particle and its antiparticle, no cancellation
        left = left + pair_integrals(momentum, energy, 2.0 * level, t)[1]
    return factor * made, factor * left


def _polarised(process, mass, energy, momentum, medium):
    """The same of a vector, shape (3, ...): helicities -1, 0, +1."""
    first, second = process.channels[0]
    mu_a, mu_b = species(medium, first)[1], -species(medium, second)[1]
    arrays = np.broadcast_arrays(energy, momentum, medium["T"], mu_a, mu_b)
    flat = [np.ascontiguousarray(x, dtype=float).ravel() for x in arrays]
    out = np.empty((flat[0].size, 3, 2))
    polarised_integrals(*flat, len(process.channels) == 1, RULE, out)
    out *= (mass * process.width / (flat[0] * flat[1]))[:, None, None]
    return np.moveaxis(out, (2, 1), (0, 1)).reshape(2, 3, *arrays[0].shape)


def _massive(process, mass, energy, momentum, medium):
    """The same of fermions with masses; closed where they weigh more than X in the medium."""
    t = medium["T"]
    made = np.zeros(np.broadcast_shapes(energy.shape, np.shape(t)))
    left = np.zeros_like(made)
    for legs in process.channels:
        (m1, mu1), (m2, mu2) = (species(medium, name) for name in legs)
        square = (mass**2 - (m1 + m2) ** 2) * (mass**2 - (m1 - m2) ** 2)
        k = np.sqrt(np.maximum(square, 0.0)) / (2.0 * mass)
        rest = (mass**2 + m1**2 - m2**2) / (2.0 * mass)
        gain = np.zeros_like(made)
        y = np.minimum((energy - mu1 - mu2) / t, 700.0)
        for node, weight in zip(_NODES, _WEIGHTS):
            e1 = (energy * rest + (2.0 * node - 1.0) * momentum * k) / mass
            # f e^x = 1/(1 + e^-x): no digits are lost below the Fermi level
            gain += weight / (1.0 + np.exp(np.clip((mu1 - e1) / t, -700.0, 300.0))) / (
                1.0 + np.exp(np.clip((mu2 - energy + e1) / t, -700.0, 300.0))
            )
        open_ = np.where(square > 0.0, mass * process.width / energy, 0.0)
        made += open_ * gain * np.exp(-y)
        left += open_ * gain * -np.expm1(-y)
    return made, left
