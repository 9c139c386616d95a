"""Photons of one decay in the rest frame of the parent: lines, boxes of pi0, final-state radiation.

What a decay makes is in :mod:`astrobounds.models.decays.daughters`; here photons are sorted into groups of
one line, one box and one radiating pair each, whose arrival the kernels know how to integrate:

* lines: m/2 for N -> nu gamma and a -> gamma gamma,
* boxes: both photons of a pi0, m_pi^2/(2m) to m/2 for N -> nu pi0,
* radiation of the pair in N -> nu e+ e- and of pairs of fixed mass, X -> l+ l-.

A photon of a polarised Dirac N is emitted with probability 1 + alpha P c*, with c* the cosine to
the flight direction: alpha = +1 for the line, and for a pi0 photon alpha = -cos chi(omega), because
the pion (not the photon) follows the spin.
"""

import math
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from ..constants import HBAR, M_E, M_PI0
from ..errors import ConfigError, DomainError
from ..models.decays.daughters import daughters
from ..models.decays.photons import Box, Radiation
from ..units import finite


@dataclass(frozen=True)
class Group:
    """A line, a box and the radiation of a pair, each with its number per decay.

    Attributes
    ----------
    shape : tuple
        (energy of the line, lowest and highest energy of the box [MeV], (parent, mass of a leg) of the
        pair or None).
    numbers : tuple of float, shape (5,)
        Photons in the line and in the box, decays into the pair, and the first two times their
        asymmetry.
    """

    shape: tuple
    numbers: tuple


@dataclass(frozen=True)
class PhotonYield:
    """Photons per decay of one particle at rest.

    Attributes
    ----------
    mass : float
        MeV.
    lifetime : float
        Rest-frame lifetime in s (all channels).
    groups : tuple of Group
    pair_energy : float
        Share of the energy of a decay in radiating e+ e- (0 when radiation is left out).
    ignored : tuple of str
        Open channels with charged or hadronic products whose photons are not followed.
    ignored_ratio : float
        Their branching ratio.
    """

    mass: float
    lifetime: float
    groups: tuple = ()
    pair_energy: float = 0.0
    ignored: tuple = ()
    ignored_ratio: float = 0.0

    references = ("Pal:1981rm", "Atre:2009rg", "Oberauer:1993yr", "Jaffe:1995sw")

    def _sum(self, place):
        return sum(g.numbers[place] for g in self.groups)

    @property
    def line(self):
        """Photons per decay in lines."""
        return self._sum(0)

    @property
    def pi0(self):
        """Photons per decay in boxes of pi0."""
        return self._sum(1)

    @property
    def fsr(self):
        """Decays into pairs that radiate, per decay; 0 when radiation is left out."""
        return self._sum(2)

    @property
    def electrons(self):
        """Electrons and positrons of radiating pairs per decay."""
        return 2.0 * sum(g.numbers[2] for g in self.groups if g.shape[3] and g.shape[3][1] == M_E)

    @property
    def hard_photons(self):
        """Photons per decay without final-state radiation."""
        return self.line + self.pi0

    @property
    def hard_share(self):
        """Share of the energy of a decay in lines and boxes."""
        total = 0.0
        for group in self.groups:
            line, low, high, _ = group.shape
            total += group.numbers[0] * line + group.numbers[1] * 0.5 * (low + high)
        return total / self.mass

    def continuum(self, omega):
        """Photons per decay and per MeV of the continuous channels.

        Parameters
        ----------
        omega : array_like
            Rest-frame energy in MeV.

        Returns
        -------
        ndarray
            1/MeV; lines are not included.
        """
        omega = np.asarray(omega, dtype=float)
        total = np.zeros_like(omega)
        for group in self.groups:
            _, low, high, pair = group.shape
            if group.numbers[1]:
                total = total + Box(group.numbers[1], low, high).density(omega)
            if group.numbers[2]:
                parent, leg = pair
                total = total + Radiation(group.numbers[2], self.mass, leg, parent).density(omega)
        return total


def pi0_edges(mass):
    """Lowest and highest energy (MeV) of a photon of N -> nu pi0 in the rest frame of N."""
    return M_PI0**2 / (2.0 * mass), 0.5 * mass


def pi0_photon_asymmetry(omega, mass):
    """alpha_c of a pi0 photon: -cos chi, cos chi = [1 - m_pi^2/(2 E_pi omega)]/beta_pi."""
    energy = (mass**2 + M_PI0**2) / (2.0 * mass)
    beta = (mass**2 - M_PI0**2) / (mass**2 + M_PI0**2)
    return -(1.0 - M_PI0**2 / (2.0 * energy * omega)) / beta


