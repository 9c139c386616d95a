"""Two- and three-body decays at rest: weights and energies of the products, no more.

Labels 1, 2, 3 are the products and P is the parent; squared amplitudes are functions of the three
energies (arrays, MeV) in the rest frame, because (P i) = M E_i and (j k) follows from E_i.
"""

from functools import lru_cache

import numpy as np

legendre = lru_cache(maxsize=8)(np.polynomial.legendre.leggauss)


def dot(mass, masses, i):
    """Return a function (p_j p_k) of the energy of particle i of three."""
    rest = mass**2 + masses[i] ** 2 - sum(m * m for j, m in enumerate(masses) if j != i)
    return lambda e: 0.5 * rest - mass * e


def two_body_energy(mass, own, other):
    """Energy of a product of mass ``own`` beside one of mass ``other``."""
    return 0.5 * (mass**2 + own**2 - other**2) / mass


def slices(mass, masses, amplitude, e1):
    """Weights of a three-body decay over the direction of particle 2, at energies of particle 1.

    Parameters
    ----------
    mass : float
    masses : tuple of three floats
    amplitude : callable
        |M|^2 as a function of the energies E1, E2, E3, at most of degree 11 in E2 at fixed E1.
    e1 : ndarray, shape (n,)
        Energies of particle 1.

    Returns
    -------
    (ndarray, ndarray, ndarray), shape (n, 6)
        E2, E3 and p1 k |M|^2 dcos; the sum over the last axis is dGamma/dE1 up to a constant.
    """
    m1, m2, m3 = masses
    p1 = np.sqrt(np.maximum(e1 * e1 - m1 * m1, 0.0))
    q2 = np.maximum(mass**2 + m1**2 - 2.0 * mass * e1, (m2 + m3) ** 2)
    share = 0.5 * (1.0 + (m2 * m2 - m3 * m3) / q2)
    k = np.sqrt(np.maximum((q2 - (m2 + m3) ** 2) * (q2 - (m2 - m3) ** 2), 0.0)) / (2.0 * q2)
    c, wc = legendre(6)
    e2 = (mass - e1)[:, None] * share[:, None] + (p1 * k)[:, None] * c
    first = np.broadcast_to(e1[:, None], e2.shape)
    e3 = mass - first - e2
    return e2, e3, amplitude(first, e2, e3) * (p1 * k)[:, None] * wc


def energy_rule(mass, masses, nodes):
    """Nodes and weights in E1 that take the square roots at both ends of its range."""
    m1, m2, m3 = masses
    x, w = legendre(nodes)
    angle = 0.25 * np.pi * (x + 1.0)
    top = two_body_energy(mass, m1, m2 + m3)
    e1 = m1 + (top - m1) * np.sin(angle) ** 2
    return e1, (top - m1) * np.sin(2.0 * angle) * 0.25 * np.pi * w


def three_body(mass, masses, amplitude, nodes=40):
    """Return the weight and mean energies of a three-body decay at rest.

    Parameters
    ----------
    mass : float
    masses : tuple of three floats
    amplitude : callable
        |M|^2 as a function of the energies E1, E2, E3 (arrays) in the rest frame.

    Returns
    -------
    float, ndarray of shape (3,)
        Int |M|^2 dE1 dE2 and the means of E1, E2, E3; they add up to the mass.
    """
    e1, w1 = energy_rule(mass, masses, nodes)
    e2, e3, weight = slices(mass, masses, amplitude, e1)
    weight = weight * w1[:, None]
    first = np.broadcast_to(e1[:, None], e2.shape)
    total = weight.sum()
    return total, np.array([(weight * e).sum() for e in (first, e2, e3)]) / total


def permuted(masses, amplitude, i):
    """Return masses and amplitude with particle i in the first place (cyclic order)."""
    order = (i, (i + 1) % 3, (i + 2) % 3)
    place = [order.index(j) for j in range(3)]
    turned = lambda *e: amplitude(e[place[0]], e[place[1]], e[place[2]])  # noqa: E731
    return tuple(masses[j] for j in order), turned


def energy_lines(mass, masses, amplitude, i, nodes=24):
    """Energy of particle i as a quadrature rule: (energies, weights), weights of sum 1."""
    masses, amplitude = permuted(masses, amplitude, i)
    e, w = energy_rule(mass, masses, nodes)
    weight = w * slices(mass, masses, amplitude, e)[2].sum(axis=1)
    return e, weight / weight.sum()


def charged_current(mass, antilepton, lepton, neutrino=0.0):
    """(masses, |M|^2) with |M|^2 = (P 1)(2 3): 1 = antilepton of the second vertex."""
    masses = (antilepton, lepton, neutrino)
    pair = dot(mass, masses, 0)
    return masses, lambda a, b, c: mass * a * pair(a)


def lepton_pair_amplitude(mass, lepton, left, right):
    """(masses, |M|^2) of N -> nu l- l+ with couplings gL, gR, products in this order.

    |M|^2 = gL^2 (P l+)(nu l-) + gR^2 (P l-)(nu l+) + gL gR m_l^2 (P nu).
    """
    masses = (0.0, lepton, lepton)
    with_minus, with_plus = dot(mass, masses, 2), dot(mass, masses, 1)

    def amplitude(nu, minus, plus):
        out = left**2 * mass * plus * with_minus(plus) + right**2 * mass * minus * with_plus(minus)
        return out + left * right * lepton**2 * mass * nu

    return masses, amplitude


def semileptonic(mass, meson, lepton):
    """(masses, |M|^2) of a meson -> meson l nu, vector form factor alone and constant.

    |M|^2 = 2 (P l)(P nu) - M^2 (l nu), up to terms of order m_l^2.
    """
    masses = (meson, lepton, 0.0)
    pair = dot(mass, masses, 0)
    return masses, lambda h, a, b: mass**2 * (2.0 * a * b - pair(h))
