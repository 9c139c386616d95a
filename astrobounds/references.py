"""Bibliography: keys to BibTeX, and collection of what a set of objects used.

Every class or result that stands on published work carries a tuple ``references`` of keys; the
entries are in ``data/references/*.bib``.
"""

import re
from functools import lru_cache

from .datafiles import data_files
from .errors import DataError

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)


@lru_cache(maxsize=1)
def _library():
    entries = {}
    for path in data_files("references", "*.bib"):
        text = path.read_text(encoding="utf-8")
        starts = [m.start() for m in _ENTRY.finditer(text)] + [len(text)]
        for begin, end in zip(starts[:-1], starts[1:]):
            entry = text[begin:end].strip()
            key = _ENTRY.match(entry).group(1)
            if key in entries and entries[key] != entry:
                raise DataError(f"BibTeX key '{key}' has two different entries in {path}")
            entries[key] = entry
    return entries


def known_keys():
    """Return the sorted BibTeX keys of the library."""
    return sorted(_library())


def bibtex(key):
    """Return the BibTeX entry of one key."""
    try:
        return _library()[key]
    except KeyError:
        raise DataError(f"no BibTeX entry '{key}' in data/references") from None


def collect(*objects):
    """Return the sorted, unique keys of everything that ``objects`` (recursively) refer to."""
    keys = set()
    for item in objects:
        if isinstance(item, str):
            keys.add(item)
        elif isinstance(item, (list, tuple, set, frozenset)):
            keys.update(collect(*item))
        else:
            keys.update(collect(*getattr(item, "references", ())))
    return sorted(keys)


def to_bibtex(keys):
    """Return the text of a .bib file with the given keys."""
    return "\n\n".join(bibtex(key) for key in keys) + "\n"
