"""Curves: metadata of every shipped file, interpolation, edges, smoothing, drawing."""

import subprocess
import sys

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import references
from astrobounds.datafiles import data_files, data_path
from astrobounds.errors import ConfigError, DataError, DomainError
from astrobounds.lab import catalogue
from astrobounds.lab.curve import Curve
from astrobounds.lab.kernels import PARENTS
from astrobounds.models.decays.hnl_widths import CHANNELS

NAMES = ab.lab.names(projection=None)
FOLDERS = ("lab", "lab/bosons", "lab/projections")


def curve_of(mass, values, **meta):
    return Curve(name="made", mass_mev=np.array(mass), values=np.array(values), cl=0.9, **meta)


def test_every_file_is_in_the_index_and_nothing_else():
    files = [p.stem for folder in FOLDERS for p in data_files(folder) if p.stem != "index"]
    assert sorted(files) == sorted(NAMES)
    assert len(ab.lab.names()) == 143
    assert len(ab.lab.names(projection=True)) == 62


@pytest.mark.parametrize("name", NAMES)
def test_index_agrees_with_the_file(name):
    (row,) = [r for r in catalogue.index() if r["name"] == name]
    c = ab.lab.load(name)
    assert c.values.size == row["rows"]
    assert c.range_mev == (row["mass_min"], row["mass_max"])
    assert (c.values.min(), c.values.max()) == (row["limit_min"], row["limit_max"])
    for key in ("portal", "flavour", "kind", "experiment", "group"):
        assert getattr(c, key) == row[key]


@pytest.mark.parametrize("name", NAMES)
def test_metadata_is_complete(name):
    c = ab.lab.load(name)
    for key in (
        "experiment", "reference", "figure", "kind", "group", "coupling", "convention", "origin",
        "digitised_by", "licence", "date", "description", "contour_note", "channels_source",
        "likelihood_reason",
    ):  # fmt: skip
        assert getattr(c, key), key
    assert c.name == name
    assert c.arxiv or c.doi or c.reference_recalled or c.note
    assert (c.exactness == "A") == bool(c.record_doi)
    assert data_path("lab/" + c.licence[c.licence.index("LICENCE-") :].split(";")[0]).is_file()
    assert c.references
    assert references.to_bibtex(c.references)
    assert c.projection == name.endswith("_projection")
    if c.portal == "mixing" and c.exponent == 2:
        assert c.sm_decays_only
        assert c.channels_source != "not applicable"
        assert bool(c.channels) == (c.channels_source != "not recorded")
    if c.particle == "HNL" and not c.projection:
        assert c.exactness == "A" or "HNLimits2023" in c.references
        assert not np.isnan(c.cl)
    assert set(c.channels) <= set(CHANNELS)
    assert set(c.production) <= set(PARENTS)
    if c.exponent == 1 and c.particle == "HNL" and "prompt" not in c.kind:
        assert not c.sm_decays_only
    if c.portal == "mixing":
        assert c.flavour in ("e", "mu", "tau")
        assert np.all(c.values <= 1.02)  # the tops of figures


def test_filters():
    tau = ab.lab.limits(flavour="tau")
    assert {c.flavour for c in tau} == {"tau"}
    assert {c.portal for c in tau} == {"mixing"}
    assert len(tau) == 17
    assert len(ab.lab.limits(portal="dipole")) == 16
    assert len(ab.lab.limits(portal=None)) == 143
    na62 = {c.group for c in ab.lab.limits(experiment="na62")}
    assert na62 == {"na62-ke2", "na62-kmu2", "na62-pie2"}
    assert all(c.kind == "peak search" for c in ab.lab.limits(kind="Peak"))
    assert ab.lab.limits(flavour="tau", kind="peak search") == []
    (one,) = ab.lab.limits(name="dipole_lep")
    assert one.portal == "dipole"


def test_wrong_filters_name_the_remedy():
    with pytest.raises(ConfigError, match="did you mean 'mu'"):
        ab.lab.limits(flavour="muu")
    with pytest.raises(ConfigError, match="did you mean 'pienu_2017_ue4'"):
        ab.lab.limits(name="pienu_2017_ue")
    with pytest.raises(ConfigError, match="mixing, dipole"):
        ab.lab.limits(portal="mix")


