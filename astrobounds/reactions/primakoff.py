"""gamma + charge <-> boson + charge through one photon: heavy charges, or thermal ones with recoil."""

import numpy as np

from .. import constants as const
from .balance import boson_rates
from .primakoff_recoil import fill as fill_recoil
from .primakoff_static import FORMS
from .primakoff_static import fill as fill_static

references = ("Raffelt:1985nk", "Caputo:2021rux")


def rates(process, mass, energy, medium):
    """Return (production, reduced) [MeV] at g = 1 MeV^-1, shape (1, places, energies).

    Parameters
    ----------
    process : astrobounds.models.boson_processes.Primakoff
    mass : float
        MeV.
    energy : ndarray, shape (energies,) or (places, energies)
    medium : mapping
        Columns ``T`` and, for heavy charges, ``n_charge`` [MeV^3], ``k_screen``, ``photon_mass``; with
        recoil ``m_p``, ``mu_p``, or ``mu_e``, ``k_electron`` (electrons and positrons).
    """
    form = FORMS[process.screening]
    t = medium["T"]
    if not process.recoil:
        photon = medium["photon_mass"] if process.photon_mass else 0.0
        columns = (medium["n_charge"], medium["k_screen"], photon)
        return boson_rates(fill_static, columns, (mass, form), energy, t)
    if process.target == "p":
        columns = (t, medium["m_p"], medium["mu_p"], medium["k_screen"])
        return boson_rates(fill_recoil, columns, (mass, form), energy, t)
    found = []
    for sign in (1.0, -1.0):
        columns = (t, const.M_E, sign * medium["mu_e"], medium["k_electron"])
        found.append(boson_rates(fill_recoil, columns, (mass, form), energy, t))
    return tuple(np.add(*both) for both in zip(*found))
