"""Takagi factorisation against 80 digits, where masses span thirty orders of magnitude."""

import numpy as np
import pytest

from astrobounds.errors import DomainError
from astrobounds.numerics import double_double as dd
from astrobounds.numerics.takagi import takagi

mpmath = pytest.importorskip("mpmath")


def exact_masses(matrix):
    """Singular values with 90 digits, ascending."""
    with mpmath.workdps(90):
        entries = mpmath.matrix([[mpmath.mpmathify(complex(x)) for x in row] for row in matrix])
        return sorted(mpmath.svd_c(entries, compute_uv=False))


def relative_errors(matrix):
    """Errors of high + low part of the masses."""
    found, exact = takagi(matrix), exact_masses(matrix)
    with mpmath.workdps(90):
        pairs = zip(found.masses, found.low, exact)
        return [float(abs(mpmath.mpf(h) + mpmath.mpf(l) - x) / x) for h, l, x in pairs], exact


def graded(rng, n, orders, complex_entries):
    """A random symmetric matrix whose elements span ``orders`` orders of magnitude."""
    scale = 10.0 ** rng.uniform(-orders / 2, orders / 2, (n, n))
    matrix = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)) * complex_entries
    matrix = matrix * scale
    matrix = np.triu(matrix) + np.triu(matrix, 1).T
    return matrix if complex_entries else matrix.real


def test_one_operation_is_right_to_thirty_one_digits():
    rng = np.random.default_rng(5)
    with mpmath.workdps(60):
        for _ in range(40):
            (ah, bh), (al, bl) = rng.normal(size=2), rng.normal(size=2) * 1e-17
            ah, al = dd.two_sum(ah, al)
            bh, bl = dd.two_sum(bh, bl)
            a, b = mpmath.mpf(ah) + mpmath.mpf(al), mpmath.mpf(bh) + mpmath.mpf(bl)
            for (high, low), want in (
                (dd.add(ah, al, bh, bl), a + b), (dd.multiply(ah, al, bh, bl), a * b),
                (dd.divide(ah, al, bh, bl), a / b),
            ):  # fmt: skip
                scale = 16 * dd.EPSILON * max(abs(a), abs(want))
                assert abs(mpmath.mpf(high) + mpmath.mpf(low) - want) < scale
            high, low = dd.square_root(abs(ah), al if ah > 0 else -al)
            want = mpmath.sqrt(abs(a))
            assert abs(mpmath.mpf(high) + mpmath.mpf(low) - want) < 16 * dd.EPSILON * want


@pytest.mark.parametrize("phases", [False, True], ids=["real", "complex"])
def test_random_graded_matrices_keep_every_mass(phases):
    """n = 2 to 6, elements over twenty orders: errors below 1e-31 of the largest mass."""
    rng = np.random.default_rng(11 + phases)
    for n in (2, 3, 4, 5, 6):
        for _ in range(4):
            errors, exact = relative_errors(graded(rng, n, 20.0, phases))
            assert max(errors) < 1e-31 * float(exact[-1] / exact[0]) + 1e-30


@pytest.mark.parametrize("phases", [0.0, 0.7])
def test_light_masses_at_condition_1e20_are_right_to_1e_8(phases):
    """Three flavours and three pairs at the scale 1 GeV with light masses of 1e-17 GeV."""
    rng = np.random.default_rng(2)
    n = 3
    zero = np.zeros((n, n))
    heavy = np.diag([1.0, 1.3, 2.7])
    tiny = 1e-14 * (rng.normal(size=(n, n)) + 1j * phases * rng.normal(size=(n, n)))
    tiny = np.triu(tiny) + np.triu(tiny, 1).T
    dirac = 1e-3 * (rng.normal(size=(n, n)) + 1j * phases * rng.normal(size=(n, n)))
    matrix = np.block([[zero, dirac, zero], [dirac.T, zero, heavy], [zero, heavy.T, tiny]])
    matrix = matrix if phases else matrix.real
    errors, exact = relative_errors(matrix)
    assert exact[-1] / exact[0] > 1e20
    assert max(errors) < 1e-9
    plain = np.sort(np.linalg.svd(matrix, compute_uv=False))
    assert abs(plain[0] / float(exact[0]) - 1.0) > 1.0, "double precision alone loses the light masses"
    np.testing.assert_allclose(takagi(matrix).masses, [float(x) for x in exact], rtol=1e-8, atol=0)


def test_a_unified_scale_keeps_its_neutrino_mass():
    """m = 1e5 MeV, M = 1e18 MeV: condition 1e26."""
    found = takagi(np.array([[0.0, 1e5], [1e5, 1e18]]))
    np.testing.assert_allclose(found.masses, [1e-8, 1e18], rtol=1e-15, atol=0)


@pytest.mark.parametrize("n", [2, 4, 7])
def test_vectors_diagonalise_by_congruence_and_are_unitary(n):
    rng = np.random.default_rng(n)
    matrix = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    matrix = matrix + matrix.T
    found = takagi(matrix)
    u = found.vectors
    largest = found.masses[-1]
    np.testing.assert_allclose(u.T @ matrix @ u, np.diag(found.masses), rtol=0, atol=1e-14 * largest)
    np.testing.assert_allclose(u.conj().T @ u, np.eye(n), rtol=0, atol=1e-14)
    assert np.all(np.diff(found.masses) >= 0.0)


@pytest.mark.parametrize("matrix", [
    [[0, 1], [1, 0]], [[0, 1j], [1j, 0]], [[2, 0], [0, -2]], [[1, 1j], [1j, -1]],
    [[0, 1, 0], [1, 0, 1j], [0, 1j, 0]], [[0, 1 + 1j, 0], [1 + 1j, 0, 0], [0, 0, 0]],
    [[0.0, 0.0], [0.0, 0.0]],
])  # fmt: skip
def test_degenerate_and_massless_states(matrix):
    """Equal masses and several zeros still give a unitary U and positive masses."""
    matrix = np.array(matrix)
    found = takagi(matrix)
    u = found.vectors
    np.testing.assert_allclose(u.T @ matrix @ u, np.diag(found.masses), rtol=0, atol=1e-15)
    np.testing.assert_allclose(u.conj().T @ u, np.eye(len(matrix)), rtol=0, atol=1e-15)
    zeros = np.sum(np.linalg.svd(matrix, compute_uv=False) < 1e-15)
    assert np.sum(found.masses == 0.0) == zeros


def test_the_splitting_survives_the_subtraction():
    """mu = 1e-25 of the mass splits the pair by mu: the difference of doubles is zero."""
    found = takagi(np.array([[0.0, 1e-3, 0.0], [1e-3, 0.0, 1.0], [0.0, 1.0, 1e-25]]))
    assert found.masses[2] == found.masses[1]
    np.testing.assert_allclose(found.splitting(1, 2), 1e-25, rtol=2e-6, atol=0)


def test_what_is_no_majorana_matrix_is_refused():
    with pytest.raises(DomainError, match="square"):
        takagi(np.zeros((2, 3)))
    with pytest.raises(DomainError, match="not symmetric"):
        takagi([[0.0, 1.0], [2.0, 0.0]])
    with pytest.raises(DomainError, match="not finite"):
        takagi([[0.0, np.nan], [np.nan, 0.0]])
