"""Measured abundances and early-Universe parameters, as data."""

from dataclasses import dataclass
from functools import lru_cache

from ..datafiles import data_path, read_ecsv
from ..errors import DataError, did_you_mean

TABLE = "measurements/cosmology.ecsv"


@dataclass(frozen=True)
class Measurement:
    """One published number.

    Attributes
    ----------
    name, quantity : str
        Short name ("lbt2026") and what was measured ("Yp", "Yp_cmb", "DH", "He3H", "He3D",
        "Li7H", "Neff", "omega_b", "eta10", "Nnu").
    value, sigma_low, sigma_high : float
        68 % errors downwards and upwards.
    kind : {"measurement", "upper"}
        "upper": ``value`` is an upper limit that itself has the error.
    probe : {"abundance", "cmb", "joint"}
        "joint" fits contain other entries of the table: never multiply them.
    default : bool
        Whether it is the choice for its quantity when none is named.
    reference, note : str
    """

    name: str
    quantity: str
    value: float
    sigma_low: float
    sigma_high: float
    kind: str
    probe: str
    default: bool
    reference: str
    note: str

    @property
    def references(self):
        """BibTeX keys."""
        return (self.reference,)

    def pull(self, prediction):
        """Return (prediction - value)/sigma with the error of the side; 0 below an upper limit."""
        excess = prediction - self.value
        if self.kind == "upper" and excess < 0.0:
            return 0.0
        return excess / (self.sigma_high if excess > 0.0 else self.sigma_low)


@lru_cache(maxsize=1)
def _all():
    rows = []
    for row in read_ecsv(data_path(TABLE)):
        values = {name: row[name] for name in Measurement.__dataclass_fields__}
        for name in ("value", "sigma_low", "sigma_high"):
            values[name] = float(values[name])
        values["default"] = bool(values["default"])
        for name in ("name", "quantity", "kind", "probe", "reference", "note"):
            values[name] = str(values[name])
        rows.append(Measurement(**values))
    return tuple(rows)


def measurements(quantity=None):
    """Return all measurements, or those of one quantity, as a tuple.

    Raises
    ------
    DataError
        For a quantity that is not in the table.
    """
    rows = _all()
    if quantity is None:
        return rows
    chosen = tuple(m for m in rows if m.quantity == quantity)
    if not chosen:
        known = sorted({m.quantity for m in rows})
        raise DataError(
            f"no measurement of {quantity!r}{did_you_mean(quantity, known)}: {', '.join(known)}"
        )
    return chosen


def measurement(quantity, name=None):
    """Return one measurement by name, or the default one of a quantity.

    Raises
    ------
    DataError
        For an unknown quantity or name, or a quantity without a default (joint fits only).
    """
    rows = measurements(quantity)
    for row in rows:
        if row.default if name is None else row.name == name:
            return row
    known = [row.name for row in rows]
    wanted = "default measurement" if name is None else f"measurement {name!r}"
    raise DataError(f"no {wanted} of {quantity!r}{did_you_mean(name or '', known)}: {', '.join(known)}")
