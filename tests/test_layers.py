"""The architecture holds: imports point downwards, the top stays light, files stay small."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "astrobounds"


def test_imports_point_downwards_only():
    beside = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    program = beside or shutil.which("lint-imports")
    if program is None:
        pytest.skip("import-linter is not installed (pip install astrobounds[dev])")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("command", [["-c", "import astrobounds"], ["-m", "astrobounds", "--help"]])
def test_the_top_is_light(command):
    """No numba, no matplotlib, no astropy tables; well under half a second."""
    heavy = ("numba", "matplotlib", "astropy.table", "scipy", "emcee")
    probe = (
        "import sys, astrobounds; from astrobounds import cli; "
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5


def test_public_names_are_importable():
    import astrobounds as ab

    for name in ab.__all__:
        assert getattr(ab, name) is not None
    with pytest.raises(AttributeError):
        ab.nothing_of_the_kind  # noqa: B018


def test_files_stay_small():
    """A file past 420 lines wants to be two."""
    long = {p.name: n for p in PACKAGE.rglob("*.py") if (n := len(p.read_text().splitlines())) > 420}
    assert long == {}
    heavy = {p.name: p.stat().st_size for p in (ROOT / "data").rglob("*") if p.stat().st_size > 500_000}
    assert heavy == {}


def test_kernels_use_the_packages_decorator():
    """One cache for all: numba is imported by numerics alone."""
    users = [p for p in PACKAGE.rglob("*.py") if re.search(r"^\s*(import|from) numba", p.read_text(), re.M)]
    assert {p.parent.name for p in users} <= {"numerics"}


def test_every_reference_has_an_entry():
    """Keys on classes and in data resolve, and every entry is well formed."""
    from astrobounds import lab, references
    from astrobounds.constraints import get, names

    for name in names():
        for key in references.collect(get(name)):
            assert references.bibtex(key).startswith("@")
    for curve in lab.limits():
        assert references.to_bibtex(references.collect(curve))
    for key in references.known_keys():
        entry = references.bibtex(key)
        assert entry.count("{") == entry.count("}"), key


def test_every_folder_with_code_is_packaged():
    import tomllib

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {".".join(p.parent.relative_to(ROOT).parts) for p in PACKAGE.rglob("__init__.py")}
    assert set(listed) - {"astrobounds._data"} == found
