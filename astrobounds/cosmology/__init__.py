"""The early Universe: plasma, neutrino decoupling, weak rates and nucleosynthesis."""

from ..lazy import attach

_LAZY = {
    "BBN": ".bbn_result",
    "BBNGrid": ".sensitivity",
    "Background": ".decoupling",
    "DarkDecay": ".relic_model",
    "Emission": ".kinetic_sources",
    "Injection": ".cascade_injection",
    "Measurement": ".measured",
    "Reheating": ".relic_dipole",
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

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
