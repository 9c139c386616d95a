"""gamma + charge <-> boson + charge through one photon, L = -(g/4) a F Ftilde, heavy charges.

For a charge of any mass much above E the photon gives its energy to the boson. With k and p the momenta of
photon and boson, K = kappa^2 of screening, a = (k-p)^2, b = (k+p)^2,

    sigma = alpha g^2/(32 k^2) int_a^b dQ (Q-a)(b-Q) {1/[Q (Q+K)] (F1) or 1/(Q+K)^2 (F2)}

averaged over the two polarisations of the photon, and Gamma* = 2 n sigma k^2/(p E): absorption less
stimulated emission. F1 is the structure factor of ions, F2 a screened propagator.

References: doi:10.1103/PhysRevD.33.897, doi:10.1103/PhysRevD.37.1237.
"""

import numpy as np

from .. import constants as const
from ..numerics.collision import unit_rule
from ..numerics.jit import kernel

COLUMNS = ("n_charge", "k_screen", "photon_mass")
ION, PROPAGATOR = 0, 1
FORMS = {"F1": ION, "F2": PROPAGATOR}
_RULE = np.ascontiguousarray(unit_rule(24))


@kernel
def bracket(a, b, screen, form, rule):
    """int_a^b dQ (Q-a)(b-Q)/[Q (Q+K)] or /(Q+K)^2, without cancellation for slow bosons."""
    if b < 10.0 * a or (form == PROPAGATOR and b < 0.1 * screen):  # the closed form would cancel
        total, width = 0.0, b - a
        for i in range(rule.shape[1]):
            u = rule[0, i]
            q = a + width * u
            low = q if form == ION else q + screen
            total += rule[1, i] * u * (1.0 - u) / (low * (q + screen))
        return total * width**3
    log = np.log1p((b - a) / (screen + a))
    if form == PROPAGATOR:
        return (a + b + 2.0 * screen) * log - 2.0 * (b - a)
    rest = 0.0
    if a > 0.0:
        rest = a * b / screen * (np.log1p(screen / b) - np.log1p(screen / a))
    return (screen + a + b) * log + rest - (b - a)


@kernel
def section(energy, mass, photon_mass, screen, form, rule):
    """sigma/g^2 of photon -> boson on a static unit charge [dimensionless]; 0 where it is closed."""
    if energy <= mass or energy <= photon_mass:
        return 0.0
    k = np.sqrt((energy - photon_mass) * (energy + photon_mass))
    p = np.sqrt((energy - mass) * (energy + mass))
    gap = (mass - photon_mass) * (mass + photon_mass)
    b = (k + p) ** 2
    a = gap * gap / b
    return const.ALPHA / (32.0 * k * k) * bracket(a, b, screen, form, rule)


@kernel
def fill(energy, medium, parameters, out):
    """Fill ``out[0, place, e]`` with Gamma* [MeV] at g = 1 MeV^-1.

    ``energy`` (places, energies); ``medium`` columns `COLUMNS`; ``parameters``: mass, form.
    """
    mass, form = parameters[0], int(parameters[1])
    for z in range(energy.shape[0]):
        n, screen, photon = medium[z, 0], medium[z, 1] ** 2, medium[z, 2]
        for i in range(energy.shape[1]):
            e = energy[z, i]
            out[0, z, i] = 0.0
            if e <= mass or e <= photon:
                continue
            k2 = (e - photon) * (e + photon)
            p = np.sqrt((e - mass) * (e + mass))
            sigma = section(e, mass, photon, screen, form, _RULE)
            out[0, z, i] = 2.0 * n * sigma * k2 / (p * e)
