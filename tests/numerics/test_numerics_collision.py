"""The contact collision kernel against other reductions, explicit traces and published rates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.models.process import _annihilation, _neutral_current, _swap
from astrobounds.numerics.collision import N_PRODUCTS, angular, contact_rates, contact_table, unit_rule

G2 = 1.1663787e-11**2  # G_F^2 of the published benchmarks
S2W, G_AXIAL, V_UD, M_E, M_MU = 0.2312, 1.27, 0.974, 0.511, 105.66
ALL = np.ones(N_PRODUCTS, dtype=bool)
OUTER, INNER = unit_rule(16), unit_rule(12)


def angular_integrals(masses, momenta):
    """Return the five helicity-summed angular integrals for m1..m4 and p2, p3, p4."""
    m1, m2, m3, m4 = masses
    p2, p3, p4 = momenta
    e2, e3, e4 = (np.hypot(p, m) for p, m in zip(momenta, (m2, m3, m4)))
    e1 = e3 + e4 - e2
    out = np.empty((N_PRODUCTS, 2))
    p1 = np.sqrt(max(e1**2 - m1**2, 0.0))
    angular(e1, p1, e2, p2, e3, p3, e4, p4, m2 * m3, ALL, out)
    return out, (e1, p1, e2, e3, e4)


def d_functions(a, b, c, d):
    """(D1, D2(c,d), D3) of arXiv:hep-ph/9703315: closed polynomials, all zero if no polygon."""
    a, b = max(a, b), min(a, b)
    c, d = max(c, d), min(c, d)
    if a > b + c + d or c > a + b + d:
        return 0.0, 0.0, 0.0

    def third(a, b, c, d):
        return (a**5 - b**5 - c**5 - d**5 - 5 * a**3 * (b**2 + c**2 + d**2)
                + 5 * a**2 * (b**3 + c**3 + d**3)
                + 5 * (b**3 * (c**2 + d**2) + c**3 * (b**2 + d**2) + d**3 * (b**2 + c**2))
                ) / 60  # fmt: skip

    if a + b >= c + d:
        if a + d >= b + c:
            d2 = ((a - b) * ((a - b) ** 2 - 3 * (c**2 + d**2)) + 2 * (c**3 + d**3)) / 12
            return (b + c + d - a) / 2, d2, third(a, b, c, d)
        return d, d**3 / 3, d**3 * (5 * (a**2 + b**2 + c**2) - d**2) / 30
    if a + d >= b + c:
        d2 = b * (3 * (c**2 + d**2 - a**2) - b**2) / 6
        return b, d2, b**3 * (5 * (a**2 + c**2 + d**2) - b**2) / 30
    d2 = ((a + b) * (3 * (c**2 + d**2) - (a + b) ** 2) + 2 * (d**3 - c**3)) / 12
    return (a + b + d - c) / 2, d2, third(c, d, a, b)


@pytest.mark.parametrize(("arguments", "values"), [
    ((3, 1, 2, 1), (0.5, -0.3333333, -0.35)),
    ((3, 2, 2.5, 0.5), (0.5, 0.04166667, 0.4)),
    ((2, 0.5, 2.2, 1), (0.5, 0.4391667, 0.2039583)),
    ((2, 1.5, 3, 2), (1.25, 4.635417, 4.908854)),
])  # fmt: skip
def test_d_functions_of_the_literature(arguments, values):
    assert_allclose(d_functions(*arguments), values, rtol=1e-6, atol=0)


@pytest.mark.parametrize(("masses", "momenta", "a", "b", "c"), [
    ((0, 600, 600, 100), (300, 250, 150), 2.0111150e12, 1.4631417e12, 3.0796730e6),
    ((105.66, 939, 939, 200), (400, 350, 180), 1.4962975e13, 1.1996927e13, 1.0152376e7),
])  # fmt: skip
def test_angular_integrals_published(masses, momenta, a, b, c):
    out, _ = angular_integrals(masses, momenta)
    total = out.sum(axis=1)
    assert_allclose(total[0], a, rtol=1e-7, atol=0)
    assert_allclose(total[1], b, rtol=1e-7, atol=0)
    assert_allclose(total[3] / (masses[1] * masses[2]), c, rtol=1e-7, atol=0)


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 900), st.floats(0, 900), st.floats(0, 900), st.floats(1, 500),
       st.floats(1, 800), st.floats(1, 800), st.floats(1, 800))  # fmt: skip
def test_angular_integrals_equal_the_d_functions(m1, m2, m3, m4, p2, p3, p4):
    """Another closed form of the same integrals, at random kinematics."""
    e2, e3, e4 = np.hypot(p2, m2), np.hypot(p3, m3), np.hypot(p4, m4)
    e1 = e3 + e4 - e2
    if e1 <= m1:
        return
    out, (e1, p1, e2, e3, e4) = angular_integrals((m1, m2, m3, m4), (p2, p3, p4))
    d1, d2_34, d3 = d_functions(p1, p2, p3, p4)
    d2_12 = d_functions(p3, p4, p1, p2)[1]
    d2_24 = d_functions(p1, p3, p2, p4)[1]
    d2_13 = d_functions(p2, p4, p1, p3)[1]
    d2_14, d2_23 = d_functions(p2, p3, p1, p4)[1], d_functions(p1, p4, p2, p3)[1]
    product = e1 * e2 * e3 * e4
    expected = [
        product * d1 + d3 + e1 * e2 * d2_34 + e3 * e4 * d2_12,
        product * d1 + d3 - e1 * e3 * d2_24 - e2 * e4 * d2_13,
        product * d1 + d3 - e1 * e4 * d2_23 - e2 * e3 * d2_14,
        m2 * m3 * (e1 * e4 * d1 - d2_14),
        m2 * m3 * (e3 * e4 * d1 + d2_34),
    ]
    scale = product * max(p1, p2, p3, p4)
    np.testing.assert_allclose(out.sum(axis=1), expected, rtol=1e-8, atol=1e-10 * scale)


# -- amplitudes ------------------------------------------------------------------------------------
def _gammas():
    zero, one = np.zeros((2, 2)), np.eye(2)
    pauli = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
    g0 = np.block([[one, zero], [zero, -one]])
    gs = [g0] + [np.block([[zero, s], [-s, zero]]) for s in pauli]
    return gs, 1j * gs[0] @ gs[1] @ gs[2] @ gs[3]


GAMMA, GAMMA5 = _gammas()
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def slash(p):
    """Return p_mu gamma^mu."""
    return sum(METRIC[i, i] * p[i] * GAMMA[i] for i in range(4))


def dot(p, q):
    """Return the Minkowski product."""
    return p @ METRIC @ q


def traced(momenta, masses, left, right, anti2=False, anti1=False):
    """Sum over spins of |ubar4 g^mu (1-g5) u1  ubar3 g_mu (cV - cA g5) u2|^2 / 2 by explicit traces."""
    p1, p2, p3, p4 = momenta
    m1, m2, m3, m4 = masses
    c_v, c_a = left
    one = np.eye(4)
    total = 0.0
    sign1, sign2 = (-1 if anti1 else 1), (-1 if anti2 else 1)
    for i in range(4):
        for j in range(4):
            lepton = np.trace(
                (slash(p4) + sign1 * m4 * one) @ GAMMA[i] @ (one - GAMMA5)
                @ (slash(p1) + sign1 * m1 * one) @ (one + GAMMA5) @ GAMMA[j]
            ) if not anti1 else np.trace(
                (slash(p1) - m1 * one) @ GAMMA[i] @ (one - GAMMA5)
                @ (slash(p4) - m4 * one) @ (one + GAMMA5) @ GAMMA[j]
            )  # fmt: skip
            vertex, conj = c_v * one - c_a * GAMMA5, c_v * one + c_a * GAMMA5
            target = np.trace(
                (slash(p3) + m3 * one) @ GAMMA[i] @ vertex @ (slash(p2) + m2 * one) @ conj @ GAMMA[j]
            ) if not anti2 else np.trace(
                (slash(p2) - m2 * one) @ GAMMA[i] @ vertex @ (slash(p3) - m3 * one) @ conj @ GAMMA[j]
            )  # fmt: skip
            total += METRIC[i, i] * METRIC[j, j] * lepton * target
    del right, sign2
    return (total / 2.0).real


def scattering(rng, m1, m2, m3, m4):
    """Return four on-shell momenta of 1 + 2 -> 3 + 4 in a random frame."""
    p1 = rng.normal(size=3) * 300
    p2 = rng.normal(size=3) * 300
    total = np.array([np.hypot(np.linalg.norm(p1), m1) + np.hypot(np.linalg.norm(p2), m2), *(p1 + p2)])
    s = dot(total, total)
    if np.sqrt(s) < m3 + m4 + 1.0:
        return scattering(rng, m1, m2, m3, m4)
    k = np.sqrt((s - (m3 + m4) ** 2) * (s - (m3 - m4) ** 2)) / (2 * np.sqrt(s))
    n = rng.normal(size=3)
    k3 = k * n / np.linalg.norm(n)
    beta = total[1:] / total[0]
    g = 1 / np.sqrt(1 - beta @ beta)
    e3 = np.hypot(k, m3)
    bp = beta @ k3
    p3 = np.array([g * (e3 + bp), *(k3 + beta * ((g - 1) * bp / (beta @ beta) + g * e3))])
    first = np.array([np.hypot(np.linalg.norm(p1), m1), *p1])
    return first, total - first, p3, total - p3


def from_coefficients(coefficients, momenta, m2, m3):
    """Return 32 sum_k c_k I_k, with G_F^2 U^2 taken out."""
    p1, p2, p3, p4 = momenta
    products = [
        dot(p1, p2) * dot(p3, p4), dot(p1, p3) * dot(p2, p4), dot(p1, p4) * dot(p2, p3),
        m2 * m3 * dot(p1, p4), m2 * m3 * dot(p3, p4),
    ]  # fmt: skip
    return 32.0 * np.dot(coefficients, products)


@pytest.mark.parametrize(("c_v", "c_a"), [(-0.5, -0.635), (0.04, 0.635), (0.96, 0.5), (1.0, 1.27)])
@pytest.mark.parametrize("masses", [(0, 939, 939, 100), (105.66, 939, 930, 200), (0, 0.511, 0.511, 50)])
def test_neutral_and_charged_current_squares_against_traces(c_v, c_a, masses):
    """|M|^2 of nu f -> f' N and of its crossings, term by term, with explicit gamma matrices."""
    momenta = scattering(np.random.default_rng(7), *masses)
    direct = from_coefficients(_neutral_current(c_v, c_a), momenta, masses[1], masses[2])
    assert_allclose(direct, traced(momenta, masses, (c_v, c_a), None), rtol=1e-9, atol=0)
    crossed = from_coefficients(_swap(_neutral_current(c_v, c_a)), momenta, masses[1], masses[2])
    assert_allclose(crossed, traced(momenta, masses, (c_v, c_a), None, anti1=True), rtol=1e-9, atol=0)
    assert_allclose(crossed, traced(momenta, masses, (c_v, c_a), None, anti2=True), rtol=1e-9, atol=0)
    both = traced(momenta, masses, (c_v, c_a), None, anti1=True, anti2=True)
    assert_allclose(direct, both, rtol=1e-9, atol=0)


