"""astrobounds: what the early Universe, supernovae, gamma rays and laboratories say about a new particle.

The names below are the public face. They load when first used, so that ``import astrobounds`` stays
light: neither numba nor matplotlib is imported before it is needed.
"""

from importlib import import_module

__version__ = "0.1.0"

_LAZY = {
    "HNL": ".models.hnl",
    "DipoleHNL": ".models.dipole",
    "StandardModel": ".models.standard",
    "Uniform": ".priors",
    "LogUniform": ".priors",
    "Normal": ".priors",
    "Tied": ".priors",
    "Posterior": ".inference.posterior",
    "scan": ".inference.scan",
    "sample": ".inference.sampler",
    "Scan": ".inference.scan",
    "Chain": ".inference.result",
    "AstroboundsError": ".errors",
    "DomainError": ".errors",
    "DataError": ".errors",
    "ConfigError": ".errors",
    "ConvergenceError": ".errors",
    "ValidityWarning": ".errors",
}
_PACKAGES = (
    "constants", "constraints", "cosmology", "gamma", "inference", "lab", "models", "numerics",
    "references", "supernova", "units",
)

__all__ = sorted([*_LAZY, *_PACKAGES])


def __getattr__(name):
    if name in _LAZY:
        value = getattr(import_module(_LAZY[name], __name__), name)
        globals()[name] = value
        return value
    if name in _PACKAGES:
        return import_module("." + name, __name__)
    raise AttributeError(f"module 'astrobounds' has no attribute '{name}'")


def __dir__():
    return sorted([*globals(), *__all__])
