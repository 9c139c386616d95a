"""What a factor of four in Gamma(N -> nu gamma) does to a gamma-ray bound.

The width is 9 alpha G_F^2 m^5 |U|^2/(512 pi^4) for a Dirac N and twice that for a Majorana N (Pal and
Wolfenstein 1982). Some works use 9 alpha G_F^2 m^5 |U|^2/(2048 pi^4), which is the same formula with
sin^2(2 theta) ~ 4 |U|^2 read as |U|^2. Where nu gamma is the only photon source the fluence is four
times too small and the lower edge, F ~ |U|^4, moves by two. Final-state radiation of N -> nu e e, left
out in the same works, dilutes this; above the pi0 threshold it does not matter.

Run: python examples/nu_gamma_normalisation.py [nu_gamma_normalisation.png]
"""

import sys

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds.constants import M_PI0
from astrobounds.gamma.arrival import make_signal
from astrobounds.gamma.reach import crossing_range

LIMIT = 1.38  # photons/cm^2, 25-100 MeV, 99 % one-sided from 1393 counts on 63 cm^2
THIN = 1e-14  # a mixing at which nothing is absorbed in the core
TICKS = (20.0, 50.0, 100.0, 200.0, 300.0)
LITERATURE = 0.25  # 512/2048
CASES = {
    "nu gamma only": {"fsr": False},
    "nu gamma /4": {"fsr": False, "nu_gamma_scale": LITERATURE},
    "with radiation": {"fsr": True},
    "with radiation, nu gamma /4": {"fsr": True, "nu_gamma_scale": LITERATURE},
}


def fluence(signal):
    """Photons per cm^2 in 25-100 MeV and 223.232 s."""
    return signal.fluences(((25.0, 100.0),), ((0.0, 223.232),))[0, 0]


def lower_edges(masses):
    """Return |U_tau|^2 where the fluence reaches LIMIT, shape (cases, masses)."""
    star = ab.supernova.load("fiducial")
    edges = np.full((len(CASES), len(masses)), np.nan)
    for j, mass in enumerate(masses):
        model = ab.HNL(mass=mass * u.MeV, mixing={"tau": THIN})
        burst = star.emission(model).time_integrated(3.0)
        for i, options in enumerate(CASES.values()):
            found = crossing_range(make_signal(model, burst, **options), fluence, LIMIT, decades=3.0)
            if found is not None:
                edges[i, j] = THIN * found[0]
    return edges


def draw(masses, edges):
    """Return the figure."""
    import matplotlib.pyplot as plt

    figure, (top, bottom) = plt.subplots(2, 1, figsize=(5.8, 6.0), sharex=True, layout="constrained",
                                         height_ratios=(2, 1))  # fmt: skip
    for (name, edge), style in zip(zip(CASES, edges), ("C0-", "C0--", "C3-", "C3--")):
        top.loglog(masses, edge, style, label=name)
    bottom.semilogx(masses, edges[1] / edges[0], "C0", label="without radiation")
    bottom.semilogx(masses, edges[3] / edges[2], "C3", label="with radiation")
    for axis in (top, bottom):
        axis.axvline(M_PI0, color="0.6", lw=0.8)
        axis.legend(fontsize="small")
    top.set_ylabel(r"lower edge in $|U_\tau|^2$")
    bottom.set(xlabel="mass [MeV]", ylabel="shift by the factor 1/4", ylim=(0.9, 2.1))
    bottom.set_xticks(TICKS, [f"{t:g}" for t in TICKS])
    bottom.tick_params(axis="x", which="minor", labelbottom=False)
    return figure


if __name__ == "__main__":
    grid = np.array([20.0, 30.0, 50.0, 70.0, 100.0, 120.0, 133.0, 136.0, 140.0, 160.0, 200.0, 300.0])
    values = lower_edges(grid)
    draw(grid, values).savefig(sys.argv[1] if len(sys.argv) > 1 else "nu_gamma_normalisation.png", dpi=150)
    for j in (2, 4, 10):
        sys.stdout.write(
            f"{grid[j]:.0f} MeV: the factor 1/4 moves the lower edge by {values[1, j] / values[0, j]:.2f}, "
            f"with radiation by {values[3, j] / values[2, j]:.2f}; radiation itself by "
            f"{values[2, j] / values[0, j]:.2f}\n"
        )
