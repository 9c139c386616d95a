"""One self-contained HTML page of a finished run: it holds its pictures and opens offline."""

import base64
import html
import json

from . import __version__

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; color: #222; }
body { margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
img { max-width: 100%; height: auto; }
pre { background: #f6f6f6; padding: .8rem; overflow-x: auto; font-size: .8rem; line-height: 1.35; }
table { border-collapse: collapse; font-size: .85rem; } th, td { padding: .2rem .8rem; text-align: right; }
th { border-bottom: 1px solid #888; } td:first-child, th:first-child { text-align: left; }
.warning { background: #fff3cd; padding: .5rem .8rem; margin: .4rem 0; }
nav a { margin-right: 1rem; }
"""


def plain(value):
    """Return data that JSON can hold: numpy numbers become numbers, nan and inf None."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if value - value == 0.0 else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def to_json(value):
    """Return JSON text of plain data; infinite and undefined numbers are null."""
    return json.dumps(plain(value), indent=1, allow_nan=False, ensure_ascii=False)


def _table(heads, rows):
    def row(tag, cells):
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(c))}</{tag}>" for c in cells) + "</tr>"

    return "<table>\n" + "\n".join([row("th", heads), *(row("td", r) for r in rows)]) + "\n</table>"


def _section(title, *parts):
    name = title.lower().replace(" ", "-")
    return f'<section id="{name}"><h2>{html.escape(title)}</h2>\n' + "\n".join(parts) + "\n</section>"


def _pre(text):
    return f"<pre>{html.escape(text)}</pre>"


def _warned(lines):
    return "\n".join(f'<p class="warning">{html.escape(line)}</p>' for line in lines)


def _limits(grid, cl):
    rows = []
    for x, name, low, high in grid.limits(cl):
        rows.append((f"{x:.5g}", name, *(f"{v:.4e}" if v is not None else "–" for v in (low, high))))
    unit = grid.units.get(grid.x_name)
    heads = (f"{grid.x_name} [{unit}]" if unit else grid.x_name, "constraint",
             f"{grid.y_name} from", "to")  # fmt: skip
    return _table(heads, rows)


def _posterior_limits(chain, cl):
    rows = []
    for name in chain.names:
        low, high = chain.credible_region(name, cl)
        limit = chain.limit(name, cl)
        rows.append((name, f"{limit.value:.4g}", f"{low:.4g}", f"{high:.4g}", limit.prior))
    heads = ("parameter", f"{100 * cl:g} % upper", f"central {100 * cl:g} % from", "to", "prior")
    return _table(heads, rows)


def write_page(run, grid, chain, pictures, bibliography, cl=0.9):
    """Return the HTML text of a finished run.

    Parameters
    ----------
    run : astrobounds.config.Run
    grid : Scan or None
    chain : Chain or None
    pictures : mapping
        ``{file name: PNG bytes}``.
    bibliography : str
        BibTeX.
    cl : float
    """
    warned = list(chain.warnings) + chain.convergence().worries if chain is not None else []
    if grid is not None and grid.all_excluded:
        warned.append("every point of the scan is excluded")
    parts = []
    for name, data in pictures.items():
        code = base64.b64encode(data).decode()
        parts.append(f'<img alt="{html.escape(name)}" src="data:image/png;base64,{code}">')
    sections = [_section("Figures", *parts)]
    if grid is not None:
        failed = grid.notes["failures"].summary()
        failed = ["grid points without lnL:", *failed] if failed else ["lnL is known at every grid point"]
        sections.append(_section("Excluded ranges", _limits(grid, cl), _pre("\n".join(failed))))
    if chain is not None:
        sections.append(_section("Limits of the posterior", _posterior_limits(chain, cl)))
        sections.append(_section("Convergence", _pre(str(chain.convergence()))))
    sections.append(_section("What was assumed", _pre("\n".join(run.posterior.notes()) or "nothing")))
    sections.append(_section("Inputs", _pre(run.text)))
    sections.append(_section("Citations", _pre(bibliography)))
    names = ["Figures"] + ["Excluded ranges"] * (grid is not None)
    names += ["Limits of the posterior", "Convergence"] * (chain is not None)
    names += ["What was assumed", "Inputs", "Citations"]
    links = "".join(f'<a href="#{n.lower().replace(" ", "-")}">{n}</a>' for n in names)
    title = html.escape(run.name)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f"<p>{html.escape(run.posterior.model.__name__)} with "
        f"{html.escape(', '.join(c.name for c in run.posterior.constraints))}; "
        f"astrobounds {__version__}</p>\n"
        f"<nav>{links}</nav>\n{_warned(warned)}\n" + "\n".join(sections) + "\n</body></html>\n"
    )
