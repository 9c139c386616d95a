"""Supernova constraints take the nucleon currents and the decays of the medium as options."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.config import load
from astrobounds.constraints import get
from astrobounds.constraints.protocol import S_90
from astrobounds.errors import ConfigError
from astrobounds.supernova.transport.solution import solution

OLD = {"nucleons": "contact", "decays": False}
NAMES = ["sn1987a-cooling", "smm", "gamma-diffuse", "galactic-sn", "low-energy-sne",
         "sn1987a-explosion", "positrons", "sn1987a-neutrinos"]  # fmt: skip
SCALE = {"sn1987a-cooling": 1e-6, "smm": 1e-12, "gamma-diffuse": 1e-9, "galactic-sn": 1e-15,
         "low-energy-sne": 1e-9, "sn1987a-explosion": 1e-8, "positrons": 1e-9,
         "sn1987a-neutrinos": 1e-7}  # fmt: skip


def centre(constraint):
    return {n: prior.center for n, prior in constraint.nuisances.items()}


def hnl(mass=100.0, tau=1e-8, nature="majorana"):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": tau}, nature=nature)


def lnl(constraint, model):
    return constraint.loglike(model, centre(constraint))


@pytest.mark.parametrize("name", NAMES)
def test_contact_nucleons_raise_the_free_streaming_signal_of_every_constraint(name):
    """At 100 MeV form factors hold back nu N -> N N by 0.82: contact currents give more in every signal."""
    model = hnl(tau=SCALE[name])
    default, contact = lnl(get(name), model), lnl(get(name, nucleons="contact"), model)
    assert default < 0.0
    assert contact < 1.05 * default
    said = " ".join(get(name, **OLD).describe())
    assert "contact form" in said
    assert "decays in the medium off" in said


def test_constraints_linear_in_the_emission_move_by_its_ratio():
    model = hnl(tau=1e-9)
    star = ab.supernova.load("fiducial")
    power = [ab.supernova.emission(model, star, nucleons=n).luminosity_erg_s
             for n in ("contact", "form factors")]  # fmt: skip
    for name in ("sn1987a-cooling", "low-energy-sne"):
        moved = lnl(get(name, nucleons="contact"), model) / lnl(get(name), model)
        assert_allclose(moved, power[0] / power[1], rtol=0.02, atol=0)


def test_decays_in_the_medium_are_opacity_where_n_is_trapped():
    """tau mixing of 250 MeV at 1e-6 decays within the star: without that opacity more leaves."""
    model = hnl(250.0, 3e-6)
    default, free = (lnl(get("sn1987a-cooling", decays=d), model) for d in (True, False))
    assert free < 1.5 * default


@pytest.mark.parametrize("tau", [1.146e-7, 9.365e-4])
def test_the_old_options_bring_back_the_published_cooling_edges(tau):
    """arXiv:2311.00033's recipe: flat space, one mean free path, contact nucleons, no decays, Dirac N."""
    c = get("sn1987a-cooling", gravity=False, helicity="averaged", **OLD)
    assert_allclose(lnl(c, hnl(100.0, tau, "dirac")), -S_90, rtol=0.02, atol=0)


def test_without_decays_in_the_transport_the_neutrinos_of_decays_in_the_star_count():
    """Decays between 100 km and the star are not subtracted twice: same spectrum, another start."""
    model = hnl(200.0, 1e-6)
    c = get("sn1987a-neutrinos", **OLD)
    events = c.predict(model)
    signal = ab.supernova.neutrino_signal(model, ab.supernova.load("fiducial"), **OLD)
    for name, count in signal.counts.items():
        assert_allclose(events[f"events in {name}"], count, rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", ["sn1987a-cooling", "low-energy-sne"])
def test_tables_of_a_fit_hold_the_options(name):
    c = get(name, **OLD)
    priors = {"mass": ab.LogUniform(120 * u.MeV, 240 * u.MeV),
              "mixing.tau": ab.LogUniform(1e-12, 1e-4)}  # fmt: skip
    post = ab.Posterior(ab.HNL, priors, [c])
    points = [hnl(150.0, 0.5 * SCALE[name]), hnl(220.0, 3.0 * SCALE[name])]
    direct = [lnl(c, p) for p in points]
    post.prepare(show=False)
    assert_allclose([lnl(c, p) for p in points], direct, rtol=5e-3, atol=0)
    c.forget()


def test_a_run_file_takes_the_options(tmp_path):
    file = tmp_path / "old.yaml"
    lines = "\n".join(f"  - {name}: {{nucleons: contact, decays: false}}" for name in NAMES)
    file.write_text(
        "model: HNL\nnature: majorana\nparameters:\n"
        "  mass: {prior: log-uniform, low: 120 MeV, high: 240 MeV}\n"
        "  mixing.tau: {prior: log-uniform, low: 1.0e-12, high: 1.0e-4}\n"
        f"constraints:\n{lines}\nscan: {{x: mass, y: mixing.tau, shape: [3, 4]}}\n"
    )
    run = load(file)
    built = {c.name: c for c in run.posterior.constraints}
    assert sorted(built) == sorted(NAMES)
    model = hnl(150.0, 1e-8)
    want = lnl(get("sn1987a-cooling", **OLD), model)
    assert_allclose(lnl(built["sn1987a-cooling"], model), want, rtol=1e-12, atol=0)


def test_the_options_reach_the_transport():
    """The luminosity of the constraint is that of the ray solution with the same settings, to rounding."""
    model = hnl(200.0, 1e-5)
    c = get("sn1987a-cooling", **OLD)
    ray = solution(model, c.star, **OLD)
    power = ray.along(model.strengths, [1.0])[0] @ (ray.weight * ray.energy)
    assert_allclose(c.luminosity(model), power / ab.constants.ERG, rtol=1e-12, atol=0)
    assert np.isfinite(power)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("options", "message"), [
    ({"nucleons": "contac"}, "did you mean 'contact'"),
    ({"decays": "no"}, "decays"),
])  # fmt: skip
def test_a_wrong_value_is_refused_with_what_is_allowed(name, options, message):
    with pytest.raises(ConfigError, match=message):
        get(name, **options)
