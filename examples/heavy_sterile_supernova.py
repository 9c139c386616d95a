"""Supernova bounds on a heavy sterile neutrino mixed with the e, mu or tau neutrino.

Cooling of SN 1987A (L < 3e52 erg/s at 1 s) and energy left in the envelopes of underluminous type
II-P supernovae (less than 1e50 erg in 5e13 cm), Majorana N, fiducial star, trapping, gravity and
helicities included. Published statements drawn on it:

* arXiv:1910.10249: sin^2 theta <~ 5e-7 from cooling for tau mixing and masses of order 100 MeV,
  without neutral currents on nucleons and in flat space. Nucleons dominate here, so the bound
  should lie below it, and gravity takes part of that back: a factor 2 to 3 is expected.
* arXiv:0806.4273: at m ~ 0.2 GeV mixings of 1e-8 to 1e-7 bring about 1e51 erg to the envelope. The
  mixing that deposits 1e51 erg is marked and should lie there within a factor of a few.

For e mixing the lepton number of the core decides: the fiducial star (filled) is out of equilibrium
with its Y_p = 0.3; two regions of Y_e (dashed) and mu_nu = 0 with mean fields (dotted) bracket a star at
one second.

Run: python examples/heavy_sterile_supernova.py [heavy_sterile_supernova.png]   (under 90 s)
"""

import sys

import astropy.units as u
import numpy as np
from scipy.interpolate import PchipInterpolator

import astrobounds as ab
from astrobounds.supernova.signals.cooling import ALLOWED_LUMINOSITY
from astrobounds.supernova.signals.deposition import LOW_ENERGY_LIMIT, deposition_energies
from astrobounds.supernova.transport.solution import solution

COOLING_STATEMENT = (50.0, 200.0, 5e-7)  # masses [MeV], sin^2 theta, abstract of arXiv:1910.10249
SHOCK_STATEMENT = (200.0, 1e-8, 1e-7)  # mass [MeV], sin^2 theta for about 1e51 erg, arXiv:0806.4273
FLAVOURS = {"e": "e", "mu": r"\mu", "tau": r"\tau"}
STATES = {  # of matter, for e mixing: line style and options of the star
    "two regions of $Y_e$": ("--", {"neutrinos": "two-region"}),
    "equilibrium, mean fields": (":", {"neutrinos": "equilibrium", "mean_field": True}),
}
MASSES = np.array([10.0, 25.0, 55.0, 90.0, 120.0, 134.0, 137.0, 145.0, 170.0, 205.0, 245.0, 300.0, 380.0])
MIXINGS = np.geomspace(1e-12, 1.0, 73)
# 0.3 % in the luminosity, three times faster than the default
GRID = ab.supernova.Resolution(radii=10, energies=14, outer=9, inner=7)


def excesses(flavour, star, masses=MASSES):
    """ln(prediction/allowed), shape (2, masses, mixings): cooling and deposition."""
    out = []
    for mass in masses:
        model = ab.HNL(mass=mass * u.MeV, mixing={flavour: 1.0})
        luminosity = solution(model, star, resolution=GRID).luminosity(model.strengths, MIXINGS)
        energy = deposition_energies(model, star, MIXINGS, resolution=GRID)
        out.append([luminosity / ALLOWED_LUMINOSITY, energy / LOW_ENERGY_LIMIT])
    return np.log(np.maximum(out, 1e-30)).transpose(1, 0, 2)


def edges(excess):
    """Lowest and highest excluded |U|^2 at each mass; NaN if there is none."""
    x, out = np.log(MIXINGS), np.full((len(excess), 2), np.nan)
    for row, edge in zip(excess, out):
        inside = np.flatnonzero(row > 0.0)
        if inside.size:
            i, j = inside[0], inside[-1]
            edge[0] = np.exp(np.interp(0.0, row[i - 1 : i + 1], x[i - 1 : i + 1]))
            pair = slice(j, j + 2)
            last = j == x.size - 1
            edge[1] = 1.0 if last else np.exp(np.interp(0.0, row[pair][::-1], x[pair][::-1]))
    return out


def smooth(excess, fine):
    """An excess between the masses, shape (fine, mixings)."""
    return PchipInterpolator(np.log(MASSES), np.clip(excess, -12.0, 12.0))(np.log(fine))


