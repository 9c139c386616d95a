"""Decay 1 -> 2 and 1 -> 3 in a medium, and its inverse, as one reduced rate.

    Gamma*(E) = (m/E) sum Gamma <prod (1 -+ f_i) + s prod f_i>,    mu_X = sum mu_i,

f_i the occupations of the products, upper sign fermions, s = +1 for a fermion that decays and -1 for a
boson; the mean is over the final states of an unpolarised parent: |M|^2 of the :class:`Decay` over
phase space, any orientation, boosted to E. Production is Gamma* f_eq(E - mu_X) by detailed balance, and
in vacuum Gamma* is the width over the Lorentz factor, exactly. Helicities are not told apart: that
matters where blocking does, to second order (the decay asymmetry times the slope of the blocking over
the decay energies).

Pions and other charged mesons have the chemical potential mu_n - mu_p + U_n - U_p of strong and beta
equilibrium, held at one temperature below their mass (their repulsion in matter forbids condensation).
Muons of a profile without muons, and taus, are absent: they do not block, and no inverse decay needs
them. Inclusive hadrons are neither blocked nor enhanced.
"""

import numpy as np

from .. import constants as const
from ..models.decays.kinematics import energy_rule, slices
from ..numerics.collision import unit_rule
from ..numerics.jit import kernel
from .threads import run_over_zones

MESONS = {
    "pi0": const.M_PI0, "pi+": const.M_PI, "K+": const.M_K, "eta": const.M_ETA, "etap": const.M_ETAP,
    "rho0": const.M_RHO, "rho+": const.M_RHO, "omega": const.M_OMEGA, "phi": const.M_PHI,
    "K*+": const.M_KSTAR,
}  # fmt: skip
references = ("Bondarenko:2018ptm", "Carenza:2023old")
ABSENT = -1e4  # MeV, chemical potential of what the medium does not have
_TWO = unit_rule(10)  # cosine of a two-body decay
_ENERGIES, _COSINE, _AZIMUTHS = 7, unit_rule(3), np.cos((np.arange(2) + 0.5) * np.pi / 2.0)


def occupation(state, name):
    """Return (mass, sign, mu) of a product: sign +1 fermion, -1 boson, 0 neither; mu shape (n_r,).

    Names as in :class:`~astrobounds.models.protocol.Decay`; what is not known is neither blocked nor
    enhanced.
    """
    t = state["T"]
    zero = np.zeros_like(t)
    charge = {"+": 1.0, "-": -1.0}.get(name[-1], 0.0)
    if name.startswith(("nu_", "nubar_")):
        sign = -1.0 if name.startswith("nubar_") else 1.0
        return 0.0, 1, sign * state[f"mu_nu_{name.rsplit('_', 1)[1]}"]
    if name[:-1] == "e":
        return const.M_E, 1, -charge * state["mu_e"]
    if name[:-1] == "mu":
        there = np.isfinite(state["mu_mu"])
        return const.M_MU, 1, np.where(there, -charge * np.where(there, state["mu_mu"], 0.0), ABSENT)
    if name[:-1] == "tau":
        return const.M_TAU, 1, zero + ABSENT
    if name == "gamma":
        return 0.0, -1, zero
    positive = name[:-1] + "+" if charge else name
    if positive in MESONS:
        mass = MESONS[positive]
        mu = zero  # without nucleons
        if "mu_n" in state:
            mu = -charge * (state["mu_n"] - state["mu_p"] + state["shift"])
        return mass, -1, np.minimum(mu, mass - t)
    return 0.0, 0, zero


@kernel
def _filling(energy, mu, t, sign):
    """Return the occupation of one product."""
    if sign == 0:
        return 0.0
    x = (energy - mu) / t
    if x > 300.0:
        return 0.0
    return 1.0 / (np.exp(x) + sign)


@kernel
def two_body_factor(energy, mass, masses, mus, signs, t, parent, rule):
    """Return <(1 -+ f1)(1 -+ f2) + s f1 f2> of a particle of this energy, isotropic at rest."""
    m1, m2 = masses[0], masses[1]
    gamma = energy / mass
    boost = np.sqrt(max((energy - mass) * (energy + mass), 0.0)) / mass
    e1 = 0.5 * (mass * mass + m1 * m1 - m2 * m2) / mass
    p1 = np.sqrt(max(e1 * e1 - m1 * m1, 0.0))
    total = 0.0
    for i in range(rule.shape[1]):
        first = gamma * e1 + boost * p1 * (2.0 * rule[0, i] - 1.0)
        f1 = _filling(first, mus[0], t, signs[0])
        f2 = _filling(energy - first, mus[1], t, signs[1])
        total += rule[1, i] * ((1.0 - signs[0] * f1) * (1.0 - signs[1] * f2) + parent * f1 * f2)
    return total


@kernel
def three_body_factor(energy, mass, mus, signs, t, parent, points, rule, azimuths):
    """Return the mean of the three fillings; ``points`` from :func:`dalitz_points`, shape (5, n)."""
    gamma = energy / mass
    boost = np.sqrt(max((energy - mass) * (energy + mass), 0.0)) / mass
    total = 0.0
    for k in range(points.shape[1]):
        weight, e1, e2 = points[0, k], points[1, k], points[2, k]
        along, across = points[3, k], points[4, k]
        p1 = points[5, k]
        for i in range(rule.shape[1]):
            c = 2.0 * rule[0, i] - 1.0
            s = np.sqrt(1.0 - c * c)
            first = gamma * e1 + boost * p1 * c
            f1 = _filling(first, mus[0], t, signs[0])
            for j in range(azimuths.size):
                second = gamma * e2 + boost * (along * c + across * s * azimuths[j])
                f2 = _filling(second, mus[1], t, signs[1])
                f3 = _filling(energy - first - second, mus[2], t, signs[2])
                stat = (1.0 - signs[0] * f1) * (1.0 - signs[1] * f2) * (1.0 - signs[2] * f3)
                total += weight * rule[1, i] / azimuths.size * (stat + parent * f1 * f2 * f3)
    return total


