"""Write one page per laboratory coupling: figure, table of limits and projections, references.

    python docs/generate/laboratory.py OUTPUT_FOLDER

Everything on the pages is read from the data; the documentation build calls :func:`main`.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import astrobounds as ab

PAGES = {  # name of the page: title, filters, axes (mass in MeV, coupling)
    "mixing-e": ("Mixing with the electron neutrino", {"flavour": "e"}, (1, 1e5, 1e-11, 1)),
    "mixing-mu": ("Mixing with the muon neutrino", {"flavour": "mu"}, (1, 1e5, 1e-11, 1)),
    "mixing-tau": ("Mixing with the tau neutrino", {"flavour": "tau"}, (1, 1e5, 1e-9, 1)),
    "dipole": ("Dipole portal", {"portal": "dipole"}, (1, 1e5, 1e-8, 1e-3)),
    "dark-photon": ("Dark photon", {"particle": "DarkPhoton"}, (1e-2, 1e5, 1e-9, 1e-1)),
    "dark-scalar": ("Dark scalar", {"particle": "DarkScalar"}, (1, 5e3, 1e-7, 1)),
    "alp-photon": ("ALP coupled to photons", {"particle": "ALP", "coupling": "photon"}, (1e-3, 1e5, 1e-11,
        1)),
    "alp-fermion": ("ALP coupled to fermions", {"particle": "ALP", "coupling": "fermion"}, (5, 5e3, 1e-6,
        1)),
    "alp-electron": ("ALP coupled to electrons", {"particle": "ALP", "coupling": "electron"},
                     (1e-3, 1, 1e-14, 1e-9)),
}  # fmt: skip


def figure(page, folder):
    """Draw the limits of one page, indicative ones dotted and projections dashed."""
    _, filters, (x0, x1, y0, y1) = PAGES[page]
    fig, ax = plt.subplots(figsize=(8, 7.2), layout="constrained")
    for i, curve in enumerate(ab.lab.limits(**filters)):
        style = {"color": f"C{i % 10}", "label": curve.name}
        style |= {"alpha": 0.25} if curve.contour == "closed" else {"lw": 1.0}
        style |= {"ls": ":"} if curve.exactness == "D" and curve.contour != "closed" else {}
        curve.plot(ax, **style)
    for curve in ab.lab.limits(**filters, projection=True):
        curve.plot(ax, color="0.5", lw=0.7, label=None)
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    fig.legend(fontsize=6.5, ncols=4, loc="outside lower center")
    path = folder / f"{page}.svg"
    fig.savefig(path)
    plt.close(fig)
    return path


def rows(curves):
    """Return the lines of a table in Markdown."""
    names = "curve experiment reference CL nature n region masses/MeV strongest class".split()
    out = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for r in ab.lab.table(curves):
        cl = "not recorded" if np.isnan(r["cl"]) else f"{r['cl']:.3g}"
        cells = [
            f"`{r['name']}`", r["experiment"], r["reference"], cl, r["nature"], r["exponent"], r["contour"],
            f"{r['low']:.4g}-{r['high']:.4g}", f"{r['strongest']:.2g} at {r['strongest_mass']:.4g}",
            r["exactness"],
        ]  # fmt: skip
        out.append("| " + " | ".join(str(c).replace("|", "/") for c in cells) + " |")
    return out


def page(name, folder):
    """Write one page and its figure; return the path of the page."""
    title, filters, _ = PAGES[name]
    limits, planned = ab.lab.limits(**filters), ab.lab.limits(**filters, projection=True)
    unit = f" in {limits[0].limit.unit}" if hasattr(limits[0].limit, "unit") else ""
    lines = [f"# {title}", "", limits[0].convention, "", f"![{title}]({figure(name, folder).name})", ""]
    what = limits[0].coupling.split(" in ")[0]
    lines += [
        f"Limits are on {what}{unit}. n: power of the coupling squared (of U^2 for mixings) in the signal. "
        "Class A: HEPData, B: table of the authors, C: digitised, D: indicative (dotted, in no likelihood "
        "unless named). Grey dashed: planned experiments.", "",
    ]  # fmt: skip
    lines += ["## Limits", "", *rows(limits), ""]
    if planned:
        lines += ["## Projections", "", *rows(planned), ""]
    gaps = ab.lab.LabLikelihood(portal=limits[0].portal).left_out
    own = [v for v in gaps if v.name in {c.name for c in limits}]
    if own:
        lines += ["## Left out of the default likelihood", "",
            *(f"* `{v.name}`: {v.reason}" for v in own), ""]
    path = folder / f"{name}.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def main(folder):
    """Write every page; return their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [page(name, folder) for name in PAGES]


if __name__ == "__main__":
    for written in main(sys.argv[1] if len(sys.argv) > 1 else "docs/_build/laboratory"):
        print(written)