def draw(results, states):
    """Return the figure: one panel per flavour, e mixing with other states of matter."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(11.0, 4.2), layout="constrained", sharey=True)
    fine = np.unique(np.concatenate([np.geomspace(MASSES[0], MASSES[-1], 300), MASSES]))
    styles = (("C0", "SN 1987A cooling"), ("C2", "low-energy supernovae"))
    for axis, (flavour, both) in zip(axes, results.items()):
        for excess, (colour, name) in zip(both, styles):
            surface = smooth(excess, fine).T
            axis.contourf(fine, MIXINGS, surface, levels=[0.0, 99.0], colors=[colour], alpha=0.3)
            axis.contour(fine, MIXINGS, surface, levels=[0.0], colors=[colour], linewidths=1.2)
            axis.fill([], [], color=colour, alpha=0.4, label=name)
        symbol = FLAVOURS[flavour]
        axis.set(xscale="log", yscale="log", xlabel=r"$m_N$ [MeV]", title=rf"$\nu_{symbol}$ mixing",
                 xlim=(MASSES[0], MASSES[-1]), ylim=(1e-11, 1.0))  # fmt: skip
        ticks = (10, 20, 50, 100, 200, 300)
        axis.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axis.tick_params(axis="x", which="minor", labelbottom=False)
    for name, both in states.items():
        line = STATES[name][0]
        for excess, (colour, _) in zip(both, styles):
            axes[0].contour(fine, MIXINGS, smooth(excess, fine).T, levels=[0.0], colors=[colour],
                            linestyles=[line], linewidths=1.2)  # fmt: skip
        axes[0].plot([], [], "k" + line, label=name)
    low, high, value = COOLING_STATEMENT
    axes[2].plot([low, high], [value, value], "k-", marker="|", lw=2.0,
                 label="arXiv:1910.10249, excluded above")  # fmt: skip
    mass, bottom, top = SHOCK_STATEMENT
    axes[2].plot([mass, mass], [bottom, top], "C3-", marker="_", lw=2.0, ms=9,
                 label=r"arXiv:0806.4273, $10^{51}$ erg")  # fmt: skip
    axes[2].plot(mass, shock_mixing(results["tau"][1]), "C3*", ms=9, label=r"$10^{51}$ erg computed here")
    axes[0].set_ylabel(r"$|U|^2$")
    axes[0].legend(fontsize=8, loc="lower left")
    handles, names = axes[2].get_legend_handles_labels()
    axes[2].legend(handles[2:], names[2:], fontsize=8, loc="lower left")
    return figure


def shock_mixing(excess, energy=1e51):
    """|U|^2 that deposits ``energy`` [erg] at the mass of the statement."""
    at = PchipInterpolator(np.log(MASSES), excess)(np.log(SHOCK_STATEMENT[0]))
    edge = edges([at - np.log(energy / LOW_ENERGY_LIMIT)])
    return edge[0, 0]


if __name__ == "__main__":
    fiducial = ab.supernova.load("fiducial")
    found = {flavour: excesses(flavour, fiducial) for flavour in FLAVOURS}
    others = {}
    for name, (_, options) in STATES.items():
        others[name] = excesses("e", ab.supernova.load("fiducial", **options))
    target = sys.argv[1] if len(sys.argv) > 1 else "heavy_sterile_supernova.png"
    draw(found, others).savefig(target, dpi=150)
    at = int(np.argmin(np.abs(MASSES - 90.0)))
    for flavour, both in found.items():
        (low, high), (below, above) = (edges(e)[at] for e in both)
        sys.stdout.write(
            f"{flavour:<4} m = {MASSES[at]:g} MeV: cooling {low:.1e} .. {high:.1e}, "
            f"deposition {below:.1e} .. {above:.1e}\n"
        )
    sys.stdout.write(
        f"tau: cooling from {edges(found['tau'][0])[at, 0]:.1e}, published {COOLING_STATEMENT[2]:.0e}; "
        f"1e51 erg at 200 MeV from {shock_mixing(found['tau'][1]):.1e}, published "
        f"{SHOCK_STATEMENT[1]:.0e} to {SHOCK_STATEMENT[2]:.0e}\n"
    )
