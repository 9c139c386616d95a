"""The early Universe of one point, evaluated once for all constraints that ask for it."""

import warnings
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import ConfigError, ValidityWarning
from .early_band import ASYMMETRY

OBSERVABLES = ("Yp", "DH", "He3H", "Li7H")
DOMAIN = {"omega_b": (0.005, 0.05), "tau_n": (850.0, 910.0)}  # of cosmology.bbn
TAU_N = (878.4, 0.5)  # s, mean of the bottle experiments, Particle Data Group 2024
COSMOLOGY = ("delta_neff", "xi_e")  # arguments of cosmology.bbn that a model without a particle may have
RATE = "rate."  # prefix of the nuisance of one reaction
_NODES = 7


class Abundances(NamedTuple):
    """What constraints need of :class:`astrobounds.cosmology.abundances.BBN`."""

    Neff: float
    Yp: float
    Yp_cmb: float
    DH: float
    He3H: float
    Li7H: float
    before_cascade: float  # D/H when nucleosynthesis ended, the coordinate of the theory shifts
    flags: tuple = ()
    late: object = None  # LateEffects of decays after nucleosynthesis


class EarlyUniverse:
    """Abundances and N_eff of a model with one choice of rates, network and neutrinos.

    Equal choices share results: the last points are kept, keyed by the values of all inputs.
    After :meth:`prepare` the models of a region are looked up in a table where that is as good.
    """

    def __init__(self, rates="default", network="small", neutrinos="integrated", table="auto"):
        from ..cosmology import load_network
        from ..cosmology.neutrinos.decoupling import check_choices
        from .early_table import check

        check(table)
        self._wanted, self._ray, self._table = table, None, None
        self.note = ""
        self.choices = (rates, network if isinstance(network, str) else tuple(network), neutrinos)
        check_choices(neutrinos, "full")
        self.reactions = load_network(network, rates).reactions

    @property
    def references(self):
        """BibTeX keys of rates, weak corrections and decoupling."""
        from ..cosmology import abundances as nucleosynthesis
        from ..cosmology import load_network
        from ..cosmology.neutrinos import decoupling
        from ..cosmology.weak import rates as weak

        rates, network, _ = self.choices
        return (*nucleosynthesis.references, *decoupling.references, *weak.references,
                *load_network(network, rates).references)  # fmt: skip

    def __call__(self, model, nuisance):
        """Return :class:`Abundances` for a model and a mapping of nuisance values."""
        shifts = tuple(
            (name, float(p)) for name, p in sorted(nuisance.items())
            if name.startswith(RATE) and name[len(RATE):] in self.reactions
        )  # fmt: skip
        inputs = (float(nuisance["omega_b"]), float(nuisance["tau_n"]), shifts, self.choices)
        xi = float(nuisance.get(ASYMMETRY, 0.0))
        if xi != 0.0:
            inputs = (*inputs, xi)
        elif self._table is not None:
            found = self._look_up(model, *inputs[:3])
            if found is not None:
                return found
        try:
            hash(model)
        except TypeError:
            return _evaluate.__wrapped__(model, *inputs)
        return _evaluate(model, *inputs)

    def prepare(self, region, mapper=map, show=True, label="bbn"):
        """Build the table of a region if its couplings lie on one ray."""
        from .early_table import MARGIN, Ray, table_of

        self.forget()
        if self._wanted is False or region is None:
            return
        ray = Ray.of(region, self.choices)
        if isinstance(ray, str):
            if self._wanted is True:
                raise ConfigError(f"{label}: table = true, but {ray}")
            self.note = ray
            return
        table = table_of(ray, mapper, show, label)
        seen = table.checked
        self.note = (
            f"table of {table.solved} solutions, {100 * seen['direct']:.0f} % of the region solved "
            f"directly; {seen['points']} random points are off by {seen['rms']:.2f} (rms), "
            f"{seen['worst']:.2f} (worst) of its tolerance (Y_p 5e-5, D/H 0.3 %, N_eff 0.005, plus 2 % "
            "of the distance from the standard value)"
        )
        if self._wanted == "auto" and not seen["worst"] < MARGIN:
            self.note += ": not used"
            return
        self._ray, self._table = ray, table

    def forget(self):
        """Drop the table: solve directly from here on."""
        self._ray, self._table, self.note = None, None, ""

    def _look_up(self, model, omega_b, tau_n, shifts):
        """Return :class:`Abundances` from the table, or None where it has none."""
        from ..cosmology.plasma.baryons import helium_mass_fraction
        from ..cosmology.relics.remnant import of_model
        from .early_table import OMEGA_B, TAU_N, shifted

        if not self._ray.holds(model):
            return None
        found = self._table.at(model.mass_mev, self._ray.place(model))
        if found is None:
            return None
        steps = {"omega_b": np.log(omega_b / OMEGA_B), "tau_n": np.log(tau_n / TAU_N)}
        steps.update({name[len(RATE):]: p for name, p in shifts})
        values = found[1:5]
        if any(steps.values()):
            values = shifted(values, found[5], theory_shifts(self.choices), steps)
        Yp, DH, He3H, Li7H = map(float, values)
        late = of_model(model, float(found[7])).effects()
        return Abundances(float(found[0]), Yp, helium_mass_fraction(Yp), DH, He3H, Li7H, float(found[5]),
                          late=late)  # fmt: skip


