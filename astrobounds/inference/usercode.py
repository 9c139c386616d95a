"""A user's own code: functions as constraints, and classes from a module beside the run file.

Modules beside a run file are not on Python's path and a worker process could not import them, so what
travels to workers is the pickled object together with the sources of these modules.
"""

import functools
import inspect
import linecache
import pickle
import re
import sys
import types
from contextlib import contextmanager
from pathlib import Path

from ..checks import regular_file, shown
from ..errors import ConfigError, did_you_mean

PREFIX = "_beside_run_file_"
_SPEC = re.compile(r"^([A-Za-z_]\w*):([A-Za-z_]\w*)$")
_LOADED = {}  # module name -> (file, source)


class FunctionConstraint:
    """A plain callable ``f(model)`` or ``f(model, nuisance)`` that returns lnL, as a constraint.

    Parameters
    ----------
    function : callable
        Its attributes ``name``, ``references``, ``nuisances`` and ``null_loglike`` are taken over
        where it has them; lnL without the particle is 0 otherwise.
    """

    def __init__(self, function):
        inner = function.func if isinstance(function, functools.partial) else function
        self.function = function
        own = getattr(function, "name", None) or getattr(inner, "__name__", type(inner).__name__)
        self.name = str(own).strip("<>")
        self.references = getattr(inner, "references", ())
        self.nuisances = dict(getattr(inner, "nuisances", {}))
        self.null_loglike = float(getattr(inner, "null_loglike", 0.0))
        try:
            inspect.signature(function).bind(None, None)
            self._both = True
        except TypeError:
            self._both = False
        except ValueError:  # a builtin without signature
            self._both = False

    def predict(self, model):
        """Return nothing: a function has no predictions."""
        return {}

    def loglike(self, model, nuisance):
        """Return what the function returns."""
        return self.function(model, nuisance) if self._both else self.function(model)


def is_spec(text):
    """True for ``"mymodule:MyConstraint"``."""
    return isinstance(text, str) and _SPEC.match(text) is not None


def find(spec, folder):
    """Return the object that ``"mymodule:name"`` means: from ``mymodule.py`` in ``folder``.

    Raises
    ------
    ConfigError
        If there is no such file or name, or the module raises when it is imported.
    """
    module, name = _SPEC.match(spec).groups()
    file = (Path(folder) / f"{module}.py").resolve()
    if not file.is_file():
        raise ConfigError(f"'{spec}': there is no file {module}.py beside the run file")
    found = _load(file)
    if not hasattr(found, name):
        public = [n for n in vars(found) if not n.startswith("_")]
        raise ConfigError(f"'{spec}': {file.name} has no '{name}'{did_you_mean(name, public)}")
    return getattr(found, name)


def _load(file):
    import hashlib

    source = regular_file(file, "module", 1_000_000).read_text(encoding="utf-8")
    tag = hashlib.sha256(f"{file}\n{source}".encode()).hexdigest()[:8]
    name = f"{PREFIX}{file.stem}_{tag}"
    if name not in sys.modules:
        _execute(name, str(file), source)
    return sys.modules[name]


def _execute(name, file, source):
    """Make a module of source text; other modules of its folder can be imported meanwhile."""
    module = types.ModuleType(name)
    module.__file__ = file
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    sys.modules[name] = module
    _LOADED[name] = (file, source)
    try:
        with _importing_from(str(Path(file).parent)):
            exec(compile(source, file, "exec"), module.__dict__)
    except Exception as error:
        sys.modules.pop(name, None)
        _LOADED.pop(name, None)
        line = getattr(error, "lineno", None) or _line_in(error, file)
        where = f", line {line}" if line else ""
        raise ConfigError(f"{Path(file).name}{where}: {type(error).__name__}: {error}") from error


def _line_in(error, file):
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@contextmanager
def _importing_from(folder):
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


class Parcel:
    """An object that travels to other processes together with the user's modules it needs."""

    def __init__(self, content):
        try:
            self.payload = pickle.dumps(content)
        except Exception as error:
            raise ConfigError(
                f"{shown(content)} cannot be sent to other processes ({error}); define its constraints "
                "in a module (no lambdas, no functions inside functions), or use pool=1"
            ) from None
        self.modules = [(n, *v) for n, v in _LOADED.items() if n.encode() in self.payload]

    @property
    def needs_main(self):
        """True if something of it is defined in the program's main module."""
        return b"__main__" in self.payload

    def open(self):
        """Return the object."""
        for name, file, source in self.modules:
            if name not in sys.modules:
                _execute(name, file, source)
        return pickle.loads(self.payload)
