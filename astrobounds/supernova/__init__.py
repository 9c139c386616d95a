"""Supernovae: profiles, production, transport, cooling and energy deposition."""

from ..lazy import attach
from .star.verbs import VERBS

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
    "with_neutrinos": ".transport.dipole",
    "with_muons": ".star.muons",
    "with_axial_response": ".star.axial_response",
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


def _emission_of(star, model, **options):
    """``star.emission(model)``: a star knows nothing of production and transport."""
    from .signals.cooling import emission

    return emission(model, star, **options)


VERBS["emission"] = _emission_of
__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
