"""Priors, posteriors, scans, chains: they know constraints only, never an observable."""

from ..lazy import attach

_LAZY = {
    "Posterior": ".posterior", "Summary": ".summary", "Failures": ".evaluation",
    "Scan": ".grid", "scan": ".scan", "Chain": ".result", "sample": ".sampler",
    "RunFile": ".store", "nested": ".nested", "SolverCheck": ".direct",
    "Convergence": ".convergence",
}  # fmt: skip

__getattr__, __dir__, __all__ = attach(__name__, _LAZY)
