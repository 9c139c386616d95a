"""A dipole neutrino in the early Universe: rates, reheating, decoupling, limits, published numbers."""

import warnings
from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.neutrinos.expansion import H_FACTOR, fermi_f3
from astrobounds.cosmology.plasma import hot as thermal_history
from astrobounds.cosmology.plasma import thermodynamics as plasma
from astrobounds.cosmology.relics import (
    boltzmann as relic,
)
from astrobounds.cosmology.relics import (
    dipole as relic_dipole,
)
from astrobounds.cosmology.relics import (
    dipole_rates as relic_dipole_rates,
)
from astrobounds.cosmology.relics import (
    history as relic_history,
)
from astrobounds.cosmology.relics import (
    levelling as relic_dipole_exchange,
)
from astrobounds.cosmology.relics import (
    model as relic_model,
)
from astrobounds.cosmology.relics import (
    reheating,
)
from astrobounds.cosmology.relics import (
    species as species_module,
)
from astrobounds.datafiles import data_path
from astrobounds.ecsv import read_numbers
from astrobounds.errors import ConfigError, DomainError, ValidityWarning
from astrobounds.models.dipole import DipoleHNL, dipole_from_moment, radiative_width
from astrobounds.numerics.collision import unit_rule
from astrobounds.numerics.splines import slopes

ETA = 6.12e-10
STANDARD = ab.cosmology.bbn()
K_E = np.sqrt(relic_dipole_rates.DEBYE_UNIT)  # k_D/T with electrons alone


