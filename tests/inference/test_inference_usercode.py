"""A user's own constraints, priors, curves and models: functions, and modules beside the run file."""

import functools

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from toys import by_mass, with_nuisance

import astrobounds as ab
from astrobounds.cli import main
from astrobounds.config import load
from astrobounds.errors import ConfigError

pytestmark = pytest.mark.usefixtures("small_maps")
PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}


# -- functions -------------------------------------------------------------------------------------
def test_a_callable_is_a_constraint():
    post = ab.Posterior(ab.HNL, PRIORS, [by_mass, with_nuisance])
    assert post.nuisance_names == ("scale",)
    assert post.priors["scale"] == ab.Normal(1.0, 0.1)
    terms = post.terms({"mass": 50.0, "mixing.tau": 1e-6, "scale": 2.0})
    assert terms == {"by_mass": -0.25, "with_nuisance": -1.0}
    assert "Gorbunov:2007ak" in post.references
    assert post.summary(mass=50 * u.MeV, mixing={"tau": 1e-6}).terms[0].loglike == -0.25
    grid = ab.scan(ab.Posterior(ab.HNL, PRIORS, [by_mass]), shape=(3, 3), pool=2, progress=False)
    assert_allclose(grid.loglike["by_mass"][:, 0], -((grid.x / 100.0) ** 2), rtol=1e-12)


def scaled(power, model):
    return -(model.mass_mev**power)


def test_partial_functions_and_closures_are_told_apart():
    one, two = (ab.Posterior(ab.HNL, PRIORS, [functools.partial(scaled, n)]) for n in (1, 2))
    assert one.terms({"mass": 20.0, "mixing.tau": 1e-6}) == {"scaled": -20.0}
    assert one.fingerprint() != two.fingerprint()


@pytest.mark.parametrize(("thing", "message"), [
    (3, "is not a constraint"), (stats.norm, "is not a constraint|cannot|signature|not a number"),
    (ab.HNL, "is a class"),
    ({"a": None, "b": None}, "one name per entry"),
])  # fmt: skip
def test_what_is_no_constraint(thing, message):
    with pytest.raises(ConfigError, match=message):
        ab.Posterior(ab.HNL, PRIORS, [thing]).summary(mass=50 * u.MeV, mixing={"tau": 1e-6})


# -- priors of scipy -------------------------------------------------------------------------------
def test_frozen_distributions_are_priors():
    post = ab.Posterior(ab.HNL, {
        "mass": ab.Distribution(stats.lognorm(s=0.3, scale=0.1), unit=u.GeV),
        "mixing.tau": stats.loguniform(1e-9, 1e-3), "mixing.e": stats.uniform(0.0, 0.1),
    }, [by_mass])  # fmt: skip
    assert post.priors["mixing.tau"] == ab.LogUniform(1e-9, 1e-3)
    assert post.priors["mixing.e"] == ab.Uniform(0.0, 0.1)
    mass = post.priors["mass"]
    assert mass.unit == "MeV"
    assert_allclose(mass.center, 100.0, rtol=1e-12)
    assert_allclose(mass.logpdf(120.0), stats.lognorm(s=0.3, scale=100.0).logpdf(120.0), rtol=1e-12)
    assert mass == ab.Distribution(stats.lognorm(s=0.3, scale=0.1), unit="GeV")
    other = ab.Distribution(stats.lognorm(s=0.31, scale=0.1), unit="GeV")
    assert mass != other
    prints = []
    for prior in (mass, ab.Distribution(stats.lognorm(s=0.3, scale=0.1), unit="GeV"), other):
        again = ab.Posterior(ab.HNL, {"mass": prior, "mixing.tau": 1e-6}, [by_mass])
        prints.append(again.fingerprint()["priors"])
    assert prints[0] == prints[1] != prints[2]
    chain = ab.sample(ab.Posterior(ab.HNL, {"mass": mass, "mixing.tau": 1e-6}, [lambda model: 0.0]),
                      walkers=16, steps=800, min_steps=800, progress=False)  # fmt: skip
    assert_allclose(np.median(chain.values("mass")), 100.0, rtol=0.05)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: ab.Posterior(ab.HNL, {"mass": stats.norm(100, 5), "mixing.tau": 1e-6}, [by_mass]),
     "without a unit"),
    (lambda: ab.Distribution(stats.norm), "not a frozen"), (lambda: ab.Distribution(3), "not a frozen"),
    (lambda: ab.Distribution(stats.poisson(3)), "not a frozen"),
    (lambda: ab.Distribution(stats.norm(0, np.nan)), "its support"),
    (lambda: ab.Distribution(stats.norm(0, 1), unit="spam"), "a unit such as"),
])  # fmt: skip
def test_bad_distributions(build, message):
    with pytest.raises(ConfigError, match=message):
        build()