@kernel
def _two_body_table(energies, mass, masses, mus, signs, t, parent, rule, out):
    for z in range(t.size):
        for i in range(energies.size):
            out[z, i] = two_body_factor(energies[i], mass, masses, mus[z], signs, t[z], parent, rule)


@kernel
def _three_body_table(energies, mass, mus, signs, t, parent, points, rule, azimuths, out):
    for z in range(t.size):
        for i in range(energies.size):
            out[z, i] = three_body_factor(
                energies[i], mass, mus[z], signs, t[z], parent, points, rule, azimuths
            )


def dalitz_points(mass, masses, amplitude, nodes=_ENERGIES):
    """Return a rule over a three-body decay at rest, rows: weight, E1, E2, p2 along and across p1, p1.

    Weights |M|^2 dE1 dE2, normalised to one.
    """
    m1, m2, _ = masses
    flat = amplitude if amplitude is not None else lambda a, b, c: np.ones_like(a)
    e1, w = energy_rule(mass, masses, nodes)
    e2, e3, weight = slices(mass, masses, flat, e1)
    weight = weight * w[:, None]
    first = np.broadcast_to(e1[:, None], e2.shape)
    p1, p2 = (np.sqrt(np.maximum(e * e - m * m, 0.0)) for e, m in ((first, m1), (e2, m2)))
    p3 = np.maximum(e3 * e3 - masses[2] ** 2, 0.0)
    along = (p3 - p1 * p1 - p2 * p2) / (2.0 * np.maximum(p1, 1e-12))
    along = np.clip(along, -p2, p2)
    across = np.sqrt(np.maximum(p2 * p2 - along * along, 0.0))
    rows = (weight / weight.sum(), first, e2, along, across, p1)
    return np.ascontiguousarray([np.ravel(x) for x in rows])


def medium_factor(mass, products, amplitude, state, energy, parent=1):
    """Return (factor, mu_X) of a decay: shapes (n_r, nE) and (n_r,).

    Parameters
    ----------
    mass : float
        Of the particle that decays [MeV].
    products : tuple of str
        Two or three; any other number is neither blocked nor enhanced.
    amplitude : callable or None
        Of the three energies at rest, as in :class:`~astrobounds.models.protocol.Decay`.
    state : mapping
        Columns of the medium.
    energy : ndarray, shape (nE,)
        Energies in the frame of the medium [MeV].
    parent : {1, -1}
        +1 for a fermion, -1 for a boson.
    """
    t = np.ascontiguousarray(state["T"])
    filled = [occupation(state, name) for name in products]
    mu = sum(x[2] for x in filled)
    masses = np.array([x[0] for x in filled])
    signs = np.array([float(x[1]) for x in filled])
    factor = np.ones((t.size, energy.size))
    if len(products) not in (2, 3) or not np.all(signs):
        return factor, mu
    mus = np.ascontiguousarray(np.stack([x[2] for x in filled], axis=1))
    if len(products) == 2:
        _two_body_table(energy, mass, masses, mus, signs, t, float(parent), _TWO, factor)
        return factor, mu
    points = dalitz_points(mass, tuple(masses), amplitude)

    def fill(z, _):
        _three_body_table(
            energy, mass, mus[z], signs, t[z], float(parent), points, _COSINE, _AZIMUTHS, factor[z]
        )

    run_over_zones(fill, (None,), t.size)
    return factor, mu


def possible(processes, medium):
    """Return the processes: every decay is possible in any medium."""
    return list(processes)


def chemical_potentials(processes, medium):
    """Return the sum of the chemical potentials of the products [MeV], shape (n_process, n_places).

    One number stands for all decays with products that the medium does not have.
    """
    mu = np.array([sum(occupation(medium, p)[2] for p in q.products) for q in processes])
    return np.where(mu < 0.5 * ABSENT, ABSENT, mu)


def reduced_rates(processes, mass, energy, medium, outer, inner):
    """Return Gamma* [MeV] at unit coupling, shape (n_process, n_places, n_energy, 2).

    Parameters
    ----------
    processes : sequence of InverseDecays
    mass : float
        Of the fermion that decays [MeV].
    energy : ndarray, shape (n_energy,)
        MeV.
    medium : mapping
    outer, inner : int
        Not used: the mean over final states has nodes of its own, good to 0.5 %.
    """
    t = np.asarray(medium["T"])
    lorentz, cache = mass / energy, {}
    rates = np.empty((len(processes), t.size, energy.size, 2))
    for i, process in enumerate(processes):
        filled = [occupation(medium, name) for name in process.products]
        key = (tuple((m, s, mu.tobytes()) for m, s, mu in filled), process.amplitude)
        if key not in cache:
            cache[key] = medium_factor(mass, process.products, process.amplitude, medium, energy)[0]
        rates[i] = (process.width * cache[key] * lorentz)[..., None]
    return rates