@lru_cache(maxsize=64)
def _evaluate(model, omega_b, tau_n, shifts, choices, xi=0.0):
    import astropy.units as u

    from ..cosmology import bbn

    extra = {"xi_e": xi} if xi else {}
    if not model.states and set(model.parameter_names) <= set(COSMOLOGY):  # no particle
        if xi and "xi_e" in model.values:
            raise ConfigError("xi_e is a parameter of the model and a nuisance of 'bbn': leave one out")
        extra = {**extra, **model.values}
        model = None
    rates, network, neutrinos = choices
    nuisance = {name[len(RATE):]: p for name, p in shifts} or None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        out = bbn(model, omega_b=omega_b, tau_n=tau_n * u.s, rates=rates, network=network,
                  neutrinos=neutrinos, nuisance=nuisance, **extra)  # fmt: skip
    _warn_once(caught)
    return Abundances(out.Neff, out.Yp, out.Yp_cmb, out.DH, out.He3H, out.Li7H,
                      out.before_cascade["DH"], tuple(out.flags), out.late)  # fmt: skip


_WARNED = set()


def _warn_once(caught):
    """Pass warnings on, those about validity only at the first point of each kind."""
    for item in caught:
        if issubclass(item.category, ValidityWarning):
            kind = str(item.message).partition(":")[0]
            if kind in _WARNED:
                continue
            _WARNED.add(kind)
        warnings.warn(item.message, item.category, stacklevel=4)


class TheoryShifts(NamedTuple):
    """Derivatives of ln(abundance) along the standard cosmologies of all baryon densities.

    ``values[k, s]`` is the change of the four ln(abundance) by one standard deviation of the rate
    ``sources[s]``, or by a unit change of ln tau_n or ln omega_b, where ln(D/H) is ``ln_DH[k]``.
    """

    ln_DH: np.ndarray
    sources: tuple
    values: np.ndarray
    slopes: np.ndarray

    def at(self, DH):
        """Return the shifts, shape (sources, 4), at a D/H; those of the nearest end outside.

        Widths depend on the cosmology mainly through how far deuterium has burnt, so D/H serves as
        the one coordinate: between Delta N_eff = -1.5 and 3 the width of D/H is then followed
        within 0.1 %, that of Y_p within 0.5 % (4 % where D/H is below that of omega_b = 0.05).
        """
        from ..numerics.splines import hermite

        x = min(max(np.log(DH), self.ln_DH[0]), self.ln_DH[-1])
        n = len(self.ln_DH)
        flat = hermite(self.ln_DH, self.values.reshape(n, -1), self.slopes.reshape(n, -1),
                       np.array([x]))  # fmt: skip
        return flat.reshape(len(self.sources), 4)


@lru_cache(maxsize=8)
def theory_shifts(choices):
    """Return :class:`TheoryShifts` of (rates, network, neutrinos), computed once per process."""
    import astropy.units as u

    from ..cosmology import bbn_grid, theory_covariance
    from ..numerics.splines import slopes

    rates, network, neutrinos = choices
    options = {"rates": rates, "network": network, "neutrinos": neutrinos}
    step = 0.01
    low, high = DOMAIN["omega_b"]
    omega_b = np.geomspace(low * (1 + step), high * (1 - step), _NODES)
    rows, ln_DH = [], []
    for w in omega_b:
        table = theory_covariance(omega_b=float(w), **options)
        ends = bbn_grid(omega_b=w * np.exp([-0.9 * step, 0.9 * step]), threads=1, **options)
        late = bbn_grid(omega_b=w, tau_n=TAU_N[0] * np.exp([-step, step]) * u.s, threads=1, **options)
        logs = [np.log([[getattr(g, x)[i] for x in OBSERVABLES] for i in (0, 1)]) for g in (ends, late)]
        unit = {"omega_b": (logs[0][1] - logs[0][0]) / (1.8 * step),
                "tau_n": (logs[1][1] - logs[1][0]) / (2.0 * step)}  # fmt: skip
        every = {**unit, **table.shifts}
        rows.append(list(every.values()))
        ln_DH.append(np.log(table.mean[1]))
    x, values = np.array(ln_DH)[::-1].copy(), np.array(rows)[::-1].copy()
    dy = slopes(x, values.reshape(_NODES, -1)).reshape(values.shape)
    return TheoryShifts(x, tuple(every), values, dy)


def gaussian_prior(value, what, default):
    """Return a Normal from None (default), (mean, sigma), the name of a measurement or a prior."""
    from ..cosmology import measurement
    from ..priors import Normal, Prior

    if value is None:
        value = default
    if isinstance(value, Prior):
        if not isinstance(value, Normal):
            raise ConfigError(f"{what} = {value!r}: a Normal is needed here; set other priors in the fit")
        return value
    if isinstance(value, str):
        seen = measurement(what, value)
        return Normal(seen.value, 0.5 * (seen.sigma_low + seen.sigma_high))
    try:
        mean, sigma = value
    except (TypeError, ValueError):
        raise ConfigError(f"{what} = {value!r}: give (mean, sigma) or the name of a measurement") from None
    return Normal(mean, sigma)
