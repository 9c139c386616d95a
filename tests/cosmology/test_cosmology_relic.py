"""Abundance of a relic: contact rates, matter mixing, thermal history, Boltzmann modes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad, solve_ivp
from scipy.interpolate import CubicSpline

from astrobounds import constants as const
from astrobounds.cosmology.plasma import hot as thermal_history
from astrobounds.cosmology.plasma.matching import entropy_at
from astrobounds.cosmology.relics import boltzmann as relic
from astrobounds.cosmology.relics import rates as relic_rates
from astrobounds.cosmology.relics.species import describe
from astrobounds.datafiles import data_path
from astrobounds.ecsv import read_numbers
from astrobounds.errors import DomainError
from astrobounds.models.hnl import HNL
from astrobounds.models.process import hnl_processes

ZETA3 = 1.2020569031595942


def hnl(mass, mixing, nature="majorana"):
    return describe(HNL.fast(mass, mixing, nature))[0]


def test_rate_of_active_neutrinos():
    """Gamma = y G_F^2 p T^4: blocked y at p = 3.15 T is 1.160 (e) and 0.822 (mu, tau)."""
    u = 3.15
    blocked = 1.0 - 1.0 / (np.exp(u) + 1.0)
    for flavour, y in (("e", 1.160), ("mu", 0.822)):
        count = relic_rates.partners(np.array([8.0]), flavour)[0]
        rate = 32.0 * count * relic_rates.contact_rate(np.array([u]), np.array([0.0]))[0]
        assert_allclose(blocked * rate / u, y, rtol=2.5e-3)


@pytest.mark.parametrize("flavour", ["e", "tau"])
@pytest.mark.parametrize(("u", "x"), [(3.0, 0.5), (0.7, 4.0), (9.0, 2.0)])
def test_universal_rate_equals_the_sum_of_all_processes(flavour, u, x):
    """The list of processes of the model, one by one and massless, against C_a R."""
    total = np.zeros(2)
    for process in hnl_processes(flavour):
        if process.lepton_number < 0 or process.group not in ("nu", "e"):
            continue
        total += relic_rates.reduced_rate(u, x, process.coefficients)
    s2w, sign = const.SIN2_THETA_W, 1.0 if flavour == "e" else -1.0
    count = 4.0 + 2.0 * ((sign * 0.5 + 2.0 * s2w) ** 2 + 0.25)
    assert_allclose(total, relic_rates.UNIT * count * relic_rates.universal(u, x), rtol=1e-7)


def test_shipped_tables_are_what_the_code_computes_and_spline_well_between():
    _, values = read_numbers(data_path(relic_rates.RATE_TABLE))
    for row in values[[3, 200, 431]]:
        both = relic_rates.universal(row[0], row[1])
        assert_allclose(row[2:], [both.sum(), both[1] / both.sum()], rtol=1e-9)
    _, masses = read_numbers(data_path(relic_rates.MASS_TABLE))
    for row in masses[[0, 6, 12]]:
        assert_allclose(row[1:], relic_rates.partner_suppression(row[0]), rtol=1e-9)
    for u, x in ((0.5, 3.3), (7.0, 1.7), (2.2, 13.0), (3.1, 0.07)):
        minus, plus = relic_rates.universal(u, x)
        assert_allclose(relic_rates.contact_rate(u, x), minus + plus, rtol=1e-3)
        assert_allclose(relic_rates.contact_rate(u, x, "plus"), plus, rtol=3e-3)


def test_partner_suppression_limits():
    nc, cc = relic_rates.suppression(np.array([0.0, 2.0, 10.0, 40.0]))
    assert_allclose([nc[0], cc[0]], 1.0, atol=1e-6)
    assert np.all(np.diff(nc) < 0)
    assert np.all(np.diff(cc) < 0)
    assert nc[3] < 1e-13 < nc[2]


def test_partners_count():
    """Only neutrinos and electrons at 10 MeV; everything but the top quark at 50 GeV."""
    s2w = const.SIN2_THETA_W
    own, other = 2.0 * ((0.5 + 2 * s2w) ** 2 + 0.25), 2.0 * ((-0.5 + 2 * s2w) ** 2 + 0.25)
    # at 5 MeV the electron's mass still takes 4e-4
    assert_allclose(relic_rates.partners(np.array([5.0]), "e"), 4.0 + own, rtol=1e-3)
    up = 3 * 2 * ((0.5 - 4 / 3 * s2w) ** 2 + 0.25)
    down = 3 * 2 * ((-0.5 + 2 / 3 * s2w) ** 2 + 0.25)
    full = 4 + own + 2 * other + 8 + 2 * up + 3 * down + 24
    assert_allclose(relic_rates.partners(np.array([5e4]), "tau"), full, rtol=5e-3)


@pytest.mark.parametrize(
    ("mass", "T", "flavour"),
    [(5.0, 1.7, "e"), (30.0, 12.0, "tau"), (100.0, 28.0, "e"), (250.0, 70.0, "mu")],
)
def test_masses_of_partners_and_of_n_factorise(mass, T, flavour):
    """C_a(T) R(p/T, m/T) against every leptonic process with all its masses: 4 %."""
    masses = {"e-": const.M_E, "e+": const.M_E, "mu-": const.M_MU, "mu+": const.M_MU}
    leptons = {"nu", "e", "mu", "e mu"}
    for u in (1.0, 2.0):
        full = sum(
            relic_rates.reduced_rate(
                u, mass / T, p.coefficients, [masses.get(x, 0.0) / T for x in p.species]
            ).sum()
            for p in hnl_processes(flavour)
            if p.lepton_number > 0 and p.group in leptons
        )
        count = relic_rates.partners(np.array([T]), flavour)[0]
        ours = relic_rates.UNIT * count * relic_rates.contact_rate(np.array([u]), np.array([mass / T]))
        assert_allclose(full, ours[0], rtol=0.04)


def test_matter_potential():
    """B = 10.9e-9 GeV^-4 with the charged lepton in the plasma, 3.05e-9 without."""
    assert_allclose(relic_rates.potential(np.array([100.0]), "e"), 10.9e-21, rtol=2e-3)
    assert_allclose(relic_rates.potential(np.array([20.0]), "tau"), 3.05e-21, rtol=2e-3)
    # 2 p V/m^2 = 1 at 5.99 GeV for m = 100 MeV, p = 3.15 T: the mixing falls to a quarter
    T = 5990.0
    b = relic_rates.potential(np.array(T), "e")
    assert_allclose(relic_rates.matter_factor(3.15 * T, T, 100.0, 0.0, b), 0.25, rtol=5e-3)
    assert_allclose(relic_rates.matter_factor(30.0, 10.0, 100.0, 0.0, 1e-20), 1.0, rtol=1e-9)


def test_thermal_history():
    rho, s = thermal_history.density(np.array([1e5, 1e3, 10.0]))
    assert_allclose(rho * 30 / np.pi**2 / np.array([1e5, 1e3, 10.0]) ** 4, [102.17, 73.48, 10.76])
    assert_allclose(thermal_history.temperature(s), [1e5, 1e3, 10.0], rtol=1e-7)
    assert_allclose(entropy_at(12.0), thermal_history.density(12.0)[1], rtol=4e-3)
    with pytest.raises(DomainError, match="280 GeV"):
        thermal_history.freedom(1e6)


def test_evolution_of_a_mode_against_an_ode_solver():
    x = np.linspace(0.0, 3.0, 400)
    rate = np.column_stack([30.0 * np.exp(-3.0 * x), 0.1 + 0.0 * x, 5.0 * np.exp(-x)])
    target = np.column_stack([np.exp(-np.exp(x)), 0.3 + 0.0 * x, 1.0 / (1.0 + x)])
    f = np.zeros_like(rate)
    f[0] = 0.0, 1.0, 0.2
    relic.evolve(x[1] - x[0], rate, target, f)
    exact = solve_ivp(
        lambda z, y: -np.array([30 * np.exp(-3 * z), 0.1, 5 * np.exp(-z)])
        * (y - np.array([np.exp(-np.exp(z)), 0.3, 1 / (1 + z)])),
        (0.0, 3.0), f[0], rtol=1e-10, atol=1e-12, method="LSODA",
    ).y[:, -1]  # fmt: skip
    assert_allclose(f[-1], exact, rtol=2e-4)


def test_relativistic_relic_is_diluted_by_the_entropy():
    """N that was in equilibrium and left it at T_d: Y = 0.27766 (3/4) g/g_s(T_d)."""
    hot = relic.through_hot_plasma(hnl(30.0, (0.0, 0.0, 1e-8)))
    T_d = hot.decoupling_temperature()
    g_s = float(thermal_history.freedom(T_d)[1])
    assert 300.0 < T_d < 800.0
    assert_allclose(hot.yield_, 0.27766 * 0.75 * 2.0 / g_s, rtol=0.03)
    # strongly coupled: thermal number at the end
    hot = relic.through_hot_plasma(hnl(1.0, (0.0, 0.0, 0.5)))
    thermal = 1.5 * ZETA3 / np.pi**2 * hot.T[-1] ** 3
    assert_allclose(hot.modes.number[-1], thermal, rtol=1e-2)
    assert_allclose(hot.decoupling_temperature(), hot.T[-1], rtol=1e-6, atol=0)


def test_non_relativistic_decoupling_mode_by_mode_and_in_number():
    """m = 100 MeV, T_d = 28 MeV. Modes against an adaptive solver; the equation of the number with
    thermally averaged rates forgets that slow N decouple first and is 8 % off."""
    species = hnl(100.0, (1.87e-5, 0.0, 0.0))
    hot = relic.through_hot_plasma(species)
    modes, x = hot.modes, hot.modes.x
    _, w = relic.momentum_grid()
    contact = relic.contact_matrix(species, hot.T, modes.p, "both")
    energy = np.hypot(modes.p, 100.0)
    equilibrium = 1.0 / (np.exp(energy / hot.T[:, None]) + 1.0)
    rate = contact + species.width * 100.0 / energy
    start = int(np.searchsorted(-hot.T, -400.0))

    def solve(log_rate, goal, first):
        return solve_ivp(
            lambda z, f: -np.exp(log_rate(z)) * (f - np.exp(goal(z))), (x[start], 0.0), [first],
            method="LSODA", rtol=1e-8, atol=1e-20,
        ).y[0, -1]  # fmt: skip

    for k in (4, 9, 14):
        exact = solve(
            CubicSpline(x, np.log(rate[:, k] / hot.H)), CubicSpline(x, np.log(equilibrium[:, k])),
            modes.f[0][start, k],
        )  # fmt: skip
        assert_allclose(modes.f[0][-1, k], exact, rtol=2e-3)
    mean = CubicSpline(x, np.log((equilibrium * rate) @ w / (equilibrium @ w) / hot.H))
    comoving = CubicSpline(x, np.log(2.0 * (equilibrium @ w)))
    number = solve(mean, comoving, np.exp(comoving(x[start])))
    assert_allclose(modes.number[-1], number, rtol=0.1)
    assert modes.number[-1] < 0.3 * 1.5 * ZETA3 / np.pi**2 * hot.T[-1] ** 3


def test_freeze_in_against_a_direct_integral_and_is_linear():
    species = hnl(50.0, (0.0, 1e-16, 0.0))
    hot = relic.through_hot_plasma(species)
    _, w = relic.momentum_grid()
    rate = relic.contact_matrix(species, hot.T, hot.modes.p, "both")
    energy = np.hypot(hot.modes.p, 50.0)
    equilibrium = 1.0 / (np.exp(energy / hot.T[:, None]) + 1.0)
    gain = 2.0 * ((rate + species.width * 50.0 / energy) * equilibrium / hot.H[:, None]) @ w
    expected = np.trapezoid(gain, hot.modes.x)
    assert_allclose(hot.modes.number[-1], expected, rtol=2e-3)
    twice = relic.through_hot_plasma(hnl(50.0, (0.0, 2e-16, 0.0)))
    assert_allclose(twice.modes.number[-1] / hot.modes.number[-1], 2.0, rtol=1e-4)
    assert np.isnan(hot.decoupling_temperature())


def test_matter_suppresses_freeze_in():
    """Without the potential a light N would be made at tens of GeV instead of one GeV."""
    species = hnl(5.0, (0.0, 0.0, 1e-16))
    hot = relic.through_hot_plasma(species)
    made = np.gradient(hot.modes.number * np.exp(3.0 * hot.modes.x), hot.modes.x)
    peak = hot.T[np.argmax(made)]
    assert 300.0 < peak < 3000.0  # (5/0.44)^(1/3) GeV = 2.2 GeV is where the mixing halves


def test_dirac_relic_has_twice_the_states_but_a_shy_helicity():
    """A light Dirac N: only one helicity of N and of its antiparticle reaches equilibrium."""
    mixing = (1e-7, 0.0, 0.0)
    dirac = relic.through_hot_plasma(hnl(3.0, mixing, "dirac"))
    majorana = relic.through_hot_plasma(hnl(3.0, mixing))
    assert_allclose(dirac.modes.number[-1], majorana.modes.number[-1], rtol=0.02)
    _, w = relic.momentum_grid()
    assert dirac.modes.f[1][-1] @ w < 0.02 * (dirac.modes.f[0][-1] @ w)
    assert hnl(3.0, mixing, "dirac").degrees == 4.0


def test_energy_of_decays_in_flight():
    """Int E f Gamma m/E = Gamma m n exactly, and the budget closes: 2 -> 2 is over."""
    species = relic.Species(20.0, const.HBAR / 0.05, ((2.0, "both"),), dark=1.0)
    x = np.linspace(0.0, 3.0, 500)
    T, H = 12.0 * np.exp(-x), 5.44 * 144.0 / const.M_PLANCK * np.exp(-2.0 * x)
    y, _ = relic.momentum_grid()
    out = relic.follow(species, x, T, H, [1.0 / (np.exp(y / 12.0) + 1.0)], contact=False)
    assert_allclose(out.dark, species.width * 20.0 * out.number / H, rtol=1e-12)
    assert_allclose(out.contact[3:-3], 0.0, atol=2e-5 * out.rho[0])
    assert_allclose(out.decay, 0.0)


def test_relic_equation_of_state():
    """Momenta redshift: a relativistic relic is a^-4, a cold one a^-3."""
    for mass, power in ((1e-3, 4.0), (1e5, 3.0)):
        species = relic.Species(mass, 0.0, ((2.0, "both"),))
        x = np.linspace(0.0, 2.0, 200)
        y, _ = relic.momentum_grid()
        f0 = [1.0 / (np.exp(y / 12.0) + 1.0)]
        out = relic.follow(species, x, 12.0 * np.exp(-x), np.ones(200), f0, contact=False)
        assert_allclose(out.rho[-1] / out.rho[0], np.exp(-2.0 * power), rtol=1e-4)
        assert_allclose(out.number[0], 1.5 * ZETA3 / np.pi**2 * 12.0**3, rtol=1e-7)


@pytest.mark.parametrize(("m", "T"), [(0.0, 12.0), (0.0, 4.0), (100.0, 12.0), (300.0, 8.0)])
def test_momentum_grid_integrates_hot_and_cold_gases(m, T):
    def gas(p):
        return 1.0 / (np.exp(np.hypot(p, m) / T) + 1.0)

    y, w = relic.momentum_grid()
    exact = quad(lambda p: p * p * gas(p), 0.0, 40 * T + 5 * m, epsabs=0.0)[0]
    assert_allclose((w * gas(y)).sum(), exact / (2.0 * np.pi**2), rtol=2e-6)
