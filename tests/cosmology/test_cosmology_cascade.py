"""Kernels of the electromagnetic cascade, its tables and its solution."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import dblquad, quad

from astrobounds.constants import ALPHA, M_E
from astrobounds.cosmology.cascade import kernels as ck
from astrobounds.cosmology.cascade import march, tables
from astrobounds.cosmology.cascade.clock import PHOTONS
from astrobounds.numerics.quadrature import gauss_legendre

SIGMA_T = 8.0 * math.pi / 3.0 * ck.R_E**2
M2 = M_E**2
NE, NZ2 = 6.137e-10 * PHOTONS * 0.876, 6.137e-10 * PHOTONS * 1.0  # per T^3


def rule():
    return gauss_legendre(5)


def integral(f, low, high):
    return quad(f, low, high, epsabs=0.0, epsrel=1e-9, limit=400)[0]


@pytest.mark.parametrize("E", [1.6, 10.0, 300.0])
def test_compton_number_and_energy(E):
    low = E / (1.0 + 2.0 * E / M_E)
    number = integral(
        lambda x: ck.compton_photon(math.exp(x), E, 1.0) * math.exp(x), math.log(low), math.log(E)
    )
    assert_allclose(number, ck.compton_rate(E, 1.0), rtol=1e-8, atol=0)
    assert_allclose(ck.compton_between(0.0, 2.0 * E, E, 1.0), number, rtol=1e-8, atol=0)
    # the Klein-Nishina cross section itself: 10 MeV on an electron, and the Thomson limit
    assert_allclose(ck.compton_rate(1e-4, 1.0), SIGMA_T * (1.0 - 2e-4 / M_E), rtol=1e-6, atol=0)
    middle = math.sqrt(low * E)
    part = integral(lambda x: ck.compton_photon(x, E, 1.0), low, middle)
    assert_allclose(ck.compton_between(low, middle, E, 1.0), part, rtol=1e-8, atol=0)


def test_compton_against_klein_nishina_angles():
    """Transfer of energy from the differential cross section in angle (Klein & Nishina)."""
    E = 7.0

    def by_angle(c):
        r = 1.0 / (1.0 + E / M_E * (1.0 - c))
        return math.pi * ck.R_E**2 * r * r * (r + 1.0 / r - 1.0 + c * c)

    assert_allclose(integral(by_angle, -1.0, 1.0), ck.compton_rate(E, 1.0), rtol=1e-8, atol=0)
    scattered = integral(lambda c: by_angle(c) * E / (1.0 + E / M_E * (1.0 - c)), -1.0, 1.0)
    low = E / (1.0 + 2.0 * E / M_E)
    found = integral(lambda x: x * ck.compton_photon(x, E, 1.0), low, E)
    assert_allclose(found, scattered, rtol=1e-8, atol=0)


def test_photon_photon_number_and_energy():
    """Two photons come out and share the energy: number 2, energy 1 times the rate."""
    E, T = 20.0, 1e-4
    rate = ck.photon_rate(E, T)
    number = integral(lambda x: ck.photon_photon(x, E, T), 0.0, E)
    energy = integral(lambda x: x * ck.photon_photon(x, E, T), 0.0, E)
    assert_allclose(number, 2.0 * rate, rtol=1e-4, atol=0)
    assert_allclose(energy, E * rate, rtol=1e-4, atol=0)
    assert_allclose(
        ck.photon_between(3.0, 11.0, E, T),
        integral(lambda x: ck.photon_photon(x, E, T), 3.0, 11.0),
        rtol=1e-9, atol=0,
    )


@pytest.mark.parametrize("k", [2.2, 3.0, 3.9, 4.1, 20.0, 500.0])
def test_bethe_heitler_against_published_series(k):
    """Maximon's series for the Born cross section, the lower one below 4 m, the upper above."""
    E = k * M_E
    if k < 4.0:
        r = (2.0 * k - 4.0) / (k + 2.0 + 2.0 * math.sqrt(2.0 * k))
        series = 1.0 + r / 2.0 + 23.0 / 40.0 * r**2 + 11.0 / 60.0 * r**3 + 29.0 / 960.0 * r**4
        expected = 2.0 * math.pi / 3.0 * ((k - 2.0) / k) ** 3 * series
    else:
        u, log = 2.0 / k, math.log(2.0 * k)
        zeta3 = 1.2020569031595942
        expected = 28.0 / 9.0 * log - 218.0 / 27.0
        expected += u**2 * (2.0 / 3.0 * log**3 - log**2 + (6.0 - math.pi**2 / 3.0) * log
                            + 2.0 * zeta3 + math.pi**2 / 6.0 - 3.5)  # fmt: skip
        expected -= u**4 * (3.0 / 16.0 * log + 1.0 / 8.0)
        expected -= u**6 * (29.0 / 2304.0 * log - 77.0 / 13824.0)
    found = ck.bethe_heitler_sigma(E, *gauss_legendre(32)) / (ALPHA * ck.R_E**2)
    assert_allclose(found, expected, rtol=2e-4, atol=0)
    direct = integral(lambda x: ck.bethe_heitler(x, E), M_E, E - M_E) / (ALPHA * ck.R_E**2)
    assert_allclose(found, direct, rtol=1e-4, atol=0)


