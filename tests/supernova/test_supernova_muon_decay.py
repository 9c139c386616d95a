"""Decays of muons into N: rest frame, explicit decays in flight, detailed balance, and its share."""


import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from star_tables import mixed, rate_table

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.models.decays.production import three_body_ratio
from astrobounds.models.process import hnl_processes, muon_decays
from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions import muon_decay
from astrobounds.reactions.muon_decay import THRESHOLD, decay_rates
from astrobounds.supernova import free_streaming_shares
from astrobounds.supernova.star.muons import with_muons
from astrobounds.supernova.transport.settings import Resolution

M, ME = const.M_MU, const.M_E
SQUARE = 128.0 * const.G_FERMI**2
OPEN = -1e5  # MeV, no occupation: nothing is blocked
COARSE = Resolution(radii=5, energies=14, outer=8, inner=6, rays=4, steps=12, spectrum=8)


def rate(e, m, product, mus, t, outer=40, inner=24):
    out = np.empty(2)
    decay_rates(e, m, product, np.array(mus, float), t, unit_rule(outer), unit_rule(inner), out)
    return SQUARE * out


def fermi(e, mu, t):
    return 1.0 / (np.exp(np.minimum((e - mu) / t, 700.0)) + 1.0)


def muons(mu, t):
    """(number density, density weighted with 1/gamma) of one kind of muons [MeV^3]."""
    top = np.sqrt((M + 40 * t) ** 2 - M * M)
    out = []
    for weight in (lambda p: 1.0, lambda p: M / np.hypot(p, M)):
        f = lambda p, w=weight: p * p / np.pi**2 * fermi(np.hypot(p, M), mu, t) * w(p)  # noqa: E731
        out.append(quad(f, 0.0, top, epsabs=0.0, epsrel=1e-9, limit=200)[0])
    return out


# -- at rest ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("product", [0, 2])
@pytest.mark.parametrize("mass", [1.0, 30.0, 60.0, 100.0])
def test_cold_muons_decay_with_the_width_of_the_muon(mass, product):
    """Without blocking: width of the muon x phase space x muons, slowed by their time dilation."""
    t = 0.01
    mu = M - 8 * t
    top = (M * M + mass * mass - ME * ME) / (2 * M) + 3.0
    x, w = unit_rule(160)
    energies = mass + (top - mass) * x
    cells = (top - mass) * w * energies * np.sqrt(energies**2 - mass**2) / (2 * np.pi**2)
    total = sum(c * rate(e, mass, product, [mu, OPEN, OPEN], t, 24, 12).sum()
                for c, e in zip(cells, energies))  # fmt: skip
    y = (ME / M) ** 2
    width = const.G_FERMI**2 * M**5 / (192 * np.pi**3)
    width *= 1 - 8 * y + 8 * y**3 - y**4 - 12 * y * y * np.log(y)
    expected = width * three_body_ratio("mu", mass * u.MeV) * muons(mu, t)[1]
    assert_allclose(total, expected, rtol=3e-5, atol=0)


def michel(e_n, mass, product):
    """dGamma/dE_N of a muon at rest, over the Dalitz plot: |M|^2 dE_e dE_N/(64 pi^3 m), spins averaged."""
    p = np.sqrt(e_n**2 - mass**2)
    w = M - e_n
    s = w * w - p * p

    def square(e_e):
        e_nu = w - e_e
        if product == 0:  # (mu nu)(e N)
            return SQUARE * M * e_nu * 0.5 * (M * M - 2 * M * e_nu - ME**2 - mass**2)
        return SQUARE * M * e_n * 0.5 * (s - ME**2)  # (mu N)(e nu)

    root = p * (s - ME**2)
    low, high = (w * (s + ME**2) - root) / (2 * s), (w * (s + ME**2) + root) / (2 * s)
    return quad(square, low, high, epsabs=0.0)[0] / 2 / (64 * np.pi**3 * M)


