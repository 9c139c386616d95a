"""Upscattering and annihilation: cross sections, spinors, and full rates against other integrals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions import upscatter as up

RULE = unit_rule(48)
TAIL = np.ascontiguousarray(np.polynomial.laguerre.laggauss(10))
ERG_CM3_S = const.HBAR_C**-3 / const.HBAR / const.ERG  # of one MeV^5 (MeV^4 per MeV^-1)
E2 = 4.0 * np.pi * const.ALPHA

# ---- explicit spinors -------------------------------------------------------------------------
_S = [np.array(s, complex) for s in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
_I, _0 = np.eye(2), np.zeros((2, 2))
GAMMA = [np.block([[_0, _I], [_I, _0]])] + [np.block([[_0, s], [-s, _0]]) for s in _S]  # chiral
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
LEFT = np.diag([1.0, 1.0, 0.0, 0.0])


def helicity_spinor(p, m, h, anti=False):
    """u(p, h) or v(p, h) in the chiral basis."""
    e, k = np.sqrt(m * m + p @ p), np.linalg.norm(p)
    theta, phi = np.arccos(p[2] / k), np.arctan2(p[1], p[0])
    plus = np.array([np.cos(theta / 2), np.exp(1j * phi) * np.sin(theta / 2)])
    minus = np.array([-np.exp(-1j * phi) * np.sin(theta / 2), np.cos(theta / 2)])
    if anti:
        xi = minus if h > 0 else plus
        a, b = np.sqrt(e + h * k), np.sqrt(max(e - h * k, 0.0))
        return np.concatenate([a * xi, -b * xi])
    xi = plus if h > 0 else minus
    a, b = np.sqrt(max(e - h * k, 0.0)), np.sqrt(e + h * k)
    return np.concatenate([a * xi, b * xi])


def bar(spinor):
    return spinor.conj() @ GAMMA[0]


def dipole_vertex(k):
    """Matrices V^mu = 2 sigma^{mu nu} k_nu P_L of N <- nu (phase dropped)."""
    lower = METRIC @ k
    slash = sum(g * x for g, x in zip(GAMMA, lower))
    return [(g @ slash - slash @ g) @ LEFT for g in GAMMA]


def four(p, m):
    return np.concatenate([[np.sqrt(m * m + p @ p)], p])


def boosted_event(rng, m1, m2, m3, m4):
    """Momenta of a random 1 + 2 -> 3 + 4 event."""
    p1, p2 = rng.normal(size=(2, 3)) * 150.0
    total = four(p1, m1) + four(p2, m2)
    s = total @ METRIC @ total
    if np.sqrt(s) <= m3 + m4:
        return boosted_event(rng, m1, m2, m3, m4)
    star = np.sqrt((s - (m3 + m4) ** 2) * (s - (m3 - m4) ** 2)) / (2 * np.sqrt(s))
    n = rng.normal(size=3)
    q = star * n / np.linalg.norm(n)
    e4 = np.sqrt(star**2 + m4**2)
    beta, root = total[1:] / total[0], np.sqrt(s)
    gamma = total[0] / root
    along = beta @ q
    p4 = q + beta * (gamma**2 / (gamma + 1) * along + gamma * e4)
    return p1, p2, total[1:] - p4, p4


@pytest.mark.parametrize("seed", range(4))
def test_helicity_squares_against_spinors_upscatter(seed):
    """X_h of the kernel equals the sum over explicit spinors, helicity by helicity."""
    rng = np.random.default_rng(seed)
    m, mass = 80.0, [0.511, 60.0, 300.0, 939.0][seed]
    p1, p2, p3, p4 = boosted_event(rng, 0.0, mass, mass, m)
    k = np.concatenate([[np.linalg.norm(p1)], p1]) - four(p4, m)
    t = k @ METRIC @ k
    vertex = dipole_vertex(k)
    nu = helicity_spinor(p1, 0.0, -1)
    got = {}
    for h in (1, -1):
        n = bar(helicity_spinor(p4, m, h))
        total = 0.0
        for h2 in (1, -1):
            for h3 in (1, -1):
                f2, f3 = helicity_spinor(p2, mass, h2), bar(helicity_spinor(p3, mass, h3))
                amplitude = sum(
                    METRIC[i, i] * (n @ vertex[i] @ nu) * (f3 @ GAMMA[i] @ f2) for i in range(4)
                )
                total += abs(amplitude) ** 2
        got[h] = E2 * total / t**2
    v1, v2, v3, v4 = four(p1, 0.0), four(p2, mass), four(p3, mass), four(p4, m)
    dot = lambda a, b: a @ METRIC @ b  # noqa: E731
    size = np.linalg.norm(p4)
    for index, h in enumerate((1, -1)):
        q = 0.5 * (v4[0] + h * size) * np.concatenate([[1.0], h * p4 / size])
        x = -2 * t * (dot(v1, v2) * dot(q, v3) + dot(v1, v3) * dot(q, v2))
        x += 2 * mass**2 * t * dot(v1, q) - 2 * dot(k, q) * dot(k, v1) * (2 * mass**2 + t)
        assert_allclose(got[h], 32 * E2 * x / t**2, rtol=1e-8, atol=0, err_msg=str(index))
    s = dot(v1 + v2, v1 + v2)
    assert_allclose(
        sum(got.values()), 32 * E2 * up.upscatter_square(s, t, m, mass) / t**2, rtol=1e-8, atol=0
    )


@pytest.mark.parametrize("seed", range(3))
def test_helicity_squares_against_spinors_annihilation(seed):
    rng = np.random.default_rng(10 + seed)
    m, mass = 60.0, [0.511, 40.0, 105.0][seed]
    p1, p2, p3, p4 = boosted_event(rng, mass, mass, 0.0, m)
    v1, v2, v3, v4 = four(p1, mass), four(p2, mass), four(p3, 0.0), four(p4, m)
    k = v1 + v2
    s = k @ METRIC @ k
    vertex = dipole_vertex(k)
    dot = lambda a, b: a @ METRIC @ b  # noqa: E731
    size = np.linalg.norm(p4)
    for h in (1, -1):
        n = bar(helicity_spinor(p4, m, h))
        total = 0.0
        for h3 in (1, -1):
            anti = helicity_spinor(p3, 0.0, h3, anti=True)
            for h1 in (1, -1):
                for h2 in (1, -1):
                    e, pos = helicity_spinor(p1, mass, h1), helicity_spinor(p2, mass, h2, anti=True)
                    amplitude = sum(
                        METRIC[i, i] * (n @ vertex[i] @ anti) * (bar(pos) @ GAMMA[i] @ e)
                        for i in range(4)
                    )
                    total += abs(amplitude) ** 2
        q = 0.5 * (v4[0] + h * size) * np.concatenate([[1.0], h * p4 / size])
        x = -2 * s * (dot(v1, v3) * dot(v2, q) + dot(v2, v3) * dot(v1, q))
        x += -2 * mass**2 * s * dot(v3, q) + 2 * dot(k, q) * dot(k, v3) * (s + 2 * mass**2)
        assert_allclose(total, 32 * x, rtol=1e-8, atol=0)


# ---- cross sections ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("m", "e", "k", "static", "exact"),
    [
        (1.0, 100.0, 35.5, (0.101826, 0.073529), (0.091893, 0.064238)),
        (50.0, 100.0, 35.5, (0.080745, 0.062112), None),
        (1.0, 100.0, 0.001, (0.588837, 0.588268), (0.578065, 0.577496)),
        (200.0, 300.0, 35.5, None, (0.046573, 0.044589)),
    ],
)
def test_screened_cross_sections(m, e, k, static, exact):
    out = np.empty(2)
    for form in (up.ION, up.PROPAGATOR):
        if static:
            up.static_section(e, m, k, form, RULE, out)
            assert_allclose(out.sum(), static[form], rtol=2e-5, atol=0)
        if exact:
            value = up.upscatter_section(e, m, 938.272, k, form, RULE)
            assert_allclose(value, exact[form], rtol=2e-5, atol=0)


@pytest.mark.parametrize(("m", "e", "k"), [(1.0, 100.0, 35.5), (150.0, 220.0, 12.0)])
def test_static_closed_forms(m, e, k):
    """The integrals over Q^2 in closed form, both screenings."""
    p = np.sqrt(e * e - m * m)
    low, high = (m * m / (e + p)) ** 2, (e + p) ** 2
    a, log = 4 * e * e - m * m, np.log((high + k * k) / (low + k * k))
    f1 = a * log - m**4 / k**2 * (np.log(high / low) - log)
    f2 = a * log + (a * k * k + m**4) * (1 / (high + k * k) - 1 / (low + k * k))
    out = np.empty(2)
    for form, value in ((up.ION, f1), (up.PROPAGATOR, f2)):
        up.static_section(e, m, k, form, RULE, out)
        assert_allclose(out.sum(), const.ALPHA / e**2 * value, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("e", "mass", "m", "sigma"), [(50.0, 938.272, 20.0, 0.142569), (10.0, 0.51099895, 0.5, 0.257611)]
)
def test_unscreened_total(e, mass, m, sigma):
    k = 1e-7  # |t| > 1e-4 here
    assert_allclose(up.upscatter_section(e, m, mass, k, up.ION, RULE), sigma, rtol=1e-5, atol=0)


def test_annihilation_section():
    assert_allclose(up.annihilation_section(1e4, 50.0, 0.0), 2.05238e-3, rtol=1e-5, atol=0)
    assert_allclose(up.annihilation_section(100.0, 5.0, 0.0), 2.052380e-3, rtol=1e-6, atol=0)
    assert_allclose(up.annihilation_section(9.0, 1.0, 0.511), 2.64346e-3, rtol=1e-5, atol=0)


# ---- rates ------------------------------------------------------------------------------------
def emissivity(m, mu_nu, t, fill, nodes=40):
    """Q of N and Nbar [erg/cm3/s] at d = 1e-9 GeV^-1 from a filler of Gamma*[sign, helicity]."""
    u, w = unit_rule(nodes)
    top, out = 28.0 * t + abs(mu_nu), np.zeros((2, 2))
    total = np.zeros(2)
    for a, b in zip(u, w):
        e = m + top * a * a
        fill(e, out)
        for c, sign in enumerate((1, -1)):
            f = 1.0 / (np.exp((e - sign * mu_nu) / t) + 1.0)
            total[c] += 2 * top * a * b * np.sqrt(e * e - m * m) * e * e * f * out[c].sum()
    return total / (2 * np.pi**2) * ERG_CM3_S * 1e-24


@pytest.mark.parametrize(
    ("mass", "mu", "k", "m", "expected"),
    [(0.511, 217.57, 21.62, 1.0, 8.761e32), (0.511, 217.57, 21.62, 50.0, 8.127e32),
     (939.0, 932.6, 35.5, 50.0, 1.536e33)],
)  # fmt: skip
def test_emissivity_with_recoil_and_blocking(mass, mu, k, m, expected):
    """T = 30 MeV, no neutrino degeneracy, screened propagator: a five-dimensional Monte Carlo."""
    outer, inner = unit_rule(20), unit_rule(12)

    def fill(e, out):
        up.upscatter_rates(e, m, mass, mu, 0.0, 30.0, k, up.PROPAGATOR, outer, inner, TAIL, out)

    q = emissivity(m, 0.0, 30.0, fill)
    assert_allclose(q, [expected, expected], rtol=1e-3, atol=0)


def fermi(x):
    return 1.0 / (np.exp(np.minimum(x, 600.0)) + 1.0)


def direct_rate(e4, m, mass, mu2, mu1, t, k):
    """R(E4) by phase space of (1, 2) in their rest frame: none of the kernel's variables."""
    p4 = np.sqrt(e4**2 - m**2)
    grids = [unit_rule(n) for n in (30, 24, 70, 24)]
    x3, xc, xs, xp = np.meshgrid(*(g[0] for g in grids), indexing="ij", sparse=True)
    w = np.einsum("i,j,k,l->ijkl", *(g[1] for g in grids))
    span = max(mu2, mass) + 18 * t + e4 - mass
    e3 = mass + span * x3**2
    w = w * 2 * span * x3
    p3 = np.sqrt((e3 - mass) * (e3 + mass))
    c = 2 * xc - 1
    e, px, pz = e3 + e4, p3 * np.sqrt(1 - c * c), p3 * c + p4
    total2 = px**2 + pz**2
    s = e * e - total2
    star = (s - mass**2) / (2 * np.sqrt(s))  # neutrino energy in the rest frame of the pair
    total = np.sqrt(total2)
    beta, gamma = total / e, e / np.sqrt(s)
    # angle from the total momentum, nodes crowd at the poles; N lies in the plane of azimuth zero
    cos = 2 * (3 * xs**2 - 2 * xs**3) - 1
    w = w * 2 * 6 * xs * (1 - xs)
    sin, phi = np.sqrt(1 - cos**2), np.pi * (1 - xp**2)  # half a turn, twice; crowds where t = 0
    w = w * 2 * xp
    e1 = gamma * star * (1 + beta * cos)
    along1, across1 = gamma * star * (cos + beta), star * sin * np.cos(phi)
    along4 = p4 * pz / total
    across4 = -p4 * px / total
    tt = m**2 - 2 * (e1 * e4 - along1 * along4 - across1 * across4)
    e2 = e - e1
    square = 32 * E2 * up.upscatter_square(s, tt, m, mass) / (tt - k * k) ** 2
    stat = fermi((e1 - mu1) / t) * fermi((e2 - mu2) / t) * (1 - fermi((e3 - mu2) / t))
    # dPi3 = p3 dE3 dcos 2 pi/(2 (2pi)^3); two-body phase space (1/8pi)(2 p*/sqrt s) dOmega/4pi
    phase = p3 * 2 / (8 * np.pi**2) * 2 * star / np.sqrt(s) / (8 * np.pi) / 2
    return float((w * phase * square * stat).sum() / (2 * e4))


