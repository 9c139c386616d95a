"""The nuclear network: abundances of the light nuclei in a given expanding plasma.

A network knows nothing of how the background comes about. It takes arrays on one grid of decreasing
photon temperature:

===============  ==============================================================================
``T``            photon temperature in MeV, strictly decreasing, from above 0.8617 MeV (T9 = 10)
                 to below ``T_end``; start at 5 MeV or more so that n <-> p begins in equilibrium
``t``            time in s, strictly increasing (its zero does not matter); any expansion history
``n_b``          baryon number density in MeV^3
``n_to_p``       rate of n -> p in 1/s, neutron decay included
``p_to_n``       rate of p -> n in 1/s; zero (underflow) is allowed at the cold end
===============  ==============================================================================

Optional: ``dt_dlnT`` (s, negative; otherwise from a spline of ln t), ``more_n_to_p`` and
``more_p_to_n``, further conversion rates in 1/s that are added to the weak ones (injected mesons).
Floats in these units go in, and a :class:`NetworkResult` with a status code comes out: nothing is
raised for numerical reasons. The splines are cubic in ln T, so 40 nodes per e-fold give 1e-7.

>>> network = load_network("small", rates="default")
>>> out = network.evolve(T, t, n_b, n_to_p, p_to_n, nuisance={"d(p,g)He3": 1.0})
>>> out.Yp, out.DH, out["Be7"], out.after_decays()["Li7"], out.success
"""

from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError, did_you_mean
from ...numerics.odetypes import ACCEPTED, ANALYTIC, REJECTED, REPORT_SIZE, T_REACHED
from ...numerics.splines import coefficients, slopes
from ...numerics.status import BAD_INPUT
from . import kernels as k
from .freeze_out import neutron_fraction
from .nuclides import nuclides
from .rates import T9_MAX, T9_MIN, choose
from .reactions import GK, key_reactions, orderings, reaction, reactions
from .result import NetworkResult

T_NUCLEAR = T9_MAX * GK  # MeV, where nuclei are switched on in statistical equilibrium
MOLE_CM3 = const.N_AVOGADRO * const.HBAR_C**3  # MeV^3 per mol/cm3
T_END = 1e-3  # MeV, default end of a run
#: tolerance of a step over rtol: neutrons and protons (whose balance is n <-> p and all that helium takes)
#: set the steps; the others hang on them, and what is wrong in them while reactions are fast is forgotten
WEIGHTS = {"n": 1.0, "p": 0.1}
OTHERS = 100.0
ATOL, ATOL_HEAVY = 1e-13, 1e-19  # up to He4, beyond
#: of ln T: where nuclei begin they are in equilibrium and say nothing of how fast it moves
FIRST_STEP, LONGEST_STEP = 1e-3, 0.125
_GRID = 461  # nodes of the rate tables, 50 per e-fold of T9


