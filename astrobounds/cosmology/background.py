"""The first two stages of nucleosynthesis: the expanding plasma of a model, and n <-> p in it."""

import numpy as np

from .. import constants as const
from ..numerics.splines import refine
from .mediators import model as mediators
from .neutrinos import decoupling
from .nuclear.run import first_point
from .plasma import baryons
from .relics import model as relic_model
from .relics import thermal as relic_thermal
from .relics.history import end_of_decays
from .weak import rates as weak

STRIDE = 4  # weak rates on every fourth point of the background
_T_WEAK = 0.008  # MeV: colder, n -> p is free decay to 2e-5 and p -> n is gone


def weak_on_grid(background, tau_n, xi, level, stride=STRIDE):
    """Gamma_np, Gamma_pn [1/s] from ``_first`` on, splined from every ``stride``-th point."""
    begin = first_point(background)
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
    stride=STRIDE,
    eta=None,
    **grid,
):
    """Return the background and Gamma_np, Gamma_pn [1/s] from its network start on (tau_n in s).

    ``neutrinos`` may be a ready :class:`Background`, which then is not computed. ``stride``, ``dx``
    and ``refine`` set the grids, for studies of convergence. ``eta`` (by default that of omega_b =
    0.02237) enters only through nucleons that capture mesons from a decaying particle.
    """
    if isinstance(neutrinos, decoupling.Background) and not mediators.boson_of(model):
        return neutrinos, *weak_on_grid(neutrinos, tau_n, xi_e, weak_level, stride)
    boson = mediators.boson_of(model)
    extra = delta_neff + asymmetry_neff(xi_e)
    if boson is not None:
        background = mediators.evolve(boson, neutrinos, qed, extra, **grid).background
        return background, *weak_on_grid(background, tau_n, xi_e, weak_level, stride)
    if relic_model.thermal(model):
        background = relic_thermal.solve(model, neutrinos, qed, extra, **grid)
        return background, *weak_on_grid(background, tau_n, xi_e, weak_level, stride)
    if relic_model.couples(model):
        mixing, with_xi = decoupling.NEUTRINOS[neutrinos]
        eta = baryons.eta_from_omega_b(0.02237) if eta is None else eta
        found = relic_model.evolve(
            model, eta, mixing=mixing, with_xi=with_xi, qed=qed,
            delta_neff=delta_neff + asymmetry_neff(xi_e), momentum=neutrinos == "momentum", **grid,
        )  # fmt: skip
        n_to_p, p_to_n = weak_on_grid(found.background, tau_n, xi_e, weak_level, stride)
        return found.with_conversion(eta, n_to_p, p_to_n, first_point(found.background)), n_to_p, p_to_n
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
        return background, *weak_on_grid(background, tau_n, xi_e, weak_level, stride)
    background, _ = decoupling.solve_to(
        t_end=_last(sources.get("relic")), mixing=mixing, with_xi=with_xi, qed=qed, delta_neff=extra,
        **sources, **grid,
    )  # fmt: skip
    return background, *weak_on_grid(background, tau_n, xi_e, weak_level, stride)


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
