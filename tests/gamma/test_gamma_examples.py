"""The examples about gamma rays, on a few masses."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_normalisation_of_nu_gamma():
    example = load("nu_gamma_normalisation")
    plain, quarter, soft, soft_quarter = example.lower_edges(np.array([50.0, 120.0, 200.0]))
    assert_allclose(quarter[:2] / plain[:2], [2.0, 2.0], rtol=0.02, atol=0)  # F ~ |U|^4
    assert np.all((soft_quarter / soft)[:2] > 1.2)
    assert np.all((soft_quarter / soft)[:2] < quarter[:2] / plain[:2])
    assert_allclose(quarter[2] / plain[2], 1.0, rtol=0, atol=0.01)
    assert np.all(soft < plain)


@pytest.mark.slow
def test_structure_of_the_bounds():
    example = load("gamma_bounds")
    masses = np.array([40.0, 130.0, 160.0])
    edges, reach = example.compute(masses, n_mixing=24)
    smm = edges[0]
    assert np.all(smm[:, 0] < smm[:, 1])
    assert smm[1, 0] / smm[2, 0] > 8.0  # the step of the pi0 threshold, lower edge
    assert smm[1, 1] / smm[2, 1] > 8.0  # and upper edge
    assert np.all(reach < 0.01 * smm[:, 0])
    # within a factor of a few of the published reach, with another star and exposure
    assert 0.2 < reach.min() / example.PUBLISHED_REACH < 6.0
