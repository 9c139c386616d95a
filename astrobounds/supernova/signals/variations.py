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

from dataclasses import dataclass, field

from ...errors import DomainError, did_you_mean
from ...units import finite
from ..star.axial_response import with_axial_response
from ..star.catalogue import load
from ..star.muons import with_muons
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


def _states_of_matter(options):
    """The fiducial star with other lepton numbers: what decides e mixing and d_e."""
    out, now = [], options.get("neutrinos", "zero")
    for text, neutrinos, mean in (
        ("no degenerate neutrinos", "zero", None), ("degenerate nu_e (beta equilibrium)", "beta", None),
        ("two regions of Y_e", "two-region", None), ("two regions of Y_e, DD2", "two-region", "dd2"),
        ("mu_nu = 0 and equilibrium", "equilibrium", None),
        ("mu_nu = 0 and equilibrium, DD2", "equilibrium", "dd2"),
    ):  # fmt: skip
        changed = {**options, "neutrinos": neutrinos}
        if mean is not None:
            changed["mean_field"] = mean
        if neutrinos != now or (mean and not options.get("mean_field")):
            out.append(Variation(text, "star", star=load("fiducial", **changed)))
    return out


def _nucleons(star, name, options):
    """g_A, the axial response and mean fields: what nuclear matter does to the rates of mixing."""
    out = []
    for g_a in (1.0, 1.2756):
        out.append(Variation(f"g_A = {g_a:g}", "matter", options={"axial_coupling": g_a}))
    if "axial_response" not in star.at(star.breaks[0]) and "Yp" in star.at(star.breaks[0]):
        slow = with_axial_response(star)
        out.append(Variation("axial response S_A (long wavelength)", "matter", star=slow))
    if name == "fiducial" and not options.get("mean_field"):
        for text, mean in (("mean fields of DD2", "dd2"), ("m* = m/(1 + 0.3 n/n0), U of DD2", 0.3)):
            other = load("fiducial", **{**options, "mean_field": mean})
            out.append(Variation(text, "matter", star=other))
    return out


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
        out += _states_of_matter(options)
    weak = model is None or "contact" in {p.kind for p in unit_model(model).processes()}
    if weak and not star.has_muons:
        out.append(Variation("muons in beta equilibrium", "star", star=with_muons(star)))
    if weak:
        out += _nucleons(star, name, options)
    what = "luminosity" if criterion == "cooling" else "energy"
    for factor in (0.5, 2.0):
        out.append(Variation(f"allowed {what} x {factor:g}", allowed_factor=factor))
    course = cooling_history(star=star)
    text = "energy over the burst" if criterion == "cooling" else "cooling burst, 1-10 s"
    out.append(Variation(text, history=course))
    if criterion == "deposition":
        for radius in (3e13, 1e14):
            out.append(Variation(f"envelope of {radius:.0e} cm", options={"envelope": radius * u.cm}))
        for core in (20, 60):
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
    if weak:
        out.append(Variation("nucleons in contact form", "recipe", options={"nucleons": "contact"}))
        out.append(Variation("no decays in the star", "recipe", options={"decays": False}))
    flat = {"gravity": False, "helicity": "averaged"}
    out.append(Variation("flat, averaged helicities", "recipe", options=flat))
    fermion = model is None or model.states[0].statistics > 0
    if criterion == "cooling" and fermion:
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
