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
    assert len(scope["curves"]) == 17


def test_counts_of_the_page():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    count = {f: len(ab.lab.limits(flavour=f)) for f in ("e", "mu", "tau")}
    words = f"{count['e']} electron, {count['mu']} muon, {count['tau']} tau"
    assert f"{sum(count.values())} curves on |U|^2 ({words})" in text
    for portal, sentence in (
        ("dipole", "{} on the dipole coupling"), ("dark-photon", "{} on the kinetic mixing"),
        ("dark-scalar", "{} on the mixing angle"), ("alp-photon", "({} photon"),
        ("alp-fermion", "{} universal"),
    ):  # fmt: skip
        assert sentence.format(len(ab.lab.limits(portal=portal))) in text
    every = ab.lab.limits(portal=None)
    classes = {k: sum(c.exactness == k for c in every) for k in "ABCD"}
    assert classes["A"] == 4
    assert classes["B"] == 10
    assert classes["D"] == 9
    assert f"{len(every)} limit curves and {len(ab.lab.names(projection=True))} projections" in text
