"""The laboratory log-likelihood: prepared once from a set of curves, microseconds per point."""

import numpy as np

from ..constants import FLAVOURS
from ..errors import ConfigError, DomainError, did_you_mean
from ..units import energy_mev
from . import applicability, kernels, recast
from .catalogue import limits, load
from .convert import NATURE_FACTOR
from .families import family
from .meson import MEASUREMENTS

NUMBERS = {"R_pi": "pi-e2", "R_K": "r-k"}


class LabLikelihood:
    """lnL of a model against laboratory limits, relative to no N.

    Curves of one experiment group share data: inside a group the smallest lnL of the members that
    apply is taken, across groups the lnL add.

    Parameters
    ----------
    curves : list of str or Curve, optional
        Names of shipped curves, paths of ``.ecsv`` files, or Curve objects. Default: every shipped
        curve of the portal.
    portal : {"mixing", "dipole"}
    likelihood : str or family
        Applied to every curve; see :mod:`astrobounds.lab.families`.
    counts : mapping, optional
        ``{name: Counting(n_obs, b)}`` where an experiment published its counts.
    unknown_nature : {None, "dirac", "majorana"}
        The user's statement on curves that do not record the nature of N; None leaves them out.
    unknown_cl : float, optional
        The same for the confidence level.
    numbers : tuple of {"R_pi", "R_K"}, optional
        Universality ratios used as numbers. Default: both with the default curves, else none.
        Only below the masses of the non-unitarity fit when that is used: it contains them.
    smooth : int, optional
        Window of a running median for peak searches.
    long_lived : bool
        The user's statement that N reaches every detector in spite of an extra width. Otherwise
        decay searches without upper edge say nothing when an extra width is given.
    widths : callable, optional
        Replaces the partial widths of the package (mass in MeV -> {channel: [w_e, w_mu, w_tau]}).

    Attributes
    ----------
    curves : tuple of Curve
        The curves in use.
    used, left_out : tuple of Verdict
        Every curve asked for: with its assumptions, or with the reason it is not used.
    groups : tuple of str
    references : tuple of str

    Examples
    --------
    >>> lnl = LabLikelihood(["pienu_2017_ue4", "na62_2020_ue4"])
    >>> lnl(100.0, (1e-8, 0.0, 0.0), majorana=True)  # MeV and |U_a|^2: floats, for fits
    """

    def __init__(
        self, curves=None, portal="mixing", likelihood="poisson", counts=None, unknown_nature=None,
        unknown_cl=None, numbers=None, smooth=None, long_lived=False, widths=None,
    ):  # fmt: skip
        if unknown_nature not in (None, *NATURE_FACTOR):
            raise ConfigError(
                f"unknown_nature = {unknown_nature!r}"
                f"{did_you_mean(unknown_nature, NATURE_FACTOR)}; allowed: None, dirac, majorana"
            )
        if curves is None:
            asked = limits(portal=portal)
            numbers = tuple(NUMBERS) if numbers is None and portal == "mixing" else numbers
        else:
            asked = [load(c) for c in ([curves] if isinstance(curves, str) else curves)]
        self.numbers = tuple(numbers or ())
        for n in self.numbers:
            if n not in NUMBERS or portal != "mixing":
                raise ConfigError(
                    f"number {n!r}; allowed for the mixing portal: {', '.join(NUMBERS)}"
                )
        if smooth:
            asked = [c.smoothed(smooth) if c.kind == "peak search" else c for c in asked]
        if len({c.name for c in asked}) < len(asked):
            raise ConfigError("a curve is named twice: its data would count twice")
        self.portal, self.family = portal, family(likelihood)
        judged = [applicability.judge(c, portal, unknown_nature, unknown_cl) for c in asked]
        self.used = tuple(v for v, _, _ in judged if v.used)
        self.left_out = tuple(v for v, _, _ in judged if not v.used)
        chosen = [(c, cl, nat) for c, (v, cl, nat) in zip(asked, judged) if v.used]
        chosen.sort(key=lambda item: (item[0].group, item[0].name))
        self.curves = tuple(c for c, _, _ in chosen)
        self._build(chosen, dict(counts or {}), long_lived, widths)

    def _build(self, chosen, counts, long_lived, widths):
        unknown = set(counts) - {c.name for c in self.curves}
        if unknown:
            raise ConfigError(f"counts given for curves that are not used: {sorted(unknown)}")
        self.groups = tuple(
            sorted({c.group for c in self.curves} | {NUMBERS[n] for n in self.numbers})
        )
        records, nodes, shares = [], [np.zeros((0, 3))], []
        table = None
        first = 0
        for curve, cl, nature in chosen:
            mode = _mode(curve)
            x, low, high = curve.nodes()
            power = 2.0 if self.portal == "dipole" else 1.0
            nodes.append(np.column_stack([x, power * low, power * high]))
            row, parents = -1, (-1, -1, -1)
            if mode == kernels.RECAST:
                recast.check_range(curve)
                if table is None:
                    table = recast.channel_table(widths)
                row, parents = len(shares), recast.parents(curve)
                shares.append(recast.decay_shares(curve, table, recast.grid_masses()))
            law = counts.get(curve.name, self.family)
            siblings = {
                n for c, _, n in chosen
                if c is not curve and (c.group, c.experiment, c.reference, c.flavour)
                == (curve.group, curve.experiment, curve.reference, curve.flavour)
            }  # fmt: skip
            drop = (
                curve.sm_decays_only
                and not long_lived
                and not (mode == kernels.RECAST and curve.contour == "closed")
            )
            own = FLAVOURS.index(curve.flavour) if curve.flavour in FLAVOURS else 0
            integers = [
                mode, own, self.groups.index(curve.group), first, x.size, law.code, row, *parents,
                int(drop), curve.exponent,
            ]  # fmt: skip
            floats = [
                x[0], x[-1], *law.parameters(cl),
                *applicability.nature_weights(curve, nature, siblings),
                NATURE_FACTOR.get(nature, 1.0),
            ]  # fmt: skip
            records.append((integers, floats, curve.name))
            first += x.size
        top = min((c.nodes()[0][0] for c in self.curves if c.group == "pmns"), default=np.inf)
        for n in self.numbers:
            mode = kernels.R_PI if n == "R_pi" else kernels.R_K
            integers = [mode, 0, self.groups.index(NUMBERS[n]), 0, 0, 0, *[-1] * 4, 0, 1]
            records.append((integers, [-np.inf, top, 0, 0, 0, 1, 1, 1], n))
        records.sort(key=lambda r: r[0][kernels.GROUP])
        self.members = tuple(r[2] for r in records)
        both = [
            (MEASUREMENTS[n].standard, MEASUREMENTS[n].value, MEASUREMENTS[n].sigma)
            for n in NUMBERS
        ]
        self._arrays = (
            np.array([r[0] for r in records], dtype=np.int64).reshape(-1, 12),
            np.array([r[1] for r in records], dtype=float).reshape(-1, 8),
            np.concatenate(nodes),
            np.array(shares if shares else np.zeros((1, 2, 3)), dtype=float),
            recast.total_widths(table) if table is not None else np.ones((2, 3)),
            recast.grid(),
            np.array(both),
        )

    @property
    def references(self):
        """BibTeX keys of everything in use."""
        keys = {k for c in self.curves for k in c.references}
        keys |= {k for n in self.numbers for k in MEASUREMENTS[n].references}
        return tuple(sorted(keys))

    def __call__(self, mass_mev, coupling, majorana=True, extra_width_mev=0.0):
        """Return lnL at one point; floats only; nan for a point without meaning.

        Parameters
        ----------
        mass_mev : float
        coupling : sequence of 3 floats
            |U_a|^2 for e, mu, tau; in the dipole portal d_a^2 in GeV^-2.
        majorana : bool
        extra_width_mev : float
            Dark width of N in MeV.

        Returns
        -------
        float
        """
        point = np.array(
            [[mass_mev, coupling[0], coupling[1], coupling[2], extra_width_mev]], dtype=float
        )
        out = np.empty(1)
        kernels.loglike(point, bool(majorana), *self._arrays, out)
        return float(out[0])

    def many(self, mass_mev, e=0.0, mu=0.0, tau=0.0, majorana=True, extra_width_mev=0.0):
        """Return lnL for arrays (broadcast against each other); arguments as a single call."""
        arrays = np.broadcast_arrays(
            *(np.asarray(a, dtype=float) for a in (mass_mev, e, mu, tau, extra_width_mev))
        )
        points = np.stack([a.ravel() for a in arrays], axis=1)
        out = np.empty(points.shape[0])
        kernels.loglike(np.ascontiguousarray(points), bool(majorana), *self._arrays, out)
        return out.reshape(arrays[0].shape)

    def loglike(self, model, nuisance=None, extra_width=None):
        """Return lnL of a model with ``mass``, ``mixing`` (or ``dipole``) and ``nature``.

        Parameters
        ----------
        model : HNL or alike
        nuisance : mapping, optional
            Not used: limit curves have their nuisances inside.
        extra_width : Quantity, optional
            A width into invisible particles that the model does not contain.
        """
        return self(*self._of(model, extra_width))

    def terms(self, model, extra_width=None):
        """Return ``{member: lnL}`` of the curves and numbers that say something about ``model``."""
        m, u, majorana, extra = self._of(model, extra_width)
        out = np.empty(len(self.members))
        kernels.curve_terms(m, np.array(u, dtype=float), majorana, extra, *self._arrays, out)
        return {n: float(v) for n, v in zip(self.members, out) if not np.isnan(v)}

    def _of(self, model, extra_width):
        m = energy_mev(model.mass, "mass")
        if self.portal == "mixing":
            u = tuple(float(model.mixing.get(f, 0.0)) for f in FLAVOURS)
        else:
            u = tuple(_per_gev(model.dipole.get(f)) ** 2 for f in FLAVOURS)
        extra = 0.0 if extra_width is None else energy_mev(extra_width, "extra_width")
        if extra < 0.0:
            raise DomainError(f"extra_width = {extra_width} must not be negative")
        return m, u, model.nature == "majorana", extra

    def beyond_lower_edge(self, mass_mev, coupling, factor=1e3):
        """Return the names of used lower-edge curves that ``coupling`` exceeds by ``factor``.

        There the far upper edge, which is not in the file, may be near: another curve must exclude.
        """
        found = []
        for c in self.curves:
            if c.contour == "lower":
                u = (
                    sum(coupling)
                    if c.flavour not in FLAVOURS
                    else coupling[FLAVOURS.index(c.flavour)]
                )
                limit = c.interpolate_mev(mass_mev) ** (2 if self.portal == "dipole" else 1)
                if u > factor * limit:
                    found.append(c.name)
        return tuple(found)

    def uncovered(self, flavour, low, high):
        """Return the mass ranges between ``low`` and ``high`` that no active curve covers."""
        from .coverage import uncovered

        return uncovered(flavour, low, high, curves=self.curves)


def _mode(curve):
    if curve.flavour == "universal":
        return kernels.LOWEST
    if curve.flavour == "any":
        return kernels.SUMMED
    if curve.exponent == 1 or curve.profiled:
        return kernels.SINGLE
    return kernels.DIPOLE if curve.portal == "dipole" else kernels.RECAST


def _per_gev(value):
    from ..units import inverse_energy_mev

    return 0.0 if value is None else 1e3 * inverse_energy_mev(value, "dipole")
