"""Settings of the documentation: ``sphinx-build -W --keep-going -b html docs build/docs``."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import generate  # noqa: E402

import astrobounds  # noqa: E402

project = "astrobounds"
author = copyright = "the astrobounds developers"
version = release = astrobounds.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "sphinx-mathjax-offline",  # formulas without a network
]
exclude_patterns = ["_build", "generate", "reference/templates"]
templates_path = ["_templates"]
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["bibtex.missing_field"]  # preprints have no journal yet

# Docstrings: |U|^2 is a number, never a substitution; types are words and not links.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

bibtex_bibfiles = sorted(f"../data/references/{p.name}" for p in (ROOT / "data/references").glob("*.bib"))
bibtex_reference_style = "label"

html_theme = "pydata_sphinx_theme"
html_title = "astrobounds"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "navigation_with_keys": False,
}

generate.main(HERE)


def _literal_bars(app, what, name, obj, options, lines):
    """Write |U| in docstrings as text: no substitution is meant."""
    import re

    for i, line in enumerate(lines):
        pieces = re.split(r"(``.*?``|`[^`]*`)", line)
        lines[i] = "".join(p if p.startswith("`") else p.replace("|", "\\|") for p in pieces)


def setup(app):
    app.connect("autodoc-process-docstring", _literal_bars, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
