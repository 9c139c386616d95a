"""nu_a nu_b <-> X between thermal neutrinos and a boson resolved in momentum (compiled core).

A boson of mass m, energy E and momentum p has, per polarisation and ordered pair of flavours (a, b),

    df/dt = (m W_ab/(E p)) int dE_1 [f_a f_b (1 + f) - f (1 - f_a)(1 - f_b)],   E_2 = E - E_1,

over E_1 from (E - p)/2 to (E + p)/2. W is the symmetric matrix of widths whose elements sum to the
total width; neutrinos and antineutrinos of a flavour are alike. The bracket is
f_a f_b - f (1 - f_a - f_b): everything is linear in f, so a gain and a loss per mode say all.
Each event takes one neutrino of E_1 from a and one of E_2 from b, so that n_nu + 2 n_X and the energy
are kept exactly on any grid.
"""

import numpy as np

from ...numerics.jit import kernel

#: columns of gain and loss: occupation of X, then numbers and energies of the three flavours
COLUMNS = 7
PI2 = np.pi**2


def momentum_nodes(count, top, low=0.0):
    """Return nodes and weights of y = p/T_d from ``low`` to ``top``, denser towards the lower end."""
    u, w = np.polynomial.legendre.leggauss(count)
    u, w = 0.5 * (u + 1.0), 0.5 * w
    return low + (top - low) * u**2, 2.0 * (top - low) * u * w


def angle_nodes(count):
    """Return nodes c (ascending and symmetric) and weights (sum one) of E_1 = (E + p c)/2."""
    c, w = np.polynomial.legendre.leggauss(count)
    return c, 0.5 * w


@kernel
def _occupations(energy, momentum, c, temperature, xi, f):
    """f_a at (E + p c)/2, shape (3, angles)."""
    for a in range(3):
        for k in range(c.shape[0]):
            x = 0.5 * (energy + momentum * c[k]) / temperature[a] - xi[a]
            f[a, k] = 1.0 / (np.exp(min(x, 600.0)) + 1.0)


@kernel
def rates(mass, degrees, widths, most, falling, y, w, c, wc, temperature, xi, gain, loss):
    """Fill ``gain`` and ``loss``, shape (modes, 7): d/dt = sum over modes of gain - loss f.

    Column 0 is df/dt of the mode itself [MeV]; 1 to 3 are dn_a/dt in units of T_d^3 and 4 to 6
    drho_a/dt in units of T_d^4, for a = e, mu, tau (with the signs of the neutrinos: a gain of X is a
    loss of theirs). ``widths``: (3, 3) [MeV]; ``most``: largest m/E that counts, so that no mode is
    driven faster than ``most`` times the width; ``falling``: T_d [MeV]; ``temperature``, ``xi``: (3,).
    """
    n, last = y.shape[0], c.shape[0] - 1
    f = np.empty((3, c.shape[0]))
    for k in range(n):
        p = y[k] * falling
        e = np.hypot(p, mass)
        _occupations(e, p, c, temperature, xi, f)
        for column in range(COLUMNS):
            gain[k, column] = 0.0
            loss[k, column] = 0.0
        state = degrees / (2.0 * PI2) * w[k] * y[k] * y[k]
        for a in range(3):
            for b in range(a + 1):
                width = widths[a, b] * (1.0 if a == b else 2.0)
                if width == 0.0:
                    continue
                made, left, made_a, left_a = 0.0, 0.0, 0.0, 0.0
                for i in range(last + 1):
                    fa, fb = f[a, i], f[b, last - i]
                    e1 = 0.5 * (e + p * c[i])
                    up, down = wc[i] * fa * fb, wc[i] * (1.0 - fa - fb)
                    made += up
                    left += down
                    made_a += e1 * up
                    left_a += e1 * down
                unit = width * min(mass / e, most)
                gain[k, 0] += unit * made
                loss[k, 0] += unit * left
                unit *= state
                gain[k, 1 + a] -= unit * made
                loss[k, 1 + a] -= unit * left
                gain[k, 1 + b] -= unit * made
                loss[k, 1 + b] -= unit * left
                unit /= falling
                gain[k, 4 + a] -= unit * made_a
                loss[k, 4 + a] -= unit * left_a
                gain[k, 4 + b] -= unit * (e * made - made_a)
                loss[k, 4 + b] -= unit * (e * left - left_a)
