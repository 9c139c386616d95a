"""Posterior, scan, chain and run file: values, resume, and every way a file can be wrong."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from toys import Gaussian, square

import astrobounds as ab
from astrobounds.errors import ConfigError, DataError, DomainError
from astrobounds.inference.pool import bound_pool
from astrobounds.inference.store import RunFile, read_run

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}


def posterior(**options):
    return ab.Posterior(ab.HNL, PRIORS, [Gaussian(**options)])


# -- posterior -------------------------------------------------------------------------------------
def test_summary_names_everything():
    post = ab.Posterior(ab.HNL, PRIORS, ["lab", Gaussian()])
    text = str(post.summary(mass=200 * u.MeV, mixing={"tau": 1e-3}))
    assert "gaussian" in text
    assert "lab" in text
    summary = post.summary(mass=200 * u.MeV, mixing={"tau": 1e-3})
    assert_allclose(summary.loglike, sum(t.loglike for t in summary.terms), rtol=1e-6, atol=0)
    assert summary.terms[0].loglike < -2.3  # excluded by BABAR and beam dumps


def test_posterior_is_prior_times_likelihood():
    post = posterior()
    y = post.coordinates({"mass": 100.0, "mixing.tau": 1e-6})
    assert_allclose(post(y), post.logprior(y) + post.loglike(y), rtol=1e-6, atol=0)
    assert_allclose(post.loglike(y), 0.0, rtol=1e-6, atol=0)
    assert_allclose(post.logprior(y), -np.log(2.0) - np.log(8.0), rtol=1e-6, atol=0)
    assert post(np.array([5.0, -6.0])) == -np.inf


def test_ties_and_fixed_values():
    post = ab.Posterior(
        ab.HNL,
        {**PRIORS, "mixing.mu": ab.Tied("mixing.tau", 0.5), "mixing.e": 1e-9},
        [Gaussian()], nature="dirac",
    )  # fmt: skip
    model, _ = post.point({"mass": 50.0, "mixing.tau": 1e-6})
    assert model.mixing == {"e": 1e-9, "mu": 5e-7, "tau": 1e-6}
    assert model.nature == "dirac"
    assert post.names == ("mass", "mixing.tau")


def test_nuisances_come_with_their_constraint():
    post = ab.Posterior(ab.HNL, PRIORS, ["sn1987a-cooling"])
    assert post.nuisance_names == ("log10_L_allowed",)
    fixed = ab.Posterior(ab.HNL, {**PRIORS, "log10_L_allowed": 52.5}, ["sn1987a-cooling"])
    assert fixed.nuisance_names == ()


def test_failed_solvers_are_counted_and_kept():
    post = posterior(fail_above=200.0)
    values = {"mass": 500.0, "mixing.tau": 1e-6}
    assert post.loglike(post.coordinates(values)) == -np.inf
    point, stage, message = post.failures[0]
    assert stage == "toy solver"
    assert_allclose(point["mass"], 500.0, rtol=1e-6, atol=0)
    assert "converge" in message


@pytest.mark.parametrize(("arguments", "message"), [
    (({"mass": ab.LogUniform(10, 500)}, ["lab"]), "without a unit"),
    (({"mass": 10 * u.MeV, "mixing.tua": 1e-3}, ["lab"]), "did you mean 'mixing.tau'"),
    (({**PRIORS}, ["labs"]), "did you mean 'lab'"),
    (({**PRIORS}, [{"lab": {"curve": []}}]), "did you mean 'curves'"),
    (({**PRIORS}, []), "at least one constraint"),
    (({**PRIORS}, ["lab", "lab"]), "given twice"),
    (({"mixing.tau": ab.LogUniform(1e-9, 1e-2)}, ["lab"]), "leave the mass open"),
    (({**PRIORS, "mixing.mu": ab.Tied("mixing.e")}, ["lab"]), "has no prior"),
    (({"mass": ab.LogUniform(10 * u.MeV, 5000 * u.MeV), "mixing.tau": 1e-3}, ["lab"]), "D mass"),
    (({"mass": 10 * u.MeV, "mixing.tau": ab.Uniform(-1, 1)}, ["lab"]), "domain|couplings|mixing"),
    (({**PRIORS, "mixing.e": "1e-8"}, ["lab"]), r"1\.0e-8"),
    (({"mass": 10 * u.MeV, "mixing.tau": 1e-3}, ["lab"]), "every parameter is fixed"),
    (({**PRIORS}, [object()]), "is not a constraint"),
    ((None, ["lab"]), "a mapping"), (({**PRIORS}, "lab"), "a list is needed"),
])  # fmt: skip
def test_bad_posteriors(arguments, message):
    with pytest.raises(ConfigError, match=message):
        ab.Posterior(ab.HNL, *arguments)


def test_bad_points():
    post = posterior()
    with pytest.raises(DomainError, match="no unit"):
        post.summary(mass=200, mixing={"tau": 1e-8})
    with pytest.raises(ConfigError):
        post.summary(mas=200 * u.MeV, mixing={"tau": 1e-8})


# -- scan ------------------------------------------------------------------------------------------
def test_scan_finds_the_contour_of_a_gaussian():
    grid = ab.scan(posterior(), shape=(81, 81), progress=False)
    delta = grid.delta_chi2()
    assert_allclose(delta.min(), 0.0, rtol=0, atol=1e-12)
    line = np.concatenate(grid.contours(rule="delta-chi2"))
    z = (np.log10(line[:, 0]) - 2.0) ** 2 / 0.01 + (np.log10(line[:, 1]) + 6.0) ** 2 / 0.25
    assert_allclose(z, np.full(len(z), 2.7055), rtol=0.05, atol=0)
    mask = grid.excluded(0.9)
    np.testing.assert_array_equal(mask, delta >= 2 * np.log(10))


def test_scan_keeps_published_limits_where_they_are():
    """rule='limit': one curve's exclusion begins exactly at the published |U|^2."""
    post = ab.Posterior(
        ab.HNL,
        {"mass": ab.LogUniform(150 * u.MeV, 300 * u.MeV), "mixing.tau": ab.LogUniform(1e-4, 1e-1)},
        [{"lab": {"curves": ["babar_2022_utau4_withsys"]}}],
    )
    grid = ab.scan(post, shape=(5, 60), progress=False)
    curve = ab.lab.limits(flavour="tau", name="babar_2022_utau4_withsys")[0]
    for x, _, low, _ in grid.limits(cl=0.95):
        assert_allclose(low, float(curve.interpolate(x * u.MeV)), rtol=1e-3, atol=0)


