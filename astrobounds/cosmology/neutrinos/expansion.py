"""The integrated equations of neutrino decoupling: what changes the plasma (compiled core).

State: T_gamma, T_nue, T_numu [MeV], xi_e, xi_mu, t [s], ln of the decayed fraction of X, and the
comoving energy of dark radiation. `march` integrates it on a fixed grid of ln a.
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from ..plasma.baryons import ZETA3
from ..plasma.thermodynamics import STEP, place, plasma_state_at

PI5 = np.pi**5
H_FACTOR = np.sqrt(8.0 * np.pi / 3.0) / const.M_PLANCK
LN2 = 0.6931471805599453
T_PAIRS = 0.02  # MeV: colder, e+- are too few (e^-25) to change a neutrino: less than 1e-12 of H
SIZE = 8  # T_gamma, T_nue, T_numu, xi_e, xi_mu, t, S, dark


@kernel
def _dilute(xi, k):
    """Sum of (-1)^(n+1) e^(n xi)/n^(k+1), for xi < -0.5."""
    z = np.exp(xi)
    power, total = z, 0.0
    for n in range(1, 33):
        total += power / n ** (k + 1)
        power *= -z
    return total


@kernel
def fermi_f3(xi):
    """F_3(xi) = Int x^3/(e^(x-xi)+1): Taylor to xi^9 (relative 1e-9 at 0.5), series below -0.5."""
    if xi < -0.5:
        return 6.0 * _dilute(xi, 3)
    w = xi * xi
    high = 0.125 + xi * (0.0125 + w * (w / 241920.0 - 1.0 / 6720.0))
    low = 7.0 * np.pi**4 / 120.0 + xi * 4.5 * ZETA3
    return low + w * (0.25 * np.pi**2 + xi * (LN2 + xi * high))


@kernel
def _energy_integrals(xi, out):
    for i in range(xi.shape[0]):
        out[i] = fermi_f3(xi[i])


def energy_integral(xi):
    """Return F_3 at an array of xi."""
    out = np.empty_like(xi)
    _energy_integrals(xi, out)
    return out


@kernel
def fermi_f2(xi):
    """F_2(xi) = F_3'/3."""
    if xi < -0.5:
        return 2.0 * _dilute(xi, 2)
    w = xi * xi
    return 1.5 * ZETA3 + xi * (
        np.pi**2 / 6.0
        + xi * (LN2 + xi * (1.0 / 6.0 + xi * (1.0 / 48.0 + w * (w / 80640.0 - 1.0 / 2880.0))))
    )


@kernel
def fermi_f1(xi):
    """F_1(xi) = F_2'/2."""
    if xi < -0.5:
        return _dilute(xi, 1)
    w = xi * xi
    return np.pi**2 / 12.0 + xi * (LN2 + xi * (0.25 + xi * (1.0 / 24.0 + w * (w / 20160.0 - 1.0 / 960.0))))


@kernel
def response_at(T, tab, f):
    """The ten response functions at T_gamma (zero below the table: no pairs are left)."""
    _response(place(T), tab, f)


@kernel
def _response(z, tab, f):
    """The same at a place of the table."""
    if z <= 0.0:
        f[:] = 0.0
        return
    i = min(int(z), tab.shape[0] - 2)
    z -= i
    a = z * z * (3.0 - 2.0 * z)
    b = STEP * z * (1.0 - z) * (1.0 - z)
    c = -STEP * z * z * (1.0 - z)
    low, high = tab[i], tab[i + 1]
    for k in range(10):
        f[k] = (1.0 - a) * low[k] + a * high[k] + b * low[10 + k] + c * high[10 + k]


@kernel
def collision(Tg, T, xi, x, y, f):
    """Energy Q and number N per volume and time from e+- into nu + nubar of a flavour."""
    e1 = np.exp(xi)
    e2 = e1 * e1
    g4, t4 = Tg**4, T**4
    a, b = x * f[0] + y * f[1], x * f[2] + y * f[3]
    s, n, m = x * f[4] + y * f[5], x * f[6] + y * f[7], x * f[8] + y * f[9]
    mixed = g4 * t4
    both = (Tg * min(Tg, T)) ** 4  # first order in xi: must not empty hot, rare neutrinos
    q = (
        a * (g4 * g4 * Tg - t4 * t4 * T * e2)
        + b * both * np.sqrt(Tg * min(Tg, T)) * (e2 - 1.0)
        + 1.75 * s * mixed * (Tg - T) * e1
    )
    number = n * (g4 * g4 - t4 * t4 * e2) + m * both * (e2 - 1.0)
    g2 = const.G_FERMI**2 / PI5
    return 32.0 * g2 * q, 8.0 * g2 * number


@kernel
def exchange(Te, Tm, xe, xm, f0):
    """Energy and number into nu_e + nubar_e from nu_mu, nu_tau; f0 = response at m_e = 0."""
    e4, m4 = Te**4, Tm**4
    ee, em = np.exp(xe), np.exp(xm)
    low8 = min(Te, Tm) ** 8
    q = (
        f0[0] * (m4 * m4 * Tm * em * em - e4 * e4 * Te * ee * ee)
        + f0[2] * low8 * min(Te, Tm) * (ee * ee - em * em)
        + 1.75 * f0[4] * m4 * e4 * (Tm - Te) * em * ee
    )
    number = f0[6] * (m4 * m4 * em * em - e4 * e4 * ee * ee) + f0[8] * low8 * (ee**2 - em**2)
    g2 = const.G_FERMI**2 / PI5
    return 64.0 * g2 * q, 16.0 * g2 * number


