"""Constraints on the particles of a theory: a posterior over Yukawa couplings, Lambda, mu or phases.

A theory (`astrobounds.seesaw`) is no particle; its ``particles("dirac")`` are, with a quasi-Dirac pair as
one Dirac N, which has the production and the decays of the pair.
"""

from ..errors import DomainError

PRODUCTS = ("lab",)  # experiments look at each mass by itself: their lnL add


class OnParticles:
    """A constraint on particles, applied to those of a theory.

    Parameters
    ----------
    constraint : str, mapping or Constraint
        Name, ``{name: options}`` or object, as in a posterior.

    Raises
    ------
    DomainError
        At a point without an HNL in range, or with several where their effects do not multiply: two
        particles share one cooling luminosity, one burst, one Universe. ``"lab"`` takes several: lnL of
        laboratories are added, which is right for searches at separate masses and for counts without
        background.

    Notes
    -----
    Every point is solved; tables over mass and coupling belong to fits of one particle.
    """

    def __init__(self, constraint):
        self.inner = _object(constraint)
        self.name = self.inner.name

    def __repr__(self):
        return f"OnParticles({self.inner.name})"

    @property
    def references(self):
        """BibTeX keys."""
        return self.inner.references

    @property
    def nuisances(self):
        """Those of the constraint."""
        return self.inner.nuisances

    @property
    def domain(self):
        """That of the constraint."""
        return getattr(self.inner, "domain", {})

    @property
    def measures(self):
        """Those of the constraint."""
        return getattr(self.inner, "measures", ())

    @property
    def excludes(self):
        """Those of the constraint."""
        return getattr(self.inner, "excludes", ())

    def recenter(self, values):
        """Pass the centers of the nuisances on."""
        if hasattr(self.inner, "recenter"):
            self.inner.recenter(values)

    def particles(self, theory):
        """Return the particles of a theory that the constraint may take."""
        found = theory.particles("dirac")
        if not found:
            raise DomainError(f"{theory!r} has no heavy state in the range of an HNL")
        if len(found) > 1 and self.name not in PRODUCTS:
            masses = ", ".join(f"{p.mass_mev:.4g}" for p in found)
            raise DomainError(
                f"{self.name}: {theory!r} has {len(found)} particles, {masses} MeV, whose effects do not "
                "multiply; only 'lab' takes several"
            )
        return found

    def predict(self, theory):
        """Return the predictions, numbered if there are several particles."""
        found = [self.inner.predict(p) for p in self.particles(theory)]
        if len(found) == 1:
            return found[0]
        return {f"{name} ({k})": v for k, each in enumerate(found, 1) for name, v in each.items()}

    def loglike(self, theory, nuisance):
        """Return the sum of lnL over particles."""
        return sum(self.inner.loglike(p, nuisance) for p in self.particles(theory))


def _object(constraint):
    from . import get

    if isinstance(constraint, str):
        return get(constraint)
    if hasattr(constraint, "items"):
        ((name, options),) = constraint.items()
        return get(name, **options)
    return constraint
