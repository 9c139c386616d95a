"""Nucleon currents with form factors: traces, the contact limit, Llewellyn Smith, published ratios."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.errors import DomainError
from astrobounds.models.process import hnl_processes
from astrobounds.numerics.collision import N_PRODUCTS, contact_rates, unit_rule
from astrobounds.reactions.form_factors import NUCLEON, check_nucleons, form_factors, nucleon_current
from astrobounds.reactions.nucleon_kernels import azimuth_mean, fermi_integrals, nucleon_rates

G_A = 1.27
CONTACT = {"dipoles": False, "magnetism": False, "pole": False}
UNIT = 32.0 * const.G_FERMI**2


# ---- the square of the amplitude against explicit matrices --------------------------------------
def gammas():
    pauli = [np.array(s, dtype=complex) for s in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
    zero, one = np.zeros((2, 2)), np.eye(2)
    out = [np.block([[one, zero], [zero, -one]]).astype(complex)]
    out += [np.block([[zero, s], [-s, zero]]) for s in pauli]
    return out, 1j * out[0] @ out[1] @ out[2] @ out[3]


GAMMA, GAMMA5 = gammas()
METRIC = np.array([1.0, -1.0, -1.0, -1.0])
ONE = np.eye(4)


def slash(p):
    return sum(METRIC[i] * p[i] * GAMMA[i] for i in range(4))


def bar(matrix):
    return GAMMA[0] @ matrix.conj().T @ GAMMA[0]


def traced(a, k, p2, p3, m2, m3, q, form, anti):
    """|M|^2 in units of 32 G_F^2 from traces; L = 2 tr of the leptons with the helicity vector k."""
    f1, f2, c, pole = form
    transfer = p3 - p2
    gamma_q = slash(transfer)
    vertex, lepton = [], []
    for i in range(4):
        sigma_q = 0.5j * (GAMMA[i] @ gamma_q - gamma_q @ GAMMA[i])
        axial = c * GAMMA[i] @ GAMMA5 + pole * q[i] * GAMMA5
        vertex.append(f1 * GAMMA[i] + 1j * f2 / (2 * NUCLEON) * sigma_q - axial)
        side = ONE + GAMMA5 if anti else ONE - GAMMA5
        lepton.append(GAMMA[i] @ side)
    total = 0.0
    for i in range(4):
        for j in range(4):
            # Tr[k L_i a Lbar_j] Tr[(p3 + m3) V_i (p2 + m2) Vbar_j], indices lowered once
            one = np.trace(slash(k) @ lepton[i] @ slash(a) @ bar(lepton[j]))
            two = np.trace((slash(p3) + m3 * ONE) @ vertex[i] @ (slash(p2) + m2 * ONE) @ bar(vertex[j]))
            total += METRIC[i] * METRIC[j] * one * two
    return (total / 64.0).real  # (G_F^2/2) L H = 32 G_F^2 x this


@pytest.mark.parametrize("helicity", [-1, 1])
@pytest.mark.parametrize(("m1", "m2", "m3", "shift"), [
    (0.0, 939.0, 939.0, 0.0), (105.66, 939.0, 939.0, 0.0), (0.511, 600.0, 640.0, 0.0),
    (0.511, 560.0, 560.0, 30.0),
])  # fmt: skip
def test_square_against_traces(helicity, m1, m2, m3, shift):
    """Polarised N, massive lepton, unequal nucleons and a shift; the azimuth by an eight-point rule."""
    q, omega, p4, m4 = 210.0, -25.0, 120.0, 150.0
    e4 = np.hypot(p4, m4)
    e1 = e4 + omega + shift
    p1 = np.sqrt(e1 * e1 - m1 * m1)
    current = nucleon_current(("p", "n"), G_A).numbers
    form = form_factors(q * q - (omega + shift) ** 2, current)
    c1 = (p1 * p1 + q * q - p4 * p4) / (2 * q)
    s1 = np.sqrt(p1 * p1 - c1 * c1)
    poly = np.empty((2, 3))
    azimuth_mean(e1, c1, s1, e4, p4, omega, q, m2, m3, shift, current, 1.0, float(helicity), poly)
    e2 = 720.0 if m2 < 900 else 1000.0
    p2 = np.sqrt(e2 * e2 - m2 * m2)
    p3 = np.sqrt((e2 + omega) ** 2 - m3 * m3)
    c2 = (p3 * p3 - p2 * p2 - q * q) / (2 * q)
    s2 = np.sqrt(p2 * p2 - c2 * c2)
    a, n4 = np.array([e1, s1, 0.0, c1]), np.array([s1, 0.0, c1 - q]) / p4
    k = 0.5 * (e4 - helicity * p4) * np.append(1.0, -helicity * n4)
    lepton_q = np.array([omega + shift, 0.0, 0.0, q])
    means = np.zeros(2)
    for phi in np.arange(8) * np.pi / 4:
        one = np.array([e2, s2 * np.cos(phi), s2 * np.sin(phi), c2])
        two = np.array([e2 + omega, one[1], one[2], c2 + q])
        for anti in (0, 1):
            means[anti] += traced(a, k, one, two, m2, m3, lepton_q, form, anti) / 8
    got = poly[0] @ e2 ** np.arange(3), poly[1] @ e2 ** np.arange(3)
    assert_allclose([got[0] + got[1], got[0] - got[1]], means, rtol=1e-9, atol=0)


# ---- the integral -------------------------------------------------------------------------------
def test_fermi_integrals_against_mpmath():
    mp = pytest.importorskip("mpmath")
    out = np.empty(3)
    for y in (-20.0, -1.0, -1e-3, 0.0, 0.5, 3.0, 40.0):
        fermi_integrals(y, out)
        exact = [mp.log(1 + mp.exp(y))] + [-mp.re(mp.polylog(s, -mp.exp(y))) for s in (2, 3)]
        assert_allclose(out, [float(x) for x in exact], rtol=1e-7, atol=0)


CASES = [  # species, c_V, c_A, masses, mus, T, shift, sign
    (("n", "n"), -0.5, -0.5 * G_A, (0, 939, 939), (0, 966.5, 966.5), 30.0, 0.0, 1),
    (("n", "n"), -0.5, -0.5 * G_A, (0, 600, 600), (0, 660, 660), 30.0, 0.0, -1),
    (("n", "n"), -0.5, -0.5 * G_A, (0, 939, 939), (180, 966, 966), 15.0, 0.0, 1),
    (("n", "n"), -0.5, -0.5 * G_A, (0, 939, 939), (0, 928, 928), 1.5, 0.0, 1),
    (("p", "n"), 1.0, G_A, (0.511, 939, 939), (217.6, 932.6, 966.5), 30.0, 0.0, 1),
    (("p", "n"), 1.0, G_A, (0.511, 560, 560), (150, 560, 620), 15.0, 30.0, 1),
    (("n", "p"), 1.0, G_A, (0.511, 600, 600), (-100, 660, 620), 30.0, -30.0, -1),
    (("p", "n"), 1.0, G_A, (105.66, 620, 620), (50, 640, 660), 30.0, 5.0, 1),
]


def nucleonic(e4, m4, case, nodes, **switches):
    species, _, _, masses, mus, t, shift, sign = case
    current, out = nucleon_current(species, G_A, **switches).numbers, np.empty((2, 2))
    masses, mus = np.array(masses, dtype=float), np.array(mus, dtype=float)
    rules = unit_rule(nodes[0]), unit_rule(nodes[1])
    nucleon_rates(e4, m4, masses, mus, t, shift, current, 1.0, *rules, out)
    return out[0] + sign * out[1]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
@pytest.mark.parametrize(("m4", "e4"), [(50.0, 51.0), (50.0, 200.0), (200.0, 210.0), (200.0, 500.0)])
def test_contact_limit_is_the_contact_kernel(case, m4, e4):
    """Without Q^2 the two reductions of the collision integral agree, per helicity, degenerate or not."""
    _, c_v, c_a, masses, mus, t, shift, sign = case
    square = (c_v + sign * c_a) ** 2, (c_v - sign * c_a) ** 2, 0.0, -(c_v**2 - c_a**2), 0.0
    out = np.empty((N_PRODUCTS, 2))
    masses, mus = np.array(masses, dtype=float), np.array(mus, dtype=float)
    need, rule = np.ones(N_PRODUCTS, dtype=bool), unit_rule(40)
    contact_rates(e4, m4, masses, mus, t, shift, need, rule, rule, out)
    want = np.array(square) @ out
    threshold = masses[0] > e4  # 40 nodes of the contact kernel are off by 2 % there, 160 agree to 2e-3
    got = nucleonic(e4, m4, case, (40, 40), **CONTACT)
    assert_allclose(got, want, rtol=3e-2 if threshold else 4e-4, atol=0)
    assert_allclose(nucleonic(e4, m4, case, (24, 16), **CONTACT), got, rtol=8e-3, atol=0)


def test_contact_couplings_are_those_of_the_processes():
    """Q^2 -> 0 of every current gives c_V and c_A of the contact processes; V_ud^2 for charged ones."""
    for process in hnl_processes("e", G_A):
        species = process.species[1:]
        if species[0] not in ("n", "p") or process.lepton_number * (process.species[0] != "nubar_e") < 0:
            continue
        current = nucleon_current(species, G_A)
        f1, f2, c, _ = form_factors(0.0, current.numbers)
        sign = -1.0 if process.species[0] in ("nubar_e", "e+") else 1.0
        square = np.array([(f1 + sign * c) ** 2, (f1 - sign * c) ** 2, 0.0, -(f1**2 - c**2), 0.0])
        assert_allclose(UNIT * current.strength * square, process.coefficients, rtol=1e-12, atol=1e-40)
        assert f2 != 0.0


def test_form_factors_at_zero_and_their_fall():
    f1, f2, c, pole = form_factors(0.0, nucleon_current(("p", "n"), G_A).numbers)
    assert_allclose([f1, f2, c], [1.0, const.DELTA_KAPPA, G_A], rtol=1e-5, atol=0)
    assert_allclose(pole, 2 * NUCLEON * G_A / const.M_PI**2, rtol=1e-12, atol=0)
    q2 = 300.0**2
    falls = form_factors(q2, nucleon_current(("p", "n"), G_A).numbers)
    assert_allclose(falls[2] / c, (1 + q2 / 1030.0**2) ** -2, rtol=1e-12, atol=0)
    tau = q2 / (4 * NUCLEON**2)
    electric = falls[0] - tau * falls[1]
    assert_allclose(electric, (1 + q2 / 843.0**2) ** -2, rtol=1e-12, atol=0)
    with pytest.raises(DomainError, match="did you mean 'form factors'"):
        check_nucleons("form factor")


# ---- nucleons at rest: an independent formula and published ratios ------------------------------
def static_emissivity(m, species, current, mu, sign, t=30.0):
    """int dE1 E1^2 f(E1) int dQ^2 dsigma/dQ^2 E4 by Llewellyn Smith's A, B, C with a heavy lepton."""
    x, w = unit_rule(64)
    total, mass = 0.0, NUCLEON
    for e1, w1 in zip(1200.0 * x, 1200.0 * w):
        s = mass * mass + 2 * mass * e1
        if np.sqrt(s) <= m + mass:
            continue
        root = np.sqrt(s)
        e1c, e4c = mass * e1 / root, (s + m * m - mass * mass) / (2 * root)
        p4c = np.sqrt(max(e4c * e4c - m * m, 0.0))
        low, high = (-m * m + 2 * e1c * (e4c - sgn * p4c) for sgn in (1, -1))
        q2 = low + (high - low) * x
        f1, f2, f_a, pole = np.array([form_factors(v, current) for v in q2]).T
        f_p, tau, r = pole * mass, q2 / (4 * mass**2), m * m / (4 * mass**2)
        a = (m * m + q2) / mass**2 * (
            (1 + tau) * f_a**2 - (1 - tau) * f1**2 + tau * (1 - tau) * f2**2 + 4 * tau * f1 * f2
            - r * ((f1 + f2) ** 2 + (f_a + 2 * f_p) ** 2 - 4 * (1 + tau) * f_p**2)
        )  # fmt: skip
        b = q2 / mass**2 * f_a * (f1 + f2)
        c = 0.25 * (f_a**2 + f1**2 + tau * f2**2)
        su = (4 * mass * e1 - q2 - m * m) / mass**2
        section = (a + sign * b * su + c * su * su) * mass**2 / (8 * np.pi * e1**2)
        energy = (section * (e1 - q2 / (2 * mass)) * w).sum() * (high - low)
        total += w1 * e1 * e1 / (np.exp((e1 - mu) / t) + 1.0) * energy
    return total


