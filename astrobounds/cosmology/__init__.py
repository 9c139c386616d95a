"""The early Universe: plasma, neutrino decoupling, weak rates and nucleosynthesis."""

from importlib import import_module

_LAZY = {
    "BBN": ".nucleosynthesis",
    "BBNGrid": ".sensitivity",
    "Background": ".decoupling",
    "Injection": ".cascade_injection",
    "Measurement": ".measured",
    "bbn": ".nucleosynthesis",
    "bbn_grid": ".sensitivity",
    "consistency_table": ".consistency_tables",
    "decouple": ".decoupling",
    "load_network": ".network",
    "measurement": ".measured",
    "measurements": ".measured",
    "photodisintegration": ".cascade",
    "sensitivities": ".sensitivity",
    "theory_covariance": ".theory_error",
    "thermodynamics": ".plasma",
}

__all__ = sorted(_LAZY)


def __getattr__(name):
    if name in _LAZY:
        value = getattr(import_module(_LAZY[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'astrobounds.cosmology' has no attribute '{name}'")


def __dir__():
    return sorted([*globals(), *__all__])
