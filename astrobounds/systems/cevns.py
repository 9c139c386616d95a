"""Coherent scattering of solar neutrinos on xenon with a light mediator (arXiv:2411.14206).

    dsigma/dE_R = (G_F^2 M/4 pi) F^2 (1 - M E_R/2E^2) Q^2,    Q = N - (1 - 4 s_W^2) Z    (Standard Model)
    vector   L = Z'_mu (g_nu nubar_L gamma nu_L + g_q sum_q qbar gamma q):
             Q -> Q - 3 sqrt2 A g_nu g_q/[G_F (2 M E_R + m^2)]
    scalar   L = phi (g_nu nubar_R nu_L + h.c. + g_q sum_q qbar q):
             + M^2 E_R (g_nu g_q q_A)^2 F^2/[4 pi E^2 (2 M E_R + m^2)^2],  q_A = 14 N + 15.1 Z

The vector interferes destructively for g_nu g_q > 0. The nuclear scalar charge q_A is the one of
arXiv:1604.01025 (recalled); give another with ``scalar_charge``.
"""

from dataclasses import dataclass

import numpy as np

from .. import constants as const
from ..errors import DomainError, did_you_mean
from ..reactions.nuclei import helm, nuclear_radius
from ..units import energy_mev, finite
from . import solar

SPINS = ("vector", "scalar")
TON_YEAR = 1e6 * const.N_AVOGADRO * const.YEAR_S  # per molar mass in g
MEASURED = {  # 8B flux [1e6 cm^-2 s^-1] with errors up and down, threshold [keV] of the recoils
    "xenonnt2024": (4.7, 3.6, 2.3, 0.5),  # arXiv:2408.02877, abstract
    "pandax2024": (8.4, 3.1, 3.1, 1.1),  # arXiv:2407.10892, abstract; threshold of the paired events
}
references = ("Freedman:1973yd", "XENON:2024ijk", "PandaX:2024muv", *solar.references)


@dataclass(frozen=True)
class Nucleus:
    """A target: Z, mean N; natural xenon by default."""

    Z: float = 54.0
    N: float = 77.3

    @property
    def mass_mev(self):
        """Mass [MeV], A atomic mass units."""
        return (self.Z + self.N) * const.M_U

    @property
    def weak_charge(self):
        """N - (1 - 4 s_W^2) Z with the weak angle at low energy."""
        return self.N - (1.0 - 4.0 * const.SIN2_THETA_W_LOW) * self.Z


XENON = Nucleus()


class LightMediator:
    """A vector or scalar between neutrinos and quarks.

    Parameters
    ----------
    mass : Quantity
    product : float
        g_nu g_q, universal in flavours and quarks; its sign matters for a vector.
    spin : {"vector", "scalar"}
    scalar_charge : float, optional
        q_A of the scalar per unit g_q; default 14 N + 15.1 Z.
    """

    def __init__(self, mass, product, spin="vector", scalar_charge=None):
        if spin not in SPINS:
            raise DomainError(f"spin = {spin!r}{did_you_mean(spin, SPINS)}; allowed: {', '.join(SPINS)}")
        self.mass_mev = finite(energy_mev(mass, "mass"), "mass in MeV", 0.0, 1e7)
        self.product = finite(product, "product g_nu g_q", -10.0, 10.0)
        self.spin, self.scalar_charge = spin, scalar_charge

    def __repr__(self):
        return f"LightMediator({self.mass_mev:g} MeV, g_nu g_q={self.product:g}, {self.spin})"


def _form_factor(recoil, nucleus):
    q = np.sqrt(2.0 * nucleus.mass_mev * np.maximum(recoil, 0.0))
    radius = nuclear_radius(nucleus.Z + nucleus.N)
    return np.reshape([helm(x, radius) for x in q.ravel()], q.shape)


