"""Finite-temperature radiative corrections of n <-> p, by deterministic quadrature.

Four gauge-independent pieces (Brown & Sawyer, astro-ph/0006370): absorbed and stimulated photons,
corrected vacuum bremsstrahlung, the thermal electron mass, and e-e exchange. They change Y_p by
1e-5, so their ratio to Born is tabulated once in T along standard neutrino decoupling.
Units of m_e: x = m_e/T_gamma, xnu = m_e/T_nu, s = +1 for n -> p and -1 for p -> n.
"""

from itertools import pairwise

import numpy as np

from ... import constants as const
from .radiative import P_END, Q_UNIT, fermi_function

references = ("Brown:2000cp", "Pitrou2018")

ALPHA_2PI = const.ALPHA / (2.0 * np.pi)


def _occupation(y):
    return np.exp(-np.logaddexp(0.0, y))


def _panels(edges, n):
    x, w = np.polynomial.legendre.leggauss(n)
    lo, hi = np.asarray(edges[:-1])[:, None], np.asarray(edges[1:])[:, None]
    return (0.5 * (hi - lo) * x + 0.5 * (hi + lo)).ravel(), (0.5 * (hi - lo) * w).ravel()


def _momenta(x, xnu, n):
    """Nodes of p resolving both the end point and the thermal tails, weights of dE."""
    top = 45.0 / min(x, xnu) + Q_UNIT
    width = min(1.0, 6.0 / max(x, xnu))
    inner = [0.0, 0.5 * P_END, P_END - 0.25 * width, P_END, P_END + width]
    while inner[-1] < top:
        inner.append(inner[-1] + 1.6 * (inner[-1] - P_END) + width)
    p, w = _panels(inner, n)
    energy = np.sqrt(p * p + 1.0)
    return p, energy, w * p / energy


