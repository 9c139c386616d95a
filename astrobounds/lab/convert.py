"""Conversions of a published limit, each with a record of what it assumed.

Confidence level, nature of N (Dirac or Majorana), flavour pattern and an additional dark width.
Nothing is converted silently: every function returns a :class:`Conversion`.
"""

from dataclasses import dataclass

import numpy as np

from ..constants import FLAVOURS
from ..errors import ConfigError, DomainError, did_you_mean
from ..units import energy_mev, finite
from . import checks, contour, recast
from .catalogue import load
from .curve import Curve
from .families import family

NATURE_FACTOR = {"dirac": 1.0, "majorana": 2.0}  # decay width at equal mixing
RECOMMENDED_PATTERNS = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1))  # 2207.02742


@dataclass(frozen=True)
class Conversion:
    """What a conversion gave.

    Attributes
    ----------
    value : Curve, float, or None
        The converted object; None if the limit does not apply after the conversion.
    factor : float or None
        New over old limit where it is one number.
    assumed : tuple of str
        What was assumed.
    """

    value: object
    factor: float | None
    assumed: tuple


def confidence_factor(old, new, exponent=1, likelihood="poisson"):
    """Return U^2_new/U^2_old between two confidence levels: (s_new/s_old)^(1/n)."""
    return family(likelihood).scale(old, new) ** (1.0 / exponent)


def confidence(curve, cl, likelihood="poisson"):
    """Convert a curve to another confidence level.

    Parameters
    ----------
    curve : Curve
    cl : float
    likelihood : str or family
        The family that links the two levels; the answer depends on it.

    Returns
    -------
    Conversion
        With a Curve; ``factor`` multiplies |U|^2 (d^2 for a dipole).

    Raises
    ------
    ConfigError
        If the confidence level of the curve is not recorded.
    """
    curve = load(curve)
    cl = finite(cl, "cl", 1e-6, 1.0 - 1e-9, "a confidence level lies between 0 and 1")
    if np.isnan(curve.cl):
        raise ConfigError(
            f"the confidence level of '{curve.name}' is not recorded: state it with "
            "curve.with_(cl=0.9, assumed=('CL 0.9 stated by the user',))"
        )
    law = family(likelihood)
    factor = confidence_factor(curve.cl, cl, curve.exponent, law)
    assumed = (f"CL {curve.cl:g} -> {cl:g} with a {law.name} likelihood in the signal",)
    if curve.cl_recalled:
        assumed += (f"published CL {curve.cl:g} taken from memory",)
    if cl == curve.cl:
        return Conversion(curve, 1.0, ())
    if curve.contour == "closed":
        return _moved(curve, assumed, None, signal=law.scale(curve.cl, cl), cl=cl)
    return Conversion(_scaled(curve, factor, assumed, cl=cl, cl_recalled=False), factor, assumed)


def nature_factor(old, new, exponent=2):
    """Return U^2_new/U^2_old between Dirac and Majorana for a long-lived search."""
    for value in (old, new):
        checks.choice(value, tuple(NATURE_FACTOR), "nature", optional=False)
    return 1.0 if exponent == 1 else (NATURE_FACTOR[old] / NATURE_FACTOR[new]) ** 0.5


