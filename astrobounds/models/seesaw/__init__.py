"""Theories of neutrino mass and the heavy neutral leptons they contain.

In: the mass terms of a Lagrangian (Dirac masses, Majorana masses, phases). Out: masses, mixings and
splittings of every state, and the :class:`~astrobounds.HNL` that observables take. The one equation is
U^T M U = diag(m) (`theory.py`, where to start reading), solved with 32 digits, because the light mass is
ten to twenty-five orders below the heavy ones.
"""

from ...lazy import attach

_LAZY = {
    "ExtendedSeesaw": ".lowscale",
    "InverseSeesaw": ".lowscale",
    "LowScale": ".lowscale",
    "MinimalRadiative": ".lowscale",
    "MinimalSeesaw": ".minimal",
    "Oscillations": ".oscillations",
    "Pair": ".pair",
    "Theory": ".theory",
    "ThreePortal": ".portals",
    "TypeI": ".typei",
    "casas_ibarra": ".minimal",
    "dirac_mass": ".theory",
    "flavour_fractions": ".region",
    "light_masses": ".region",
    "mixing_matrix": ".region",
    "oscillation_priors": ".oscillations",
    "seesaw_floor": ".region",
    "yukawa": ".theory",
}

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
