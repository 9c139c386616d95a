"""Chains: limits, credible regions, citations and pictures of a sampled posterior."""

from dataclasses import dataclass, field

import numpy as np

from .. import checks
from ..constraints.confidence import threshold
from ..errors import ConfigError, did_you_mean
from ..priors import plain_number
from .convergence import LENGTH, autocorrelation, convergence
from .direct import SolverCheck, check_against_solvers
from .evaluation import Failures
from .limits import Limit, reweighted
from .store import parsed, shaped

BURN = 2.0  # autocorrelation times dropped at the start, at least a fifth of the chain


@dataclass(frozen=True, eq=False)
class Chain:
    """A sampled posterior.

    Attributes
    ----------
    names : tuple of str
    labels : tuple of str
        Labels of the coordinates (log10 of log-uniform parameters).
    coordinates : ndarray, shape (steps, walkers, ndim)
    log_prob : ndarray, shape (steps, walkers)
    acceptance : float
    stopped : str
        ``"converged"`` or ``"step limit"``.
    failures : Failures
        (parameters, stage, message) of points that failed, all of them counted by reason.
    accepted : ndarray, shape (walkers,)
        Accepted proposals of every walker.
    moves : dict of str -> (accepted, proposed)
    warnings : tuple of str
        What the limits alone would not show: everything excluded, mass in a gap between constraints.
    solver_check : SolverCheck or None
        Of a run that was told to compare its tables with the solvers.
    burned : int or None
        Steps to drop at the start; None: by the autocorrelation time. Independent samples have 0.
    log_evidence : float
        Of nested sampling, else nan.
    """

    names: tuple
    labels: tuple
    coordinates: np.ndarray
    log_prob: np.ndarray
    acceptance: float
    stopped: str
    posterior: object = None
    failures: list = field(default_factory=list)
    references: tuple = ()
    notes: tuple = ()
    accepted: object = None
    moves: dict = field(default_factory=dict)
    warnings: tuple = ()
    solver_check: object = None
    burned: int | None = None
    log_evidence: float = np.nan

    def __repr__(self):
        steps, walkers, _ = self.coordinates.shape
        return f"Chain({', '.join(self.names)}; {walkers} walkers, {steps} steps, {self.stopped})"

    @classmethod
    def from_store(cls, arrays, attrs, posterior=None):
        """Build from the content of a run file."""
        a, path = parsed(attrs["mcmc"]), "the run file"
        size = (None, int(a["nwalkers"]), int(a["ndim"]))
        chain = shaped(arrays, "mcmc/chain", size, path)
        accepted = shaped(arrays, "mcmc/accepted", size[1:2], path)
        return cls(
            names=tuple(a["names"]), labels=tuple(a["labels"]), coordinates=chain,
            log_prob=shaped(arrays, "mcmc/log_prob", (len(chain), size[1]), path),
            acceptance=float(np.mean(accepted) / max(len(chain), 1)),
            stopped=str(a.get("stopped", "")), posterior=posterior,
            failures=Failures.from_dict(a.get("failures", [])),
            references=("ForemanMackey:2012ig", *(posterior.references if posterior else ())),
            notes=tuple(a.get("notes", ())), accepted=accepted,
            moves={n: tuple(v) for n, v in a.get("moves", {}).items()},
            warnings=tuple(a.get("warnings", ())),
            solver_check=SolverCheck.from_dict(parsed(attrs.get("solvers", {})).get("check")),
        )  # fmt: skip

    @property
    def autocorrelation(self):
        """Largest integrated autocorrelation time in steps (inf if the chain is too short)."""
        return autocorrelation(self.coordinates) if len(self.coordinates) > 20 else np.inf

    @property
    def burn_in(self):
        """Steps dropped at the start."""
        if self.burned is not None:
            return self.burned
        n = len(self.coordinates)
        tau = self.autocorrelation
        return int(min(max(n // 5, BURN * tau if np.isfinite(tau) else n // 2), n // 2))

    @property
    def diagnosis(self):
        """One sentence on whether the chain is long enough."""
        n, tau = len(self.coordinates), self.autocorrelation
        if not np.isfinite(tau) or n < LENGTH * tau:
            return (
                f"{n} steps are only {n / tau:.0f} autocorrelation times (tau = {tau:.0f}): "
                "ask for more steps and run again, the chain goes on where it is"
            )
        return f"{n} steps, {n / tau:.0f} autocorrelation times (tau = {tau:.0f})"

    def flat(self):
        """Return coordinates after burn-in, shape (n, ndim)."""
        kept = self.coordinates[self.burn_in :]
        return kept.reshape(-1, kept.shape[-1])

    def _index(self, name):
        if not isinstance(name, str) or name not in self.names:
            raise ConfigError(
                f"no parameter {checks.shown(name)}{did_you_mean(name, self.names)} in this chain; "
                f"there are {', '.join(self.names)}"
            )
        return self.names.index(name)

    def values(self, name):
        """Return the sampled values of one parameter after burn-in."""
        return self.value_of(name, self.flat()[:, self._index(name)])

    def value_of(self, name, coordinate):
        """Return values of one parameter from its coordinates, of any shape."""
        if self.posterior is not None:
            return self.posterior.priors[name].value(coordinate)
        return 10.0**coordinate if self.labels[self._index(name)].startswith("log10 ") else coordinate

    def unit(self, name):
        """Return the unit of a parameter; "" if it has none or the posterior is not known."""
        self._index(name)
        return self.posterior.unit(name) if self.posterior is not None else ""

    def label(self, name):
        """Return the label of a parameter with its unit, as the model names it."""
        self._index(name)
        return self.posterior.label(name) if self.posterior is not None else name

    def convergence(self):
        """Return :class:`astrobounds.inference.convergence.Convergence` of this chain."""
        steps, walkers, _ = self.coordinates.shape
        accepted = self.accepted
        if accepted is None:
            accepted = np.full(walkers, self.acceptance * steps)
        return convergence(self.coordinates, self.names, self.burn_in, accepted, self.moves)

    def upper_limit(self, name, cl=0.9, method="bayesian", where=None):
        """Return the upper limit of a parameter.

        Parameters
        ----------
        name : str
        cl : float
        method : {"bayesian", "delta-chi2"}
            ``"bayesian"``: the one-sided quantile of the marginal posterior, which depends on the
            prior; ``"delta-chi2"``: the largest sampled value with -2 Delta lnL (profiled over the
            other parameters) below the chi2 quantile of one degree of freedom (2.71 at 90 %).
        where : mapping, optional
            ``{parameter: (low, high)}``: only samples in these ranges, for instance a mass bin.

        Returns
        -------
        float
        """
        return self.limit(name, cl, method, where).value

    def limit(self, name, cl=0.9, method="bayesian", where=None):
        """Return :meth:`upper_limit` as a :class:`Limit`, which names its prior."""
        checks.confidence(cl)
        checks.choice(method, "method", ("bayesian", "delta-chi2"))
        values, keep, text = self.values(name), self._kept(where), _span_text(where)
        effective = self._effective(name) * float(keep.mean())
        if method == "bayesian":
            value = float(np.quantile(values[keep], cl))
            return Limit(name, value, cl, method, self._prior_words(name), effective, text)
        lnl = self.log_prob[self.burn_in :].ravel() - self._log_prior()
        good = keep & (lnl > lnl[keep].max() - threshold(cl, "delta-chi2"))
        return Limit(name, float(values[good].max()), cl, method, "", effective, text)

    def against_solvers(self, points=200, cl=0.9, *, pool=None, seed=1, progress=True):
        """Solve points of this chain directly: by how much did tables move its limits?

        Returns
        -------
        SolverCheck
            See :func:`astrobounds.inference.direct.check_against_solvers`.
        """
        return check_against_solvers(self, points, cl, pool, seed, progress)

    def prior_dependence(self, name, cl=0.9, where=None):
        """Return Bayesian limits of a coupling for several priors by reweighting this chain.

        Parameters
        ----------
        name : str
            A coupling: its samples are positive.
        cl : float
        where : mapping, optional
            As in :meth:`upper_limit`.

        Returns
        -------
        PriorDependence
            ``{prior: Limit}``: as sampled, log-uniform, uniform in |U|^2 and uniform in U (for a
            coupling that is an amplitude g: in g^2 and g), all on the range of the sampled prior.
            Each limit says how many effective samples the weights leave.
        """
        checks.confidence(cl)
        if self.posterior is None:
            raise ConfigError("the prior is not known: load the chain with its posterior")
        keep = self._kept(where)
        values = self.values(name)[keep]
        if name not in self.posterior.coupling_names:
            raise ConfigError(f"'{name}' is no coupling of {self.posterior.model.__name__}")
        if not values.min() > 0.0:
            raise ConfigError(
                f"'{name}' reaches {values.min():g}: priors are compared for positive couplings"
            )
        density = self.posterior.priors[name].logpdf(values)
        parameter = self.posterior.model.parameter(name)
        return reweighted(parameter, values, density, cl, self._prior_words(name),
                          self._effective(name) * float(keep.mean()), _span_text(where))  # fmt: skip

    def _kept(self, where):
        """Return the mask of samples inside ``{parameter: (low, high)}``."""
        keep = np.ones(len(self.flat()), dtype=bool)
        for other, span in checks.mapping({} if where is None else where, "where").items():
            self._index(other)
            try:
                low, high = span
            except (TypeError, ValueError):
                raise ConfigError(
                    f"where: {other} = {checks.shown(span)} is not a pair (low, high)"
                ) from None
            low, high = (plain_number(end, f"where: {other}", self.unit(other)) for end in (low, high))
            v = self.values(other)
            keep &= (v >= low) & (v <= high)
        if not keep.any():
            raise ConfigError(f"no sample lies in {checks.shown(where)}")
        return keep

    def _effective(self, name):
        """Return the effective number of samples after burn-in."""
        tau = self.autocorrelation
        return len(self.flat()) / tau if np.isfinite(tau) else 1.0

    def _prior_words(self, name):
        return repr(self.posterior.priors[name]) if self.posterior is not None else "not known"

    def _log_prior(self):
        if self.posterior is None:
            raise ConfigError("the profile needs the posterior: load the chain with its posterior")
        flat = self.flat()
        total = np.zeros(len(flat))
        for i, name in enumerate(self.names):
            total += self.posterior.priors[name].logpdf_coordinate(flat[:, i])
        return total

    def credible_region(self, name, cl=0.9):
        """Return the (low, high) quantiles that hold the central ``cl`` of one parameter."""
        checks.confidence(cl)
        low, high = np.quantile(self.values(name), [0.5 * (1.0 - cl), 0.5 * (1.0 + cl)])
        return float(low), float(high)

    def limits_by(self, x, y, edges, cl=0.9):
        """Return rows (low, high, weight, upper limit of y) in bins of x."""
        checks.confidence(cl)
        values = self.values(x)
        try:
            edges = np.asarray(edges, dtype=float)
            if edges.ndim != 1:
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise ConfigError(f"edges = {checks.shown(edges)}: a list of numbers is needed") from None
        rows = []
        for a, b in zip(edges[:-1], edges[1:]):
            inside = (values >= a) & (values < b)
            limit = float(np.quantile(self.values(y)[inside], cl)) if inside.sum() > 20 else np.nan
            rows.append((float(a), float(b), float(inside.mean()), limit))
        return rows

    def cite(self, path=None):
        """Return the BibTeX of everything used; write it to ``path`` if given."""
        from ..references import collect, to_bibtex

        text = to_bibtex(collect(self.references))
        if path is not None:
            from .atomic import write_whole

            write_whole(checks.path(path), text)
        return text

    def corner(self, **options):
        """Draw the corner plot; see :func:`astrobounds.plotting.corner_plot`."""
        from ..plotting import corner_plot

        return corner_plot(self, **options)

    def to_table(self):
        """Return the samples after burn-in as an astropy Table with units."""
        from .export import chain_table

        return chain_table(self)

    def to_getdist(self):
        """Return ``getdist.MCSamples`` of the coordinates (log10 of log-uniform parameters)."""
        from .export import chain_getdist

        return chain_getdist(self)

    def to_arviz(self):
        """Return ArviZ's InferenceData of the values; walkers are its chains."""
        from .export import chain_arviz

        return chain_arviz(self)

    def summary(self):
        """Return a text: convergence, then median, central 68 % and limit of every parameter."""
        lines = [self.diagnosis, f"stopped: {self.stopped}", str(self.convergence())]
        lines.append(
            f"{'parameter':<18} {'median':>11} {'16 %':>11} {'84 %':>11} {'90 % upper':>11}  prior"
        )
        for name in self.names:
            q = np.quantile(self.values(name), [0.5, 0.16, 0.84, 0.9])
            numbers = " ".join(f"{v:>11.4g}" for v in q)
            lines.append(f"{name:<18} {numbers}  {self._prior_words(name)}")
        if self.failures.counts:
            lines.append(f"{self.failures.total} evaluations failed:")
            lines += [f"  {line}" for line in self.failures.summary()]
        lines += [f"warning: {line}" for line in self.warnings]
        lines += self.solver_check.lines() if self.solver_check is not None else []
        return "\n".join(lines)


def _span_text(where):
    return ", ".join(f"{n} in {v!r}" for n, v in (where or {}).items())
