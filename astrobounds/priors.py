"""Priors: densities that integrate to one, with the coordinate a sampler moves in."""

import math
from dataclasses import dataclass

import numpy as np

from .checks import shown
from .errors import ConfigError

CANONICAL = ("", "MeV", "s", "1 / GeV", "cm", "erg / s")  # units that numbers are brought to


def _number(value, what):
    """Return (float in a canonical unit, that unit); the unit of a plain number is ""."""
    import astropy.units as u

    if isinstance(value, u.Quantity):
        for text in CANONICAL:
            unit = u.Unit(text)
            if value.unit.is_equivalent(unit):
                number = np.asarray(value.to_value(unit))
                if number.ndim or number.dtype.kind not in "fiu":
                    raise ConfigError(f"{what} = {shown(value)}: one real number is needed")
                return float(number), text
        raise ConfigError(f"{what} = {value}: no prior in unit {value.unit}; use MeV, s, 1/GeV, cm")
    if isinstance(value, str):
        remedy = ""
        try:
            float(value)
            remedy = f": it is text, not a number; in YAML write {_with_point(value)}"
        except ValueError:
            remedy = " is text, not a number"
        raise ConfigError(f"{what} = {shown(value)}{remedy}")
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
            raise TypeError
        return float(value), ""
    except (TypeError, OverflowError):
        raise ConfigError(f"{what} = {shown(value)} is not a number") from None


def plain_number(value, what, unit="", bare=True):
    """Return a number or Quantity as a float in ``unit``.

    Parameters
    ----------
    value : float or Quantity
    what : str
        Name of the parameter, for messages.
    unit : str
        The parameter's own unit, ``""`` for numbers.
    bare : bool
        Take a number without a unit as one in ``unit``; refused otherwise.

    Raises
    ------
    ConfigError
        For another kind of unit, or a missing one.
    """
    number, given = _number(value, what)
    return number * _factor(given, unit, what, bare)


def _factor(given, wanted, what, bare=True):
    """Return the factor from one unit to another; a missing unit is the wanted one if ``bare``."""
    import astropy.units as u

    if given == wanted or (given == "" and bare):
        return 1.0
    if given and wanted and u.Unit(given).is_equivalent(u.Unit(wanted)):
        return float(u.Unit(given).to(u.Unit(wanted)))
    if given == "":
        kind = " of energy" if wanted == "MeV" else f" such as {wanted}"
        example = "LogUniform(10*u.MeV, 500*u.MeV)" if wanted == "MeV" else f"... * u.Unit('{wanted}')"
        raise ConfigError(f"'{what}' is given without a unit{kind}: write {example}")
    own = f"it is in {wanted}" if wanted else "it is a number without unit"
    raise ConfigError(f"'{what}' is given in {given}, but {own}")


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

    def in_unit(self, unit, what, bare=True):
        """Return this prior with its numbers in ``unit``, the own unit of parameter ``what``.

        Raises
        ------
        ConfigError
            For another kind of unit, or (unless ``bare``) a missing one.
        """
        factor = _factor(self.unit, unit, what, bare)
        return self if factor == 1.0 else self._scaled(factor, unit)

    def _scaled(self, factor, unit):
        """Return the density of factor * x."""
        out = object.__new__(type(self))
        numbers = {k: v * factor for k, v in vars(self).items() if isinstance(v, float)}
        out.__dict__.update({**vars(self), **numbers, "unit": unit})
        return out

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
        if isinstance(x, float):
            return -math.log(self.high - self.low) if self.low <= x <= self.high else -math.inf
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
        if isinstance(y, float):
            return -math.log(high - low) if low <= y <= high else -math.inf
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
        if unit_sigma != unit:
            raise ConfigError(f"mean in '{unit}' and sigma in '{unit_sigma}': give both the same unit")
        if not (math.isfinite(mean) and math.isfinite(sigma) and sigma > 0.0):
            raise ConfigError(f"Normal({mean:g}, {sigma:g}): sigma must be positive")
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "sigma", sigma)
        object.__setattr__(self, "unit", unit)

    def __repr__(self):
        unit = f" {self.unit}" if self.unit else ""
        return f"Normal({self.mean:g}{unit}, {self.sigma:g}{unit})"

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
        if isinstance(x, float):
            z = (x - self.mean) / self.sigma
            return -0.5 * z * z - math.log(self.sigma * math.sqrt(2.0 * math.pi))
        z = (np.asarray(x) - self.mean) / self.sigma
        return (-0.5 * z * z - math.log(self.sigma * math.sqrt(2.0 * math.pi)))[()]

    def ppf(self, q):
        """Return the quantile of probability q."""
        from scipy.special import ndtri

        return self.mean + self.sigma * ndtri(q)

    def logpdf_coordinate(self, y):
        """Return ln of the density of the coordinate y."""
        return self.logpdf(y)