def test_scan_resumes_and_uses_processes(tmp_path):
    path = tmp_path / "run.h5"
    whole = ab.scan(posterior(), shape=(12, 9), progress=False)
    with RunFile(path, posterior().fingerprint()) as run:  # a run that was killed after two columns
        for i in (0, 7):
            column = whole.loglike["gaussian"][i][None]
            run.append("column", {"index": i, "failures": []}, column=column)
    again = ab.scan(posterior(), shape=(12, 9), path=path, pool=2, progress=False)
    np.testing.assert_array_equal(again.loglike["gaussian"], whole.loglike["gaussian"])
    content = read_run(path)
    np.testing.assert_array_equal(content["arrays"]["scan/table"][0], whole.loglike["gaussian"])
    # nothing left to do: the file is not touched
    before = path.stat().st_mtime_ns
    ab.scan(posterior(), shape=(12, 9), path=path, progress=False)
    assert path.stat().st_mtime_ns == before


def test_scan_counts_failures(tmp_path):
    grid = ab.scan(posterior(fail_above=300.0), shape=(10, 4), progress=False, path=tmp_path / "f.h5")
    assert grid.failed().sum() == len(grid.notes["failures"]) == 4 * (grid.x > 300.0).sum()
    assert not grid.excluded()[grid.failed()].any()
    assert all(x < 300.0 for x, *_ in grid.limits())
    assert np.isfinite(grid.delta_chi2()[~grid.failed()]).all()


@pytest.mark.parametrize(("options", "message"), [
    ({"y": "mixing.mu"}, "did you mean 'mixing.tau'"), ({"shape": (1, 5)}, "at least 2"),
    ({"at": {"tau": 1}}, "unknown parameter"), ({"at": 3}, "mapping"), ({"shape": 3}, "two numbers"),
    ({"at": {"mixing.tau": 5.0}}, "inside its prior"), ({"at": {"mass": 20.0}}, "inside its prior"),
    ({"y": "mass"}, "are both"), ({"path": ""}, "name of a file"),
])  # fmt: skip
def test_bad_scans(options, message):
    with pytest.raises(ConfigError, match=message):
        ab.scan(posterior(), **{"shape": (3, 3), "progress": False, **options})


