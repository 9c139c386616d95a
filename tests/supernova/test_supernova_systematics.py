"""A bound under variations: edges against direct calls, directions of the changes, bands and text."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import DomainError
from astrobounds.supernova.signals import prescriptions
from astrobounds.supernova.signals.systematics import excluded_range
from astrobounds.supernova.signals.variations import BAND, default_variations

COARSE = ab.supernova.Resolution(radii=8, energies=12, outer=8, inner=6, rays=6, steps=36, spectrum=14)
STAR = ab.supernova.load("fiducial")
NAMES = ["temperature x 0.8", "temperature x 1.25", "allowed luminosity x 0.5", "allowed luminosity x 2",
         "flat space", "radial (flat)", "emissivity (flat)", "illustrative-hot"]  # fmt: skip


def hnl(mixing, mass=100.0):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": mixing})


@pytest.fixture(scope="module")
def cooling():
    return ab.supernova.systematics(
        ab.HNL, "tau", [50, 100] * u.MeV, variations=NAMES, star=STAR, resolution=COARSE
    )


@pytest.fixture(scope="module")
def deposition():
    names = ["envelope of 3e+13 cm", "envelope of 1e+14 cm", "duration of 1 s", "duration of 10 s",
             "core of 60 km", "allowed energy x 2"]  # fmt: skip
    return ab.supernova.systematics(
        ab.DipoleHNL, "e", 30 * u.MeV, criterion="deposition", variations=names, star=STAR,
        resolution=COARSE,
    )  # fmt: skip


def test_edges_are_where_a_direct_call_gives_the_allowed_luminosity(cooling):
    options = {"resolution": COARSE}
    for row, change, factor in (
        (cooling.reference, {}, 1.0),
        (cooling.row("flat space"), {"gravity": False}, 1.0),
        (cooling.row("allowed luminosity x 2"), {}, 2.0),
    ):
        for i, mass in enumerate((50.0, 100.0)):
            for edge in (row.lower[i], row.upper[i]):
                ratio = ab.supernova.cooling(hnl(edge, mass), STAR, **options, **change).ratio
                assert_allclose(ratio, factor, rtol=1e-5, atol=0)
            inside = np.sqrt(row.lower[i] * row.upper[i])
            assert ab.supernova.cooling(hnl(inside, mass), STAR, **options, **change).excluded


def test_recipes_agree_with_direct_calls(cooling):
    edge = cooling.row("radial (flat)").lower[1]
    light = prescriptions.luminosity(hnl(edge), STAR, "radial", resolution=COARSE)
    assert_allclose(light, 3e52, rtol=1e-4, atol=0)
    loss = prescriptions.emissivity(hnl(cooling.row("emissivity (flat)").lower[1]), STAR, resolution=COARSE)
    assert_allclose(loss, 1e19, rtol=1e-5, atol=0)
    assert np.isinf(cooling.row("emissivity (flat)").upper).all()  # knows no absorption


def test_a_hotter_star_excludes_more(cooling):
    cold, hot = cooling.row("temperature x 0.8"), cooling.row("temperature x 1.25")
    ref = cooling.reference
    assert np.all(cold.lower > ref.lower)
    assert np.all(ref.lower > hot.lower)
    assert np.all(cold.upper < ref.upper)
    assert np.all(ref.upper < hot.upper)
    # Q ~ T^6 for light N and more where the mass suppresses: the lower edge falls steeper than T^-6
    assert np.all(hot.lower_ratio < 1.25**-6)


def test_the_allowed_luminosity_moves_a_thin_edge_in_proportion():
    """Far from trapping L ~ |U|^2: an edge goes like the allowed luminosity (1 % here)."""
    out = ab.supernova.systematics(
        ab.HNL, "tau", 30 * u.MeV, allowed=1e51 * u.erg / u.s, star=STAR, resolution=COARSE,
        variations=["allowed luminosity x 0.5", "allowed luminosity x 2"],
    )  # fmt: skip
    for factor in (0.5, 2.0):
        row = out.row(f"allowed luminosity x {factor:g}")
        assert_allclose(row.lower_ratio[0], factor, rtol=1e-2, atol=0)
        assert (row.upper_ratio[0] - 1.0) * (factor - 1.0) < 0.0


def test_gravity_raises_the_lower_edge_by_the_lost_luminosity(cooling):
    thin = hnl(1e-13)
    kept = [ab.supernova.cooling(thin, STAR, resolution=COARSE, gravity=g).ratio for g in (True, False)]
    assert_allclose(cooling.row("flat space").lower_ratio[1], kept[0] / kept[1], rtol=0.03, atol=0)


def test_deposition_edges_and_directions(deposition):
    for row, change in ((deposition.reference, {}),
                        (deposition.row("core of 60 km"), {"core": 60 * u.km})):  # fmt: skip
        for edge in (row.lower[0], row.upper[0]):
            dip = ab.DipoleHNL(mass=30 * u.MeV, dipole={"e": edge})
            direct = ab.supernova.deposition(dip, STAR, resolution=COARSE, **change)
            assert_allclose(direct.ratio, 1.0, rtol=1e-5, atol=0)
    ratio = {r.name: r.lower_ratio[0] for r in deposition.rows}
    assert ratio["envelope of 3e+13 cm"] > 1.0 > ratio["envelope of 1e+14 cm"]
    assert ratio["duration of 1 s"] > ratio["allowed energy x 2"] > 1.0 > ratio["duration of 10 s"]


def test_duration_and_allowed_energy_are_one_knob(deposition):
    """E = duration x power: 6 s and half of the allowed energy give one edge."""
    out = ab.supernova.systematics(
        ab.DipoleHNL, "e", 30 * u.MeV, criterion="deposition", star=STAR, resolution=COARSE,
        variations=["allowed energy x 0.5",
                    ab.supernova.Variation("6 s", options={"duration": 6 * u.s})],
    )  # fmt: skip
    six, half = out.row("6 s").lower_value[0], out.row("allowed energy x 0.5").lower_value[0]
    assert_allclose(six, half, rtol=1e-5, atol=0)
    assert_allclose(out.reference.lower_value, deposition.reference.lower_value, rtol=1e-6, atol=0)


def test_band_is_the_envelope_without_illustrations_and_recipes(cooling):
    band = cooling.band()
    rows = [cooling.reference] + [r for r in cooling.rows if r.group in BAND]
    assert len(rows) == 5
    low, high = np.array([r.lower for r in rows]), np.array([r.upper for r in rows])
    np.testing.assert_array_equal(band["lower"], [low.min(0), low.max(0)])
    np.testing.assert_array_equal(band["upper"], [high.min(0), high.max(0)])
    wide = cooling.band((*BAND, "illustrative"))
    assert np.all(wide["lower"][0] < band["lower"][0])


def test_nothing_excluded_and_never_closed():
    """A criterion that one row cannot meet leaves no sure region, and says none in the table."""
    weak = ab.supernova.Variation("weak", allowed_factor=1e4)
    # 3e49 erg/s: less than the blackbody of 60 km
    strong = ab.supernova.Variation("strong", allowed_factor=1e-3)
    out = ab.supernova.systematics(ab.HNL, "tau", 3 * u.MeV, variations=[weak, strong], star=STAR,
                                   resolution=COARSE)  # fmt: skip
    assert np.isnan(out.row("weak").lower[0])
    assert np.isnan(out.row("weak").lower_ratio[0])
    assert np.isinf(out.row("strong").upper[0])
    band = out.band()
    assert np.isnan(band["lower"][1, 0])
    assert band["lower"][0, 0] == out.row("strong").lower[0]
    assert np.isinf(band["upper"][1, 0])
    lines = {line.split()[0]: line for line in out.table().splitlines()[2:]}
    assert lines["weak"].count("none") == 2
    assert "open" in lines["strong"]
    out.plot()


@pytest.mark.parametrize(("height", "found"), [(1e-3, True), (-1e-3, False)])
def test_window_narrower_than_the_search_grid(height, found):
    """A parabola in ln c that rises above zero by 1e-3 only between two couplings of the grid."""

    def excess(c):
        return height - (np.log(c) - np.log(3.7e-7)) ** 2

    low, high = excluded_range(excess, (1e-18, 1.0))
    if found:
        half = np.sqrt(height)
        assert_allclose(np.log(low), np.log(3.7e-7) - half, rtol=0, atol=1e-5)
        assert_allclose(np.log(high), np.log(3.7e-7) + half, rtol=0, atol=1e-5)
    else:
        assert np.isnan(low)
        assert np.isnan(high)


def test_bottom_of_the_axis_excluded():
    with pytest.raises(DomainError, match="too small"):
        excluded_range(lambda c: np.ones_like(c), (1e-3, 1.0))


def test_defaults_follow_the_reference_and_the_portal():
    names = [v.name for v in default_variations("cooling", STAR)]
    assert len(names) == len(set(names))
    assert "no degenerate neutrinos" not in names
    beta = ab.supernova.load("fiducial", neutrinos="beta", t_c=20.0)
    dipole = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-9 / u.GeV})
    by_name = {v.name: v for v in default_variations("deposition", beta, dipole)}
    assert "no degenerate neutrinos" in by_name
    assert not any(n.startswith("g_A") for n in by_name)
    warm = by_name["temperature x 1.25"].star
    assert_allclose(warm.peak_temperature, 25.0, rtol=1e-6, atol=0)
    assert warm.at(10.0)["mu_nu_e"][0] > 100.0  # the other options of the reference stay
    cold = ab.supernova.load("illustrative-cold")
    kept = [v.name for v in default_variations("cooling", cold)]
    assert "illustrative-cold" not in kept
    assert not any(n.startswith("r_max") for n in kept)  # the table ends at 25 km
    assert not {"mean fields of DD2", "two regions of Y_e"} & set(kept)  # of the fiducial star
    assert {"axial response S_A (long wavelength)", "nucleons in contact form"} <= set(kept)
    assert {"mean fields of DD2", "two regions of Y_e", "mu_nu = 0 and equilibrium, DD2"} <= set(names)
    assert "temperature x 0.8" in kept


def test_text_picture_and_references(cooling, deposition, tmp_path):
    text = cooling.table()
    assert text.count("temperature x 0.8") == 2
    assert "m = 50 MeV" in text
    assert f"{cooling.reference.lower[0]:.2e}" in text
    assert deposition.reference.lower.unit == 1 / u.GeV
    cooling.plot().figure.savefig(tmp_path / "band.png")
    assert (tmp_path / "band.png").stat().st_size > 5000
    from astrobounds.references import bibtex

    assert all(bibtex(key) for key in cooling.references)


@pytest.mark.parametrize(("change", "words"), [
    ({"criterion": "heating"}, "allowed: cooling, deposition"),
    ({"variations": ["flat spaces"]}, "did you mean 'flat space'"),
    ({"criterion": "deposition", "variations": [ab.supernova.Variation("x", recipe="radial")]}, "recipes"),
    ({"masses": 100}, "no unit"),
])  # fmt: skip
def test_bad_input(change, words):
    with pytest.raises(DomainError, match=words):
        ab.supernova.systematics(ab.HNL, "tau", **{"masses": 100 * u.MeV, "star": STAR, **change})
    with pytest.raises(DomainError, match="radial"):
        ab.supernova.Variation("x", recipe="radail")


@pytest.mark.slow
def test_command_line(tmp_path, capsys):
    from astrobounds.cli import main

    assert main(["systematics", "--portal", "dipole", "--flavour", "e", "--masses", "50", "-q",
                 "--criterion", "deposition", "-o", str(tmp_path / "band.png")]) == 0  # fmt: skip
    text = capsys.readouterr().out
    assert "duration of 10 s" in text
    assert (tmp_path / "band.png").exists()


def test_command_line_refuses_a_mass_that_is_no_number():
    from astrobounds.cli import main

    assert main(["systematics", "--masses", "ten"]) == 2
