"""Rates of a dipole-portal N in a star: a table like that of the HNL, at d = 1 MeV^-1.

Protons and electrons scatter neutrinos into N through a photon (with recoil, Pauli blocking and
screening), pairs annihilate, photons coalesce with neutrinos and, for light N, plasmons decay. The
transport then treats it as any other N: absorption follows by detailed balance.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from ...errors import DomainError, did_you_mean
from ...models.dipole import dipole_processes
from ...numerics.collision import unit_rule
from ...numerics.jit import kernel
from ...reactions.nuclei import has_nuclei, ion_screening, nucleus_table
from ...reactions.plasmon import inverse_decay_rates, modes, plasmon_rates
from ...reactions.upscatter import FORMS, annihilation_rates, static_section, upscatter_rates
from ..star import eos
from .rate_table import RateTable, Resolution, inside_break, radial_pieces

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


def _energy_grid(mass, top, n):
    """Return local energies dense near the mass: screening bends the rates at E ~ k, far below T."""
    u = np.linspace(0.0, 1.0, n)
    u[0] = np.sqrt(0.02 / n)
    return mass + (top - mass) * u**4


def proton_state(state, debye):
    """Return (n_p [MeV^3], k_S [MeV]) of the protons in a state of matter."""
    columns = zip(state["mu_p"], state["m_p"], state["T"])
    both = np.array([
        [eos.number_density(mu, m, t, blocked, eos._RULE) for blocked in (False, True)]
        for mu, m, t in columns
    ])  # fmt: skip
    n = both[:, 1] if debye == "blocked" else both[:, 0]
    return both[:, 0], eos.proton_screening(n, state["T"])


def dipole_table(mass_mev, star, flavours, resolution=None, r_max_km=60.0, medium=DEFAULT_MEDIUM):
    """Compute the reduced rates of a dipole-portal N of one mass in a star.

    Parameters
    ----------
    mass_mev : float
    star : Star
    flavours : sequence of str
        Flavours whose d is not zero.
    resolution : Resolution, optional
    r_max_km : float
        Radius up to which N is produced and absorbed.
    medium : DipoleMedium

    Returns
    -------
    RateTable
        Gamma* [MeV] at d = 1 MeV^-1; helicity index 0 is the one of a relativistic N.

    Notes
    -----
    Protons are point-like with the effective mass of the profile, without anomalous moment or
    form factor; nucleon-nucleon processes are neglected. Heavy nuclei of the profile scatter
    coherently (`nuclei`) and screen protons too. Inverse decay uses the
    asymptotic photon mass; for m below it plasmon decay has the full dispersion.

    References
    ----------
    arXiv:1803.03262, arXiv:2402.01624, arXiv:hep-ph/9302213, doi:10.1103/PhysRevD.33.897,
    doi:10.1016/S0927-6505(96)00047-3.
    """
    res = resolution or Resolution()
    pieces = radial_pieces(star, res.radii, r_max_km)
    state = star.at(inside_break(pieces))
    t = np.ascontiguousarray(state["T"])
    density, k_s = proton_state(state, medium.debye)
    w_pl = eos.plasma_frequency(state["mu_e"], t)
    k_tf = eos.electron_screening(state["mu_e"], t)
    mu_nu = {f: np.ascontiguousarray(state[f"mu_nu_{f}"]) for f in flavours}
    top = mass_mev + 28.0 * t.max() + max(max(np.abs(m).max() for m in mu_nu.values()), 0.0)
    energy = _energy_grid(mass_mev, top / state["lapse"].min(), res.energies)
    targets = medium.targets if has_nuclei(state) else [x for x in medium.targets if x != "nuclei"]
    processes = [p for f in flavours for p in dipole_processes(f, targets, medium.kinds)]
    k_ions = ion_screening(state, k_s)
    outer, inner = unit_rule(res.outer), unit_rule(res.inner + 4)
    wide = unit_rule(res.outer + 4)
    cache = {}  # flavours with equal chemical potentials share their integrals

    def fill(zones, kind, target, mu):
        out = np.zeros((zones.stop - zones.start, energy.size, 2, 2))
        part, mu = t[zones], mu[zones]
        if target == "nuclei":
            nucleus_table(energy, mass_mev, state, zones, mu, k_ions[zones], unit_rule(32), out)
        elif kind == "upscatter" and not medium.recoil:
            form = FORMS[medium.proton_screening]
            _static_table(energy, mass_mev, density[zones], k_ions[zones], form, wide, out)
        elif kind == "upscatter":
            proton, sign = target == "p", -1.0 if target == "e+" else 1.0
            mass = state["m_p"][zones] if proton else np.full(part.size, const.M_E)
            level = state["mu_p"][zones] if proton else sign * state["mu_e"][zones]
            form = FORMS[medium.proton_screening if proton else medium.electron_screening]
            _upscatter_table(
                energy, mass_mev, np.ascontiguousarray(mass), np.ascontiguousarray(level), mu, part,
                (k_ions if proton else k_tf)[zones], form, outer, inner, _TAIL, out,
            )  # fmt: skip
        elif kind == "annihilation":
            level = np.ascontiguousarray(state["mu_e"][zones])
            _annihilation_table(energy, mass_mev, level, mu, part, outer, inner, out)
        elif kind == "inverse decay":
            _inverse_decay_table(energy, mass_mev, w_pl[zones], mu, part, wide, out)
        elif 1.5 * w_pl[zones].max() ** 2 > mass_mev**2:
            _plasmon_table(energy, mass_mev, w_pl[zones], mu, part, modes(), wide, out)
        return out

    def rates_of(process):
        mu = mu_nu[process.flavour]
        key = (process.kind, process.target, mu.tobytes())
        if key not in cache:
            slices = [slice(i, min(i + 6, t.size)) for i in range(0, t.size, 6)]
            first = fill(slices[0], process.kind, process.target, mu)  # compiles once
            rest = threads.map(lambda z: fill(z, process.kind, process.target, mu), slices[1:])
            cache[key] = np.concatenate([first, *rest])
        return cache[key][:, :, 0 if process.lepton_number > 0 else 1]

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as threads:
        rates = np.array([rates_of(p) for p in processes])
    mu_n = np.array([p.lepton_number * mu_nu[p.flavour] for p in processes])
    return RateTable(mass_mev, energy, pieces, tuple(processes), rates, mu_n, t)


def with_neutrinos(star, **chemical_potentials):
    """Return a copy of a star with given neutrino chemical potentials.

    Parameters
    ----------
    star : Star
    **chemical_potentials
        ``e``, ``mu``, ``tau``: a Quantity (the same everywhere) or a function of the radius array
        in km that returns MeV. A star with a function travels to other processes if the function
        does: one of a module, not a lambda.

    Raises
    ------
    DomainError
        For an unknown flavour or a value without a unit.
    """
    from ...units import energy_mev

    given = {}
    for flavour, value in chemical_potentials.items():
        if flavour not in const.FLAVOURS:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; "
                f"allowed: {', '.join(const.FLAVOURS)}"
            )
        given[flavour] = value if callable(value) else energy_mev(value, flavour)
    name = f"{star.name} with neutrinos"
    return replace(star, columns=_Levels(star.columns, dict(given)), origin=(), name=name)


@dataclass(frozen=True, eq=False)
class _Levels:
    """Columns of a star with given chemical potentials of neutrinos: MeV or functions of radius."""

    inner: object
    given: dict

    def __call__(self, radius_km):
        state = dict(self.inner(radius_km))
        for flavour, value in self.given.items():
            mu = value(radius_km) if callable(value) else value
            state[f"mu_nu_{flavour}"] = np.full_like(state["T"], 0.0) + mu
        return state
