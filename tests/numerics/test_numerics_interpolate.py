"""Interpolation: exactness, agreement with scipy, monotonicity, loud ends of tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline, PchipInterpolator, RectBivariateSpline

from astrobounds.numerics import interpolate as ip
from astrobounds.numerics import interpolate2d as ip2
from astrobounds.numerics import status

XS = np.array([0.0, 0.3, 1.0, 1.4, 2.9, 3.0, 5.0])
RNG = np.random.default_rng(2)
YS = RNG.normal(size=XS.size)
FINE = np.linspace(0.0, 5.0, 301)


def curve(slopes, x, xs=XS, ys=YS):
    out, slope = np.empty_like(x), np.empty_like(x)
    assert ip.hermite_lookup(x, xs, ys, slopes, out, slope) == status.SUCCESS
    return out, slope


def test_find_interval():
    assert [ip.find_interval(x, XS) for x in (0.0, 0.29, 0.3, 2.95, 5.0)] == [0, 0, 1, 4, 5]
    assert [ip.find_interval(x, XS) for x in (-1e-9, 5.0 + 1e-9, np.nan, np.inf)] == [-1] * 4


def test_linear_against_numpy_and_exact_at_knots():
    out = np.empty_like(FINE)
    assert ip.table_lookup(FINE, XS, YS, False, out) == status.SUCCESS
    np.testing.assert_allclose(out, np.interp(FINE, XS, YS), atol=1e-14)
    assert [ip.linear(x, XS, YS)[0] for x in XS] == list(YS)


@settings(deadline=None)  # the first example compiles
@given(st.floats(-4, 4), st.floats(1e-3, 1e3), st.floats(1.0, 100.0))
def test_loglog_is_exact_on_power_laws(power, amplitude, x):
    xs = np.array([1.0, 3.0, 20.0, 100.0])
    value, code = ip.loglog(x, xs, amplitude * xs**power)
    assert code == status.SUCCESS
    assert_allclose(value, amplitude * x**power, rtol=1e-12, atol=0)


def test_loglog_refuses_a_zero_and_keeps_the_knots():
    xs, ys = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.1, 0.0])
    assert ip.loglog(1.0, xs, ys) == (1.0, status.SUCCESS)
    value, code = ip.loglog(2.5, xs, ys)
    assert np.isnan(value)
    assert code == status.BAD_INPUT


@pytest.mark.parametrize("x", [-0.1, 5.1, np.nan])
def test_outside_is_said_aloud(x):
    slopes = np.zeros(XS.size)
    for result in (
        ip.linear(x, XS, YS),
        ip.loglog(x, XS, YS),
        ip.hermite(x, XS, YS, slopes),
        ip2.bilinear(x, 1.0, XS, XS, np.ones((7, 7))),
        ip2.bilinear(1.0, x, XS, XS, np.ones((7, 7))),
        ip2.bicubic(1.0, x, XS, XS, np.ones((7, 7)), np.zeros((3, 7, 7))),
    ):
        assert result[-1] == status.OUT_OF_RANGE
        assert all(np.isnan(v) for v in result[:-1])
    out = np.empty(3)
    assert ip.table_lookup(np.array([1.0, x, 2.0]), XS, YS, False, out) == status.OUT_OF_RANGE
    assert list(np.isnan(out)) == [False, True, False]


@pytest.mark.parametrize(("ends", "name"), [(ip.NATURAL, "natural"), (ip.NOT_A_KNOT, "not-a-knot")])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 7])
def test_spline_against_scipy(ends, name, n):
    xs, ys, slopes = XS[:n], YS[:n], np.empty(n)
    assert ip.spline_slopes(xs, ys, ends, slopes) == status.SUCCESS
    oracle = CubicSpline(xs, ys, bc_type=name)
    fine = np.linspace(xs[0], xs[-1], 201)
    value, slope = curve(slopes, fine, xs, ys)
    np.testing.assert_allclose(value, oracle(fine), atol=1e-11)
    np.testing.assert_allclose(slope, oracle(fine, 1), atol=1e-10)


@settings(deadline=None)  # the first example compiles
@given(st.tuples(*[st.floats(-3, 3)] * 4))
def test_not_a_knot_is_exact_on_cubics(c):
    slopes = np.empty(XS.size)
    cubic = np.polynomial.Polynomial(c)
    ip.spline_slopes(XS, cubic(XS), ip.NOT_A_KNOT, slopes)
    value, slope = curve(slopes, FINE, XS, cubic(XS))
    np.testing.assert_allclose(value, cubic(FINE), atol=1e-11)
    np.testing.assert_allclose(slope, cubic.deriv()(FINE), atol=1e-10)


def test_not_a_knot_converges_with_order_four():
    errors = []
    for n in (20, 40, 80):
        xs, slopes = np.linspace(0, 5, n + 1), np.empty(n + 1)
        ip.spline_slopes(xs, np.sin(xs), ip.NOT_A_KNOT, slopes)
        errors.append(np.max(np.abs(curve(slopes, FINE, xs, np.sin(xs))[0] - np.sin(FINE))))
    assert_allclose(np.log2(errors[0] / errors[1]), 4.0, rtol=0, atol=0.5)
    assert_allclose(np.log2(errors[1] / errors[2]), 4.0, rtol=0, atol=0.5)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_pchip_against_scipy(n):
    slopes = np.empty(n)
    assert ip.pchip_slopes(XS[:n], YS[:n], slopes) == status.SUCCESS
    fine = np.linspace(0, XS[n - 1], 201)
    value, slope = curve(slopes, fine, XS[:n], YS[:n])
    oracle = PchipInterpolator(XS[:n], YS[:n])
    np.testing.assert_allclose(value, oracle(fine), atol=1e-12)
    np.testing.assert_allclose(slope, oracle(fine, 1), atol=1e-11)


@settings(deadline=None)  # the first example compiles
@given(
    st.lists(st.tuples(st.floats(0.01, 10), st.floats(0, 100)), min_size=1, max_size=12),
    st.booleans(),
)
def test_pchip_is_monotone_where_the_data_are(pieces, falling):
    steps = np.array(pieces)
    xs = np.concatenate([[0.0], np.cumsum(steps[:, 0])])
    ys = np.concatenate([[0.0], np.cumsum(steps[:, 1])]) * (-1.0 if falling else 1.0)
    slopes = np.empty(xs.size)
    assert ip.pchip_slopes(xs, ys, slopes) == status.SUCCESS
    value, slope = curve(slopes, np.linspace(0, xs[-1], 400), xs, ys)
    rounding = 1e-13 * (1 + abs(ys[-1]))
    sign = -1.0 if falling else 1.0
    assert np.all(np.diff(sign * value) >= -rounding)
    assert np.all(sign * slope >= -1e-12 * (1 + np.max(np.abs(slopes))))
    assert np.all(value <= max(ys[0], ys[-1]) + rounding)


@pytest.mark.parametrize("xs", [[0.0, 1.0, 1.0], [0.0, 2.0, 1.0], [0.0, np.nan, 1.0], [0.0]])
def test_bad_knots(xs):
    xs = np.array(xs)
    assert ip.spline_slopes(xs, xs, ip.NATURAL, xs.copy()) == status.BAD_INPUT
    assert ip.pchip_slopes(xs, xs, xs.copy()) == status.BAD_INPUT
    assert ip.pchip_slopes(XS, YS, np.empty(3)) == status.BAD_INPUT


def test_read_only_tables_are_fine():
    xs, ys = XS.copy(), YS.copy()
    xs.setflags(write=False)
    ys.setflags(write=False)
    assert ip.linear(0.3, xs, ys) == (YS[1], status.SUCCESS)


# --- two dimensions ------------------------------------------------------------------------------

GX = np.array([0.0, 0.5, 0.8, 2.0, 3.0])
GY = np.array([-1.0, 0.2, 0.3, 1.0, 1.5, 4.0])
POINTS = list(zip(RNG.uniform(0, 3, 40), RNG.uniform(-1, 4, 40)))


def test_bilinear_is_exact_on_bilinear_functions():
    z = 1.0 + 2.0 * GX[:, None] - GY + 0.7 * GX[:, None] * GY
    for x, y in [*POINTS, (0.0, -1.0), (3.0, 4.0)]:
        value, by_x, by_y, code = ip2.bilinear(x, y, GX, GY, z)
        assert code == status.SUCCESS
        assert_allclose(value, 1 + 2 * x - y + 0.7 * x * y, rtol=0, atol=1e-13)
        assert_allclose(by_x, 2 + 0.7 * y, rtol=0, atol=1e-12)
        assert_allclose(by_y, -1 + 0.7 * x, rtol=0, atol=1e-12)


def test_bicubic_is_exact_on_bicubics_and_agrees_with_scipy():
    px, py = np.polynomial.Polynomial([1, -2, 0.5, 0.3]), np.polynomial.Polynomial([2, 1, -1, 0.2])
    z, slopes = px(GX)[:, None] * py(GY), np.empty((3, 5, 6))
    assert ip2.bicubic_slopes(GX, GY, z, ip.NOT_A_KNOT, slopes) == status.SUCCESS
    for x, y in POINTS:
        value, by_x, by_y, code = ip2.bicubic(x, y, GX, GY, z, slopes)
        assert code == status.SUCCESS
        assert_allclose(value, px(x) * py(y), rtol=0, atol=1e-11)
        assert_allclose(by_x, px.deriv()(x) * py(y), rtol=0, atol=1e-10)
        assert_allclose(by_y, px(x) * py.deriv()(y), rtol=0, atol=1e-10)
    z = RNG.normal(size=(5, 6))
    ip2.bicubic_slopes(GX, GY, z, ip.NOT_A_KNOT, slopes)
    oracle = RectBivariateSpline(GX, GY, z, s=0)
    for x, y in POINTS:
        value, by_x, by_y, _ = ip2.bicubic(x, y, GX, GY, z, slopes)
        assert_allclose(value, oracle(x, y)[0, 0], rtol=0, atol=1e-10)
        assert_allclose(by_x, oracle(x, y, dx=1)[0, 0], rtol=0, atol=1e-9)
        assert_allclose(by_y, oracle(x, y, dy=1)[0, 0], rtol=0, atol=1e-9)


def test_bicubic_shapes_are_checked():
    z = np.zeros((5, 6))
    assert ip2.bicubic_slopes(GX, GY, z, ip.NATURAL, np.empty((3, 6, 5))) == status.BAD_INPUT
    assert ip2.bicubic_slopes(GX, GY[:-1], z, ip.NATURAL, np.empty((3, 5, 6))) == status.BAD_INPUT
    bad = GX[::-1].copy()
    assert ip2.bicubic_slopes(bad, GY, z, ip.NATURAL, np.empty((3, 5, 6))) == status.BAD_INPUT
