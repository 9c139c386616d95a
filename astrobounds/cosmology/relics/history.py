"""A decaying relic in the expanding plasma: hot epoch, decoupling, heat, mesons, all consistent.

From T_MATCH on the relic's modes and the plasma are solved in turn until they agree: the modes on
the last expansion, then ``decoupling.solve`` with the relic's energy density and its heat, neutrinos
and dark radiation. Baryons enter through the capture of pions, normalised to today's photons.
"""

from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from ...errors import ConvergenceError
from ..neutrinos import decoupling
from ..neutrinos.expansion import energy_integral
from ..plasma import baryons
from . import boltzmann as relic
from . import injection, mesons

references = (*relic.references, *injection.references, *mesons.references)

TOLERANCE = 3e-6  # of T_gamma and H between two rounds
MAX_ROUNDS = 60
T_NUCLEI = 0.08  # MeV, deuterium and helium exist below
T_LAST = 1e-6  # MeV, matter rules from there on
CLOCK = 1.32  # t T^2 [s MeV^2] of the standard Universe below 20 keV
T_THERMAL = 5.0  # MeV, neutrinos injected below keep their spectrum
STRIDE = 8  # 2 -> 2 rates on every eighth point
_LEFT = 500.0  # lifetimes, more are nothing
_CONTACT_FROM = 1e-5  # of Gamma/H at T_MATCH, below it 2 -> 2 is over


@dataclass(frozen=True, eq=False)
class Evolution:
    """A relic in the early Universe.

    Attributes
    ----------
    hot : relic.Hot
        Production and decoupling above 12 MeV.
    modes : relic.Modes
        The relic on the grid of the background.
    injection : injection.Injection
    background : decoupling.Background
    energies : ndarray, shape (7, n)
        Shares of the decay energy in heat, nu_e, nu_mu, nu_tau; then numbers of nu_e, nu_mu,
        nu_tau per decay over the mass [1/MeV]. Dark decays do not count.
    population : mesons.Population
    rounds : int
        Rounds until relic and plasma agreed.
    flags : tuple of (str, str)
        Name and explanation of what lies outside the validated physics.
    """

    hot: relic.Hot
    modes: relic.Modes
    injection: injection.Injection
    background: decoupling.Background
    energies: np.ndarray
    population: mesons.Population
    rounds: int
    flags: tuple

    @property
    def lifetime(self):
        """Seconds."""
        return self.modes.species.lifetime

    @property
    def references(self):
        """BibTeX keys of everything that entered."""
        return tuple(sorted({*references, *self.modes.species.production.references}))

    def with_conversion(self, eta, n_to_p, p_to_n, first):
        """Return the background with this relic and what its mesons do to nucleons."""
        more = None
        if self.population is not None:
            more = self.conversion(eta, n_to_p, p_to_n, first)
        return replace(self.background, conversion=more, relic_history=self)

    def conversion(self, eta, n_to_p, p_to_n, first):
        """Return further rates of n -> p, p -> n [1/s] and X_n at the first point.

        ``n_to_p``, ``p_to_n``: weak rates [1/s] from point ``first`` of the background on. The
        neutron fraction decides how many mesons meet p or n; two passes are enough.
        """
        part = slice(first, None)
        background = self.background
        n_b = baryon_density(background, eta)[part]
        decays = np.maximum(self.modes.decays[part] * background.H[part] * const.HBAR, 0.0)
        neutrons = np.full(len(n_b), 0.5)
        for _ in range(3):
            found = mesons.population(background.Tg[part], n_b, neutrons, decays, self.injection.visible)
            out, back = n_to_p + found.n_to_p, p_to_n + found.p_to_n
            start = back[0] / (out[0] + back[0])
            neutrons = mesons.neutron_fraction(background.t[part], out, back, start)
        return found.n_to_p, found.p_to_n, float(start)


def baryon_density(background, eta):
    """Return n_b [MeV^3] along a background for n_b/n_gamma = eta today."""
    return eta * baryons.N_GAMMA_0 * np.exp(-3.0 * background.ln_a)


def end_of_decays(lifetime):
    """Return T [MeV] where all but e^-15 of a relic is gone, T_END or colder, at least 1 eV.

    On the standard clock that is 40 lifetimes: what decays late makes H(T) larger, at most some
    three times in the end.
    """
    if lifetime == np.inf:
        return decoupling.T_END
    late = np.sqrt(CLOCK / (40.0 * lifetime))
    return float(min(decoupling.T_END, max(late, T_LAST)))


