"""What a posterior is put together from: constraints by name, their nuisances, the model's nature."""

from ..constraints import get
from ..errors import AstroboundsError, ConfigError


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


def nature_of(model, nature):
    import inspect

    parameter = inspect.signature(model).parameters.get("nature")
    if parameter is None:
        if nature is not None:
            raise ConfigError(f"nature = {nature!r}: {model.__name__} has none, leave it out")
        return None
    default = parameter.default
    if nature is None:
        return default
    text = str(nature).lower()
    if text not in ("majorana", "dirac"):
        raise ConfigError(f"nature = {nature!r}; allowed: 'majorana', 'dirac'")
    return text


def resolve(constraint):
    """Return a constraint object from a name, a ``{name: options}`` mapping or an object."""
    if isinstance(constraint, str):
        return get(constraint)
    if isinstance(constraint, dict):
        if len(constraint) != 1:
            raise ConfigError(f"constraint {constraint!r}: one name per entry, {{name: options}}")
        name, options = next(iter(constraint.items()))
        options = options or {}
        if not isinstance(options, dict):
            raise ConfigError(f"constraint '{name}': its options are a mapping, not {options!r}")
        try:
            return get(name, **options)
        except AstroboundsError:
            raise
        except TypeError as error:
            raise ConfigError(f"constraint '{name}': {error}") from None
    for member in ("name", "loglike", "predict", "nuisances"):
        if not hasattr(constraint, member):
            raise ConfigError(
                f"{constraint!r} is not a constraint: it has no '{member}' "
                "(see astrobounds.constraints.protocol)"
            )
    return constraint
