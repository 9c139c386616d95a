"""Small constraints that tests share."""

import numpy as np
from scipy import stats

from astrobounds import constants as const


class Gaussian:
    """A Gaussian in log10 m and log10 |U_tau|^2."""

    name, references, nuisances, null_loglike = "gaussian", (), {}, 0.0

    def __init__(self, mean=(2.0, -6.0), sigma=(0.1, 0.5), fail_above=np.inf):
        self.mean, self.sigma, self.fail_above = mean, sigma, fail_above

    def predict(self, model):
        return {"m": model.mass_mev}

    def loglike(self, model, nuisance):
        from astrobounds.errors import ConvergenceError

        if model.mass_mev > self.fail_above:
            raise ConvergenceError("did not converge", stage="toy solver")
        point = np.log10([model.mass_mev, model.mixing["tau"]])
        return float(-0.5 * (((point - self.mean) / self.sigma) ** 2).sum())


class Lifetime:
    """Three laboratory curves and tau < tau_max of a Majorana N with pure U_e, without nu gamma."""

    name, references, nuisances, null_loglike = "lifetime", (), {}, 0.0
    curves = ("pienu_2017_ue4", "na62_2020_ue4", "t2k_2019_ue4_profiled")

    def __init__(self, curves=curves, tau_max=0.02):
        from astrobounds.lab import LabLikelihood

        self.lab, self.tau_max = LabLikelihood(list(curves)), tau_max

    def predict(self, model):
        return {}

    def width(self, mass_mev):
        from astrobounds.models.decays.hnl_widths import CHANNELS, width_table

        table = width_table(mass_mev)[..., 0]
        return 2.0 * (table.sum(axis=-1) - table[..., CHANNELS.index("nu gamma")])

    def _lifetime_term(self, mass_mev, u2):
        tau = const.HBAR / (self.width(mass_mev) * u2)
        return -0.5 * (np.maximum(0.0, np.log(tau / self.tau_max)) / 0.1) ** 2

    def loglike(self, model, nuisance):
        u2 = model.mixing["e"]
        lab = self.lab(model.mass_mev, (u2, 0.0, 0.0))
        return float(lab + self._lifetime_term(model.mass_mev, u2))

    def column(self, mass_mev, u2):
        """lnL for an array of |U_e|^2 at one mass."""
        lab = self.lab.many(np.full(u2.size, mass_mev), e=u2)
        return lab + self._lifetime_term(mass_mev, u2)


def square(x):
    return x * x


def by_mass(model):
    return -((model.mass_mev / 100.0) ** 2)


def with_nuisance(model, nuisance):
    return -nuisance["scale"] * model.mass_mev / 100.0


with_nuisance.nuisances = {"scale": stats.norm(1.0, 0.1)}
with_nuisance.references = "Gorbunov:2007ak"


class Tabled:
    """A Gaussian in log10 |U_tau|^2 whose table is off by a shift."""

    name, references, nuisances, null_loglike = "tabled", (), {}, 0.0

    def __init__(self, shift=0.0):
        self.shift, self.mean, self.fails = shift, -6.0, False

    def prepare(self, region, mapper, show):
        self.mean = -6.0 + self.shift

    def forget(self):
        self.mean = -6.0

    def predict(self, model):
        return {}

    def loglike(self, model, nuisance):
        value = -0.5 * ((np.log10(model.mixing["tau"]) - self.mean) / 0.5) ** 2
        return np.nan if self.fails else float(value)


class Shaped:
    """Likelihoods over x = log10 m in 1 to 3 and y = log10 |U_tau|^2 in -10 to -2 that are hard to walk."""

    references, nuisances, null_loglike = (), {}, 0.0

    def __init__(self, which):
        self.name = which

    def predict(self, model):
        return {}

    def loglike(self, model, nuisance):
        return float(self.at(np.log10(model.mass_mev), np.log10(model.mixing["tau"])))

    def at(self, x, y):
        return getattr(self, "_" + self.name)(x, y)

    def _two_modes(self, x, y):
        def mode(cx, cy, sx, sy):
            return -0.5 * ((x - cx) / sx) ** 2 - 0.5 * ((y - cy) / sy) ** 2

        return np.logaddexp(mode(1.3, -8.0, 0.03, 0.2), 0.5 + mode(2.6, -4.0, 0.04, 0.1))

    def _banana(self, x, y):
        return -0.5 * ((y + 4.0 + 5.0 * (x - 2.0) ** 2) / 0.1) ** 2 - 0.5 * ((x - 2.0) / 0.4) ** 2

    def _edge(self, x, y):
        """Nothing above a kinematic edge; below it a slope that is steepest there."""
        return np.where(x < 2.2, 6.0 * (x - 2.2) - 0.5 * (y + 6.0) ** 2, -np.inf)
