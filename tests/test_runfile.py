"""Run files that are too clever: every one ends in a sentence, and check refuses what run would."""

import os

import pytest

from astrobounds.cli import main
from astrobounds.errors import ConfigError
from astrobounds.runfile import read

SMALL = """
model: HNL
parameters:
  mass: {prior: log-uniform, low: 50 MeV, high: 400 MeV}
  mixing.e: {prior: log-uniform, low: 1.0e-10, high: 1.0e-4}
constraints:
  - lab: {curves: [pienu_2017_ue4, na62_2020_ue4]}
scan: {x: mass, y: mixing.e, shape: [4, 4]}
sample: {walkers: 16, steps: 5, seed: 3}
pool: 1
output: out
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder, text):
    (folder / "run.yaml").write_text(text)
    return read("run.yaml")[0]


# -- YAML ------------------------------------------------------------------------------------------
def test_merge_keys_are_yaml(folder):
    text = """
base: &base {low: 1.0, high: 2.0}
more: &more {<<: *base, high: 3.0}
both: {<<: [*more, *base], low: 0.5}
"""
    assert content(folder, text) == {
        "base": {"low": 1.0, "high": 2.0}, "more": {"low": 1.0, "high": 3.0},
        "both": {"low": 0.5, "high": 3.0},
    }  # fmt: skip
    with pytest.raises(ConfigError, match="'low' is given twice"):
        content(folder, "x: &x {low: 1, low: 2}\ny: {<<: *x}")


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)
)
MERGE_BOMB = "a0: &a0 {x: 1, y: 2}\n" + "\n".join(
    f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 30)}]}}" for i in range(1, 8)
)
ODD = [
    ("empty int", 'pool: !!int ""', "cannot be read|not valid"),
    ("bool", "pool: !!bool foo", "cannot be read"),
    ("timestamp", "pool: !!timestamp x", "cannot be read"), ("set", "pool: !!set [a]", "not valid"),
    ("a real set", "pool: !!set {a, b}", "is a set"), ("a date", "name: 2020-01-01", "is a date"),
    ("bytes", "name: !!binary aGVsbG8=", "is a bytes"),
    ("python", "name: !!python/object:os.system x", "not valid"),
    ("long", "pool: " + "9" * 400, "digits is beyond"),
    ("hexadecimal", "pool: 0x" + "f" * 5000, "digits is beyond"),
    ("very long", "pool: " + "9" * 5000, "cannot be read|digits"),
    ("alias bomb", BOMB, "more than 100000 values"),
    ("merge bomb", MERGE_BOMB, "grow without end|unknown key"),
    ("itself", "name: &a [*a]", "nested more than"),
    ("deep", "name: " + "[" * 2000 + "]" * 2000, "cannot be read|nested"),
    ("a number as key", "1: 2", "is not text"),
    ("many merges", "a: &a {x: 1}\nb: {<<: [" + ", ".join(["*a"] * 101) + "]}", "more than 100"),
    ("NUL", 'name: "a\\0b"', "NUL"), ("no text", "- a", "a mapping is needed"), ("alone", "~", "is empty"),
    ("list as key", "? [a]\n: 1", "not valid|not text"), ("control", "name: \x01", "not valid"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "message"), ODD, ids=[o[0] for o in ODD])
def test_odd_yaml_ends_in_one_sentence(folder, capsys, what, text, message):
    (folder / "run.yaml").write_text(text)
    assert main(["check", "run.yaml"]) == 2
    error = capsys.readouterr().err
    assert any(part in error for part in message.split("|")), error
    assert error.startswith("astrobounds: ")
    assert error.count("\n") == 1
    assert len(error) <= 1001


def test_only_small_regular_files_are_read(folder, capsys):
    os.mkfifo(folder / "pipe")
    (folder / "big.yaml").write_text("# " + "x" * 1_000_000)
    (folder / "latin.yaml").write_bytes(b"name: \xff")
    for name, message in (("pipe", "no regular file"), ("big.yaml", "above the limit of 1 MB"),
                          (".", "no regular file"), ("/dev/zero", "no regular file"),
                          ("no\0name", "name of a file"), ("", "name of a file"),
                          ("latin.yaml", "not a text file"),
                          ("x" * 5000, "File name too long")):  # fmt: skip
        assert main(["check", name]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


# -- what check calls valid, run accepts -----------------------------------------------------------
LAB = "- lab: {curves: [pienu_2017_ue4, na62_2020_ue4]}"
SCAN = "scan: {x: mass, y: mixing.e, shape: [4, 4]}"
REFUSED = [
    (SCAN, "scan: {x: mass, y: mass, shape: [4, 4]}", "are both 'mass'"),
    (SCAN, "scan: {y: mixing.e, at: {nonsense: 1}}", "unknown parameter 'nonsense'"),
    (SCAN, "scan: {y: mixing.e, at: {mass: 10 km}}", "inside its prior"),
    (SCAN, "scan: {y: mixing.e, at: {mass: .inf}}", "at: mass = inf"),
    (SCAN, "scan: {y: mixing.e, at: {mass: 100 MeV}}", "is an axis of the scan"),
    ("walkers: 16", "walkers: 63", "even number"), ("walkers: 16", "walkers: 2", "at least 4"),
    ("parameters:", "parameters:\n  mixing.mu: {prior: uniform, low: 0, high: 0.1}",
     "needs a value of 'mixing.mu'"),
    (LAB, "- lab: 0", "its options are a mapping"), (LAB, "- lab: []", "its options are a mapping"),
    (LAB, "- lab: {1: 2}", "not text"), (LAB, "- [lab]", "not a constraint"),
    (LAB, "- 3", "not a constraint"),
    (LAB, "\n  ".join(["- lab"] * 300), "at most 200"),
    (LAB, "- sn1987a-cooling: {gravity: 'off'}", "true or false"),
    (LAB, "- sn1987a-cooling: {gravity: 0}", "true or false"),
    (LAB, "- smm: {fsr: 'no'}", "true or false"), (LAB, "- smm: {fireball: 1}", "true or false"),
    ("low: 50 MeV, high: 400 MeV", "low: 50 km, high: 400 km", "'mass' is given in cm, but it is in MeV"),
    ("low: 1.0e-10, high: 1.0e-4", "low: 1.0e-10 MeV, high: 1.0e-4 MeV", "'mixing.e' is given in MeV"),
    ("low: 1.0e-10, high: 1.0e-4", "low: 1.0e-10, high: .nan", "high = nan"),
    ("low: 50 MeV", "low: 1e400 MeV", "low = inf"), ("model: HNL", "model: [HNL]", "unknown model"),
    ("model: HNL", "model: HNL\nnature: [dirac]", "nature ="),
    ("output: out", "output: [a]", "name of a file"),
    ("output: out", "output: taken", "is no folder"),
    ("output: out", "output: taken/below", "is no folder"),
    ("output: out", "output: out\nname: {a: 1}", "at most 200 characters"),
    ("output: out", "output: out\ntime_limit: never", "time_limit"),
    ("model: HNL", "model: StandardModel", "mass"),
    (LAB, "- nothing:Here", "no file nothing.py"),
    ("model: HNL", "model: nothing:Here", "no file nothing.py"),
    (LAB, "- own:fails", "raised ZeroDivisionError"), (LAB, "- own:text", "returned 'ten'"),
]  # fmt: skip
OWN = "def fails(model):\n    return 1 / 0\ndef text(model):\n    return 'ten'\n"


@pytest.mark.parametrize(("old", "new", "message"), REFUSED, ids=[r[1][-34:] for r in REFUSED])
def test_check_and_run_refuse_the_same(folder, capsys, old, new, message):
    (folder / "taken").write_text("a file")
    (folder / "own.py").write_text(OWN)
    (folder / "run.yaml").write_text(SMALL.replace(old, new, 1).replace("low: 0, high", "low: 0.0, high"))
    for verb in (["check", "run.yaml"], ["run", "-q", "run.yaml"]):
        if verb[0] == "run" and "own:" in new:
            continue  # a run counts what fails at its points
        assert main(verb) == 2
        error = capsys.readouterr().err
        assert message in error, error
        assert error.count("\n") == 1
    assert not (folder / "out").exists()


def test_check_sees_results_of_another_configuration(folder, capsys):
    (folder / "run.yaml").write_text(SMALL)
    assert main(["run", "-q", "run.yaml"]) == 0
    assert main(["check", "run.yaml"]) == 0
    for old, new, message in (("seed: 3", "seed: 4", "seed = 3, not 4"),
    ("[4, 4]", "[5, 4]", "holds a scan over"),
                              ("400 MeV", "401 MeV", "another configuration")):  # fmt: skip
        (folder / "run.yaml").write_text(SMALL.replace(old, new))
        capsys.readouterr()
        for verb in ("check", "run"):
            assert main([verb, "run.yaml"]) == 2
            assert message in capsys.readouterr().err


def test_a_tilde_is_the_home_folder(folder, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(folder / "home"))
    (folder / "home").mkdir()
    text = SMALL.replace("output: out", "output: ~/x").replace("sample:", "# sample:")
    (folder / "run.yaml").write_text(text)
    assert main(["run", "-q", "run.yaml"]) == 0
    assert (folder / "home/x/run.h5").exists()
    assert not (folder / "~").exists()