class Distribution(Prior):
    """A frozen distribution of :mod:`scipy.stats` as a prior; the coordinate is x itself.

    Parameters
    ----------
    dist : frozen distribution
        Continuous and of one variable, for instance ``scipy.stats.lognorm(s=0.3, scale=2.0)``.
    unit : unit or str, optional
        Unit of its values, for instance ``u.MeV``.

    Notes
    -----
    An end of the support where the density vanishes or diverges is cut at a probability of 3e-7
    (five standard deviations of a Gaussian).
    """

    def __init__(self, dist, unit=""):
        import astropy.units as u

        if not is_frozen(dist):
            raise ConfigError(
                f"{shown(dist)} is not a frozen continuous distribution: write "
                "scipy.stats.lognorm(s=0.3, scale=2.0), with its parameters"
            )
        try:
            scale, unit = _number(1.0 * u.Unit(unit), "unit of the prior")
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(f"unit = {shown(unit)}: a unit such as u.MeV is needed") from None
        low, high = (float(v) for v in dist.support())
        cut = 2.866515718791939e-07
        low = low if math.isfinite(dist.logpdf(low)) else float(dist.ppf(cut))
        high = high if math.isfinite(dist.logpdf(high)) else float(dist.isf(cut))
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ConfigError(
                f"{shown(dist)}: its support [{low:g}, {high:g}] is no range; check its parameters"
            )
        self.__dict__.update(dist=dist, factor=float(scale), unit=unit, low=low * scale, high=high * scale)

    def __repr__(self):
        given = [*map(repr, self.dist.args), *(f"{k}={v!r}" for k, v in sorted(self.dist.kwds.items()))]
        unit = f" * {self.factor:g} {self.unit}" if self.unit else ""
        return f"Distribution({self.dist.dist.name}({', '.join(given)}){unit})"

    def _key(self):
        return type(self.dist.dist), self.dist.args, sorted(self.dist.kwds.items()), self.factor, self.unit

    def __eq__(self, other):
        return type(self) is type(other) and self._key() == other._key()

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

    def logpdf(self, x):
        """Return ln of the density of x."""
        x = np.asarray(x, dtype=float)
        inside = (x >= self.low) & (x <= self.high)
        density = self.dist.logpdf(x / self.factor) - math.log(self.factor)
        return np.where(inside, density, -np.inf)[()]

    def ppf(self, q):
        """Return the quantile of probability q."""
        return self.factor * self.dist.ppf(q)

    def logpdf_coordinate(self, y):
        """Return ln of the density of the coordinate y."""
        return self.logpdf(y)


def is_frozen(obj):
    """True if an object is a frozen continuous distribution of one variable."""
    return all(hasattr(obj, n) for n in ("dist", "args", "kwds", "logpdf", "ppf", "support"))


def as_prior(obj):
    """Return a prior from a prior or a frozen distribution, else None.

    Uniform, log-uniform and normal distributions become the priors of this package, so that a
    log-uniform parameter is sampled in its logarithm.
    """
    if isinstance(obj, Prior):
        return obj
    if not is_frozen(obj):
        return None
    name = getattr(obj.dist, "name", "")
    if name == "norm":
        return Normal(float(obj.mean()), float(obj.std()))
    if name in ("uniform", "loguniform", "reciprocal"):
        low, high = (float(v) for v in obj.support())
        return Uniform(low, high) if name == "uniform" else LogUniform(low, high)
    return Distribution(obj)


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

    def __post_init__(self):
        if not isinstance(self.to, str):
            raise ConfigError(f"Tied(to={shown(self.to)}): the name of a parameter is needed")
        factor, unit = _number(self.factor, "factor of a tied parameter")
        if unit or not (math.isfinite(factor) and factor > 0.0):
            raise ConfigError(f"Tied: factor = {shown(self.factor)}: a positive number is needed")
        object.__setattr__(self, "factor", factor)
