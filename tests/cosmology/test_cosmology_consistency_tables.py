"""Tables for CAMB and CLASS: layout, content and a published table."""

import importlib.util
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest

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
    assert table.Yp[2, 1] == pytest.approx(point.Yp, rel=1e-8)
    assert table.Yp_cmb[2, 1] == pytest.approx(point.Yp_cmb, rel=1e-8)
    assert table.DH[2, 1] == pytest.approx(point.DH, rel=1e-7)
    assert table.eta10[1] == pytest.approx(1e10 * point.eta, rel=1e-12)
    errors = theory_covariance(omega_b=0.0223, sigma_tau_n=0.5 * u.s)
    assert table.sigma_DH[1, 1] == pytest.approx(errors.sigma["DH"], rel=1e-2)
    assert table.sigma_Yp[1, 1] == pytest.approx(errors.sigma["Yp"], rel=1e-2)


def test_published_table_of_primat_2024(table):
    """Table PRIMAT_Yp_DH_ErrorMC_2024 (tau_n = 878.4 s) at omega_b = 0.0223; +-1: interpolated.

    Its extra radiation follows a slightly different history, hence 1e-3 in D/H per unit of it.
    """
    assert table.Yp[1, 1] == pytest.approx(0.246957, abs=1e-4)
    assert table.DH[1, 1] == pytest.approx(2.45901e-5, rel=3e-4)
    assert table.sigma_DH[1, 1] == pytest.approx(2.742e-7, rel=0.06)
    assert table.sigma_Yp[1, 1] == pytest.approx(1.091e-4, rel=0.06)
    assert table.Yp[:, 1][[0, 2]] == pytest.approx([0.232496, 0.259484], abs=1.5e-4)
    assert table.DH[:, 1][[0, 2]] == pytest.approx([2.12492e-5, 2.78994e-5], rel=1.5e-3)


def test_camb_layout(table, tmp_path):
    path = tmp_path / "camb.dat"
    table.write_camb(path)
    comments = [line for line in path.read_text().splitlines() if line.startswith("#")]
    columns = comments[-1][1:].split()
    assert columns == ["ombh2", "eta10", "DeltaN", "Yp", "Yp^BBN", "sig(Yp^BBN)", "D/H", "sig(D/H)"]
    rows = np.loadtxt(path)
    assert rows.shape == (9, 8)
    assert rows[:3, 0] == pytest.approx(table.omega_b)  # omega_b runs fastest
    assert rows[:, 2] == pytest.approx(np.repeat(table.delta_neff, 3))
    assert rows[:, 3] == pytest.approx(table.Yp_cmb.ravel(), abs=1e-6)
    assert rows[:, 4] == pytest.approx(table.Yp.ravel(), abs=1e-6)
    assert rows[:, 6] == pytest.approx(table.DH.ravel(), rel=1e-5)
    assert any("878.4 s" in line for line in comments)


def test_class_layout(table, tmp_path):
    path = tmp_path / "sBBN.dat"
    table.write_class(path)
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert lines[0].split() == ["3", "3"]
    rows = np.array([[float(v) for v in line.split()] for line in lines[1:]])
    assert rows.shape == (9, 3)
    assert rows[:3, 0] == pytest.approx(table.omega_b)
    assert rows[::3, 1] == pytest.approx(table.delta_neff)
    assert rows[:, 2] == pytest.approx(table.Yp_cmb.ravel(), abs=1e-6)


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
