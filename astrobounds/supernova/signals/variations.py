"""What may vary in a supernova bound: the star, matter, radii, criteria and older recipes.

Each variation changes one thing of a reference and belongs to a group:

star, matter, criterion
    What is not known, or chosen: together they are the band of the bound.
illustrative
    Profiles read by hand off published figures: shown, never part of a quoted bound.
recipe
    Approximations of older bounds (flat space, averaged helicities, shell sums): they explain
    differences with published edges and are no uncertainty of this one.
"""

from dataclasses import dataclass, field, replace

from ...errors import DomainError, did_you_mean
from ...units import finite
from ..star.catalogue import load
from ..star.profile import Star
from ..star.temperature import scale_temperature
from ..transport.solution import unit_model
from . import prescriptions
from .history import History, cooling_history

GROUPS = ("star", "matter", "criterion", "illustrative", "recipe")
BAND = ("star", "matter", "criterion")
RECIPES = (*prescriptions.NAMES, "emissivity")


@dataclass(frozen=True, eq=False)
class Variation:
    """One change of the reference.

    Attributes
    ----------
    name : str
    group : {"star", "matter", "criterion", "illustrative", "recipe"}
    star : Star, optional
        Another profile.
    options : mapping
        Of :func:`astrobounds.supernova.cooling` or :func:`astrobounds.supernova.deposition`; they
        replace those of the reference.
    allowed_factor : float
        Factor on the allowed luminosity or energy.
    recipe : str, optional
        An older recipe of :mod:`astrobounds.supernova.signals.prescriptions`, or ``"emissivity"``.
    history : History, optional
        Sum over a cooling history instead of one snapshot: for cooling the energy against half of
        the binding energy, for deposition the energy without a duration.
    """

    name: str
    group: str = "criterion"
    star: object = None
    options: dict = field(default_factory=dict)
    allowed_factor: float = 1.0
    recipe: str | None = None
    history: object = None

    def __post_init__(self):
        if self.group not in GROUPS:
            raise DomainError(
                f"group = {self.group!r}{did_you_mean(self.group, GROUPS)}; allowed: {', '.join(GROUPS)}"
            )
        if self.recipe is not None and self.recipe not in RECIPES:
            raise DomainError(
                f"recipe = {self.recipe!r}{did_you_mean(self.recipe, RECIPES)}; "
                f"allowed: {', '.join(RECIPES)}"
            )
        if self.star is not None and not isinstance(self.star, Star):
            raise DomainError(f"star = {self.star!r}: load one with astrobounds.supernova.load")
        if self.history is not None and not isinstance(self.history, History):
            raise DomainError(f"history = {self.history!r}: see astrobounds.supernova.read_history")
        finite(self.allowed_factor, "allowed_factor", 1e-6, 1e6)


def with_muons(star):
    """Return a copy of a star with muons in beta equilibrium, mu_mu = mu_nu_mu + mu_n - mu_p.

    The electrons stay as they are: the charge of the muons is not taken from them.
    """
    inner = star.columns

    def columns(radius_km):
        state = dict(inner(radius_km))
        state["mu_mu"] = state["mu_nu_mu"] + state["mu_n"] - state["mu_p"] + state["shift"]
        return state

    derived = (with_muons, (star,))
    name = f"{star.name} with muons"
    return replace(star, columns=columns, origin=(), derived=derived, name=name)


def default_variations(criterion="cooling", star=None, model=None):
    """Return the list of :class:`Variation` that :func:`systematics` uses without ``variations``.

    Parameters
    ----------
    criterion : {"cooling", "deposition"}
    star : Star, optional
        The reference. The neutrinos vary for the fiducial profile only.
    model : object, optional
        A particle: muons and the axial coupling matter where its reactions have nucleons or muons.
    """
    import astropy.units as u

    star = load("fiducial") if star is None else star
    out = []
    name, options = star.origin or (star.name, {})
    for factor in (0.8, 1.25):
        hot = scale_temperature(star, factor)
        out.append(Variation(f"temperature x {factor:g}", "star", star=hot))
    if name == "fiducial":
        sea = "zero" if options.get("neutrinos", "zero") == "beta" else "beta"
        other = load("fiducial", **{**options, "neutrinos": sea})
        text = "degenerate nu_e (beta equilibrium)" if sea == "beta" else "no degenerate neutrinos"
        out.append(Variation(text, "star", star=other))
    weak = model is None or "contact" in {p.kind for p in unit_model(model).processes()}
    if weak and not star.has_muons:
        out.append(Variation("muons in beta equilibrium", "star", star=with_muons(star)))
    if weak:
        for g_a in (1.0, 1.2756):
            out.append(Variation(f"g_A = {g_a:g}", "matter", options={"axial_coupling": g_a}))
    what = "luminosity" if criterion == "cooling" else "energy"
    for factor in (0.5, 2.0):
        out.append(Variation(f"allowed {what} x {factor:g}", allowed_factor=factor))
    course = cooling_history(star=star)
    text = "energy over the burst" if criterion == "cooling" else "cooling burst, 1-10 s"
    out.append(Variation(text, history=course))
    if criterion == "deposition":
        for radius in (3e13, 1e14):
            out.append(Variation(f"envelope of {radius:.0e} cm", options={"envelope": radius * u.cm}))
        for core in (10, 40):
            out.append(Variation(f"core of {core} km", options={"core": core * u.km}))
        for seconds in (1, 10):
            out.append(Variation(f"duration of {seconds} s", options={"duration": seconds * u.s}))
    for r_max in (40, 100):
        if star.breaks[0] < r_max <= star.breaks[-1]:
            out.append(Variation(f"r_max = {r_max} km", options={"r_max": r_max * u.km}))
    for profile in ("illustrative-cold", "illustrative-hot"):
        if name != profile:
            out.append(Variation(profile, "illustrative", star=load(profile)))
    out.append(Variation("flat space", "recipe", options={"gravity": False}))
    out.append(Variation("averaged helicities", "recipe", options={"helicity": "averaged"}))
    flat = {"gravity": False, "helicity": "averaged"}
    out.append(Variation("flat, averaged helicities", "recipe", options=flat))
    if criterion == "cooling":
        for recipe in ("radial", "last-scattering", "emissivity"):
            out.append(Variation(f"{recipe} (flat)", "recipe", recipe=recipe))
    return out


def select(variations, *reference):
    """Return the list of :class:`Variation` for names, instances or None (the defaults)."""
    if variations is None:
        return default_variations(*reference)
    items = [variations] if isinstance(variations, (str, Variation)) else list(variations)
    if all(isinstance(item, Variation) for item in items):
        return items
    names = {v.name: v for v in default_variations(*reference)}
    for item in items:
        if not isinstance(item, Variation) and item not in names:
            raise DomainError(
                f"no variation '{item}'{did_you_mean(item, names)}; there are: {', '.join(names)}; "
                "or give a Variation"
            )
    return [item if isinstance(item, Variation) else names[item] for item in items]
