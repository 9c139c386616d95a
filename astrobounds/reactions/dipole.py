"""Processes through a transition moment in a medium: Gamma* of every process at d = 1 MeV^-1.

Protons and electrons scatter neutrinos into N through a photon (with recoil, Pauli blocking and
screening), pairs annihilate, photons coalesce with neutrinos and, for light N, plasmons decay.
Absorption follows by detailed balance. Besides the columns of any medium these are needed: ``n_p``
(density of protons), ``k_ions``, ``k_electrons`` (screening momenta) and ``w_pl`` (plasma frequency).
"""

from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..errors import DomainError, did_you_mean
from ..numerics.collision import unit_rule
from ..numerics.jit import kernel
from .dipole_photons import inverse_decay_rates, modes, plasmon_rates
from .dipole_scattering import FORMS, annihilation_rates, upscatter_rates
from .medium import species
from .nuclei import has_nuclei, nucleus_table
from .threads import run_over_zones
from .upscatter import static_section

references = ("Chauhan:2024nfa", "MagillDipole2018", "Braaten:1993jw", "Raffelt:1985nk")

TARGETS = ("p", "e-", "e+", "nuclei")
KINDS = ("upscatter", "annihilation", "inverse decay", "plasmon")
_TAIL = np.ascontiguousarray(np.polynomial.laguerre.laggauss(10))


@dataclass(frozen=True)
class DipoleMedium:
    """Which processes of the core are counted, and how the medium screens them.

    Attributes
    ----------
    kinds : tuple of str
        Of ``"upscatter"``, ``"annihilation"``, ``"inverse decay"``, ``"plasmon"``.
    targets : tuple of str
        Of ``"p"``, ``"e-"``, ``"e+"``, ``"nuclei"`` (heavy ones, where the profile has them).
    recoil : bool
        True: thermal targets with recoil and Pauli blocking. False: infinitely heavy protons
        without blocking, as in older work; too fast for heavy N (38 % in the cross section at
        m = 200, E = 300 MeV).
    proton_screening, electron_screening : {"F1", "F2"}
        F1 = Q^2/(Q^2+k^2), the structure factor of ions; F2 = F1^2, a screened propagator.
    debye : {"blocked", "density"}
        Proton momentum k_S^2 = 4 pi alpha n/T with n = 2 int f(1-f) or with the density.
    """

    kinds: tuple = KINDS
    targets: tuple = TARGETS
    recoil: bool = True
    proton_screening: str = "F1"
    electron_screening: str = "F2"
    debye: str = "blocked"

    def __post_init__(self):
        object.__setattr__(self, "kinds", tuple(self.kinds))
        object.__setattr__(self, "targets", tuple(self.targets))
        for what, given, allowed in (
            ("kinds", self.kinds, KINDS),
            ("targets", self.targets, TARGETS),
            ("screening", (self.proton_screening, self.electron_screening), tuple(FORMS)),
            ("debye", (self.debye,), ("blocked", "density")),
        ):
            for item in given:
                if item not in allowed:
                    raise DomainError(
                        f"{what}: {item!r}{did_you_mean(item, allowed)}; allowed: {', '.join(allowed)}"
                    )
        if not self.recoil and not set(self.targets) <= {"p", "nuclei"}:
            raise DomainError(
                "recoil = False is the limit of heavy targets: set targets=('p',) with it"
            )


DEFAULT_MEDIUM = DipoleMedium()


@kernel
def _upscatter_table(energy, m, mass, mu, mu_nu, t, k, form, outer, inner, tail, out):
    """Fill ``out[zone, energy, sign, helicity]`` for one target."""
    for z in range(t.size):
        for i in range(energy.size):
            upscatter_rates(
                energy[i], m, mass[z], mu[z], mu_nu[z], t[z], k[z], form, outer, inner, tail,
                out[z, i],
            )  # fmt: skip


@kernel
def _static_table(energy, m, density, k, form, rule, out):
    """As above for heavy protons: Gamma*_h = n sigma_h E/p."""
    sections = np.empty(2)
    for z in range(density.size):
        for i in range(energy.size):
            e = energy[i]
            static_section(e, m, k[z], form, rule, sections)
            for h in range(2):
                rate = density[z] * sections[h] * e / np.sqrt((e - m) * (e + m))
                out[z, i, 0, h] = rate
                out[z, i, 1, h] = rate


@kernel
def _annihilation_table(energy, m, mu_e, mu_nu, t, outer, inner, out):
    """As above for e- e+ <-> nubar N."""
    for z in range(t.size):
        for i in range(energy.size):
            annihilation_rates(
                energy[i], m, const.M_E, mu_e[z], mu_nu[z], t[z], outer, inner, out[z, i]
            )


@kernel
def _inverse_decay_table(energy, m, w_pl, mu_nu, t, rule, out):
    """As above for gamma nu <-> N with m_T^2 = 1.5 w_pl^2."""
    for z in range(t.size):
        for i in range(energy.size):
            mass2 = 1.5 * w_pl[z] ** 2
            inverse_decay_rates(energy[i], m, mass2, mu_nu[z], t[z], rule, out[z, i])


