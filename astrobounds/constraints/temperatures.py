"""One quantity of a star at any temperature scale: solved directly, or interpolated between tables.

The core temperature of a supernova is not known: profiles at one second differ by 10 to 25 %. In a
fit the logarithm of a luminosity or of an energy is a polynomial in ln T through tables at a few
temperatures; a single point is solved in the star at the temperature asked for. Where the hottest
table is held at the 3e53 erg that a star has, the polynomial rounds off a kink: 13 % in the energy, deep
in the excluded region (ln L -30 instead of -26 for tau mixing 1e-6 at 110 MeV).
"""

import copy
from functools import lru_cache

import numpy as np

from ..errors import ConfigError
from ..numerics.lagrange import lagrange_weights
from ..priors import Normal

SPACING = 0.2  # in ln T between tables
REACH = 3.5  # standard deviations that tables cover; the polynomial goes on to 5


def number(name, what, value, low, high):
    """Return an option as a float after checking its type and range."""
    if isinstance(value, (str, bool)) or value is None or not low <= value <= high:
        raise ConfigError(f"{name}: {what} = {value!r} is not a number in [{low:g}, {high:g}]")
    return float(value)


@lru_cache(maxsize=32)
def _scaled(star, factor):
    from ..supernova import scale_temperature

    return scale_temperature(star, factor)


def core_temperature(name, star, scale, width, nuisance):
    """Return the star at ``scale`` and ``{nuisance: prior}`` of ln T relative to it.

    Raises
    ------
    ConfigError
        For a scale outside [0.2, 3] or a width outside [0, 0.2].
    """
    scale = number(name, "temperature_scale", scale, 0.2, 3.0)
    width = number(name, "temperature_width", width, 0.0, 0.2)
    return _scaled(star, scale), ({nuisance: Normal(0.0, width)} if width > 0.0 else {})


def reach(priors):
    """Return the lowest and highest ln T that tables cover for ``{nuisance: prior}`` or ``{}``."""
    sigma = max((p.sigma for p in priors.values()), default=0.0)
    return -REACH * sigma, REACH * sigma


class Temperatures:
    """Copies of a constraint on a star with rescaled temperatures.

    Parameters
    ----------
    parent : constraint
        With ``star``, ``prepare(region, mapper, show)`` and ``value(model, **options)``: copies of
        it solve their star directly until :meth:`prepare`.

    Attributes
    ----------
    error : float or None
        Largest ``table_error`` of the tables.
    """

    def __init__(self, parent):
        self._parent = parent
        self.forget()

    def forget(self):
        """Drop the tables."""
        self._nodes, self._tables, self.error = None, (), None

    def at(self, x):
        """Return the constraint on the star at ln T = ``x``, without a table."""
        child = copy.copy(self._parent)
        child.star = _scaled(self._parent.star, float(np.exp(x)))
        return child

    def prepare(self, region, mapper, show, low, high):
        """Build tables for ln T from ``low`` to ``high``."""
        n = 1 if high == low else max(3, 1 + int(np.ceil((high - low) / SPACING - 1e-9)))
        nodes = np.linspace(low, high, n)
        tables = [self.at(x) for x in nodes]
        for child in tables:
            child.prepare(region, mapper, show)
            if child._table is None:  # nothing to tabulate in this region
                return
        self._nodes, self._tables = nodes, tuple(tables)
        errors = [getattr(child, "table_error", None) for child in tables]
        self.error = max((e for e in errors if e is not None), default=None)

    def value(self, model, x, **options):
        """Return the quantity at ln T = ``x`` relative to the parent's star."""
        if self._nodes is None:
            return self.at(x).value(model, **options)
        values = np.array([child.value(model, **options) for child in self._tables])
        if not values.any():
            return 0.0
        weights = lagrange_weights(self._nodes, x)
        return float(np.exp(np.dot(weights, np.log(np.maximum(values, 1e-300)))))