# -- units of every prior --------------------------------------------------------------------------
UNITS = [
    ({"mixing.tau": ab.LogUniform(1e-9 * u.MeV, 1e-3 * u.MeV)}, ["lab"], "'mixing.tau' is given in MeV"),
    ({"mixing.tau": 1e-3 * u.MeV}, ["lab"], "'mixing.tau' is given in MeV"),
    ({"mass": ab.LogUniform(1 * u.s, 2 * u.s)}, ["lab"], "'mass' is given in s, but it is in MeV"),
    ({"tau_n": 878.4 * u.MeV}, ["bbn"], "'tau_n' is given in MeV, but it is in s"),
    ({"tau_n": ab.Normal(878.4 * u.MeV, 1 * u.MeV)}, ["bbn"], "'tau_n' is given in MeV"),
    ({"omega_b": ab.Uniform(0.02 * u.cm, 0.03 * u.cm)}, ["bbn"], "'omega_b' is given in cm"),
    ({"sn1987a_distance_kpc": 50 * u.MeV}, ["smm"], "'sn1987a_distance_kpc' is given in MeV"),
    ({"log10_E_low": 50 * u.erg}, ["low-energy-sne"], "'log10_E_low' is given in MeV"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "constraints", "message"), UNITS, ids=[str(x[0])[:40] for x in UNITS])
def test_a_prior_in_the_wrong_kind_of_unit_is_refused(change, constraints, message):
    with pytest.raises(ConfigError, match=message):
        ab.Posterior(ab.HNL, {**PRIORS, **change}, constraints)


def test_a_prior_in_the_right_kind_of_unit_is_converted():
    priors = {**PRIORS, "sn1987a_distance_kpc": ab.Normal(0.0514 * u.Mpc, 1.2 * u.kpc)}
    post = ab.Posterior(ab.HNL, priors, ["smm"])
    assert_allclose(post.priors["sn1987a_distance_kpc"].mean, 51.4, rtol=1e-12)
    assert_allclose(post.priors["sn1987a_distance_kpc"].sigma, 1.2, rtol=1e-12)
    post = ab.Posterior(ab.HNL, {**PRIORS, "tau_n": 14.64 * u.min}, ["bbn"])
    assert_allclose(post.fixed["tau_n"], 878.4, rtol=1e-12)
    dipole = ab.LogUniform(1e-12 / u.MeV, 1e-9 / u.MeV)
    post = ab.Posterior(ab.DipoleHNL, {"mass": PRIORS["mass"], "dipole.mu": dipole}, ["lab"])
    assert_allclose(post.priors["dipole.mu"].support, (1e-9, 1e-6), rtol=1e-12)
    with pytest.raises(ConfigError, match="give both the same"):
        ab.Normal(0.2 * u.GeV, 0.1)


# -- modules beside a run file ---------------------------------------------------------------------
RUN = """
model: HNL
parameters:
  mass: {prior: log-uniform, low: 50 MeV, high: 400 MeV}
  mixing.e: {prior: log-uniform, low: 1.0e-10, high: 1.0e-4}
constraints:
  - mine:Fit: {width: 0.5}
  - mine:bound
scan: {x: mass, y: mixing.e, shape: [6, 5]}
sample: {walkers: 8, steps: 4}
pool: 2
output: out
"""
MINE = """
from helper import half

class Fit:
    name, references, nuisances, null_loglike = "my-fit", ("Me:2030",), {}, 0.0
    def __init__(self, width):
        self.width = width
    def predict(self, model):
        return {"m": model.mass_mev}
    def loglike(self, model, nuisance):
        return -half(model.mass_mev / 100.0) ** 2 / self.width ** 2

def bound(model):
    return -model.mixing["e"] / 1e-5
"""
HELPER = "def half(x):\n    return 0.5 * x\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    (tmp_path / "project/run.yaml").write_text(RUN)
    (tmp_path / "project/mine.py").write_text(MINE)
    (tmp_path / "project/helper.py").write_text(HELPER)
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "project"
    import sys

    sys.modules.pop("helper", None)


def test_a_module_beside_the_run_file_is_found_from_anywhere_and_travels_to_workers(folder, capsys):
    assert main(["run", "-q", "project/run.yaml"]) == 0
    run = load("project/run.yaml")
    grid = ab.scan(run.posterior, **run.scan, progress=False, pool=2)
    want = -((0.5 * grid.x / 100.0) ** 2) / 0.25
    assert_allclose(grid.loglike["my-fit"][:, 0], want, rtol=1e-12)
    assert_allclose(grid.loglike["bound"][0], -grid.y / 1e-5, rtol=1e-12)
    assert "no entry for Me:2030" in (folder.parent / "out/references.bib").read_text()
    capsys.readouterr()
    assert main(["run", "-q", "project/run.yaml"]) == 0
    assert "nothing is left to do" in capsys.readouterr().out