def quiet(model, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return ab.cosmology.bbn(model, **options)


def dipole(mass, d, flavour=1, nature="dirac"):
    return DipoleHNL.fast(mass, tuple(d if i == flavour else 0.0 for i in range(3)), nature)


def species_of(model, hottest=relic_dipole.T_REHEATING):
    """The species of a dipole neutrino made from a temperature on."""
    species, _ = species_module.species_of(model)
    return replace(species, production=replace(species.production, reheating=hottest))


def hot(mass, d, nature="dirac", hottest=relic_dipole.T_REHEATING):
    return relic.through_hot_plasma(species_of(dipole(mass, d, nature=nature), hottest))


def same(out, tolerance):
    for name in ("Neff", "Yp", "DH", "He3H", "Li7H"):
        assert_allclose(getattr(out, name), getattr(STANDARD, name), rtol=tolerance, err_msg=name)


# rates


def test_coefficient_of_the_logarithm():
    """S = (4 alpha/3) ln(c/k_D^2): from dsigma/dt = -4 alpha d^2/t on n T k_D^2/(e^2 n) targets."""
    for p in (1.0, 3.0, 10.0):
        a, b = (relic_dipole_rates.scattering(p, 1e-3, k, nodes=96)[0] for k in (1e-3, 1e-2))
        assert_allclose((a - b) / np.log(100.0), 4.0 * const.ALPHA / 3.0, rtol=2e-3)


def soft_difference(u, k, nodes=200):
    """Hard-thermal-loop propagators minus F1 = Q^2/(Q^2+k^2), for massless N, e+- of Im Pi ~ k^2.

    Gamma* = int dq dw (-K^2) [P_T^2 A_T + (P eps_L)^2 A_L] (f_B(w) + f_1)/(8 pi^2 E^2) q with the
    retarded self-energies Pi_T, Pi_L; the tensor of the massless dipole vertex is -4 d^2 K^2 P P.
    """
    y, v = np.polynomial.legendre.leggauss(nodes)
    total = np.zeros(2)
    for node, weight in zip(y, v):
        span = np.log(60.0 / 1e-4)
        q = 1e-4 * np.exp(0.5 * span * (node + 1.0))
        low = max(-q, q - 2.0 * u)
        if low >= q:
            continue
        s = 0.5 * (y + 1.0)
        w = low + (q - low) * s * s * (3.0 - 2.0 * s)
        dw = (q - low) * 3.0 * s * (1.0 - s) * v
        x = np.clip(w / q, -1.0 + 1e-15, 1.0 - 1e-15)
        log = np.log((1.0 + x) / (1.0 - x)) - 1j * np.pi
        K2 = -q * q * (1.0 - x * x)
        pi_t = 0.5 * k * k * (x * x + 0.5 * x * (1.0 - x * x) * log)
        pi_l = k * k * (1.0 - x * x) * (1.0 - 0.5 * x * log)
        along = 2.0 * u + w  # P0
        across = (-K2) * (along**2 - q * q) / q**2
        forward = (-K2) * along**2 / q**2
        factor = (-K2) * (1.0 / np.expm1(w) + 1.0 / (np.exp(u + w) + 1.0))
        factor = factor * 0.5 * span * weight * q * q * dw / (u * u * 4.0 * np.pi**2)
        t, long = -2.0 * pi_t.imag * across, 2.0 * pi_l.imag * forward
        full = t / np.abs(K2 - pi_t) ** 2 + long / np.abs(K2 - pi_l) ** 2
        total += np.sum(factor * full), np.sum(factor * (t + long) / (K2 * (K2 - k * k)))
    return total


@pytest.mark.parametrize(("k", "tolerance"), [(K_E, 0.003), (2.6 * K_E, 0.015)])
def test_screening_equals_dressed_propagators(k, tolerance):
    """k_D in the ionic form factor is the sum of electric and magnetic screening on the light cone."""
    for p in (1.0, 3.0, 10.0):
        full, simple = soft_difference(p, k)
        assert_allclose(simple, full, rtol=tolerance)
    # the same soft part as the rate itself, whose Im Pi is cut at hard transfers
    hard = relic_dipole_rates.scattering(1.0, 1e-3, k)[0] * k * k / K_E**2
    assert_allclose(soft_difference(1.0, k)[1], hard, rtol=0.08)


def test_depolarisation_rate():
    """0.0133 mu^2 T^3 with mu = 2d, e+- alone, p = 3 T, pairs not counted (hep-ph/9703214: 0.0132)."""
    assert_allclose(relic_dipole_rates.scattering(3.0, 1e-3, K_E)[0] / 4.0, 0.0132, rtol=0.02)


def test_shipped_tables_are_what_the_code_computes():
    rates = relic_dipole_rates
    _, values = read_numbers(data_path(rates.SCATTER_TABLE))
    for row in values[[40, 700, 1900]]:
        expected = [*rates.scattering(*row[:3]), *rates.plasmons(*row[:3])]
        assert_allclose(row[3:], expected, rtol=1e-6, atol=1e-12)
    _, values = read_numbers(data_path(rates.PAIR_TABLE))
    for row in values[[10, 300]]:
        assert_allclose(row[2:], rates.pairs(*row[:2]), rtol=1e-6)
    _, values = read_numbers(data_path(rates.MASS_TABLE))
    for row in values[[0, 6, 10]]:
        assert_allclose(row[1:], rates.partner_suppression(row[0]), rtol=1e-6)


@pytest.mark.parametrize(
    ("mass", "T", "u"),
    [(30.0, 2000.0, 3.3), (30.0, 60.0, 1.7), (30.0, 20.0, 2.2), (5.0, 12.0, 1.0), (10.0, 15.0, 25.0)],
)
def test_table_of_a_mass_against_the_integrals(mass, T, u):
    rates = relic_dipole_rates
    at, p = np.array([T]), np.array([[u * T]])
    table = rates.rates(mass, 4e-4, 1.05e5)
    c_s, c_a, k = (float(v[0]) for v in rates.charges(at))
    x = mass / T
    expected = c_s * rates.scattering(u, x, k) + c_a * rates.pairs(u, x) + rates.plasmons(u, x, k)
    got = [table.contact(at, p, h)[0, 0] / T**3 for h in ("minus", "plus")]
    assert_allclose(got[0], expected[0], rtol=1e-3)
    assert_allclose(got[1], expected[1], rtol=0.02)
    assert_allclose(table.contact(at, p, "both")[0, 0] / T**3, sum(expected), rtol=1e-3)
    exact = np.zeros((1, 1, 2))
    rates._fill_decay(np.array([u]), np.array([x]), np.array([k]), unit_rule(64), exact)
    got = [table.decay(at, p, h)[0, 0] for h in ("minus", "plus")]
    assert_allclose(got, exact[0, 0], atol=5e-3)


@pytest.mark.parametrize("T", [1.0, 28.0, 60.0])
def test_masses_of_leptons_factorise(T):
    """C_s(T) S against every lepton with its mass: 2 %."""
    rates, x, light = relic_dipole_rates, 0.5, {}
    k = float(rates.charges(np.array([T]))[2][0])
    for p in (1.0, 2.0, 6.0):
        masses = [m for m in const.LEPTON_MASS.values() if m < 20.0 * T]
        full = sum(rates.scattering(p, x, k, m / T)[0] for m in masses)
        count = sum(float(rates.suppression(m / T)[0]) for m in masses)
        light[p] = count * rates.scattering(p, x, k)[0] / full
    assert_allclose(list(light.values()), 1.0, atol=0.025)


def test_inverse_decay_without_photon_mass_and_in_the_cold():
    """(1/p) int dw (1 + f_gamma - f_nu) between (E-p)/2 and (E+p)/2, mean of the helicities."""
    u, x = 2.0, 3.0
    e = np.hypot(u, x)
    exact = quad(
        lambda w: 1.0 + 1.0 / np.expm1(w) - 1.0 / (np.exp(e - w) + 1.0), 0.5 * (e - u), 0.5 * (e + u)
    )[0]
    out = np.zeros((1, 1, 2))
    relic_dipole_rates._fill_decay(np.array([u]), np.array([x]), np.array([1e-4]), unit_rule(24), out)
    assert_allclose(out.mean(), exact / u, rtol=1e-6)
    table = relic_dipole_rates.rates(30.0, 4e-4, 1.05e5)
    at = np.array([0.3, 1e3])
    factor = table.decay(at, np.array([[0.5], [1e3]]), "both")
    assert_allclose(factor[0, 0], 1.0, rtol=1e-12)  # cold: vacuum
    assert factor[1, 0] == 0.0  # the photon is heavier than N


def test_charges_count_what_is_there():
    c_s, c_a, k = relic_dipole_rates.charges(np.array([0.02, 5.0, 8e3]))
    full = 3.0 + 2.0 * 4.0 / 3.0 + 3.0 / 3.0  # before there are W bosons
    assert c_s[0] < 1e-6
    assert_allclose([c_s[1], c_s[2]], [1.0, full], rtol=5e-3)
    assert_allclose([c_a[1], c_a[2]], [1.0, full], rtol=5e-3)
    assert_allclose(k[1:], K_E * np.sqrt([1.0, full]), rtol=3e-3)
    assert_allclose(relic_dipole_rates.susceptibility(0.0, -1.0), 1.0, rtol=1e-9)


# abundance


def test_freeze_in_is_a_direct_integral_and_proportional_to_the_reheating_temperature():
    cold, warm = (hot(1.0, 1e-12, hottest=T) for T in (1e4, 1e5))
    made = []
    for out in (cold, warm):
        species, p = out.modes.species, out.modes.p
        _, w = relic.momentum_grid()
        energy = np.hypot(p, 1.0)
        equilibrium = 1.0 / (np.exp(energy / out.T[:, None]) + 1.0)
        gain = 0.0
        for g, helicity in species.copies:
            decay = species.width / energy * species.production.decay(out.T, p, helicity)
            rate = relic.contact_matrix(species, out.T, p, helicity) + decay
            gain = gain + g * ((rate * equilibrium / out.H[:, None]) @ w)
        assert_allclose(out.modes.number[-1], np.trapezoid(gain, out.modes.x), rtol=2e-3)
        made.append(out.yield_)
    # UV dominated: Y = int Gamma n/(s H) dln a over temperatures, momenta in units of T
    u, w = np.polynomial.laguerre.laggauss(24)
    for out, hottest in ((cold, 1e4), (warm, 1e5)):
        T = np.geomspace(12.0, hottest, 400)
        rho, s = thermal_history.density(T)
        rate = out.modes.species.production.contact(T, u * T[:, None], "minus")
        made_here = T**3 * ((rate * u * u / (1.0 + np.exp(-u))) @ w) / np.pi**2
        expected = np.trapezoid(made_here / (s * H_FACTOR * np.sqrt(rho)), -np.log(s) / 3.0)
        assert_allclose(out.yield_, -expected, rtol=5e-3)
    assert 8.0 < made[1] / made[0] < 10.0  # T_max ratio over that of g_s g_rho^(1/2) = 1.3, W bosons
    assert reheating.dependence(warm) > 100.0


def test_strong_coupling_forgets_reheating_and_stays_in_equilibrium():
    one, other = (hot(1.0, 1e-8, "majorana", hottest=T) for T in (1e4, 1e5))
    assert_allclose(one.yield_, other.yield_, rtol=1e-4)
    assert reheating.dependence(other) < 1e-6
    strong = hot(1.0, 1e-6, "majorana")
    thermal = 1.0 / (np.exp(np.hypot(strong.modes.p[-1], 1.0) / strong.T[-1]) + 1.0)
    soft = strong.modes.p[-1] < 10.0 * strong.T[-1]
    assert_allclose(strong.modes.f[0][-1][soft], thermal[soft], rtol=2e-2)


def test_relativistic_decoupling_is_diluted_by_the_entropy():
    """Y = 0.27766 (3/4) g/g_s(T_d), Delta N_eff = (g/2)(10.75/g_s)^(4/3), where g_s is flat.

    Gamma/H falls only like T: through the crossover of QCD N are still made, so that the step of
    g_s at 2 GeV is not left behind as for weak contact processes.
    """
    for d, tolerance in ((1e-8, 0.04), (4e-10, 0.04)):
        out = hot(1e-3, d, "majorana")
        g_s = float(thermal_history.freedom(out.decoupling_temperature())[1])
        assert_allclose(out.yield_, 0.27766 * 0.75 * 2.0 / g_s, rtol=tolerance)
        one = 7.0 / 4.0 * np.pi**2 / 30.0 * out.T[-1] ** 4
        assert_allclose(out.modes.rho[-1] / one, (10.76 / g_s) ** (4.0 / 3.0), rtol=2.0 * tolerance)
    assert hot(1e-3, 1.5e-9, "majorana").yield_ > 1.3 * 0.27766 * 1.5 / 80.0


def test_dirac_has_a_shy_helicity():
    dirac, majorana = hot(1.0, 1e-9), hot(1.0, 1e-9, "majorana")
    assert_allclose(dirac.modes.number[-1], majorana.modes.number[-1], rtol=0.02)
    _, w = relic.momentum_grid()
    assert dirac.modes.f[1][-1] @ w < 0.02 * (dirac.modes.f[0][-1] @ w)
    # inverse decays fill both when they are fast at T = m
    dirac = hot(50.0, 1e-8)
    assert_allclose(dirac.modes.f[1][-1] @ w, dirac.modes.f[0][-1] @ w, rtol=0.05)


def test_flavours_add_up():
    together = hot(20.0, 1e-10)
    third = 1e-10 / np.sqrt(3.0)
    spread = relic.through_hot_plasma(species_of(DipoleHNL.fast(20.0, (third,) * 3)))
    assert_allclose(spread.modes.number[-1], together.modes.number[-1], rtol=1e-9)


# nucleosynthesis


def test_without_coupling_it_is_the_standard_result():
    same(ab.cosmology.bbn(ab.DipoleHNL(mass=50 * u.MeV, dipole={})), 1e-9)
    same(quiet(dipole(50.0, 1e-17)), 1e-4)


@pytest.mark.parametrize(("mass", "d"), [(100.0, 1e-7), (300.0, 1e-8), (1000.0, 1e-8)])
def test_instantaneous_decay_is_the_standard_result(mass, d):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = ab.cosmology.bbn(dipole(mass, d))
    same(out, 1e-4)
    assert out.flags == ()


def test_shares_of_the_decay():
    model = ab.DipoleHNL(mass=40 * u.MeV, dipole={"e": 1e-9 / u.GeV, "tau": 2e-9 / u.GeV})
    injected = species_module.species_of(model)[1]
    assert abs(injected.balance) < 1e-14
    every = {name: 1.0 for name in ("mu", "pi", "K", "KL")}
    assert_allclose(injected.resolve(every), [20.0, 4.0, 0.0, 16.0, 0.2, 0.0, 0.8])
    assert_allclose(model.width_mev, radiative_width(40.0) * 5e-24, rtol=1e-12)


@pytest.mark.parametrize(
    ("mass", "d", "tolerance"), [(30.0, 1e-9, 1e-5), (100.0, 5e-10, 1e-5), (2.0, 1e-6, 1e-4)]
)
def test_total_energy_is_conserved(mass, d, tolerance):
    out = relic_history.evolve(*relic_model.describe(dipole(mass, d)), ETA)
    b, x = out.background, out.modes.x
    states = np.empty((len(x), 4))
    plasma._states(b.Tg, plasma.table("full"), states)
    nue = b.Tnue**4 * np.array([fermi_f3(v) for v in b.xi_e])
    numu = b.Tnumu**4 * np.array([fermi_f3(v) for v in b.xi_mu])
    nu = (nue + 2.0 * numu) / np.pi**2
    rho = states[:, 1] + nu + out.modes.rho
    pressure = states[:, 0] + nu / 3.0 + out.modes.pressure
    residual = (slopes(x, rho) + 3.0 * (rho + pressure)) / rho
    assert np.max(np.abs(np.cumsum(residual)) * (x[1] - x[0])) < tolerance


def test_reheating_temperature_is_a_choice_and_a_flag():
    model = ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-10 / u.GeV})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        default = ab.cosmology.bbn(model)
    text = [str(w.message) for w in caught if issubclass(w.category, ValidityWarning)]
    assert any("reheating temperature: particles were not in equilibrium" in t for t in text)
    same_again = quiet(ab.cosmology.Reheating(model, 100 * u.GeV))
    assert same_again.Yp == default.Yp
    colder = quiet(ab.cosmology.Reheating(model, 10 * u.GeV))
    assert_allclose(colder.relic.hot.T[0], 1e4, rtol=1e-6, atol=0)
    assert STANDARD.Yp < colder.Yp < default.Yp
    assert "reheating temperature" in default.flags
    assert "reheating temperature" not in quiet(dipole(30.0, 1e-9)).flags
    assert {"MagillDipole2018", "Aurenche:2002pd"} <= set(default.references)
    with pytest.raises(DomainError, match="temperature in MeV"):
        ab.cosmology.Reheating(model, 1 * u.TeV)
    with pytest.raises(DomainError, match="reheating temperature"):
        ab.cosmology.bbn(model, reheating=200 * u.GeV)
    with pytest.raises(DomainError, match="unit"):
        ab.cosmology.Reheating(model, 10.0)
    with pytest.raises(ConfigError, match="HNL"):
        ab.cosmology.Reheating("N", 1 * u.GeV)
    with pytest.raises(DomainError, match=r"0\.5 MeV is outside"):
        ab.cosmology.bbn(ab.DipoleHNL(mass=0.5 * u.MeV, dipole={"e": 1e-9 / u.GeV}))


