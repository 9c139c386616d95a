"""What ships as constraints, and which particle each takes.

    python docs/generate/constraints.py

asks every constraint about a point of every model and writes the answers to ``takes.json`` (some
minutes); the page shows them, and a test repeats them.
"""

import json
import math
import sys
import warnings
from pathlib import Path

import astropy.units as u

import astrobounds as ab

ANSWERS = Path(__file__).with_name("takes.json")
POINTS = {  # a point of every model that a posterior holds
    "HNL": lambda: ab.HNL(mass=150 * u.MeV, mixing={"e": 1e-5, "mu": 1e-5, "tau": 1e-5}),
    "DipoleHNL": lambda: ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-9 / u.GeV}),
    "Mediator": lambda: ab.Mediator(mass=50 * u.MeV, coupling={"ee": 1e-9, "mumu": 1e-9, "tautau": 1e-9}),
    "ALP": lambda: ab.ALP(mass=50 * u.MeV, photon=1e-9 / u.GeV),
    "DarkPhoton": lambda: ab.DarkPhoton(mass=20 * u.MeV, mixing=1e-9),
    "DarkScalar": lambda: ab.DarkScalar(mass=50 * u.MeV, mixing=1e-5),
    "LongLivedParticle": lambda: ab.LongLivedParticle(
        mass=100 * u.MeV, lifetime=0.1 * u.s, branching={"e e": 1.0}, abundance=1e-4
    ),
    "ThermalParticle": lambda: ab.ThermalParticle(mass=8 * u.MeV),
    "StandardModel": lambda: ab.StandardModel(delta_neff=0.1),
}


def answer(name, model):
    """Return "yes", "warned: ...", "no: ..." or "failed: ..." of a constraint about a model point.

    "no" is a refusal in a sentence of the package; anything else that goes wrong has failed.
    """
    constraint = ab.constraints.get(name)
    values = {n: p.center for n, p in constraint.nuisances.items()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = constraint.loglike(model, values)
        except ab.AstroboundsError as error:
            return f"no: {str(error).splitlines()[0]}"
        except Exception as error:
            return f"failed: {type(error).__name__}: {error}"
    if not math.isfinite(found):
        return f"failed: lnL = {found}"
    told = [str(w.message) for w in caught if issubclass(w.category, ab.ValidityWarning)]
    return f"warned: {told[0]}" if told else "yes"


def ask(names=None):
    """Return ``{constraint: {model: answer}}`` of everything that ships."""
    out = {}
    for name in names or ab.constraints.names():
        out[name] = {}
        for model, point in POINTS.items():
            out[name][model] = answer(name, point())
            print(name, model, out[name][model][:100], flush=True)
    return out


def _mark(text):
    return {"y": "yes", "w": "yes, flagged", "n": "–", "f": "fails"}[text[0]]


def pages(docs):
    """Return ``{file: text}``."""
    from .markdown import cited, first_line, page, table

    answers = json.loads(ANSWERS.read_text(encoding="utf-8"))
    rows = [(f"[`{c}`](#{c})", *(_mark(found[m]) for m in POINTS)) for c, found in answers.items()]
    points = "; ".join(f"`{make()!r}`" for make in POINTS.values())
    blocks = [
        "Each constraint was asked about one point of each model: *yes* means a likelihood, *yes, "
        "flagged* a likelihood with a warning that the point lies outside what is validated, and – that "
        "the question is refused (the reasons stand below). Other points of a model may be flagged "
        "where these are not.", table(("constraint", *POINTS), rows), f"The points: {points}.",
    ]  # fmt: skip
    for name in ab.constraints.names():
        constraint = ab.constraints.get(name)
        cls = type(constraint)
        free = ", ".join(f"`{n}` ({p!r})" for n, p in constraint.nuisances.items()) or "none"
        where = f"{{py:obj}}`{cls.__module__}.{cls.__name__}`"
        lines = [f"({name})=", f"## {name}", "", f"{first_line(cls)} {where}", "",
                 f"Nuisances by default: {free}."]  # fmt: skip
        refused = {}
        for model, text in answers.get(name, {}).items():
            kind, _, why = text.partition(": ")
            if kind != "yes":
                refused.setdefault((kind, why), []).append(model)
        lines += ["", *(f"* {', '.join(models)}: {'*flagged*, ' if kind == 'warned' else ''}{_plain(why)}."
                        for (kind, why), models in refused.items())]  # fmt: skip
        references = ab.references.collect(constraint)
        if len(references) <= 40:
            lines += ["", f"Stands on {cited(references)}."]
        else:
            lines += ["", f"Stands on {len(references)} papers: `astrobounds cite` lists them."]
        blocks.append(lines)
    return {"constraints.md": page("Which constraint takes which particle", *blocks)}


def _plain(text):
    return text.replace("|", r"\|").replace("_", r"\_").replace("*", r"\*").replace("<", r"\<")


if __name__ == "__main__":
    chosen = sys.argv[1:]
    found = json.loads(ANSWERS.read_text()) if chosen and ANSWERS.exists() else {}
    found.update(ask(chosen))
    ANSWERS.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", encoding="utf-8")