@pytest.mark.parametrize(
    ("e4", "m", "mass", "mu2", "mu_nu", "t", "k"),
    [
        (200.0, 50.0, 0.511, 217.0, 150.0, 30.0, 22.0),
        (120.0, 100.0, 0.511, -150.0, 100.0, 20.0, 15.0),
        (260.0, 200.0, 939.0, 932.6, 150.0, 30.0, 35.0),
        (90.0, 10.0, 500.0, 530.0, 60.0, 25.0, 30.0),
    ],
)
def test_rates_against_direct_phase_space(e4, m, mass, mu2, mu_nu, t, k):
    """Production alone, in other variables, with degenerate neutrinos: fixes detailed balance."""
    out = np.zeros((2, 2))
    up.upscatter_rates(
        e4, m, mass, mu2, mu_nu, t, k, up.PROPAGATOR, unit_rule(60), unit_rule(14), TAIL, out
    )
    for c, sign in enumerate((1, -1)):
        produced = out[c].sum() * fermi((e4 - sign * mu_nu) / t)
        expected = direct_rate(e4, m, mass, mu2, sign * mu_nu, t, k)
        assert_allclose(produced, expected, rtol=4e-3, atol=0)


def test_heavy_target_limit():
    """A dilute gas of heavy targets scatters like static ones, helicity by helicity."""
    m, e4, t, mass, k = 60.0, 150.0, 20.0, 1e6, 30.0
    mu = mass - 14.0 * t
    out, sections = np.zeros((2, 2)), np.empty(2)
    up.upscatter_rates(
        e4, m, mass, mu, 0.0, t, k, up.ION, unit_rule(40), unit_rule(12), TAIL, out
    )
    density = 2.0 * (mass * t / (2 * np.pi)) ** 1.5 * np.exp((mu - mass) / t)
    up.static_section(e4, m, k, up.ION, RULE, sections)
    expected = density * sections * e4 / np.sqrt(e4**2 - m**2)
    assert_allclose(out[0], expected, rtol=2e-3, atol=0)


