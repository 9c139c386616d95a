"""The command line, read from its parser."""

import argparse

from astrobounds.cli import _parser

from .markdown import page, table


def pages(docs):
    """Return ``{file: text}``."""
    parser = _parser()
    blocks = ["`astrobounds COMMAND ...`, or `python -m astrobounds COMMAND ...`. "
              "Bad input ends in one sentence and exit code 2.", *_options(parser)]  # fmt: skip
    subs = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for name, sub in subs.choices.items():
        text = (sub.description or "").strip()
        usage = "```text\n" + " ".join(sub.format_usage().split()) + "\n```"
        blocks += [f"## {name}", text[:1].upper() + text[1:] + ".", usage, *_options(sub)]
    return {"command-line.md": page("Command line", *blocks)}


def _options(parser):
    rows = []
    for action in parser._actions:
        if isinstance(action, (argparse._HelpAction, argparse._SubParsersAction)):
            continue
        name = ", ".join(action.option_strings) or action.metavar or action.dest
        default = action.default if action.default not in (None, False, argparse.SUPPRESS) else ""
        rows.append((f"`{name}`", (action.help or "").replace("%(prog)s", parser.prog), default))
    return [table(("argument", "meaning", "default"), rows)] if rows else []
