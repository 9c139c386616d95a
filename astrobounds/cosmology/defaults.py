"""Inputs of nucleosynthesis: their ranges, what stands where nothing is given, and their checks."""

from .. import constants as const
from ..errors import ConfigError, DomainError
from ..units import finite
from .mediators import model as mediators
from .neutrinos import decoupling
from .plasma import baryons
from .relics import model as relic_model
from .weak import rates as weak

OMEGA_B = 0.02237  # Omega_b h^2, Planck 2018, arXiv:1807.06209
_REMEDY = "outside it no network of rates is meaningful"
RANGES = {
    "omega_b": (0.005, 0.05),
    "eta": (1.37e-10, 1.37e-9),
    "tau_n": (850.0, 910.0),
    "delta_neff": (-2.0, 10.0),
    "xi_e": (-0.5, 0.5),
}


def checked_inputs(model, omega_b, eta, tau_n, delta_neff, xi_e, neutrinos, weak_level, qed):
    if not mediators.takes(model):
        relic_model.check(model, neutrinos)
    if not isinstance(neutrinos, decoupling.Background):
        decoupling.check_choices(neutrinos, qed)
    if weak_level not in weak.LEVELS:
        raise ConfigError(f"weak_level = {weak_level!r}: choose one of {', '.join(weak.LEVELS)}")
    if omega_b is not None and eta is not None:
        raise DomainError(f"omega_b = {omega_b} and eta = {eta}: give one of them")
    if eta is None:
        omega_b = OMEGA_B if omega_b is None else omega_b
        omega_b = finite(omega_b, "omega_b", *RANGES["omega_b"], remedy=_REMEDY)
        eta = baryons.eta_from_omega_b(omega_b)
    else:
        eta = finite(eta, "eta", *RANGES["eta"], remedy=_REMEDY)
    if tau_n is None:
        tau_n = const.TAU_N
    else:
        from ..units import time_s

        tau_n = time_s(tau_n, "tau_n")
    return {
        "eta": eta,
        "tau_n": finite(tau_n, "tau_n [s]", *RANGES["tau_n"]),
        "delta_neff": finite(delta_neff, "delta_neff", *RANGES["delta_neff"]),
        "xi_e": finite(xi_e, "xi_e", *RANGES["xi_e"]),
    }
