"""Big-bang nucleosynthesis: decoupling, weak rates and the nuclear network put together.

Everything is computed at each call on grids that do not depend on the inputs, so that abundances
are smooth functions of them. The network gets arrays on the uniform grid of ln a: T_gamma [MeV]
decreasing, t [s], n_b [MeV^3] and the rates of n -> p and p -> n [1/s].
"""

import warnings

import numpy as np

from ..errors import ConfigError, ConvergenceError, ValidityWarning
from ..models.extended import Reheating
from .background import expand
from .defaults import checked_inputs
from .neutrinos import decoupling
from .nuclear.run import first_point, ratios, run_network, yields
from .plasma import baryons
from .relics import late as relic_late
from .relics import nuclei as relic_nuclei
from .result import BBN

references = ("Pitrou2018", "EscuderoAbenza:2020cmq")


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

    return relic_nuclei.with_nuclei(background, eta, first_point(background), run)


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
