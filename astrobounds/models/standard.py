"""The Universe without a new particle: dark radiation and a lepton asymmetry are all it may have."""

from .protocol import OTHER, Model, Parameter


class StandardModel(Model):
    """Standard cosmology, for fits of N_eff, the baryon density or the neutron lifetime.

    Parameters
    ----------
    delta_neff : float
        Dark radiation besides three neutrinos, as in :func:`astrobounds.cosmology.bbn`.
    xi_e : float
        mu/T of the electron neutrinos, equal for the three flavours.

    Raises
    ------
    DomainError
        For a value outside [-2, 10] or [-0.5, 0.5].

    Examples
    --------
    >>> StandardModel(delta_neff=0.2)
    StandardModel(delta_neff=0.2, xi_e=0.0)
    """

    parameters = (
        Parameter("delta_neff", "", OTHER, 0, r"\Delta N_{\rm eff}", -2.0, 10.0, "linear"),
        Parameter("xi_e", "", OTHER, 0, r"\xi_e", -0.5, 0.5, "linear"),
    )
    references = ("Pitrou2018",)

    def __repr__(self):
        numbers = ", ".join(f"{name}={self.values.get(name, 0.0)}" for name in self.parameter_names)
        return f"StandardModel({numbers})"

    def __getattr__(self, name):
        if name in self.parameter_names:
            return super().__getattr__(name)
        raise AttributeError(
            f"StandardModel has no '{name}': there is no particle in it, and the constraints that "
            "say something about it are 'bbn' and 'cmb'"
        )
