"""Checks at the public edge: the value in its type, or one short sentence."""

import os
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrobounds import checks
from astrobounds.errors import AstroboundsError, ConfigError, DataError

ANYTHING = [
    None, True, 1, 2.5, 1j, "off", "", b"x", [], [1], (), {}, {1}, np.zeros(2), np.nan, np.inf, 10**400,
    3 * u.MeV, object(), int, len, Path("x"), "a" * 5000, np.float32(0.5), np.bool_(True), "a\0b", range(3),
]  # fmt: skip
CHECKERS = {
    "boolean": lambda v: checks.boolean(v, "it"),
    "number": lambda v: checks.number(v, "it", 0.0, 1.0),
    "whole": lambda v: checks.whole(v, "it", 0, 5),
    "choice": lambda v: checks.choice(v, "it", ("on", "off")),
    "confidence": checks.confidence, "texts": lambda v: checks.texts(v, "it"),
    "mapping": lambda v: checks.mapping(v, "it"), "path": checks.path, "file": checks.regular_file,
}  # fmt: skip
GOOD = {
    "boolean": [True, np.bool_(True)], "number": [1, np.float32(0.5)], "whole": [1], "choice": ["off"],
    "confidence": [np.float32(0.5)],
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKERS)
def test_every_checker_returns_or_says_one_short_sentence(name):
    passed = []
    for value in ANYTHING:
        message = ""
        try:
            CHECKERS[name](value)
            passed.append(value)
        except AstroboundsError as error:
            message = str(error)
        assert "\n" not in message
        assert len(message) < 300
    if name in GOOD:
        assert [repr(v) for v in passed] == [repr(v) for v in GOOD[name]]


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_numbers_are_finite_and_in_range(value):
    try:
        assert checks.number(value, "it", -1.0, 1.0) == value
    except ConfigError:
        assert not -1.0 <= value <= 1.0


def test_one_text_is_not_its_letters():
    assert checks.texts("Foo", "references") == ("Foo",)
    assert checks.texts(["Foo", "Bar"], "references") == ("Foo", "Bar")
    with pytest.raises(ConfigError, match="references = 3: a list of texts"):
        checks.texts(3, "references")


def test_a_choice_suggests_the_nearest():
    with pytest.raises(ConfigError, match=r"nature = 'marjorana' \(did you mean 'majorana'\?\)"):
        checks.choice("marjorana", "nature", ("dirac", "majorana"))


def test_files_are_regular_and_not_endless(tmp_path, monkeypatch):
    (tmp_path / "good").write_text("x" * 100)
    os.mkfifo(tmp_path / "pipe")
    assert checks.regular_file(tmp_path / "good") == tmp_path / "good"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert checks.regular_file("~/good") == tmp_path / "good"
    for bad in (tmp_path, tmp_path / "pipe", tmp_path / "none", "/dev/null"):
        with pytest.raises(DataError, match="cannot read"):
            checks.regular_file(bad)
    with pytest.raises(DataError, match=r"0\.0001 MB, above the limit"):
        checks.regular_file(tmp_path / "good", limit=99)


def test_values_are_shown_in_a_line_whatever_they_are():
    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert checks.shown(Broken()).startswith("<Broken")
    assert len(checks.shown(10**4000)) < 100
    assert len(checks.shown("x" * 10**6)) < 100
    assert "\n" not in checks.shown(np.zeros((40, 40)))
