"""Coalescence of two massless neutrinos into a boson, with Fermi-Dirac statistics of both.

A channel a + b -> X of partial width G makes and absorbs, per polarisation,

    Gamma_prod = (m G/(E p)) I,  I = int dE_1 f_a(E_1) f_b(E - E_1)
    Gamma*     = (m G/(E p)) B,  B = int dE_1 [1 - f_a(E_1) - f_b(E - E_1)]   (absorbed - stimulated)

over E_1 from (E - p)/2 to (E + p)/2. With y = E - mu_a - mu_b, 1 - f_a - f_b = f_a f_b (e^{y/T} - 1):
B = I (e^{y/T} - 1), and both are logarithms. B of one channel is negative for y < 0, a gain. A real
boson has the conjugate channel too, and the sum is never negative: regroup

    [1 - f_a(E_1) - f_b(E_2)] + [1 - fbar_a(E_2) - fbar_b(E_1)]
        = [1 - f_a(E_1) - fbar_a(E_2)] + [1 - f_b(E_2) - fbar_b(E_1)],

each bracket at the y = E of a particle and its antiparticle. There is no laser at any mu.
"""

import numpy as np

from ..numerics.collision import unit_rule
from ..numerics.jit import kernel

_LN2 = np.log(2.0)
RULE = np.ascontiguousarray(unit_rule(64))


def _ln_cosh(x):
    x = np.abs(x)
    return x + np.log1p(np.exp(-2.0 * x)) - _LN2


def pair_integrals(p, y, delta, t):
    """Return (I, B) [MeV] of one channel, arrays that broadcast.

    Parameters
    ----------
    p, y : array_like
        Momentum of X, and its energy less mu_a + mu_b [MeV].
    delta : array_like
        mu_a - mu_b [MeV].
    t : array_like
        Temperature [MeV].

    Notes
    -----
    B = T ln{[cosh((p+y)/2T) + cosh(delta/2T)]/[cosh((p-y)/2T) + cosh(delta/2T)]}, I = B/(e^{y/T} - 1).
    """
    a, b, d = 0.5 * p / t, 0.5 * y / t, 0.5 * delta / t
    third = _ln_cosh(d)
    below = np.logaddexp(_ln_cosh(a - b), third)
    direct = np.logaddexp(_ln_cosh(a + b), third) - below
    with np.errstate(divide="ignore"):
        ln_k = a + np.log(-np.expm1(-2.0 * a)) - below  # k = 2 sinh(a)/[cosh(a-b) + cosh(d)]
        ln_z = ln_k + np.abs(b) + np.log(-np.expm1(-2.0 * np.abs(b))) - _LN2  # |z|, z = k sinh(b)
    z = np.sign(b) * np.exp(np.minimum(ln_z, 0.0))
    near = np.abs(b) < 0.5  # there I is regular: a ratio of two small numbers
    log = np.where(near | (np.abs(z) < 0.5), np.log1p(np.maximum(z, -0.9)), direct)
    x, k = np.where(near, b, 0.5), np.exp(np.minimum(ln_k, 5.0))
    z = k * np.sinh(x)
    log = np.where(near, np.log1p(z), log)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(np.abs(z) > 1e-8, np.log1p(z) / z, 1.0 - 0.5 * z)
    far = np.where(near, 1.0, 2.0 * b)
    ratio = np.exp(-np.maximum(far, 0.0)) / np.abs(np.expm1(-np.abs(far))) * np.sign(far)  # 1/(e^far - 1)
    made = np.where(near, 0.5 * k * slope * np.exp(-x), log * ratio)
    return t * made, t * log


@kernel
def _boltzmann(x):
    """e^x, bounded: at e^300 an occupation is one."""
    return np.exp(min(x, 300.0))


@kernel
def polarised_integrals(energy, momentum, t, mu_a, mu_b, diagonal, rule, out):
    """Fill ``out[i, h] = (I_h, B_h)`` [MeV], summed over the channels of a vector, h = -1, 0, +1.

    nu_a along the angle theta in the rest frame, E_1 = (E + p c)/2, c = cos(theta), carries spin -1
    along its direction: |d^1_{-1,h}|^2 weighs 3/4 (1+c)^2, 3/2 (1-c^2), 3/4 (1-c)^2, mean one.
    """
    for i in range(energy.size):
        e, p, ti, a, b = energy[i], momentum[i], t[i], mu_a[i], mu_b[i]
        for h in range(3):
            out[i, h, 0] = 0.0
            out[i, h, 1] = 0.0
        gap = -np.expm1(-e / ti)  # 1 - f - fbar = (1 - e^{-E/T})/[(1 + u)(1 + v)]
        for k in range(rule.shape[1]):
            c = 2.0 * rule[0, k] - 1.0
            e1, e2, w = 0.5 * (e + p * c), 0.5 * (e - p * c), p * rule[1, k]
            u, v = _boltzmann((a - e1) / ti), _boltzmann((-a - e2) / ti)
            both = 1.0 / ((1.0 + u) * (1.0 + v))
            made, left = u * v * both, gap * both
            if not diagonal:
                x, y = _boltzmann((b - e1) / ti), _boltzmann((-b - e2) / ti)
                made = u / (1.0 + u) * y / (1.0 + y) + x / (1.0 + x) * v / (1.0 + v)
                left += gap / ((1.0 + x) * (1.0 + y))
            for h in range(3):
                if h == 1:
                    weight = 1.5 * (1.0 - c * c)
                else:
                    weight = 0.75 * (1.0 + c * (1.0 - h)) ** 2
                out[i, h, 0] += w * weight * made
                out[i, h, 1] += w * weight * left
