"""Meson decays with a heavy neutral lepton: rates, universality ratios and their likelihoods."""

from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..errors import ConfigError, DomainError, did_you_mean
from ..models.decays.phase_space import three_body
from ..units import energy_mev, finite
from .kernels import LEPTONS, PARENT_MASS, PARENTS, production, rate_factor, ratio_change

MESONS = ("pi", "K", "D", "Ds")


@dataclass(frozen=True)
class Measurement:
    """A measured number, its standard deviation and the Standard Model's prediction."""

    name: str
    value: float
    sigma: float
    standard: float
    parent: str
    flavours: tuple
    references: tuple


MEASUREMENTS = {
    m.name: m
    for m in (
        Measurement("R_pi", 1.2327e-4, 0.0023e-4, 1.2354e-4, "pi", ("e", "mu"), ("GAMBITrhn2020",)),
        Measurement(
            "R_K", 2.488e-5, 0.010e-5, 2.477e-5, "K", ("e", "mu"), ("NA62RK2013", "GAMBITrhn2020")
        ),
        Measurement(
            "R_tau", 0.9762, 0.0028, 0.973, "tau", ("mu", "e"), ("HFLAV2016", "GAMBITrhn2020")
        ),
        Measurement("W mu/e", 0.986, 0.013, 1.0, "W", ("mu", "e"), ("GAMBITrhn2020",)),
        Measurement("W tau/e", 1.043, 0.024, 1.0, "W", ("tau", "e"), ("GAMBITrhn2020",)),
        Measurement("W tau/mu", 1.070, 0.026, 1.0, "W", ("tau", "mu"), ("GAMBITrhn2020",)),
    )
}


def _meson(parent):
    if not isinstance(parent, str) or parent not in MESONS:
        raise ConfigError(
            f"parent '{parent}'{did_you_mean(parent, MESONS)}; allowed: {', '.join(MESONS)}"
        )
    return PARENT_MASS[PARENTS[parent]]


def _lepton(flavour):
    if not isinstance(flavour, str) or flavour not in const.FLAVOURS:
        raise ConfigError(
            f"flavour '{flavour}'{did_you_mean(flavour, const.FLAVOURS)}; allowed: e, mu, tau"
        )
    return LEPTONS[const.FLAVOURS.index(flavour)]


def _positive(mass):
    m = energy_mev(mass, "mass")
    if not np.all(np.isfinite(m)) or np.any(np.asarray(m) < 0):
        raise DomainError(f"mass = {mass} must be finite and not negative")
    return m


def _one_mass(mass):
    m = _positive(mass)
    if np.ndim(m):
        raise DomainError(f"mass = {mass}: one mass at a time")
    return float(m)


def rhat(parent, flavour, mass):
    """Rate of P -> l N per |U_l|^2, over P -> l nu; 0 where N is too heavy.

    Parameters
    ----------
    parent : {"pi", "K", "D", "Ds"}
    flavour : {"e", "mu", "tau"}
    mass : Quantity
        Mass of N.

    Returns
    -------
    float or ndarray

    References
    ----------
    Shrock, Phys. Rev. D 24 (1981) 1232.
    """
    big, lepton, m = _meson(parent), _lepton(flavour), _positive(mass)
    if lepton >= big:
        raise DomainError(f"{parent} -> {flavour} nu is closed: there is no rate to compare with")
    if np.ndim(m) == 0:
        return rate_factor(big, lepton, m)
    return np.array([rate_factor(big, lepton, x) for x in np.ravel(m)]).reshape(np.shape(m))


def production_ratio(parent, first, second, mass):
    """Production of N per |U|^2 in P -> l N, flavour ``first`` over flavour ``second``.

    Returns
    -------
    float
        inf where only the first is open.

    Raises
    ------
    DomainError
        Where both are closed.
    """
    m = _one_mass(mass)
    _meson(parent), _lepton(first), _lepton(second)
    code = PARENTS[parent]
    a = production(code, const.FLAVOURS.index(first), m)
    b = production(code, const.FLAVOURS.index(second), m)
    if a == 0.0 and b == 0.0:
        raise DomainError(f"{parent} gives no N of {m:g} MeV with {first} nor with {second}")
    return a / b if b > 0.0 else np.inf


def _w_factor(mass_mev):
    """Rate of W -> l N per |U_l|^2 over W -> l nu, massless lepton: (1-r)^2 (1 + r/2)."""
    r = (mass_mev / const.M_W) ** 2
    return (1.0 - r) ** 2 * (1.0 + 0.5 * r) if r < 1.0 else 0.0


def _tau_factor(flavour, mass_mev, u):
    """Rate of tau -> l + neutrinos over the Standard Model one, to first order in |U|^2.

    N replaces the neutrino of the lepton with |U_l|^2, that of the tau with |U_tau|^2.
    """
    massless = 1e-18  # squared mass ratio of a neutrino: the phase space wants it positive
    x, y = (const.LEPTON_MASS[flavour] / const.M_TAU) ** 2, (mass_mev / const.M_TAU) ** 2
    standard = three_body(0.0, x, massless)
    own = three_body(y, x, massless) / standard
    of_tau = three_body(0.0, x, max(y, massless)) / standard
    return 1.0 + u[flavour] * (own - 1.0) + u["tau"] * (of_tau - 1.0)


def ratio(which, mass, mixing):
    """Return a universality ratio in the presence of N, events with N counted as ordinary ones.

    Parameters
    ----------
    which : {"R_pi", "R_K", "R_tau", "W mu/e", "W tau/e", "W tau/mu"}
        R_P = Gamma(P -> e nu)/Gamma(P -> mu nu); R_tau: tau -> mu over tau -> e with two
        neutrinos; W: ratios of W -> l nu.
    mass : Quantity
        Mass of N. Where N is too heavy to be made the widths fall as 1 - |U|^2.
    mixing : mapping
        |U_a|^2 per flavour.

    Returns
    -------
    float
    """
    known = _measurement(which)
    m = _one_mass(mass)
    u = _mixings(mixing)
    if known.parent in MESONS:
        return known.standard * ratio_change(_meson(known.parent), m, u["e"], u["mu"])
    if known.parent == "tau":
        top, bottom = (_tau_factor(f, m, u) for f in known.flavours)
    else:
        top, bottom = (1.0 + u[f] * (_w_factor(m) - 1.0) for f in known.flavours)
    return known.standard * top / bottom


def ratio_loglike(which, mass, mixing):
    """Return lnL = -(R - R_exp)^2/(2 sigma^2) of a ratio; arguments as :func:`ratio`."""
    known = _measurement(which)
    return -0.5 * ((ratio(which, mass, mixing) - known.value) / known.sigma) ** 2


def _mixings(mixing):
    """Return |U_a|^2 of the three flavours after validation; an unknown flavour is refused."""
    if not hasattr(mixing, "items"):
        raise ConfigError(f"mixing = {mixing!r} is not a mapping: write mixing={{'e': 1e-8}}")
    for flavour in mixing:
        _lepton(flavour)
    why = "every |U|^2 lies between 0 and 1"
    return {f: finite(mixing.get(f, 0.0), f"mixing['{f}']", 0.0, 1.0, why) for f in const.FLAVOURS}


def _measurement(which):
    try:
        return MEASUREMENTS[which]
    except (KeyError, TypeError):
        raise ConfigError(
            f"no measurement '{which}'{did_you_mean(which, MEASUREMENTS)}; "
            f"there are: {', '.join(MEASUREMENTS)}"
        ) from None
