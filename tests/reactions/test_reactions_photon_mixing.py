"""Mixing with the photon in a plasma: self-energies, resonances, the mean over a cell."""

import numpy as np
import pytest
from boson_media import MU_E, N_N, N_P, W_PL, T, rate
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.optimize import brentq

from astrobounds import constants as const
from astrobounds.models.decays import dark_photon_widths
from astrobounds.reactions import dipole_bremsstrahlung, pair_coalescence
from astrobounds.reactions.dressing import photon_mixing as mixing

T_, L_ = mixing.TRANSVERSE, mixing.LONGITUDINAL


def test_self_energies_are_those_worked_out():
    assert_allclose(mixing.self_energy(60.0, 30.0, W_PL, T_), 193.1116, rtol=1e-6, atol=0)
    assert_allclose(mixing.self_energy(60.0, 30.0, W_PL, L_), 81.1127, rtol=1e-6, atol=0)


@pytest.mark.parametrize("polarisation", [T_, L_])
def test_self_energies_are_smooth_from_rest_to_the_light_cone(polarisation):
    assert_allclose(mixing.self_energy(20.0 * (1 + 1e-9), 20.0, 3.0, polarisation), 9.0, rtol=1e-6, atol=0)
    for x in (1e-3, 0.1):
        mass = 10.0
        low, high = (mass / np.sqrt(1.0 - (x * (1.0 + s * 1e-10)) ** 2) for s in (-1, 1))
        a, b = (mixing.self_energy(e, mass, 3.0, polarisation) for e in (low, high))
        assert_allclose(a, b, rtol=1e-6, atol=0)
    light = mixing.self_energy(1e4, 1.0, 3.0, T_)
    assert_allclose(light, 13.5, rtol=1e-5, atol=0)


def test_mixed_rates_are_those_worked_out():
    brems = rate(dipole_bremsstrahlung.fill, 60.0, (T, N_N, N_P, 938.92), (30.0, 1), 2)
    width = dark_photon_widths.lepton_pair(30.0, const.M_E)
    pairs = rate(pair_coalescence.fill, 60.0, (T, MU_E, const.M_E), (30.0, width))
    assert_allclose(pairs, 6.8425e-5, rtol=1e-4, atol=0)
    got = [
        (brems[s] + pairs) * mixing.point_factor(60.0, 30.0, W_PL, brems[s] + pairs, s) for s in (T_, L_)
    ]
    assert_allclose(got, [0.57700, 0.107646], rtol=2e-3, atol=0)


def test_heavy_particles_do_not_mix_with_the_medium_and_light_transverse_ones_are_suppressed():
    assert_allclose(mixing.point_factor(2e3, 1e3, W_PL, 1e-6, T_), 1.0, rtol=1e-3, atol=0)
    e, m = 60.0, 0.01
    assert_allclose(
        mixing.point_factor(e, m, W_PL, 1e-6, T_), m**4 / (1.5 * W_PL**2) ** 2, rtol=1e-3, atol=0
    )


@pytest.mark.parametrize(("mass", "value", "where"), [(0.1, 26.562, 52.785), (1.0, 2120.1, 39.737)])
def test_a_narrow_longitudinal_resonance_emits_the_published_energy(mass, value, where):
    def detuning(e):
        return mass**2 - mixing.self_energy(e, mass, W_PL, L_)

    found = brentq(detuning, 1.5 * W_PL, 200.0, xtol=1e-12)
    assert_allclose(found, where, rtol=1e-5, atol=0)
    # Q = int dE (pE^2/2pi^2) f_B Gamma*: the Lorentzian integrated for a width that is small but finite
    gamma = 1e-6 * mass**2 / where

    def density(e):
        p = np.sqrt(e * e - mass * mass)
        rate = gamma * mixing.point_factor(e, mass, W_PL, gamma, L_)
        return p * e * e / (2.0 * np.pi**2) * rate / np.expm1(e / T)

    slope = abs(detuning(found * (1 + 1e-6)) - detuning(found * (1 - 1e-6))) / (2e-6 * found)
    width = found * gamma / slope
    edges = found + width * np.array([-1e5, -1e3, -30.0, 0.0, 30.0, 1e3, 1e5])
    total = sum(quad(density, a, b, epsrel=1e-6, limit=400)[0] for a, b in zip(edges[:-1], edges[1:]))
    assert_allclose(total, value, rtol=1e-4, atol=0)


