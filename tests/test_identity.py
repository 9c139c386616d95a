"""A digest sees everything that changes an answer, and refuses what it cannot see."""

import copy
import datetime
import decimal
import fractions
import functools
import pathlib
import re
import threading
import types

import numpy as np
import pytest

from astrobounds.constraints import get, names
from astrobounds.errors import ConfigError
from astrobounds.identity import digest, is_library


def over(constant):
    def function(x):
        return x * constant

    return function


class Plain:
    def __init__(self, a):
        self.a = a

    def method(self):
        return self.a


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


def base(x, y):
    return x + y


PAIRS = [
    (over(1), over(2)), (lambda x: 1, lambda x: 2),
    (functools.partial(base, 1), functools.partial(base, 2)),
    (functools.partial(base, y=1), functools.partial(base, y=2)),
    (Plain({2}), Plain({3})), (Slotted(2), Slotted(3)), (Plain(1).method, Plain(2).method),
    (Plain([1]), Plain((1,))), ([[1], 2], [1, [2]]), ({1: 2}, {1: 3}), ({"a": 1}, {"b": 1}),
    (pathlib.Path("a"), pathlib.Path("b")), (re.compile("a"), re.compile("b")),
    (decimal.Decimal(1), decimal.Decimal(2)), (fractions.Fraction(1, 2), fractions.Fraction(1, 3)),
    (datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)), (slice(1), slice(2)),
    (bytearray(b"a"), bytearray(b"b")), (1, 1.0), (True, 1), (0.1, 0.1 + 1e-17 + 2e-17),
    (np.zeros(3), np.zeros(3, dtype=np.float32)), (np.zeros((2, 3)), np.zeros((3, 2))),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[0, 0])),
    (np.random.default_rng(1), np.random.default_rng(2)), (np.sin, np.cos), (len, min),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: type(p[0]).__name__)
def test_content_counts(pair):
    one, other = pair
    assert digest(one) != digest(other)
    assert digest(one) == digest(one)


def test_equal_content_has_one_digest():
    assert digest(over(1)) == digest(over(1))
    assert digest({5, 2, 9}) == digest({9, 5, 2})
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(Plain(np.arange(3))) == digest(copy.deepcopy(Plain(np.arange(3))))


def test_circles_end():
    one, other = [1], [2]
    one.append(one)
    other.append(other)
    assert digest(one) != digest(other)


@pytest.mark.parametrize("content", [threading.Lock(), (i for i in [1])], ids=["lock", "generator"])
def test_what_cannot_be_walked_is_refused_with_its_place(content):
    with pytest.raises(ConfigError, match=r"my fit: inner\.a = .*__getstate__"):
        digest(types.SimpleNamespace(inner=Plain(content)), "my fit")


def module(text):
    """A module of a user, as a run file or a notebook makes it."""
    out = types.ModuleType("users_likelihood")
    exec(compile(text, "<users_likelihood>", "exec"), out.__dict__)
    return out


USERS = """
import numpy as np
SIGMA = 0.1
def helper(x):
    return x / SIGMA
class Fit:
    name, references, nuisances = "fit", (), {}
    def predict(self, model):
        return {}
    def loglike(self, model, nuisance):
        return -helper(model.mass_mev) ** 2
"""


@pytest.mark.parametrize("change", [
    ("SIGMA = 0.1", "SIGMA = 0.2"), ("x / SIGMA", "x * SIGMA"), ("** 2", "** 4"),
    ("{}\n    def p", "{1: 2}\n    def p"),
    ("return {}", "return {'m': 1}"),
])  # fmt: skip
def test_an_edited_likelihood_is_another_one(change):
    """Its lines, the constants and the helpers of its module; comments are not."""
    here = digest(module(USERS).Fit())
    assert digest(module(USERS).Fit()) == here
    assert digest(module(USERS.replace("SIGMA = 0.1", "SIGMA = 0.1  # a comment")).Fit()) == here
    assert digest(module(USERS.replace(*change)).Fit()) != here


def test_installed_packages_count_by_name():
    assert is_library("numpy.linalg")
    assert is_library("astrobounds.lab")
    assert is_library("json")
    assert not is_library("__main__")
    assert not is_library(__name__)


def perturbed(value):
    """Something else of the same kind; None if nothing can be changed."""
    if isinstance(value, (bool, np.bool_)):
        return not value
    if isinstance(value, (int, float, np.number)):
        return value + 1 if value == value else 1.0
    if isinstance(value, str):
        return value + "x"
    if value is None:
        return "x"
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "iuf":
            return value[:-1]
        out = value.copy()
        out.flat[-1] += 1
        return out
    if isinstance(value, (tuple, list)):
        return type(value)([*value, 1]) if type(value) in (tuple, list) else None
    if isinstance(value, (set, frozenset)):
        return value | {"x"}
    if type(value) in (dict, types.MappingProxyType):
        return {**value, "x": 1}
    return None


def _walks(value):
    return hasattr(value, "__dict__") and not isinstance(value, FIXED) and not hasattr(value, "breaks")


FIXED = (type, types.FunctionType, types.MethodType)


def changes(obj, depth=3):
    """Yield (way, object with one field changed) of an object and of those inside it."""
    for key, value in vars(obj).items():
        new = perturbed(value)
        if new is not None:
            out = copy.copy(obj)
            out.__dict__[key] = new
            yield key, out
        elif depth and _walks(value):
            for way, inner in changes(value, depth - 1):
                out = copy.copy(obj)
                out.__dict__[key] = inner
                yield f"{key}.{way}", out


@pytest.mark.parametrize("name", names())
def test_every_field_of_every_constraint_counts(name):
    constraint = get(name)
    here, seen = digest(constraint), 0
    assert digest(get(name)) == here
    for way, other in changes(constraint):
        assert digest(other) != here, way
        seen += 1
    assert seen >= 2
