"""The region that nucleosynthesis excludes for a heavy neutral lepton mixed with nu_e.

Filled, from 30 MeV: helium (LBT) and deuterium at 95 % (Delta chi2 = 4), with everything this package
computes: mesons that convert nucleons, photons that break nuclei. Lines: the upper edge where Y_p >
0.251 or D/H > 26.23e-6, two standard deviations above what the Particle Data Group had in 2020 and
2018, with mesons and without. Points: the region of arXiv:2006.07387, digitised to a few per cent; it
has no conversion by mesons, so that the line to compare with is the dashed one. Below 30 MeV late
neutrinos keep a spectrum of their own, which thermal neutrinos miss: ``--neutrinos momentum`` (minutes)
reaches every point up to 130 MeV within 30 %. Photons from late decays leave no lower edge up to 1e10 s.

Run: python examples/hnl_bbn.py [hnl_bbn.png] [--neutrinos integrated|momentum] [--mesons on|off|both]
     [--fine]; ``--neutrinos`` concerns the lines.
"""

import argparse
import sys
import warnings
from pathlib import Path

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.relics import model as relic_model
from astrobounds.errors import AstroboundsError, ValidityWarning

# MeV, upper edge |U_e|^2 of arXiv:2006.07387 (few per cent), and some points of its lower edge
UPPER = (
    (4, 0.604), (5, 0.299), (10, 3.64e-2), (20, 6.51e-3), (30, 2.22e-3), (50, 3.60e-4), (100, 1.87e-5),
    (130, 5.83e-6), (140, 3.20e-6), (150, 8.45e-7), (200, 3.70e-8), (300, 4.76e-9), (500, 6.99e-10),
    (800, 1.18e-10),
)  # fmt: skip
LOWER = ((10, 2.3e-10), (100, 2.8e-11), (300, 9.5e-12), (800, 3.9e-12))
OMEGA_B = 0.02237
HELIUM, DEUTERIUM = 0.251, 26.23e-6
ERRORS = 0.003, 0.27e-6
LEVEL = 4.0
THERMAL = 30.0  # MeV, thermal neutrinos are enough above
LATE = 1e10  # s


def lifetimes(fine):
    """Seconds: dense where the upper edge is."""
    near = np.geomspace(4e-3, 40.0, 36 if fine else 11)
    return np.concatenate([near, np.geomspace(40.0, LATE, 30 if fine else 6)[1:]])


def point(mass, tau, mesons, neutrinos):
    """Return Y_p and the result of nucleosynthesis (None where a solver fails)."""
    unit = ab.HNL.fast(mass, (1.0, 0.0, 0.0)).width_mev
    model = ab.HNL.fast(mass, (const.HBAR / tau / unit, 0.0, 0.0))
    if max(model.mixing_vector) > 1.0:
        return None
    try:
        if mesons:
            return ab.cosmology.bbn(model, omega_b=OMEGA_B, neutrinos=neutrinos)
        eta = ab.cosmology.bbn(omega_b=OMEGA_B).eta
        background = relic_model.evolve(
            model, eta, with_mesons=False, momentum=neutrinos == "momentum"
        ).background
        return ab.cosmology.bbn(omega_b=OMEGA_B, neutrinos=background)
    except AstroboundsError:
        return None


def chi2_of(out, covariance):
    """Delta chi2 of helium (LBT) and deuterium with the errors of theory."""
    seen = [ab.cosmology.measurement("Yp", "lbt2026"), ab.cosmology.measurement("DH", "cooke2018")]
    value = np.array([m.value for m in seen])
    matrix = covariance + np.diag([m.sigma_low * m.sigma_high for m in seen])
    residual = np.array([out.Yp, out.DH]) - value
    return float(residual @ np.linalg.solve(matrix, residual))


