"""Kinds of reactions that make one boson without a chemical potential: their names and their rates.

``rates(process, mass, energy, medium)`` returns (production, reduced) [MeV], shape (state, place, energy):
per spin state at unit strength of the coupling; one state stands for all where they share their rate.
"""

from .kinds import module_of

BOSON_KINDS = (
    "primakoff", "photon coalescence", "pair coalescence", "free decay", "compton",
    "electron bremsstrahlung", "nucleon bremsstrahlung", "dipole bremsstrahlung",
    "quadrupole bremsstrahlung",
)  # fmt: skip


def make_bosons(processes):
    """True if all of some processes are of these kinds."""
    return bool(processes) and all(p.kind in BOSON_KINDS for p in processes)


def slow(process):
    """True for a kind that costs some 10 us a point and is smooth: tabulate it."""
    if process.kind == "primakoff":
        return process.recoil
    return process.kind in ("compton", "electron bremsstrahlung", "nucleon bremsstrahlung")


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] of one process, shape (state, place, energy).

    Parameters
    ----------
    process : one of astrobounds.models.boson_processes
    mass : float
        MeV.
    energy : ndarray, shape (energies,) or (places, energies)
        MeV.
    medium : mapping
        Columns of the kind, shape (places,).
    """
    return module_of(process.kind).rates(process, mass, energy, medium)
