"""Supernovae: profiles, production, transport, cooling and energy deposition."""

from ..lazy import attach

_LAZY = {
    "load": ".star.catalogue",
    "from_arrays": ".star.catalogue",
    "Star": ".star.profile",
    "Resolution": ".transport.rate_table",
    "emission": ".signals.cooling",
    "cooling": ".signals.cooling",
    "free_streaming_shares": ".signals.cooling",
    "Emission": ".signals.cooling",
    "Cooling": ".signals.cooling",
    "LuminosityTable": ".signals.surface",
    "DipoleMedium": ".transport.dipole",
    "BosonMedium": ".transport.boson_medium",
    "with_neutrinos": ".transport.dipole",
    "coalescence": ".transport.mediator",
    "lepton_number_lost": ".transport.mediator",
    "scale_temperature": ".star.temperature",
    "neutrino_signal": ".signals.neutrinos",
    "NeutrinoSignal": ".signals.neutrinos",
    "deposition": ".signals.deposition",
    "Deposition": ".signals.deposition",
    "History": ".signals.history",
    "cooling_history": ".signals.history",
    "read_history": ".signals.history",
    "systematics": ".signals.systematics",
    "Systematics": ".signals.systematics",
    "Variation": ".signals.variations",
}

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
