"""Heavy nuclei of the outer layers as targets of the dipole portal: nu A -> N A, coherent ~ Z^2.

At d = 1 MeV^-1 and per helicity of N as in `astrobounds.reactions.dipole_scattering`. The target is a
spinless nucleus of mass M, charge Z and form factor F in a dilute thermal gas. With P = p2 + p3,
k = p1 - p4, t = k^2 and q_h in the place of p4,

    |M_h|^2 = 8 e^2 Z^2 F^2 d^2 Y_h/t^2,
    Y_h = -2t (1P)(qP) + [t (1q) - 2 (k1)(kq)] (4M^2 - t),

the trace of the same lepton tensor with P P in place of the spin-1/2 target; the two differ by
t/M^2. Ions screen like protons, Q^2/(Q^2 + k_S^2), with all ions in k_S^2 = 4 pi alpha sum n Z^2/T:
the charge structure factor of a weakly coupled plasma. Strong correlations (plasma coupling
Z^2 alpha/(a T) above one), excited nuclei, inelastic scattering and the mixture of isotopes around
the mean nucleus are left out.
"""

import numpy as np
from scipy.special import kve

from .. import constants as const
from ..numerics.collision import fermi
from ..numerics.jit import kernel

_FM = 1e-13 / const.HBAR_C  # MeV^-1 per fm
SKIN = 0.9 * _FM  # s of the Helm form factor, Lewin & Smith, doi:10.1016/S0927-6505(96)00047-3
_REACH = 12.0  # momentum transfer times radius beyond which F^2 is below 1e-5
_HERMITE = np.polynomial.hermite_e.hermegauss(11)
# nodes x in units of sqrt(T/M), weights without their Gaussian: it is part of the integrand
_VELOCITY = np.ascontiguousarray([_HERMITE[0], _HERMITE[1] * np.exp(0.5 * _HERMITE[0] ** 2)])


def nuclear_radius(mass_number):
    """Return R [MeV^-1] of the Helm form factor, R^2 = c^2 + (7/3) pi^2 a^2 - 5 s^2.

    c = (1.23 A^(1/3) - 0.60) fm, a = 0.52 fm, s = 0.9 fm; doi:10.1016/S0927-6505(96)00047-3.
    """
    c = 1.23 * np.cbrt(mass_number) - 0.60
    return _FM * np.sqrt(c * c + 7.0 / 3.0 * np.pi**2 * 0.52**2 - 5.0 * 0.9**2)


@kernel
def helm(q, radius):
    """F(q) = 3 j1(qR)/(qR) exp(-(q s)^2/2), one for R = 0; Phys. Rev. 104 (1956) 1466."""
    if radius <= 0.0:
        return 1.0
    x = q * radius
    if x < 0.01:
        ball = 1.0 - 0.1 * x * x
    else:
        ball = 3.0 * (np.sin(x) - x * np.cos(x)) / (x * x * x)
    return ball * np.exp(-0.5 * (q * SKIN) ** 2)


@kernel
def nucleus_rates(e4, m4, mass, level, radius, mu_nu, t, k, rule, velocity, out):
    """Fill ``out[lepton sign, helicity]`` with Gamma* [MeV] on nuclei of unit charge.

    Gamma* = 1/(64 pi^3 E4 p4) int dq dw dE2 (1/2) <|M|^2> f2 [f1 + (1 - f1) e^(-w/T)], E1 = E4 + w,
    E3 = E2 + w, f2 = level e^(-(E2 - M)/T) without blocking. At fixed v = w/q the ends of q are
    (E4 -+ p4)/(1 - v); ``velocity``: rule in v sqrt(M/T); ``rule``: in sqrt(ln(q_max/q)).
    """
    out[:] = 0.0
    p4 = np.sqrt(max((e4 - m4) * (e4 + m4), 0.0))
    if p4 <= 0.0 or level <= 0.0:
        return
    m2, sigma = m4 * m4, np.sqrt(t / mass)
    for j in range(velocity.shape[1]):
        v = sigma * velocity[0, j]
        if abs(v) >= 1.0:
            continue
        q_low, q_high = m2 / (e4 + p4) / (1.0 - v), (e4 + p4) / (1.0 - v)
        if radius > 0.0:
            q_high = min(q_high, _REACH / radius)
        if q_high <= q_low:
            continue
        # the suppressed helicity comes from q < k as well: nodes in ln q, denser at large q
        span, y_high = np.log(q_high / q_low), np.log(q_high)
        for i in range(rule.shape[1]):
            q = np.exp(y_high - span * rule[0, i] ** 2)
            weight = rule[1, i] * 2.0 * rule[0, i] * span * q
            weight *= velocity[1, j] * sigma * q  # dq dw
            w = v * q
            tt = -q * q * (1.0 - v * v)
            # E2 - M at its lowest, without cancellation: (sqrt(q^2 + 4M^2/(1-v^2)) - w)/2 - M
            root = np.sqrt(q * q + 4.0 * mass * mass / (1.0 - v * v))
            lift = (q * q + 4.0 * mass * mass * v * v / (1.0 - v * v)) / (root + 2.0 * mass)
            least = mass + 0.5 * (lift - w)
            s0 = t * np.exp(-0.5 * (lift - w) / t)  # moments of f2: 1, E2, E2^2
            s1 = s0 * (least + t)
            s2 = s0 * (least * least + 2.0 * t * (least + t))
            common = weight * level * helm(np.sqrt(-tt), radius) ** 2 / (tt * (tt - k * k))
            e1 = e4 + w
            # momenta along k: c1, c4 and c2 = a2 + b2 E2; all transverse parts share one azimuth
            c1 = 0.5 * (e1 * e1 + q * q - p4 * p4) / q
            c4 = c1 - q
            perp1 = max((e1 - c1) * (e1 + c1), 0.0)
            a2, b2 = 0.5 * tt / q, v
            a0, a1 = -c1 * a2, e1 - c1 * b2  # (12) = a0 + a1 E2 - P cos
            r0 = perp1 * (-mass * mass - a2 * a2)  # P^2 = r0 + r1 E2 + r2 E2^2
            r1 = -2.0 * perp1 * a2 * b2
            r2 = perp1 * (1.0 - b2 * b2)
            k1 = -0.5 * (m2 - tt)
            along = 0.5 * (e1 * e1 + p4 * p4 - q * q) / p4
            for h in range(2):
                sign = 1.0 if h == 0 else -1.0
                q0 = 0.5 * (e4 + p4) if h == 0 else 0.5 * m2 / (e4 + p4)
                one_q = q0 * (e1 - sign * along)
                kq = one_q - 0.5 * m2
                g = q0 * sign / p4
                d0, d1 = -g * c4 * a2, q0 - g * c4 * b2  # (2q) = d0 + d1 E2 - g P cos
                # (1P)(qP) = [2 (12) + k1][2 (2q) + kq]
                x0 = (2.0 * a0 + k1) * (2.0 * d0 + kq) + 2.0 * g * r0
                x1 = 2.0 * a1 * (2.0 * d0 + kq) + 2.0 * d1 * (2.0 * a0 + k1) + 2.0 * g * r1
                x2 = 4.0 * a1 * d1 + 2.0 * g * r2
                rest = (tt * one_q - 2.0 * k1 * kq) * (4.0 * mass * mass - tt)
                value = common * (rest * s0 - 2.0 * tt * (x0 * s0 + x1 * s1 + x2 * s2))
                for c in range(2):
                    f1 = fermi((e1 - mu_nu) / t) if c == 0 else fermi((e1 + mu_nu) / t)
                    out[c, h] += value * (f1 + (1.0 - f1) * np.exp(-w / t))
    out *= 8.0 * 4.0 * np.pi * const.ALPHA * 0.5 / (64.0 * np.pi**3 * e4 * p4)


