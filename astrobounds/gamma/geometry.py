"""Kinematics of one decay and arrival times without the plane-wave approximation.

A parent of momentum p decays at the distance x; its photon of energy E_gamma = r omega leaves
under the lab angle theta, 1 - beta cos(theta) = m/(E r), and arrives later than a massless particle
by

    c t = x (1/beta - cos theta) - x^2 sin^2(theta)/[d + sqrt(d^2 - x^2 sin^2(theta))],

whose first term, x m/(p r), is the plane wave (x << d). The angle depends on the energies only
through r, so the exact fluence is one more integral over p at each r.
"""

import math

import numpy as np

from ..numerics.jit import kernel
from .kernels import D_LN_P, LN_P0, N_P, P_HIGH, P_LOW, lowest_momentum

_GL_X, _GL_W = np.polynomial.legendre.leggauss(10)


@kernel
def emission_cosine(r, p, mass):
    """cos(theta) in the star's frame of a photon with E_gamma = r omega."""
    energy = math.hypot(p, mass)
    return (energy - mass / r) / p


@kernel
def sine_squared(r, p, mass):
    """sin^2(theta) = 1 - cos^2, as the product (1 - cos)(1 + cos) without cancellation."""
    energy = math.hypot(p, mass)
    one_minus = (mass / r - mass * mass / (energy + p)) / p
    return max(one_minus * (2.0 - one_minus), 0.0)


@kernel
def delay(x, r, p, mass, distance):
    """Exact arrival delay (times c) of a decay at x; NaN if the photon misses the sphere d."""
    across = x * x * sine_squared(r, p, mass)
    if across > distance * distance:
        return math.nan
    return x * mass / (p * r) - across / (distance + math.sqrt(distance * distance - across))


@kernel
def decay_distance(ct, r, p, mass, distance):
    """Exact inverse of :func:`delay` (first root): x for the delay ct, all in one length unit.

    With T = ct + d, q = 2 - m r/E and Delta = [ct (2 d + ct)/T^2] (E r/m) q, the flight time is
    T Delta/{[1 + sqrt(1 - Delta)] q}; past the latest delay (Delta > 1) the turning point is given.
    """
    energy = math.hypot(p, mass)
    total = ct + distance
    q = 2.0 - mass * r / energy
    ratio = ct * (2.0 * distance + ct) / (total * total) * energy * r / mass
    under = 1.0 - ratio * q
    return p / energy * total * ratio / (1.0 + math.sqrt(max(under, 0.0)))


@kernel
def density_at(y, p):
    """y at p by four-point interpolation in ln p."""
    if p < P_LOW or p >= P_HIGH:
        return 0.0
    u = (math.log(p) - LN_P0) / D_LN_P
    j = min(max(int(u) - 1, 0), N_P - 4)
    w = u - j
    return (
        -(w - 1.0) * (w - 2.0) * (w - 3.0) / 6.0 * y[j]
        + w * (w - 2.0) * (w - 3.0) / 2.0 * y[j + 1]
        - w * (w - 1.0) * (w - 3.0) / 2.0 * y[j + 2]
        + w * (w - 1.0) * (w - 2.0) / 6.0 * y[j + 3]
    )


@kernel
def exact_integral(r, y, mass, radius, tau, distance, p_max, t0, t1, nodes, weights):
    """I(r) with exact delays; radius and distance over c, in s."""
    low = max(lowest_momentum(r, mass), mass * radius / (r * t1), P_LOW)
    if low >= p_max:
        return 0.0
    length = math.log(p_max / low)
    pieces = int(length / 0.3) + 1
    step = length / pieces
    total = 0.0
    for piece in range(pieces):
        middle = math.log(low) + (piece + 0.5) * step
        for g in range(nodes.size):
            p = math.exp(middle + 0.5 * step * nodes[g])
            flight = p * tau / mass  # decay length over c
            x1 = decay_distance(t1, r, p, mass, distance)
            x0 = max(radius, decay_distance(t0, r, p, mass, distance) if t0 > 0.0 else 0.0)
            if x1 > x0:
                decays = -math.exp(-x0 / flight) * math.expm1(-(x1 - x0) / flight)
                total += 0.5 * step * weights[g] * density_at(y, p) * decays
    return total


@kernel
def exact_nodes(r, used, windows, y, mass, radius, tau, distance, p_max, nodes, weights):
    """exact_integral at every node of every row."""
    out = np.zeros(r.shape)
    for row in range(r.shape[0]):
        for i in range(used[row]):
            out[row, i] = exact_integral(
                r[row, i],
                y,
                mass,
                radius,
                tau,
                distance,
                p_max,
                windows[row, 0],
                windows[row, 1],
                nodes,
                weights,
            )
    return out


def integrate_exact(r, used, windows, y, mass, radius, tau, distance, p_max):
    """Same as ``kernels.integrate_nodes`` with exact delays."""
    return exact_nodes(r, used, windows, y, mass, radius, tau, distance, p_max, _GL_X, _GL_W)
