"""Published goldens of the tau-mixing benchmark on the fiducial profile.

Dirac N and Nbar, mu_nu = 0 for every flavour, flat space, 60 km, no decays in the mean free path,
criterion L = 3e52 erg/s; conventions and profile of arXiv:1611.03864 and arXiv:2311.00033.
"""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq

import astrobounds as ab
from astrobounds.supernova.signals.cooling import free_streaming_shares
from astrobounds.supernova.transport.solution import solution

LITERATURE = {"nucleons": "contact", "decays": False}  # the benchmark has neither
FINE = ab.supernova.Resolution(radii=16, energies=20, outer=16, inner=10, rays=16, steps=120, spectrum=32)


@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial")


def solve(mass, star, **options):
    hnl = ab.HNL(mass=mass * u.MeV, mixing={"tau": 1e-9}, nature="dirac")
    return solution(hnl, star, **{"gravity": False, "resolution": FINE, **LITERATURE, **options})


def edge(ray, low, high):
    """Return |U|^2 where L = 3e52 erg/s."""
    f = lambda x: np.log(ray.luminosity({"mixing.tau": 1.0}, [np.exp(x)])[0] / 3e52)  # noqa: E731
    return np.exp(brentq(f, np.log(low), np.log(high), xtol=1e-7))


@pytest.mark.parametrize(("mass", "free", "low", "high", "peak"), [
    (10.0, 4.2333e59, 7.102e-8, 0.53, 9.46e54),
    (100.0, 2.6326e59, 1.146e-7, 9.365e-4, 2.58e54),
    (200.0, 5.8520e58, 5.528e-7, 8.906e-5, 1.99e53),
])  # fmt: skip
def test_tau_mixing_with_averaged_helicities(star, mass, free, low, high, peak):
    ray = solve(mass, star, helicity="averaged")
    assert_allclose(ray.luminosity({"mixing.tau": 1e-13})[0] / 1e-13, free, rtol=1e-3, atol=0)
    assert_allclose(edge(ray, 1e-9, 3e-6), low, rtol=3e-3, atol=0)
    assert_allclose(edge(ray, 1e-5, 1.0), high, rtol=1e-2, atol=0)
    luminosity = ray.luminosity({"mixing.tau": 1.0}, np.geomspace(1e-7, 1e-1, 200))
    assert_allclose(luminosity.max(), peak, rtol=1e-2, atol=0)


@pytest.mark.parametrize(("mass", "low", "high"), [(10.0, 7.118e-8, None), (100.0, 1.151e-7, 2.925e-3)])
def test_tau_mixing_helicity_resolved(star, mass, low, high):
    """The weakly coupled helicity escapes from deeper: the trapping edge moves up three times."""
    ray = solve(mass, star)
    assert_allclose(edge(ray, 1e-9, 3e-6), low, rtol=2e-3, atol=0)
    if high is None:
        assert ray.luminosity({"mixing.tau": 1.0})[0] > 3e52
    else:
        assert_allclose(edge(ray, 1e-4, 1.0), high, rtol=3e-3, atol=0)


def test_channel_shares_and_mean_energy(star):
    """Nucleon neutral currents dominate, as published."""
    hnl = ab.HNL(mass=100 * u.MeV, mixing={"tau": 1e-9}, nature="dirac")
    shares = free_streaming_shares(hnl, star, gravity=False, resolution=FINE, **LITERATURE)
    expected = {"n": 0.674, "p": 0.279, "e": 0.037, "nu": 0.010}
    assert set(shares) == set(expected)
    assert_allclose([shares[g] for g in expected], list(expected.values()), rtol=0, atol=1.5e-3)
    assert shares["n"] + shares["p"] > 0.9
    mean = ab.supernova.emission(hnl, star, gravity=False, resolution=FINE, **LITERATURE).mean_energy
    assert_allclose(mean.to_value(u.MeV), 172.2, rtol=0, atol=0.1)


@pytest.mark.parametrize(("mass", "ratio"), [(10.0, 0.6065), (100.0, 0.5209)])
def test_gravity_takes_forty_to_fifty_per_cent(star, mass, ratio):
    flat = solve(mass, star).luminosity({"mixing.tau": 1e-13})[0]
    curved = solve(mass, star, gravity=True).luminosity({"mixing.tau": 1e-13})[0]
    assert_allclose(curved / flat, ratio, rtol=1e-3, atol=0)


def test_default_resolution_reproduces_the_benchmark(star):
    """What a user gets without options but flat space: 0.1 % thin, 0.5 % at the trapping edge."""
    ray = solve(100.0, star, resolution=ab.supernova.Resolution())
    assert_allclose(ray.luminosity({"mixing.tau": 1e-13})[0] / 1e-13, 2.6326e59, rtol=1e-3, atol=0)
    assert_allclose(edge(ray, 1e-4, 1.0), 2.925e-3, rtol=5e-3, atol=0)


def test_published_order_of_magnitude_of_the_bound(star):
    """arXiv:1910.10249, without nucleon channels: sin^2 theta <~ 5e-7 at masses of order 100 MeV."""
    assert 5e-8 < edge(solve(100.0, star, gravity=True), 1e-9, 3e-6) < 5e-7
