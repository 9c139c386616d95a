"""The cosmic microwave background as a Gaussian in the baryon density, N_eff and helium."""

import numpy as np

from ..datafiles import data_path, read_ecsv
from ..errors import ConfigError, did_you_mean
from ..models.standard import StandardModel
from ..priors import Normal, Uniform
from .early import DOMAIN, TAU_N, EarlyUniverse, gaussian_prior

TABLE = "measurements/cmb.ecsv"
COLUMNS = ("omega_b", "neff", "helium")
_WIDE = 10.0  # half width of the flat prior of a measured omega_b, in its standard deviations


def summaries():
    """Return the names of the Gaussian summaries that ship."""
    return tuple(str(n) for n in read_ecsv(data_path(TABLE))["name"])


class MicrowaveBackground:
    """Gaussian likelihood of Omega_b h^2, N_eff and the helium abundance.

    Parameters
    ----------
    data : str
        One of :func:`summaries`: "planck2018" (default; N_eff and helium free, correlated),
        "planck2018-bao", "act2025", "act2025-helium" or "goldstein2026"; which numbers each holds,
        and under what assumptions, is in ``data/measurements/cmb.ecsv`` and :meth:`describe`.
    marginalise : sequence of {"omega_b"}
        Leave omega_b to the covariance: for scans, which hold nuisances at their centers.
    rates, network, neutrinos
        As in :func:`astrobounds.cosmology.bbn`; with the choices of the constraint ``"bbn"`` each
        point is computed once for both.
    table : {"auto", True, False}
        As in the constraint ``"bbn"``; both share one table.
    late : bool
        Add the terms of decays after nucleosynthesis: distortions, anisotropies, loss of dark matter
        (lifetimes above 1e4 s, :mod:`astrobounds.cosmology.late`). The data above do not contain them.
    late_error : bool
        Make the error of those limits a nuisance, ``late_limits``, in standard deviations.

    Notes
    -----
    N_eff and helium are those of :func:`astrobounds.cosmology.bbn` at the same point. Where the
    data measure omega_b, its prior is flat (ten standard deviations to each side) and replaces the
    Gaussian one of the constraint ``"bbn"``, which would count the same data twice.

    References
    ----------
    arXiv:1807.06209, arXiv:1910.01649, arXiv:2503.14454, arXiv:2603.13226.
    """

    name = "cmb"
    domain = DOMAIN

    def __init__(self, data="planck2018", marginalise=(), rates="default", network="small",
                 neutrinos="integrated", table="auto", late=True, late_error=False):  # fmt: skip
        for name, value in (("late", late), ("late_error", late_error)):
            if not isinstance(value, bool):
                raise ConfigError(f"cmb: {name} = {value!r}: true or false is needed")
        self._late = late
        rows = read_ecsv(data_path(TABLE))
        names = [str(n) for n in rows["name"]]
        if data not in names:
            raise ConfigError(f"cmb: unknown data {data!r}{did_you_mean(data, names)}; "
                              f"there are {', '.join(names)}")  # fmt: skip
        row = rows[names.index(data)]
        self.early = EarlyUniverse(rates, network, neutrinos, table)
        self.data, self._note = data, str(row["note"])
        self._cited = tuple(str(row["reference"]).split())
        self.excludes = tuple(str(row["excludes"]).split())
        self._by_mass = str(row["convention"]) == "mass"
        marginalise = (marginalise,) if isinstance(marginalise, str) else tuple(marginalise)
        for name in marginalise:
            if name != "omega_b":
                raise ConfigError(f"cmb: marginalise {name!r}; allowed: 'omega_b'")
        mean = np.array([float(row[c]) for c in COLUMNS])
        sigma = np.array([float(row["sigma_" + c]) for c in COLUMNS])
        rho = np.eye(3)
        for i, j in ((0, 1), (0, 2), (1, 2)):
            rho[i, j] = rho[j, i] = float(row[f"rho_{COLUMNS[i]}_{COLUMNS[j]}"])
        kept = np.isfinite(mean)
        if marginalise:
            kept = kept & (False, True, True)
            if not kept.any():
                raise ConfigError(f"cmb: {data} holds nothing besides omega_b")
        self._kept = np.flatnonzero(kept)
        self.names = tuple(COLUMNS[i] for i in self._kept)
        self.mean = mean[self._kept]
        self.covariance = (rho * np.outer(sigma, sigma))[np.ix_(self._kept, self._kept)]
        self._weight = np.linalg.inv(self.covariance)
        planck = gaussian_prior(None, "omega_b", "planck2018")
        # without a nuisance: the point at which 'bbn' is evaluated, so that it is computed once
        center = float(mean[0]) if 0 in self._kept else planck.mean
        self._center = {"omega_b": center, "tau_n": TAU_N[0]}
        self.measures, self.nuisances = (), {}
        if "omega_b" in self.names:
            self.measures = ("omega_b",)
            width = _WIDE * float(sigma[0])
            self.nuisances["omega_b"] = Uniform(center - width, center + width)
        elif not marginalise:
            self.nuisances["omega_b"] = planck
        if late and late_error:
            self.nuisances["late_limits"] = Normal(0.0, 1.0)

    @property
    def references(self):
        """BibTeX keys of the data and of nucleosynthesis."""
        from ..cosmology.late.effects import references

        return (*self._cited, *self.early.references, *(references if self._late else ()))

    @property
    def null_loglike(self):
        """The lnL of standard cosmology at the centers of the nuisances."""
        return self.loglike(StandardModel(), {})

    def recenter(self, values):
        """Take nuisance values of a fit as the centers of ``predict`` and ``null_loglike``."""
        self._center.update({n: v for n, v in values.items() if n in self._center})

    def prepare(self, region=None, mapper=map, show=True):
        """Build the table of abundances along a ray of couplings."""
        self.early.prepare(region, mapper, show, self.name)

    def forget(self):
        """Drop the table of abundances: solve directly from here on."""
        self.early.forget()

    def _point(self, model, nuisance):
        values = {**self._center, **nuisance}
        point = self.early(model, values)
        helium = point.Yp_cmb if self._by_mass else point.Yp
        return {"omega_b": values["omega_b"], "neff": point.Neff, "helium": helium, "late": point.late}

    def late_terms(self, model, nuisance=None):
        """Return ``{name: lnL}`` of decays after nucleosynthesis; empty without any."""
        nuisance = nuisance or {}
        return self._terms(self._point(model, nuisance)["late"], nuisance)

    def _terms(self, late, nuisance):
        if late is None or not self._late:
            return {}
        return late.terms(nuisance.get("late_limits", 0.0))

    def predict(self, model):
        """Return N_eff, helium and lnL of late decays at the centers of the nuisances."""
        point = self._point(model, {})
        out = {"Neff": point["neff"], "Yp_cmb" if self._by_mass else "Yp": point["helium"]}
        out.update({f"lnL of {name}": value for name, value in self._terms(point["late"], {}).items()})
        return out

    def loglike(self, model, nuisance):
        """Return lnL = -chi2/2, and the terms of late decays."""
        point = self._point(model, nuisance)
        residual = np.array([point[n] for n in self.names]) - self.mean
        chi2 = float(residual @ self._weight @ residual)
        return -0.5 * chi2 + sum(self._terms(point["late"], nuisance).values())

    def describe(self):
        """Return lines that say which numbers are used and how they are correlated."""
        sigma = np.sqrt(np.diag(self.covariance))
        values = ", ".join(f"{n} = {m:g} +- {s:g}" for n, m, s in zip(self.names, self.mean, sigma))
        lines = [f"{self.data}: {values}", self._note]
        if len(self.names) > 1:
            rho = self.covariance / np.outer(sigma, sigma)
            pairs = [f"{self.names[i]}-{self.names[j]} {rho[i, j]:+.2f}"
                     for i in range(len(sigma)) for j in range(i + 1, len(sigma))]  # fmt: skip
            lines.append(f"correlations: {', '.join(pairs)}")
        if self._late:
            lines.append("decays after 1e4 s: mu and y distortions, anisotropies, loss of dark matter")
        if self.measures:
            lines.append("omega_b is measured here: its prior should be flat")
        if self.early.note:
            lines.append(self.early.note)
        return lines
