"""Big-bang nucleosynthesis: decoupling, weak rates and the nuclear network put together.

Everything is computed at each call on grids that do not depend on the inputs, so that abundances
are smooth functions of them. The network gets arrays on the uniform grid of ln a: T_gamma [MeV]
decreasing, t [s], n_b [MeV^3] and the rates of n -> p and p -> n [1/s].
"""

import warnings

import numpy as np

from .. import constants as const
from ..errors import ConfigError, ConvergenceError, DomainError, ValidityWarning
from ..models.extended import Reheating
from ..numerics.splines import refine
from ..units import finite
from .late import hadronic
from .mediators import model as mediators
from .neutrinos import decoupling
from .plasma import baryons
from .relics import late as relic_late
from .relics import model as relic_model
from .relics import nuclei as relic_nuclei
from .relics import thermal as relic_thermal
from .relics.history import end_of_decays
from .result import BBN, ratios, yields
from .weak import rates as weak

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
        f, fbar = f[chosen], fbar[chosen]
        if background.spectra is not None and xi != 0.0:  # one spectrum, solved without asymmetry
            odds = f / (1.0 - f)
            f, fbar = (1.0 / (1.0 + np.exp(sign * xi) / odds) for sign in (-1.0, 1.0))
        spectrum = y, f, fbar, scale[chosen]
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
        more_n_to_p, more_p_to_n, X_n, *hits = background.conversion
        more = {"more_n_to_p": more_n_to_p, "more_p_to_n": more_p_to_n, "X_n": X_n}
        if hits:
            more["breaking"] = hits[0], hadronic.yields()
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
    if isinstance(neutrinos, decoupling.Background) and not mediators.boson_of(model):
        return neutrinos, *_weak_on_grid(neutrinos, tau_n, xi_e, weak_level, stride)
    boson = mediators.boson_of(model)
    extra = delta_neff + asymmetry_neff(xi_e)
    if boson is not None:
        background = mediators.evolve(boson, neutrinos, qed, extra, **grid).background
        return background, *_weak_on_grid(background, tau_n, xi_e, weak_level, stride)
    if relic_model.thermal(model):
        background = relic_thermal.solve(model, neutrinos, qed, extra, **grid)
        return background, *_weak_on_grid(background, tau_n, xi_e, weak_level, stride)
    if relic_model.couples(model):
        mixing, with_xi = decoupling.NEUTRINOS[neutrinos]
        eta = baryons.eta_from_omega_b(0.02237) if eta is None else eta
        found = relic_model.evolve(
            model, eta, mixing=mixing, with_xi=with_xi, qed=qed,
            delta_neff=delta_neff + asymmetry_neff(xi_e), momentum=neutrinos == "momentum", **grid,
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
    if neutrinos == "momentum":
        background = _momentum(extra, qed, sources, grid)
        return background, *_weak_on_grid(background, tau_n, xi_e, weak_level, stride)
    end = _last(sources.get("relic"))
    last = end
    for _ in range(4):
        background = decoupling.solve(
            t_end=end, mixing=mixing, with_xi=with_xi, qed=qed, delta_neff=extra, **sources, **grid
        )
        if background.Tg[-1] < 1.1 * last:
            break
        end *= last / background.Tg[-1]  # entropy was injected: expand further
    return background, *_weak_on_grid(background, tau_n, xi_e, weak_level, stride)


def _last(relic):
    """T [MeV] to expand to: colder than usual while a relic still decays, down to 1 eV."""
    if relic is None or not relic.density > 0.0:
        return decoupling.T_END
    rate = relic.rate(np.array([decoupling.T_END])) if callable(relic.rate) else relic.rate
    rate = float(np.ravel(rate)[0])
    return end_of_decays(const.HBAR / rate if rate > 0.0 else np.inf)


def _momentum(extra, qed, sources, grid):
    """Background with momentum-resolved neutrinos; the standard one is kept."""
    from .neutrinos.kinetic import solve as kinetic

    if not sources and not grid:
        return kinetic.standard(qed=qed, delta_neff=float(extra))
    grid = {k: v for k, v in grid.items() if k != "refine"}
    return kinetic.with_sources(qed=qed, delta_neff=extra, **sources, **grid)


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
    cascade="auto",
    reheating=None,
):
    """Return the light-element abundances and N_eff of one cosmology.

    Parameters
    ----------
    model : Model, Relic, External or a tuple of the last two, optional
        A particle: its production, decoupling, decays and mesons are followed from what it says of itself
        (states, decays, processes), see docs/relics.md. A boson that is made of neutrinos and decays into
        pairs of them (:class:`astrobounds.Mediator`): see docs/mediator.md. Or energy that enters the
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
        Set of nuclear rates, see ``astrobounds.cosmology.nuclear.rates``.
    network : {"small", "full"} or sequence of str
    neutrinos : {"integrated", "separate", "common", "momentum"} or Background
        Thermal neutrinos: averaged oscillations with chemical potentials; none of either (T_nue and
        T_numu apart); or one common temperature (infinitely fast oscillations). Or "momentum": the
        Boltzmann equations of three spectra (a second, and seconds with a particle); needed where
        neutrinos are injected below 5 MeV. A Background computed elsewhere replaces all of
        decoupling (delta_neff and model are then in it).
    weak_level : {"full", "ccr+fm", "ccr", "born"}
        Corrections of n <-> p; "full" unless a step is to be shown.
    qed : {"full", "e3", "e2", "off"}
        Order of the finite-temperature QED pressure.
    nuisance : dict, optional
        Reaction name to p: the rate is the median times (1 + sigma)^p.
    cascade : {"auto", "off"}
        Let photons and electrons of a particle's late decays break nuclei where there are enough of
        them to change an abundance by 1e-6 (lifetimes above some 500 s), see docs/cascade.md.
    reheating : Quantity, optional
        Temperature at which the history of a particle begins, without any (4 MeV to 280 GeV);
        by default as hot as it matters.

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
    from .nuclear.network import load_network

    if reheating is not None:
        model = Reheating(model, temperature=reheating)
    inputs = checked_inputs(model, omega_b, eta, tau_n, delta_neff, xi_e, neutrinos, weak_level, qed)
    if cascade not in ("auto", "off"):
        raise ConfigError(f"cascade = {cascade!r}: choose one of auto, off")
    eta = inputs["eta"]
    ready = load_network(network, rates) if isinstance(network, (str, tuple, list)) else network
    background, n_to_p, p_to_n = expand(
        inputs["tau_n"], inputs["delta_neff"], inputs["xi_e"], neutrinos, weak_level, qed, model,
        eta=eta,
    )  # fmt: skip
    background = _among_nuclei(background, ready, eta, n_to_p, p_to_n, nuisance)
    run = run_network(ready, background, eta, n_to_p, p_to_n, nuisance)
    if not run.success:
        raise ConvergenceError(
            f"the network stopped at T = {run.T:.4g} MeV: {run.message}", stage="network"
        )
    before = dict(zip(("Yp", "DH", "He3H", "Li7H"), map(float, yields(run))))
    start = dict(zip(run.nuclides, map(float, run.Y)))
    late = relic_late.late_stage(model, background, eta, start, cascade == "auto")
    broken = late.broken
    left = run.after_decays() if broken is None else broken.abundances
    Yp, DH, He3H, Li7H = before.values() if broken is None else map(float, ratios(left))
    flags = _flags(model, background, late)
    inputs.update(model=model, network=ready, neutrinos=neutrinos, weak_level=weak_level, qed=qed,
                  nuisance=nuisance)  # fmt: skip
    omega_b = baryons.omega_b_from_eta(eta)
    return BBN(
        Neff=late.Neff,
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
        abundances=left,
        flags=flags,
        weak_np=n_to_p,
        weak_pn=p_to_n,
        network=ready,
        inputs=inputs,
        cascade=broken,
        before_cascade=before,
        late=late.effects,
    )


def _among_nuclei(background, network, eta, n_to_p, p_to_n, nuisance):
    """Let mesons that appear beside nuclei meet them, see :mod:`.relics.nuclei`."""
    history = background.relic_history
    if history is None or all(name != relic_nuclei.FLAG for name, _ in history.flags):
        return background

    def run(now, **options):
        return run_network(network, now, eta, n_to_p, p_to_n, nuisance, **options)

    return relic_nuclei.with_nuclei(background, eta, _first(background), run)


def _flags(model, background, late):
    """Warn where a model leaves the validated physics, and return the reasons."""
    found = [*late.flags, *(background.boson.flags if background.boson is not None else ())]
    if background.relic_history is None:
        found += _late_neutrinos(model, background)
    for name, why in found:
        warnings.warn(f"{name}: {why}", ValidityWarning, stacklevel=3)
    return tuple(name for name, _ in found)


def _late_neutrinos(model, background):
    """Flag relics that decay into neutrinos below 5 MeV."""
    for item in model if isinstance(model, (tuple, list)) else (model,):
        if not isinstance(item, decoupling.Relic):
            continue
        direct = item.fractions.get("nue", 0.0) + item.fractions.get("numu", 0.0)
        late = np.interp(-5.0, -background.Tg, background.relic)
        if direct * item.density > 0.0 and late > 0.05:
            return [(
                "late neutrino injection",
                f"{100 * direct * late:.0f} % of the relic's energy goes into neutrinos below 5 MeV, "
                "where thermal neutrinos may give N_eff the wrong sign (arXiv:2103.09831): use "
                "momentum-resolved neutrinos",
            )]  # fmt: skip
    return []


def checked_inputs(model, omega_b, eta, tau_n, delta_neff, xi_e, neutrinos, weak_level, qed):
    if not mediators.takes(model):
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
