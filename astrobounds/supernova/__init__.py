"""Supernovae: profiles, production, transport, cooling and energy deposition."""

import sys
from importlib import import_module
from types import ModuleType

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
    "History": ".history",
    "cooling_history": ".history",
    "read_history": ".history",
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


class _Package(ModuleType):
    """Keeps the function ``cooling`` in its place when the module ``cooling`` is imported."""

    def __setattr__(self, name, value):
        if not (name in _LAZY and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