def test_neutrinos_below_decoupling_are_flagged():
    flags = quiet(dipole(30.0, 1e-9)).flags
    assert flags == ("late neutrino injection",)


def test_levelling_rate_against_a_direct_average():
    """Q = g int d^3p/(2pi)^3 (Gamma m/E) <(E_gamma - E_nu)/2 exp(-E_gamma/T_gamma - E_nu/T_nu)>."""
    m, T, gap = 2.0, 0.4, 0.02
    hot_t, cold_t = T + gap, T
    species = relic.Species(m, 1e-20, ((4.0, "both"),))
    y, w = relic.momentum_grid()
    cos, v = np.polynomial.legendre.leggauss(20)
    e, p = np.hypot(y, m)[:, None], y[:, None]
    photon, neutrino = 0.5 * (e + p * cos), 0.5 * (e - p * cos)
    weight = 0.5 * v * np.exp(-photon / hot_t - neutrino / cold_t)
    per_mode = (weight * 0.5 * (photon - neutrino)).sum(axis=1)
    exact = 4.0 * 1e-20 * m * np.sum(w * per_mode / e[:, 0])
    mean = np.array([2.0 / (1.0 / hot_t + 1.0 / cold_t)])
    pressure = relic_dipole_exchange.equilibrium_pressure(
        species, np.zeros(1), y[None, :], mean, np.zeros(1)
    )
    q = 1e-20 * m * pressure[0] * gap / (4.0 * hot_t * cold_t)
    assert_allclose(q, exact, rtol=0.01)


