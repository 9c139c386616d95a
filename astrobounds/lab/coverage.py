"""Where limits exist and how strong they are: uncovered mass ranges and the envelope."""

from dataclasses import dataclass

import numpy as np

from ..errors import ConfigError, DomainError
from ..units import energy_mev, finite
from . import applicability, checks, convert
from .catalogue import curves_of, index, limits
from .couplings import FLAVOURED, PORTALS, check_flavour, check_portal
from .curve import CONTOURS

_SHARED = ("universal", "any")


def uncovered(flavour, low, high, curves=None, kind=None, portal="mixing"):
    """Return the mass ranges that no curve of a flavour covers.

    A fit whose prior contains such a range ends there: print it.

    Parameters
    ----------
    flavour : {"e", "mu", "tau"} or None
        None for the coupling of a boson.
    low, high : Quantity
        The range of the prior.
    curves : list of Curve or str, optional
        The active curves; default: every shipped limit of the portal that is more than indicative.
    kind : str, optional
        Only curves of this kind (part of its name).
    portal : str

    Returns
    -------
    list of (Quantity, Quantity)
        In increasing mass; empty if everything is covered.
    """
    import astropy.units as u

    wanted = _wanted(flavour, portal)
    _known_kind(kind)
    a, b = energy_mev(low, "low"), energy_mev(high, "high")
    if np.ndim(a) or np.ndim(b) or not 0.0 < a < b:
        raise DomainError(f"the range {low} to {high} is empty; give 0 < low < high")
    chosen = _usual(portal) if curves is None else curves_of(curves)
    ranges = sorted(
        r for c in chosen
        if c.flavour in wanted and (kind is None or kind.lower() in c.kind.lower())
        for r in _pieces(c)
    )  # fmt: skip
    gaps, reached = [], a
    for start, stop in ranges:
        if start > reached:
            gaps.append((reached, min(start, b)))
        reached = max(reached, stop)
        if reached >= b:
            break
    if reached < b:
        gaps.append((reached, b))
    return [(p * u.MeV, q * u.MeV) for p, q in gaps if q > p]


def _wanted(flavour, portal):
    """Return the flavours of the curves that speak of a coupling."""
    check_portal(portal)
    if portal not in FLAVOURED and flavour is None:
        return ("none",)
    return (check_flavour(flavour), *_SHARED)


def _usual(portal):
    """Return the shipped limits of a portal without the indicative ones (class D)."""
    return [c for c in limits(portal=portal) if c.exactness != "D"]


def _known_kind(kind):
    checks.part_of(kind, sorted({str(v) for v in index()["kind"]}), "kind")


def _pieces(curve):
    """Return the mass ranges of a curve without its gaps."""
    low, high = curve.range_mev
    out = []
    for start, stop in curve.gaps:
        out.append((low, start))
        low = stop
    return [*out, (low, high)]


@dataclass(frozen=True, eq=False)
class Envelope:
    """The strongest limit at each mass.

    Attributes
    ----------
    mass : Quantity, shape (k,)
    limit : ndarray or Quantity, shape (k,)
        |U|^2 (d in GeV^-1 for dipoles); inf where no curve applies.
    curve : ndarray of str, shape (k,)
        The name of the strongest curve, empty where none applies.
    left_out : tuple of (str, str)
        Curves that could not be converted, with the reason.
    assumed : dict
        Assumptions per curve.
    references : tuple of str
    """

    mass: object
    limit: object
    curve: np.ndarray
    left_out: tuple
    assumed: dict
    references: tuple


def envelope(
    flavour, mass, nature=None, cl=None, kind=None, portal="mixing", curves=None,
    unknown_nature=None, contours=("upper", "lower", "closed"),
):  # fmt: skip
    """Return the strongest limit on one coupling alone, as a function of the mass.

    Parameters
    ----------
    flavour : {"e", "mu", "tau"} or None
        None for the coupling of a boson.
    mass : Quantity, scalar or shape (k,)
    nature : {"dirac", "majorana"}, optional
        Convert every curve to this nature; None takes each as published.
    cl : float, optional
        Convert every curve to this confidence level; None takes each as published.
    kind : str, optional
        Only curves of this kind (part of its name).
    portal : str
    curves : list of Curve or str, optional
        Default: every shipped limit of the flavour that is more than indicative (class D).
    unknown_nature : {"dirac", "majorana"}, optional
        The user's statement for curves that do not record it.
    contours : tuple of str
        Which contours take part; of those with two edges the lower one is taken.

    Returns
    -------
    Envelope
    """
    import astropy.units as u

    wanted = _wanted(flavour, portal)[:1]
    _known_kind(kind)
    checks.choice(nature, tuple(convert.NATURE_FACTOR), "nature")
    checks.choice(unknown_nature, tuple(convert.NATURE_FACTOR), "unknown_nature")
    if cl is not None:
        finite(cl, "cl", 1e-6, 1.0 - 1e-9, "a confidence level lies between 0 and 1")
    contours = (contours,) if isinstance(contours, str) else contours
    for contour in contours:
        checks.choice(contour, CONTOURS, "contours", optional=False)
    m = np.atleast_1d(np.asarray(energy_mev(mass, "mass"), dtype=float))
    chosen = _usual(portal) if curves is None else curves_of(curves)
    best, name = np.full(m.shape, np.inf), np.full(m.shape, "", dtype=object)
    left_out, assumed, keys = [], {}, {}
    for curve in chosen:
        ours = curve.flavour in wanted or (portal == "dipole" and curve.flavour == "any")
        if curve.portal != portal or not ours or curve.contour not in contours:
            continue
        if kind is not None and kind.lower() not in curve.kind.lower():
            continue
        converted, why = curve, None
        if not applicability.produced(curve):
            why = f"{', '.join(curve.production)} give no N through {flavour} mixing alone"
        try:
            if why is None and cl is not None:
                converted = convert.confidence(converted, cl).value
            if why is None and nature is not None and converted is not None:
                converted = convert.nature(converted, nature, unknown_nature).value
        except ConfigError as error:
            why = str(error)
        if why is not None or converted is None:
            left_out.append((curve.name, why or "nothing stays excluded"))
            continue
        values = np.asarray(converted.interpolate_mev(m))
        stronger = values < best
        best[stronger], name[stronger] = values[stronger], curve.name
        assumed[curve.name], keys[curve.name] = converted.assumed, curve.references
    winners = set(name) - {""}
    unit = PORTALS[portal].unit
    return Envelope(
        mass=m * u.MeV, limit=best * u.Unit(unit) if unit else best, curve=name.astype(str),
        left_out=tuple(left_out), assumed={k: v for k, v in assumed.items() if k in winners},
        references=tuple(sorted({k for w in winners for k in keys[w]})),
    )  # fmt: skip
