"""Decay and inverse decay in a medium: widths in vacuum, Monte Carlo of final states, detailed balance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import constants as const
from astrobounds.models import HNL
from astrobounds.models.decays.hnl_channels import unit_decays
from astrobounds.models.process import conjugate, inverse_decays
from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions.decays import (
    ABSENT,
    chemical_potentials,
    dalitz_points,
    medium_factor,
    occupation,
    reduced_rates,
    three_body_factor,
    two_body_factor,
)

T = 30.0
RULE = unit_rule(10)


def medium(t=T, **columns):
    one = np.ones(1)
    state = {
        "T": t, "mu_e": 120.0, "mu_mu": np.nan, "mu_nu_e": 40.0, "mu_nu_mu": 0.0, "mu_nu_tau": 0.0,
        "mu_n": 960.0, "mu_p": 920.0, "shift": 20.0,
    }  # fmt: skip
    return {k: v * one for k, v in {**state, **columns}.items()}


COLD = medium(t=1e-3, mu_e=0.0, mu_nu_e=0.0, mu_n=0.0, mu_p=0.0, shift=0.0)


@pytest.mark.parametrize("flavour", ["e", "mu", "tau"])
@pytest.mark.parametrize("mass", [50.0, 200.0, 400.0, 900.0])
def test_in_vacuum_the_rate_is_the_width_over_the_lorentz_factor(mass, flavour):
    """To rounding, for N and Nbar, every channel; the Majorana sum of both is the Majorana width."""
    energy = mass * np.array([1.001, 1.5, 4.0])
    processes = inverse_decays(unit_decays(mass, flavour))
    rates = reduced_rates(processes, mass, energy, COLD, 12, 8)
    assert chemical_potentials(processes, COLD).shape == (len(processes), 1)
    for nature, signs in (("dirac", (1,)), ("dirac", (-1,)), ("majorana", (1, -1))):
        model = HNL.from_values({"mass": mass, f"mixing.{flavour}": 1.0}, nature=nature)
        found = sum(rates[i, 0] for i, p in enumerate(processes) if p.lepton_number in signs)
        for place in range(2):
            assert_allclose(found[:, place], model.width_mev * mass / energy, rtol=1e-12, atol=0)


def test_unit_decays_are_those_of_the_model():
    model = HNL.from_values({"mass": 300.0, "mixing.mu": 1.0}, nature="dirac")
    mine = sorted(unit_decays(300.0, "mu"), key=lambda d: -d.width)
    assert [(d.products, d.width) for d in mine] == [(d.products, d.width) for d in model.decays()]


def fermi(e, mu, sign, t=T):
    return 1.0 / (np.exp(np.minimum((e - mu) / t, 700.0)) + sign)


def test_two_body_factor_against_quad():
    """N -> e- pi+ at 250 MeV in flight, both occupations, both kinds of parents."""
    mass, energy = 250.0, 330.0
    masses, mus, signs = np.array([const.M_E, const.M_PI]), np.array([120.0, -60.0]), np.array([1.0, -1.0])
    e1 = 0.5 * (mass**2 + masses[0] ** 2 - masses[1] ** 2) / mass
    p1, gamma = np.sqrt(e1 * e1 - masses[0] ** 2), energy / mass
    boost = np.sqrt(gamma**2 - 1)
    for parent in (1.0, -1.0):
        def integrand(c):
            first = gamma * e1 + boost * p1 * c
            f1, f2 = fermi(first, mus[0], 1), fermi(energy - first, mus[1], -1)
            return 0.5 * ((1 - f1) * (1 + f2) + parent * f1 * f2)  # noqa: B023

        want = quad(integrand, -1, 1, epsabs=0, epsrel=1e-10)[0]
        got = two_body_factor(energy, mass, masses, mus, signs, T, parent, RULE)
        assert_allclose(got, want, rtol=1e-6, atol=0)


@pytest.mark.parametrize(("channel", "flavour", "mass"), [
    ("nu e e", "tau", 60.0), ("3nu", "e", 100.0), ("nu e mu", "mu", 180.0), ("nu mu mu", "e", 250.0),
])  # fmt: skip
def test_three_body_factor_against_monte_carlo(channel, flavour, mass):
    """Flat Dalitz points weighted by |M|^2, random orientations: 4e5 decays."""
    state = medium(mu_mu=80.0)
    decay = next(d for d in unit_decays(mass, flavour) if d.channel == channel)
    filled = [occupation(state, p) for p in decay.products]
    m, mu = np.array([x[0] for x in filled]), [float(x[2][0]) for x in filled]
    energy = mass + 50.0
    rng, n = np.random.default_rng(3), 400_000
    s = (m[1] + m[2] + (mass - m.sum()) * rng.random(n)) ** 2  # mass^2 of the pair 2 3
    e1 = 0.5 * (mass**2 + m[0] ** 2 - s) / mass
    p1 = np.sqrt(np.maximum(e1 * e1 - m[0] ** 2, 0.0))
    root = np.sqrt(s)
    e2s = 0.5 * (s + m[1] ** 2 - m[2] ** 2) / root
    k = np.sqrt(np.maximum(e2s**2 - m[1] ** 2, 0.0))
    axis = rng.normal(size=(2, n, 3))
    axis /= np.linalg.norm(axis, axis=-1, keepdims=True)
    c = (axis[0] * axis[1]).sum(-1)  # of 2 in the frame of the pair, which recoils along -axis[0]
    gamma, boost = (mass - e1) / root, p1 / root
    e2 = gamma * e2s - boost * k * c
    along = -boost * e2s + gamma * k * c
    p2 = k[:, None] * (axis[1] - c[:, None] * axis[0]) + along[:, None] * axis[0]
    weight = p1 * k * decay.amplitude(e1, e2, mass - e1 - e2)  # ds = 2 root d(root): p1 k ds/root
    g = energy / mass
    z1, z2 = p1 * axis[0, :, 2], p2[:, 2]
    first, second = g * e1 + np.sqrt(g * g - 1) * z1, g * e2 + np.sqrt(g * g - 1) * z2
    f = [fermi(e, x, 1) for e, x in zip((first, second, energy - first - second), mu)]
    filling = (1 - f[0]) * (1 - f[1]) * (1 - f[2]) + f[0] * f[1] * f[2]
    want = (weight * filling).sum() / weight.sum()
    got, total = medium_factor(mass, decay.products, decay.amplitude, state, np.array([energy]))
    assert_allclose(got[0, 0], want, rtol=6e-3, atol=0)
    assert_allclose(total[0], sum(mu), rtol=1e-12, atol=0)


def test_inverse_decay_follows_from_detailed_balance():
    """<prod f> = f_eq Gamma*/Gamma with mu_X = sum mu, two and three products, fermions and bosons."""
    energy = 330.0
    for masses, mus, signs, parent in (
        ([const.M_E, const.M_PI], [120.0, -60.0], [1.0, -1.0], 1.0),
        ([0.0, 0.0], [30.0, 20.0], [1.0, 1.0], -1.0),
    ):  # fmt: skip
        a = [np.array(x) for x in (masses, mus, signs)]
        both = two_body_factor(energy, 250.0, *a, T, parent, RULE)
        inverse = (both - two_body_factor(energy, 250.0, *a, T, 0.0, RULE)) * parent
        assert_allclose(inverse, both / (np.exp((energy - sum(mus)) / T) + parent), rtol=1e-9, atol=0)
    points = dalitz_points(250.0, (0.0, 0.0, 0.0), None)
    mus, signs, azimuths = np.array([40.0, -20.0, 10.0]), np.ones(3), np.array([-0.5, 0.0, 0.5])
    rest = signs, T
    both = three_body_factor(energy, 250.0, mus, *rest, 1.0, points, RULE, azimuths)
    inverse = both - three_body_factor(energy, 250.0, mus, *rest, 0.0, points, RULE, azimuths)
    assert_allclose(inverse, both / (np.exp((energy - 30.0) / T) + 1.0), rtol=1e-9, atol=0)


def test_occupations_of_the_medium():
    state = medium()
    assert occupation(state, "nubar_e") == (0.0, 1, -40.0)
    assert occupation(state, "e+")[2] == -120.0
    assert occupation(state, "pi-") == (const.M_PI, -1, 60.0)
    assert occupation(state, "pi+")[2] == -60.0
    assert occupation(medium(mu_n=1100.0), "pi-")[2] == const.M_PI - T  # no condensate
    assert occupation(state, "mu-")[2] == occupation(state, "mu+")[2] == ABSENT
    assert occupation(medium(mu_mu=80.0), "mu+")[2] == -80.0
    assert occupation(state, "gamma") == (0.0, -1, 0.0)
    assert occupation(state, "hadrons")[1] == 0
    assert [conjugate(x) for x in ("nu_e", "nubar_tau", "K*+", "e-", "pi0", "gamma")] == [
        "nubar_e", "nu_tau", "K*-", "e+", "pi0", "gamma",
    ]  # fmt: skip


def test_blocking_and_enhancement():
    """Electrons block N -> e- pi+; thermal pions and photons enhance what they are made with."""
    energy = np.array([300.0])
    free = medium_factor(250.0, ("e-", "pi+"), None, COLD, energy)[0][0, 0]
    blocked = medium_factor(250.0, ("e-", "pi+"), None, medium(), energy)[0][0, 0]
    assert_allclose(free, 1.0, rtol=1e-12, atol=0)
    assert 0.0 < blocked < 0.8
    factor, mu = medium_factor(250.0, ("nu_tau", "gamma"), None, medium(), energy)
    assert factor[0, 0] > 1.0
    assert mu[0] == 0.0


def test_nothing_makes_what_the_medium_lacks():
    """Without muons N -> mu- pi+ is absorption alone: f_eq at its chemical potential is zero."""
    factor, mu = medium_factor(300.0, ("mu-", "pi+"), None, medium(), np.array([350.0]))
    assert mu[0] < -5e3
    assert factor[0, 0] > 1.0  # pions enhance, muons do not block
