"""What rare decays say about a boson emitted from neutrinos: limits and ratios as one log-likelihood."""

from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..datafiles import data_path
from ..ecsv import read_columns
from ..errors import ConfigError, did_you_mean
from .families import family
from .rare_decays import PARENTS, TAU_SHARES, pair_boson, rare_decay

TABLE = "measurements/rare_decays.ecsv"
KINDS = ("limit", "ratio", "universality")


@dataclass(frozen=True)
class RareMeasurement:
    """One row of ``data/measurements/rare_decays.ecsv``; the columns say what they are."""

    name: str
    parent: str
    daughter: str
    kind: str
    value: float
    sigma: float
    standard: float
    cl: float
    relative: str
    s_max: float
    group: str
    status: str
    reference: str
    note: str


def rare_measurements():
    """Return ``{name: RareMeasurement}`` of everything that ships."""
    columns = read_columns(data_path(TABLE))
    numbers = {"value", "sigma", "standard", "cl", "s_max"}
    rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
    made = [RareMeasurement(**{k: float(v) if k in numbers else v for k, v in row.items()}) for row in rows]
    return {m.name: m for m in made}


def _reference_width(item):
    """Width [MeV] that a number is relative to."""
    unit = const.HBAR / PARENTS[item.parent].lifetime
    if item.parent == "tau":
        return unit * TAU_SHARES[item.daughter]
    return unit if item.relative == "total" else unit * PARENTS[item.parent].share


def predicted(item, model):
    """Return the prediction of a model for a :class:`RareMeasurement`, in the units of its value.

    A ratio changes by what its numerator and its denominator gain from X within the selection, both
    relative to their standard widths; loops with X are not included.
    """
    decay = rare_decay(item.parent, item.daughter, model)
    unit = _reference_width(item)
    if item.kind == "limit":
        return decay.below(item.s_max) / unit
    if item.kind == "universality":
        return item.standard * (1.0 + decay.below(item.s_max) / unit)
    other = rare_decay(item.parent, "mu", model)
    top = decay.below(item.s_max) / (item.standard * unit)
    return item.standard * (1.0 + top) / (1.0 + other.below(item.s_max) / unit)


class RareDecays:
    """lnL of a boson that neutrinos emit against rare decays of pions, kaons and taus, relative to none.

    Parameters
    ----------
    use : sequence of str, optional
        Names in ``data/measurements/rare_decays.ecsv``; by default all.
    likelihood : str or family
        Of the limits; see :mod:`astrobounds.lab.families`. Ratios are Gaussian.

    Notes
    -----
    In a group the strongest statement is used, across groups lnL add. Limits on l nu nu nubar are taken as
    limits on l nu X, as if the missing mass were distributed alike; a ratio counts X only inside its
    window of missing mass. Emission alone, no loops; where g M/m reaches 4 pi the rates of a vector are
    not meaningful (``RareDecay.perturbative``) and the point is excluded all the more.

    References
    ----------
    arXiv:2101.12304, arXiv:1606.09054, arXiv:2006.00389, arXiv:1212.4012, arXiv:1612.07233.
    """

    name = "rare-decays"
    null_loglike = 0.0

    def __init__(self, use=None, likelihood="poisson"):
        known = rare_measurements()
        names = tuple(known) if use is None else ((use,) if isinstance(use, str) else tuple(use))
        for name in names:
            if name not in known:
                raise ConfigError(f"rare-decays: no measurement '{name}'{did_you_mean(name, known)}; "
                                  f"there are {', '.join(known)}")  # fmt: skip
        self.used = tuple(known[name] for name in names)
        self.family = family(likelihood)
        self.nuisances = {}

    @property
    def references(self):
        """BibTeX keys of the measurements and of the rates."""
        from . import rare_decays

        return tuple(dict.fromkeys((*(m.reference for m in self.used), *rare_decays.references)))

    def predict(self, model):
        """Return ``{name: prediction}`` of every measurement in use."""
        return {m.name: predicted(m, model) for m in self.used}

    def terms(self, model):
        """Return ``{name: lnL}`` of every measurement in use, before groups are combined."""
        out = {}
        if pair_boson(model) is None:
            return dict.fromkeys((m.name for m in self.used), 0.0)
        for m in self.used:
            value = predicted(m, model)
            if m.kind == "limit":
                out[m.name] = float(self.family.lnl(value / m.value, m.cl))
            else:
                pull, null = (value - m.value) / m.sigma, (m.standard - m.value) / m.sigma
                out[m.name] = float(-0.5 * (pull * pull - null * null))
        return out

    def loglike(self, model, nuisance=None):
        """Return lnL relative to no X."""
        groups = {}
        terms = self.terms(model)
        for m in self.used:
            groups.setdefault(m.group, []).append(terms[m.name])
        return float(np.sum([min(values) for values in groups.values()]))

    def describe(self):
        """Return lines that say which data are used and how."""
        return [f"{m.name}: {m.kind} {m.value:g} ({m.reference}, {m.status}); {m.note}" for m in self.used]
