"""What a decay leaves: photons, neutrinos, charged particles, heat. The one place that follows products.

From a :class:`astrobounds.models.protocol.Decay` (products by name, amplitude or flat phase space) follow
the spectra at rest and the shares of the energy. Everything that observables need of a model's decays
is in :class:`Daughters`; no observable knows channels by name.
"""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError
from . import shares
from .amplitudes import ChargedCurrent
from .flight import boosted, meson_daughter
from .kinematics import energy_lines, three_body, two_body_energy
from .known_decays import CHARGED_JET, JET_NEUTRINO, MESONS
from .particles import DARK, HADRONS, LEPTON, MESON, NEUTRINO, PHOTON, particles
from .photons import Box, radiation_of
from .rest_spectrum import Continuum, RestSpectrum, total

PARENTS = {1.0: "scalar", 3.0: "vector"}  # by the number of spin states of a boson
_BELOW = 1e-9  # by which products may exceed the mass: rounding at a threshold


def flat(e1, e2, e3):
    """|M|^2 of flat phase space."""
    return 1.0 + 0.0 * (e1 + e2 + e3)


@lru_cache(maxsize=512)
def continuum(mass, masses, amplitude, place):
    """Return the :class:`Continuum` of a massless product of a three-body decay."""
    return Continuum.of_decay(mass, masses, amplitude, place)


@dataclass(frozen=True, eq=False)
class Leaves:
    """What one decay at rest leaves.

    Attributes
    ----------
    mass : float
        Of the parent [MeV].
    products : tuple of particles.Particle
    amplitude : callable
        |M|^2 of three products.
    parent : str
        "fermion", "scalar", "pseudoscalar" or "vector": what radiation of a pair depends on.
    """

    mass: float
    products: tuple
    amplitude: object
    parent: str

    @property
    def masses(self):
        """Masses of the products [MeV]."""
        return tuple(p.mass for p in self.products)

    @cached_property
    def energies(self):
        """Mean energies of the products [MeV]; beside a jet a massless V-A pair."""
        kinds = [p.kind for p in self.products]
        if HADRONS in kinds and len(kinds) == 2:
            light = JET_NEUTRINO * self.mass
            return tuple(self.mass - light if k == HADRONS else light for k in kinds)
        if len(kinds) == 1:
            return (self.mass,)
        if len(kinds) == 2:
            a, b = self.masses
            return two_body_energy(self.mass, a, b), two_body_energy(self.mass, b, a)
        return tuple(map(float, three_body(self.mass, self.masses, self.amplitude)[1]))

    def share_of(self, *kinds):
        """Return the mean share of the energy in products of some kinds."""
        return sum(e for e, p in zip(self.energies, self.products) if p.kind in kinds) / self.mass

    @cached_property
    def visible(self):
        """Mean share of the energy in anything but neutrinos and dark particles."""
        lost = [p.kind in (NEUTRINO, DARK) for p in self.products]
        if all(lost):
            return 0.0
        return 1.0 - self.share_of(NEUTRINO, DARK) if any(lost) else 1.0

    @cached_property
    def shares(self):
        """Energies in heat and neutrinos [MeV], numbers that stop, numbers of neutrinos; shape (11,)."""
        return sum(shares.of_product(p, e) for p, e in zip(self.products, self.energies))

    @cached_property
    def neutrinos(self):
        """Direct neutrinos as tuples (flavour, (energy,) or arguments of `continuum`)."""
        out = []
        for i, p in enumerate(self.products):
            if p.kind != NEUTRINO:
                continue
            if any(q.kind == HADRONS for q in self.products):
                jets = ChargedCurrent(self.mass, 0.0, 0.0)
                out.append((p.flavour, (self.mass, jets.masses, jets, 1)))
            elif len(self.products) == 2:
                out.append((p.flavour, (self.energies[i],)))
            else:
                out.append((p.flavour, (self.mass, self.masses, self.amplitude, i)))
        return tuple(out)

    def lines(self, i):
        """Energies and numbers of product i; a mean beside a jet."""
        if len(self.products) < 3:
            return np.array([self.energies[i]]), np.array([1.0])
        return energy_lines(self.mass, self.masses, self.amplitude, i)

    @cached_property
    def electrons(self):
        """Energies [MeV] and numbers of e+- made directly, a tuple of pairs of arrays."""
        return tuple(self.lines(i) for i, p in enumerate(self.products) if p.stem == "e")

    @cached_property
    def charged(self):
        """Muons, taus, pions, kaons and K_L: {"mu": ((energies, numbers), ...), ...}."""
        parts = {}
        for i, p in enumerate(self.products):
            if p.kind == HADRONS:
                each = max(0.25 * self.energies[i], const.M_PI)
                parts.setdefault("pi", []).append((np.array([each]), np.array([CHARGED_JET])))
            elif p.kind == LEPTON and p.stem != "e":
                parts.setdefault(p.stem, []).append(self.lines(i))
            elif p.kind == MESON and any(MESONS[p.stem]):
                energy, number = self.lines(i)
                for name, count in zip(("pi", "K", "KL"), MESONS[p.stem]):
                    if count == 0.0:
                        continue
                    if name == p.stem:
                        parts.setdefault(name, []).append((energy, count * number))
                    else:
                        own, at = meson_daughter(p.stem, name)
                        moved = (np.array([at]), count * number[:, None], own, energy[:, None], p.mass)
                        parts.setdefault(name, []).append(boosted(*moved))
        return {name: tuple(lists) for name, lists in parts.items()}

    @cached_property
    def photons(self):
        """RestSpectrum of the photons: lines, boxes of pi0, radiation of pairs."""
        lines, continua = [], []
        for i, p in enumerate(self.products):
            if p.kind == PHOTON and len(self.products) == 2:
                lines.append((self.energies[i], 1.0))
            elif p.kind == PHOTON:
                continua.append(continuum(self.mass, self.masses, self.amplitude, i))
            elif p.stem == "pi0":
                continua += [Box.of_parent(2.0 * n, e, p.mass) for e, n in zip(*self.lines(i))]
        made = radiation_of(self.mass, self.products, self.parent)
        return RestSpectrum(tuple(lines), (*continua, *([made] if made else ())))

    @cached_property
    def photons_followed(self):
        """True unless muons, charged mesons or jets make photons that are not in ``photons``."""
        dull = (NEUTRINO, DARK, PHOTON)
        rest = [p for p in self.products if p.kind not in dull and p.stem != "pi0"]
        return not rest or radiation_of(self.mass, self.products, self.parent) is not None


