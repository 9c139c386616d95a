"""The laboratory log-likelihood: prepared once from a set of curves, microseconds per point."""

import numpy as np

from ..errors import ConfigError, DomainError
from ..units import energy_mev, floats
from . import applicability, checks, kernels, recast
from .catalogue import curves_of, limits
from .convert import NATURE_FACTOR
from .couplings import FLAVOURED, PORTALS, check_portal, own_shares, values_of
from .families import NAMES, Counting, family
from .meson import MEASUREMENTS

RECORDED = "recorded"  # each curve with the family its file calls for
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
    portal : str or tuple of str
        Which couplings: "mixing" (|U|^2), "dipole", "dark-photon", "dark-scalar", or, for an ALP, one
        or several of "alp-photon", "alp-electron", "alp-fermion".
    likelihood : str or family
        Applied to every curve; see :mod:`astrobounds.lab.families`. "recorded" takes for each curve the
        family that its file calls for, with the reason there.
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
    projections : bool
        Use reaches of planned experiments as if they were limits that saw nothing. Never by default.

    Attributes
    ----------
    curves : tuple of Curve
        The curves in use.
    parameters : tuple of str
        The couplings in the order of a call.
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
        unknown_cl=None, numbers=None, smooth=None, long_lived=False, widths=None, projections=False,
    ):  # fmt: skip
        checks.choice(unknown_nature, tuple(NATURE_FACTOR), "unknown_nature")
        long_lived = checks.switch(long_lived, "long_lived")
        projections = checks.switch(projections, "projections")
        self.portal = portal
        portals = (portal,) if isinstance(portal, str) else tuple(portal or ())
        for name in portals:
            check_portal(name)
        if not portals or (len(portals) > 1 and any(p in FLAVOURED for p in portals)):
            raise ConfigError(f"portal = {portal!r}: one portal, or several of one boson")
        self.portals = portals
        self.parameters = tuple(n for p in portals for n in PORTALS[p].parameters)
        self.units = tuple(PORTALS[p].unit for p in portals for _ in PORTALS[p].parameters)
        self.power = PORTALS[portals[0]].power
        if curves is None:
            both = None if projections else False
            asked = [c for p in portals for c in limits(portal=p, projection=both)]
            numbers = tuple(NUMBERS) if numbers is None and portal == "mixing" else numbers
        else:
            asked = curves_of(curves)
        self.numbers = (numbers,) if isinstance(numbers, str) else tuple(numbers or ())
        for n in self.numbers:
            if n not in NUMBERS or portal != "mixing":
                raise ConfigError(
                    f"number {n!r}; allowed for the mixing portal: {', '.join(NUMBERS)}"
                )
        if smooth:
            asked = [c.smoothed(smooth) if c.kind == "peak search" else c for c in asked]
        if len({c.name for c in asked}) < len(asked):
            raise ConfigError("a curve is named twice: its data would count twice")
        self.family = likelihood if likelihood == RECORDED else family(likelihood)
        stated = applicability.Stated(unknown_nature, unknown_cl, projections, curves is not None)
        judged = [applicability.judge(c, portals, stated) for c in asked]
        self.used = tuple(v for v, _, _ in judged if v.used)
        self.left_out = tuple(v for v, _, _ in judged if not v.used)
        chosen = [(c, cl, nat) for c, (v, cl, nat) in zip(asked, judged) if v.used]
        chosen.sort(key=lambda item: (item[0].group, item[0].name))
        self.curves = tuple(c for c, _, _ in chosen)
        self._build(chosen, self._counts(counts), long_lived, widths)

    def _counts(self, counts):
        if not hasattr(counts or {}, "items"):
            raise ConfigError(f"counts = {counts!r}: write {{name: Counting(n_obs, background)}}")
        counts = dict(counts or {})
        unknown = set(counts) - {c.name for c in self.curves}
        if unknown:
            raise ConfigError(f"counts given for curves that are not used: {sorted(unknown)}")
        for name, law in counts.items():
            if not isinstance(law, Counting):
                raise ConfigError(f"counts['{name}'] = {law!r}: write Counting(n_obs, background)")
        return counts

    def _law(self, curve, counts):
        if curve.name in counts:
            return counts[curve.name]
        return NAMES[curve.likelihood]() if self.family == RECORDED else self.family

    def _build(self, chosen, counts, long_lived, widths):
        self.groups = tuple(
            sorted({c.group for c in self.curves} | {NUMBERS[n] for n in self.numbers})
        )
        records, nodes, shares = [], [np.zeros((0, 3))], []
        table = None
        first = 0
        for curve, cl, nature in chosen:
            mode = _mode(curve)
            x, low, high = curve.nodes()
            nodes.append(np.column_stack([x, curve.power * low, curve.power * high]))
            row, parents = -1, (-1, -1, -1)
            if mode == kernels.RECAST:
                recast.check_range(curve)
                if table is None:
                    table = recast.channel_table(widths)
                row, parents = len(shares), recast.parents(curve)
                shares.append(recast.decay_shares(curve, table, recast.grid_masses()))
            law = self._law(curve, counts)
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
            own = self.parameters.index(curve.parameters[0])
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
        coupling : sequence of floats
            What rates are proportional to, in the order of ``parameters``: |U_a|^2 for e, mu, tau; in
            the dipole portal d_a^2 in GeV^-2; for a boson its coupling squared.
        majorana : bool
        extra_width_mev : float
            Dark width in MeV.

        Returns
        -------
        float
        """
        if not isinstance(majorana, (bool, np.bool_)):
            checks.switch(majorana, "majorana")
        out = np.empty(1)
        try:
            point = np.array([[mass_mev, extra_width_mev, *coupling, *self._alone(coupling)]], dtype=float)
            if point.shape[1] != 2 + 2 * len(self.parameters):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            point = self._point(mass_mev, coupling, extra_width_mev)
        kernels.loglike(point, bool(majorana), *self._arrays, out)
        return float(out[0])

    def _point(self, mass_mev, coupling, extra):
        """One point from anything that can be converted; a DomainError for the rest."""
        try:
            items = list(coupling)
        except TypeError:
            items = [coupling]
        if len(items) != len(self.parameters):
            raise DomainError(
                f"coupling = {coupling!r}: {len(self.parameters)} numbers are needed, "
                f"for {', '.join(self.parameters)}"
            )
        values = [floats(v, u, n) for v, u, n in zip(items, self._squared(), self.parameters)]
        mass, extra = floats(mass_mev, "MeV", "mass_mev"), floats(extra, "MeV", "extra_width_mev")
        if any(np.ndim(v) for v in (mass, extra, *values)):
            raise DomainError("one point at a time; use many() for arrays")
        return np.array([[mass, extra, *values, *self._alone(values)]])

    def _alone(self, couplings):
        """Own shares of the width where widths are not known: 1 for the only coupling, 0 beside others."""
        if self.portals[0] in FLAVOURED:
            return (1.0,) * len(self.parameters)
        return [float(sum(couplings) - u <= 0.0) for u in couplings]

    def _squared(self):
        return [{"": "", "1 / GeV": "1 / GeV2"}[unit] for unit in self.units]

    def many(self, mass_mev, *couplings, majorana=True, extra_width_mev=0.0, **named):
        """Return lnL for arrays (broadcast against each other).

        Parameters
        ----------
        mass_mev : array of floats
            A Quantity is converted.
        *couplings, **named : array of floats
            As in a single call, in the order of ``parameters``, or by name: ``e=``, ``mu=``, ``tau=``
            for lepton flavours, ``photon=``, ``electron=``, ``mixing=`` for bosons; default 0.
        majorana : bool
        extra_width_mev : array of floats
        """
        checks.switch(majorana, "majorana")
        names = [n.rpartition(".")[2] for n in self.parameters]
        if len(couplings) > len(names):
            raise ConfigError(f"{len(couplings)} couplings: there are {', '.join(self.parameters)}")
        given = dict(zip(names, couplings))
        for key, value in named.items():
            if key in given:
                raise ConfigError(f"'{key}' is given twice")
            given[checks.choice(key, names, "coupling")] = value
        columns = [
            floats(mass_mev, "MeV", "mass_mev"), floats(extra_width_mev, "MeV", "extra_width_mev"),
            *(floats(given.get(n, 0.0), unit, n) for n, unit in zip(names, self._squared())),
        ]  # fmt: skip
        try:
            arrays = np.broadcast_arrays(*columns)
        except ValueError:
            shapes = ", ".join(str(np.shape(c)) for c in columns)
            raise DomainError(f"the shapes {shapes} do not fit each other") from None
        others = np.sum(arrays[2:], axis=0) - arrays[2:]
        alone = (others <= 0.0) | (self.portals[0] in FLAVOURED)
        points = np.stack([a.ravel() for a in (*arrays, *alone.astype(float))], axis=1)
        out = np.empty(points.shape[0])
        kernels.loglike(np.ascontiguousarray(points), bool(majorana), *self._arrays, out)
        return out.reshape(arrays[0].shape)

    def loglike(self, model, nuisance=None, extra_width=None):
        """Return lnL of a model with ``mass``, couplings and ``chosen`` (its nature).

        Parameters
        ----------
        model : HNL or alike
        nuisance : mapping, optional
            Not used: limit curves have their nuisances inside.
        extra_width : Quantity, optional
            A width into invisible particles that the model does not contain.
        """
        point, majorana = self._of(model, extra_width)
        out = np.empty(1)
        kernels.loglike(point[None, :], majorana, *self._arrays, out)
        return float(out[0])

    def terms(self, model, extra_width=None):
        """Return ``{member: lnL}`` of the curves and numbers that say something about ``model``."""
        point, majorana = self._of(model, extra_width)
        out = np.empty(len(self.members))
        kernels.curve_terms(point, majorana, *self._arrays, out)
        return {n: float(v) for n, v in zip(self.members, out) if not np.isnan(v)}

    def _of(self, model, extra_width):
        if not any(hasattr(model, n.partition(".")[0]) for n in self.parameters):
            raise ConfigError(
                f"{type(model).__name__} has none of the couplings {', '.join(self.parameters)}"
            )
        m = getattr(model, "mass_mev", None)
        m = energy_mev(getattr(model, "mass", None), "mass") if m is None else m
        u = tuple(g**self.power for g in values_of(model, self.parameters, self.units))
        extra = 0.0 if extra_width is None else energy_mev(extra_width, "extra_width")
        if extra < 0.0:
            raise DomainError(f"extra_width = {extra_width} must not be negative")
        shares, chosen = self._alone(u), getattr(model, "chosen", None)
        if self.portals[0] not in FLAVOURED:
            shares = own_shares(model, self.parameters) or shares
        elif chosen is None:
            raise ConfigError(
                f"{type(model).__name__} does not say what it has chosen: give a model of the package, or "
                "set chosen={'nature': 'majorana'} or chosen={'nature': 'dirac'}"
            )
        majorana = chosen is not None and chosen.get("nature") == "majorana"
        return np.array([m, extra, *u, *shares]), majorana

    def beyond_lower_edge(self, mass_mev, coupling, factor=1e3):
        """Return the names of used lower-edge curves that ``coupling`` exceeds by ``factor``.

        There the far upper edge, which is not in the file, may be near: another curve must exclude.
        """
        m, _, *coupling = self._point(mass_mev, coupling, 0.0)[0, : 2 + len(self.parameters)]
        found = []
        for c in self.curves:
            if c.contour == "lower":
                u = sum(v for n, v in zip(self.parameters, coupling) if n in c.parameters)
                if u > factor * c.interpolate_mev(m) ** c.power:
                    found.append(c.name)
        return tuple(found)

    def uncovered(self, flavour, low, high):
        """Return the mass ranges between ``low`` and ``high`` that no active curve covers."""
        from .coverage import uncovered

        return uncovered(flavour, low, high, curves=self.curves, portal=self.portals[0])


def _mode(curve):
    if curve.portal not in FLAVOURED:
        return kernels.ALONE
    if curve.flavour == "universal":
        return kernels.LOWEST
    if curve.flavour == "any":
        return kernels.SUMMED
    if curve.exponent == 1 or curve.profiled:
        return kernels.SINGLE
    return kernels.DIPOLE if curve.portal == "dipole" else kernels.RECAST
