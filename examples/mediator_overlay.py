"""One light mediator in the laboratory and in a star: coherent scattering of solar neutrinos and SN 1987A.

Plane: mass against g = g_nu = g_q, universal in flavours and quarks. Filled blue: excluded at 90 % by the
8B neutrinos that XENONnT and PandaX-4T saw on xenon (measured fluxes added; a step for the acceptance,
right to tens of per cent); in the islands the weak charge has changed its sign. Filled green: cooling of
SN 1987A by nu nubar -> Z' or nu nu -> phi alone (L > 3e52 erg/s at 1 s, no neutrino chemical potentials);
the quark coupling would make more, and absorb more above. Line: helium and deuterium (Delta chi2 = 4), from
mediators among thermal neutrinos. Published statement drawn: arXiv:1712.04792, early Universe, g < 6e-10 at
1 MeV for a universal vector that couples to Dirac neutrinos.

Run: python examples/mediator_overlay.py [mediator_overlay.png]   (under 60 s)
"""

import sys
import warnings

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds.errors import ValidityWarning
from astrobounds.supernova.signals.cooling import ALLOWED_LUMINOSITY
from astrobounds.systems import cevns

SPINS = ("vector", "scalar")
PUBLISHED = (1.0, 6e-10)  # MeV, g of a universal vector, arXiv:1712.04792
DROP = 1.353  # of ln L, 90 %
XENON_MASSES = np.geomspace(0.05, 3e3, 41)
XENON_COUPLINGS = np.geomspace(1e-7, 3e-2, 301)
STAR_MASSES = np.geomspace(0.05, 400.0, 12)
EARLY_MASSES = np.array([0.05, 0.2, 0.7, 2.0, 6.0, 15.0])
EARLY_COUPLINGS = np.geomspace(1e-11, 3e-8, 9)
OMEGA_B = 0.02237
STAR_COUPLINGS = np.geomspace(1e-11, 1e-3, 41)


def xenon_excess(spin):
    """Fall of ln L over that of the 90 % limit less one, shape (masses, couplings)."""
    out = np.zeros((XENON_MASSES.size, XENON_COUPLINGS.size))
    for row, mass in zip(out, XENON_MASSES):
        unit = 1e-10 * (1.0 + mass**2)
        for name, (*_, threshold) in cevns.MEASURED.items():
            up, down = (
                ab.systems.cevns_strength(cevns.LightMediator(mass * u.MeV, s, spin), threshold * u.keV)
                for s in (unit, -unit)
            )
            x = XENON_COUPLINGS**2 / unit
            strength = 1.0 + 0.5 * (up - down) * x + (0.5 * (up + down) - 1.0) * x * x
            row += cevns.strength_loglike(strength, name)
    best = max(out.max(), sum(ab.systems.cevns_loglike(None, name) for name in cevns.MEASURED))
    return (best - out) / DROP - 1.0


def early_edges(spin):
    """Smallest coupling that helium and deuterium exclude (Delta chi2 = 4) at each mass, or NaN."""
    seen = [ab.cosmology.measurement("Yp", "lbt2026"), ab.cosmology.measurement("DH", "cooke2018")]
    theory = ab.cosmology.theory_covariance(omega_b=OMEGA_B, sigma_tau_n=0.5 * u.s).covariance[:2, :2]
    covariance = theory + np.diag([m.sigma_low * m.sigma_high for m in seen])

    def chi2(*model):
        found = ab.cosmology.bbn(*model, omega_b=OMEGA_B)
        residual = np.array([found.Yp, found.DH]) - [m.value for m in seen]
        return float(residual @ np.linalg.solve(covariance, residual))

    standard, out = chi2(), np.full(EARLY_MASSES.size, np.nan)
    for i, mass in enumerate(EARLY_MASSES):
        before = None
        for g in EARLY_COUPLINGS:
            mediator = ab.Mediator(mass=mass * u.MeV, coupling={"universal": g}, spin=spin)
            excess = np.log(max(chi2(mediator) - standard, 0.01) / 4.0)
            if excess > 0.0 and before is not None:
                out[i] = np.exp(np.interp(0.0, [before[1], excess], np.log([before[0], g])))
                break
            before = g, excess
    return out


