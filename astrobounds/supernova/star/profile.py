"""Stars: radial profiles of a proto-neutron star and the state of matter they imply."""

import pickle
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ...errors import DomainError
from .verbs import VERBS


@dataclass(frozen=True, eq=False)
class Star:
    """One snapshot of a proto-neutron star: what emission and transport need, as functions of radius.

    Build one with :func:`astrobounds.supernova.load`; a user's own arrays go through
    :func:`astrobounds.supernova.from_arrays`. A star travels to other processes by its content: a copy
    stays what it was when its file changes or cannot be found any more.

    Attributes
    ----------
    name : str
        Name shown in figures and stored in results.
    breaks : tuple of float
        Radii [km] where the profile may have a kink, first (usually 0) and last included.
    columns : callable
        ``columns(radius_km) -> dict`` of arrays: ``T``, ``rho`` [g/cm3], ``m_n``, ``m_p``
        (effective masses), ``mu_n``, ``mu_p`` (what enters f = 1/(exp((sqrt(p^2+m*^2) - mu)/T)+1)),
        ``shift`` (energy offset of p -> n in charged currents), ``mu_e``, ``mu_mu``, ``mu_nu_e``,
        ``mu_nu_mu``, ``mu_nu_tau``, ``lapse``. MeV unless said. ``mu_mu`` is NaN without muons.
        With heavy nuclei also ``n_heavy`` [MeV^3], ``A_heavy``, ``Z_heavy``; ``axial_response`` (S_A)
        where the axial currents of nucleons are suppressed. An instance of a class of a module or a
        function of one, so that it can be sent to workers.
    origin : tuple
        (name or path, options) that it was loaded from: where it comes from, not how it travels.
    """

    name: str
    breaks: tuple
    columns: object
    references: tuple = ()
    note: str = ""
    meta: dict = field(default_factory=dict)
    origin: tuple = field(default=(), repr=False)

    def __repr__(self):
        return f"Star('{self.name}', {self.breaks[0]:g}-{self.breaks[-1]:g} km)"

    def __getstate__(self):
        """Return the content; a profile of functions that cannot be sent is named."""
        state = dict(self.__dict__)
        try:
            pickle.dumps(state["columns"])
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise pickle.PicklingError(
                f"star '{self.name}' cannot be sent to another process: {error}; make its profile of "
                "functions of a module, or use threads"
            ) from None
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)

    def at(self, radius_km):
        """Return the state of matter at one or many radii [km] (dict of arrays).

        Raises
        ------
        DomainError
            For a radius outside the profile.
        """
        r = np.atleast_1d(np.asarray(radius_km, dtype=float))
        low, high = self.breaks[0], self.breaks[-1]
        if np.any(~np.isfinite(r)) or r.min() < low - 1e-9 or r.max() > high * (1.0 + 1e-12):
            bad = r[~((r >= low) & (r <= high))][0]
            raise DomainError(
                f"radius = {bad:g} km is outside the profile '{self.name}', {low:g}-{high:g} km"
            )
        return self.columns(np.clip(r, low, high))

    @cached_property
    def peak_temperature(self):
        """Largest temperature of the profile [MeV]."""
        grid = np.concatenate(
            [np.linspace(a, b, 200) for a, b in zip(self.breaks[:-1], self.breaks[1:])]
        )
        return float(self.at(grid)["T"].max())

    @property
    def has_muons(self):
        """True if the profile carries a muon chemical potential."""
        return bool(np.isfinite(self.at(self.breaks[0])["mu_mu"]).all())

    def emission(self, model, **options):
        """Return the emission of ``model`` from this star; see :func:`astrobounds.supernova.emission`."""
        return VERBS["emission"](self, model, **options)

    def plot(self, axes=None):
        """Draw temperature, density and chemical potentials against radius; returns the axes."""
        import matplotlib.pyplot as plt

        if axes is None:
            _, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
        r = np.linspace(self.breaks[0], min(self.breaks[-1], 60.0), 500)
        state = self.at(r)
        axes[0].plot(r, state["T"], color="C3")
        axes[0].set(xlabel="radius [km]", ylabel="temperature [MeV]", title=self.name)
        twin = axes[0].twinx()
        twin.semilogy(r, state["rho"], color="C0")
        twin.set_ylabel("density [g/cm$^3$]", color="C0")
        labels = {"mu_e": r"$\mu_e$", "mu_nu_e": r"$\mu_{\nu_e}$", "mu_mu": r"$\mu_\mu$"}
        for key, label in labels.items():
            if np.isfinite(state[key]).all():
                axes[1].plot(r, state[key], label=label)
        for key, mass in (("mu_n", "m_n"), ("mu_p", "m_p")):
            axes[1].plot(r, state[key] - state[mass], label=rf"$\mu_{key[-1]} - m^*$")
        axes[1].set(xlabel="radius [km]", ylabel="chemical potential [MeV]")
        axes[1].legend()
        return axes