@pytest.mark.parametrize(("a", "b"), [(-3.0, 5.0), (2.0, 9.0), (-7.0, -6.99), (4.0, 4.0), (0.0, 1e-3)])
@pytest.mark.parametrize("w", [1e-3, 1.0, 50.0])
def test_the_mean_over_a_cell_is_the_integral(a, b, w):
    def density(s):
        return 1.0 / ((a + (b - a) * s) ** 2 + w * w)

    at = [min(max(-a / (b - a), 0.0), 1.0)] if a * b < 0 else None
    want = quad(density, 0.0, 1.0, epsabs=0.0, epsrel=1e-10, limit=500, points=at)[0]
    assert_allclose(mixing.mean_lorentzian(a, b, w), want, rtol=1e-7, atol=0)


@pytest.mark.parametrize(
    ("middle", "a", "b"),
    [(0.3, 5.0, 2.0), (9.0, 3.0, 1.0), (0.0, 1.0, 1e-5), (4.0, 1e-5, 1e-5), (-2.0, 3.0, -3.0)],
)
@pytest.mark.parametrize("w", [0.05, 3.0])
def test_the_mean_over_a_cell_and_its_energies_is_the_double_integral(middle, a, b, w):
    x, weight = np.polynomial.legendre.leggauss(1500)
    lines = [
        mixing.mean_lorentzian(middle + 0.5 * b * y - 0.5 * a, middle + 0.5 * b * y + 0.5 * a, w) for y in x
    ]
    assert_allclose(mixing.mean_plane(middle, a, b, w), 0.5 * weight @ np.array(lines), rtol=1e-5, atol=0)


def test_a_line_crossed_along_a_path_has_the_depth_of_its_slope():
    mass, gamma, e = 1.0, 1e-9, 40.0
    where = brentq(lambda w: mass**2 - mixing.self_energy(e, mass, w, L_), 1.0, 40.0)
    w1, w2, out = 0.99 * where, 1.01 * where, np.empty((1, 1))
    one, width = np.ones(1), 1e-6
    at = np.full((1, 1), e)
    tiles = np.array([e - width, e + width])
    mixing.cell_factors(
        tiles, one, one, np.array([w1]), np.array([w2]), at, np.full((1, 1), gamma), mass, L_, out
    )
    length = 7.0
    p = np.sqrt(e**2 - mass**2)
    got = out[0, 0] * gamma * length * e / p
    slope = (mixing.self_energy(e, mass, w2, L_) - mixing.self_energy(e, mass, w1, L_)) / length
    assert_allclose(got, np.pi * mass**4 / (p * slope), rtol=1e-5, atol=0)


def test_every_energy_that_resonates_is_counted_once():
    """int dE F Gamma over tiles, however coarse, is pi m^4/(E |dPi/dE|) at the line."""
    mass, w_pl, gamma = 1.0, 12.0, 1e-10
    line = mixing.resonant_energy(mass, w_pl, L_)
    step = 1e-4 * line
    above, below = (mixing.self_energy(line + d, mass, w_pl, L_) for d in (step, -step))
    want = np.pi * mass**4 / (line * abs(above - below) / (2.0 * step))
    one, plasma = np.ones(1), np.full(1, w_pl)
    for n in (8, 64):
        tiles = np.linspace(0.95 * line, 1.06 * line, n + 1)
        middle = 0.5 * (tiles[1:] + tiles[:-1])[:, None]
        out = np.empty((n, 1))
        mixing.cell_factors(tiles, one, one, plasma, plasma, middle, np.full((n, 1), gamma), mass, L_, out)
        assert_allclose((np.diff(tiles) @ out[:, 0]) * gamma, want, rtol=0.02, atol=0)
