"""nu_a nu_b <-> X with neutrinos and X resolved in momentum (compiled core).

Unknowns: those of ``kinetic.march`` (occupations F_i of the states that propagate, z, dark radiation),
then the occupations of X. Every X mode meets pairs of neutrinos (E_1, E - E_1) at fixed directions: what
it gains is taken from the two nodes around E_1 and the two around E_2 with linear weights, so that number
and energy are kept exactly; F between nodes is linear in ln(1/F - 1), so that every rate vanishes for
Fermi-Dirac and Bose-Einstein occupations with mu_X = mu_1 + mu_2. Couplings are matrices in flavour:
between the states i and j the amplitude is (U_1^T A U_2)_ij with A_ab = sqrt(W_ab), so that averaged
oscillations carry a coupling to the other flavours. The integrator is ROS2, as in ``kinetic.march``.
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from ...numerics.linalg import lu_factor, lu_solve
from ...numerics.status import SUCCESS
from ..neutrinos.kinetic.kernels import electron_tables
from ..neutrinos.kinetic.march import GAMMA, change, flavours, hubble, jacobian, mixing

PI2 = np.pi**2


@kernel
def place_of(e, y):
    """Node below a momentum and the weights of it and the next that keep number and energy.

    Beyond the last node the energy goes there and the number follows from it.
    """
    last = y.shape[0] - 1
    if e >= y[last]:
        return last - 1, 0.0, e / y[last]
    i = min(max(np.searchsorted(y, e) - 1, 0), last - 1)
    u = (e - y[i]) / (y[i + 1] - y[i])
    return i, 1.0 - u, u


@kernel
def _odds(state, n, psi):
    """ln(1/F - 1) on the nodes, shape (3, n)."""
    for s in range(3):
        for i in range(n):
            f = min(max(state[s * n + i], 1e-30), 1.0 - 1e-12)
            psi[s, i] = np.log(1.0 / f - 1.0)


@kernel
def _between(psi, s, i, u):
    """F of a state at the fraction u between the nodes i and i + 1; nothing is beyond the last one."""
    if u > 1.0:
        return 0.0
    x = psi[s, i] + u * (psi[s, i + 1] - psi[s, i])
    return 1.0 / (np.exp(min(x, 690.0)) + 1.0)


@kernel
def _response(f, node):
    """df/dF of a node by which f is interpolated, over its weight; bounded where the node is empty."""
    node = min(max(node, 1e-30), 1.0 - 1e-12)
    return min(f * (1.0 - f) / (node * (1.0 - node)), 100.0)


@kernel
def _shares(amplitude, u1, u2, out):
    """(U_1^T A U_2)_ij^2."""
    for i in range(3):
        for j in range(3):
            total = 0.0
            for a in range(3):
                for b in range(3):
                    total += u1[a, i] * amplitude[a, b] * u2[b, j]
            out[i, j] = total * total


@kernel
def boson_energy(f, boson, falling, q, wq):
    """rho_X [MeV^4]; boson = (mass [MeV], spin states)."""
    total = 0.0
    for k in range(q.shape[0]):
        total += wq[k] * q[k] ** 2 * np.hypot(q[k], boson[0] / falling) * f[k]
    return boson[1] / (2.0 * PI2) * total * falling**4


@kernel
def exchange(state, boson, amplitude, falling, grids, angles, u, norm, clock, out, jac, with_jacobian):
    """Add the change of the occupations by nu nu <-> X to ``out``, and derivatives to ``jac``.

    ``grids``: y, w of neutrinos and q, wq of X; ``angles``: c, wc; ``u``: mixing on the nodes of y;
    ``norm``: of neutrinos; ``clock`` = (H, cap): changes are those per e-fold, d/dt/H (H = 1: d/dt in MeV),
    and no mode of X changes faster than ``cap`` times per unit of it.
    """
    y, w, q, wq = grids
    c, wc = angles
    n, mass, degrees = y.shape[0], boson[0], boson[1]
    first = 3 * n + 2
    psi, share = np.empty((3, n)), np.empty((3, 3))
    _odds(state, n, psi)
    width = (amplitude * amplitude).sum()
    rows, cols = np.empty(5, dtype=np.int64), np.empty(5)
    weights = np.empty(5)
    for k in range(q.shape[0]):
        f = state[first + k]
        e = np.hypot(q[k], mass / falling)
        unit = min(mass / (e * falling * clock[0]), clock[1] / max(width, 1e-300))
        many = degrees / (2.0 * PI2) * wq[k] * q[k] ** 2
        for m in range(c.shape[0]):
            e1, e2 = 0.5 * (e + q[k] * c[m]), 0.5 * (e - q[k] * c[m])
            i1, a1, b1 = place_of(e1, y)
            i2, a2, b2 = place_of(e2, y)
            v1, v2 = (e1 - y[i1]) / (y[i1 + 1] - y[i1]), (e2 - y[i2]) / (y[i2 + 1] - y[i2])
            _shares(amplitude, u[i1 if v1 < 0.5 else i1 + 1], u[i2 if v2 < 0.5 else i2 + 1], share)
            r1 = many * PI2 / norm
            weights[0] = -r1 * a1 / (w[i1] * y[i1] ** 2)
            weights[1] = -r1 * b1 / (w[i1 + 1] * y[i1 + 1] ** 2)
            weights[2] = -r1 * a2 / (w[i2] * y[i2] ** 2)
            weights[3] = -r1 * b2 / (w[i2 + 1] * y[i2 + 1] ** 2)
            weights[4] = 1.0
            for s in range(3):
                f1 = _between(psi, s, i1, v1)
                for t in range(3):
                    rate = unit * wc[m] * share[s, t]
                    if rate == 0.0:
                        continue
                    f2 = _between(psi, t, i2, v2)
                    free = 1.0 - f1 - f2
                    event = rate * (f1 * f2 - f * free)
                    rows[0], rows[1] = s * n + i1, s * n + i1 + 1
                    rows[2], rows[3] = t * n + i2, t * n + i2 + 1
                    rows[4] = first + k
                    for r in range(5):
                        out[rows[r]] += weights[r] * event
                    if not with_jacobian:
                        continue
                    d1, d2 = rate * (f2 + f), rate * (f1 + f)
                    cols[0] = d1 * (1.0 - v1) * _response(f1, state[rows[0]])
                    cols[1] = d1 * v1 * _response(f1, state[rows[1]])
                    cols[2] = d2 * (1.0 - v2) * _response(f2, state[rows[2]])
                    cols[3] = d2 * v2 * _response(f2, state[rows[3]])
                    cols[4] = -rate * free
                    for r in range(5):
                        for j in range(5):
                            jac[rows[r], rows[j]] += weights[r] * cols[j]


@kernel
def exchange_step(state, step, falling, grids, angles, norm, plasma, boson, amplitude, cap, u, room):
    """Advance by nu nu <-> X alone at a fixed T_d, so that number and energy are kept exactly.

    ``room``: (jac, matrix, pivot, k1, slope) of the right sizes.
    """
    y, w, q, wq = grids
    jac, matrix, pivot, k1, slope = room
    last = 3 * y.shape[0] + 2
    outside = boson_energy(state[last:], boson, falling, q, wq)
    H = hubble(falling, state[:last], y, w, norm, plasma, outside)
    clock = (H, cap)
    jac[:] = 0.0
    k1[:] = 0.0
    exchange(state, boson, amplitude, falling, grids, angles, u, norm, clock, k1, jac, True)
    matrix[:] = -GAMMA * step * jac
    for i in range(state.shape[0]):
        matrix[i, i] += 1.0
    if lu_factor(matrix, pivot) != SUCCESS:
        return False
    lu_solve(matrix, pivot, k1)
    trial = state + step * k1
    slope[:] = 0.0
    exchange(trial, boson, amplitude, falling, grids, angles, u, norm, clock, slope, jac, False)
    slope -= 2.0 * k1
    lu_solve(matrix, pivot, slope)
    state += step * (1.5 * k1 + 0.5 * slope)
    return True


@kernel
def weak_step(state, step, falling, oscillate, grids, norm, plasma, lists, boson, cold, again, u, room):
    """Advance everything but nu nu <-> X, as ``kinetic.march.march`` does; ``u`` ends at the later T_d.

    ``again``: renew the Jacobian; ``room``: (electron tables, rho, zero source, jac, matrix, pivot).
    """
    y, w, q, wq = grids
    electrons, rho, nothing, jac, matrix, pivot = room
    n = y.shape[0]
    last = 3 * n + 2
    f, now = state[last:], state[:last]
    row = np.zeros(3)
    quiet, later = falling < cold, falling * np.exp(-step)
    row[0] = boson_energy(f, boson, falling, q, wq)
    if quiet:
        matrix[:] = np.eye(last)
        if lu_factor(matrix, pivot) != SUCCESS:
            return False
    elif again:
        electron_tables(y, const.M_E / falling, now[3 * n], electrons[:2], electrons[2:])
        jacobian(falling, now, y, w, norm, plasma, lists, electrons, row, u, rho, jac)
        matrix[:] = np.eye(last) - GAMMA * step * jac
        if lu_factor(matrix, pivot) != SUCCESS:
            return False
    k1, slope = np.empty(last), np.empty(last)
    change(falling, now, y, w, norm, plasma, lists, electrons, row, nothing, u, rho, quiet, k1)
    lu_solve(matrix, pivot, k1)
    trial = now + step * k1
    if not quiet:
        electron_tables(y, const.M_E / later, trial[3 * n], electrons[:2], electrons[2:])
    mixing(later, trial[3 * n], y, plasma, oscillate, u)
    row[0] = boson_energy(f, boson, later, q, wq)
    change(later, trial, y, w, norm, plasma, lists, electrons, row, nothing, u, rho, quiet, slope)
    slope -= 2.0 * k1
    lu_solve(matrix, pivot, slope)
    now += step * (1.5 * k1 + 0.5 * slope)
    return True


@kernel
def march(start, step, refresh, oscillate, grids, angles, norm, plasma, lists, boson, amplitude, cap, cold,
          out, spectra, H):  # fmt: skip
    """March from ``out[0]`` to the last point, ``step`` apart in ln a.

    The weak interaction and nu nu <-> X take turns, the second at the T_d of the middle of the step.
    Returns the index of the point where a state is not finite, or -1.
    """
    y, w, q, wq = grids
    n, modes = y.shape[0], q.shape[0]
    last = 3 * n + 2
    size = last + modes
    u = np.zeros((n, 3, 3))
    weak = (np.zeros((4, n, n)), np.zeros((n, 3, 3)), np.zeros((3, n)), np.zeros((last, last)),
            np.zeros((last, last)), np.zeros(last, dtype=np.int64))  # fmt: skip
    pairs = (np.zeros((size, size)), np.zeros((size, size)), np.zeros(size, dtype=np.int64), np.empty(size),
             np.empty(size))  # fmt: skip
    falling = start
    mixing(falling, out[0, 3 * n], y, plasma, oscillate, u)
    flavours(out[0], u, spectra[0])
    electron_tables(y, const.M_E / falling, out[0, 3 * n], weak[0][:2], weak[0][2:])
    outside = boson_energy(out[0, last:], boson, falling, q, wq)
    H[0] = hubble(falling, out[0, :last], y, w, norm, plasma, outside)
    for k in range(out.shape[0] - 1):
        later, middle = start * np.exp(-step * (k + 1)), start * np.exp(-step * (k + 0.5))
        state, again = out[k].copy(), k % refresh == 0
        fine = weak_step(state, step, falling, oscillate, grids, norm, plasma, lists, boson, cold, again,
                         u, weak)  # fmt: skip
        fine = fine and exchange_step(state, step, middle, grids, angles, norm, plasma, boson, amplitude,
                                      cap, u, pairs)  # fmt: skip
        if not fine:
            return k + 1
        out[k + 1] = state
        flavours(state, u, spectra[k + 1])
        outside = boson_energy(state[last:], boson, later, q, wq)
        H[k + 1] = hubble(later, state[:last], y, w, norm, plasma, outside)
        if not np.isfinite(H[k + 1]) or not np.all(np.isfinite(state)):
            return k + 1
        falling = later
    return -1
