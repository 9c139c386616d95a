"""Mediators in fits: nucleosynthesis, the microwave background and rare decays take them."""

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.constraints import get
from astrobounds.constraints.protocol import Constraint
from astrobounds.lab.rare_limits import RareDecays


def med(mass, g, spin="vector"):
    return ab.Mediator(mass * u.MeV, {("e", "tau"): g}, spin=spin)


def test_nucleosynthesis_and_the_microwave_background_take_mediators():
    early = get("bbn", marginalise=(), theory="table")
    cmb = get("cmb", data="act2025")
    weak, strong = med(1.0, 1e-16), med(1.0, 1e-9)
    for constraint in (early, cmb):
        null = constraint.null_loglike
        assert abs(constraint.loglike(weak, {}) - null) < 1e-3
        assert constraint.loglike(strong, {}) < null - 4.0
    assert 3.50 < early.predict(strong)["Neff"] < 3.51


def test_rare_decays_are_a_constraint_of_a_posterior():
    fit = ab.Posterior(
        model=ab.Mediator, nature="vector", constraints=[RareDecays()],
        priors={
            "mass": ab.LogUniform(1e-2 * u.MeV, 3e2 * u.MeV),
            "coupling.etau": ab.LogUniform(1e-8, 1.0),
        },
    )  # fmt: skip
    assert isinstance(fit.constraints[0], Constraint)
    grid = ab.scan(fit, x="mass", y="coupling.etau", shape=(3, 4), progress=False)
    lnl = grid.loglike["rare-decays"]
    assert np.all(np.isfinite(lnl))
    assert lnl[0, -1] < lnl[0, -2] < -1e3
    assert abs(lnl[-1, 0]) < 1e-9


PAIRS = ("e", "mu", "tau", ("e", "mu"), ("e", "tau"), ("mu", "tau"), "universal")


def random_points(count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        mass, g = 10.0 ** rng.uniform(-3, 3), 10.0 ** rng.uniform(-14, -1)
        pair, spin = PAIRS[rng.integers(len(PAIRS))], ("vector", "scalar")[rng.integers(2)]
        neutrinos = ("integrated", "separate", "common")[rng.integers(3)]
        yield ab.Mediator(mass * u.MeV, {pair: g}, spin=spin), neutrinos


def _all_finite(points):
    for model, neutrinos in points:
        out = ab.cosmology.bbn(model, neutrinos=neutrinos)
        values = [out.Neff, out.Yp, out.DH, out.He3H, out.Li7H]
        assert np.all(np.isfinite(values)), (model, neutrinos)
        assert 2.9 < out.Neff < 9.0, (model, neutrinos)


@pytest.mark.filterwarnings("ignore::astrobounds.errors.ValidityWarning")
def test_random_points_are_finite():
    _all_finite(random_points(8, 3))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::astrobounds.errors.ValidityWarning")
def test_two_hundred_random_points_are_finite():
    _all_finite(random_points(200, 7))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::astrobounds.errors.ValidityWarning")
def test_random_points_of_the_momentum_resolved_run_are_finite():
    from astrobounds.cosmology.mediators import resolved
    from astrobounds.models.neutrino_pairs import boson_of

    for model, _ in random_points(12, 5):
        found = resolved.solve(boson_of(model))
        assert 3.0 < found.background.Neff < 9.0, model
        assert found.background.spectra.min() > -1e-12, model
