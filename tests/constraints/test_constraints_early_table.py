"""Tables of abundances: as good as they say, direct where they are not, and fast."""

import time
import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.constraints import early_table
from astrobounds.constraints.early import EarlyUniverse
from astrobounds.constraints.protocol import Region
from astrobounds.cosmology.relics import table as relic_table
from astrobounds.errors import ConfigError, ConvergenceError, ValidityWarning

FIXED = Region(ab.HNL, "majorana", {"mixing.e": (1e-10, 1e-1)}, {"mass": 40.0}, {})
NUISANCE = {"omega_b": 0.02237, "tau_n": 878.4}


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        yield


@pytest.fixture(scope="module")
def fixed():
    """One mass, five quantities over twenty e-folds of the coupling."""
    early = EarlyUniverse(table=True)
    early.prepare(FIXED, show=False)
    return early


def values(point):
    dark = 0.0 if point.late is None else point.late.f
    return np.array(
        [point.Neff, point.Yp, point.DH, point.He3H, point.Li7H, point.before_cascade, 1.0, dark]
    )


def direct(early, model, nuisance):
    plain = EarlyUniverse(*early.choices, table=False)
    return plain(model, nuisance)


def ratios(early, models, nuisances):
    """Deviations of table and direct solution, in tolerances of the table."""
    out = []
    for model, nuisance in zip(models, nuisances):
        exact = values(direct(early, model, nuisance))
        found = values(early(model, nuisance))
        off = np.abs(found - exact) / relic_table.tolerance(exact, early._table.standard)
        out.append(off[:5])
    return np.array(out)


@pytest.mark.slow
def test_one_mass_against_direct_solutions(fixed):
    rng = np.random.default_rng(11)
    mixings = 10.0 ** rng.uniform(-10, -1, 40)
    off = ratios(fixed, [ab.HNL.fast(40.0, (x, 0.0, 0.0)) for x in mixings], [NUISANCE] * 40)
    assert off.max() < 2.0 < early_table.MARGIN
    assert np.sqrt(np.mean(off**2)) < 0.5
    assert fixed._table.checked["worst"] < early_table.MARGIN
    assert fixed._table.checked["points"] + fixed._table.checked["direct"] > 30


@pytest.mark.slow
def test_nuisances_are_shifts_of_the_standard_case(fixed):
    """omega_b +- 2 % (three Planck errors), tau_n +- 1.5 s, rates by a standard deviation: the error
    this adds stays below that of theory (1.2 % of D/H, 1.2e-4 of Y_p) where data allow the point."""
    rng = np.random.default_rng(12)
    shifts = fixed.reactions
    worst = np.zeros(2)
    for _ in range(30):
        model = ab.HNL.fast(40.0, (10.0 ** rng.uniform(-4.6, -1), 0.0, 0.0))
        nuisance = {"omega_b": 0.02237 * (1 + 0.02 * rng.uniform(-1, 1)),
                    "tau_n": 878.4 + 1.5 * rng.uniform(-1, 1)}  # fmt: skip
        for name in rng.choice(shifts, 3, replace=False):
            nuisance["rate." + str(name)] = rng.uniform(-1, 1)
        exact, found = direct(fixed, model, nuisance), fixed(model, nuisance)
        if abs(exact.Yp - 0.2458) < 0.01:
            worst = np.maximum(worst, [abs(found.Yp - exact.Yp), abs(found.DH / exact.DH - 1)])
    assert worst[0] < 6e-5
    assert worst[1] < 4e-3


@pytest.mark.slow
def test_a_lookup_takes_less_than_a_millisecond(fixed):
    models = [ab.HNL.fast(40.0, (x, 0.0, 0.0)) for x in np.geomspace(1e-9, 1e-2, 200)]
    fixed(models[0], NUISANCE)
    start = time.process_time()
    for model in models:
        fixed(model, NUISANCE)
    assert (time.process_time() - start) / len(models) < 1e-3


@pytest.mark.slow
def test_other_models_are_solved_directly(fixed):
    for model in (ab.HNL.fast(41.0, (1e-4, 0.0, 0.0)), ab.HNL.fast(40.0, (1e-4, 1e-4, 0.0)),
                  ab.HNL.fast(40.0, (1e-4, 0.0, 0.0), "dirac"), ab.StandardModel(0.1)):  # fmt: skip
        assert fixed(model, NUISANCE) == direct(fixed, model, NUISANCE)


