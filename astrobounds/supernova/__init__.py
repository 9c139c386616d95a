"""Supernovae: profiles, production, transport, cooling and energy deposition."""

from ..lazy import attach
from .star.verbs import VERBS

_LAZY = {
    "load": ".star.catalogue",
    "from_arrays": ".star.catalogue",
    "Star": ".star.profile",
    "Resolution": ".transport.settings",
    "emission": ".transport.emission",
    "cooling": ".signals.cooling",
    "free_streaming_shares": ".signals.cooling",
    "Emission": ".transport.emission",
    "Cooling": ".signals.cooling",
    "Transport": ".transport.settings",
    "LuminosityTable": ".signals.surface",
    "DipoleMedium": "..reactions.dipole",
    "BosonMedium": "..reactions.boson_medium",
    "with_neutrinos": ".star.neutrinos",
    "with_muons": ".star.muons",
    "with_axial_response": ".star.axial_response",
    "coalescence": ".transport.neutrino_pairs",
    "lepton_number_lost": ".transport.neutrino_pairs",
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
    from .transport.emission import emission

    return emission(model, star, **options)


VERBS["emission"] = _emission_of
__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