class ThermalTerms:
    """The four corrections to L_s at one pair of temperatures, before division by lambda_0.

    ``mass`` and ``exchange`` carry no Fermi function, ``photon`` and ``brems`` do.
    """

    def __init__(self, x, xnu, sign, n=20):
        self.x, self.xnu, self.s, self.n = x, xnu, float(sign), n
        self.p, self.energy, self.w = _momenta(x, xnu, n)
        fermi = fermi_function(self.p)
        one = np.ones_like(fermi)
        self.f_plus, self.f_minus = (fermi, one) if sign > 0 else (one, fermi)
        self.g_plus = _occupation(x * self.energy)  # g(E)
        self.g_minus = 1.0 - self.g_plus  # g(-E)

    def chi(self, energy):
        """chi~(E) = k^2 g_nu(k), k = E - s q."""
        k = energy - self.s * Q_UNIT
        return k * k * _occupation(self.xnu * k)

    def born(self):
        """Int dE E p [chi(E) + chi(-E)], the Born integral on the same nodes."""
        chi = self.chi(self.energy) * self.g_minus + self.chi(-self.energy) * self.g_plus
        return np.sum(self.w * self.p * self.energy * chi)

    def _ab(self, k):
        e, p = self.energy[:, None], self.p[:, None]
        lam = 2.0 * np.arcsinh(p)
        return (2.0 * e * e + k * k) * lam - 4.0 * p * e, 2.0 * e * lam - 4.0 * p

    def photon(self):
        """Absorption and stimulated emission of thermal photons."""
        k, wk = _panels(np.array([0.0, 0.5, 1.5, 4.0, 10.0, 22.0, 42.0]) / self.x, self.n)
        weight = wk / np.expm1(self.x * k) / k
        e = self.energy[:, None]
        a, b = self._ab(k)
        up, down, mid = self.chi(e - k), self.chi(e + k), self.chi(e)
        vp, vm, v0 = self.chi(-e + k), self.chi(-e - k), self.chi(-e)
        plus = (self.f_plus * self.g_minus)[:, None]
        minus = (self.f_minus * self.g_plus)[:, None]
        value = a * (plus * (up + down - 2.0 * mid) + minus * (vp + vm - 2.0 * v0))
        value -= k * b * (plus * (up - down) + minus * (vp - vm))
        return ALPHA_2PI * np.sum(self.w[:, None] * weight * value)

    def brems(self):
        """Bremsstrahlung of the plasma rates minus what the T = 0 correction already counts."""
        x, w = np.polynomial.legendre.leggauss(self.n)
        x, w = 0.5 * (x + 1.0), 0.5 * w
        total = 0.0
        cut = 45.0 / min(self.x, self.xnu)
        for side, factor in (
            (1.0, self.f_plus * self.g_minus),
            (-1.0, self.f_minus * self.g_plus),
        ):
            gap = np.abs(self.energy - side * self.s * Q_UNIT)
            rest = side * self.energy - self.s * Q_UNIT
            vacuum = _occupation(self.xnu * rest)
            # below the vacuum end k = gap, then beyond it where only the plasma rate emits
            far = np.linspace(0.0, 1.0, 6)
            pieces = [(0.0 * gap, 0.5 * gap), (0.5 * gap, gap)]
            pieces += [(gap + cut * u**2, gap + cut * v**2) for u, v in pairwise(far)]
            for i, (lo, hi) in enumerate(pieces):
                k = lo[:, None] + (hi - lo)[:, None] * x
                wk = (hi - lo)[:, None] * w / k
                a, b = self._ab(k)
                term = (a + side * k * b) * self.chi(side * self.energy[:, None] + k)
                if i < 2:
                    inside = (gap[:, None] - k) ** 2 * vacuum[:, None]
                    term = term - (a + k * b) * inside
                total += np.sum((self.w * factor)[:, None] * wk * term)
        return ALPHA_2PI * total

    def mass(self):
        """Thermal shift of the electron mass."""
        chi = self.chi(self.energy) * self.g_minus + self.chi(-self.energy) * self.g_plus
        integral = np.sum(self.w * self.energy / self.p * chi)
        return -ALPHA_2PI * 2.0 * np.pi**2 / (3.0 * self.x**2) * integral

    def exchange(self):
        """Electron-electron exchange: logarithms at p2 = p1, nodes clustered there."""
        y, wy = np.polynomial.legendre.leggauss(2 * self.n)
        y, wy = 0.5 * (y + 1.0), 0.5 * wy
        z, wz = y**3, 3.0 * y**2 * wy
        p1, e1 = self.p[:, None], self.energy[:, None]
        chi = self.chi(self.energy) * self.g_minus + self.chi(-self.energy) * self.g_plus
        tail = 45.0 / self.x
        total = 0.0
        middle = p1 + np.minimum(p1, tail)
        for below, w2, p2 in (
            (True, p1 * wz, p1 * (1.0 - z)),
            (False, (middle - p1) * wz, p1 + (middle - p1) * z),
            (False, tail * 2.0 * y * wy, middle + tail * y**2),
        ):
            e2 = np.sqrt(p2 * p2 + 1.0)
            w2 = w2 * p2 / e2
            g = _occupation(self.x * e2)
            dg = -self.x * g * (1.0 - g)
            # ln[(p1+p2)^2/(p1-p2)^2]; the difference of neighbours is exact by construction
            gap = p1 * z if below else (p2 - p1)
            log = 2.0 * np.log((p1 + p2) / np.abs(gap))
            other = np.log((e1 * e2 + p1 * p2 + 1.0) / (e1 * e2 - p1 * p2 + 1.0))
            term = (
                -0.25
                * log**2
                * (dg * (p2 / p1) * (e1**2 / e2) * (e1 + e2) + g * e1**2 / (p1 * p2) * (e2 + e1 / e2**2))
            )
            term += log * (
                dg * (p2**2 * (e1 / e2) * (1.0 / p1**2 + 2.0) - e1**2 * (p2 / p1) * other)
                + g
                * (
                    e1 * (e2**2 + 2.0 * p1**2 + 1.0) / (p1**2 * e2**2)
                    - (e1**2 + e2**2) / (e1 + e2)
                    - e1**2 * e2 * other / (p1 * p2)
                )
            )
            term -= g * (4.0 * e1 * p2 / p1 + 2.0 * e2 * other)
            total += np.sum((self.w * chi)[:, None] * w2 * term)
        return ALPHA_2PI * total


def thermal_ratios(t_gamma, t_nu, n=24):
    """Return (n -> p, p -> n) corrections relative to Born at two temperatures in MeV."""
    ratios = []
    for sign in (1, -1):
        terms = ThermalTerms(const.M_E / t_gamma, const.M_E / t_nu, sign, n)
        total = terms.photon() + terms.brems() + terms.mass() + terms.exchange()
        ratios.append(float(total / terms.born()))
    return tuple(ratios)


def compute_table(path):
    """Recompute ``data/cosmology/weak_thermal_correction.ecsv`` (about 5 s) into ``path``."""
    from ...ecsv import write_numbers
    from ..neutrinos.decoupling import solve

    run = solve()
    log_t = np.linspace(np.log(0.02), np.log(19.9), 90)
    t_nu = np.exp(np.interp(log_t, np.log(run.Tg[::-1]), np.log(run.Tnue[::-1])))
    rows = [(t, *thermal_ratios(t, v), v) for t, v in zip(np.exp(log_t), t_nu)]
    meta = {
        "description": "Finite-temperature radiative corrections of n <-> p relative to the Born "
        "rates, along standard neutrino decoupling",
        "source": "computed by astrobounds.cosmology.weak.thermal.compute_table; formulas: "
        "astro-ph/0006370, arXiv:1801.08023",
        "licence": "BSD-3-Clause",
        "date": "2026-11-22",
    }
    names = ("T_gamma", "np", "pn", "T_nue")
    write_numbers(path, names, rows, meta, {"T_gamma": "MeV", "T_nue": "MeV"})
