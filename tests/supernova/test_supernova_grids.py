"""Radial grids: what a coarse one does at the kink of the profile, and what the default leaves."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.interpolate import CubicSpline
from star_tables import mixed, rate_table

import astrobounds as ab
from astrobounds.supernova.transport.settings import Resolution

STAR = ab.supernova.load("fiducial")
FINE = Resolution(radii=28, energies=32, outer=20, inner=14, rays=24, steps=100, spectrum=40)
KINK = 10.0  # km


def power_per_radius(mass):
    """Functions of radius [km] below and above the kink: emissivity of tau mixing times r^2."""
    table = rate_table(mixed(mass, "tau"), STAR, Resolution(radii=20, energies=20))
    e = table.energy
    u_of = np.sqrt(e - mass)
    cell = 2 * u_of * e**2 * np.sqrt(e**2 - mass**2)
    emissivity = sum(
        CubicSpline(u_of, table.production(i) * cell, axis=1).integrate(u_of[0], u_of[-1])
        for i in range(len(table.processes))
    )
    inner, outer = table.pieces
    low = CubicSpline(inner, emissivity[: inner.size] * inner**2)
    high = CubicSpline(np.log(outer), np.log(emissivity[inner.size :] * outer**2))
    return low, lambda r: np.exp(high(np.log(r)))


@pytest.mark.parametrize(("mass", "bias_in_the_core", "bias"), [(100.0, 0.03, 0.37), (300.0, 0.07, 0.78)])
def test_coarse_radii_bias_the_luminosity_upwards(mass, bias_in_the_core, bias):
    """25 radii with one at the kink: the slope jumps there by D and the sum is h^2 D/12 too large.

    That is 3 % and 7 % for 25 radii through the inner 16 km, ten times more for 25 out to 60 km.
    """
    low, high = power_per_radius(mass)
    slopes = low(KINK, 1), (high(KINK + 1e-4) - high(KINK)) / 1e-4
    for r_max, expected in ((16.0, bias_in_the_core), (60.0, bias)):
        exact = quad(low, 0, KINK, epsabs=0)[0] + quad(high, KINK, r_max, epsabs=0)[0]
        r = np.linspace(0.0, r_max, 25)
        assert np.isclose(r, KINK).any()
        values = np.where(r < KINK + 1e-9, low(r), high(np.maximum(r, KINK)))
        found = np.trapezoid(values, r) / exact - 1.0
        assert_allclose(found, expected, rtol=0.15, atol=0)
    for n in (193, 385):  # each halving of the step takes three quarters of the bias
        r = np.linspace(0.0, 60.0, n)
        values = np.where(r < KINK + 1e-9, low(r), high(np.maximum(r, KINK)))
        found = np.trapezoid(values, r) - exact
        assert_allclose(found, r[1] ** 2 / 12 * (slopes[0] - slopes[1]), rtol=0.05, atol=0)


@pytest.mark.parametrize("mass", [100.0, 300.0])
@pytest.mark.parametrize("gravity", [False, True])
def test_the_default_grid_is_converged(mass, gravity):
    """Parts are split at the kink: 14 nodes in each leave less than 0.2 % of the luminosity."""
    hnl = ab.HNL(mass=mass * u.MeV, mixing={"tau": 1e-10})
    default = ab.supernova.emission(hnl, STAR, gravity=gravity).luminosity_erg_s
    fine = ab.supernova.emission(hnl, STAR, gravity=gravity, resolution=FINE).luminosity_erg_s
    assert_allclose(default, fine, rtol=2e-3, atol=0)
