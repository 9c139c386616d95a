"""Does a dark decay open the cosmological window of a heavy neutral lepton, or close it?

N mixes with nu_e and also decays into dark radiation (N -> nu a, nu Z_D) with a width of its own.
That shortens its life, which is said to relax nucleosynthesis (arXiv:2410.06970), but what it decays
into counts in N_eff and speeds up the expansion, which is said to make the bounds stronger
(arXiv:2507.12270). Both happen: helium, deuterium and N_eff are computed here with visible,
neutrino and dark branching ratios apart. All energy of the dark decay becomes dark radiation.

Axes: the mixing, which makes N, and the total lifetime. The upper border of the coloured strip is
the lifetime without a dark decay; on the dashed line nine of ten decays are dark. Below the lower
border the dark decay is faster than the expansion at T = m/3 and its products would thermalise (Delta
N_eff of 4/7 or more per scalar), which is not followed. Excluded at 95 % (two parameters,
Delta chi2 = 6): by helium and deuterium (orange), by Planck's N_eff and helium (yellow); green is
allowed. Dotted: Delta chi2 = 6 of Planck plus helium and deuterium together.

Run: python examples/relaxed_bbn.py [relaxed_bbn.png] [--fine]
"""

import sys
import warnings
from pathlib import Path

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.plasma import hot as thermal_history
from astrobounds.errors import AstroboundsError, ValidityWarning

MASSES = {10.0: (1e-9, 1e-1), 100.0: (1e-13, 4e-4), 400.0: (1e-15, 8e-7)}  # MeV: range of |U_e|^2
LEVEL = 6.0


def shortest_lifetime(mass):
    """Seconds: dark decays as fast as the expansion at T = m/3."""
    T = max(mass / 3.0, 1.0)
    rho = float(thermal_history.density(T)[0])
    return 1.01 * const.HBAR * const.M_PLANCK / np.sqrt(8.0 * np.pi / 3.0 * rho)


def chi2_of(plain, share, constraints, null):
    """Return Delta chi2 of each constraint for a dark share of the width, nan where a solver fails."""
    model = ab.cosmology.DarkDecay(plain, share / (1.0 - share) * plain.width)
    try:
        return [2.0 * (n - c.loglike(model, {})) for c, n in zip(constraints, null)]
    except AstroboundsError:
        return [np.nan] * len(constraints)


def compute(shape=(9, 8)):
    """Return ``{mass: (|U_e|^2, lifetime, share, chi2 of bbn, chi2 of cmb)}``, arrays of ``shape``."""
    constraints = [
        ab.constraints.get("bbn", marginalise=["rates", "tau_n", "omega_b"]),
        ab.constraints.get("cmb", marginalise=["omega_b"]),
    ]
    null = [c.null_loglike for c in constraints]
    out = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        for mass, ends in MASSES.items():
            low = shortest_lifetime(mass)
            mixing, lifetime, dark, bbn, cmb = np.empty((5, *shape))
            for i, x in enumerate(np.geomspace(*ends, shape[0])):
                plain = ab.HNL(mass=mass * u.MeV, mixing={"e": x})
                alone = plain.lifetime.to_value("s")
                for k, tau in enumerate(np.geomspace(low, max(alone, 1.01 * low), shape[1])):
                    mixing[i, k], lifetime[i, k] = x, tau
                    dark[i, k] = max(0.0, 1.0 - tau / alone)
                    bbn[i, k], cmb[i, k] = chi2_of(plain, dark[i, k], constraints, null)
            out[mass] = (mixing, lifetime, dark, bbn, cmb)
    return out


def height(chi2):
    """ln of Delta chi2 over its level, close to linear between grid points."""
    return np.ma.masked_invalid(np.log(np.clip(chi2, 1e-6, 1e6) / LEVEL))


def draw(result):
    """Return the figure."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(result), figsize=(4.0 * len(result), 4.2), layout="constrained")
    for axes, (mass, (mixing, lifetime, _, bbn, cmb)) in zip(panels, result.items()):
        axes.pcolormesh(mixing, lifetime, np.ones_like(bbn), cmap="Greens", vmin=0.0, vmax=3.0,
                        shading="gouraud")  # fmt: skip
        for chi2, colour in ((cmb, "#e6ab02"), (bbn, "#d95f02")):
            axes.contourf(mixing, lifetime, height(chi2), levels=[0.0, 50.0], colors=[colour], alpha=0.55)
            axes.contour(mixing, lifetime, height(chi2), levels=[0.0], colors=[colour], linewidths=1.4)
        axes.contour(mixing, lifetime, height(bbn + cmb), levels=[0.0], colors="k", linestyles=":")
        x, alone = mixing[:, 0], lifetime[:, -1]
        axes.plot(x, 0.1 * alone, color="0.3", ls="--", lw=1)
        axes.set(xscale="log", yscale="log", xlim=(x[0], x[-1]), xlabel=r"$|U_e|^2$",
                 ylim=(0.5 * lifetime.min(), 1e5 * lifetime.min()), title=f"{mass:g} MeV")  # fmt: skip
    panels[0].set_ylabel("total lifetime [s]")
    for label, colour in (("helium, deuterium", "#d95f02"), ("Planck: N_eff, helium", "#e6ab02"),
                          ("allowed", "#c7e9c0")):  # fmt: skip
        panels[0].fill_between([], [], color=colour, alpha=0.6, label=label)
    panels[0].plot([], [], color="0.3", ls="--", lw=1, label="90 % dark")
    panels[0].plot([], [], color="k", ls=":", label="all data together")
    panels[0].legend(fontsize="x-small", loc="upper right")
    return figure


def summary(result):
    """Return lines: what is allowed without a dark decay, and up to which lifetime with one."""
    head = "longest allowed with dark decays [s], dark share"
    rows = [f"{'MeV':>6} {'|U_e|^2':>9} {'alone [s]':>10} {'':>9}  {head}"]
    for mass, (mixing, lifetime, dark, bbn, cmb) in result.items():
        good = (bbn < LEVEL) & (cmb < LEVEL)
        for i, x in enumerate(mixing[:, 0]):
            first = "allowed" if good[i, -1] else "excluded"
            kept = np.flatnonzero(good[i] & (dark[i] > 0.0))
            span = f"{lifetime[i, kept[-1]]:.2e}, {dark[i, kept[-1]]:.6f}" if kept.size else "none"
            rows.append(f"{mass:6g} {x:9.1e} {lifetime[i, -1]:10.2e} {first:>9}  {span}")
    return rows


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    picture = Path(arguments[0] if arguments else "relaxed_bbn.png")
    found = compute((21, 24) if "--fine" in sys.argv else (9, 8))
    draw(found).savefig(picture, dpi=150)
    lines = summary(found)
    picture.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