def _polarised(model):
    """True for a fermion that differs from its antiparticle: only it decays anisotropically."""
    return any(s.statistics > 0 and s.lepton_number for s in model.states)


class _Sorter:
    """Photons of all decays by energy of a line, ends of a box and kind of pair."""

    def __init__(self):
        self.lines, self.boxes, self.pairs = {}, {}, {}
        self.pair_energy = 0.0

    def add(self, number, part, odd, fsr):
        """Add a decay; False if its photons are not all followed."""
        aside = odd if any(p.kind == "neutrino" for p in part.products) else 0.0
        simple = len(part.products) == 2
        for energy, n in part.photons.lines:
            _count(self.lines, energy, number * n, aside)
        whole = part.photons_followed
        for made in part.photons.continua:
            if isinstance(made, Radiation):
                if fsr:
                    _count(self.pairs, made.key, number, 0.0)
                    self.pair_energy += number * part.visible * (made.leg == M_E)
            elif simple and isinstance(made, Box):
                _count(self.boxes, (made.low, made.high), number * made.number, aside)
            else:
                whole = False
        return whole

    def groups(self, mass):
        """Return the tuple of :class:`Group`."""
        none = (0.0, 0.0)
        found = zip_longest(self.lines.items(), self.boxes.items(), self.pairs.items())
        out = []
        for line, box, pair in found:
            energy, (lines, odd) = line or (0.5 * mass, none)
            (low, high), (boxes, odd_box) = box or ((0.0, 0.0), none)
            kind, (pairs, _) = pair or (None, none)
            out.append(Group((energy, low, high, kind), (lines, boxes, pairs, odd, odd_box)))
        return tuple(out)


def _count(table, key, number, asymmetry):
    n, odd = table.get(key, (0.0, 0.0))
    table[key] = n + number, odd + number * asymmetry


def photon_yield(model, fsr=True, polarisation=0.0, nu_gamma_scale=1.0):
    """Return the :class:`PhotonYield` of a model point.

    Parameters
    ----------
    model : Model
        Its ``mass_mev``, ``decays()`` and ``states`` are read.
    fsr : bool
        Include the radiation of charged lepton pairs. It is not small: for N -> nu e+ e- below the pi0
        threshold it equals or exceeds the line in the observed energy bands.
    polarisation : float
        P between -1 and 1 of a Dirac N (P = 1: helicity -1 for N and +1 for its antiparticle).
        A Majorana N and a boson decay isotropically whatever P is.
    nu_gamma_scale : float
        Factor on the nu gamma yield, to reproduce literature: 0.25 gives the normalisation
        9 alpha G_F^2 m^5 |U|^2/(2048 pi^4) that comes from reading sin^2(2 theta) as |U|^2.

    Raises
    ------
    DomainError
        For a polarisation outside [-1, 1], a negative scale, a negative or NaN width.
    ConfigError
        For a model that decays to neutrinos alone, or whose photons are not followed at all.
    """
    mass = finite(model.mass_mev, "model.mass_mev", 0.0)
    polarisation = finite(polarisation, "polarisation", -1.0, 1.0)
    scale = finite(nu_gamma_scale, "nu_gamma_scale", 0.0)
    if mass <= 0.0:
        raise DomainError(f"model.mass_mev = {mass:g}: a decaying particle needs a mass > 0")
    made = daughters(model)
    odd = polarisation if _polarised(model) else 0.0
    sorter, ignored, lost = _Sorter(), {}, 0.0
    for decay, ratio, part in made.all:
        factor = scale if {p.kind for p in part.products} == {"neutrino", "photon"} else 1.0
        if not sorter.add(ratio * factor, part, odd, fsr) and part.visible > 0.0:
            ignored[decay.name] = None
            lost += ratio
    _refuse_the_invisible(model, made, ignored)
    lifetime = HBAR / made.width if made.width > 0.0 else math.inf
    return PhotonYield(
        mass, lifetime, sorter.groups(mass), sorter.pair_energy, tuple(ignored), lost
    )


def _refuse_the_invisible(model, made, ignored):
    """Raise ConfigError where no photon of any decay is followed."""
    if not made.all or any(p.photons.lines or p.photons.continua for p in made.parts):
        return
    name = type(model).__name__
    if ignored:
        raise ConfigError(
            f"the photons of {name} are not followed: none of its decays "
            f"({', '.join(ignored)}) has a photon, a pi0 or a pair of leptons of fixed mass"
        )
    raise ConfigError(f"{name} decays to neutrinos and dark particles alone: there are no gamma rays of it")