@kernel
def _plasmon_table(energy, m, w_pl, mu_nu, t, table, rule, out):
    """As above for gamma* <-> nubar N, both polarisations."""
    part = np.empty((2, 2))
    for z in range(t.size):
        for i in range(energy.size):
            for polarisation in range(2):
                plasmon_rates(
                    energy[i], m, w_pl[z], mu_nu[z], t[z], polarisation, table[polarisation], rule,
                    part,
                )  # fmt: skip
                out[z, i] += part


def possible(processes, medium, options):
    """Return the processes that the options ask for and whose targets are part of a medium."""
    return [
        p for p in processes
        if p.kind in options.kinds and (not p.target or p.target in options.targets)
        and (p.target != "nuclei" or has_nuclei(medium))
    ]  # fmt: skip


def energy_grid(mass, top, n):
    """Return energies dense near the mass: screening bends the rates at E ~ k, far below T."""
    u = np.linspace(0.0, 1.0, n)
    u[0] = np.sqrt(0.02 / n)
    return mass + (top - mass) * u**4


def chemical_potentials(processes, medium):
    """Return the chemical potential [MeV] of N in every process, shape (n_process, n_places)."""
    return np.array([p.lepton_number * medium[f"mu_nu_{p.flavour}"] for p in processes])


def _scattering(process, energy, mass, mu, medium, zones, options, rules, out):
    """Fill ``out[zone, energy, sign, helicity]`` of upscattering on protons or electrons."""
    proton = process.target == "p"
    screening = np.ascontiguousarray(medium["k_ions" if proton else "k_electrons"][zones])
    form = FORMS[options.proton_screening if proton else options.electron_screening]
    if not options.recoil:
        _static_table(energy, mass, medium["n_p"][zones], screening, form, rules[2], out)
        return
    own, level = (np.ascontiguousarray(x[zones]) for x in species(medium, process.target))
    t = np.ascontiguousarray(medium["T"][zones])
    _upscatter_table(energy, mass, own, level, mu, t, screening, form, *rules[:2], _TAIL, out)


def _fill(process, energy, mass, medium, zones, options, rules):
    """Return Gamma* of one process and its conjugate at some places, (zone, energy, sign, helicity)."""
    t = np.ascontiguousarray(medium["T"][zones])
    mu = np.ascontiguousarray(medium[f"mu_nu_{process.flavour}"][zones])
    out = np.zeros((t.size, energy.size, 2, 2))
    if process.target == "nuclei":
        k_ions = np.ascontiguousarray(medium["k_ions"][zones])
        nucleus_table(energy, mass, medium, zones, mu, k_ions, unit_rule(32), out)
    elif process.kind == "upscatter":
        _scattering(process, energy, mass, mu, medium, zones, options, rules, out)
    elif process.kind == "annihilation":
        level = np.ascontiguousarray(medium["mu_e"][zones])
        _annihilation_table(energy, mass, level, mu, t, *rules[:2], out)
    else:
        w_pl = np.ascontiguousarray(medium["w_pl"][zones])
        if process.kind == "inverse decay":
            _inverse_decay_table(energy, mass, w_pl, mu, t, rules[2], out)
        elif 1.5 * w_pl.max() ** 2 > mass**2:
            _plasmon_table(energy, mass, w_pl, mu, t, modes(), rules[2], out)
    return out


def reduced_rates(processes, mass, energy, medium, outer, inner, options):
    """Return Gamma* [MeV] at d = 1 MeV^-1; helicity index 0 is the one of a relativistic N.

    Parameters
    ----------
    processes : sequence of DipoleProcess
    mass : float
        MeV.
    energy : ndarray, shape (n_energy,)
        MeV.
    medium : mapping
    outer, inner : int
        Gauss nodes, as for contact processes.
    options : DipoleMedium

    Returns
    -------
    ndarray, shape (n_process, n_places, n_energy, 2)

    Notes
    -----
    Protons are point-like with the effective mass of the medium, without anomalous moment or
    form factor; nucleon-nucleon processes are neglected. Heavy nuclei scatter coherently (`nuclei`)
    and screen protons too. Inverse decay uses the asymptotic photon mass; for a mass below it
    plasmon decay has the full dispersion.

    References
    ----------
    arXiv:1803.03262, arXiv:2402.01624, arXiv:hep-ph/9302213, doi:10.1103/PhysRevD.33.897,
    doi:10.1016/S0927-6505(96)00047-3.
    """
    places = np.size(medium["T"])
    rules = unit_rule(outer), unit_rule(inner + 4), unit_rule(outer + 4)
    groups = {}  # a process and its conjugate, and flavours with equal levels, share integrals
    for i, p in enumerate(processes):
        key = (p.kind, p.target, np.asarray(medium[f"mu_nu_{p.flavour}"]).tobytes())
        groups.setdefault(key, []).append(i)
    rates = np.zeros((len(processes), places, energy.size, 2))

    def fill(zones, members):
        both = _fill(processes[members[0]], energy, mass, medium, zones, options, rules)
        for i in members:
            rates[i, zones] = both[:, :, 0 if processes[i].lepton_number > 0 else 1]

    run_over_zones(fill, list(groups.values()), places)
    return rates
