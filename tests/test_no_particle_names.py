"""Outside ``models`` nothing knows a particle: no class is imported or named, no coupling is probed."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "astrobounds"
#: what makes or reads a particle by its name because a user wrote that name
EDGES = {"__init__.py", "cli.py", "config.py"}
ATTRIBUTES = {
    "mixing", "mixing_vector", "dipole", "dipole_gev", "coupling_values", "polarisations",
    "flavour_widths_mev", "neutrinos_per_decay", "nature",
}  # fmt: skip
GONE = {"is_mediator", "has_mixing", "portal_of", "NATURES", "_CANONICAL"}


def particle_classes():
    """Names of the model classes of the package."""
    found = set()
    for path in (PACKAGE / "models").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(
                isinstance(b, ast.Name) and b.id in ("Model", "Boson") for b in node.bases
            ):
                found.add(node.name)
    return found - {"StandardModel"}  # no particle: it says that there is none


def trees():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(("models/", "systems/")) and name not in EDGES:
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def test_the_particles_are_found():
    assert {"HNL", "DipoleHNL", "Mediator"} <= particle_classes()


def test_no_particle_is_imported_or_named_outside_models():
    classes, found = particle_classes(), []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                used = {a.name for a in node.names}
            elif isinstance(node, ast.Name):
                used = {node.id}
            elif isinstance(node, ast.Attribute):
                used = {node.attr}
            else:
                continue
            found += [f"{name}:{node.lineno} {x}" for x in used & (classes | GONE)]
    assert found == []


@pytest.mark.parametrize("probe", ["hasattr", "getattr"])
def test_no_attribute_of_couplings_is_probed(probe):
    found = []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == probe:
                argument = node.args[1] if len(node.args) > 1 else None
                if isinstance(argument, ast.Constant) and argument.value in ATTRIBUTES:
                    found.append(f"{name}:{node.lineno} {argument.value}")
    assert found == []
