"""The couplings that laboratory limits speak of: for which particle, in which unit, to which power.

A curve names its portal; from here follow the parameter of a model that it limits and the number a rate
is proportional to. A model is matched by having that parameter, whatever its class.
"""

from dataclasses import dataclass
from functools import lru_cache

from ..constants import FLAVOURS
from ..errors import ConfigError, DomainError, did_you_mean


@dataclass(frozen=True)
class Portal:
    """What the limits of one portal are limits on.

    Attributes
    ----------
    particle : str
        The model they are for.
    parameters : tuple of str
        The model's parameters; a curve limits one of them (or all, when the source says so).
    unit : str
        Unit of the limit: ``""`` or ``"1 / GeV"``.
    power : int
        Power of the limited number in a rate: 1 for |U|^2, 2 for amplitudes.
    symbol : str
        Axis label.
    """

    particle: str
    parameters: tuple
    unit: str
    power: int
    symbol: str


PORTALS = {
    "mixing": Portal("HNL", tuple(f"mixing.{f}" for f in FLAVOURS), "", 1, "|U|$^2$"),
    "dipole": Portal("DipoleHNL", tuple(f"dipole.{f}" for f in FLAVOURS), "1 / GeV", 2, "d [1/GeV]"),
    "alp-photon": Portal("ALP", ("photon",), "1 / GeV", 2, r"$g_{a\gamma\gamma}$ [1/GeV]"),
    "alp-electron": Portal("ALP", ("electron",), "", 2, r"$g_{ae}$"),
    "alp-fermion": Portal("ALP", ("fermion",), "", 2, r"$y = 2v/f_a$"),
    "dark-photon": Portal("DarkPhoton", ("mixing",), "", 2, r"$\epsilon$"),
    "dark-scalar": Portal("DarkScalar", ("mixing",), "", 2, r"$\sin\theta$"),
}
FLAVOURED = ("mixing", "dipole")  # one limit per lepton flavour


def check_portal(portal):
    """Return ``portal`` after checking that there is such a one."""
    if not isinstance(portal, str) or portal not in PORTALS:
        raise ConfigError(
            f"portal = {portal!r}{did_you_mean(portal, PORTALS)}; allowed: {', '.join(PORTALS)}, None"
        )
    return portal


def check_flavour(flavour):
    """Return ``flavour`` after checking that it is e, mu or tau."""
    if not isinstance(flavour, str) or flavour not in FLAVOURS:
        raise ConfigError(
            f"flavour '{flavour}'{did_you_mean(flavour, FLAVOURS)}; allowed: {', '.join(FLAVOURS)}"
        )
    return flavour


def portals_of(model):
    """Return the portals whose parameters a model (or a model class) has, by their names.

    A model is asked for its ``parameters`` (names, or objects with a ``name``); where two portals limit a
    parameter of one name, the class name of the model (or of a parent) chooses.
    """
    return _portals(model if isinstance(model, type) else type(model), parameter_names(model))


@lru_cache(maxsize=256)
def _portals(cls, names):
    have = set(names)
    found = [k for k, p in PORTALS.items() if have.intersection(p.parameters)]
    kinds = {c.__name__ for c in cls.__mro__}
    shared = [k for k in found if sum(PORTALS[k].parameters == PORTALS[j].parameters for j in found) > 1]
    return tuple(k for k in found if k not in shared or PORTALS[k].particle in kinds)


def parameter_names(model):
    """Return the names of the parameters of a model or a model class."""
    found = getattr(model, "parameter_names", None) or getattr(model, "parameters", ())
    return tuple(getattr(p, "name", p) for p in found)


def values_of(model, parameters, units):
    """Return the couplings of a model as floats in ``units``, 0 for a parameter it does not have.

    Parameters
    ----------
    model : object
        With ``values`` (name -> float in the parameter's own unit), or with one attribute per
        coupling: a number, a Quantity or a mapping per flavour.
    parameters, units : sequence of str

    Returns
    -------
    tuple of float
    """
    values = getattr(model, "values", None)
    if hasattr(values, "get") and hasattr(type(model), "parameter"):
        factors = _factors(type(model), tuple(parameters), tuple(units))
        return tuple(values.get(n, 0.0) * f for n, f in zip(parameters, factors))
    return tuple(_attribute(model, name, unit, parameters) for name, unit in zip(parameters, units))


@lru_cache(maxsize=256)
def _factors(cls, parameters, units):
    """From the units of the model's parameters to those of the curves."""
    import astropy.units as u

    known = {p.name: p for p in cls.parameters}
    return [
        u.Unit(known[n].unit).to(u.Unit(unit)) if n in known and known[n].unit != unit else 1.0
        for n, unit in zip(parameters, units)
    ]


def own_shares(model, parameters):
    """Return for each coupling the share of the decays through it alone in the total width, or None.

    None where only one coupling of the model is not zero, and for a model that cannot be rebuilt with one
    coupling (no ``from_values``) or is stable.
    """
    build, names = getattr(type(model), "from_values", None), getattr(model, "coupling_parameters", tuple)()
    names = {p.name for p in names}
    if build is None or sum(model.values.get(n, 0.0) > 0.0 for n in names) < 2 or not model.width_mev > 0.0:
        return None
    rest = {k: v for k, v in model.values.items() if k not in names}
    out = []
    for name in parameters:
        one = build({**{n: 0.0 for n in names}, **rest, name: model.values.get(name, 0.0)}, **model.chosen)
        out.append(min(one.width_mev / model.width_mev, 1.0) if name in names else 0.0)
    return out


def _attribute(model, name, unit, known):
    from ..units import floats

    head, _, tail = name.partition(".")
    given = getattr(model, head, None)
    if given is None:
        return 0.0
    if tail:
        if not hasattr(given, "items"):
            raise DomainError(f"{head} = {given!r} is not a mapping of flavours")
        for key in given:
            if f"{head}.{key}" not in known:
                raise DomainError(f"{head}: unknown flavour {key!r}{did_you_mean(key, FLAVOURS)}")
        given = given.get(tail, 0.0)
        if given is None or (type(given) is not str and not hasattr(given, "unit") and given == 0.0):
            return 0.0
    return given if type(given) is float and not unit else floats(given, unit, name)
