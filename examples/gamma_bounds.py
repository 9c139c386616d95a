"""Gamma-ray bounds on a heavy sterile neutrino mixed with the tau neutrino.

Shows the structure found in arXiv:2503.13607: what SN 1987A and the Solar Maximum Mission exclude,
what the diffuse background excludes, and what e-ASTROGAM would see of a Galactic supernova. At the
threshold of N -> nu pi0 (134.98 MeV) the photons of a decay rise by two orders of magnitude and the
decays become faster: the lower edges drop and the upper edges come down. The published number is the
smallest mixing within reach of future telescopes, 5e-17. The stellar model here is the analytic one
that ships with the package, the exposure and the threshold are those of the package: agreement is
within a factor of a few.

Run: python examples/gamma_bounds.py [gamma_bounds.png]
"""

import sys

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds.constants import M_PI0
from astrobounds.gamma.arrival import make_signal
from astrobounds.gamma.diffuse import diffuse_loglike
from astrobounds.gamma.reach import crossing_range
from astrobounds.gamma.sn1987a import signal_loglike
from astrobounds.gamma.telescope import expected_counts, instrument, threshold_counts

PUBLISHED_REACH = 5e-17  # |U_mu|^2 or |U_tau|^2, abstract of arXiv:2503.13607
DROP = 2.706 / 2.0  # fall of ln L, 90 % for two-sided Gaussian errors
THIN = 1e-16  # a mixing at which nothing is absorbed in the core
TICKS = (20.0, 50.0, 100.0, 200.0, 400.0)


def mass_grid(step=1.0):
    """Masses in MeV, dense around the threshold."""
    low = np.geomspace(15.0, 133.0, int(8 / step))
    high = np.concatenate([[137.0, 142.0, 150.0], np.geomspace(165.0, 480.0, int(8 / step))])
    return np.concatenate([low, high])


def likelihoods(mass, mixings, star, **options):
    """ln L relative to no signal of SN 1987A and of the diffuse background, shape (2, mixings)."""
    out = []
    for mixing in mixings:
        model = ab.HNL(mass=mass * u.MeV, mixing={"tau": mixing})
        burst = star.emission(model).time_integrated(3.0)
        one = signal_loglike(make_signal(model, burst, **options))
        out.append((one, diffuse_loglike(model, burst, **options)))
    return np.array(out).T


def telescope_reach(mass, star, name="e-ASTROGAM", exposure=1e5):
    """Smallest |U_tau|^2 that stands out of the background of a supernova at 10 kpc."""
    model = ab.HNL(mass=mass * u.MeV, mixing={"tau": THIN})
    burst = star.emission(model).time_integrated(3.0)
    signal = make_signal(model, burst, distance_kpc=10.0, radius_cm=1e13)
    tool = instrument(name)
    threshold = threshold_counts(tool.background(exposure))
    found = crossing_range(signal, lambda s: expected_counts(s, tool, exposure), threshold, decades=3.0)
    return THIN * found[0]


def excluded(loglike, mixings):
    """Lowest and highest excluded mixing, interpolated in the logarithm; NaN if there is none."""
    inside = np.flatnonzero(loglike < -DROP)
    if not inside.size:
        return np.nan, np.nan
    x, depth = np.log(mixings), np.log(np.maximum(-loglike, 1e-12) / DROP)

    def cross(i, j):
        return np.exp(x[i] - depth[i] * (x[j] - x[i]) / (depth[j] - depth[i]))

    first, last = inside[0], inside[-1]
    low = cross(first - 1, first) if first > 0 else mixings[0]
    high = cross(last, last + 1) if last + 1 < len(mixings) else mixings[-1]
    return low, high


def compute(masses, n_mixing=40):
    """Return edges of the excluded regions (2, masses, 2) and the reach of the telescope (masses,)."""
    star = ab.supernova.load("fiducial")
    mixings = np.geomspace(1e-14, 1e-3, n_mixing)
    edges, reach = [], []
    for mass in masses:
        values = likelihoods(mass, mixings, star)
        edges.append([excluded(v, mixings) for v in values])
        reach.append(telescope_reach(mass, star))
    return np.array(edges).transpose(1, 0, 2), np.array(reach)


def draw(masses, edges, reach):
    """Return the figure."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6.4, 4.8), layout="constrained")
    for name, region, colour in zip(("SN 1987A, SMM", "diffuse background"), edges, ("C0", "C1")):
        axis.fill_between(masses, region[:, 0], region[:, 1], color=colour, alpha=0.35, label=name)
        axis.plot(masses, region, color=colour, lw=1.0)
    axis.plot(masses, reach, "C2--", label="e-ASTROGAM, 10 kpc, $10^5$ s")
    axis.axhline(PUBLISHED_REACH, color="k", ls=":", label="reach of arXiv:2503.13607")
    axis.axvline(M_PI0, color="0.6", lw=0.8)
    axis.text(M_PI0 * 1.03, 2e-17, r"$m_{\pi^0}$", color="0.4")
    axis.set(xscale="log", yscale="log", ylim=(1e-17, 1e-3), xlabel="mass [MeV]", ylabel=r"$|U_\tau|^2$")
    axis.set_xticks(TICKS, [f"{t:g}" for t in TICKS])
    axis.tick_params(axis="x", which="minor", labelbottom=False)
    axis.legend(fontsize="small", loc="upper right")
    return figure


if __name__ == "__main__":
    grid = mass_grid()
    regions, smallest = compute(grid)
    draw(grid, regions, smallest).savefig(sys.argv[1] if len(sys.argv) > 1 else "gamma_bounds.png", dpi=150)
    below, above = np.flatnonzero(grid < M_PI0)[-1], np.flatnonzero(grid > M_PI0)[2]
    sys.stdout.write(
        f"lower edge from SN 1987A: {regions[0, below, 0]:.1e} at {grid[below]:.0f} MeV, "
        f"{regions[0, above, 0]:.1e} at {grid[above]:.0f} MeV\n"
        f"smallest mixing in reach of e-ASTROGAM: {smallest.min():.1e} at "
        f"{grid[smallest.argmin()]:.0f} MeV, published {PUBLISHED_REACH:.0e}\n"
    )
