"""Collisions of neutrinos with neutrinos on a momentum grid, as a list of events.

An event i + j -> k + l has its four momenta fixed once and for all: three on nodes, the fourth
shared by the two nodes around it so that number and energy are kept exactly. Where the grid is uniform
the fourth momentum is a node as well and the rate of every event vanishes for a Fermi-Dirac spectrum;
beyond, where no thermal neutrinos are, detailed balance holds to the accuracy of the interpolation.
Neutrinos and antineutrinos of a flavour have one spectrum.
"""

import numpy as np

from ....numerics.jit import quick
from .kernels import exchanged, total

PI3 = np.pi**3
_NOTHING = 1e-22  # product of occupations that changes nothing, not even the far tail of injected neutrinos


@quick
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


@quick
def _harmonic(low, high, share):
    """Harmonic mean of two occupations, zero if one is empty."""
    if low <= 0.0 or high <= 0.0:
        return 0.0
    return low * high / ((1.0 - share) * high + share * low)


@quick
def _fourth(f, at, share):
    """Occupation of every flavour between two nodes: the harmonic mean.

    What such an event takes from a node is then bounded by what is there, whatever the shape.
    """
    if share == 0.0:
        return f[0, at], f[1, at], f[2, at]
    return (
        _harmonic(f[0, at], f[0, at + 1], share),
        _harmonic(f[1, at], f[1, at + 1], share),
        _harmonic(f[2, at], f[2, at + 1], share),
    )


@quick
def _fullest(f, top):
    """Largest occupation of every node over the flavours."""
    for i in range(f.shape[1]):
        top[i] = max(abs(f[0, i]), abs(f[1, i]), abs(f[2, i]))


@quick
def _unlike(p, q, u, v):
    """Sums over the other flavours of p_a u_b - q_a v_b, for every a, then for every b; all are triples.

    With p = c (1 - a), q = a (1 - c), u = d (1 - b), v = b (1 - d) these are the rates of a_a b_b ->
    c_a d_b.
    """
    up, down = u[0] + u[1] + u[2], v[0] + v[1] + v[2]
    gain, loss = p[0] + p[1] + p[2], q[0] + q[1] + q[2]
    return (
        p[0] * (up - u[0]) - q[0] * (down - v[0]),
        p[1] * (up - u[1]) - q[1] * (down - v[1]),
        p[2] * (up - u[2]) - q[2] * (down - v[2]),
        u[0] * (gain - p[0]) - v[0] * (loss - q[0]),
        u[1] * (gain - p[1]) - v[1] * (loss - q[1]),
        u[2] * (gain - p[2]) - v[2] * (loss - q[2]),
    )


@quick
def _times(a, b):
    """a (1 - b) of triples."""
    return a[0] * (1.0 - b[0]), a[1] * (1.0 - b[1]), a[2] * (1.0 - b[2])


@quick
def _both(a, b):
    """a b of triples."""
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


@quick
def _neither(a, b):
    """(1 - a) (1 - b) of triples."""
    return (1.0 - a[0]) * (1.0 - b[0]), (1.0 - a[1]) * (1.0 - b[1]), (1.0 - a[2]) * (1.0 - b[2])


@quick
def collide(f, place, value, out):
    """Add d(w y^2 f) per time in units of G_F^2 T_d^5 to ``out``, shape (3, n).

    Every event changes its four places, by a half or a quarter of the rate that C_1 of the first
    alone would have, according to how often the list holds it: a a -> a a four times, a b -> a b and
    a a -> b b (both orders of flavours) twice. Events among places that hold next to nothing are skipped.
    """
    top = np.empty(f.shape[1])
    _fullest(f, top)
    m, count = 0, place.shape[0]
    while m < count:  # the list goes by pairs i, j
        i, j = place[m, 0], place[m, 1]
        full = top[i] * top[j] > _NOTHING
        twice, other = (1.0, 0.0) if i == j else (2.0, 1.0)
        a, b = (f[0, i], f[1, i], f[2, i]), (f[0, j], f[1, j], f[2, j])
        out_of, no_in = _both(a, b), _neither(a, b)
        first, second = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
        while m < count and place[m, 0] == i and place[m, 1] == j:
            k, l, share = place[m, 2], place[m, 3], value[m, 0]
            k12, k13, k14 = value[m, 1], value[m, 2], value[m, 3]
            m += 1
            if not full:
                last = top[l] if share == 0.0 else max(top[l], top[l + 1])
                if top[k] * last < _NOTHING:
                    continue
            same, pair = 0.25 * twice * (k12 + k13 + k14), 0.0625 * twice * (k13 + k14)
            straight, crossed = 0.125 * (k12 + k14), 0.125 * other * (k12 + k13)
            c = f[0, k], f[1, k], f[2, k]
            d = _fourth(f, l, share)
            into, no_out = _both(c, d), _neither(c, d)
            x = _unlike(no_in, out_of, into, no_out)  # a_a a_a -> c_b d_b
            y = _unlike(_times(c, a), _times(a, c), _times(d, b), _times(b, d))  # a_a b_b -> c_a d_b
            z = _unlike(_times(c, b), _times(b, c), _times(d, a), _times(a, d))  # b_a a_b -> c_a d_b
            r0 = same * (into[0] * no_in[0] - out_of[0] * no_out[0])
            r1 = same * (into[1] * no_in[1] - out_of[1] * no_out[1])
            r2 = same * (into[2] * no_in[2] - out_of[2] * no_out[2])
            p0, p1, p2 = r0 + pair * x[0], r1 + pair * x[1], r2 + pair * x[2]
            y0, y1, y2 = straight * y[0], straight * y[1], straight * y[2]
            z0, z1, z2 = crossed * z[0], crossed * z[1], crossed * z[2]
            v0, v1, v2 = straight * y[3], straight * y[4], straight * y[5]
            u0, u1, u2 = crossed * z[3], crossed * z[4], crossed * z[5]
            first = first[0] + p0 + y0 + u0, first[1] + p1 + y1 + u1, first[2] + p2 + y2 + u2
            second = second[0] + p0 + v0 + z0, second[1] + p1 + v1 + z1, second[2] + p2 + v2 + z2
            r0, r1, r2 = r0 + pair * x[3], r1 + pair * x[4], r2 + pair * x[5]
            out[0, k] -= r0 + y0 + z0
            out[1, k] -= r1 + y1 + z1
            out[2, k] -= r2 + y2 + z2
            r0, r1, r2 = r0 + v0 + u0, r1 + v1 + u1, r2 + v2 + u2
            out[0, l] -= (1.0 - share) * r0
            out[1, l] -= (1.0 - share) * r1
            out[2, l] -= (1.0 - share) * r2
            if share != 0.0:
                out[0, l + 1] -= share * r0
                out[1, l + 1] -= share * r1
                out[2, l + 1] -= share * r2
        for q in range(3):
            out[q, i] += first[q]
            out[q, j] += second[q]


