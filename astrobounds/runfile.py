"""Reading the YAML of a run file: small, plain, no key twice, nothing that grows when it is read."""

import math

from . import checks
from .errors import ConfigError

VALUES = 100_000  # numbers, texts and containers of a run file, aliases followed
DEPTH = 30
MERGES = 100  # mappings merged into one


def _loader():
    """Return a YAML loader that refuses a key given twice instead of keeping the last."""
    import yaml

    class Loader(yaml.SafeLoader):
        def __init__(self, stream):
            super().__init__(stream)
            self._flat = {}  # nodes whose merge keys were resolved

        def flatten_mapping(self, node):
            if id(node) in self._flat:
                return
            self._flat[id(node)] = node
            seen = set()
            for key_node, value_node in node.value:
                if key_node.tag == "tag:yaml.org,2002:merge":
                    if isinstance(value_node, yaml.SequenceNode) and len(value_node.value) > MERGES:
                        self._refuse(f"more than {MERGES} mappings merged into one", key_node)
                    continue
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, str) and key in seen:
                    self._refuse(f"the key '{key}' is given twice", key_node)
                seen.add(key if isinstance(key, str) else id(key_node))
            super().flatten_mapping(node)
            if len(node.value) > VALUES:
                self._refuse("merge keys that grow without end", node)

        def _refuse(self, problem, node):
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)

    return Loader


def _plain(value, where, count, depth):
    """Refuse what is not plain data, and data that refers to itself or grows when followed."""
    count[0] += 1
    if count[0] > VALUES:
        raise ConfigError(f"it holds more than {VALUES} values (aliases that refer to aliases?)")
    if depth > DEPTH:
        raise ConfigError(f"{where}: nested more than {DEPTH} deep (an alias inside itself?)")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ConfigError(f"{where or 'the file'}: the key {checks.shown(key)} is not text")
            _plain(item, f"{where}: {key}" if where else key, count, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _plain(item, where, count, depth + 1)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**18:
        digits = int(value.bit_length() * math.log10(2.0)) + 1
        raise ConfigError(f"{where}: a whole number of about {digits} digits is beyond a run file")
    elif isinstance(value, str) and "\0" in value:
        raise ConfigError(f"{where}: the text holds a NUL character")
    elif value is not None and not isinstance(value, (bool, int, float, str)):
        raise ConfigError(
            f"{where}: {checks.shown(value)} is a {type(value).__name__}; a run file holds texts, numbers, "
            "lists and mappings"
        )


def read(path):
    """Return (content, text) of a run file; content is plain data, None if it is empty.

    Raises
    ------
    ConfigError
        With one sentence that names line or key.
    """
    import yaml

    path = checks.path(path, "run file")
    try:
        text = checks.regular_file(path, "run file", checks.RUN_FILE_LIMIT).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not a text file") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    try:
        content = yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = " ".join(str(getattr(error, "problem", None) or error).split())[:300]
        raise ConfigError(f"{path}{line}: not valid YAML ({problem})") from None
    except (MemoryError, Exception) as error:  # tags on values they do not fit
        problem = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ConfigError(f"{path}: a value cannot be read ({problem})") from None
    try:
        _plain(content, "", [0], 0)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return content, text
