"""Which curves may enter a likelihood, and why the others may not."""

from dataclasses import dataclass

import numpy as np

from ..constants import FLAVOURS
from ..units import finite
from . import recast
from .convert import NATURE_FACTOR
from .kernels import production


@dataclass(frozen=True)
class Verdict:
    """Whether one curve is used, and the reason or the assumptions behind it."""

    name: str
    used: bool
    reason: str
    assumed: tuple = ()


@dataclass(frozen=True)
class Stated:
    """What the user says about curves whose record is incomplete, and whether he named them himself."""

    nature: str | None = None
    cl: float | None = None
    projections: bool = False
    by_name: bool = False


def judge(curve, portals, stated):
    """Return ``(Verdict, cl, nature)`` of one curve.

    ``cl`` and ``nature`` are what the likelihood takes, after the user's statements.
    """
    assumed = list(curve.assumed)
    if curve.portal not in portals:
        own = "/".join(portals)
        return _out(curve, f"a curve for the {curve.portal} portal, the model has the {own} one")
    if curve.projection:
        if not stated.projections:
            return _out(curve, "a projection, not a limit: pass projections=True to use it as one")
        assumed.append("a planned experiment that would see nothing")
    if curve.exactness == "D":
        if not stated.by_name:
            return _out(curve, "indicative only (class D): name it in curves= to use it")
        assumed.append("class D: source, flavour or shape not certain")
    cl = curve.cl
    if np.isnan(cl):
        if stated.cl is None:
            return _out(curve, "confidence level not recorded: state it with unknown_cl=0.9")
        cl = finite(stated.cl, "unknown_cl", 1e-6, 1.0 - 1e-9, "a confidence level such as 0.9")
        assumed.append(f"CL {cl:g} stated by the user")
    elif curve.cl_recalled:
        assumed.append(f"published CL {cl:g} taken from memory")
    nature = curve.nature
    if nature == "unknown" and curve.exponent == 2:
        if stated.nature is None:
            return _out(
                curve,
                "nature not recorded: state it with unknown_nature='dirac' or 'majorana'",
            )
        nature = stated.nature
        assumed.append(f"published limit taken as {nature}, stated by the user")
    elif curve.nature_recalled and curve.exponent == 2:
        assumed.append(f"published nature ({nature}) taken from memory")
    if not produced(curve):
        return _out(
            curve,
            f"{', '.join(curve.production)} give no N through {curve.flavour} mixing: "
            "not a limit on that mixing alone",
        )
    if curve.profiled:
        assumed.append("limit of a combined fit in several mixings: own flavour only, not recast")
    elif curve.exponent == 2 and curve.portal == "mixing" and not (curve.production or curve.channels):
        assumed.append("searched channels and parents not recorded: own flavour only, not recast")
    elif curve.exponent == 2 and curve.portal == "mixing":
        assumed.append(
            f"other flavours recast: production {'+'.join(curve.production) or 'own'}, decays "
            f"{', '.join(curve.channels) or 'own'} ({curve.channels_source}), equal efficiency"
        )
    if curve.contour == "lower":
        assumed.append("no upper edge: wrong far above the limit")
    if curve.flavour == "universal":
        assumed.append("equal dipoles assumed by the source: the smallest of the three is used")
    if curve.flavour == "none":
        assumed.append("this coupling alone: beside another one only if the limit assumes no decays")
    return Verdict(curve.name, True, "", tuple(assumed)), cl, nature


def _out(curve, reason):
    return Verdict(curve.name, False, reason), None, None


def produced(curve):
    """Whether any recorded parent makes N through the curve's own flavour at some mass."""
    if not curve.production or curve.flavour not in FLAVOURS:
        return True
    own = FLAVOURS.index(curve.flavour)
    codes = [p for p in recast.parents(curve) if p >= 0]
    return any(production(p, own, m) > 0.0 for p in codes for m in curve.range_mev)


def nature_weights(curve, nature, siblings):
    """Return what multiplies the signal for a Dirac and for a Majorana model; 0: not used.

    ``siblings``: natures for which the same experiment published another curve.
    """
    if curve.exponent == 1 or nature == "any":
        return 1.0, 1.0
    weights = [NATURE_FACTOR[model] / NATURE_FACTOR[nature] for model in ("dirac", "majorana")]
    for i, model in enumerate(("dirac", "majorana")):
        if model != nature and model in siblings:
            weights[i] = 0.0
    return tuple(weights)
