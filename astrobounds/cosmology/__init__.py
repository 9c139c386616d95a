"""The early Universe: plasma, neutrino decoupling, weak rates and nucleosynthesis."""

from ..lazy import attach

_LAZY = {
    "BBN": ".result",
    "BBNGrid": ".sensitivity",
    "Background": ".neutrinos.decoupling",
    "DarkDecay": "..models.extended",
    "Decoupled": "..models.extended",
    "Emission": ".neutrinos.kinetic.sources",
    "Injection": ".cascade.source",
    "Measurement": ".measured",
    "Reheating": "..models.extended",
    "bbn": ".abundances",
    "bbn_grid": ".sensitivity",
    "consistency_table": ".consistency_tables",
    "decouple": ".neutrinos.decouple",
    "load_network": ".nuclear.network",
    "measurement": ".measured",
    "measurements": ".measured",
    "photodisintegration": ".cascade.disintegration",
    "sensitivities": ".sensitivity",
    "theory_covariance": ".theory_error",
    "thermodynamics": ".plasma.thermodynamics",
}

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
