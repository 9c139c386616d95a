"""Takagi factorisation U^T M U = diag(m) of a complex symmetric M, with masses over thirty orders.

Jacobi rotations in 32-digit arithmetic: the error of every mass is about 1e-31 of the largest, often
less for graded matrices. A complex M = A + iB of size n is the real symmetric matrix

    S = [[A, -B], [-B, -A]],   S (x, y) = m (x, y)  <=>  M u = m u*,  u = x + i y,

whose eigenvalues are +m and -m; orthonormal eigenvectors with +m are orthonormal Takagi vectors, also
where masses are degenerate (T. Hahn, physics/0607103, rotates M itself).
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DomainError
from .double_double import EPSILON, add, divide, multiply, square_root
from .jit import kernel

ZERO = 1e-30  # a mass below this part of the largest is zero
_SWEEPS = 40
_NEGLIGIBLE = 1e-120  # off-diagonal elements, relative to the largest element


@kernel
def rotation(ah, al, bh, bl, ch, cl):
    """Return (t, s, tau) as pairs: the rotation that zeroes c in [[a, c], [c, b]] (Rutishauser)."""
    dh, dl = add(bh, bl, -ah, -al)
    th, tl = divide(dh, dl, 2.0 * ch, 2.0 * cl)
    sign = 1.0
    if th < 0.0:
        sign = -1.0
        th, tl = -th, -tl
    if th > 1e60:
        th, tl = divide(0.5, 0.0, th, tl)
    else:
        rh, rl = multiply(th, tl, th, tl)
        rh, rl = add(rh, rl, 1.0, 0.0)
        rh, rl = square_root(rh, rl)
        rh, rl = add(rh, rl, th, tl)
        th, tl = divide(1.0, 0.0, rh, rl)
    th, tl = sign * th, sign * tl
    rh, rl = multiply(th, tl, th, tl)
    rh, rl = add(rh, rl, 1.0, 0.0)
    rh, rl = square_root(rh, rl)
    sh, sl = divide(th, tl, rh, rl)
    ch, cl = divide(1.0, 0.0, rh, rl)
    ch, cl = add(ch, cl, 1.0, 0.0)
    uh, ul = divide(sh, sl, ch, cl)
    return th, tl, sh, sl, uh, ul


@kernel
def rotate(high, low, i, j, k, m, sh, sl, uh, ul):
    """Rotate the elements (i, j) and (k, m): x - s(y + tau x), y + s(x - tau y)."""
    xh, xl = high[i, j], low[i, j]
    yh, yl = high[k, m], low[k, m]
    ph, pl = multiply(uh, ul, xh, xl)
    ph, pl = add(yh, yl, ph, pl)
    ph, pl = multiply(sh, sl, ph, pl)
    qh, ql = multiply(uh, ul, yh, yl)
    qh, ql = add(xh, xl, -qh, -ql)
    qh, ql = multiply(sh, sl, qh, ql)
    high[i, j], low[i, j] = add(xh, xl, -ph, -pl)
    high[k, m], low[k, m] = add(yh, yl, qh, ql)


@kernel
def _step(high, low, vectors, vectors_low, p, q):
    n = high.shape[0]
    ch, cl = high[p, q], low[p, q]
    th, tl, sh, sl, uh, ul = rotation(high[p, p], low[p, p], high[q, q], low[q, q], ch, cl)
    dh, dl = multiply(th, tl, ch, cl)
    high[p, p], low[p, p] = add(high[p, p], low[p, p], -dh, -dl)
    high[q, q], low[q, q] = add(high[q, q], low[q, q], dh, dl)
    high[p, q] = low[p, q] = 0.0
    for k in range(n):
        if k < p:
            rotate(high, low, k, p, k, q, sh, sl, uh, ul)
        elif p < k < q:
            rotate(high, low, p, k, k, q, sh, sl, uh, ul)
        elif k > q:
            rotate(high, low, p, k, q, k, sh, sl, uh, ul)
        rotate(vectors, vectors_low, k, p, k, q, sh, sl, uh, ul)


@kernel
def jacobi(high, low, vectors, vectors_low):
    """Diagonalise a real symmetric matrix in place; only its upper triangle is read and changed.

    Returns the number of sweeps. Eigenvalues are left on the diagonal, eigenvectors in the columns.
    """
    n = high.shape[0]
    largest = np.max(np.abs(high))
    for sweep in range(_SWEEPS):
        active = 0
        for p in range(n - 1):
            for q in range(p + 1, n):
                size = abs(high[p, q])
                scale = abs(high[p, p]) * abs(high[q, q])
                if size > _NEGLIGIBLE * largest and size * size > 1e-4 * EPSILON * EPSILON * scale:
                    active += 1
                    _step(high, low, vectors, vectors_low, p, q)
        if active == 0:
            return sweep
    return _SWEEPS


@dataclass(frozen=True, eq=False)
class Takagi:
    """Masses m in ascending order and the unitary U of U^T M U = diag(m).

    Attributes
    ----------
    masses, low : ndarray, shape (n,)
        High and low part: their sum has 32 digits, so that splittings survive subtraction.
    vectors : ndarray, shape (n, n)
        Complex; the column k is the state k, the row a its component along the field a.
    """

    masses: np.ndarray
    low: np.ndarray
    vectors: np.ndarray

    def splitting(self, i, j):
        """Return m_j - m_i, right to 1e-31 of the largest mass."""
        return float((self.masses[j] - self.masses[i]) + (self.low[j] - self.low[i]))


def check_symmetric(matrix, what="mass matrix"):
    """Return a square symmetric array of finite floats or complex numbers."""
    array = np.asarray(matrix)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.size == 0:
        raise DomainError(f"the {what} has shape {array.shape}; it must be square, (n, n)")
    array = array.astype(complex if np.iscomplexobj(array) else float)
    if not np.all(np.isfinite(array)):
        raise DomainError(f"the {what} has an element that is not finite: {array.tolist()}")
    worst = np.max(np.abs(array - array.T))
    if worst > 1e-12 * np.max(np.abs(array)):
        raise DomainError(f"the {what} is not symmetric (by {worst:.3g}): a Majorana matrix is, M = M^T")
    return array


def takagi(matrix):
    """Return the :class:`Takagi` factorisation of a symmetric matrix.

    Parameters
    ----------
    matrix : array, shape (n, n)
        Real or complex, symmetric; the upper triangle is used.

    Returns
    -------
    Takagi
        A mass below 1e-30 of the largest is exactly zero.

    Raises
    ------
    DomainError
        For a matrix that is not square, symmetric and finite.
    """
    array = check_symmetric(matrix)
    n = array.shape[0]
    largest = float(np.max(np.abs(array)))
    if largest == 0.0:
        return Takagi(np.zeros(n), np.zeros(n), np.eye(n, dtype=complex))
    scale = 2.0 ** -np.floor(np.log2(largest))  # a power of two: exact
    upper = np.triu(array)
    array = (upper + np.triu(array, 1).T) * scale
    real = not np.any(np.imag(array))
    high = array.real.copy() if real else _embedding(array)
    low, vectors = np.zeros_like(high), np.eye(len(high))
    vectors_low = np.zeros_like(high)
    jacobi(high, low, vectors, vectors_low)
    values, rest = np.diag(high).copy(), np.diag(low).copy()
    gone = np.abs(values) < ZERO * np.max(np.abs(values))
    values[gone] = rest[gone] = 0.0
    if real:
        phases = np.where(values < 0.0, 1j, 1.0)
        sign = np.where(values < 0.0, -1.0, 1.0)
        order = np.lexsort((sign * rest, np.abs(values)))
        masses, rest, states = np.abs(values)[order], (sign * rest)[order], (vectors * phases)[:, order]
    else:
        masses, rest, states = _positive(values, rest, vectors, n)
    return Takagi(masses / scale, rest / scale, states)


def _embedding(array):
    a, b = array.real, array.imag
    return np.block([[a, -b], [-b, -a]])


def _positive(values, rest, vectors, n):
    """Return masses and complex vectors from the eigenvalues +m of the embedding."""
    states = vectors[:n] + 1j * vectors[n:]
    found = np.flatnonzero(values > 0.0)
    order = found[np.lexsort((rest[found], values[found]))]
    missing = n - len(order)
    if missing:  # massless states come twice, as u and i u: choose an orthonormal set
        kernel_space = states[:, values == 0.0]
        left, _, _ = np.linalg.svd(kernel_space, full_matrices=False)
        states = np.hstack([left[:, :missing], states[:, order]])
        empty = np.zeros(missing)
        return np.append(empty, values[order]), np.append(empty, rest[order]), states
    return values[order], rest[order], states[:, order]
