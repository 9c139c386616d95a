"""Stars with another temperature scale: the same matter, hotter or colder."""

from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from ...units import finite
from . import eos

SCALE_RANGE = (0.2, 3.0)


def _refilled(mu, mass, t, hot, net=False):
    """Return the chemical potential that keeps the density n(mu, mass, t) at temperature ``hot``."""
    density = np.array([eos.number_density(a, m, x, False, eos.RULE) for a, m, x in zip(mu, mass, t)])
    if not net:
        return eos.chemical_potential(density, mass, hot)
    density -= [eos.number_density(-a, m, x, False, eos.RULE) for a, m, x in zip(mu, mass, t)]
    return np.sign(density) * eos.chemical_potential(np.abs(density), mass, hot, net=True)


@dataclass(frozen=True, eq=False)
class _Scaled:
    """Columns of a star at ``factor`` times its temperatures."""

    inner: object
    factor: float

    def __call__(self, radius_km):
        state = dict(self.inner(radius_km))
        t, hot = state["T"], self.factor * state["T"]
        new = {"T": hot}
        for name in ("n", "p"):
            new[f"mu_{name}"] = _refilled(state[f"mu_{name}"], state[f"m_{name}"], t, hot)
        shift = new["mu_p"] - state["mu_p"] - (new["mu_n"] - state["mu_n"])
        for lepton, mass in (("e", const.M_E), ("mu", const.M_MU)):
            mu = state[f"mu_{lepton}"]
            if not np.isfinite(mu).all():
                continue  # no muons in this profile
            new[f"mu_{lepton}"] = _refilled(mu, np.full_like(t, mass), t, hot, net=True)
            sea = state[f"mu_nu_{lepton}"]
            change = new[f"mu_{lepton}"] - mu + shift
            new[f"mu_nu_{lepton}"] = np.where(sea != 0.0, sea + change, 0.0)
        return {**state, **new}


def scale_temperature(star, factor):
    """Return a copy of a star with every temperature multiplied by ``factor``.

    Parameters
    ----------
    star : Star
    factor : float
        From 0.2 to 3.

    Returns
    -------
    Star

    Raises
    ------
    DomainError
        For a factor outside its range.

    Notes
    -----
    Densities, composition, effective masses, potentials and the lapse stay. Chemical potentials of
    nucleons and charged leptons keep the densities; those of neutrinos that are not zero change as
    beta equilibrium does, mu_nu = mu_l + mu_p - mu_n. Neutrinos without one stay so: a star of
    ``neutrinos="equilibrium"`` is one at its own temperatures only.
    """
    factor = finite(factor, "temperature_scale", *SCALE_RANGE)
    if factor == 1.0:
        return star
    origin = ()
    if star.origin:
        name, options = star.origin
        total = factor * options.get("temperature_scale", 1.0)
        if SCALE_RANGE[0] <= total <= SCALE_RANGE[1]:
            origin = (name, {**options, "temperature_scale": total})
    name = f"{star.name}, T x {factor:.4g}"
    return replace(star, columns=_Scaled(star.columns, factor), origin=origin, name=name)
