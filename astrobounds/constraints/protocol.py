"""What every constraint is: a name, references, nuisances and a log-likelihood of a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

S_90 = 2.302585092994046  # -ln(0.1): -lnL at the 90 % limit of a background-free count


@dataclass(frozen=True)
class Region:
    """The part of model space a fit will visit, so that a constraint can prepare tables.

    Attributes
    ----------
    model : type
        The model class.
    nature : str
    ranges : mapping
        Lowest and highest value of every free model parameter.
    fixed : mapping
        Values of the others.
    ties : mapping
        ``{name: (to, factor)}``.
    """

    model: type
    nature: str
    ranges: dict[str, tuple[float, float]]
    fixed: dict[str, float]
    ties: dict

    @property
    def choices(self) -> dict[str, str]:
        """``{name: value}`` of the discrete properties of the model."""
        choices = getattr(self.model, "choices", ())
        return {choices[0].name: self.nature} if choices and self.nature is not None else {}

    def pattern(self, prefix="mixing."):
        """Return ``{flavour: share}`` if the couplings vary along one ray, else None."""
        free = [n for n in self.ranges if n.startswith(prefix)]
        held = [n for n, v in self.fixed.items() if n.startswith(prefix) and v > 0.0]
        if len(free) != 1 or held:
            return None
        shares = {free[0][len(prefix):]: 1.0}
        for name, (to, factor) in self.ties.items():
            if name.startswith(prefix) and to == free[0]:
                shares[name[len(prefix):]] = factor
        total = sum(shares.values())
        return {f: s / total for f, s in shares.items()}

    def couplings(self) -> list[str]:
        """Return the names of the couplings that may differ from zero."""
        known = {p.name for p in self.model.coupling_parameters()}
        names = [*self.ranges, *self.ties, *(n for n, v in self.fixed.items() if v)]
        return [n for n in dict.fromkeys(names) if n in known]


@runtime_checkable
class Constraint(Protocol):
    """The members a fit uses.

    Attributes
    ----------
    name : str
        Name in files, tables and figures.
    references : tuple of str
        BibTeX keys (or objects with references).
    nuisances : dict of str -> Prior
        The constraint's own uncertain inputs; their names are unique across constraints.

    Notes
    -----
    ``loglike`` is smooth and has a slope in excluded regions. It is measured from the absence of
    the particle where the data allow: 0 is "no effect". Optional members: ``prepare(region,
    progress)`` builds tables before a fit and ``describe()`` says what was assumed. ``domain``
    (``{nuisance: (low, high)}``) is where the constraint can be evaluated, ``measures`` the nuisances
    its own data fix (other constraints' priors of them are dropped), ``excludes`` the constraints
    whose data it contains, and ``recenter(values)`` receives the centers of a fit's nuisances.
    """

    name: str
    references: tuple
    nuisances: dict[str, Any]

    def predict(self, model: Any) -> dict[str, float]:
        """Return ``{label: value}``, the predictions that the likelihood compares with data."""

    def loglike(self, model: Any, nuisance: Mapping[str, float]) -> float:
        """Return lnL of a model and a mapping of nuisance values."""
