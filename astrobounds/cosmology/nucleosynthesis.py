"""Big-bang nucleosynthesis: decoupling, weak rates and the nuclear network put together.

Everything is computed at each call on grids that do not depend on the inputs, so that abundances
are smooth functions of them. The network gets arrays on the uniform grid of ln a: T_gamma [MeV]
decreasing, t [s], n_b [MeV^3] and the rates of n -> p and p -> n [1/s].
"""

import warnings
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .. import constants as const
from ..errors import ConfigError, ConvergenceError, DomainError, ValidityWarning
from ..units import finite
from . import baryons, decoupling, relic_model, weak
from .splines import refine

references = ("Pitrou2018", "EscuderoAbenza:2020cmq")

_REMEDY = "outside it no network of rates is meaningful"
RANGES = {
    "omega_b": (0.005, 0.05),
    "eta": (1.37e-10, 1.37e-9),
    "tau_n": (850.0, 910.0),
    "delta_neff": (-2.0, 10.0),
    "xi_e": (-0.5, 0.5),
}
_STRIDE = 4  # weak rates on every fourth point of the background
_T_WEAK = 0.008  # MeV: colder, n -> p is free decay to 2e-5 and p -> n is gone
_T_FIRST = 10.0  # MeV, where the network starts
_MESON_STEP = 1.0 / 48.0  # of ln T while mesons may convert nucleons


