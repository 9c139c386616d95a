"""Limits that name their prior, and how they move when the prior does."""

from dataclasses import dataclass

import numpy as np

ENOUGH = 100.0  # effective samples below which a reweighted limit is not to be trusted


@dataclass(frozen=True)
class Limit:
    """An upper limit with what it stands on; a float where one is needed.

    Attributes
    ----------
    name : str
    value : float
    cl : float
    method : {"bayesian", "delta-chi2"}
    prior : str
        The prior in words; empty for a profile, which has none.
    effective : float
        Effective number of samples behind it.
    where : str
        The range of other parameters it holds in, or "".
    """

    name: str
    value: float
    cl: float
    method: str
    prior: str
    effective: float
    where: str = ""

    def __float__(self):
        return self.value

    def __str__(self):
        stands = f"prior {self.prior}" if self.method == "bayesian" else "profile, no prior"
        few = f"; only {self.effective:.0f} effective samples" if self.effective < ENOUGH else ""
        where = f" for {self.where}" if self.where else ""
        return f"{self.name} < {self.value:.4g} at {100 * self.cl:g} %{where} ({stands}{few})"


def weighted_quantile(values, weights, q):
    """Return the quantile of weighted values: half a weight on each side of its own sample."""
    order = np.argsort(values)
    x, w = values[order], weights[order]
    cumulative = (np.cumsum(w) - 0.5 * w) / w.sum()
    return float(np.interp(q, cumulative, x))


def effective_number(weights):
    """Return the effective number of weighted samples, (sum w)^2 / sum w^2."""
    total = weights.sum()
    return float(total * total / (weights * weights).sum()) if total > 0.0 else 0.0


def alternatives(name, power):
    """Return ``{prior in words: exponent p}`` of densities x^p of a coupling.

    Parameters
    ----------
    name : str
        ``"mixing.tau"``, ...
    power : int
        Power of the coupling in a rate: 1 for |U|^2, 2 for a coupling that is an amplitude.
    """
    if power == 1:
        flavour = name.partition(".")[2] or name
        square, amplitude = f"|U_{flavour}|^2", f"U_{flavour}"
        return {"log-uniform": -1.0, f"uniform in {square}": 0.0, f"uniform in {amplitude}": -0.5}
    return {"log-uniform": -1.0, f"uniform in {name}^2": 1.0, f"uniform in {name}": 0.0}


class PriorDependence(dict):
    """``{prior in words: Limit}``; ``str`` makes a table, ``spread`` is the largest ratio."""

    @property
    def spread(self):
        """Largest limit over the smallest, of those with enough effective samples."""
        good = [float(v) for v in self.values() if v.effective >= ENOUGH]
        return max(good) / min(good) if good and min(good) > 0.0 else np.nan

    def __str__(self):
        return "\n".join(str(v) for v in self.values())


def reweighted(parameter, values, log_density, cl, base, effective, where=""):
    """Return :class:`PriorDependence` of one coupling by reweighting samples.

    Parameters
    ----------
    parameter : Parameter
        The coupling, with its power in a rate.
    values : ndarray
        Its samples.
    log_density : ndarray
        ln of the density the coupling was sampled with, at the samples.
    cl : float
    base : str
        The sampled prior in words.
    effective : float
        Effective number of the samples themselves.
    """
    flat, name = np.ones(len(values)), parameter.name
    out = PriorDependence()
    out[f"as sampled: {base}"] = Limit(
        name, weighted_quantile(values, flat, cl), cl, "bayesian", base, effective, where
    )
    for words, exponent in alternatives(name, parameter.power).items():
        ln = exponent * np.log(values) - log_density
        weights = np.exp(ln - ln.max())
        number = effective * effective_number(weights) / len(values)
        quantile = weighted_quantile(values, weights, cl)
        out[words] = Limit(name, quantile, cl, "bayesian", words, number, where)
    return out
