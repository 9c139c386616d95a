"""e gamma <-> e boson: semi-Compton scattering on massless electrons, with blocking.

Summed over all spins, t = (k_gamma - k_boson)^2, u = (p_e - k_boson)^2, s + t + u = m^2,

    vector (coupling e):         |M|^2 = 8 e^4 [-u/s - s/u - 2 m^2 t/(s u)]
    pseudoscalar (coupling g):   |M|^2 = -4 g^2 e^2 (m^4 + t^2)/(s u).

Averages of 1/s and 1/u over the azimuth are square roots. The pole at u = 0, a photon along the electron,
is cut by the asymptotic mass of electrons in the plasma, m_e*^2 = (alpha/pi)(mu^2 + pi^2 T^2):
-u -> m_e*^2 - u; rates depend on its logarithm. States of a vector have the mean rate.
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import fermi, unit_rule
from ..numerics.jit import kernel
from .balance import boson_rates
from .transfer import CUT, energy_limits, momentum_limits, photon_statistics

COLUMNS = ("T", "mu_e")
references = ("Chang:2016ntp", "Lucente:2021hbp")
E2 = 4.0 * np.pi * const.ALPHA
SPINS = {"pseudoscalar": 0, "vector": 1}
_OUTER = np.ascontiguousarray(unit_rule(10))  # good to 1 %
_INNER = np.ascontiguousarray(unit_rule(8))


@kernel
def squared(a, b, t, m2, cut, vector):
    """|M|^2 at unit coupling averaged over the azimuth; s = a - b cos(phi), -u = s + t - m^2."""
    shift = t - m2
    inverse_s = 1.0 / np.sqrt(max((a - b) * (a + b), 1e-300))
    v = a + shift + cut
    inverse_u = 1.0 / np.sqrt(max((v - b) * (v + b), 1e-300))
    apart = inverse_s - inverse_u  # <1/(s (-u))> = apart/(t - m^2)
    if vector:
        return 8.0 * E2 * E2 * (2.0 + shift * apart + 2.0 * m2 * t * apart / shift)
    return 4.0 * E2 * (m2 * m2 + t * t) * apart / shift


@kernel
def _target(e2, e3, mu, t, forward):
    """f_2 (1 - f_3), or f_3 (1 - f_2) where energy is taken from the electron."""
    f2, f3 = fermi((e2 - mu) / t), fermi((e3 - mu) / t)
    return f2 * (1.0 - f3) if forward else f3 * (1.0 - f2)


@kernel
def reduced_rate(e4, m, mu, t, vector, outer, inner):
    """Gamma* [MeV] at unit coupling, summed over the states of the boson."""
    p4 = np.sqrt(max((e4 - m) * (e4 + m), 0.0))
    if p4 <= 0.0:
        return 0.0
    ec = max(mu, 0.0) + CUT * t
    cap = CUT * t
    q_low, q_high = momentum_limits(e4, p4, ec, ec, cap)
    if q_high <= q_low:
        return 0.0
    m2 = m * m
    cut = const.ALPHA / np.pi * (mu * mu + np.pi**2 * t * t)
    total, edges = 0.0, np.empty(4)
    corner = min(max(0.5 * (e4 + p4), q_low), q_high)  # there the softest photon is at its softest
    for i in range(2 * outer.shape[1]):
        node, q_weight = outer[0, i // 2], outer[1, i // 2]
        if i % 2 == 0:
            span_q = corner - q_low
            q = corner - span_q * node * node
        else:
            span_q = q_high - corner
            q = corner + span_q * node * node
        q_weight *= 2.0 * node * span_q
        w_low, w_high = energy_limits(q, e4, p4, ec, ec, cap)
        softest, hardest = e4 + w_low, e4 + w_high
        if hardest <= softest or softest <= 0.0:
            continue
        decades = np.log(hardest / softest)
        for j in range(outer.shape[1]):
            e1 = softest * np.exp(decades * outer[0, j])
            w = e1 - e4
            w_weight = outer[1, j] * decades * e1
            tt = (w - q) * (w + q)
            if tt >= 0.0:
                continue
            stat = photon_statistics(e1, e4, w, t)
            c1 = 0.5 * (e1 * e1 + q * q - p4 * p4) / q
            perp1 = max((e1 - c1) * (e1 + c1), 0.0)
            start = 0.5 * (q - w)
            level = max(mu if w >= 0.0 else mu - w, start)
            value = 0.0
            ratio = c1 / e1  # an electron 3 along the photon has c3 = ratio E3
            gap = ratio - w / q
            pole = (0.5 * tt / q + q - ratio * w) / gap if gap != 0.0 else start
            edges[0], edges[3] = start, level + CUT * t
            edges[1], edges[2] = min(max(pole, start), edges[3]), level
            if edges[1] > edges[2]:
                edges[1], edges[2] = edges[2], edges[1]
            for k in range(3):
                low, span = edges[k], edges[k + 1] - edges[k]
                if span <= 0.0:
                    continue
                backwards = edges[k + 1] == pole  # nodes crowd at the pole, or at the lower end
                for n in range(inner.shape[1]):
                    x = inner[0, n]
                    e2 = low + span * (1.0 - x * x if backwards else x * x)
                    c2 = (0.5 * tt + e2 * w) / q
                    perp2 = max((e2 - c2) * (e2 + c2), 0.0)
                    a, b = 2.0 * (e1 * e2 - c1 * c2), 2.0 * np.sqrt(perp1 * perp2)
                    occupied = _target(e2, e2 + w, mu, t, w >= 0.0)
                    weight = 2.0 * x * span * inner[1, n]
                    value += weight * occupied * squared(a, b, tt, m2, cut, vector)
            total += q_weight * w_weight * stat * value
    return 0.5 * total / (64.0 * np.pi**3 * e4 * p4)


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV] per state of the boson; ``parameters``: mass, spin."""
    mass, vector = parameters[0], parameters[1] > 0.5
    states = 3.0 if vector else 1.0
    for z in range(energy.shape[0]):
        t, mu = medium[z, 0], medium[z, 1]
        for i in range(energy.shape[1]):
            rate = reduced_rate(energy[z, i], mass, mu, t, vector, _OUTER, _INNER)
            out[0, z, i] = rate / states


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at unit coupling, shape (1, places, energies).

    ``process``: :class:`astrobounds.models.boson_processes.Compton`; ``medium``: columns ``T`` and ``mu_e``
    [MeV]. Electrons and positrons.
    """
    t, parameters = medium["T"], (mass, SPINS[process.spin])
    both = [boson_rates(fill, (t, sign * medium["mu_e"]), parameters, energy, t) for sign in (1.0, -1.0)]
    return tuple(np.add(*pair) for pair in zip(*both))
