"""Small pieces of Markdown."""

import inspect


def table(heads, rows):
    """Return the lines of a table; bars in cells are escaped."""
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in rows:
        lines.append("| " + " | ".join(str(x).replace("|", r"\|").replace("\n", " ") for x in row) + " |")
    return lines


def page(title, *blocks):
    """Return a page from its title and blocks (texts or lists of lines)."""
    parts = [f"# {title}"]
    parts += ["\n".join(b) if isinstance(b, (list, tuple)) else b for b in blocks]
    return "\n\n".join(parts) + "\n"


def first_line(obj):
    """Return the first paragraph of a docstring in one line."""
    text = inspect.getdoc(obj) or ""
    return " ".join(text.partition("\n\n")[0].split())


def cited(keys):
    """Return a citation of BibTeX keys, in the order given."""
    keys = list(dict.fromkeys(keys))
    return "{cite:p}`" + ",".join(keys) + "`" if keys else ""