@pytest.mark.parametrize(("c_v", "c_a"), [(-0.04, -0.5), (0.96, 0.5)])
def test_annihilation_square_is_the_crossing_of_scattering(c_v, c_a):
    """f(1) fbar(2) -> nubar(3) N(4): the trace with p_1 -> -p_3, p_2 -> p_1, p_3 -> -p_2."""
    m = 30.0
    p1, p2, p3, p4 = scattering(np.random.default_rng(3), m, m, 0.0, 20.0)
    crossed = traced((-p3, p1, -p2, p4), (0.0, m, m, 20.0), (c_v, c_a), None)
    ours = from_coefficients(_annihilation(c_v, c_a), (p1, p2, p3, p4), m, m)
    assert_allclose(ours, crossed, rtol=1e-9, atol=0)


# -- rates -----------------------------------------------------------------------------------------
def emissivity(coefficients, masses, mus, m_n, t=30.0, nodes=48):
    """Return (Q [MeV^5], mean energy [MeV]) of one process at unit mixing."""
    u, w = unit_rule(nodes)
    mu_n = mus[0] + mus[1] - mus[2]
    width = 28.0 * t + max(mu_n, 0.0)
    energy = m_n + width * u**2
    table = np.empty((1, nodes, N_PRODUCTS, 2))
    contact_table(
        energy, m_n, np.array([masses], float), np.array([mus], float), np.array([t]), np.zeros(1),
        np.array(coefficients) != 0.0, OUTER, INNER, table,
    )  # fmt: skip
    rate = 32.0 * G2 * (table[0].sum(-1) @ np.array(coefficients)) / (np.exp((energy - mu_n) / t) + 1)
    spectrum = 2.0 * u * width * w * np.sqrt(energy**2 - m_n**2) * energy / (2.0 * np.pi**2) * rate
    return (spectrum * energy).sum(), (spectrum * energy).sum() / spectrum.sum()


