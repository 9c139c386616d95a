"""The cache of compiled kernels: what an edit recompiles, damage, and folders of other people."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from astrobounds.numerics import kernel_cache

PACKAGE = kernel_cache.PACKAGE
DIGESTS = """
import sys
from pathlib import Path
from astrobounds.numerics import kernel_cache as k
for path in sorted(k.PACKAGE.rglob("*.py")):
    if "@kernel" in path.read_text(encoding="utf-8"):
        print(path.relative_to(k.PACKAGE).as_posix(), k.source_digest(path))
"""
SMALL = """
from astrobounds.numerics.quadrature import interval_rule
from astrobounds.numerics.collision import fermi
print(fermi(0.0))
"""


def run(code, folder=None, **environment):
    """Run code in another process and return what it did."""
    variables = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
    variables["PYTHONPATH"] = os.pathsep.join([str(PACKAGE.parent), variables.get("PYTHONPATH", "")])
    variables.update({k: str(v) for k, v in environment.items()})
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True)


def digests(root):
    done = run(DIGESTS, folder=root, PYTHONPATH=root)
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


def test_an_edit_recompiles_just_what_depends_on_it(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "astrobounds", ignore=shutil.ignore_patterns("__pycache__"))
    before = digests(tmp_path)
    edited = tmp_path / "astrobounds" / "gamma" / "fsr.py"
    edited.write_text(edited.read_text() + "\nNOTHING = 1\n")
    changed = {name for name, value in digests(tmp_path).items() if value != before[name]}
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if PACKAGE / "gamma" / "fsr.py" in kernel_cache.closure(path)
    }
    assert "gamma/fsr.py" in changed
    assert changed == users & set(before)
    assert not [name for name in changed if name.startswith(("cosmology", "supernova", "models"))]


def test_a_constant_reaches_the_kernels_that_use_it_through_other_files(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "astrobounds", ignore=shutil.ignore_patterns("__pycache__"))
    before = digests(tmp_path)
    constants = tmp_path / "astrobounds" / "constants.py"
    constants.write_text(constants.read_text() + "\nNOTHING = 1\n")
    changed = {name for name, value in digests(tmp_path).items() if value != before[name]}
    assert {"models/decays/hnl_widths.py", "models/decays/phase_space.py", "gamma/fsr.py"} & changed
    assert not [name for name in changed if name.startswith("numerics/rodas")]


@pytest.mark.parametrize("damage", ["empty index", "short data", "foreign index"])
def test_a_damaged_cache_is_a_recompilation(tmp_path, damage):
    assert run(SMALL, ASTROBOUNDS_CACHE_DIR=tmp_path).stdout == "0.5\n"
    files = sorted(tmp_path.rglob("*.nbi" if "index" in damage else "*.nbc"))
    assert files
    for path in files:
        whole = path.read_bytes()
        cut = {"empty index": b"", "short data": whole[: len(whole) // 2], "foreign index": b"x" * 99}
        path.write_bytes(cut[damage])
    again = run(SMALL, ASTROBOUNDS_CACHE_DIR=tmp_path)
    assert (again.returncode, again.stdout) == (0, "0.5\n"), again.stderr
    assert "Traceback" not in again.stderr
    assert again.stderr.count("compiled again") <= len({p.parent for p in files})
    third = run(SMALL, ASTROBOUNDS_CACHE_DIR=tmp_path)
    assert (third.stdout, third.stderr) == ("0.5\n", "")


def test_a_cache_that_cannot_be_written_is_named_once(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    done = run(SMALL, ASTROBOUNDS_CACHE_DIR=tmp_path / "file" / "below")
    assert (done.returncode, done.stdout) == (0, "0.5\n")
    assert done.stderr.count(str(tmp_path / "file")) == 1


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners of folders are POSIX")
@pytest.mark.parametrize("where", ["folder", "parent"])
def test_a_folder_that_others_can_change_is_not_trusted(tmp_path, where):
    """Compiled code planted there would run as this user."""
    folder = tmp_path / "shared" / "kernels"
    folder.mkdir(parents=True)
    (folder if where == "folder" else folder.parent).chmod(0o777)
    done = run(SMALL, ASTROBOUNDS_CACHE_DIR=folder.parent)
    assert done.stdout == "0.5\n"
    assert "can be changed by other users" in done.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes of folders are POSIX")
def test_a_new_folder_is_private_and_the_users_home_is_expanded(tmp_path):
    done = run(SMALL, HOME=tmp_path, ASTROBOUNDS_CACHE_DIR="~/kept")
    assert done.stdout == "0.5\n", done.stderr
    made = tmp_path / "kept" / "kernels"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert list(made.iterdir())
    assert not Path("~").exists()


def test_a_user_without_home_and_entry_gets_a_temporary_folder(tmp_path):
    no_home = "from pathlib import Path\ndef no(): raise RuntimeError(1)\nPath.home = staticmethod(no)\n"
    done = run(no_home + SMALL + "from astrobounds.numerics.kernel_cache import base_folder\n"
               "print(base_folder().is_dir())", TMPDIR=tmp_path)  # fmt: skip
    assert done.stdout == "0.5\nTrue\n", done.stderr
    assert list(tmp_path.iterdir()) == []  # gone with the process


def test_kernels_of_a_user_are_cached_too(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from astrobounds.numerics.jit import kernel\n\n\n@kernel\ndef twice(x):\n    return 2.0 * x\n"
    )
    code = "import mine\nprint(mine.twice(2.0))"
    for _ in range(2):
        done = run(code, folder=tmp_path, ASTROBOUNDS_CACHE_DIR=tmp_path / "cache")
        assert done.stdout == "4.0\n", done.stderr
    assert len(list((tmp_path / "cache").rglob("*twice*.nbc"))) == 1