def test_bethe_heitler_digits():
    """The cross section by 40-digit quadrature of the same spectrum, in alpha r_e^2."""
    for k, expected in (
        (2.2, 0.0016131222479665553),
        (3.0, 0.087348955267250304),
        (20.0, 3.7063947391539469),
    ):
        found = ck.bethe_heitler_sigma(k * M_E, *gauss_legendre(32)) / (ALPHA * ck.R_E**2)
        assert_allclose(found, expected, rtol=1e-9, atol=0)


def test_breit_wheeler_limits():
    """Near threshold pi r_e^2 b; at high energy (4 pi alpha^2/s)(ln(s/m^2) - 1)."""
    b = 1e-3
    assert_allclose(
        ck.breit_wheeler_sigma(4.0 * M2 / (1.0 - b * b)), math.pi * ck.R_E**2 * b, rtol=1e-5, atol=0
    )
    s = 1e8
    assert_allclose(
        ck.breit_wheeler_sigma(s),
        4.0 * math.pi * ALPHA**2 / s * (math.log(s / M2) - 1.0),
        rtol=1e-5, atol=0,
    )


@pytest.mark.parametrize("b", [0.03, 0.1, 0.5, 2.0, 20.0])
def test_pairs_on_the_black_body(b):
    """The spectrum of one lepton integrates to the rate, itself a double integral of the cross section."""
    T = 1e-3
    E = b * M2 / T
    rate = tables.pair_rate(E, T)[0]
    direct = dblquad(
        lambda s, x: s * ck.breit_wheeler_sigma(s) / math.expm1(x / T) / math.pi**2,
        M2 / E, M2 / E + 60.0 * T, 4.0 * M2, lambda x: 4.0 * E * x, epsrel=1e-8,
    )[0] / (8.0 * E * E)  # fmt: skip

    def shape(y):
        f = 1.0 / (1.0 + math.exp(-y))
        return f * (1.0 - f) * ck.pair_shape(b, f, *tables.pair_table())

    reach = 2.0 + math.log(40.0 + 40.0 * b)
    number = integral(shape, -reach, reach) * ALPHA**2 * M2 * T / (4.0 * math.pi * E**2)
    assert_allclose(rate, direct, rtol=1e-4, atol=0)
    assert_allclose(number, direct, rtol=1e-4, atol=0)
    # symmetric in the two leptons: each has half of the energy
    assert_allclose(shape(0.7), shape(-0.7), rtol=1e-12, atol=0)


def jones(Eg, E, x):
    """Jones' function, written from the paper's variables."""
    G = 4.0 * x * E / M2
    q = Eg / (G * (E - Eg))
    return (
        2.0 * q * math.log(q) + (1.0 + 2.0 * q) * (1.0 - q) + (G * q) ** 2 * (1.0 - q) / (2.0 + 2.0 * G * q)
    )


@pytest.mark.parametrize(("E", "T", "r"), [(10.0, 1e-4, 0.005), (10.0, 1e-3, 0.2), (300.0, 3e-3, 0.9)])
def test_inverse_compton_spectrum(E, T, r):
    """d rate/dE_g from a direct integral over the black body."""
    Eg = r * E
    low = 0.25 * M2 * Eg / (E * (E - Eg))

    def integrand(x):
        return jones(Eg, E, x) * x / math.pi**2 / math.expm1(x / T)

    expected = 2.0 * math.pi * ALPHA**2 / E**2 * integral(integrand, low, low + 60.0 * T)
    found = ck.scattered(E * T / M2, r, *tables.compton_table())
    assert_allclose(2.0 * ALPHA**2 * T**2 / (math.pi * E**2) * found, expected, rtol=1e-6, atol=0)