def cross_section(energy, recoil, mediator=None, nucleus=XENON):
    """Return dsigma/dE_R [cm^2/MeV] at neutrino energies and recoils in MeV (broadcast)."""
    recoil = np.asarray(recoil, dtype=float)
    form = _form_factor(recoil, nucleus) ** 2
    energy, recoil = np.broadcast_arrays(np.asarray(energy, dtype=float), recoil)
    mass, charge, extra = nucleus.mass_mev, nucleus.weak_charge, 0.0
    q2 = 2.0 * mass * recoil
    if mediator is not None and mediator.spin == "vector":
        exchange = mediator.product / (const.G_FERMI * (q2 + mediator.mass_mev**2))
        charge = charge - 3.0 * np.sqrt(2.0) * (nucleus.Z + nucleus.N) * exchange
    with np.errstate(divide="ignore", invalid="ignore"):
        if mediator is not None and mediator.spin == "scalar":
            scalar = mediator.scalar_charge
            scalar = 14.0 * nucleus.N + 15.1 * nucleus.Z if scalar is None else scalar
            strength = mediator.product * scalar / (q2 + mediator.mass_mev**2)
            extra = mass**2 * recoil * strength**2 / (4.0 * np.pi * energy**2)
        shape = 1.0 - mass * recoil / (2.0 * energy**2)
        value = const.G_FERMI**2 * mass / (4.0 * np.pi) * shape * charge**2 + extra
    open_ = (energy > 0.0) & (q2 * (mass + 2.0 * energy) <= 4.0 * mass * energy**2) & (recoil >= 0.0)
    return np.where(open_, value * form, 0.0) * const.HBAR_C**2


def cevns_rate(recoil, mediator=None, nucleus=XENON, flux=solar.FLUX_8B):
    """Return events per tonne, year and keV of 8B neutrinos (all flavours scatter alike).

    Parameters
    ----------
    recoil : Quantity, scalar or shape (n,)
        Recoil energy.
    mediator : LightMediator, optional
    nucleus : Nucleus
    flux : float
        cm^-2 s^-1.
    """
    recoil = np.asarray(energy_mev(recoil, "recoil"))
    energy, weight = solar.rule()
    sigma = cross_section(energy, recoil[..., None], mediator, nucleus)
    per_target = flux * (sigma * solar.boron8(energy)) @ weight  # s^-1 MeV^-1
    return per_target * TON_YEAR / (nucleus.Z + nucleus.N) * 1e-3


def cevns_strength(mediator, threshold=None, efficiency=None, nucleus=XENON):
    """Return the number of events over that of the Standard Model.

    Parameters
    ----------
    mediator : LightMediator
    threshold : Quantity, optional
        Smallest recoil; 0.5 keV by default.
    efficiency : callable, optional
        Of recoils in keV (array), instead of a step. The published acceptances of the xenon detectors
        rise over 0.5 to 2 keV and belong here where they are known.
    nucleus : Nucleus
    """
    low = 5e-4 if threshold is None else energy_mev(threshold, "threshold")
    top = 2.0 * solar.HIGHEST**2 / nucleus.mass_mev
    if not 0.0 <= low < top:
        raise DomainError(
            f"threshold = {1e3 * low:g} keV; recoils of 8B neutrinos reach {1e3 * top:.3g} keV"
        )
    x, w = np.polynomial.legendre.leggauss(64)
    t = 0.5 * (1.0 + x)
    recoil = low + (top - low) * t**2  # dense at the threshold
    weight = 0.5 * w * 2.0 * t * (1.0 if efficiency is None else efficiency(1e3 * recoil))
    energy, rule = solar.rule()
    spectrum = solar.boron8(energy) * rule
    new, standard = (
        weight @ (cross_section(energy, recoil[:, None], m, nucleus) @ spectrum) for m in (mediator, None)
    )
    return float(new / standard)


def cevns_loglike(mediator, experiment="xenonnt2024", efficiency=None, flux=solar.FLUX_8B):
    """Return ln L of the measured 8B flux, -chi2/2 with the error on the side of the prediction.

    Parameters
    ----------
    mediator : LightMediator or None
    experiment : {"xenonnt2024", "pandax2024"}
    efficiency : callable, optional
        As in :func:`cevns_strength`; a step at the threshold of the experiment without it. A mediator
        changes the shape of the recoils, so that this moves bounds by tens of per cent.
    flux : float
        True 8B flux [cm^-2 s^-1].
    """
    if experiment not in MEASURED:
        raise DomainError(
            f"experiment = {experiment!r}{did_you_mean(experiment, MEASURED)}; "
            f"allowed: {', '.join(MEASURED)}"
        )
    import astropy.units as u

    threshold = MEASURED[experiment][3]
    strength = 1.0 if mediator is None else cevns_strength(mediator, threshold * u.keV, efficiency)
    return strength_loglike(strength, experiment, flux)


def strength_loglike(strength, experiment, flux=solar.FLUX_8B):
    """Return ln L of an experiment, given the number of events over that of the Standard Model.

    The strength is quadratic in g_nu g_q at a given mass: three calls of :func:`cevns_strength` are a scan.
    """
    value, above, below, _ = MEASURED[experiment]
    distance = 1e-6 * flux * np.asarray(strength) - value
    return (-0.5 * (distance / np.where(distance > 0.0, above, below)) ** 2)[()]
