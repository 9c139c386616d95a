"""Polynomials through nodes."""

import numpy as np
from numpy.testing import assert_allclose

from astrobounds.numerics.lagrange import lagrange_weights

NODES = np.array([0.1, 0.35, 0.9, 1.4])


def test_cubics_come_out_exactly():
    cubic = np.poly1d([2.0, -1.0, 0.5, 3.0])
    x = np.linspace(-0.2, 1.7, 9)
    assert_allclose(cubic(NODES) @ lagrange_weights(NODES, x), cubic(x), rtol=1e-12, atol=0)
    assert_allclose(lagrange_weights(NODES, 0.6) @ cubic(NODES), cubic(0.6), rtol=1e-13, atol=0)


def test_a_node_has_all_the_weight_at_itself():
    assert_allclose(lagrange_weights(NODES, NODES), np.eye(4), rtol=0, atol=1e-15)
    assert_allclose(lagrange_weights(NODES, 7.0).sum(), 1.0, rtol=1e-12, atol=0)
