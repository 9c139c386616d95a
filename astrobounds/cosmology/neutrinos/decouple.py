"""The expanding plasma through neutrino decoupling, as a user asks for it."""

from ...units import energy_mev, finite
from .decoupling import NEUTRINOS, T_END, T_START, check_choices, solve
from .kinetic import solve as kinetic


def decouple(*, neutrinos="integrated", delta_neff=0.0, qed="full", T_start=None, T_end=None):
    """Return the expanding plasma through neutrino decoupling.

    Parameters
    ----------
    neutrinos : {"integrated", "separate", "common", "momentum"}
        Thermal neutrinos: averaged oscillations with chemical potentials; none of either (T_nue and
        T_numu apart); or one common temperature (infinitely fast oscillations). Or "momentum": the
        Boltzmann equations of three spectra, see :mod:`astrobounds.cosmology.neutrinos.kinetic.solve`.
    delta_neff : float
        Dark radiation ~ a^-4, normalised after e+e- annihilation to delta_neff (7/8)(4/11)^(4/3)
        rho_gamma of the standard history (-2 to 10).
    qed : {"full", "e3", "e2", "off"}
        Order of the finite-temperature QED pressure.
    T_start, T_end : Quantity, optional
        Range of the temperature that falls as 1/a, by default 20 MeV and 0.8 keV
        (5 to 60 MeV; 1 meV to 5 keV).

    Returns
    -------
    Background

    Raises
    ------
    DomainError
        An input outside its range or without its unit.
    ConfigError
        An unknown choice.

    Notes
    -----
    Radiation only: baryons and dark matter add 1e-4 to H at 10 keV and 1e-3 at 1 keV.

    References
    ----------
    Escudero, arXiv:2001.04466; Bennett et al., arXiv:1911.04504; Froustey et al., arXiv:2008.01074.
    """
    check_choices(neutrinos, qed)
    start = T_START if T_start is None else energy_mev(T_start, "T_start")
    end = T_END if T_end is None else energy_mev(T_end, "T_end")
    finite(start, "T_start [MeV]", 5.0, 60.0)
    finite(end, "T_end [MeV]", 1e-9, 5e-3, remedy="N_eff is defined after the pairs are gone")
    finite(delta_neff, "delta_neff", -2.0, 10.0)
    if neutrinos == "momentum":
        return kinetic.solve(start, end, qed=qed, delta_neff=float(delta_neff))
    mixing, with_xi = NEUTRINOS[neutrinos]
    return solve(start, end, mixing, with_xi, qed, float(delta_neff))
