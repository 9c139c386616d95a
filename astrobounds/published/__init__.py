"""Bounds of the literature beside ours: to overlay in a figure and to compare with, never a likelihood.

``bounds`` returns :class:`Bound` objects with provenance and ``plot``; ``compare`` tables ours over theirs
at their points. Read `bound.py` first.
"""

from ..lazy import attach

_LAZY = {
    "Bound": ".bound",
    "bounds": ".catalogue",
    "load": ".catalogue",
    "names": ".catalogue",
    "overlay": ".catalogue",
    "compare": ".comparison",
    "Comparison": ".comparison",
}
_MODULES = ("bound", "catalogue", "comparison")

__getattr__, __dir__, __all__ = attach(__name__, _LAZY, _MODULES)
