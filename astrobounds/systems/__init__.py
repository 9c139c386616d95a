"""Small systems on top of the engines: one file, one function or two, one subject.

In: couplings and masses (Quantity). Out: a rate, a flux, a shift of N_eff or a bound, with what was
assumed. Where a published ingredient belongs to somebody else it is an argument. Nothing here is used
by another room; `dark_radiation.py` is the shortest file and shows the form.
"""

from ..lazy import attach

_LAZY = {
    "DiracMoment": ".magnetic_moment",
    "LightMediator": ".cevns",
    "NucleonDecay": ".nucleons",
    "antineutrino_flux": ".solar_antineutrinos",
    "antineutrino_limit": ".solar_antineutrinos",
    "antineutrino_loglike": ".solar_antineutrinos",
    "cevns_loglike": ".cevns",
    "cevns_rate": ".cevns",
    "cevns_strength": ".cevns",
    "decoupled": ".dark_radiation",
    "dirac_moment": ".magnetic_moment",
    "nucleon_decay": ".nucleons",
}

_MODULES = ("b_minus_l", "cevns", "cosmic_ray_cooling", "monopoles", "nucleons", "phase_transition",
            "polarizability", "solar", "solar_antineutrinos")  # fmt: skip

__getattr__, __dir__, __all__ = attach(__name__, _LAZY, _MODULES)
