"""The arrival-time integral in closed form: cumulative momentum tables and their look-up.

Everything depends on the photon energy only through r = E_gamma/omega (omega: its energy in the
rest frame of the decaying particle). With k = r/tau, a = m R/(c tau) and y(p) = (m p/E) dN/dE:

    I(r) = int dln p y(p) [exp(-max(a/p, k t0)) - exp(-k t1)],   p > p_L = max(p_min, m R/(c r t1)),

with p_min = m |r - 1/r|/2 from the box of an isotropic decay and a/p = R/lambda. The integrals
over p are cumulative tables on one logarithmic grid, so that I(r) costs a few look-ups.
"""

import math

import numpy as np

from ..numerics.jit import kernel

P_LOW, P_HIGH, N_P = 1e-2, 1e4, 961  # MeV, MeV, points
LN_P0 = math.log(P_LOW)
D_LN_P = math.log(P_HIGH / P_LOW) / (N_P - 1)


def momentum_grid():
    """Return the logarithmic momentum grid in MeV, shape (N_P,)."""
    return np.exp(LN_P0 + D_LN_P * np.arange(N_P))


@kernel
def cumulative(y, dx, out):
    """out[i] = integral of y from x_i to the end on an even grid: six-point formula inside."""
    n = y.size
    out[n - 1] = 0.0
    for i in range(n - 2, -1, -1):
        if 2 <= i < n - 3:
            near, next_, far = y[i] + y[i + 1], y[i - 1] + y[i + 2], y[i - 2] + y[i + 3]
            out[i] = out[i + 1] + dx * (802.0 * near - 93.0 * next_ + 11.0 * far) / 1440.0
        else:
            out[i] = out[i + 1] + 0.5 * dx * (y[i] + y[i + 1])


@kernel
def decay_tables(y, mass, radius, tau):
    """Columns J, J_R, D_R and their densities y, y exp(-a/p), y [1 - exp(-a/p)]; shape (N_P, 6).

    ``radius`` is R/c in s.
    """
    n = y.size
    table = np.empty((n, 6))
    column = np.empty(n)
    density = np.empty(n)
    a = mass * radius / tau
    for c in range(3):
        for i in range(n):
            over = a * math.exp(-(LN_P0 + D_LN_P * i))
            if c == 0:
                density[i] = y[i]
            elif c == 1:
                density[i] = y[i] * math.exp(-over)
            else:
                density[i] = -y[i] * math.expm1(-over)
        cumulative(density, D_LN_P, column)
        for i in range(n):
            table[i, c] = column[i]
            table[i, 3 + c] = density[i]
    return table


@kernel
def above(table, c, p):
    """Cumulative column c above the momentum p: cubic Hermite in ln p with the known slopes."""
    if p <= P_LOW:
        return table[0, c]
    if p >= P_HIGH:
        return 0.0
    u = (math.log(p) - LN_P0) / D_LN_P
    i = min(int(u), N_P - 2)
    s = u - i
    s2, s3 = s * s, s * s * s
    return (
        (2.0 * s3 - 3.0 * s2 + 1.0) * table[i, c]
        + (3.0 * s2 - 2.0 * s3) * table[i + 1, c]
        - D_LN_P * ((s3 - 2.0 * s2 + s) * table[i, 3 + c] + (s3 - s2) * table[i + 1, 3 + c])
    )


@kernel
def lowest_momentum(r, mass):
    """p_min = m |r - 1/r|/2: the slowest parent that can give E_gamma = r omega."""
    return 0.5 * mass * abs((r - 1.0) * (r + 1.0)) / r


@kernel
def window_integral(r, table, mass, radius, tau, t0, t1):
    """I(r) of the module's text for arrival times t0 to t1 (s); radius = R/c in s."""
    k = r / tau
    p_low = max(lowest_momentum(r, mass), mass * radius / (r * t1))
    j_low = above(table, 0, p_low)
    if j_low <= 0.0:
        return 0.0
    p_zero = P_HIGH
    if t0 > 0.0:
        p_zero = max(p_low, mass * radius / (r * t0))
    cut = k * t1 > 0.5
    column = 1 if cut else 2
    bracket = above(table, column, p_low)
    late = 0.0
    j_early = j_low
    if t0 > 0.0:
        j_zero = above(table, 0, p_zero)
        bracket -= above(table, column, p_zero)
        late = -math.exp(-k * t0) * math.expm1(-k * (t1 - t0)) * j_zero
        j_early -= j_zero
    if cut:
        early = bracket - math.exp(-k * t1) * j_early
    else:
        early = -math.expm1(-k * t1) * j_early - bracket
    return max(early, 0.0) + late


@kernel
def rate_integral(r, table, mass, radius, tau, t):
    """k exp(-k t) J(p_low): the same before the integral over the arrival time."""
    k = r / tau
    p_low = max(lowest_momentum(r, mass), mass * radius / (r * t))
    return k * math.exp(-k * t) * above(table, 0, p_low)


@kernel
def integrate_nodes(r, used, windows, table, mass, radius, tau):
    """I at the nodes r[row, :used[row]] of every row with its window (t0, t1); shape of r."""
    out = np.zeros(r.shape)
    for row in range(r.shape[0]):
        for i in range(used[row]):
            out[row, i] = window_integral(
                r[row, i], table, mass, radius, tau, windows[row, 0], windows[row, 1]
            )
    return out


@kernel
def rate_nodes(r, used, times, table, mass, radius, tau):
    """The same for the differential arrival rate at the time of each row."""
    out = np.zeros(r.shape)
    for row in range(r.shape[0]):
        for i in range(used[row]):
            out[row, i] = rate_integral(r[row, i], table, mass, radius, tau, times[row])
    return out


@kernel
def escape_nodes(r, used, table, mass):
    """J_R(p_min) at every node: photons of all times that are made outside R."""
    out = np.zeros(r.shape)
    for row in range(r.shape[0]):
        for i in range(used[row]):
            out[row, i] = above(table, 1, lowest_momentum(r[row, i], mass))
    return out
