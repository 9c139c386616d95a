"""What a posterior is put together from: constraints by name, their nuisances, the model's nature."""

from ..constraints import get
from ..errors import AstroboundsError, ConfigError, DomainError, did_you_mean


def check_arguments(model, priors, constraints):
    """Raise unless a posterior is given a model class, a mapping and a list."""
    if not isinstance(model, type) or not hasattr(model, "parameter_names"):
        raise ConfigError(
            f"model = {model!r}: give a model class such as astrobounds.HNL, not its name or an object"
        )
    if not hasattr(priors, "items"):
        raise ConfigError(f"priors = {priors!r}: a mapping from parameter to prior is needed")
    if isinstance(constraints, (str, dict)) or not hasattr(constraints, "__iter__"):
        raise ConfigError(f"constraints = {constraints!r}: a list is needed, for instance ['lab']")


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
        for nuisance, prior in c.nuisances.items():
            if nuisance in measured and nuisance not in getattr(c, "measures", ()):
                continue
            if nuisance in own and own[nuisance] != prior:
                raise ConfigError(f"nuisance '{nuisance}' has two different priors")
            own[nuisance] = prior
    return own


def check_point(model, values, nature):
    """Raise DomainError unless a point exists: every value in its range, and all of them together."""
    from ..units import finite

    full = {}
    for p in model.parameters:
        value = values.get(p.name, p.default)
        full[p.name] = finite(value, f"{p.name}{p.unit and ' in ' + p.unit}", p.low, p.high, p.why)
    chosen = {model.choices[0].name: nature} if model.choices else {}
    reason = model.allowed(full, **chosen)
    if reason:
        raise DomainError(reason)


def nature_argument(model):
    """Return the argument that tells kinds of a model apart: "nature", "spin" of a Mediator, or None."""
    return model.choices[0].name if model.choices else None


def nature_of(model, nature):
    """Return the checked nature of a model class, or the spin of a Mediator."""
    if not model.choices:
        if nature is not None:
            raise ConfigError(f"nature = {nature!r}: {model.__name__} has none, leave it out")
        return None
    choice = model.choices[0]
    if nature is None:
        return choice.default
    text = str(nature).lower()
    if text not in choice.allowed:
        raise ConfigError(f"nature = {nature!r}; allowed: {', '.join(map(repr, choice.allowed))}")
    return text


def resolve(constraint, model=None):
    """Return a constraint object from a name, a ``{name: options}`` mapping or an object.

    The laboratories follow the couplings of the model class unless the options say otherwise.
    """
    if isinstance(constraint, str):
        constraint = {constraint: None}
    if isinstance(constraint, dict):
        if len(constraint) != 1:
            raise ConfigError(f"constraint {constraint!r}: one name per entry, {{name: options}}")
        name, options = next(iter(constraint.items()))
        options = options or {}
        if not isinstance(options, dict):
            raise ConfigError(f"constraint '{name}': its options are a mapping, not {options!r}")
        if name == "lab" and "portal" not in options and model is not None:
            from ..lab.couplings import portals_of

            found = portals_of(model)
            options = {**options, **({"portal": found if len(found) > 1 else found[0]} if found else {})}
        try:
            return get(name, **options)
        except AstroboundsError:
            raise
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ConfigError(
                f"constraint '{name}' with options {options}: one of them has a wrong type or value "
                f"({error})"
            ) from None
    for member in ("name", "loglike", "predict", "nuisances"):
        if not hasattr(constraint, member):
            raise ConfigError(
                f"{constraint!r} is not a constraint: it has no '{member}' "
                "(see astrobounds.constraints.protocol)"
            )
    return constraint