@pytest.mark.parametrize("mass", [1.0, 3.0])
def test_strong_coupling_conserves_the_entropy_of_one_fluid(mass):
    """All at one T without chemical potentials: s_em + s_nu + s_N falls as a^-3 until N is gone."""
    out = quiet(dipole(mass, 3e-6, nature="majorana"), neutrinos="common")
    b, modes = out.background, out.relic.modes
    part = (b.Tg > mass / 8.0) & (b.Tg < 10.0)
    T = b.Tg[part]
    assert_allclose(b.Tnumu[part], T, rtol=4e-3)
    states = np.empty((part.sum(), 4))
    plasma._states(np.ascontiguousarray(T), plasma.table("full"), states)
    total = states[:, 2] + 6.0 * 7.0 * np.pi**2 / 180.0 * T**3
    total += (modes.rho + modes.pressure)[: len(part)][part] / T
    comoving = total * np.exp(3.0 * modes.x[: len(part)][part])
    assert_allclose(comoving, comoving[0], rtol=2e-3)
    assert out.Neff > quiet(dipole(mass, 1e-8, nature="majorana")).Neff + 0.5


def test_levelling_needs_no_more_than_a_few_rounds_and_ends_with_weak_coupling():
    assert quiet(dipole(5.0, 1e-5)).relic.rounds < 30
    assert quiet(dipole(10.0, 3e-9)).relic.rounds < 8


