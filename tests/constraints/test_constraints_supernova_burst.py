"""Criteria summed over a cooling history, and nuisances of the star: temperature, radius, duration."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.constraints import get
from astrobounds.constraints.protocol import S_90
from astrobounds.constraints.sn1987a import LOG10_BUDGET
from astrobounds.errors import ConfigError, DataError
from astrobounds.supernova import History, cooling_history, scale_temperature
from astrobounds.supernova.signals.history import BINDING_ENERGY, ENERGY_BUDGET

STAR = ab.supernova.load("fiducial")
WARM = "ln_T_core_sn1987a"


def hnl(mass=100.0, tau=1e-7):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": tau})


def dipole(d=3e-10, mass=50.0):
    """A particle whose rates are quick to compute."""
    return ab.DipoleHNL(mass=mass * u.MeV, dipole={"mu": d / u.GeV})


def centre(constraint, **values):
    return {**{n: prior.center for n, prior in constraint.nuisances.items()}, **values}


def fit(constraint, low=90, high=130, couplings=(1e-11, 1e-2)):
    priors = {"mass": ab.LogUniform(low * u.MeV, high * u.MeV),
              "mixing.tau": ab.LogUniform(*couplings)}  # fmt: skip
    return ab.Posterior(ab.HNL, priors, [constraint])


# -- energy over a history -------------------------------------------------------------------------
def test_energy_criterion_is_the_integral_against_half_of_the_binding_energy():
    c = get("sn1987a-cooling", criterion="energy")
    assert list(c.nuisances) == ["log10_E_allowed"]
    assert_allclose(c.nuisances["log10_E_allowed"].mean, LOG10_BUDGET, rtol=1e-6, atol=0)
    assert_allclose(10.0**LOG10_BUDGET, ENERGY_BUDGET, rtol=1e-4, atol=0)
    assert ENERGY_BUDGET == 0.5 * BINDING_ENERGY == 1.5e53
    energy = cooling_history().emission(dipole()).energy.to_value(u.erg)
    assert_allclose(c.predict(dipole())["E_X [erg]"], energy, rtol=1e-12, atol=0)
    value = c.loglike(dipole(), {"log10_E_allowed": np.log10(energy)})
    assert_allclose(value, -S_90, rtol=1e-9, atol=0)
    assert c.loglike(dipole(0.0), centre(c)) == 0.0
    assert "from 1 to 10 s" in " ".join(c.describe())


def energy_of(**options):
    c = get("sn1987a-cooling", criterion="energy", **options)
    return c.predict(dipole())["E_X [erg]"]


def test_window_time_scale_and_history():
    """Two parts make the whole; a slower cooling takes more; a history may be given."""
    whole = energy_of()
    assert_allclose(energy_of(window=[1, 2.5]) + energy_of(window=[2.5, 10]), whole, rtol=1e-12, atol=0)
    assert energy_of(time_scale=8.0) > 1.3 * whole
    given = History((1.0, 3.0), (STAR, STAR))
    power = get("sn1987a-cooling").luminosity(dipole())
    assert_allclose(energy_of(history=given), 2 * power, rtol=1e-12, atol=0)
    hot = scale_temperature(STAR, 1.1)
    direct = ab.supernova.cooling(dipole(), hot).emission.luminosity_erg_s
    assert_allclose(energy_of(history=given, temperature_scale=1.1), 2 * direct, rtol=1e-12, atol=0)


def test_energy_is_smooth_and_falls_beyond_the_limit():
    c = get("sn1987a-cooling", criterion="energy", window=[1, 3])
    grid = np.geomspace(1e-10, 5e-9, 25)
    values = np.array([c.loglike(dipole(g), centre(c)) for g in grid])
    assert np.all(np.diff(values) < 0.0)
    bend = np.abs(np.diff(np.log(-values), 2))
    assert bend.max() < 0.05  # no step: the slope in ln changes slowly


@pytest.mark.slow
def test_tables_with_temperature_agree_with_direct_solutions():
    """At temperatures between the nodes, thin and trapped; the star is solved again for each."""
    c = get("sn1987a-cooling", criterion="energy", window=[1, 2], temperature_width=0.04)
    rng = np.random.default_rng(4)
    points = [(rng.uniform(92, 128), 10**x, rng.normal(0, 0.06)) for x in (-8.0, -6.0, -4.5, -3.0)]
    direct = [c.loglike(hnl(m, g), centre(c, **{WARM: t})) for m, g, t in points]
    fit(c).prepare(show=False)
    tabled = [c.loglike(hnl(m, g), centre(c, **{WARM: t})) for m, g, t in points]
    assert_allclose(tabled, direct, rtol=2e-3, atol=0)
    assert 0.0 < c.table_error < 5e-3
    # predict stays direct, and the tables can be dropped
    assert c.predict(hnl(*points[0][:2]))["E_X [erg]"] > 0.0
    c.forget()
    assert c.loglike(hnl(*points[0][:2]), centre(c, **{WARM: points[0][2]})) == direct[0]


def test_hotter_cores_are_excluded_more():
    c = get("sn1987a-cooling", temperature_width=0.1)
    values = [c.loglike(hnl(), centre(c, **{WARM: t})) for t in (-0.1, 0.0, 0.1)]
    assert values[0] > values[1] > values[2]
    plain = get("sn1987a-cooling")
    assert_allclose(values[1], plain.loglike(hnl(), centre(plain)), rtol=1e-12, atol=0)
    scaled = get("sn1987a-cooling", temperature_scale=float(np.exp(0.1)))
    assert_allclose(values[2], scaled.loglike(hnl(), centre(scaled)), rtol=1e-9, atol=0)
    # thin: L ~ T^6 or steeper
    assert np.log(values[2] / values[0]) / 0.2 > 6.0


RUN = """
model: HNL
parameters:
  mass: {prior: log-uniform, low: 99 MeV, high: 101 MeV}
  mixing.tau: {prior: log-uniform, low: 1.0e-8, high: 1.0e-5}
