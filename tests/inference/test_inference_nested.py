"""Nested sampling, the chain and a grid agree: two modes, a banana, a hard kinematic edge."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from toys import Gaussian, Shaped

import astrobounds as ab
from astrobounds.errors import ConfigError
from astrobounds.inference import nested

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
EDGES = np.linspace(1.0, 3.0, 9)


def grid_of(toy):
    """Return (weights of the regions, ln of the evidence), by the midpoint rule."""
    x = 1.0 + (np.arange(2400) + 0.5) * 2.0 / 2400
    y = -10.0 + (np.arange(1600) + 0.5) * 8.0 / 1600
    density = np.exp(toy.at(x[:, None], y[None, :])).sum(1)
    weights = np.histogram(x, EDGES, weights=density)[0]
    return weights / weights.sum(), float(np.log(density.sum() / (x.size * y.size)))


def regions_of(chain):
    return np.histogram(np.log10(chain.values("mass")), EDGES)[0] / len(chain.flat())


def compared(found, exact, effective):
    """Within 5 % where a region holds over 1 % (or four standard errors, if those are larger)."""
    for f, e in zip(found, exact):
        if e > 0.01:
            assert abs(f / e - 1.0) < max(0.05, 4.0 * np.sqrt((1.0 - e) / (e * effective)))
        else:
            assert f < 0.01 + 3.0 * np.sqrt(0.01 / effective)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["two_modes", "banana", "edge"])
def test_nested_sampling_the_chain_and_the_grid_agree(which):
    pytest.importorskip("nautilus")
    toy = Shaped(which)
    post = ab.Posterior(ab.HNL, PRIORS, [toy])
    exact, ln_evidence = grid_of(toy)
    independent = nested(post, live=500, effective=10000, progress=False)
    compared(regions_of(independent), exact, len(independent.flat()))
    assert_allclose(independent.log_evidence, ln_evidence, rtol=0, atol=0.05)
    chain = ab.sample(post, walkers=32, steps=5000, min_steps=5000, progress=False)
    compared(regions_of(chain), exact, len(chain.flat()) / chain.autocorrelation)
    assert type(independent) is type(chain)
    for name in post.names:
        a, b = (np.log10(c.upper_limit(name, 0.9)) for c in (independent, chain))
        assert_allclose(a, b, rtol=0, atol=0.06)


@pytest.mark.slow
def test_its_result_has_limits_reports_and_no_burn_in():
    pytest.importorskip("nautilus")
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian(fail_above=300.0)])
    chain = nested(post, live=200, effective=1000, progress=False)
    assert chain.burn_in == 0
    assert len(chain.flat()) == chain.coordinates.shape[0] * 16 >= 900
    assert chain.values("mass").max() <= 300.0
    assert chain.failures.total > 0
    assert chain.autocorrelation < 2.0
    assert_allclose(np.log10(chain.values("mixing.tau")).std(), 0.5, rtol=0.1, atol=0)
    assert "stopped: nested sampling" in chain.summary()
    assert "Lange" in chain.cite()
    assert chain.prior_dependence("mixing.tau")
    again = nested(post, live=200, effective=1000, progress=False)
    assert np.array_equal(again.coordinates, chain.coordinates)


def test_a_posterior_without_any_point_is_said():
    pytest.importorskip("nautilus")
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian(fail_above=0.0)])
    with pytest.raises(ConfigError, match="no point of the prior"):
        nested(post, live=100, effective=200, progress=False)
    with pytest.raises(ConfigError, match="live"):
        nested(post, live=3)