@kernel
def fill_nucleus_table(
    energy, m, mass, level, charge2, radius, mu_nu, t, k, rule, velocity, out
):
    """Fill ``out[zone, energy, sign, helicity]``."""
    for z in range(t.size):
        for i in range(energy.size):
            nucleus_rates(
                energy[i], m, mass[z], level[z], radius[z], mu_nu[z], t[z], k[z], rule, velocity,
                out[z, i],
            )  # fmt: skip
            out[z, i] *= charge2[z]


@kernel
def static_section(e, m, k, radius, rule):
    """sigma/d^2 on an infinitely heavy nucleus of unit charge, summed over helicities.

    (alpha/E^2) int dQ^2 (4 E^2 Q^2 - m^2 Q^2 - m^4)/Q^4 Q^2/(Q^2 + k^2) F^2.
    """
    if e <= m:
        return 0.0
    p = np.sqrt((e - m) * (e + m))
    low, high = np.log((m * m / (e + p)) ** 2 + k * k), np.log((e + p) ** 2 + k * k)
    total = 0.0
    for i in range(rule.shape[1]):
        shifted = np.exp(low + (high - low) * rule[0, i])
        q2 = shifted - k * k
        weight = rule[1, i] * (high - low) * helm(np.sqrt(q2), radius) ** 2
        total += weight * (4.0 * e * e - m * m - m**4 / q2)
    return const.ALPHA / (e * e) * total


def has_nuclei(state):
    """True if a state of matter holds heavy nuclei anywhere."""
    return "n_heavy" in state and bool(np.any(state["n_heavy"] > 0.0))


def ion_screening(state, k_protons):
    """Return k_S [MeV] of protons and nuclei together, from that of protons."""
    if not has_nuclei(state):
        return k_protons
    ions = 4.0 * np.pi * const.ALPHA * state["n_heavy"] * state["Z_heavy"] ** 2 / state["T"]
    return np.sqrt(k_protons**2 + ions)


def plasma_coupling(state):
    """Return Z^2 alpha/(a T) of the nuclei, a = (3/4 pi n)^(1/3); 0 without nuclei.

    Above one their correlations are stronger than the screening used here knows.
    """
    if not has_nuclei(state):
        return np.zeros_like(state["T"])
    inverse = np.cbrt(4.0 * np.pi / 3.0 * state["n_heavy"])
    return const.ALPHA * state["Z_heavy"] ** 2 * inverse / state["T"]


def nucleus_table(energy, mass_mev, state, zones, mu_nu, k, rule, out):
    """Fill ``out[zone, energy, sign, helicity]`` for the nuclei of a state of matter."""
    t, n = state["T"][zones], state["n_heavy"][zones]
    mass = const.M_U * state["A_heavy"][zones]
    level = 2.0 * np.pi**2 * n / (mass**2 * t * kve(2, mass / t))  # one state, Maxwell-Boltzmann
    fill_nucleus_table(
        energy, mass_mev, mass, level, state["Z_heavy"][zones] ** 2.0,
        nuclear_radius(state["A_heavy"][zones]), mu_nu, t, k, rule, _VELOCITY, out,
    )  # fmt: skip
