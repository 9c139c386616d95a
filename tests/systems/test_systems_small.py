"""Cosmic-ray cooling, monopoles, polarizability, a B-L boson, a dark phase transition."""

import math

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DomainError
from astrobounds.systems import b_minus_l, cosmic_ray_cooling, monopoles, phase_transition, polarizability

RHO = 1e10 * u.GeV / u.cm**3
KPC, YEARS = 1 * u.kpc, 1e8 * u.yr


# -- cosmic rays on dark matter ---------------------------------------------------------------
def test_largest_transfer_of_a_10_tev_proton_on_1_mev():
    """9578.4 GeV; a flat dsigma/dT takes 0.4789 of the energy on average."""
    low, high = cosmic_ray_cooling.transfer_range(1e4 * u.GeV, 1 * u.MeV)
    assert low.value == 0.0
    np.testing.assert_allclose(high.to_value("GeV"), 9578.4, rtol=1e-5, atol=0)
    np.testing.assert_allclose(0.5 * high.to_value("GeV") / 1e4, 0.4789, rtol=1e-4, atol=0)


@pytest.mark.parametrize(("energy", "mass", "splitting"), [
    (1e7, 1.0, 0.0), (1e7, 1.0, 500.0), (1e7, 100.0, 2e4), (2e3, 5e3, 100.0), (1e9, 1e-3, 10.0),
])  # fmt: skip
def test_transfers_conserve_energy_and_momentum(energy, mass, splitting):
    """At both ends the momenta are collinear: p = p' + q or p = q - p'."""
    mpmath = pytest.importorskip("mpmath")
    low, high = (t.to_value("MeV") for t in cosmic_ray_cooling.transfer_range(
        energy * u.MeV, mass * u.MeV, splitting * u.MeV))  # fmt: skip
    with mpmath.workdps(60):
        E, m, M = mpmath.mpf(energy), mpmath.mpf(mass), mpmath.mpf(const.M_P)
        m2 = m + mpmath.mpf(splitting)
        s = M**2 + m**2 + 2 * m * E
        root = mpmath.sqrt(s)
        gamma, boost = (E + m) / root, mpmath.sqrt(E**2 - M**2) / root
        own = (s + m2**2 - M**2) / (2 * root)
        p = mpmath.sqrt(own**2 - m2**2)
        want = [float(gamma * own - boost * p - m), float(gamma * own + boost * p - m)]
    np.testing.assert_allclose(high, want[1], rtol=1e-9, atol=0)
    np.testing.assert_allclose(low, want[0], rtol=1e-6, atol=1e-12 * want[1])


def test_cooling_time_is_energy_over_loss():
    """E/(n c sigma <T>), and a flat dsigma given as a function is the same."""
    energy, mass, sigma = 1e4 * u.GeV, 1 * u.MeV, 1e-30 * u.cm**2
    tau = cosmic_ray_cooling.cooling_time(energy, mass, RHO, sigma).to_value("s")
    want = 1.0 / (1e13 * const.C_CM * 1e-30 * 0.4789)
    np.testing.assert_allclose(tau, want, rtol=1e-4, atol=0)
    top = 9578380.9  # MeV
    same = cosmic_ray_cooling.cooling_time(energy, mass, RHO, dsigma=lambda T, E: 1e-30 / top + 0.0 * T)
    np.testing.assert_allclose(same.to_value("s"), tau, rtol=1e-6, atol=0)
    bound = cosmic_ray_cooling.cooling_bound(energy, mass, RHO, tau * u.s, factor=0.1)
    np.testing.assert_allclose(bound.to_value("cm2"), 1e-29, rtol=1e-10, atol=0)


def test_splittings_reach_the_energy_of_the_centre_of_mass():
    """100 PeV on 1 GeV makes 13 TeV; above it nothing is lost."""
    reach = math.sqrt(const.M_P**2 + 1e6 + 2e3 * 1e11) - const.M_P - 1e3
    assert reach > 1e7
    with pytest.raises(DomainError, match="above the reach"):
        cosmic_ray_cooling.transfer_range(1e8 * u.GeV, 1 * u.GeV, 1.01 * reach * u.MeV)
    closed = cosmic_ray_cooling.cooling_time(
        1e8 * u.GeV, 1 * u.GeV, RHO, 1e-30 * u.cm**2, splitting=1.01 * reach * u.MeV
    )
    assert math.isinf(closed.value)


def test_spikes_fall_and_saturate():
    make = cosmic_ray_cooling.spike_density
    np.testing.assert_allclose(make(1 * u.pc, RHO, 2 * u.pc).value, 1e10 * 2 ** (7 / 3), rtol=1e-12, atol=0)
    flat = make(1e-6 * u.pc, RHO, 2 * u.pc, saturation=1e12 * u.GeV / u.cm**3)
    np.testing.assert_allclose(flat.value, 1e12, rtol=1e-3, atol=0)
    mean = cosmic_ray_cooling.mean_spike_density(1 * u.pc, 2 * u.pc, RHO, 2 * u.pc)
    want = 1e10 * 3.0 * 2 ** (7 / 3) * (2 ** (2 / 3) - 1.0) / (2 / 3) / 7.0
    np.testing.assert_allclose(mean.value, want, rtol=1e-10, atol=0)


