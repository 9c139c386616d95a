"""Chains: limits, credible regions, citations and pictures of a sampled posterior."""

import json
from dataclasses import dataclass, field

import numpy as np

from ..constraints.confidence import threshold
from ..errors import ConfigError, did_you_mean
from ..priors import _number

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
    failures : list
        (parameters, stage, message) of points where a solver failed.
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

    def __repr__(self):
        steps, walkers, _ = self.coordinates.shape
        return f"Chain({', '.join(self.names)}; {walkers} walkers, {steps} steps, {self.stopped})"

    @classmethod
    def from_store(cls, arrays, attrs, posterior=None):
        """Build from the content of a run file."""
        a = {k: _parsed(v) for k, v in attrs["mcmc"].items()}
        chain = arrays["mcmc/chain"]
        return cls(
            names=tuple(a["names"]), labels=tuple(a["labels"]), coordinates=chain,
            log_prob=arrays["mcmc/log_prob"],
            acceptance=float(np.mean(arrays["mcmc/accepted"]) / max(len(chain), 1)),
            stopped=str(a.get("stopped", "")), posterior=posterior,
            failures=list(a.get("failures", [])),
            references=("ForemanMackey:2012ig", *(posterior.references if posterior else ())),
            notes=tuple(a.get("notes", ())),
        )  # fmt: skip

    @property
    def autocorrelation(self):
        """Largest integrated autocorrelation time in steps (inf if the chain is too short)."""
        from .sampler import autocorrelation

        return autocorrelation(self.coordinates) if len(self.coordinates) > 20 else np.inf

    @property
    def burn_in(self):
        """Steps dropped at the start."""
        n = len(self.coordinates)
        tau = self.autocorrelation
        return int(min(max(n // 5, BURN * tau if np.isfinite(tau) else n // 2), n // 2))

    @property
    def diagnosis(self):
        """One sentence on whether the chain is long enough."""
        n, tau = len(self.coordinates), self.autocorrelation
        if not np.isfinite(tau) or n < 50 * tau:
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
        if name not in self.names:
            raise ConfigError(
                f"no parameter '{name}'{did_you_mean(name, self.names)} in this chain; "
                f"there are {', '.join(self.names)}"
            )
        return self.names.index(name)

    def values(self, name):
        """Return the sampled values of one parameter after burn-in."""
        column = self.flat()[:, self._index(name)]
        return 10.0**column if self.labels[self._index(name)].startswith("log10 ") else column

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
        threshold(cl)  # checks it
        values, keep = self.values(name), np.ones(len(self.flat()), dtype=bool)
        for other, span in (where or {}).items():
            try:
                low, high = (_number(end, other)[0] for end in span)
            except TypeError:
                raise ConfigError(f"where: {other} = {span!r} is not a pair (low, high)") from None
            v = self.values(other)
            keep &= (v >= low) & (v <= high)
        if not keep.any():
            raise ConfigError(f"no sample lies in {where}")
        if method == "bayesian":
            return float(np.quantile(values[keep], cl))
        if method != "delta-chi2":
            raise ConfigError(f"method = {method!r}; allowed: 'bayesian', 'delta-chi2'")
        lnl = self.log_prob[self.burn_in :].ravel() - self._log_prior()
        good = keep & (lnl > lnl[keep].max() - threshold(cl, "delta-chi2"))
        return float(values[good].max())

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
        low, high = np.quantile(self.values(name), [0.5 * (1.0 - cl), 0.5 * (1.0 + cl)])
        return float(low), float(high)

    def limits_by(self, x, y, edges, cl=0.9):
        """Return rows (low, high, weight, upper limit of y) in bins of x."""
        values = self.values(x)
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
            from pathlib import Path

            Path(path).write_text(text, encoding="utf-8")
        return text

    def corner(self, **options):
        """Draw the corner plot; see :func:`astrobounds.plotting.corner_plot`."""
        from ..plotting import corner_plot

        return corner_plot(self, **options)

    def summary(self):
        """Return a text table: median, central 68 % and 90 % upper limit of every parameter."""
        lines = [self.diagnosis, f"acceptance {self.acceptance:.2f}, stopped: {self.stopped}"]
        lines.append(f"{'parameter':<18} {'median':>11} {'16 %':>11} {'84 %':>11} {'90 % upper':>11}")
        for name in self.names:
            q = np.quantile(self.values(name), [0.5, 0.16, 0.84, 0.9])
            lines.append(f"{name:<18} " + " ".join(f"{v:>11.4g}" for v in q))
        if self.failures:
            lines.append(f"{len(self.failures)} points where a solver failed")
        return "\n".join(lines)


def _parsed(value):
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value
