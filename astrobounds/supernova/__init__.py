"""Supernovae: profiles, production, transport, cooling and energy deposition."""

from ..lazy import attach

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
    "coalescence": ".mediator",
    "lepton_number_lost": ".mediator",
    "scale_temperature": ".temperature",
    "neutrino_signal": ".neutrino_events",
    "NeutrinoSignal": ".neutrino_events",
    "deposition": ".deposition",
    "Deposition": ".deposition",
    "History": ".history",
    "cooling_history": ".history",
    "read_history": ".history",
    "systematics": ".systematics",
    "Systematics": ".systematics",
    "Variation": ".variations",
}

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
