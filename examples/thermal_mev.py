"""How light may a particle be that was in equilibrium while neutrinos decoupled and nuclei formed?

A particle of some MeV that shares the temperature of photons (or e+-) heats them when it disappears and
lowers N_eff; one that shares that of neutrinos raises it. N_eff, helium and deuterium are drawn against the
mass for a real scalar, a Majorana fermion, a vector and a Dirac fermion, with the measurements
(68 %), and the lowest masses allowed at 95 % (Delta chi2 = 3.84) by each are printed: the bound on light
thermal dark matter of arXiv:1303.6270 and arXiv:1910.01649.

Run: python examples/thermal_mev.py [thermal_mev.png] [--fine]
"""

import sys
import warnings
from pathlib import Path

import astropy.units as u
import numpy as np

import astrobounds as ab

SPINS = ("scalar", "majorana", "vector", "dirac")
PARTNERS = ("photons", "neutrinos")
LEVEL = 3.84


def compute(points=12):
    """Return the masses [MeV] and ``{(partner, spin): (abundances, chi2 of cmb, of bbn)}``."""
    masses = np.geomspace(0.3, 30.0, points)
    constraints = [
        ab.constraints.get("cmb", marginalise=["omega_b"]),
        ab.constraints.get("bbn", marginalise=["rates", "tau_n", "omega_b"]),
    ]
    null = [c.null_loglike for c in constraints]
    out = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        for partner in PARTNERS:
            for spin in SPINS:
                rows, chi2 = [], []
                for mass in masses:
                    x = ab.ThermalParticle(mass=mass * u.MeV, couples_to=partner, spin=spin)
                    found = ab.cosmology.bbn(x)
                    rows.append((found.Neff, found.Yp, 1e5 * found.DH))
                    chi2.append([2.0 * (n - c.loglike(x, {})) for c, n in zip(constraints, null)])
                out[partner, spin] = np.array(rows), np.array(chi2)
    return masses, out


def lowest(masses, chi2):
    """Return the lowest allowed mass: where Delta chi2 falls below its level for good."""
    above = np.flatnonzero(chi2 > LEVEL)
    if not above.size:
        return masses[0]
    i = above[-1]
    if i == len(masses) - 1:
        return np.inf
    a, b = np.log(chi2[i] / LEVEL), np.log(max(chi2[i + 1], 1e-3) / LEVEL)
    return float(np.exp(np.interp(0.0, [-a, -b], np.log(masses[i:i + 2]))))


def draw(result):
    """Return the figure."""
    import matplotlib.pyplot as plt

    masses, found = result
    names = (r"$N_{\rm eff}$", r"$Y_p$", r"$10^5\,$D/H")
    seen = [("N_eff", None), ("Yp", 1.0), ("DH", 1e5)]
    figure, panels = plt.subplots(2, 3, figsize=(11.0, 6.0), layout="constrained", sharex=True)
    for row, partner in zip(panels, PARTNERS):
        for k, (axes, name) in enumerate(zip(row, names)):
            for i, spin in enumerate(SPINS):
                axes.plot(masses, found[partner, spin][0][:, k], f"C{i}", label=spin)
            if seen[k][1] is not None:
                data = ab.cosmology.measurement(seen[k][0])
                low, high = data.value - data.sigma_low, data.value + data.sigma_high
                axes.axhspan(seen[k][1] * low, seen[k][1] * high, color="0.85", zorder=0)
            else:
                axes.axhspan(2.82, 3.16, color="0.85", zorder=0)  # Planck 2018, 2.99 +- 0.17
            axes.set(xscale="log", title=f"{name}, with {partner}")
    for axes in panels[1]:
        axes.set_xlabel("mass [MeV]")
    panels[0][0].legend(fontsize="small")
    return figure


def summary(result):
    """Return lines with the lowest masses at 95 %."""
    masses, found = result
    rows = [f"{'with':>10} {'spin':>9} {'Planck':>8} {'nuclei':>8} {'both':>8}   lowest mass [MeV] at 95 %"]
    for (partner, spin), (_, chi2) in found.items():
        values = [lowest(masses, c) for c in (chi2[:, 0], chi2[:, 1], chi2.sum(axis=1))]
        rows.append(f"{partner:>10} {spin:>9} " + " ".join(f"{v:8.2f}" for v in values))
    return rows


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    picture = Path(arguments[0] if arguments else "thermal_mev.png")
    answer = compute(40 if "--fine" in sys.argv else 12)
    draw(answer).savefig(picture, dpi=150)
    lines = summary(answer)
    picture.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
