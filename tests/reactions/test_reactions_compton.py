"""Semi-Compton scattering: the traces, the number of another code, convergence of the rules."""

import numpy as np
import pytest
from boson_media import MU_E, T, rate
from numpy.testing import assert_allclose

from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions import compton


def _gammas():
    zero, one = np.zeros((2, 2)), np.eye(2)
    pauli = [np.array(a, complex) for a in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
    return [np.block([[one, zero], [zero, -one]]).astype(complex)] + [
        np.block([[zero, a], [-a, zero]]) for a in pauli
    ]


@pytest.mark.parametrize("spin", ["vector", "pseudoscalar"])
def test_squares_averaged_over_the_azimuth_are_those_of_the_traces(spin):
    g = _gammas()
    g5 = 1j * g[0] @ g[1] @ g[2] @ g[3]
    metric = np.diag([1.0, -1.0, -1.0, -1.0])

    def slash(p):
        return sum(metric[i, i] * p[i] * g[i] for i in range(4))

    # a fixed transfer k - q along z; the electron turns around it
    mass, photon = 30.0, 90.0
    k = photon * np.array([1.0, np.sin(0.7), 0.0, np.cos(0.7)])
    boson_p = np.array([k[1], 0.0, k[3] - 45.0])
    q = np.array([np.sqrt(mass**2 + boson_p @ boson_p), *boson_p])
    w, length = k[0] - q[0], 45.0
    t = w * w - length**2
    e2 = 80.0
    c2 = (0.5 * t + e2 * w) / length
    side = np.sqrt(e2**2 - c2**2)
    vertices, signs = (g, np.diag(metric)) if spin == "vector" else ([g5], [-1.0])
    values = []
    for phi in 2.0 * np.pi * (np.arange(200) + 0.5) / 200:
        p = np.array([e2, side * np.cos(phi), side * np.sin(phi), c2])
        last = p + k - q
        s, u = (x @ metric @ x for x in (p + k, p - q))
        total = 0.0
        for i in range(4):
            for v, sign in zip(vertices, signs):
                m = v @ slash(p + k) @ g[i] / s + g[i] @ slash(p - q) @ v / u
                bar = g[0] @ m.conj().T @ g[0]
                total += metric[i, i] * sign * np.trace(slash(last) @ m @ slash(p) @ bar).real
        values.append(total)
    assert_allclose(last @ metric @ last, 0.0, atol=1e-8)  # on its shell
    a = 2.0 * (photon * e2 - k[3] * c2)
    b = 2.0 * k[1] * side
    got = compton.squared(a, b, t, mass**2, 0.0, spin == "vector")
    charge = compton.E2**2 if spin == "vector" else compton.E2
    assert_allclose(got, charge * np.mean(values), rtol=1e-6, atol=0)


def test_a_vector_is_absorbed_as_in_another_code():
    # at E = 60, m = 30 MeV, 10 km, collinear electrons cut at 9 MeV there
    found = rate(compton.fill, 60.0, (T, MU_E), (30.0, 1)) / -np.expm1(-60.0 / T)
    assert_allclose(found, 1.5e-3, rtol=0.02, atol=0)


@pytest.mark.parametrize("spin", [0, 1])
def test_the_rules_are_converged_as_they_say(spin):
    rules = [np.ascontiguousarray(unit_rule(n)) for n in (24, 14)]
    for mass, e in ((30.0, 60.0), (50.0, 100.0), (120.0, 200.0)):
        want = compton.reduced_rate(e, mass, MU_E, T, bool(spin), *rules) / (3.0 if spin else 1.0)
        assert_allclose(rate(compton.fill, e, (T, MU_E), (mass, spin)), want, rtol=0.01, atol=0)
