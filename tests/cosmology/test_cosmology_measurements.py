"""Measured values as data."""

import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import references
from astrobounds.errors import DataError


def test_defaults_and_named_values():
    assert ab.cosmology.measurement("Yp").name == "lbt2026"
    assert ab.cosmology.measurement("DH", "cooke2018").value == 25.27e-6
    assert ab.cosmology.measurement("Yp", "empress2022").sigma_high == 0.0034
    assert ab.cosmology.measurement("omega_b").probe == "cmb"


def test_table_is_consistent():
    rows = ab.cosmology.measurements()
    assert len({(m.quantity, m.name) for m in rows}) == len(rows)
    for m in rows:
        assert m.value > 0.0
        assert 0.0 < m.sigma_low < m.value
        assert m.sigma_high > 0.0
        assert m.kind in ("measurement", "upper")
        assert m.probe in ("abundance", "cmb", "joint")
        assert references.bibtex(m.reference)
    for quantity in {m.quantity for m in rows}:
        assert sum(m.default for m in rows if m.quantity == quantity) <= 1


def test_pull():
    helium = ab.cosmology.measurement("Yp", "empress2022")
    assert_allclose(helium.pull(helium.value + 0.0034), 1.0, rtol=1e-6, atol=0)
    assert_allclose(helium.pull(helium.value - 0.0033), -1.0, rtol=1e-6, atol=0)
    limit = ab.cosmology.measurement("He3D")
    assert limit.pull(0.3) == 0.0
    assert_allclose(limit.pull(0.98), 1.0, rtol=1e-6, atol=0)


def test_errors():
    with pytest.raises(DataError, match="did you mean 'Neff'"):
        ab.cosmology.measurements("Nef")
    with pytest.raises(DataError, match="lbt2026"):
        ab.cosmology.measurement("Yp", "lbt2020")
    with pytest.raises(DataError, match="no default"):
        ab.cosmology.measurement("Nnu")
