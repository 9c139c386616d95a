"""What identifies a configuration: every option, number and line of code of a constraint.

A digest walks an object by content: numbers, texts, arrays, containers (sets in a sorted order),
attributes and slots, partial functions, closures and defaults. Code of a user counts by its source
(comments and layout do not) with everything of the user's that it refers to; code of installed
packages by name. What cannot be walked is refused: a digest that leaves something out would let an
edited likelihood continue an old chain.
"""

import ast
import copyreg
import enum
import functools
import hashlib
import inspect
import os
import sysconfig
import textwrap
import types
from pathlib import Path

import numpy as np

from .checks import shown
from .errors import ConfigError

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), range)
_SKIPPED = frozenset({
    "__dict__", "__weakref__", "__doc__", "__module__", "__annotations__", "__dataclass_fields__",
    "__dataclass_params__", "__abstractmethods__", "_abc_impl", "__firstlineno__", "__annotate__",
    "__static_attributes__", "__match_args__", "__slots__", "__slotnames__", "__annotate_func__",
    "__annotations_cache__", "__parameters__", "__orig_bases__", "__protocol_attrs__",
    "__non_callable_proto_members__", "_is_protocol", "_is_runtime_protocol",
})  # fmt: skip
_PACKAGE = Path(__file__).resolve().parent


def digest(obj, what="this object"):
    """Return a short digest of an object's content, the same in every process.

    Raises
    ------
    ConfigError
        For content that cannot be walked (an open file, a lock, a generator), with its place.
    """
    return _Walk(what).of(obj, ()).hex()[:16]


def prior_text(prior):
    """Return a prior in words with all digits of its numbers."""
    numbers = {
        k: v if isinstance(v, (float, int, str)) else digest(v, f"the prior {prior!r}")
        for k, v in vars(prior).items() if k != "unit"
    }  # fmt: skip
    return f"{type(prior).__name__} {numbers} {prior.unit}".strip()


@functools.lru_cache(maxsize=1)
def _library_folders():
    paths = sysconfig.get_paths()
    return tuple({str(Path(paths[k]).resolve()) for k in ("stdlib", "platstdlib", "purelib", "platlib")})


@functools.lru_cache(maxsize=512)
def is_library(module):
    """True for the name of a module of this package, of the standard library or installed."""
    import sys

    if not module or module == "__main__":
        return False
    top = module.partition(".")[0]
    if top in ("astrobounds", "builtins") or top in sys.builtin_module_names:
        return True
    where = getattr(sys.modules.get(module), "__file__", None)
    if where is None:
        return top in sys.stdlib_module_names
    where = str(Path(where).resolve())
    return where.startswith((*_library_folders(), str(_PACKAGE) + os.sep))


