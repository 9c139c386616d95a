"""Rates and spectra of the electromagnetic cascade on cold matter and on the black body.

All energies in MeV, ``K(E, E') dE`` is the rate at which a particle of energy E' puts another into dE.
On the black body everything follows from functions of one variable and of ``b = E' T/m^2``:
inverse Compton from ``h0, h1`` of ``z = r/(4 b (1 - r))`` with r the fraction of energy given to the
photon, pair creation from ``ga, gb`` of ``a = 1/(4 b f (1 - f))`` with f the fraction of one lepton.
Soft photons are neglected beside E', which leaves sums of number and energy exact.
"""

import math

from ...constants import ALPHA, M_E
from ...numerics.jit import kernel

R_E = ALPHA / M_E  # classical electron radius
M2 = M_E * M_E
Z_MAX = 60.0  # e^-60: nothing is left


@kernel
def compton_rate(E, ne):
    """Klein-Nishina cross section times the electron density (Klein & Nishina 1929)."""
    z = 2.0 * E / M_E
    part = (1.0 - 4.0 / z - 8.0 / (z * z)) * math.log1p(z)
    return 2.0 * math.pi * R_E * R_E / z * ne * (part + 0.5 + 8.0 / z - 0.5 / (1.0 + z) ** 2)


@kernel
def compton_photon(E, Ep, ne):
    """d rate/dE of gamma(Ep) e -> gamma(E) e, zero outside [Ep/(1 + 2 Ep/m), Ep]."""
    if E > Ep or E < Ep / (1.0 + 2.0 * Ep / M_E):
        return 0.0
    w = M_E / E - M_E / Ep
    return math.pi * R_E * R_E * M_E / (Ep * Ep) * ne * (Ep / E + E / Ep + w * w - 2.0 * w)


@kernel
def _compton_primitive(E, Ep):
    """Integral over E of the bracket of `compton_photon`."""
    log = (Ep - 2.0 * M2 / Ep - 2.0 * M_E) * math.log(E)
    return log + E * E / (2.0 * Ep) - M2 / E + (M2 / Ep + 2.0 * M_E) * E / Ep


@kernel
def compton_between(low, high, Ep, ne):
    """Rate at which a Compton photon ends between two energies."""
    low = max(low, Ep / (1.0 + 2.0 * Ep / M_E))
    high = min(high, Ep)
    if high <= low:
        return 0.0
    part = _compton_primitive(high, Ep) - _compton_primitive(low, Ep)
    return math.pi * R_E * R_E * M_E / (Ep * Ep) * ne * part


@kernel
def photon_rate(E, T):
    """Photon-photon scattering off the black body (Svensson & Zdziarski 1990), cut at E T = m^2."""
    return 0.151348 * ALPHA**4 * M_E * (E / M_E) ** 3 * (T / M_E) ** 6 * math.exp(-E * T / M2)


@kernel
def photon_photon(E, Ep, T):
    """d rate/dE of photons from photon-photon scattering (both outgoing ones)."""
    x = E / Ep
    scale = 1112.0 / (10125.0 * math.pi) * ALPHA**4 / M_E**8 * 8.0 * math.pi**4 * T**6 / 63.0
    return scale * Ep * Ep * (1.0 - x + x * x) ** 2 * math.exp(-Ep * T / M2)


@kernel
def photon_between(low, high, Ep, T):
    """Rate at which a photon from photon-photon scattering ends between two energies."""
    a, b = low / Ep, high / Ep
    part = b - a - (b * b - a * a) + (b**3 - a**3) - 0.5 * (b**4 - a**4) + 0.2 * (b**5 - a**5)
    return photon_photon(Ep, Ep, T) * Ep * part


