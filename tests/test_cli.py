"""The command line: outputs, exit codes, bad input in one sentence, and kills at random moments."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from astrobounds.cli import main

SMALL = """
model: HNL
parameters:
  mass: {prior: log-uniform, low: 50 MeV, high: 400 MeV}
  mixing.e: {prior: log-uniform, low: 1.0e-10, high: 1.0e-4}
constraints:
  - lab: {curves: [pienu_2017_ue4, na62_2020_ue4]}
scan: {x: mass, y: mixing.e, shape: [20, 24]}
sample: {walkers: 16, steps: 900, min_steps: 900, seed: 3}
pool: 1
output: out
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.yaml").write_text(SMALL)
    return tmp_path


def test_run_writes_everything_and_then_has_nothing_left(folder, capsys):
    assert main(["run", "run.yaml", "-q"]) == 0
    names = {p.name for p in (folder / "out").iterdir()} - {".run.h5.lock"}
    assert names == {"run.h5", "exclusion.png", "corner.png", "limits.txt", "references.bib"}
    table = (folder / "out/limits.txt").read_text()
    assert "mixing.e" in table
    assert "90 % upper limit" in table
    assert "without any laboratory curve" in table
    bib = (folder / "out/references.bib").read_text()
    for key in ("PIENU2018", "NA62e2020", "Gorbunov:2007ak", "ForemanMackey:2012ig"):
        assert f"{{{key}," in bib
    for picture in ("exclusion.png", "corner.png"):
        assert (folder / "out" / picture).stat().st_size > 5000
    capsys.readouterr()
    assert main(["run", "run.yaml", "-q"]) == 0
    assert "nothing is left to do" in capsys.readouterr().out
    (folder / "out/corner.png").unlink()
    assert main(["plot", "run.yaml"]) == 0
    assert (folder / "out/corner.png").exists()
    capsys.readouterr()
    assert main(["report", "run.yaml"]) == 0
    assert "90 % upper limit" in capsys.readouterr().out


def test_check_runs_nothing(folder, capsys):
    assert main(["check", "run.yaml"]) == 0
    text = capsys.readouterr().out
    assert "valid; 2 parameters: mass, mixing.e" in text
    assert "lnL" in text
    assert not (folder / "out").exists()


def test_point_prints_predictions(folder, capsys):
    assert main(["point", "run.yaml", "mass=200 MeV", "mixing.e=1e-8"]) == 0
    text = capsys.readouterr().out
    assert "mass=200 MeV" in text
    assert "na62_2020_ue4" in text


def test_limits_lists_and_exports(folder, capsys):
    assert main(["limits", "--flavour", "tau"]) == 0
    assert "babar_2022_utau4_withsys" in capsys.readouterr().out
    assert main(["limits", "--flavour", "tau", "--export", "tau.csv"]) == 0
    assert "babar_2022_utau4_withsys" in (folder / "tau.csv").read_text()


def test_cite(folder, capsys):
    assert main(["cite", "run.yaml"]) == 0
    assert "@article{PIENU2018" in capsys.readouterr().out


