"""Tables of abundances for fits: which models one holds, and how the nuisances enter."""

import math
import warnings

import numpy as np

from .. import constants as const
from ..errors import AstroboundsError, ConfigError
from ..models.neutrino_pairs import boson_of

OMEGA_B, TAU_N = 0.02237, 878.4  # where tables are built; nuisances enter as shifts
CHOICES = (True, False, "auto")
MARGIN = 2.4  # tolerances of the table: the smallest error of theory there
_BUILT = {}  # per process


def check(table):
    """Raise ConfigError unless ``table`` is a possible option."""
    if not isinstance(table, (bool, str)) or table not in CHOICES:
        raise ConfigError(f"table = {table!r}; allowed: true, false, 'auto'")


class Ray:
    """The models of a region along one ray: one free parameter (with what is tied to it) beside the mass.

    Parameters
    ----------
    region : Region
    choices : (rates, network, neutrinos)

    Notes
    -----
    Where only couplings move and all others are zero, the axis is ln(lifetime/s): neighbouring masses
    differ least at equal lifetimes. Else it is ln of the scale, the sum of what moves.
    """

    def __init__(self, region, choices):
        self.model, self.choices = region.model, choices
        self.chosen = {c.name: region.choices.get(c.name, c.default) for c in region.model.choices}
        free = next(n for n in region.ranges if n != "mass")
        moving = {free: 1.0, **{n: f for n, (to, f) in region.ties.items() if to == free}}
        total = sum(moving.values())
        self.pattern = {n: x / total for n, x in moving.items()}
        self.fixed = {n: v for n, v in region.fixed.items() if n != "mass" and n not in moving and v}
        self.scales = tuple(v / self.pattern[free] for v in region.ranges[free])
        self.masses = region.ranges.get("mass", region.fixed.get("mass"))
        couplings = {p.name for p in self.model.coupling_parameters()}
        self.by_lifetime = set(moving) <= couplings and not couplings & set(self.fixed)

    @classmethod
    def of(cls, region, choices):
        """Return the ray of a region, or a sentence that says why it has none."""
        from ..cosmology.relics.model import MASS_RANGE, couples, thermal

        names = getattr(region.model, "parameter_names", ())
        if "mass" not in names:
            return "no table: the model is no particle"
        free = [n for n in region.ranges if n != "mass"]
        if len(free) != 1 or any(to != free[0] for to, _ in region.ties.values()):
            return "no table: the couplings do not vary along one ray, every point is solved"
        ray = cls(region, choices)
        if ray.masses is None:
            return "no table: the model has no mass"
        if not ray.scales[0] > 0.0:
            return "no table: the coupling reaches zero"
        first = ray.at(np.min(ray.masses), ray.scales[1])
        if not couples(first) or thermal(first) or boson_of(first) is not None:
            return f"no table: {ray.model.__name__} is not a relic that decays, every point is solved"
        if np.min(ray.masses) < MASS_RANGE[0] or np.max(ray.masses) > MASS_RANGE[1]:
            return f"no table: masses leave {MASS_RANGE[0]:g} to {MASS_RANGE[1]:g} MeV"
        return ray

    @property
    def key(self):
        """What the table depends on."""
        masses = tuple(np.atleast_1d(self.masses).tolist())
        kept = tuple(tuple(sorted(x.items())) for x in (self.chosen, self.pattern, self.fixed))
        return (self.model, *kept, self.scales, masses, self.choices)

    def at(self, mass, scale):
        """Return the model of a mass [MeV] and a sum of what moves."""
        values = dict.fromkeys(self.model.parameter_names, 0.0)
        values.update(self.fixed, mass=float(mass))
        values.update({n: scale * x for n, x in self.pattern.items()})
        return self.model.from_values(values, **self.chosen)

    def scale_of(self, model):
        """Return the sum of what moves."""
        return sum(model.values.get(n, 0.0) for n in self.pattern)

    def holds(self, model):
        """True if a model lies on this ray."""
        if type(model) is not self.model or dict(model.chosen) != self.chosen:
            return False
        scale = self.scale_of(model)
        if not scale > 0.0:
            return False
        mine = {**self.fixed, **{n: scale * x for n, x in self.pattern.items()}}
        return all(
            math.isclose(value, mine.get(name, 0.0), rel_tol=1e-9, abs_tol=0.0)
            for name, value in model.values.items() if name != "mass"
        )  # fmt: skip

    def place(self, model):
        """Return where a model of the ray is on the axis."""
        return np.log(const.HBAR / model.width_mev if self.by_lifetime else self.scale_of(model))

    def span(self, mass):
        """Return the range of the axis at a mass."""
        y = [self.place(self.at(mass, s)) for s in self.scales]
        return min(y), max(y)

    def of_place(self, mass, y):
        """Return the model of a mass and a place on the axis: widths are powers of the couplings."""
        low, high = self.scales
        a, b = (self.place(self.at(mass, s)) for s in self.scales)
        return self.at(mass, low * (high / low) ** ((y - a) / (b - a)))

    def solve(self, point):
        """Return the tabulated quantities at (mass, place), nan where a solver failed."""
        from ..cosmology.relics.table import NAMES

        mass, y = point
        try:
            return quantities(self.of_place(mass, y), self.choices)
        except AstroboundsError:
            return np.full(len(NAMES), np.nan)


