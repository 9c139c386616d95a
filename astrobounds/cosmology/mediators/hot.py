"""Production of X above T_MATCH, where neutrinos share the temperature of the hot plasma."""

import numpy as np

from ..neutrinos.expansion import H_FACTOR
from ..plasma import hot
from ..plasma.matching import entropy_at
from ..relics.boltzmann import T_MATCH, evolve

references = hot.references

REACH = 10.0  # the history starts at this many times the larger of T_MATCH and m
STEP = 1.0 / 32.0  # of ln a
PASSES = 3  # H with the energy of X of the pass before


def blocked_band(energy, momentum, temperature, mu=0.0):
    """Return int dE_1 (1 - f_a - f_b)/p of a pair at one temperature and chemical potential.

    With s, d = (E - 2 mu +- p)/(4 T) it is (T/p) ln(cosh^2 s/cosh^2 d). All arguments in one unit,
    arrays that broadcast.
    """
    y = energy - 2.0 * mu
    s, d = np.abs(y + momentum) / (4.0 * temperature), np.abs(y - momentum) / (4.0 * temperature)
    log = 2.0 * (s - d + np.log1p(np.exp(-2.0 * s)) - np.log1p(np.exp(-2.0 * d)))
    return temperature / momentum * log


def production(boson, nodes, weights):
    """Return the occupations of X at T_MATCH [shape of ``nodes``], made from nothing.

    Parameters
    ----------
    boson : neutrino_pairs.PairBoson
    nodes, weights : ndarray
        y = p/T_MATCH and the weights of a sum over y.

    Notes
    -----
    The plasma keeps its temperature while X fills, as if X cost it no entropy: where X is half full at
    T_MATCH its occupation is off by some per cent; empty and full are exact.
    """
    top = REACH * max(T_MATCH, boson.mass)
    first, last = hot.density(top)[1], entropy_at(T_MATCH)
    length = np.log(first / last) / 3.0
    points = int(np.ceil(length / STEP)) + 1
    x = np.linspace(-length, 0.0, points)
    T = hot.temperature(first * np.exp(-3.0 * (x + length)))
    T *= T_MATCH / T[-1]  # the two histories meet to 1e-3
    p = nodes * T_MATCH * np.exp(-x)[:, None]
    energy = np.hypot(p, boson.mass)
    reduced = boson.width * boson.mass / energy * blocked_band(energy, p, T[:, None])
    target = np.ascontiguousarray(1.0 / np.expm1(np.minimum(energy / T[:, None], 600.0)))
    rho = hot.density(T)[0]
    volume = boson.degrees / (2.0 * np.pi**2) * weights * nodes**2 * T_MATCH**3
    f = np.zeros_like(p)
    for _ in range(PASSES):
        of_x = np.exp(-3.0 * x) * (f * energy * volume).sum(axis=1)
        H = H_FACTOR * np.sqrt(rho + of_x)
        evolve(x[1] - x[0], np.ascontiguousarray(reduced / H[:, None]), target, f)
    return f[-1].copy()
