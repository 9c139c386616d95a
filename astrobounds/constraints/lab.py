"""Laboratory limits: peak searches, beam dumps and universality ratios as one likelihood."""


class Laboratory:
    """All laboratory curves that apply to a model, experiment groups never multiplied.

    Parameters
    ----------
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
                 numbers=None, smooth=None):  # fmt: skip
        from ..lab import LabLikelihood

        self._likelihood = LabLikelihood(
            curves=curves, likelihood=likelihood, unknown_nature=unknown_nature,
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
        majorana = model.nature == "majorana"
        return self._likelihood(model.mass_mev, tuple(model.mixing.values()), majorana)

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