@pytest.mark.parametrize("product", [0, 2])
@pytest.mark.parametrize("mass", [5.0, 40.0, 80.0])
def test_spectrum_of_a_muon_at_rest(mass, product):
    t = 1e-5  # what is left of the motion of the muons grows with t: 4e-5 near the end of the spectrum
    mu = M - 6 * t
    number = muons(mu, t)[0]
    end = (M * M + mass * mass - ME * ME) / (2 * M)
    for share in (0.1, 0.5, 0.9):
        e = mass + share * (end - mass)
        found = rate(e, mass, product, [mu, OPEN, OPEN], t).sum()
        found *= e * np.sqrt(e * e - mass * mass) / (2 * np.pi**2) / number
        assert_allclose(found, michel(e, mass, product), rtol=5e-5, atol=0)
    beyond = rate(end + 1.0, mass, product, [mu, OPEN, OPEN], t).sum()
    assert beyond < 1e-12 * rate(e, mass, product, [mu, OPEN, OPEN], t).sum()


# -- in flight, blocked ----------------------------------------------------------------------------
def direction(rng, n):
    z, phi = rng.uniform(-1, 1, n), rng.uniform(0, 2 * np.pi, n)
    r = np.sqrt(1 - z * z)
    return np.array([r * np.cos(phi), r * np.sin(phi), z])


def boosted(p, beta):
    """Four-vectors (4, n) seen from a frame in which their own moves with velocity beta (3, n)."""
    b2 = (beta**2).sum(0)
    gamma = 1 / np.sqrt(1 - b2)
    along = (beta * p[1:]).sum(0)
    factor = (gamma - 1) * along / np.where(b2 == 0.0, 1.0, b2) + gamma * p[0]
    return np.concatenate([[gamma * (p[0] + along)], p[1:] + beta * factor])


def dot(a, b):
    return a[0] * b[0] - (a[1:] * b[1:]).sum(0)


@pytest.mark.parametrize("product", [0, 2])
def test_rates_against_explicit_decays_in_flight(product):
    """Thermal muons decay one by one; weights of |M|^2 per helicity and of both Pauli factors."""
    mass, t, mus, n = 40.0, 25.0, (100.0, 60.0, 20.0), 600_000
    rng = np.random.default_rng(11)
    grid = np.linspace(0.0, np.sqrt((M + 30 * t) ** 2 - M**2), 20001)
    density = grid**2 / np.pi**2 * fermi(np.hypot(grid, M), mus[0], t)
    cumulative = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    p0 = np.interp(rng.uniform(0, cumulative[-1], n), cumulative, grid)
    # three bodies: (e nu) of mass^2 s against N, then e nu
    s = rng.uniform(ME**2, (M - mass) ** 2, n)
    e_n = (M * M + mass**2 - s) / (2 * M)
    p_n = np.sqrt(np.maximum(e_n**2 - mass**2, 0.0))
    k = (s - ME**2) / (2 * np.sqrt(s))
    phase = ((M - mass) ** 2 - ME**2) / (2 * np.pi) * p_n / (4 * np.pi * M) * k / (4 * np.pi * np.sqrt(s))
    heavy = np.concatenate([[e_n], p_n * direction(rng, n)])
    pair = -heavy[1:] / np.hypot(p_n, np.sqrt(s))
    way = direction(rng, n)
    electron = boosted(np.concatenate([[np.hypot(k, ME)], k * way]), pair)
    neutrino = boosted(np.concatenate([[k], -k * way]), pair)
    beta = p0 / np.hypot(p0, M) * direction(rng, n)
    muon = np.concatenate([[np.full(n, M)], np.zeros((3, n))])
    muon, heavy, electron, neutrino = (boosted(v, beta) for v in (muon, heavy, electron, neutrino))
    np.testing.assert_allclose(muon, heavy + electron + neutrino, atol=1e-7)
    size = np.sqrt((heavy[1:] ** 2).sum(0))
    free = (1 - fermi(electron[0], mus[1], t)) * (1 - fermi(neutrino[0], mus[2], t))
    mu_n = mus[0] - mus[1] - mus[2]
    bins, ours = ((mass, 50.0), (50.0, 70.0), (70.0, 110.0)), []
    for low, high in bins:
        x, w = unit_rule(24)
        e = low + (high - low) * x**2
        cells = 2 * x * w * (high - low) * e * np.sqrt(e * e - mass * mass) / (2 * np.pi**2)
        ours.append(sum(c * fermi(v, mu_n, t) * rate(v, mass, product, mus, t, 24, 12)
                        for c, v in zip(cells, e)))  # fmt: skip
    for column, h in enumerate((-1, 1)):
        q = 0.5 * (heavy[0] - h * size) * np.concatenate([[np.ones(n)], -h * heavy[1:] / size])
        pairs = dot(muon, neutrino) * dot(electron, q) if product == 0 else (
            dot(muon, q) * dot(electron, neutrino)
        )  # fmt: skip
        # (1/2E) f d3p 2/(2pi)^3 x |M|^2 summed over spins = 2 x spin average
        weight = cumulative[-1] / n / (2 * muon[0]) * 0.5 * SQUARE * pairs * phase * free
        for (low, high), expected in zip(bins, ours):
            inside = weight * ((heavy[0] > low) & (heavy[0] <= high))
            error = np.sqrt((inside**2).sum() - inside.sum() ** 2 / n)
            assert error < 0.012 * expected[column]
            assert abs(inside.sum() - expected[column]) < 4 * error


