"""A real Dask cluster of two worker processes on loopback: same results, nothing lost."""

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import astropy.units as u
import numpy as np
import pytest
from faulty import Deadly, Faulty
from numpy.testing import assert_allclose, assert_array_equal
from toys import Gaussian, square

import astrobounds as ab
from astrobounds import cli
from astrobounds.errors import ConfigError
from astrobounds.inference.cluster import check_pool_setting, opened
from astrobounds.inference.pool import bound_pool, open_pool

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
SCRIPT = """
    import time
    from distributed import LocalCluster
    if __name__ == "__main__":
        cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        print(cluster.scheduler_address, flush=True)
        time.sleep(120)
"""


class Cluster:
    """Scheduler and two workers in processes of their own."""

    def __init__(self, folder):
        script = folder / "cluster.py"
        script.write_text(textwrap.dedent(SCRIPT))
        path = os.pathsep.join([p for p in sys.path if p])
        environment = {**os.environ, "PYTHONPATH": path}
        self.process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True,
                                        env=environment)  # fmt: skip
        self.address = self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("distributed")
    out = Cluster(tmp_path_factory.mktemp("cluster"))
    yield out
    out.kill()


@pytest.fixture
def client(cluster):
    with opened(f"dask:{cluster.address}") as out:
        yield out


def test_a_scan_on_dask_is_the_serial_one_bit_for_bit(client):
    post = ab.Posterior(ab.HNL, PRIORS, [Faulty("nan"), "lab"])
    serial = ab.scan(post, shape=(9, 7), progress=False)
    there = ab.scan(post, shape=(9, 7), pool=client, progress=False)
    for name, values in serial.loglike.items():
        assert_array_equal(there.loglike[name], values)
    assert serial.notes["failures"].counts == there.notes["failures"].counts


@pytest.mark.usefixtures("small_maps")
def test_a_chain_on_dask_is_the_serial_one_bit_for_bit(client):
    post = ab.Posterior(ab.HNL, PRIORS, [Faulty("raises", pause=0.002)])
    options = {"walkers": 8, "steps": 30, "progress": False}
    serial = ab.sample(post, **options)
    there = ab.sample(post, pool=client, **options)
    assert_array_equal(there.coordinates, serial.coordinates)
    assert_array_equal(there.log_prob, serial.log_prob)
    assert there.failures.counts == serial.failures.counts


def test_tables_are_built_on_dask(client):
    with open_pool(client) as mapper:
        assert list(mapper(square, range(40))) == [x * x for x in range(40)]
    with open_pool(client) as mapper:
        assert list(mapper(abs, [])) == []


def test_a_worker_that_is_killed_costs_nothing(client, tmp_path):
    mark = tmp_path / "killed"
    post = ab.Posterior(ab.HNL, PRIORS, [Deadly(mark)])
    grid = ab.scan(post, shape=(12, 3), pool=client, progress=False)
    assert mark.exists()
    assert_allclose(grid.loglike["deadly"], np.repeat(-grid.x[:, None] / 1000.0, 3, axis=1), rtol=1e-12)


def test_workers_that_start_again_are_sent_the_function_again(client):
    with bound_pool(square, client) as bound:
        assert list(bound.map([1, 2, 3])) == [1, 4, 9]
        client.restart()
        assert list(bound.map([4, 5, 6])) == [16, 25, 36]


def test_a_scheduler_that_vanishes_leaves_a_file_that_goes_on(tmp_path):
    pytest.importorskip("distributed")
    own = Cluster(tmp_path)
    post = ab.Posterior(ab.HNL, PRIORS, [Faulty("nan", above=1e9, pause=0.02)])
    path = tmp_path / "run.h5"
    try:
        with opened(f"dask:{own.address}") as client:
            pool = _Closing(client, own, 12)
            with pytest.raises(ConfigError, match="Dask cluster is gone"):
                ab.scan(post, shape=(40, 5), pool=pool, path=path, progress=False)
    finally:
        own.kill()
    done = len(ab.inference.store.read_journal(tmp_path / "run.h5.journal")[1])
    assert 1 <= done < 40
    again = ab.scan(post, shape=(40, 5), path=path, progress=False)
    whole = ab.scan(post, shape=(40, 5), progress=False)
    assert_array_equal(again.loglike["faulty"], whole.loglike["faulty"])