BAD = [
    ("model: HNL", "model: HLN", "did you mean 'HNL'"),
    ("model: HNL", "modle: HNL", "unknown key 'modle' (did you mean 'model'?)"),
    ("low: 50 MeV, high: 400 MeV", "low: 50, high: 400", "without a unit"),
    ("low: 50 MeV, high: 400 MeV", "low: 50 MeV, high: 9000 MeV", "D mass"),
    ("low: 50 MeV", "low: 50 MeVV", "unknown unit 'MeVV'"),
    ("low: 1.0e-10, high: 1.0e-4", "low: -1.0, high: 1.0e-4", "above zero"),
    ("low: 1.0e-10, high: 1.0e-4", "low: 1.0e-10, high: 3.0", "sum to|domain|between 0 and 1"),
    ("low: 1.0e-10", "low: 1e-10", "write 1.0e-10"),
    ("low: 1.0e-10", 'low: "0.1"', "it is text, not a number"),
    ("prior: log-uniform, low: 1.0e-10", "prior: loguni, low: 1.0e-10", "did you mean"),
    ("mixing.e: {", "mixing.r: {", "unknown parameter 'mixing.r'"),
    ("- lab:", "- labb:", "did you mean 'lab'"),
    ("curves: [", "curvs: [", "did you mean 'curves'"),
    ("pienu_2017_ue4", "pienu_2071_ue4", "did you mean"),
    ("shape: [20, 24]", "shape: [20]", "two integers"),
    ("walkers: 16", 'walkers: "16"', "it is text, not a number"),
    ("walkers: 16", "walkers: 3", "even number"),
    ("y: mixing.e", "y: mixing.mu", "has no prior"),
    ("pool: 1", "pool: none", "number of processes"),
    ("pool: 1", "pool: 100000", "from 1 to 256"),
    ("seed: 3", "seed: -1", "outside [0, 4294967295]"),
    ("steps: 900", "steps: 0", "outside [1,"),
    ("seed: 3", "seed: 3, seed: 4", "given twice"),
    ("shape: [20, 24]", "shape: [1000000000, 3]", "from 2 to 10000"),
    ("shape: [20, 24]", "shape: [20, 24], at: {mixing.e: 5}", "inside its prior|is not a value"),
    ("- lab: {", "- lab: {smooth: xx, ", "odd integers"),
    ("- lab: {", "- lab: {unknown_cl: xx, ", "wrong type or value|confidence"),
    ("- lab:", "- sn1987a-cooling: {star: 3}\n  - lab:", "packaged star"),
    ("- lab:", "- sn1987a-cooling: {gravity: 'no'}\n  - lab:", "true or false"),
    ("- lab:", "- sn1987a-cooling: {helicity: [1]}\n  - lab:", "allowed: 'helicity'"),
    ("output: out", "output: null", "name of a file or folder"),
    ("scan: {x: mass, y: mixing.e, shape: [20, 24]}\nsample: {walkers: 16, steps: 900, "
     "min_steps: 900, seed: 3}", "", "nothing to do"),
    ("parameters:", "parameters: {", "not valid YAML"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[b[1][:34] for b in BAD])
def test_bad_run_files_end_in_one_sentence(folder, capsys, old, new, message):
    (folder / "run.yaml").write_text(SMALL.replace(old, new, 1))
    assert main(["run", "run.yaml", "-q"]) == 2
    captured = capsys.readouterr()
    assert any(part in captured.err for part in message.split("|")), captured.err
    assert captured.err.startswith("astrobounds: ")
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


def test_other_bad_input(folder, capsys):
    for arguments, message in (
        (["run", "missing.yaml"], "cannot read"),
        (["point", "run.yaml", "mass=200", "mixing.e=1e-8"], "no unit"),
        (["point", "run.yaml", "mass=200 MeV", "mixing.e=-1"], "between 0 and 1"),
        (["point", "run.yaml", "mass=200 MeV", "mixing.e=0.8", "mixing.mu=0.8"], "unitarity"),
        (["point", "run.yaml", "mas=200 MeV"], "did you mean 'mass'"),
        (["point", "run.yaml", "mass"], "name=value"),
        (["limits", "--flavour", "tua"], "did you mean 'tau'"),
        (["plot", "run.yaml"], "no run file"),
    ):
        assert main(arguments) == 2
        captured = capsys.readouterr()
        assert message in captured.err, (arguments, captured.err)
        assert "Traceback" not in captured.err


def test_a_changed_run_file_does_not_touch_old_results(folder, capsys):
    assert main(["run", "run.yaml", "-q"]) == 0
    before = (folder / "out/run.h5").read_bytes()
    (folder / "run.yaml").write_text(SMALL.replace("1.0e-4", "1.0e-5"))
    assert main(["run", "run.yaml", "-q"]) == 2
    assert "another configuration" in capsys.readouterr().err
    (folder / "out/run.h5").write_bytes(before[:-100])
    (folder / "run.yaml").write_text(SMALL)
    assert main(["run", "run.yaml", "-q"]) == 2
    assert "damaged" in capsys.readouterr().err
    assert (folder / "out/run.h5").read_bytes() == before[:-100]


def test_profile_file_with_a_missing_column(folder, capsys):
    (folder / "star.ecsv").write_text(
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: radius, unit: km, datatype: float64}\n"
        "# schema: astropy-2.0\nradius\n0.0\n1.0\n2.0\n3.0\n"
    )
    lab = "- lab: {curves: [pienu_2017_ue4, na62_2020_ue4]}"
    (folder / "run.yaml").write_text(SMALL.replace(lab, "- sn1987a-cooling: {star: star.ecsv}"))
    assert main(["check", "run.yaml"]) == 2
    assert "column 'rho' is missing" in capsys.readouterr().err


