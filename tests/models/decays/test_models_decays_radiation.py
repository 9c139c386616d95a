"""Photons radiated by a pair: published-style numbers, the collinear limit, the traces themselves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.errors import DomainError
from astrobounds.models.decays.radiation import pair_photons, photon_moments

CASES = [
    ("vector", 20.0, (0.261783, 0.0327118, 0.0104782), 8.5096e-3, 4.4232e-2),
    ("scalar", 100.0, (0.397440, 0.0526107, 0.0209902), 1.38895e-2, 7.0094e-2),
    ("pseudoscalar", 5.0, (0.144278, 0.0173914, 0.00472067), 4.4659e-3, 2.3639e-2),
]


@pytest.mark.parametrize(("parent", "mass", "density", "energy", "number"), CASES)
def test_spectra_are_those_worked_out(parent, mass, density, energy, number):
    assert_allclose(pair_photons([0.1, 0.5, 0.9], mass, const.M_E, parent), density, rtol=4e-6, atol=0)
    assert_allclose(photon_moments(mass, const.M_E, parent)[1], energy, rtol=2e-5, atol=0)
    assert_allclose(photon_moments(mass, const.M_E, parent, 0.1)[0], number, rtol=3e-5, atol=0)


@pytest.mark.parametrize("parent", ["vector", "scalar", "pseudoscalar"])
def test_light_leptons_radiate_the_collinear_spectrum(parent):
    x, r = np.array([0.05, 0.4, 0.8]), 1e-8
    log = np.log((1.0 - x) / r)
    want = (1.0 + (1.0 - x) ** 2) / x * log
    want -= (1.0 + (1.0 - x) ** 2) / x if parent == "vector" else 2.0 * (1.0 - x) / x
    assert_allclose(pair_photons(x, 1.0, np.sqrt(r), parent), const.ALPHA / np.pi * want, rtol=1e-6, atol=0)


def _squared(parent, r, x1, x2):
    """|M|^2 of X -> l(x1) lbar(x2) gamma over |M_0|^2 at e = 1, by explicit Dirac matrices, m = 1."""
    s0, one = np.zeros((2, 2)), np.eye(2)
    pauli = [np.array(m, complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
    g = [np.block([[one, s0], [s0, -one]]).astype(complex)]
    g += [np.block([[s0, p], [-p, s0]]) for p in pauli]
    g5 = 1j * g[0] @ g[1] @ g[2] @ g[3]
    metric = np.diag([1.0, -1.0, -1.0, -1.0])
    slash = lambda p: sum(metric[i, i] * p[i] * g[i] for i in range(4))  # noqa: E731
    ml, e1, e2 = np.sqrt(r), 0.5 * x1, 0.5 * x2
    k0 = 1.0 - e1 - e2
    q1, q2 = np.sqrt(e1**2 - r), np.sqrt(e2**2 - r)
    c = (k0**2 - q1**2 - q2**2) / (2.0 * q1 * q2)
    p1 = np.array([e1, q1, 0.0, 0.0])
    p2 = np.array([e2, q2 * c, q2 * np.sqrt(1.0 - c * c), 0.0])
    k = np.array([1.0, 0.0, 0.0, 0.0]) - p1 - p2
    vertices = {"vector": g, "scalar": [np.eye(4)], "pseudoscalar": [1j * g5]}[parent]
    signs = [1.0, -1.0, -1.0, -1.0] if parent == "vector" else [1.0]
    dot = lambda a, b: a @ metric @ b  # noqa: E731

    def trace(first, second):
        return np.trace((slash(first[0]) + ml * np.eye(4)) @ second).real

    total = born = 0.0
    q = 0.5 * np.sqrt(1.0 - 4.0 * r)
    a, b = np.array([0.5, q, 0, 0]), np.array([0.5, -q, 0, 0])
    for sign, v in zip(signs, vertices):
        bar_v = g[0] @ v.conj().T @ g[0]
        born += (
            -sign * trace((a,), v @ (slash(b) - ml * np.eye(4)) @ bar_v)
            if parent == "vector"
            else trace((a,), v @ (slash(b) - ml * np.eye(4)) @ bar_v)
        )
        for i in range(4):
            m = g[i] @ (slash(p1 + k) + ml * np.eye(4)) @ v / (2.0 * dot(p1, k))
            m = m - v @ (slash(p2 + k) - ml * np.eye(4)) @ g[i] / (2.0 * dot(p2, k))
            bar = g[0] @ m.conj().T @ g[0]
            value = trace((p1,), m @ (slash(p2) - ml * np.eye(4)) @ bar) * -metric[i, i]
            total += -sign * value if parent == "vector" else value
    return total / born


@pytest.mark.parametrize("parent", ["vector", "scalar", "pseudoscalar"])
@pytest.mark.parametrize("r", [1e-3, 0.05])
def test_spectrum_is_the_integral_of_the_traces(parent, r):
    x = 0.3
    u, w = np.polynomial.legendre.leggauss(24)
    bx = np.sqrt(1.0 - 4.0 * r / (1.0 - x))
    x1 = 1.0 - 0.5 * x * (1.0 - bx * np.tanh(np.arctanh(bx) * u) / bx)  # denominators are smooth in u
    jacobian = 0.5 * x * np.arctanh(bx) / np.cosh(np.arctanh(bx) * u) ** 2
    value = np.array([_squared(parent, r, a, 2.0 - x - a) for a in x1])
    b0 = np.sqrt(1.0 - 4.0 * r)
    # dGamma/Gamma_0 = e^2 |M|^2/|M_0|^2 dx1 dx2/(16 pi^2 b0) with m = 1
    want = 4.0 * np.pi * const.ALPHA * (w @ (value * jacobian)) / (16.0 * np.pi**2 * b0)
    assert_allclose(pair_photons(x, 1.0, np.sqrt(r), parent), want, rtol=1e-8, atol=0)


def test_nothing_is_radiated_beyond_the_end_point_and_an_unknown_parent_is_refused():
    assert pair_photons(0.97, 10.0 * const.M_E, const.M_E, "vector") == 0.0
    with pytest.raises(DomainError, match="did you mean 'vector'"):
        pair_photons(0.1, 10.0, const.M_E, "vectr")
