"""Export to plotting files, and the reader of the optional HNLimits package."""

import importlib.util
import sys

import astropy.units as u
import numpy as np
import pytest
from astropy.table import Table
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError, DataError
from astrobounds.lab import hnlimits


def test_export_csv_keeps_every_digit(tmp_path):
    curves = ab.lab.limits(flavour="tau")
    path = ab.lab.export(curves, tmp_path / "tau.csv")
    text = path.read_text()
    for c in curves:
        assert f"# {c.name}: reference: {c.reference}" in text
        assert f"# {c.name}: cl: {c.cl}" in text
    table = Table.read(path, format="ascii.csv", comment="#")
    for c in curves:
        rows = table[table["name"] == c.name]
        assert np.array_equal(rows["mass_MeV"], c.mass_mev)
        assert np.array_equal(rows["limit"], c.values)
    assert set(table[table["name"] == "argoneut_2021_utau4"]["edge"]) == {"lower", "upper"}


def test_export_ecsv_keeps_the_metadata(tmp_path):
    c = ab.lab.nature(ab.lab.load("charm_2002_utau4"), "majorana").value
    path = ab.lab.export([c, ab.lab.load("dipole_lep")], tmp_path / "x.ecsv")
    table = Table.read(path)
    meta = table.meta["curves"]["charm_2002_utau4"]
    assert meta["nature"] == "majorana"
    assert "doubles for Majorana" in meta["assumed"][0]
    assert table["mass"].unit == u.MeV
    assert np.array_equal(table["limit"][table["name"] == c.name], c.values)
    single = ab.lab.export("na62_2020_ue4", tmp_path / "y.csv")
    assert single.stat().st_size > 1000


def test_export_refuses(tmp_path):
    with pytest.raises(ConfigError, match=r"\.csv or \.ecsv"):
        ab.lab.export("na62_2020_ue4", tmp_path / "x.txt")
    with pytest.raises(ConfigError, match="no curves"):
        ab.lab.export([], tmp_path / "x.csv")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A stand-in for the installed package: a folder with numeric files."""
    data = tmp_path / "HNLimits" / "include" / "data"
    (data / "a").mkdir(parents=True)
    (tmp_path / "HNLimits" / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    (data / "a" / "good.dat").write_text("# m (GeV)  U2\n0.2 1e-5\n0.1 1e-4\n0.1, 2e-4\n")
    (data / "a" / "rich.dat").write_text("{\\rtf1 something}")
    (data / "a" / "typo.dat").write_text("100 1.58ee-2\n200 1e-3\n")
    m = [*np.linspace(1, 2, 10), *np.linspace(2, 1, 10)]
    (data / "a" / "loop.txt").write_text("\n".join(f"{x} 1e-4" for x in m))
    (data / "a" / "picture.png").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "HNLimits", raising=False)
    importlib.invalidate_caches()
    return data


STATED = dict(flavour="tau", exponent=2, kind="beam dump, decay", experiment="X", reference="Y")


def test_reader(package):
    assert hnlimits.available() == ["a/good.dat", "a/loop.txt", "a/rich.dat", "a/typo.dat"]
    assert hnlimits.available("GOOD") == ["a/good.dat"]
    c = hnlimits.read("a/good.dat", u.GeV, cl=0.9, nature="dirac", **STATED)
    assert c.range_mev == (100.0, 200.0)
    assert_allclose(c.interpolate(100 * u.MeV), 1e-4, rtol=1e-6, atol=0)  # the smaller of two
    assert "stated by the user" in c.assumed[0]
    assert c.sm_decays_only
    assert "HNLimits" not in sys.modules
    lnl = ab.lab.LabLikelihood([c])
    assert_allclose(lnl(200.0, (0, 0, 1e-5), majorana=False), np.log(0.1), rtol=1e-6, atol=0)


def test_reader_does_not_invent(package):
    c = hnlimits.read("a/good.dat", u.GeV, **STATED)
    assert np.isnan(c.cl)
    assert c.nature == "unknown"
    (verdict,) = ab.lab.LabLikelihood([c]).left_out
    assert "confidence level" in verdict.reason
    with pytest.raises(ConfigError, match=r"u\.MeV or u\.GeV"):
        hnlimits.read("a/good.dat", "GeV", **STATED)


def test_reader_refuses_what_is_not_a_table(package):
    with pytest.raises(DataError, match="rich-text"):
        hnlimits.numbers("a/rich.dat")
    with pytest.raises(DataError, match=r"typo\.dat, line 1.*1\.58ee-2"):
        hnlimits.numbers("a/typo.dat")
    with pytest.raises(DataError, match="comes back in mass"):
        hnlimits.read("a/loop.txt", u.MeV, **STATED)
    with pytest.raises(ConfigError, match=r"did you mean 'a/good\.dat'"):
        hnlimits.numbers("a/god.dat")


def test_reader_without_the_package(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install astrobounds\[lab\]"):
        hnlimits.folder()


@pytest.mark.peer
@pytest.mark.skipif(importlib.util.find_spec("HNLimits") is None, reason="HNLimits not installed")
def test_shipped_curves_against_the_installed_collection():
    m, values = hnlimits.numbers("umu4/NA62_2021_mu.dat")  # MeV, whatever its header says
    c = ab.lab.load("na62_2021_umu4")
    assert_allclose(c.interpolate_mev(m), values, rtol=1e-5, atol=0)
