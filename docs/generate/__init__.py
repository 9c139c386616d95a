"""Pages of the site that are made from the package and its data; ``main`` writes all of them."""

from . import (
    channels,
    command_line,
    constraints,
    gallery,
    instruments,
    interface,
    laboratory,
    published,
    stars,
)

TABLES = (constraints, channels, stars, instruments, published, command_line, interface, gallery)


def main(docs):
    """Write every generated page to ``docs/generated``; files that do not change are left alone.

    Parameters
    ----------
    docs : Path
        The folder of the documentation.
    """
    folder = docs / "generated"
    folder.mkdir(exist_ok=True)
    for module in TABLES:
        for name, text in module.pages(docs).items():
            write(folder / name, text)
    stamp = folder / "laboratory" / "index.md"
    if not stamp.exists():  # figures take some seconds: delete the folder to draw them anew
        names = [path.stem for path in laboratory.main(folder / "laboratory")]
        lines = ["# Laboratory curves", "", "Figures, limits and projections, one page a coupling.", "",
                 "```{toctree}", ":maxdepth: 1", "", *names, "```"]  # fmt: skip
        write(stamp, "\n".join(lines) + "\n")


def write(path, text):
    """Write a file if its text changed, so that an unchanged page is not built again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
