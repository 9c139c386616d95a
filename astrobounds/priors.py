"""Priors: densities that integrate to one, with the coordinate a sampler moves in."""

import math
from dataclasses import dataclass

import numpy as np

from .errors import ConfigError


def _number(value, what):
    """Return (float in canonical units, True if it had a unit); MeV, s or plain."""
    import astropy.units as u

    if isinstance(value, u.Quantity):
        for unit in (u.dimensionless_unscaled, u.MeV, u.s, 1 / u.GeV, u.cm, u.erg / u.s):
            if value.unit.is_equivalent(unit):
                return float(value.to_value(unit)), str(unit)
        raise ConfigError(f"{what} = {value}: no prior in unit {value.unit}; use MeV, s, 1/GeV, cm")
    if isinstance(value, str):
        remedy = ""
        try:
            float(value)
            remedy = f": it is text, not a number; in YAML write {_with_point(value)}"
        except ValueError:
            remedy = " is text, not a number"
        raise ConfigError(f"{what} = {value!r}{remedy}")
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise ConfigError(f"{what} = {value!r} is not a number")
    return float(value), ""


def _with_point(text):
    """Return ``1e-8`` as ``1.0e-8``: YAML reads the first as text."""
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and "." not in mantissa:
        exponent = exponent if exponent[0] in "+-" else "+" + exponent
        return f"{mantissa}.0e{exponent}"
    return text


@dataclass(frozen=True, init=False)
class Prior:
    """Base of priors: a density of x that integrates to one over its support."""

    unit: str = ""

    def coordinate(self, x):
        """Return the sampler's coordinate of a value x."""
        return x

    def value(self, y):
        """Return the value x of the sampler's coordinate y."""
        return y

    @property
    def label(self):
        """``"log10 "`` if the coordinate is a decimal logarithm."""
        return ""

    def sample(self, rng, size=None):
        """Draw values x from a ``numpy.random.Generator``."""
        return self.ppf(rng.random(size))


class _Bounded(Prior):
    def __init__(self, low, high):
        low, unit = _number(low, "lower end of the prior")
        high, unit_high = _number(high, "upper end of the prior")
        if unit != unit_high:
            raise ConfigError(
                f"the ends of the prior have units '{unit}' and '{unit_high}': give both the same"
            )
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ConfigError(f"prior range [{low:g}, {high:g}] is not an increasing finite range")
        self._check(low, high)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        object.__setattr__(self, "unit", unit)

    def _check(self, low, high):
        pass

    def __repr__(self):
        unit = f" {self.unit}" if self.unit else ""
        return f"{type(self).__name__}({self.low:g}{unit}, {self.high:g}{unit})"

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash((type(self), self.low, self.high, self.unit))

    @property
    def support(self):
        """Lowest and highest value."""
        return self.low, self.high

    @property
    def center(self):
        """Median: the value used where a parameter is held fixed."""
        return self.ppf(0.5)


class Uniform(_Bounded):
    """Constant density between ``low`` and ``high`` (numbers or Quantities)."""

    def logpdf(self, x):
        """Return ln of the density of x."""
        inside = (np.asarray(x) >= self.low) & (np.asarray(x) <= self.high)
        return np.where(inside, -math.log(self.high - self.low), -np.inf)[()]

    def ppf(self, q):
        """Return the quantile of probability q."""
        return self.low + (self.high - self.low) * q

    def logpdf_coordinate(self, y):
        """Return ln of the density of the coordinate y."""
        return self.logpdf(y)


class LogUniform(_Bounded):
    """Density 1/(x ln(high/low)) between ``low`` and ``high`` > 0; the coordinate is log10 x."""

    def _check(self, low, high):
        if low <= 0.0:
            raise ConfigError(f"a log-uniform prior starts above zero, not at {low:g}")

    def logpdf(self, x):
        """Return ln of the density of x."""
        x = np.asarray(x, dtype=float)
        inside = (x >= self.low) & (x <= self.high)
        with np.errstate(divide="ignore", invalid="ignore"):
            density = -np.log(x) - math.log(math.log(self.high / self.low))
        return np.where(inside, density, -np.inf)[()]

    def ppf(self, q):
        """Return the quantile of probability q."""
        return self.low * (self.high / self.low) ** q

    def coordinate(self, x):
        """Return log10 x."""
        return np.log10(x)

    def value(self, y):
        """Return 10^y."""
        return 10.0**y

    def logpdf_coordinate(self, y):
        """Return ln of the density of log10 x, which is constant."""
        low, high = math.log10(self.low), math.log10(self.high)
        inside = (np.asarray(y) >= low) & (np.asarray(y) <= high)
        return np.where(inside, -math.log(high - low), -np.inf)[()]

    @property
    def label(self):
        """``"log10 "``."""
        return "log10 "


class Normal(Prior):
    """Gaussian density of mean ``mean`` and standard deviation ``sigma``."""

    def __init__(self, mean, sigma):
        mean, unit = _number(mean, "mean of the prior")
        sigma, unit_sigma = _number(sigma, "sigma of the prior")
        if unit_sigma not in ("", unit):
            raise ConfigError(f"mean in '{unit}' and sigma in '{unit_sigma}': give both the same unit")
        if not (math.isfinite(mean) and math.isfinite(sigma) and sigma > 0.0):
            raise ConfigError(f"Normal({mean:g}, {sigma:g}): sigma must be positive")
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "sigma", sigma)
        object.__setattr__(self, "unit", unit)

    def __repr__(self):
        return f"Normal({self.mean:g}, {self.sigma:g})"

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash((type(self), self.mean, self.sigma, self.unit))

    @property
    def support(self):
        """The central ten standard deviations (1 - 6e-7 of the probability)."""
        return self.mean - 5.0 * self.sigma, self.mean + 5.0 * self.sigma

    @property
    def center(self):
        """Mean: the value used where a parameter is held fixed."""
        return self.mean

    def logpdf(self, x):
        """Return ln of the density of x."""
        z = (np.asarray(x) - self.mean) / self.sigma
        return (-0.5 * z * z - math.log(self.sigma * math.sqrt(2.0 * math.pi)))[()]

    def ppf(self, q):
        """Return the quantile of probability q."""
        from scipy.special import ndtri

        return self.mean + self.sigma * ndtri(q)

    def logpdf_coordinate(self, y):
        """Return ln of the density of the coordinate y."""
        return self.logpdf(y)


@dataclass(frozen=True)
class Tied:
    """A parameter that follows another one: ``factor`` times it.

    Parameters
    ----------
    to : str
        Name of a parameter with a prior.
    factor : float
    """

    to: str
    factor: float = 1.0