def test_changed_options_are_another_configuration(folder, capsys):
    """Options that no description names: another curve, family or digit must not reuse results."""
    assert main(["run", "run.yaml", "-q"]) == 0
    changes = [
        ("na62_2020_ue4", "triumf_1992_ue4"), ("1.0e-4}", "1.000001e-4}"),
        ("- lab: {", "- lab: {likelihood: half-gaussian, "), ("seed: 3", "seed: 4"),
    ]  # fmt: skip
    for old, new in changes:
        (folder / "run.yaml").write_text(SMALL.replace(old, new))
        assert main(["run", "run.yaml", "-q"]) == 2, new
        assert "choose another output" in capsys.readouterr().err


def test_only_a_scan_is_finished_too(folder, capsys):
    text = SMALL.replace("sample:", "# sample:")
    (folder / "run.yaml").write_text(text.replace("output:", "name: 'cost $\\frac{$'\noutput:"))
    assert main(["run", "run.yaml", "-q"]) == 0
    capsys.readouterr()
    assert main(["run", "run.yaml", "-q"]) == 0
    assert "nothing is left to do" in capsys.readouterr().out


@pytest.mark.slow
def test_sigkill_at_ten_random_moments_loses_nothing(folder):
    """Kill the run ten times; the result is bit for bit that of an undisturbed run."""
    text = SMALL.replace("steps: 900, min_steps: 900", "steps: 2500, min_steps: 2500")
    text = text.replace("pool: 1", "pool: 2")  # workers must not outlive the run and keep its lock
    (folder / "run.yaml").write_text(text)
    (folder / "calm.yaml").write_text(text.replace("output: out", "output: calm"))
    command = [sys.executable, "-m", "astrobounds", "run", "-q"]
    start = time.monotonic()
    subprocess.run([*command, "calm.yaml"], check=True, capture_output=True)
    whole = time.monotonic() - start
    rng = np.random.default_rng(17)
    from astrobounds.errors import AstroboundsError
    from astrobounds.inference.journal import parse_journal
    from astrobounds.inference.store import read_run

    finished, reached = 0, 0
    for _ in range(10):
        process = subprocess.Popen([*command, "run.yaml"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)  # fmt: skip
        time.sleep(rng.uniform(0.3, 0.9) * whole)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        else:
            finished += 1
            assert process.returncode == 0, process.stderr.read()
        process.stderr.close()
        # what was computed never shrinks
        steps = 0
        if (folder / "out/run.h5").exists():
            try:
                steps = len(read_run(folder / "out/run.h5")["arrays"].get("mcmc/chain", ()))
            except AstroboundsError as error:  # pragma: no cover
                pytest.fail(f"a kill left a file that is refused: {error}")
        journal = folder / "out/run.h5.journal"
        if journal.exists():
            header, records, _ = parse_journal(journal.read_bytes(), journal)
            epoch = read_run(folder / "out/run.h5")["epoch"] if (folder / "out/run.h5").exists() else 0
            if header and header["epoch"] == epoch:
                steps += sum(kind == "step" for kind, _, _ in records)
        assert steps >= reached
        reached = steps
    subprocess.run([*command, "run.yaml"], check=True, capture_output=True)
    disturbed, calm = (read_run(folder / name / "run.h5")["arrays"] for name in ("out", "calm"))
    assert disturbed.keys() == calm.keys()
    for key in calm:
        np.testing.assert_array_equal(disturbed[key], calm[key])
