"""Any object in any place of the public face: an answer, or one sentence of the package."""

from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from scipy import stats
from toys import Gaussian

import astrobounds as ab
from astrobounds import config, interop
from astrobounds.errors import AstroboundsError
from astrobounds.inference.pool import bound_pool

PRIORS = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
ANYTHING = [
    None, True, 1, -1, 0, 2.5, 1j, "off", "", b"x", [], [1], (), {}, {1}, {"a": 1}, np.zeros(2), np.nan,
    np.inf, 10**400, 3 * u.MeV, [1, 2] * u.MeV, 3 * u.km, object(), int, len, Path("x"), "a\0b",
    np.float32(0.5), np.bool_(True), range(3),
    ab.HNL, ab.Uniform(0, 1), stats.norm(0, 1), "mass", ("mass",),
    np.array("mass"), np.ma.masked, "1e-8", u.MeV, ab.Tied("mass"),
]  # fmt: skip


def fit(priors=PRIORS, constraints=(), **options):
    return ab.Posterior(ab.HNL, priors, [Gaussian(), *constraints], **options)


@pytest.fixture(scope="module")
def made():
    """A posterior, a chain and a scan."""
    from astrobounds.inference import sampler

    with pytest.MonkeyPatch.context() as m:
        m.setattr(sampler, "_map_size", lambda posterior: (1, 64, 16))
        chain = ab.sample(fit(), walkers=8, steps=60, progress=False)
    return fit(), chain, ab.scan(fit(), shape=(3, 3), progress=False)


def pool(value):
    with bound_pool(len, value):
        pass


quick = {"walkers": 8, "steps": 2, "progress": False}
small = {"shape": (2, 2), "progress": False}
PLACES = {
    "Posterior": [
        lambda m, v: ab.Posterior(v, PRIORS, [Gaussian()]), lambda m, v: fit(v),
        lambda m, v: fit({**PRIORS, "mass": v}), lambda m, v: fit({**PRIORS, "mixing.e": v}),
        lambda m, v: ab.Posterior(ab.HNL, PRIORS, v), lambda m, v: fit(constraints=[v]),
        lambda m, v: fit(constraints=[{"lab": v}]), lambda m, v: fit(constraints=[{"lab": {"curves": v}}]),
        lambda m, v: fit(constraints=[{"lab": {"curves": {"extra": [v]}}}]), lambda m, v: fit(nature=v),
        lambda m, v: fit(time_limit=v), lambda m, v: fit(folder=v), lambda m, v: m[0].values(v),
        lambda m, v: m[0].summary(mass=v, mixing={"tau": 1e-6}),
        lambda m, v: m[0].summary(mass=100 * u.MeV, mixing=v),
    ],
    "scan": [
        lambda m, v: ab.scan(v, **small), lambda m, v: ab.scan(m[0], x=v, **small),
        lambda m, v: ab.scan(m[0], y=v, **small), lambda m, v: ab.scan(m[0], shape=v, progress=False),
        lambda m, v: ab.scan(m[0], at=v, **small), lambda m, v: ab.scan(m[0], at={"mass": v}, **small),
        lambda m, v: ab.scan(m[0], pool=v, **small), lambda m, v: ab.scan(m[0], path=v, **small),
        lambda m, v: m[2].excluded(v), lambda m, v: m[2].excluded(constraint=v),
        lambda m, v: m[2].contours(rule=v), lambda m, v: m[2].limits(v),
        lambda m, v: m[2].contours().to_hepdata(v),
    ],
    "sample": [
        lambda m, v: ab.sample(v, **quick), lambda m, v: ab.sample(m[0], v, **quick),
        lambda m, v: ab.sample(m[0], **{**quick, "walkers": v}),
        lambda m, v: ab.sample(m[0], start=v, **quick),
        lambda m, v: ab.sample(m[0], seed=v, **quick), lambda m, v: ab.sample(m[0], min_steps=v, **quick),
        lambda m, v: ab.sample(m[0], pool=v, **quick), lambda m, v: pool(v),
    ],
    "chain": [
        lambda m, v: m[1].values(v), lambda m, v: m[1].limit(v), lambda m, v: m[1].limit("mass", v),
        lambda m, v: m[1].limit("mass", method=v), lambda m, v: m[1].limit("mass", where=v),
        lambda m, v: m[1].limit("mass", where={"mass": v}), lambda m, v: m[1].prior_dependence(v),
        lambda m, v: m[1].limit("mass", where={"mass": (v, 1e3)}),
        lambda m, v: m[1].credible_region("mass", v),
        lambda m, v: m[1].limits_by("mass", "mass", v), lambda m, v: m[1].unit(v),
    ],
    "priors": [
        lambda m, v: ab.Uniform(v, 2.0), lambda m, v: ab.Uniform(0.0, v),
        lambda m, v: ab.LogUniform(v, 2.0),
        lambda m, v: ab.Normal(v, 1.0), lambda m, v: ab.Normal(1.0, v), lambda m, v: ab.Tied(v),
        lambda m, v: ab.Tied("mass", v), lambda m, v: ab.Distribution(v),
        lambda m, v: ab.Distribution(stats.norm(0, 1), v),
    ],
    "files": [
        lambda m, v: config.load(v), lambda m, v: config.quantity(v, "x"),
        lambda m, v: interop.cobaya_likelihood(v), lambda m, v: interop.point_of(v),
        lambda m, v: interop.point_of({"neff": v}),
    ],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("place", PLACES)
def test_any_object_is_taken_or_refused_in_one_sentence(place, made, tmp_path, monkeypatch):
    from astrobounds.inference import sampler

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sampler, "_map_size", lambda posterior: (1, 64, 16))
    escaped = []
    for k, call in enumerate(PLACES[place]):
        for value in ANYTHING:
            message = ""
            try:
                call(made, value)
            except AstroboundsError as error:
                message = str(error)
            except Exception as error:
                escaped.append((place, k, repr(value)[:40], repr(error)[:80]))
            assert len(message) < 600
    assert escaped == []
