"""What a model says of itself, as data: parameters, choices, spin states, decays, processes.

Everything that computes reads only this: no observable asks which particle it holds. A particle file
declares its :class:`Parameter` and :class:`Choice` and holds physics; constructor, checks, repr,
equality, hash and pickling are generated here.
"""

import math
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from functools import cached_property
from types import MappingProxyType
from typing import Self

from .. import constants as const
from ..errors import DomainError, did_you_mean
from .arguments import checked_choice, checked_value, signature_of, spread
from .declarations import (  # noqa: F401
    BOSON,
    COUPLING,
    FERMION,
    MASS,
    OTHER,
    Choice,
    Decay,
    Parameter,
    State,
)


class Model:
    """Base of models: frozen values with parameters and choices.

    Attributes
    ----------
    parameters : tuple of Parameter
        Of the class.
    choices : tuple of Choice
    references : tuple of str
        BibTeX keys.
    values : mapping of str to float
        Every parameter in its own unit.
    """

    parameters: tuple[Parameter, ...] = ()
    choices: tuple[Choice, ...] = ()
    references: tuple[str, ...] = ()
    initial = None  # what is there before anything makes it, see `models.initial`
    reheating_mev = None  # temperature [MeV] at which its history begins; None: as hot as it matters
    equilibrium = ""  # "photons" or "neutrinos": what it stays in equilibrium with, ending their decoupling

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.parameters:
            cls.parameter_names = tuple(p.name for p in cls.parameters)
            cls.__signature__ = signature_of(cls)

    def __init__(self, *args, **kwargs):
        cls = type(self)
        given = spread(cls, args, kwargs)
        values = {p.name: checked_value(cls, p, given) for p in cls.parameters}
        chosen = {c.name: checked_choice(cls, c, given) for c in cls.choices}
        reason = cls.allowed(values, **chosen)
        if reason:
            raise DomainError(reason)
        self.__dict__.update(values=MappingProxyType(values), **chosen)
        self.validate()

    # -- what a particle file may say ------------------------------------------------------------
    @classmethod
    def allowed(cls, values: Mapping[str, float], **choices: str) -> str:
        """Return the reason why a point does not exist, or an empty string."""
        return ""

    @classmethod
    def entries(cls, argument: str, mapping: Mapping) -> dict:
        """Return ``{key: value}`` of a mapping argument; for keys with synonyms."""
        return dict(mapping)

    def validate(self) -> None:
        """Warn where a point lies outside the validated physics."""

    def partial_widths_mev(self) -> dict[str, float]:
        """Return ``{channel: width in MeV}`` of the open channels."""
        out = {}
        for decay in self.decays():
            out[decay.name] = out.get(decay.name, 0.0) + decay.width
        return out

    def decays(self) -> tuple[Decay, ...]:
        """Return the open decays as a tuple of :class:`Decay`."""
        return ()

    def processes(self) -> tuple:
        """Return process data of reaction kinds, each proportional to one coupling."""
        return ()

    @property
    def states(self) -> tuple[State, ...]:
        """Tuple of :class:`State`."""
        return ()

    # -- made from it ----------------------------------------------------------------------------
    @classmethod
    def from_values(cls, values: Mapping[str, float], **choices: str) -> Self:
        """Build from floats in the parameters' own units, known to be valid; nothing is checked."""
        model = object.__new__(cls)
        model.__dict__["values"] = values
        for choice in cls.choices:
            model.__dict__[choice.name] = choices.get(choice.name, choice.default)
        return model

    @classmethod
    def fast(cls, first, others=(), *chosen):
        """Build from floats in the order of the parameters."""
        values = dict(zip(cls.parameter_names, (float(first), *map(float, others))))
        return cls.from_values(values, **{c.name: x for c, x in zip(cls.choices, chosen)})

    @classmethod
    def parameter(cls, name: str) -> Parameter:
        """Return a :class:`Parameter` by name.

        Raises
        ------
        DomainError
            For an unknown name.
        """
        for parameter in cls.parameters:
            if parameter.name == name:
                return parameter
        raise DomainError(
            f"{cls.__name__} has no parameter '{name}'{did_you_mean(name, cls.parameter_names)}; "
            f"it has {', '.join(cls.parameter_names)}"
        )

    @classmethod
    def coupling_parameters(cls) -> tuple[Parameter, ...]:
        """Return the parameters that are couplings."""
        return tuple(p for p in cls.parameters if p.kind == COUPLING)

    @property
    def chosen(self) -> dict[str, str]:
        """Mapping of choices."""
        return {c.name: self.__dict__[c.name] for c in self.choices}

    @property
    def mass_mev(self) -> float:
        """Mass [MeV]."""
        try:
            return self.values["mass"]
        except KeyError:
            raise AttributeError("mass_mev") from None

    @cached_property
    def strengths(self) -> dict[str, float]:
        """``{coupling: what rates are proportional to}``: |U|^2, d^2 [MeV^-2], g^2."""
        values = self.values
        return {p.name: p.strength(values.get(p.name, 0.0)) for p in self.coupling_parameters()}

    @property
    def width_mev(self) -> float:
        """Total width [MeV]."""
        return sum(self.partial_widths_mev().values())

    @property
    def width(self):
        """Total decay width (Quantity, MeV)."""
        import astropy.units as u

        return self.width_mev * u.MeV

    @property
    def lifetime(self):
        """Lifetime hbar/Gamma (Quantity, s); infinite for a stable particle."""
        import astropy.units as u

        width = self.width_mev
        return (const.HBAR / width if width > 0.0 else math.inf) * u.s

    def partial_widths(self):
        """Return ``{channel: Quantity}`` of the open channels, largest first."""
        import astropy.units as u

        return {name: w * u.MeV for name, w in self._largest_first()}

    def branching_ratios(self) -> dict[str, float]:
        """Return ``{channel: branching ratio}``, largest first; empty for a stable particle."""
        found = self._largest_first()
        total = sum(w for _, w in found)
        return {name: w / total for name, w in found}

    def _largest_first(self):
        widths = self.partial_widths_mev().items()
        return sorted((item for item in widths if item[1] > 0.0), key=lambda item: -item[1])

    @property
    def shape(self) -> tuple:
        """What caches of rates at unit coupling know it by: the key without the couplings."""
        cls = type(self)
        fixed = tuple((p.name, self.values[p.name]) for p in cls.parameters if p.kind != COUPLING)
        return (cls.__module__, cls.__qualname__, fixed, tuple(self.chosen.items()))

    @property
    def key(self) -> tuple:
        """What caches and run files know it by."""
        cls = type(self)
        values = tuple(self.values.get(n, 0.0) for n in cls.parameter_names)
        return (cls.__module__, cls.__qualname__, values, tuple(self.chosen.items()))

    def __getattr__(self, name):
        """Make arguments as a user wrote them (mass, mixing, ...) from the values when asked."""
        if not name.startswith("_"):
            found = [p for p in type(self).parameters if p.argument == name]
            if found:
                value = self._as_argument(found)
                self.__dict__[name] = value
                return value
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    def _as_argument(self, parameters):
        values = {p.key: self._with_unit(p) for p in parameters}
        return MappingProxyType(values) if parameters[0].key else values[""]

    def _with_unit(self, parameter):
        value = self.values.get(parameter.name, 0.0)
        if not parameter.unit:
            return value
        import astropy.units as u

        return value * u.Unit(parameter.unit)

    def __setattr__(self, name, value):
        raise FrozenInstanceError(f"cannot assign '{name}': {type(self).__name__} is frozen")

    def __delattr__(self, name):
        raise FrozenInstanceError(f"cannot delete '{name}': {type(self).__name__} is frozen")

    def __repr__(self):
        parts, groups = [], {}
        for p in self.parameters:
            value = self.values.get(p.name, 0.0)
            unit = f" {p.unit}" if p.unit and not p.unit.startswith("1") else ""
            if not p.key:
                if value or p.default is None:
                    parts.append(f"{p.name}={value:g}" + (unit or (" / GeV" if p.unit else "")))
            else:
                if p.argument not in groups:
                    groups[p.argument] = {}
                    parts.append(p.argument)
                if value:
                    groups[p.argument][p.key] = value
        units = {p.argument: p.unit.removeprefix("1") for p in self.parameters if p.unit.startswith("1")}
        text = [f"{x}={groups[x]}{units.get(x, '')}" if x in groups else x for x in parts]
        text += [f"{name}='{value}'" for name, value in self.chosen.items()]
        return f"{type(self).__name__}({', '.join(text)})"

    def __eq__(self, other):
        return type(self) is type(other) and self.key == other.key

    def __hash__(self):
        return hash(self.key)

    def __reduce__(self):
        return _rebuild, (type(self), dict(self.values), self.chosen)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def _rebuild(cls, values, choices):
    return cls.from_values(values, **choices)
