"""Muons for a star that has none."""

from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from . import eos
from .equilibrium import RULE, net_density


@dataclass(frozen=True, eq=False)
class _WithMuons:
    """Columns of a star with muons, whose charge is taken from the electrons."""

    inner: object

    def __call__(self, radius_km):
        state = dict(self.inner(radius_km))
        t = state["T"]
        mu_mu = state["mu_nu_mu"] + state["mu_n"] - state["mu_p"] + state["shift"]
        pairs = zip(state["mu_e"], mu_mu, t)
        charge = np.array([
            net_density(e, const.M_E, x, RULE) - net_density(m, const.M_MU, x, RULE)
            for e, m, x in pairs
        ])  # fmt: skip
        mu_e = np.sign(charge) * eos.chemical_potential(np.abs(charge), const.M_E, t, net=True)
        sea = state["mu_nu_e"]
        sea = np.where(sea != 0.0, sea + mu_e - state["mu_e"], 0.0)
        return {**state, "mu_mu": mu_mu, "mu_e": mu_e, "mu_nu_e": sea}


def with_muons(star):
    """Return a copy of a star with muons in equilibrium, mu_mu = mu_nu_mu + mu_n - mu_p + U_n - U_p.

    Charge neutrality holds: the protons stay, and the electrons give up the charge of the muons. Where
    nu_e have a chemical potential it follows, as beta equilibrium asks. (A star that is loaded with
    ``neutrinos="equilibrium", muons=True`` has the protons that equilibrium gives.)
    """
    return replace(
        star, columns=_WithMuons(star.columns), origin=(), name=f"{star.name} with muons"
    )
