"""Beta equilibrium: the proton fraction that weak reactions settle at, with electrons and muons.

With effective chemical potentials of nucleons (from n_i and m*_i), Delta = U_n - U_p = d (1 - 2 Y_p) and
mu_nu of the neutrinos,

    mu_e = mu_nu_e + mu_n - mu_p + Delta,   mu_mu = mu_nu_mu + mu_n - mu_p + Delta,
    Y_p n_B = n_e(mu_e) + n_mu(mu_mu),      n_l = particles minus antiparticles.

n_e + n_mu - Y_p n_B falls with Y_p: one root. Lepton potentials follow from it by the first line, so that
equilibrium holds to rounding and charge neutrality as well as the root is known (1e-13).
"""

import numpy as np

from ... import constants as const
from ...numerics.jit import kernel
from .eos import RULE, density_and_slope

_LOWEST, _HIGHEST = 1e-7, 0.75  # proton fractions between which the root is looked for


@kernel
def net_density(mu, m, t, rule):
    """Return particles minus antiparticles [MeV^3]."""
    return density_and_slope(mu, m, t, rule)[0] - density_and_slope(-mu, m, t, rule)[0]


@kernel
def invert_density(n, m, t, guess, rule):
    """Return mu of the density n by Newton's rule for ln n, which is concave in mu, from ``guess``."""
    mu = guess
    for _ in range(60):
        value, slope = density_and_slope(mu, m, t, rule)
        step = np.log(n / value) * value * t / slope
        mu += step
        if abs(step) < 1e-13 * max(abs(mu), t):
            break
    return mu


@kernel
def _excess_charge(y, n_b, mass, slope, t, nu_e, nu_mu, muons, rule, mus):
    """Return (n_e + n_mu)/n_B - y; ``mus`` holds mu_n, mu_p of the last call and is a first guess."""
    mus[0] = invert_density((1.0 - y) * n_b, mass, t, mus[0], rule)
    mus[1] = invert_density(y * n_b, mass, t, mus[1], rule)
    lift = mus[0] - mus[1] + slope * (1.0 - 2.0 * y)
    charge = net_density(nu_e + lift, const.M_E, t, rule)
    if muons:
        charge += net_density(nu_mu + lift, const.M_MU, t, rule)
    return charge / n_b - y


@kernel
def _root(n_b, mass, slope, t, nu_e, nu_mu, muons, rule, mus):
    """Return Y_p of equilibrium: bisection in ln y first, then the Illinois secant."""
    low, high = _LOWEST, _HIGHEST
    f_low = _excess_charge(low, n_b, mass, slope, t, nu_e, nu_mu, muons, rule, mus)
    f_high = _excess_charge(high, n_b, mass, slope, t, nu_e, nu_mu, muons, rule, mus)
    if f_low <= 0.0:
        return low
    if f_high >= 0.0:
        return high
    side = 0
    y = low
    for i in range(100):
        if i < 4:
            y = np.sqrt(low * high)
        else:
            y = (low * f_high - high * f_low) / (f_high - f_low)
        f = _excess_charge(y, n_b, mass, slope, t, nu_e, nu_mu, muons, rule, mus)
        if f > 0.0:
            low, f_low = y, f
            if side == 1:
                f_high *= 0.5
            side = 1
        else:
            high, f_high = y, f
            if side == -1:
                f_low *= 0.5
            side = -1
        if abs(f) < 1e-14 * y or high - low < 1e-15 * y:
            break
    return y


@kernel
def _fill_fractions(n_b, mass, slope, t, nu_e, nu_mu, muons, rule, out):
    for i in range(n_b.size):
        mus = np.array([mass[i], mass[i] - 3.0 * t[i]])
        out[i] = _root(n_b[i], mass[i], slope[i], t[i], nu_e[i], nu_mu[i], muons, rule, mus)


def proton_fraction(n_b, mass, slope, temperature, mu_nu_e=0.0, mu_nu_mu=0.0, muons=False):
    """Return Y_p of beta equilibrium at fixed neutrino chemical potentials.

    Parameters
    ----------
    n_b, mass, slope, temperature : array_like, shape (n,)
        Baryon density [MeV^3], effective mass of both nucleons, d = (U_n - U_p)/(1 - 2 Y), T [MeV].
    mu_nu_e, mu_nu_mu : array_like
        Chemical potentials of neutrinos [MeV].
    muons : bool
        True if muons carry charge too.

    Returns
    -------
    ndarray, shape (n,)
        Between 1e-7 and 0.75.
    """
    arrays = [
        np.ascontiguousarray(a, dtype=float).ravel()
        for a in np.broadcast_arrays(n_b, mass, slope, temperature, mu_nu_e, mu_nu_mu)
    ]
    out = np.empty(arrays[0].size)
    _fill_fractions(*arrays, bool(muons), RULE, out)
    return out.reshape(np.shape(n_b))
