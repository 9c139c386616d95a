"""The code in the documentation of the laboratory limits runs."""

import importlib.util
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


def test_a_page_per_coupling_is_made_from_the_data(tmp_path):
    source = PAGE.parent / "generate" / "laboratory.py"
    spec = importlib.util.spec_from_file_location("laboratory_pages", source)
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    text = pages.page("alp-fermion", tmp_path).read_text(encoding="utf-8")
    for curve in ab.lab.limits(portal="alp-fermion"):
        assert f"`{curve.name}`" in text
    assert (tmp_path / "alp-fermion.svg").stat().st_size < 500_000
    covered = {c.name for _, f, _ in pages.PAGES.values() for c in ab.lab.limits(**f)}
    assert covered == set(ab.lab.names())


def test_the_table_of_curves():
    table = ab.lab.table(["na62_2020_ue4", "dipole_lep"])
    assert list(table["name"]) == ["na62_2020_ue4", "dipole_lep"]
    assert table["strongest"][0] == ab.lab.load("na62_2020_ue4").values.min()
    assert len(ab.lab.table([])) == 0