class Network:
    """A set of reactions with their rates, ready to run on any background.

    Parameters
    ----------
    size : {"small", "full"} or sequence of str
        The twelve key reactions up to Be7, all reactions up to C12, or names of reactions.
    rates : str
        Set of evaluations, see :func:`astrobounds.cosmology.nuclear.rates.choose`.
    overrides : dict, optional
        Reaction name to evaluation, where it differs from the set.

    Attributes
    ----------
    reactions : tuple of str
    nuclides : tuple of str
        Order of the abundance vector.
    evaluations : tuple of Evaluation

    Raises
    ------
    ConfigError
        Unknown size, set of rates or evaluation.
    DomainError
        Unknown reaction.
    """

    def __init__(self, size="small", rates="default", overrides=None):
        if isinstance(size, str):
            sizes = {"small": key_reactions, "full": lambda: tuple(reactions())}
            if size not in sizes:
                raise ConfigError(
                    f"unknown network {size!r}{did_you_mean(size, sizes)}; "
                    "known: small, full, or a sequence of reaction names"
                )
            names = sizes[size]()
        else:
            names = tuple(dict.fromkeys(size))
        self.size, self.rates, self.overrides = size, rates, dict(overrides or {})
        self.reactions = names
        self.evaluations = choose(rates, overrides, names)
        parts = [reaction(name) for name in names]
        used = {"n", "p"}.union(*(r.reactants + r.products for r in parts))
        table = nuclides()
        self.nuclides = tuple(x for x in table if x in used)
        self.index = {x: i for i, x in enumerate(self.nuclides)}
        self.A = np.array([table[x].A for x in self.nuclides], dtype=float)
        self.Z = np.array([table[x].Z for x in self.nuclides], dtype=float)
        # ln[g (m/2 pi)^{3/2}] in MeV^{3/2}, and binding energies, for the equilibrium abundances
        self._ln_states = np.array(
            [
                np.log(table[x].g) + 1.5 * np.log(table[x].mass / (2 * np.pi))
                for x in self.nuclides
            ]
        )
        self._binding = np.array([table[x].binding for x in self.nuclides])
        self._pack_rates(parts)

    def __reduce__(self):
        """Travel by choices: the tables are made again from the packaged data."""
        return load_network, (self.size, self.rates, self.overrides)

    @property
    def references(self):
        """BibTeX keys of masses and rates."""
        keys = {key for e in self.evaluations for key in e.references}
        return tuple(sorted(keys | {"Wang2021", "Kondev2021"}))

    def _pack_rates(self, parts):
        """Fill the part of the parameter array that does not depend on the background."""
        ln_T9 = np.linspace(np.log(T9_MIN), np.log(T9_MAX), _GRID)
        T9 = np.exp(ln_T9)
        ln_rates = np.array([e.ln_rate(T9) for e in self.evaluations]).T
        widths = np.array([e.ln_factor(T9) for e in self.evaluations]).T
        # (intervals, reactions, 4), ascending powers
        self._rates = coefficients(ln_T9, ln_rates)
        self._widths = coefficients(ln_T9, widths)
        records = np.zeros((len(parts), k.RECORD))
        for row, r in zip(records, parts):
            for at, side in ((k.R_IN, r.reactants), (k.R_OUT, r.products)):
                row[at] = len(side)
                row[at + 1 : at + 1 + len(side)] = [self.index[x] for x in side]
            row[k.R_LN_FORWARD] = -np.log(orderings(r.reactants))
            row[k.R_LN_REVERSE] = -np.inf
            if r.reversible:
                alpha, row[k.R_BETA], row[k.R_GAMMA] = r.detailed_balance()
                row[k.R_LN_REVERSE] = np.log(alpha) - np.log(orderings(r.products))
        header = np.zeros(k.HEADER)
        header[k.REACTIONS] = len(parts)
        header[k.X_HOT] = -np.log(T9_MAX * GK)
        header[k.STEP] = ln_T9[1] - ln_T9[0]
        header[k.INTERVALS] = _GRID - 1
        header[k.AT_RECORDS] = k.HEADER
        header[k.AT_RATES] = k.HEADER + records.size
        header[k.AT_NODES] = k.HEADER + records.size + self._rates.size
        header[k.NEUTRON], header[k.PROTON] = self.index["n"], self.index["p"]
        for at, name in ((k.HELIUM, "He4"), (k.DEUTERON, "d"), (k.TRITON, "t")):
            header[at] = self.index.get(name, -1)
        self._header, self._records = header, records.ravel()

    def parameters(self, T, t, n_b, n_to_p, p_to_n, *, dt_dlnT=None, more_n_to_p=None,
                   more_p_to_n=None, breaking=None, nuisance=None, factors=None):  # fmt: skip
        """Return the array `params` of the kernels with all reactions switched on.

        Parameters and errors as for :meth:`evolve`.
        """
        hits, products = (None, None) if breaking is None else breaking
        x, tracks = _tracks(T, t, n_b, n_to_p, p_to_n, dt_dlnT, more_n_to_p, more_p_to_n, hits)
        rates = self._rates
        if nuisance:
            rates = rates + self._by_reaction(nuisance, "nuisance")[:, None] * self._widths
        if factors:
            logs = {name: np.log(max(float(f), 1e-300)) for name, f in factors.items()}
            rates = rates.copy()
            rates[..., 0] += self._by_reaction(logs, "factors")
        header = self._header.copy()
        if breaking is not None:
            if min(header[[k.HELIUM, k.DEUTERON, k.TRITON]]) < 0.0:
                raise DomainError("breaking: this network has no He4, d or t: choose 'small' or 'full'")
            header[k.BREAKING] = 1.0
            header[[k.N_YIELD, k.D_YIELD, k.T_YIELD]] = products[0], products[2], products[3]
        header[k.NODES] = x.size
        header[k.AT_BACKGROUND] = header[k.AT_NODES] + x.size
        header[k.AT_WORK] = header[k.AT_BACKGROUND] + tracks.size
        work = np.full(k.WORK + k.WORK_OF_ONE * len(self.reactions), np.nan)
        return np.concatenate((header, self._records, rates.ravel(), x, tracks, work))

    def _by_reaction(self, values, what):
        """Return numbers given by reaction name as an array in the order of the reactions."""
        row = np.zeros(len(self.reactions))
        for name, value in values.items():
            if name not in self.reactions:
                raise DomainError(
                    f"{what} for {name!r}, which is not a reaction of this network"
                    f"{did_you_mean(name, self.reactions)}"
                )
            row[self.reactions.index(name)] = float(value)
        if not np.all(np.isfinite(row)):
            raise DomainError(f"{what} = {values} is not finite: give finite numbers")
        return row

    def equilibrium(self, T, n_b, Y_n, Y_p):
        """Abundances in nuclear statistical equilibrium for given free nucleons.

        Parameters
        ----------
        T : float
            MeV.
        n_b : float
            MeV^3.
        Y_n, Y_p : float
            Free neutrons and protons per baryon.

        Returns
        -------
        ndarray, shape (len(nuclides),)
            Not normalised: sum(A Y) exceeds Y_n + Y_p by what the nuclei hold.
        """
        n, p = self.index["n"], self.index["p"]
        ln_n0 = self._ln_states + 1.5 * np.log(T)
        with np.errstate(divide="ignore"):
            ln_Yn, ln_Yp = np.log(n_b * Y_n) - ln_n0[n], np.log(n_b * Y_p) - ln_n0[p]
        ln_Y = ln_n0 - np.log(n_b) + self._binding / T
        ln_Y = ln_Y + np.where(self.Z > 0, self.Z * ln_Yp, 0.0)
        return np.exp(ln_Y + np.where(self.A > self.Z, (self.A - self.Z) * ln_Yn, 0.0))

    def evolve(self, T, t, n_b, n_to_p, p_to_n, *, dt_dlnT=None, more_n_to_p=None,
               more_p_to_n=None, breaking=None, nuisance=None, factors=None, X_n=None, T_end=T_END,
               history=0, rtol=1e-6, atol=None, max_steps=100_000, max_step=0.0):  # fmt: skip
        """Run the network on a background.

        Parameters
        ----------
        T, t, n_b, n_to_p, p_to_n : array_like, shape (m,)
            The background, see the top of this module (MeV, s, MeV^3, 1/s).
        dt_dlnT : array_like, shape (m,), optional
            dt/d ln T in s (negative).
        more_n_to_p, more_p_to_n : array_like, shape (m,), optional
            Further conversion rates in 1/s, interpolated linearly in their values' cubic spline.
        breaking : (array_like of shape (m,), (n, p, d, t)), optional
            Rate in 1/s at which one He4 is broken from outside (mesons), and what it leaves.
        nuisance : dict, optional
            Reaction name to p: its rate is the median times (1 + sigma)^p.
        factors : dict, optional
            Reaction name to a factor > 0 on its rate at all temperatures.
        X_n : float, optional
            Neutron fraction at ``T[0]``; by default that of weak equilibrium.
        T_end : float
            Temperature in MeV at which to stop; neutrons, t and Be7 are then left as they are.
        history : int
            Number of points, equidistant in ln T from ``T[0]`` to ``T_end``, to record.
        rtol : float
            Tolerance of a step: on neutrons relative to them; on protons a tenth and on nuclei a hundred
            times as large. Abundances then come out to about rtol/5 (see docs/cosmology.md).
        atol : float, optional
            Absolute tolerance; by default 1e-13, and 1e-19 beyond He4.
        max_steps : int
        max_step : float
            Longest step in ln T, 0 for 1/8. Further conversion that dies out faster than a
            step needs one: the error estimate of a linearly implicit step sees its start only.

        Returns
        -------
        NetworkResult

        Raises
        ------
        DomainError
            If the background does not cover the temperatures or does not decrease, and for an
            unknown reaction among the nuisances.
        """
        from ...numerics.rodas import rodas4

        params = self.parameters(
            T, t, n_b, n_to_p, p_to_n, dt_dlnT=dt_dlnT, more_n_to_p=more_n_to_p,
            more_p_to_n=more_p_to_n, breaking=breaking, nuisance=nuisance, factors=factors,
        )  # fmt: skip
        T = np.asarray(T, dtype=float)
        if not T9_MIN * GK <= T_end < T_NUCLEAR or T[-1] > T_end * (1 + 1e-12):
            raise DomainError(
                f"T_end = {T_end:g} MeV must lie in [{T9_MIN * GK:.3g}, {T_NUCLEAR:.4g}] MeV and "
                f"not below the end of the background, {T[-1]:g} MeV: extend the background"
            )
        if X_n is None:
            X_n = p_to_n[0] / (p_to_n[0] + n_to_p[0]) if n_to_p[0] + p_to_n[0] > 0 else np.nan
        if not 0.0 <= X_n <= 1.0:
            raise DomainError(f"X_n = {X_n} at the start is not a fraction: give X_n in [0, 1]")
        x0, x1, x2 = -np.log(T[0]), -np.log(T_NUCLEAR), -np.log(T_end)
        points = np.linspace(x0, x2, int(history)) if history else np.empty(0)
        Y = np.zeros((points.size, len(self.nuclides)))
        here = points > x1
        fractions = np.empty(points.size - int(here.sum()))
        X_n, first = neutron_fraction(x0, x1, float(X_n), params, points[~here], fractions)
        Y[~here, self.index["n"]], Y[~here, self.index["p"]] = fractions, 1.0 - fractions
        report, recorded = np.zeros(REPORT_SIZE), np.full((int(here.sum()), len(self.nuclides)), np.nan)
        y = self._switch_on(X_n, end=x1, params=params)
        status = rodas4(
            k.network_rhs, k.network_jac, k.network_dfdx, ANALYTIC, x1, x2, y, params,
            *self.tolerances(rtol, atol), FIRST_STEP, min(max_step or LONGEST_STEP, LONGEST_STEP),
            int(max_steps), points[here], recorded, report,
        )  # fmt: skip
        Y[here] = recorded
        reached = report[T_REACHED]
        steps, rejected = int(first + report[ACCEPTED]), int(report[REJECTED])
        return NetworkResult(
            nuclides=self.nuclides, Y=y, T=float(np.exp(-reached)) if status != BAD_INPUT else T[0],
            history_T=np.exp(-points), history_Y=Y, status=int(status), steps=steps,
            rejected=rejected, network_references=self.references,
        )  # fmt: skip

    def tolerances(self, rtol=1e-6, atol=None):
        """Return relative and absolute tolerances of every nuclide, see :meth:`evolve`."""
        relative = rtol * np.array([WEIGHTS.get(x, OTHERS) for x in self.nuclides])
        if atol is not None:
            return relative, np.full(relative.size, float(atol))
        return relative, np.where(self.A > 4.0, ATOL_HEAVY, ATOL)

    def _switch_on(self, X_n, end, params):
        """Nuclei at their equilibrium values, what they hold taken from the free nucleons."""
        n, p = self.index["n"], self.index["p"]
        n_b = k.background(end, params)[1] * MOLE_CM3
        y = np.zeros(len(self.nuclides))
        y[n], y[p] = Y_n, Y_p = X_n, 1.0 - X_n
        for _ in range(4):  # nuclei hold some 1e-11 of the baryons: this converges at once
            full = self.equilibrium(T_NUCLEAR, n_b, Y_n, Y_p)
            bound = full.copy()
            bound[n] = bound[p] = 0.0
            Y_n = y[n] - float((self.A - self.Z) @ bound)
            Y_p = y[p] - float(self.Z @ bound)
        bound[n], bound[p] = Y_n, Y_p
        return bound


