"""Invisible decays after nucleosynthesis: radiation, or matter that turns into radiation.

    Delta N_eff = (8/7)(11/4)^(4/3) (1 - f_em) f int q dt    (drho/rho_gamma for f = 1)

while radiation rules; neutrinos that are injected below some 10 keV do not thermalise, so their energy
counts in full and helium does not notice. After recombination the loss of dark matter counts.
"""

import numpy as np

from .release import matter_over_radiation, released

references = ("Planck:2018vyg", "Poulin:2016nat", "Nygaard:2020sow")

PER_ENERGY = 8.0 / 7.0 * (11.0 / 4.0) ** (4.0 / 3.0)  # N_eff per unit of rho/rho_gamma
SIGMA_NEFF = 0.17  # Planck 2018 with lensing and BAO
DARK_FRACTION = 0.038  # 95 %, of dark matter that decays after recombination, arXiv:1606.02073
DARK_RATE = 0.087  # 95 %, f t_0/lifetime: f Gamma < 6.3e-3/Gyr = 2.0e-19/s, arXiv:1606.02073
AGE = 4.35e17  # s
RECOMBINATION = 1e13  # s
FROM = 3e12  # s, where the loss of matter takes over from N_eff; they agree within a factor 2
DOMINATES = 0.3  # of the radiation: beyond, everything is excluded and nothing here is linear


def extra_neff(lifetime, strength):
    """Return Delta N_eff at recombination of (1 - f_em) f = ``strength``."""
    return PER_ENERGY * strength * float(released(lifetime).sum())


def dark_limit(lifetime):
    """Return the largest (1 - f_em) f at 95 % of what decays invisibly after recombination."""
    return max(DARK_FRACTION / -np.expm1(-AGE / lifetime), DARK_RATE * lifetime / AGE)


def loglike(lifetime, strength):
    """Return lnL of invisible decays: N_eff before 3e12 s, the loss of dark matter later."""
    if lifetime < FROM:
        return -2.0 * (extra_neff(lifetime, strength) / (2.0 * SIGMA_NEFF)) ** 2
    return -2.0 * (strength / dark_limit(lifetime)) ** 2


def matter_loglike(lifetime, f):
    """Return lnL of a relic that is excluded whatever it decays into; it falls with f without end.

    -12.5 (ratio/0.3)^2 for matter that dominates before recombination, five standard deviations at
    0.3; the loss of more dark matter than there is, -2 (f/0.038)^2, where it over-closes.
    """
    if lifetime >= RECOMBINATION:
        return -2.0 * (f / DARK_FRACTION) ** 2
    return -12.5 * (matter_over_radiation(f, lifetime) / DOMINATES) ** 2


def excluded_outright(lifetime, f):
    """Return why a relic is excluded whatever it decays into, or "".

    Over-closed (f > 1 after recombination), or more than 0.3 of the radiation when it decays between
    nucleosynthesis and recombination: N_eff or the entropy then exclude it by more than five standard
    deviations.
    """
    if lifetime >= RECOMBINATION:
        return f"over-closed: {f:.3g} times the dark matter" if f > 1.0 else ""
    if lifetime < 1e4:
        return ""
    ratio = matter_over_radiation(f, lifetime)
    if ratio > DOMINATES:
        return f"matter dominates: {ratio:.3g} of the radiation at its lifetime, {lifetime:.3g} s"
    return ""
