"""One-loop neutrino masses from the exchange of Z and Higgs (Pilaftsis 1992; arXiv:1209.4051).

    m_ab = (sqrt2 G_F/16 pi^2) sum_k U*_ak U*_bk m_k^3 g(m_k^2),   g(x) = h(x/m_H^2) + 3 h(x/m_Z^2),
    h(r) = ln r/(r - 1)

In a quasi-Dirac pair the two terms cancel to the relative splitting. Since sum_k U*_ak U*_bk m_k^3 is
the element (M M^+ M)_ab, g is split into its value at the heaviest state, which multiplies that exact
element, and a small difference.
"""

import math

import numpy as np

from ... import constants as const

FACTOR = math.sqrt(2.0) * const.G_FERMI / (16.0 * math.pi**2)  # MeV^-2
BOSONS = ((1.0, const.M_HIGGS**2), (3.0, const.M_Z**2))


def _h(r):
    return math.log1p(r - 1.0) / (r - 1.0) if r != 1.0 else 1.0


def _difference(r, s, gap):
    """h(r) - h(s) for r - s = gap, without cancellation unless r or s is 1."""
    if min(abs(r - 1.0), abs(s - 1.0)) < 1e-6:
        return _h(r) - _h(s)
    ratio = math.log1p(gap / s) if gap > -0.5 * s else math.log(r / s)
    top = ratio * (s - 1.0) - math.log(s) * gap
    return top / ((r - 1.0) * (s - 1.0))


def loop_matrix(matrix, spectrum, n):
    """Return the one-loop mass matrix [MeV] of the first ``n`` fields, shape (n, n).

    Parameters
    ----------
    matrix : ndarray, shape (m, m)
        Mass matrix [MeV].
    spectrum : Takagi
        Its diagonalisation.
    """
    masses, rows = spectrum.masses, np.conj(spectrum.vectors[:n])
    last = len(masses) - 1
    top = masses[last]
    total = np.zeros((n, n), dtype=complex)
    if top == 0.0:
        return total
    exact = (matrix @ np.conj(matrix) @ matrix)[:n, :n]
    total += sum(w * _h(top * top / square) for w, square in BOSONS) * exact
    for k in range(last):
        if masses[k] > 0.0:
            gap = -spectrum.splitting(k, last) * (masses[k] + top)
            step = sum(
                w * _difference(masses[k] ** 2 / square, top * top / square, gap / square)
                for w, square in BOSONS
            )
            total += masses[k] ** 3 * step * np.outer(rows[:, k], rows[:, k])
    return FACTOR * total
