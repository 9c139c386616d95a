"""Flavour fractions and floor of the minimal seesaw, with NuFIT 5.2 inputs."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds.errors import DomainError
from astrobounds.models.seesaw import flavour_fractions, light_masses, mixing_matrix, seesaw_floor


@pytest.mark.parametrize(("arguments", "values"), [
    (("normal", 1.5 * np.pi, 0.5 * np.pi, 1), (0.06245, 0.72353, 0.21402)),
    (("normal", 1.5 * np.pi, 0.5 * np.pi, -1), (0.06245, 0.14219, 0.79537)),
    (("inverted", 0.0, 0.0, 1), (0.48743, 0.22193, 0.29064)),
    (("inverted", 0.0, 0.0, -1), (0.48743, 0.22193, 0.29064)),
])  # fmt: skip
def test_fractions_published(arguments, values):
    fractions = flavour_fractions(*arguments)
    assert_allclose(tuple(fractions.values()), values, rtol=0, atol=1e-5)
    assert_allclose(sum(fractions.values()), 1.0, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("ordering", "flavour", "low", "high"), [
    ("normal", "e", 0.00500, 0.1199), ("normal", "mu", 0.1263, 0.7594),
    ("inverted", "e", 0.0381, 0.9368), ("inverted", "tau", 0.00344, 0.5758),
])  # fmt: skip
def test_ranges_over_both_phases(ordering, flavour, low, high):
    """Pure e mixing is impossible in normal ordering, pure mu or tau in inverted ordering."""
    phases = np.linspace(0.0, 2.0 * np.pi, 181)
    values = [flavour_fractions(ordering, d, a)[flavour] for d in phases[::2] for a in phases]
    assert_allclose(min(values), low, rtol=0.01, atol=0)
    assert_allclose(max(values), high, rtol=1e-3, atol=0)


def test_floor_and_unitarity():
    assert_allclose(light_masses("normal").sum(), 0.0586781, rtol=0, atol=1e-7)
    assert_allclose(light_masses("inverted").sum(), 0.0989709, rtol=0, atol=1e-7)
    assert_allclose(seesaw_floor(1 * u.GeV), 5.868e-11, rtol=1e-4, atol=0)
    assert_allclose(seesaw_floor(1 * u.GeV, "inverted"), 9.897e-11, rtol=1e-4, atol=0)
    matrix = mixing_matrix("normal", 1.2, 0.4)
    np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(3), atol=1e-14)


def test_bad_input():
    with pytest.raises(DomainError, match="did you mean 'normal'"):
        flavour_fractions("norml")
    with pytest.raises(DomainError, match="allowed: 1, -1"):
        flavour_fractions(sign=0)