def extended(background, points, dx):
    """T_gamma and H [MeV] on a longer grid; radiation beyond the end."""
    T, H = background.Tg, background.H * const.HBAR
    more = points - len(T)
    if more <= 0:
        return T[:points], H[:points]
    x = dx * np.arange(1, more + 1)
    return (
        np.concatenate([T, T[-1] * np.exp(-x)]),
        np.concatenate([H, H[-1] * np.exp(-2.0 * x)]),
    )


def _undecayed(modes, power, H, background):
    """Rate at which a relic decays on balance [1/s] and exp(rate t), t its time since T_MATCH.

    What the relic gives is this factor times less: with it the expansion lets the relic decay by its own
    clock, and few rounds are needed.
    """
    step = modes.x[1] - modes.x[0]
    t = step * const.HBAR * np.concatenate([[0.0], np.cumsum(0.5 / H[1:] + 0.5 / H[:-1])])
    known = min(len(background.t), len(t))
    found = background.t[:known] - background.t[0]
    t += found[-1] - t[known - 1]
    t[:known] = found
    rate = np.clip((power + modes.dark * H) / np.maximum(modes.rho, 1e-300), 0.0, modes.species.width)
    rate = np.minimum(rate / const.HBAR, _LEFT / np.maximum(t, 1e-30))
    return rate, np.exp(rate * t)


def _still_in_contact(species, hot):
    """True if 2 -> 2 processes matter below T_MATCH."""
    if species.production.begin < relic.T_MATCH:
        return True
    rates = relic.contact_matrix(species, hot.T[-1:], hot.modes.p[-1:], species.copies[0][1])
    if rates is None:
        return False
    return float(rates.max()) > _CONTACT_FROM * hot.H[-1]


def evolve(species, injected, eta, mixing="averaged", with_xi=True, qed="full", delta_neff=0.0,
           with_mesons=True, start=None, finish=None, **grid):  # fmt: skip
    """Return the :class:`Evolution` of a relic.

    Parameters
    ----------
    species : relic.Species
    injected : injection.Injection
    eta : float
        Baryons per photon today.
    mixing, with_xi, qed, delta_neff, **grid
        As in :func:`decoupling.solve`.
    with_mesons : bool
        False: all muons, pions and kaons decay, and none meets a nucleon.
    start : relic.Hot, optional
        The relic above T_MATCH, where it is known.
    finish : callable, optional
        What makes the result of this one, of thermal neutrinos: :func:`momentum.resolve`.

    Raises
    ------
    ConvergenceError
        If plasma and relic do not agree after 60 rounds.
    """
    dx = grid.get("dx", decoupling.DX)
    last = end_of_decays(species.lifetime)
    hot = relic.through_hot_plasma(species) if start is None else start
    contact = _still_in_contact(species, hot)
    options = dict(mixing=mixing, with_xi=with_xi, qed=qed, delta_neff=delta_neff, **grid)
    end = last
    background = decoupling.solve(relic.T_MATCH, end, dark=hot.dark, **options)
    levelling = species.production.levelling(species, with_xi)
    for count in range(1, MAX_ROUNDS + 1):
        points = len(decoupling.free_falling(relic.T_MATCH, end, dx))
        T, H = extended(background, points, dx)
        x = dx * np.arange(points)
        bath = None if levelling is None else levelling.bath(background, T)
        modes = relic.follow(species, x, T, H, hot.start, STRIDE, contact, bath)
        found, energies = meson_energies(modes, injected, T, H, background, eta, with_mesons)
        power = (modes.decay + modes.contact) * H
        each = modes.rho / np.maximum(modes.number, 1e-300)
        number = H * injected.mass * (modes.net + modes.contact / np.maximum(each, species.mass))
        rate, more = None, 1.0
        if levelling is None:
            rate, more = _undecayed(modes, power, H, background)
        external = decoupling.External(
            rho=more * modes.rho,
            em=more * power * energies[0],
            nue=more * power * energies[1],
            numu=0.5 * more * power * (energies[2] + energies[3]),
            dark=more * modes.dark * H,
            nue_number=more * number * energies[4],
            numu_number=0.5 * more * number * (energies[5] + energies[6]),
            decay=rate,
        )
        if levelling is not None:
            external = levelling.add(external, modes, background, T, H)
        new = decoupling.solve(relic.T_MATCH, end, external=external, dark=hot.dark, **options)
        change = max(np.max(np.abs(new.Tg / T - 1.0)), np.max(np.abs(new.H * const.HBAR / H - 1.0)))
        background = new
        if background.Tg[-1] > 1.1 * last:
            end *= last / background.Tg[-1]  # entropy was injected: expand further
            continue
        if change < TOLERANCE:
            flags = _flags(species, injected, modes, background, power, energies, eta)
            out = Evolution(hot, modes, injected, background, energies, found, count, flags)
            if finish is None:
                return out
            return finish(out, eta, end, contact, qed, delta_neff, with_mesons, dx)
    raise ConvergenceError(
        f"relic of {species.mass:g} MeV, lifetime {species.lifetime:.3g} s: plasma and "
        f"relic still differ by {change:.2g} after {MAX_ROUNDS} rounds",
        stage="relic and decoupling",
    )


