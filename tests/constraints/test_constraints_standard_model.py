"""The model class without a particle, and how a fit treats it."""

import copy
import pickle

import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError, DomainError


def test_values_and_errors():
    model = ab.StandardModel(delta_neff=0.2, xi_e=-0.1)
    assert model == ab.StandardModel.fast(0.2, (-0.1,)) == ab.StandardModel.from_values(
        {"delta_neff": 0.2, "xi_e": -0.1}
    )
    assert hash(model) == hash(ab.StandardModel.fast(0.2, (-0.1,)))
    assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == model
    for bad in ({"delta_neff": 11.0}, {"xi_e": 0.6}, {"delta_neff": float("nan")}, {"xi_e": "a"}):
        with pytest.raises(DomainError):
            ab.StandardModel(**bad)
    with pytest.raises(AttributeError, match="'bbn' and 'cmb'"):
        _ = model.mass_mev


def test_in_a_fit():
    post = ab.Posterior(
        model=ab.StandardModel, constraints=["bbn", "cmb"],
        priors={"xi_e": ab.Uniform(-0.1, 0.1), "delta_neff": 0.3},
    )  # fmt: skip
    assert post.names == ("xi_e", "tau_n", "omega_b")
    assert post.nature is None
    model, nuisances = post.point({"xi_e": 0.02})
    assert model == ab.StandardModel(0.3, 0.02)
    assert set(nuisances) == {"omega_b", "tau_n"}
    assert_allclose([nuisances["omega_b"], nuisances["tau_n"]], [0.02225, 878.4], rtol=1e-12, atol=0)
    summary = post.summary(delta_neff=0.3, xi_e=0.02)
    assert_allclose(summary.loglike, sum(post.terms({"xi_e": 0.02}).values()), rtol=1e-6, atol=0)
    assert "Neff" in str(summary)
    assert post.region().ranges["xi_e"] == (-0.1, 0.1)
    assert post.fingerprint()["model"][0] == "StandardModel"
    with pytest.raises(ConfigError, match="has none"):
        ab.Posterior(model=ab.StandardModel, nature="dirac", priors={"xi_e": ab.Uniform(-0.1, 0.1)},
                     constraints=["bbn"])  # fmt: skip


def test_a_massive_model_still_needs_its_mass():
    with pytest.raises(ConfigError, match="mass"):
        ab.Posterior(model=ab.HNL, priors={"mixing.e": ab.LogUniform(1e-9, 1e-3)}, constraints=["bbn"])


def test_scan_and_sample(monkeypatch):
    from astrobounds.inference import sampler

    def coarse(posterior, bounds, rng, evaluate, *sizes):
        return explore(posterior, bounds, rng, evaluate, rounds=1, first=64, per_round=32)

    # the map of the prior volume with its usual 17000 points takes minutes here
    explore = sampler.explore
    monkeypatch.setattr(sampler, "explore", coarse)
    post = ab.Posterior(
        model=ab.StandardModel, constraints=["bbn", "cmb"],
        priors={"delta_neff": ab.Uniform(-0.8, 0.8), "omega_b": ab.Uniform(0.0215, 0.023),
                "tau_n": 878.4},
    )  # fmt: skip
    grid = ab.scan(post, x="omega_b", y="delta_neff", shape=(6, 7), progress=False)
    assert set(grid.loglike) == {"bbn", "cmb"}
    assert not grid.failed().any()
    assert grid.null["bbn"] == post.constraints[0].null_loglike
    assert grid.excluded(cl=0.9)[0, 0] or grid.excluded(cl=0.9)[0, -1]
    chain = ab.sample(post, walkers=8, steps=12, min_steps=6, start=[[0.0, 0.0222]],
                      progress=False)  # fmt: skip
    assert chain.names == ("delta_neff", "omega_b")
    assert abs(chain.values("delta_neff").mean()) < 0.5
    assert not chain.failures
