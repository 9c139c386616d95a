"""Is the seesaw line reached? Two right-handed neutrinos that give the oscillation data, against bounds.

The theory is ``ab.seesaw.MinimalSeesaw``: two almost degenerate right-handed neutrinos whose Yukawa
couplings reproduce NuFIT 6.0, the lightest neutrino being massless. Vertical axis: the sum of |U|^2 over
flavours and both states. Below the floor sum m/M the light masses cannot be reached. The phases decide how
the mixing is shared by e, mu and tau; every bound is drawn as a band from the phases for which it is
strongest to those for which it is weakest (largest and smallest share of each flavour).

Computed here, coarsely: laboratory limits (90 %, shipped curves recast to the shares), helium and deuterium
(Delta chi2 = 4; everything below the edge is excluded, which is checked at the floor), cooling of SN 1987A
(L < 3e52 erg/s at 1 s). Published statement drawn: arXiv:2006.07387, pure e mixing is excluded below 450
MeV and pure mu mixing below 360 MeV when laboratories and nucleosynthesis are taken together.

Run: python examples/seesaw_region.py [seesaw_region.png]   (under 60 s)
"""

import sys
import warnings

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import AstroboundsError, ValidityWarning
from astrobounds.models.seesaw.oscillations import Oscillations
from astrobounds.supernova.signals.cooling import ALLOWED_LUMINOSITY, solution

ORDERINGS = ("normal", "inverted")
PUBLISHED = {"e": 450.0, "mu": 360.0}  # MeV, arXiv:2006.07387
LEVEL_90 = -1.353  # ln L of a Poisson likelihood at the 90 % limit of no signal, half of 2.706
LAB_MASSES = np.geomspace(25.0, 1800.0, 46)
BBN_MASSES = np.array([25.0, 70.0, 130.0, 150.0, 200.0, 300.0, 450.0, 900.0])
STAR_MASSES = np.array([25.0, 60.0, 100.0, 130.0, 150.0, 200.0, 240.0, 280.0, 320.0, 360.0])
MIXINGS = np.geomspace(1e-11, 1e-1, 61)
LIFETIMES = np.geomspace(8e-3, 0.4, 7)  # s
GRID = ab.supernova.Resolution(radii=10, energies=14, outer=9, inner=7)


def patterns(ordering):
    """Shares of e, mu, tau with the largest and the smallest of each, over both phases: (n, 3)."""
    shares = []
    for delta in np.linspace(0.0, 2.0 * np.pi, 13):
        for alpha in np.linspace(0.0, 2.0 * np.pi, 25):
            theory = ab.seesaw.MinimalSeesaw.from_mixing(
                300 * u.MeV, 1e-6, alpha=alpha, oscillations=Oscillations.of(ordering, delta=delta)
            )
            (particle,) = theory.particles("dirac")
            shares.append(np.array(particle.mixing_vector) / 1e-6)
    shares = np.array(shares)
    ends = {int(i) for a in range(3) for i in (shares[:, a].argmin(), shares[:, a].argmax())}
    return shares[sorted(ends)]


def first_crossing(x, y):
    """x where y first becomes positive, log-linear; NaN if it never does."""
    up = np.flatnonzero(y > 0.0)
    if not up.size:
        return np.nan
    k = up[0]
    return x[0] if k == 0 else float(np.exp(np.interp(0.0, y[k - 1 : k + 1], np.log(x[k - 1 : k + 1]))))


def lab_edges(shares):
    """Smallest excluded mixing at each mass."""
    loglike = ab.lab.LabLikelihood(unknown_nature="majorana")
    return np.array([
        first_crossing(MIXINGS, np.array([LEVEL_90 - loglike(m, tuple(x * shares)) for x in MIXINGS]))
        for m in LAB_MASSES
    ])  # fmt: skip


