"""The small dense LU solver against numpy."""

import numpy as np
import pytest

from astrobounds.numerics import linalg, status


@pytest.mark.parametrize("n", [1, 2, 3, 10, 33, 70])
def test_against_numpy(n):
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=(n, n)), rng.normal(size=n)
    a[rng.random((n, n)) < 0.4] = 0.0
    a += np.diag(rng.normal(size=n))
    lu, x, pivot = a.copy(), b.copy(), np.empty(n, np.int64)
    assert linalg.lu_factor(lu, pivot) == status.SUCCESS
    linalg.lu_solve(lu, pivot, x)
    np.testing.assert_allclose(a @ x, b, atol=1e-11 * np.abs(x).max())
    np.testing.assert_allclose(x, np.linalg.solve(a, b), rtol=1e-8, atol=1e-10 * np.abs(x).max())


def test_pivoting_saves_a_small_diagonal():
    lu, x, pivot = np.array([[1e-20, 1.0], [1.0, 1.0]]), np.array([1.0, 2.0]), np.empty(2, np.int64)
    assert linalg.lu_factor(lu, pivot) == status.SUCCESS
    linalg.lu_solve(lu, pivot, x)
    np.testing.assert_allclose(x, [1.0, 1.0])


@pytest.mark.parametrize("matrix", [[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [1.0, 1.0]],
                                    [[np.nan, 1.0], [1.0, 1.0]]])  # fmt: skip
def test_singular(matrix):
    assert linalg.lu_factor(np.array(matrix), np.empty(2, np.int64)) == status.SINGULAR
