"""What a constraint does wrong is named, counted under its reason, and never read as excluded."""

import astropy.units as u
import numpy as np
import pytest
from faulty import Deadly, Faulty
from numpy.testing import assert_allclose, assert_array_equal
from toys import Gaussian

import astrobounds as ab
from astrobounds.errors import ConfigError
from astrobounds.inference.evaluation import Failures, as_loglike
from astrobounds.inference.store import RunFile

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
REASONS = [
    ("raises", "raised KeyError: 'no such star'"), ("none", "returned None"), ("array", "returned array"),
    ("text", "returned '-1.0'"), ("infinite", "+inf"), ("nan", "not a number"), ("true", "returned True"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _quick(request):
    if "prior_map" not in request.node.name:
        request.getfixturevalue("small_maps")


def posterior(how="raises", **options):
    limit = options.pop("time_limit", None)
    return ab.Posterior(ab.HNL, PRIORS, [Faulty(how, **options)], time_limit=limit)


# -- where the model does not exist ----------------------------------------------------------------
class Flat:
    name, references, nuisances, null_loglike = "flat", (), {}, 0.0

    def predict(self, model):
        return {}

    def loglike(self, model, nuisance):
        return 0.0


def test_mediators_may_have_couplings_that_sum_to_more_than_one():
    priors = {"mass": ab.LogUniform(1 * u.MeV, 100 * u.MeV), "coupling.ee": ab.LogUniform(1e-3, 1.5)}
    post = ab.Posterior(ab.Mediator, priors, [Flat()])
    grid = ab.scan(post, y="coupling.ee", shape=(2, 4), progress=False)
    assert not grid.excluded().any()
    assert not grid.failed().any()
    assert_array_equal(grid.loglike["flat"], np.zeros((2, 4)))


def test_a_point_that_does_not_exist_is_nan_and_counted(tmp_path):
    priors = {
        "mass": 100 * u.MeV, "mixing.e": ab.Uniform(0.0, 0.9), "mixing.mu": ab.Uniform(0.0, 0.9),
    }  # fmt: skip
    post = ab.Posterior(ab.HNL, priors, [Flat()])
    path = tmp_path / "run.h5"
    options = {"x": "mixing.e", "y": "mixing.mu", "shape": (4, 4), "progress": False}
    grid = ab.scan(post, path=path, **options)
    outside = np.add.outer(grid.x, grid.y) > 1.0
    assert outside.any()
    assert_array_equal(grid.absent, outside)
    assert_array_equal(np.isnan(grid.loglike["flat"]), outside)
    assert not grid.excluded().any()
    (reason, number), = grid.notes["failures"].counts.items()
    assert (reason, number) == ("model: the mixings sum to #: unitarity allows at most #", outside.sum())
    again = ab.scan(post, path=path, **options)  # from the file
    assert_array_equal(again.absent, outside)
    assert again.notes["failures"].counts == grid.notes["failures"].counts


# -- constraints that go wrong ---------------------------------------------------------------------
@pytest.mark.parametrize(("how", "reason"), REASONS)
def test_a_faulty_constraint_is_counted_by_its_reason(how, reason):
    post = posterior(how)
    grid = ab.scan(post, shape=(6, 3), progress=False)
    failures = grid.notes["failures"]
    assert failures.total == 3 * (grid.x > 100.0).sum() == grid.failed().sum()
    assert not grid.excluded()[grid.failed()].any()
    point, stage, message = failures[0]
    assert stage == "faulty"
    assert reason in message
    assert point["mass"] > 100.0
    with pytest.raises(ConfigError, match=r"constraint 'faulty' at HNL\(mass=200 MeV") as caught:
        post.summary(mass=200 * u.MeV, mixing={"tau": 1e-6})
    assert reason in str(caught.value)


def test_a_hanging_constraint_meets_the_time_limit():
    post = posterior("hangs", time_limit=0.05)
    assert post.loglike(post.coordinates({"mass": 500.0, "mixing.tau": 1e-5})) == -np.inf
    assert post.failures[0][2] == "took longer than the time limit of 0.05 s"
    for bad in (0, "1", np.inf, True):
        with pytest.raises(ConfigError, match="time_limit"):
            posterior("hangs", time_limit=bad)


def test_minus_infinity_is_a_likelihood_and_the_rest_is_not():
    assert as_loglike(-np.inf) == (-np.inf, "")
    assert as_loglike(np.float32(-2.5)) == (-2.5, "")
    assert as_loglike(np.array(-1)) == (-1.0, "")
    for bad in (1j, [1.0], 10**400, {}, 3 * u.m, np.array([1.0])):
        value, reason = as_loglike(bad)
        assert np.isnan(value)
        assert reason


def test_a_chain_counts_the_same_failures_in_one_process_in_two_and_in_threads(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    options = {"walkers": 8, "steps": 30, "progress": False}
    one = ab.sample(posterior(pause=0.002, above=60.0), **options)
    two = ab.sample(posterior(pause=0.002, above=60.0), pool=2, **options)
    with ThreadPoolExecutor(2) as threads:
        three = ab.sample(posterior(pause=0.002, above=60.0), pool=threads, **options)
    assert one.failures.total > 100
    assert one.failures.counts == two.failures.counts == three.failures.counts
    assert_array_equal(one.coordinates, two.coordinates)
    assert f"{one.failures.total} evaluations failed" in one.summary()


def test_a_resumed_chain_counts_everything(tmp_path):
    options = {"walkers": 8, "min_steps": 10**6, "progress": False}
    whole = ab.sample(posterior(), steps=60, **options)
    ab.sample(posterior(), tmp_path / "run.h5", steps=25, **options)
    resumed = ab.sample(posterior(), tmp_path / "run.h5", steps=60, **options)
    assert_array_equal(resumed.coordinates, whole.coordinates)
    assert resumed.failures.counts == whole.failures.counts
    assert resumed.moves == whole.moves


def test_a_resumed_scan_counts_everything(tmp_path):
    whole = ab.scan(posterior(), shape=(6, 3), progress=False)
    path = tmp_path / "run.h5"
    with RunFile(path, posterior().fingerprint()) as run:
        i = int(np.flatnonzero(whole.x > 100.0)[0])
        failures = Failures([({"mass": whole.x[i]}, "faulty", "raised KeyError: 'no such star'")] * 3)
        run.append("column", {"index": i, "failures": failures.to_dict()},
                   column=whole.loglike["faulty"][i][None])  # fmt: skip
    again = ab.scan(posterior(), shape=(6, 3), progress=False, path=path, pool=2)
    assert again.notes["failures"].counts == whole.notes["failures"].counts
    assert_array_equal(again.loglike["faulty"], whole.loglike["faulty"])


def test_a_constraint_that_fails_everywhere_is_named_with_its_point():
    with pytest.raises(ConfigError, match=r"raised KeyError: 'no such star'; first at mass = "):
        ab.sample(posterior(above=0.0), walkers=8, steps=5, progress=False)


def test_failures_are_all_counted_and_some_kept():
    failures = Failures()
    for i in range(1500):
        failures.append(({"m": float(i)}, "x", f"no root between {i} and {i + 0.5:g}"))
    assert failures.total == 1500
    assert len(failures) == 1000
    assert list(failures.counts) == ["x: no root between # and #"]
    more = Failures(failures, failures.counts)
    more.extend(failures)
    assert more.total == 3000
    assert Failures.from_dict(more.to_dict()).counts == more.counts


# -- workers ---------------------------------------------------------------------------------------
def test_a_killed_worker_costs_nothing(tmp_path):
    mark = tmp_path / "killed"
    post = ab.Posterior(ab.HNL, PRIORS, [Deadly(mark)])
    grid = ab.scan(post, shape=(12, 3), pool=2, progress=False)
    assert mark.exists()
    assert_allclose(grid.loglike["deadly"], np.repeat(-grid.x[:, None] / 1000.0, 3, axis=1), rtol=1e-12)


def test_workers_that_die_again_and_again_end_in_one_sentence(tmp_path):
    post = ab.Posterior(ab.HNL, PRIORS, [Deadly(tmp_path / "killed", always=True)])
    with pytest.raises(ConfigError, match=r"worker processes died 3 times in a row .* near"):
        ab.scan(post, shape=(12, 3), pool=2, progress=False)


def test_what_cannot_travel_is_said():
    post = ab.Posterior(ab.HNL, PRIORS, [lambda model: 0.0])
    with pytest.raises(ConfigError, match="cannot be sent to other processes"):
        ab.scan(post, shape=(3, 3), pool=2, progress=False)
    assert not ab.scan(post, shape=(3, 3), progress=False).failed().any()


# -- chains that end by their own rule -------------------------------------------------------------
def test_a_chain_that_ends_by_its_own_rule_ends_there_from_wherever_it_was_killed(tmp_path):
    """Its checkpoint and journal cut at any step, also right at a check."""
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian()])
    options = {"walkers": 12, "steps": 4000, "min_steps": 300, "progress": False}
    whole = ab.sample(post, **options)
    assert whole.stopped == "converged"
    end = len(whole.coordinates)
    for before_end in (30, 100, 101, 1):
        path = tmp_path / f"{before_end}.h5"
        _killed_at(path, post, end - before_end, options)
        again = ab.sample(post, path, **options)
        assert again.stopped == "converged"
        assert_array_equal(again.coordinates, whole.coordinates)


def _killed_at(path, post, step, options):
    """Make what a killed run leaves behind: steps without the end of the run."""
    ab.sample(post, path, **{**options, "steps": step, "min_steps": 10**6})
    with RunFile(path, post.fingerprint()) as run:
        assert len(run.arrays["mcmc/chain"]) == step
        run.attrs["mcmc"] = {**run.attrs["mcmc"], "stopped": ""}
        run.checkpoint()


def test_the_size_of_the_prior_map_is_kept_before_it_is_used(tmp_path, monkeypatch):
    from astrobounds.inference import sampler

    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian()])
    options = {"walkers": 8, "steps": 20, "progress": False}
    calm = ab.sample(post, **options)
    path = tmp_path / "run.h5"

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as m:
        m.setattr(sampler, "explore", killed)
        with pytest.raises(KeyboardInterrupt):
            ab.sample(post, path, **options)
    monkeypatch.setattr(sampler, "_seconds", lambda posterior: 1.0)  # a slow machine
    again = ab.sample(post, path, **options)
    assert_array_equal(again.coordinates, calm.coordinates)