def test_majorana_decays_twice_as_fast():
    dirac, majorana = dipole(30.0, 1e-9), dipole(30.0, 1e-9, nature="majorana")
    assert_allclose(majorana.width_mev, 2.0 * dirac.width_mev)
    first, second = quiet(dirac), quiet(majorana)
    assert STANDARD.Yp < second.Yp < first.Yp
    assert second.relic.modes.species.degrees == 2.0


# published


def test_published_limit_on_magnetic_moments_from_equilibrium():
    """mu < 6.2e-11 mu_B if right-handed neutrinos leave equilibrium before 100 MeV, hep-ph/9703214."""
    d = dipole_from_moment(6.2e-11, "mu = 2d").to_value("1/GeV")
    assert 50.0 < hot(1e-3, d, "majorana").decoupling_temperature() < 110.0


def test_published_limit_on_magnetic_moments_from_neff():
    """arXiv:2211.04669: 2.7e-12 mu_B for three of them; all three in equilibrium give 0.14 to 0.2."""
    d = dipole_from_moment(2.7e-12, "mu = 2d").to_value("1/GeV")
    out = hot(1e-3, d, "majorana")
    one = 7.0 / 4.0 * np.pi**2 / 30.0 * out.T[-1] ** 4
    assert 0.14 < 3.0 * out.modes.rho[-1] / one < 0.25


