"""The examples run, write their picture and keep the overlay of published points."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda p: p.stem)
def test_scripts_write_their_picture(script, tmp_path):
    picture = tmp_path / f"{script.stem}.png"
    done = subprocess.run([sys.executable, str(script), str(picture)], cwd=tmp_path,
                          capture_output=True, text=True, timeout=600)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert picture.stat().st_size > 10_000


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda p: p.stem)
def test_run_files_are_valid(file):
    from astrobounds.config import load

    run = load(file)
    assert run.posterior.ndim >= 2
    assert run.scan is not None or run.sample is not None


def test_readme_python_runs(tmp_path, monkeypatch):
    """The lines of the README up to the posterior, as printed there."""
    import re

    text = (EXAMPLES.parent / "README.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    code = code.replace("shape=(60, 80), pool=2", "shape=(3, 4)").split("chain = ")[0]
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
