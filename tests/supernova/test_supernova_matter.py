"""Mixing in matter: potentials, limits, lines and what they do to the emission."""

import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DomainError, ValidityWarning
from astrobounds.models.hnl import HNL
from astrobounds.supernova.transport.matter import (
    MatterMixing,
    mean_factor,
    potential,
    potentials,
    sin2_two_theta,
)
from astrobounds.supernova.transport.solution import solution


@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial")


def tau_hnl(mass, nature="dirac"):
    return HNL.fast(mass, (0.0, 0.0, 1e-8), nature)


def solved(mass, star, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return solution(tau_hnl(mass), star, **options)


def test_potential_of_tau_neutrinos(star):
    """-(G_F/sqrt2) n_B (1 - Y_e) at 3e14 g/cm3, Y_e = 0.3 is -7.95e-6 MeV."""
    assert_allclose(potential(star, 10 * u.km, "tau").to_value("MeV"), -7.95e-6, rtol=1e-3, atol=0)
    both = potential(star, [10, 20] * u.km, "tau")
    assert both.shape == (2,)
    assert_allclose(float(both[1] / both[0]), 2.0**-5, rtol=1e-3, atol=0)  # as the density


def test_potentials_follow_composition(star):
    """V_e - V_tau = sqrt2 G_F n_e; without a sea mu and tau are alike; Y_e = 1/3 has V_e = 0."""
    state = star.at([5.0, 10.0, 30.0])
    v = potentials(state)
    n_e = 0.3 * state["n_B"]
    assert_allclose(v["e"] - v["tau"], np.sqrt(2) * const.G_FERMI * n_e, rtol=1e-3, atol=0)
    assert_allclose(v["mu"], v["tau"], rtol=1e-12, atol=0)
    third = ab.supernova.load("fiducial", proton_fraction=1 / 3).at([10.0])
    assert abs(potentials(third)["e"][0]) < 2e-3 * abs(potentials(third)["tau"][0])


def test_a_sea_of_neutrinos_adds_twice_for_its_own_flavour(star):
    """n = mu^3/(6 pi^2) + mu T^2/6 of one helicity: sqrt2 G_F n for others, twice that for its own."""
    sea = ab.supernova.with_neutrinos(star, e=100 * u.MeV)
    state, bare = sea.at([10.0]), star.at([10.0])
    t = state["T"][0]
    n = quad(lambda p: p * p * (1 / (np.exp((p - 100) / t) + 1) - 1 / (np.exp((p + 100) / t) + 1)),
             0, 2000, epsabs=0)[0] / (2 * np.pi**2)  # fmt: skip
    assert_allclose(n, (1e6 + np.pi**2 * t * t * 100) / (6 * np.pi**2), rtol=1e-6, atol=0)
    step = np.sqrt(2) * const.G_FERMI * n
    for flavour, times in (("e", 2), ("mu", 1), ("tau", 1)):
        change = (potentials(state)[flavour] - potentials(bare)[flavour])[0]
        assert_allclose(change, times * step, rtol=1e-6, atol=0)


def test_unknown_flavour(star):
    with pytest.raises(DomainError, match="did you mean 'tau'"):
        potential(star, 10 * u.km, "taau")


def test_two_flavour_formula():
    """V -> 0 is the vacuum; maximal at resonance; suppressed for the other sign; small s is s^2 F."""
    assert_allclose(sin2_two_theta(0.3, 0.0), 0.3, rtol=1e-14, atol=0)
    assert_allclose(sin2_two_theta(1e-6, np.sqrt(1 - 1e-6)), 1.0, rtol=1e-6, atol=0)
    # eigenvectors of the Hamiltonian in units of m^2/2E, flavour basis (nu, N), N heavier
    for s2, x in ((0.2, 0.6), (1e-4, -3.0), (0.5, 8.0)):
        s, c = np.sqrt(s2), np.sqrt(1 - s2)
        h = 0.5 * np.array([[-c, s], [s, c]]) + np.diag([x, 0.0])
        vector = np.linalg.eigh(h)[1][:, 0]
        assert_allclose(sin2_two_theta(s2, x), 4 * np.prod(vector**2), rtol=1e-9, atol=0)
    for x in (-2.0, 0.3, 0.9, 5.0):
        exact = sin2_two_theta(1e-12, x, 0.01) / 1e-12
        assert_allclose(exact, 1 / ((1 - x) ** 2 + 1e-4), rtol=1e-7, atol=0)
    assert sin2_two_theta(1e-8, -0.5) < 1e-8 < sin2_two_theta(1e-8, 0.5)


@pytest.mark.parametrize(("low", "high", "width"), [
    (0.0, 0.0, 1e-3), (-3.0, -1.0, 1e-8), (0.2, 0.5, 1e-8), (0.5, 1.7, 0.1), (1.7, 0.5, 0.1),
    (2.0, 9.0, 1e-6), (1.0, 1.1, 0.02),
])  # fmt: skip
def test_mean_over_a_cell(low, high, width):
    def line(x):
        return 1 / ((1 - x) ** 2 + width**2)

    exact = line(low)
    if high != low:
        exact = quad(line, low, high, points=[1.0], epsabs=0, limit=200)[0] / (high - low)
    assert_allclose(mean_factor(low, high, width), exact, rtol=1e-8, atol=0)


def test_area_of_a_narrow_line():
    """pi/w in a cell that holds the line, from either side, whatever its position."""
    for low, high in ((0.9, 1.3), (1.3, 0.9), (0.99, 1.31)):
        area = mean_factor(low, high, 1e-9) * abs(high - low)
        assert_allclose(area, np.pi / 1e-9, rtol=1e-6, atol=0)
    split = sum(mean_factor(a, b, 1e-3) * (b - a) for a, b in ((0.5, 0.9), (0.9, 1.01), (1.01, 2.0)))
    assert_allclose(split, mean_factor(0.5, 2.0, 1e-3) * 1.5, rtol=1e-12, atol=0)


def test_heavy_particles_mix_as_in_vacuum(star):
    """The change is 2x weighted with nu minus nubar: below 2e-4 for m >> sqrt(2 E |V|) = 0.04 MeV."""
    for mass, limit in ((200.0, 1e-6), (10.0, 2e-5), (3.0, 2e-4)):
        with_matter = solved(mass, star).luminosity({"mixing.tau": 1e-9})[0]
        vacuum = solved(mass, star, matter=False).luminosity({"mixing.tau": 1e-9})[0]
        assert_allclose(with_matter, vacuum, rtol=limit, atol=0)
        assert not solved(mass, star).resonant


def test_factor_changes_sign_for_antineutrinos(star):
    """0.5 MeV, tau: V < 0 lowers neutrinos and raises antineutrinos by 1/(1 -+ x)^2."""
    ray = solved(0.5, star, gravity=False)
    rays, mix = ray._rays, ray._matter
    gamma = np.full((ray.energy.size, *rays.radius.shape), 1e-12)
    nu, nubar = (mix.factor("tau", sign, gamma) for sign in (1, -1))
    v = potentials(star.at(rays.radius.ravel()))["tau"].reshape(rays.radius.shape)
    x = 2 * ray.energy[:, None, None] * v / 0.25
    assert_allclose(nu, 1 / (1 - x) ** 2, rtol=5e-3, atol=0)
    assert_allclose(nubar, 1 / (1 + x) ** 2, rtol=5e-3, atol=0)
    assert np.all(nu < 1.0)
    assert np.all(nubar > 1.0)


def test_only_the_relativistic_helicity_is_changed(star):
    one, zero = solved(0.5, star), solved(0.5, star, matter=False)
    assert one._tau["tau"].shape[0] == 4 == zero._tau["tau"].shape[0]
    for state, same in enumerate((False, True, False, True)):
        assert np.array_equal(one._tau["tau"][state], zero._tau["tau"][state]) == same


def test_resonant_emission_has_a_closed_form(star):
    """A narrow line in free streaming, flat space: L = |U|^2 int dV E_r^3 f(E_r) m^2/(2 pi),

    E_r = m^2/(2 |V|), for the one helicity of the neutrinos or antineutrinos that resonate: the
    collision rate drops out. It outshines the rest by 1e7 at 0.03 MeV.
    """
    mass = 0.03
    ray = solved(mass, star, gravity=False)
    assert ray.resonant
    r = np.linspace(1e-3, 60.0, 3001)
    state = star.at(r)
    e_r = mass**2 / (2 * np.abs(potentials(state)["tau"]))
    f = 1 / (np.exp(np.minimum(e_r / state["T"], 700.0)) + 1)
    shell = 4 * np.pi * (r * const.KM) ** 2 * const.KM
    exact = np.trapezoid(shell * e_r**3 * f * mass**2 / (2 * np.pi), r) / const.HBAR / const.ERG
    found = ray.luminosity({"mixing.tau": 1e-20})[0]
    assert_allclose(found, 1e-20 * exact, rtol=0.02, atol=0)
    assert_allclose(ray.luminosity({"mixing.tau": 1e-21})[0], 0.1 * found, rtol=1e-5, atol=0)
    vacuum = solved(mass, star, gravity=False, matter=False).luminosity({"mixing.tau": 1e-20})[0]
    assert found > 1e6 * vacuum


def test_optical_depth_of_a_line_is_landau_zener(star):
    """(pi/2) sin^2 2theta V/|dV/ds| = pi |U|^2 (m^2/E)/|dx/ds| across the resonance of one ray."""
    mass = 0.03
    ray = solved(mass, star, gravity=False)
    rays = ray._rays
    depth = ray._tau["tau"][2].sum(-1)  # antineutrinos, relativistic helicity: [energy, ray]
    b = np.sqrt(rays.radius[0, 0] ** 2 - (rays.distance[0, 0] / const.KM) ** 2)
    energies = np.flatnonzero((ray.energy > 80.0) & (ray.energy < 400.0))
    r = np.linspace(10.001, 30.0, 2001)
    v = -potentials(star.at(r))["tau"]
    s = np.sqrt(r * r - b * b) * const.KM
    expected = []
    for i in energies:
        x = 2 * ray.energy[i] * v / mass**2
        at = np.flatnonzero((x[1:] - 1) * (x[:-1] - 1) < 0)[0]
        slope = (x[at + 1] - x[at]) / (s[at + 1] - s[at])
        expected.append(np.pi * mass**2 / ray.energy[i] / abs(slope))
    ratio = depth[energies, 0] / np.array(expected)
    assert_allclose(ratio.mean(), 1.0, rtol=0, atol=0.05)


def test_resonance_warns_and_is_flagged(star):
    hnl = ab.HNL(mass=0.05 * u.MeV, mixing={"tau": 1e-14}, nature="dirac")
    with pytest.warns(ValidityWarning, match="resonance"):
        emission = ab.supernova.emission(hnl, star)
    assert emission.resonant
    heavier = ab.HNL(mass=0.5 * u.MeV, mixing={"tau": 1e-14}, nature="dirac")
    assert not ab.supernova.emission(heavier, star).resonant  # and no warning


def test_grids_without_a_resonance(star):
    """0.2 MeV, where x reaches 0.3: default energies against twice as many rays, steps, energies."""
    fine = ab.supernova.Resolution(rays=24, steps=120, spectrum=192)
    default = solved(0.2, star).luminosity({"mixing.tau": 1e-9})[0]
    finer = solved(0.2, star, resolution=fine).luminosity({"mixing.tau": 1e-9})[0]
    assert_allclose(default, finer, rtol=1e-3, atol=0)


def test_flavours_have_their_own_potentials(star):
    """Each flavour's share is changed by its own V: the sum of two mixings is the sum of the parts."""
    both = HNL.fast(0.3, (1e-12, 0.0, 1e-12), "dirac")
    ray = solution(both, star)
    parts = [ray.luminosity({f"mixing.{f}": 1e-12})[0] for f in ("e", "tau")]
    together = ray.luminosity({"mixing.e": 1e-12, "mixing.tau": 1e-12})[0]
    assert_allclose(together, sum(parts), rtol=1e-6, atol=0)
    mix = MatterMixing(star, ray._rays, 0.3, ray.energy, ray.weight, True)
    gamma = np.full((ray.energy.size, *ray._rays.radius.shape), 1e-12)
    assert mix.factor("tau", 1, gamma).min() < mix.factor("e", 1, gamma).min()


def test_a_dipole_does_not_mix(star):
    dip = ab.DipoleHNL(mass=0.05 * u.MeV, dipole={"mu": 1e-12 / u.GeV})
    assert not ab.supernova.emission(dip, star).resonant  # and no warning


def test_light_particles_mixed_with_electrons_have_smooth_rates(star):
    """N n -> e p is closed for the slowest N below m_e: the vacuum luminosity has no jump there."""
    models = [HNL.fast(m, (1e-8, 0.0, 0.0), "majorana") for m in (0.1, 0.3, 0.6, 2.0)]
    light = [solution(h, star, matter=False).luminosity({"mixing.e": 1e-16})[0] for h in models]
    assert_allclose(light[:3], [light[3]] * 3, rtol=2e-3, atol=0)