class _Closing:
    """A client whose cluster is killed when some results were seen."""

    def __init__(self, client, cluster, after):
        self._client, self._cluster, self._left = client, cluster, after
        self.scatter, self.nthreads = client.scatter, client.nthreads

    def submit(self, *arguments, **options):
        future = self._client.submit(*arguments, **options)
        wait = future.result

        def result():
            self._left -= 1
            if self._left == 0:
                os.kill(self._cluster.process.pid, signal.SIGKILL)
            return wait()

        future.result = result
        return future


def test_the_command_line_computes_on_dask(cluster, tmp_path, capsys):
    file = tmp_path / "run.yaml"
    file.write_text(
        "model: HNL\nparameters:\n  mass: {prior: log-uniform, low: 10 MeV, high: 400 MeV}\n"
        "  mixing.e: {prior: log-uniform, low: 1.0e-9, high: 1.0e-2}\n"
        "constraints: [lab]\nscan: {x: mass, y: mixing.e, shape: [4, 3]}\npool: dask\n"
    )
    assert cli.main(["run", str(file), "-q", "-o", str(tmp_path / "none")]) == 2
    assert "--dask tcp://host:8786" in capsys.readouterr().err
    assert cli.main(["run", str(file), "-q", "-o", str(tmp_path / "out"), "--dask", cluster.address]) == 0
    assert (tmp_path / "out" / "run.h5").is_file()


def test_a_scheduler_that_does_not_answer_is_said(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("astrobounds.inference.cluster.TIMEOUT", 0.5)
    with pytest.raises(ConfigError, match="no Dask scheduler answers at"), opened("dask:tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("bad", [0, True, "two", "dask:", 2.5, 300])
def test_bad_settings_of_a_pool_are_refused(bad):
    with pytest.raises(ConfigError, match=r"pool = .*: the number of processes"):
        check_pool_setting(bad)


# -- executors -------------------------------------------------------------------------------------
def test_a_process_executor_is_sent_the_function_once_and_gives_the_serial_results():
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian()])
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        there = ab.scan(post, shape=(5, 4), pool=pool, progress=False)
    serial = ab.scan(post, shape=(5, 4), progress=False)
    assert_array_equal(there.loglike["gaussian"], serial.loglike["gaussian"])


MPI = """
    import sys
    import numpy as np
    import astropy.units as u
    from mpi4py.futures import MPIPoolExecutor
    import astrobounds as ab
    from toys import Gaussian

    if __name__ == "__main__":
        priors = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
        post = ab.Posterior(ab.HNL, priors, [Gaussian()])
        with MPIPoolExecutor() as pool:
            workers = pool.num_workers
            there = ab.scan(post, shape=(6, 4), pool=pool, progress=False)
        serial = ab.scan(post, shape=(6, 4), progress=False)
        same = np.array_equal(there.loglike["gaussian"], serial.loglike["gaussian"])
        print("same" if same else "differs", workers)
"""


def test_two_mpi_workers_give_the_serial_results(tmp_path):
    from pathlib import Path
    from shutil import which

    pytest.importorskip("mpi4py")
    mpiexec = which("mpiexec", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if mpiexec is None:
        pytest.skip("no mpiexec")
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(MPI))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([p for p in sys.path if p])}
    out = subprocess.run([mpiexec, "-n", "3", sys.executable, "-m", "mpi4py.futures", str(script)],
                         capture_output=True, text=True, timeout=120, env=environment)  # fmt: skip
    if "libmpi" in out.stderr:
        pytest.skip("mpi4py finds no MPI library")
    assert out.returncode == 0, out.stderr[-2000:]
    assert out.stdout.split() == ["same", "2"]