NEUTRON = _neutral_current(-0.5, -G_AXIAL / 2)
PROTON = _neutral_current(0.5 - 2 * S2W, G_AXIAL / 2)
ELECTRON = _neutral_current(-0.5 + 2 * S2W, -0.5)
ELECTRON_CC = _neutral_current(0.5 + 2 * S2W, 0.5)
CHARGED = tuple(V_UD**2 * c for c in _neutral_current(1.0, G_AXIAL))
ONE, TWO = (1, 0, 0, 0, 0), (0, 1, 0, 0, 0)
CASES = [
    ("nu n, m* = 600", NEUTRON, (0, 600, 600), (0, 660, 660),
     {50: 1.1148e-7, 100: 8.2985e-8, 200: 2.3922e-8}),
    ("nubar n, m* = 600", _swap(NEUTRON), (0, 600, 600), (0, 660, 660),
     {50: 7.7096e-8, 200: 1.6278e-8, 300: 2.5383e-9}),
    ("nu p, m* = 600", PROTON, (0, 600, 600), (0, 600, 600),
     {50: 2.8266e-8, 100: 2.0854e-8, 300: 8.0906e-10}),
    ("nu n, free", NEUTRON, (0, 939, 939), (0, 939, 939),
     {100: 6.2861e-8, 200: 1.7246e-8, 300: 2.5988e-9}),
    ("(12)(34) massless", ONE, (0, 0, 0), (0, 0, 0), {50: 3.3369e-10, 100: 2.3788e-10, 300: 8.9333e-12}),
    ("(13)(24) massless", TWO, (0, 0, 0), (0, 0, 0), {50: 1.15e-10, 200: 2.4806e-11, 300: 3.798e-12}),
    ("nu_tau e-", ELECTRON, (0, M_E, M_E), (0, 150, 150),
     {50: 3.4889e-9, 100: 2.6017e-9, 200: 7.7027e-10}),
    ("nubar_tau e-", _swap(ELECTRON), (0, M_E, M_E), (0, 150, 150),
     {100: 2.2717e-9, 200: 6.7764e-10, 300: 1.0845e-10}),
    ("mu- p -> n", CHARGED, (M_MU, 600, 600), (50, 620, 660), {50: 5.3742e-7, 200: 1.4421e-7}),
    ("e- p -> n", CHARGED, (M_E, 939, 939), (217.571, 932.596, 966.495), {50: 9.0961e-5, 200: 4.0409e-5}),
    ("mu- nu_e", (4, 0, 0, 0, 0), (M_MU, 0, M_E), (100, 80, 180), {50: 6.435e-8, 100: 4.8366e-8}),
    ("nu_e e-", ELECTRON_CC, (0, M_E, M_E), (80, 180, 180), {100: 2.8665e-7}),
    ("e- e+, no m_e^2 term", (0, *_annihilation(-0.5 + 2 * S2W, -0.5)[1:3], 0, 0), (M_E, M_E, 0),
     (50, -50, 0), {50: 5.358e-11}),
]  # fmt: skip