class Helium:
    """Delta chi2 of helium and deuterium less 4, as a function of a particle."""

    def __init__(self):
        self.seen = [ab.cosmology.measurement("Yp", "lbt2026"), ab.cosmology.measurement("DH", "cooke2018")]
        theory = ab.cosmology.theory_covariance(omega_b=0.02237, sigma_tau_n=0.5 * u.s).covariance[:2, :2]
        self.covariance = theory + np.diag([m.sigma_low * m.sigma_high for m in self.seen])
        self.standard = self.chi2(None)

    def chi2(self, model):
        """chi2 of a particle, or of none."""
        out = ab.cosmology.bbn(model, omega_b=0.02237) if model else ab.cosmology.bbn(omega_b=0.02237)
        residual = np.array([out.Yp, out.DH]) - [m.value for m in self.seen]
        return float(residual @ np.linalg.solve(self.covariance, residual))

    def __call__(self, mass, lifetime, shares):
        width = ab.HNL.fast(mass, tuple(shares), "dirac").width_mev
        mixing = const.HBAR / lifetime / width
        if mixing * max(shares) > 0.5:
            return np.nan
        try:
            chi2 = self.chi2(ab.HNL.fast(mass, tuple(mixing * shares), "dirac"))
        except AstroboundsError:
            return np.nan
        return float(np.log(max(chi2 - self.standard, 0.05) / 4.0))


def shortest(mass, times, shares, helium):
    """Shortest excluded lifetime [s] among ``times``; NaN if it is not between them."""
    values = np.array([helium(mass, t, shares) for t in times])
    known = np.isfinite(values)
    if known.sum() < 2 or values[known][0] > 0.0:
        return np.nan
    return first_crossing(times[known], values[known])


def at_floor(mass, mixing, shares, helium):
    """ln of Delta chi2/4 at a mixing."""
    width = ab.HNL.fast(mass, tuple(mixing * shares), "dirac").width_mev
    return helium(mass, const.HBAR / width, shares)


def bbn_edges(all_shares, helium):
    """Largest mixing that nucleosynthesis excludes, shape (patterns, masses)."""
    out = np.empty((len(all_shares), len(BBN_MASSES)))
    for k, mass in enumerate(BBN_MASSES):
        near = np.nan
        for shares, edges in zip(all_shares, out):
            tau = shortest(mass, near * np.array([0.8, 1.25]), shares, helium) if near > 0.0 else np.nan
            near = shortest(mass, LIFETIMES, shares, helium) if np.isnan(tau) else tau
            edges[k] = const.HBAR / near / ab.HNL.fast(mass, tuple(shares), "dirac").width_mev
    return out


def star_edges(all_shares, solutions):
    """Smallest and largest mixing that SN 1987A excludes, shape (patterns, masses, 2)."""
    out = np.full((len(all_shares), len(STAR_MASSES), 2), np.nan)
    for k, solved in enumerate(solutions):
        for shares, edge in zip(all_shares, out[:, k]):
            mixing = {f"mixing.{f}": share for f, share in zip(const.FLAVOURS, shares)}
            excess = np.log(np.maximum(solved.luminosity(mixing, MIXINGS), 1e20) / ALLOWED_LUMINOSITY)
            edge[0] = first_crossing(MIXINGS, excess)
            edge[1] = first_crossing(MIXINGS[::-1], excess[::-1])
    return out


def crossing_mass(lab, bbn):
    """Smallest mass above which the laboratory limit lies above the edge of nucleosynthesis."""
    edge = np.exp(np.interp(np.log(LAB_MASSES), np.log(BBN_MASSES), np.log(bbn)))
    closed = np.flatnonzero(lab < edge)
    return LAB_MASSES[closed[-1]] if closed.size else np.nan


def compute(ordering, helium, solutions):
    """Return edges of the laboratories, nucleosynthesis and the star, one row per pattern."""
    shares = patterns(ordering)
    lab = np.array([lab_edges(s) for s in shares])
    return lab, bbn_edges(shares, helium), star_edges(shares, solutions)