class _Walk:
    """One traversal; digests of finished objects are kept, open ones stand for themselves."""

    def __init__(self, what):
        self.what, self.kept, self.open = what, {}, {}

    def of(self, obj, where):
        """Return the digest of ``obj`` (bytes); ``where`` is the way to it, for messages."""
        if type(obj) in _PLAIN:
            return _hash(type(obj).__name__, repr(obj))
        known = self.kept.get(id(obj))
        if known is not None:
            return known[0]
        if id(obj) in self.open:
            return _hash("back to", str(self.open[id(obj)]))
        self.open[id(obj)] = len(self.open)
        try:
            out = self._content(obj, where)
        finally:
            del self.open[id(obj)]
        if not self.open:
            self.kept.clear()
        else:
            self.kept[id(obj)] = (out, obj)
        return out

    def _many(self, kind, items, where):
        return _hash(kind, *(self.of(item, where) for item in items))

    def _mapping(self, obj, where):
        pairs = [self.of(k, where) + self.of(v, (*where, k)) for k, v in obj.items()]
        return _hash(type(obj).__qualname__, *sorted(pairs))

    def _content(self, obj, where):
        if isinstance(obj, types.ModuleType):
            return _hash("module", obj.__name__, str(getattr(obj, "__version__", "")))
        if isinstance(obj, type):
            return self._type(obj, where)
        for test, walk in _WAYS:
            if test(obj):
                return walk(self, obj, where)
        return self._object(obj, where)

    # -- data ------------------------------------------------------------------------------------
    def _array(self, obj, where):
        head = ("array", str(obj.dtype), str(obj.shape), str(getattr(obj, "unit", "")))
        if isinstance(obj, np.ma.MaskedArray):
            return _hash(*head, self.of(np.asarray(obj.data), where), np.ma.getmaskarray(obj).tobytes())
        plain = np.asarray(obj)
        if plain.dtype.hasobject:
            return _hash(*head, *(self.of(item, where) for item in plain.ravel().tolist()))
        return _hash(*head, np.ascontiguousarray(plain).tobytes())

    def _star(self, obj, where):
        """A star by its profile between its breaks: splines and caches are made from that."""
        radius = np.concatenate(
            [np.linspace(a, b, 400) for a, b in zip(obj.breaks[:-1], obj.breaks[1:])]
        )
        return self._many("star", (obj.name, np.asarray(obj.breaks), dict(obj.at(radius))), where)

    def _object(self, obj, where):
        """An instance: its class, what ``__getstate__`` gives, attributes and slots, or its reduction."""
        kind = type(obj)
        head = self.of(kind, where)
        own = getattr(kind, "__getstate__", None)
        if isinstance(own, types.FunctionType):
            return _hash(head, self.of(own(obj), (*where, "__getstate__()")))
        slots = {n: getattr(obj, n) for n in copyreg._slotnames(kind) or () if hasattr(obj, n)}
        plain = kind.__reduce_ex__ is object.__reduce_ex__ and kind.__reduce__ is object.__reduce__
        if not plain or not (hasattr(obj, "__dict__") or slots):
            return _hash(head, self._reduced(obj, where))
        try:
            obj.__reduce_ex__(4)  # refuses what holds more than attributes
        except Exception:
            self._refuse(obj, where)
        values = {**getattr(obj, "__dict__", {}), **slots}
        for name in [n for n in values if isinstance(
                inspect.getattr_static(kind, n, None), functools.cached_property)]:  # fmt: skip
            del values[name]  # made from the others when first asked for
        parts = sorted((k, self.of(v, (*where, k))) for k, v in values.items())
        inside = [self._mapping(dict(obj), where)] if isinstance(obj, dict) else []
        inside += [self.of(list(obj), where)] if isinstance(obj, list) else []
        return _hash(head, *(x for pair in parts for x in pair), *inside)

    def _reduced(self, obj, where):
        """What pickle would keep of an object."""
        try:
            reducer = copyreg.dispatch_table.get(type(obj))
            reduced = obj.__reduce_ex__(4) if reducer is None else reducer(obj)
        except Exception:
            self._refuse(obj, where)
        if isinstance(reduced, str):
            return _hash(reduced)
        parts = [list(p) if i > 2 and p is not None else p for i, p in enumerate(reduced)]
        return self._many("reduced", parts, where)

    def _refuse(self, obj, where):
        place = ".".join(map(str, where)) or "it"
        raise ConfigError(
            f"{self.what}: {place} = {shown(obj)} cannot be read for the identity of a run (an open file, "
            "a lock, a generator?); keep plain data, or give its class a __getstate__ that returns it"
        )

    # -- code ------------------------------------------------------------------------------------
    def _type(self, cls, where):
        name = f"{cls.__module__}.{cls.__qualname__}"
        if is_library(cls.__module__):
            return _hash("type", name)
        parts = [_hash("user's type", cls.__qualname__)]
        parts += [self.of(base, where) for base in cls.__mro__[1:] if base is not object]
        for key, value in sorted(vars(cls).items()):
            if key not in _SKIPPED and not isinstance(value, (types.GetSetDescriptorType,
                                                              types.MemberDescriptorType)):  # fmt: skip
                parts += [key, self.of(value, (*where, cls.__name__, key))]
        return _hash(*parts)

    def _function(self, obj, where):
        if is_library(obj.__module__):
            parts = ["function", f"{obj.__module__}.{obj.__qualname__}"]
        else:
            parts = ["user's function", obj.__qualname__, _source(obj)]
            parts += [self._globals(obj, where)]
        cells = []
        for name, cell in zip(obj.__code__.co_freevars, obj.__closure__ or ()):
            try:
                cells.append((name, self.of(cell.cell_contents, (*where, obj.__name__, name))))
            except ValueError:  # not filled yet
                cells.append((name, b""))
        parts += [x for pair in cells for x in pair]
        parts += [self.of(obj.__defaults__, where), self.of(obj.__kwdefaults__, where)]
        return _hash(*parts)

    def _globals(self, obj, where):
        """What a user's function refers to in its module, apart from installed packages."""
        out = []
        for name in sorted(_names(obj.__code__)):
            if name in obj.__globals__:
                out += [name, self.of(obj.__globals__[name], (*where, obj.__name__, name))]
        return _hash(*out)

    def _method(self, obj, where):
        return self._many("method", (obj.__func__, obj.__self__), where)

    def _builtin(self, obj, where):
        owner = getattr(obj, "__self__", None)
        parts = ["builtin", str(getattr(obj, "__module__", "")), obj.__qualname__]
        if owner is not None and not isinstance(owner, types.ModuleType):
            parts.append(self.of(owner, where))
        return _hash(*parts)

    def _partial(self, obj, where):
        return self._many("partial", (obj.func, obj.args, obj.keywords), where)

    def _wrapped(self, obj, where):
        return self.of(obj.__wrapped__, where)

    def _property(self, obj, where):
        return self._many("property", (obj.fget, obj.fset, obj.fdel), where)


