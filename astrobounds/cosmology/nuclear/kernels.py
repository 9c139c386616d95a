"""Compiled right-hand side, Jacobian and time derivative of a nuclear network.

The unknowns are abundances Y_i = n_i/n_b, the independent variable is x = -ln(T/MeV). One array
`params` carries everything, so that one compilation serves every network:

    params[:HEADER]     header, entries named below
    records             one of RECORD floats per reaction, see the names R_*
    rates               cubic coefficients of ln(rate constant) in ln T9, (intervals, reactions, 4)
    background          x of the nodes (nodes), then cubic coefficients (nodes - 1, TRACKS, 4)

dY_i/dx = dt/dx { sum over reactions (reverse - forward) + weak n <-> p }, where a reaction of k
nuclei goes with rho^{k-1} Y_1...Y_k / (orderings of identical nuclei), rho = n_b/N_A in mol/cm3.
"""

import math

from ... import constants as const
from ...numerics.jit import kernel
from ...numerics.odetypes import JAC_SIGNATURE, RHS_SIGNATURE

HEADER = 19
ACTIVE = 0  # how many reactions are switched on
REACTIONS = 1
X_HOT = 2  # x at the upper end T9_MAX of the rate grid
STEP = 3  # of the rate grid in ln T9
INTERVALS = 4
AT_RECORDS = 5
AT_RATES = 6
AT_NODES = 7
AT_BACKGROUND = 8
NODES = 9
NEUTRON = 10
PROTON = 11
BREAKING = 12  # 1 if He4 is broken from outside (track T_BREAK), else 0
HELIUM = 13
DEUTERON = 14
TRITON = 15
N_YIELD = 16  # n, d, t per broken He4; protons close the balance
D_YIELD = 17
T_YIELD = 18

RECORD = 13
R_IN = 0  # number of nuclei destroyed, then their three places
R_OUT = 4  # number of nuclei made, then their four places
R_LN_FORWARD = 9  # -ln(orderings) of the nuclei destroyed
R_LN_REVERSE = 10  # ln(alpha / orderings of the nuclei made); below -1e300: no reverse
R_BETA = 11
R_GAMMA = 12

# Columns of the background: ln dt/dx, ln rho, ln n->p, ln p->n + Delta/T, further n->p and p->n,
# breaking of He4 from outside.
TRACKS = 7
T_TIME = 0
T_RHO = 1
T_NP = 2
T_PN = 3
T_MORE_NP = 4
T_MORE_PN = 5
T_BREAK = 6

DELTA = const.M_N - const.M_P  # only splits a known exponential off before interpolation
NOTHING = -230.0  # ln of a rate constant (1e-100) that never matters
LN_GK = math.log(1e9 * const.K_BOLTZMANN)  # MeV per 10^9 K


@kernel("i8(f8, f8[::1])")
def _interval(x, params):
    """Index of the background interval that holds x (bisection; the ends extrapolate)."""
    first = int(params[AT_NODES])
    low = 0
    high = int(params[NODES]) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if params[first + middle] <= x:
            low = middle
        else:
            high = middle
    return low


@kernel("UniTuple(f8, 2)(f8, i8, f8[::1])")
def _cubic(u, at, params):
    """Value and slope of c0 + c1 u + c2 u^2 + c3 u^3."""
    c1 = params[at + 1]
    c2 = params[at + 2]
    c3 = params[at + 3]
    return params[at] + u * (c1 + u * (c2 + u * c3)), c1 + u * (2.0 * c2 + u * 3.0 * c3)


@kernel("UniTuple(f8, 8)(f8, f8[::1])")
def background(x, params):
    """dt/dx, rho, n->p and p->n per unit x, and the four derivatives by x (of logs for two)."""
    j = _interval(x, params)
    u = x - params[int(params[AT_NODES]) + j]
    at = int(params[AT_BACKGROUND]) + 4 * TRACKS * j
    ln_time, s_time = _cubic(u, at + 4 * T_TIME, params)
    ln_rho, s_rho = _cubic(u, at + 4 * T_RHO, params)
    ln_np, s_np = _cubic(u, at + 4 * T_NP, params)
    ln_pn, s_pn = _cubic(u, at + 4 * T_PN, params)
    more_np, s_more_np = _cubic(u, at + 4 * T_MORE_NP, params)
    more_pn, s_more_pn = _cubic(u, at + 4 * T_MORE_PN, params)
    time = math.exp(ln_time)
    boltzmann = DELTA * math.exp(x)
    np_ = math.exp(ln_np)
    pn_ = math.exp(ln_pn - boltzmann)
    out = time * (np_ + more_np)
    back = time * (pn_ + more_pn)
    d_out = out * s_time + time * (np_ * s_np + s_more_np)
    d_back = back * s_time + time * (pn_ * (s_pn - boltzmann) + s_more_pn)
    return time, math.exp(ln_rho), out, back, s_time, s_rho, d_out, d_back


