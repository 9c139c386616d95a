"""The only bridge between astropy quantities and floats in MeV.

A public function takes a Quantity and calls one of the ``*_mev``, ``*_cm`` or ``*_s`` converters once;
everything inside works with floats. A bare number is an error that names the unit to add.
"""

import numpy as np

from . import constants as const
from .errors import DomainError


def quantity_in(quantity, unit, what, example):
    """Return a Quantity as a float, or an array of floats, in a unit; a bare number is refused."""
    import astropy.units as u

    if not isinstance(quantity, u.Quantity):
        raise DomainError(
            f"{what} = {quantity!r} has no unit: write {example} (with 'import astropy.units as u')"
        )
    try:
        value = quantity.to_value(unit)
    except u.UnitConversionError:
        raise DomainError(
            f"{what} = {quantity} cannot be converted to {unit}: write {example}"
        ) from None
    if np.iscomplexobj(value) or np.ma.is_masked(value):
        raise DomainError(f"{what} = {quantity} is complex or masked: write {example}")
    value = np.asarray(value, dtype=float)
    return float(value) if value.ndim == 0 else value


def energy_mev(quantity, what="energy"):
    """Return an energy, mass or temperature in MeV; a mass in kg or MeV/c^2 is its rest energy."""
    import astropy.units as u

    if isinstance(quantity, u.Quantity):
        if quantity.unit.is_equivalent(u.K):
            return quantity_in(quantity, u.K, what, f"{what}=200*u.MeV") * const.K_BOLTZMANN
        if quantity.unit.is_equivalent(u.kg):
            quantity = quantity.to(u.MeV, u.mass_energy())
    return quantity_in(quantity, u.MeV, what, f"{what}=200*u.MeV")


def length_cm(quantity, what="length"):
    """Return a length in cm."""
    import astropy.units as u

    return quantity_in(quantity, u.cm, what, f"{what}=3e12*u.cm")


def time_s(quantity, what="time"):
    """Return a time in s."""
    import astropy.units as u

    return quantity_in(quantity, u.s, what, f"{what}=10*u.s")


def inverse_energy_mev(quantity, what="coupling"):
    """Return a dimension -1 coupling in MeV^-1."""
    import astropy.units as u

    return quantity_in(quantity, 1 / u.MeV, what, f"{what}=1e-9/u.GeV")


def power_erg_s(quantity, what="luminosity"):
    """Return a luminosity in erg/s."""
    import astropy.units as u

    return quantity_in(quantity, u.erg / u.s, what, f"{what}=3e52*u.erg/u.s")


def quantity_value(value, unit, what="value", example=""):
    """Return one number in a unit given as text; an empty unit means a plain number.

    Raises
    ------
    DomainError
        For a Quantity where a plain number is meant or the other way round, a wrong unit, an array,
        text or a complex number.
    """
    import astropy.units as u

    if unit:
        if unit == "MeV":
            value = energy_mev(value, what)
        else:
            value = quantity_in(value, u.Unit(unit), what, example)
    elif isinstance(value, u.Quantity):
        if not value.unit.is_equivalent(u.dimensionless_unscaled):
            raise DomainError(f"{what} = {value} has a unit: it is a plain number, write {what}={example}")
        value = value.to_value(u.dimensionless_unscaled)
    if isinstance(value, (bool, str, complex)) or np.ndim(value) != 0:
        raise DomainError(f"{what} = {value!r} is not a number; write {what}={example}")
    return value


def floats(value, unit, what):
    """Return plain floats where floats in ``unit`` are documented.

    A Quantity is converted to ``unit`` (``""`` for a pure number), never stripped; what is masked, complex
    or no number is refused.

    Parameters
    ----------
    value : float, array or Quantity
    unit : str
    what : str
        The name in messages.

    Returns
    -------
    float or ndarray

    Raises
    ------
    DomainError
        For a unit of another kind, a masked entry, a complex number or an object that is no number.
    """
    if getattr(value, "unit", None) is not None:
        if unit == "MeV":
            return energy_mev(value, what)
        return quantity_in(value, unit, what, f"plain numbers, in {unit}" if unit else "plain numbers")
    if np.ma.is_masked(value):
        raise DomainError(f"{what}: some entries are masked; give every number")
    if isinstance(value, (list, tuple)) and any(getattr(v, "unit", None) is not None for v in value):
        return np.array([floats(v, unit, what) for v in value])
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iufO" or (array.dtype.kind == "O" and array.size == 0):
            raise TypeError
        array = array.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise DomainError(f"{what} = {shown(value)} is not a number or an array of numbers") from None
    return float(array) if array.ndim == 0 else array


def shown(value, length=60):
    """Return an object in at most ``length`` characters, for messages; huge integers have no text."""
    try:
        return repr(value)[:length]
    except ValueError:
        return f"a number of {value.bit_length()} bits"


def finite(value, what, low=-np.inf, high=np.inf, remedy=""):
    """Return ``value`` as a float after checking that it is finite and in ``[low, high]``."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise DomainError(f"{what} = {shown(value)} is not a number{remedy and '; ' + remedy}") from None
    if not np.isfinite(number) or not low <= number <= high:
        raise DomainError(
            f"{what} = {number:g} is outside [{low:g}, {high:g}]{remedy and '; ' + remedy}"
        )
    return number