def _hash(*parts):
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "little") + data)
    return sha.digest()


def _names(code):
    """Return the names a code object and those inside it refer to."""
    out = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            out |= _names(constant)
    return out


def _source(function):
    """Return the source of a function without comments and layout, or its compiled form."""
    code = function.__code__
    constants = [c for c in code.co_consts if not isinstance(c, types.CodeType)]
    compiled = code.co_code + repr((constants, code.co_names)).encode()
    if function.__name__ == "<lambda>":  # several may stand on one line
        return compiled
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return compiled
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            text = ast.get_docstring(node, clean=False)
            if text is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _is(*kinds):
    return lambda obj: isinstance(obj, kinds)


_WAYS = (
    (_is(np.ndarray), _Walk._array),
    (_is(enum.Enum), lambda w, o, p: _hash("enum", type(o).__qualname__, o.name)),
    (_is(np.generic), lambda w, o, p: _hash(str(o.dtype), repr(o.item()))),
    (_is(bool, int, float, complex, str, bytes), lambda w, o, p: _hash(w.of(type(o), p), repr(o))),
    (lambda o: type(o) in (list, tuple), lambda w, o, p: w._many(type(o).__name__, o, p)),
    (_is(tuple), lambda w, o, p: _hash(w.of(type(o), p), w._many("tuple", tuple(o), p))),
    (_is(set, frozenset), lambda w, o, p: _hash("set", *sorted(w.of(x, p) for x in o))),
    (lambda o: type(o) in (dict, types.MappingProxyType), _Walk._mapping),
    (_is(functools.partial), _Walk._partial),
    (_is(types.FunctionType), _Walk._function),
    (_is(types.MethodType), _Walk._method),
    (_is(types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType),
     _Walk._builtin),
    (_is(np.ufunc), lambda w, o, p: _hash("ufunc", o.__name__)),
    (_is(property), _Walk._property),
    (_is(functools.cached_property), lambda w, o, p: w.of(o.func, p)),
    (_is(staticmethod, classmethod), lambda w, o, p: _hash(type(o).__name__, w.of(o.__func__, p))),
    (lambda o: hasattr(o, "py_func") and callable(o), lambda w, o, p: w.of(o.py_func, p)),
    (lambda o: callable(o) and isinstance(getattr(o, "__wrapped__", None), types.FunctionType),
     _Walk._wrapped),
    (lambda o: hasattr(o, "at") and hasattr(o, "breaks"), _Walk._star),
    (lambda o: type(o).__module__.startswith("astropy.units") and hasattr(o, "to_string"),
     lambda w, o, p: _hash("unit", o.to_string())),
)  # fmt: skip
