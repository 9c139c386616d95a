"""The stars that ship, read from their profiles."""

import numpy as np

import astrobounds as ab
from astrobounds.supernova.star.catalogue import names

from .markdown import cited, page, table


def pages(docs):
    """Return ``{file: text}``."""
    rows = []
    for name in names():
        star = ab.supernova.load(name)
        radius = np.linspace(star.breaks[0], star.breaks[-1], 400)[1:]
        medium = star.at(radius)
        hottest = int(np.argmax(medium["T"]))
        rows.append((
            f"`{name}`", f"{star.breaks[0]:g} to {star.breaks[-1]:g}", f"{medium['T'][hottest]:.3g}",
            f"{radius[hottest]:.3g}", f"{medium['T'][0]:.3g}", f"{medium['lapse'][0]:.3g}",
            cited(star.references),
        ))  # fmt: skip
    heads = ("star", "radii [km]", "largest T [MeV]", "at [km]", "central T [MeV]", "central lapse",
             "source")  # fmt: skip
    text = (
        "`ab.supernova.load(name)` reads one of these, or a file of your own (an ECSV table with "
        "columns radius, rho, temperature, Ye and optionally lapse, or a text file in the 25-column radial "
        "format). "
        "Simulated profiles do not ship: their owners give them out."
    )
    return {"stars.md": page("Stars", text, table(heads, rows))}