def test_files_are_read_only_when_asked_for():
    code = (
        "import astrobounds as ab, astrobounds.datafiles as d\n"
        "seen = []; read = d.read_text\n"
        "def spy(path, *rest): seen.append(path.stem); return read(path, *rest)\n"
        "d.read_text = spy\n"
        "ab.lab.limits\n"
        "assert seen == [], seen\n"
        "ab.lab.limits(name='na62_2020_ue4')\n"
        "assert seen == ['index', 'na62_2020_ue4'], seen\n"
        "import sys; assert 'numba' not in sys.modules and 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_interpolation_is_linear_in_logs_and_stops_at_the_ends():
    c = curve_of([10.0, 1000.0], [1e-4, 1e-8])
    assert_allclose(c.interpolate(100 * u.MeV), 1e-6, rtol=1e-12, atol=0)
    assert_allclose(c.interpolate(0.1 * u.GeV), 1e-6, rtol=1e-12, atol=0)
    assert_allclose(c.interpolate(10 * u.MeV), 1e-4, rtol=1e-6, atol=0)
    assert_allclose(c.interpolate(1000 * u.MeV), 1e-8, rtol=1e-6, atol=0)
    assert np.all(np.isinf(c.interpolate([9.999, 1000.1] * u.MeV)))
    with pytest.raises(DomainError, match="no unit"):
        c.interpolate(100.0)


@pytest.mark.parametrize("name", NAMES)
def test_nodes_reproduce_the_rows(name):
    c = ab.lab.load(name)
    x, low, high = c.nodes()
    assert np.all(np.diff(x) > 0)
    assert np.all(high >= low)
    if c.contour != "closed":
        got = c.interpolate_mev(c.mass_mev)
        assert_allclose(got, c.values, rtol=1e-12, atol=0)
        assert np.all(np.isinf(high))


def test_repeated_masses_keep_the_smallest_value():
    c = curve_of([1.0, 2.0, 2.0, 3.0], [1e-3, 5e-4, 2e-4, 1e-4])
    assert_allclose(c.interpolate(2 * u.MeV), 2e-4, rtol=1e-6, atol=0)


def test_closed_contour_edges():
    c = ab.lab.load("argoneut_2021_utau4")
    for mass, b, t in (
        (600, 1.8232e-3, 0.17783), (800, 4.7356e-4, 1.8521e-2), (950, 2.8528e-4, 1.9679e-3),
    ):  # fmt: skip
        low, high = c.edges(mass * u.MeV)
        assert_allclose(low, b, rtol=1e-4, atol=0)
        assert_allclose(high, t, rtol=1e-4, atol=0)
    low, high = c.edges(1200 * u.MeV)
    assert np.isinf(low)
    assert np.isinf(high)


def test_contour_cut_by_its_figure_has_an_open_part():
    c = ab.lab.load("dipole_sk_atm_de")
    low, high = (e.to_value(1 / u.GeV) for e in c.edges([10, 70, 85] * u.MeV))
    assert np.isinf(high[0])  # above the figure
    assert 5e-6 < high[1] < 7e-6
    assert low[2] < high[2] < 3e-6  # close to the tip at 85.9 MeV
    tip = [e.to_value(1 / u.GeV) for e in c.edges(85.9383 * u.MeV)]
    assert_allclose(tip[0], tip[1], rtol=1e-6, atol=0)


def test_running_median():
    c = curve_of([1.0, 2.0, 3.0, 4.0, 5.0], [1e-6, 1e-6, 1e-9, 1e-6, 1e-6])
    s = c.smoothed(3)
    assert_allclose(s.values, 1e-6, rtol=1e-12, atol=0)
    assert s.smoothing == 3
    assert "3 points" in s.assumed[-1]
    for window in (2, 4, 1, 2.5):
        with pytest.raises(DomainError, match="odd integers"):
            c.smoothed(window)
    with pytest.raises(ConfigError, match="closed"):
        ab.lab.load("argoneut_2021_utau4").smoothed()


@given(st.floats(0.1, 10.0), st.integers(3, 12))
def test_median_commutes_with_scaling(factor, n):
    rng = np.random.default_rng(n)
    m, v = np.arange(1.0, n + 1), 10 ** rng.uniform(-9, -6, n)
    a = curve_of(m, factor * v).smoothed(3).values
    assert_allclose(a, factor * curve_of(m, v).smoothed(3).values, rtol=1e-9, atol=0)


def test_curves_do_not_change():
    c = ab.lab.load("na62_2020_ue4")
    with pytest.raises(ValueError, match="read-only"):
        c.values[0] = 1.0
    with pytest.raises(AttributeError):
        c.cl = 0.95


def test_public_attributes_carry_units():
    c = ab.lab.load("na62_2020_ue4")
    assert c.mass.unit == u.MeV
    assert isinstance(c.limit, np.ndarray)
    d = ab.lab.load("dipole_lep")
    assert d.limit.unit == 1 / u.GeV


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nature": "both"}, "nature"),
        ({"exponent": 3}, "exponent"),
        ({"contour": "closed"}, "edges"),
        ({"flavour": "x"}, "flavour"),
    ],
)
def test_bad_metadata_is_refused(changes, message):
    with pytest.raises(DataError, match=message):
        curve_of([1.0, 2.0], [1e-3, 1e-4], **changes)


@pytest.mark.parametrize("values", [[1e-3, -1e-4], [1e-3, np.nan], [1e-3]])
def test_bad_numbers_are_refused(values):
    with pytest.raises(DataError):
        curve_of([1.0, 2.0], values)


def test_user_file_needs_its_metadata(tmp_path):
    good = data_path("lab/kek_1982_umu4.ecsv").read_text()
    path = tmp_path / "mine.ecsv"
    path.write_text(good.replace("#   cl: 0.9\n", ""))
    with pytest.raises(DataError, match="lacks cl"):
        ab.lab.load(path)
    path.write_text(good.replace("unit: MeV, ", ""))
    with pytest.raises(DataError, match="no unit"):
        ab.lab.load(path)
    path.write_text(good.replace("unit: MeV, ", "unit: GeV, "))
    assert_allclose(ab.lab.load(path).range_mev[0], 44946.8, rtol=1e-6, atol=0)


def test_plot_draws_open_and_closed_curves():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    for name in ("na62_2020_ue4", "argoneut_2021_utau4"):
        assert ab.lab.load(name).plot(ax) is ax
    assert len(ax.lines) == 1
    assert len(ax.collections) == 1
    assert ax.get_xscale() == "log"
    plt.close("all")
