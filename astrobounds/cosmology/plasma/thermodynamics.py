"""Photons and electron-positron pairs with QED corrections to O(e^3) and the e^2 logarithm.

One function, the pressure P(T)/T^4, is tabulated on a uniform grid of ln T with its first two
analytic derivatives and interpolated by quintic Hermite pieces; everything else follows from it:
rho = T P' - P, s = P', d rho/dT = T P''. So the thermodynamic identities hold to rounding.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError
from ...numerics.jit import kernel

references = ("Bennett:2019ewm", "Heckler:1994tv")

T_MIN, T_MAX = 0.01, 200.0  # MeV, range of the table; below it only photons (e^-51 of pairs left)
STEP = 0.0125
_LN_T_MIN = np.log(T_MIN)
_E2 = 4.0 * np.pi * const.ALPHA
QED_ORDERS = {"off": 0, "e2": 2, "e3": 3, "full": 4}


def fermi_moments(tau, nodes=160):
    """Return K, k, J, j, j', Y of an electron gas at tau = m_e/T (shape (n,)), arXiv:1911.04504.

    K, k = (1/pi^2) Int du (u^2, 1) n/E;  J, j, Y = (1/pi^2) Int du (u^2, 1, u^4) n(1-n);
    j' = dj/dtau. With u = tau sinh(theta) the integrands are even and decay doubly exponentially,
    so the trapezoid rule converges exponentially.
    """
    tau = np.asarray(tau, dtype=float)[:, None]
    theta = np.linspace(0.0, 1.0, nodes)[None, :] * np.arccosh(1.0 + 60.0 / tau)
    weight = np.full(nodes, 1.0)
    weight[[0, -1]] = 0.5
    weight = weight * theta[:, 1:2] / np.pi**2
    energy = tau * np.cosh(theta)
    u2 = (tau * np.sinh(theta)) ** 2
    n = 1.0 / (np.exp(np.minimum(energy, 700.0)) + 1.0)
    w = n * (1.0 - n)
    return (
        np.sum(weight * u2 * n, axis=1),
        np.sum(weight * n, axis=1),
        np.sum(weight * u2 * w * energy, axis=1),
        np.sum(weight * w * energy, axis=1),
        -tau[:, 0] * np.sum(weight * w * (1.0 - 2.0 * n), axis=1),
        np.sum(weight * u2 * u2 * w * energy, axis=1),
    )


def pressure_log(tau, nodes=64):
    """Return P_ln/T^4, the O(e^2) logarithmic exchange term at tau = m_e/T (shape (n,)).

    (e^2 tau^2/16 pi^4) IntInt du dv (u v/E_u E_v) ln|(u+v)/(u-v)| N_u N_v with N = 2n,
    arXiv:1911.04504; v = u (1 - y^3) takes the logarithm away.
    """
    x, wx = np.polynomial.legendre.leggauss(nodes)
    x, wx = 0.5 * (x + 1.0), 0.5 * wx
    out = np.empty(len(tau))
    z = x**3
    wz = wx * 3.0 * x**2 * np.log((2.0 - z) / z)
    for i, t in enumerate(tau):
        top = np.arccosh(1.0 + 45.0 / t)
        theta = top * x
        u = t * np.sinh(theta)
        nu = 2.0 / (np.exp(t * np.cosh(theta)) + 1.0)
        v = u[:, None] * (1.0 - z[None, :])
        ev = np.sqrt(v * v + t * t)
        inner = np.sum(wz * v / ev * 2.0 / (np.exp(ev) + 1.0), axis=1) * u
        out[i] = 2.0 * np.sum(top * wx * u * nu * inner) * _E2 * t * t / (16.0 * np.pi**4)
    return out


@lru_cache(maxsize=1)
def _log_series():
    """Chebyshev series of P_ln/T^4 in ln T on [T_MIN, T_MAX]; it converges geometrically."""
    chebyshev = np.polynomial.chebyshev
    domain = np.log([T_MIN * 0.98, T_MAX * 1.02])
    points = chebyshev.chebpts1(72)
    log_t = 0.5 * (domain[0] + domain[1]) + 0.5 * (domain[1] - domain[0]) * points
    values = pressure_log(const.M_E / np.exp(log_t))
    return chebyshev.Chebyshev(chebyshev.chebfit(points, values, 71), domain=domain)


def pressure_terms(temperature, order="full"):
    """Return P/T^4, T P'/T^4 and P''/T^2 of photons + pairs at T in MeV (shape (n,)).

    ``order``: "off" (ideal gases), "e2", "e3" or "full" (e3 and the e^2 logarithm).
    """
    if order not in QED_ORDERS:
        raise ConfigError(f"qed = {order!r}: choose one of {', '.join(QED_ORDERS)}")
    level = QED_ORDERS[order]
    temperature = np.atleast_1d(np.asarray(temperature, dtype=float))
    tau = const.M_E / temperature
    K, k, J, j, jp, Y = fermi_moments(tau)
    t2 = tau * tau
    p = np.pi**2 / 45.0 + (Y - 3.0 * t2 * K) / 6.0
    p1 = 2.0 * t2 * K
    p2 = 2.0 * (t2 * J + Y + 2.0 * np.pi**2 / 15.0)
    d = 0.0
    if level >= 2:
        d = d - 0.5 * _E2 * (1.0 / 3.0 + K) * K
        p1 = p1 - _E2 * t2 * k * (1.0 / 6.0 + K)
        p2 = p2 - _E2 / 6.0 * (3.0 * J + 2.0 * (J + K) * (1.0 + 3.0 * J) + t2 * j * (1.0 + 6.0 * K))
    if level >= 3:
        e3 = _E2**1.5
        root = np.sqrt(J)
        ratio = np.where(J > 0.0, j * j / np.where(J > 0.0, J, 1.0), 0.0)
        d = d + e3 * J * root / (3.0 * np.sqrt(2.0) * np.pi)
        p1 = p1 + e3 * t2 * j * root / (2.0 * np.sqrt(2.0) * np.pi)
        bracket = 8.0 * J + 5.0 * t2 * j - t2 * tau * jp + 0.5 * t2 * t2 * ratio
        p2 = p2 + e3 * root / (2.0 * np.pi * np.sqrt(2.0)) * bracket
    p = p + d
    p1 = p1 + 4.0 * p
    if level >= 4:
        series = _log_series()
        if np.any(temperature > 1.02 * T_MAX):
            raise DomainError(f"T up to {temperature.max():g} MeV: at most {T_MAX:g} MeV")
        log_t = np.log(np.maximum(temperature, T_MIN))
        pairs = temperature > T_MIN  # colder, the term is below 1e-40
        l0, l1, l2 = (pairs * f(log_t) for f in (series, series.deriv(1), series.deriv(2)))
        p, p1, p2 = p + l0, p1 + l1 + 4.0 * l0, p2 + l2 + 7.0 * l1 + 12.0 * l0
    return p, p1, p2


def grid():
    """Return the temperatures [MeV] of the table: uniform in ln T from T_MIN to above T_MAX."""
    count = int(np.ceil(np.log(T_MAX / T_MIN) / STEP)) + 1
    return np.exp(np.log(T_MIN) + STEP * np.arange(count))


@lru_cache(maxsize=4)
def table(order="full"):
    """Return P/T^4 and its first two derivatives in ln T, shape (n, 3), on the uniform grid."""
    temperature = grid()
    p, p1, p2 = pressure_terms(temperature, order)
    out = np.column_stack([p, p1 - 4.0 * p, p2 - 3.0 * p1 - 4.0 * (p1 - 4.0 * p)])
    out.setflags(write=False)
    return out


@kernel
def place(T):
    """Place of T in the tables on the uniform grid of ln T, in steps of it; at most 0 below them."""
    return (np.log(T) - _LN_T_MIN) / STEP


@kernel
def plasma_state(T, tab):
    """(P, rho, s, d rho/dT) in powers of MeV at T; photons only below the table."""
    return plasma_state_at(T, place(T), tab)


@kernel
def plasma_state_at(T, z, tab):
    """The same at T with its place z in the table."""
    T2 = T * T
    T3 = T2 * T
    if z <= 0.0:
        p = np.pi**2 / 45.0
        return p * T3 * T, 3.0 * p * T3 * T, 4.0 * p * T3, 12.0 * p * T3
    i = min(int(z), tab.shape[0] - 2)
    z -= i
    h = STEP
    f0, f1 = tab[i, 0], tab[i + 1, 0]
    d0, d1 = h * tab[i, 1], h * tab[i + 1, 1]
    c0, c1 = 0.5 * h * h * tab[i, 2], 0.5 * h * h * tab[i + 1, 2]
    r = f1 - f0 - d0 - c0
    v = d1 - d0 - 2.0 * c0
    a = c1 - c0
    a3 = 10.0 * r - 4.0 * v + a
    a4 = -15.0 * r + 7.0 * v - 2.0 * a
    a5 = 6.0 * r - 3.0 * v + a
    p = f0 + z * (d0 + z * (c0 + z * (a3 + z * (a4 + z * a5))))
    g = (d0 + z * (2.0 * c0 + z * (3.0 * a3 + z * (4.0 * a4 + z * 5.0 * a5)))) / h
    k = (2.0 * c0 + z * (6.0 * a3 + z * (12.0 * a4 + z * 20.0 * a5))) / (h * h)
    return (
        p * T3 * T,
        (g + 3.0 * p) * T3 * T,
        (g + 4.0 * p) * T3,
        (k + 7.0 * g + 12.0 * p) * T3,
    )


@kernel
def _states(temperature, tab, out):
    for i in range(temperature.shape[0]):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = plasma_state(temperature[i], tab)


class PlasmaState:
    """Thermodynamics of the electromagnetic plasma at given temperatures.

    Attributes
    ----------
    pressure, rho : Quantity
        Pressure and energy density [MeV^4].
    entropy, heat_capacity : Quantity
        Entropy density and d rho/dT [MeV^3].
    g_rho, g_s : float or array
        Effective degrees of freedom of photons and pairs (2 for photons alone).
    """

    references = references

    def __init__(self, temperature, values):
        import astropy.units as u

        shape = np.shape(temperature)
        p, rho, s, heat = (values[:, i].reshape(shape) for i in range(4))
        self.pressure, self.rho = p * u.MeV**4, rho * u.MeV**4
        self.entropy, self.heat_capacity = s * u.MeV**3, heat * u.MeV**3
        self.g_rho = (rho / (np.pi**2 / 30.0 * np.asarray(temperature) ** 4))[()]
        self.g_s = (s / (2.0 * np.pi**2 / 45.0 * np.asarray(temperature) ** 3))[()]


def thermodynamics(temperature, qed="full"):
    """Return the state of photons and e+- at a temperature (no muons, no chemical potential).

    Parameters
    ----------
    temperature : Quantity
        Photon temperature, any shape, up to 200 MeV (energy or kelvin).
    qed : {"full", "e3", "e2", "off"}
        Order of the finite-temperature QED correction.

    Returns
    -------
    PlasmaState

    Raises
    ------
    DomainError
        For a temperature outside (0, 200 MeV] or a number without a unit.

    References
    ----------
    Bennett et al., arXiv:1911.04504; Heckler, Phys. Rev. D 49, 611.
    """
    from ...units import energy_mev

    value = energy_mev(temperature, "temperature")
    flat = np.atleast_1d(np.asarray(value, dtype=float)).ravel()
    if not np.all((flat > 0.0) & (flat <= T_MAX)):
        raise DomainError(f"temperature = {temperature} is outside (0, {T_MAX:g} MeV]")
    if qed not in QED_ORDERS:
        raise ConfigError(f"qed = {qed!r}: choose one of {', '.join(QED_ORDERS)}")
    out = np.empty((len(flat), 4))
    _states(flat, table(qed), out)
    return PlasmaState(value, out)
