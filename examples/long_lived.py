"""How many decaying particles may there have been? Lifetime against abundance for three channels.

A particle of 300 MeV decays into e+e-, into charged pions, or into neutrinos of the muon. Short-lived ones
change the expansion and N_eff; pions turn protons into neutrons within the first seconds (helium); what
decays after some 1e4 s breaks deuterium and, later, helium. Coloured: excluded at 95 % (two parameters,
Delta chi2 = 6) by helium and deuterium (orange) and by Planck (yellow). The same planes as in
arXiv:hep-ph/0604251 and arXiv:1709.01211, for another mass.

Run: python examples/long_lived.py [long_lived.png] [--fine]
"""

import sys
import warnings
from pathlib import Path

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds.errors import AstroboundsError

MASS = 300.0  # MeV
CHANNELS = {"e e": r"$e^+e^-$", "pi+ pi-": r"$\pi^+\pi^-$", "nu_mu nubar_mu": r"$\nu_\mu\bar\nu_\mu$"}
LEVEL = 6.0


def chi2_of(x, constraints, null):
    """Return Delta chi2 of each constraint, nan where a solver fails."""
    try:
        return [2.0 * (n - c.loglike(x, {})) for c, n in zip(constraints, null)]
    except AstroboundsError:
        return [np.nan] * len(constraints)


def compute(shape=(9, 7)):
    """Return the lifetimes [s], the abundances n/s and ``{channel: chi2 of bbn and cmb}``."""
    lifetimes = np.geomspace(1e-2, 1e10, shape[0])
    abundances = np.geomspace(1e-16, 1e-4, shape[1])
    constraints = [
        ab.constraints.get("bbn", marginalise=["rates", "tau_n", "omega_b"]),
        ab.constraints.get("cmb", marginalise=["omega_b"]),
    ]
    null = [c.null_loglike for c in constraints]
    out = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        for channel in CHANNELS:
            chi2 = np.empty((*shape, 2))
            for i, lifetime in enumerate(lifetimes):
                for k, abundance in enumerate(abundances):
                    x = ab.LongLivedParticle(
                        mass=MASS * u.MeV, lifetime=lifetime * u.s, branching={channel: 1.0},
                        abundance=abundance,
                    )  # fmt: skip
                    chi2[i, k] = chi2_of(x, constraints, null)
            out[channel] = chi2
    return lifetimes, abundances, out


def draw(result):
    """Return the figure."""
    import matplotlib.pyplot as plt

    lifetimes, abundances, found = result
    figure, panels = plt.subplots(1, len(found), figsize=(11.0, 3.8), layout="constrained", sharey=True)
    for axes, (channel, chi2) in zip(panels, found.items()):
        for k, colour in ((1, "#e6ab02"), (0, "#d95f02")):
            height = np.ma.masked_invalid(np.log(np.clip(chi2[..., k], 1e-6, 1e6) / LEVEL)).T
            axes.contourf(lifetimes, abundances, height, levels=[0.0, 50.0], colors=[colour], alpha=0.5)
            axes.contour(lifetimes, abundances, height, levels=[0.0], colors=[colour], linewidths=1.4)
        axes.set(xscale="log", yscale="log", xlabel="lifetime [s]",
                 title=f"{MASS:g} MeV to {CHANNELS[channel]}")  # fmt: skip
    panels[0].set_ylabel("$n_X/s$ before the decays")
    for label, colour in (("helium, deuterium", "#d95f02"), ("Planck", "#e6ab02")):
        panels[0].fill_between([], [], color=colour, alpha=0.6, label=label)
    panels[0].legend(fontsize="x-small")
    return figure


def summary(result):
    """Return lines: the largest abundance that both leave, by lifetime and channel."""
    lifetimes, abundances, found = result
    rows = [f"{'lifetime [s]':>12} " + " ".join(f"{c:>16}" for c in found) + "   largest n/s allowed"]
    for i, lifetime in enumerate(lifetimes):
        best = []
        for chi2 in found.values():
            good = np.flatnonzero(~(chi2[i].sum(axis=1) > LEVEL))
            best.append(abundances[good[-1]] if good.size else 0.0)
        rows.append(f"{lifetime:12.1e} " + " ".join(f"{b:16.1e}" for b in best))
    return rows


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    picture = Path(arguments[0] if arguments else "long_lived.png")
    answer = compute((37, 40) if "--fine" in sys.argv else (9, 7))
    draw(answer).savefig(picture, dpi=150)
    lines = summary(answer)
    picture.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
