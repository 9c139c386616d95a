"""Phase-space functions of N decays: kernels in units of the parent mass."""

import numpy as np

from ...numerics.jit import kernel

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS


@kernel
def kallen(a, b, c):
    """lam(a,b,c) = a^2 + b^2 + c^2 - 2ab - 2bc - 2ca, clipped at zero against rounding."""
    return max(a * a + b * b + c * c - 2.0 * (a * b + b * c + c * a), 0.0)


@kernel
def pair_functions(x):
    """(f1, f2) of N -> nu l+ l- with x = m_l/M; arXiv:0705.1729, in the stable form of the logarithm.

    Closed form with L = 4 ln[2x/(1+r)], r = sqrt(1-4x^2). Near threshold, where its terms cancel,
    the integrals over the pair mass s they come from:
    f1 = 2 int ds (1-s)^2 b [(1+s)(1+2x^2/s) + s - 4x^2], f2 = 24 x^2 int ds (1-s)^2 b,
    b = sqrt(1-4x^2/s).
    """
    if 2.0 * x >= 1.0:
        return 0.0, 0.0
    x2 = x * x
    r = np.sqrt((1.0 - 2.0 * x) * (1.0 + 2.0 * x))
    if r < 0.3:
        f1, f2 = 0.0, 0.0
        for u, w in zip(_NODES, _WEIGHTS):
            s = 4.0 * x2 + r * r * u * u
            ds = 2.0 * r * r * u * w
            common = ds * (1.0 - s) ** 2 * r * u / np.sqrt(s)
            f1 += 2.0 * common * ((1.0 + s) * (1.0 + 2.0 * x2 / s) + s - 4.0 * x2)
            f2 += 24.0 * x2 * common
        return f1, f2
    x4, x6 = x2 * x2, x2 * x2 * x2
    log = 4.0 * np.log(2.0 * x / (1.0 + r))
    f1 = (1.0 - 14.0 * x2 - 2.0 * x4 - 12.0 * x6) * r + 12.0 * x4 * (x4 - 1.0) * log
    f2 = 4.0 * (
        x2 * (2.0 + 10.0 * x2 - 12.0 * x4) * r + 6.0 * x4 * (1.0 - 2.0 * x2 + 2.0 * x4) * log
    )
    return f1, f2


@kernel
def three_body(x, y, z):
    """I(x,y,z) = 12 int ds/s (s-y-z)(1+x-s) sqrt(lam(s,y,z) lam(1,s,x)); arXiv:0705.1729.

    Arguments are squared mass ratios, y, z > 0. With s = y + z + 2 sqrt(yz) cosh(eta) the inner
    square root is an entire function of eta, so 40 nodes serve every mass.
    """
    sy, sz, sx = np.sqrt(y), np.sqrt(z), np.sqrt(x)
    if sx + sy + sz >= 1.0:
        return 0.0
    g = 2.0 * sy * sz
    # cosh(eta) - 1 at the upper end, factorised to keep its digits near threshold
    top = (1.0 - sx - sy - sz) * (1.0 - sx + sy + sz) / g
    eta_max = np.log1p(top + np.sqrt(top * (top + 2.0)))
    total = 0.0
    for u, w in zip(_NODES, _WEIGHTS):
        eta = eta_max * u * (2.0 - u)
        s = (sy + sz) ** 2 + 2.0 * g * np.sinh(0.5 * eta) ** 2
        root = g * np.sinh(eta)
        total += (
            w * 2.0 * eta_max * (1.0 - u) * root * root / s
            * (s - y - z) * (1.0 + x - s) * np.sqrt(kallen(1.0, s, x))
        )
    return 12.0 * total
