"""Run files: one YAML file in, checked key by key, with numbers and units told apart from text."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from . import checks
from .errors import AstroboundsError, ConfigError, did_you_mean
from .runfile import read

KEYS = ("name", "model", "nature", "parameters", "constraints", "scan", "sample", "output", "pool",
        "time_limit")  # fmt: skip
SCAN_KEYS = {"x": str, "y": str, "shape": list, "at": dict}
SAMPLE_KEYS = {"walkers": int, "steps": int, "min_steps": int, "seed": int, "direct": int}
CONSTRAINTS = 200  # most in one file
PRIORS = {
    "uniform": ("low", "high"), "log-uniform": ("low", "high"), "normal": ("mean", "sigma"),
    "tied": ("to", "factor"),
}  # fmt: skip
MODELS = ("HNL", "DipoleHNL", "Mediator", "ALP", "DarkPhoton", "DarkScalar", "LongLivedParticle",
          "ThermalParticle", "StandardModel")  # fmt: skip
_QUANTITY = re.compile(r"^\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\*?\s*([A-Za-z(1/][\w\s/*^().+-]*)$")


@dataclass(frozen=True)
class Run:
    """A validated run file.

    Attributes
    ----------
    name : str
    path, output : Path
    posterior : Posterior
    scan, sample : dict or None
        Arguments of :func:`astrobounds.scan` and :func:`astrobounds.sample`.
    pool : int, str or None
        Processes, or a Dask scheduler; see :func:`astrobounds.inference.cluster.check_pool_setting`.
    """

    name: str
    path: Path
    output: Path
    posterior: object
    scan: dict | None = None
    sample: dict | None = None
    pool: int | str | None = 2
    text: str = field(default="", repr=False)


def quantity(value, what):
    """Return a number or Quantity of a YAML value: ``0.5``, ``"10 MeV"``, ``"878.4 s"``."""
    import astropy.units as u

    if isinstance(value, bool) or value is None:
        raise ConfigError(f"{what}: {value!r} is not a number")
    if isinstance(value, (int, float)):
        return checks.number(value, what)
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
                return checks.number(float(match.group(1)), what) * u.Unit(match.group(2).strip())
            except ConfigError:
                raise
            except (ValueError, TypeError):
                raise ConfigError(
                    f"{what}: unknown unit '{match.group(2).strip()}' in {value!r}; "
                    "write for instance 10 MeV or 878.4 s"
                ) from None
    raise ConfigError(f"{what}: {checks.shown(value)} is not a number; write 0.5, 1.0e-8 or 10 MeV")


def _only(keys, allowed, where):
    for key in keys:
        if key not in allowed:
            raise ConfigError(
                f"{where}: unknown key '{key}'{did_you_mean(key, allowed)}; "
                f"allowed: {', '.join(allowed)}"
            )


def _mapping(value, where):
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: a mapping is needed, not {checks.shown(value)}")
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
            f"{name}: unknown prior {checks.shown(entry['prior'])}{did_you_mean(kind, PRIORS)}; "
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
            raise ConfigError(f"{where}: {key} = {checks.shown(value)} is not a {kind.__name__}{hint}")
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
    content, text = read(path)
    path = checks.path(path)
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


def _model(spec, folder):
    """Return a model class: one that ships, or ``"mymodule:MyModel"`` from beside the file."""
    import astrobounds

    from .inference.usercode import find, is_spec

    if is_spec(spec):
        return find(spec, folder)
    if not isinstance(spec, str) or spec not in MODELS or not hasattr(astrobounds, spec):
        raise ConfigError(
            f"unknown model {checks.shown(spec)}{did_you_mean(spec, MODELS)}; one of {MODELS}, or "
            "mymodule:MyModel of a file mymodule.py beside this one"
        )
    return getattr(astrobounds, spec)


def _posterior(content, folder):
    from .inference.posterior import Posterior

    parameters = _mapping(content["parameters"], "parameters")
    priors = {name: _prior(name, entry) for name, entry in parameters.items()}
    constraints = content["constraints"]
    if not isinstance(constraints, list) or len(constraints) > CONSTRAINTS:
        raise ConfigError(
            f"constraints: a list of at most {CONSTRAINTS} is needed ('- lab'), not "
            f"{checks.shown(constraints)}"
        )
    nature = content.get("nature")
    if nature is not None and not isinstance(nature, str):
        raise ConfigError(f"nature = {checks.shown(nature)}: a text such as majorana is needed")
    return Posterior(_model(content["model"], folder), priors, constraints, nature,
                     content.get("time_limit"), folder)  # fmt: skip


def _scan(section, posterior):
    """Return the arguments of a scan, with everything checked that the scan would refuse later."""
    from .inference.scan import check_scan

    scan = _typed(_mapping(section, "scan"), SCAN_KEYS, "scan")
    scan.setdefault("x", "mass")
    if "y" not in scan:
        raise ConfigError("scan: 'y' is missing, for instance mixing.tau")
    scan["at"] = {k: quantity(v, f"scan: at: {k}") for k, v in scan.get("at", {}).items()}
    shape = scan.get("shape", [60, 80])
    whole = [isinstance(n, int) and not isinstance(n, bool) and 2 <= n <= 10_000 for n in shape]
    if len(shape) != 2 or not all(whole):
        raise ConfigError(f"scan: shape = {checks.shown(shape)} is not two integers from 2 to 10000")
    scan["shape"] = tuple(shape)
    try:
        check_scan(posterior, **scan)
    except ConfigError as error:
        raise ConfigError(f"scan: {error}") from None
    return scan


def _sample(section, posterior):
    """Return the arguments of a chain, checked in the same way."""
    from .inference.sampler import RANGES, check_settings

    sample = _typed(_mapping(section, "sample"), SAMPLE_KEYS, "sample")
    for key, (low, high) in RANGES.items():
        if key in sample and not low <= sample[key] <= high:
            raise ConfigError(f"sample: {key} = {sample[key]} is outside [{low}, {high}]")
    if sample.get("direct", 0) != 0 and not 20 <= sample["direct"] <= 10**6:
        raise ConfigError(f"sample: direct = {sample['direct']}: 0, or 20 to 1000000 points")
    try:
        check_settings(posterior, **{k: v for k, v in sample.items() if k != "direct"})
    except ConfigError as error:
        raise ConfigError(f"sample: {error}") from None
    return sample


def _build(path, content, text, output):
    from .inference.cluster import check_pool_setting

    posterior = _posterior(content, path.parent)
    scan, sample = content.get("scan"), content.get("sample")
    if scan is None and sample is None:
        raise ConfigError("there is nothing to do: give 'scan', 'sample' or both")
    scan = None if scan is None else _scan(scan, posterior)
    sample = None if sample is None else _sample(sample, posterior)
    pool = check_pool_setting(content.get("pool", 2))
    name = content.get("name", path.stem)
    if not isinstance(name, (str, int, float)) or not 0 < len(str(name)) <= 200:
        raise ConfigError(f"name = {checks.shown(name)}: a text of at most 200 characters is needed")
    folder = checks.path(content.get("output", path.stem) if output is None else output, "output")
    return Run(str(name), path, folder, posterior, scan, sample, pool, text)
