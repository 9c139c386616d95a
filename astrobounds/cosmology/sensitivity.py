"""Derivatives of the abundances and evaluations over whole grids of inputs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..errors import DomainError
from .background import expand
from .defaults import RANGES, checked_inputs
from .nuclear.run import run_network, yields
from .plasma import baryons

OBSERVABLES = ("Yp", "DH", "He3H", "Li7H")
_STEP = 0.02  # of ln x; fourth-order differences leave 1e-5, the noise of the network 1e-6


def _slope(function, step):
    """Fourth-order central difference of ``function(h)`` (arrays) at 0."""
    near = function(step) - function(-step)
    far = function(2.0 * step) - function(-2.0 * step)
    return (8.0 * near - far) / (12.0 * step)


def sensitivities(
    model=None,
    *,
    omega_b=None,
    eta=None,
    tau_n=None,
    delta_neff=0.0,
    xi_e=0.0,
    rates="default",
    network="small",
    neutrinos="integrated",
    weak_level="full",
    qed="full",
    nuisance=None,
    reactions=None,
):
    """Return d ln X/d ln p of the abundances X with respect to every input p.

    Parameters
    ----------
    reactions : sequence of str, optional
        Reactions to vary (the rate times a constant factor); by default all of the network.
    others
        The point, as in :func:`astrobounds.cosmology.bbn`.

    Returns
    -------
    dict of dict
        ``result[p][X]`` with X in "Yp", "DH", "He3H", "Li7H" and p in "omega_b", "tau_n", "Neff"
        (dark radiation; d ln X/d ln N_eff), "xi_e" (d ln X/d xi_e) and the names of reactions.

    Raises
    ------
    DomainError, ConfigError
        As for :func:`astrobounds.cosmology.bbn`, and for an unknown reaction.

    Notes
    -----
    Fourth-order central differences with steps of 2 and 4 per cent; good to 1e-4 absolute.
    """
    from .nuclear.network import load_network

    inputs = checked_inputs(model, omega_b, eta, tau_n, delta_neff, xi_e, neutrinos, weak_level, qed)
    eta, tau_n = inputs["eta"], inputs["tau_n"]
    ready = load_network(network, rates) if isinstance(network, (str, tuple, list)) else network
    options = (neutrinos, weak_level, qed, model)
    names = ready.reactions if reactions is None else tuple(reactions)
    unknown = set(names) - set(ready.reactions)
    if unknown:
        raise DomainError(f"reactions {sorted(unknown)} are not in the network {ready.reactions}")
    start = expand(tau_n, delta_neff, xi_e, *options, eta=eta)

    def logs(state=start, eta=eta, factors=None):
        return np.log(yields(run_network(ready, state[0], eta, *state[1:], nuisance, factors=factors)))

    def lifetime(h):
        factor = np.exp(-h)
        return logs((start[0], start[1] * factor, start[2] * factor))

    def radiation(h):
        state = expand(tau_n, delta_neff + h, xi_e, *options, eta=eta)
        return np.append(logs(state), np.log(state[0].Neff))

    table = {
        "omega_b": _slope(lambda h: logs(eta=eta * np.exp(h)), _STEP),
        "tau_n": _slope(lifetime, _STEP),
        "xi_e": _slope(lambda h: logs(expand(tau_n, delta_neff, xi_e + h, *options, eta=eta)), 0.01),
    }
    dark = _slope(radiation, 0.1)
    table["Neff"] = dark[:4] / dark[4]
    for name in names:
        table[name] = _slope(lambda h, name=name: logs(factors={name: np.exp(h)}), _STEP)
    return {key: {x: float(v) for x, v in zip(OBSERVABLES, values)} for key, values in table.items()}


@dataclass(frozen=True, eq=False)
class BBNGrid:
    """Abundances over a grid: arrays of the broadcast shape of the inputs.

    ``failed`` counts points whose network did not finish; their abundances are nan.
    """

    Neff: np.ndarray
    Yp: np.ndarray
    DH: np.ndarray
    He3H: np.ndarray
    Li7H: np.ndarray
    failed: int
    references: tuple

    @property
    def Yp_cmb(self):
        """Helium mass fraction as CMB codes use it."""
        return baryons.helium_mass_fraction(self.Yp)


def _inside(name, values):
    """Raise if any of ``values`` is not in the range of an input; the ends belong to it."""
    values = np.asarray(values, dtype=float)
    low, high = RANGES[name]
    good = (values >= low) & (values <= high)
    if not np.all(good):
        raise DomainError(f"{name} = {values[~good].flat[0]:g} is outside [{low:g}, {high:g}]")


def bbn_grid(
    *,
    omega_b=None,
    eta=None,
    tau_n=None,
    delta_neff=0.0,
    xi_e=0.0,
    rates="default",
    network="small",
    neutrinos="integrated",
    nuisance=None,
    threads=2,
):
    """Return abundances for arrays of inputs, which broadcast against each other.

    Parameters
    ----------
    omega_b, eta, tau_n, delta_neff, xi_e : float, array_like or Quantity
        As in :func:`astrobounds.cosmology.bbn`, of any shapes that broadcast.
    nuisance : dict, optional
        Reaction name to p, scalars or arrays that broadcast with the others.
    threads : int
        Python threads; the kernels run without the interpreter lock. Points that share
        delta_neff and xi_e share one expansion.

    Returns
    -------
    BBNGrid

    Raises
    ------
    DomainError, ConfigError
        As for :func:`astrobounds.cosmology.bbn`.
    """
    from ..units import time_s
    from .neutrinos import decoupling
    from .nuclear.network import load_network

    if omega_b is not None and eta is not None:
        raise DomainError("omega_b and eta are both given: give one of them")
    if eta is None:
        omega_b = np.asarray(0.02237 if omega_b is None else omega_b, dtype=float)
        _inside("omega_b", omega_b)
        eta = baryons.eta_from_omega_b(omega_b)
    else:
        _inside("eta", eta)
    seconds = const.TAU_N if tau_n is None else time_s(tau_n, "tau_n")
    for name, column in (("tau_n", seconds), ("delta_neff", delta_neff), ("xi_e", xi_e)):
        _inside(name, column)
    nuisance = nuisance or {}
    arrays = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (eta, seconds, delta_neff, xi_e, *nuisance.values()))
    )
    shape = arrays[0].shape
    flat = [a.ravel() for a in arrays]
    checked_inputs(None, None, None, None, 0.0, 0.0, neutrinos, "full", "full")
    ready = load_network(network, rates) if isinstance(network, (str, tuple, list)) else network
    pairs, which = np.unique(np.column_stack(flat[2:4]), axis=0, return_inverse=True)
    which = np.ravel(which)

    def state(pair):
        return expand(const.TAU_N, pair[0], pair[1], neutrinos)

    def point(i):
        background, n_to_p, p_to_n = states[which[i]]
        factor = const.TAU_N / flat[1][i]
        shifts = {name: flat[4 + k][i] for k, name in enumerate(nuisance)}
        run = run_network(ready, background, flat[0][i], n_to_p * factor, p_to_n * factor, shifts or None)
        return yields(run)

    with ThreadPoolExecutor(max_workers=max(1, int(threads))) as pool:
        states = list(pool.map(state, pairs))
        values = np.array(list(pool.map(point, range(len(flat[0])))))
    neff = np.array([s[0].Neff for s in states])[which]
    columns = [neff, *values.T]
    return BBNGrid(
        *(c.reshape(shape) for c in columns),
        failed=int(np.isnan(values[:, 0]).sum()),
        references=tuple(sorted({*decoupling.references, *ready.references})),
    )