@kernel("UniTuple(f8, 3)(f8, f8[::1])")
def _breaking(x, params):
    """Breaking of one He4 per unit x, its derivative by x, and p per broken He4."""
    j = _interval(x, params)
    u = x - params[int(params[AT_NODES]) + j]
    at = int(params[AT_BACKGROUND]) + 4 * TRACKS * j
    ln_time, s_time = _cubic(u, at + 4 * T_TIME, params)
    rate, slope = _cubic(u, at + 4 * T_BREAK, params)
    time = math.exp(ln_time)
    protons = 4.0 - params[N_YIELD] - 2.0 * params[D_YIELD] - 3.0 * params[T_YIELD]
    return time * rate, time * (rate * s_time + slope), protons


@kernel
def _broken(flow, protons, params, out):
    """Take `flow` from He4 and give it to n, p, d, t."""
    out[int(params[HELIUM])] -= flow
    out[int(params[NEUTRON])] += flow * params[N_YIELD]
    out[int(params[PROTON])] += flow * protons
    out[int(params[DEUTERON])] += flow * params[D_YIELD]
    out[int(params[TRITON])] += flow * params[T_YIELD]


@kernel("UniTuple(f8, 4)(f8, f8[::1])")
def _place(x, params):
    """Interval of the rate grid (as a float), place in it, ln T9 and 1/T9."""
    y = params[X_HOT] - x  # ln(T9/T9_MAX), from 0 downwards
    step = params[STEP]
    count = params[INTERVALS]
    k = min(max(math.floor(y / step + count), 0.0), count - 1.0)
    return k, y - (k - count) * step, -x - LN_GK, math.exp(x + LN_GK)


@kernel("UniTuple(f8, 4)(i8, f8, f8, f8, f8, f8, f8, f8[::1])")
def _pair(r, k, u, ln_T9, inverse_T9, time, rho, params):
    """Forward and reverse coefficient of reaction r per unit x, and their logarithmic slopes."""
    count = int(params[REACTIONS])
    at = int(params[AT_RATES]) + 4 * (int(k) * count + r)
    record = int(params[AT_RECORDS]) + RECORD * r
    ln_rate, slope = _cubic(u, at, params)
    bodies = int(params[record + R_IN])
    forward = 0.0
    ln_forward = ln_rate + params[record + R_LN_FORWARD]
    if ln_forward > NOTHING:
        forward = time * math.exp(ln_forward)
        for _ in range(1, bodies):
            forward *= rho
    reverse = 0.0
    reverse_slope = 0.0
    ln_alpha = params[record + R_LN_REVERSE]
    if ln_alpha > -1e300:
        beta = params[record + R_BETA]
        gamma = params[record + R_GAMMA]
        exponent = ln_rate + ln_alpha + beta * ln_T9 + gamma * inverse_T9
        if exponent > NOTHING:
            reverse = time * math.exp(exponent)
            for _ in range(1, int(params[record + R_OUT])):
                reverse *= rho
            reverse_slope = -slope - beta + gamma * inverse_T9
    return forward, reverse, -slope, reverse_slope


@kernel("f8(i8, i8, f8[::1], f8[::1])")
def _product(at, skip, y, params):
    """Product of the abundances in the list at `at`, leaving out one place (-1: none)."""
    value = 1.0
    for i in range(int(params[at])):
        if i != skip:
            value *= y[int(params[at + 1 + i])]
    return value


