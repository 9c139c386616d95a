"""gamma f <-> boson f with recoil, Fermi statistics of f and a screened photon, L = -(g/4) a F Ftilde.

Summed over all spins, with t the square of the transfer, m the boson and M the target,

    |M|^2 = (g^2 e^2/t^2) {-(m^2-t)^2 (2M^2+t) - 2t (s-M^2)(s+t-M^2-m^2)},

screening 1/t^2 -> 1/[t(t-k^2)] (F1) or 1/(t-k^2)^2 (F2). Photons are massless. Electrons of a core add
30-60 % to protons, the more the less they are screened."""

import numpy as np

from .. import constants as const
from ..numerics.collision import unit_rule
from ..numerics.jit import kernel
from .primakoff_static import ION
from .transfer import CUT, energy_limits, momentum_limits, photon_statistics, target_moments

COLUMNS = ("T", "m_charge", "mu_charge", "k_screen")
E2 = 4.0 * np.pi * const.ALPHA
_OUTER = np.ascontiguousarray(unit_rule(16))
_INNER = np.ascontiguousarray(unit_rule(14))
_TAIL = np.ascontiguousarray(np.polynomial.laguerre.laggauss(10))


@kernel
def reduced_rate(e4, m, mass, mu, t, screen, form, outer, inner, tail):
    """Gamma* [MeV] at g = 1 MeV^-1: R (e^{E/T} - 1) with R of f_1 f_2 (1 - f_3), term by term."""
    p4 = np.sqrt(max((e4 - m) * (e4 + m), 0.0))
    if p4 <= 0.0:
        return 0.0
    ec = max(mu, mass) + CUT * t
    pc = np.sqrt(ec * ec - mass * mass)
    cap = CUT * t
    q_low, q_high = momentum_limits(e4, p4, pc, ec, cap)
    if q_high <= q_low:
        return 0.0
    k2, m2, target2 = screen * screen, m * m, mass * mass
    y_low, y_high = np.log(q_low * q_low + k2), np.log(q_high * q_high + k2)
    total = 0.0
    for i in range(outer.shape[1]):
        shifted = np.exp(y_low + (y_high - y_low) * outer[0, i])
        q = np.sqrt(max(shifted - k2, 1e-300))
        weight = outer[1, i] * (y_high - y_low) * 0.5 * shifted / q
        w_low, w_high = energy_limits(q, e4, p4, pc, ec, cap)
        if w_high <= w_low:
            continue
        for j in range(outer.shape[1]):
            w = w_low + (w_high - w_low) * outer[0, j]
            tt = (w - q) * (w + q)
            e1 = e4 + w
            if tt >= 0.0 or e1 <= 0.0:
                continue
            e_min = 0.5 * (q * np.sqrt(1.0 - 4.0 * target2 / tt) - w)
            s0, s1, s2 = target_moments(e_min, w, mu, t, inner, tail)
            if s0 <= 0.0:
                continue
            stat = photon_statistics(e1, e4, w, t)
            c1 = 0.5 * (e1 * e1 + q * q - p4 * p4) / q
            perp1 = max((e1 - c1) * (e1 + c1), 0.0)
            a2, b2 = 0.5 * tt / q, w / q  # momentum of 2 along q: a2 + b2 E2
            x0, x1 = -2.0 * c1 * a2, 2.0 * (e1 - c1 * b2)  # s - M^2 without the azimuth
            r0 = x0 * x0 + 2.0 * perp1 * (-target2 - a2 * a2) + x0 * (tt - m2)
            r1 = 2.0 * x0 * x1 - 4.0 * perp1 * a2 * b2 + x1 * (tt - m2)
            r2 = x1 * x1 + 2.0 * perp1 * (1.0 - b2 * b2)
            value = -((m2 - tt) ** 2) * (2.0 * target2 + tt) * s0
            value -= 2.0 * tt * (r0 * s0 + r1 * s1 + r2 * s2)
            factor = 1.0 / (tt * (tt - k2)) if form == ION else 1.0 / (tt - k2) ** 2
            total += weight * outer[1, j] * (w_high - w_low) * factor * stat * value
    return E2 * 0.5 * total / (64.0 * np.pi**3 * e4 * p4)


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV] at g = 1 MeV^-1 of unit charges.

    ``medium`` columns `COLUMNS`; ``parameters``: mass, form.
    """
    mass, form = parameters[0], int(parameters[1])
    for z in range(energy.shape[0]):
        t, target, mu, screen = medium[z, 0], medium[z, 1], medium[z, 2], medium[z, 3]
        for i in range(energy.shape[1]):
            out[0, z, i] = reduced_rate(
                energy[z, i], mass, target, mu, t, screen, form, _OUTER, _INNER, _TAIL
            )
