"""A particle with one parameter more: a further dark decay, a temperature of decoupling or reheating.

``DarkDecay.of(HNL)`` is a model class like any other (parameters, ``from_values``, priors, run files);
``DarkDecay(hnl, width=...)`` adds the parameter to a point.
"""

from dataclasses import replace
from importlib import import_module

from ..errors import ConfigError
from .arguments import checked_value
from .initial import Thermal
from .protocol import OTHER, Decay, Model, Parameter

_MADE = {}
_DOT, _IN = "-", "|"  # in names of made classes, by which other processes find them


class Extended(Model):
    """Base of models that add one parameter to another model; a subclass states ``extra``."""

    extra = None  # Parameter
    base = None  # the model class it was made from

    @classmethod
    def of(cls, base):
        """Return the model class with the parameter added.

        Parameters
        ----------
        base : type
            A model class.

        Raises
        ------
        ConfigError
            For anything but a class of particles, or one that has the parameter already.
        """
        if not (isinstance(base, type) and issubclass(base, Model) and "mass" in base.parameter_names):
            raise ConfigError(f"{cls.__name__} of {base!r}: give an HNL or another particle that decays")
        if cls.extra.name in base.parameter_names:
            raise ConfigError(f"{cls.__name__} of {base.__name__}: it has a {cls.extra.name} already")
        if (cls, base) not in _MADE:
            place = f"{base.__module__.replace('.', _DOT)}{_IN}{base.__qualname__}"
            _MADE[cls, base] = type(f"{cls.__name__}[{base.__name__}]", (cls, base), {
                "parameters": (*base.parameters, cls.extra), "base": base, "__module__": __name__,
                "__qualname__": f"{cls.__name__}[{place}]", "__doc__": cls.__doc__,
            })  # fmt: skip
        return _MADE[cls, base]

    def __new__(cls, *args, **kwargs):
        if cls.base is not None:
            return object.__new__(cls)
        return cls._extend(*args, **kwargs)

    def __init__(self, *args, **kwargs):
        if "values" not in self.__dict__:
            super().__init__(*args, **kwargs)

    @classmethod
    def _extend(cls, particle, *args, **kwargs):
        if not isinstance(particle, Model):
            raise ConfigError(
                f"{cls.__name__} of {type(particle).__name__}: give an HNL or another particle that decays"
            )
        name = cls.extra.name
        given = dict(kwargs)
        if args:
            given[name] = args[0]
        if set(given) != {name} or len(args) > 1:
            raise ConfigError(f"{cls.__name__} takes a particle and {name}=")
        value = checked_value(cls, cls.extra, given)
        return cls.of(type(particle)).from_values({**particle.values, name: value}, **particle.chosen)

    @property
    def particle(self):
        """The particle without the further parameter."""
        values = {p.name: self.values.get(p.name, 0.0) for p in self.base.parameters}
        return self.base.from_values(values, **self.chosen)


class DarkDecay(Extended):
    """A particle with a further decay into dark radiation, N -> nu a, nu Z_D or the like.

    Parameters
    ----------
    particle : Model
        Its own decays and production are kept.
    width : Quantity
        Partial width of the dark decay [energy]; all its energy goes to dark radiation that does
        not thermalise.

    Raises
    ------
    ConfigError
        For something else than a particle.
    DomainError
        For a width that is negative or has no unit.
    """

    extra = Parameter("width", "MeV", OTHER, 1, r"\Gamma_{\rm dark}", default=None, example="1e-20*u.MeV")

    def decays(self):
        """Return the decays of the particle and the dark one."""
        mine = self.values["width"]
        found = super().decays()
        if not mine > 0.0:
            return found
        total = sum(d.width for d in found) + mine
        kept = [replace(d, branching_ratio=d.width / total) for d in found]
        return (*kept, Decay(mine, "", ("dark",), None, "dark", mine / total))

    def partial_widths_mev(self):
        """Return ``{channel: width in MeV}`` of the open channels."""
        out = dict(super().partial_widths_mev())
        if self.values["width"] > 0.0:
            out["dark"] = self.values["width"]
        return out


class Reheating(Extended):
    """A particle in a Universe that was never hotter than a given temperature.

    Parameters
    ----------
    particle : Model
    temperature : Quantity
        Temperature at which radiation domination begins, without any of the particles (4 MeV to
        280 GeV; neutrinos are not thermal below). ``bbn(model, reheating=...)`` is the same.

    Raises
    ------
    ConfigError
        For something else than a particle.
    DomainError
        For a temperature outside the range or without a unit.
    """

    extra = Parameter("temperature", "MeV", OTHER, 0, r"T_{\rm RH}", 4.0, 2.8e5, default=None,
                      example="10*u.MeV", why="colder, neutrinos are not thermal; hotter, the plasma has "
                      "no tabulated degrees of freedom")  # fmt: skip

    @property
    def reheating_mev(self):
        """Temperature [MeV] at which the history begins."""
        return self.values["temperature"]


class Decoupled(Extended):
    """A particle that was in equilibrium with the plasma down to a given temperature.

    For particles whose reactions in the hot plasma are not followed: a scalar that mixes with the Higgs
    boson, an axion-like particle with gluons. From there on it decays, and inverse decays make it.

    Parameters
    ----------
    particle : Model
    decoupling_temperature : Quantity
        12 MeV to 250 GeV.

    Raises
    ------
    ConfigError
        For something else than a particle.
    DomainError
        For a temperature outside the range or without a unit.
    """

    extra = Parameter("decoupling_temperature", "MeV", OTHER, 0, r"T_{\rm d}", 12.0, 2.5e5, default=None,
                      example="10*u.GeV", why="colder, follow its reactions; hotter, the plasma "
                      "has no tabulated degrees of freedom")  # fmt: skip

    @property
    def initial(self):
        """What is there before any process of the plasma makes it."""
        return Thermal(self.values["decoupling_temperature"])


def __getattr__(name):
    """Make a class again by the name it has in files and other processes."""
    kind, bracket, inner = name.partition("[")
    if bracket and inner.endswith("]") and kind in ("DarkDecay", "Decoupled", "Reheating"):
        module, _, base = inner[:-1].partition(_IN)
        return globals()[kind].of(getattr(import_module(module.replace(_DOT, ".")), base))
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