# constraints and the command line


def test_constraints_take_a_dipole_neutrino():
    bbn, cmb = (ab.constraints.get(name) for name in ("bbn", "cmb"))
    model = dipole(30.0, 1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        excluded, harmless = (bbn.loglike(m, {}) for m in (model, dipole(100.0, 1e-7)))
        point = bbn.abundances(ab.cosmology.Reheating(model, 1 * u.GeV))
        assert cmb.loglike(model, {}) < 0.0
        assert abs(cmb.predict(model)["Neff"] - STANDARD.Neff) > 1e-3
    assert_allclose(harmless, bbn.null_loglike, atol=5e-3)
    assert excluded < harmless - 3.0
    assert "reheating temperature" in point.flags


RUN = """
name: dipole
model: DipoleHNL
parameters:
  mass: {prior: log-uniform, low: 5 MeV, high: 300 MeV}
  dipole.mu: {prior: log-uniform, low: 1.0e-11, high: 1.0e-7}
constraints: [cmb]
scan: {x: mass, y: dipole.mu, shape: [4, 4]}
"""


def test_point_on_the_command_line(tmp_path, capsys):
    from astrobounds.cli import main

    path = tmp_path / "run.yaml"
    path.write_text(RUN)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        assert main(["point", str(path), "mass=30 MeV", "dipole.mu=1e-9/GeV"]) == 0
    assert "Neff = 3.0" in capsys.readouterr().out