def ratio(m, species, mu=0.0, **switches):
    """Emissivity over the contact form; nu + nubar for neutral currents, l- alone for charged ones."""
    signs = (1,) if species == ("p", "n") else (1, -1)
    parts = []
    for chosen in (switches, CONTACT):
        current = nucleon_current(species, G_A, **chosen).numbers
        parts.append(sum(static_emissivity(m, species, current, mu, s) for s in signs))
    return parts[0] / parts[1]


@pytest.mark.parametrize(("m", "dipoles", "magnetism", "pole", "n", "p", "cc"), [
    (50.0, 0.86, 1.04, 0.985, 0.875, 0.865, 1.18), (100.0, 0.85, 1.04, 0.94, 0.825, 0.81, 1.14),
    (300.0, 0.70, 1.06, 0.78, 0.57, 0.53, 0.89),
])  # fmt: skip
def test_ratios_to_the_contact_form_at_rest(m, dipoles, magnetism, pole, n, p, cc):
    """T = 30 MeV, electrons of mu = 150 MeV: each effect alone, and all of them."""
    alone = lambda name: ratio(m, ("n", "n"), **{**CONTACT, name: True})  # noqa: E731
    assert_allclose(alone("dipoles"), dipoles, rtol=0.02, atol=0)
    assert_allclose(alone("magnetism"), magnetism, rtol=0.02, atol=0)
    assert_allclose(alone("pole"), pole, rtol=0.02, atol=0)
    assert_allclose(ratio(m, ("n", "n")), n, rtol=0.02, atol=0)
    assert_allclose(ratio(m, ("p", "p")), p, rtol=0.02, atol=0)
    assert_allclose(ratio(m, ("p", "n"), mu=150.0), cc, rtol=0.03, atol=0)


@pytest.mark.parametrize("m", [50.0, 100.0, 300.0])
def test_thermal_nucleons_are_near_those_at_rest(m):
    """The kernel at T = 30 MeV, dilute nucleons: the same ratio within the recoil of thermal motion."""
    case = (("n", "n"), -0.5, -0.5 * G_A, (0, 939, 939), (0, 800, 800), 30.0, 0.0, 1)
    x, w = unit_rule(20)
    energy = m + 600.0 * x * x
    weight = w * x * energy**2 * np.sqrt(energy**2 - m * m) * np.exp(-energy / 30.0)
    parts = []
    for switches in ({}, CONTACT):
        both = [case, (*case[:-1], -1)]
        rates = [sum(nucleonic(e, m, c, (24, 16), **switches).sum() for c in both) for e in energy]
        parts.append(weight @ np.array(rates))
    assert_allclose(parts[0] / parts[1], ratio(m, ("n", "n")), rtol=0.04, atol=0)
