"""Reader of public collections of bounds in two-column text (mass, coupling).

AxionLimits, FORESEE and alike keep one text file per bound: mass and coupling in units that differ from
collection to collection, a closed polygon or a single line, nothing else. What the file does not say the
caller must say, and the curve records that he did.
"""

import numpy as np

from ..errors import ConfigError, DataError, DomainError
from ..units import energy_mev
from . import checks, textfile
from .couplings import PORTALS, check_portal
from .curve import CONTOURS, Curve

_STATED = (
    "flavour", "nature", "kind", "experiment", "reference", "group", "sm_decays_only", "licence",
    "references", "channels", "production", "likelihood", "likelihood_reason", "digitised_by", "note",
)  # fmt: skip
BACKWARDS = 0.02  # share of rows that may step back in mass by rounding; chosen: digitised points jitter


def read_text(
    path, portal, mass_unit, name, *, cl=None, exponent=1, contour="upper", column_is="coupling",
    columns=None, **stated,
):  # fmt: skip
    """Return a curve from a text file with two columns.

    Parameters
    ----------
    path : str or Path
        A regular local file; see `astrobounds.lab.textfile` for what is understood.
    portal : str
        Which coupling of which particle: "alp-photon", "dark-photon", "mixing", ...
    mass_unit : Unit or str
        Of the first column: AxionLimits "eV", FORESEE and darkcast "GeV".
    name : str
    cl : float, optional
        None: not recorded.
    exponent : {1, 2}
        Power of the coupling squared in the signal: 2 for production times decay.
    contour : {"upper", "lower", "closed"}
        "closed": the rows go once around the excluded region.
    column_is : {"coupling", "squared"}
        Whether the second column holds the coupling or its square.
    columns : (int, int), optional
        Which columns, in a file that has more than two.
    **stated
        Further attributes of :class:`~astrobounds.lab.curve.Curve`.

    Returns
    -------
    Curve
        With the statements in ``assumed``.

    Raises
    ------
    ConfigError
        For a statement that has no meaning.
    DataError
        For a file that can be misread, or a contour that is not what was stated.
    """
    check_portal(portal)
    checks.choice(contour, CONTOURS, "contour", optional=False)
    checks.choice(column_is, ("coupling", "squared"), "column_is", optional=False)
    for key in stated:
        checks.choice(key, _STATED, "statement about a curve", optional=False)
    mass, values = textfile.columns(path, columns)
    mass = _mev(mass, mass_unit)
    if not (np.all(mass > 0) and np.all(values > 0)):
        row = int(np.flatnonzero(~((mass > 0) & (values > 0)))[0]) + 1
        raise DataError(f"{path}: row {row} is not positive; leave such rows out")
    values = np.sqrt(values) if column_is == "squared" else values
    edge = None
    if contour == "closed":
        mass, values, edge = _edges(mass, values, path)
    else:
        steps = np.sign(np.diff(mass))
        if min((steps > 0).sum(), (steps < 0).sum()) > max(1, BACKWARDS * mass.size):
            raise DataError(f"{path} comes back in mass: say contour='closed' if it is a closed region")
        order = np.argsort(mass, kind="stable")
        mass, values = mass[order], values[order]
    said = f"units ({mass_unit}, {column_is}), CL ({cl}), exponent, contour and kind stated by the user"
    return Curve(
        name=name, portal=portal, mass_mev=mass, values=values, edge=edge, contour=contour,
        exponent=exponent, cl=float("nan") if cl is None else cl, origin="text file of the user",
        assumed=(said,),
        channel_ranges=checks.channel_ranges(stated.get("channels", ()), name),
        **{"nature": "any" if PORTALS[portal].power == 2 else "unknown", **stated},
    )  # fmt: skip


def _mev(mass, unit):
    import astropy.units as u

    try:
        return np.atleast_1d(energy_mev(mass * u.Unit(unit), "mass"))
    except (TypeError, ValueError, DomainError):
        raise ConfigError(f"mass_unit = {unit!r}: a unit of energy, such as 'eV' or u.GeV") from None


def _edges(mass, values, path):
    """Split the rows of a polygon at its lightest and heaviest point into the lower and the upper edge."""
    if mass[0] == mass[-1] and values[0] == values[-1]:
        mass, values = mass[:-1], values[:-1]
    start = int(np.argmin(mass))
    mass, values = np.roll(mass, -start), np.roll(values, -start)
    top = int(np.argmax(mass))
    there = (mass[: top + 1], values[: top + 1])
    back = (np.append(mass[top:], mass[0])[::-1], np.append(values[top:], values[0])[::-1])
    if min(there[0].size, back[0].size) < 2 or top == 0:
        raise DataError(f"{path} does not go around a region")
    for m, _ in (there, back):
        if (np.diff(m) < 0).sum() > max(1, BACKWARDS * m.size):
            raise DataError(f"{path}: one edge of the contour goes back in mass; write the edges by hand")
    there, back = (tuple(a[np.argsort(c[0], kind="stable")] for a in c) for c in (there, back))
    x = np.log(np.geomspace(mass[0], mass[top], 101)[1:-1])
    heights = [np.interp(x, np.log(m), np.log(v)).mean() for m, v in (there, back)]
    low, high = (there, back) if heights[0] < heights[1] else (back, there)
    edge = ["lower"] * low[0].size + ["upper"] * high[0].size
    return np.concatenate([low[0], high[0]]), np.concatenate([low[1], high[1]]), np.array(edge)