def one_way(e4, mass, product, mus, t, absorb, n=60):
    """Integral over E_mu, the angle of mu and N, and E_e with one statistical factor only."""
    x, w = unit_rule(n)
    p4 = np.sqrt(e4**2 - mass**2)
    u0, uc, ue = np.meshgrid(x, x, x, indexing="ij")
    weight = w[:, None, None] * w[None, :, None] * w[None, None, :]
    e_rest = (M**2 + mass**2 - ME**2) / (2 * mass)
    p_rest = np.sqrt(e_rest**2 - M**2)
    at_rest = e4 <= (M**2 + mass**2 - ME**2) / (2 * M)
    low = M if at_rest else (e4 * e_rest - p4 * p_rest) / mass
    high = min((e4 * e_rest + p4 * p_rest) / mass, low + 25 * t + e4)
    e0 = low + (high - low) * u0**2
    p0 = np.sqrt(e0**2 - M**2)
    # E0 E4 - p0 p4 c <= (M^2 + m^2 - m_e^2)/2
    c_min = np.maximum((2 * e0 * e4 - (M**2 + mass**2 - ME**2)) / (2 * p0 * p4), -1.0)
    c = c_min + (1 - c_min) * uc
    big = np.sqrt(p0**2 + p4**2 - 2 * p0 * p4 * c)
    w_pair = e0 - e4
    s = w_pair**2 - big**2
    half = 0.5 * big * (s - ME**2) / s
    ea = 0.5 * w_pair * (s + ME**2) / s + half * (2 * ue - 1)
    eb = w_pair - ea
    jacobian = weight * 2 * u0 * (high - low) * (1 - c_min) * 2 * half
    # x = e.N: its mean and its swing with the azimuth around the momentum of the pair
    pa = np.sqrt(np.maximum(ea**2 - ME**2, 0.0))
    cos_e = np.clip((pa**2 + big**2 - eb**2) / np.maximum(2 * pa * big, 1e-300), -1, 1)
    cos_n = np.clip((p0 * p4 * c - p4**2) / (p4 * big), -1, 1)
    mean = ea * e4 - pa * p4 * cos_e * cos_n
    swing2 = 0.5 * (pa * p4) ** 2 * (1 - cos_e**2) * (1 - cos_n**2)
    if product == 0:  # mu.nu = mu.Q - mu.e = mu.Q - Q.e - x
        rest = M**2 - (e0 * e4 - p0 * p4 * c) - 0.5 * (s + ME**2)
        square = rest * mean - mean**2 - swing2
    else:
        square = (e0 * e4 - p0 * p4 * c) * 0.5 * (s - ME**2)
    f0, fa, fb = fermi(e0, mus[0], t), fermi(ea, mus[1], t), fermi(eb, mus[2], t)
    stat = (1 - f0) * fa * fb if absorb else f0 * (1 - fa) * (1 - fb)
    # (1/2E4) int d3p0/(2E0 (2pi)^3) x (two-body phase space = dE_e/(8 pi P)) per azimuth
    value = (jacobian * square * stat * p0 / (4 * (2 * np.pi) ** 2) / (8 * np.pi * big)).sum()
    return SQUARE * value / e4