@kernel
def neutrino_slopes(T, xi, q, number, with_xi):
    """(dT, dxi)/dx of nu + nubar from 3n T'/T + n_xi xi' = -3n + N/H and the energy equation."""
    pi2 = np.pi**2
    rho = T**4 * fermi_f3(xi) / pi2
    if not with_xi:
        return -T + q * T / (4.0 * rho), 0.0
    n = T**3 * fermi_f2(xi) / pi2
    n_xi = 2.0 * T**3 * fermi_f1(xi) / pi2
    rho_xi = 3.0 * T**4 * fermi_f2(xi) / pi2
    det = 3.0 * n * rho_xi - 4.0 * rho * n_xi
    u = (number * rho_xi - q * n_xi) / det
    return T * (u - 1.0), (3.0 * n * q - 4.0 * rho * number) / det


@kernel
def survival(Tg, Tnu, enthalpy):
    """P_ee of nu_e with averaged oscillations in the plasma at the mean momentum 3.15 T_nu.

    tan 2th = sin/(cos + A/dm^2), A = 4 sqrt2 G_F p^2 (rho_e + P_e)/m_W^2, arXiv:2008.01074.
    """
    electrons = max(enthalpy - 4.0 * np.pi**2 / 45.0 * Tg**4, 0.0)
    matter = 4.0 * np.sqrt(2.0) * const.G_FERMI * (3.15 * Tnu / const.M_W) ** 2 * electrons
    c12 = 1.0 - 2.0 * const.SIN2_THETA_12
    c13 = 1.0 - 2.0 * const.SIN2_THETA_13
    d12, d13 = c12 + matter / const.DM2_21, c13 + matter / const.DM2_31
    s12 = 0.5 * (1.0 - d12 / np.sqrt(1.0 - c12 * c12 + d12 * d12))
    s13 = 0.5 * (1.0 - d13 / np.sqrt(1.0 - c13 * c13 + d13 * d13))
    return (1.0 - s13) ** 2 * ((1.0 - s12) ** 2 + s12 * s12) + s13 * s13


@kernel(forceinline=True)
def slopes_at(y, x, row, options, decay, tables, f, f0, out):
    """dy/dx and H [MeV] at ln(a/a_start) = x; row: external rho, sources of energy
    into EM, nu_e, nu_mu, dark, and of numbers of nu_e, nu_mu; row[9]: rate of decay of all these [1/s].

    options = (T_start, mixing, with_xi); decay = (n a^3 at start, mean energy, decay rate at x,
    EM, nu_e, nu_mu + nu_tau and dark fractions, time at the start).
    """
    if row[9] != 0.0:
        left = np.exp(row[9] * (decay[7] - y[5]))
        for k in range(7):
            row[k] *= left
    pressures, responses = tables
    Tg, Te, Tm, xe, xm = y[0], y[1], y[2], y[3], y[4]
    z = place(Tg)
    _, rho, entropy, heat = plasma_state_at(Tg, z, pressures)
    growth = np.exp(x)
    a3 = growth * growth * growth
    nx = decay[0] * np.exp(-y[6]) / a3
    total = rho + (Te**4 * fermi_f3(xe) + 2.0 * Tm**4 * fermi_f3(xm)) / np.pi**2
    total += row[0] + nx * decay[1] + y[7] / (a3 * growth)
    H = H_FACTOR * np.sqrt(total)
    power = nx * decay[1] * decay[2]
    qe, ne, qm, nm = 0.0, 0.0, 0.0, 0.0
    if Tg > T_PAIRS:
        _response(z, responses, f)
        gl, gm, gr = const.GL_NUE, const.GL_NUMU, const.GR_NU
        qe, ne = collision(Tg, Te, xe, 4.0 * (gl * gl + gr * gr), 4.0 * gl * gr, f)
        qm, nm = collision(Tg, Tm, xm, 4.0 * (gm * gm + gr * gr), 4.0 * gm * gr, f)
    lost = qe + 2.0 * qm
    qx, mx = exchange(Te, Tm, xe, xm, f0)
    qe += qx + row[2] + decay[4] * power
    qm += -0.5 * qx + row[3] + 0.5 * decay[5] * power
    ne += mx + row[5]
    nm += -0.5 * mx + row[6]
    if options[1] > 0.0:
        keep = 1.0 / 3.0  # 1: one temperature; 2: averaged oscillations
        if options[1] > 1.0:
            keep = survival(Tg, Te, Tg * entropy)
        qe, qm = keep * qe + (1.0 - keep) * qm, 0.5 * ((1.0 - keep) * qe + (1.0 + keep) * qm)
        ne, nm = keep * ne + (1.0 - keep) * nm, 0.5 * ((1.0 - keep) * ne + (1.0 + keep) * nm)
    with_xi = options[2] > 0.0
    out[0] = -(3.0 * Tg * entropy + (lost - row[1] - decay[3] * power) / H) / heat
    out[1], out[3] = neutrino_slopes(Te, xe, qe / H, ne / H, with_xi)
    out[2], out[4] = neutrino_slopes(Tm, xm, qm / H, nm / H, with_xi)
    out[5] = const.HBAR / H
    out[6] = decay[2] / H
    out[7] = (decay[6] * power + row[4]) / H * a3 * growth
    return H
