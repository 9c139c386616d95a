"""Photons of one decay in the rest frame of the parent: lines, the pi0 box, final-state radiation.

Each channel is a normalised shape of the rest-frame energy omega and a number of photons per decay:

* line at m/2 (N -> nu gamma, a -> gamma gamma),
* flat between m_pi^2/(2m) and m/2 (both photons of N -> nu pi0),
* radiation of the pair in N -> nu e+ e-.

A photon of a polarised Dirac N is emitted with probability 1 + alpha P c*, with c* the cosine to
the flight direction: alpha = +1 for the line, and for a pi0 photon alpha = -cos chi(omega), because
the pion (not the photon) follows the spin.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..constants import M_PI0
from ..errors import DomainError
from ..units import finite
from . import fsr as _fsr

CHANNELS = ("line", "pi0", "fsr")
FOLLOWED = {
    "nu gamma": ("line", 1.0),
    "gamma gamma": ("line", 2.0),
    "nu pi0": ("pi0", 2.0),
    "nu e e": ("fsr", 1.0),
}


@dataclass(frozen=True)
class PhotonYield:
    """Photons per decay of one particle at rest.

    Attributes
    ----------
    mass : float
        MeV.
    lifetime : float
        Rest-frame lifetime in s (all channels).
    line, pi0 : float
        Photons per decay in the line at m/2 and in the pi0 box.
    fsr : float
        Branching ratio into nu e+ e-, which radiates (0 when final-state radiation is left out).
    line_asymmetry, pi0_asymmetry : float
        Polarisation times the asymmetry sign: 0 for isotropic decays.
    ignored : tuple of str
        Open channels with charged or hadronic products whose photons are not followed.
    """

    mass: float
    lifetime: float
    line: float = 0.0
    pi0: float = 0.0
    fsr: float = 0.0
    line_asymmetry: float = 0.0
    pi0_asymmetry: float = 0.0
    ignored: tuple = ()

    references = ("Pal:1981rm", "Atre:2009rg", "Oberauer:1993yr", "Jaffe:1995sw")

    @property
    def weights(self):
        """Factors of the five shapes line, pi0, fsr and the two anisotropic parts; shape (5,)."""
        return np.array(
            [
                self.line,
                self.pi0,
                self.fsr,
                self.line * self.line_asymmetry,
                self.pi0 * self.pi0_asymmetry,
            ]
        )

    @property
    def hard_photons(self):
        """Photons per decay without final-state radiation."""
        return self.line + self.pi0

    def continuum(self, omega):
        """Photons per decay and per MeV of the two continuous channels.

        Parameters
        ----------
        omega : array_like
            Rest-frame energy in MeV.

        Returns
        -------
        ndarray
            1/MeV; the line at m/2 is not included.
        """
        omega = np.asarray(omega, dtype=float)
        low, high = pi0_edges(self.mass) if self.pi0 else (0.0, 1.0)
        box = np.where((omega > low) & (omega < high), self.pi0 / (high - low), 0.0)
        if self.fsr:
            soft = np.vectorize(_fsr.fsr_spectrum, otypes=[float])(self.mass, omega)
            box = box + self.fsr * soft / omega
        return box


def pi0_edges(mass):
    """Lowest and highest energy (MeV) of a photon of N -> nu pi0 in the rest frame of N."""
    return M_PI0**2 / (2.0 * mass), 0.5 * mass


def pi0_photon_asymmetry(omega, mass):
    """alpha_c of a pi0 photon: -cos chi, cos chi = [1 - m_pi^2/(2 E_pi omega)]/beta_pi."""
    energy = (mass**2 + M_PI0**2) / (2.0 * mass)
    beta = (mass**2 - M_PI0**2) / (mass**2 + M_PI0**2)
    return -(1.0 - M_PI0**2 / (2.0 * energy * omega)) / beta


def photon_yield(model, fsr=True, polarisation=0.0, nu_gamma_scale=1.0):
    """Return the :class:`PhotonYield` of a model point.

    Parameters
    ----------
    model : object
        Anything with ``mass_mev``, ``width_mev``, ``partial_widths_mev()`` and ``nature``.
    fsr : bool
        Include the radiation of N -> nu e+ e-. It is not small: below the pi0 threshold it equals
        or exceeds the line in the observed energy bands.
    polarisation : float
        P between -1 and 1 of a Dirac N (P = 1: helicity -1 for N and +1 for its antiparticle).
        A Majorana N and a scalar decay isotropically whatever P is.
    nu_gamma_scale : float
        Factor on the nu gamma yield, to reproduce literature: 0.25 gives the normalisation
        9 alpha G_F^2 m^5 |U|^2/(2048 pi^4) that comes from reading sin^2(2 theta) as |U|^2.

    Raises
    ------
    DomainError
        For a polarisation outside [-1, 1], a negative scale, a negative or NaN width.
    """
    mass = finite(model.mass_mev, "model.mass_mev", 0.0)
    width = finite(model.width_mev, "model.width_mev", 0.0)
    polarisation = finite(polarisation, "polarisation", -1.0, 1.0)
    scale = finite(nu_gamma_scale, "nu_gamma_scale", 0.0)
    if mass <= 0.0:
        raise DomainError(f"model.mass_mev = {mass:g}: a decaying particle needs a mass > 0")
    numbers = dict.fromkeys(CHANNELS, 0.0)
    ignored = []
    for name, partial in model.partial_widths_mev().items():
        finite(partial, f"width of '{name}' in MeV", 0.0)
        if name not in FOLLOWED:
            if partial > 0.0 and set(name.split()) - {"3nu", "nu"}:
                ignored.append(name)
            continue
        channel, photons = FOLLOWED[name]
        if name == "nu gamma":
            photons *= scale
        if width > 0.0:
            numbers[channel] += photons * partial / width
    if not fsr:
        numbers["fsr"] = 0.0
    spin = polarisation if getattr(model, "nature", "") == "dirac" else 0.0
    if width <= 0.0:
        lifetime = math.inf
    else:
        from ..constants import HBAR

        lifetime = HBAR / width
    return PhotonYield(
        mass, lifetime, **numbers, line_asymmetry=spin, pi0_asymmetry=spin, ignored=tuple(ignored)
    )
