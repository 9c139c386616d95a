"""Light elements: helium and deuterium against nucleosynthesis with its nuclear uncertainties."""

import numpy as np

from ..errors import ConfigError, did_you_mean
from ..models.standard import StandardModel
from ..priors import Normal
from .early import DOMAIN, RATE, TAU_N, EarlyUniverse, gaussian_prior, theory_shifts
from .early_band import (
    ASYMMETRY,
    HELIUM,
    RATE_SET,
    XI_RANGE,
    band_lines,
    check_set,
    rate_set_shift,
)

MARGINALISE = ("rates", "tau_n", "omega_b")
_COLUMN = {"Yp": 0, "DH": 1, "He3H": 2}
_ASYMMETRY = 0.2


class Nucleosynthesis:
    """Gaussian likelihood of Y_p and D/H, with an optional upper limit on He3/H.

    Parameters
    ----------
    helium : str, (value, sigma) or None
        Measurement of Y_p: "lbt2026" (default), "pdg2024", "aver2021", "empress2025", ...; a name
        without its year means the latest. None leaves helium out.
    deuterium : str, (value, sigma) or None
        Measurement of D/H: "cooke2018" (default), "pdg2024", ...
    helium3 : str, (value, sigma) or None
        Upper limit on He3/H ("bania2002"): its likelihood is the normal distribution function of
        (limit - He3/H)/sigma, which is smooth, one far below and falls as a Gaussian above.
    omega_b, tau_n : (mean, sigma), Normal or str
        Priors of the nuisances Omega_b h^2 (Planck, 0.02237 +- 0.00015) and neutron lifetime in s
        (878.4 +- 0.5).
    marginalise : sequence of {"rates", "tau_n", "omega_b"}
        Which uncertainties enter through the covariance (linear propagation) and are therefore no
        nuisances: the nuclear rates by default. A scan holds nuisances at their centers, so give
        all three there unless omega_b is an axis.
    sample_rates : sequence of str or "all"
        Reactions whose rates become nuisances ``rate.<reaction>``, in standard deviations, instead.
    rates, network, neutrinos
        As in :func:`astrobounds.cosmology.bbn`.
    theory : {"table", "direct"}
        Shifts by the rates from a table along standard cosmologies, or computed at every point
        (20 times slower).
    table : {"auto", True, False}
        In a fit of a particle whose couplings lie on one ray: look abundances up in a table over
        mass and lifetime instead of solving every point; where it failed or is not good enough,
        points are solved all the same. "auto": if its measured error is below that of theory.
        Scans never use it.
    helium_offset : float
        Standard deviation of a common offset of the measured Y_p, the nuisance ``helium_offset``; 0
        leaves it out. Samples differ by 0.003 (printed by :meth:`describe`).
    rate_set : str, optional
        Another set of rates: the nuisance ``rate_set`` (standard normal) goes from the set in use (0)
        to this one (1) in ln(abundance). All sets are printed by :meth:`describe`.
    xi_e : (mean, sigma) or Normal, optional
        Prior of an asymmetry mu/T of the neutrinos, the nuisance ``xi_e``; for every model but
        StandardModel, which has its own. ``"cmb"`` takes it along in a common fit.

    Notes
    -----
    lnL = -chi2/2 - ln(det C/det C_data)/2 with C = C_data + C_theory, which is what integrating
    over Gaussian rates gives; a perfect prediction with exact theory has lnL = 0. Asymmetric
    errors are averaged. ``omega_b`` has no prior of its own in a fit that also holds ``"cmb"``.

    References
    ----------
    arXiv:2601.22238, arXiv:1710.11129, and the nuclear rates of the network.
    """

    name = "bbn"
    domain = DOMAIN

    def __init__(self, helium="lbt2026", deuterium="cooke2018", helium3=None, omega_b=None,
                 tau_n=None, marginalise=("rates",), sample_rates=(), rates="default",
                 network="small", neutrinos="integrated", theory="table", table="auto",
                 helium_offset=0.0, rate_set=None, xi_e=None):  # fmt: skip
        self.early = EarlyUniverse(rates, network, neutrinos, table)
        self._data, self._cited, self._lines = {}, [], []
        for quantity, given in (("Yp", helium), ("DH", deuterium), ("He3H", helium3)):
            if given is not None:
                self._take(quantity, given)
        if not self._data:
            raise ConfigError("bbn: helium, deuterium and helium3 are all None: nothing to compare with")
        marginalise = (marginalise,) if isinstance(marginalise, str) else tuple(marginalise)
        for name in marginalise:
            if name not in MARGINALISE:
                raise ConfigError(f"bbn: marginalise {name!r}{did_you_mean(name, MARGINALISE)}; "
                                  f"allowed: {', '.join(MARGINALISE)}")  # fmt: skip
        if theory not in ("table", "direct"):
            raise ConfigError(f"bbn: theory = {theory!r}; allowed: 'table', 'direct'")
        self._direct = theory == "direct"
        sampled = self.early.reactions if sample_rates == "all" else tuple(sample_rates)
        for name in sampled:
            if name not in self.early.reactions:
                raise ConfigError(f"bbn: sample_rates: no reaction {name!r} in this network"
                                  f"{did_you_mean(name, self.early.reactions)}")  # fmt: skip
        priors = {
            "omega_b": gaussian_prior(omega_b, "omega_b", "planck2018"),
            "tau_n": gaussian_prior(tau_n, "tau_n", TAU_N),
        }
        for name, (low, high) in self.domain.items():
            if not low <= priors[name].mean <= high:
                raise ConfigError(f"bbn: {name} = {priors[name].mean:g} is outside [{low:g}, {high:g}]")
        self._priors, self._sampled, self.marginalised = priors, sampled, marginalise
        self.nuisances = {n: p for n, p in priors.items() if n not in marginalise}
        self.nuisances.update({RATE + name: Normal(0.0, 1.0) for name in sampled})
        self._center = {n: p.center for n, p in {**priors, **self.nuisances}.items()}
        self._bands(helium_offset, rate_set, xi_e)
        self._unit = {"omega_b": priors["omega_b"].sigma / priors["omega_b"].mean,
                      "tau_n": priors["tau_n"].sigma / priors["tau_n"].mean}  # fmt: skip

    def _bands(self, helium_offset, rate_set, xi_e):
        """Add the nuisances of choices that no error covers, and of the asymmetry."""
        if isinstance(helium_offset, (str, bool)) or not 0.0 <= helium_offset < 0.1:
            raise ConfigError(f"bbn: helium_offset = {helium_offset!r}: an error of Y_p between 0 and 0.1")
        self._rate_set = rate_set
        more = {}
        if helium_offset > 0.0:
            if "Yp" not in self._data:
                raise ConfigError("bbn: helium_offset without helium data: leave one of them out")
            more[HELIUM] = Normal(0.0, float(helium_offset))
        if rate_set is not None:
            check_set(self.early.choices[0], rate_set)
            more[RATE_SET] = Normal(0.0, 1.0)
        if xi_e is not None:
            more[ASYMMETRY] = gaussian_prior(xi_e, "xi_e", None)
            self.domain = {**DOMAIN, ASYMMETRY: XI_RANGE}
        self.nuisances.update(more)
        self._center.update({n: p.center for n, p in more.items()})

    def _take(self, quantity, given):
        from ..cosmology import measurement, measurements

        if not isinstance(given, str):
            value, sigma = (float(v) for v in given)
            if not (value > 0.0 and sigma > 0.0):
                raise ConfigError(f"bbn: {quantity} = {given!r}: a positive value and error are needed")
            self._data[quantity] = (value, sigma)
            self._lines.append(f"{quantity} = {value:g} +- {sigma:g} (given)")
            return
        names = [m.name for m in measurements(quantity)]
        family = [n for n in names if n.rstrip("0123456789") == given]
        seen = measurement(quantity, given if given in names or not family else max(family))
        low, high = seen.sigma_low, seen.sigma_high
        if abs(high - low) > _ASYMMETRY * (high + low):
            raise ConfigError(f"bbn: {quantity} {seen.name} has the errors -{low:g} +{high:g}, too "
                              "asymmetric for a Gaussian: give (value, sigma)")  # fmt: skip
        if quantity != "He3H" and seen.kind != "measurement":
            raise ConfigError(f"bbn: {quantity} {seen.name} is a limit, not a measurement")
        self._data[quantity] = (seen.value, 0.5 * (low + high))
        self._cited.append(seen.reference)
        sign = "<" if seen.kind == "upper" else "="
        self._lines.append(f"{quantity} {sign} {seen.value:g} +- {self._data[quantity][1]:g} ({seen.name})")

    @property
    def references(self):
        """BibTeX keys of the measurements, rates and corrections."""
        return (*self._cited, *self.early.references)

    @property
    def null_loglike(self):
        """The lnL of standard cosmology at the centers of the nuisances."""
        return self.loglike(StandardModel(), {})

    def recenter(self, values):
        """Take nuisance values of a fit as the centers of ``predict`` and ``null_loglike``."""
        self._center.update({n: v for n, v in values.items() if n in self._center})

    def prepare(self, region=None, mapper=map, show=True):
        """Build the tables: of theory shifts, and of abundances along a ray of couplings."""
        if not self._direct and self._sources():
            theory_shifts(self.early.choices)
        self.early.prepare(region, mapper, show, self.name)

    def forget(self):
        """Drop the table of abundances: solve directly from here on."""
        self.early.forget()

    def abundances(self, model, nuisance=None):
        """Return N_eff and abundances of a model; nuisances left out are at their centers."""
        values = self._values(nuisance)
        point = self.early(model, values)
        share = values.get(RATE_SET, 0.0)
        if share == 0.0:
            return point
        shift = rate_set_shift(self.early.choices, self._rate_set).at(point.before_cascade)
        found = np.array([point.Yp, point.DH, point.He3H, point.Li7H]) * np.exp(share * shift)
        Yp, DH, He3H, Li7H = map(float, found)
        return point._replace(Yp=Yp, DH=DH, He3H=He3H, Li7H=Li7H)

    def _values(self, nuisance):
        """The inputs of a point: what is marginalised stays at its center."""
        given = {n: v for n, v in (nuisance or {}).items() if n in self.nuisances}
        return {**self._center, **given}

    def _sources(self):
        """The reactions and nuisances that enter through the covariance."""
        names = [n for n in ("omega_b", "tau_n") if n in self.marginalised]
        if "rates" in self.marginalised:
            names += [n for n in self.early.reactions if n not in self._sampled]
        return names

    def _widths(self, model, nuisance, DH):
        """One-standard-deviation shifts of ln(abundance) at a D/H, shape (sources, 4)."""
        if not self._sources():
            return np.zeros((0, 4))
        table = theory_shifts(self.early.choices)
        shifts = dict(zip(table.sources, table.at(DH)))
        if self._direct:
            shifts.update(self._direct_shifts(model, nuisance))
        return np.array([shifts[n] * self._unit.get(n, 1.0) for n in self._sources() if n in shifts])

    def _direct_shifts(self, model, nuisance):
        import astropy.units as u

        from ..cosmology import theory_covariance

        values = self._values(nuisance)
        extra = {}
        if isinstance(model, StandardModel):
            extra, model = {"delta_neff": model.delta_neff, "xi_e": model.xi_e}, None
        rates, network, neutrinos = self.early.choices
        return theory_covariance(
            model, omega_b=values["omega_b"], tau_n=values["tau_n"] * u.s, rates=rates,
            network=network, neutrinos=neutrinos, **extra,
        ).shifts  # fmt: skip

    def theory_covariance(self, model, nuisance=None):
        """Return the covariance of (Y_p, D/H, He3/H) from everything that is marginalised."""
        nuisance = nuisance or {}
        point = self.abundances(model, nuisance)
        shifts = self._widths(model, nuisance, point.before_cascade)[:, :3]
        shifts = shifts * (point.Yp, point.DH, point.He3H)
        return shifts.T @ shifts

    def predict(self, model):
        """Return N_eff and the abundances at the centers of the nuisances."""
        point = self.abundances(model)
        out = {"Neff": point.Neff, "Yp": point.Yp, "DH": point.DH, "He3H": point.He3H}
        return {n: v for n, v in out.items() if n in self._data or n == "Neff"}

    def loglike(self, model, nuisance):
        """Return lnL of the measured abundances."""
        point = self.abundances(model, nuisance)
        theory = self.theory_covariance(model, nuisance)
        total = 0.0
        used = [n for n in ("Yp", "DH") if n in self._data]
        if used:
            index = [_COLUMN[n] for n in used]
            value, sigma = np.array([self._data[n] for n in used]).T
            if HELIUM in self.nuisances:
                value = value + np.where(np.array(used) == "Yp", self._values(nuisance)[HELIUM], 0.0)
            # in units of the measured errors, so that the determinant is that ratio
            residual = (np.array([getattr(point, n) for n in used]) - value) / sigma
            matrix = np.eye(len(used)) + theory[np.ix_(index, index)] / np.outer(sigma, sigma)
            total -= 0.5 * float(residual @ np.linalg.solve(matrix, residual))
            total -= 0.5 * float(np.linalg.slogdet(matrix)[1])
        if "He3H" in self._data:
            from scipy.special import log_ndtr

            limit, sigma = self._data["He3H"]
            total += float(log_ndtr((limit - point.He3H) / np.sqrt(sigma**2 + theory[2, 2])))
        return total

    def describe(self):
        """Return lines that say which data and uncertainties are in."""
        rates, network, neutrinos = self.early.choices
        lines = [", ".join(self._lines)]
        lines.append(f"network {network}, rates '{rates}', neutrinos {neutrinos}")
        inside = [n for n in MARGINALISE if n in self.marginalised]
        for name in ("omega_b", "tau_n"):
            if name in inside:
                prior = self._priors[name]
                inside[inside.index(name)] = f"{name} = {prior.mean:g} +- {prior.sigma:g}"
        lines.append(f"in the covariance: {', '.join(inside) or 'nothing'}")
        lines += band_lines(self.early.choices, self._center["omega_b"], self._rate_set is not None,
                            HELIUM in self.nuisances)  # fmt: skip
        if self.early.note:
            lines.append(self.early.note)
        return lines
