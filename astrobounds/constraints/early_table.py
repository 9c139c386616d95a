"""Tables of abundances for fits: which models one holds, and how the nuisances enter."""

import warnings

import numpy as np

from .. import constants as const
from ..errors import AstroboundsError, ConfigError

OMEGA_B, TAU_N = 0.02237, 878.4  # where tables are built; nuisances enter as shifts
CHOICES = (True, False, "auto")
MARGIN = 2.4  # tolerances of the table: the smallest error of theory there
_COUPLINGS = ("mixing_vector", "dipole_gev")
_BUILT = {}  # per process


def check(table):
    """Raise ConfigError unless ``table`` is a possible option."""
    if not isinstance(table, (bool, str)) or table not in CHOICES:
        raise ConfigError(f"table = {table!r}; allowed: true, false, 'auto'")


def couplings(model):
    """Return the couplings of a particle as an array, or None for other models."""
    for name in _COUPLINGS:
        if hasattr(model, name):
            return np.array(getattr(model, name), dtype=float)
    return None


class Ray:
    """The models of a region whose couplings vary along one ray, with or without a free mass.

    Parameters
    ----------
    region : Region
    choices : (rates, network, neutrinos)
    """

    def __init__(self, region, choices):
        self.model, self.nature, self.choices = region.model, region.nature, choices
        self.names = tuple(region.model.parameter_names)
        self.pattern = tuple(region.pattern(self.prefix).get(n.partition(".")[2], 0.0)
                             for n in self.names[1:])  # fmt: skip
        free = next(n for n in region.ranges if n.startswith(self.prefix))
        share = region.pattern(self.prefix)[free.partition(".")[2]]
        self.scales = tuple(v / share for v in region.ranges[free])
        self.masses = region.ranges.get("mass", region.fixed.get("mass"))

    @property
    def prefix(self):
        return self.names[1].partition(".")[0] + "."

    @classmethod
    def of(cls, region, choices):
        """Return the ray of a region, or a sentence that says why it has none."""
        from ..cosmology.relics.model import is_particle

        names = getattr(region.model, "parameter_names", ())
        if len(names) < 2 or "." not in names[1]:
            return "no table: the model is no particle"
        prefix = names[1].partition(".")[0] + "."
        if region.pattern(prefix) is None:
            return "no table: the couplings do not vary along one ray, every point is solved"
        ray = cls(region, choices)
        if ray.masses is None or not is_particle(ray.at(np.min(ray.masses), 1.0)):
            return "no table: the model is no particle"
        from ..cosmology.relics.model import MASS_RANGE

        if np.min(ray.masses) < MASS_RANGE[0] or np.max(ray.masses) > MASS_RANGE[1]:
            return f"no table: masses leave {MASS_RANGE[0]:g} to {MASS_RANGE[1]:g} MeV"
        if not ray.scales[0] > 0.0:
            return "no table: the coupling reaches zero"
        return ray

    @property
    def key(self):
        """What the table depends on."""
        masses = tuple(np.atleast_1d(self.masses).tolist())
        return (self.model, self.nature, self.pattern, self.scales, masses, self.choices)

    def at(self, mass, scale):
        """Return the model of a mass [MeV] and a sum of couplings."""
        return self.model.fast(mass, tuple(scale * p for p in self.pattern), self.nature)

    def holds(self, model):
        """True if a model lies on this ray."""
        if type(model) is not self.model or getattr(model, "nature", None) != self.nature:
            return False
        found = couplings(model)
        total = found.sum()
        return total > 0.0 and bool(np.allclose(found / total, self.pattern, rtol=1e-9, atol=1e-12))

    def span(self, mass):
        """Return the range of ln(lifetime/s) at a mass."""
        y = [np.log(const.HBAR / self.at(mass, s).width_mev) for s in self.scales]
        return min(y), max(y)

    def of_lifetime(self, mass, y):
        """Return the model of a mass and ln(lifetime/s): widths are powers of the couplings."""
        low, high = self.scales
        a, b = (np.log(const.HBAR / self.at(mass, s).width_mev) for s in self.scales)
        return self.at(mass, low * (high / low) ** ((y - a) / (b - a)))

    def solve(self, point):
        """Return the tabulated quantities at (mass, ln lifetime), nan where a solver failed."""
        from ..cosmology.relics.table import NAMES

        mass, y = point
        try:
            return quantities(self.of_lifetime(mass, y), self.choices)
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
