"""What the command line writes for others: JSON, one HTML page; and what it does on odd terminals."""

import html.parser
import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds.cli import main

RUN = """
name: bounds of νe & <others>
model: HNL
parameters:
  mass: {prior: log-uniform, low: 50 MeV, high: 400 MeV}
  mixing.e: {prior: log-uniform, low: 1.0e-10, high: 1.0e-4}
constraints:
  - lab: {curves: [pienu_2017_ue4, na62_2020_ue4]}
scan: {x: mass, y: mixing.e, shape: [6, 12]}
sample: {walkers: 8, steps: 60}
pool: 1
output: out
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "run.yaml").write_text(RUN, encoding="utf-8")
    before = os.getcwd()
    os.chdir(folder)
    try:
        assert main(["run", "-q", "run.yaml"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def folder(finished, monkeypatch):
    monkeypatch.chdir(finished)
    return finished


def test_a_point_in_json(folder, capsys):
    assert main(["point", "run.yaml", "mass=200 MeV", "mixing.e=1e-8", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    lab = found["constraints"]["lab"]
    assert found["loglike"] == lab["loglike"]
    assert_allclose(sum(lab["predictions"].values()), lab["loglike"], rtol=1e-9)
    assert "mass=200 MeV" in found["model"]


def test_curves_in_json(folder, capsys):
    assert main(["limits", "--flavour", "tau", "--json"]) == 0
    curves = json.loads(capsys.readouterr().out)
    seen = {c["name"]: c for c in curves}["babar_2022_utau4_withsys"]
    assert len(seen["mass_mev"]) == len(seen["limit"]) > 5
    assert seen["cl"] == 0.95
    assert seen["references"]


class Page(html.parser.HTMLParser):
    """Collects what a page loads, and checks that its tags close."""

    def __init__(self):
        super().__init__()
        self.loaded, self.open, self.targets, self.links, self.words = [], [], set(), [], ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.loaded += [v for k, v in attrs.items() if k in ("src", "href") and not v.startswith("#")]
        self.links += [v[1:] for k, v in attrs.items() if k == "href" and v.startswith("#")]
        self.targets.add(attrs.get("id"))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def test_the_page_is_self_contained(folder, capsys):
    assert main(["report", "run.yaml", "--html", "page.html"]) == 0
    text = (folder / "page.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert len(page.loaded) == 2
    assert all(v.startswith("data:image/png;base64,") for v in page.loaded)
    assert set(page.links) <= page.targets
    for words in ("bounds of νe & <others>", "pienu_2017_ue4", "split R-hat", "@article{PIENU2018",
                  "LogUniform", "prior: log-uniform", "curves in"):  # fmt: skip
        assert words in page.words, words
    assert "<others>" not in text
    assert "http://" not in text.split("Citations")[0]


def test_the_page_opens_in_a_browser_offline(folder, tmp_path):
    browser = pytest.importorskip("playwright.sync_api")
    assert main(["report", "run.yaml", "--html", str(tmp_path / "page.html")]) == 0
    with browser.sync_playwright() as p:
        try:
            chrome = p.chromium.launch()
        except browser.Error as error:
            pytest.skip(f"no browser: {error}")
        page = chrome.new_context(offline=True).new_page()
        problems = []
        page.on("pageerror", lambda e: problems.append(str(e)))
        page.on("requestfailed", lambda r: problems.append(r.url))
        page.goto(f"file://{tmp_path / 'page.html'}")
        sizes = page.eval_on_selector_all("img", "all => all.map(i => i.naturalWidth)")
        chrome.close()
    assert problems == []
    assert len(sizes) == 2
    assert min(sizes) > 300


def test_a_finished_run_is_reported_without_writing_or_locking(folder, capsys, monkeypatch):
    from importlib import import_module

    def never(*args, **kwargs):
        raise AssertionError("a report opened the run file for writing")

    before = {p.name: p.stat().st_mtime_ns for p in (folder / "out").iterdir()}
    for name in ("store", "scan", "sampler"):
        monkeypatch.setattr(import_module(f"astrobounds.inference.{name}"), "RunFile", never)
    assert main(["report", "run.yaml"]) == 0
    text = capsys.readouterr().out
    assert "with other priors on its range" in text
    assert "uniform in |U_e|^2" in text
    assert "effective" in text
    assert {p.name: p.stat().st_mtime_ns for p in (folder / "out").iterdir()} == before


def test_the_table_says_what_failed_and_which_prior(folder):
    text = (folder / "out/limits.txt").read_text(encoding="utf-8")
    assert "grid points where a constraint failed: 0" in text
    assert "grid points where the model does not exist: 0" in text
    assert "LogUniform(1e-10, 0.0001)" in text


def test_an_ascii_terminal_shows_what_it_can(folder):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)}
    for verb in (["run"], ["report"], ["check"]):
        done = subprocess.run([sys.executable, "-m", "astrobounds", *verb, "run.yaml"], cwd=folder,
                              capture_output=True, env=environment)  # fmt: skip
        assert done.returncode == 0, done.stderr
        (done.stdout + done.stderr).decode("ascii")


def test_no_standard_error_at_all(folder, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["check", "missing.yaml"]) == 2
    assert capsys.readouterr().out == ""


def test_long_and_odd_messages_are_cut(monkeypatch):
    from astrobounds import cli

    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    cli._say("astrobounds: \x1b[31mred\x07 " + "x" * 5000 + " end of it")
    line = stream.getvalue()
    assert len(line) <= 1001
    assert line.endswith("end of it\n")
    assert line.isascii()
    assert "\x1b" not in line


def test_check_times_a_fresh_point(folder, capsys, monkeypatch):
    """A constraint that keeps its last result is not timed with it."""
    from astrobounds.constraints.lab import Laboratory

    seen = []
    direct = Laboratory.loglike

    def watched(self, model, nuisance):
        seen.append(model.mass_mev)
        return direct(self, model, nuisance)

    monkeypatch.setattr(Laboratory, "loglike", watched)
    assert main(["check", "run.yaml"]) == 0
    assert len(seen) == len(set(seen)) == 2
    assert "ms" in capsys.readouterr().out


def test_json_has_no_infinities():
    from astrobounds.page import to_json

    given = {"a": np.inf, "b": [np.nan, np.float32(1.5)], "c": (np.arange(2), None, True), "d": object}
    text = to_json(given)
    assert json.loads(text) == {"a": None, "b": [None, 1.5], "c": [[0, 1], None, True], "d": str(object)}
