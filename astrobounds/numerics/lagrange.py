"""Weights of nodes in the polynomial through their values."""

import numpy as np


def lagrange_weights(nodes, x):
    """Return w with p(x) = sum w_i f(nodes_i) for the polynomial p through all nodes.

    Parameters
    ----------
    nodes : array_like, shape (n,)
        All different.
    x : float or ndarray, shape (...)

    Returns
    -------
    ndarray, shape (n, ...)
    """
    nodes = np.asarray(nodes, dtype=float)
    return np.array([
        np.prod([(x - b) / (a - b) for j, b in enumerate(nodes) if j != i], axis=0)
        for i, a in enumerate(nodes)
    ])  # fmt: skip
