"""nu_a nu_b <-> X with neutrinos momentum by momentum: conservation, balance, against thermal runs."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.cosmology.mediators import exchange, plateaus, resolved, resolved_kernels, thermal
from astrobounds.cosmology.neutrinos.kinetic import solve as kinetic
from astrobounds.models import neutrino_pairs as pairs

E, MU, TAU = range(3)


def vector(mass, g, a, b):
    w = np.zeros((3, 3))
    w[a, b] = w[b, a] = g * g * mass / (24.0 * np.pi)
    return pairs.PairBoson(mass, 3, w)


def one_exchange(x, state, falling, angles=24, oscillate=False):
    """d/dt of all occupations, and the Jacobian, at one moment."""
    grids = (*kinetic.momentum_grid(), *exchange.momentum_nodes(40, resolved.TOP, resolved.LOW))
    n = len(grids[0])
    u = np.tile(np.eye(3), (n, 1, 1))
    if oscillate:
        angle = 0.6
        u[:, :2, :2] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    out, jac = np.zeros(len(state)), np.zeros((len(state), len(state)))
    what = np.array([x.mass, float(x.degrees)]), np.sqrt(x.widths)
    nodes = exchange.angle_nodes(angles)
    resolved_kernels.exchange(
        state, *what, falling, grids, nodes, u, 1.0, (1.0, 1e9), out, jac, True
    )
    return grids, out, jac


def occupations(T, xi, mass, falling, T_X, mu_X):
    """Fermi-Dirac and Bose-Einstein occupations as one state."""
    y, _ = kinetic.momentum_grid()
    q, _ = exchange.momentum_nodes(40, resolved.TOP, resolved.LOW)
    nu = [1.0 / (np.exp(y * falling / t - x) + 1.0) for t, x in zip(T, xi)]
    return np.concatenate([*nu, [1.0, 0.0], 1.0 / np.expm1((np.hypot(q * falling, mass) - mu_X) / T_X)])


@pytest.mark.parametrize("oscillate", [False, True])
def test_every_event_keeps_number_and_energy(oscillate):
    falling, x = 0.5, vector(0.8, 1e-9, E, TAU)
    state = occupations((0.6, 0.5, 0.45), (0.1, 0.0, -0.4), x.mass, falling, 0.7, -0.2)
    grids, out, jac = one_exchange(x, state, falling, oscillate=oscillate)
    y, w, q, wq = grids
    n = len(y)
    number = np.concatenate([np.tile(w * y**2 / np.pi**2, 3), [0.0, 0.0], 3.0 / np.pi**2 * wq * q**2])
    of_x = 3.0 / (2.0 * np.pi**2) * wq * q**2 * np.hypot(q, x.mass / falling)
    energy = np.concatenate([np.tile(w * y**3 / np.pi**2, 3), [0.0, 0.0], of_x])
    inside = q < 18.0  # beyond, neutrinos above the last node keep their energy alone
    state[3 * n + 2 :][~inside] = 0.0
    for weight, rtol in ((number, 1e-6), (energy, 1e-9)):
        assert abs(weight @ out) < rtol * np.abs(weight * out).sum()
        assert np.abs(weight @ jac).max() < rtol * np.abs(weight[:, None] * jac).max()


def test_rates_vanish_in_equilibrium_and_decay_at_the_right_rate():
    falling, x = 0.5, vector(0.8, 1e-9, E, TAU)
    T, xi = (0.6, 0.55, 0.6), (0.1, 0.3, -0.4)
    state = occupations(T, xi, x.mass, falling, 0.6, 0.6 * (0.1 - 0.4))
    (y, _, q, _), out, jac = one_exchange(x, state, falling)
    last = 3 * len(y) + 2
    loss = -np.diag(jac)[last:]
    some = q < 15.0
    assert np.max(np.abs(out[last:] / (loss * state[last:]))[some]) < 1e-8
    empty = np.concatenate([np.full(3 * len(y), 1e-28), [1.0, 0.0], np.ones(len(q))])
    _, out, _ = one_exchange(x, empty, falling)
    want = x.width * x.mass / np.hypot(q * falling, x.mass)
    assert_allclose(-out[last:], want, rtol=1e-9, atol=0)


def test_the_jacobian_is_that_of_the_exchange():
    falling, x = 0.5, vector(0.8, 1e-9, E, TAU)
    state = occupations((0.6, 0.5, 0.45), (0.1, 0.0, -0.4), x.mass, falling, 0.7, -0.2)
    _, _, jac = one_exchange(x, state, falling, oscillate=True)
    for j in (2, 9, 40, 75, 110, 120, 135):
        step = 1e-6 * state[j] if state[j] > 0.0 else 1e-9
        up, down = state.copy(), state.copy()
        up[j] += step
        down[j] -= step
        got = (one_exchange(x, up, falling, oscillate=True)[1]
               - one_exchange(x, down, falling, oscillate=True)[1]) / (2.0 * step)  # fmt: skip
        assert_allclose(jac[:, j], got, rtol=0, atol=2e-5 * np.abs(got).max() + 1e-40)


def test_oscillations_carry_an_off_diagonal_coupling_to_every_state():
    """Rates of states add up to those of flavours at equal occupations, whatever the mixing."""
    falling, x = 0.5, vector(0.8, 1e-9, E, TAU)
    state = occupations((0.6,) * 3, (0.1,) * 3, x.mass, falling, 0.7, -0.2)
    (y, _, _, _), plain, _ = one_exchange(x, state, falling)
    _, mixed, _ = one_exchange(x, state, falling, oscillate=True)
    n = len(y)
    assert_allclose(mixed[3 * n :], plain[3 * n :], rtol=1e-12, atol=0)
    assert_allclose(mixed[: 3 * n].reshape(3, n).sum(axis=0), plain[: 3 * n].reshape(3, n).sum(axis=0),
                    rtol=1e-9, atol=1e-40)  # fmt: skip
    assert np.abs(mixed[n : 2 * n]).max() > 0.1 * np.abs(mixed[:n]).max()
    assert np.abs(plain[n : 2 * n]).max() == 0.0


def test_without_coupling_the_run_is_the_standard_one():
    got = resolved.solve(vector(1.0, 1e-18, E, TAU), settings=resolved.Settings(extrapolate=False))
    assert_allclose(got.background.Neff, kinetic.standard().Neff, rtol=1e-6, atol=0)


def test_a_light_boson_reaches_the_plateau_of_three_flavours():
    """States of vacuum mass share an off-diagonal coupling: three flavours, not two."""
    found = resolved.solve(vector(0.01, 1e-9, E, TAU))
    got = found.background.Neff - kinetic.standard().Neff
    assert_allclose(got, plateaus.plateau(3, 3).delta_neff(3), rtol=0.012, atol=0)
    common = thermal.solve(vector(0.01, 1e-9, E, TAU), "common").background.Neff
    assert_allclose(found.background.Neff, common, rtol=1e-3, atol=0)
    n, _, _ = found.moments()
    total = found.number.sum(axis=1) + 2.0 * n
    cold = found.background.Tg < 0.02
    assert_allclose(total[cold], total[-1], rtol=1e-5, atol=0)


@pytest.mark.slow
def test_spectra_and_thermal_neutrinos_agree_where_they_must():
    """Within 5 % of Delta N_eff in equilibrium, 3 % for a light boson out of it."""
    x = vector(10.0, 1e-7, E, TAU)
    a, b = resolved.solve(x).background.Neff, thermal.solve(x, "common").background.Neff
    assert_allclose(a - 3.044, b - 3.044, rtol=0.05, atol=0)
    free = pairs.PairBoson(0.01, 3, 9e-24 * 0.01 / (36.0 * np.pi) * np.eye(3))
    late = np.array([resolved.solve(free).background.Neff, thermal.solve(free, "common").background.Neff])
    late -= 3.044
    assert_allclose(late[0], late[1], rtol=0.03, atol=0)
    assert_allclose(late, 0.147, rtol=0.03, atol=0)


def test_fast_neutrinos_of_a_heavy_boson_are_not_thermal():
    """m = 30 MeV, decays around 1 MeV: spectra give a third less than a thermal spectrum would."""
    x = vector(30.0, 1e-10, E, TAU)
    a, b = resolved.solve(x), thermal.solve(x)
    assert_allclose(a.background.Neff, 3.0759, rtol=3e-4, atol=0)
    assert 0.7 < (a.background.Neff - 3.0439) / (b.background.Neff - 3.0440) < 0.9


def test_abundances_with_resolved_neutrinos():
    med = ab.Mediator(1 * u.MeV, {("e", "tau"): 1e-9})
    got = ab.cosmology.bbn(med, neutrinos="momentum")
    thermal_run = ab.cosmology.bbn(med)
    assert_allclose(got.Neff, 3.522, rtol=1e-3, atol=0)
    assert_allclose(got.Yp, thermal_run.Yp, rtol=0.02, atol=0)
    assert got.background.boson.boson.mass == 1.0