@pytest.mark.parametrize("product", [0, 2])
@pytest.mark.parametrize("mus", [(100.0, 60.0, 20.0), (-100.0, -60.0, -20.0), (130.0, 180.0, 80.0)])
def test_production_and_absorption_are_in_detailed_balance(mus, product):
    """Each of them, integrated on its own in other variables, is f_eq or 1 - f_eq of Gamma*."""
    mass, t = 50.0, 25.0
    mu_n = mus[0] - mus[1] - mus[2]
    for e in (52.0, 65.0, 80.0, 140.0):
        gamma = rate(e, mass, product, mus, t).sum()
        f = fermi(e, mu_n, t)
        produced = one_way(e, mass, product, mus, t, absorb=False)
        absorbed = one_way(e, mass, product, mus, t, absorb=True)
        assert_allclose(produced, f * gamma, rtol=1e-3, atol=0)
        assert_allclose(absorbed, (1 - f) * gamma, rtol=1e-3, atol=0)


@pytest.mark.parametrize("product", [0, 2])
def test_absorption_outside_where_n_is_released(product):
    """Cool matter without muons: N of some 100 MeV makes a muon with thermal e and nu."""
    mass, t, mus = 10.0, 4.0, (20.0, 25.0, 0.0)
    for e in (80.0, 100.0, 130.0):
        gamma = rate(e, mass, product, mus, t).sum()
        absorbed = one_way(e, mass, product, mus, t, absorb=True)
        share = 1.0 - fermi(e, mus[0] - mus[1] - mus[2], t)
        assert_allclose(absorbed, share * gamma, rtol=2e-3, atol=0)
        coarse = rate(e, mass, product, mus, t, 6, 4).sum()
        assert_allclose(coarse, gamma, rtol=0.1, atol=0)


def test_wrong_helicity_of_light_n():
    """Suppressed like (m/2E)^2 where N replaces a neutrino."""
    for product in (0, 2):
        left, right = rate(40.0, 1.0, product, (100.0, 60.0, 20.0), 25.0)
        again = rate(40.0, 2.0, product, (100.0, 60.0, 20.0), 25.0)
        assert right < 1e-3 * left
        assert_allclose(again[1] / right, 4.0, rtol=0.02, atol=0)


@pytest.mark.parametrize("t", [3.0, 30.0])
@pytest.mark.parametrize("mus", [(150.0, 180.0, 80.0), (100.0, 150.0, 0.0), (-100.0, -150.0, 0.0)])
def test_nodes(mus, t):
    """Many nodes: settled to 1e-5; the nodes of a table: a few per cent of a tiny rate."""
    for product in (0, 2):
        for mass, above in ((0.01, 3), (1.0, 0.05), (50.0, 1), (50.0, 10), (100.0, 1)):
            e = mass + above * t
            fine = rate(e, mass, product, mus, t, 120, 80)
            np.testing.assert_allclose(rate(e, mass, product, mus, t, 60, 40), fine, rtol=1e-4)
            np.testing.assert_allclose(rate(e, mass, product, mus, t, 12, 8), fine, rtol=0.05)


# -- in the list of processes ----------------------------------------------------------------------
def table(star, flavours, mass):
    return rate_table(mixed(mass, *flavours), star, COARSE, min(60.0, star.breaks[-1]), decays=False)


