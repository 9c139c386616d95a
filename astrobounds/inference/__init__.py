"""Priors, posteriors, scans, chains: they know constraints only, never an observable."""

from importlib import import_module

_LAZY = {
    "Posterior": ".posterior", "Summary": ".posterior",
    "Scan": ".scan", "scan": ".scan", "Chain": ".result", "sample": ".sampler",
    "RunFile": ".store",
}  # fmt: skip
__all__ = sorted(_LAZY)


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module 'astrobounds.inference' has no attribute '{name}'")