def compute(masses, mesons=True, neutrinos="integrated", fine=False):
    """Return lifetimes, and Delta chi2 of shape (masses, lifetimes), nan without a result."""
    tau = lifetimes(fine)
    theory = ab.cosmology.theory_covariance(omega_b=OMEGA_B, sigma_tau_n=0.5 * u.s).covariance[:2, :2]
    standard = chi2_of(ab.cosmology.bbn(omega_b=OMEGA_B), theory)
    chi2 = np.full((len(masses), len(tau)), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        for i, mass in enumerate(masses):
            for k, t in enumerate(tau):
                out = point(mass, t, mesons, neutrinos)
                if out is not None:
                    chi2[i, k] = chi2_of(out, theory) - standard
    return tau, chi2


def edge(mass, published, mesons, neutrinos):
    """Return the shortest lifetime [s] with too much helium or deuterium, nan far from ``published``."""
    tau = published * np.geomspace(0.25, 2.5, 9)
    excess = np.full(len(tau), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        for k, t in enumerate(tau):
            out = point(mass, t, mesons, neutrinos)
            if out is not None:
                excess[k] = max((out.Yp - HELIUM) / ERRORS[0], (out.DH - DEUTERIUM) / ERRORS[1])
            if np.sum(excess > 0.0) > 1:
                break
    return first_crossing(tau, excess)


def first_crossing(tau, excess):
    """Shortest lifetime where ``excess`` becomes positive, on a monotone curve; nan without one."""
    from scipy.interpolate import PchipInterpolator

    known = np.isfinite(excess)
    if known.sum() < 3:
        return float("nan")
    x = np.log(tau[known])
    fine = np.linspace(x[0], x[-1], 40 * len(x))
    up = PchipInterpolator(x, excess[known])(fine) >= 0.0
    if up[0] or not up.any():
        return float("nan")
    return float(np.exp(fine[np.argmax(up)]))


def height(chi2):
    """ln of Delta chi2 over its level, close to linear between grid points."""
    return np.log(np.clip(chi2, 0.05, 1e8) / LEVEL)


def draw(masses, unit, region, lines):
    """Return the figure; ``lines`` maps labels to the lifetimes of an upper edge."""
    import matplotlib.pyplot as plt

    late = [m for m in masses if m >= THERMAL]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.6), layout="constrained")
    tau, chi2 = region
    mixing = unit[-len(late):, None] / tau[None, :]
    shown = np.ma.masked_invalid(height(chi2))
    grid = np.broadcast_to(np.array(late)[:, None], shown.shape)
    left.contourf(grid, mixing, shown, levels=[0.0, 50.0], colors=["#d95f02"], alpha=0.4)
    left.plot(*zip(*UPPER), "ko", ms=3.5, label="arXiv:2006.07387, upper edge")
    left.plot(*zip(*LOWER), "k^", ms=4.5, mfc="none", label="its lower edge")
    left.plot(late, unit[-len(late):] / tau[-1], color="0.4", lw=0.8, ls=":",
              label=f"{tau[-1]:g} s: end of the grid")  # fmt: skip
    left.fill_between([], [], color="#d95f02", alpha=0.4, label="helium and deuterium, 95 %")
    published = dict(UPPER)
    right.plot(list(published), [ab.HNL.fast(m, (x, 0.0, 0.0)).lifetime.to_value("s")
                                 for m, x in UPPER], "ko", ms=3.5)  # fmt: skip
    for (label, found), style in zip(lines.items(), ("-", "--", "-.")):
        right.plot(masses, found, ls=style, color="#1b4965", lw=1.3, label=label)
        left.plot(masses, unit / found, ls=style, color="#1b4965", lw=1.0)
    right.plot(late, [first_crossing(tau, height(row)) for row in chi2], color="#d95f02", lw=1.6,
               label="helium and deuterium, 95 %")  # fmt: skip
    left.set(xscale="log", yscale="log", xlabel=r"$m_N$ [MeV]", ylabel=r"$|U_e|^2$", ylim=(1e-20, 1.0))
    right.set(xscale="log", yscale="log", xlabel=r"$m_N$ [MeV]", ylabel="shortest excluded lifetime [s]")
    left.legend(fontsize="small")
    right.legend(fontsize="small")
    return figure


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", nargs="?", default="hnl_bbn.png")
    parser.add_argument("--neutrinos", default="integrated")
    parser.add_argument("--mesons", choices=("on", "off", "both"), default="both")
    parser.add_argument("--fine", action="store_true")
    options = parser.parse_args()
    masses = [float(m) for m, _ in UPPER]
    unit = np.array([ab.HNL.fast(m, (1.0, 0.0, 0.0)).lifetime.to_value("s") for m in masses])
    late = [m for m in masses if m >= THERMAL]
    region = compute(late, options.mesons != "off", "integrated", options.fine)
    lines = {}
    for with_mesons, name in ((True, "with mesons"), (False, "without mesons")):
        if options.mesons != ("off" if with_mesons else "on"):
            lines[f"abundances of 2020, {name}"] = [
                edge(m, t / x, with_mesons, options.neutrinos) for (m, x), t in zip(UPPER, unit)
            ]
    picture = Path(options.picture)
    edges = {label: np.array(found) for label, found in lines.items()}
    draw(masses, unit, region, edges).savefig(picture, dpi=150)
    rows = [f"{'MeV':>5} {'published':>10} {'95 %':>8} " + " ".join(f"{n:>26}" for n in lines)]
    for i, (m, x) in enumerate(UPPER):
        both = float("nan")
        if m >= THERMAL:
            both = first_crossing(region[0], height(region[1][late.index(m)]))
        rows.append(f"{m:5g} {unit[i] / x:10.4g} {both:8.3g} "
                    + " ".join(f"{v[i]:26.3g}" for v in lines.values()))  # fmt: skip
    picture.with_suffix(".txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(rows) + "\n")
