"""Compiled right-hand side, Jacobian and time derivative of a nuclear network.

The unknowns are abundances Y_i = n_i/n_b, the independent variable is x = -ln(T/MeV). One array
`params` carries everything, so that one compilation serves every network:

    params[:HEADER]     header, entries named below
    records             one of RECORD floats per reaction, see the names R_*
    rates               cubic coefficients of ln(rate constant) in ln T9, (intervals, reactions, 4)
    background          x of the nodes (nodes), then cubic coefficients (nodes - 1, TRACKS, 4)
    workspace           what was found at the last x, see `settle`: right-hand side, Jacobian and
                        stages ask several times at one x; its first entry starts as nan

dY_i/dx = dt/dx { sum over reactions (reverse - forward) + weak n <-> p }, where a reaction of k
nuclei goes with rho^{k-1} Y_1...Y_k / (orderings of identical nuclei), rho = n_b/N_A in mol/cm3.
"""

import math

from ... import constants as const
from ...numerics.jit import kernel
from ...numerics.odetypes import JAC_SIGNATURE, RHS_SIGNATURE

HEADER = 19
REACTIONS = 0
X_HOT = 1  # x at the upper end T9_MAX of the rate grid
STEP = 2  # of the rate grid in ln T9
INTERVALS = 3
AT_RECORDS = 4
AT_RATES = 5
AT_NODES = 6
AT_BACKGROUND = 7
NODES = 8
NEUTRON = 9
PROTON = 10
BREAKING = 11  # 1 if He4 is broken from outside (track T_BREAK), else 0
HELIUM = 12
DEUTERON = 13
TRITON = 14
N_YIELD = 15  # n, d, t per broken He4; protons close the balance
D_YIELD = 16
T_YIELD = 17
AT_WORK = 18

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

# Workspace: x, its interval, dt/dx, rho, n->p and p->n per unit x, logarithmic slopes of the first two and
# slopes of the others, breaking of He4, its slope, protons of it; then of every reaction the forward and
# reverse coefficient per unit x and their logarithmic slopes.
W_X = 0
W_INTERVAL = 1
W_TIME = 2
W_RHO = 3
W_NP = 4
W_PN = 5
W_S_TIME = 6
W_S_RHO = 7
W_D_NP = 8
W_D_PN = 9
W_HITS = 10
W_D_HITS = 11
W_PROTONS = 12
WORK = 13
W_FORWARD = 0
W_REVERSE = 1
W_S_FORWARD = 2
W_S_REVERSE = 3
WORK_OF_ONE = 4

DELTA = const.M_N - const.M_P  # only splits a known exponential off before interpolation
NOTHING = -230.0  # ln of a rate constant (1e-100) that never matters
LN_GK = math.log(1e9 * const.K_BOLTZMANN)  # MeV per 10^9 K


@kernel("i8(f8, f8[::1])")
def _interval(x, params):
    """Index of the background interval of x: the last one, the next, or by bisection; ends extrapolate."""
    first = int(params[AT_NODES])
    low = 0
    high = int(params[NODES]) - 1
    last = params[int(params[AT_WORK]) + W_INTERVAL]
    if 0.0 <= last < high - 1.0:
        j = int(last)
        if params[first + j] <= x:
            if x < params[first + j + 1]:
                return j
            if j < high - 2 and x < params[first + j + 2]:
                return j + 1
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


@kernel("UniTuple(f8, 8)(f8, i8, f8[::1])")
def plasma_at(x, j, params):
    """dt/dx, rho, n->p and p->n per unit x in interval j, and the derivatives by x (of logs for two)."""
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


@kernel("UniTuple(f8, 8)(f8, f8[::1])")
def background(x, params):
    """dt/dx, rho, n->p and p->n per unit x, and the four derivatives by x (of logs for two)."""
    return plasma_at(x, _interval(x, params), params)


@kernel("UniTuple(f8, 2)(f8, i8, f8[::1])")
def _breaking(x, j, params):
    """Breaking of one He4 per unit x and its derivative by x."""
    u = x - params[int(params[AT_NODES]) + j]
    at = int(params[AT_BACKGROUND]) + 4 * TRACKS * j
    ln_time, s_time = _cubic(u, at + 4 * T_TIME, params)
    rate, slope = _cubic(u, at + 4 * T_BREAK, params)
    time = math.exp(ln_time)
    return time * rate, time * (rate * s_time + slope)


@kernel
def _broken(flow, protons, params, out):
    """Take `flow` from He4 and give it to n, p, d, t."""
    out[int(params[HELIUM])] -= flow
    out[int(params[NEUTRON])] += flow * params[N_YIELD]
    out[int(params[PROTON])] += flow * protons
    out[int(params[DEUTERON])] += flow * params[D_YIELD]
    out[int(params[TRITON])] += flow * params[T_YIELD]