def test_bad_questions_to_a_scan():
    grid = ab.scan(posterior(), shape=(3, 3), progress=False)
    with pytest.raises(ConfigError, match="did you mean 'gaussian'"):
        grid.excluded(constraint="gausian")
    with pytest.raises(ConfigError, match="between 0 and 1"):
        grid.excluded(90)
    with pytest.raises(ConfigError, match="did you mean 'limit'"):
        grid.excluded(rule="limits")


# -- chain -----------------------------------------------------------------------------------------
def test_chain_recovers_a_gaussian_and_its_limits():
    chain = ab.sample(posterior(), walkers=20, steps=3000, progress=False, seed=2)
    flat = chain.flat()
    assert_allclose(flat.mean(axis=0), [2.0, -6.0], rtol=0, atol=0.02)
    assert_allclose(flat.std(axis=0), [0.1, 0.5], rtol=0.05, atol=0)
    assert_allclose(np.log10(chain.upper_limit("mixing.tau")), -6 + 1.2816 * 0.5, rtol=0, atol=0.04)
    profile = np.log10(chain.upper_limit("mixing.tau", method="delta-chi2"))
    assert_allclose(profile, -6 + 1.6449 * 0.5, rtol=0, atol=0.04)
    low, high = np.log10(chain.credible_region("mass", 0.68))
    assert_allclose((low, high), (1.9006, 2.0994), rtol=0, atol=0.01)
    assert chain.stopped == "converged"
    assert "ForemanMackey" in chain.cite() or "Foreman-Mackey" in chain.cite()
    inside = chain.upper_limit("mixing.tau", where={"mass": (90, 110)})
    assert_allclose(np.log10(inside), -5.36, rtol=0, atol=0.06)
    with pytest.raises(ConfigError, match="did you mean"):
        chain.upper_limit("mixing.tu")


def test_chain_resumes_bit_for_bit(tmp_path):
    """Stop, start, kill between checkpoints: the chain is the one of an uninterrupted run."""
    whole = ab.sample(posterior(), walkers=12, steps=260, min_steps=10**6, progress=False)
    path = tmp_path / "run.h5"
    ab.sample(posterior(), path, walkers=12, steps=100, min_steps=10**6, progress=False)
    resumed = ab.sample(posterior(), path, walkers=12, steps=260, min_steps=10**6, progress=False)
    np.testing.assert_array_equal(resumed.coordinates, whole.coordinates)
    # emcee's own reader finds the chain
    import emcee

    backend = emcee.backends.HDFBackend(str(path), name="mcmc", read_only=True)
    np.testing.assert_array_equal(backend.get_chain(), whole.coordinates)
    assert backend.iteration == 260
    again = ab.sample(posterior(), path, walkers=12, steps=260, min_steps=10**6, progress=False)
    np.testing.assert_array_equal(again.coordinates, whole.coordinates)


def test_short_chains_are_diagnosed_not_refused():
    chain = ab.sample(posterior(), walkers=8, steps=30, progress=False)
    assert chain.stopped == "step limit"
    assert "ask for more steps" in chain.diagnosis


def test_identical_starting_rows_are_scattered():
    chain = ab.sample(posterior(), walkers=8, steps=40, start=[[2.0, -6.0]] * 8, progress=False)
    assert np.isfinite(chain.log_prob).all()


@pytest.mark.parametrize(("options", "message"), [
    ({"walkers": 7}, "even number"), ({"walkers": 2}, "at least 4"),
    ({"start": [[1.0, 2.0, 3.0]]}, "3 columns"), ({"start": [[1e6, -3.0]]}, "outside its prior"),
    ({"start": "x"}, "rows of numbers"), ({"seed": -1}, "whole number"), ({"steps": 2.5}, "whole number"),
])  # fmt: skip
def test_bad_samples(options, message):
    with pytest.raises(ConfigError, match=message):
        ab.sample(posterior(), progress=False, **{"walkers": 8, "steps": 3, **options})


# -- run file --------------------------------------------------------------------------------------
@pytest.fixture
def finished(tmp_path):
    path = tmp_path / "run.h5"
    ab.scan(posterior(), shape=(4, 4), path=path, progress=False)
    return path


def rescan(path, **options):
    return ab.scan(posterior(**options), shape=(4, 4), path=path, progress=False)


