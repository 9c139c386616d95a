"""The bounds of the literature that ship, for overlays and comparisons."""

import astrobounds as ab

from .markdown import page, table


def pages(docs):
    """Return ``{file: text}``."""
    rows = [
        (f"`{b.name}`", b.particle, b.observable, f"arXiv:{b.arxiv}" if getattr(b, "arxiv", "") else "",
         b.cl if isinstance(b.cl, str) else f"{b.cl:g}", b.region)
        for b in ab.published.bounds()
    ]  # fmt: skip
    text = (
        "Drawn thin behind a figure, compared point by point, never part of a likelihood; "
        "see [](../published.md)."
    )
    heads = ("bound", "particle", "observable", "source", "CL", "region")
    return {"published-bounds.md": page("Published bounds", text, table(heads, rows))}