def _check(mass, found, name):
    """Refuse what cannot be followed, in one sentence."""
    kinds = [p.kind for p in found]
    why = ""
    if len(found) > 3:
        why = "more than three products have no energies here; write 'hadrons' for many mesons"
    elif len(found) == 1 and kinds[0] not in (HADRONS, DARK):
        why = "one product alone cannot keep energy and momentum"
    elif len(found) == 3 and HADRONS in kinds:
        why = "'hadrons' stand alone or beside one particle"
    elif sum(p.charge for p in found) and HADRONS not in kinds:
        why = "the charges do not add up to zero"
    elif sum(p.mass for p in found) > mass * (1.0 + _BELOW):
        why = f"the products are heavier than {mass:g} MeV"
    if why:
        raise ConfigError(f"the decay '{name}' is not followed: {why}")


def _leaves(mass, products, amplitude, parent):
    found = particles(products)
    _check(mass, found, " ".join(products))
    return Leaves(mass, found, flat if amplitude is None else amplitude, parent)


_kept = lru_cache(maxsize=1024)(_leaves)


def leaves(mass, products, amplitude=None, parent="fermion"):
    """Return the :class:`Leaves` of one decay at rest.

    Parameters
    ----------
    mass : float
        MeV.
    products : tuple of str
        Names as in :class:`astrobounds.models.protocol.Decay`.
    amplitude : callable, optional
        |M|^2 of the energies of three products; flat phase space without it.
    parent : {"fermion", "scalar", "pseudoscalar", "vector"}
        Shapes the photons that a lepton pair radiates.

    Raises
    ------
    ConfigError
        For a product or a combination that is not followed.
    """
    try:
        return _kept(float(mass), tuple(products), amplitude, parent)
    except TypeError:  # an amplitude without a hash
        return _leaves(float(mass), tuple(products), amplitude, parent)


