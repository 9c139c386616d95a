"""What laboratories say: limit curves with their provenance, conversions and likelihoods.

``limits``, ``load`` and ``envelope`` return :class:`Curve` objects or numbers taken from them;
:class:`LabLikelihood` turns a set of curves into one log-likelihood. Files are read when asked for.
"""

from importlib import import_module

_LAZY = {
    "Curve": ".curve",
    "limits": ".catalogue",
    "load": ".catalogue",
    "names": ".catalogue",
    "export": ".catalogue",
    "envelope": ".coverage",
    "uncovered": ".coverage",
    "Poisson": ".families",
    "FeldmanCousins": ".families",
    "HalfGaussian": ".families",
    "Counting": ".families",
    "Step": ".families",
    "LabLikelihood": ".likelihood",
    "confidence": ".convert",
    "nature": ".convert",
    "pattern": ".convert",
    "dark_width": ".convert",
    "rhat": ".meson",
    "ratio": ".meson",
    "ratio_loglike": ".meson",
}
_MODULES = (
    "catalogue",
    "convert",
    "coverage",
    "curve",
    "families",
    "hnlimits",
    "likelihood",
    "meson",
)

__all__ = sorted([*_LAZY, *_MODULES])


def __getattr__(name):
    if name in _LAZY:
        value = getattr(import_module(_LAZY[name], __name__), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return import_module("." + name, __name__)
    raise AttributeError(f"module 'astrobounds.lab' has no attribute '{name}'")


def __dir__():
    return sorted([*globals(), *__all__])
