"""The posterior: a model class, priors, constraints; evaluated point by point."""

import time

import numpy as np

from ..checks import path, shown
from ..constraints.protocol import Region
from ..errors import AstroboundsError, ConfigError, DomainError, did_you_mean
from ..identity import digest, prior_text
from ..priors import Tied, as_prior, plain_number
from .assemble import (
    build_point,
    check_arguments,
    check_corners,
    check_domains,
    choices_of,
    nature_of,
    nuisances,
    resolve,
    unit_of,
)
from .evaluation import MODEL, Failures, as_loglike, attempt, check_time_limit, point_text
from .summary import Summary, Term

_NUISANCES = {  # labels
    "log10_L_allowed": r"$\log_{10} L_{\rm allowed}$ [erg/s]", "omega_b": r"$\Omega_b h^2$",
    "tau_n": r"$\tau_n$ [s]", "sn1987a_distance_kpc": "distance of SN1987A [kpc]",
}  # fmt: skip


class Posterior:
    """Priors times the likelihoods of independent constraints.

    Parameters
    ----------
    model : type
        A model class such as :class:`astrobounds.HNL`.
    priors : mapping
        ``{parameter: prior}``; names are ``"mass"``, ``"mixing.tau"``, ... and the nuisances of
        the constraints. A prior of this package or a frozen distribution of ``scipy.stats``; a
        number or Quantity fixes a parameter, a :class:`Tied` makes it follow another one. Nuisances
        without an entry get their constraint's own prior. Each is converted to the parameter's own
        unit or refused.
    constraints : sequence
        Names (see :func:`astrobounds.constraints.names`), ``{name: options}`` mappings, objects
        that follow :class:`astrobounds.constraints.protocol.Constraint`, or plain callables
        ``f(model)`` or ``f(model, nuisance)`` that return lnL.
    nature : str, optional
        The model's discrete choice where it has one: the nature, or the spin of a Mediator
        ("vector", "scalar"); the class's default otherwise.
    time_limit : float, optional
        Seconds after which one evaluation of a constraint is given up and counted as a failure
        (Linux and macOS; code that is compiled is interrupted when it returns).
    folder : path, optional
        Where modules and curves that constraints name lie; the working directory by default.

    Attributes
    ----------
    names : tuple of str
        Free parameters: of the model first, then nuisances.
    constraints : tuple
    failures : Failures
        (parameters, stage, message) of points where the model does not exist or a constraint
        failed, all of them counted by reason; those of worker processes included.

    Raises
    ------
    ConfigError
        For an unknown parameter, constraint or option, a mass prior without unit, priors that
        leave a model without mass, two constraints with one name or nuisance.

    Notes
    -----
    A point where the model does not exist (``model.allowed``), or where a constraint fails, raises,
    takes too long or returns what is no lnL (nan, +inf, text, an array), is counted in ``failures``;
    it is nan in a scan and never visited by a chain. A sampler moves in coordinates in which the
    priors are flat or Gaussian: log10 for log-uniform ones.
    """

    def __init__(self, model, priors, constraints, nature=None, time_limit=None, folder=None):
        check_arguments(model, priors, constraints)
        self.model = model
        self.time_limit = check_time_limit(time_limit)
        folder = None if folder is None else path(folder, "folder")
        self.constraints = tuple(resolve(c, model, folder) for c in constraints)
        if not self.constraints:
            raise ConfigError("a posterior needs at least one constraint, for instance 'lab'")
        self.nature = nature_of(model, nature)
        self.choices = choices_of(model, self.nature)
        self._defaults = {p.name: p.default for p in model.parameters}
        self.failures = Failures()
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
                self.priors[name] = prior.in_unit(self.unit(name), name)
        for name, default in self._defaults.items():
            if default is None and name not in {**self.priors, **self.fixed, **self.ties}:
                raise ConfigError(f"the priors leave the {name} open: give '{name}' a prior or a value")
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
        # before any table is built
        self._identities = {c.name: digest(c, f"constraint '{c.name}'") for c in self.constraints}
        self._model_identity = digest(self.model, f"model {self.model.__name__}")

    @property
    def coupling_names(self):
        """Free parameters of the model that are couplings."""
        couplings = {p.name for p in self.model.coupling_parameters()}
        return tuple(n for n in self.model_names if n in couplings)

    def unit(self, name):
        """Return the own unit of a parameter, "" for numbers."""
        return unit_of(self.model, self.constraints, name)

    def label(self, name):
        """Return the axis label of a parameter with its unit."""
        if name in self.model.parameter_names:
            return self.model.parameter(name).label
        return _NUISANCES.get(name, name)

    def number(self, value, name, bare=None):
        """Return a number or Quantity as a float in the own unit of a parameter."""
        unit = self.unit(name)
        return plain_number(value, name, unit, unit != "MeV" if bare is None else bare)

    def _take(self, name, given):
        if isinstance(given, Tied):
            self.ties[name] = given
            return
        prior = as_prior(given)
        if prior is None:
            self.fixed[name] = self.number(given, name)
            if not np.isfinite(self.fixed[name]):
                raise ConfigError(f"'{name}' = {shown(given)} is not finite")
        else:
            unit = self.unit(name)
            self.priors[name] = prior.in_unit(unit, name, bare=unit != "MeV")

    def _check_support(self):
        """Refuse ranges outside the model's domain, or where a constraint cannot be evaluated."""
        supports = {n: self.priors[n].support for n in self.model_names}
        check_corners(self.model, self.choices, supports, self._complete)
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

    def apart(self):
        """Return this posterior with failures of its own: for threads, workers and trials."""
        out = object.__new__(type(self))
        out.__dict__.update(self.__dict__, failures=Failures())
        return out

    def fingerprint(self):
        """Return what identifies this configuration in a run file (JSON-able)."""
        from .. import __version__

        return {
            "astrobounds": __version__,
            "model": [self.model.__name__, self._model_identity],
            "nature": self.nature,
            "priors": {n: prior_text(self.priors[n]) for n in self.names},
            "fixed": {n: repr(v) for n, v in sorted(self.fixed.items())},
            "ties": {n: [t.to, t.factor] for n, t in sorted(self.ties.items())},
            "constraints": self._identities,
            "time_limit": self.time_limit,
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
        try:
            return {n: float(self.priors[n].value(y)) for n, y in zip(self.names, coordinates)}
        except (TypeError, ValueError, OverflowError):
            raise ConfigError(
                f"coordinates = {shown(coordinates)}: {self.ndim} numbers are needed"
            ) from None

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
        """Return (model, nuisances) for ``{name: value}``; nuisances default to their center.

        Raises
        ------
        DomainError
            With the model's own reason, where it does not exist.
        """
        model_values = {n: v for n, v in values.items() if n in self.model.parameter_names}
        complete = self._complete(model_values)
        full = {p: complete.get(p, self._defaults[p]) for p in self._defaults}
        reason = self.model.allowed(full, **self.choices)
        if reason:
            raise DomainError(reason)
        model = self.model.from_values(full, **self.choices)
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
        """Return ``{constraint: lnL}`` at ``{name: value}``.

        nan where the model does not exist or a constraint failed, which is counted in ``failures``.
        """
        try:
            model, nuisances = self.point(values)
        except DomainError as error:
            self.failures.append((dict(values), MODEL, str(error)))
            return {c.name: np.nan for c in self.constraints}
        out = {}
        for constraint in self.constraints:
            out[constraint.name], wrong = attempt(constraint, model, nuisances, self.time_limit)
            if wrong is not None:
                self.failures.append((dict(values), *wrong))
        return out

    def loglike(self, coordinates):
        """Return lnL of a coordinate vector; -inf where :meth:`terms` has a nan."""
        total = float(sum(self.terms(self.values(coordinates)).values()))
        return -np.inf if np.isnan(total) else total

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
        """Let every constraint build its tables for the region of the priors.

        Parameters
        ----------
        mapper : callable
            ``mapper(function, arguments)`` in order, such as ``map`` or that of a pool.
        show : bool
        """
        for constraint in self.constraints:
            if hasattr(constraint, "prepare"):
                constraint.prepare(self.region(), mapper, show)

    @property
    def null_loglike(self):
        """The lnL without the particle."""
        return float(sum(getattr(c, "null_loglike", 0.0) for c in self.constraints))

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
                nuisances[name] = self.number(value, name)
            else:
                arguments[name] = value
        for name, value in self.choices.items():
            arguments.setdefault(name, value)
        model = build_point(self.model, arguments)
        terms = tuple(self._term(c, model, nuisances) for c in self.constraints)
        return Summary(model, nuisances, terms)

    def _term(self, constraint, model, nuisances):
        """Evaluate one constraint at one point; what goes wrong names both."""
        start = time.perf_counter()
        try:
            loglike, wrong = as_loglike(constraint.loglike(model, nuisances))
            predictions = {} if wrong else dict(constraint.predict(model))
            notes = tuple(constraint.describe()) if hasattr(constraint, "describe") else ()
        except AstroboundsError:
            raise
        except Exception as error:
            wrong = f"raised {type(error).__name__}: {error}"
        if wrong:
            where = f", {point_text(nuisances)}" if nuisances else ""
            raise ConfigError(f"constraint '{constraint.name}' at {model!r}{where}: {wrong}")
        return Term(constraint.name, predictions, loglike, time.perf_counter() - start, notes)