@pytest.mark.parametrize(("file", "old", "new"), [
    ("mine.py", "1e-5", "2e-5"), ("mine.py", "100.0) **", "100.0) * "), ("helper.py", "0.5 * x", "0.6 * x"),
    ("run.yaml", "width: 0.5", "width: 0.6"),
])  # fmt: skip
def test_an_edited_likelihood_is_noticed_on_resume(folder, capsys, file, old, new):
    import sys

    assert main(["run", "-q", "project/run.yaml"]) == 0
    text = (folder / file).read_text()
    (folder / file).write_text(text + "\n# a comment changes nothing\n")
    sys.modules.pop("helper", None)  # as in a new process
    capsys.readouterr()
    assert main(["run", "-q", "project/run.yaml"]) == 0, capsys.readouterr().err
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    sys.modules.pop("helper", None)
    for verb in (["run", "-q"], ["check"], ["report"]):
        capsys.readouterr()
        assert main([*verb, "project/run.yaml"]) == 2
        assert "another configuration" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "message"), [
    ("def bound(model:\n", "mine.py, line 1: SyntaxError"), ("import nothing_here", "ModuleNotFoundError"),
    ("x = 1 / 0", "mine.py, line 1: ZeroDivisionError"), ("Fit = 3", "has no 'bound'|is an object"),
])  # fmt: skip
def test_modules_that_cannot_be_used(folder, capsys, text, message):
    (folder / "mine.py").write_text(text)
    assert main(["check", "project/run.yaml"]) == 2
    error = capsys.readouterr().err
    assert any(part in error for part in message.split("|")), error
    assert error.count("\n") == 1


# -- curves of one's own ---------------------------------------------------------------------------
def test_extra_curves_join_the_shipped_ones(tmp_path, monkeypatch):
    from astrobounds.datafiles import data_path

    text = data_path("lab/pienu_2017_ue4.ecsv").read_text()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/mine.ecsv").write_text(text)
    fit = "  - mine:Fit: {width: 0.5}\n  - mine:bound\n"
    run = RUN.replace(fit, "  - lab: {curves: {extra: [mine.ecsv]}}\n")
    (tmp_path / "sub/run.yaml").write_text(run)
    post = load("sub/run.yaml").posterior
    used = post.constraints[0]
    plain = ab.constraints.get("lab")
    assert used.describe()[0] == plain.describe()[0]  # as many curves in as many groups
    model = ab.HNL(mass=100 * u.MeV, mixing={"e": 1e-7})
    assert_array_equal(used.loglike(model, {}), plain.loglike(model, {}))
    with pytest.raises(ConfigError, match="extra"):
        ab.Posterior(ab.HNL, PRIORS, [{"lab": {"curves": {"more": []}}}])


# -- programs --------------------------------------------------------------------------------------
PROGRAM = """
import astropy.units as u
import astrobounds as ab

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
print("starts")
"""
SHIPPED = PROGRAM + """
post = ab.Posterior(ab.HNL, PRIORS, [{"lab": {"curves": ["babar_2022_utau4_withsys"]}}])
print(ab.scan(post, shape=(3, 3), pool=2, progress=False).failed().sum())
"""
OWN = PROGRAM + """
from astrobounds.inference.pool import open_pool

def mine(model):
    return -model.mass_mev

class Heavy(ab.HNL):
    pass

def mass_of(model):
    return model.mass_mev

GUARD
    post = ab.Posterior(ab.HNL, PRIORS, [mine])
    print(ab.scan(post, shape=(3, 3), pool=2, progress=False).failed().sum())
    with open_pool(2) as mapper:
        print(*mapper(abs, [-1]), *mapper(mass_of, [Heavy(mass=5 * u.MeV, mixing={"tau": 1e-6})] * 2))
"""


def program(folder, text):
    import subprocess
    import sys

    (folder / "program.py").write_text(text)
    return subprocess.run([sys.executable, "program.py"], cwd=folder, capture_output=True, text=True)


def test_a_program_of_shipped_constraints_needs_no_guard(tmp_path):
    done = program(tmp_path, SHIPPED)
    assert done.stdout == "starts\n0\n", done.stderr


def test_a_program_of_own_constraints_needs_a_guard_and_is_told(tmp_path):
    done = program(tmp_path, OWN.replace("GUARD", 'if __name__ == "__main__":'))
    lines = [line for line in done.stdout.splitlines() if line != "starts"]  # workers read it again
    assert lines == ["0", "1 5.0 5.0"], done.stderr
    done = program(tmp_path, OWN.replace("GUARD", "if True:"))
    assert "is its call under \"if __name__ == '__main__':\"?" in done.stderr
