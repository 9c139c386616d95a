"""The gamma-ray telescopes and neutrino detectors that ship."""

import astrobounds as ab
from astrobounds.datafiles import data_path, read_ecsv

from .markdown import page, table


def pages(docs):
    """Return ``{file: text}``."""
    rows = [
        (i.name, f"{i.energy[0]:g} to {i.energy[-1]:g}", f"{i.band[0]:g} to {i.band[1]:g}",
         f"{i.area.max():.3g}", f"{i.cone:g}", i.source)
        for i in ab.gamma.instruments().values()
    ]  # fmt: skip
    heads = ("telescope", "area known at [MeV]", "band used [MeV]", "largest area [cm²]",
             "search cone [degrees]", "source")  # fmt: skip
    found = read_ecsv(data_path("measurements/sn1987a_detectors.ecsv"))
    detectors = [[found[c][i] for c in found.colnames] for i in range(len(found))]
    text = (
        "`ab.gamma.instrument(name)`; a telescope of your own is an ECSV file with columns energy [MeV] "
        "and area [cm²] and a header like those of `data/gamma/`, given by its path."
    )
    return {"instruments.md": page(
        "Instruments", "## Gamma-ray telescopes", text, table(heads, rows),
        "## Neutrino detectors of 1987", table(found.colnames, detectors),
    )}  # fmt: skip
