"""Run files: one YAML file in, checked key by key, with numbers and units told apart from text."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .errors import AstroboundsError, ConfigError, did_you_mean

KEYS = ("name", "model", "nature", "parameters", "constraints", "scan", "sample", "output", "pool")
SCAN_KEYS = {"x": str, "y": str, "shape": list, "at": dict}
SAMPLE_KEYS = {"walkers": int, "steps": int, "min_steps": int, "seed": int}
SAMPLE_RANGES = {
    "walkers": (2, 10**5), "steps": (1, 10**9), "min_steps": (0, 10**9), "seed": (0, 2**32 - 1),
}  # fmt: skip
PRIORS = {
    "uniform": ("low", "high"), "log-uniform": ("low", "high"), "normal": ("mean", "sigma"),
    "tied": ("to", "factor"),
}  # fmt: skip
MODELS = ("HNL", "DipoleHNL", "Mediator", "StandardModel")
_QUANTITY = re.compile(r"^\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\*?\s*([A-Za-z(1/][\w\s/*^().+-]*)$")


@dataclass(frozen=True)
class Run:
    """A validated run file.

    Attributes
    ----------
    name, path, output : str, Path, Path
    posterior : Posterior
    scan, sample : dict or None
        Arguments of :func:`astrobounds.scan` and :func:`astrobounds.sample`.
    pool : int or None
    """

    name: str
    path: Path
    output: Path
    posterior: object
    scan: dict | None = None
    sample: dict | None = None
    pool: int | None = 2
    text: str = field(default="", repr=False)


def _loader():
    """Return a YAML loader that refuses a key given twice instead of keeping the last."""
    import yaml

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node, deep=False):
            seen = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, str) and key in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key '{key}' is given twice", key_node.start_mark
                    )
                seen.add(key if isinstance(key, str) else id(key_node))
            return super().construct_mapping(node, deep)

    return Loader


def quantity(value, what):
    """Return a number or Quantity of a YAML value: ``0.5``, ``"10 MeV"``, ``"878.4 s"``."""
    import astropy.units as u

    if isinstance(value, bool) or value is None:
        raise ConfigError(f"{what}: {value!r} is not a number")
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        from .priors import _number

        try:
            float(value)
        except ValueError:
            match = _QUANTITY.match(value)
        else:
            _number(value, what)  # raises: YAML read a number as text; says how to write it
        if match:
            try:
                return float(match.group(1)) * u.Unit(match.group(2).strip())
            except ValueError:
                raise ConfigError(
                    f"{what}: unknown unit '{match.group(2).strip()}' in {value!r}; "
                    "write for instance 10 MeV or 878.4 s"
                ) from None
    raise ConfigError(f"{what}: {value!r} is not a number; write 0.5, 1.0e-8 or 10 MeV")


def _only(keys, allowed, where):
    for key in keys:
        if key not in allowed:
            raise ConfigError(
                f"{where}: unknown key '{key}'{did_you_mean(key, allowed)}; "
                f"allowed: {', '.join(allowed)}"
            )


def _mapping(value, where):
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: a mapping is needed, not {value!r}")
    return value


def _prior(name, entry):
    from . import priors

    if not isinstance(entry, dict):
        return quantity(entry, name)
    if "prior" not in entry:
        raise ConfigError(f"{name}: the entry has no 'prior'; one of {', '.join(PRIORS)}")
    kind = str(entry["prior"]).lower().replace("_", "-").replace("loguniform", "log-uniform")
    if kind not in PRIORS:
        raise ConfigError(
            f"{name}: unknown prior '{entry['prior']}'{did_you_mean(kind, PRIORS)}; "
            f"one of {', '.join(PRIORS)}"
        )
    wanted = PRIORS[kind]
    _only(entry, ("prior", *wanted), f"{name}: prior {kind}")
    if kind == "tied":
        factor = quantity(entry.get("factor", 1.0), f"{name}: factor")
        if "to" not in entry:
            raise ConfigError(f"{name}: prior tied needs 'to', the parameter it follows")
        return priors.Tied(str(entry["to"]), factor)
    for key in wanted:
        if key not in entry:
            raise ConfigError(f"{name}: prior {kind} needs '{key}'")
    first, second = (quantity(entry[key], f"{name}: {key}") for key in wanted)
    classes = {"uniform": priors.Uniform, "log-uniform": priors.LogUniform, "normal": priors.Normal}
    try:
        return classes[kind](first, second)
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None


def _typed(section, allowed, where):
    _only(section, allowed, where)
    out = {}
    for key, value in section.items():
        kind = allowed[key]
        good = isinstance(value, kind) and not isinstance(value, bool)
        if not good:
            hint = ": it is text, not a number" if isinstance(value, str) and kind is int else ""
            raise ConfigError(f"{where}: {key} = {value!r} is not a {kind.__name__}{hint}")
        out[key] = value
    return out


def load(path, output=None):
    """Read and validate a run file.

    Parameters
    ----------
    path : path
        YAML file; see ``examples/`` for one with every key explained.
    output : path, optional
        Replaces the file's ``output`` folder.

    Returns
    -------
    Run

    Raises
    ------
    ConfigError
        With one sentence that names the key, the value and the remedy.
    """
    import yaml

    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not a text file") from None
    try:
        content = yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        raise ConfigError(f"{path}{line}: not valid YAML ({problem})") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: a value cannot be read ({error})") from None
    if content is None:
        raise ConfigError(f"{path} is empty; see examples/ for a run file")
    content = _mapping(content, str(path))
    _only(content, KEYS, str(path))
    for key in ("model", "parameters", "constraints"):
        if key not in content:
            raise ConfigError(f"{path}: the key '{key}' is missing")
    try:
        return _build(path, content, text, output)
    except AstroboundsError as error:
        raise ConfigError(f"{path}: {error}") from None


def _build(path, content, text, output):
    import astrobounds

    from .inference.posterior import Posterior

    model = content["model"]
    if model not in MODELS or not hasattr(astrobounds, model):
        raise ConfigError(f"unknown model '{model}'{did_you_mean(model, MODELS)}; one of {MODELS}")
    parameters = _mapping(content["parameters"], "parameters")
    priors = {name: _prior(name, entry) for name, entry in parameters.items()}
    constraints = content["constraints"]
    if not isinstance(constraints, list):
        raise ConfigError(f"constraints: a list is needed ('- lab'), not {constraints!r}")
    posterior = Posterior(getattr(astrobounds, model), priors, constraints, content.get("nature"))
    scan = content.get("scan")
    if scan is not None:
        scan = _typed(_mapping(scan, "scan"), SCAN_KEYS, "scan")
        scan.setdefault("x", "mass")
        scan["at"] = {k: quantity(v, f"scan: at: {k}") for k, v in scan.get("at", {}).items()}
        shape = scan.get("shape", [60, 80])
        whole = [isinstance(n, int) and not isinstance(n, bool) and 2 <= n <= 10_000 for n in shape]
        if len(shape) != 2 or not all(whole):
            raise ConfigError(f"scan: shape = {shape!r} is not two integers from 2 to 10000")
        scan["shape"] = tuple(shape)
        if "y" not in scan:
            raise ConfigError("scan: 'y' is missing, for instance mixing.tau")
        for axis in ("x", "y"):
            if scan[axis] not in posterior.priors:
                raise ConfigError(
                    f"scan: {axis} = '{scan[axis]}' has no prior"
                    f"{did_you_mean(scan[axis], posterior.names)}"
                )
    sample = content.get("sample")
    if sample is not None:
        sample = _typed(_mapping(sample, "sample"), SAMPLE_KEYS, "sample")
        for key, (low, high) in SAMPLE_RANGES.items():
            if key in sample and not low <= sample[key] <= high:
                raise ConfigError(f"sample: {key} = {sample[key]} is outside [{low}, {high}]")
    if scan is None and sample is None:
        raise ConfigError("there is nothing to do: give 'scan', 'sample' or both")
    pool = content.get("pool", 2)
    if pool is not None and (isinstance(pool, bool) or not isinstance(pool, int) or not 1 <= pool <= 256):
        raise ConfigError(f"pool = {pool!r}: the number of processes, from 1 to 256")
    name = str(content.get("name", path.stem))
    folder = content.get("output", path.stem) if output is None else output
    if not isinstance(folder, (str, Path)) or not str(folder).strip() or "\0" in str(folder):
        raise ConfigError(f"output = {folder!r}: the name of a folder is needed")
    folder = Path(folder)
    return Run(name, path, folder, posterior, scan, sample, pool, text)
