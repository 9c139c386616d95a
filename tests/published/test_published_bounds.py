"""Bounds of the literature: provenance, regions, filters, outlines."""

import re
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import references
from astrobounds.datafiles import data_path
from astrobounds.errors import ConfigError, DataError

NAMES = ab.published.names()


def test_what_ships():
    assert len(NAMES) == 18
    assert len(ab.published.bounds(particle="HNL", observable="bbn")) == 4
    assert {b.parameters for b in ab.published.bounds(particle="HNL", coupling="mixing")} == {
        ("mixing.e",), ("mixing.mu",), ("mixing.tau",),
    }  # fmt: skip
    assert len(ab.published.bounds(observable="sn1987a-cooling")) == 8
    assert len(ab.published.bounds(observable="Helium")) == 5  # part of a description
    assert {b.particle for b in ab.published.bounds(coupling="mixing")} == {"HNL", "DarkPhoton",
        "DarkScalar"}
    assert all(b.exactness == "C" for b in ab.published.bounds(exactness="C"))


@pytest.mark.parametrize("name", NAMES)
def test_every_bound_says_where_it_comes_from(name):
    b = ab.published.load(name)
    for key in ("particle", "parameters", "observable_text", "reference", "criterion", "region_note",
        "licence",
                "digitised_by", "date", "description", "symbol", "note"):  # fmt: skip
        assert getattr(b, key), key
    assert references.to_bibtex(b.references)
    assert b.exactness in "CD"
    notice = b.licence[b.licence.index("LICENCE-") :].split(";")[0]
    assert data_path(f"lab/{notice}").is_file()
    assert isinstance(b.cl, str) or 0.5 < b.cl < 1
    x, low, high = b.nodes()
    assert np.all(np.diff(x) > 0)
    assert np.all(high >= low)
    assert name in repr(b)
    assert len(repr(b)) < 400
    assert b.to_dict()["values"] == b.values.tolist()


@pytest.mark.parametrize(("name", "row", "value"), [  # the strongest value of each table
    ("hnl_bbn_sabti_2020_utau4", 973.5, 2.9e-12), ("alp_photon_low_energy_sne_2201.09890", 145.4, 1.9e-10),
    ("dark_photon_sn1987a_1611.03864", 15.89, 1.6e-11), ("dipole_sn1987a_magill_2018", 263.8, 3.2e-11),
    ("alp_photon_sn1987a_cooling_2109.03244", 124.1, 5.8e-9),
])  # fmt: skip
def test_published_values(name, row, value):
    low = ab.published.load(name).edges(row * u.MeV)[0]
    assert_allclose(getattr(low, "value", low), value, rtol=0.06, atol=0)


def test_regions_exclude_between_below_or_above():
    tau = ab.published.load("hnl_bbn_sabti_2020_utau4")
    low, high = tau.edges(100 * u.MeV)
    assert 1e-12 < low < high < 1
    assert [tau.excludes(100 * u.MeV, v) for v in (low / 2, np.sqrt(low * high), 2 * high)] == [False,
        True, False]
    assert not tau.excludes(2 * u.GeV, 1e-8)
    assert np.all(np.isnan(tau.edges(2 * u.GeV)))
    assert np.isinf(tau.edges(3 * u.MeV)[1])  # above the figure
    late = ab.published.load("dipole_bbn_2007_latedecay")
    assert late.region == "below"
    d = late.edges(10 * u.MeV)[1]
    assert late.excludes(10 * u.MeV, d / 100)
    assert not late.excludes(10 * u.MeV, 2 * d)
    life = ab.published.load("hnl_bbn_sabti_2020_lifetime_mu")
    assert life.region == "above"
    assert life.excludes([100, 200] * u.MeV, 1e6 * u.s).all()
    assert not life.excludes(100 * u.MeV, 1e-6 * u.s)
    with pytest.raises(ab.DomainError):
        life.excludes(100 * u.MeV, 1 * u.m)


def test_the_published_lifetime_and_mixing_edges_are_one_statement():
    """arXiv:2006.07387: the longest lifetime is that of a Majorana N at the upper edge of the mixing."""
    life, mixing = (ab.published.load(f"hnl_bbn_sabti_2020_{k}") for k in ("lifetime_mu", "umu4"))
    for m in (30.0, 60.0, 100.0):
        n = ab.HNL(mass=m * u.MeV, mixing={"mu": mixing.edges(m * u.MeV)[1]})
        ratio = n.lifetime.to_value(u.s) / life.edges(m * u.MeV)[0].to_value(u.s)
        assert_allclose(ratio, 1.0, rtol=0.05)


def test_outlines_are_thin_and_complete():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    drawn = ab.published.overlay(ax, "mixing.tau")
    assert [b.name for b in drawn] == ["hnl_bbn_sabti_2020_utau4"]
    (line,) = ax.lines
    assert line.get_linewidth() < 1
    y = line.get_ydata()
    assert np.nanmin(y) == drawn[0].values.min()
    assert ab.published.overlay(ax, "omega_b") == []
    with pytest.raises(ConfigError, match=r"DarkPhoton and DarkScalar: say particle="):
        ab.published.overlay(ax, "mixing")
    assert len(ab.published.overlay(ax, "mixing", particle="DarkPhoton")) == 2
    before = len(ax.collections)
    drawn[0].plot(ax, fill=True)
    assert len(ax.collections) == before + 1
    plt.close("all")


def test_wrong_words_are_named():
    for call, match in (
        (lambda: ab.published.bounds(particle="HNLL"), "did you mean 'HNL'"),
        (lambda: ab.published.bounds(observable="bbm"), "did you mean 'bbn'"),
        (lambda: ab.published.bounds(coupling="mixing.tua"), "did you mean 'mixing.tau'"),
        (lambda: ab.published.bounds(exactness="A"), "allowed"),
        (lambda: ab.published.bounds(particle=3), "particle = 3"),
        (lambda: ab.published.load("hnl_bbn"), "no published bound"),
        (lambda: ab.published.load(3), "no published bound"),
        (lambda: ab.published.overlay(None, 3), "name of a parameter"),
    ):
        with pytest.raises(ConfigError, match=match):
            call()


def test_an_own_bound_is_read_with_the_same_care(tmp_path):
    text = data_path("published/hnl_bbn_sabti_2020_utau4.ecsv").read_text()
    path = tmp_path / "mine.ecsv"
    path.write_text(text)
    assert ab.published.load(path).parameters == ("mixing.tau",)
    for old, new, match in (
        ("#   criterion", "#   note2", "lacks criterion"), ("region: closed", "region: clsed",
         "region = 'clsed'"),
        (" upper\n", " top\n", "only they"), ("parameters: [mixing.tau]", "parameters: mixing.tau",
         "wrong type"),
        ("#   date:", "#   dat:", "did you mean 'date'"), ("unit: MeV, ", "", "no unit"),
    ):  # fmt: skip
        path.write_text(text.replace(old, new))
        with pytest.raises((DataError, ab.DomainError), match=match):
            ab.published.load(path)


def test_the_example_of_the_documentation_runs():
    page = (Path(__file__).parents[2] / "docs" / "published.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, "published.md", "exec"), {})
    assert f"{len(NAMES)} bounds of the literature" in page


def test_no_constraint_and_no_likelihood_knows_them():
    b = ab.published.load("hnl_bbn_sabti_2020_utau4")
    assert not hasattr(b, "loglike")
    assert not hasattr(ab.published, "PublishedLikelihood")
    with pytest.raises(ConfigError):
        ab.lab.LabLikelihood([b])