# -- monopoles --------------------------------------------------------------------------------
def test_dirac_charge_and_the_published_bound():
    np.testing.assert_allclose(monopoles.DIRAC_CHARGE, 3.2911e-8, rtol=1e-4, atol=0)
    np.testing.assert_allclose(monopoles.protogalactic_bound(1e17 * u.GeV), 5e-21, rtol=1e-12, atol=0)
    np.testing.assert_allclose(monopoles.protogalactic_bound(1e18 * u.GeV), 5e-20, rtol=1e-12, atol=0)


def test_slow_monopoles_have_the_bound_of_parker():
    """B/(32 pi^2 g tau): 9.1e-17 for 3 microgauss and 1e8 years."""
    found = monopoles.parker_bound(1e10 * u.GeV, 0 * u.GeV, 3e-6 * u.G, KPC, YEARS)
    want = 3e-6 / (32.0 * math.pi**2 * monopoles.DIRAC_CHARGE * 3.15576e15)
    np.testing.assert_allclose(found, want, rtol=1e-10, atol=0)
    np.testing.assert_allclose(found, 9.1e-17, rtol=0.01, atol=0)


@pytest.mark.parametrize("kinetic", [1e10, 1e13, 1e17, 1e20])
def test_mean_gain_of_isotropic_monopoles_by_quadrature(kinetic):
    """<E(|p + q|)> - E over directions, for a mass of 1e16 GeV."""
    mpmath = pytest.importorskip("mpmath")
    gain = float(monopoles.energy_gain(kinetic * u.GeV, 1e16 * u.GeV, 3e-6 * u.G, KPC))
    with mpmath.workdps(50):
        m, k = mpmath.mpf(1e19), mpmath.mpf(kinetic) * 1000
        work = mpmath.mpf(monopoles.DIRAC_CHARGE * 3e-6 * 3.0856775814913673e21 * const.ERG)
        p = mpmath.sqrt(k * (k + 2 * m))
        q = work * (m + k) / p
        up, down = m * m + (p + q) ** 2, m * m + (p - q) ** 2
        want = float(min((up**1.5 - down**1.5) / (6 * p * q) - m - k, work))
    np.testing.assert_allclose(gain, want, rtol=1e-5, atol=0)


def test_a_spectrum_is_bounded_by_its_mean_gain():
    kinetic = np.geomspace(1e13, 1e15, 200) * u.GeV
    ends = kinetic[0], kinetic[-1]
    each = [monopoles.parker_bound(1e16 * u.GeV, k, 3e-6 * u.G, KPC, YEARS) for k in ends]
    both = monopoles.parker_bound(1e16 * u.GeV, kinetic, 3e-6 * u.G, KPC, YEARS, spectrum=np.ones(200))
    assert each[0] < both < each[1]
    with pytest.raises(DomainError, match="increasing"):
        monopoles.parker_bound(1e16 * u.GeV, kinetic[::-1], 3e-6 * u.G, KPC, YEARS, spectrum=np.ones(200))


# -- polarizability ---------------------------------------------------------------------------
def test_photon_fusion_against_the_plain_integral():
    """8.734e30 erg cm^-3 s^-1 at T = m = 30 MeV, g = 1e-9/GeV."""
    from scipy.integrate import quad

    g = 1e-9 / u.GeV
    found = polarizability.photon_fusion(30 * u.MeV, 30 * u.MeV, g).value
    np.testing.assert_allclose(found, 8.734e30, rtol=2e-4, atol=0)
    for T, m in ((30.0, 30.0), (30.0, 3.0), (10.0, 200.0)):
        width = polarizability.widths(m * u.MeV, g, 0.0)["gamma gamma"]

        def integrand(E, T=T, m=m):
            p = math.sqrt(E * E - m * m)
            ratio = math.sinh((E + p) / (4 * T)) / math.sinh((E - p) / (4 * T))
            return E * 2 * T * math.log(ratio) / math.expm1(E / T)

        want = m * width / (2 * math.pi**2) * quad(integrand, m, m + 45 * T, epsrel=1e-10, limit=300)[0]
        want /= const.HBAR_C**3 * const.HBAR * const.ERG
        got = polarizability.photon_fusion(T * u.MeV, m * u.MeV, g).value
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=0)


def test_polarizability_and_widths_of_the_pseudoscalar():
    alpha = polarizability.polarizability(1 * u.GeV, 1e-3 / u.GeV, 1e-2)
    np.testing.assert_allclose(alpha.to_value("1 / GeV3"), 2.5e-6, rtol=1e-12, atol=0)
    neutrinos = polarizability.widths(10 * u.MeV, 0 / u.GeV, 1e-3)["nu nu"]
    same = ab.Mediator(mass=10 * u.MeV, coupling={"tau": 1e-3}, spin="scalar").width_mev
    np.testing.assert_allclose(neutrinos, same, rtol=1e-12, atol=0)