@pytest.mark.slow
def test_masses_between_columns():
    region = Region(ab.HNL, "majorana", {"mass": (50.0, 56.0), "mixing.mu": (1e-7, 1e-3)}, {}, {})
    early = EarlyUniverse(table=True)
    early.prepare(region, show=False)
    rng = np.random.default_rng(13)
    models = [ab.HNL.fast(50.0 * 1.12 ** rng.random(), (0.0, 10.0 ** rng.uniform(-7, -3), 0.0))
              for _ in range(30)]  # fmt: skip
    off = ratios(early, models, [NUISANCE] * 30)
    assert off.max() < 2.0
    assert early._table.checked["direct"] < 0.1
    edge = ab.HNL.fast(80.0, (0.0, 1e-4, 0.0))
    assert early(edge, NUISANCE) == direct(early, edge, NUISANCE)


# the table alone, on functions that cost nothing


def law(point):
    """Eight smooth functions of (mass, y) with the size of abundances, and their standard values."""
    mass, y = point
    s = 1.0 / (1.0 + np.exp(-y - 0.3 * np.log(mass)))
    deuterium = 2.5e-5 * np.exp(-8 * s)
    return np.array([3.0 + s, 0.25 + 0.05 * s, deuterium, 1e-5 * (1 + s), 5e-10 * (1 - 0.5 * s),
                     deuterium, 1.0 + s, 10.0 * mass * s])  # fmt: skip


STANDARD = law((10.0, -80.0))


def span(mass):
    return -8.0 - 5.0 * np.log(mass / 10.0), 6.0 - 5.0 * np.log(mass / 10.0)


def test_smooth_functions_are_followed():
    table = relic_table.build(law, span, (10.0, 20.0), STANDARD)
    assert table.checked["direct"] == 0.0
    assert table.checked["worst"] < 1.5
    assert table.solved < 2500
    rng = np.random.default_rng(3)
    for _ in range(200):
        mass = rng.uniform(10, 20)
        y = rng.uniform(*span(mass))
        off = relic_table.deviation(table.at(mass, y), law((mass, y)), STANDARD)
        assert off < 2.0
    assert table.at(9.9, 0.0) is None
    assert table.at(20.1, 0.0) is None
    assert table.at(15.0, 60.0) is None


def test_nodes_are_exact():
    table = relic_table.build(law, span, 12.0, STANDARD, checks=10)
    column = table.columns[0]
    for y in column.y[[0, 3, -1]]:
        np.testing.assert_allclose(table.at(12.0, y), law((12.0, y)), rtol=1e-9)


def test_failures_are_never_bridged():
    def fails(point):
        return np.full(8, np.nan) if 0.5 < point[1] < 0.9 else law(point)

    table = relic_table.build(fails, span, 12.0, STANDARD, checks=30)
    for y in np.linspace(*span(12.0), 400):
        found = table.at(12.0, y)
        if 0.5 < y < 0.9:
            assert found is None
        elif found is not None:
            assert np.all(np.isfinite(found))
            assert relic_table.deviation(found, law((12.0, y)), STANDARD) < 3.0


def test_a_jump_is_left_to_direct_solutions():
    """A threshold in the mass: points beside it are looked up, cells that hold it are closed."""

    def jumps(point):
        out = law(point)
        if point[0] > 14.14:
            out[1] += 0.02
        return out

    table = relic_table.build(jumps, span, (13.0, 15.0), STANDARD)
    rng = np.random.default_rng(4)
    direct_share = 0
    for _ in range(300):
        mass = rng.uniform(13, 15)
        y = rng.uniform(*span(mass))
        found = table.at(mass, y)
        if found is None:
            assert abs(np.log(mass / 14.14)) < 2.1 * relic_table.MASS_SMALLEST
            direct_share += 1
        else:
            assert relic_table.deviation(found, jumps((mass, y)), STANDARD) < 3.0
    assert direct_share > 0


def test_options():
    assert ab.constraints.get("bbn", table=False).early._wanted is False
    for wrong in ("yes", 1, None):
        with pytest.raises(ConfigError, match="auto"):
            ab.constraints.get("cmb", table=wrong)


