"""Positrons of all galactic supernovae against the annihilation line of the Milky Way.

    N_e+ = n_e+ sum_i s_i int dE dN/dE [exp(-R_i/l) - exp(-d/l)],    l = p c tau/m

counts decays outside the envelope and inside the Galaxy (d = 10 kpc); those inside the envelope
annihilate there. Positrons of 1 to 100 MeV slow down in 1e5 to 1e7 years at 1 atom/cm^3, in which
more than a thousand stars explode: the supply is steady, and the line limits the mean supernova,

    N_lim = F_511 4 pi d_eff^2/[k (1 - P) R_SN],    k = 2 (1 - 3 f/4),

with the share f of positronium and the share P that annihilates in flight (:mod:`.in_flight`).

References
----------
Siegert et al., arXiv:1512.00325 (line); arXiv:2405.08482, arXiv:2501.07725, arXiv:2506.00847 (heavy
neutral leptons and other particles).
"""

import math
from dataclasses import dataclass

import numpy as np

from ..constants import C_CM, HBAR, KPC_CM, M_E, YEAR_S
from ..errors import DomainError
from ..units import finite, length_cm, time_s
from . import in_flight
from .arrival import Signal
from .diffuse import PROGENITORS, check_progenitors
from .fireball import fireball_emission
from .kernels import D_LN_P
from .positron_yield import mean_share, per_decay
from .source import EMISSION_DURATION, as_callable, parent_spectrum
from .spectrum import photon_yield

LINE_FLUX = 2.7e-3  # 1/cm^2/s, whole 511 keV line of the Milky Way, +- 0.3e-3, arXiv:1512.00325
LINE_FLUX_SIGMA = 0.3e-3
POSITRONIUM = 1.0  # its share in the annihilations, 1.08 +- 0.03 in the bulge, arXiv:1512.00325
DISTANCE_KPC = 8.5  # effective distance of the annihilations; 15 % in its square
SUPERNOVA_RATE = 2.0  # per century in the Milky Way, 25 %
HALO_KPC = 10.0  # decays farther away do not make the line of the Milky Way


def line_photons(positronium=POSITRONIUM):
    """Photons of 511 keV per positron at rest: 2 (1 - 3 f/4)."""
    return 2.0 * (1.0 - 0.75 * finite(positronium, "positronium fraction", 0.0, 1.0))


def annihilation_rate(flux=LINE_FLUX, positronium=POSITRONIUM, distance_kpc=DISTANCE_KPC):
    """Positrons per second that stop in the Galaxy, from the flux of the line [1/cm^2/s]."""
    area = 4.0 * math.pi * (distance_kpc * KPC_CM) ** 2
    return flux * area / line_photons(positronium)


def line_limit(flux=LINE_FLUX, positronium=POSITRONIUM, distance_kpc=DISTANCE_KPC,
               per_century=SUPERNOVA_RATE):  # fmt: skip
    """Positrons per supernova that would make the whole line alone, without annihilation in flight.

    Parameters
    ----------
    flux : float
        1/cm^2/s.
    positronium : float
    distance_kpc : float
    per_century : float
        Core-collapse supernovae of the Milky Way in a hundred years.

    Returns
    -------
    float
        7.4e52 by default.
    """
    rate = finite(per_century, "supernovae per century", 1e-3, 1e3) / (100.0 * YEAR_S)
    return annihilation_rate(flux, positronium, distance_kpc) / rate


def band_limits(bands, kinetic, distance_kpc=DISTANCE_KPC, per_century=SUPERNOVA_RATE):
    """Positrons per supernova allowed by photons of annihilation in flight, one per band.

    Parameters
    ----------
    bands : sequence of ((low, high), flux)
        Photon energies [MeV] and flux that may be theirs [1/cm^2/s]. What the gas and cosmic rays
        shine there has to be subtracted first: it decides whether this is stronger than the line.
    kinetic : float
        Mean kinetic energy of the positrons [MeV].

    Returns
    -------
    ndarray, shape (bands,)
        Infinite where no photon falls into a band.
    """
    made = in_flight.photons(kinetic, [edges for edges, _ in bands])
    flux = np.array([finite(f, "flux of a band [1/cm^2/s]", 0.0) for _, f in bands])
    rate = per_century / (100.0 * YEAR_S)
    with np.errstate(divide="ignore"):
        return flux * 4.0 * math.pi * (distance_kpc * KPC_CM) ** 2 / (made * rate)


@dataclass(frozen=True)
class PositronResult:
    """Positrons of one supernova; plain floats.

    Attributes
    ----------
    number : float
        Positrons that leave the envelopes, the mean over progenitors.
    by_progenitor : tuple of (share, radius in cm, float)
        The same for each kind of star.
    per_decay : float
        Positrons per decay.
    emitted : float
        Particles that leave the star.
    lifetime : float
        s.
    kinetic : float
        Mean kinetic energy of a positron [MeV].
    lost_in_flight : float
        Share of them that annihilates in flight.
    """

    number: float
    by_progenitor: tuple
    per_decay: float
    emitted: float
    lifetime: float
    kinetic: float
    lost_in_flight: float

    references = ("Siegert:2015knp", "DelaTorreLuque:2024zsr")

    def __repr__(self):
        return (
            f"PositronResult(number={self.number:.4g}, per_decay={self.per_decay:.4g}, "
            f"kinetic={self.kinetic:.4g} MeV, lost_in_flight={self.lost_in_flight:.3g})"
        )

    @property
    def stopped(self):
        """Positrons that come to rest in the gas."""
        return self.number * (1.0 - self.lost_in_flight)

    def line_flux(self, per_century=SUPERNOVA_RATE, positronium=POSITRONIUM, distance_kpc=DISTANCE_KPC):
        """Flux of the 511 keV line [1/cm^2/s] if every supernova of the Milky Way is like this one."""
        return LINE_FLUX * self.stopped / line_limit(LINE_FLUX, positronium, distance_kpc, per_century)

    @property
    def ratio(self):
        """Stopped positrons over those that would make the whole line."""
        return self.stopped / line_limit()


