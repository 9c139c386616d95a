"""Laboratory limits: peak searches, beam dumps, resonances and universality ratios as one likelihood."""

from functools import lru_cache

from ..errors import ConfigError
from ..units import finite, floats


@lru_cache(maxsize=16)
def _likelihood(portal, curves, options):
    from ..lab import LabLikelihood

    return LabLikelihood(curves=None if curves is None else list(curves), portal=portal, **dict(options))


class Laboratory:
    """All laboratory curves that apply to a model, experiment groups never multiplied.

    Parameters
    ----------
    curves : list of str or Curve, optional
        Names of shipped curves, paths of ``.ecsv`` files, or Curve objects. Default: every shipped limit
        on the couplings of the model.
    likelihood, unknown_nature, unknown_cl, numbers, smooth, projections
        See :class:`astrobounds.lab.LabLikelihood`.
    portal : str or list of str, optional
        Which couplings; by default those of the model, whatever its class: a curve names the
        parameter that it limits.

    References
    ----------
    The experiments' papers, in ``references``.
    """

    name = "lab"
    null_loglike = 0.0

    def __init__(self, curves=None, likelihood="poisson", unknown_nature=None, unknown_cl=None,
                 numbers=None, smooth=None, portal=None, projections=False):  # fmt: skip
        from ..lab.catalogue import curves_of
        from ..lab.families import family
        from ..lab.likelihood import RECORDED

        if unknown_cl is not None:
            why = "a confidence level such as 0.9"
            unknown_cl = finite(unknown_cl, "lab: unknown_cl", 1e-6, 1.0 - 1e-9, why)
        self._given = portal is not None
        portal = tuple(portal) if isinstance(portal, (list, tuple)) else (portal or "mixing")
        self._curves = None if curves is None else tuple(curves_of(curves))
        if isinstance(numbers, (list, tuple)):
            numbers = tuple(numbers)
        self._options = (
            ("likelihood", likelihood if likelihood == RECORDED else family(likelihood)),
            ("unknown_nature", unknown_nature), ("unknown_cl", unknown_cl), ("numbers", numbers),
            ("smooth", smooth), ("projections", projections),
        )  # fmt: skip
        try:
            self._main = _likelihood(portal, self._curves, self._options)
        except TypeError as error:
            raise ConfigError(f"lab: an option has a wrong type ({error})") from None
        self.nuisances = {}

    @property
    def references(self):
        """BibTeX keys of the curves in use."""
        return self._main.references

    def _for(self, model):
        """Return the likelihood of the couplings that ``model`` (an object or a class) has."""
        from ..lab.couplings import parameter_names, portals_of

        if set(self._main.parameters).intersection(parameter_names(model)):
            found = portals_of(model)
            if not found or set(self._main.portals) <= set(found):
                return self._main
        found = () if self._given else portals_of(model)
        if not found:
            name = model.__name__ if isinstance(model, type) else type(model).__name__
            raise ConfigError(
                f"lab: {name} has no {', '.join(self._main.parameters)}; choose "
                "portal='mixing' for an HNL, portal='dipole' for a DipoleHNL, or leave portal out"
            )
        own = {"numbers": self._options[3][1] if "mixing" in found else None}  # ratios of the HNL
        options = tuple((k, own.get(k, v)) for k, v in self._options)
        return _likelihood(found if len(found) > 1 else found[0], self._curves, options)

    def prepare(self, region, mapper=map, show=True):
        """Take the curves that speak of the couplings of the model to be fitted."""
        self._main = self._for(region.model)

    def predict(self, model):
        """Return the lnL of each curve or ratio that says something."""
        return {k: v for k, v in self._for(model).terms(model).items() if v != 0.0}

    def loglike(self, model, nuisance):
        """Return lnL relative to no new particle."""
        return self._for(model).loglike(model)

    def describe(self):
        """Return lines that say which curves are used, left out and under what assumptions."""
        lines = [f"{len(self._main.used)} curves in {len(self._main.groups)} groups"]
        lines += [f"left out: {v.name} ({v.reason})" for v in self._main.left_out]
        return lines

    def uncovered(self, flavour, low, high):
        """Return mass ranges [MeV] between floats [MeV] that no active curve of a flavour covers."""
        import astropy.units as u

        low, high = (floats(v, "MeV", "mass") * u.MeV for v in (low, high))
        gaps = self._main.uncovered(flavour, low, high)
        return [(a.to_value(u.MeV), b.to_value(u.MeV)) for a, b in gaps]