@quick
def _to(own, other, row, column, own_part, other_part):
    own[row, column] += own_part
    other[row, column] += other_part


@quick
def jacobian(f, place, value, own, other):
    """Derivatives of :func:`collide` for equal flavours at the mean occupations of ``f``.

    ``own``, ``other`` (n, n), filled: the change of a flavour by itself and by each of the others; exact
    to the first order in how much flavours differ.
    """
    n = f.shape[1]
    mean, g = np.empty(n), 0.0
    for i in range(n):
        mean[i] = (f[0, i] + f[1, i] + f[2, i]) / 3.0
    own[:], other[:] = 0.0, 0.0
    for m in range(place.shape[0]):
        i, j, k, l = place[m, 0], place[m, 1], place[m, 2], place[m, 3]
        share, k12, k13, k14 = value[m, 0], value[m, 1], value[m, 2], value[m, 3]
        a, b, c, g = mean[i], mean[j], mean[k], mean[l]
        d0, d1 = 1.0, 0.0
        if share != 0.0:
            g = _harmonic(mean[l], mean[l + 1], share)
            d0 = (1.0 - share) * (g / mean[l]) ** 2 if g > 0.0 else 0.0
            d1 = share * (g / mean[l + 1]) ** 2 if g > 0.0 else 0.0
        empty, full = (1.0 - a) * (1.0 - b), a * b
        by_i = -(c * g * (1.0 - b) + b * (1.0 - c) * (1.0 - g))
        by_j = -(c * g * (1.0 - a) + a * (1.0 - c) * (1.0 - g))
        by_k, by_l = g * empty + full * (1.0 - g), c * empty + full * (1.0 - c)
        twice, unlike = (1.0, 0.0) if i == j else (2.0, 1.0)
        same, p = 0.25 * twice * (k12 + k13 + k14), 0.0625 * twice * (k13 + k14)
        s, x = 0.125 * (k12 + k14), 0.125 * unlike * (k12 + k13)
        every = same + 2.0 * (s + x + p)
        pairs, along, across = same + 2.0 * p, same + 2.0 * s, same + 2.0 * x
        own[i, i] += every * by_i
        own[j, j] += every * by_j
        own[k, k] -= every * by_k
        _to(own, other, i, j, pairs * by_j, (s + x) * by_j)
        _to(own, other, j, i, pairs * by_i, (s + x) * by_i)
        _to(own, other, i, k, along * by_k, (x + p) * by_k)
        _to(own, other, j, k, across * by_k, (s + p) * by_k)
        _to(own, other, k, i, -along * by_i, -(x + p) * by_i)
        _to(own, other, k, j, -across * by_j, -(s + p) * by_j)
        if share == 0.0:
            own[l, l] -= every * by_l
            _to(own, other, i, l, across * by_l, (s + p) * by_l)
            _to(own, other, j, l, along * by_l, (x + p) * by_l)
            _to(own, other, k, l, -pairs * by_l, -(s + x) * by_l)
            _to(own, other, l, i, -across * by_i, -(s + p) * by_i)
            _to(own, other, l, j, -along * by_j, -(x + p) * by_j)
            _to(own, other, l, k, -pairs * by_k, -(s + x) * by_k)
            continue
        for upper in range(2):
            to, part, r = l + upper, (share if upper else 1.0 - share), (d1 if upper else d0) * by_l
            _to(own, other, i, to, across * r, (s + p) * r)
            _to(own, other, j, to, along * r, (x + p) * r)
            _to(own, other, k, to, -pairs * r, -(s + x) * r)
            _to(own, other, to, i, -part * across * by_i, -part * (s + p) * by_i)
            _to(own, other, to, j, -part * along * by_j, -part * (x + p) * by_j)
            _to(own, other, to, k, -part * pairs * by_k, -part * (s + x) * by_k)
            own[to, l] -= part * every * d0 * by_l
            own[to, l + 1] -= part * every * d1 * by_l
