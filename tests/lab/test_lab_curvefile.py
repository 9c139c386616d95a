"""Curve files: each statement is understood or refused with a sentence, none is ignored."""

import contextlib
import re
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.datafiles import data_path
from astrobounds.errors import AstroboundsError, DataError
from astrobounds.lab.curve import Curve

PAGE = Path(__file__).parents[2] / "docs" / "laboratory.md"


def lines(mass="MeV", limit=None, edges=None, rows=((10, 1e-4), (20, 1e-5), (30, 1e-4)), **meta):
    """The text of a curve file."""
    meta = {
        "name": "mine", "portal": "mixing", "experiment": "X", "reference": "Y", "cl": 0.9, "flavour": "mu",
        "nature": "any", "kind": "peak search", "exponent": 1, "contour": "upper", "group": "g",
        "sm_decays_only": False, "exactness": "C", "origin": "own", "licence": "own", "references": [],
    } | meta  # fmt: skip
    columns = [{"name": n, "datatype": "float64"} for n in ("mass", "limit")]
    columns[0]["unit"] = mass
    if limit:
        columns[1]["unit"] = limit
    if mass is None:
        del columns[0]["unit"]
    if edges:
        columns.append({"name": "edge", "datatype": "string"})
    header = yaml.safe_dump({"datatype": columns, "meta": meta}, default_flow_style=None)
    text = "# %ECSV 1.0\n# ---\n" + "".join(f"# {line}\n" for line in header.splitlines())
    text += " ".join(c["name"] for c in columns) + "\n"
    for i, row in enumerate(rows):
        text += " ".join(str(v) for v in row) + (f" {edges[i]}" if edges else "") + "\n"
    return text


@pytest.fixture
def read(tmp_path):
    def reader(text=None, **options):
        path = tmp_path / "mine.ecsv"
        path.write_text(lines(**options) if text is None else text)
        return ab.lab.load(path)

    return reader


def test_the_unit_of_a_dipole_limit_is_converted(read):
    per_gev = read(portal="dipole", limit="1 / GeV")
    per_mev = read(portal="dipole", limit="1 / MeV")
    assert_allclose(per_gev.values, [1e-4, 1e-5, 1e-4], rtol=1e-15, atol=0)
    assert_allclose(per_mev.values, 1e3 * per_gev.values, rtol=1e-15, atol=0)
    with pytest.raises(DataError, match="has no unit; this coupling has 1 / GeV"):
        read(portal="dipole")
    for unit in ("GeV", "cm", "1 / GeV2"):
        with pytest.raises(DataError, match="this coupling has 1 / GeV"):
            read(portal="dipole", limit=unit)


def test_a_limit_on_a_mixing_has_no_unit(read):
    with pytest.raises(DataError, match="pure number"):
        read(limit="1 / GeV")
    assert_allclose(read(limit="percent").values, [1e-6, 1e-7, 1e-6], rtol=1e-14, atol=0)


def test_masses_come_in_units_of_energy_mass_or_temperature(read):
    for unit, mev in (
        ("MeV", 1.0), ("GeV", 1e3), ("eV", 1e-6), ("MeV / c2", 1.0), ("GeV/c^2", 1e3), ("MeV c-2", 1.0),
        ("kg", (1 * u.kg).to_value(u.MeV, u.mass_energy())), ("K", 8.617333262e-11),
    ):  # fmt: skip
        assert_allclose(read(mass=unit).mass_mev, mev * np.array([10, 20, 30]), rtol=1e-9, atol=0)
    for unit in ("cm", "s", "blub", "1 / MeV"):
        with pytest.raises(DataError, match="write MeV or GeV"):
            read(mass=unit)
    with pytest.raises(DataError, match="no unit"):
        read(mass=None)


def test_edges_are_called_lower_and_upper(read):
    rows = ((10, 1e-6), (20, 1e-6), (10, 1e-4), (20, 1e-4))
    closed = {"contour": "closed", "exponent": 2, "rows": rows}
    good = read(edges=("lower", "lower", "upper", "upper"), **closed)
    capital = read(edges=("Lower", "LOWER", "Upper", "upper"), **closed)
    assert_allclose(capital.edges(15 * u.MeV), good.edges(15 * u.MeV), rtol=1e-15, atol=0)
    lnl = ab.lab.LabLikelihood([capital.with_(channels=(), production=())])
    assert lnl(15.0, (0, 1e-2, 0)) > -1e-10  # far above the upper edge nothing is excluded
    for edges in (("bottom", "bottom", "top", "top"), ("lower", "lower", "uper", "upper"), ("1", "1", "2",
        "2")):
        with pytest.raises(DataError, match="'lower' or 'upper'"):
            read(edges=edges, **closed)
    with pytest.raises(DataError, match="needs both"):
        read(edges=("lower",) * 4, **closed)
    with pytest.raises(DataError, match="only they, name the edges"):
        read(contour="closed")


@pytest.mark.parametrize("text", ["9e-1", "90%", "90 %", "0.90", 0.9])
def test_a_confidence_level_is_read_in_every_spelling(read, text):
    curve = read(cl=text)
    assert_allclose(curve.cl, 0.9, rtol=1e-15, atol=0)
    assert ab.lab.LabLikelihood([curve]).curves == (curve,)


def test_a_level_that_was_not_recorded_says_so_and_another_word_is_refused(read):
    assert np.isnan(read(cl="not recorded").cl)
    for wrong in ("ninety", 90, 1.0, 0, -0.9, True, None, [0.9], "1.5e2%"):
        with pytest.raises(DataError, match="cl = "):
            read(cl=wrong)