@kernel("void(i8, f8, f8[::1], f8[::1])")
def _spread(record, net, params, out):
    """Take `net` from every nucleus destroyed and give it to every nucleus made."""
    for i in range(int(params[record + R_IN])):
        out[int(params[record + R_IN + 1 + i])] -= net
    for i in range(int(params[record + R_OUT])):
        out[int(params[record + R_OUT + 1 + i])] += net


@kernel(RHS_SIGNATURE)
def network_rhs(x, y, params, out):
    """dY/dx of the network."""
    time, rho, np_, pn_, _s0, _s1, _s2, _s3 = background(x, params)
    n = int(params[NEUTRON])
    p = int(params[PROTON])
    out[:] = 0.0
    flow = pn_ * y[p] - np_ * y[n]
    out[n] = flow
    out[p] = -flow
    if params[BREAKING] > 0.0 and params[ACTIVE] > 0.0:
        hits, _slope, protons = _breaking(x, params)
        _broken(hits * y[int(params[HELIUM])], protons, params, out)
    k, u, ln_T9, inverse_T9 = _place(x, params)
    for r in range(int(params[ACTIVE])):
        record = int(params[AT_RECORDS]) + RECORD * r
        forward, reverse, _f, _r = _pair(r, k, u, ln_T9, inverse_T9, time, rho, params)
        net = forward * _product(record + R_IN, -1, y, params)
        if reverse > 0.0:
            net -= reverse * _product(record + R_OUT, -1, y, params)
        _spread(record, net, params, out)


@kernel(RHS_SIGNATURE)
def network_dfdx(x, y, params, out):
    """Partial derivative of dY/dx by x at fixed abundances."""
    time, rho, _np, _pn, s_time, s_rho, d_out, d_back = background(x, params)
    n = int(params[NEUTRON])
    p = int(params[PROTON])
    out[:] = 0.0
    flow = d_back * y[p] - d_out * y[n]
    out[n] = flow
    out[p] = -flow
    if params[BREAKING] > 0.0 and params[ACTIVE] > 0.0:
        _hits, slope, protons = _breaking(x, params)
        _broken(slope * y[int(params[HELIUM])], protons, params, out)
    k, u, ln_T9, inverse_T9 = _place(x, params)
    for r in range(int(params[ACTIVE])):
        record = int(params[AT_RECORDS]) + RECORD * r
        forward, reverse, s_forward, s_reverse = _pair(r, k, u, ln_T9, inverse_T9, time, rho, params)
        bodies = params[record + R_IN]
        net = forward * _product(record + R_IN, -1, y, params)
        net *= s_forward + s_time + (bodies - 1.0) * s_rho
        if reverse > 0.0:
            bodies = params[record + R_OUT]
            back = reverse * _product(record + R_OUT, -1, y, params)
            net -= back * (s_reverse + s_time + (bodies - 1.0) * s_rho)
        _spread(record, net, params, out)


@kernel(JAC_SIGNATURE)
def network_jac(x, y, params, out):
    """d(dY_i/dx)/dY_j; `out` starts as zeros."""
    time, rho, np_, pn_, _s0, _s1, _s2, _s3 = background(x, params)
    n = int(params[NEUTRON])
    p = int(params[PROTON])
    out[n, n] -= np_
    out[p, n] += np_
    out[n, p] += pn_
    out[p, p] -= pn_
    if params[BREAKING] > 0.0 and params[ACTIVE] > 0.0:
        hits, _slope, protons = _breaking(x, params)
        _broken(hits, protons, params, out[:, int(params[HELIUM])])
    k, u, ln_T9, inverse_T9 = _place(x, params)
    for r in range(int(params[ACTIVE])):
        record = int(params[AT_RECORDS]) + RECORD * r
        forward, reverse, _f, _r = _pair(r, k, u, ln_T9, inverse_T9, time, rho, params)
        for side in range(2):
            at = record + (R_IN if side == 0 else R_OUT)
            coefficient = forward if side == 0 else -reverse
            if coefficient == 0.0:
                continue
            for place in range(int(params[at])):
                j = int(params[at + 1 + place])
                net = coefficient * _product(at, place, y, params)
                for i in range(int(params[record + R_IN])):
                    out[int(params[record + R_IN + 1 + i]), j] -= net
                for i in range(int(params[record + R_OUT])):
                    out[int(params[record + R_OUT + 1 + i]), j] += net
