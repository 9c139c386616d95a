"""The shared collision kernel: contact 2 -> 2 processes, nine dimensions reduced to two.

1 + 2 -> 3 + 4 with isotropic Fermi distributions of 1, 2, 3 and |M|^2 made of four-products (ij):

    R(E4) = 1/(64 pi^3 E4 p4) int dE2 int dE3 [sum_k c_k I_k] f1 f2 (1 - f3),  E1 = E3 + E4 - E2 + shift

The angular integrals I_k are polynomials in the momentum P of a pair and are done exactly with three
Gauss nodes (the reduction of Dolgov, Hansen & Semikoz, hep-ph/9703315, in another variable). At
fixed E2 every kink of the integrand in E3 solves one of two quadratic equations (p1 +- p3 meets
p2 +- p4), so the E3 integral is split there and converges like a smooth one.
"""

import numpy as np

from .jit import kernel

# Products in the order of the coefficient vector
PRODUCTS = ("(12)(34)", "(13)(24)", "(14)(23)", "m2 m3 (14)", "m2 m3 (34)")
N_PRODUCTS = 5

_G3 = np.array([-np.sqrt(0.6), 0.0, np.sqrt(0.6)])
_W3 = np.array([5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0])
_CUT = 28.0  # thermal widths kept beyond the Fermi level; the rest is below 1e-9


@kernel
def fermi(x):
    """1/(e^x + 1) without overflow."""
    if x > 700.0:
        return 0.0
    return 1.0 / (np.exp(x) + 1.0)


@kernel
def _momentum(e, m):
    """sqrt(E^2 - m^2) without cancellation."""
    return np.sqrt(max((e - m) * (e + m), 0.0))


@kernel
def angular(e1, p1, e2, p2, e3, p3, e4, p4, mm, need, out):
    """Fill ``out[product, helicity]`` with the angular integrals, helicity -1 first.

    The momentum of 4 in each product is q_h = (E4 - h p4)/2 (1, -h n4): the two helicities of a
    particle with a left-handed coupling; they add up to the unpolarised product.
    """
    out[:] = 0.0
    q_minus, q_plus = 0.5 * (e4 + p4), 0.0
    m4sq = (e4 - p4) * (e4 + p4)
    q_plus = 0.25 * m4sq / q_minus
    # pair (12) = (34)
    if need[0] or need[4]:
        low, high = max(abs(p1 - p2), abs(p3 - p4)), min(p1 + p2, p3 + p4)
        if high > low:
            half, mid = 0.5 * (high - low), 0.5 * (high + low)
            for i in range(3):
                pp = (mid + half * _G3[i]) ** 2
                first = e1 * e2 - 0.5 * (pp - p1 * p1 - p2 * p2)
                x = 0.5 * (pp - p3 * p3 - p4 * p4) / p4
                minus, plus = q_minus * (e3 - x), q_plus * (e3 + x)
                w = 0.5 * half * _W3[i]
                out[0, 0] += w * first * minus
                out[0, 1] += w * first * plus
                out[4, 0] += w * mm * minus
                out[4, 1] += w * mm * plus
    # pair (13) = (24)
    if need[1]:
        low, high = max(abs(p1 - p3), abs(p2 - p4)), min(p1 + p3, p2 + p4)
        if high > low:
            half, mid = 0.5 * (high - low), 0.5 * (high + low)
            for i in range(3):
                pp = (mid + half * _G3[i]) ** 2
                first = e1 * e3 - 0.5 * (p1 * p1 + p3 * p3 - pp)
                x = 0.5 * (p2 * p2 + p4 * p4 - pp) / p4
                w = 0.5 * half * _W3[i]
                out[1, 0] += w * first * q_minus * (e2 - x)
                out[1, 1] += w * first * q_plus * (e2 + x)
    # pair (14) = (23)
    if need[2] or need[3]:
        low, high = max(abs(p1 - p4), abs(p2 - p3)), min(p1 + p4, p2 + p3)
        if high > low:
            half, mid = 0.5 * (high - low), 0.5 * (high + low)
            for i in range(3):
                pp = (mid + half * _G3[i]) ** 2
                x = 0.5 * (p1 * p1 + p4 * p4 - pp) / p4
                minus, plus = q_minus * (e1 - x), q_plus * (e1 + x)
                second = e2 * e3 - 0.5 * (p2 * p2 + p3 * p3 - pp)
                w = 0.5 * half * _W3[i]
                out[2, 0] += w * second * minus
                out[2, 1] += w * second * plus
                out[3, 0] += w * mm * minus
                out[3, 1] += w * mm * plus


