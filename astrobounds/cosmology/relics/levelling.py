"""Decays and inverse decays N <-> nu gamma that level the temperatures of photons and neutrinos.

A photon of energy E_gamma and a neutrino of E_nu make N of energy E, which give E/2 back to each. With
E_gamma - E_nu = p c (c the cosine in the frame of N) and weights exp(-E_gamma/T_gamma - E_nu/T_nu),

    f_eq = 1/(exp(E/T_N - xi) + 1), 2/T_N = 1/T_gamma + 1/T_nu,     Q = (Gamma m/4T^2) P_N (T_gamma - T_nu)

to first order, Q the energy per volume and time from photons to neutrinos, P_N the pressure of
N in equilibrium and xi = mu_nu/T. Q may be thousands of times faster than the expansion: between
the rounds that plasma and relic are solved in turn, the difference of temperatures follows an implicit
step with the response of the last round.
"""

from dataclasses import replace

import numpy as np

from ... import constants as const
from ...numerics.splines import slopes
from ..plasma import thermodynamics as plasma
from . import boltzmann as relic

COUPLED = 0.1  # of H, levelling that is worth a flag
_LIMIT = 1e-4  # of H, slower levelling is not followed
_WEAK = 2.0  # MeV, weak interactions level temperatures like H (T/_WEAK)^3
_RESPONSE = (0.434, 2.0)  # T^3 dT_nu/drho of a flavour: free number (1/(4 rho)), conserved number


def equilibrium_pressure(species, x, p, T, xi):
    """Pressure [MeV^4] of N in equilibrium along a history (modes p at ln a = x)."""
    _, weight = relic.momentum_grid(p.shape[1])
    energy = np.hypot(p, species.mass)
    occupation = species.equilibrium(energy / T[:, None] - xi[:, None])
    return species.degrees * np.exp(-3.0 * x) * ((occupation * p * p / (3.0 * energy)) @ weight)


class Levelling:
    """Exchange between photons and neutrinos in the rounds of ``relic_history``.

    Parameters
    ----------
    species : relic.Species
    electron : float
        Share of nu_e in the decays; the rest is nu_mu and nu_tau alike.
    with_xi : bool
        Whether neutrinos have chemical potentials.
    """

    def __init__(self, species, electron, with_xi):
        self.species, self.electron, self.with_xi = species, electron, with_xi
        self.flow = np.zeros(0)
        self.xi = None
        self.fastest = 0.0

    def _neutrino(self, of_e, of_mu):
        return self.electron * of_e + (1.0 - self.electron) * of_mu

    def bath(self, background, T):
        """Return T_N [MeV] and xi of N in equilibrium on a grid with photons at T; xi is damped."""
        n = min(len(T), len(background.Tg))
        ratio = np.ones_like(T)
        ratio[:n] = self._neutrino(background.Tnue[:n], background.Tnumu[:n]) / background.Tg[:n]
        ratio[n:] = ratio[n - 1]
        xi = np.zeros_like(T)
        xi[:n] = self._neutrino(background.xi_e[:n], background.xi_mu[:n])
        xi[n:] = xi[n - 1]
        if self.xi is not None:
            last = np.full_like(xi, self.xi[-1])
            last[: min(len(xi), len(self.xi))] = self.xi[: len(xi)]
            xi = 0.5 * (xi + last)
        self.xi = xi
        return 2.0 * T / (1.0 + 1.0 / ratio), xi

    def add(self, external, modes, background, T, H):
        """Return the external sources with the exchange of energy added."""
        species, x = self.species, modes.x
        n = min(len(T), len(background.Tg))
        Tg = T[:n]
        Tnu = self._neutrino(background.Tnue[:n], background.Tnumu[:n])
        T_N = 2.0 / (1.0 / Tg + 1.0 / Tnu)
        pressure = equilibrium_pressure(species, x[:n], modes.p[:n], T_N, self.xi[:n])
        speed = species.width * species.mass * pressure / (4.0 * Tg * Tnu * H[:n])
        states = np.empty((n, 4))
        plasma._states(np.ascontiguousarray(Tg), plasma.table("full"), states)
        each = self.electron**2 + 0.5 * (1.0 - self.electron) ** 2
        response = 1.0 / states[:, 3] + _RESPONSE[int(self.with_xi)] * each / Tnu**3
        self.fastest = float(np.max((response * speed)[Tg < 2.0], initial=0.0))
        if self.fastest < _LIMIT:
            return external
        last = np.zeros(n)
        last[: min(n, len(self.flow))] = self.flow[:n]
        gap = Tg - Tnu
        other = 1.0 + (Tg / _WEAK) ** 3  # expansion, weak interactions; they cancel when rounds agree
        free = slopes(x[:n], gap) + other * gap + response * last
        new = _implicit(x[1] - x[0], free, other + response * speed)
        self.flow = speed * new
        flow = np.zeros_like(T)
        flow[:n] = self.flow * H[:n]
        nu_mu = 0.5 * (1.0 - self.electron) * flow
        return replace(
            external,
            em=external.em - flow,
            nue=external.nue + self.electron * flow,
            numu=external.numu + nu_mu,
        )


def _implicit(dx, source, rate):
    """y of dy/dx = source - rate y from y = 0, backward in every step."""
    y = np.zeros_like(source)
    for i in range(len(y) - 1):
        y[i + 1] = (y[i] + dx * source[i + 1]) / (1.0 + dx * rate[i + 1])
    return y


def exchange(evolution):
    """Return the largest rate over H, below 2 MeV, at which N <-> nu gamma levels T_gamma and T_nu."""
    modes, background = evolution.modes, evolution.background
    species = modes.species
    points = min(len(modes.x), len(background.Tg))  # resolved spectra may end a little later
    cold = np.flatnonzero(background.Tg[:points] < _WEAK)
    T, H = background.Tg[cold], background.H[cold] * const.HBAR
    pressure = equilibrium_pressure(species, modes.x[cold], modes.p[cold], T, np.zeros_like(T))
    neutrinos = 7.0 * np.pi**2 / 120.0 * T**4
    return float(np.max(species.width * species.mass * pressure / (16.0 * T * neutrinos * H)))


def unlevelled(evolution):
    """Return a flag where resolved neutrinos would have to be levelled with photons."""
    if evolution.background.spectra is None or exchange(evolution) <= COUPLED:
        return ()
    return ((
        "photons and neutrinos coupled",
        f"below {_WEAK:g} MeV inverse decays level the temperatures of photons and neutrinos "
        f"{exchange(evolution):.2g} times as fast as the Universe expands, which is followed with "
        "thermal neutrinos only",
    ),)  # fmt: skip