@pytest.mark.parametrize(("coefficients", "masses", "mus", "values"),
                         [c[1:] for c in CASES], ids=[c[0] for c in CASES])  # fmt: skip
def test_emissivities_published(coefficients, masses, mus, values):
    """Two-dimensional codes and a five-dimensional Monte Carlo agree on these to 1e-4 or better."""
    for m_n, q in values.items():
        assert_allclose(emissivity(coefficients, masses, mus, float(m_n))[0], q, rtol=1e-3, atol=0)


def test_mean_energies_published():
    for m_n, mean in ((50, 156.15), (100, 184.85), (200, 266.95)):
        result = emissivity(NEUTRON, (0, 600, 600), (0, 660, 660), float(m_n))
        assert_allclose(result[1], mean, rtol=0, atol=0.03)
    assert_allclose(emissivity(ELECTRON, (0, M_E, M_E), (0, 150, 150), 50.0)[1], 149.83, rtol=0, atol=0.03)


def rate_at(coefficients, masses, mus, m_n, energy, t=30.0):
    """Return (Gamma* [MeV] per helicity -, +, production R per helicity)."""
    out = np.empty((N_PRODUCTS, 2))
    contact_rates(energy, m_n, np.array(masses, float), np.array(mus, float), t, 0.0,
                  np.array(coefficients) != 0.0, OUTER, INNER, out)  # fmt: skip
    gamma = 32.0 * G2 * (np.array(coefficients) @ out)
    f_eq = 1.0 / (np.exp((energy - mus[0] - mus[1] + mus[2]) / t) + 1.0)
    return gamma, gamma * f_eq