@kernel
def _roots(w, k, m1, m3, low, high, breaks, n):
    """Append the solutions E3 in (low, high) of |p1 +- p3| = k with E1 = E3 + w; returns the count."""
    a = m3 * m3 + w * w - m1 * m1 - k * k
    lead = (k - w) * (k + w)
    disc = a * a + 4.0 * m3 * m3 * lead  # reduced discriminant over 4 k^2
    if disc < 0.0:
        return n
    root = k * np.sqrt(disc)
    top = a * w
    # roots of lead E^2 - a w E - (a^2 + 4 k^2 m3^2)/4 = 0, the larger in magnitude first
    q = top + root if top >= 0.0 else top - root
    c = -(a * a + 4.0 * k * k * m3 * m3)
    for e in (q / (2.0 * lead) if lead != 0.0 else np.inf, c / (2.0 * q) if q != 0.0 else np.inf):
        if e > low and e < high:
            breaks[n] = e
            n += 1
    return n


@kernel
def _allowed(e3, w, p2, p4, m1, m3):
    """True if four momenta of these sizes can close a polygon."""
    e1 = e3 + w
    if e1 < m1 or e3 < m3:
        return False
    p1, p3 = _momentum(e1, m1), _momentum(e3, m3)
    return abs(p1 - p3) <= p2 + p4 and abs(p4 - p2) <= p1 + p3


@kernel
def _segments(e2, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks):
    """Fill the sorted break points in E3 at fixed E2; returns their number (0 if forbidden)."""
    w = e4 - e2 + shift
    p2 = _momentum(e2, m2)
    low = max(m3, m1 - w)
    high = max(max(mu3, m3) + _CUT * t, max(mu1, m1) + _CUT * t - w)
    if high <= low:
        return 0
    breaks[0] = low
    n = _roots(w, abs(p4 - p2), m1, m3, low, high, breaks, 1)
    n = _roots(w, p4 + p2, m1, m3, low, high, breaks, n)
    if low < mu3 < high:
        breaks[n] = mu3
        n += 1
    if low < mu1 - w < high:
        breaks[n] = mu1 - w
        n += 1
    breaks[n] = high
    n += 1
    for i in range(1, n):  # insertion sort of at most eight numbers
        value, j = breaks[i], i - 1
        while j >= 0 and breaks[j] > value:
            breaks[j + 1] = breaks[j]
            j -= 1
        breaks[j + 1] = value
    return n


@kernel
def _reachable(e2, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks):
    """True if some E3 is allowed at this E2."""
    n = _segments(e2, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks)
    w, p2 = e4 - e2 + shift, _momentum(e2, m2)
    for i in range(n - 1):
        if _allowed(0.5 * (breaks[i] + breaks[i + 1]), w, p2, p4, m1, m3):
            return True
    return False


@kernel
def _outer_breaks(e4, p4, m1, m2, m3, mu2, shift, high2, edges):
    """Fill the sorted edges of smooth parts in E2; returns the number of parts.

    Kinks of the inner integral: p2 = p4, and 3 or 1 at rest on the boundary of the allowed region,
    (y - E2)^2 - m^2 = (p4 -+ p2)^2 with y = E4 + m3 + shift, m = m1 or y = E4 - m1 + shift, m = m3.
    """
    edges[0] = m2
    n = 1
    for e in (mu2, np.sqrt(p4 * p4 + m2 * m2)):
        if m2 < e < high2:
            edges[n] = e
            n += 1
    for k in range(2):
        y, m = (e4 + m3 + shift, m1) if k == 0 else (e4 - m1 + shift, m3)
        a = y * y - m * m - p4 * p4 + m2 * m2
        lead = (y - p4) * (y + p4)
        disc = a * a - 4.0 * m2 * m2 * lead
        if disc < 0.0 or lead == 0.0:
            continue
        root = p4 * np.sqrt(disc)
        for sign in (-1.0, 1.0):
            e = (a * y + sign * root) / (2.0 * lead)
            if m2 < e < high2:
                edges[n] = e
                n += 1
    edges[n] = high2
    for i in range(1, n):
        value, j = edges[i], i - 1
        while j >= 0 and edges[j] > value:
            edges[j + 1] = edges[j]
            j -= 1
        edges[j + 1] = value
    return n


