"""The public names, room by room, from what the packages export."""

from importlib import import_module
from types import ModuleType

import astrobounds as ab

ROOMS = {
    "astrobounds": "What a user needs first",
    "astrobounds.models": "Models",
    "astrobounds.models.seesaw": "Theories of neutrino mass",
    "astrobounds.cosmology": "The early Universe",
    "astrobounds.supernova": "Supernovae",
    "astrobounds.gamma": "Gamma rays",
    "astrobounds.lab": "Laboratories",
    "astrobounds.published": "Published bounds",
    "astrobounds.systems": "Small systems",
    "astrobounds.constraints": "Constraints",
    "astrobounds.inference": "Inference",
}


def _names(room):
    """Return ``(path under which a name is documented)`` of the public functions and classes."""
    module = import_module(room)
    if room == "astrobounds.constraints":
        classes = [type(ab.constraints.get(name)) for name in ab.constraints.names()]
        own = ["Constraint", "Region", "get", "names"]
        return [f"{room}.{n}" for n in own] + [f"{c.__module__}.{c.__qualname__}" for c in classes]
    found = [n for n in module.__all__ if not isinstance(getattr(module, n), ModuleType)]
    return [f"{room}.{n}" for n in found]


def pages(docs):
    """Return ``{file: text}``; a name that two rooms export is documented where it comes first."""
    seen, lines = set(), ["Public names", "============", ""]
    for room, title in ROOMS.items():
        names = []
        for path in _names(room):
            package, _, name = path.rpartition(".")
            obj = getattr(import_module(package), name)
            if id(obj) not in seen:
                seen.add(id(obj))
                names.append(path)
        if names:
            lines += [title, "-" * len(title), "", f"``{room}``", "", ".. autosummary::",
                      "   :toctree: api", "   :nosignatures:", ""]  # fmt: skip
            lines += [*(f"   {n}" for n in names), ""]
    return {"interface.rst": "\n".join(lines)}
