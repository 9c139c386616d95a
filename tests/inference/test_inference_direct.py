"""Tables against solvers: a surrogate that is off by a known shift moves the limit by what is reported."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from toys import Tabled

import astrobounds as ab
from astrobounds import cli
from astrobounds.errors import ConfigError
from astrobounds.inference.direct import SolverCheck, weighted_quantile, without_tables

PRIORS = {"mass": 100 * u.MeV, "mixing.tau": ab.LogUniform(1e-9, 1e-3)}


@pytest.fixture(autouse=True)
def _quick(small_maps):
    pass


def chain_of(shift):
    post = ab.Posterior(ab.HNL, PRIORS, [Tabled(shift)])
    return ab.sample(post, walkers=16, steps=600, min_steps=10**6, progress=False)


def test_a_surrogate_that_is_shifted_is_found_out_and_corrected():
    check = chain_of(0.1).against_solvers(4000, progress=False)
    chain_limit, corrected, moved, error = check.limits["mixing.tau"]
    exact = 10.0 ** (-6.0 + 0.5 * 1.2815515655)
    assert abs(moved - (10.0**0.1 - 1.0)) < 3.0 * error
    assert error < 0.05
    assert_allclose(corrected, exact, rtol=0.12, atol=0)
    assert chain_limit > corrected
    assert 3500 < check.effective < 4000
    assert "the surrogate moved the 90 % limit of mixing.tau by +" in str(check)
    assert SolverCheck.from_dict(check.to_dict()) == check


def test_without_a_table_nothing_moves():
    chain = chain_of(0.0)
    check = chain.against_solvers(50, progress=False, pool=2)
    assert check.moved("mixing.tau") == 0.0
    assert check.rms < 1e-12


def test_the_posterior_of_the_chain_keeps_its_tables():
    chain = chain_of(0.1)
    table = chain.posterior.constraints[0].mean
    direct = without_tables(chain.posterior)
    assert chain.posterior.constraints[0].mean == table == -5.9
    assert direct.constraints[0].mean == -6.0


def test_weighted_quantiles_are_those_of_repeated_samples():
    rng = np.random.default_rng(1)
    values, times = rng.standard_normal(300), rng.integers(1, 4, 300)
    for q in (0.1, 0.5, 0.9):
        assert_allclose(weighted_quantile(values, times, q), np.quantile(np.repeat(values, times), q),
                        rtol=0.03, atol=0.02)  # fmt: skip


def test_solvers_that_fail_and_chains_without_posterior_are_said():
    chain = chain_of(0.0)
    chain.posterior.constraints[0].fails = True
    with pytest.raises(ConfigError, match="the solvers failed at 20 of 20 points"):
        chain.against_solvers(20, progress=False)
    with pytest.raises(ConfigError, match="points"):
        chain.against_solvers(3, progress=False)


RUN = """
model: HNL
parameters: {mass: 100 MeV, mixing.tau: {prior: log-uniform, low: 1.0e-9, high: 1.0e-3}}
constraints: [{"mine:Tabled": {shift: 0.1}}]
sample: {walkers: 8, steps: 200, direct: 100}
pool: 1
"""


def test_a_run_file_asks_for_it_and_the_report_says_it(tmp_path, capsys):
    from inspect import getsource

    (tmp_path / "mine.py").write_text("import numpy as np\n\n\n" + getsource(Tabled))
    file = tmp_path / "run.yaml"
    file.write_text(RUN)
    assert cli.main(["run", str(file), "-q", "-o", str(tmp_path / "out")]) == 0
    said = "the surrogate moved the 90 % limit of mixing.tau by +"
    assert said in (tmp_path / "out" / "limits.txt").read_text()
    assert cli.main(["run", str(file), "-q", "-o", str(tmp_path / "out")]) == 0
    assert "nothing is left to do" in capsys.readouterr().out
    assert cli.main(["report", str(file), "-o", str(tmp_path / "out")]) == 0
    assert said in capsys.readouterr().out
    file.write_text(RUN.replace("direct: 100", "direct: 5"))
    assert cli.main(["run", str(file), "-q", "-o", str(tmp_path / "out")]) == 2
    assert "20 to 1000000 points" in capsys.readouterr().err