@kernel
def bethe_heitler(E, Ep):
    """d sigma/dE of one lepton of a pair made by a photon Ep on unit charge, MeV^-3.

    Born approximation without screening (Bethe & Heitler 1934).
    """
    other = Ep - E
    if min(E, other) < M_E * (1.0 + 1e-7):  # vanishes like the momentum; closer, digits are lost
        return 0.0
    pm, pp = math.sqrt(E * E - M2), math.sqrt(other * other - M2)
    prod, pq = E * other, pm * pp
    # logarithms without cancellation: (E + p)/(E - p) = ((E + p)/m)^2 and likewise for L
    lm, lp = 2.0 * math.log((E + pm) / M_E), 2.0 * math.log((other + pp) / M_E)
    L = 2.0 * math.log((prod + pq + M2) / (M_E * Ep))
    total = -4.0 / 3.0 - 2.0 * prod * (pm * pm + pp * pp) / (pq * pq)
    total += M2 * (lm * other / pm**3 + lp * E / pp**3 - lm * lp / pq)
    total += L * (-8.0 * prod / (3.0 * pq) + Ep * Ep * (prod * prod + pq * pq - M2 * prod) / pq**3)
    total -= 0.5 * L * M2 * Ep / pq * (lp * (prod - pp * pp) / pp**3 + lm * (prod - pm * pm) / pm**3)
    return ALPHA * R_E * R_E * pq / Ep**3 * total


@kernel
def bethe_heitler_sigma(Ep, nodes, weights):
    """Cross section of pair creation on unit charge, by Gauss nodes on [-1, 1] in an angle."""
    half = 0.5 * Ep - M_E
    if half <= 0.0:
        return 0.0
    total = 0.0
    for i in range(nodes.size):
        angle = 0.5 * math.pi * nodes[i]
        E = 0.5 * Ep + half * math.sin(angle)
        total += weights[i] * math.cos(angle) * bethe_heitler(E, Ep)
    return total * half * 0.5 * math.pi


@kernel
def breit_wheeler_sigma(s):
    """Cross section of gamma gamma -> e+ e- at s, MeV^-2 (Breit & Wheeler 1934)."""
    if s <= 4.0 * M2:
        return 0.0
    b = math.sqrt(1.0 - 4.0 * M2 / s)
    log = 2.0 * math.log((1.0 + b) * math.sqrt(s) / (2.0 * M_E))
    part = (3.0 - b**4) * log - 2.0 * b * (2.0 - b * b)
    return 0.5 * math.pi * R_E * R_E * (4.0 * M2 / s) * part


@kernel
def table_lookup(x, first, step, values, slopes, column):
    """Cubic Hermite on a uniform grid; the caller keeps x inside."""
    n = values.shape[1]
    at = (x - first) / step
    i = min(max(int(at), 0), n - 2)
    s = at - i
    r = 1.0 - s
    rise = slopes[column, i] * s * r * r - slopes[column, i + 1] * s * s * r
    return (
        values[column, i] * r * r * (1.0 + 2.0 * s)
        + values[column, i + 1] * s * s * (3.0 - 2.0 * s)
        + step * rise
    )


@kernel
def scattered(b, r, first, step, values, slopes):
    """H(b, r): spectrum of the energy fraction r of inverse-Compton photons.

    K(E_g, E') = 2 alpha^2 T^2/(pi E'^2) H, H = h0(z) + r^2/(2 (1 - r)) h1(z) (Jones 1968).
    """
    if r <= 0.0 or r >= 1.0:
        return 0.0
    z = r / (4.0 * b * (1.0 - r))
    if z > Z_MAX:
        return 0.0
    x = max(math.log(z), first)
    h0 = table_lookup(x, first, step, values, slopes, 0)
    h1 = table_lookup(x, first, step, values, slopes, 1)
    return math.exp(-z) * (h0 + 0.5 * r * r / (1.0 - r) * h1)


@kernel
def pair_shape(b, f, first, step, values, slopes):
    """P(b, f): spectrum of the fraction f of one lepton of pairs made on the black body.

    K(E, E') = alpha^2 m^2 T/(4 pi E'^3) P, P = ga(a)/p^2 + gb(a)/p, p = f (1 - f) (Aharonian 1983).
    """
    if f <= 0.0 or f >= 1.0:
        return 0.0
    p = f * (1.0 - f)
    a = 1.0 / (4.0 * b * p)
    if a > 300.0:
        return 0.0
    x = max(math.log(a), first)
    ga = table_lookup(x, first, step, values, slopes, 0)
    gb = table_lookup(x, first, step, values, slopes, 1)
    return math.exp(-a) * (ga / p + gb) / p
