"""Numbers of 32 digits as unevaluated sums of two doubles (Dekker 1971; Hida, Li and Bailey 2001).

A number is a pair (high, low) with |low| at most half a unit in the last place of high. One operation
is right to about 2^-104. Nothing here may be compiled with fast-math, which would cancel the low parts.
"""

import math

from .jit import kernel

EPSILON = 2.0**-104  # relative error of one operation
_SPLIT = 134217729.0  # 2^27 + 1


@kernel(inline="always")
def two_sum(a, b):
    """Return (s, e) with s + e = a + b exactly (Knuth)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@kernel(inline="always")
def quick_sum(a, b):
    """Return (s, e) with s + e = a + b exactly, for |a| >= |b|."""
    s = a + b
    return s, b - (s - a)


@kernel
def two_product(a, b):
    """Return (p, e) with p + e = a b exactly (Veltkamp and Dekker)."""
    p = a * b
    t = _SPLIT * a
    a1 = t - (t - a)
    a2 = a - a1
    t = _SPLIT * b
    b1 = t - (t - b)
    b2 = b - b1
    return p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2


@kernel
def add(ah, al, bh, bl):
    """Return a + b; both parts are added exactly, so that no cancellation hurts."""
    s, e = two_sum(ah, bh)
    t, f = two_sum(al, bl)
    s, e = quick_sum(s, e + t)
    return quick_sum(s, e + f)


@kernel
def multiply(ah, al, bh, bl):
    """Return a b."""
    p, e = two_product(ah, bh)
    return quick_sum(p, e + (ah * bl + al * bh))


@kernel
def divide(ah, al, bh, bl):
    """Return a / b by long division with three partial quotients."""
    q1 = ah / bh
    ph, pl = multiply(q1, 0.0, bh, bl)
    rh, rl = add(ah, al, -ph, -pl)
    q2 = rh / bh
    ph, pl = multiply(q2, 0.0, bh, bl)
    rh, rl = add(rh, rl, -ph, -pl)
    q3 = rh / bh
    s, e = quick_sum(q1, q2)
    return add(s, e, q3, 0.0)


@kernel
def square_root(ah, al):
    """Return the square root of a >= 0: one step of Newton's method (Karp) from that of a double."""
    if ah <= 0.0:
        return 0.0, 0.0
    x = math.sqrt(ah)
    ph, pl = two_product(x, x)
    rh, _ = add(ah, al, -ph, -pl)
    return quick_sum(x, rh / (2.0 * x))
