"""Any posterior in cobaya: the same densities, and the same limit from cobaya's own sampler."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from toys import Gaussian, with_nuisance

import astrobounds as ab
from astrobounds.errors import ConfigError
from astrobounds.interop import cobaya_info

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2),
          "scale": ab.Normal(1.0, 0.1)}  # fmt: skip


def posterior():
    return ab.Posterior(ab.HNL, PRIORS, [Gaussian(), with_nuisance])


def test_the_density_is_that_of_the_posterior():
    model = pytest.importorskip("cobaya.model")
    post = posterior()
    info = cobaya_info(post)
    assert list(info["params"]) == ["log10_mass", "log10_mixing_tau", "scale"]
    there = model.get_model({**info, "debug": 50})
    for point in ((2.0, -6.0, 1.0), (1.9, -5.5, 1.15)):
        values = dict(zip(info["params"], point))
        assert_allclose(there.loglike(values)[0], post.loglike(point), rtol=1e-12, atol=0)
        assert_allclose(there.logprior(values), post.logprior(point), rtol=1e-6, atol=0)
    assert there.loglike({"log10_mass": 2.0, "log10_mixing_tau": -6.0, "scale": 1.0})[0] < 0.0


def test_cobayas_sampler_finds_the_same_width():
    run = pytest.importorskip("cobaya.run")
    post = ab.Posterior(ab.HNL, {n: PRIORS[n] for n in ("mass", "mixing.tau")}, [Gaussian()])
    info = {**cobaya_info(post), "sampler": {"mcmc": {"max_samples": 4000, "seed": 1}}, "debug": 50}
    for values in info["params"].values():
        values["ref"] = float(np.mean(list(values["prior"].values())))
        values["proposal"] = 0.1
    _, sampler = run.run(info)
    samples = sampler.products(to_getdist=False)["sample"]
    assert_allclose(samples.mean()[1], -6.0, rtol=0, atol=0.1)
    assert_allclose(np.sqrt(samples.cov()[1, 1]), 0.5, rtol=0.15, atol=0)


def test_a_prior_without_counterpart_is_refused():
    post = ab.Posterior(ab.HNL, {**PRIORS, "scale": stats.gamma(3.0)}, [Gaussian(), with_nuisance])
    with pytest.raises(ConfigError, match="scale: cobaya has no counterpart"):
        cobaya_info(post)