def _shells(model, parents, inner, outer, duration):
    """Edges of shells [cm] and the share of the positrons born in each that outlives their plasma.

    Where photons and pairs of the shell between r and 2r meet (optical depth tau), pairs annihilate
    as the plasma expands and cools: dN/dt = -sigma v N^2/V leaves N/(1 + tau). An estimate.
    """
    photons = photon_yield(model)
    edges, kept = [inner], []
    while 2.0 * edges[-1] < outer:
        depth = fireball_emission(Signal(photons, parents, edges[-1], KPC_CM), duration).depth
        kept.append(1.0 / (1.0 + depth))
        edges.append(2.0 * edges[-1])
        if depth < 1e-3 and (len(kept) == 1 or kept[-1] >= kept[-2]):
            break
    return np.array([*edges, outer]), np.array([*kept, 1.0])


def _survivors(inverse, radius, edges, kept):
    """Per particle of 1/l = ``inverse`` [1/cm]: decays beyond a radius that leave their positron."""
    low = np.maximum(edges[:-1], radius)
    thick = np.maximum(edges[1:] - low, 0.0)
    with np.errstate(under="ignore"):
        inside = -np.exp(-np.multiply.outer(inverse, low)) * np.expm1(-np.multiply.outer(inverse, thick))
    return inside @ kept


def positron_number(model, spectrum, *, progenitors=PROGENITORS, halo_kpc=HALO_KPC, fireball=True,
                    emission_duration_s=EMISSION_DURATION):  # fmt: skip
    """Positrons of one supernova, for fits (plain floats).

    Parameters
    ----------
    model : object
        Anything with ``mass_mev``, ``width_mev`` and ``partial_widths_mev()``.
    spectrum : object
        A star, an emission result, a callable dN/dE(E in MeV) in 1/MeV, or a pair of columns.
    progenitors : sequence of (share, radius in cm)
    halo_kpc : float
        Distance within which decays count.
    fireball : bool
        Leave out pairs that annihilate among themselves outside the star: the share tau/(1 + tau)
        of an estimate, with the optical depth tau of :mod:`.fireball` shell by shell. It matters at the
        upper edge.
    emission_duration_s : float
        Time over which the rate of a snapshot lasts.

    Returns
    -------
    PositronResult

    Raises
    ------
    DomainError
        For a spectrum or progenitors that are not understood.
    ConfigError
        For a channel whose positrons are not followed.
    """
    mass = finite(model.mass_mev, "model.mass_mev", 0.0)
    if mass <= 0.0:
        raise DomainError(f"model.mass_mev = {mass:g}: a decaying particle needs a mass > 0")
    mix = check_progenitors(progenitors)
    halo = finite(halo_kpc, "halo_kpc", 1e-6) * KPC_CM
    duration = finite(emission_duration_s, "emission_duration_s", 0.0)
    parents = parent_spectrum(as_callable(spectrum, model, duration), mass)
    each, width = per_decay(model), float(model.width_mev)
    lifetime = HBAR / width if width > 0.0 else math.inf
    emitted = float(parents.number())
    if each == 0.0 or emitted == 0.0:
        return PositronResult(0.0, tuple((s, r, 0.0) for s, r in mix), each, emitted, lifetime, 0.0, 0.0)
    p = parents.momentum
    number = D_LN_P * parents.y * p / mass  # particles per node
    inverse = mass / (p * C_CM * lifetime)
    edges, kept = np.array([0.0, halo]), np.ones(1)
    smallest = min(radius for _, radius in mix)
    if fireball and 0.0 < smallest < halo:
        edges, kept = _shells(model, parents, smallest, halo, duration)
    rows, decayed = [], np.zeros_like(p)
    for share, radius in mix:
        left = each * number * _survivors(inverse, radius, edges, kept)
        rows.append((share, radius, float(left.sum())))
        decayed += share * left
    total = float(decayed.sum())
    energy = float(decayed @ parents.energy) / total if total > 0.0 else parents.mean_energy()
    kinetic = max(mean_share(model) * float(energy) - M_E, in_flight.T_RANGE[0])
    lost = float(in_flight.probability(kinetic))
    return PositronResult(total, tuple(rows), each, emitted, lifetime, kinetic, lost)


def positrons(model, star, progenitors=None, halo=None, emission_duration=None, fireball=True):
    """Positrons that a supernova gives to the Galaxy through the decays of a particle.

    Parameters
    ----------
    model, star
        See :func:`~astrobounds.gamma.arrival.signal`.
    progenitors : sequence of (share, Quantity), optional
        Default 0.70 at 4e13 cm, 0.25 at 3e11 cm, 0.05 at 3e12 cm.
    halo : Quantity, optional
        Distance within which decays count, 10 kpc.
    emission_duration : Quantity, optional
        Time over which a star's or an emission result's rate is taken to last, default 3 s.
    fireball : bool
        Leave out pairs that annihilate among themselves outside the star.

    Returns
    -------
    PositronResult

    Raises
    ------
    DomainError
        For shares that do not sum to one or a length without a unit.
    """
    options = {"fireball": fireball}
    if progenitors is not None:
        options["progenitors"] = tuple((s, length_cm(r, "progenitor radius")) for s, r in progenitors)
    if halo is not None:
        options["halo_kpc"] = length_cm(halo, "halo") / KPC_CM
    if emission_duration is not None:
        options["emission_duration_s"] = time_s(emission_duration, "emission_duration")
    return positron_number(model, star, **options)