@kernel("void(f8, f8, f8, f8, f8, f8[::1], i8)")
def _reactions(x, time, rho, s_time, s_rho, params, at):
    """Forward and reverse coefficient of every reaction per unit x, and their logarithmic slopes."""
    count = int(params[REACTIONS])
    y = params[X_HOT] - x  # ln(T9/T9_MAX), from 0 downwards
    step = params[STEP]
    intervals = params[INTERVALS]
    k = min(max(math.floor(y / step + intervals), 0.0), intervals - 1.0)
    u = y - (k - intervals) * step
    ln_T9 = -x - LN_GK
    inverse_T9 = math.exp(x + LN_GK)
    rates = int(params[AT_RATES]) + 4 * int(k) * count
    record = int(params[AT_RECORDS])
    for r in range(count):
        ln_rate, slope = _cubic(u, rates + 4 * r, params)
        bodies = params[record + R_IN]
        forward = 0.0
        ln_forward = ln_rate + params[record + R_LN_FORWARD]
        if ln_forward > NOTHING:
            forward = time * math.exp(ln_forward)
            for _ in range(1, int(bodies)):
                forward *= rho
        params[at + W_FORWARD] = forward
        params[at + W_S_FORWARD] = -slope + s_time + (bodies - 1.0) * s_rho
        reverse = 0.0
        reverse_slope = 0.0
        ln_alpha = params[record + R_LN_REVERSE]
        if ln_alpha > -1e300:
            beta = params[record + R_BETA]
            gamma = params[record + R_GAMMA]
            exponent = ln_rate + ln_alpha + beta * ln_T9 + gamma * inverse_T9
            if exponent > NOTHING:
                bodies = params[record + R_OUT]
                reverse = time * math.exp(exponent)
                for _ in range(1, int(bodies)):
                    reverse *= rho
                reverse_slope = -slope - beta + gamma * inverse_T9 + s_time + (bodies - 1.0) * s_rho
        params[at + W_REVERSE] = reverse
        params[at + W_S_REVERSE] = reverse_slope
        at += WORK_OF_ONE
        record += RECORD


@kernel("i8(f8, f8[::1])")
def settle(x, params):
    """Bring the workspace to x, unless it is there; return its place."""
    w = int(params[AT_WORK])
    if params[w + W_X] == x:
        return w
    j = _interval(x, params)
    params[w + W_X] = x
    params[w + W_INTERVAL] = j
    time, rho, out, back, s_time, s_rho, d_out, d_back = plasma_at(x, j, params)
    params[w + W_TIME] = time
    params[w + W_RHO] = rho
    params[w + W_NP] = out
    params[w + W_PN] = back
    params[w + W_S_TIME] = s_time
    params[w + W_S_RHO] = s_rho
    params[w + W_D_NP] = d_out
    params[w + W_D_PN] = d_back
    if params[BREAKING] > 0.0:
        hits, slope = _breaking(x, j, params)
        params[w + W_HITS] = hits
        params[w + W_D_HITS] = slope
        params[w + W_PROTONS] = 4.0 - params[N_YIELD] - 2.0 * params[D_YIELD] - 3.0 * params[T_YIELD]
    _reactions(x, time, rho, s_time, s_rho, params, w + WORK)
    return w


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
    w = settle(x, params)
    n = int(params[NEUTRON])
    p = int(params[PROTON])
    out[:] = 0.0
    flow = params[w + W_PN] * y[p] - params[w + W_NP] * y[n]
    out[n] = flow
    out[p] = -flow
    if params[BREAKING] > 0.0:
        _broken(params[w + W_HITS] * y[int(params[HELIUM])], params[w + W_PROTONS], params, out)
    record = int(params[AT_RECORDS])
    at = w + WORK
    for _ in range(int(params[REACTIONS])):
        net = params[at + W_FORWARD] * _product(record + R_IN, -1, y, params)
        reverse = params[at + W_REVERSE]
        if reverse > 0.0:
            net -= reverse * _product(record + R_OUT, -1, y, params)
        _spread(record, net, params, out)
        record += RECORD
        at += WORK_OF_ONE


@kernel(RHS_SIGNATURE)
def network_dfdx(x, y, params, out):
    """Partial derivative of dY/dx by x at fixed abundances."""
    w = settle(x, params)
    n = int(params[NEUTRON])
    p = int(params[PROTON])
    out[:] = 0.0
    flow = params[w + W_D_PN] * y[p] - params[w + W_D_NP] * y[n]
    out[n] = flow
    out[p] = -flow
    if params[BREAKING] > 0.0:
        _broken(params[w + W_D_HITS] * y[int(params[HELIUM])], params[w + W_PROTONS], params, out)
    record = int(params[AT_RECORDS])
    at = w + WORK
    for _ in range(int(params[REACTIONS])):
        forward = params[at + W_FORWARD] * params[at + W_S_FORWARD]
        net = forward * _product(record + R_IN, -1, y, params)
        reverse = params[at + W_REVERSE]
        if reverse > 0.0:
            net -= reverse * params[at + W_S_REVERSE] * _product(record + R_OUT, -1, y, params)
        _spread(record, net, params, out)
        record += RECORD
        at += WORK_OF_ONE


@kernel(JAC_SIGNATURE)
def network_jac(x, y, params, out):
    """d(dY_i/dx)/dY_j; `out` starts as zeros."""
    w = settle(x, params)
    n = int(params[NEUTRON])
    p = int(params[PROTON])
    out[n, n] -= params[w + W_NP]
    out[p, n] += params[w + W_NP]
    out[n, p] += params[w + W_PN]
    out[p, p] -= params[w + W_PN]
    if params[BREAKING] > 0.0:
        _broken(params[w + W_HITS], params[w + W_PROTONS], params, out[:, int(params[HELIUM])])
    for r in range(int(params[REACTIONS])):
        record = int(params[AT_RECORDS]) + RECORD * r
        for side in range(2):
            at = record + (R_IN if side == 0 else R_OUT)
            sign = 1.0 if side == 0 else -1.0
            coefficient = sign * params[w + WORK + WORK_OF_ONE * r + side]
            if coefficient == 0.0:
                continue
            for place in range(int(params[at])):
                j = int(params[at + 1 + place])
                net = coefficient * _product(at, place, y, params)
                for i in range(int(params[record + R_IN])):
                    out[int(params[record + R_IN + 1 + i]), j] -= net
                for i in range(int(params[record + R_OUT])):
                    out[int(params[record + R_OUT + 1 + i]), j] += net
