"""Files beside results: links, orphans, crafted content, read-only folders, a disk that is full."""

import hashlib
import os
import subprocess
import sys

import astropy.units as u
import h5py
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from toys import Gaussian

import astrobounds as ab
from astrobounds.errors import ConfigError, DataError
from astrobounds.inference.journal import parse_journal
from astrobounds.inference.store import RunFile, read_run

pytestmark = pytest.mark.usefixtures("small_maps")
PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}


def scan(path, **options):
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian()])
    return ab.scan(post, shape=(3, 3), path=path, progress=False, **options)


def test_a_lock_is_never_opened_through_a_link(tmp_path):
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    for name in (".run.h5.lock", "run.h5.lock", "run.h5.journal", "run.h5.part"):
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        (folder / name).symlink_to(thesis)
        if name in (".run.h5.lock", "run.h5.journal"):
            with pytest.raises((ConfigError, DataError), match=name):
                scan(folder / "run.h5")
        else:
            scan(folder / "run.h5")
        assert thesis.read_text() == "years of work"
    lock = tmp_path / ".run.h5.lock"
    lock.write_text("notes")
    with pytest.raises(ConfigError, match="no lock of a run"):
        scan(tmp_path / "run.h5")
    assert lock.read_text() == "notes"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("the superuser writes everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="cannot write"):
        scan(tmp_path / "run.h5")


def test_an_orphaned_journal_is_refused_not_dropped(tmp_path):
    path = tmp_path / "run.h5"
    with RunFile(path, {"a": 1}) as run:
        run.arrays["x"] = np.arange(3)
        run.checkpoint()
        run.append("step", {"i": 1}, x=np.arange(2))
    path.rename(tmp_path / "elsewhere.h5")
    with pytest.raises(DataError, match=r"holds 1 records that continue another run\.h5"):
        RunFile(path, {"a": 1})
    assert (tmp_path / "run.h5.journal").exists()
    (tmp_path / "elsewhere.h5").rename(path)
    with RunFile(path, {"a": 1}) as run:
        assert [m["i"] for m, _ in run.pending("step")] == [1]


def test_text_where_a_journal_should_be_is_left_alone(tmp_path):
    journal = tmp_path / "run.h5.journal"
    journal.write_text("my notes")
    with pytest.raises(DataError, match="not a journal"):
        RunFile(tmp_path / "run.h5", {})
    assert journal.read_text() == "my notes"


# -- crafted files with a right digest -------------------------------------------------------------
def sealed(path, write):
    """An HDF5 file made by ``write`` behind the digest of a run file."""
    inner = path.with_suffix(".inner")
    with h5py.File(inner, "w", userblock_size=512) as file:
        file.attrs["format"], file.attrs["fingerprint"], file.attrs["epoch"] = "astrobounds-run-1", "{}", 1
        write(file)
    image = inner.read_bytes()[512:]
    block = b"astrobounds sha256 " + hashlib.sha256(image).hexdigest().encode()
    path.write_bytes(block.ljust(512, b"\0") + image)
    return path


def _outside(file):
    other = os.path.join(os.path.dirname(file.filename), "secret.bin")
    with open(other, "wb") as stream:
        stream.write(b"secret!!" * 4)
    file.create_dataset("x", (4,), dtype="f8", external=[(other, 0, h5py.h5f.UNLIMITED)])


def _virtual(file):
    layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(4,))
    file.create_virtual_dataset("x", layout)


def _circle(file):
    file["group"] = file["/"]


CRAFTED = {
    "a file outside": _outside, "a virtual one": _virtual, "a circle": _circle,
    "a link outside": lambda f: f.__setitem__("x", h5py.ExternalLink("other.h5", "x")),
    "a soft link": lambda f: f.__setitem__("x", h5py.SoftLink("/y")),
    "objects": lambda f: f.create_dataset("x", data=["a", "b"], dtype=h5py.string_dtype()),
    "endless": lambda f: f.create_dataset("x", (10**12,), dtype="f8"),
    "packed": lambda f: f.create_dataset("x", (10**8,), dtype="f8", chunks=(10**6,), compression="gzip"),
    "no json": lambda f: f.attrs.__setitem__("fingerprint", "{"),
    "no epoch": lambda f: f.attrs.__delitem__("epoch"),
    "a text epoch": lambda f: f.attrs.__setitem__("epoch", "one"),
    "another format": lambda f: f.attrs.__setitem__("format", 3),
}


