"""Closed contours: both edges exact, stable at the tip."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from astrobounds.lab import contour

S90 = 2.302585


@pytest.mark.parametrize(
    ("b", "t", "a", "slope", "top"),
    [
        (1e-8, 1e-4, 2.30683e16, 1.84225e5, 3.67950e5),
        (1e-6, 1e-3, 2.33465e12, 1.38293e4, 6608.3),
        (1e-5, 2e-5, 9.21034e10, 1.38629e5, 2.59439),
        (1.8232e-3, 0.17783, 7.6162e5, 52.045, 152.21),
        (4.7356e-4, 1.8521e-2, 1.2446e7, 406.31, 40.811),
        (2.8528e-4, 1.9679e-3, 5.4461e7, 2295.5, 5.5948),
    ],
)
def test_coefficients(b, t, a, slope, top):
    ln_a, big_b = contour.coefficients(b, t, S90)
    assert_allclose(np.exp(ln_a), a, rtol=5e-5, atol=0)
    assert_allclose(big_b, slope, rtol=5e-5, atol=0)
    assert_allclose(4 * np.exp(ln_a - 2) / big_b**2, top, rtol=5e-5, atol=0)
    assert_allclose(contour.signal(ln_a, big_b, 2 / big_b), top, rtol=5e-5, atol=0)
    for edge in (b, t):
        assert_allclose(contour.signal(ln_a, big_b, edge), S90, rtol=1e-9, atol=0)


@pytest.mark.parametrize(
    ("b", "t", "signal"),
    [
        (1.8232e-3, 0.17783, 0.72299),
        (4.7356e-4, 1.8521e-2, 8.2902),
        (2.8528e-4, 1.9679e-3, 5.4846),
    ],
)
def test_signal_between_the_edges(b, t, signal):
    ln_a, big_b = contour.coefficients(b, t, S90)
    assert_allclose(contour.signal(ln_a, big_b, 1e-3), signal, rtol=1e-4, atol=0)


@given(st.floats(-10, -1), st.floats(1e-9, 12.0))
def test_edges_come_back(log_b, log_ratio):
    b = 10.0**log_b
    t = b * np.exp(log_ratio)
    low, high = contour.edges(*contour.coefficients(b, t, 1.0), 1.0)
    # near the branch point two edges merge: only the square root of the rounding survives
    tolerance = 1e-9 if log_ratio > 0.1 else 1e-9 + min(1e-14 / log_ratio, 1e-7)
    assert_allclose(low, b, rtol=tolerance, atol=0)
    assert_allclose(high, t, rtol=tolerance, atol=0)


@pytest.mark.parametrize("delta", [0.0, 1e-300, 1e-15, 1e-9, 1e-4, 1.0, 1e6])
def test_slope_at_the_tip_against_many_digits(delta):
    mp.mp.dps = 60
    b = 3e-5
    t = b * (1 + delta)
    exact = mp.mpf(2) / b if t == b else 2 * mp.log(mp.mpf(t) / b) / (mp.mpf(t) - b)
    assert_allclose(contour.slope(b, t), float(exact), rtol=1e-12, atol=0)


def test_no_upper_edge():
    ln_a, big_b = contour.coefficients(1e-6, np.inf, S90)
    assert big_b == 0.0
    assert_allclose(contour.signal(ln_a, big_b, 1e-5), 100 * S90, rtol=1e-6, atol=0)
    assert_allclose(contour.edges(ln_a, big_b, S90), (1e-6, np.inf), rtol=1e-6, atol=0)


def test_signal_that_is_never_reached():
    ln_a, big_b = contour.coefficients(1e-5, 2e-5, S90)
    low, high = contour.edges(ln_a, big_b, 2.7)  # the maximum is 2.594
    assert np.isnan(low)
    assert np.isnan(high)