def nature(curve, to, stated=None):
    """Convert a curve between a Dirac and a Majorana N.

    Signals with production only (exponent 1) do not change. Long-lived searches see U^2 Gamma:
    U^2_Majorana = U^2_Dirac/sqrt2; both edges of a closed contour move. There is no general rule
    for prompt collider searches.

    Parameters
    ----------
    curve : Curve
    to : {"dirac", "majorana"}
    stated : {"dirac", "majorana"}, optional
        The nature behind a curve whose own record says "unknown".

    Returns
    -------
    Conversion

    Raises
    ------
    ConfigError
        For an unknown nature that is not stated, or a prompt collider search.
    """
    curve = load(curve)
    nature_factor("dirac", to)
    checks.choice(stated, tuple(NATURE_FACTOR), "stated")
    if curve.nature == "any" or curve.exponent == 1:
        return Conversion(
            curve, 1.0, ("the signal counts production: same for Dirac and Majorana",)
        )
    if "prompt" in curve.kind:
        raise ConfigError(
            f"'{curve.name}' is a prompt search: no general Dirac/Majorana rule exists"
        )
    source, assumed = curve.nature, ()
    if source == "unknown":
        if stated is None:
            raise ConfigError(
                f"the nature assumed by '{curve.name}' is not recorded: pass stated='dirac' or "
                "stated='majorana'"
            )
        source, assumed = stated, (f"published limit taken as {stated}, stated by the user",)
    elif curve.nature_recalled:
        assumed = (f"published nature ({source}) taken from memory",)
    factor = nature_factor(source, to)
    if source == to:
        return Conversion(curve.with_(assumed=assumed, nature=to), 1.0, assumed)
    assumed += (f"{source} -> {to}: long-lived N, width at equal mixing doubles for Majorana",)
    if curve.contour == "closed":
        times = NATURE_FACTOR[to] / NATURE_FACTOR[source]
        return _moved(curve, assumed, None, visible=times, total=times, nature=to)
    if curve.contour == "lower":
        assumed += ("the upper edge, not in the file, moves as well",)
    return Conversion(_scaled(curve, factor, assumed, nature=to), factor, assumed)


def _scaled(curve, factor, assumed, **changes):
    values = curve.values * factor ** (1.0 / curve.power)
    return curve.with_(assumed=assumed, values=values, **changes)


def _moved(curve, assumed, factor, signal=1.0, visible=1.0, total=1.0, dark=0.0, **changes):
    """New edges after the signal level, the visible and the total width changed.

    ``dark``: extra width over the width per |U|^2 of the published nature, at the nodes.
    """
    x, low, high = curve.nodes()
    inside = np.isfinite(low)
    x, low, high = x[inside], low[inside], high[inside]
    dark = np.broadcast_to(dark, inside.shape)[inside]
    power, n = float(curve.power), curve.exponent
    ln_a, big_b = contour.coefficients(np.exp(power * low), np.exp(power * high), 1.0, n)
    ln_a = ln_a + np.log(visible) - big_b * dark
    new_low, new_high = contour.edges(ln_a, big_b * total, signal, n)
    keep = np.isfinite(new_low)
    if not keep.any():
        return Conversion(None, None, (*assumed, "nothing is excluded any more"))
    if not keep.all():
        assumed = (*assumed, "masses where nothing stays excluded were dropped")
    m, upper = np.exp(x[keep]), np.isfinite(new_high[keep])
    both = np.concatenate([new_low[keep], new_high[keep][upper]]) ** (1.0 / power)
    if not upper.any():
        new = curve.with_(
            assumed=assumed, mass_mev=m, values=both, edge=None, contour="lower",
            contour_note="the upper edge lies above the figure", **changes,
        )  # fmt: skip
        return Conversion(new, factor, assumed)
    new = curve.with_(
        assumed=assumed, mass_mev=np.concatenate([m, m[upper]]), values=both,
        edge=np.array(["lower"] * m.size + ["upper"] * int(upper.sum())), **changes,
    )  # fmt: skip
    return Conversion(new, factor, assumed)


def _weights(pattern):
    if not hasattr(pattern, "items"):
        raise ConfigError(f"pattern = {pattern!r}: write {{'e': 1, 'mu': 1}}")
    for key in pattern:
        if key not in FLAVOURS:
            raise ConfigError(f"flavour '{key}'{did_you_mean(key, FLAVOURS)}; allowed: e, mu, tau")
    r = np.array([finite(pattern.get(f, 0.0), f"pattern['{f}']", 0.0) for f in FLAVOURS])
    if not r.sum() > 0:
        raise DomainError("every entry of the pattern is zero")
    return r


