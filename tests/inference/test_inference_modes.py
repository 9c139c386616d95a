"""A chain that starts in a sliver of the posterior must still find every mode.

log10 m in 1-2.69, log10 U_e^2 in -12 to -2, flat priors; peak searches and beam decays leave gaps in
mass, and the lifetime term makes large mixing necessary. A chain started at 158-398 MeV can sit at
462-490 MeV, which holds under 0.1 % of the posterior, while every usual diagnostic passes.
"""

import astropy.units as u
import numpy as np
import pytest
from toys import Lifetime

import astrobounds as ab

ENDS = np.array([1.0, *np.log10([62.0342, 135.254, 140.1, 144.0, 462.0]), 2.69])


def posterior(**options):
    return ab.Posterior(
        ab.HNL,
        {"mass": ab.LogUniform(10 * u.MeV, 10**2.69 * u.MeV), "mixing.e": ab.LogUniform(1e-12, 1e-2)},
        [Lifetime(**options)],
    )


def grid_weights(toy):
    """Piecewise: Gauss-Legendre in log10 m between curve ends, a trapezium in log10 U^2."""
    y = np.linspace(-12.0, -2.0, 4001)
    nodes, weights = np.polynomial.legendre.leggauss(12)
    out = []
    for a, b in zip(ENDS[:-1], ENDS[1:]):
        total, cuts = 0.0, np.linspace(a, b, 13)
        for c, d in zip(cuts[:-1], cuts[1:]):
            for x, w in zip(0.5 * (c + d) + 0.5 * (d - c) * nodes, 0.5 * (d - c) * weights):
                total += w * np.trapezoid(np.exp(toy.column(10**x, 10**y)), y)
        out.append(total)
    return np.array(out) / np.sum(out)


def starts(which, rng):
    if which == "default":
        return None
    if which == "sliver":
        return np.column_stack([rng.uniform(2.2, 2.6, 32), rng.uniform(-9, -8, 32)])
    return np.array([[2.68, -8.5]])


@pytest.mark.parametrize("which", ["default", "sliver", "one point"])
def test_weights_of_separate_modes(which):
    post = posterior()
    expected = grid_weights(post.constraints[0])
    assert expected[0] > 0.7  # most of the posterior lies below 62 MeV
    start = starts(which, np.random.default_rng(3))
    chain = ab.sample(post, walkers=32, start=start, steps=4000, progress=False, seed=11)
    mass = chain.flat()[:, 0]
    weights = np.histogram(mass, ENDS)[0] / mass.size
    assert np.all(np.abs(weights - expected) < np.maximum(0.1 * expected, 0.005))
    assert "autocorrelation times" in chain.diagnosis


@pytest.mark.parametrize("options", [{"tau_max": 0.1}, {"curves": Lifetime.curves[1:]}])
def test_variants_with_other_weights(options):
    post = posterior(**options)
    expected = grid_weights(post.constraints[0])
    chain = ab.sample(post, walkers=32, steps=4000, progress=False, seed=5)
    weights = np.histogram(chain.flat()[:, 0], ENDS)[0] / len(chain.flat())
    assert np.all(np.abs(weights - expected) < np.maximum(0.1 * expected, 0.005))
