"""The gallery: what each example says of itself, its picture, its code.

The pictures are in ``docs/images``. Where one is missing and ASTROBOUNDS_DOCS_EXAMPLES is 1, the example
is run (up to two minutes each); nothing is run otherwise.
"""

import ast
import os
import subprocess
import sys

from .markdown import page


def picture(docs, script):
    """Return the name of the picture of an example, or an empty string."""
    path = docs / "images" / f"{script.stem}.png"
    if not path.exists() and os.environ.get("ASTROBOUNDS_DOCS_EXAMPLES") == "1":
        subprocess.run([sys.executable, str(script), str(path)], check=True, cwd=docs.parent)
    return path.name if path.exists() else ""


def _indented(text):
    """Return a docstring as Markdown: lines that start with a space belong to the one before."""
    return text.replace("|", r"\|").replace("<~", r"\<\~").replace("<", r"\<").replace("\\\\<", "\\<")


def entry(docs, script):
    """Return (title, text of the page) of an example in Python."""
    doc = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
    title, _, rest = doc.partition("\n\n")
    title = " ".join(title.split()).rstrip(".")
    name = picture(docs, script)
    blocks = [f"![{title}](../../images/{name})"] if name else []
    code = f"```{{literalinclude}} ../../../examples/{script.name}\n:language: python\n```"
    blocks += [_indented(rest), code]
    return title, page(title, *blocks)


def run_file(docs, path):
    """Return (title, text of the page) of a run file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    title = lines[0].lstrip("# ").rstrip(".")
    name = picture_of_run(docs, path)
    blocks = [f"![{title}](../../images/{name})"] if name else []
    blocks += [f"`astrobounds run examples/{path.name}`",
               f"```{{literalinclude}} ../../../examples/{path.name}\n:language: yaml\n```"]  # fmt: skip
    return title, page(title, *blocks)


def picture_of_run(docs, path):
    """Return the name of the picture of a run file, or an empty string; runs are never started here."""
    file = docs / "images" / f"{path.stem}.png"
    return file.name if file.exists() else ""


def pages(docs):
    """Return ``{file: text}``."""
    out, cards = {}, []
    examples = docs.parent / "examples"
    for path in [*sorted(examples.glob("*.yaml")), *sorted(examples.glob("*.py"))]:
        make = run_file if path.suffix == ".yaml" else entry
        title, text = make(docs, path)
        out[f"gallery/{path.stem}.md"] = text
        image = docs / "images" / f"{path.stem}.png"
        cards += [f":::{{grid-item-card}} {title}", f":link: {path.stem}", ":link-type: doc"]
        cards += [f":img-top: ../../images/{path.stem}.png"] if image.exists() else []
        cards += ["", f"`examples/{path.name}`", ":::", ""]
    names = sorted(name.removeprefix("gallery/").removesuffix(".md") for name in out)
    out["gallery/index.md"] = page(
        "Gallery", "Every example is one file that runs alone and writes its picture.",
        ["::::{grid} 1 2 2 3", ":gutter: 3", "", *cards, "::::"],
        ["```{toctree}", ":hidden:", "", *names, "```"],
    )  # fmt: skip
    return out
