"""Tables of a star for several couplings at once, shared by all constraints on it."""

from ..errors import DomainError
from ..identity import digest

_BUILT = {}  # per process


def several(star, region, options, mapper, show, label):
    """Return :class:`astrobounds.supernova.signals.unit_rates.UnitRates`, or None where they do not serve.

    Parameters
    ----------
    star : Star
    region : Region
        With a free mass, and couplings that do not vary along one ray.
    options : mapping
        Of the emission; ``core`` (Quantity) is the neutrino sphere unless given.
    mapper : callable
    show : bool
    label : str
    """
    from ..progress import Progress
    from ..supernova.signals import unit_rates
    from ..supernova.signals.rate_ray import RateRay
    from . import kept

    couplings = region.couplings()
    if "mass" not in region.ranges or len(couplings) < 2:
        return None
    if any(n != "mass" and n not in couplings for n in region.ranges):
        return None  # rates may depend on it
    low, high = region.ranges["mass"]
    ray = RateRay.evenly(region)
    if not ray.high > 0.0 or not unit_rates.suits(ray, low):
        return None
    options = _with_core(star, ray.at(low), options)
    key = (star, ray, low, high, tuple((k, repr(v)) for k, v in sorted(options.items())))

    def build():
        with Progress(unit_rates.tasks_of(low, high), f"{label}: rates of every coupling", show) as bar:
            return unit_rates.build(star, ray, low, high, options, mapper, bar.update)

    name = digest(key, "table of rates")  # stars of two constraints are equal by content
    if name not in _BUILT:
        modules = (unit_rates, *kept.sources_of(ray.model))
        table = kept.table("rates", key, modules, (unit_rates.UnitRates,), build)
        while len(_BUILT) >= 4:
            _BUILT.pop(next(iter(_BUILT)))
        _BUILT[name] = table
    return _BUILT[name]


def _with_core(star, model, options):
    """Return options with the neutrino sphere as the core, where the transport reaches beyond it."""
    import astropy.units as u

    from ..supernova.signals.deposition import geometry_of, sphere_cm

    if "core" in options or not hasattr(star, "breaks"):
        return dict(options)
    try:
        return geometry_of(model, star, None, sphere_cm(star) * u.cm, dict(options)).options
    except DomainError:
        return dict(options)
