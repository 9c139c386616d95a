"""Two-column text files of other collections: read right, or refused with the line."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import AstroboundsError, ConfigError, DataError
from astrobounds.lab import textfile

ROWS = [[62.03, 2.9e-8], [63.1, 3e-8]]


@pytest.mark.parametrize("text", [
    "62,03\t2,9e-8\n63,1\t3e-8", "62,03;2,9e-8\n63,1;3e-8", "62,03 2,9e-8\n63,1 3e-8",
    "62.03 2.9e-8\n63.1 3e-8",
    "62.03,2.9e-8\n63.1,3e-8", "62.03, 2.9e-8\n63.1, 3e-8", "62.03 , 2.9e-8\n63.1 , 3e-8",
    "# mass limit\n62.03 2.9e-8 # a\n\n63.1 3e-8\n", "m U2\n62.03 2.9e-8\n63.1 3e-8",
    '"m";"U2"\n62.03;2.9e-8\n63.1;3e-8',
    "62.03\t\t2.9e-8\n63.1\t3E-8", "\ufeff62.03 2.9e-8\r\n63.1 3e-8\r\n",
])  # fmt: skip
def test_separators_and_decimal_commas(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert_allclose(np.transpose(textfile.columns(path)), ROWS, rtol=1e-15, atol=0)


@pytest.mark.parametrize(("text", "match"), [
    ("lo,hi,limit\n1,2,3e-4\n2,3,4e-4", "3 columns.*columns=\\(0, 2\\)"), ("1 2\nnan 3\n3 4",
     "line 2.*nan"),
    ("nan 1\n1 2\n2 3", "line 1"), ("1 2\n2 --\n3 4", "line 2"), ("1;;2\n2;;3", "empty"),
    ("1,234\t2.9e-8\n2,3\t1.0", "decimal commas and points"), ("1_000 2\n2 3", "not two numbers"),
    ("1 1.58ee-2\n2 3", "line 1"), ("1\n2", "not two numbers"), ("10 1e-3\n20\n30 1", "line 2"),
    ("{\\rtf1", "rich-text"), ("", "fewer than two"), ("a b\n", "fewer than two"), ("1 2\n2 3 x\n",
     "line 2"),
    ("1 2\nfoo bar\n2 3", "line 2"), ("m [GeV],U\n1.5,2e-3\nm [GeV],95% CL\n1.5,2.1e-3", "line 3"),
     ("1, 2 3\n1, 2 3", "mixes"),
])  # fmt: skip
def test_what_can_be_misread_is_refused_with_its_line(text, match):
    with pytest.raises(DataError, match=match):
        textfile.parse(text, "f")


def test_columns_of_bins_are_chosen_by_statement():
    mass, limit = textfile.parse("lo,hi,limit\n1,2,3e-4\n2,3,4e-4", "f", (0, 2))
    assert_allclose([mass, limit], [[1, 2], [3e-4, 4e-4]], rtol=1e-15, atol=0)
    for wrong in ((0, 3), (0,), "ab", (0.0, 1), (True, 1), 3):
        with pytest.raises(ConfigError, match="from 0 to 2"):
            textfile.parse("1 2 3\n2 3 4", "f", wrong)


def test_a_curve_from_a_text_file_says_what_was_stated(tmp_path):
    path = tmp_path / "AxionPhoton.txt"
    path.write_text("# m [eV] g [1/GeV]\n1e6 1e-6\n1e7 2e-6\n")
    curve = ab.lab.read_text(
        path, "alp-photon", "eV", name="theirs", experiment="X", reference="Y", cl=0.95, exponent=1
    )
    assert_allclose(curve.mass_mev, [1.0, 10.0], rtol=1e-14, atol=0)
    assert curve.limit.unit == 1 / u.GeV
    assert "stated by the user" in curve.assumed[0]
    lnl = ab.lab.LabLikelihood([curve], portal="alp-photon")
    assert_allclose(lnl(1.0, [1e-12]), np.log(0.05), rtol=1e-12, atol=0)
    squared = tmp_path / "eps2.txt"
    squared.write_text("0.01 1e-6\n0.02 4e-6\n")
    curve = ab.lab.read_text(squared, "dark-photon", "GeV", name="b", column_is="squared")
    assert_allclose(curve.values, [1e-3, 2e-3], rtol=1e-14, atol=0)
    assert np.isnan(curve.cl)


def test_a_contour_that_comes_back_is_split_into_its_edges(tmp_path):
    path = tmp_path / "loop.txt"
    m = np.array([10.0, 20.0, 30.0, 40.0])
    up = np.column_stack([m[::-1], [1e-4, 3e-4, 6e-4, 1e-3]])
    low = np.column_stack([m, [1e-6, 2e-6, 5e-6, 9e-5]])
    np.savetxt(path, np.concatenate([low, up]))
    with pytest.raises(DataError, match="comes back in mass"):
        ab.lab.read_text(path, "dark-photon", "MeV", name="loop", cl=0.9, exponent=2)
    curve = ab.lab.read_text(path, "dark-photon", "MeV", name="loop", cl=0.9, exponent=2, contour="closed")
    assert_allclose(curve.edges([20, 30] * u.MeV), [[2e-6, 5e-6], [6e-4, 3e-4]], rtol=1e-12, atol=0)


def test_wrong_statements_about_a_text_file_are_sentences(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("1 1e-6\n2 2e-6\n")
    for wrong in (
        {"portal": "alp"}, {"mass_unit": "cm"}, {"mass_unit": 3}, {"column_is": "cubed"}, {"cl": 90},
        {"exponent": 7}, {"contour": "x"}, {"nonsense": 1},
    ):  # fmt: skip
        options = {"portal": "alp-photon", "mass_unit": "eV", "name": "a"} | wrong
        with pytest.raises(AstroboundsError):
            ab.lab.read_text(path, **options)