def test_inverse_compton_rate():
    """At 10 MeV and 0.1 keV: 0.97197 if photons gain energy, 0.9739 in all (Klein-Nishina)."""
    E, T = 10.0, 1e-4
    n_gamma = PHOTONS * T**3

    def inner(x):
        top = 4.0 * x * E * E / (M2 + 4.0 * x * E)
        return x / math.pi**2 / math.expm1(x / T) * integral(lambda g: jones(g, E, x), x, top)

    gained = 2.0 * math.pi * ALPHA**2 / E**2 * integral(inner, 1e-3 * T, 50.0 * T)
    assert_allclose(gained / (SIGMA_T * n_gamma), 0.97197, rtol=0, atol=1e-4)

    gamma, beta = E / M_E, math.sqrt(1.0 - M2 / E**2)

    def exact(mu, x):  # Klein-Nishina in the frame of the electron
        shift = 1.0 - beta * mu
        sigma = ck.compton_rate(gamma * x * shift, 1.0)
        return 0.5 * shift * sigma * x * x / math.pi**2 / math.expm1(x / T)

    total = dblquad(exact, 1e-3 * T, 50.0 * T, -1.0, 1.0, epsrel=1e-8)[0]
    rate = tables.scattered_below(E * T / M2, 0.0, tables.compton_table(), rule())
    rate *= 2.0 * ALPHA**2 * T**2 / (math.pi * E)
    assert_allclose(total / (SIGMA_T * n_gamma), 0.9739, rtol=0, atol=1e-4)
    assert_allclose(rate, total, rtol=1e-4, atol=0)


@pytest.mark.parametrize("b", [1e-4, 0.003, 0.05, 1.0, 40.0])
def test_lattice_conserves_number_and_energy(b):
    """Transfers out of a cell: as many electrons arrive as leave, photons get what they lose."""
    edges, lattice, leave = tables.lattice(120, 420)
    width = math.log(10.0) / 120.0
    m = int(np.argmin(np.abs(np.log(edges / b))))
    table = tables.compton_table()
    middle = edges[m] * math.exp(-0.5 * width)
    # what ends below the last cell (half of it already lies above its middle)
    beyond = tables.scattered_below(middle, -math.expm1(-(419.5 * width)), table, rule())
    assert_allclose(lattice[0, m, 1:].sum() + beyond, leave[m], rtol=2e-4, atol=0)
    if b < 1e-3:  # all photons are softer than the last cell
        return
    # energy to photons, against the mean loss <r>
    k = np.arange(420)
    smear = math.sinh(0.5 * width) / (0.5 * width)
    photons = (lattice[1, m] * np.exp(-k * width))[1:].sum() * smear**2
    nodes = np.linspace(math.log(1e-9), math.log(0.9999999), 200001)
    r = np.exp(nodes)
    values = np.array([ck.scattered(middle, x, *table) for x in r[::20]])
    mean = np.trapezoid(values * r[::20] ** 2, nodes[::20])
    first = lattice[1, m, 0]  # photons with nearly all of the energy
    assert_allclose(photons + first * (1.0 - width / 3.0), mean, rtol=2e-3, atol=0)


