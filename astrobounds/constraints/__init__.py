"""Constraints: predictions compared with data, each a small file with its references.

``get(name, **options)`` builds one by name; a user's own object with the members of
:class:`astrobounds.constraints.protocol.Constraint` serves as well.
"""

from importlib import import_module

from ..errors import ConfigError, did_you_mean

_REGISTRY = {
    "bbn": (".bbn", "Nucleosynthesis"),
    "cmb": (".cmb", "MicrowaveBackground"),
    "galactic-sn": (".gamma", "GalacticSN"),
    "gamma-diffuse": (".gamma", "GammaDiffuse"),
    "lab": (".lab", "Laboratory"),
    "low-energy-sne": (".deposition", "LowEnergySNe"),
    "positrons": (".positrons", "Positrons"),
    "rare-decays": ("..lab.rare_limits", "RareDecays"),
    "smm": (".gamma", "SMM"),
    "sn1987a-cooling": (".sn1987a", "SN1987ACooling"),
    "sn1987a-explosion": (".deposition", "SN1987AExplosion"),
    "sn1987a-neutrinos": (".sn1987a_neutrinos", "SN1987ANeutrinos"),
}


def names():
    """Return the names of the constraints that ship."""
    return sorted(_REGISTRY)


def get(name, **options):
    """Build a constraint by name.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    **options
        Arguments of the constraint's class.

    Raises
    ------
    ConfigError
        For an unknown name or option.
    """
    if name not in _REGISTRY:
        raise ConfigError(
            f"unknown constraint '{name}'{did_you_mean(name, _REGISTRY)}; "
            f"available: {', '.join(names())}"
        )
    module, cls = _REGISTRY[name]
    constraint = getattr(import_module(module, __name__), cls)
    import inspect

    allowed = [p for p in inspect.signature(constraint).parameters]
    for option in options:
        if option not in allowed:
            raise ConfigError(
                f"constraint '{name}' has no option '{option}'{did_you_mean(option, allowed)}; "
                f"allowed: {', '.join(allowed)}"
            )
    return constraint(**options)


def __getattr__(name):
    for module, cls in _REGISTRY.values():
        if name == cls:
            return getattr(import_module(module, __name__), cls)
    if name == "OnParticles":
        return getattr(import_module(".theory", __name__), name)
    if name in ("Constraint", "Region"):
        return getattr(import_module(".protocol", __name__), name)
    raise AttributeError(f"module 'astrobounds.constraints' has no attribute '{name}'")
