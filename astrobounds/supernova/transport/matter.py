"""Mixing in the matter of a star: how forward scattering changes what |U|^2 makes and absorbs.

An active neutrino of energy E has a potential V there, an antineutrino -V. In the propagator between
the weak vertex and an N of mass m, energy E, momentum p and helicity h, E + h p becomes
E - V + i Gamma/2 + h p, so |U|^2 is replaced by |U|^2 times

    1/[(1 - x)^2 + w^2],   x = V (E + p)/m^2,   w = (Gamma/2) (E + p)/m^2

for the helicity of a relativistic N; the other one has E + p in place of m^2/(E + p) and keeps its
|U|^2. For E >> m and small mixing this is sin^2 2theta_m/sin^2 2theta with x = 2 E V/m^2 and
w = E Gamma/m^2, Gamma being the collision rate of the active neutrino.

Where x crosses one the factor is a narrow line. Its integral along a path does not depend on Gamma:
the optical depth across the line is (pi/2) sin^2 2theta V/|dV/ds|, that of Landau and Zener. Cells
of a ray carry the mean of the factor over the cell and over the range of energies that a node stands
for, so no line is missed or hit by chance.
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import DomainError, did_you_mean

LIGHT = 0.3  # MeV, below it spectra need the finer energies that follow lines
_SAMPLES = 8  # points along a cell, so that a line is spread over the energies it has in the cell
_TINY = 1e-30  # width of a line without any collisions; its integral does not depend on it


def sin2_two_theta(sin2, x, width=0.0):
    """Return sin^2 2theta in matter, s^2/[s^2 + (cos 2theta - x)^2 + width^2].

    Parameters
    ----------
    sin2 : array_like
        s^2 = sin^2 2theta in vacuum, theta below 45 degrees.
    x : array_like
        2 E V/m^2, with the sign of V changed for antineutrinos.
    width : array_like
        E Gamma/m^2 from collisions.

    References
    ----------
    arXiv:1605.00654, doi:10.1103/PhysRevD.17.2369.
    """
    s2 = np.asarray(sin2, dtype=float)
    return s2 / (s2 + (np.sqrt(1.0 - s2) - x) ** 2 + np.square(width))


def mean_factor(low, high, width):
    """Return the mean of 1/[(1 - x)^2 + w^2] over x from ``low`` to ``high``, arrays of one shape."""
    width = np.maximum(width, _TINY)
    line = width * width + (1.0 - low) * (1.0 - high)
    angle = width * (high - low)
    safe = np.where(angle == 0.0, 1.0, angle)
    return np.where(angle == 0.0, 1.0 / np.where(line == 0.0, 1.0, line),
                    np.arctan2(safe, line) / safe)  # fmt: skip


def potentials(state):
    """Return ``{flavour: V [MeV]}`` of neutrinos in a state of matter; antineutrinos have -V.

    V_a = sqrt2 G_F [n_a + (n_nu_a + sum_b n_nu_b) - n_n/2], net densities; n_a counts charged
    leptons of flavour a, n_n the neutrons, those in nuclei included. Protons cancel electrons and
    muons. Neutrinos are those of the chemical potentials.
    """
    t = state["T"]

    def leptons(mu, states):  # net density of relativistic fermions
        return states * mu * (mu * mu + np.pi**2 * t * t) / (6.0 * np.pi**2)

    charged = {"e": leptons(state["mu_e"], 2), "tau": np.zeros_like(t)}
    muons = np.isfinite(state["mu_mu"])
    charged["mu"] = np.where(muons, _muons(np.where(muons, state["mu_mu"], 0.0), t), 0.0)
    seas = {f: leptons(state[f"mu_nu_{f}"], 1) for f in const.FLAVOURS}
    everything = sum(seas.values())
    baryons = state["n_B"] if "n_B" in state else state["rho"] * const.GRAM_CM3 / const.M_U
    neutrons = baryons - charged["e"] - charged["mu"]
    root = np.sqrt(2.0) * const.G_FERMI
    return {
        f: root * (charged[f] - 0.5 * neutrons + seas[f] + everything) for f in const.FLAVOURS
    }


def _muons(mu, t):
    """Net density of muons [MeV^3]."""
    from ..star import eos

    def density(a, x):
        return eos.number_density(a, const.M_MU, x, False, eos.RULE)

    return np.vectorize(lambda a, x: density(a, x) - density(-a, x))(mu, t)


def potential(star, radius, flavour):
    """Return the potential of a neutrino at radii of a star.

    Parameters
    ----------
    star : Star
    radius : Quantity
    flavour : {"e", "mu", "tau"}

    Returns
    -------
    Quantity, MeV
        For neutrinos; antineutrinos have the opposite sign.

    Raises
    ------
    DomainError
        For an unknown flavour or a radius outside the profile.
    """
    import astropy.units as u

    from ...units import length_cm

    if flavour not in const.FLAVOURS:
        raise DomainError(
            f"unknown flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; "
            f"allowed: {', '.join(const.FLAVOURS)}"
        )
    kilometres = np.asarray(length_cm(radius, "radius")) / 1e5
    values = potentials(star.at(kilometres))[flavour]
    return values.reshape(kilometres.shape) * u.MeV


def edge_radii(rays):
    """Return radii [km] of the edges of the cells of rays, surface first: one more than cells."""
    outer = np.cumsum(rays.length[:, ::-1], axis=1)[:, ::-1] / const.KM
    impact2 = rays.radius[:, :1] ** 2 - (rays.distance[:, :1] / const.KM) ** 2
    impact2 = np.maximum(impact2, 0.0)
    edge = np.concatenate([outer, np.zeros((outer.shape[0], 1))], axis=1)
    return np.sqrt(impact2 + edge**2)


@lru_cache(maxsize=4)
def _edges(star, rays):
    """Return ({flavour: V}, lapse) at the edges of the cells, shape (n_rays, n_cells + 1)."""
    radii = edge_radii(rays)
    inside = np.clip(radii, star.breaks[0], star.breaks[-1])  # rounding at the surface
    state = star.at(inside.ravel())
    values = {f: v.reshape(radii.shape) for f, v in potentials(state).items()}
    return values, state["lapse"].reshape(radii.shape)


class MatterMixing:
    """Factors of one mass on the cells of rays: means over the tile of an energy node and the cell.

    Parameters
    ----------
    star : Star
    rays : Rays
    mass_mev : float
    energy : ndarray, shape (nE,)
        Energies at infinity [MeV], nodes of a Gauss rule.
    weight : ndarray, shape (nE,)
        Their weights [MeV]: the tiles that nodes stand for.
    gravity : bool
        As in the transport: local energies are E/lapse.

    Attributes
    ----------
    resonant : set of str
        Flavours whose neutrinos or antineutrinos have a resonance at these energies in the star.
    """

    def __init__(self, star, rays, mass_mev, energy, weight, gravity):
        self._mass, self._energy = mass_mev, energy
        self._tiles = mass_mev + np.concatenate([[0.0], np.cumsum(weight)])
        self._potential, lapse = _edges(star, rays)
        self._lapse = lapse if gravity else np.ones_like(lapse)
        top = _both_over_mass2(self._tiles[-1] / self._lapse, mass_mev)
        self.resonant = {f for f, v in self._potential.items() if np.abs(v * top).max() >= 1.0}

    def factor(self, flavour, sign, gamma):
        """Return what |U|^2 is multiplied by, shape (nE, n_rays, n_cells).

        Parameters
        ----------
        flavour : str
        sign : {1, -1}
            Neutrino or antineutrino.
        gamma : ndarray, shape (nE, n_rays, n_cells)
            Collision rate of the active neutrino [MeV]: Gamma* at |U|^2 = 1.
        """
        samples = _SAMPLES if flavour in self.resonant else 1
        out = np.zeros_like(gamma)
        for u in (np.arange(samples) + 0.5) / samples:
            v, lapse = (
                edge[:, :-1] + u * (edge[:, 1:] - edge[:, :-1])
                for edge in (self._potential[flavour], self._lapse)
            )
            x = sign * v * _both_over_mass2(self._tiles[:, None, None] / lapse, self._mass)
            middle = _both_over_mass2(self._energy[:, None, None] / lapse, self._mass)
            out += mean_factor(x[:-1], x[1:], 0.5 * gamma * middle)
        return out / samples


def _both_over_mass2(energy, mass):
    """(E + p)/m^2."""
    return (energy + np.sqrt((energy - mass) * (energy + mass))) / mass**2