def meson_energies(modes, injected, T, H, background, eta, with_mesons):
    """Population of mesons, and heat, neutrino energies and numbers per energy of the decays."""
    if with_mesons and injected.visible[injection.MU : injection.KL + 1].any():
        ln_a = background.ln_a[0] + modes.x
        n_b = eta * baryons.N_GAMMA_0 * np.exp(-3.0 * ln_a)
        decays = np.maximum(modes.decays * H, 0.0)
        found = mesons.population(T, n_b, 0.5, decays, injected.visible)
        return found, injected.resolve(found.decaying) / injected.mass
    every = dict.fromkeys(("mu", "pi", "K", "KL"), np.ones(len(T)))
    return None, injected.resolve(every) / injected.mass


def _flags(species, injected, modes, background, power, energies, eta):
    """Reasons to doubt the result, as (name, explanation)."""
    out = []
    survivors = modes.number[-1] * np.exp(3.0 * modes.x[-1]) / max(modes.number[0], 1e-300)
    radiation = np.pi**2 / 15.0 * background.Tg**4
    if survivors > 1e-4 and modes.rho[-1] > 1e-4 * radiation[-1]:
        out.append((
            "decays unfinished",
            f"{100 * survivors:.3g} % of the relic is left at T = {1e6 * background.Tg[-1]:.3g} eV: what "
            "its energy does later to N_eff and eta is not included",
        ))  # fmt: skip
    step = modes.x[1] - modes.x[0]
    nue = background.Tnue**4 * energy_integral(background.xi_e)
    numu = background.Tnumu**4 * energy_integral(background.xi_mu)
    rho_nu = (nue + 2.0 * numu) / np.pi**2
    late = background.Tg < T_THERMAL
    share = power * (energies[1] + energies[2] + energies[3]) / (background.H * const.HBAR)
    injected_late = step * float(np.sum((share / rho_nu)[late]))
    if injected_late > 3e-3:
        out.append((
            "late neutrino injection",
            f"decays below {T_THERMAL:g} MeV add {100 * injected_late:.3g} % to the energy of the "
            "neutrinos, here with a thermal spectrum, which may give N_eff the wrong sign "
            "(arXiv:2103.09831): use momentum-resolved neutrinos",
        ))  # fmt: skip
    if max(np.max(np.abs(background.xi_e)), np.max(np.abs(background.xi_mu))) > 1.0:
        out.append((
            "neutrino spectra",
            "the neutrinos are far from equilibrium, |mu/T| > 1: their spectrum, and with it what "
            "they do to neutrons, is only indicative; use momentum-resolved neutrinos",
        ))  # fmt: skip
    hadrons = injected.visible[injection.PI : injection.KL + 1].sum()
    cold = background.Tg < T_NUCLEI
    per_baryon = step * hadrons * np.sum((modes.decays / baryon_density(background, eta))[cold])
    if per_baryon > 1e-6:
        out.append((
            "mesons on nuclei",
            f"{per_baryon:.2g} mesons per baryon appear below {T_NUCLEI:g} MeV and break helium: pions "
            "that stop are included, without their fast nucleons (30 %); kaons within a factor 2",
        ))  # fmt: skip
    return tuple(out)