@kernel
def contact_rates(e4, m4, masses, mus, t, shift, need, outer, inner, out):
    """Fill ``out[product, helicity]`` with the reduced rate Gamma* per unit coefficient [MeV].

    Gamma* = Gamma_absorption + Gamma_production of fermion 4, the kernel above with
    f1 f2 (1-f3) + f3 (1-f1)(1-f2): by detailed balance the production rate per helicity is
    f_eq Gamma*, f_eq = 1/(e^((E4 - mu1 - mu2 + mu3)/T) + 1). Positive terms only: nothing cancels
    and nothing underflows where f_eq does.

    ``masses``, ``mus`` [MeV] of 1, 2, 3 (mus with rest mass); ``need`` flags of the products;
    ``outer``, ``inner``: Gauss-Legendre rules on (0, 1), shape (2, n).
    """
    out[:] = 0.0
    m1, m2, m3 = masses[0], masses[1], masses[2]
    mu1, mu2, mu3 = mus[0], mus[1], mus[2]
    p4 = _momentum(e4, m4)
    if p4 <= 0.0:
        return
    breaks = np.empty(8)
    part = np.empty((N_PRODUCTS, 2))
    cut3 = max(mu3, m3) + _CUT * t
    high2 = max(max(mu2, m2) + _CUT * t, e4 + cut3 - m1 + shift)
    # the largest E2 that kinematics allows, by bisection
    if not _reachable(high2, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks):
        good, bad = m2, high2
        for i in range(1, 17):
            trial = m2 + (high2 - m2) * i / 17.0
            if _reachable(trial, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks):
                good = trial
        for i in range(17, 0, -1):
            trial = m2 + (high2 - m2) * i / 17.0
            if trial > good:
                bad = trial
        for _ in range(30):
            trial = 0.5 * (good + bad)
            if _reachable(trial, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks):
                good = trial
            else:
                bad = trial
        high2 = good
    edges = np.empty(8)
    parts = _outer_breaks(e4, p4, m1, m2, m3, mu2, shift, high2, edges)
    for piece in range(parts):
        start, stop = edges[piece], edges[piece + 1]
        for i in range(outer.shape[1]):
            u = outer[0, i]
            if piece == 0:  # momentum grows like a square root from E2 = m2
                e2 = start + (stop - start) * u * u
                w2 = 2.0 * u * (stop - start) * outer[1, i]
            else:
                e2 = start + (stop - start) * u
                w2 = (stop - start) * outer[1, i]
            w = e4 - e2 + shift
            p2 = _momentum(e2, m2)
            f2 = fermi((e2 - mu2) / t)
            n = _segments(e2, e4, p4, m1, m2, m3, mu1, mu3, t, shift, breaks)
            for j in range(n - 1):
                a, b = breaks[j], breaks[j + 1]
                if b <= a or not _allowed(0.5 * (a + b), w, p2, p4, m1, m3):
                    continue
                for k in range(inner.shape[1]):
                    v = inner[0, k]
                    if j == 0:
                        e3 = a + (b - a) * v * v
                        w3 = 2.0 * v * (b - a) * inner[1, k]
                    else:
                        e3 = a + (b - a) * v
                        w3 = (b - a) * inner[1, k]
                    e1 = e3 + w
                    f1, f3 = fermi((e1 - mu1) / t), fermi((e3 - mu3) / t)
                    stat = f1 * f2 * (1.0 - f3) + f3 * (1.0 - f1) * (1.0 - f2)
                    weight = w2 * w3 * stat
                    if weight < 1e-300:
                        continue
                    p1, p3 = _momentum(e1, m1), _momentum(e3, m3)
                    angular(e1, p1, e2, p2, e3, p3, e4, p4, m2 * m3, need, part)
                    for c in range(N_PRODUCTS):
                        out[c, 0] += weight * part[c, 0]
                        out[c, 1] += weight * part[c, 1]
    norm = 1.0 / (64.0 * np.pi**3 * e4 * p4)
    for c in range(N_PRODUCTS):
        out[c, 0] *= norm
        out[c, 1] *= norm


@kernel
def contact_table(energies, m4, masses, mus, temperatures, shifts, need, outer, inner, out):
    """Fill ``out[zone, energy, product, helicity]`` for zones with their own masses, mus, T, shift."""
    for z in range(temperatures.size):
        for i in range(energies.size):
            contact_rates(
                energies[i], m4, masses[z], mus[z], temperatures[z], shifts[z],
                need, outer, inner, out[z, i],
            )


def unit_rule(n):
    """Return the Gauss-Legendre rule of ``n`` nodes on (0, 1) as an array of shape (2, n)."""
    x, w = np.polynomial.legendre.leggauss(n)
    return np.ascontiguousarray([0.5 * (x + 1.0), 0.5 * w])