def test_only_flavours_of_muons_below_threshold_in_a_star_with_muons():
    plain = ab.supernova.load("fiducial")
    star = with_muons(plain)
    assert muon_decays("tau") == ()
    assert_allclose(THRESHOLD, 105.147, rtol=0, atol=1e-3)
    groups = lambda *a: {p.group for p in table(*a).processes}  # noqa: E731
    for flavour in ("e", "mu"):
        assert "mu decay" in groups(star, (flavour,), 100.0)
        assert "mu decay" not in groups(star, (flavour,), THRESHOLD)
        assert "mu decay" not in groups(plain, (flavour,), 50.0)
    assert "mu decay" not in groups(star, ("tau",), 50.0)
    decays = [p for p in table(star, ("e", "mu"), 50.0).processes if p.group == "mu decay"]
    assert len(decays) == 4
    assert sum(p.lepton_number for p in decays) == 0
    for p in decays:  # charge and the lepton numbers of e and mu are conserved, N counts for its flavour
        charge = {"mu-": -1, "e-": -1, "mu+": 1, "e+": 1}
        assert charge[p.species[0]] == charge[p.species[1]]
        for lepton in ("e", "mu"):
            count = {f"{lepton}-": 1, f"nu_{lepton}": 1, f"{lepton}+": -1, f"nubar_{lepton}": -1}
            sides = [count.get(s, 0) for s in p.species]
            assert sides[0] == sides[1] + sides[2] + (p.flavour == lepton) * p.lepton_number


def test_inverse_decay_takes_trapped_n(monkeypatch):
    """Where N is trapped e- nubar N -> mu- lowers the luminosity by half a per cent."""
    star = with_muons(ab.supernova.load("fiducial"))

    def luminosity(mass):
        hnl = ab.HNL(mass=mass * u.MeV, mixing={"mu": 1e-3})
        return ab.supernova.emission(hnl, star, nucleons="contact").luminosity_erg_s

    found = luminosity(10.0)
    monkeypatch.setattr(muon_decay, "possible", lambda *arguments: [])
    without = luminosity(10.0 + 1e-9)  # tables of 10 MeV are cached
    assert_allclose(found / without - 1.0, -5.4e-3, rtol=0.1, atol=0)


def test_same_chemical_potential_as_the_crossed_process():
    """mu -> e nu N and the 2 -> 2 process it is the crossing of let N come to the same equilibrium."""
    star = with_muons(ab.supernova.load("illustrative-hot", neutrinos="beta"))
    for flavour in ("e", "mu"):
        found = table(star, (flavour,), 50.0)
        for sign in (1, -1):
            mu = {p.group: found.mu_n[i] for i, p in enumerate(found.processes)
                  if p.lepton_number == sign}  # fmt: skip
            np.testing.assert_allclose(mu["mu decay"], mu["e mu"], rtol=1e-12, atol=1e-9)


def test_other_processes_stay_as_they_are(monkeypatch):
    star = with_muons(ab.supernova.load("fiducial"))
    found = table(star, ("mu",), 50.0)
    monkeypatch.setattr(muon_decay, "possible", lambda *arguments: [])
    before = table(star, ("mu",), 50.0)
    n = len(hnl_processes("mu"))
    assert len(before.processes) == n
    assert len(found.processes) == n + 2
    np.testing.assert_array_equal(found.rates[:n], before.rates)
    np.testing.assert_array_equal(found.mu_n[:n], before.mu_n)
    np.testing.assert_array_equal(found.energy, before.energy)
    assert np.all(found.rates[n:] > 0.0)


def test_absent_muons_decay_not():
    """An infinitely negative chemical potential: the decays fade with the density of muons."""
    levels = np.array([20.0, 0.0, -20.0])
    values = [rate(50.0, 30.0, 0, (mu, OPEN, OPEN), 10.0).sum() for mu in levels]
    np.testing.assert_allclose(np.diff(np.log(values)), -2.0, rtol=1e-3)


@pytest.mark.parametrize("name", ["fiducial", "illustrative-hot"])
def test_share_of_decays_is_small(name):
    """Muons collide far more often than they decay: some 1e-5 of N."""
    star = with_muons(ab.supernova.load(name))
    found = [
        free_streaming_shares(ab.HNL(mass=m * u.MeV, mixing={"mu": 1e-9}), star, resolution=COARSE)
        for m in (5.0, 60.0)
    ]
    light, heavy = (shares["mu decay"] for shares in found)
    assert 1e-8 < heavy < light < 1e-4
