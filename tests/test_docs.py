"""The documentation: every page is reachable, what it names exists, the site builds without a warning."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
WRITTEN = sorted(p for p in DOCS.rglob("*.md") if "generated" not in p.relative_to(DOCS).parts)
TEXTS = [*WRITTEN, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
_CODE_PATH = re.compile(
    r"`((?:astrobounds|data|docs|examples|tests|benchmarks)/[\w./*-]*\w/?|[\w-]+\.(?:md|yaml|toml|cff))`"
)


def _entries(page):
    """Pages that the toctrees of a page name."""
    for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        for line in block.splitlines():
            name = re.sub(r".*<(.*)>$", r"\1", line.strip())
            if name and not name.startswith(":"):
                yield (page.parent / name).resolve()


def test_every_page_of_the_docs_is_in_a_toctree():
    seen, todo = set(), [DOCS / "index.md"]
    while todo:
        page = todo.pop()
        if page in seen or not page.exists():
            continue
        seen.add(page)
        todo += [entry.with_name(entry.name + ".md") for entry in _entries(page)]
    lost = {str(p.relative_to(DOCS)) for p in WRITTEN} - {str(p.relative_to(DOCS)) for p in seen}
    assert lost == set(), "name it in a toctree of docs/guide/index.md"


def test_every_page_that_a_toctree_names_exists_or_is_generated():
    missing = {
        str(entry.relative_to(DOCS)) for page in WRITTEN for entry in _entries(page)
        if "generated" not in entry.parts and not entry.with_name(entry.name + ".md").exists()
    }  # fmt: skip
    assert missing == set()


@pytest.mark.parametrize("page", TEXTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_path_named_in_a_page_exists(page):
    named = {
        name for name in _CODE_PATH.findall(page.read_text(encoding="utf-8"))
        if not (list(ROOT.glob(name.rstrip("/"))) or list(ROOT.glob(f"*/{name}")) or name in OF_THE_READER)
    }  # fmt: skip
    assert named == set()


OF_THE_READER = {"first.yaml", "run.yaml"}  # files that the reader writes


@pytest.mark.parametrize("page", TEXTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)\s#]+)", page.read_text(encoding="utf-8"))
    folder = DOCS / "develop" if page.name == "CONTRIBUTING.md" else page.parent
    missing = {t for t in targets if "generated/" not in t and not (folder / t).resolve().exists()}
    assert missing == set()


def test_the_version_comes_from_one_place():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "astrobounds.__version__"}
    probe = "import sys, astrobounds; print(astrobounds.__version__, 'numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    version, numba = done.stdout.split()
    assert numba == "False"
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_recipe_asks_for_what_the_package_asks_for():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {d.replace(" ", "") for d in project["dependencies"]}
    recipe = (ROOT / "conda" / "meta.yaml").read_text(encoding="utf-8")
    listed = recipe.partition("  run:\n")[2].partition("\n\n")[0]
    found = {line.replace("- ", "", 1).replace(" ", "") for line in listed.splitlines()}
    assert found == {*wanted, f"python{project['requires-python']}"}


def test_no_constraint_fails_on_a_particle_but_by_refusing_it():
    """The table of who takes whom knows every constraint, and nothing in it broke."""
    import astrobounds as ab

    answers = json.loads((DOCS / "generate" / "takes.json").read_text(encoding="utf-8"))
    assert sorted(answers) == ab.constraints.names()
    broken = [(c, m, text) for c, row in answers.items() for m, text in row.items()
              if not text.startswith(("yes", "no: ", "warned: "))]  # fmt: skip
    assert broken == []


@pytest.mark.slow
def test_the_table_of_who_takes_whom_is_what_constraints_answer(tmp_path):
    """In a process of its own: a point that another test has solved would not warn again."""
    code = (
        "import json, pathlib, sys; sys.path.insert(0, sys.argv[1]); from generate import constraints; "
        "pathlib.Path(sys.argv[2]).write_text(json.dumps([constraints.ask(), str(constraints.ANSWERS)]))"
    )
    subprocess.run([sys.executable, "-c", code, DOCS, tmp_path / "found.json"], check=True)
    found, answers = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    told = json.loads(Path(answers).read_text(encoding="utf-8"))
    kinds = {c: {m: text.partition(":")[0] for m, text in row.items()} for c, row in found.items()}
    assert kinds == {c: {m: text.partition(":")[0] for m, text in row.items()} for c, row in told.items()}


@pytest.mark.slow
def test_the_first_page_runs_as_written(tmp_path, monkeypatch):
    text = (DOCS / "start" / "first-bound.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.S))
    code = code.replace("shape=(12, 24)", "shape=(3, 4)")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "first-bound.md", "exec"), {})
    assert (tmp_path / "first_bound.png").stat().st_size > 10_000
    run = re.search(r"```yaml\n(.*?)```", text, re.S).group(1)
    (tmp_path / "first.yaml").write_text(run.replace("[12, 24]", "[3, 4]").replace("pool: 2\n", ""))
    for line in re.findall(r"^astrobounds (.*)$", text, re.M):
        words = [w.strip('"') for w in re.findall(r'\S*"[^"]*"|\S+', line)]
        words = [w.replace('"', "") for w in words]
        subprocess.run([sys.executable, "-m", "astrobounds", *words], check=True, cwd=tmp_path)
    assert (tmp_path / "results" / "first" / "run.h5").exists()


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    for module in ("sphinx", "myst_parser", "numpydoc", "pydata_sphinx_theme", "sphinx_design"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install astrobounds[docs])")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html",
               "-d", tmp_path / "trees", DOCS, tmp_path / "html"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "First bound in five minutes" in (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
