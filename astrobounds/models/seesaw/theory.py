"""What every theory of neutrino mass says of itself, from its symmetric mass matrix.

    L = -(1/2) n^T C M n + h.c.,   n = (nu_a, N_1, N_2, ...) left-handed fields,   U^T M U = diag(m)

|U_ak|^2 is the mixing of the state k with the flavour a. The lightest states, as many as there are
flavours in the theory, are called light, the others heavy.
"""

import inspect
import math
import warnings
from functools import cached_property
from types import MappingProxyType

import numpy as np

from ... import constants as const
from ...errors import DomainError, ValidityWarning, did_you_mean
from ...numerics.takagi import takagi
from ...units import energy_mev
from ..hnl import HNL, MASS_RANGE, QUARK_MATCHING
from ..protocol import OTHER, Model, Parameter
from .loop import loop_matrix
from .pair import find_pairs

VACUUM = (math.sqrt(2.0) * const.G_FERMI) ** -0.5  # MeV, v = 246.22 GeV


def dirac_mass(coupling):
    """Return the Dirac mass y v/sqrt 2 (Quantity, MeV) of a Yukawa coupling y."""
    import astropy.units as u

    return np.asarray(coupling) * VACUUM / math.sqrt(2.0) * u.MeV


def yukawa(mass):
    """Return the Yukawa coupling y = sqrt 2 m/v of a Dirac mass (Quantity)."""
    return energy_mev(mass, "Dirac mass") * math.sqrt(2.0) / VACUUM


MODULI = "mass terms are moduli; give signs and phases with phases={name: radians}"


def mass_term(name, symbol, default=0.0, example="1*u.MeV", why=MODULI):
    """Return the :class:`Parameter` of a mass term, in MeV and not negative."""
    return Parameter(
        name, "MeV", OTHER, 0, symbol, 0.0, math.inf, default=default, example=example, why=why
    )


def flavoured(name, symbol):
    """Return the three parameters of a mass term with a flavour index."""
    index = {"e": "e", "mu": r"\mu", "tau": r"\tau"}
    return tuple(mass_term(f"{name}.{f}", f"{symbol}_{{{index[f]}}}") for f in const.FLAVOURS)


