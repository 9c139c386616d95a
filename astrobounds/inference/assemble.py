"""What a posterior is put together from: constraints by name, their nuisances, the model's nature."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..checks import shown
from ..constraints import get
from ..errors import AstroboundsError, ConfigError, DomainError, did_you_mean
from ..priors import as_prior
from ..units import finite
from .usercode import FunctionConstraint, find, is_spec

_UNITS = {"tau_n": "s"}  # of nuisances


def check_arguments(model, priors, constraints):
    """Raise unless a posterior is given a model class, a mapping and a list."""
    if not isinstance(model, type) or not hasattr(model, "parameter_names"):
        raise ConfigError(
            f"model = {shown(model)}: give a model class such as astrobounds.HNL, not its name or an object"
        )
    if not hasattr(priors, "items"):
        raise ConfigError(f"priors = {shown(priors)}: a mapping from parameter to prior is needed")
    for name in priors:
        if not isinstance(name, str):
            raise ConfigError(f"priors: {shown(name)} is not the name of a parameter")
    if isinstance(constraints, (str, dict)) or not isinstance(constraints, Iterable) or (
        getattr(constraints, "ndim", 1) != 1
    ):  # fmt: skip
        raise ConfigError(f"constraints = {shown(constraints)}: a list is needed, for instance ['lab']")


def check_posterior(posterior):
    """Raise unless something can be scanned and sampled."""
    if not all(hasattr(posterior, n) for n in ("priors", "names", "terms", "apart")):
        raise ConfigError(f"posterior = {shown(posterior)}: an astrobounds.Posterior is needed")


def unit_of(model, constraints, name):
    """Return the own unit of a parameter or nuisance, "" for numbers."""
    for parameter in model.parameters:
        if parameter.name == name:
            return parameter.unit
    for constraint in constraints:
        if name in getattr(constraint, "units", {}):
            return str(constraint.units[name])
    if name.endswith("_kpc"):
        return "kpc"
    return _UNITS.get(name, "")


def check_corners(model, choices, supports, complete):
    """Refuse ranges that leave the model's domain.

    Every parameter goes to its upper end alone: joint conditions cut corners off, no more.
    """
    low = {n: s[0] for n, s in supports.items()}
    for corner in (low, *({**low, n: s[1]} for n, s in supports.items())):
        try:
            check_point(model, complete(corner), choices)
        except DomainError as error:
            raise ConfigError(f"the priors leave the model's domain: {error}") from None


def check_point(model, values, choices):
    """Raise DomainError unless a point exists: every value in its range, and all of them together."""
    full = {}
    for p in model.parameters:
        unit = f" in {p.unit}" if p.unit else ""
        full[p.name] = finite(values.get(p.name, p.default), p.name + unit, p.low, p.high, p.why)
    reason = model.allowed(full, **choices)
    if reason:
        raise DomainError(reason)


def build_point(model, arguments):
    """Return a model object; a missing or unknown argument is named."""
    import inspect

    signature = inspect.signature(model).parameters
    for name in arguments:
        if name not in signature:
            raise ConfigError(
                f"{model.__name__} has no argument '{name}'{did_you_mean(name, signature)}"
            )
    for name, parameter in signature.items():
        if name not in arguments and parameter.default is parameter.empty:
            raise ConfigError(
                f"the point of {model.__name__} lacks '{name}': give mass and couplings, for instance "
                "mass=200*u.MeV, mixing={'tau': 1e-8} (on the command line mass='200 MeV' "
                "mixing.tau=1e-8)"
            )
    return model(**arguments)


def check_domains(constraints, spans):
    """Raise if ``{nuisance: (low, high)}`` leaves where a constraint can be evaluated."""
    for c in constraints:
        for name, (low, high) in getattr(c, "domain", {}).items():
            a, b = spans.get(name, (low, high))
            if not low <= a <= b <= high:
                raise ConfigError(
                    f"'{name}' spans [{a:g}, {b:g}] but constraint '{c.name}' knows "
                    f"[{low:g}, {high:g}]: narrow its prior"
                )


def nuisances(constraints):
    """Return ``{nuisance: prior}``; a constraint that measures a nuisance replaces others' priors."""
    names = [c.name for c in constraints]
    own = {}
    measured = {n for c in constraints for n in getattr(c, "measures", ())}
    for c in constraints:
        for other in getattr(c, "excludes", ()):
            if other in names:
                raise ConfigError(
                    f"constraint '{c.name}' as chosen already contains the data of '{other}': "
                    "take one of them"
                )
        for nuisance, given in c.nuisances.items():
            prior = as_prior(given)
            if nuisance in measured and nuisance not in getattr(c, "measures", ()):
                continue
            if nuisance in own and own[nuisance] != prior:
                raise ConfigError(f"nuisance '{nuisance}' has two different priors")
            own[nuisance] = prior
    return own


def nature_of(model, nature):
    """Return the checked value of a model's discrete choice (nature, spin), None if it has none."""
    if not model.choices:
        if nature is not None:
            raise ConfigError(f"nature = {shown(nature)}: {model.__name__} has none, leave it out")
        return None
    choice = model.choices[0]
    if nature is None:
        return choice.default
    text = str(nature).lower()
    if text not in choice.allowed:
        listed = ", ".join(map(repr, choice.allowed))
        hint = did_you_mean(text, choice.allowed)
        raise ConfigError(f"nature = {shown(nature)}{hint}; allowed: {listed}")
    return text


