"""nu_a nu_b <-> X among thermal neutrinos: integrals, plateaus, trajectories, conservation, abundances."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds.cosmology.mediators import exchange, fermi, hot, plateaus, thermal, thermal_kernels
from astrobounds.cosmology.mediators import model as mediators
from astrobounds.cosmology.neutrinos import collisions, decoupling
from astrobounds.cosmology.plasma import hot as plasma
from astrobounds.cosmology.plasma import thermodynamics
from astrobounds.cosmology.plasma.matching import entropy_at
from astrobounds.errors import ConfigError, DomainError, ValidityWarning
from astrobounds.models import neutrino_pairs as pairs
from astrobounds.numerics import ode

E, MU, TAU = range(3)
PER_FLAVOUR = {"vector": 24.0 * np.pi, "scalar": 16.0 * np.pi}  # m g^2/W of an ordered pair


def boson(mass, g, *flavours, spin="vector"):
    """A boson of one pair (a, b) or, with three flavours, of equal diagonal couplings."""
    w = np.zeros((3, 3))
    unit = g * g * mass / PER_FLAVOUR[spin]
    if len(flavours) == 3:
        w = unit * np.eye(3)
    else:
        a, b = flavours
        w[a, b] = w[b, a] = unit
    return pairs.PairBoson(mass, 3 if spin == "vector" else 1, w)


@pytest.fixture(scope="module")
def plain():
    """Standard-model tables of constant coefficients, arXiv:2001.04466, without QED or m_e in rates."""
    rows = np.zeros((len(collisions.table()), 20))
    rows[:, 0], rows[:, 4], rows[:, 6] = 0.884, 0.829, 0.852
    return thermal.Tables(thermodynamics.table("off"), rows, rows[0, :10].copy())


EMPTY = thermal.Settings(start=30.0, empty=True)


def neff(x, mixing, plain, settings=EMPTY, t_end=8e-4):
    return thermal.solve(x, mixing, "off", settings=settings, t_end=t_end, tables=plain)


@pytest.mark.parametrize("xi", [-6.0, -0.51, -0.49, 0.0, 0.49, 0.51, 3.0, 9.0])
def test_fermi_gases_match_quadrature_and_can_be_inverted(xi):
    got = fermi.moments(xi)
    for k, value in zip((1, 2, 3), got):
        want = quad(lambda x, k=k: x**k / (np.exp(x - xi) + 1.0), 0.0, 60.0 + max(xi, 0.0), epsabs=0,
                    epsrel=1e-11, limit=300)[0]  # fmt: skip
        assert_allclose(value, want, rtol=2e-7, atol=0)
    back = fermi.state(*fermi.densities(0.7, xi))
    assert_allclose(back, (0.7, xi), rtol=1e-10, atol=1e-11)


def test_no_gas_has_less_energy_than_a_degenerate_one():
    n, _ = fermi.densities(1.0, 5.0)
    assert np.isnan(fermi.state(n, 1.08 * (np.pi**2 * n) ** (4.0 / 3.0) / np.pi**2)[0])


@pytest.mark.parametrize(
    ("energy", "mass", "T", "mu", "want"),
    [(150.0, 10.0, 30.0, 0.0, 108.6492), (200.0, 10.0, 30.0, 100.0, 0.0)],
)
def test_blocking_of_a_pair_at_one_temperature(energy, mass, T, mu, want):
    p = np.sqrt(energy**2 - mass**2)
    assert_allclose(p * hot.blocked_band(energy, p, T, mu), want, rtol=1e-6, atol=1e-9)


def _gain_and_loss(x, T, temperature, xi, angles=16):
    y, w = exchange.momentum_nodes(40, 40.0)
    gain, loss = np.empty((40, 7)), np.empty((40, 7))
    exchange.rates(x.mass, float(x.degrees), x.widths, 1e9, T, y, w, *exchange.angle_nodes(angles),
                   np.array(temperature), np.array(xi), gain, loss)  # fmt: skip
    return y, gain, loss


def test_rates_match_the_closed_form_and_quadrature():
    x = boson(2.0, 1e-9, E, TAU)
    y, _, loss = _gain_and_loss(x, 1.0, [1.3] * 3, [-0.4] * 3)
    e = np.hypot(y, 2.0)
    want = x.width * 2.0 / e * hot.blocked_band(e, y, 1.3, -0.4 * 1.3)
    assert_allclose(loss[:, 0], want, rtol=2e-7, atol=0)
    T, xi = (1.3, 1.0, 0.9), (-0.4, 0.0, 0.7)
    y, gain, loss = _gain_and_loss(x, 1.0, T, xi)
    for k in (3, 12, 25):
        e = np.hypot(y[k], 2.0)

        def f(e1, a, b, power, e=e):
            fa, fb = (1.0 / (np.exp(q / T[i] - xi[i]) + 1.0) for q, i in ((e1, a), (e - e1, b)))
            return e1**power * fa * fb

        ends = 0.5 * (e - y[k]), 0.5 * (e + y[k])
        unit = 2.0 * x.mass * x.widths[E, TAU] / (e * y[k])
        made, made_e = (quad(f, *ends, args=(E, TAU, p), epsabs=0, epsrel=1e-11)[0] for p in (0, 1))
        assert_allclose(gain[k, 0], unit * made, rtol=1e-6, atol=0)
        assert_allclose(gain[k, 4] / gain[k, 1], made_e / made, rtol=1e-6, atol=0)


def test_rates_vanish_in_equilibrium_and_keep_number_and_energy():
    x = boson(0.7, 1e-8, E, TAU)
    y, gain, loss = _gain_and_loss(x, 1.0, [1.1] * 3, [-0.2, 0.3, 0.1])
    e = np.hypot(y, 0.7)
    f = 1.0 / np.expm1(e / 1.1 + 0.1)  # mu_X = mu_e + mu_tau
    assert_allclose(gain[:, 0], loss[:, 0] * f, rtol=1e-12, atol=0)
    _, w = exchange.momentum_nodes(40, 40.0)
    f = 0.3 * np.exp(-0.1 * y)
    change = gain - loss * f[:, None]
    cell = 3.0 / (2.0 * np.pi**2) * w * y**2
    assert_allclose(change[:, 1:4].sum(axis=1), -2.0 * cell * change[:, 0], rtol=1e-12, atol=0)
    assert_allclose(change[:, 4:].sum(axis=1), -cell * e * change[:, 0], rtol=1e-12, atol=0)


def test_the_jacobian_is_that_of_the_slopes():
    x = boson(1.0, 1e-9, E, TAU)
    s = thermal.Settings()
    modes, angles = exchange.momentum_nodes(s.modes, s.top), exchange.angle_nodes(s.angles)
    params = thermal_kernels.pack(12.0, 2.0, 0.0, x, s.cap, modes, angles, thermal.standard_tables())
    n, rho = fermi.densities(1.1, -0.3)
    y = np.concatenate([[1.3], [n, 0.9 * n, 1.1 * n], [rho, rho, 0.95 * rho], 0.5 * np.exp(-modes[0])])
    error = ode.jacobian_error(thermal_kernels.slopes, thermal_kernels.jacobian, 2.6, y, params)
    assert error < 1e-6


@pytest.mark.parametrize(
    ("degrees", "flavours", "want"),
    [(1, 3, (1.12082, -0.57278, 1.04449, -0.14246, 1.038872)),
     (2, 3, (1.17248, -0.80847, 1.07139, -0.22506, 1.062536)),
     (3, 3, (1.20760, -0.96588, 1.09205, -0.28685, 1.080798)),
     (1, 1, (1.20760, -0.96588, 1.09205, -0.28685, 1.080798)),
     (3, 1, (1.31847, -1.45181, 1.16992, -0.50786, 1.150159))],
)  # fmt: skip
def test_plateaus_of_a_boson_that_comes_late(degrees, flavours, want):
    p = plateaus.plateau(degrees, flavours)
    assert_allclose((p.T_equilibrium, p.xi_equilibrium, p.T, p.xi, p.ratio), want, rtol=1e-4, atol=0)


def test_plateaus_match_the_published_maxima():
    """arXiv:2307.13967: at most 0.118 (scalar) and 0.242 (vector); 0.182 and 0.495 if xi were zero."""
    assert_allclose(plateaus.plateau(1, 3).delta_neff(3), 0.118, rtol=5e-3, atol=0)
    assert_allclose(plateaus.plateau(3, 3).delta_neff(3, base=3.0), 0.242, rtol=3e-3, atol=0)
    assert_allclose(plateaus.plateau(3, 2).ratio, 1.102802, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("degrees", "flavours", "want"), [(1, 3, 3.952), (2, 3, 5.035), (3, 3, 6.230), (3, 1, 6.993)]
)
def test_plateaus_of_a_boson_that_was_there_before(degrees, flavours, want):
    got = plateaus.NEFF_STANDARD + plateaus.plateau(degrees, flavours, early=True).delta_neff(flavours)
    assert_allclose(got, want, rtol=2e-4, atol=0)


@pytest.mark.parametrize(("mixing", "want"), [("none", 3.0377), ("averaged", 3.0381), ("common", 3.0387)])
def test_the_baseline_without_a_boson(plain, mixing, want):
    found = neff(boson(1.0, 1e-20, E, TAU), mixing, plain)
    assert_allclose(found.background.Neff, want, rtol=2e-5, atol=0)


@pytest.mark.parametrize(
    ("mass", "g", "mixing", "want", "rtol"),
    [(0.01, 1e-10, "none", 0.2068, 1e-3), (0.1, 1e-11, "none", 0.1451, 1e-3),
     (0.1, 1e-8, "none", 0.5079, 1e-3), (1.0, 1e-10, "none", 0.1937, 1e-3),
     (1.0, 1e-9, "none", 0.5126, 1e-3), (1.0, 1e-7, "none", 3.423, 1e-3),
     (10.0, 1e-10, "none", 0.2213, 1e-3), (10.0, 1e-9, "none", 0.6788, 1e-3),
     (1.0, 1e-10, "averaged", 0.2129, 1e-3), (1.0, 1e-9, "averaged", 0.4983, 6e-3),
     (10.0, 1e-9, "common", 0.6732, 1e-3)],
)  # fmt: skip
def test_off_diagonal_vector_against_an_independent_integration(plain, mass, g, mixing, want, rtol):
    base = {"none": 3.0377015, "averaged": 3.0380553, "common": 3.0386546}[mixing]
    found = neff(boson(mass, g, E, TAU), mixing, plain, t_end=8e-4 if mass > 0.05 else 1e-4)
    assert_allclose(found.background.Neff - base, want, rtol=rtol, atol=0)


@pytest.mark.parametrize(
    ("mass", "g", "want"),
    [(0.1, 1e-9, 0.0992), (1.0, 1e-10, 0.0880), (1.0, 1e-9, 0.2293), (10.0, 1e-9, 0.2082)],
)
def test_off_diagonal_scalar_against_an_independent_integration(plain, mass, g, want):
    found = neff(boson(mass, g, E, TAU, spin="scalar"), "none", plain)
    assert_allclose(found.background.Neff - 3.0377015, want, rtol=1.5e-3, atol=0)


@pytest.mark.parametrize(
    ("spin", "mass", "g", "want"),
    [("vector", 0.1, 6e-10, 0.2367), ("vector", 1.0, 1e-11, 0.0829), ("vector", 1.0, 1e-9, 0.5977),
     ("vector", 3.0, 6e-10, 1.0207), ("scalar", 1.0, 3e-9, 0.6600), ("scalar", 3.0, 6e-10, 0.4341)],
)  # fmt: skip
def test_universal_couplings_against_the_bose_einstein_ansatz(plain, spin, mass, g, want):
    """Another method, in which X always has a Bose-Einstein spectrum: it is good to some per mille
    where X equilibrates, and to 3 % where it is frozen in."""
    found = neff(boson(mass, g, E, MU, TAU, spin=spin), "common", plain)
    rtol = 4e-3 if g > 5e-11 else 0.03
    assert_allclose(found.background.Neff - 3.0386546, want, rtol=rtol, atol=0)


@pytest.mark.parametrize(
    ("mass", "g", "hot_excess", "cold_excess"), [(1.0, 6e-10, 0.0572, 0.4732), (3.0, 6e-10, 0.7906, 1.3345)]
)
def test_energy_of_neutrinos_and_boson_on_the_way(plain, mass, g, hot_excess, cold_excess):
    """Excess at 1 MeV in neutrinos of T_gamma, at 0.1 MeV times (11/4)^(4/3): what H feels in BBN."""
    found = neff(boson(mass, g, E, MU, TAU), "common", plain)
    base = neff(boson(mass, 1e-20, E, MU, TAU), "common", plain)

    def at(x, T):
        return np.interp(-T, -x.background.Tg, x.excess)

    assert_allclose(at(found, 0.1) - at(base, 0.1), cold_excess, rtol=0.01, atol=0)
    got = (at(found, 1.0) - at(base, 1.0)) * (4.0 / 11.0) ** (4.0 / 3.0)
    assert_allclose(got, hot_excess, rtol=0.06, atol=0)


def test_frozen_in_bosons_gain_on_the_neutrinos_until_they_decay(plain):
    """V of 1 MeV, g = 1e-12: 9e-4 of a neutrino at 0.1 MeV, grows as m/T until the decay at 8 keV."""
    x = boson(1.0, 1e-12, E, MU, TAU)
    found = neff(x, "common", plain)
    n, _, _ = found.moments()
    i = int(np.argmin(np.abs(found.background.Tg - 0.1)))
    at_rest = n[i] * x.mass / found.falling  # in units of T_d^4, if nothing decayed
    t = found.background.t * x.width / 6.582119569e-22
    power = at_rest * np.exp(-t)
    gained = np.trapezoid(power, t)  # rest energy over T_d^4 given to neutrinos
    unit = found.energy[-1].sum() / 3.0386546
    assert_allclose(found.background.Neff - 3.0386546, gained / unit, rtol=0.06, atol=0)
    assert 0.009 < found.background.Neff - 3.0386546 < 0.013


def test_trajectory_of_a_majoron_of_one_kev():
    """Public output of NUDEC_BSM (Maxwell-Boltzmann exchange), lambda = 4e-11 for all flavours: in
    equilibrium to 1 %; blocking halves the rate at the onset, so that there the total alone agrees."""
    m, g = 1e-3, 4e-11
    x = boson(m, g, E, MU, TAU, spin="scalar")
    assert_allclose(x.width, 3.0 * g**2 * m / (16.0 * np.pi), rtol=1e-12, atol=0)
    found = thermal.solve(x, "common", "full", settings=thermal.Settings(empty=True), t_end=3e-5)
    n, rho, _ = found.moments()
    Tg, z4 = found.background.Tg, found.z**4

    def seen(values, at):
        return np.interp(-np.log(at), -np.log(Tg / m), values)

    for at, T_nu, mu_nu, nu, phi, number in (
        (1.47423, 0.792151, -0.405475, 0.415924, 4.11022e-2, 1.60197e-2),
        (0.609282, 0.765099, -0.259168, 0.427842, 3.52787e-2, 1.09702e-2),
    ):
        T = found.temperatures[:, 0] / Tg
        assert_allclose(seen(T, at), T_nu, rtol=2e-3, atol=0)
        assert_allclose(seen(found.xi[:, 0] * T, at), mu_nu, rtol=0.012, atol=0)
        assert_allclose(seen(found.energy.sum(axis=1) / z4, at), nu, rtol=2e-3, atol=0)
        assert_allclose(seen(rho / z4, at), phi, rtol=5e-3, atol=0)
        assert_allclose(seen(n / found.z**3, at), number, rtol=5e-3, atol=0)
    total = (found.number.sum(axis=1) + 2.0 * n) / found.z**3
    for at, nu, phi in ((27.9659, 0.454804, 2.13599e-4), (4.78459, 0.434002, 2.11387e-2)):
        assert_allclose(seen((found.energy.sum(axis=1) + rho) / z4, at), nu + phi, rtol=2e-3, atol=0)
        assert_allclose(seen(total, at), 0.201533, rtol=2e-3, atol=0)


@pytest.mark.parametrize("spin", ["vector", "scalar"])
def test_a_light_boson_reaches_the_plateau(spin):
    x = boson(1e-3, 1e-9, E, TAU, spin=spin)
    found = thermal.solve(x, "none")
    want = plateaus.plateau(x.degrees, 2).delta_neff(2)
    base = decoupling.solve(mixing="none").Neff
    assert_allclose(found.background.Neff - base, want, rtol=0.012, atol=0)
    assert_allclose(found.neff[MU], 1.0127, rtol=1e-3, atol=0)


def test_a_strongly_coupled_boson_was_there_before_decoupling():
    found = thermal.solve(boson(1.0, 1e-6, E, MU, TAU), "common")
    assert_allclose(found.background.Neff, 6.24, rtol=6e-3, atol=0)


def test_light_masses_depend_on_g_times_m_alone():
    a = thermal.solve(boson(0.03, 3e-10, E, TAU)).background.Neff
    b = thermal.solve(boson(0.01, 9e-10, E, TAU)).background.Neff
    assert_allclose(a - 3.044, b - 3.044, rtol=5e-3, atol=0)


@pytest.mark.parametrize("neutrinos", ["integrated", "separate", "common"])
def test_without_coupling_the_run_is_the_standard_one(neutrinos):
    mixing, _ = decoupling.NEUTRINOS[neutrinos]
    found = mediators.evolve(boson(1.0, 1e-18, E, TAU), neutrinos)
    standard = decoupling.solve(mixing=mixing)  # with chemical potentials
    assert_allclose(found.background.Neff, standard.Neff, rtol=1e-6, atol=0)
    late = standard.Tg < 10.0
    tnu = np.interp(-standard.Tg[late], -found.background.Tg, found.background.Tnue)
    assert_allclose(tnu, standard.Tnue[late], rtol=2e-4, atol=0)  # interpolation


@pytest.mark.parametrize(("mass", "g"), [(1.0, 1e-9), (0.01, 1e-9), (10.0, 1e-7), (30.0, 1e-10)])
def test_energy_is_kept_over_the_run(mass, g):
    """d(rho a^4)/d ln a = a^4 (rho - 3 P) of everything, integrated from start to end."""
    found = thermal.solve(boson(mass, g, E, TAU), settings=thermal.Settings(dx=1.0 / 128.0))
    _, rho_x, p_x = found.moments()
    gas = np.array([np.array(thermodynamics.plasma_state(T, thermodynamics.table("full")))
                    for T in found.background.Tg])  # fmt: skip
    T4 = found.falling**4
    total = gas[:, 1] / T4 + found.energy.sum(axis=1) + rho_x
    trace = (gas[:, 1] - 3.0 * gas[:, 0]) / T4 + rho_x - 3.0 * p_x
    from scipy.integrate import simpson

    x = np.log(found.falling[0] / found.falling)
    assert_allclose(total[-1] - total[0], simpson(trace, x=x), rtol=1e-4, atol=1e-4 * total[-1])


def test_number_is_kept_where_weak_interactions_are_over():
    found = thermal.solve(boson(0.01, 1e-8, E, TAU))
    n, _, _ = found.moments()
    total = found.number.sum(axis=1) + 2.0 * n
    cold = found.background.Tg < 0.02
    assert_allclose(total[cold], total[-1], rtol=1e-7, atol=0)


def test_both_charge_conjugate_channels_of_a_vector_do_the_same():
    """All of the width in nu_e nubar_tau, or shared with nu_tau nubar_e, gives one matrix of pairs."""
    one = pairs.of_decays(1.0, 3, [(2e-20, ("nu_e", "nubar_tau"))])
    both = pairs.of_decays(1.0, 3, [(1e-20, ("nu_e", "nubar_tau")), (1e-20, ("nu_tau", "nubar_e"))])
    assert_allclose(one.widths, both.widths, rtol=1e-15, atol=0)
    assert_allclose(one.per_decay, (1.0, 0.0, 1.0), rtol=1e-15, atol=0)
    _, gain, loss = _gain_and_loss(one, 1.0, [1.2, 1.0, 0.9], [0.1, 0.0, -0.2])
    swapped = pairs.PairBoson(1.0, 3, one.widths[::-1, ::-1])
    _, again, lost = _gain_and_loss(swapped, 1.0, [0.9, 1.0, 1.2], [-0.2, 0.0, 0.1])
    assert_allclose(again[:, [0, 3, 2, 1, 6, 5, 4]], gain, rtol=1e-12, atol=0)
    assert_allclose(lost[:, 0], loss[:, 0], rtol=1e-12, atol=0)


@pytest.mark.parametrize("spin", ["vector", "scalar"])
def test_a_mediator_says_which_pairs_it_decays_into(spin):
    med = ab.Mediator(2 * u.MeV, {("e", "tau"): 1e-9, "mu": 2e-9}, spin=spin)
    x = mediators.boson_of(med)
    assert_allclose(x.widths.sum(), med.width.to_value("MeV"), rtol=1e-12, atol=0)
    want = 1e-18 * 2.0 / PER_FLAVOUR[spin] * np.array([[0, 0, 1], [0, 4, 0], [1, 0, 0]])
    assert_allclose(x.widths, want, rtol=1e-12, atol=0)
    assert x.degrees == med.polarisations
    assert mediators.boson_of(ab.Mediator(1 * u.MeV, {"e": 0.0})) is None
    assert mediators.boson_of(ab.HNL(100 * u.MeV, mixing={"e": 1e-6})) is None


def test_other_decays_and_masses_are_refused():
    with pytest.raises(ConfigError, match="e e"):
        pairs.of_decays(10.0, 3, [(1e-20, ("e", "e"))])
    with pytest.raises(DomainError, match="symmetric"):
        pairs.PairBoson(1.0, 3, np.triu(np.ones((3, 3))))
    with pytest.raises(DomainError, match="outside"):
        ab.cosmology.bbn(ab.Mediator(10 * u.eV, {"e": 1e-9}))


def test_hot_bosons_are_thermal_or_frozen_in():
    y, w = exchange.momentum_nodes(40, 40.0)
    full = hot.production(boson(1.0, 1e-5, E, TAU), y, w)
    assert_allclose(full, 1.0 / np.expm1(np.hypot(y, 1.0 / 12.0)), rtol=1e-3, atol=1e-12)
    one, four = (hot.production(boson(200.0, g, E, TAU), y, w) for g in (1e-12, 2e-12))
    assert_allclose(four, 4.0 * one, rtol=1e-3, atol=0)
    x = boson(200.0, 1e-12, E, TAU)
    number = x.degrees / (2.0 * np.pi**2) * np.sum(w * y**2 * one) * 12.0**3
    T = np.geomspace(12.0, 2000.0, 400)
    p = np.geomspace(1e-2, 60.0, 300)[:, None] * T
    e = np.hypot(p, x.mass)
    made = x.degrees * x.mass * x.width / (2.0 * np.pi**2) * p * hot.blocked_band(e, p, T) / np.expm1(e / T)
    made = np.trapezoid(made * p / e, p, axis=0)
    rho, entropy = plasma.density(T)
    H = np.sqrt(8.0 * np.pi / 3.0 * rho) / 1.22089e22
    want = np.trapezoid(made / (H * entropy), np.log(entropy)) / 3.0
    assert_allclose(number / entropy_at(12.0), want, rtol=0.01, atol=0)


def test_abundances_of_an_off_diagonal_vector():
    """Y_p feels what nu_e do to neutrons, not N_eff alone."""
    med = ab.Mediator(1 * u.MeV, {("e", "tau"): 1e-9})
    got = ab.cosmology.bbn(med)
    dark = ab.cosmology.bbn(delta_neff=got.Neff - 3.044)
    assert_allclose(got.Neff, 3.5041, rtol=1e-4, atol=0)
    assert got.background.boson.neff[E] > got.background.boson.neff[MU]
    assert abs(got.Yp - dark.Yp) > 3e-3
    zero = ab.cosmology.bbn(ab.Mediator(1 * u.MeV, {("e", "tau"): 1e-18}))
    plain = ab.cosmology.bbn()
    for name in ("Neff", "Yp", "DH", "He3H"):
        assert_allclose(getattr(zero, name), getattr(plain, name), rtol=1e-6, atol=0)
    none = ab.cosmology.bbn(ab.Mediator(1 * u.MeV, {"e": 0.0}))
    assert none.Yp == plain.Yp


def test_what_is_outside_validated_physics_warns():
    with pytest.warns(ValidityWarning, match="late neutrino injection"):
        out = ab.cosmology.bbn(ab.Mediator(30 * u.MeV, {"e": 1e-10}))
    assert "late neutrino injection" in out.flags
    with pytest.warns(ValidityWarning, match="oscillations damped"):
        ab.cosmology.bbn(ab.Mediator(1 * u.MeV, {("e", "tau"): 1e-7}))
    with pytest.warns(ValidityWarning, match="number-changing"):
        ab.cosmology.bbn(ab.Mediator(1 * u.MeV, {"universal": 1e-4}))


def test_tables_and_summary_of_the_evolution():
    found = thermal.solve(boson(1.0, 1e-9, E, TAU))
    table = found.to_table()
    assert table["T_gamma"].unit == u.MeV
    assert_allclose(found.excess[-1], found.background.Neff, rtol=1e-12, atol=0)
    assert_allclose(found.neff.sum(), found.background.Neff, rtol=1e-6, atol=0)