def test_empty_and_nan_cells_are_refused_with_their_row(read):
    for cell in ('""', "nan", "inf"):
        with pytest.raises(DataError, match="row 2 of the column 'limit'"):
            read(rows=((10, 1e-4), (20, cell), (30, 1e-4)))
        with pytest.raises(DataError, match="row 1 of the column 'mass'"):
            read(rows=((cell, 1e-4), (20, 1e-4), (30, 1e-4)))
    with pytest.raises(DataError, match="positive"):
        read(rows=((10, 1e-4), (20, 0.0)))


@pytest.mark.parametrize(("key", "wrong", "match"), [
    ("channels", 2, "a list"), ("channels", "nu e e", "a list"), ("channels", [2], "channel 2"),
    ("channels", [{"name": "e pi"}], "channel"), ("channels", [{"name": "e pi", "low": 9, "high": 1}],
     "channel"),
    ("production", "K", "a list"), ("sm_decays_only", None, "true or false"), ("profiled", "no",
     "true or false"),
    ("sm_decays_only", 1, "true or false"), ("references", "Foo", "a list"), ("references", 3, "a list"),
    ("name", 3, "in quotes"), ("group", None, "in quotes"), ("arxiv", 2205.02234, "in quotes"),
    ("exponent", True, "whole number"), ("exponent", "2", "whole number"), ("exponent", 2.0,
     "whole number"),
    ("exponent", 3, "allowed: 1, 2"), ("flavour", "muu", "did you mean 'mu'"), ("nature", "marjorana",
     "majorana"),
    ("contour", "uper", "did you mean 'upper'"), ("portal", "mixin", "did you mean 'mixing'"),
    ("portal", 3, "portal"), ("exactness", "E", "exactness"), ("likelihood", "gauss", "likelihood"),
    ("gaps", [[20, 10]], "low < high"), ("gaps", [3], "gaps"), ("flavor", "mu", "did you mean 'flavour'"),
    ("flavour", "none", "flavour"),
])  # fmt: skip
def test_statements_of_a_wrong_kind_are_refused(read, key, wrong, match):
    with pytest.raises(DataError, match=match):
        read(**{key: wrong})


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text("ab%e-9 ", max_size=6),
    st.lists(st.one_of(st.none(), st.integers(), st.text("ab", max_size=3)), max_size=3),
    st.dictionaries(st.sampled_from(["name", "low"]), st.integers(), max_size=2),
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(set(Curve.__dataclass_fields__) - {"mass_mev", "values", "edge"})), JUNK)
def test_junk_in_a_header_never_ends_in_a_traceback(tmp_path_factory, key, junk):
    path = tmp_path_factory.mktemp("junk") / "a.ecsv"
    path.write_text(lines(**{key: junk}))
    with contextlib.suppress(AstroboundsError):
        repr(ab.lab.load(path))


def test_files_that_are_no_tables_are_refused(read):
    broken = "# %ECSV 1.0\n# ---\n# a: [\nmass limit\n1 2\n"
    for text in ("", "nothing", "# %ECSV 1.0\n", broken, "a,b\n1,2\n"):
        with pytest.raises(DataError, match=r"not a readable ECSV|lacks"):
            read(text)
    text = lines(rows=((10, 1e-4), (20, 1e-5, 3)))
    with pytest.raises(DataError, match="not a readable ECSV"):
        read(text)


def test_both_ways_of_reading_agree(read):
    """Quotes in a row, or a type other than float64, take the general reader: same numbers."""
    fast = read()
    slow = read(lines().replace("10 0.0001", '"10" 0.0001'))
    narrow = read(lines().replace("float64", "float32"))
    assert np.array_equal(fast.values, slow.values)
    assert np.array_equal(fast.mass_mev, slow.mass_mev)
    assert fast.metadata() == slow.metadata()
    assert_allclose(narrow.values, fast.values, rtol=1e-6, atol=0)


def test_the_example_of_the_documentation_is_a_curve(read):
    text = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL).group(1)
    curve = read(text)
    assert curve.parameters == ("mixing.mu",)
    assert_allclose(curve.values, [1e-6, 2e-6], rtol=1e-15, atol=0)


def test_quantities_in_a_curve_are_converted_never_stripped():
    c = Curve(name="a", mass_mev=[0.1, 0.2, 0.3] * u.GeV, values=[1e-6, 1e-6, 1e-6], cl=0.9)
    assert_allclose(c.mass_mev, [100, 200, 300], rtol=1e-14, atol=0)
    d = Curve(name="a", mass_mev=[1, 2] * u.GeV, values=[1e-9, 1e-9] / u.MeV, cl=0.9, portal="dipole")
    assert_allclose(d.values, 1e-6, rtol=1e-14, atol=0)
    with pytest.raises(DataError, match="plain numbers"):
        Curve(name="a", mass_mev=[1.0, 2.0], values=[1e-9, 1e-9] / u.MeV, cl=0.9)
    with pytest.raises(DataError, match="MeV"):
        Curve(name="a", mass_mev=[1.0, 2.0] * u.cm, values=[1e-9, 1e-9], cl=0.9)
    for masked in (np.ma.array([1.0, 2.0], mask=[True, False]), [1.0, "b"], [True, False], [1j, 2.0]):
        with pytest.raises(DataError, match="mass"):
            Curve(name="a", mass_mev=masked, values=[1e-9, 1e-9], cl=0.9)


def test_shipped_files_are_below_the_limit_of_size():
    assert data_path("lab/index.ecsv").stat().st_size < 500_000
