"""The ray solution against closed forms: free streaming, blackbodies, gravity, symmetries."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DomainError, ValidityWarning
from astrobounds.models.hnl import spin_states
from astrobounds.supernova.star.profile import Star
from astrobounds.supernova.transport.rate_table import RateTable, energy_grid
from astrobounds.supernova.transport.rays import RaySolution
from astrobounds.supernova.transport.settings import Transport
from astrobounds.supernova.transport.solution import solution

# a sphere with a sharp surface has chords like sqrt(R - b): many rays, unlike a star
RES = ab.supernova.Resolution(radii=10, rays=100, steps=60, spectrum=32)


def uniform_star(t, r_max, lapse=1.0):
    """A star of one temperature and one redshift."""

    def columns(r):
        one = np.ones_like(r)
        return {"T": t * one, "lapse": lapse * one}

    return Star(name="uniform", breaks=(0.0, r_max), columns=columns)


class Process:
    """A fake process of constant Gamma*."""

    coupling, lepton_number, group = "mixing.tau", 1, "x"


class AntiProcess(Process):
    lepton_number = -1


def constant_solution(gamma, mass, t, r_max, lapse=1.0, gravity=False, anti=0.0, **options):
    """A ray solution for Gamma* that is the same everywhere (N; Nbar with its own value)."""
    star = uniform_star(t, r_max, lapse)
    radii = [np.linspace(0.0, r_max, 10)]
    energy = energy_grid(mass, mass + 60.0 * t, 16)
    rates = np.stack([np.full((10, 16, 2), g) for g in (gamma, anti or gamma)])
    table = RateTable(mass, energy, radii, (Process(), AntiProcess()), rates, np.zeros((2, 10)),
                      np.full(10, t))  # fmt: skip
    how = Transport(gravity=gravity, resolution=RES, r_max=r_max, **options)
    return RaySolution(mass, [table], (), spin_states("dirac"), star, how)


def blackbody(mass, t, r_km, g):
    """(g/2 pi) R^2 int dE E p^2 f_eq [erg/s]."""
    integral = quad(lambda e: e * (e * e - mass * mass) / (np.exp(e / t) + 1), mass, mass + 60 * t,
                    epsabs=0)[0]  # fmt: skip
    return g / (2 * np.pi) * (r_km * const.KM) ** 2 * integral / const.HBAR / const.ERG


@pytest.mark.parametrize(("mass", "t", "r", "g", "published"), [
    (1e-6, 5.0, 20.0, 1, 1.41334e52), (1e-6, 10.0, 15.0, 1, 1.27201e53),
    (10.0, 5.0, 20.0, 1, 8.5838e51), (100.0, 5.0, 20.0, 1, 4.7474e45),
])  # fmt: skip
def test_opaque_star_is_a_blackbody(mass, t, r, g, published):
    """int E p^2 f of the surface; the massless case is 7 pi^3/240 R^2 T^4 per helicity."""
    assert_allclose(blackbody(mass, t, r, g), published, rtol=1e-4, atol=0)
    opaque = constant_solution(1e-10, mass, t, r)  # depth of order 1e6
    assert_allclose(opaque.luminosity({"mixing.tau": 1.0})[0], 4 * published, rtol=1e-3, atol=0)


def test_thin_star_is_the_volume_integral():
    """sum over helicities of V/(2 pi^2) int dE E (p E) Gamma* f_eq."""
    mass, t, r, gamma = 50.0, 10.0, 30.0, 1e-26
    thin = constant_solution(gamma, mass, t, r)
    integral = quad(lambda e: e * e * np.sqrt(e * e - mass**2) / (np.exp(e / t) + 1), mass,
                    mass + 60 * t, epsabs=0)[0]  # fmt: skip
    volume = 4 * np.pi / 3 * (r * const.KM) ** 3
    expected = 4 * volume / (2 * np.pi**2) * gamma * integral / const.HBAR / const.ERG
    assert_allclose(thin.luminosity({"mixing.tau": 1.0})[0], expected, rtol=1e-5, atol=0)


def test_uniform_sphere_at_any_depth():
    """1 - [1 - (1 + 2 tau) e^{-2 tau}]/(2 tau^2): the escape law of a uniform sphere, per energy."""
    mass, t, r = 1e-3, 10.0, 20.0
    for gamma in (3e-18, 3e-17, 3e-16):
        ray = constant_solution(gamma, mass, t, r)
        tau = gamma * r * const.KM  # massless: E/p = 1
        emissivity = 1 - (1 - (1 + 2 * tau) * np.exp(-2 * tau)) / (2 * tau**2)
        value = ray.luminosity({"mixing.tau": 1.0})[0]
        assert_allclose(value, emissivity * blackbody(mass, t, r, 4), rtol=2e-4, atol=0)


def test_lapse_limits():
    """Opaque: eta^2 L_BB focused from the surface (arrival area R^2/eta^2). Thin: eta^2 of the energy.

    Per particle one power of eta, per time one power, and only E_loc > m/eta escapes.
    """
    mass, t, r, eta = 20.0, 8.0, 15.0, 0.8
    opaque = constant_solution(1e-10, mass, t, r, lapse=eta, gravity=True)
    integral = quad(lambda e: e * (e * e - mass**2) / (np.exp(e / t) + 1), mass / eta, 600, epsabs=0)[0]
    expected = 4 / (2 * np.pi) * (r * const.KM) ** 2 * eta**2 * integral / const.HBAR / const.ERG
    assert_allclose(opaque.luminosity({"mixing.tau": 1.0})[0], expected, rtol=2e-3, atol=0)
    thin = constant_solution(1e-22, mass, t, r, lapse=eta, gravity=True)
    integral = quad(lambda e: e * e * np.sqrt(e * e - mass**2) / (np.exp(e / t) + 1), mass / eta, 600,
                    epsabs=0)[0]  # fmt: skip
    volume = 4 * np.pi / 3 * (r * const.KM) ** 3
    expected = 4 * eta**2 * volume / (2 * np.pi**2) * 1e-22 * integral / const.HBAR / const.ERG
    assert_allclose(thin.luminosity({"mixing.tau": 1.0})[0], expected, rtol=1e-3, atol=0)


@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial")


def hnl(mass=100.0, nature="majorana", **mixing):
    return ab.HNL(mass=mass * u.MeV, mixing=mixing or {"tau": 1e-8}, nature=nature)


def test_majorana_equals_dirac_when_it_streams_freely(star):
    dirac = ab.supernova.cooling(hnl(nature="dirac", tau=1e-11), star).luminosity
    majorana = ab.supernova.cooling(hnl(tau=1e-11), star).luminosity
    assert_allclose(majorana.to_value(u.erg / u.s), dirac.to_value(u.erg / u.s), rtol=1e-4, atol=0)
    # trapped, the one Majorana field is absorbed by both neutrinos and antineutrinos
    trapped = [ab.supernova.cooling(hnl(nature=n, tau=1e-3), star).ratio for n in ("majorana", "dirac")]
    assert trapped[0] < 0.1 * trapped[1]


def test_luminosity_is_linear_then_falls(star):
    ray = solution(hnl(), star)
    scale = np.geomspace(1e-12, 1.0, 60)
    value = ray.luminosity({"mixing.tau": 1.0}, scale)
    assert_allclose(value[1] / value[0], scale[1] / scale[0], rtol=1e-4, atol=0)
    top = int(value.argmax())
    assert np.all(np.diff(value[:top]) > 0)
    assert np.all(np.diff(value[top + 1 :]) < 0)


def test_mu_and_tau_agree_without_muons_and_mixed_patterns_add(star):
    mu, tau = (ab.supernova.cooling(hnl(**{f: 1e-11}), star).ratio for f in ("mu", "tau"))
    assert_allclose(mu, tau, rtol=1e-6, atol=0)
    both = ab.supernova.cooling(hnl(mu=1e-11, tau=1e-11), star).ratio
    assert_allclose(both, mu + tau, rtol=1e-4, atol=0)
    electron = ab.supernova.cooling(hnl(e=1e-11), star).ratio
    assert electron > 100 * tau  # charged current on protons


def test_emission_spectrum_integrates_to_its_luminosity(star):
    emission = ab.supernova.emission(hnl(), star)
    grid = np.linspace(100.0, emission.energy_mev[-1], 4000)
    rate = emission.spectrum(grid * u.MeV).to_value(1 / (u.MeV * u.s))
    energy = np.trapezoid(rate * grid, grid) / const.ERG
    assert_allclose(energy, emission.luminosity.to_value(u.erg / u.s), rtol=2e-3, atol=0)
    assert emission.spectrum(50 * u.MeV).to_value(1 / (u.MeV * u.s)) == 0.0
    number = emission.number_rate.to_value(1 / u.s)
    mean = emission.luminosity.to_value(u.MeV / u.s) / number
    assert_allclose(emission.mean_energy.to_value(u.MeV), mean, rtol=1e-12, atol=0)
    burst = emission.time_integrated(3.0)
    assert_allclose(burst(180.0), 3.0 * emission.number_spectrum(180.0), rtol=1e-12, atol=0)


def test_no_mixing_no_emission(star):
    cold = ab.supernova.cooling(ab.HNL(mass=100 * u.MeV, mixing={}), star)
    assert cold.luminosity.value == 0.0
    assert np.isnan(cold.mean_energy.value)
    assert not cold.excluded


def test_convergence_of_every_grid(star):
    """Doubling any grid moves L by less than 0.1 % where N streams and 0.5 % where it is trapped."""
    from dataclasses import asdict, replace

    default = ab.supernova.Resolution()
    for value, tolerance in ((1e-8, 1e-3), (1e-3, 5e-3)):
        reference = ab.supernova.cooling(hnl(tau=value), star).ratio
        for name, n in asdict(default).items():
            if name in ("outer", "inner"):
                continue
            finer = ab.supernova.cooling(
                hnl(tau=value), star, resolution=replace(default, **{name: 2 * n})
            ).ratio
            assert_allclose(finer, reference, rtol=tolerance, atol=0, err_msg=name)


def test_light_particles_warn_about_matter_mixing(star):
    with pytest.warns(ValidityWarning, match="matter changes the mixing"):
        ab.supernova.emission(hnl(mass=0.1), star)


@pytest.mark.parametrize(("call", "message"), [
    (lambda s: ab.supernova.emission(hnl(), "fiducial"), "load one with"),
    (lambda s: ab.supernova.emission(hnl(), s, helicity="both"), "allowed: helicity, averaged"),
    (lambda s: ab.supernova.emission(hnl(), s, r_max=5000 * u.km), "outside the profile"),
    (lambda s: ab.supernova.cooling(hnl(), s, allowed=3e52), "no unit"),
    (lambda s: ab.supernova.emission(hnl(), s).time_integrated(-1.0), "outside"),
])  # fmt: skip
def test_bad_input(star, call, message):
    with pytest.raises(DomainError, match=message):
        call(star)


def test_luminosity_table_states_its_error(star):
    """ln L of the table against direct solutions at random masses and mixings."""
    from astrobounds.supernova.signals.rate_ray import RateRay
    from astrobounds.supernova.signals.surface import CoarseSolutions, luminosity_table

    ray = RateRay(ab.HNL, (), (("mixing.tau", 1.0),), 1e-12, 1.0)
    smooth = luminosity_table(star, ray, 70.0, 140.0, {"decays": False})
    assert 0.0 < smooth.error < 2e-3
    table = luminosity_table(star, ray, 70.0, 140.0)
    assert smooth.error < table.error < 0.06  # N -> nu pi0 opens at 135 MeV
    ray = RateRay(ab.HNL, (), (("mixing.mu", 0.5), ("mixing.tau", 0.5)), 1e-12, 1.0)
    coarse = CoarseSolutions(star, ray, 70.0, 140.0)
    assert 0.0 < coarse.error < 0.05
    rng = np.random.default_rng(4)
    for mass, exponent in zip(rng.uniform(71, 139, 4), rng.uniform(-9, -4, 4)):
        direct = ab.supernova.cooling(hnl(mass=mass, tau=10**exponent), star).emission.luminosity_erg_s
        assert_allclose(table.luminosity(mass, 10**exponent), direct, rtol=3 * table.error + 1e-3, atol=0)
        several = coarse.luminosity(
            mass, {"mixing.mu": 0.5 * 10**exponent, "mixing.tau": 0.5 * 10**exponent}
        )
        if direct > 1e51:
            assert_allclose(several, direct, rtol=2 * coarse.error + 0.02, atol=0)
    assert_allclose(
        table.luminosity(100.0, 1e-15), 1e-3 * table.luminosity(100.0, 1e-12), rtol=1e-6, atol=0
    )
    with pytest.raises(DomainError, match="outside the luminosity table"):
        table.luminosity(300.0, 1e-8)
