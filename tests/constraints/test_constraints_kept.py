"""Tables kept between runs: the same numbers, known by everything they depend on, never in the way."""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import astrobounds as ab
from astrobounds import identity
from astrobounds.constraints import early_table, kept
from astrobounds.cosmology.relics import table as relic_table


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    return tmp_path


class Thing:
    def __init__(self, values):
        self.values = values


def keep(depends, values, calls):
    def build():
        calls.append(depends)
        return Thing(values)

    return kept.table("things", depends, (identity,), (Thing,), build)


def test_a_table_is_built_once_and_read_back_with_every_bit(folder):
    values = {"a": np.random.default_rng(1).random((3, 4)), "b": (0.1, np.inf, None, True, "x", [1, -0.0]),
              "c": np.array(["lower", "upper"])}  # fmt: skip
    calls = []
    one = keep((1, np.arange(3)), values, calls)
    two = keep((1, np.arange(3)), values, calls)
    assert len(calls) == 1
    assert one.values is values
    assert_array_equal(two.values["a"], values["a"])
    assert two.values["b"] == values["b"]
    assert type(two.values["b"][5][0]) is int
    assert_array_equal(two.values["c"], values["c"])


@pytest.mark.parametrize("other", [(2, 0.1), (1, 0.1 + 1e-16 * 3), (1, "0.1"), ({1}, 0.1), (ab.HNL, 0.1)])
def test_whatever_it_depends_on_makes_another_table(folder, other):
    calls = []
    keep((1, 0.1), [], calls)
    keep(other, [], calls)
    assert len(calls) == 2


def test_edited_sources_or_data_make_another_table(folder, monkeypatch):
    from astrobounds.numerics import kernel_cache

    calls = []
    keep((1,), [], calls)
    with monkeypatch.context() as m:
        m.setattr(kernel_cache, "source_digest", lambda path: "edited")
        keep((1,), [], calls)
    with monkeypatch.context() as m:
        m.setattr(kept, "_data_stamp", lambda: "edited")
        keep((1,), [], calls)
    keep((1,), [], calls)
    assert len(calls) == 3


@pytest.mark.parametrize("damage", [b"", b"PK", b"text", "half", "structure"])
def test_a_damaged_file_is_built_again(folder, damage):
    calls = []
    keep((1,), [1.0], calls)
    (path,) = folder.glob("*.npz")
    data = path.read_bytes()
    if damage == "structure":
        np.savez(path, structure=np.array(json.dumps({"class": "os", "parts": {}})))
    else:
        path.write_bytes(data[: len(data) // 2] if damage == "half" else damage)
    assert keep((1,), [1.0], calls).values == [1.0]
    assert keep((1,), [1.0], calls).values == [1.0]
    assert len(calls) == 2


def test_what_has_no_identity_or_no_room_is_built_every_time(folder, monkeypatch):
    import threading

    calls = []
    for _ in range(2):
        keep((threading.Lock(),), [], calls)
    monkeypatch.setattr(kept.os, "replace", lambda *a: (_ for _ in ()).throw(OSError(28, "full")))
    for _ in range(2):
        keep((1,), [], calls)
    assert len(calls) == 4
    assert list(folder.iterdir()) == []


def test_the_oldest_go_first(folder, monkeypatch):
    import os

    monkeypatch.setattr(kept, "KEPT", 5000)
    for i in range(8):
        keep((i,), np.arange(100.0), [])
        for path in folder.glob("*.npz"):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10.0))
    kept_files = list(folder.glob("*.npz"))
    assert 1 <= len(kept_files) < 8
    assert sum(p.stat().st_size for p in kept_files) <= 5000


def test_it_can_be_turned_off():
    assert kept.folder() is None  # ASTROBOUNDS_KEEP_TABLES=0 in all tests


def test_a_table_of_abundances_is_read_back_without_a_solution(folder, monkeypatch):
    """The real table of a smooth stand-in for nucleosynthesis."""
    import astropy.units as u

    solved = []

    def smooth(model, choices):
        if model is None:
            return np.array([3.044, 0.247, 2.5e-5, 1e-5, 5e-10, 2.5e-5, 1.0, 0.0])
        solved.append(1)
        x = 1.0 / (1.0 + 0.05 / model.width_mev * 1e-20)
        return np.array([3.044 + x, 0.247 + 0.01 * x, 2.5e-5 * (1 + x), 1e-5, 5e-10, 2.5e-5, 1 + x, 0.0])

    monkeypatch.setattr(early_table, "quantities", smooth)
    priors = {"mass": ab.LogUniform(30 * u.MeV, 40 * u.MeV), "mixing.e": ab.LogUniform(1e-6, 1e-3)}
    region = ab.Posterior(ab.HNL, priors, ["lab"]).region()
    tables = []
    for _ in range(2):
        monkeypatch.setattr(early_table, "_BUILT", {})
        ray = early_table.Ray.of(region, ("default", "small", "integrated"))
        tables.append(early_table.table_of(ray, show=False))
        count = len(solved)
        if len(tables) == 1:
            first = count
    assert first == count > 20
    assert isinstance(tables[1], relic_table.Table)
    y = ray.span(35.0)
    for t in np.linspace(*y, 7):
        a, b = (table.at(35.0, t) for table in tables)
        assert (a is None) == (b is None)
        if a is not None:
            assert_array_equal(a, b)
    assert tables[0].checked == tables[1].checked