def lattice_emission(found, row):
    """Photons of inverse Compton per cell and decay, all electrons together."""
    T, mid = found.T[0], np.sqrt(found.edges[1:] * found.edges[:-1])
    n = len(mid)
    _, lattice, _ = tables.lattice(120, -(-n // 60) * 60)
    unit = 2.0 * ALPHA**2 * T**2 / math.pi
    out = np.zeros((3, n))
    width = math.log(10.0) / 120.0
    tables.line_row(
        found.edges[0] * T / M2, width, tables.compton_table(), tables.pair_table(), rule(), out
    )
    emission = found.lines[0, 1] * unit / found.edges[0] * out[1]
    for j in range(n):
        emission[j:] += found.electrons[0, j] * unit / mid[j] * lattice[1, row + j, : n - j]
    return emission


def scatter(E, T, rng):
    """One exact Compton scattering of each electron off the black body: energies of the photons."""
    gamma = E / M_E
    beta = np.sqrt(1.0 - 1.0 / gamma**2)
    photon = np.empty(E.size)
    todo = np.arange(E.size)
    while todo.size:
        size = todo.size
        k = rng.choice(
            np.arange(1, 60), p=np.arange(1.0, 60.0) ** -3 / np.sum(np.arange(1.0, 60.0) ** -3), size=size
        )
        x = rng.gamma(3.0, size=size) / k * T
        mu = rng.uniform(-1.0, 1.0, size)
        shift = 1.0 - beta[todo] * mu
        w = gamma[todo] * x * shift / M_E
        c = rng.uniform(-1.0, 1.0, size)
        ratio = 1.0 / (1.0 + w * (1.0 - c))
        kn = ratio**2 * (ratio + 1.0 / ratio - 1.0 + c * c)  # at most 2
        take = rng.uniform(size=size) < 0.5 * shift * 0.5 * kn
        into = (mu - beta[todo]) / shift
        phi = rng.uniform(0.0, 2.0 * math.pi, size)
        out = into * c + np.sqrt((1.0 - into**2) * (1.0 - c * c)) * np.cos(phi)
        energy = gamma[todo] * w * M_E * ratio * (1.0 + beta[todo] * out)
        photon[todo[take]] = energy[take]
        todo = todo[~take]
    return photon


def test_electrons_against_exact_monte_carlo():
    """Collisions and photons of 15 MeV electrons at 0.3 keV, sampled with the full kinematics.

    Here an electron loses a few per cent per collision, about the width of a cell or two. Electrons
    below 4 MeV make no photons above 1.5 MeV.
    """
    edges = march.energy_edges(15.0)
    rows, T = march.temperature_rows(15.0, 3e-4, 2.9999e-4)
    rows, T = rows[:1], T[:1]
    found = march.solve_spectra(edges, rows, T, np.zeros((2, len(edges) - 1)), (0.0, 1.0), 1e-30, 1e-30)
    mid = np.sqrt(edges[1:] * edges[:-1])
    rate = np.array([
        2.0 * ALPHA**2 * T[0] ** 2 / (math.pi * E)
        * tables.scattered_below(E * T[0] / M2, 0.0, tables.compton_table(), rule())
        for E in mid
    ])  # fmt: skip
    collisions = found.electrons[0] * rate
    emission = lattice_emission(found, rows[0])

    rng = np.random.default_rng(20210)
    n = 6000
    E = np.full(n, 15.0)
    bins = np.array([4.0, 6.0, 9.0, 13.0])
    expected, photons = np.zeros(len(bins) - 1), np.zeros(3)
    soft = np.array([1.5, 2.0, 2.8, 6.0])
    while E.size:
        expected += np.histogram(E, bins)[0]
        g = scatter(E, T[0], rng)
        photons += np.histogram(g, soft)[0]
        E = E - g
        E = E[E > 4.0]
    for i in range(len(bins) - 1):
        part = collisions @ _overlap(edges, bins[i], bins[i + 1])
        # Jones' spectrum is exact to m^2/E^2, 1 % in the lowest bin; statistics 0.5 %
        assert_allclose(part, expected[i] / n, rtol=0.02, atol=0)
    for i in range(len(soft) - 1):
        part = emission @ _overlap(edges, soft[i], soft[i + 1])
        assert abs(part * n - photons[i]) < 3.5 * math.sqrt(photons[i])  # independent counts


def _overlap(edges, low, high):
    """Share of each falling cell inside [low, high], uniform in ln E."""
    a, b = np.log(edges[1:]), np.log(edges[:-1])
    return np.clip(np.minimum(b, math.log(high)) - np.maximum(a, math.log(low)), 0.0, None) / (b - a)


def spectrum(E0, photons, electrons, T, per_decade=120):
    edges = march.energy_edges(E0, per_decade)
    rows, temps = march.temperature_rows(E0, T, 0.99999 * T, per_decade)
    n = len(edges) - 1
    return march.solve_spectra(
        edges, rows, temps, np.zeros((2, n)), (photons, electrons), NE, NZ2, per_decade
    )


def photons_between(found, low, high, T):
    """Photon number between two energies, interpolated to T."""
    number = found.photons @ _overlap(found.edges, low, high)
    return math.exp(np.interp(-math.log(T), -np.log(found.T), np.log(number)))


@pytest.mark.parametrize("T", [2e-3, 5e-4])
def test_high_energies_forget_their_origin(T):
    """Far above m^2/22T only the energy counts: photons or electrons, 300 MeV or 3 GeV."""
    values = []
    for E0 in (300.0, 3000.0):
        for kind in ((1.0 / E0, 0.0), (0.0, 1.0 / E0)):
            values.append(photons_between(spectrum(E0, *kind, T), 2.0, 4.0, T))
    assert np.ptp(values) / np.mean(values) < 5e-3


def test_grid_converges():
    """Twice as many cells change the photons by less than 3e-3."""
    T = 1e-3
    for kind in ((1.0, 0.0), (0.0, 1.0)):
        coarse = photons_between(spectrum(20.0, *kind, T, 120), 2.0, 6.0, T)
        fine = photons_between(spectrum(20.0, *kind, T, 240), 2.0, 6.0, T)
        assert_allclose(coarse, fine, rtol=3e-3, atol=0)


def test_line_below_pair_creation():
    """Between the line and its Compton shoulder: F = (rate of the shoulder)/(Gamma^2), first order."""
    T = 1e-4
    found = spectrum(10.0, 1.0, 0.0, T)
    T = found.T[0]
    rate = ck.compton_rate(10.0, NE * T**3) + ck.photon_rate(10.0, T)
    rate += NZ2 * T**3 * ck.bethe_heitler_sigma(10.0, *gauss_legendre(32))
    assert_allclose(found.lines[0, 0], 1.0 / rate, rtol=1e-6, atol=0)
    low, high = found.edges[1], found.edges[0]
    fed = ck.compton_between(low, high, 10.0, NE * T**3) + ck.photon_between(low, high, 10.0, T)
    assert_allclose(found.photons[0, 0], fed / rate**2, rtol=2e-2, atol=0)
