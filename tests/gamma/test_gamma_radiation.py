"""Final-state radiation against the exact tree-level amplitude of N -> nu e- e+ gamma.

Traces are taken numerically with massive electrons. The sampling follows the peaks: the photon even
in the logarithm of its energy, the electrons even in rapidity along the photon.
"""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import qmc

from astrobounds.constants import ALPHA, M_E, SIN2_THETA_W
from astrobounds.gamma.fsr import fsr_spectrum, fsr_table, photons_above

_I2, _O2 = np.eye(2), np.zeros((2, 2))
_PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
GAMMA = np.array([np.block([[_I2, _O2], [_O2, -_I2]])] + [np.block([[_O2, s], [-s, _O2]]) for s in _PAULI])
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.array([1.0, -1.0, -1.0, -1.0])
LOWER = GAMMA * METRIC[:, None, None]
LEFT, RIGHT = 0.5 * (np.eye(4) - GAMMA5), 0.5 * (np.eye(4) + GAMMA5)
COUPLINGS = {"tau": (-0.5 + SIN2_THETA_W, SIN2_THETA_W), "e": (0.5 + SIN2_THETA_W, SIN2_THETA_W)}
EDGES = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])


def slash(p):
    return np.einsum("nm,mab->nab", p, LOWER)


def bar(matrices):
    return GAMMA[0] @ np.conj(np.swapaxes(matrices, -1, -2)) @ GAMMA[0]


def dot(a, b):
    return np.einsum("nm,nm,m->n", a, b, METRIC)


def boost_z(p, gamma, beta):
    out = p.copy()
    out[:, 0] = gamma * (p[:, 0] + beta * p[:, 3])
    out[:, 3] = gamma * (p[:, 3] + beta * p[:, 0])
    return out


def rotate(p, cosine, angle):
    """Turn the z axis into the direction (cosine, angle)."""
    sine = np.sqrt(1.0 - cosine**2)
    x = cosine * p[:, 1] + sine * p[:, 3]
    z = -sine * p[:, 1] + cosine * p[:, 3]
    return np.stack([p[:, 0], x * np.cos(angle) - p[:, 2] * np.sin(angle),
                     x * np.sin(angle) + p[:, 2] * np.cos(angle), z], axis=1)  # fmt: skip


def pair(mass2, cosine, angle):
    """Electron and positron in the rest frame of a pair of squared mass ``mass2``."""
    half = 0.5 * np.sqrt(mass2)
    q = np.sqrt(np.maximum(half**2 - M_E**2, 0.0))
    sine = np.sqrt(1.0 - cosine**2)
    direction = np.stack([sine * np.cos(angle), sine * np.sin(angle), cosine], axis=1)
    return (np.column_stack([half, q[:, None] * direction]),
            np.column_stack([half, -q[:, None] * direction]))  # fmt: skip


def neutrino_tensor(p_nu, p_n, mass):
    """Spin-averaged Tr[p_nu gamma^m P_L (p_N + M) P_R gamma^n], shape (n, 4, 4)."""
    middle = np.einsum("ab,nbc,cd->nad", LEFT, slash(p_n) + mass * np.eye(4), RIGHT)
    first = np.einsum("nab,mbc,ncd->nmad", slash(p_nu), GAMMA, middle, optimize=True)
    return 0.5 * np.einsum("nmad,kda->nmk", first, GAMMA, optimize=True)


def vertices(flavour):
    left, right = COUPLINGS[flavour]
    return np.einsum("mab,bc->mac", LOWER, left * LEFT + right * RIGHT)


def squared_three(mass, p_nu, p_minus, p_plus, flavour):
    """|M|^2 of N -> nu e e."""
    p_n = p_nu + p_minus + p_plus
    v = vertices(flavour)
    plus, minus = slash(p_minus) + M_E * np.eye(4), slash(p_plus) - M_E * np.eye(4)
    first = np.einsum("nab,mbc,ncd->nmad", plus, v, minus, optimize=True)
    electron = np.einsum("nmad,kda->nmk", first, bar(v), optimize=True)
    return np.einsum("nmk,nmk->n", neutrino_tensor(p_nu, p_n, mass), electron).real