def test_helicity_rates_published():
    gamma, rate = rate_at(NEUTRON, (0, 600, 600), (0, 660, 660), 100.0, 185.0)
    assert_allclose(rate, [1.800e-15, 1.446e-16], rtol=1e-3, atol=0)
    length = np.sqrt(185.0**2 - 1e4) / (185.0 * gamma.mean())
    assert_allclose(length / const.KM, 3.575e-4, rtol=1e-3, atol=0)
    _, rate = rate_at(NEUTRON, (0, 600, 600), (0, 660, 660), 300.0, 360.0)
    assert_allclose(rate, [1.855e-17, 5.052e-18], rtol=1e-3, atol=0)
    gamma, rate = rate_at(CHARGED, (M_MU, 600, 600), (50, 620, 660), 200.0, 270.0)
    assert_allclose(rate.sum(), 1.5377e-15, rtol=1e-3, atol=0)
    assert_allclose(gamma.mean(), 4.465e-12, rtol=1e-3, atol=0)
    assert_allclose(np.sqrt(270.0**2 - 4e4) / (270 * gamma.mean()) / const.KM, 2.969e-5, rtol=1e-3, atol=0)


def test_annihilation_into_neutrinos_is_the_standard_emissivity():
    """e+ e- -> nu nubar, massless e: Q = (2 G_F^2/9 pi^5) C T^9 [F4(eta)F3(-eta) + F3(eta)F4(-eta)].

    The kernel blocks the final antineutrino and follows one particle of the pair: the blocking is
    removed with mu_3 -> -1000 T. In the frame of the pair (c_V + c_A)^2 comes with (1 + cos)^2 about
    the electron and (c_V - c_A)^2 with (1 - cos)^2, so the neutrino takes 3/4 of the energy of the
    electron and 1/4 of that of the positron in the first part, and the other way round in the second.
    With more electrons than positrons neutrinos and antineutrinos are not alike; the sum is Q.
    """
    from scipy.integrate import quad

    def fermi_integral(n, eta):
        return quad(lambda x: x**n / (np.exp(min(x - eta, 700)) + 1), 0, 60 + eta, epsabs=0)[0]

    couplings = ((0.5 + 2 * S2W, 0.5, 1), (-0.5 + 2 * S2W, -0.5, 2))
    for t, eta, published in ((1.0, 0.0, 1.3933e25), (10.0, 5.0, 6.0286e33)):
        unit = 2 * G2 / (9 * np.pi**5) * t**9
        electron = fermi_integral(4, eta) * fermi_integral(3, -eta)
        positron = fermi_integral(3, eta) * fermi_integral(4, -eta)
        c = (0.5 + 2 * S2W) ** 2 + 0.25 + 2 * ((0.5 - 2 * S2W) ** 2 + 0.25)
        closed = unit * c * (electron + positron)
        assert_allclose(closed * 3.1680e47, published, rtol=2e-4, atol=0)
        u, w = unit_rule(40)
        energy = 40 * t * u**2 + 1e-6 * t
        masses, mus = np.zeros((1, 3)), np.array([[eta * t, -eta * t, -1000.0 * t]])
        table = np.empty((1, energy.size, N_PRODUCTS, 2))
        contact_table(energy, 0.0, masses, mus, np.array([t]), np.zeros(1), ALL, OUTER, INNER, table)
        occupied = 1.0 / (np.exp(np.minimum((energy - 1000.0 * t) / t, 700.0)) + 1.0)
        made, expected = np.zeros(2), np.zeros(2)  # neutrinos, antineutrinos
        for c_v, c_a, flavours in couplings:
            a, b = (c_v + c_a) ** 2, (c_v - c_a) ** 2
            for k, (one, other) in enumerate(((a, b), (b, a))):
                expected[k] += flavours * unit / 8 * (
                    (3 * one + other) * electron + (one + 3 * other) * positron
                )  # fmt: skip
            squares = _annihilation(c_v, c_a), _annihilation(c_v, -c_a)
            for k, coefficients in enumerate(squares):
                rate = 32 * G2 * (table[0].sum(-1) @ np.array(coefficients)) * occupied
                made[k] += flavours * (80 * t * u * w * energy**3 / (2 * np.pi**2) * rate).sum()
        assert_allclose(made, expected, rtol=2e-3, atol=0)
        assert_allclose(made.sum(), closed, rtol=2e-3, atol=0)


