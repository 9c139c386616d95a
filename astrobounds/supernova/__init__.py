"""Supernovae: profiles, production, transport and cooling."""

from importlib import import_module

_LAZY = {
    "load": ".catalogue",
    "from_arrays": ".catalogue",
    "Star": ".profile",
    "Resolution": ".emission",
    "emission": ".cooling",
    "cooling": ".cooling",
    "free_streaming_shares": ".cooling",
    "Emission": ".cooling",
    "Cooling": ".cooling",
    "LuminosityTable": ".surface",
    "DipoleMedium": ".dipole",
    "with_neutrinos": ".dipole",
    "deposition": ".deposition",
    "Deposition": ".deposition",
}
__all__ = sorted(_LAZY)


def __getattr__(name):
    if name in _LAZY:
        value = getattr(import_module(_LAZY[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'astrobounds.supernova' has no attribute '{name}'")


def __dir__():
    return sorted([*globals(), *__all__])