@pytest.mark.parametrize("position", [3, 600, -40, "middle", "truncated", "empty", "text"])
def test_damaged_files_are_refused_and_left_alone(finished, position):
    data = bytearray(finished.read_bytes())
    if position == "truncated":
        data = data[: len(data) // 2]
    elif position == "empty":
        data = bytearray()
    elif position == "text":
        data = bytearray(b"just some notes\n" * 100)
    else:
        k = len(data) // 2 if position == "middle" else position
        data[k] ^= 0xFF
    finished.write_bytes(data)
    with pytest.raises(DataError, match=r"damaged|not a run file"):
        rescan(finished)
    assert finished.read_bytes() == bytes(data)


def test_foreign_hdf5_file_is_refused(tmp_path):
    import h5py

    path = tmp_path / "run.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(4)
    with pytest.raises(DataError, match="not a run file"):
        rescan(path)


def test_other_configuration_is_refused(finished):
    other = ab.Posterior(ab.HNL, {**PRIORS, "mixing.mu": 1e-5}, [Gaussian()])
    with pytest.raises(DataError, match="another configuration"):
        ab.scan(other, shape=(4, 4), path=finished, progress=False)
    with pytest.raises(DataError, match="choose another output name"):
        ab.scan(posterior(), shape=(5, 4), path=finished, progress=False)


def test_torn_journal_loses_only_the_step_in_flight(tmp_path):
    path = tmp_path / "run.h5"
    run = RunFile(path, {"a": 1})
    for i in range(3):
        run.append("step", {"i": i}, x=np.full(5, i))
    run._journal.close()
    run._lock.release()
    journal = tmp_path / "run.h5.journal"
    journal.write_bytes(journal.read_bytes()[:-7])
    with RunFile(path, {"a": 1}) as again:
        assert [m["i"] for m, _ in again.pending("step")] == [0, 1]
        again.append("step", {"i": 2}, x=np.full(5, 2))
    intact = journal.read_bytes()
    for position in (5, 120, len(intact) // 2):  # a size field, the first record, the middle
        data = bytearray(intact)
        data[position] ^= 0xFF
        journal.write_bytes(data)
        with pytest.raises(DataError, match="damaged at byte"):
            RunFile(path, {"a": 1})


def test_two_writers_are_kept_apart(tmp_path):
    path = tmp_path / "run.h5"
    with RunFile(path, {}), pytest.raises(ConfigError, match="another process"):
        RunFile(path, {})


def test_full_disk_is_one_sentence_and_loses_nothing(finished, monkeypatch):
    """The checkpoint fails like a full disk does: the old file stands, the journal has the rest."""
    import os

    before = finished.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with RunFile(finished, posterior().fingerprint()) as run:
        run.append("step", {}, x=np.arange(3))
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(DataError, match="No space left on device"):
            run.checkpoint()
        monkeypatch.undo()
    assert finished.read_bytes() == before
    assert not finished.with_name("run.h5.part").exists()
    with RunFile(finished, posterior().fingerprint()) as run:
        assert len(run.pending("step")) == 1


def test_missing_folder(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        RunFile(tmp_path / "nowhere" / "run.h5", {})


# -- pools -----------------------------------------------------------------------------------------
def test_every_kind_of_pool_keeps_the_order():
    from concurrent.futures import ThreadPoolExecutor

    class Mapper:
        def map(self, function, arguments):
            return [function(a) for a in arguments]

    with ThreadPoolExecutor(2) as threads:
        for pool in (None, 1, 2, threads, Mapper()):
            with bound_pool(square, pool) as bound:
                assert list(bound.map(range(20))) == [x * x for x in range(20)]


@pytest.mark.parametrize("pool", [0, -2, "two", 2.5])
def test_bad_pools(pool):
    with pytest.raises(ConfigError, match="pool"), bound_pool(square, pool):
        pass


def test_posteriors_can_be_pickled():
    """For pools that start fresh processes: constraints, stars and prepared tables included."""
    import pickle

    post = ab.Posterior(ab.HNL, PRIORS, ["lab", "sn1987a-cooling", Gaussian()])
    again = pickle.loads(pickle.dumps(post))
    y = post.coordinates({"mass": 150.0, "mixing.tau": 1e-6, "log10_L_allowed": 52.5})
    assert again(y) == post(y)
    assert again.fingerprint() == post.fingerprint()
