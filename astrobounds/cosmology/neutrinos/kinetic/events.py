"""Collisions of neutrinos with neutrinos on a momentum grid, as a list of events.

An event i + j -> k + l has its four momenta fixed once and for all: three on nodes, the fourth
shared by the two nodes around it so that number and energy are kept exactly. Where the grid is uniform
the fourth momentum is a node as well and the rate of every event vanishes for a Fermi-Dirac spectrum;
beyond, where no thermal neutrinos are, detailed balance holds to the accuracy of the interpolation.
Neutrinos and antineutrinos of a flavour have one spectrum.
"""

import numpy as np

from ....numerics.jit import kernel
from .kernels import exchanged, total

PI3 = np.pi**3


@kernel
def _events(y, w, place, value):
    """Fill the events with i >= j; called with empty arrays it only counts them."""
    n = y.shape[0]
    count = 0
    for i in range(n):
        for j in range(i + 1):
            for k in range(n):
                fourth = y[i] + y[j] - y[k]
                if fourth < y[0] * (1.0 - 1e-12) or fourth > y[n - 1] * (1.0 + 1e-12):
                    continue
                if place.shape[0] > 0:
                    at = min(max(np.searchsorted(y, fourth) - 1, 0), n - 2)
                    share = (fourth - y[at]) / (y[at + 1] - y[at])
                    if share > 1.0 - 1e-9 and at < n - 2:
                        at, share = at + 1, 0.0
                    elif share < 1e-9:
                        share = 0.0
                    elif share > 1.0:
                        share = 1.0
                    place[count, 0], place[count, 1], place[count, 2] = i, j, k
                    place[count, 3] = at
                    value[count, 0] = share
                    both = w[i] * w[j] * w[k] / PI3
                    a, b, c, d = y[i], y[j], y[k], fourth
                    value[count, 1] = both * total(a + b, a, b, c, d, 0.0, 0.0)
                    value[count, 2] = both * exchanged(a - c, a, c, b, d, 0.0, 0.0)
                    value[count, 3] = both * exchanged(a - d, a, d, b, c, 0.0, 0.0)
                count += 1
    return count


def event_table(y, w):
    """Return nodes (i, j, k, l) and (share of l + 1, k12, k13, k14) of every event."""
    none = np.empty((0, 4), dtype=np.int32), np.empty((0, 4))
    count = _events(y, w, *none)
    place, value = np.empty((count, 4), dtype=np.int32), np.empty((count, 4))
    _events(y, w, place, value)
    return place, value


@kernel
def _fourth(f, at, share, out):
    """Occupation of every flavour between two nodes: the harmonic mean, zero if one is empty.

    What such an event takes from a node is then bounded by what is there, whatever the shape.
    """
    for a in range(3):
        if share == 0.0:
            out[a] = f[a, at]
        else:
            low, high = f[a, at], f[a, at + 1]
            empty = low <= 0.0 or high <= 0.0
            out[a] = 0.0 if empty else low * high / ((1.0 - share) * high + share * low)


@kernel
def _rate(f1, f2, f3, f4):
    """Occupations of 3 + 4 -> 1 + 2 minus those of 1 + 2 -> 3 + 4."""
    return f3 * f4 * (1.0 - f1) * (1.0 - f2) - f1 * f2 * (1.0 - f3) * (1.0 - f4)


@kernel
def collide(f, place, value, out):
    """Add d(w y^2 f) per time in units of G_F^2 T_d^5 to ``out``, shape (3, n).

    Every event changes its four places, by a half or a quarter of the rate that C_1 of the first
    alone would have, according to how often the list holds it: a a -> a a four times, a b -> a b and
    a a -> b b (both orders of flavours) twice.
    """
    g = np.empty(3)
    for m in range(place.shape[0]):
        i, j, k, l = place[m, 0], place[m, 1], place[m, 2], place[m, 3]
        share, k12, k13, k14 = value[m, 0], value[m, 1], value[m, 2], value[m, 3]
        _fourth(f, l, share, g)
        twice = 1.0 if i == j else 2.0
        same, pair = 0.25 * twice * (k12 + k13 + k14), 0.0625 * twice * (k13 + k14)
        straight, crossed = 0.125 * (k12 + k14), 0.125 * (k12 + k13)
        if i == j:
            crossed = 0.0
        for a in range(3):
            fi, fj, fk = f[a, i], f[a, j], f[a, k]
            r = same * _rate(fi, fj, fk, g[a])
            at_i, at_j, at_k = r, r, r
            fourth = r
            for b in range(3):
                if b == a:
                    continue
                r = straight * _rate(fi, f[b, j], fk, g[b])  # a_i b_j -> a_k b_l
                at_i += r
                at_k += r
                out[b, j] += r
                left = r
                r = crossed * _rate(fj, f[b, i], fk, g[b])  # a_j b_i -> a_k b_l
                at_j += r
                at_k += r
                out[b, i] += r
                left += r
                r = pair * _rate(fi, fj, f[b, k], g[b])  # a_i a_j -> b_k b_l
                at_i += r
                at_j += r
                out[b, k] -= r
                left += r
                out[b, l] -= (1.0 - share) * left
                if share != 0.0:
                    out[b, l + 1] -= share * left
            out[a, i] += at_i
            out[a, j] += at_j
            out[a, k] -= at_k
            out[a, l] -= (1.0 - share) * fourth
            if share != 0.0:
                out[a, l + 1] -= share * fourth


