"""Boltzmann equations of three neutrino spectra and the plasma, marched in ln a (compiled core).

Unknowns: occupations F_i of the three states that propagate on the grid y = p/T_d, z = T_gamma/T_d,
and dark radiation, where T_d is the temperature that falls as 1/a. Oscillations are fast: the density
matrix stays diagonal in the basis of matter, which follows the potential adiabatically
(arXiv:2008.01074), rho = U F U^T and dF_i/dt = (U^T C U)_ii. Collisions among neutrinos are the same
in every basis of flavour, so they act on F_i. The integrator is the second-order W-method ROS2
(Verwer et al., SIAM J. Sci. Comput. 20, 1456): it keeps its order with any approximate Jacobian, so
that one factorisation serves several steps, and it is L-stable, so that steps do not see how fast neutrinos
equilibrate at high temperature.
"""

import numpy as np

from .... import constants as const
from ....numerics.jit import kernel
from ....numerics.linalg import lu_factor, lu_solve
from ....numerics.status import SUCCESS
from ...plasma.thermodynamics import plasma_state
from ..expansion import H_FACTOR
from . import electrons
from . import events as neutrinos
from .kernels import electron_tables

GAMMA = 1.0 - np.sqrt(0.5)
G2 = const.G_FERMI**2
PI2 = np.pi**2


@kernel
def hubble(falling, state, y, w, norm, plasma, outside):
    """H [MeV]; ``norm`` makes the sum over nodes exact for a Fermi-Dirac spectrum."""
    n = y.shape[0]
    _, rho, _, _ = plasma_state(falling * state[3 * n], plasma)
    energy = 0.0
    for a in range(3):
        for i in range(n):
            energy += w[i] * y[i] ** 3 * state[a * n + i]
    total = rho + falling**4 * (norm * energy / PI2 + state[3 * n + 1]) + outside
    return H_FACTOR * np.sqrt(max(total, 0.0))


@kernel
def _adiabatic(T, falling, plasma):
    """dz/d ln a of a plasma that exchanges no heat."""
    _, _, entropy, heat = plasma_state(T, plasma)
    return T / falling - 3.0 * T * entropy / (heat * falling)


@kernel
def block(source, rho, y, w, out):
    """Pauli blocking of a source, flavour by flavour, at the energy that the source has.

    A source that takes neutrinos away (inverse decays) takes them where they are.
    """
    n = y.shape[0]
    for a in range(3):
        energy, left = 0.0, 0.0
        for i in range(n):
            energy += w[i] * y[i] ** 3 * source[a, i]
        for i in range(n):
            f = min(max(rho[i, a, a], 0.0), 1.0)
            out[a, i] = source[a, i] * (1.0 - f if energy >= 0.0 else f)
            left += w[i] * y[i] ** 3 * out[a, i]
        if energy * left > 0.0:
            for i in range(n):
                out[a, i] *= energy / left


@kernel
def change(falling, state, y, w, norm, plasma, lists, tables, row, source, u, rho, quiet, out):
    """d(state)/d ln a; row = (rho outside [MeV^4], heat [MeV^5], dark heat [MeV^5]).

    ``source``: df/dt of the flavours [MeV], shape (3, n); ``u``: mixing, (n, 3, 3); ``rho``: room;
    ``quiet``: no collisions.
    """
    n = y.shape[0]
    z = state[3 * n]
    H = hubble(falling, state, y, w, norm, plasma, row[0])
    c = np.zeros((n, 3, 3))
    made = np.zeros((3, n))
    electrons.density_matrices(state, u, rho)
    block(source, rho, y, w, made)
    if not quiet:
        electrons.collide(rho, y, w, z, tables, c)
    gained = 0.0
    for i in range(n):
        gained += y[i] * (c[i, 0, 0] + c[i, 1, 1] + c[i, 2, 2])
    among = np.zeros((3, n))
    if not quiet:
        neutrinos.collide(state[: 3 * n].reshape((3, n)), lists[0], lists[1], among)
    unit = G2 * falling**5 / H
    for i in range(n):
        cell = unit / (w[i] * y[i] * y[i])
        for s in range(3):
            total = cell * among[s, i]
            for a in range(3):
                both = u[i, a, s] * u[i, a, s]
                total += both * (cell * c[i, a, a] + made[a, i] / H)
                for b in range(a):
                    total += 2.0 * cell * c[i, a, b] * u[i, a, s] * u[i, b, s]
            out[s * n + i] = total
    _, _, _, heat = plasma_state(falling * z, plasma)
    energy = norm / PI2 * falling**4 * unit * gained
    out[3 * n] = _adiabatic(falling * z, falling, plasma) - (energy - row[1] / H) / (heat * falling)
    out[3 * n + 1] = row[2] / (H * falling**4)


@kernel
def jacobian(falling, state, y, w, norm, plasma, lists, tables, row, u, rho, jac):
    """Derivatives of :func:`change`, those of H and of the electron tables left out.

    Collisions among neutrinos at the mean of the flavours: the method keeps its order with any matrix.
    """
    n = y.shape[0]
    z = state[3 * n]
    H = hubble(falling, state, y, w, norm, plasma, row[0])
    unit = G2 * falling**5 / H
    _, _, _, heat = plasma_state(falling * z, plasma)
    jac[:] = 0.0
    last = 3 * n
    electrons.density_matrices(state, u, rho)
    electrons.jacobian(rho, y, w, z, tables, u, jac)
    back = norm / PI2 * falling**3 * unit / heat
    for column in range(last + 1):
        total = 0.0
        for s in range(3):
            for i in range(n):
                total += y[i] * jac[s * n + i, column]
        jac[last, column] = -back * total
    T, small = falling * z, 1e-3 * falling * z
    more = _adiabatic(T + small, falling, plasma) - _adiabatic(T - small, falling, plasma)
    jac[last, last] += more / (2.0 * small) * falling
    own, other = np.empty((2, n, n))
    neutrinos.jacobian(state[: 3 * n].reshape((3, n)), lists[0], lists[1], own, other)
    for s in range(3):
        for q in range(3):
            for i in range(n):
                for k in range(n):
                    jac[s * n + i, q * n + k] += own[i, k] if s == q else other[i, k]
    for i in range(n):
        cell = unit / (w[i] * y[i] * y[i])
        for s in range(3):
            for column in range(last + 1):
                jac[s * n + i, column] *= cell