def star_excess(spin, star):
    """ln of the luminosity over what is allowed, shape (masses, couplings)."""
    out = np.empty((STAR_MASSES.size, STAR_COUPLINGS.size))
    for i, mass in enumerate(STAR_MASSES):
        for k, g in enumerate(STAR_COUPLINGS):
            mediator = ab.Mediator(mass=mass * u.MeV, coupling={"universal": g}, spin=spin)
            luminosity = ab.supernova.cooling(mediator, star).luminosity.to_value("erg/s")
            out[i, k] = np.log(max(luminosity, 1e20) / ALLOWED_LUMINOSITY)
    return out


def edges(couplings, excess):
    """Lowest coupling of the first excluded range at each mass, interpolated; NaN without one."""
    out = np.full(len(excess), np.nan)
    for i, row in enumerate(excess):
        up = np.flatnonzero(row > 0.0)
        if up.size and up[0] > 0:
            pair = slice(up[0] - 1, up[0] + 1)
            out[i] = np.exp(np.interp(0.0, row[pair], np.log(couplings[pair])))
    return out


def draw(results):
    """Return the figure: one panel per spin."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10.4, 4.6), layout="constrained", sharey=True)
    for axis, (spin, (xenon, star, early)) in zip(axes, results.items()):
        for masses, couplings, excess, colour, name in (
            (XENON_MASSES, XENON_COUPLINGS, xenon, "C0", "solar 8B on xenon, 90 %"),
            (STAR_MASSES, STAR_COUPLINGS, star, "C2", "SN 1987A, neutrinos alone"),
        ):
            shown = np.clip(excess, -20.0, 20.0).T
            axis.contourf(masses, couplings, shown, levels=[0.0, 99.0], colors=[colour], alpha=0.3)
            axis.contour(masses, couplings, shown, levels=[0.0], colors=[colour], linewidths=1.1)
            axis.fill_between([], [], [], color=colour, alpha=0.35, label=name)
        axis.plot(EARLY_MASSES, early, "C1-", lw=1.6, label="helium and deuterium, 95 %, from here up")
        if spin == "vector":
            axis.plot(*PUBLISHED, "kv", ms=6, label="arXiv:1712.04792, early Universe")
        axis.set(xscale="log", yscale="log", xlabel="mass [MeV]", title=spin, xlim=(0.05, 3e3),
                 ylim=(1e-11, 3e-2))  # fmt: skip
        axis.legend(fontsize=8, loc="center right")
    axes[0].set_ylabel(r"$g_\nu = g_q$")
    return figure


if __name__ == "__main__":
    warnings.simplefilter("ignore", ValidityWarning)
    fiducial = ab.supernova.load("fiducial")
    found = {spin: (xenon_excess(spin), star_excess(spin, fiducial), early_edges(spin)) for spin in SPINS}
    draw(found).savefig(sys.argv[1] if len(sys.argv) > 1 else "mediator_overlay.png", dpi=150)
    for spin, (xenon, star, early) in found.items():
        lab = np.interp(0.0, np.log(XENON_MASSES / 1.0), np.log(edges(XENON_COUPLINGS, xenon)))
        core = np.interp(0.0, np.log(STAR_MASSES / 1.0), np.log(edges(STAR_COUPLINGS, star)))
        bbn = np.interp(0.0, np.log(EARLY_MASSES), np.log(early))
        sys.stdout.write(
            f"{spin}: at 1 MeV xenon excludes g > {np.exp(lab):.1e}, SN 1987A from {np.exp(core):.1e}, "
            f"helium and deuterium from {np.exp(bbn):.1e}"
            + (f" (published: {PUBLISHED[1]:.0e})\n" if spin == "vector" else "\n")
        )