def pattern(curve, mass, pattern, widths=None):
    """Return the limit on U^2 for mixings U_a^2 = r_a U^2 at one mass.

    Parameters
    ----------
    curve : Curve
        A mixing curve of one flavour.
    mass : Quantity, scalar
    pattern : mapping
        r_a per flavour, for instance ``{"e": 1, "mu": 1}``.
    widths : callable, optional
        Replaces the package's partial widths: mass in MeV -> {channel: [w_e, w_mu, w_tau]}.

    Returns
    -------
    Conversion
        ``value``: U^2 (for a closed contour the tuple of both edges), inf if nothing is excluded;
        ``factor``: over the single-flavour limit.
    """
    curve = load(curve)
    if curve.portal != "mixing":
        raise ConfigError(f"'{curve.name}' is a {curve.portal} curve: flavour patterns are for mixings")
    r, m = _weights(pattern), energy_mev(mass, "mass")
    own = FLAVOURS.index(curve.flavour)
    low = curve.interpolate_mev(m)
    if curve.profiled or curve.exponent == 1:
        why = "the signal counts production through its own flavour only"
        if curve.profiled:
            why = "limit of a combined fit in several mixings: own flavour only, not recast"
        factor = 1.0 / r[own] if r[own] > 0 else np.inf
        return Conversion(low * factor if np.isfinite(low) else np.inf, factor, (why,))
    table = {c: np.asarray(w, float) for c, w in recast.channel_widths(m, widths).items()}
    p = r @ recast.production_shares(curve, m)
    g = r @ recast.decay_shares(curve, table, np.asarray(m))
    total = recast.total_widths(table)
    assumed = (
        f"production {'+'.join(curve.production) or 'own flavour'}, decays "
        f"{', '.join(curve.channels) or 'own flavour'} ({curve.channels_source})",
        "equal efficiency for every flavour",
    )
    if curve.contour != "closed":
        factor = (p * g) ** -0.5 if p * g > 0 else np.inf
        return Conversion(low * factor if np.isfinite(low) else np.inf, factor, assumed)
    if not np.isfinite(low) or p * g == 0:
        return Conversion((np.inf, np.inf), None, assumed)
    ln_a, big_b = contour.coefficients(*(float(e) for e in curve.edges(mass)), 1.0)
    a, b = contour.edges(ln_a + np.log(p * g), big_b * (r @ total) / total[own], 1.0)
    gone = np.isnan(a)
    return Conversion((np.inf, np.inf) if gone else (float(a), float(b)), None, assumed)


def dark_width(curve, extra_width, long_lived=None, widths=None):
    """Convert a curve for an N with an additional, invisible decay width.

    Production-only searches do not change as long as N escapes or decays invisibly. Searches for
    decays see s -> s BR_vis with the decay probability of the larger width: the upper edge of a
    closed contour moves down, and a curve without upper edge is dropped unless the user states
    that N still lives long enough to reach the detector, where its signal is unchanged.

    Parameters
    ----------
    curve : Curve
    extra_width : Quantity
        Energy (hbar over the partial lifetime).
    long_lived : bool, optional
        The user's statement about searches without a recorded upper edge.
    widths : callable, optional
        As in :func:`pattern`.

    Returns
    -------
    Conversion
        ``value`` is None for a dropped curve.
    """
    curve = load(curve)
    if long_lived is not None:
        checks.switch(long_lived, "long_lived")
    extra = finite(energy_mev(extra_width, "extra_width"), "extra_width", 0.0)
    if extra == 0.0:
        return Conversion(curve, 1.0, ())
    if not curve.sm_decays_only:
        return Conversion(curve, 1.0, ("N leaves unseen or decays invisibly",))
    if curve.contour == "closed" and curve.portal == "mixing" and curve.nature != "unknown":
        own = FLAVOURS.index(curve.flavour)
        x, _, _ = curve.nodes()
        per_u2 = np.array(
            [
                recast.total_widths(recast.channel_widths(m, widths))[own]
                * NATURE_FACTOR[curve.nature]
                for m in np.exp(x)
            ]
        )
        why = ("extra width added to the decay probability before the detector",)
        return _moved(curve, why, None, dark=extra / per_u2)
    if long_lived:
        why = "N still reaches the detector (stated by the user): visible rate unchanged"
        return Conversion(curve.with_(assumed=(why,)), 1.0, (why,))
    return Conversion(None, None, ("dropped: the search requires decays through mixing only",))


def stated(curve: Curve, **values):
    """Return a copy with facts stated by the user, recorded as assumptions (cl, nature, ...)."""
    said = tuple(f"{k} = {v} stated by the user" for k, v in values.items())
    return curve.with_(assumed=said, **values)
