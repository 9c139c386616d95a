"""Light elements against the baryon density: the Schramm plot.

Draws Y_p, D/H, He3/H and Li7/H with the theory error of the nuclear rates, the measured values and
the baryon density of the cosmic microwave background, like figure 1 of the BBN review of the
Particle Data Group. The points are a published table for Y_p and D/H, computed with PRIMAT
(Pitrou et al., arXiv:1801.08023 and arXiv:2011.11320, release of 2024; tau_n = 878.4 s).

Run: python examples/schramm.py [schramm.png]
"""

import sys
from pathlib import Path

import numpy as np

import astrobounds as ab

# omega_b, Y_p (by baryon number), D/H
PUBLISHED = np.array(
    [
        [0.006, 0.231442, 2.012805e-4],
        [0.010, 0.238444, 8.7877e-5],
        [0.015, 0.242978, 4.634748e-5],
        [0.020, 0.245896, 2.934766e-5],
        [0.0222, 0.246913, 2.477195e-5],
        [0.025, 0.248049, 2.03416e-5],
        [0.030, 0.249755, 1.485547e-5],
    ]
)
PANELS = {
    "Yp": r"$Y_p$",
    "DH": r"D/H",
    "He3H": r"$^3$He/H",
    "Li7H": r"$^7$Li/H",
}


def curves(points=40):
    """Return omega_b, abundances (points, 4) and their fractional theory errors (points, 4)."""
    omega_b = np.geomspace(0.0055, 0.034, points)
    grid = ab.cosmology.bbn_grid(omega_b=omega_b)
    values = np.column_stack([getattr(grid, name) for name in PANELS])
    knots = np.geomspace(omega_b[0], omega_b[-1], 5)
    widths = [
        np.sqrt(np.diag(ab.cosmology.theory_covariance(omega_b=float(w)).log_covariance)) for w in knots
    ]
    errors = np.column_stack(
        [np.interp(np.log(omega_b), np.log(knots), column) for column in np.array(widths).T]
    )
    return omega_b, values, errors


def deviations():
    """Return the fractional differences from the published points in Y_p and D/H."""
    grid = ab.cosmology.bbn_grid(omega_b=PUBLISHED[:, 0])
    return grid.Yp / PUBLISHED[:, 1] - 1, grid.DH / PUBLISHED[:, 2] - 1


def draw():
    """Return the figure."""
    import matplotlib.pyplot as plt

    omega_b, values, errors = curves()
    figure, axes = plt.subplots(4, 1, figsize=(5.5, 9.0), sharex=True, layout="constrained")
    cmb = ab.cosmology.measurement("omega_b")
    for i, (axis, (name, label)) in enumerate(zip(axes, PANELS.items())):
        low, high = (values[:, i] * np.exp(sign * errors[:, i]) for sign in (-1, 1))
        axis.fill_between(omega_b, low, high, color="C0", alpha=0.5, lw=0)
        axis.plot(omega_b, values[:, i], "C0", label="astrobounds")
        seen = ab.cosmology.measurement(name)
        if seen.kind == "measurement":
            axis.axhspan(seen.value - seen.sigma_low, seen.value + seen.sigma_high, color="C1", alpha=0.3)
        else:
            axis.axhline(seen.value, color="C1", ls="--")
        axis.axvspan(cmb.value - cmb.sigma_low, cmb.value + cmb.sigma_high, color="0.6", alpha=0.6)
        if name in ("Yp", "DH"):
            axis.plot(PUBLISHED[:, 0], PUBLISHED[:, 1 + i], "k.", label="PRIMAT 2024")
            axis.legend(fontsize="small")
        axis.set_xscale("log")
        if name != "Yp":
            axis.set_yscale("log")
        axis.set_ylabel(label)
    axes[-1].set_xlabel(r"$\Omega_b h^2$")
    return figure


if __name__ == "__main__":
    picture = Path(sys.argv[1] if len(sys.argv) > 1 else "schramm.png")
    draw().savefig(picture, dpi=150)
    helium, deuterium = deviations()
    sys.stdout.write(
        f"largest difference from the published table: Y_p {np.abs(helium).max():.1e}, "
        f"D/H {np.abs(deuterium).max():.1e}\n"
    )