@kernel
def mixing(falling, z, y, plasma, oscillate, u):
    """Mixing matrices of every node, the unit matrix without oscillations."""
    T = falling * z
    _, _, entropy, _ = plasma_state(T, plasma)
    pairs = max(T * entropy - 4.0 * PI2 / 45.0 * T**4, 0.0)
    for i in range(y.shape[0]):
        if oscillate:
            electrons.mixing_matrix(y[i] * falling, pairs, u[i])
        else:
            u[i] = np.eye(3)


@kernel
def flavours(state, u, f):
    """f_a = Sum_i |U_ai|^2 F_i."""
    n = f.shape[1]
    for i in range(n):
        for a in range(3):
            total = 0.0
            for s in range(3):
                total += u[i, a, s] ** 2 * state[s * n + i]
            f[a, i] = total


@kernel
def _tables_at(k, start, step, y, out, tables):
    """Electron tables of point k, with T_gamma/T_d as the last points tell it."""
    n = y.shape[0]
    z = out[:, 3 * n]
    now = z[max(k - 2, 0)]  # point k - 2 is known
    if k > 3:  # parabola through k - 2, k - 3, k - 4
        now = 6.0 * z[k - 2] - 8.0 * z[k - 3] + 3.0 * z[k - 4]
    electron_tables(y, const.M_E / (start * np.exp(-step * k)), now, tables[:2], tables[2:])


@kernel
def _between(older, old, new, tables):
    """Tables half-way between ``old`` and ``new``, by the parabola through three."""
    for m in range(4):
        for i in range(tables.shape[1]):
            for j in range(i + 1):
                value = 0.75 * old[m, i, j] + 0.375 * new[m, i, j] - 0.125 * older[m, i, j]
                tables[m, i, j] = max(value, 0.0)


@kernel
def march(start, step, refresh, oscillate, y, w, norm, plasma, lists, rows, sources, cold, out, spectra, H):
    """March from ``out[0]`` to the last point, ``step`` apart in ln a.

    ``start``: T_d [MeV] of point 0; ``rows`` (points, 3), ``sources`` (points or 1, 3, n): see
    :func:`change`; ``cold``: T_d without collisions; ``out`` (points, 3 n + 2), ``spectra`` (points,
    3, n) of flavours, ``H`` [MeV]. Electron tables are computed at every second point and interpolated
    at the others; the Jacobian is new after ``refresh`` steps.
    Returns the index of the point where a state is not finite, or -1.
    """
    n = y.shape[0]
    size = 3 * n + 2
    jac, matrix, pivot = np.zeros((size, size)), np.eye(size), np.zeros(size, dtype=np.int64)
    bad = SUCCESS
    u, rho = np.zeros((n, 3, 3)), np.zeros((n, 3, 3))
    older, old, new, half = np.zeros((4, 4, n, n))
    k1, slope = np.empty(size), np.empty(size)
    many = sources.shape[0] > 1
    falling = start
    mixing(falling, out[0, 3 * n], y, plasma, oscillate, u)
    flavours(out[0], u, spectra[0])
    H[0] = hubble(falling, out[0], y, w, norm, plasma, rows[0, 0])
    _tables_at(0, start, step, y, out, new)
    for k in range(out.shape[0] - 1):
        later = start * np.exp(-step * (k + 1))
        state = out[k]
        quiet = falling < cold
        if not quiet and k % 2 == 0:
            older[:], old[:] = old if k > 0 else new, new
            _tables_at(k + 2, start, step, y, out[: k + 1], new)
            _between(older, old, new, half)
        now, then = (old, half) if k % 2 == 0 else (half, new)
        if quiet:
            matrix = np.eye(size)
            bad = lu_factor(matrix, pivot)
        elif k % refresh == 0:
            jacobian(falling, state, y, w, norm, plasma, lists, now, rows[k], u, rho, jac)
            matrix = np.eye(size) - GAMMA * step * jac
            bad = lu_factor(matrix, pivot)
        if bad != SUCCESS:
            return k + 1
        source = sources[k if many else 0]
        change(falling, state, y, w, norm, plasma, lists, now, rows[k], source, u, rho, quiet, slope)
        k1[:] = slope
        lu_solve(matrix, pivot, k1)
        trial = state + step * k1
        mixing(later, trial[3 * n], y, plasma, oscillate, u)
        source = sources[k + 1 if many else 0]
        change(later, trial, y, w, norm, plasma, lists, then, rows[k + 1], source, u, rho, quiet, slope)
        slope -= 2.0 * k1
        lu_solve(matrix, pivot, slope)
        out[k + 1] = state + step * (1.5 * k1 + 0.5 * slope)
        flavours(out[k + 1], u, spectra[k + 1])
        H[k + 1] = hubble(later, out[k + 1], y, w, norm, plasma, rows[k + 1, 0])
        if not np.isfinite(H[k + 1]) or not np.all(np.isfinite(out[k + 1])):
            return k + 1
        falling = later
    return -1
