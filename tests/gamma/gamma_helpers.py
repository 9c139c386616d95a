"""Test inputs: two fully specified parent spectra, HNL points, and an axion-like particle."""

import math

import astropy.units as u
import numpy as np

from astrobounds.constants import ALPHA, HBAR, M_E
from astrobounds.gamma.arrival import make_signal
from astrobounds.models.decays.amplitudes import LeptonPair
from astrobounds.models.hnl import HNL, spin_states
from astrobounds.models.protocol import Decay, State

TEMPERATURE = 30.0  # MeV
SMM_BANDS = ((4.1, 6.4), (10.0, 25.0), (25.0, 100.0))
SMM_WINDOW = (0.0, 223.232)
BAND = (25.0, 100.0)


def spectrum_a(mass, mixing):
    """dN/dE = |U|^2 1e59 MeV^-3 p E/(e^{E/T} + 1)."""

    def function(energy):
        energy = np.asarray(energy, dtype=float)
        p = np.sqrt((energy - mass) * (energy + mass))
        return mixing * 1e59 * p * energy * np.exp(-energy / TEMPERATURE) / (
            1.0 + np.exp(-energy / TEMPERATURE))  # fmt: skip

    return function


def spectrum_b(mass, mixing):
    """dN/dE = |U|^2 1.5e55 MeV^-5 p E^3/(e^{E/T} + 1)."""

    def function(energy):
        energy = np.asarray(energy, dtype=float)
        return spectrum_a(mass, mixing)(energy) * 1.5e-4 * energy**2

    return function


SPECTRA = {"A": spectrum_a, "B": spectrum_b}


def hnl(mass, flavour, mixing, nature="majorana"):
    return HNL(mass=mass * u.MeV, mixing={flavour: mixing}, nature=nature)


def signal(
    spectrum,
    mass,
    flavour,
    mixing,
    nature="majorana",
    radius=3e12,
    distance=50.0,
    fsr=False,
    **options,
):
    """The set-up of the check numbers: 50 kpc, 3e12 cm, no final-state radiation unless asked."""
    return make_signal(hnl(mass, flavour, mixing, nature), SPECTRA[spectrum](mass, mixing),
                       radius_cm=radius, distance_kpc=distance, fsr=fsr, **options)  # fmt: skip


def fluence(*args, band=BAND, window=SMM_WINDOW, **kwargs):
    return float(signal(*args, **kwargs).fluences((band,), (window,))[0, 0])


PRODUCTS = {
    "nu gamma": ("nu_mu", "gamma"), "3nu": ("nu_e", "nu_mu", "nubar_e"), "nu pi0": ("nu_mu", "pi0"),
    "gamma gamma": ("gamma", "gamma"),
}  # fmt: skip


class Particle:
    """A decaying particle made of its mass and its partial widths (MeV)."""

    def __init__(self, mass, widths, nature="majorana"):
        self.mass_mev, self._widths, self.nature = mass, dict(widths), nature

    @property
    def states(self):
        return spin_states(self.nature) if self.nature != "scalar" else (State("a", 1.0, -1),)

    @property
    def width_mev(self):
        return sum(self._widths.values())

    def decays(self):
        pair = LeptonPair(self.mass_mev, M_E, 0.5, 0.23)
        return tuple(
            Decay(width, "", PRODUCTS.get(name, ("nu_mu", "e-", "e+")),
                  pair if name == "nu e e" else None, name)
            for name, width in self._widths.items()
        )  # fmt: skip


def axion(mass, coupling_gev):
    """a -> gamma gamma with g in 1/GeV: Gamma = g^2 m^3/(64 pi)."""
    g = coupling_gev * 1e-3
    return Particle(mass, {"gamma gamma": g * g * mass**3 / (64.0 * math.pi)}, nature="scalar")


def axion_spectrum(mass, coupling_gev, k=17.3441270, temperature=31.2857459, norm=2.03595118e77):
    """Primakoff emission in the form of arXiv:1702.02964, Eq. (7)."""
    g = coupling_gev * 1e-3

    def sigma(energy):
        energy = np.asarray(energy, dtype=float)
        beta = np.sqrt((energy - mass) * (energy + mass)) / energy
        high = 2.0 * energy**2 * (1.0 + beta) - mass**2
        low = 2.0 * mass**2 / (1.0 + beta) - mass**2
        first = (1.0 + k**2 / (4.0 * energy**2) - mass**2 / (2.0 * energy**2)) * np.log(
            (high + k**2) / (low + k**2))  # fmt: skip
        last = mass**4 / (4.0 * k**2 * energy**2) * np.log(
            (mass**4 + k**2 * high) / (mass**4 + k**2 * low))  # fmt: skip
        return ALPHA * g * g / 8.0 * (first - beta - last)

    def function(energy):
        energy = np.asarray(energy, dtype=float)
        decay = np.exp(-energy / temperature)
        return norm * energy**2 * np.maximum(sigma(energy), 0.0) * decay / -np.expm1(-energy / temperature)

    function.sigma = sigma
    return function


def lifetime(model):
    return HBAR / model.width_mev
