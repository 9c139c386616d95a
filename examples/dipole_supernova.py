"""Supernova bounds on the dipole portal, with and without degenerate electron neutrinos.

Cooling of SN 1987A (L < 3e52 erg/s at 1 s) and energy left in the envelopes of low-energy supernovae
(less than 1e50 erg in 5e13 cm) for d_e, Dirac N, on the fiducial star. Published results drawn on it:

* The cooling contour of arXiv:1803.03262 as digitised in the collection of arXiv:2105.09699, in
  units of mu_B. It is read as d/mu_B (L = d nubar sigma F N, 1 mu_B = 296.3 GeV^-1); the collection
  does not say so. With degenerate nu_e the lower edge agrees within a factor 2 below 100 MeV; at
  higher masses the digitised contour falls, while gravity and recoil raise the edge found here.
* The reach of 1e-11 GeV^-1 in low-energy supernovae of arXiv:2402.01624: found with degenerate nu_e.

Upper edges depend on the radius at which N is counted (docs/dipole.md) and agree only in size.

Run: python examples/dipole_supernova.py [dipole_supernova.png]   (under 90 s)
"""

import sys

import astropy.units as u
import numpy as np
from scipy.interpolate import PchipInterpolator

import astrobounds as ab
from astrobounds.models import dipole_from_moment
from astrobounds.supernova.signals.cooling import ALLOWED_LUMINOSITY
from astrobounds.supernova.signals.deposition import LOW_ENERGY_LIMIT, deposition_energies
from astrobounds.supernova.transport.solution import solution

BOTTOM = np.array([  # m [MeV], d/mu_B: lower edge of the digitised contour
    (0.17, 5.46e-13), (9.75, 6.09e-13), (25.2, 6.29e-13), (83.7, 4.87e-13), (102.0, 4.14e-13),
    (169.0, 2.49e-13), (264.0, 2.18e-13), (310.0, 2.75e-13),
])  # fmt: skip
TOP = np.array([
    (10.9, 4.43e-10), (22.9, 3.85e-10), (66.5, 1.20e-10), (82.6, 8.19e-11), (159.0, 2.50e-11),
    (201.0, 1.52e-11), (310.0, 6.41e-12),
])  # fmt: skip
CONVENTION = "mu = d"
PUBLISHED_REACH = 1e-11  # d [GeV^-1], abstract of arXiv:2402.01624
UNIT = 1e-9  # d [GeV^-1] at which rates are computed
MASSES = np.concatenate([np.geomspace(1.0, 60.0, 9), np.geomspace(75.0, 400.0, 14)])
DIPOLES = np.geomspace(1e-12, 1e-4, 97)
TITLES = {"zero": r"no neutrino degeneracy", "beta": r"degenerate $\nu_e$ (beta equilibrium)"}


def excesses(neutrinos):
    """ln(prediction/allowed), shape (2, masses, dipoles): cooling and deposition."""
    star = ab.supernova.load("fiducial", neutrinos=neutrinos)
    scales = (DIPOLES / UNIT) ** 2
    out = []
    for mass in MASSES:
        model = ab.DipoleHNL(mass=mass * u.MeV, dipole={"e": UNIT / u.GeV})
        luminosity = solution(model, star).luminosity(model.strengths, scales)
        energy = deposition_energies(model, star, scales)
        out.append([luminosity / ALLOWED_LUMINOSITY, energy / LOW_ENERGY_LIMIT])
    return np.log(np.maximum(out, 1e-30)).transpose(1, 0, 2)


def lower_edge(excess):
    """Smallest excluded d [GeV^-1] at each mass; NaN if there is none."""
    out = np.full(len(excess), np.nan)
    for k, row in enumerate(excess):
        i = int(np.argmax(row > 0.0))
        if row[i] > 0.0:
            out[k] = np.exp(np.interp(0.0, row[i - 1 : i + 1], np.log(DIPOLES[i - 1 : i + 1])))
    return out


def published(points):
    """Return (m [MeV], d [GeV^-1]) of digitised points."""
    return points[:, 0], np.array([dipole_from_moment(mu, CONVENTION).value for mu in points[:, 1]])


def draw(results):
    """Return the figure: one panel per neutrino sea."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9.4, 4.6), layout="constrained", sharey=True)
    fine = np.geomspace(MASSES[0], MASSES[-1], 300)
    styles = (("C0", "SN 1987A cooling"), ("C2", "low-energy supernovae"))
    for axis, (sea, both) in zip(axes, results.items()):
        for excess, (colour, name) in zip(both, styles):
            smooth = PchipInterpolator(np.log(MASSES), np.clip(excess, -12.0, 12.0))(np.log(fine))
            axis.contourf(fine, DIPOLES, smooth.T, levels=[0.0, 99.0], colors=[colour], alpha=0.3)
            axis.contour(fine, DIPOLES, smooth.T, levels=[0.0], colors=[colour], linewidths=1.2)
            axis.fill([], [], color=colour, alpha=0.4, label=name)
        axis.plot(*published(BOTTOM), "ko", ms=4.5, label="cooling, arXiv:1803.03262, digitised")
        axis.plot(*published(TOP), "ko", ms=4.5, mfc="white", label="its upper edge")
        axis.axhline(PUBLISHED_REACH, color="0.3", ls=":", label="reach of arXiv:2402.01624")
        axis.set(xscale="log", yscale="log", xlabel=r"$m_N$ [MeV]", title=TITLES[sea],
                 xlim=(MASSES[0], MASSES[-1]), ylim=(2e-12, 1e-4))  # fmt: skip
        ticks = (1, 3, 10, 30, 100, 300)
        axis.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axis.tick_params(axis="x", which="minor", labelbottom=False)
    axes[0].set_ylabel(r"$d_e$ [GeV$^{-1}$]")
    axes[0].legend(fontsize=8, loc="upper right")
    return figure


if __name__ == "__main__":
    found = {sea: excesses(sea) for sea in TITLES}
    draw(found).savefig(sys.argv[1] if len(sys.argv) > 1 else "dipole_supernova.png", dpi=150)
    mass, value = published(BOTTOM)
    for sea, both in found.items():
        edge, reach = (lower_edge(e) for e in both)
        good = np.isfinite(edge)
        ratio = [np.exp(np.interp(np.log(m), np.log(MASSES[good]), np.log(edge[good]))) / d
                 for m, d in zip(mass, value) if MASSES[0] <= m <= MASSES[good][-1]]  # fmt: skip
        sys.stdout.write(
            f"{sea:<5} cooling over the digitised contour: {min(ratio):.2g} to {max(ratio):.2g}; "
            "smallest d "
            f"in low-energy supernovae {np.nanmin(reach):.1e} GeV^-1, published {PUBLISHED_REACH:.0e}\n"
        )