def emission(k, p_minus, p_plus, polarisation, flavour):
    """The radiating electron line, e = 1: shape (n, 4, 4, 4) with the weak index second."""
    v = vertices(flavour)
    eps = slash(polarisation)
    one = M_E * np.eye(4)
    out = np.einsum("nab,mbc->nmac", eps @ (slash(p_minus + k) + one), v, optimize=True)
    out = out / (2.0 * dot(p_minus, k))[:, None, None, None]
    other = np.einsum("mab,nbc->nmac", v, (one - slash(p_plus + k)) @ eps, optimize=True)
    return out + other / (2.0 * dot(p_plus, k))[:, None, None, None]


def squared_four(mass, p_nu, p_minus, p_plus, k, flavour):
    """|M|^2 of N -> nu e e gamma, e = 1, both photon polarisations."""
    direction = k[:, 1:] / k[:, :1]
    helper = np.where(np.abs(direction[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    one = np.cross(direction, helper)
    one /= np.linalg.norm(one, axis=1)[:, None]
    two = np.cross(direction, one)
    plus, minus = slash(p_minus) + M_E * np.eye(4), slash(p_plus) - M_E * np.eye(4)
    nu = neutrino_tensor(p_nu, p_nu + p_minus + p_plus + k, mass)
    total = np.zeros(len(k))
    for vector in (one, two):
        line = emission(k, p_minus, p_plus, np.column_stack([np.zeros(len(k)), vector]), flavour)
        first = plus[:, None] @ line @ minus[:, None]
        electron = np.einsum("nmad,nkda->nmk", first, bar(line), optimize=True)
        total += np.einsum("nmk,nmk->n", nu, electron).real
    return total


def in_parent_frame(mass, s, *momenta):
    """From the frame of the charged system (mass^2 s) to that of N, neutrino along -z."""
    energy = (mass**2 + s) / (2.0 * mass)
    momentum = (mass**2 - s) / (2.0 * mass)
    p_nu = np.zeros((len(s), 4))
    p_nu[:, 0], p_nu[:, 3] = momentum, -momentum
    return p_nu, [boost_z(p, energy / np.sqrt(s), momentum / energy) for p in momenta]


def tree_width(mass, flavour, n=2**12):
    """int dPhi_3 |M|^2 up to the flux factor."""
    u = qmc.Sobol(2, seed=1).random(n)
    low = 4.0 * M_E**2 / mass**2
    s = mass**2 * (low + (1.0 - low) * u[:, 0])
    cosine = 2.0 * u[:, 1] - 1.0
    p_nu, (minus, plus) = in_parent_frame(mass, s, *pair(s, cosine, np.zeros(n)))
    phase = mass**2 * (1 - low) / (2 * math.pi) * (1 - s / mass**2) * np.sqrt(1 - 4 * M_E**2 / s)
    return np.mean(phase * squared_three(mass, p_nu, minus, plus, flavour)) / (8 * math.pi) ** 2


def photon_events(mass, flavour, n, x_low=0.02):
    """x = 2 omega/m and weights: photons per N -> nu e e decay."""
    width = tree_width(mass, flavour)
    u = qmc.Sobol(5, seed=2).random(n)
    parts = [_events(mass, flavour, part, x_low) for part in np.array_split(u, max(1, n // 2**14))]
    x, value = (np.concatenate(column) for column in zip(*parts))
    return x, value * 4.0 * math.pi * ALPHA / width / n


def _events(mass, flavour, u, x_low):
    low = 4.0 * M_E**2 / mass**2
    s = mass**2 * (low + (1.0 - low) * u[:, 0])
    root = np.sqrt(s)
    omega = 0.5 * mass * x_low ** (1.0 - u[:, 1])  # even in ln x
    w_min = omega * root / mass  # boosted forward
    w_max = np.minimum(omega * mass / root, 0.5 * root * (1.0 - 4.0 * M_E**2 / s))
    good = w_max > w_min
    s, root, w_max, w_min, omega, u = s[good], root[good], w_max[good], w_min[good], omega[good], u[good]
    span = np.log(w_max / w_min)
    w = w_min * np.exp(span * u[:, 4])
    a, b = (mass**2 + s) / (2.0 * mass * root), (mass**2 - s) / (2.0 * mass * root)
    turn = np.clip((omega / w - a) / b, -1.0, 1.0)
    jacobian = math.log(1.0 / x_low) * span * omega / (2.0 * b * w)  # d ln w d(cos)/2
    pair2 = np.maximum(s - 2.0 * root * w, 4.0 * M_E**2 * (1.0 + 1e-12))
    beta = np.sqrt(1.0 - 4.0 * M_E**2 / pair2)
    rapidity = np.arctanh(beta)
    c = np.tanh(rapidity * (2.0 * u[:, 2] - 1.0)) / beta
    minus, plus = pair(pair2, c, 2.0 * math.pi * u[:, 3])
    gamma = (root - w) / np.sqrt(pair2)
    back = -w / (root - w)  # the pair recoils against the photon along +z
    k = np.column_stack([w, 0 * w, 0 * w, w])
    moved = [rotate(p, turn, 0.0 * w) for p in (boost_z(minus, gamma, back), boost_z(plus, gamma, back), k)]
    p_nu, (minus, plus, k) = in_parent_frame(mass, s, *moved)
    phase = mass**2 * (1 - low) / (2 * math.pi) * (1 - s / mass**2)  # ds/2pi and the first two-body
    phase = phase * 2.0 * root * w * jacobian / (2 * math.pi)  # dK^2/2pi = 2 root w dln w/2pi
    phase = phase * 2.0 * w / root  # photon + pair
    phase = phase * beta * rapidity * (1.0 - (beta * c) ** 2) / beta  # pair, dc = (1 - b^2 c^2) dy/b
    value = phase * squared_four(mass, p_nu, minus, plus, k, flavour) / (8 * math.pi) ** 3
    return 2.0 * k[:, 0] / mass, value


def test_gauge_invariance():
    x, _ = photon_events(20.0, "tau", 64)
    assert np.all(x > 0.0)
    s = np.full(5, 150.0)
    minus, plus = pair(s, np.linspace(-0.9, 0.9, 5), np.linspace(0.0, 3.0, 5))
    k = np.column_stack([np.full(5, 2.0), np.full(5, 0.0), np.full(5, 1.2), np.full(5, 1.6)])
    line = emission(k, minus, plus, k, "e")
    left = (slash(minus) + M_E * np.eye(4))[:, None] @ line @ (slash(plus) - M_E * np.eye(4))[:, None]
    transverse = emission(k, minus, plus, np.column_stack([0 * s, s / s, 0 * s, 0 * s]), "e")
    right = (slash(minus) + M_E * np.eye(4))[:, None] @ transverse @ (
        slash(plus) - M_E * np.eye(4))[:, None]  # fmt: skip
    assert np.abs(left).max() < 1e-12 * np.abs(right).max()


def test_tree_width_against_closed_form():
    """Massless limit: proportional to g_L^2 + g_R^2 with m^5/(192 pi^3) x 2 m x G_F^2-free factors."""
    mass = 2000.0
    widths = {f: tree_width(mass, f) for f in COUPLINGS}
    sums = {f: sum(g * g for g in c) for f, c in COUPLINGS.items()}
    assert_allclose(widths["e"] / widths["tau"], sums["e"] / sums["tau"], rtol=2e-3, atol=0)
    # |M|^2 here lacks 8 G_F^2 (from 2 sqrt2 G_F squared); Gamma = 8 G_F^2 int/(2 m)
    gamma = 8.0 * widths["tau"] / (2.0 * mass)
    assert_allclose(gamma, sums["tau"] * mass**5 / (192.0 * math.pi**3), rtol=3e-3, atol=0)


# photons per decay in the bins EDGES from an independent event generator: 1 % statistics, and at
# 20 MeV another 1 % because the width they are divided by has massless electrons
@pytest.mark.parametrize(
    ("mass", "accuracy", "expected"),
    [
        (20.0, 0.035, (0.01864, 0.01295, 0.01103, 0.00526, 0.00301, 0.00186, 0.00112, 0.00068)),
        (100.0, 0.02, (0.03165, 0.02202, 0.01929, 0.00919, 0.00542, 0.00343, 0.00212, 0.00133)),
    ],
)
def test_exact_amplitude(mass, accuracy, expected):
    bins = {}
    for flavour in ("tau", "e"):
        x, weight = photon_events(mass, flavour, 2**15)
        bins[flavour] = np.histogram(x, EDGES, weights=weight)[0]
    end, table = fsr_table(mass)
    above = np.array([photons_above(x, end, table) for x in EDGES])
    formula = above[:-1] - above[1:]
    assert_allclose(bins["tau"], np.array(expected), rtol=accuracy, atol=0)
    assert_allclose(bins["e"], bins["tau"], rtol=0.025, atol=0)  # independent of the couplings
    assert_allclose(formula, bins["tau"], rtol=0.035, atol=0)  # what the docstring promises


@pytest.mark.parametrize(
    ("mass", "worst"), [(5.2, 0.17), (10.0, 0.06), pytest.param(100.0, 0.02, marks=pytest.mark.slow)]
)
def test_accuracy_over_the_masses(mass, worst):
    """Below x = 0.7 the formula is low by at most ``worst``; above 0.8 it is high for m >> m_e."""
    edges = np.array([0.02, 0.1, 0.2, 0.4, 0.7, 0.8, 0.9])
    x, weight = photon_events(mass, "tau", 2**14)
    exact = np.histogram(x, edges, weights=weight)[0]
    end, table = fsr_table(mass)
    above = np.array([photons_above(x, end, table) for x in edges])
    ratio = (above[:-1] - above[1:]) / exact
    assert np.all((1.0 - worst < ratio[:4]) & (ratio[:4] < 1.02))
    if mass == 100.0:
        assert 1.05 < ratio[4] < 1.1
        assert 1.1 < ratio[5] < 1.25


def test_spectrum_against_direct_integration():
    """The elementary X integral and the table against nested quadrature of the definition."""
    from scipy.integrate import dblquad

    mass, eps = 50.0, (M_E / 50.0) ** 2

    def integrand(big_x, u):
        log = max(math.log(u * (1.0 - big_x) / eps) - 1.0, 0.0)
        return 2.0 * (1 - u) * (1 + 2 * u) * (1 + (1 - big_x) ** 2) / big_x**2 * log

    end, table = fsr_table(mass)
    for x in (0.05, 0.5):
        low, middle = 4 * eps / (1 - x), x + 4 * eps
        first = dblquad(integrand, low, middle, x, lambda u: 1 - 4 * eps / u, epsrel=1e-7)[0]
        second = dblquad(integrand, middle, 1.0, x, lambda u, x=x: x / u, epsrel=1e-7)[0]
        direct = ALPHA / math.pi * x * (first + second)
        assert_allclose(fsr_spectrum(mass, 0.5 * mass * x), direct, rtol=5e-6, atol=0)
        step = 1e-3
        slope = (photons_above(x * math.exp(-step), end, table)
                 - photons_above(x * math.exp(step), end, table)) / (2 * step)  # fmt: skip
        assert_allclose(slope, direct, rtol=1e-4, atol=0)


def test_soft_limit_and_end_point():
    end, table = fsr_table(100.0)
    assert_allclose(end, 1.0 - 4.0 * (M_E / 100.0) ** 2, rtol=1e-6, atol=0)
    soft = [fsr_spectrum(100.0, 50.0 * x) for x in (1e-5, 1e-4, 1e-3)]
    assert_allclose(soft[0], soft[1], rtol=1e-3, atol=0)
    low = photons_above(1e-6, end, table) - photons_above(1e-5, end, table)
    assert_allclose(low, soft[0] * math.log(10.0), rtol=1e-3, atol=0)
    assert photons_above(1.0, end, table) == 0.0
    assert fsr_spectrum(100.0, 50.0) == 0.0
    assert fsr_spectrum(1.0, 0.2) == 0.0  # below 2 m_e