@pytest.mark.parametrize("what", CRAFTED)
def test_crafted_files_are_refused(tmp_path, what):
    path = sealed(tmp_path / "run.h5", CRAFTED[what])
    with pytest.raises(DataError, match="it was not touched"):
        read_run(path)


@pytest.mark.parametrize("change", [
    {"mcmc/chain": np.zeros((3, 4))}, {"mcmc/chain": np.zeros((3, 8, 5))}, {"mcmc/accepted": np.zeros(3)},
    {"mcmc/log_prob": np.zeros((2, 8))}, {"map/low": np.zeros(3)},
])  # fmt: skip
def test_arrays_of_another_shape_are_damage(tmp_path, change):
    post = ab.Posterior(ab.HNL, PRIORS, [Gaussian()])
    path, options = tmp_path / "run.h5", {"walkers": 8, "progress": False}
    ab.sample(post, path, steps=5, **options)
    with RunFile(path, post.fingerprint()) as run:
        run.arrays.update(change)
        run.checkpoint()
    with pytest.raises(DataError, match="damaged"):
        ab.sample(post, path, steps=9, **options)


def test_pipes_devices_and_folders_are_no_run_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(DataError, match="no regular file"):
            read_run(tmp_path / name)
    with pytest.raises(DataError, match="no regular file"):
        read_run("/dev/zero")


def test_a_journal_of_objects_is_damage():
    from astrobounds.inference.journal import _header, pack

    first = b'{"epoch": 0, "fingerprint": {}}'
    record = pack("step", {}, {"x": np.arange(3)}).replace(b'"<i8"', b'"|O8"')
    data = _header(first) + first + _header(record) + record
    with pytest.raises(DataError, match="damaged at byte"):
        parse_journal(data, "run.h5.journal")


# -- a full disk -----------------------------------------------------------------------------------
FULL = """
import sys, resource, numpy as np
from astrobounds.errors import AstroboundsError
from astrobounds.inference.store import RunFile
with RunFile("run.h5", {}) as run:
    run.arrays["x"] = np.arange(10)
    run.checkpoint()
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    with RunFile("run.h5", {}) as run:
        try:
            for i in range(100):
                run.append("step", {"i": i}, x=np.arange(50))
        except AstroboundsError as error:
            print("journal:", error)
        run.arrays["x"] = np.arange(100000)
        run.checkpoint()
except AstroboundsError as error:
    print("checkpoint:", error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits of Unix")
def test_a_file_size_limit_is_two_sentences_and_the_rest_is_kept(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "journal: cannot write run.h5.journal: File too large" in done.stdout
    assert "checkpoint: cannot write run.h5: File too large" in done.stdout
    assert {p.name for p in tmp_path.iterdir()} == {"run.h5", "run.h5.journal", ".run.h5.lock"}
    assert_array_equal(read_run(tmp_path / "run.h5")["arrays"]["x"], np.arange(10))
    with RunFile(tmp_path / "run.h5", {}) as run:
        kept = [m["i"] for m, _ in run.pending("step")]
    assert kept == list(range(len(kept)))
    assert len(kept) > 5


def test_a_full_disk_under_the_command_line_is_one_sentence(tmp_path):
    (tmp_path / "lab.yaml").write_text(
        "model: HNL\nparameters:\n  mass: {prior: log-uniform, low: 50 MeV, high: 400 MeV}\n"
        "  mixing.e: {prior: log-uniform, low: 1.0e-10, high: 1.0e-4}\n"
        "constraints:\n  - lab: {curves: [pienu_2017_ue4]}\nscan: {y: mixing.e, shape: [20, 30]}\npool: 1\n"
    )
    command = f"ulimit -f 8; exec {sys.executable} -m astrobounds run lab.yaml -q -o x"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "cannot write" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list((tmp_path / "x").glob("*.part"))
