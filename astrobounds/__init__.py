"""astrobounds: what the early Universe, supernovae, gamma rays and laboratories say about a new particle.

The names below are the public face. They load when first used, so that ``import astrobounds`` stays
light: neither numba nor matplotlib is imported before it is needed.
"""

from .lazy import attach

__version__ = "0.1.0"

_LAZY = {
    "HNL": ".models.hnl",
    "DipoleHNL": ".models.dipole",
    "Mediator": ".models.mediator",
    "ALP": ".models.alp",
    "DarkPhoton": ".models.dark_photon",
    "DarkScalar": ".models.dark_scalar",
    "LongLivedParticle": ".models.long_lived",
    "ThermalParticle": ".models.thermal",
    "StandardModel": ".models.standard",
    "Uniform": ".priors",
    "LogUniform": ".priors",
    "Normal": ".priors",
    "Tied": ".priors",
    "Distribution": ".priors",
    "Posterior": ".inference.posterior",
    "scan": ".inference.scan",
    "sample": ".inference.sampler",
    "Scan": ".inference.grid",
    "Chain": ".inference.result",
    "AstroboundsError": ".errors",
    "DomainError": ".errors",
    "DataError": ".errors",
    "ConfigError": ".errors",
    "ConvergenceError": ".errors",
    "ValidityWarning": ".errors",
}
_PACKAGES = (
    "constants", "constraints", "cosmology", "gamma", "inference", "lab", "models", "models.seesaw",
    "numerics", "published", "references", "supernova", "systems", "units",
)

__getattr__, __dir__, __all__ = attach(__name__, _LAZY, _PACKAGES)
