"""Laboratory limits: peak searches, beam dumps and universality ratios as one likelihood."""


from ..errors import ConfigError


class Laboratory:
    """All laboratory curves that apply to a model, experiment groups never multiplied.

    Parameters
    ----------
    portal : {"mixing", "dipole"}
        Which coupling the model has: HNL (mixing) or DipoleHNL (dipole).
    **options
        ``curves``, ``likelihood``, ``unknown_nature``, ``unknown_cl``, ``numbers``, ``smooth``:
        see :class:`astrobounds.lab.LabLikelihood`.

    References
    ----------
    The experiments' papers, in ``references``.
    """

    name = "lab"
    null_loglike = 0.0

    def __init__(self, curves=None, likelihood="poisson", unknown_nature=None, unknown_cl=None,
                 numbers=None, smooth=None, portal="mixing"):  # fmt: skip
        from ..lab import LabLikelihood

        if unknown_cl is not None and (
            isinstance(unknown_cl, (str, bool)) or not 0.0 < float(unknown_cl) < 1.0
        ):
            raise ConfigError(f"lab: unknown_cl = {unknown_cl!r}: a confidence level such as 0.9")
        self._portal = portal
        self._likelihood = LabLikelihood(
            curves=curves, portal=portal, likelihood=likelihood, unknown_nature=unknown_nature,
            unknown_cl=unknown_cl, numbers=numbers, smooth=smooth,
        )  # fmt: skip
        self.nuisances = {}

    @property
    def references(self):
        """BibTeX keys of the curves in use."""
        return self._likelihood.references

    def predict(self, model):
        """Return the expected lnL of each experiment group that says something."""
        return {k: v for k, v in self._likelihood.terms(model).items() if v != 0.0}

    def loglike(self, model, nuisance):
        """Return lnL relative to no N."""
        if not hasattr(model, self._portal):
            raise ConfigError(
                f"lab: {type(model).__name__} has no {self._portal}; choose portal='mixing' for an "
                "HNL, portal='dipole' for a DipoleHNL"
            )
        if self._portal == "dipole":
            couplings = tuple(d * d for d in model.dipole_gev)
        else:
            couplings = tuple(model.mixing.values())
        return self._likelihood(model.mass_mev, couplings, model.nature == "majorana")

    def describe(self):
        """Return lines that say which curves are used, left out and under what assumptions."""
        lines = [f"{len(self._likelihood.used)} curves in {len(self._likelihood.groups)} groups"]
        lines += [f"left out: {v.name} ({v.reason})" for v in self._likelihood.left_out]
        return lines

    def uncovered(self, flavour, low, high):
        """Return mass ranges [MeV] between floats [MeV] that no active curve of a flavour covers."""
        import astropy.units as u

        gaps = self._likelihood.uncovered(flavour, low * u.MeV, high * u.MeV)
        return [(a.to_value(u.MeV), b.to_value(u.MeV)) for a, b in gaps]