def test_annihilation_rate_against_the_cross_section():
    """Without blocking the number rate is the thermal average of sigma v."""
    m, t, mu = 50.0, 30.0, 60.0
    u, w = unit_rule(40)
    out, rate = np.zeros((2, 2)), 0.0
    for a, b in zip(u, w):  # antineutrinos are absent far below their level: f_eq = 1 - tiny
        e = m + 900.0 * a * a
        up.annihilation_rates(e, m, 0.0, mu, 700.0, t, unit_rule(60), unit_rule(24), out)
        f_eq = fermi((e - 700.0) / t)
        rate += 1800.0 * a * b * np.sqrt(e * e - m * m) * e / (2 * np.pi**2) * out[0].sum() * f_eq
    x, wx = unit_rule(60)
    e1, e2, c = np.meshgrid(900 * x**2, 900 * x**2, 2 * x - 1, indexing="ij", sparse=True)
    weight = np.einsum("i,j,k->ijk", 1800 * x * wx, 1800 * x * wx, 2 * wx)
    s = 2 * e1 * e2 * (1 - c)
    inside = s > m * m
    s = np.where(inside, s, 2 * m * m)
    sigma = const.ALPHA / 3 * (1 - m * m / s) ** 2 * (1 + 2 * m * m / s)
    value = fermi((e1 - mu) / t) * fermi((e2 + mu) / t) * sigma * (1 - c) * e1**2 * e2**2
    # 4 spin states, d3p1 d3p2 = 8 pi^2 p1^2 p2^2 dp1 dp2 dc
    expected = 4 * 8 * np.pi**2 / (2 * np.pi) ** 6 * (weight * value * inside).sum()
    assert_allclose(rate, expected, rtol=3e-3, atol=0)
