"""The code in the documentation of the laboratory limits runs."""

import re
from pathlib import Path

import astrobounds as ab

PAGE = Path(__file__).parents[2] / "docs" / "laboratory.md"


def test_examples_run():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    scope = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), scope)
    assert len(scope["curves"]) == 8


def test_counts_of_the_page():
    count = {f: len(ab.lab.limits(flavour=f)) for f in ("e", "mu", "tau")}
    assert count == {"e": 12, "mu": 14, "tau": 8}
    text = PAGE.read_text(encoding="utf-8")
    assert "34 curves on |U|^2 (12 electron, 14 muon, 8 tau) and 13 on the dipole" in text
