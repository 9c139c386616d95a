"""Neutrino-electron energy and number transfer: the ten functions f(m_e/T) of linear response.

For f1 f2 -> f3 f4 by a contact interaction the rate factorises at fixed total (annihilation) or
exchanged (scattering) four-momentum P = (q0, q) of the neutrino pair. The Lorentz-invariant
amplitudes become polynomials in the two remaining energies, so that, all Fermi factors included,

    R = 1/(256 pi^5) Int dq0 dq dE_nu dE_e <|M|^2> f1 f2 (1-f3)(1-f4)

is smooth in every variable and Gauss-Legendre converges exponentially. ``response`` evaluates it;
``data/cosmology/neutrino_electron_response.ecsv`` holds its results.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_numbers

references = ("EscuderoAbenza:2020cmq", "Dolgov:1997mb")

NAMES = ("f_a1", "f_a2", "f_a3", "f_a4", "f_s1", "f_s2", "f_n1", "f_n2", "f_n3", "f_n4")
TABLE = "cosmology/neutrino_electron_response.ecsv"
TAU_GRID = np.concatenate(
    [
        np.arange(0.0, 0.2, 0.02),
        np.arange(0.2, 1.0, 0.05),
        np.arange(1.0, 4.0, 0.1),
        np.arange(4.0, 10.0, 0.25),
        np.arange(10.0, 40.5, 1.0),
    ]
)


def _legendre(n):
    x, w = np.polynomial.legendre.leggauss(n)
    return 0.5 * (x + 1.0), 0.5 * w


def _fermi(e):
    return 1.0 / (np.exp(np.minimum(e, 700.0)) + 1.0)


def _annihilation(tau, n_outer, n_inner):
    """Int dq0 dq dE1 dE3 q0^k K f1 f2 (1-f3)(1-f4) for k = 0, 1, 2; K = (14)^2 and m^2 (12)."""
    y, wy = _legendre(n_outer)
    c, wc = np.polynomial.legendre.leggauss(n_inner)
    low, width = 2.0 * tau, 55.0
    q0 = low + width * y**2
    w0 = width * wy * 2.0 * y
    qmax = np.sqrt(np.maximum(q0 * q0 - 4.0 * tau * tau, 0.0))
    # q = qmax (1 - y^2): both roots (s = 4 m^2 and, for m = 0, s = 0) sit at y = 0
    q = qmax[:, None] * (1.0 - y[None, :] ** 2)
    wq = qmax[:, None] * (2.0 * y * wy)[None, :]
    s = q0[:, None] ** 2 - q * q
    beta2 = np.maximum(1.0 - 4.0 * tau * tau / s, 0.0)
    beta = np.sqrt(beta2)
    half = 0.5 * q0[:, None, None]
    nu = 0.5 * q[:, :, None] * c
    el = nu * beta[:, :, None]
    wn = _fermi(half + nu) * _fermi(half - nu) * wc
    we = (1.0 - _fermi(half + el)) * (1.0 - _fermi(half - el)) * wc
    c2 = c * c
    n0, n2 = wn.sum(2), (wn * c2).sum(2)
    e0, e2 = we.sum(2), (we * c2).sum(2)
    jac = 0.25 * q * q * beta * wq * w0[:, None]
    first = s * s / 16.0 * (n0 * e0 + beta2 * n2 * e2 + 0.5 * beta2 * (n0 - n2) * (e0 - e2))
    second = 0.5 * tau * tau * s * n0 * e0
    powers = q0[None, :] ** np.arange(3)[:, None]
    return powers @ np.sum(jac * first, axis=1), powers @ np.sum(jac * second, axis=1)


def _scattering(tau, n_outer, n_inner):
    """Int dq0 dq dE1 dE2 q0^2 K f1 f2 (1-f3)(1-f4); K = (12)^2 + (14)^2 and m^2 (13)."""
    y, wy = _legendre(n_outer)
    z, wz = _legendre(n_inner)
    # q0 > 0 twice, by detailed balance; q = q0 + 2 d so E1 >= q + ... falls as exp(-q)
    q0 = 45.0 * y**2
    w0 = 2.0 * 45.0 * wy * 2.0 * y
    d = 60.0 * y**3
    wd = 60.0 * wy * 3.0 * y**2
    q = q0[:, None] + d[None, :]
    t = d[None, :] * (2.0 * q0[:, None] + d[None, :])
    beta = np.sqrt(1.0 + 4.0 * tau * tau / t)
    # E1 = (q0 + q x)/2 and E2 = (-q0 + q beta y)/2 with x, y >= 1
    e1 = 0.5 * (q0[:, None] + q)[:, :, None] + 40.0 * z**2
    w1 = 80.0 * wz * z
    e2 = 0.5 * (q * beta - q0[:, None])[:, :, None] + 40.0 * z**2
    x = (2.0 * e1 - q0[:, None, None]) / q[:, :, None]
    by = (2.0 * e2 + q0[:, None, None]) / q[:, :, None]
    b2 = (beta * beta)[:, :, None]
    a1 = _fermi(e1) * (1.0 - _fermi(e1 - q0[:, None, None])) * w1
    a2 = _fermi(e2) * (1.0 - _fermi(e2 + q0[:, None, None])) * w1
    m0, m2 = a1.sum(2), (a1 * x * x).sum(2)
    k0, k2 = a2.sum(2), (a2 * by * by).sum(2)
    p0 = (a2 * (by * by - b2)).sum(2)
    weight = w0[:, None] * wd[None, :] * (q0**2)[:, None]
    first = t * t / 16.0 * (2.0 * m0 * k0 + 2.0 * m2 * k2 + (m2 - m0) * p0)
    second = 0.5 * tau * tau * t * m0 * k0
    return np.sum(weight * first), np.sum(weight * second)


def response(tau, n_outer=64, n_inner=40):
    """Return the ten functions f_a1 ... f_n4 at one tau = m_e/T (shape (10,)).

    Linear response about equilibrium: with Q (energy) and N (number) into nu + nubar of a flavour
    in units of G_F^2/pi^5 at T = 1, f_a1 = -(dQ_ann/dT_nu)/288, f_s1 = -(dQ_scat/dT_nu)/56,
    f_n1 = -(dN/dT_nu)/64, f_a1 - f_a3 = -(dQ/dxi)/64, f_n1 - f_n3 = -(dN/dxi)/16 per unit
    4(gL^2 + gR^2); the second of each pair per unit 4 gL gR.
    """
    a, b = _annihilation(tau, n_outer, n_inner)
    s, r = _scattering(tau, n_outer, n_inner)
    out = np.empty(10)
    for k, v in enumerate((a / 4.0, b / 4.0)):
        # |M|^2 = 128 [..], R = (1/2pi^5) Int: energy q0 R, numbers 2 R; d/dT_nu: q0, d/dxi: 2
        out[0 + k] = 0.5 * v[2] / 288.0
        out[2 + k] = out[0 + k] - 0.5 * 2.0 * v[1] / 64.0
        out[6 + k] = v[1] / 64.0
        out[8 + k] = out[6 + k] - 2.0 * v[0] / 16.0
    out[4] = 0.5 * s / 4.0 / 56.0
    out[5] = -0.5 * r / 2.0 / 56.0
    return out


def compute_table(path):
    """Recompute ``data/cosmology/neutrino_electron_response.ecsv`` (about 1 s) into ``path``."""
    from ...ecsv import write_numbers

    values = np.array([np.concatenate([[tau], response(tau)]) for tau in TAU_GRID])
    meta = {
        "description": "Linear response of nu-e annihilation (a energy, n number) and scattering "
        "(s) about equilibrium with Fermi-Dirac statistics and the electron mass; tau = m_e/T",
        "source": "computed by astrobounds.cosmology.neutrinos.collisions.compute_table; structure of the "
        "collision terms: arXiv:2001.04466",
        "licence": "BSD-3-Clause",
        "date": "2026-11-22",
    }
    write_numbers(path, ("tau", *NAMES), values, meta)


def _scale(tau):
    """Envelope that leaves slowly varying functions of tau, shape (n, 10)."""
    pair = np.exp(-2.0 * tau) * (1.0 + tau) ** 5
    out = np.repeat(pair[:, None], 10, axis=1)
    out[:, 4:6] = (np.exp(-tau) * (1.0 + tau) ** 2)[:, None]
    return out


@lru_cache(maxsize=1)
def table():
    """Return f and df/dlnT on the ln T grid of the plasma table, shape (n, 20)."""
    from ...numerics.splines import hermite, slopes
    from ..plasma import thermodynamics as plasma

    _, values = read_numbers(data_path(TABLE))
    knots = values[:, 0]
    scaled = values[:, 1:] / _scale(knots)
    rates = slopes(knots, scaled)
    temperature = plasma.grid()
    tau = const.M_E / temperature
    step = 1e-4

    def evaluate(t):
        inside = np.minimum(t, knots[-1])
        return hermite(knots, scaled, rates, inside) * _scale(t)

    slope = (evaluate(tau * np.exp(-step)) - evaluate(tau * np.exp(step))) / (2.0 * step)
    out = np.ascontiguousarray(np.hstack([evaluate(tau), slope]))
    out.setflags(write=False)
    return out