def _tracks(T, t, n_b, n_to_p, p_to_n, dt_dlnT, more_n_to_p, more_p_to_n, breaking=None):
    """Check a background and return x = -ln T and its packed cubic coefficients."""
    T = np.asarray(T, dtype=float)
    columns = {"t": t, "n_b": n_b, "n_to_p": n_to_p, "p_to_n": p_to_n}
    optional = {"dt_dlnT": dt_dlnT, "more_n_to_p": more_n_to_p, "more_p_to_n": more_p_to_n,
                "breaking": breaking}  # fmt: skip
    columns.update({name: c for name, c in optional.items() if c is not None})
    columns = {name: np.asarray(c, dtype=float) for name, c in columns.items()}
    if T.ndim != 1 or T.size < 8 or any(c.shape != T.shape for c in columns.values()):
        shapes = {"T": T.shape, **{name: c.shape for name, c in columns.items()}}
        raise DomainError(f"background of shapes {shapes}: give arrays of one length, 8 or more")
    for name, c in {"T": T, **columns}.items():
        if not np.all(np.isfinite(c)):
            raise DomainError(f"background: {name} is not finite everywhere")
    if not (np.all(np.diff(T) < 0) and T[-1] > 0 and T[0] > T_NUCLEAR):
        raise DomainError(
            f"background: T from {T[0]:g} to {T[-1]:g} MeV must decrease strictly and start above "
            f"{T_NUCLEAR:.4g} MeV (T9 = 10)"
        )
    if not (np.all(np.diff(columns["t"]) > 0) and np.all(columns["n_b"] > 0)):
        raise DomainError("background: t must increase strictly and n_b be positive")
    for name in ("n_to_p", "p_to_n", "more_n_to_p", "more_p_to_n", "breaking"):
        if name in columns and np.any(columns[name] < 0):
            raise DomainError(f"background: {name} has negative rates (smallest "
                              f"{columns[name].min():g}); give rates >= 0 in 1/s")  # fmt: skip
    x = -np.log(T)
    slope = -columns["dt_dlnT"] if "dt_dlnT" in columns else slopes(x, columns["t"])
    if not np.all(slope > 0):
        raise DomainError("background: dt/dlnT must be negative; give a smoother or finer t(T)")
    tiny = 1e-290
    with np.errstate(divide="ignore"):
        p_part = np.log(np.maximum(columns["p_to_n"], tiny)) + k.DELTA / T
    gone = columns["p_to_n"] <= tiny
    if gone.any() and not gone.all():  # beyond underflow: a smooth continuation of nothing
        p_part[gone] = p_part[~gone][-1]
    zero = np.zeros_like(T)
    tracks = np.empty((T.size, k.TRACKS))
    tracks[:, k.T_TIME] = np.log(slope)
    tracks[:, k.T_RHO] = np.log(columns["n_b"] / MOLE_CM3)
    tracks[:, k.T_NP] = np.log(np.maximum(columns["n_to_p"], tiny))
    tracks[:, k.T_PN] = p_part
    tracks[:, k.T_MORE_NP] = columns.get("more_n_to_p", zero)
    tracks[:, k.T_MORE_PN] = columns.get("more_p_to_n", zero)
    tracks[:, k.T_BREAK] = columns.get("breaking", zero)
    return x, coefficients(x, tracks).ravel()


@lru_cache(maxsize=16)
def _cached(size, rates, overrides):
    return Network(size, rates, dict(overrides))


def load_network(size="small", rates="default", overrides=None):
    """Return a :class:`Network`, built once per choice; arguments as there."""
    key = size if isinstance(size, str) else tuple(size)
    return _cached(key, rates, tuple(sorted((overrides or {}).items())))
