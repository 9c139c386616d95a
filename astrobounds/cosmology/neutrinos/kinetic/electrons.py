"""Collisions of neutrinos with thermal electrons and positrons as matrices in flavour.

Electrons tell nu_e from the others, so they act on the density matrix rho of every momentum and not
on occupations alone: what they do to its off-diagonal elements equalises the states that propagate.
With G = diag(gL) and a gR common to all flavours every term is an anticommutator of rho with the
elementwise product of rho and a table of couplings (Sigl and Raffelt 1993; arXiv:2008.01074).
"""

import numpy as np

from .... import constants as const
from ....numerics.jit import quick

_LEFT = (const.GL_NUE, const.GL_NUMU, const.GL_NUMU)
#: gL gL' + gR^2 and (gL + gL') gR/2 of every pair of flavours, times 2/pi^3
SQUARED = 2.0 / np.pi**3 * np.array([[a * b + const.GR_NU**2 for b in _LEFT] for a in _LEFT])
MIXED = 2.0 / np.pi**3 * np.array([[0.5 * (a + b) * const.GR_NU for b in _LEFT] for a in _LEFT])


@quick
def mixing_matrix(p, enthalpy, u):
    """U_ai (real) of the states that propagate, at p [MeV] among electrons of rho + P [MeV^4].

    Angles in matter as in arXiv:1712.04884: tan 2 theta_1k = sin/(cos + A/dm^2) with
    A = (4 sqrt2 G_F p^2/m_W^2)(rho_e + P_e); theta_23 is that of the vacuum.
    """
    big = 4.0 * np.sqrt(2.0) * const.G_FERMI * p * p / const.M_W**2 * enthalpy
    s12, s13 = const.SIN2_THETA_12, const.SIN2_THETA_13
    t12 = 0.5 * np.arctan2(2.0 * np.sqrt(s12 * (1.0 - s12)), 1.0 - 2.0 * s12 + big / const.DM2_21)
    t13 = 0.5 * np.arctan2(2.0 * np.sqrt(s13 * (1.0 - s13)), 1.0 - 2.0 * s13 + big / const.DM2_31)
    sc, cc = np.sqrt(const.SIN2_THETA_23), np.sqrt(1.0 - const.SIN2_THETA_23)
    sa, ca, sb, cb = np.sin(t12), np.cos(t12), np.sin(t13), np.cos(t13)
    u[0, 0], u[0, 1], u[0, 2] = ca * cb, sa * cb, sb
    u[1, 0], u[1, 1], u[1, 2] = -sa * cc - ca * sc * sb, ca * cc - sa * sc * sb, sc * cb
    u[2, 0], u[2, 1], u[2, 2] = sa * sc - ca * cc * sb, -ca * sc - sa * cc * sb, cc * cb


@quick
def density_matrices(state, u, rho):
    """rho_ab = Sum_i U_ai U_bi F_i on every node; state = F_i of node m at i n + m."""
    n = rho.shape[0]
    for m in range(n):
        for a in range(3):
            for b in range(a + 1):
                total = 0.0
                for i in range(3):
                    total += u[m, a, i] * u[m, b, i] * state[i * n + m]
                rho[m, a, b] = rho[m, b, a] = total


@quick
def _couple(one, two, x, unit, sign, factor, out):
    """Out = factor M o (unit 1 + sign x), M the couplings with tables one and two."""
    for a in range(3):
        for b in range(3):
            m = one * SQUARED[a, b] + two * MIXED[a, b]
            out[a, b] = factor * m * ((unit if a == b else 0.0) + sign * x[a, b])


@quick
def _anticommute(x, unit, sign, y, out):
    """Out += (1/2){x, unit 1 + sign y} of symmetric matrices."""
    for a in range(3):
        for b in range(a + 1):
            total = 0.0
            for c in range(3):
                total += x[a, c] * y[c, b] + y[a, c] * x[c, b]
            out[a, b] += unit * x[a, b] + 0.5 * sign * total


@quick
def _scatter(one, two, up, down, first, third, work, out):
    """C of rho_1: up (1/2){M o rho_3, 1 - rho_1} - down (1/2){M o (1 - rho_3), rho_1}."""
    _couple(one, two, third, 0.0, 1.0, up, work)
    _anticommute(work, 1.0, -1.0, first, out)
    _couple(one, two, third, 1.0, -1.0, down, work)
    _anticommute(work, 0.0, -1.0, first, out)


@quick
def _annihilate(one, two, made, first, second, work, out):
    """C of rho_1: made (1/2){M o (1 - rho_2), 1 - rho_1} - (1/2){M o rho_2, rho_1}."""
    _couple(one, two, second, 1.0, -1.0, made, work)
    _anticommute(work, 1.0, -1.0, first, out)
    _couple(one, two, second, 0.0, 1.0, 1.0, work)
    _anticommute(work, 0.0, -1.0, first, out)


