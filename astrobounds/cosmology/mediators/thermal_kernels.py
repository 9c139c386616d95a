"""Right-hand side of photons, three thermal neutrinos and a boson resolved in momentum.

State: z = T_gamma/T_d; n_a/T_d^3 and rho_a/T_d^4 of nu_e, nu_mu, nu_tau (nu + nubar of each); occupations
of X at the nodes y = p/T_d, where T_d falls as 1/a. The clock is x = ln(a/a_start). All changes of
neutrinos, by electrons, by each other and by X, pass through the flavour probabilities of averaged
oscillations.
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from ...numerics.odetypes import JAC_SIGNATURE, RHS_SIGNATURE
from ..neutrinos.expansion import H_FACTOR, collision, response_at
from ..neutrinos.expansion import exchange as between
from ..neutrinos.kinetic.electrons import mixing_matrix
from ..plasma.thermodynamics import plasma_state
from .exchange import COLUMNS, rates
from .fermi import state

PI2 = np.pi**2
HEAD = 10  # start, mixing, dark, mass, degrees, cap, number of modes, angles, rows of the two tables
FIRST = 7  # unknowns before the occupations
MEAN = 3.15  # p/T of the mixing angles


def pack(start, mixing, dark, boson, cap, modes, angles, tables):
    """Return the parameters of :func:`slopes` as one array.

    Parameters
    ----------
    start : float
        T_d at x = 0 [MeV].
    mixing : float
        0: none, 1: common temperature, 2: averaged oscillations.
    dark : float
        Energy density of dark radiation over T_d^4.
    boson : neutrino_pairs.PairBoson
    cap : float
        No mode of X is driven faster than cap H: beyond, it follows equilibrium anyway.
    modes, angles : tuple of two ndarray
        Nodes and weights.
    tables : thermal.Tables
        Plasma and neutrino-electron collisions.
    """
    head = [start, mixing, dark, boson.mass, boson.degrees, cap, len(modes[0]), len(angles[0]),
            len(tables.pressures), len(tables.responses)]  # fmt: skip
    parts = [head, boson.widths, tables.f0, *modes, *angles, tables.pressures, tables.responses]
    return np.concatenate([np.ravel(np.asarray(p, dtype=float)) for p in parts])


@kernel
def _unpack(params):
    """Views of the packed arrays."""
    nx, nc, npr, nr = int(params[6]), int(params[7]), int(params[8]), int(params[9])
    at = HEAD
    widths = params[at : at + 9].reshape((3, 3))
    at += 9
    f0 = params[at : at + 10]
    at += 10
    y = params[at : at + nx]
    at += nx
    w = params[at : at + nx]
    at += nx
    c = params[at : at + nc]
    at += nc
    wc = params[at : at + nc]
    at += nc
    pressures = params[at : at + 3 * npr].reshape((npr, 3))
    at += 3 * npr
    responses = params[at : at + 20 * nr].reshape((nr, 20))
    return widths, f0, y, w, c, wc, pressures, responses


@kernel
def _weak(Tg, t, xi, responses, f0, energy, number):
    """Energy and number per volume and time into nu + nubar; returns the energy lost by the plasma."""
    f = np.empty(10)
    response_at(Tg, responses, f)
    gl, gm, gr = const.GL_NUE, const.GL_NUMU, const.GR_NU
    lost = 0.0
    for a in range(3):
        g = gl if a == 0 else gm
        energy[a], number[a] = collision(Tg, t[a], xi[a], 4.0 * (g * g + gr * gr), 4.0 * g * gr, f)
        lost += energy[a]
    for a in range(3):
        for b in range(a):
            q, n = between(t[a], t[b], xi[a], xi[b], f0)  # of two flavours like b
            energy[a] += 0.5 * q
            energy[b] -= 0.5 * q
            number[a] += 0.5 * n
            number[b] -= 0.5 * n
    return lost


@kernel
def _share(mixing, Tg, te, enthalpy, energy, number):
    """Pass the changes of the flavours through averaged oscillations."""
    if mixing == 0.0:
        return
    p = np.full((3, 3), 1.0 / 3.0)
    if mixing > 1.0:
        u = np.empty((3, 3))
        electrons = max(enthalpy - 4.0 * PI2 / 45.0 * Tg**4, 0.0)
        mixing_matrix(MEAN * te, electrons, u)
        for a in range(3):
            for b in range(3):
                total = 0.0
                for i in range(3):
                    total += (u[a, i] * u[b, i]) ** 2
                p[a, b] = total
    q0, q1, q2 = energy[0], energy[1], energy[2]
    n0, n1, n2 = number[0], number[1], number[2]
    for a in range(3):
        energy[a] = p[a, 0] * q0 + p[a, 1] * q1 + p[a, 2] * q2
        number[a] = p[a, 0] * n0 + p[a, 1] * n1 + p[a, 2] * n2


@kernel
def temperatures(y, falling, t, xi):
    """Fill T_a [MeV] and xi_a from a state."""
    for a in range(3):
        s, xi[a] = state(y[1 + a], y[4 + a])
        t[a] = s * falling


@kernel
def hubble(y, falling, params, nodes, weights, pressures):
    """H [MeV] and the total energy density [MeV^4]."""
    _, rho, _, _ = plasma_state(y[0] * falling, pressures)
    comoving = y[4] + y[5] + y[6] + params[2]
    mass, boson = params[3] / falling, 0.0
    for k in range(nodes.shape[0]):
        boson += weights[k] * nodes[k] ** 2 * np.hypot(nodes[k], mass) * y[FIRST + k]
    total = rho + falling**4 * (comoving + params[4] / (2.0 * PI2) * boson)
    return H_FACTOR * np.sqrt(total), total


@kernel
def _drive(x, y, params, gain, loss, energy, number):
    """Fill gain and loss of X, energies and numbers of the weak interaction; see :func:`slopes`.

    Returns H, rho, T_nue and the energy lost by the plasma.
    """
    widths, f0, nodes, weights, c, wc, pressures, responses = _unpack(params)
    falling = params[0] * np.exp(-x)
    t, xi = np.empty(3), np.empty(3)
    temperatures(y, falling, t, xi)
    H, rho = hubble(y, falling, params, nodes, weights, pressures)
    lost = _weak(y[0] * falling, t, xi, responses, f0, energy, number)
    most = params[5] * H / max(widths.sum(), 1e-300)
    rates(params[3], params[4], widths, most, falling, nodes, weights, c, wc, t, xi, gain, loss)
    return H, rho, t[0], lost


@kernel
def _assemble(x, y, params, gain, loss, energy, number, H, te, lost, out):
    _, _, nodes, _, _, _, pressures, _ = _unpack(params)
    falling = params[0] * np.exp(-x)
    cube = falling**3
    Tg = y[0] * falling
    for k in range(nodes.shape[0]):
        f = y[FIRST + k]
        for a in range(3):
            number[a] += cube * (gain[k, 1 + a] - loss[k, 1 + a] * f)
            energy[a] += cube * falling * (gain[k, 4 + a] - loss[k, 4 + a] * f)
        out[FIRST + k] = (gain[k, 0] - loss[k, 0] * f) / H
    _, _, entropy, heat = plasma_state(Tg, pressures)
    _share(params[1], Tg, te, Tg * entropy, energy, number)
    out[0] = y[0] - (3.0 * Tg * entropy + lost / H) / (heat * falling)
    for a in range(3):
        out[1 + a] = number[a] / (H * cube)
        out[4 + a] = energy[a] / (H * cube * falling)


@kernel(RHS_SIGNATURE)
def slopes(x, y, params, out):
    """d(state)/dx."""
    n = int(params[6])
    gain, loss = np.empty((n, COLUMNS)), np.empty((n, COLUMNS))
    energy, number = np.empty(3), np.empty(3)
    H, _, te, lost = _drive(x, y, params, gain, loss, energy, number)
    _assemble(x, y, params, gain, loss, energy, number, H, te, lost, out)


@kernel(JAC_SIGNATURE)
def jacobian(x, y, params, out):
    """Derivatives of :func:`slopes`: differences for the seven first unknowns, exact for X."""
    size = y.shape[0]
    n = int(params[6])
    first, second = np.empty(size), np.empty(size)
    moved = y.copy()
    for j in range(FIRST):
        step = 1e-6 * abs(y[j])
        moved[j] = y[j] + step
        slopes(x, moved, params, first)
        moved[j] = y[j] - step
        slopes(x, moved, params, second)
        moved[j] = y[j]
        for i in range(size):
            out[i, j] = (first[i] - second[i]) / (2.0 * step)
    gain, loss = np.empty((n, COLUMNS)), np.empty((n, COLUMNS))
    energy, number = np.empty(3), np.empty(3)
    H, rho, te, lost = _drive(x, y, params, gain, loss, energy, number)
    _assemble(x, y, params, gain, loss, energy, number, H, te, lost, first)
    _, _, nodes, weights, _, _, pressures, _ = _unpack(params)
    falling = params[0] * np.exp(-x)
    cube = falling**3
    Tg = y[0] * falling
    _, _, entropy, heat = plasma_state(Tg, pressures)
    first[0] -= y[0] - 3.0 * Tg * entropy / (heat * falling)  # what is left goes as 1/H
    mass = params[3] / falling
    unit = params[4] / (2.0 * PI2) * falling**4
    for k in range(n):
        column = FIRST + k
        weight = unit * weights[k] * nodes[k] ** 2 * np.hypot(nodes[k], mass)
        slower = -0.5 * weight / rho
        for i in range(size):
            out[i, column] = slower * first[i]
        out[column, column] -= loss[k, 0] / H
        for a in range(3):
            number[a] = -cube * loss[k, 1 + a]
            energy[a] = -cube * falling * loss[k, 4 + a]
        _share(params[1], Tg, te, Tg * entropy, energy, number)
        for a in range(3):
            out[1 + a, column] += number[a] / (H * cube)
            out[4 + a, column] += energy[a] / (H * cube * falling)