# -- B-L --------------------------------------------------------------------------------------
def test_majorana_and_chiral_dirac_widths_differ_by_eight():
    """At m/m_N = 2.1: 0.028348 against 0.23577."""
    mass, heavy = 2.1 * u.GeV, 1 * u.GeV
    found = b_minus_l.majorana_width(mass, heavy) / (2100.0 / (24.0 * math.pi))
    np.testing.assert_allclose(found, 0.028348, rtol=2e-5, atol=0)
    r = 1.0 / 2.1**2
    np.testing.assert_allclose(math.sqrt(1 - 4 * r) * (1 - r) / found, 8.32, rtol=1e-3, atol=0)
    assert b_minus_l.majorana_width(1.9 * u.GeV, heavy) == 0.0


def test_widths_of_a_light_b_minus_l_boson():
    """Massless limit: e e is 2/3 of three neutrinos, which are a vector mediator of universal coupling."""
    widths = b_minus_l.b_minus_l_widths(100 * u.MeV, 1e-5, heavy=[10 * u.MeV, 60 * u.MeV])
    assert set(widths) == {"nu nubar", "e e", "N1 N1"}
    np.testing.assert_allclose(widths["e e"] / widths["nu nubar"], 2.0 / 3.0, rtol=1e-8, atol=0)
    same = ab.Mediator(mass=100 * u.MeV, coupling={"universal": 1e-5}, spin="vector").width_mev
    np.testing.assert_allclose(widths["nu nubar"], same, rtol=1e-12, atol=0)
    with pytest.raises(DomainError, match="above the pi0"):
        b_minus_l.b_minus_l_widths(200 * u.MeV, 1e-5)
    assert b_minus_l.b_minus_l_widths(200 * u.MeV, 1e-5, hadrons=lambda m: 1e-3 * m)["hadrons"] > 0.0


# -- a dark transition ------------------------------------------------------------------------
def test_reheating_and_masses_of_the_benchmarks():
    """T_reh 53.98 (BP1) and 121.2 MeV (BP4); printed masses within the rounding of the table."""
    for name, want in (("BP1", 53.98), ("BP4", 121.2)):
        point = phase_transition.BENCHMARKS[name]
        found = phase_transition.reheating_temperature(point.temperature * u.MeV, point.alpha)
        np.testing.assert_allclose(found.to_value("MeV"), want, rtol=5e-4, atol=0)
    printed = {"BP1": (0.055, 0.375), "BP2": (0.110, 0.750), "BP3": (1.10, 7.50), "BP4": (0.144, 0.862)}
    for name, masses in printed.items():
        np.testing.assert_allclose(phase_transition.BENCHMARKS[name].masses_gev, masses, rtol=0.025, atol=0)


def test_the_coupling_below_which_the_barrier_is_gone():
    np.testing.assert_allclose(phase_transition.rolling_coupling(0.006), 0.74957, rtol=1e-5, atol=0)
    np.testing.assert_allclose(phase_transition.rolling_coupling(0.01037), 0.8593, rtol=2e-4, atol=0)
    for name in ("BP1", "BP2", "BP3"):
        point = phase_transition.BENCHMARKS[name]
        ratio = point.g / phase_transition.rolling_coupling(point.lam)
        np.testing.assert_allclose(ratio, 1.0006, rtol=1e-4, atol=0)


def test_vacuum_energy_that_stays_dark_is_excluded_by_far():
    for point in phase_transition.BENCHMARKS.values():
        assert phase_transition.dark_reheating(point.temperature * u.MeV, point.alpha) > 400.0
    at = phase_transition.dark_reheating(10 * u.MeV, 1.0)
    np.testing.assert_allclose(at, 4.0 / 7.0 * 10.75, rtol=3e-3, atol=0)


def test_gravitational_waves_peak_where_the_formula_says():
    """Slopes 2.8 and -1; the peak redshifts with T and the rate of bubbles."""
    point = phase_transition.BENCHMARKS["BP1"]
    T = phase_transition.reheating_temperature(point.temperature * u.MeV, point.alpha)
    f = np.geomspace(1e-12, 1e-4, 4001) * u.Hz
    omega = phase_transition.bubble_spectrum(f, T, point.alpha, point.size)
    slopes = np.diff(np.log(omega)) / np.diff(np.log(f.value))
    np.testing.assert_allclose([slopes[0], slopes[-1]], [2.8, -1.0], rtol=1e-3, atol=0)
    assert 1e-9 < f[np.argmax(omega)].value < 1e-7
    hotter = phase_transition.bubble_spectrum(2.0 * f, 2.0 * T, point.alpha, point.size)
    assert 0.5 < hotter.max() / omega.max() < 1.01


def test_every_reference_of_systems_and_theories_has_an_entry():
    from astrobounds import references, systems
    from astrobounds.models.seesaw import oscillations

    modules = [getattr(systems, name) for name in systems._MODULES]
    theories = [getattr(ab.seesaw, n) for n in ("LowScale", "TypeI", "MinimalSeesaw", "ThreePortal")]
    keys = references.collect(*modules, *theories, oscillations, ab.systems.DiracMoment)
    assert len(keys) > 15
    for key in keys:
        assert references.bibtex(key).startswith("@")