@quick
def collide(rho, y, w, T, tables, out):
    """Add d(w y^2 rho) per time in units of G_F^2 T_d^5 to lower triangles of ``out``, (n, 3, 3).

    ``tables``: (4, n, n) of ``kinetic_kernels.electron_tables``.
    """
    work = np.empty((3, 3))
    for i in range(y.shape[0]):
        for j in range(i + 1):
            ww = w[i] * w[j]
            if j < i:
                back = np.exp((y[j] - y[i]) / T)
                one, two = ww * tables[0, i, j], -2.0 * ww * tables[1, i, j]
                if one > 0.0:
                    _scatter(one, two, back, 1.0, rho[i], rho[j], work, out[i])
                    _scatter(one, two, 1.0, back, rho[j], rho[i], work, out[j])
            one, two = ww * tables[2, i, j], ww * tables[3, i, j]
            if one > 0.0:
                made = np.exp(-(y[i] + y[j]) / T)
                _annihilate(one, two, made, rho[i], rho[j], work, out[i])
                if j < i:
                    _annihilate(one, two, made, rho[j], rho[i], work, out[j])


@quick
def _project(c, u, row, n, column, jac):
    """Add U^T C U of node ``row`` to a column of jac; C given by its lower triangle."""
    for i in range(3):
        total = 0.0
        for a in range(3):
            for b in range(a + 1):
                total += (1.0 if a == b else 2.0) * c[a, b] * u[row, a, i] * u[row, b, i]
        jac[i * n + row, column] += total


@quick
def jacobian(rho, y, w, T, tables, u, jac):
    """Add derivatives of the diagonal of U^T C U by F_i and, in column 3 n, by T at fixed tables."""
    n = y.shape[0]
    work, d, change = np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3))
    last = 3 * n
    for i in range(n):
        for j in range(i + 1):
            ww = w[i] * w[j]
            down = np.exp((y[j] - y[i]) / T)
            one, two = ww * tables[0, i, j], -2.0 * ww * tables[1, i, j]
            pair, mixed = ww * tables[2, i, j], ww * tables[3, i, j]
            made = np.exp(-(y[i] + y[j]) / T)
            for order in range(2):
                if order == 1 and i == j:
                    continue
                a, b = (i, j) if order == 0 else (j, i)
                up, fall = (down, 1.0) if order == 0 else (1.0, down)
                scatters = one > 0.0 and i != j
                for s in range(3):
                    for p in range(3):
                        for q in range(3):
                            d[p, q] = u[a, p, s] * u[a, q, s]
                    change[:] = 0.0  # by F_s of rho_1
                    if scatters:
                        _couple(one, two, rho[b], 0.0, 1.0, up, work)
                        _anticommute(work, 0.0, -1.0, d, change)
                        _couple(one, two, rho[b], 1.0, -1.0, fall, work)
                        _anticommute(work, 0.0, -1.0, d, change)
                    if pair > 0.0:
                        _couple(pair, mixed, rho[b], 1.0, -1.0, made, work)
                        _anticommute(work, 0.0, -1.0, d, change)
                        _couple(pair, mixed, rho[b], 0.0, 1.0, 1.0, work)
                        _anticommute(work, 0.0, -1.0, d, change)
                    _project(change, u, a, n, s * n + a, jac)
                    for p in range(3):
                        for q in range(3):
                            d[p, q] = u[b, p, s] * u[b, q, s]
                    change[:] = 0.0  # by F_s of rho_2 or rho_3
                    if scatters:
                        _couple(one, two, d, 0.0, 1.0, up, work)
                        _anticommute(work, 1.0, -1.0, rho[a], change)
                        _couple(one, two, d, 0.0, 1.0, fall, work)
                        _anticommute(work, 0.0, 1.0, rho[a], change)
                    if pair > 0.0:
                        _couple(pair, mixed, d, 0.0, -1.0, made, work)
                        _anticommute(work, 1.0, -1.0, rho[a], change)
                        _couple(pair, mixed, d, 0.0, 1.0, 1.0, work)
                        _anticommute(work, 0.0, -1.0, rho[a], change)
                    _project(change, u, a, n, s * n + b, jac)
                change[:] = 0.0  # by T
                if scatters:
                    slope = down * (y[i] - y[j]) / (T * T)
                    if order == 0:
                        _couple(one, two, rho[b], 0.0, 1.0, slope, work)
                        _anticommute(work, 1.0, -1.0, rho[a], change)
                    else:
                        _couple(one, two, rho[b], 1.0, -1.0, slope, work)
                        _anticommute(work, 0.0, -1.0, rho[a], change)
                if pair > 0.0:
                    _couple(pair, mixed, rho[b], 1.0, -1.0, made * (y[i] + y[j]) / (T * T), work)
                    _anticommute(work, 1.0, -1.0, rho[a], change)
                _project(change, u, a, n, last, jac)