@dataclass(frozen=True, eq=False)
class Daughters:
    """All decays of one model point.

    Attributes
    ----------
    mass, width : float
        MeV.
    decays : tuple of Decay
    ratios : tuple of float
        Branching ratios; they sum to one.
    parts : tuple of Leaves
    """

    mass: float
    width: float
    decays: tuple
    ratios: tuple
    parts: tuple = field(repr=False)

    @property
    def all(self):
        """Tuples (decay, branching ratio, leaves)."""
        return tuple(zip(self.decays, self.ratios, self.parts))

    @cached_property
    def neutrinos(self):
        """``{flavour: RestSpectrum}`` of direct neutrinos per decay, antineutrinos counted with them."""
        numbers = {f: {} for f in const.FLAVOURS}
        for ratio, part in zip(self.ratios, self.parts):
            for flavour, made in part.neutrinos:
                numbers[flavour][made] = numbers[flavour].get(made, 0.0) + ratio
        return {f: _spectrum(found) for f, found in numbers.items()}

    @cached_property
    def photons(self):
        """RestSpectrum of photons per decay."""
        return total(p.photons.scaled(r) for r, p in zip(self.ratios, self.parts))

    @cached_property
    def charged(self):
        """Muons, taus, pions, kaons and K_L per decay: {name: [(energies, numbers), ...]}."""
        out = {}
        for ratio, part in zip(self.ratios, self.parts):
            for name, lists in part.charged.items():
                out.setdefault(name, []).extend((e, ratio * n) for e, n in lists)
        return out

    @cached_property
    def electrons(self):
        """Energies [MeV] and numbers of direct e+- per decay."""
        lists = [(e, r * n) for r, p in zip(self.ratios, self.parts) for e, n in p.electrons]
        if not lists:
            return np.empty(0), np.empty(0)
        return tuple(np.concatenate([part[i] for part in lists]) for i in (0, 1))

    @cached_property
    def visible(self):
        """Mean share of the energy in anything but neutrinos and dark particles."""
        return sum(r * p.visible for r, p in zip(self.ratios, self.parts))

    @cached_property
    def shares(self):
        """Mean of :attr:`Leaves.shares`, shape (11,)."""
        return sum((r * p.shares for r, p in zip(self.ratios, self.parts)), np.zeros(shares.SIZE))

    def without_dark(self):
        """Return the decays that are not dark alone, and the share of the width that is.

        Raises
        ------
        ConfigError
            For a decay with something dark beside other products: where its energy goes in a plasma
            is not followed.
        """
        kept, dark = [], 0.0
        for decay, ratio, part in self.all:
            kinds = {p.kind for p in part.products}
            if kinds == {DARK}:
                dark += ratio
            elif DARK in kinds:
                raise ConfigError(
                    f"the decay '{decay.name}' has something dark beside other products: its inverse in a "
                    "plasma is not followed; give the visible and the dark share as decays of their own"
                )
            else:
                kept.append((decay, ratio, part))
        if not dark:
            return self, 0.0
        if not kept:
            return Daughters(self.mass, 0.0, (), (), ()), 1.0
        decays, ratios, parts = zip(*kept)
        rest = sum(ratios)
        return Daughters(self.mass, rest * self.width, decays, tuple(r / rest for r in ratios), parts), dark


def _spectrum(found):
    """RestSpectrum of {(energy,) or arguments of `continuum`: number}."""
    lines = tuple((made[0], n) for made, n in found.items() if len(made) == 1)
    rest = tuple(continuum(*made).scaled(n) for made, n in found.items() if len(made) > 1)
    return RestSpectrum(lines, rest)


def parent_of(model):
    """Return "fermion", "scalar", "pseudoscalar" or "vector": what a model says or its states imply."""
    if getattr(model, "radiating", ""):
        return model.radiating
    states = getattr(model, "states", ())
    if not states or states[0].statistics > 0:
        return "fermion"
    return PARENTS.get(float(sum(s.degrees for s in states)), "vector")


def daughters(model):
    """Return the :class:`Daughters` of a model point.

    Parameters
    ----------
    model : Model
        Only ``mass_mev``, ``decays()``, ``states`` and, for a boson, ``radiating`` are read.

    Raises
    ------
    ConfigError
        For a model that lists no decays, or one with a decay that is not followed.
    DomainError
        For a width that is negative or not finite.
    """
    if not hasattr(model, "decays"):
        raise ConfigError(
            f"{type(model).__name__} does not say what it decays to: it needs decays(), a tuple of Decay "
            "with a width and the names of the products"
        )
    listed = model.decays()
    for decay in listed:
        if not 0.0 <= decay.width < np.inf:
            raise DomainError(f"width of '{decay.name}' = {decay.width:g} MeV is outside [0, inf)")
    decays = tuple(d for d in listed if d.width > 0.0)
    parent = parent_of(model)
    width = sum(d.width for d in decays)
    parts = tuple(
        leaves(model.mass_mev, d.products, d.amplitude, getattr(d.amplitude, "parent", parent))
        for d in decays
    )
    return Daughters(model.mass_mev, width, decays, tuple(d.width / width for d in decays), parts)