def choices_of(model, nature):
    """Return ``{choice: value}`` of a model; choices after the first stand at their defaults."""
    out = {c.name: c.default for c in model.choices}
    if nature is not None:
        out[model.choices[0].name] = nature
    return out


def resolve(constraint, model=None, folder=None):
    """Return a constraint object.

    Parameters
    ----------
    constraint : str, mapping, callable or object
        A name, ``{name: options}``, ``"mymodule:MyConstraint"`` (with options or without), a
        callable ``f(model)`` or ``f(model, nuisance)``, or an object with the members of a constraint.
    model : type
        The laboratories follow its couplings unless the options say otherwise.
    folder : path, optional
        Where a user's modules and curves lie; the working directory by default.
    """
    if isinstance(constraint, str):
        constraint = {constraint: None}
    if isinstance(constraint, dict):
        if len(constraint) != 1:
            raise ConfigError(f"constraint {shown(constraint)}: one name per entry, {{name: options}}")
        name, options = next(iter(constraint.items()))
        options = {} if options is None else options
        if not isinstance(options, dict) or not all(isinstance(k, str) for k in options):
            raise ConfigError(f"constraint '{name}': its options are a mapping, not {shown(options)}")
        if is_spec(name):
            return checked(_users(name, options, folder))
        return _shipped(name, options, model, folder)
    if isinstance(constraint, type):
        raise ConfigError(f"{shown(constraint)} is a class: give an object, {constraint.__name__}(...)")
    return checked(constraint)


def checked(constraint):
    """Return a constraint with its members checked; a callable without them becomes one."""
    members = ("name", "loglike", "predict", "nuisances")
    if callable(constraint) and not hasattr(constraint, "loglike"):
        constraint = FunctionConstraint(constraint)
    for member in members:
        if not hasattr(constraint, member):
            raise ConfigError(
                f"{shown(constraint)} is not a constraint: it has no '{member}' "
                "(see astrobounds.constraints.protocol)"
            )
    if not isinstance(constraint.name, str) or not constraint.name:
        raise ConfigError(f"{shown(constraint)}: its name = {shown(constraint.name)} is not a text")
    if not hasattr(constraint.nuisances, "items"):
        raise ConfigError(
            f"constraint '{constraint.name}': nuisances = {shown(constraint.nuisances)} is no mapping"
        )
    for nuisance, prior in constraint.nuisances.items():
        if as_prior(prior) is None:
            raise ConfigError(
                f"constraint '{constraint.name}': nuisance '{nuisance}' = {shown(prior)} is no prior"
            )
    return constraint


def _shipped(name, options, model, folder):
    """Build a constraint that ships; a wrong type deep inside it becomes a sentence."""
    if name == "lab":
        if "portal" not in options and model is not None:
            from ..lab.couplings import portals_of

            found = portals_of(model)
            if found:
                options = {**options, "portal": found if len(found) > 1 else found[0]}
        options = {**options, **_curves(options, folder)}
    try:
        return get(name, **options)
    except AstroboundsError:
        raise
    except Exception as error:
        raise ConfigError(
            f"constraint '{name}' with options {shown(options)}: one of them has a wrong type or value "
            f"({' '.join(str(error).split())[:200]})"
        ) from None


def _users(spec, options, folder):
    """Return a user's constraint: an object of a class, a function, or an object as it is."""
    found = find(spec, folder or os.curdir)
    if isinstance(found, type):
        try:
            return found(**options)
        except AstroboundsError:
            raise
        except Exception as error:
            raise ConfigError(
                f"'{spec}' with options {shown(options)}: {type(error).__name__}: {error}"
            ) from error
    if options:
        import functools

        if not callable(found):
            raise ConfigError(f"'{spec}' is an object, it takes no options")
        return functools.partial(found, **options)
    return found


def _curves(options, folder):
    """Return ``{"curves": [...]}`` for ``curves: {extra: [files]}``, the shipped ones and a user's."""
    given = options.get("curves")
    if not isinstance(given, dict):
        return {}
    if set(given) != {"extra"} or not isinstance(given["extra"], (list, tuple)):
        raise ConfigError(f"lab: curves = {shown(given)}: a list of names, or {{extra: [mine.ecsv]}}")
    from ..lab import limits, load
    from ..lab.likelihood import NUMBERS

    extra = []
    for item in given["extra"]:
        if isinstance(item, (str, os.PathLike)) and "." in os.path.basename(item):
            item = str(Path(folder or os.curdir, os.path.expanduser(item)))
        extra.append(load(item))
    portals = _portals(options)
    shipped = [c for p in portals for c in limits(portal=p) if c.exactness != "D"]  # as by default
    names = {c.name for c in extra}
    ratios = tuple(NUMBERS) if portals == ("mixing",) else None
    return {"curves": [*(c for c in shipped if c.name not in names), *extra],
            "numbers": options.get("numbers", ratios)}  # fmt: skip


def _portals(options):
    portal = options.get("portal", "mixing")
    return (portal,) if isinstance(portal, str) else tuple(portal)