def test_static_nucleon_cross_section():
    """sigma = (G_F^2 E^2/pi)(c_V^2 + 3 c_A^2) for a heavy target at rest: 2.4613e-44 cm^2 (E/MeV)^2."""
    sigma = G2 / np.pi * (0.25 + 3 * (G_AXIAL / 2) ** 2) * (1.0 / const.CM) ** 2
    assert_allclose(sigma, 2.4613e-44, rtol=1e-3, atol=0)
    # massless N absorbed on a dilute gas of very heavy cold targets: Gamma_abs = n sigma
    mass, t, e = 1e6, 0.01, 20.0
    mu = mass - 40.0 * t
    out = np.empty((N_PRODUCTS, 2))
    contact_rates(e, 0.0, np.array([0.0, mass, mass]), np.array([-1e4, mu, mu]), t, 0.0,
                  np.array(NEUTRON) != 0, unit_rule(60), unit_rule(30), out)  # fmt: skip
    density = 2 * (mass * t / (2 * np.pi)) ** 1.5 * np.exp(-40.0)
    gamma = 32 * G2 * (np.array(NEUTRON) @ out).sum()
    expected = density * G2 / np.pi * e**2 * (0.25 + 3 * (G_AXIAL / 2) ** 2)
    # the massless N has one helicity; its partner does not interact
    assert_allclose(gamma, expected, rtol=5e-3, atol=0)


def test_detailed_balance_of_production_and_absorption():
    """f3(1-f1)(1-f2) and f1 f2(1-f3) integrated apart by brute force give the ratio e^{-(E-mu)/T}."""
    m_n, e4, t = 100.0, 220.0, 30.0
    masses, mus = (0.0, 939.0, 939.0), (10.0, 950.0, 945.0)
    p4 = np.sqrt(e4**2 - m_n**2)
    x, w = np.polynomial.legendre.leggauss(160)
    out = np.empty((N_PRODUCTS, 2))
    sums = np.zeros(2)
    for a, wa in zip(x, w):
        e2 = 939.0 + 300.0 * (a + 1) ** 2 / 2
        for b, wb in zip(x, w):
            e3 = 939.0 + 300.0 * (b + 1) ** 2 / 2
            e1 = e3 + e4 - e2
            if e1 <= 0:
                continue
            p2, p3 = np.sqrt(e2**2 - 939.0**2), np.sqrt(e3**2 - 939.0**2)
            angular(e1, e1, e2, p2, e3, p3, e4, p4, 939.0**2, ALL, out)
            f = [1 / (np.exp((e - m) / t) + 1) for e, m in zip((e1, e2, e3), mus)]
            weight = wa * wb * (a + 1) * (b + 1) * out[0].sum()
            sums += weight * np.array([f[0] * f[1] * (1 - f[2]), f[2] * (1 - f[0]) * (1 - f[1])])
    mu_n = mus[0] + mus[1] - mus[2]
    assert_allclose(sums[0] / sums[1], np.exp(-(e4 - mu_n) / t), rtol=1e-10, atol=0)
    gamma, rate = rate_at(ONE, masses, mus, m_n, e4)
    brute = 300.0**2 * sums / (64 * np.pi**3 * e4 * p4) * 32 * G2
    assert_allclose(gamma.sum(), brute.sum(), rtol=2e-3, atol=0)
    assert_allclose(rate.sum(), brute[0], rtol=2e-3, atol=0)


def test_convergence_with_nodes():
    """Smooth pieces: spectral convergence. 12/8 is the default of emission tables."""
    for coefficients, masses, mus, _ in [c[1:] for c in CASES]:
        values = []
        for outer, inner in ((12, 8), (16, 12), (40, 24)):
            out = np.empty((N_PRODUCTS, 2))
            contact_rates(260.0, 150.0, np.array(masses, float), np.array(mus, float), 30.0, 0.0,
                          ALL, unit_rule(outer), unit_rule(inner), out)  # fmt: skip
            values.append(np.array(coefficients) @ out.sum(axis=1))
        assert_allclose(values[0], values[2], rtol=1e-3, atol=0)
        assert_allclose(values[1], values[2], rtol=1e-3 if masses[0] == M_MU else 3e-5, atol=0)
