"""The kinds of reactions that make one boson, by the name that a process carries.

``rates(process, mass, energy, medium)`` returns (production, reduced) [MeV], shape (state, place, energy):
per spin state at unit strength of the coupling; one state stands for all where they share their rate.
"""

from . import (
    dipole_bremsstrahlung,
    electron_bremsstrahlung,
    free_decay,
    nucleon_bremsstrahlung,
    pair_coalescence,
    photon_coalescence,
    primakoff,
    quadrupole_bremsstrahlung,
)

KINDS = {
    "primakoff": primakoff,
    "photon coalescence": photon_coalescence,
    "pair coalescence": pair_coalescence,
    "free decay": free_decay,
    "electron bremsstrahlung": electron_bremsstrahlung,
    "nucleon bremsstrahlung": nucleon_bremsstrahlung,
    "dipole bremsstrahlung": dipole_bremsstrahlung,
    "quadrupole bremsstrahlung": quadrupole_bremsstrahlung,
}


def slow(process):
    """True for a kind that costs some 10 us a point and is smooth: tabulate it."""
    if process.kind == "primakoff":
        return process.recoil
    return process.kind in ("electron bremsstrahlung", "nucleon bremsstrahlung")


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
    return KINDS[process.kind].rates(process, mass, energy, medium)
