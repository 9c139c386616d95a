"""The posterior: a model class, priors, constraints; evaluated point by point."""

import time
import warnings
from dataclasses import dataclass

import numpy as np

from ..constraints.protocol import Region
from ..errors import ConfigError, ConvergenceError, DomainError, did_you_mean
from ..priors import Prior, Tied, _number
from .identity import digest, prior_text
from .parts import (
    build_point,
    check_arguments,
    check_domains,
    check_point,
    nature_argument,
    nature_of,
    nuisances,
    resolve,
)

_CANONICAL = {"mass": "MeV"}


@dataclass(frozen=True)
class Term:
    """One constraint at one point: predictions, lnL and the time they took [s]."""

    name: str
    predictions: dict
    loglike: float
    seconds: float
    notes: tuple = ()


@dataclass(frozen=True)
class Summary:
    """Everything a posterior says about one model point; ``str`` makes a table.

    Attributes
    ----------
    model : object
    nuisances : dict
    terms : tuple of Term
    """

    model: object
    nuisances: dict
    terms: tuple

    @property
    def loglike(self):
        """Sum of lnL over constraints."""
        return sum(t.loglike for t in self.terms)

    def __str__(self):
        lines = [f"{self.model!r}"]
        lines += [f"  {name} = {value:g}" for name, value in self.nuisances.items()]
        lines.append(f"{'constraint':<20} {'lnL':>12} {'time':>9}  predictions")
        for t in self.terms:
            values = list(t.predictions.items())
            text = ", ".join(f"{k} = {v:.4g}" for k, v in values[:4])
            more = f", ... ({len(values)} in all)" if len(values) > 4 else ""
            lines.append(f"{t.name:<20} {t.loglike:>12.4f} {1e3 * t.seconds:>6.1f} ms  {text}{more}")
        lines.append(f"{'total':<20} {self.loglike:>12.4f}")
        return "\n".join(lines)


