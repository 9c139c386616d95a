"""gamma gamma <-> boson for L = -(g/4) a F Ftilde, with photons of a mass m_g in the plasma.

Customary form, polarisations transverse in the rest frame of the boson:

    Gamma_0 = g^2 m^3/(64 pi) b^3,  b = sqrt(1 - 4 m_g^2/m^2),  w_+- = (E +- p b)/2
    Gamma* = (m Gamma_0/E) (2T/(p b)) ln[sinh(w_+/2T)/sinh(w_-/2T)]

with the decay, stimulated decay and coalescence. Photons are transverse in the frame of the plasma; with
that, with c the cosine between them and w_2 = E - w_1,

    Gamma* = 1/(32 pi E p) int_{w_-}^{w_+} dw_1 (1 + f_1 + f_2) g^2 [(w_1 k_2 - w_2 k_1 c)^2 + (1 <-> 2)]

which is lower, by 0.5 at m = 2.6 m_g and 0.94 at 6.5 m_g: what is missing is in transverse with
longitudinal photons. The two agree for m_g = 0."""

import numpy as np

from ..numerics.collision import unit_rule
from ..numerics.jit import kernel
from .balance import boson_rates

COLUMNS = ("T", "photon_mass")
REST_FRAME, PLASMA_FRAME = 0, 1
FRAMES = {"rest": REST_FRAME, "plasma": PLASMA_FRAME}
_RULE = np.ascontiguousarray(unit_rule(40))

references = ("DiLella:2000dn", "Lucente:2020whw")


@kernel
def log_sinh_ratio(high, low):
    """ln[sinh(high)/sinh(low)] for high >= low > 0, without overflow or cancellation."""
    gap = high - low
    # sinh(high)/sinh(low) = cosh(gap) + coth(low) sinh(gap)
    if gap < 0.1:
        return np.log1p(2.0 * np.sinh(0.5 * gap) ** 2 + np.sinh(gap) / np.tanh(low))
    return gap + np.log(np.expm1(-2.0 * high) / np.expm1(-2.0 * low))


@kernel
def mean_stimulated(e, p, t, b):
    """<1 + f_1 + f_2> over w_1 from (E - p b)/2 to (E + p b)/2."""
    if p * b < 1e-7 * t:
        return 1.0 / np.tanh(0.25 * e / t)
    # w_- without cancellation: E^2 - p^2 b^2 over E + p b
    high = 0.5 * (e + p * b)
    low = 0.5 * ((e - p) * (e + p) + p * p * (1.0 - b) * (1.0 + b)) / (e + p * b)
    return 2.0 * t / (p * b) * log_sinh_ratio(0.5 * high / t, 0.5 * low / t)


@kernel
def _transverse(e, p, t, photon, mass, b, rule):
    """(1/(32 pi E p)) int dw_1 (1 + f_1 + f_2) |M|^2 at g = 1: twice the half below E/2."""
    high = 0.5 * (e + p * b)
    low = 0.5 * ((e - p) * (e + p) + p * p * (1.0 - b) * (1.0 + b)) / (e + p * b)
    half = 0.5 * (high + low)
    span = np.log(half / low)
    total, m2, g2 = 0.0, mass * mass, photon * photon
    for i in range(rule.shape[1]):
        w1 = low * np.exp(span * rule[0, i])
        w2 = e - w1
        k1 = np.sqrt(max((w1 - photon) * (w1 + photon), 0.0))
        k2 = np.sqrt(max((w2 - photon) * (w2 + photon), 0.0))
        if k1 * k2 <= 0.0:
            continue
        c = (w1 * w2 - 0.5 * m2 + g2) / (k1 * k2)
        c = min(max(c, -1.0), 1.0)
        square = (w1 * k2 - w2 * k1 * c) ** 2 + (w2 * k1 - w1 * k2 * c) ** 2
        stimulated = 1.0 + 1.0 / np.expm1(w1 / t) + 1.0 / np.expm1(w2 / t)
        total += rule[1, i] * span * w1 * square * stimulated
    return 2.0 * total / (32.0 * np.pi * e * p)


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV] at g = 1 MeV^-1; ``parameters``: mass, form.

    Zero where the boson is lighter than two photons of the plasma.
    """
    mass, form = parameters[0], int(parameters[1])
    for z in range(energy.shape[0]):
        t, photon = medium[z, 0], medium[z, 1]
        closed = 2.0 * photon >= mass
        b = np.sqrt(max((1.0 - 2.0 * photon / mass) * (1.0 + 2.0 * photon / mass), 0.0))
        rest = mass**3 * b**3 / (64.0 * np.pi)
        for i in range(energy.shape[1]):
            e = energy[z, i]
            out[0, z, i] = 0.0
            if closed or e <= mass:
                continue
            p = np.sqrt((e - mass) * (e + mass))
            if form == REST_FRAME:
                out[0, z, i] = mass * rest / e * mean_stimulated(e, p, t, b)
            else:
                out[0, z, i] = _transverse(e, p, t, photon, mass, b, _RULE)


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at g = 1 MeV^-1, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.PhotonCoalescence`; ``medium``: columns ``T``
    and ``photon_mass`` [MeV].
    """
    t = medium["T"]
    photon = medium["photon_mass"] if process.photon_mass else 0.0
    return boson_rates(fill, (t, photon), (mass, FRAMES[process.frame]), energy, t)
