"""N_eff and the baryon density from nucleosynthesis alone, and with the microwave background.

Contours of 68 and 95 % (flat priors) from the LBT helium and quasar deuterium abundances, from the
Planck Gaussian in (omega_b, N_eff, helium), and from both, like figure 39 of the Planck 2018
parameters (arXiv:1807.06209). The points with error bars are published: helium and deuterium alone
(arXiv:2401.15054), and with the microwave background (arXiv:2601.22239).

Run: python examples/neff_omega_b.py [neff_omega_b.png]
"""

import sys
from pathlib import Path

import numpy as np

import astrobounds as ab

OMEGA_B, DELTA_NEFF = (0.0210, 0.0230), (-0.72, 0.46)
STANDARD = 3.044
# label, omega_b, error, N_eff, error
PUBLISHED = (
    ("D/H, PDG helium: arXiv:2401.15054", 0.02196, 0.00063, 3.044 - 0.10, 0.21),
    ("LBT, D/H, Planck: arXiv:2601.22239", 6.101 / 273.748, 0.044 / 273.748,
     3.044 / 3 * 2.925, 3.044 / 3 * 0.082),
)  # fmt: skip
COLOURS = {"bbn": "#d95f02", "cmb": "#e6ab02", "both": "#1b4965"}
LABELS = {"bbn": "BBN", "cmb": "Planck 2018", "both": "BBN + Planck"}


def posteriors(shape=(30, 30)):
    """Return omega_b, N_eff (of the axes) and the probability of each grid point per data set."""
    fit = ab.Posterior(
        model=ab.StandardModel,
        priors={"omega_b": ab.Uniform(*OMEGA_B), "delta_neff": ab.Uniform(*DELTA_NEFF)},
        constraints=[{"bbn": {"marginalise": ["rates", "tau_n"]}}, "cmb"],
    )
    grid = ab.scan(fit, x="omega_b", y="delta_neff", shape=shape, progress=False)
    lnl = {**grid.loglike, "both": sum(grid.loglike.values())}
    return grid.x, STANDARD + grid.y, {name: _normalised(v) for name, v in lnl.items()}


def _normalised(lnl):
    p = np.exp(lnl - lnl.max())
    return p / p.sum()


def moments(omega_b, neff, p):
    """Return mean and standard deviation of omega_b, then of N_eff."""
    out = []
    for axis, values in ((1, omega_b), (0, neff)):
        weight = p.sum(axis=axis)
        mean = weight @ values
        out += [mean, np.sqrt(weight @ (values - mean) ** 2)]
    return out


def levels(p, shares=(0.95, 0.68)):
    """Return the densities whose contours hold the given shares of the probability."""
    ordered = np.sort(p.ravel())[::-1]
    held = np.cumsum(ordered)
    return [ordered[np.searchsorted(held, share)] for share in shares]


def draw(omega_b, neff, probability):
    """Return the figure."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.2, 4.8), layout="constrained")
    for name, p in probability.items():
        edges = [*levels(p), p.max()]
        axes.contourf(omega_b, neff, p.T, levels=edges, colors=[COLOURS[name]] * 2, alpha=0.35)
        axes.contour(omega_b, neff, p.T, levels=edges[:2], colors=COLOURS[name], linewidths=1.2)
        axes.plot([], [], color=COLOURS[name], lw=6, alpha=0.6, label=LABELS[name])
    for marker, (label, x, dx, y, dy) in zip("so", PUBLISHED):
        axes.errorbar(x, y, xerr=dx, yerr=dy, fmt=marker, color="k", ms=4, capsize=2, label=label)
    axes.axhline(STANDARD, color="0.5", ls=":", lw=1)
    axes.set(xlim=OMEGA_B, ylim=(neff[0], neff[-1]), xlabel=r"$\Omega_b h^2$", ylabel=r"$N_{\rm eff}$")
    axes.legend(fontsize="small", loc="upper left")
    return figure


if __name__ == "__main__":
    picture = Path(sys.argv[1] if len(sys.argv) > 1 else "neff_omega_b.png")
    result = posteriors()
    draw(*result).savefig(picture, dpi=150)
    rows = [f"{'data':<14} {'omega_b':>9} {'+-':>9} {'N_eff':>7} {'+-':>6}"]
    for name, p in result[2].items():
        rows.append("{:<14} {:9.5f} {:9.5f} {:7.3f} {:6.3f}".format(LABELS[name], *moments(*result[:2], p)))
    picture.with_suffix(".txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(rows) + "\n")
