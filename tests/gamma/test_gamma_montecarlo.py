"""The closed form against explicit decays: four-vectors, exact delays, one photon at a time."""

import math

import numpy as np
import pytest
from gamma_helpers import BAND, SMM_WINDOW, hnl, lifetime, signal, spectrum_b
from numpy.testing import assert_allclose

from astrobounds.constants import C_CM, KPC_CM, M_PI0

DRAWS = 1_200_000
DISTANCE = 50.0 * KPC_CM


def _directions(rng, n):
    cosine = rng.uniform(-1.0, 1.0, n)
    angle = rng.uniform(0.0, 2.0 * math.pi, n)
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(angle), sine * np.sin(angle), cosine])


def _boost(energy, momentum, gamma, axis, beta):
    """Boost a photon (energy, momentum 3 x n) along the unit vectors ``axis``."""
    along = np.sum(momentum * axis, axis=0)
    boosted = gamma * (energy + beta * along)
    change = (gamma - 1.0) * along + gamma * beta * energy
    return boosted, momentum + change * axis


def _parents(rng, mass, mixing, n):
    """Energies from dN/dE by inversion with stratified shares, and the number of particles."""
    kinetic = np.geomspace(1e-3, 1500.0, 40001)
    energy = mass + kinetic
    density = spectrum_b(mass, mixing)(energy)
    share = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(energy))])
    u = rng.permutation((np.arange(n) + rng.uniform(size=n)) / n)
    return np.interp(u, share / share[-1], energy), share[-1]


def _photons(rng, mass, n, pion, polarisation):
    """Rest-frame photon energies, momenta and weights: the line, or one of two pi0 photons."""
    first = _directions(rng, n)
    if not pion:
        energy = np.full(n, 0.5 * mass)
        return energy, first * energy, 1.0 + polarisation * first[2]
    e_pi = (mass**2 + M_PI0**2) / (2.0 * mass)
    beta = (mass**2 - M_PI0**2) / (mass**2 + M_PI0**2)
    second = _directions(rng, n)
    half = np.full(n, 0.5 * M_PI0)
    energy, momentum = _boost(half, half * second, e_pi / M_PI0, first, beta)
    return energy, momentum, 1.0 - polarisation * first[2]  # the pion has asymmetry -1


def monte_carlo(mass, mixing, pion, nature="majorana", polarisation=0.0, radius=3e12, window=SMM_WINDOW,
                seed=7):  # fmt: skip
    """Fluence and its statistical error."""
    rng = np.random.default_rng(seed)
    model = hnl(mass, "tau", mixing, nature)
    ratios = model.branching_ratios()
    photons = 2.0 * ratios["nu pi0"] if pion else ratios["nu gamma"]
    energy, number = _parents(rng, mass, mixing, DRAWS)
    p = np.sqrt(energy**2 - mass**2)
    omega, momentum, weight = _photons(rng, mass, DRAWS, pion, polarisation)
    axis = np.zeros((3, DRAWS))
    axis[2] = 1.0
    lab, vector = _boost(omega, momentum, energy / mass, axis, p / energy)
    cosine = vector[2] / lab
    # decay points even in ln x where the delay can be in the window: 1 % beyond the plane wave
    slowness = energy / p - cosine
    near = np.maximum(0.99 * C_CM * window[0] / slowness, radius)
    far = np.maximum(1.01 * C_CM * window[1] / slowness, 1.0001 * near)
    length = np.log(far / near)
    x = near * np.exp(length * rng.uniform(size=DRAWS))
    flight = p * C_CM * lifetime(model) / mass
    weight = weight * length * x / flight * np.exp(-x / flight)
    across = x**2 * (1.0 - cosine**2)
    real = across < DISTANCE**2
    root = np.sqrt(np.where(real, DISTANCE**2 - across, 0.0))
    time = (x / (p / energy) - x * cosine - across / (DISTANCE + root)) / C_CM
    counted = real & (time > window[0]) & (time < window[1]) & (lab > BAND[0]) & (lab < BAND[1])
    value = np.where(counted, weight, 0.0) * photons * number / (4.0 * math.pi * DISTANCE**2)
    return value.mean(), value.std() / math.sqrt(DRAWS)


def _part(pion, *args, **kwargs):
    """The line or the pi0 part alone of the closed form."""
    from dataclasses import replace

    whole = signal(*args, **kwargs)
    off = (0, 3) if pion else (1, 4)
    groups = tuple(
        replace(g, numbers=tuple(0.0 if i in off else n for i, n in enumerate(g.numbers)))
        for g in whole.photons.groups
    )
    return replace(whole, photons=replace(whole.photons, groups=groups))


@pytest.mark.parametrize(
    ("mass", "mixing", "radius"), [(20.0, 1e-9, 3e12), (20.0, 1e-6, 3e13), (100.0, 1e-9, 3e12),
                                   (100.0, 1e-7, 3e12)]
)  # fmt: skip
def test_line(mass, mixing, radius):
    value, error = monte_carlo(mass, mixing, False, radius=radius)
    closed = _part(False, "B", mass, "tau", mixing, radius=radius).fluences((BAND,), (SMM_WINDOW,))[0, 0]
    assert error < 0.006 * value
    assert_allclose(closed, value, rtol=0.01, atol=0)
    assert abs(closed - value) < 3.0 * error


@pytest.mark.parametrize(
    ("mass", "mixing", "window"),
    [
        (150.0, 1e-11, SMM_WINDOW),
        (200.0, 1e-12, SMM_WINDOW),
        (200.0, 1e-10, (51.2, 61.44)),
        (400.0, 1e-12, SMM_WINDOW),
    ],
)
def test_neutral_pion(mass, mixing, window):
    value, error = monte_carlo(mass, mixing, True, window=window)
    closed = _part(True, "B", mass, "tau", mixing).fluences((BAND,), (window,))[0, 0]
    assert error < 0.008 * value
    assert_allclose(closed, value, rtol=0.02, atol=0)
    assert abs(closed - value) < 4.0 * error


@pytest.mark.parametrize(
    ("mass", "mixing", "pion"), [(20.0, 1e-9, False), (100.0, 1e-8, False), (200.0, 1e-12, True)]
)
@pytest.mark.parametrize("polarisation", [1.0, -1.0])
def test_polarised_dirac(mass, mixing, pion, polarisation):
    """The pion follows the spin; that its photons get -cos chi(omega) comes out of the vectors."""
    value, error = monte_carlo(mass, mixing, pion, "dirac", polarisation)
    part = _part(pion, "B", mass, "tau", mixing, "dirac", polarisation=polarisation)
    plain = _part(pion, "B", mass, "tau", mixing, "dirac").fluences((BAND,), (SMM_WINDOW,))[0, 0]
    closed = part.fluences((BAND,), (SMM_WINDOW,))[0, 0]
    assert abs(closed - value) < 4.0 * error
    assert abs(closed / plain - 1.0) > 8.0 * error / value  # the effect is seen, not hidden in noise
