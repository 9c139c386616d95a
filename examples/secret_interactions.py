"""Secret interactions of neutrinos with an off-diagonal coupling: the plane of g_etau, 1 keV to 1 GeV.

A vector Z' that turns nu_e into nu_tau and nothing else. Regions are excluded at 90 % (ln L 1.35 below that
without a boson): nucleosynthesis, N_eff of the microwave background, cooling of SN 1987A and its
neutrinos (the chemical potential of nu_e in the packaged star is zero), rare decays of pions, kaons and
taus. Overlaid are statements about couplings that are equal for all flavours, converted at equal width
(arXiv:1712.04792: 6e-10 at 1 MeV times sqrt(3/2)) or as they are (strongly interacting mode of
arXiv:1704.06657).

Where one pair of flavours differs from equal couplings: two channels instead of three share the width, so
that a late plateau of Delta N_eff is 0.21 to 0.25 and not 0.25; nu_e and nu_tau are heated and nu_mu
follows by oscillations alone, which moves helium at fixed N_eff; a star with many nu_e makes e-taubar pairs
first; kaon decays to muons say nothing, those to electrons do.

Run: python examples/secret_interactions.py [secret_interactions.png]
"""

import sys
import warnings

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds.cosmology.mediators.streaming import streaming_limits
from astrobounds.errors import ValidityWarning
from astrobounds.lab.rare_limits import RareDecays

MASS = (1e-3, 1e3)  # MeV
DROP = 2.706 / 2.0
PUBLISHED = (1.0, 6e-10 * np.sqrt(1.5))  # arXiv:1712.04792 at equal width
EARLY = ({"bbn": {"marginalise": ["rates", "tau_n", "omega_b"]}}, {"cmb": {"data": "act2025"}})
PLANES = (  # constraints, range of g, colours by name
    (EARLY, (1e-13, 1e-3), {"bbn": "#d95f02", "cmb": "#e6ab02"}),
    (("sn1987a-cooling", "sn1987a-neutrinos"), (1e-12, 1e-4),
     {"sn1987a-cooling": "#1b4965", "sn1987a-neutrinos": "#62b6cb"}),
    ((RareDecays(),), (1e-8, 1.0), {"rare-decays": "#6a994e"}),
)  # fmt: skip
LABELS = {
    "bbn": "nucleosynthesis", "cmb": "N$_{eff}$, CMB", "sn1987a-cooling": "SN 1987A, cooling",
    "sn1987a-neutrinos": "SN 1987A, neutrinos", "rare-decays": r"$\pi$, K, $\tau$ decays",
}  # fmt: skip


def plane(constraints, couplings, shape, spin="vector", pool=None):
    """Return the scan of a set of constraints over mass and g_etau."""
    fit = ab.Posterior(
        model=ab.Mediator,
        priors={
            "mass": ab.LogUniform(*(m * u.MeV for m in MASS)),
            "coupling.etau": ab.LogUniform(*couplings),
        },
        constraints=list(constraints), nature=spin,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return ab.scan(fit, x="mass", y="coupling.etau", shape=shape, pool=pool)


def compute(shapes=((18, 20), (9, 24), (24, 40)), pool=None):
    """Return the scans of :data:`PLANES`."""
    return [plane(c, g, shape, pool=pool) for (c, g, _), shape in zip(PLANES, shapes)]


def depth_of(grid, name):
    """Fall of ln L below that without a boson, over the one at 90 %, shape (y, x): excluded above 1."""
    return np.nan_to_num((grid.null[name] - grid.loglike[name]) / DROP, nan=0.0).T


def draw(grids, path):
    """Draw the plane."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(9.0, 5.4))
    handles = []
    for grid, (_, _, colours) in zip(grids, PLANES):
        for name, colour in colours.items():
            depth = depth_of(grid, name)
            top = max(2.0, float(depth.max()))
            ax.contourf(grid.x, grid.y, depth, levels=[1.0, top], colors=[colour], alpha=0.3)
            ax.contour(grid.x, grid.y, depth, levels=[1.0], colors=[colour], linewidths=1.2)
            handles.append(plt.Rectangle((0, 0), 1, 1, fc=colour, alpha=0.5, label=LABELS[name]))
    m = np.geomspace(*MASS, 50)
    strong = streaming_limits()["strong-mode-2017"]
    handles += ax.plot(m, strong.coupling(m), "k--", lw=0.9, label="CMB strong mode, all flavours")
    handles += ax.plot(m, 4.0 * np.pi * m / 493.677, "0.5", lw=0.9, ls=":", label=r"$g\,m_K/m = 4\pi$")
    handles += ax.plot(*PUBLISHED, "k*", ms=9, ls="none", label="arXiv:1712.04792 at equal width")
    ax.set(xscale="log", yscale="log", xlim=MASS, ylim=(1e-13, 1.0), xlabel="mass [MeV]",
           ylabel=r"$g_{e\tau}$ (vector)")  # fmt: skip
    ax.legend(handles=handles, fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    fig.tight_layout()
    fig.savefig(path, dpi=150)


def main(path="secret_interactions.png"):
    draw(compute(), path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
