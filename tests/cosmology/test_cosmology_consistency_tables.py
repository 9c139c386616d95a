"""Tables for CAMB and CLASS: layout, content and a published table."""

import importlib.util
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds.cosmology.abundances import bbn
from astrobounds.cosmology.consistency_tables import DELTA_N, OMEGA_B, consistency_table
from astrobounds.cosmology.theory_error import theory_covariance
from astrobounds.errors import DomainError


@pytest.fixture(scope="module")
def table():
    return consistency_table([0.018, 0.0223, 0.026], [-1.0, 0.0, 1.0], sigma_tau_n=0.5 * u.s)


def test_default_axes():
    assert OMEGA_B.size == 52
    assert np.all(np.diff(OMEGA_B) > 0)
    assert {0.02, 0.0222, 0.024, 0.04} <= set(OMEGA_B)
    assert 0.0 in DELTA_N


def test_content(table):
    point = bbn(omega_b=0.0223, delta_neff=1.0)
    assert_allclose(table.Yp[2, 1], point.Yp, rtol=1e-8, atol=0)
    assert_allclose(table.Yp_cmb[2, 1], point.Yp_cmb, rtol=1e-8, atol=0)
    assert_allclose(table.DH[2, 1], point.DH, rtol=1e-7, atol=0)
    assert_allclose(table.eta10[1], 1e10 * point.eta, rtol=1e-12, atol=0)
    errors = theory_covariance(omega_b=0.0223, sigma_tau_n=0.5 * u.s)
    assert_allclose(table.sigma_DH[1, 1], errors.sigma["DH"], rtol=1e-2, atol=0)
    assert_allclose(table.sigma_Yp[1, 1], errors.sigma["Yp"], rtol=1e-2, atol=0)


def test_published_table_of_primat_2024(table):
    """Table PRIMAT_Yp_DH_ErrorMC_2024 (tau_n = 878.4 s) at omega_b = 0.0223; +-1: interpolated.

    Its extra radiation follows a slightly different history, hence 1e-3 in D/H per unit of it.
    """
    assert_allclose(table.Yp[1, 1], 0.246957, rtol=0, atol=1e-4)
    assert_allclose(table.DH[1, 1], 2.45901e-5, rtol=3e-4, atol=0)
    assert_allclose(table.sigma_DH[1, 1], 2.742e-7, rtol=0.06, atol=0)
    assert_allclose(table.sigma_Yp[1, 1], 1.091e-4, rtol=0.06, atol=0)
    assert_allclose(table.Yp[:, 1][[0, 2]], [0.232496, 0.259484], rtol=0, atol=1.5e-4)
    assert_allclose(table.DH[:, 1][[0, 2]], [2.12492e-5, 2.78994e-5], rtol=1.5e-3, atol=0)


def test_camb_layout(table, tmp_path):
    path = tmp_path / "camb.dat"
    table.write_camb(path)
    comments = [line for line in path.read_text().splitlines() if line.startswith("#")]
    columns = comments[-1][1:].split()
    assert columns == ["ombh2", "eta10", "DeltaN", "Yp", "Yp^BBN", "sig(Yp^BBN)", "D/H", "sig(D/H)"]
    rows = np.loadtxt(path)
    assert rows.shape == (9, 8)
    assert_allclose(rows[:3, 0], table.omega_b, rtol=1e-6, atol=0)  # omega_b runs fastest
    assert_allclose(rows[:, 2], np.repeat(table.delta_neff, 3), rtol=1e-6, atol=0)
    assert_allclose(rows[:, 3], table.Yp_cmb.ravel(), rtol=0, atol=1e-6)
    assert_allclose(rows[:, 4], table.Yp.ravel(), rtol=0, atol=1e-6)
    assert_allclose(rows[:, 6], table.DH.ravel(), rtol=1e-5, atol=0)
    assert any("878.4 s" in line for line in comments)


def test_class_layout(table, tmp_path):
    path = tmp_path / "sBBN.dat"
    table.write_class(path)
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert lines[0].split() == ["3", "3"]
    rows = np.array([[float(v) for v in line.split()] for line in lines[1:]])
    assert rows.shape == (9, 3)
    assert_allclose(rows[:3, 0], table.omega_b, rtol=1e-6, atol=0)
    assert_allclose(rows[::3, 1], table.delta_neff, rtol=1e-6, atol=0)
    assert_allclose(rows[:, 2], table.Yp_cmb.ravel(), rtol=0, atol=1e-6)


def test_one_row_and_errors():
    one = consistency_table([0.02, 0.0223], [0.0])
    assert one.DH.shape == one.sigma_DH.shape == (1, 2)
    assert np.all(one.sigma_DH > 0)
    with pytest.raises(DomainError, match="increasing"):
        consistency_table([0.0223, 0.02], [0.0])


def test_schramm_example_agrees_with_its_published_points():
    path = Path(__file__).parents[2] / "examples" / "schramm.py"
    spec = importlib.util.spec_from_file_location("schramm_example", path)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    helium, deuterium = example.deviations()
    assert np.abs(helium).max() < 3e-4
    assert np.abs(deuterium).max() < 6e-4
