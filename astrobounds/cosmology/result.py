"""What ``bbn`` returns: abundances, the background they were made in, and what changed them later."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .neutrinos import decoupling
from .nuclear.run import first_point, ratios, run_network, yields
from .weak import rates as weak

references = ("Pitrou2018", "EscuderoAbenza:2020cmq")


@dataclass(frozen=True, eq=False)
class BBN:
    """Light-element abundances of one cosmology.

    Attributes
    ----------
    Neff : float
        (8/7)(11/4)^(4/3) (rho_nu + rho_dark)/rho_gamma after the pairs are gone; with decays later
        than 3e11 s at recombination.
    Yp : float
        Helium as nuclear physicists count it, 4 n_He4/n_b.
    Yp_cmb : float
        Helium mass fraction as CMB codes use it.
    DH, He3H, Li7H : float
        D/H, (He3 + t)/H and (Li7 + Be7)/H by number after all decays, and after the cascade.
    omega_b, eta, tau_n, delta_neff, xi_e : float
        Inputs (tau_n in s); omega_b and eta are given in both forms.
    background : Background
        Temperatures and time on the grid of ln a.
    abundances : dict
        Final Y_i = n_i/n_b after decays.
    flags : tuple of str
        Why the result lies outside the validated physics; empty if it does not.
    cascade : PhotodisintegrationResult or None
        What photons and electrons from late decays did to the nuclei, if there were any.
    before_cascade : dict
        "Yp", "DH", "He3H", "Li7H" when nucleosynthesis ended; the same as the result if nothing
        decays late.
    late : LateEffects or None
        What later decays of a particle do to the microwave background.
    """

    Neff: float
    Yp: float
    Yp_cmb: float
    DH: float
    He3H: float
    Li7H: float
    omega_b: float
    eta: float
    tau_n: float
    delta_neff: float
    xi_e: float
    background: decoupling.Background
    abundances: dict
    flags: tuple
    weak_np: np.ndarray = field(repr=False)
    weak_pn: np.ndarray = field(repr=False)
    network: object = field(repr=False)
    inputs: dict = field(repr=False)
    cascade: object = field(repr=False, default=None)
    before_cascade: dict = field(repr=False, default_factory=dict)
    late: object = field(repr=False, default=None)

    def __repr__(self):
        return (
            f"BBN(Neff={self.Neff:.5f}, Yp={self.Yp:.6f}, DH={self.DH:.5e}, He3H={self.He3H:.5e}, "
            f"Li7H={self.Li7H:.5e}; omega_b={self.omega_b:g}, flags={self.flags})"
        )

    @property
    def relic(self):
        """The decaying particle along the way (:class:`relic_history.Evolution`), or None."""
        return self.background.relic_history

    @property
    def dilution(self):
        """How much larger n_b/n_gamma was at 10 MeV than in the standard history that ends alike.

        More than one where decays made entropy; eta and omega_b are always those of today.
        """
        from .cascade import clock as cascade_clock

        ln_aT = np.interp(-np.log(10.0), -np.log(self.background.Tg), self.background.ln_a)
        ln_aT += np.log(10.0 / decoupling.T_CMB)
        return float(cascade_clock.dilution(10.0) * np.exp(-3.0 * ln_aT))

    @property
    def references(self):
        """BibTeX keys of everything that entered."""
        keys = {*references, *decoupling.references, *weak.references, *self.network.references}
        if self.relic is not None:
            keys |= set(self.relic.references)
        if self.cascade is not None:
            keys |= set(self.cascade.references)
        if self.late is not None and self.late.terms():
            keys |= set(self.late.references)
        return tuple(sorted(keys))

    @cached_property
    def history(self):
        """Time, scale factor, temperatures and abundances up to the cascade, as a dict.

        "t", "H", temperatures and the rates "n_to_p", "p_to_n" are Quantity of shape (n,), "a" an
        array, and "Y" a dict of arrays, number per baryon of each nuclide. Rates and abundances
        are nan before the network starts, abundances also after its end.
        """
        out = dict(self.background.history)
        run = run_network(self.network, self.background, self.eta, self.weak_np, self.weak_pn,
                           self.inputs["nuisance"], history=400)  # fmt: skip
        before = np.full(first_point(self.background), np.nan)
        for name, rate in (("n_to_p", self.weak_np), ("p_to_n", self.weak_pn)):
            out[name] = np.append(before, rate) * out["H"].unit
        order = np.argsort(run.history_T)
        at = np.log(self.background.Tg)
        log_t = np.log(run.history_T[order])
        inside = (at >= log_t[0]) & (at <= log_t[-1])
        out["Y"] = {}
        for k, name in enumerate(run.nuclides):
            column = np.interp(at, log_t, run.history_Y[order, k])
            out["Y"][name] = np.where(inside, column, np.nan)
        return out

    def plot(self, ax=None):
        """Draw the abundances by number per baryon against T_gamma; returns the axes."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots()
        history = self.history
        temperature = history["T_gamma"].to_value("MeV")
        for name in self.network.nuclides:
            curve = np.where(history["Y"][name] > 1e-20, history["Y"][name], np.nan)
            ax.loglog(temperature, curve, label=name)
        ax.set_xlim(3.0, 1e-3)
        ax.set_ylim(1e-16, 3.0)
        ax.set_xlabel(r"$T_\gamma$ [MeV]")
        ax.set_ylabel(r"$n_i/n_b$")
        if self.cascade is not None:
            ax.set_title("before photons break nuclei (see .cascade)", fontsize="small")
        ax.legend(fontsize="small", ncol=2)
        return ax

    def at_the_end_of_the_network(self):
        """Return the abundances before the decays of n, t and Be7, as a dict."""
        run = run_network(self.network, self.background, self.eta, self.weak_np, self.weak_pn,
                          self.inputs["nuisance"])  # fmt: skip
        return dict(zip(run.nuclides, map(float, run.Y)))

    def yields(self, run):
        """Return Y_p, D/H, He3/H, Li7/H of another network run, through this cascade if there is one."""
        if self.cascade is None or not run.success:
            return yields(run)
        return ratios(self.cascade.apply(dict(zip(run.nuclides, map(float, run.Y)))))

    def sensitivities(self, reactions=None):
        """Return logarithmic derivatives of the abundances before a cascade, see :func:`sensitivities`."""
        import astropy.units as u

        from .sensitivity import sensitivities

        inputs = {**self.inputs, "tau_n": self.tau_n * u.s}
        return sensitivities(reactions=reactions, **inputs)
