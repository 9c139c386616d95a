"""Momentum-resolved neutrinos: kernels, conservation laws, the standard run and injected neutrinos."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.neutrinos import collisions, decoupling
from astrobounds.cosmology.neutrinos.kinetic import (
    electrons as kinetic_electrons,
)
from astrobounds.cosmology.neutrinos.kinetic import (
    events as kinetic_neutrinos,
)
from astrobounds.cosmology.neutrinos.kinetic import (
    kernels as kinetic_kernels,
)
from astrobounds.cosmology.neutrinos.kinetic import (
    solve as kinetic,
)
from astrobounds.cosmology.neutrinos.kinetic import (
    sources as kinetic_sources,
)
from astrobounds.errors import ConfigError, DomainError
from astrobounds.models.decays import neutrino_spectra
from astrobounds.models.decays.rest_spectrum import RestSpectrum

PLAIN = {"h": 0.4, "n": 60}


def uniform(h=PLAIN["h"], n=PLAIN["n"]):
    return (np.arange(n) + 0.5) * h, np.full(n, h)


def d_functions(p, i, j):
    """D1, D2(i, j), D3 in the sorted form of the tables of hep-ph/9703315."""
    order = np.argsort(p)[::-1]
    a, b, c, d = np.asarray(p)[order]
    if a >= b + c + d:
        return 0.0, 0.0, 0.0
    place = [int(np.flatnonzero(order == k)[0]) for k in (i, j)]
    low, high = sorted(place)
    q = (a, b, c, d)
    if a + d <= b + c:
        d1 = d
        d3 = d**3 * (5 * a * a + 5 * b * b + 5 * c * c - d * d) / 30
        if high == 3:
            d2 = d**3 / 3
        else:
            x, y = q[low], q[high]
            other = q[3 - low - high]
            d2 = d * (3 * x * x + 3 * y * y - 3 * other * other - d * d) / 6
        return d1, d2, d3
    d1 = (b + c + d - a) / 2
    d3 = (
        a**5 - b**5 - c**5 - d**5 - 5 * a**3 * (b * b + c * c + d * d)
        + 5 * a * a * (b**3 + c**3 + d**3)
        + 5 * (b**3 * c * c + b * b * c**3 + b**3 * d * d + b * b * d**3 + c**3 * d * d + c * c * d**3)
    ) / 60  # fmt: skip
    if low == 0:
        x = q[high]
        h = sum(q[1:]) - x
        d2 = (2 * x**3 - 2 * a**3 - h**3 + 3 * h * (a * a + x * x)) / 12
    else:
        x, y = q[low], q[high]
        other = b + c + d - x - y
        d2 = ((a - other) ** 3 + 2 * (x**3 + y**3) - 3 * (a - other) * (x * x + y * y)) / 12
    return d1, d2, d3


def test_angular_averages_are_the_published_d_functions():
    rng = np.random.default_rng(3)
    for _ in range(200):
        p1, p2, p4 = rng.uniform(0.1, 5.0, 3)
        m = rng.uniform(0.0, 2.0)
        e2, e4 = np.hypot(p2, m), np.hypot(p4, m)
        p3 = p1 + e2 - e4
        if p3 <= 0.0:
            continue
        p, energy = (p1, p2, p3, p4), (p1, e2, p3, e4)
        d1, d34, d3 = d_functions(p, 2, 3)
        d12, d23, d14 = (d_functions(p, *pair)[1] for pair in ((0, 1), (1, 2), (0, 3)))
        both = np.prod(energy) * d1 + d3
        k12 = both + p1 * e2 * d34 + p3 * e4 * d12
        k14 = both - p1 * e4 * d23 - e2 * p3 * d14
        d13 = d_functions(p, 0, 2)[1]
        scale = np.prod(energy) * max(d1, 1e-3)
        assert_allclose(kinetic_kernels.total(p1 + e2, *p, m * m, m * m), k12, rtol=0, atol=1e-12 * scale)
        found = kinetic_kernels.exchanged(p1 - e4, p1, p4, p2, p3, m * m, m * m)
        assert_allclose(found, k14, rtol=0, atol=1e-12 * scale)
        found = kinetic_kernels.one_exchanged(p1 - p3, p1, p3, p2, p4, 0.0)
        assert_allclose(found, p1 * p3 * d1 - d13, rtol=0, atol=1e-12 * scale)


@pytest.mark.parametrize(("p1", "p3", "m", "T"), [(3, 1, 0.05, 1), (10, 0.3, 1, 1.2), (50, 49, 0.3, 1)])
def test_electron_integrals_against_adaptive_quadrature(p1, p3, m, T):
    from scipy.integrate import quad_vec

    def scatter(e2):
        e4 = e2 + p1 - p3
        p2, p4 = np.sqrt(e2 * e2 - m * m), np.sqrt(e4 * e4 - m * m)
        k = kinetic_kernels.total(p1 + e2, p1, p2, p3, p4, m * m, m * m)
        k += kinetic_kernels.exchanged(p1 - e4, p1, p4, p2, p3, m * m, m * m)
        mixed = m * m * kinetic_kernels.one_exchanged(p1 - p3, p1, p3, p2, p4, 0.0)
        return np.array([k, mixed]) / (np.exp(e2 / T) + 1) / (1 + np.exp(-e4 / T))

    exact = quad_vec(scatter, m, m + 45 * T, epsrel=1e-9, epsabs=0, limit=2000)[0]
    assert_allclose(kinetic_kernels.scattering(p1, p3, m, T), tuple(exact), rtol=5e-5, atol=0)

    def annihilate(e3):
        e4 = p1 + p3 - e3
        a, b = (np.sqrt(max(e * e - m * m, 0.0)) for e in (e3, e4))
        k = kinetic_kernels.exchanged(p1 - e4, p1, b, p3, a, m * m, m * m)
        mixed = m * m * kinetic_kernels.one_total(p1 + p3, p1, p3, a, b, 0.0)
        return np.array([k, mixed]) / (1 + np.exp(-e3 / T)) / (1 + np.exp(-e4 / T))

    exact = quad_vec(annihilate, m, p1 + p3 - m, epsrel=1e-9, epsabs=0, limit=2000)[0]
    assert_allclose(kinetic_kernels.annihilation(p1, p3, m, T), tuple(exact), rtol=1e-5, atol=0)


def test_no_pairs_below_threshold():
    assert kinetic_kernels.annihilation(0.9, 1.1, 1.0, 1.0) == (0.0, 0.0)


@pytest.mark.parametrize("tau", [1e-3, 1.0, 3.0])
def test_linear_response_of_the_grid_is_that_of_the_integrals(tau):
    y, w = uniform()
    n = len(y)
    tables = np.zeros((4, n, n))
    kinetic_kernels.electron_tables(y, tau, 1.0, tables[:2], tables[2:])
    eye = np.tile(np.eye(3), (n, 1, 1))
    left, right = const.GL_NUE, const.GR_NU
    X, Y = 4.0 * (left**2 + right**2), 4.0 * left * right

    def rates(temperature, xi):
        rho = eye / (np.exp(y / temperature - xi) + 1.0)[:, None, None]
        out = np.zeros((n, 3, 3))
        kinetic_electrons.collide(rho, y, w, 1.0, tables, out)
        return np.array([(out[:, 0, 0] * y).sum(), out[:, 0, 0].sum()]) / np.pi**2

    step = 1e-4
    energy, number = (rates(1 + step, 0.0) - rates(1 - step, 0.0)) / (2 * step)
    energy_xi, number_xi = (rates(1.0, step) - rates(1.0, -step)) / (2 * step)
    f = collisions.response(tau)
    unit = np.pi**5
    annihilated = X * f[0] + Y * f[1]
    scattered = X * f[4] + Y * f[5]
    assert_allclose(energy * unit, -288 * annihilated - 56 * scattered, rtol=3e-4, atol=0)
    assert_allclose(number * unit, -64 * (X * f[6] + Y * f[7]), rtol=3e-4, atol=0)
    assert_allclose(energy_xi * unit, -64 * (X * (f[0] - f[2]) + Y * (f[1] - f[3])), rtol=3e-4, atol=0)
    assert_allclose(number_xi * unit, -16 * (X * (f[6] - f[8]) + Y * (f[7] - f[9])), rtol=3e-4, atol=0)


def test_exchange_between_flavours_is_that_of_the_integrals():
    errors = []
    for h in (0.5, 0.25):
        y, w = uniform(h, int(24 / h))
        lists = kinetic_neutrinos.event_table(y, w)

        def rate(temperature, y=y, lists=lists):
            f = np.tile(1.0 / (np.exp(y) + 1.0), (3, 1))
            f[0] = 1.0 / (np.exp(y / temperature) + 1.0)
            out = np.zeros_like(f)
            kinetic_neutrinos.collide(f, *lists, out)
            return (out * y).sum(axis=1) / np.pi**2

        slope = (rate(1 + 1e-4) - rate(1 - 1e-4)) / 2e-4
        f = collisions.response(0.0)
        expected = 64.0 / np.pi**5 * (-9.0 * f[0] - 1.75 * f[4])
        assert_allclose(slope[1], -0.5 * slope[0], rtol=1e-6, atol=0)
        errors.append(slope[0] / expected - 1.0)
    assert abs(errors[1]) < 3e-3
    assert_allclose(errors[0] / errors[1], 4.0, rtol=0.1, atol=0)  # second order


def test_neutrino_collisions_conserve_number_and_energy_on_any_grid():
    y, w = kinetic.momentum_grid(300.0)
    lists = kinetic_neutrinos.event_table(y, w)
    rng = np.random.default_rng(0)
    f = np.tile(1.0 / (np.exp(np.minimum(y, 60.0)) + 1.0), (3, 1)) * np.exp(rng.normal(size=(3, len(y))))
    f = np.minimum(f, 0.9)
    f[:, -20:] = 1e-4 * rng.random((3, 20))
    f[0, -8] = 0.0
    out = np.zeros_like(f)
    kinetic_neutrinos.collide(f, *lists, out)
    size = np.abs(out).sum()
    assert abs(out.sum()) < 1e-12 * size
    assert abs((out * y).sum()) < 1e-12 * np.abs(out * y).sum()


def test_equilibrium_stays():
    y, w = uniform(0.5, 40)
    n = len(y)
    T = 1.23
    f = np.tile(1.0 / (np.exp(y / T) + 1.0), (3, 1))
    chemical = np.tile(1.0 / (np.exp(y / T + 0.4) + 1.0), (3, 1))
    lists = kinetic_neutrinos.event_table(y, w)
    for shape in (f, chemical):
        out = np.zeros_like(f)
        kinetic_neutrinos.collide(shape, *lists, out)
        assert np.abs(out / (w * y * y)).max() < 1e-12
    tables = np.zeros((4, n, n))
    kinetic_kernels.electron_tables(y, 0.4, T, tables[:2], tables[2:])
    rho = np.eye(3) * f[0][:, None, None]
    out = np.zeros((n, 3, 3))
    kinetic_electrons.collide(rho, y, w, T, tables, out)
    assert np.abs(out / (w * y * y)[:, None, None]).max() < 1e-12


def _random_matrices(n, rng):
    f = 0.2 + 0.5 * rng.random((n, 3))
    u, _ = np.linalg.qr(rng.normal(size=(n, 3, 3)))
    return f, u


def test_electrons_do_not_tell_mu_from_tau():
    y, w = uniform(1.0, 8)
    rng = np.random.default_rng(5)
    f, u = _random_matrices(8, rng)
    tables = np.zeros((4, 8, 8))
    kinetic_kernels.electron_tables(y, 0.4, 1.1, tables[:2], tables[2:])
    rho = np.einsum("mai,mi,mbi->mab", u, f, u)
    c, s = np.cos(0.7), np.sin(0.7)
    turn = np.array([[1, 0, 0], [0, c, s], [0, -s, c]])

    def act(matrix):
        out = np.zeros((8, 3, 3))
        kinetic_electrons.collide(np.ascontiguousarray(matrix), y, w, 1.1, tables, out)
        return np.tril(out) + np.transpose(np.tril(out, -1), (0, 2, 1))

    turned = act(turn @ rho @ turn.T)
    assert_allclose(turned, turn @ act(rho) @ turn.T, rtol=1e-10, atol=0)


def test_jacobians_against_differences():
    y, w = kinetic.momentum_grid(40.0, 1.0)
    n = len(y)
    rng = np.random.default_rng(2)
    f = np.tile(0.05 + 0.5 * rng.random(n), 3)  # equal flavours, where that among neutrinos is exact
    lists = kinetic_neutrinos.event_table(y, w)
    _, u = _random_matrices(n, rng)
    tables = np.zeros((4, n, n))
    kinetic_kernels.electron_tables(y, 0.4, 1.1, tables[:2], tables[2:])

    def among(x, T=1.1):
        out = np.zeros((3, n))
        kinetic_neutrinos.collide(x.reshape(3, n), *lists, out)
        return out.ravel()

    def with_electrons(x, T=1.1):
        rho, out = np.zeros((n, 3, 3)), np.zeros((n, 3, 3))
        kinetic_electrons.density_matrices(x, u, rho)
        kinetic_electrons.collide(rho, y, w, T, tables, out)
        out = np.tril(out) + np.transpose(np.tril(out, -1), (0, 2, 1))
        return np.einsum("mab,mai,mbi->im", out, u, u).ravel()

    rho = np.zeros((n, 3, 3))
    kinetic_electrons.density_matrices(f, u, rho)
    exact = np.zeros((2, 3 * n + 1, 3 * n + 1))
    own, other = np.empty((2, n, n))
    kinetic_neutrinos.jacobian(f.reshape(3, n), *lists, own, other)
    exact[0, :-1, :-1] = np.block([[own if a == b else other for b in range(3)] for a in range(3)])
    kinetic_electrons.jacobian(rho, y, w, 1.1, tables, u, exact[1])
    for function, matrix in zip((among, with_electrons), exact):
        for column in rng.integers(0, 3 * n, 12):
            step = np.zeros(3 * n)
            step[column] = 1e-4
            slope = (function(f + step) - function(f - step)) / 2e-4
            assert_allclose(matrix[:-1, column], slope, rtol=0, atol=1e-5 * np.abs(slope).max())
    slope = (with_electrons(f, 1.1 + 1e-3) - with_electrons(f, 1.1 - 1e-3)) / 2e-3
    assert_allclose(exact[1, :-1, -1], slope, rtol=0, atol=1e-4 * np.abs(slope).max())


def test_mixing_matrix_is_orthogonal_and_switches_off_in_matter():
    u = np.zeros((3, 3))
    kinetic_electrons.mixing_matrix(3.0, 1e-4, u)
    assert_allclose(u @ u.T, np.eye(3), rtol=0, atol=1e-14)
    s12, s13, s23 = const.SIN2_THETA_12, const.SIN2_THETA_13, const.SIN2_THETA_23
    assert_allclose(u[0] ** 2, [(1 - s12) * (1 - s13), s12 * (1 - s13), s13], rtol=1e-3, atol=0)
    assert_allclose(u[1, 2] ** 2, s23 * (1 - s13), rtol=1e-3, atol=0)
    kinetic_electrons.mixing_matrix(60.0, 1e6, u)
    assert_allclose(u[0] ** 2, [1, 0, 0], rtol=0, atol=1e-9)


# --- the standard run


@pytest.fixture(scope="module")
def standard():
    return kinetic.standard()


def test_standard_neff_is_the_published_one(standard):
    """3.0440 +- 0.0002 of arXiv:2012.02726 and arXiv:2008.01074."""
    assert_allclose(standard.Neff, 3.0440, rtol=0, atol=2e-4)


def test_standard_run_without_oscillations_and_with_ideal_gases():
    """3.0434 without mixing (arXiv:2008.01074)."""
    assert_allclose(kinetic.solve(oscillations=False).Neff, 3.0434, rtol=0, atol=2e-4)
    difference = kinetic.standard().Neff - kinetic.solve(qed="off").Neff
    assert_allclose(difference, 0.0093, rtol=0, atol=5e-4)  # 0.0093 thermal equations, section on QED


@pytest.mark.parametrize("grid", [{"stride": 1}, {"refresh": 2}, {"spacing": 0.4}])
def test_standard_run_is_converged(standard, grid):
    assert_allclose(kinetic.solve(**grid).Neff, standard.Neff, rtol=0, atol=3e-5)


def test_distortion_grows_with_momentum_and_is_largest_for_nu_e(standard):
    y = standard.spectrum[0][:-1]
    f = standard.spectra[-1]
    change = f * (np.exp(y) + 1.0) - 1.0
    inside = (y > 1.0) & (y < 12.0)
    assert np.all(np.diff(change[0][inside]) > 0.0)
    assert np.all(change[0][inside] > change[1][inside])
    assert 0.03 < np.interp(10.0, y, change[0]) < 0.08


def test_energy_is_conserved_over_the_run(standard):
    """d(rho a^3) = -P d(a^3) for plasma and neutrinos together."""
    from astrobounds.cosmology.plasma import thermodynamics as plasma

    out = np.empty((len(standard.Tg), 4))
    plasma._states(np.ascontiguousarray(standard.Tg), plasma.table("full"), out)
    neutrinos = 7.0 * np.pi**2 / 120.0 * (standard.Tnue**4 + 2.0 * standard.Tnumu**4)
    rho, pressure = out[:, 1] + neutrinos, out[:, 0] + neutrinos / 3.0
    x = standard.ln_a - standard.ln_a[0]
    work = 3.0 * (rho + pressure) * np.exp(4.0 * x)
    comoving = rho * np.exp(4.0 * x)
    from scipy.interpolate import CubicSpline

    gained = CubicSpline(x, 4.0 * comoving - work).antiderivative()(x)
    assert_allclose(comoving - comoving[0], gained, rtol=0, atol=1e-4 * comoving[0])


def test_dark_radiation_adds_up():
    more = kinetic.solve(delta_neff=0.5).Neff - kinetic.standard().Neff
    assert_allclose(more, 0.5, rtol=0, atol=3e-3)


def test_abundances_move_little(standard):
    thermal, spectral = ab.cosmology.bbn(), ab.cosmology.bbn(neutrinos="momentum")
    assert spectral.Neff == standard.Neff
    assert_allclose(spectral.Yp, thermal.Yp, rtol=0, atol=1e-4)
    assert_allclose(spectral.DH, thermal.DH, rtol=1e-3, atol=0)
    assert ab.cosmology.decouple(neutrinos="momentum").Neff == standard.Neff


def test_asymmetry_enters_the_weak_rates():
    thermal = ab.cosmology.bbn(xi_e=0.03).Yp - ab.cosmology.bbn().Yp
    momentum = ab.cosmology.bbn(xi_e=0.03, neutrinos="momentum").Yp
    found = momentum - ab.cosmology.bbn(neutrinos="momentum").Yp
    assert thermal < -0.005
    assert_allclose(found, thermal, rtol=0.01, atol=0)


# --- injected neutrinos


def _pair_source(standard, energy, lifetime, share, flavours=("e", "mu", "tau")):
    """X -> nu nubar of an energy with rho_X = share of the radiation at t = lifetime."""
    falling = decoupling.free_falling(decoupling.T_START, decoupling.T_END)
    t = standard.t[: len(falling)]
    k = int(np.argmin(np.abs(t - lifetime)))
    rho = share * 10.75 * np.pi**2 / 30.0 * standard.Tg[k] ** 4
    density = (falling / falling[k]) ** 3 * np.exp(1.0 - t / lifetime) * rho / (2.0 * energy)
    line = RestSpectrum(((energy, 2.0 / len(flavours)),))
    made = kinetic_sources.Emission({a: line for a in flavours}, const.HBAR / lifetime * density)
    return decoupling.External(rho=2.0 * energy * density, neutrinos=(made,))


def test_energetic_neutrinos_lower_neff_where_thermal_ones_raise_it(standard):
    """The sign of arXiv:2103.09831: neutrinos far above T give their energy to pairs."""
    hot = _pair_source(standard, 30.0, 0.05, 0.02)
    thermal = decoupling.solve().Neff
    assert kinetic.solve(external=hot).Neff - standard.Neff < -0.004
    assert decoupling.solve(external=hot).Neff - thermal > 0.0
    soft = _pair_source(standard, 3.0, 1.0, 0.02)
    assert kinetic.solve(external=soft).Neff - standard.Neff > 0.1


def test_late_soft_neutrinos_agree_with_the_thermal_equations(standard):
    late = _pair_source(standard, 0.3, 100.0, 0.02)
    expected = decoupling.solve(external=late).Neff - decoupling.solve().Neff
    assert_allclose(kinetic.solve(external=late).Neff - standard.Neff, expected, rtol=0.01, atol=0)


def test_heat_agrees_with_the_thermal_equations():
    relic = decoupling.Relic(1e-3 * 20.0**3, 50.0, const.HBAR / 0.1, {"em": 1.0})
    expected = decoupling.solve(relic=relic).Neff - decoupling.solve().Neff
    found = kinetic.with_sources(relic=relic).Neff - kinetic.standard().Neff
    assert expected < -0.005
    assert_allclose(found, expected, rtol=0.02, atol=0)


RADIATION = (np.pi**2 / 15.0 * (1.0 + 7.0 / 4.0) + 7.0 * np.pi**2 / 40.0) * 20.0**4  # at 20 MeV


@pytest.mark.parametrize("times", [30.0, 100.0])
def test_a_relic_that_held_nearly_all_energy_leaves_what_reheating_leaves(times):
    """The plasma ends far above T_d: N_eff depends on the lifetime, not on what there was before."""
    relic = decoupling.Relic(times * RADIATION / 1e4, 1e4, 30.0 * const.HBAR, {"em": 1.0})
    found = kinetic.with_sources(relic=relic)
    assert_allclose(found.Neff, 2.611, rtol=3e-3, atol=0)
    thermal = decoupling.solve(relic=relic).Neff
    assert_allclose(found.Neff, thermal, rtol=0.025, atol=0)
    assert found.relic[-1] < 1e-12
    assert found.Tg[-1] < 1.1 * decoupling.T_END
    y, scale = found.spectrum[0], found.spectrum[3]
    hot = (found.Tg / scale)[found.Tg > 0.03].max()
    assert hot > 3.0
    assert y[-1] > 14.0 * hot


def test_a_grid_that_is_wide_enough_stays():
    assert kinetic.heated_top(np.linspace(1.0, 1.4, 5), np.full(5, 1.0)) == kinetic.THERMAL
    assert kinetic.heated_top(np.array([1.0, 5.0]), np.array([1.0, 1e-3])) == kinetic.THERMAL  # too cold
    assert kinetic.heated_top(np.array([1.0, 5.0]), np.array([1.0, 0.1])) > 5.0 * 0.9 * kinetic.THERMAL


def test_nucleosynthesis_after_reheating_needs_no_longer_background():
    relic = decoupling.Relic(RADIATION / 1e3, 1e3, const.HBAR / 0.05, {"em": 1.0})
    found, thermal = ab.cosmology.bbn(relic, neutrinos="momentum"), ab.cosmology.bbn(relic)
    assert found.flags == thermal.flags == ()
    assert_allclose(found.Neff, 2.335, rtol=3e-3, atol=0)
    assert_allclose(thermal.Neff, 2.280, rtol=3e-3, atol=0)
    assert_allclose(found.DH, thermal.DH, rtol=0.02, atol=0)


@pytest.mark.parametrize("neutrinos", ["integrated", "momentum"])
def test_a_relic_gone_long_before_decoupling_leaves_the_standard_universe(neutrinos):
    relic = decoupling.Relic(RADIATION / 1e3, 1e3, const.HBAR / 2e-3, {"em": 1.0})
    bbn = ab.cosmology.bbn
    found, standard = bbn(relic, neutrinos=neutrinos), bbn(neutrinos=neutrinos)
    assert_allclose(found.Neff, standard.Neff, rtol=0, atol=3e-4)
    assert_allclose(found.Yp, standard.Yp, rtol=3e-5, atol=0)
    assert_allclose(found.DH, standard.DH, rtol=1e-4, atol=0)


def test_deposited_neutrinos_keep_number_and_energy():
    y, w = kinetic.momentum_grid(400.0)
    falling = 8.0 * np.exp(-np.arange(160) / 64.0)
    v = np.abs(np.random.default_rng(1).normal(size=(160, 5)))
    share = np.full((160, 5), 0.2)
    rate = 1e-20 * falling**4
    item = kinetic_sources.Emission(neutrino_spectra.stopped("mu"), rate, (v, share))
    out = kinetic_sources.sources((item,), falling, 4, y, w)
    part = falling[::4]
    unit = part[:, None] ** 3 / np.pi**2
    number = unit * (out * w * y * y).sum(axis=2)
    energy = unit * part[:, None] * (out * w * y**3).sum(axis=2)
    gamma = np.hypot(1.0, v[::4]).mean(axis=1)
    for k, flavour in enumerate(const.FLAVOURS):
        # what falls below the first node keeps its energy only
        assert_allclose(number[:, k], rate[::4] * item.number(flavour), rtol=3e-3, atol=0)
        assert_allclose(energy[:, k], rate[::4] * gamma * item.energy(flavour), rtol=1e-10, atol=0)


def test_published_long_lived_particle_into_pions(standard):
    """m = 900 MeV, tau = 0.05 s into pions: 2.70 +- 0.02 (solver of arXiv:2411.00931 refined).

    1.434 charged pions per decay, whose chances to decay before they annihilate are given.
    """
    table = np.array([
        (0.0253, 0.0458, 0.0867), (0.0634, 0.0777, 0.2648), (0.1035, 0.1250, 0.4660),
        (0.1436, 0.1979, 0.6328), (0.1837, 0.3066, 0.7437), (0.2237, 0.4533, 0.8108),
        (0.2638, 0.6224, 0.8523), (0.3039, 0.7793, 0.8797), (0.3440, 0.8906, 0.8991),
        (0.3841, 0.9519, 0.9136), (0.4643, 0.9919, 0.9338), (0.5253, 0.9964, 0.9403),
    ])  # fmt: skip
    mass, lifetime, density = 900.0, 0.05, 0.790653
    falling = decoupling.free_falling(decoupling.T_START, decoupling.T_END)
    first = 1.00003 * 10.0 * const.M_E
    background = standard
    pion = {"mu": RestSpectrum(((26.12, 1.0),))}
    for _ in range(4):
        t, T = background.t[: len(falling)], background.Tg[: len(falling)]
        begin = np.interp(-first, -T, t)
        n = density * (falling / np.interp(-first, -T, falling)) ** 3 * np.exp((begin - t) / lifetime)
        n[(t < begin) | (t > begin + 10.0 * lifetime)] = 0.0
        decays = const.HBAR / lifetime * n * 1.434 * np.interp(t, table[:, 0], table[:, 2])
        lines = kinetic_sources.Emission(pion, decays)
        muons = kinetic_sources.Emission(
            neutrino_spectra.stopped("mu"), decays * np.interp(t, table[:, 0], table[:, 1])
        )
        heat = const.HBAR / lifetime * n * mass
        heat = heat - sum(e.rate * sum(e.energy(a) for a in const.FLAVOURS) for e in (lines, muons))
        external = decoupling.External(rho=n * mass, em=heat, neutrinos=(lines, muons))
        background = kinetic.solve(external=external)
    assert_allclose(background.Neff, 2.70, rtol=0, atol=0.02)


@pytest.mark.parametrize("energy", [20.0, 45.0, 60.0])
def test_fast_neutrinos_have_the_cross_section_of_inverse_beta_decay(energy):
    """Within 3 % of the parametrisation of astro-ph/0302055; first order 1 - 7.22 E/M, 1 + 1.01 E/M."""
    from astrobounds.cosmology.weak import kernels

    log = np.log(energy)
    published = energy ** (-0.07056 + 0.02018 * log - 0.001953 * log**3) * 1e-43 / 9.52e-44
    assert_allclose(kernels.fast_factor(energy / const.M_E, -1.0), published, rtol=0.03, atol=0)
    small = 1e-4 * const.M_N
    for sign, slope in ((-1.0, -7.22), (1.0, 1.01)):
        found = (kernels.fast_factor(small / const.M_E, sign) - 1.0) / 1e-4
        assert_allclose(found, slope, rtol=0, atol=0.1)


def test_rates_stay_positive_with_neutrinos_of_hundreds_of_mev():
    particle = ab.HNL.fast(500.0, (1.0, 0.0, 0.0))
    model = ab.HNL.fast(500.0, (const.HBAR / 3.0 / particle.width_mev, 0.0, 0.0))
    out = ab.cosmology.bbn(model, neutrinos="momentum")
    assert np.all(out.weak_pn >= 0.0)
    assert np.all(out.weak_np > 0.0)
    assert 0.2 < out.Yp < 1.0


# --- bad input


def test_energies_without_spectra_are_refused():
    with pytest.raises(ConfigError, match="no spectrum"):
        kinetic.solve(external=decoupling.External(nue=lambda T: 1e-30 * T))
    relic = decoupling.Relic(1.0, 50.0, 1e-20, {"nue": 1.0})
    with pytest.raises(ConfigError, match="no spectrum"):
        ab.cosmology.bbn(relic, neutrinos="momentum")


def test_sources_that_decay_by_the_clock_of_the_solution_are_refused():
    late = decoupling.External(em=1e-30, decay=1.0)
    assert decoupling.solve(external=late).Neff > 3.0
    for call in (kinetic.solve, kinetic.with_sources):
        with pytest.raises(ConfigError, match="thermal neutrinos only"):
            call(external=late)


def test_arrays_say_that_they_belong_to_a_grid():
    emission = decoupling.External(neutrinos=(ab.cosmology.Emission({}, np.ones(3)),))
    assert emission.on_grid
    assert decoupling.External(decay=np.ones(3)).on_grid
    assert not decoupling.External(em=lambda T: T, rho=1.0).on_grid


def test_unknown_flavours_are_refused():
    with pytest.raises(DomainError, match="flavours"):
        kinetic_sources.Emission({"x": RestSpectrum()}, 1.0)


def test_quantities_are_refused_where_numbers_are_meant():
    import astropy.units as u

    with pytest.raises(DomainError, match="plain number"):
        decoupling.Relic(1.0, 80 * u.GeV, 1e-20, {"em": 1.0})
    with pytest.raises(DomainError, match="plain number"):
        decoupling.External(rho=1 * u.MeV**4)
    with pytest.raises(DomainError, match="plain numbers"):
        kinetic_sources.Emission({"e": RestSpectrum()}, 1 / u.s)


def test_arrays_off_the_grid_are_refused():
    with pytest.raises(DomainError, match="free_falling"):
        kinetic.solve(external=decoupling.External(rho=np.zeros(7)))