def test_regions_without_a_ray():
    two = Region(ab.HNL, "majorana", {"mixing.e": (1e-10, 1e-1), "mixing.mu": (1e-10, 1e-1)},
                 {"mass": 40.0}, {})  # fmt: skip
    constraint = ab.constraints.get("bbn")
    constraint.early.prepare(two, show=False)
    assert any("one ray" in line for line in constraint.describe())
    with pytest.raises(ConfigError, match="one ray"):
        EarlyUniverse(table=True).prepare(two, show=False)
    standard = Region(ab.StandardModel, None, {"delta_neff": (-1.0, 1.0)}, {}, {})
    constraint.early.prepare(standard, show=False)
    assert constraint.early._table is None
    off = EarlyUniverse(table=False)
    off.prepare(FIXED, show=False)
    assert off._table is None


def test_a_ray_finds_its_models():
    region = Region(ab.HNL, "dirac", {"mixing.e": (1e-10, 1e-4)}, {"mass": 40.0},
                    {"mixing.tau": ("mixing.e", 3.0)})  # fmt: skip
    ray = early_table.Ray.of(region, ("default", "small", "integrated"))
    assert ray.pattern == {"mixing.e": 0.25, "mixing.tau": 0.75}
    low, high = ray.span(40.0)
    model = ab.HNL.fast(40.0, (1e-10, 0.0, 3e-10), "dirac")
    assert_allclose(high, np.log(const.HBAR / model.width_mev), rtol=1e-12, atol=0)
    assert_allclose(high - low, np.log(1e6), rtol=1e-12, atol=0)
    middle = ray.of_place(40.0, 0.5 * (low + high))
    assert_allclose(middle.mixing_vector, (1e-7, 0.0, 3e-7), rtol=1e-12, atol=0)
    assert ray.holds(model)
    assert not ray.holds(ab.HNL.fast(40.0, (1e-10, 0.0, 1e-10), "dirac"))


def test_a_ray_of_a_lifetime_or_an_abundance():
    """Any one parameter is a ray; its axis is the parameter where it is no coupling."""
    fixed = {"mass": 40.0, "abundance": 1e-3, "branching.e e": 1.0}
    region = Region(ab.LongLivedParticle, "scalar", {"lifetime": (0.01, 10.0)}, fixed, {})
    ray = early_table.Ray.of(region, ("default", "small", "integrated"))
    assert_allclose(ray.span(40.0), np.log((0.01, 10.0)), rtol=1e-12)
    model = ray.of_place(40.0, 0.0)
    assert_allclose(model.lifetime.to_value("s"), 1.0, rtol=1e-12)
    assert ray.holds(model)
    other = ab.LongLivedParticle.from_values({**model.values, "abundance": 2e-3}, **model.chosen)
    assert not ray.holds(other)
    dark = ab.cosmology.DarkDecay.of(ab.HNL)
    region = Region(dark, "majorana", {"mixing.e": (1e-10, 1e-4)}, {"mass": 40.0, "width": 1e-20}, {})
    ray = early_table.Ray.of(region, ("default", "small", "integrated"))
    assert ray.holds(ab.cosmology.DarkDecay(ab.HNL.fast(40.0, (1e-6, 0.0, 0.0)), 1e-20 * u.MeV))


def test_solver_failures_become_nan(monkeypatch):
    region = Region(ab.HNL, "majorana", {"mixing.e": (1e-10, 1e-4)}, {"mass": 40.0}, {})
    ray = early_table.Ray.of(region, ("default", "small", "integrated"))

    def stop(*_):
        raise ConvergenceError("the network stopped", stage="network")

    monkeypatch.setattr(early_table, "quantities", stop)
    assert np.isnan(ray.solve((40.0, 0.0))).all()


@pytest.mark.slow
def test_a_posterior_uses_and_describes_its_table():
    fit = ab.Posterior(
        model=ab.HNL, priors={"mass": 40 * u.MeV, "mixing.e": ab.LogUniform(1e-10, 1e-1)},
        constraints=["bbn", "cmb"],
    )  # fmt: skip
    identity = fit.fingerprint()
    fit.prepare(show=False)
    first, second = (c.early._table for c in fit.constraints)
    assert first is second is not None
    assert fit.fingerprint() == identity
    assert any("random points" in line for line in fit.notes())
    point = fit.values(fit.bounds().mean(axis=1))
    quick = fit.terms(point)
    for c in fit.constraints:
        c.forget()
    slow = fit.terms(point)
    for name in quick:
        assert abs(quick[name] - slow[name]) < 0.05 + 0.05 * abs(slow[name])
