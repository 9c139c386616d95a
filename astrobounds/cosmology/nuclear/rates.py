"""Published evaluations of thermonuclear rates, and the sets of them that a network uses.

Every evaluation knows its source, its range in T9 and its log-normal width; a set names one
evaluation per reaction. Which evaluation stands in which set, and why, is in docs/nuclear.md.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...datafiles import data_path
from ...ecsv import read_columns
from ...errors import ConfigError, DomainError, did_you_mean
from ...numerics.splines import Spline
from .nuclides import nuclide
from .reactions import GK, reaction, reactions

T9_MIN, T9_MAX = 1e-3, 10.0

#: Evaluations that differ from REACLIB in each named set.
_DEFAULT = {
    "p(n,g)d": "Ando2006",
    "d(p,g)He3": "Moscoso2021",
    "d(d,n)He3": "GomezInesta2017",
    "d(d,p)t": "GomezInesta2017",
    "t(p,g)a": "Serpico2004",
    "t(d,n)a": "deSouza2019a",
    "t(a,g)Li7": "Descouvemont2004",
    "He3(n,p)t": "Descouvemont2004",
    "He3(d,p)a": "deSouza2019b",
    "He3(a,g)Be7": "Iliadis2016",
    "Be7(n,p)Li7": "deSouza2020",
    "Li7(p,a)a": "Descouvemont2004",
    "d(a,g)Li6": "Trezzi2017",
    "Be7(n,a)a": "Barbagallo2016",
    "Be7(d,pa)a": "Rijal2019",
    "Li7(d,na)a": "Coc2012",
}
SETS = {
    "default": _DEFAULT,
    "reaclib": {},
    "reaclib-luna": {"d(p,g)He3": "Mossa2020"},
    "pisanti2021": {
        **_DEFAULT,
        "d(p,g)He3": "Pisanti2021",
        "d(d,n)He3": "Pisanti2021",
        "d(d,p)t": "Pisanti2021",
    },
    "launders2026": {
        **_DEFAULT,
        "d(p,g)He3": "Launders2026",
        "d(d,n)He3": "Launders2026",
        "d(d,p)t": "Launders2026",
    },
}


@dataclass(frozen=True)
class Evaluation:
    """One published rate of one reaction.

    Attributes
    ----------
    reaction : str
    source : str
        ``"reaclib"`` or the key of a published table or S-factor, for instance ``"Moscoso2021"``.
    label : str
        REACLIB label, or the source again.
    T9_range : tuple of float
        Range of temperatures (GK) of the publication.
    ln_rate, ln_factor : callable
        Of an array of T9: ln of the rate constant ((cm3/mol)^{k-1}/s for k bodies) and
        ln(1 + sigma) of the log-normal width.
    """

    reaction: str
    source: str
    label: str
    T9_range: tuple
    ln_rate: object
    ln_factor: object

    def __reduce__(self):
        """Travel by name: the callables are made again from the packaged data."""
        return evaluation, (self.reaction, self.source)

    @property
    def references(self):
        """BibTeX keys: a published source is its own key."""
        return ("Cyburt2010" if self.source == "reaclib" else self.source,)

    def rate(self, T9):
        """Return the rate constant at T9 = T/(10^9 K), float or array."""
        return np.exp(self.ln_rate(_checked(T9)))

    def sigma(self, T9):
        """Return the fractional width: one standard deviation is a factor 1 + sigma."""
        return np.expm1(self.ln_factor(_checked(T9)))


def _checked(T9):
    T9 = np.asarray(T9, dtype=float)
    if not np.all((T9 >= T9_MIN * (1 - 1e-12)) & (T9 <= T9_MAX * (1 + 1e-12))):
        raise DomainError(
            f"T9 = {np.min(T9):g}..{np.max(T9):g} is outside [{T9_MIN:g}, {T9_MAX:g}]: rates are "
            "known between 10^6 and 10^10 K; start the network below T = 0.86 MeV"
        )
    return T9


@lru_cache(maxsize=1)
def _reaclib():
    table = read_columns(data_path("nuclear/reaclib.ecsv"))
    names = np.array(table["name"], dtype=str)
    coefficients = np.array([table[f"a{i}"] for i in range(7)], dtype=float).T
    labels = np.array(table["label"], dtype=str)
    return {n: (str(labels[names == n][0]), coefficients[names == n]) for n in np.unique(names)}


def reaclib_ln_rate(T9, coefficients):
    """Ln of sum over sets of exp(a0 + sum_i a_i T9^{(2i-5)/3} + a6 ln T9), Cyburt 2010 eq. 1."""
    T9 = np.asarray(T9, dtype=float)
    cube = np.cbrt(T9)
    basis = np.array(
        [np.ones_like(T9), 1 / T9, 1 / cube, cube, T9, cube**5, np.log(T9)]
    )  # shape (7, ...)
    terms = np.tensordot(coefficients, basis, axes=1)
    top = terms.max(axis=0)
    return top + np.log(np.exp(terms - top).sum(axis=0))


@lru_cache(maxsize=1)
def _tables():
    table = read_columns(data_path("nuclear/tables.ecsv"))
    found = {}
    for name, source, T9, rate, factor in zip(
        *(table[c] for c in ("name", "source", "T9", "rate", "factor"))
    ):
        found.setdefault((str(name), str(source)), []).append((T9, rate, factor))
    return {key: np.array(rows, dtype=float) for key, rows in found.items()}


def gamow_tau(name):
    """Return 3 E_0/kT at T9 = 1 of a two-body reaction, 0 if a neutron reacts (Gamow peak)."""
    a, b = (nuclide(x) for x in reaction(name).reactants)
    reduced = a.mass * b.mass / (a.mass + b.mass)
    return 3.0 * (0.5 * (np.pi * const.ALPHA * a.Z * b.Z) ** 2 * reduced / GK) ** (1.0 / 3.0)


def _tabulated(name, rows):
    """Cubic splines of a table; the Gamow factor T9^{-2/3} e^{-tau/T9^{1/3}} is divided out."""
    tau = gamow_tau(name)
    power = 2.0 / 3.0 if tau > 0 else 0.0
    x = np.log(rows[:, 0])
    smooth = Spline(x, np.log(rows[:, 1]) + power * x + tau * np.exp(-x / 3.0))
    width = Spline(x, np.log(rows[:, 2]))

    def ln_rate(T9):
        x = np.log(T9)
        return smooth(x) - power * x - tau * np.exp(-x / 3.0)

    return ln_rate, lambda T9: width(np.log(T9)), (rows[0, 0], rows[-1, 0])


# S-factor of d(p,g)He3 in MeV barn, E in MeV: Mossa et al. 2020 (LUNA), polynomial of order three.
_MOSSA = np.array([0.2121e-6, 5.973e-6, 5.449e-6, -1.656e-6])
_MOSSA_SIGMA = 0.03  # "better than 3 %", abstract of Mossa et al. 2020


def s_factor_ln_rate(T9, name, polynomial, nodes=600):
    """Ln N_A<sigma v> from an S-factor polynomial (MeV barn, E in MeV) by quadrature in ln E."""
    a, b = (nuclide(x) for x in reaction(name).reactants)
    reduced = a.mass * b.mass / (a.mass + b.mass)
    kT = GK * np.asarray(T9, dtype=float)[..., None]
    peak = (np.pi * const.ALPHA * a.Z * b.Z * kT * np.sqrt(reduced / 2.0)) ** (2.0 / 3.0)
    low, high = np.log(peak * 1e-3), np.log(peak + 40.0 * kT + 10.0 * np.sqrt(peak * kT))
    E = np.exp(low + (high - low) * np.linspace(0.0, 1.0, nodes))
    step = (high - low)[..., 0] / (nodes - 1)
    sommerfeld = 2.0 * np.pi * const.ALPHA * a.Z * b.Z * np.sqrt(reduced / (2.0 * E))
    S = np.polynomial.polynomial.polyval(E, polynomial)
    integral = np.sum(E * S * np.exp(-sommerfeld - E / kT), axis=-1) * step  # MeV^2 barn
    flux = const.C_CM * np.sqrt(8.0 / (np.pi * reduced)) * kT[..., 0] ** -1.5  # cm/s MeV^-2
    return np.log(const.N_AVOGADRO * 1e-24 * flux * integral)


def sources(name):
    """Return the evaluations at hand for a reaction, ``"reaclib"`` first."""
    reaction(name)
    found = ["reaclib"] + sorted(s for n, s in _tables() if n == name)
    return (*found, "Mossa2020") if name == "d(p,g)He3" else tuple(found)


@lru_cache(maxsize=256)
def evaluation(name, source="reaclib"):
    """Return one evaluation of one reaction.

    Parameters
    ----------
    name : str
        Reaction in field notation, for instance ``"d(p,g)He3"``.
    source : str
        One of :func:`sources`.

    Returns
    -------
    Evaluation
        Outside its published range (but within 0.001 <= T9 <= 10) a rate continues with the shape
        of REACLIB, joined at the edge of the range.

    Raises
    ------
    DomainError
        For an unknown reaction.
    ConfigError
        For a source that does not treat this reaction.
    """
    what = reaction(name)
    label, coefficients = _reaclib()[name]

    def fit(T9):
        return reaclib_ln_rate(T9, coefficients)

    if source == "reaclib":
        width = np.log1p(what.sigma_reaclib)
        constant = lambda T9: np.full(np.shape(T9), width)  # noqa: E731
        return Evaluation(name, source, label, (0.01, T9_MAX), fit, constant)
    if source not in sources(name):
        raise ConfigError(
            f"no evaluation {source!r} of {name}{did_you_mean(source, sources(name))}; "
            f"at hand: {', '.join(sources(name))}"
        )
    if source == "Mossa2020":
        core, span = (lambda T9: s_factor_ln_rate(T9, name, _MOSSA)), (T9_MIN, 4.0)
        factor = lambda T9: np.full(np.shape(T9), np.log1p(_MOSSA_SIGMA))  # noqa: E731
    else:
        core, factor, span = _tabulated(name, _tables()[name, source])

    def joined(T9):
        T9 = np.asarray(T9, dtype=float)
        inside = np.clip(T9, *span)
        return core(inside) + fit(T9) - fit(inside)

    return Evaluation(name, source, source, span, joined, lambda T9: factor(np.clip(T9, *span)))


def choose(rates="default", overrides=None, names=None):
    """Return the evaluations of a set as a tuple, one per reaction.

    Parameters
    ----------
    rates : {"default", "reaclib", "reaclib-luna", "pisanti2021", "launders2026"}
    overrides : dict, optional
        Reaction name to source, for instance ``{"Be7(n,p)Li7": "reaclib"}``.
    names : sequence of str, optional
        The reactions wanted; by default all.

    Raises
    ------
    ConfigError
        For an unknown set or source.
    DomainError
        For an unknown reaction.
    """
    if rates not in SETS:
        raise ConfigError(
            f"unknown set of rates {rates!r}{did_you_mean(rates, SETS)}; known: {', '.join(SETS)}"
        )
    overrides = dict(overrides or {})
    for name in overrides:
        reaction(name)
    chosen = {**SETS[rates], **overrides}
    names = reactions() if names is None else names
    return tuple(evaluation(name, chosen.get(name, "reaclib")) for name in names)