def quantities(model, choices):
    """Return N_eff, Y_p, D/H, He3/H, Li7/H, D/H before the cascade, dilution of baryons, rho_X/rho_DM."""
    import astropy.units as u

    from ..cosmology import bbn

    rates, network, neutrinos = choices
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = bbn(model, omega_b=OMEGA_B, tau_n=TAU_N * u.s, rates=rates, network=network,
                  neutrinos=neutrinos)  # fmt: skip
    return np.array([out.Neff, out.Yp, out.DH, out.He3H, out.Li7H, out.before_cascade["DH"],
                     out.dilution, 0.0 if out.late is None else out.late.f])  # fmt: skip


def table_of(ray, mapper=map, show=True, label="bbn"):
    """Return the :class:`relic_table.Table` of a ray, built once and kept between runs."""
    from ..cosmology import abundances
    from ..cosmology.relics import table as relic_table
    from ..progress import Progress
    from . import early_table, kept

    def build():
        standard = quantities(None, ray.choices)
        with Progress(1000, f"{label}: table of abundances", show) as bar:

            def note(share, count):
                bar.update(int(1000 * share) - bar.done, f"{count} solutions")

            out = relic_table.build(ray.solve, ray.span, ray.masses, standard, mapper, note)
            bar.update(1000 - bar.done)
        return out

    if ray.key not in _BUILT:
        modules = (early_table, abundances, *kept.sources_of(ray.model))
        depends = (ray.model, *ray.key)
        classes = (relic_table.Table, relic_table.Column)
        built = kept.table("abundances", depends, modules, classes, build)
        while len(_BUILT) >= 8:
            _BUILT.pop(next(iter(_BUILT)))
        _BUILT[ray.key] = built
    return _BUILT[ray.key]


def shifted(values, before, shifts, steps):
    """Return Y_p, D/H, He3/H, Li7/H with small changes of the nuisances.

    Parameters
    ----------
    values : ndarray, shape (4,)
    before : float
        D/H before the cascade.
    shifts : TheoryShifts
        Derivatives of the logarithms along the standard cosmologies.
    steps : dict
        Source to its change: of ln(omega_b), ln(tau_n), or standard deviations of a rate.
    """
    used = {n: s for n, s in steps.items() if s != 0.0}
    if not used:
        return values
    rows = [shifts.sources.index(n) for n in used]
    change = np.array(list(used.values()))
    first = change @ shifts.at(before)[rows]
    # the derivatives half way: D/H ~ omega_b^-1.6 is followed to second order
    middle = change @ shifts.at(before * np.exp(0.5 * first[1]))[rows]
    return values * np.exp(middle)