constraints:
  - sn1987a-cooling: {criterion: energy, window: [1, 2], time_scale: 5.0, allowed: 53.0, width: 0.3}
  - sn1987a-explosion: {envelope_width: 0.1, duration_width: 0.2, visible: [nu gamma, nu e e],
                        temperature_scale: 0.95}
scan: {x: mass, y: mixing.tau, shape: [3, 5]}
pool: 1
"""


def test_a_run_file_reaches_every_option_and_scans(tmp_path):
    from astrobounds.config import load

    path = tmp_path / "run.yaml"
    path.write_text(RUN)
    post = load(path).posterior
    cooling, explosion = post.constraints
    assert cooling.criterion == "energy"
    assert cooling.nuisances["log10_E_allowed"].mean == 53.0
    assert set(explosion.nuisances) == {
        "log10_E_sn1987a", "log10_R_progenitor", "log10_duration_sn1987a",
    }  # fmt: skip
    assert_allclose(explosion.star.peak_temperature, 0.95 * 30.0, rtol=1e-6, atol=0)
    result = ab.scan(post, "mass", "mixing.tau", shape=(3, 5), pool=1, progress=False)
    lnl = np.asarray(result.loglike["sn1987a-cooling"])
    assert lnl.shape == (3, 5)
    assert np.all(np.diff(lnl, axis=1) < 0.0)
    assert np.isfinite(result.loglike["sn1987a-explosion"]).all()


def write_star(path, factor):
    lines = ["# %ECSV 1.0", "# ---", "# datatype:"]
    for name, unit in (("radius", "km"), ("rho", "g / cm3"), ("temperature", "MeV"), ("Ye", "")):
        tail = f", unit: {unit}" if unit else ""
        lines.append(f"# - {{name: {name}{tail}, datatype: float64}}")
    lines += ["# schema: astropy-2.0", "radius rho temperature Ye"]
    for r in np.linspace(0.0, 60.0, 13):
        lines.append(f"{r} {3e14 * np.exp(-r / 8)} {factor * 30 * np.exp(-r / 20)} 0.2")
    path.write_text("\n".join(lines) + "\n")


def test_a_folder_of_snapshots_serves_the_constraint(tmp_path):
    for second, factor in ((1.0, 1.0), (5.0, 0.8)):
        write_star(tmp_path / f"t_{second}.ecsv", factor)
    c = get("sn1987a-cooling", criterion="energy", history=str(tmp_path))
    stars = [ab.supernova.load(tmp_path / f"t_{s}.ecsv") for s in (1.0, 5.0)]
    power = [ab.supernova.cooling(dipole(), s).emission.luminosity_erg_s for s in stars]
    assert_allclose(c.predict(dipole())["E_X [erg]"], 2.0 * sum(power), rtol=1e-12, atol=0)
    with pytest.raises(DataError, match="no such folder"):
        get("sn1987a-cooling", criterion="energy", history=str(tmp_path / "none"))


# -- deposition ------------------------------------------------------------------------------------
def test_nuisances_of_the_envelope_are_off_by_default_and_smooth():
    plain = get("low-energy-sne")
    assert list(plain.nuisances) == ["log10_E_low"]
    c = get("low-energy-sne", envelope_width=0.15, duration_width=0.3)
    assert set(c.nuisances) == {"log10_E_low", "log10_R_low", "log10_duration_low"}
    model = hnl(150.0, 1e-9)
    base = plain.loglike(model, centre(plain))
    # the center of the prior of the radius is rounded to 0.001
    assert_allclose(c.loglike(model, centre(c)), base, rtol=3e-3, atol=0)
    twice = c.loglike(model, centre(c, log10_duration_low=np.log10(6.0)))
    assert_allclose(twice / c.loglike(model, centre(c)), 2.0, rtol=1e-9, atol=0)
    radii = np.linspace(13.3, 14.3, 11)
    values = np.array([c.loglike(model, centre(c, log10_R_low=r)) for r in radii])
    assert np.all(np.diff(values) < 0.0)
    at = get("low-energy-sne", envelope_cm=float(10 ** radii[0]))
    assert_allclose(values[0], at.loglike(model, centre(at)), rtol=1e-12, atol=0)


def test_visible_channels_are_an_option():
    model = hnl(200.0, 1e-10)
    everything = get("low-energy-sne").predict(model)["E deposited [erg]"]
    pions = get("low-energy-sne", visible=["nu pi0"]).predict(model)["E deposited [erg]"]
    half = get("low-energy-sne", visible={"nu pi0": 0.5}).predict(model)["E deposited [erg]"]
    assert half < pions < everything
    share = 0.5 * (1 + (ab.constants.M_PI0 / 200.0) ** 2)
    assert_allclose(pions / half, share / 0.5, rtol=1e-9, atol=0)


@pytest.mark.slow
def test_deposition_tables_with_temperature_agree_with_direct_solutions():
    c = get("sn1987a-explosion", temperature_width=0.05, envelope_width=0.1)
    nuisance = centre(c, **{WARM: 0.04, "log10_R_progenitor": 12.6})
    points = [(95.0, 3e-9), (110.0, 1e-6), (125.0, 1e-3)]
    direct = [c.loglike(hnl(*p), nuisance) for p in points]
    fit(c).prepare(show=False)
    tables = [c.loglike(hnl(*p), nuisance) for p in points]
    assert_allclose(tables[::2], direct[::2], rtol=2e-3, atol=0)
    # the hottest table of the middle point is held at 3e53 erg, a kink that the polynomial rounds off,
    # seven standard deviations inside the excluded region
    assert_allclose(tables[1], direct[1], rtol=0.2, atol=0)
    assert max(tables[1], direct[1]) < -20.0


def test_one_star_one_temperature():
    """Constraints on SN1987A share its temperature; two widths for it are refused."""
    priors = {"mass": ab.LogUniform(90 * u.MeV, 130 * u.MeV),
              "mixing.tau": ab.LogUniform(1e-11, 1e-2)}  # fmt: skip
    two = [{"sn1987a-cooling": {"temperature_width": 0.1}},
           {"sn1987a-explosion": {"temperature_width": 0.1}}]  # fmt: skip
    assert ab.Posterior(ab.HNL, priors, two).nuisance_names.count(WARM) == 1
    two[1]["sn1987a-explosion"]["temperature_width"] = 0.05
    with pytest.raises(ConfigError, match="two different priors"):
        ab.Posterior(ab.HNL, priors, two)
    with pytest.raises(ConfigError, match="narrow its prior"):
        ab.Posterior(ab.HNL, {**priors, WARM: ab.Uniform(-2.0, 2.0)}, two[:1])


@pytest.mark.parametrize(("name", "options", "message"), [
    ("sn1987a-cooling", {"criterion": "energie"}, "did you mean 'energy'"),
    ("sn1987a-cooling", {"criterion": 3}, "allowed: luminosity, energy"),
    ("sn1987a-cooling", {"window": [1, 4]}, "belong to criterion='energy'"),
    ("sn1987a-cooling", {"criterion": "energy", "window": "1-4 s"}, "two times in s"),
    ("sn1987a-cooling", {"criterion": "energy", "time_scale": 0.0}, "time_scale = 0"),
    ("sn1987a-cooling", {"criterion": "energy", "allowed": 3e53}, "log10 of erg, between"),
    ("sn1987a-cooling", {"criterion": "energy", "history": 7}, "path of a folder"),
    ("sn1987a-cooling", {"temperature_width": 0.5}, r"temperature_width = 0.5 .* in \[0, 0.2\]"),
    ("low-energy-sne", {"temperature_scale": "1.1"}, "temperature_scale"),
    ("low-energy-sne", {"envelope_width": -0.1}, "envelope_width"),
])  # fmt: skip
def test_bad_options(name, options, message):
    with pytest.raises(ConfigError, match=message):
        get(name, **options)
