"""Photodisintegration: reactions, their cross sections, and the change of abundances they cause."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path, read_ecsv
from ...errors import DataError, DomainError
from ...numerics.quadrature import interval_rule
from ..nuclear.nuclides import nuclide

#: Nuclides followed after nucleosynthesis, in the order of matrices and arrays.
NUCLIDES = ("n", "p", "d", "t", "He3", "He4", "Li6", "Li7", "Be7")

MILLIBARN = 1e-27 / const.HBAR_C**2  # MeV^-2
TAU_TRITIUM = 12.32 * const.YEAR_S / math.log(2.0)  # s, NUBASE2020

_FORMS = {"power": 4, "power-gauss": 13, "deuteron": 3, "capture": 7, "lorentz": 3}


@dataclass(frozen=True)
class Photodisintegration:
    """One reaction A(gamma, ...).

    Attributes
    ----------
    target : str
    products : tuple of str
    terms : tuple of (str, tuple of float)
        Shapes and their numbers, see the header of ``data/cosmology/photodisintegration.ecsv``.
    """

    target: str
    products: tuple
    terms: tuple
    references = ("CyburtEllisFieldsOlive2003", "Jedamzik2006", "KawasakiEtAl2020", "Wang2021")

    @property
    def name(self):
        """For instance ``"He4(g,n)He3"``."""
        light, heavy = self.products[:-1], self.products[-1]
        return f"{self.target}(g,{' '.join(light)}){heavy}"

    @property
    def threshold(self):
        """Photon energy [MeV] from AME2020 masses, without recoil."""
        made = sum(nuclide(p).mass for p in self.products)
        return made - nuclide(self.target).mass

    def sigma_mb(self, energy):
        """Cross section [mb] at photon energies [MeV]; zero below the threshold."""
        E = np.asarray(energy, dtype=float)
        Q = self.threshold
        e = np.maximum(E - Q, 0.0)
        above = E > Q
        safe = np.where(above, e, 1.0)
        value = sum(_shape(form, numbers, E, safe, Q) for form, numbers in self.terms)
        return np.where(above, value, 0.0)


def _shape(form, c, E, e, Q):
    """One term of a cross section in mb, above the threshold."""
    if form == "deuteron":
        r = np.sqrt(Q * e) / E
        return c[0] * (r**3 + c[1] * r**2 * (math.sqrt(Q) - math.sqrt(c[2])) ** 2 / (e + c[2]))
    if form == "capture":
        polynomial = np.maximum(1.0 + e * e * (c[4] + e * (c[5] + e * c[6])), 0.0)
        return c[0] * c[1] / E**2 * np.exp(-c[2] / np.sqrt(e) - c[3] * e) * polynomial
    if form == "lorentz":
        return c[0] / (1.0 + ((e - c[1]) / c[2]) ** 2)
    power = c[0] * Q ** c[1] * e ** c[2] / E ** c[3]
    if form == "power":
        return power
    bumps = zip(c[4::3], c[5::3], c[6::3])
    return power * sum(h * np.exp(-0.5 * ((E - at) / w) ** 2) for h, at, w in bumps)


@lru_cache(maxsize=1)
def photodisintegrations():
    """Return all reactions as a tuple of :class:`Photodisintegration`, checked against masses."""
    found = {}
    path = data_path("cosmology/photodisintegration.ecsv")
    for row in read_ecsv(path):
        form, numbers = str(row["form"]), tuple(float(x) for x in str(row["parameters"]).split())
        key = str(row["target"]), tuple(str(row["products"]).split())
        if _FORMS.get(form) != len(numbers):
            raise DataError(
                f"{path.name}: {key}: form {form!r} with {len(numbers)} numbers; allowed: {_FORMS}"
            )
        terms, threshold = found.setdefault(key, ([], float(row["threshold"])))
        terms.append((form, numbers))
    reactions = []
    for (target, products), (terms, threshold) in found.items():
        one = Photodisintegration(target, products, tuple(terms))
        for number in ("A", "Z"):
            left = sum(getattr(nuclide(p), number) for p in products)
            if left != getattr(nuclide(target), number):
                raise DataError(f"{path.name}: {one.name} does not conserve {number}")
        if abs(one.threshold - threshold) > 1e-3:
            raise DataError(
                f"{path.name}: {one.name}: threshold {threshold} MeV, masses give {one.threshold:.4f}"
            )
        reactions.append(one)
    return tuple(reactions)


@lru_cache(maxsize=1)
def changes():
    """Matrix of dY/d(hits per nucleus) for each reaction, shape (reactions, nuclides, nuclides)."""
    reactions = photodisintegrations()
    out = np.zeros((len(reactions), len(NUCLIDES), len(NUCLIDES)))
    for r, reaction in enumerate(reactions):
        target = NUCLIDES.index(reaction.target)
        out[r, target, target] -= 1.0
        for product in reaction.products:
            out[r, NUCLIDES.index(product), target] += 1.0
    return out


def sigma_cells(edges):
    """Cross sections averaged over cells uniform in ln E, in MeV^-2.

    Parameters
    ----------
    edges : ndarray, shape (n + 1,)
        Falling edges [MeV].

    Returns
    -------
    ndarray, shape (reactions, n)
    """
    reactions = photodisintegrations()
    low, high = np.log(edges[1:]), np.log(edges[:-1])
    x, w = interval_rule(4, 0.0, 1.0)
    out = np.empty((len(reactions), len(low)))
    for r, reaction in enumerate(reactions):
        start = np.clip(math.log(reaction.threshold), low, high)
        energy = np.exp(start[:, None] + (high - start)[:, None] * x)
        out[r] = reaction.sigma_mb(energy) @ w * (high - start) / (high - low)
    return out * MILLIBARN


def positive_exponential(matrices, conserved):
    """exp of matrices with off-diagonals >= 0, shape (..., n, n), without cancellation.

    e^-q exp(m + q) has positive terms only; scaled down and squared up. Rounding doubles with each
    square: `conserved`, a row vector with conserved @ m = 0, sets it back.
    """
    n = matrices.shape[-1]
    q = np.max(-np.diagonal(matrices, axis1=-2, axis2=-1), initial=0.0)
    doublings = max(0, math.ceil(math.log2(q / 0.5))) if q > 0.0 else 0
    scale = 0.5**doublings
    step = matrices * scale + q * scale * np.eye(n)
    out = np.broadcast_to(np.eye(n), matrices.shape).copy()
    term = out.copy()
    for k in range(1, 18):
        term = term @ step / k
        out += term
    out *= math.exp(-q * scale)
    for _ in range(doublings):
        out = out @ out
        out *= (conserved / (conserved @ out))[..., None, :]
    return out


def decay_matrix():
    """Transfer of the final decays n -> p, t -> He3, Be7 -> Li7, in the order of `NUCLIDES`."""
    matrix = np.eye(len(NUCLIDES))
    for parent, daughter in (("n", "p"), ("t", "He3"), ("Be7", "Li7")):
        i, j = NUCLIDES.index(parent), NUCLIDES.index(daughter)
        matrix[i, i], matrix[j, i] = 0.0, 1.0
    return matrix


def transfer_matrix(counts, waits):
    """Abundances long after all decays = matrix @ abundances at the end of nucleosynthesis.

    Parameters
    ----------
    counts : ndarray, shape (steps, reactions)
        Expected hits per target nucleus in each step.
    waits : ndarray, shape (steps,)
        Durations of the steps [s], for tritium.
    """
    counts, waits = np.asarray(counts, dtype=float), np.asarray(waits, dtype=float)
    if not (np.all(np.isfinite(counts)) and np.all(counts >= 0.0)):
        raise DomainError("hits per nucleus must be finite and not negative")
    matrices = np.tensordot(counts, changes(), axes=1)
    i, j = NUCLIDES.index("t"), NUCLIDES.index("He3")
    matrices[:, i, i] -= waits / TAU_TRITIUM
    matrices[:, j, i] += waits / TAU_TRITIUM
    baryons = np.array([nuclide(name).A for name in NUCLIDES], dtype=float)
    total = np.eye(len(NUCLIDES))
    for step in positive_exponential(matrices, baryons):
        total = step @ total
    return decay_matrix() @ total
