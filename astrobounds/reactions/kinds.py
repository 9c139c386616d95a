"""The kinds of reactions: which module knows one, and its rates in a medium.

A module of a kind has ``rates(process, mass, energy, medium)`` -> (production, reduced), arrays [MeV] of
shape (polarisation, place, energy). Kinds whose processes share integrals have instead
``reduced_rates(processes, mass, energy, medium, outer, inner, ...)`` and ``chemical_potentials``.
"""

from importlib import import_module

from ..errors import ConfigError, did_you_mean

KINDS = {
    "contact": ".contact",
    "nucleon current": ".nucleon_current",
    "inverse decays": ".decays",
    "background decay": ".muon_decay",
    "upscatter": ".dipole",
    "annihilation": ".dipole",
    "inverse decay": ".dipole",
    "plasmon": ".dipole",
    "coalescence": ".coalescence",
    "primakoff": ".primakoff",
    "photon coalescence": ".photon_coalescence",
    "pair coalescence": ".pair_coalescence",
    "free decay": ".free_decay",
    "compton": ".compton",
    "electron bremsstrahlung": ".electron_bremsstrahlung",
    "nucleon bremsstrahlung": ".nucleon_bremsstrahlung",
    "dipole bremsstrahlung": ".dipole_bremsstrahlung",
    "quadrupole bremsstrahlung": ".quadrupole_bremsstrahlung",
}


def module_of(kind):
    """Return the module of a reaction kind.

    Raises
    ------
    ConfigError
        For a kind that nobody can compute.
    """
    if kind not in KINDS:
        raise ConfigError(
            f"no reaction kind '{kind}'{did_you_mean(kind, KINDS)}; there are {', '.join(KINDS)}"
        )
    return import_module(KINDS[kind], __package__)


def by_module(processes):
    """Return ``{module: processes}`` in the order of the processes."""
    out = {}
    for process in processes:
        out.setdefault(module_of(process.kind), []).append(process)
    return out