class Posterior:
    """Priors times the likelihoods of independent constraints.

    Parameters
    ----------
    model : type
        A model class such as :class:`astrobounds.HNL`.
    priors : mapping
        ``{parameter: prior}``; names are ``"mass"``, ``"mixing.tau"``, ... and the nuisances of
        the constraints. A number or Quantity fixes a parameter, a :class:`Tied` makes it follow
        another one. Nuisances without an entry get their constraint's own prior.
    constraints : sequence
        Names (see :func:`astrobounds.constraints.names`), ``{name: options}`` mappings, or objects
        that follow :class:`astrobounds.constraints.protocol.Constraint`.
    nature : {"majorana", "dirac"}, optional
        Nature of the model, or the spin of a Mediator ("vector", "scalar"); the class's default
        otherwise. Not for models without one.

    Attributes
    ----------
    names : tuple of str
        Free parameters: of the model first, then nuisances.
    constraints : tuple
    failures : list
        (parameters, stage, message) of every point where a solver failed since the last reset.

    Raises
    ------
    ConfigError
        For an unknown parameter, constraint or option, a mass prior without unit, priors that
        leave a model without mass, two constraints with one name or nuisance.

    Notes
    -----
    A solver that fails gives lnL = -inf; the point is counted and kept in ``failures``. A sampler
    moves in coordinates in which the priors are flat or Gaussian: log10 for log-uniform ones.
    """

    def __init__(self, model, priors, constraints, nature=None):
        check_arguments(model, priors, constraints)
        self.model = model
        self.constraints = tuple(resolve(c, model) for c in constraints)
        if not self.constraints:
            raise ConfigError("a posterior needs at least one constraint, for instance 'lab'")
        self.nature = nature_of(model, nature)
        self.failures = []
        names = [c.name for c in self.constraints]
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(f"constraint '{name}' is given twice")
        own = nuisances(self.constraints)
        allowed = (*model.parameter_names, *own)
        self.priors, self.fixed, self.ties = {}, {}, {}
        for name, prior in priors.items():
            if name not in allowed:
                raise ConfigError(
                    f"unknown parameter '{name}'{did_you_mean(name, allowed)}; "
                    f"allowed here: {', '.join(allowed)}"
                )
            self._take(name, prior)
        for name, prior in own.items():
            if name not in {**self.priors, **self.fixed, **self.ties}:
                self.priors[name] = prior
        if "mass" in model.parameter_names and "mass" not in {**self.priors, **self.fixed, **self.ties}:
            raise ConfigError("the priors leave the mass open: give 'mass' a prior or a value")
        for name, tie in self.ties.items():
            if tie.to not in self.priors:
                raise ConfigError(f"'{name}' is tied to '{tie.to}', which has no prior")
        order = {name: i for i, name in enumerate(allowed)}
        self.names = tuple(sorted(self.priors, key=order.__getitem__))
        if not self.names:
            raise ConfigError("every parameter is fixed: use summary() for a single point")
        self.model_names = tuple(n for n in self.names if n in model.parameter_names)
        self.nuisance_names = tuple(n for n in self.names if n not in model.parameter_names)
        self._check_support()
        self._recenter()
        self._identities = {c.name: digest(c) for c in self.constraints}  # before any table is built

    def _take(self, name, prior):
        if isinstance(prior, Tied):
            self.ties[name] = prior
            return
        if isinstance(prior, Prior):
            unit = prior.unit
            self.priors[name] = prior
        else:
            value, unit = _number(prior, name)
            self.fixed[name] = value
        wanted = _CANONICAL.get(name)
        if wanted and unit != wanted:
            raise ConfigError(
                f"'{name}' is given without a unit of energy: write LogUniform(10*u.MeV, 500*u.MeV)"
            )

    def _check_support(self):
        """Build the model at the corners of its priors, so that bad ranges are found at once."""
        for q in (0.0, 1.0):
            theta = {n: self.priors[n].support[int(q)] for n in self.model_names}
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    check_point(self.model, self._complete(theta), self.nature)
            except DomainError as error:
                raise ConfigError(f"the priors leave the model's domain: {error}") from None
        spans = {n: self.priors[n].support for n in self.nuisance_names}
        check_domains(self.constraints, {**spans, **{n: (v, v) for n, v in self.fixed.items()}})

    def _recenter(self):
        """Tell the constraints where their nuisances are centered in this fit."""
        values = {n: v for n, v in self.fixed.items() if n not in self.model.parameter_names}
        values.update({n: self.priors[n].center for n in self.nuisance_names})
        for c in self.constraints:
            if hasattr(c, "recenter"):
                c.recenter(values)

    def _complete(self, values):
        """Return values with fixed and tied model parameters filled in."""
        full = {n: v for n, v in self.fixed.items() if n in self.model.parameter_names}
        full.update(values)
        for name, tie in self.ties.items():
            full[name] = tie.factor * full[tie.to]
        return full

    @property
    def references(self):
        """BibTeX keys of the model and of every constraint."""
        from ..references import collect

        return tuple(collect(self.model.references, *self.constraints))

    def fingerprint(self):
        """Return what identifies this configuration in a run file (JSON-able)."""
        from .. import __version__

        return {
            "astrobounds": __version__,
            "model": self.model.__name__,
            "nature": self.nature,
            "priors": {n: prior_text(self.priors[n]) for n in self.names},
            "fixed": {n: repr(v) for n, v in sorted(self.fixed.items())},
            "ties": {n: [t.to, t.factor] for n, t in sorted(self.ties.items())},
            "constraints": self._identities,
        }

    def notes(self):
        """Return what every constraint assumed, one line each."""
        return [
            f"{c.name}: {line}" for c in self.constraints if hasattr(c, "describe")
            for line in c.describe()
        ]  # fmt: skip

    @property
    def ndim(self):
        """Number of free parameters."""
        return len(self.names)

    def labels(self):
        """Return axis labels of the coordinates."""
        return [self.priors[n].label + n for n in self.names]

    def values(self, coordinates):
        """Return ``{name: value}`` of a coordinate vector."""
        return {n: float(self.priors[n].value(y)) for n, y in zip(self.names, coordinates)}

    def coordinates(self, values):
        """Return the coordinate vector of ``{name: value}``."""
        return np.array([float(self.priors[n].coordinate(values[n])) for n in self.names])

    def bounds(self):
        """Return the support of every coordinate, shape (ndim, 2)."""
        return np.array([
            [float(self.priors[n].coordinate(x)) for x in self.priors[n].support]
            for n in self.names
        ])  # fmt: skip

    def point(self, values):
        """Return (model, nuisances) for ``{name: value}``; nuisances default to their center."""
        model_values = {n: v for n, v in values.items() if n in self.model.parameter_names}
        complete = self._complete(model_values)
        first, *others = self.model.parameter_names
        couplings = tuple(complete.get(p, 0.0) for p in others)
        if sum(couplings) > 1.0:
            raise DomainError(f"the couplings sum to {sum(couplings):g}")
        model = self.model.fast(complete.get(first, 0.0), couplings, self.nature)
        nuisances = {n: v for n, v in self.fixed.items() if n not in self.model.parameter_names}
        for name in self.nuisance_names:
            nuisances[name] = values.get(name, self.priors[name].center)
        return model, nuisances

    def logprior(self, coordinates):
        """Return ln of the prior density of a coordinate vector."""
        return float(
            sum(self.priors[n].logpdf_coordinate(y) for n, y in zip(self.names, coordinates))
        )

    def terms(self, values):
        """Return ``{constraint: lnL}`` at ``{name: value}``; a failed solver gives -inf."""
        try:
            model, nuisances = self.point(values)
        except DomainError:
            return {c.name: -np.inf for c in self.constraints}
        out = {}
        for constraint in self.constraints:
            try:
                out[constraint.name] = float(constraint.loglike(model, nuisances))
            except ConvergenceError as error:
                self.failures.append((dict(values), error.stage or constraint.name, str(error)))
                out[constraint.name] = -np.inf
            except DomainError as error:  # a proposal far out in the tail of a prior
                self.failures.append((dict(values), constraint.name, str(error)))
                out[constraint.name] = -np.inf
            if np.isnan(out[constraint.name]):
                self.failures.append((dict(values), constraint.name, "lnL is not a number"))
                out[constraint.name] = -np.inf
        return out

    def loglike(self, coordinates):
        """Return lnL of a coordinate vector."""
        return float(sum(self.terms(self.values(coordinates)).values()))

    def __call__(self, coordinates):
        """Return ln of the posterior density of a coordinate vector (not normalised)."""
        prior = self.logprior(coordinates)
        return prior + self.loglike(coordinates) if np.isfinite(prior) else -np.inf

    def region(self):
        """Return the region of model space the priors span."""
        ranges = {n: self.priors[n].support for n in self.model_names}
        fixed = {n: v for n, v in self.fixed.items() if n in self.model.parameter_names}
        ties = {n: (t.to, t.factor) for n, t in self.ties.items()}
        return Region(self.model, self.nature, ranges, fixed, ties)

    def prepare(self, mapper=map, show=True):
        """Let every constraint build its tables for the region of the priors."""
        for constraint in self.constraints:
            if hasattr(constraint, "prepare"):
                constraint.prepare(self.region(), mapper, show)

    def uncovered(self):
        """Return ``{flavour: [(low, high), ...]}``, masses [MeV] no laboratory curve covers."""
        if "mass" not in self.priors:
            return {}
        low, high = self.priors["mass"].support
        out = {}
        for constraint in self.constraints:
            if hasattr(constraint, "uncovered"):
                for name in self.region().couplings():
                    if name.startswith("mixing."):
                        flavour = name.partition(".")[2]
                        out[flavour] = constraint.uncovered(flavour, low, high)
        return out

    def summary(self, **point):
        """Return every prediction, lnL and time at one point.

        Parameters
        ----------
        **point
            Arguments of the model (``mass=200*u.MeV, mixing={"tau": 1e-8}``) and values of
            nuisances; nuisances left out are at the center of their priors.

        Returns
        -------
        Summary

        Raises
        ------
        ConfigError, DomainError
            For an unknown name or a value outside the model's domain.
        """
        nuisances = {n: v for n, v in self.fixed.items() if n not in self.model.parameter_names}
        nuisances.update({n: self.priors[n].center for n in self.nuisance_names})
        arguments = {}
        for name, value in point.items():
            if name in nuisances:
                nuisances[name] = _number(value, name)[0]
            else:
                arguments[name] = value
        if self.nature is not None:
            arguments.setdefault(nature_argument(self.model), self.nature)
        model = build_point(self.model, arguments)
        terms = []
        for c in self.constraints:
            start = time.perf_counter()
            loglike = float(c.loglike(model, nuisances))
            predictions = c.predict(model)
            notes = tuple(c.describe()) if hasattr(c, "describe") else ()
            terms.append(Term(c.name, predictions, loglike, time.perf_counter() - start, notes))
        return Summary(model, nuisances, tuple(terms))