def spread(edges, outer):
    """Smallest and largest edge of the patterns, NaN where no pattern (``outer``: not every) has one."""
    known = np.isfinite(edges)
    low = np.where(known, edges, np.inf).min(axis=0)
    high = np.where(known, edges, -np.inf).max(axis=0)
    good = known.any(axis=0) if outer else known.all(axis=0)
    return np.where(good, low, np.nan), np.where(good, high, np.nan)


def draw(results):
    """Return the figure: one panel per ordering."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10.6, 4.8), layout="constrained", sharey=True)
    for axis, (ordering, (lab, bbn, star)) in zip(axes, results.items()):
        floor = np.array([Oscillations.of(ordering).floor(m * u.MeV) for m in LAB_MASSES])
        axis.fill_between(LAB_MASSES, 1e-12, floor, color="0.55", lw=0, label="below the seesaw floor")
        for masses, edges, colour, name in (
            (LAB_MASSES, lab, "C0", "laboratories, excluded above"),
            (BBN_MASSES, bbn, "C1", "helium and deuterium, excluded below"),
        ):
            low, high = spread(edges, outer=True)
            sure = high if colour == "C0" else low
            axis.fill_between(masses, low, high, color=colour, alpha=0.55, lw=0, label=name)
            far = np.full(masses.shape, 1.0) if colour == "C0" else np.interp(masses, LAB_MASSES, floor)
            axis.fill_between(masses, sure, far, color=colour, alpha=0.15, lw=0)
        low, high = spread(star[..., 0], outer=False)[1], spread(star[..., 1], outer=False)[0]
        axis.fill_between(
            STAR_MASSES, low, high, color="C2", alpha=0.25, lw=0, label="SN 1987A, all phases"
        )
        for edge in np.moveaxis(star, 2, 0):
            axis.fill_between(STAR_MASSES, *spread(edge, outer=True), color="C2", alpha=0.55, lw=0)
        for flavour, mass in PUBLISHED.items():
            axis.axvline(mass, color="k", lw=0.9, ls={"e": "--", "mu": ":"}[flavour],
                         label=f"arXiv:2006.07387, pure {flavour}")  # fmt: skip
        axis.set(xscale="log", yscale="log", xlabel="mass [MeV]", title=f"{ordering} ordering",
                 xlim=(25.0, 1800.0), ylim=(1e-12, 1e-2))  # fmt: skip
        ticks = (30, 100, 300, 1000)
        axis.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axis.tick_params(axis="x", which="minor", labelbottom=False)
    axes[0].set_ylabel(r"$\sum_{aI} |U_{aI}|^2$")
    axes[0].legend(fontsize=7.5, loc="upper right")
    return figure


if __name__ == "__main__":
    warnings.simplefilter("ignore", ValidityWarning)
    light_elements, fiducial = Helium(), ab.supernova.load("fiducial")
    solved = [
        solution(ab.HNL.fast(m, (1.0, 1.0, 1.0), "dirac"), fiducial, resolution=GRID) for m in STAR_MASSES
    ]
    found = {o: compute(o, light_elements, solved) for o in ORDERINGS}
    draw(found).savefig(sys.argv[1] if len(sys.argv) > 1 else "seesaw_region.png", dpi=150)
    for ordering, (lab, bbn, _) in found.items():
        floor = Oscillations.of(ordering).floor(300 * u.MeV)
        values = [at_floor(300.0, floor, shares, light_elements) for shares in patterns(ordering)]
        masses = [crossing_mass(a, b) for a, b in zip(lab, bbn)]
        sys.stdout.write(
            f"{ordering}: laboratories and nucleosynthesis together exclude every mixing below "
            f"{np.nanmin(masses):.0f} to {np.nanmax(masses):.0f} MeV, by the phases (published, pure "
            f"flavours: 360 to 450); the floor at 300 MeV, {floor:.1e}, is "
            f"{'excluded' if min(values) > 0.0 else 'not excluded'} for all phases\n"
        )