@kernel
def _add(jac, coefficient, f1, f2, f3, f4, i, j, k, l, share, d0, d1):
    """Derivatives of one event; rows and columns i, j, k and l, l + 1, d0, d1 = df4/df_l, l+1."""
    r1 = -coefficient * (f3 * f4 * (1.0 - f2) + f2 * (1.0 - f3) * (1.0 - f4))
    r2 = -coefficient * (f3 * f4 * (1.0 - f1) + f1 * (1.0 - f3) * (1.0 - f4))
    r3 = coefficient * (f4 * (1.0 - f1) * (1.0 - f2) + f1 * f2 * (1.0 - f4))
    r4 = coefficient * (f3 * (1.0 - f1) * (1.0 - f2) + f1 * f2 * (1.0 - f3))
    r0, r5 = r4 * d0, r4 * d1
    for row, sign in ((i, 1.0), (j, 1.0), (k, -1.0), (l, share - 1.0)):
        jac[row, i] += sign * r1
        jac[row, j] += sign * r2
        jac[row, k] += sign * r3
        jac[row, l] += sign * r0
        if share != 0.0:
            jac[row, l + 1] += sign * r5
    if share != 0.0:
        jac[l + 1, i] -= share * r1
        jac[l + 1, j] -= share * r2
        jac[l + 1, k] -= share * r3
        jac[l + 1, l] -= share * r0
        jac[l + 1, l + 1] -= share * r5


@kernel
def jacobian(f, place, value, jac):
    """Add derivatives of :func:`collide` to ``jac``; unknowns flavour by flavour."""
    n = f.shape[1]
    g, d0, d1 = np.empty(3), np.empty(3), np.empty(3)
    for m in range(place.shape[0]):
        i, j, k, l = place[m, 0], place[m, 1], place[m, 2], place[m, 3]
        share, k12, k13, k14 = value[m, 0], value[m, 1], value[m, 2], value[m, 3]
        _fourth(f, l, share, g)
        for a in range(3):
            d0[a], d1[a] = 1.0, 0.0
            if share != 0.0:
                d0[a] = (1.0 - share) * (g[a] / f[a, l]) ** 2 if g[a] > 0.0 else 0.0
                d1[a] = share * (g[a] / f[a, l + 1]) ** 2 if g[a] > 0.0 else 0.0
        twice = 1.0 if i == j else 2.0
        same, pair = 0.25 * twice * (k12 + k13 + k14), 0.0625 * twice * (k13 + k14)
        straight, crossed = 0.125 * (k12 + k14), 0.125 * (k12 + k13)
        for a in range(3):
            o = a * n
            ai, aj, ak = o + i, o + j, o + k
            fi, fj, fk = f[a, i], f[a, j], f[a, k]
            _add(jac, same, fi, fj, fk, g[a], ai, aj, ak, o + l, share, d0[a], d1[a])
            for b in range(3):
                if b == a:
                    continue
                q = b * n
                e0, e1 = d0[b], d1[b]
                _add(jac, straight, fi, f[b, j], fk, g[b], ai, q + j, ak, q + l, share, e0, e1)
                if i != j:
                    _add(jac, crossed, fj, f[b, i], fk, g[b], aj, q + i, ak, q + l, share, e0, e1)
                _add(jac, pair, fi, fj, f[b, k], g[b], ai, aj, q + k, q + l, share, e0, e1)
