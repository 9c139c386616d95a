"""What laboratories say: limit curves with their provenance, conversions and likelihoods.

``limits``, ``load`` and ``envelope`` return :class:`Curve` objects or numbers taken from them;
:class:`LabLikelihood` turns a set of curves into one log-likelihood. Files are read when asked for.
"""

from ..lazy import attach

_LAZY = {
    "Curve": ".curve",
    "limits": ".catalogue",
    "load": ".catalogue",
    "names": ".catalogue",
    "export": ".catalogue",
    "read_text": ".collections",
    "table": ".catalogue",
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
    "rare_decay": ".rare_decays",
    "RareDecay": ".rare_decays",
}
_MODULES = (
    "catalogue",
    "collections",
    "convert",
    "couplings",
    "coverage",
    "curve",
    "families",
    "hnlimits",
    "likelihood",
    "meson",
    "textfile",
)

__getattr__, __dir__, __all__ = attach(__name__, _LAZY, _MODULES)