class Theory(Model):
    """Base of theories: frozen values by name, their mass matrix, and the particles it contains.

    A subclass declares ``parameters`` (masses in MeV, phases in radians) and ``_matrix()``. A theory is
    no particle: what has a mass, a width and decays are its ``particles()``.
    """

    optional = ()  # mapping arguments that may be left out

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            own = inspect.signature(cls.__init__)
            cls.__signature__ = own.replace(parameters=list(own.parameters.values())[1:])
        elif cls.parameters:
            given = cls.__signature__.parameters.values()
            found = [x.replace(default=None) if x.name in cls.optional else x for x in given]
            cls.__signature__ = cls.__signature__.replace(
                parameters=sorted(found, key=lambda x: x.default is not inspect.Parameter.empty)
            )

    def _no_particle(self, *_):
        raise DomainError(
            f"a {type(self).__name__} is a theory, not a particle: pass one of its particles()"
        )

    mass_mev = property(_no_particle)
    states = property(_no_particle)
    decays = processes = partial_widths_mev = _no_particle

    @property
    def flavours(self):
        """The flavours that take part, in the order e, mu, tau."""
        terms = ("dirac", "epsilon")
        used = [f for f in const.FLAVOURS if any(self.values.get(f"{t}.{f}") for t in terms)]
        return tuple(used) or (const.FLAVOURS[0],)

    @cached_property
    def matrix_mev(self):
        """The symmetric mass matrix in MeV, read-only: flavours first."""
        matrix = self._matrix()
        matrix.setflags(write=False)
        return matrix

    @cached_property
    def spectrum(self):
        """The exact diagonalisation: :class:`~astrobounds.numerics.takagi.Takagi`."""
        return takagi(self.matrix_mev)

    @property
    def masses_mev(self):
        """Masses of all states in MeV, ascending."""
        return self.spectrum.masses

    @property
    def masses(self):
        """Masses of all states (Quantity, MeV), ascending; those of the light ones are tree-level."""
        import astropy.units as u

        return self.spectrum.masses * u.MeV

    @property
    def light_masses(self):
        """The tree-level masses of the light states (Quantity, MeV)."""
        return self.masses[: len(self.flavours)]

    @property
    def heavy(self):
        """Indices of the heavy states."""
        return range(len(self.flavours), len(self.masses_mev))

    @cached_property
    def mixing(self):
        """``{flavour: |U|^2 of every state}``, ordered like the masses; zero for unused flavours."""
        rows = dict(zip(self.flavours, np.abs(self.spectrum.vectors) ** 2))
        empty = np.zeros(len(self.masses_mev))
        return MappingProxyType({f: rows.get(f, empty) for f in const.FLAVOURS})

    @property
    def light_mixing(self):
        """The complex mixing of light states, rows as `flavours`: the PMNS matrix if there are three."""
        n = len(self.flavours)
        return self.spectrum.vectors[:n, :n]

    def splitting(self, i, j):
        """Return m_j - m_i (Quantity, MeV) without loss of digits."""
        import astropy.units as u

        return self.spectrum.splitting(i, j) * u.MeV

    @cached_property
    def loop_matrix_mev(self):
        """One-loop masses of the flavours from Z and Higgs exchange, complex symmetric, in MeV."""
        n = len(self.flavours)
        return loop_matrix(self.matrix_mev, self.spectrum, n)

    @property
    def loop_mass(self):
        """The largest one-loop mass (Quantity, MeV); add ``loop_matrix_mev`` to tree level for phases."""
        import astropy.units as u

        return takagi(self.loop_matrix_mev).masses[-1] * u.MeV

    def pairs(self):
        """Return the :class:`Pair` of heavy states that are closer than a tenth of their mass."""
        return find_pairs(self.spectrum, self.flavours, self.heavy)

    def particles(self, pairs="auto"):
        """Return the heavy states as a tuple of :class:`~astrobounds.HNL`, ascending in mass.

        Parameters
        ----------
        pairs : {"auto", "majorana", "dirac"}
            A pair is one Dirac N with the sum of the mixings, or two Majorana N. ``"auto"`` decides
            by the splitting against the width (`pairs()` says the numbers). Total rates are the same.

        Warns
        -----
        ValidityWarning
            For states that are left out because they lie outside 1 keV to the D mass, and above 1 GeV,
            where widths are accurate to 10-20 %.

        Notes
        -----
        An HNL decays through its mixing alone; decays into other new particles of a theory, and of one
        heavy state into another, are not part of it.
        """
        if pairs not in ("auto", "majorana", "dirac"):
            raise DomainError(
                f"pairs = {pairs!r}{did_you_mean(pairs, ('auto', 'majorana', 'dirac'))}; "
                "allowed: 'auto', 'majorana', 'dirac'"
            )
        joined = {p.states[0]: p for p in self.pairs() if _one_dirac(p, pairs)}
        second = {p.states[1] for p in joined.values()}
        found = []
        for k in self.heavy:
            if k not in second:
                states = joined[k].states if k in joined else (k,)
                mass = float(np.mean(self.masses_mev[list(states)]))
                mixing = tuple(float(sum(self.mixing[f][s] for s in states)) for f in const.FLAVOURS)
                found.append((mass, mixing, "dirac" if k in joined else "majorana"))
        _warn_outside([mass for mass, _, _ in found])
        return tuple(HNL.fast(*f) for f in found if MASS_RANGE[0] <= f[0] <= MASS_RANGE[1])

    def to_dict(self):
        """Return masses, mixings and splittings as plain numbers."""
        return {
            "theory": type(self).__name__,
            "values": dict(self.values),
            "masses_mev": self.masses_mev.tolist(),
            "mixing": {f: row.tolist() for f, row in self.mixing.items()},
            "pairs": [str(p) for p in self.pairs()],
            "loop_mass_mev": float(self.loop_mass.value),
        }


def _one_dirac(pair, choice):
    return choice == "dirac" or (choice == "auto" and pair.dirac_like)


def _warn_outside(masses):
    low, high = MASS_RANGE
    outside = [f"{m:.4g}" for m in masses if not low <= m <= high]
    if outside:
        warnings.warn(
            f"heavy states of {', '.join(outside)} MeV are left out: "
            f"HNLs exist from {low:g} to {high:g} MeV",
            ValidityWarning,
            stacklevel=3,
        )
    if any(QUARK_MATCHING < m <= high for m in masses):
        warnings.warn(
            "hadronic widths of heavy states above 1 GeV are accurate to 10-20 %",
            ValidityWarning,
            stacklevel=3,
        )