@dataclass(frozen=True, eq=False)
class BBN:
    """Light-element abundances of one cosmology.

    Attributes
    ----------
    Neff : float
        (8/7)(11/4)^(4/3) (rho_nu + rho_dark)/rho_gamma after the pairs are gone.
    Yp : float
        Helium as nuclear physicists count it, 4 n_He4/n_b.
    Yp_cmb : float
        Helium mass fraction as CMB codes use it.
    DH, He3H, Li7H : float
        D/H, (He3 + t)/H and (Li7 + Be7)/H by number after all decays.
    omega_b, eta, tau_n, delta_neff, xi_e : float
        Inputs (tau_n in s); omega_b and eta are given in both forms.
    background : Background
        Temperatures and time on the grid of ln a.
    abundances : dict
        Final Y_i = n_i/n_b after decays.
    flags : tuple of str
        Why the result lies outside the validated physics; empty if it does not.
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
    def references(self):
        """BibTeX keys of everything that entered."""
        keys = {*references, *decoupling.references, *weak.references, *self.network.references}
        if self.relic is not None:
            keys |= set(self.relic.references)
        return tuple(sorted(keys))

    @cached_property
    def history(self):
        """Time, scale factor, temperatures and abundances along the way, as a dict.

        "t", "H", temperatures and the rates "n_to_p", "p_to_n" are Quantity of shape (n,), "a" an
        array, and "Y" a dict of arrays, number per baryon of each nuclide. Rates and abundances
        are nan before the network starts, abundances also after its end.
        """
        out = dict(self.background.history)
        run = run_network(self.network, self.background, self.eta, self.weak_np, self.weak_pn,
                           self.inputs["nuisance"], history=400)  # fmt: skip
        before = np.full(_first(self.background), np.nan)
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
        ax.legend(fontsize="small", ncol=2)
        return ax

    def sensitivities(self, reactions=None):
        """Return logarithmic derivatives of the abundances, see :func:`sensitivities`."""
        import astropy.units as u

        from .sensitivity import sensitivities

        inputs = {**self.inputs, "tau_n": self.tau_n * u.s}
        return sensitivities(reactions=reactions, **inputs)


def _first(background):
    """Index of the background where the network starts; the same for all inputs."""
    return int(np.ceil(np.log(background.Tg[0] / _T_FIRST) / background.dx - 1e-6))


def _weak_on_grid(background, tau_n, xi, level, stride=_STRIDE):
    """Gamma_np, Gamma_pn [1/s] from ``_first`` on, splined from every ``stride``-th point."""
    begin = _first(background)
    cold = background.Tg < _T_WEAK
    last = int(np.argmax(cold)) if cold.any() else len(cold) - 1
    count = min(-(-(last - begin) // stride), (len(cold) - 1 - begin) // stride) + 1
    chosen = slice(begin, begin + (count - 1) * stride + 1, stride)
    Tg, zeta = background.Tg[chosen], background.xi_e[chosen]
    spectrum = background.spectrum
    if spectrum is not None:
        y, f, fbar, scale = spectrum
        spectrum = y, f[chosen], fbar[chosen], scale[chosen]
    rates = weak.weak_rates(Tg, background.Tnue[chosen], tau_n, xi, level, spectrum, zeta)
    split = rates[:, 1] / rates[:, 0] * np.exp(weak.DELTA / Tg)
    knots = np.ascontiguousarray(background.ln_a[chosen])
    out = []
    for values in (np.log(rates[:, 0]), np.log(split)):
        fine = np.full(len(cold) - begin, values[-1])
        refine(knots, np.ascontiguousarray(values), stride, fine)
        out.append(np.exp(fine))
    return out[0], out[0] * out[1] * np.exp(-weak.DELTA / background.Tg[begin:])


def run_network(network, background, eta, n_to_p, p_to_n, nuisance, **options):
    """Run the network with weak rates [1/s] and whatever the background adds to them."""
    if background.conversion is not None:
        more_n_to_p, more_p_to_n, X_n = background.conversion
        more = {"more_n_to_p": more_n_to_p, "more_p_to_n": more_p_to_n, "X_n": X_n}
        options = {**more, "max_step": _MESON_STEP, **options}
    part = slice(_first(background), None)
    n_b = eta * baryons.N_GAMMA_0 * np.exp(-3.0 * background.ln_a[part])
    return network.evolve(background.Tg[part], background.t[part], n_b, n_to_p, p_to_n,
                          nuisance=nuisance, **options)  # fmt: skip


def asymmetry_neff(xi):
    """Extra N_eff of three flavours that share the asymmetry xi = mu/T."""
    z = (xi / np.pi) ** 2
    return 3.0 * (30.0 / 7.0 * z + 15.0 / 7.0 * z * z)


def expand(
    tau_n,
    delta_neff=0.0,
    xi_e=0.0,
    neutrinos="integrated",
    weak_level="full",
    qed="full",
    model=None,
    stride=_STRIDE,
    eta=None,
    **grid,
):
    """Return the background and Gamma_np, Gamma_pn [1/s] from its network start on (tau_n in s).

    ``neutrinos`` may be a ready :class:`Background`, which then is not computed. ``stride``, ``dx``
    and ``refine`` set the grids, for studies of convergence. ``eta`` (by default that of omega_b =
    0.02237) enters only through nucleons that capture mesons from a decaying particle.
    """
    if isinstance(neutrinos, decoupling.Background):
        return neutrinos, *_weak_on_grid(neutrinos, tau_n, xi_e, weak_level, stride)
    if relic_model.decays(model):
        mixing, with_xi = decoupling.NEUTRINOS[neutrinos]
        eta = baryons.eta_from_omega_b(0.02237) if eta is None else eta
        found = relic_model.evolve(
            model, eta, mixing=mixing, with_xi=with_xi, qed=qed,
            delta_neff=delta_neff + asymmetry_neff(xi_e), **grid,
        )  # fmt: skip
        n_to_p, p_to_n = _weak_on_grid(found.background, tau_n, xi_e, weak_level, stride)
        return found.with_conversion(eta, n_to_p, p_to_n, _first(found.background)), n_to_p, p_to_n
    sources = {}
    for item in model if isinstance(model, (tuple, list)) else (model,):
        if isinstance(item, decoupling.Relic):
            sources["relic"] = item
        elif isinstance(item, decoupling.External):
            sources["external"] = item
    mixing, with_xi = decoupling.NEUTRINOS[neutrinos]
    extra = delta_neff + asymmetry_neff(xi_e)
    end = decoupling.T_END
    for _ in range(4):
        background = decoupling.solve(
            t_end=end, mixing=mixing, with_xi=with_xi, qed=qed, delta_neff=extra, **sources, **grid
        )
        if background.Tg[-1] < 1.1 * decoupling.T_END:
            break
        end *= decoupling.T_END / background.Tg[-1]  # entropy was injected: expand further
    return background, *_weak_on_grid(background, tau_n, xi_e, weak_level, stride)


def yields(run):
    """Return Y_p, D/H, He3/H and Li7/H of a finished network (nan where it failed)."""
    if not run.success:
        return np.full(4, np.nan)
    left = run.after_decays()
    numbers = (4.0 * left["He4"], left["d"], left["He3"], left["Li7"])
    return np.array(numbers) / np.array([1.0, left["p"], left["p"], left["p"]])


def bbn(
    model=None,
    *,
    omega_b=None,
    eta=None,
    tau_n=None,
    delta_neff=0.0,
    xi_e=0.0,
    rates="default",
    network="small",
    neutrinos="integrated",
    weak_level="full",
    qed="full",
    nuisance=None,
):
    """Return the light-element abundances and N_eff of one cosmology.

    Parameters
    ----------
    model : HNL, DarkDecay, Relic, External or a tuple of the last two, optional
        A particle (an :class:`astrobounds.HNL`, or one with further decays): its production,
        decoupling, decays and mesons are followed, see docs/relics.md. Or energy that enters the
        plasma or the expansion besides the standard particles.
    omega_b : float, optional
        Omega_b h^2, by default 0.02237 (0.005 to 0.05).
    eta : float, optional
        Baryon-to-photon ratio instead of omega_b.
    tau_n : Quantity, optional
        Neutron lifetime, by default 878.4 s (850 to 910 s).
    delta_neff : float
        Dark radiation ~ a^-4 besides three neutrinos, normalised after e+e- annihilation: its
        energy density is delta_neff (7/8)(4/11)^(4/3) rho_gamma (-2 to 10; negative: less
        radiation than standard).
    xi_e : float
        mu_nue/T_nu, equal for the three flavours (mixing); positive means fewer neutrons.
    rates : str
        Set of nuclear rates, see ``astrobounds.cosmology.rates``.
    network : {"small", "full"} or sequence of str
    neutrinos : {"integrated", "separate", "common"} or Background
        Thermal neutrinos: averaged oscillations with chemical potentials; none of either (T_nue and
        T_numu apart); or one common temperature (infinitely fast oscillations). A Background
        computed elsewhere replaces all of decoupling (delta_neff and model are then in it).
    weak_level : {"full", "ccr+fm", "ccr", "born"}
        Corrections of n <-> p; "full" unless a step is to be shown.
    qed : {"full", "e3", "e2", "off"}
        Order of the finite-temperature QED pressure.
    nuisance : dict, optional
        Reaction name to p: the rate is the median times (1 + sigma)^p.

    Returns
    -------
    BBN

    Raises
    ------
    DomainError
        An input outside its range, both omega_b and eta, or a tau_n without a unit.
    ConfigError
        An unknown choice.
    ConvergenceError
        A stage that failed.

    Warns
    -----
    ValidityWarning
        For each stage that a model leaves outside the validated physics (late neutrinos, energy
        that would break nuclei, decays that are not over); see ``flags``.

    References
    ----------
    Pitrou et al., arXiv:1801.08023; Escudero, arXiv:2001.04466.
    """
    from .network import load_network

    inputs = checked_inputs(model, omega_b, eta, tau_n, delta_neff, xi_e, neutrinos, weak_level, qed)
    eta = inputs["eta"]
    ready = load_network(network, rates) if isinstance(network, (str, tuple, list)) else network
    background, n_to_p, p_to_n = expand(
        inputs["tau_n"], inputs["delta_neff"], inputs["xi_e"], neutrinos, weak_level, qed, model,
        eta=eta,
    )  # fmt: skip
    flags = _flags(model, background)
    run = run_network(ready, background, eta, n_to_p, p_to_n, nuisance)
    if not run.success:
        raise ConvergenceError(
            f"the network stopped at T = {run.T:.4g} MeV: {run.message}", stage="network"
        )
    Yp, DH, He3H, Li7H = (float(v) for v in yields(run))
    inputs.update(model=model, network=ready, neutrinos=neutrinos, weak_level=weak_level, qed=qed,
                  nuisance=nuisance)  # fmt: skip
    omega_b = baryons.omega_b_from_eta(eta)
    return BBN(
        Neff=background.Neff,
        Yp=Yp,
        Yp_cmb=baryons.helium_mass_fraction(Yp),
        DH=DH,
        He3H=He3H,
        Li7H=Li7H,
        omega_b=omega_b,
        eta=eta,
        tau_n=inputs["tau_n"],
        delta_neff=inputs["delta_neff"],
        xi_e=inputs["xi_e"],
        background=background,
        abundances=run.after_decays(),
        flags=flags,
        weak_np=n_to_p,
        weak_pn=p_to_n,
        network=ready,
        inputs=inputs,
    )


def _flags(model, background):
    """Warn where a model leaves the validated physics, and return the reasons."""
    if background.relic_history is not None:
        found = background.relic_history.flags
        for name, why in found:
            warnings.warn(f"{name}: {why}", ValidityWarning, stacklevel=3)
        return tuple(name for name, _ in found)
    for item in model if isinstance(model, (tuple, list)) else (model,):
        if not isinstance(item, decoupling.Relic):
            continue
        direct = item.fractions.get("nue", 0.0) + item.fractions.get("numu", 0.0)
        late = np.interp(-5.0, -background.Tg, background.relic)
        if direct * item.density > 0.0 and late > 0.05:
            warnings.warn(
                f"{100 * direct * late:.0f} % of the relic's energy goes into neutrinos below 5 MeV, "
                "where thermal neutrinos may give N_eff the wrong sign (arXiv:2103.09831): use "
                "momentum-resolved neutrinos",
                ValidityWarning,
                stacklevel=3,
            )
            return ("late neutrino injection",)
    return ()


def checked_inputs(model, omega_b, eta, tau_n, delta_neff, xi_e, neutrinos, weak_level, qed):
    relic_model.check(model, neutrinos)
    if not isinstance(neutrinos, decoupling.Background):
        decoupling.check_choices(neutrinos, qed)
    if weak_level not in weak.LEVELS:
        raise ConfigError(f"weak_level = {weak_level!r}: choose one of {', '.join(weak.LEVELS)}")
    if omega_b is not None and eta is not None:
        raise DomainError(f"omega_b = {omega_b} and eta = {eta}: give one of them")
    if eta is None:
        omega_b = 0.02237 if omega_b is None else omega_b
        omega_b = finite(omega_b, "omega_b", *RANGES["omega_b"], remedy=_REMEDY)
        eta = baryons.eta_from_omega_b(omega_b)
    else:
        eta = finite(eta, "eta", *RANGES["eta"], remedy=_REMEDY)
    if tau_n is None:
        tau_n = const.TAU_N
    else:
        from ..units import time_s

        tau_n = time_s(tau_n, "tau_n")
    return {
        "eta": eta,
        "tau_n": finite(tau_n, "tau_n [s]", *RANGES["tau_n"]),
        "delta_neff": finite(delta_neff, "delta_neff", *RANGES["delta_neff"]),
        "xi_e": finite(xi_e, "xi_e", *RANGES["xi_e"]),
    }
