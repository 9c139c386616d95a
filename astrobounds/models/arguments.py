"""From what a user writes to the floats of a model: units, ranges, unknown names, each said once."""

import inspect

from .. import constants as const
from ..errors import ArgumentError, DomainError, did_you_mean
from ..units import finite, quantity_value


def signature_of(cls):
    """Return the signature of a model's constructor from its parameters and choices."""
    arguments = {}
    for p in cls.parameters:
        needed = arguments.get(p.argument, True) and p.default is None
        arguments[p.argument] = needed
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    mapped = {p.argument for p in cls.parameters if p.key}
    out = []
    for name, needed in sorted(arguments.items(), key=lambda item: not (item[1] or item[0] in mapped)):
        default = inspect.Parameter.empty if needed or name in mapped else None
        out.append(inspect.Parameter(name, kind, default=default))
    out += [inspect.Parameter(c.name, kind, default=c.default) for c in cls.choices]
    return inspect.Signature(out)


def spread(cls, args, kwargs):
    """Return ``{parameter or choice name: value}`` of the arguments of a constructor.

    Raises
    ------
    ArgumentError
        For a missing or an unknown argument.
    DomainError
        For something else than a mapping where one is needed, or an unknown key in it.
    """
    known = cls.__signature__.parameters
    for name in kwargs:
        if name not in known:
            raise ArgumentError(
                f"{cls.__name__} has no argument '{name}'{did_you_mean(name, known)}; "
                f"it has {', '.join(known)}"
            )
    try:
        bound = cls.__signature__.bind(*args, **kwargs).arguments
    except TypeError as error:
        raise ArgumentError(f"{cls.__name__}: {error}") from None
    keys = {}
    for p in cls.parameters:
        if p.key:
            keys.setdefault(p.argument, {})[p.key] = p
    given = {}
    for name, value in bound.items():
        if name not in keys:
            given[name] = value
            continue
        if not hasattr(value, "items"):
            first = next(reversed(keys[name].values()))
            raise DomainError(
                f"{name} = {value!r} is not a mapping: write {name}={{'{first.key}': "
                f"{first.example or '1e-8'}}}" + (f"; {first.why}" if first.why else "")
            )
        for key, entry in cls.entries(name, value).items():
            if key not in keys[name]:
                raise DomainError(
                    f"unknown key '{key}' in {name}{did_you_mean(key, keys[name])}; "
                    f"allowed: {', '.join(keys[name])}"
                )
            given[f"{name}.{key}"] = entry
    return given


def checked_value(cls, parameter, given):
    """Return one parameter as a float in its own unit, inside its range."""
    value = given.get(parameter.name)
    what = f"{parameter.argument}['{parameter.key}']" if parameter.key else parameter.name
    if value is None:
        if parameter.default is None:
            raise DomainError(f"{cls.__name__} needs {what}: write {what}={parameter.example}")
        return float(parameter.default)
    number = quantity_value(value, parameter.unit, what, parameter.example)
    if parameter.unit:
        what = f"{what} in {parameter.unit.replace('1 / ', '1/')}"
    return finite(number, what, parameter.low, parameter.high, parameter.why)


def checked_choice(cls, choice, given):
    """Return one choice, in lower case."""
    value = given.get(choice.name)
    text = choice.default if value is None else value
    text = text.lower() if isinstance(text, str) else text
    if text not in choice.allowed:
        allowed = ", ".join(f"'{a}'" for a in choice.allowed)
        raise DomainError(
            f"{choice.name} = {value!r}{did_you_mean(text, choice.allowed)}; allowed: {allowed}"
        )
    return text


def flavour_entries(mapping, more=()):
    """Return a mapping as a dict after checking that its keys are flavours (or among ``more``)."""
    allowed = (*const.FLAVOURS, *more)
    for flavour in mapping:
        if flavour not in allowed:
            raise DomainError(
                f"unknown flavour '{flavour}'{did_you_mean(flavour, allowed)}; "
                f"allowed: {', '.join(allowed)}"
            )
    return dict(mapping)
