"""Contours with two edges: a long-lived particle escapes detection when it decays too early.

s(x) = A x^n exp(-B x), x = |U|^2 or a coupling squared, with A and B from the two edges b < t at which
s = s_CL. B stands for Gamma_tot L/(gamma beta) (or an optical depth, for stars) per unit of x. Without an
upper edge B = 0. The exponent n is 2 for production times decay, 1 for production alone.
"""

import numpy as np
from scipy.special import lambertw


def slope(lower, upper, exponent=2):
    """Return B = n ln(t/b)/(t - b), stable at the tip t -> b (n/b) and 0 for t = inf."""
    b, t = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (lower, upper)))
    with np.errstate(invalid="ignore", divide="ignore"):
        d = (t - b) / b
        out = exponent * np.where(d < 1e-12, 1.0 / b, np.log1p(d) / (t - b))
    return np.where(np.isinf(t), 0.0, out)


def coefficients(lower, upper, s_cl, exponent=2):
    """Return ``(ln A, B)`` of the two edges at the signal ``s_cl``."""
    b = np.asarray(lower, dtype=float)
    big_b = slope(lower, upper, exponent)
    return np.log(s_cl) + big_b * b - exponent * np.log(b), big_b


def signal(ln_a, big_b, x, exponent=2):
    """Return s = exp(ln A + n ln x - B x)."""
    with np.errstate(divide="ignore"):
        return np.exp(ln_a + exponent * np.log(x) - big_b * np.asarray(x, dtype=float))


def _lambert(depth, branch):
    """W of -(1 - depth)/e on the branch 0 or -1; the series around the branch point (depth = 0)."""
    p = np.sqrt(2.0 * np.clip(depth, 0.0, 1e-6)) * (1.0 if branch == 0 else -1.0)
    series = -1.0 + p - p**2 / 3.0 + 11.0 * p**3 / 72.0
    with np.errstate(invalid="ignore"):
        return np.where(depth < 1e-6, series, lambertw(-(1.0 - depth) * np.exp(-1.0), branch).real)


def edges(ln_a, big_b, s, exponent=2):
    """Return the two x at which the signal is ``s``: nan where it is never reached."""
    ln_a, big_b = np.broadcast_arrays(np.asarray(ln_a, float), np.asarray(big_b, float))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        root = np.exp((np.log(s) - ln_a) / exponent)
        depth = 1.0 - big_b / exponent * root * np.exp(1.0)
        low = np.where(big_b > 0.0, -exponent / big_b * _lambert(depth, 0), root)
        high = np.where(big_b > 0.0, -exponent / big_b * _lambert(depth, -1), np.inf)
    never = depth < -1e-12  # by rounding only: the tip
    return np.where(never, np.nan, low), np.where(never, np.nan, high)
