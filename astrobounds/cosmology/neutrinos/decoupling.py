"""Neutrino decoupling with thermal spectra: T_gamma, T_nue, T_numu and time on a grid of ln a."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError, ConvergenceError, DomainError, did_you_mean
from ...numerics.splines import slopes
from ..plasma import thermodynamics as plasma
from ..plasma.baryons import T_CMB
from . import collisions
from .expansion import SIZE, fermi_f3
from .march import integrate

references = (
    "EscuderoAbenza:2020cmq",
    "Bennett:2019ewm",
    "Erler:2013xha",
    "Froustey:2020mcq",
    "Esteban:2020cvm",
)

T_START, T_END = 20.0, 8e-4  # MeV, default range of the free-falling temperature
DX = 1.0 / 64.0
SUBSTEPS = (1, 4, 16, 64)  # of a point of the grid: finer ones where a decay is too fast for the first
COLDER = 1.1  # T_gamma/t_end at the end of a run beyond which heat has to be expanded further
#: name: (mixing, chemical potential) of the thermal neutrinos
NEUTRINOS = {
    "integrated": ("averaged", True),
    "separate": ("none", False),
    "common": ("common", False),
    "momentum": ("averaged", True),  # spectra: kinetic; the thermal equations give its first guess
}
MIXING = {"none": 0.0, "common": 1.0, "averaged": 2.0}
RHO_GAMMA = np.pi**2 / 15.0
NEFF_UNIT = 7.0 / 8.0 * (4.0 / 11.0) ** (4.0 / 3.0)  # rho of one N_eff in rho_gamma


def refuse_units(item, names):
    """Raise DomainError for a Quantity where a number in powers of MeV is meant."""
    for name in names:
        value = getattr(item, name)
        if hasattr(value, "unit"):
            raise DomainError(
                f"{type(item).__name__}.{name} = {value}: give a plain number (array, function) in powers "
                "of MeV, for example energy.to_value('MeV'), rate [1/s] times constants.HBAR"
            )


@dataclass(frozen=True)
class Relic:
    """A species X that decays while the plasma cools.

    Functions of the free-falling temperature T_d = T_start a_start/a [MeV] (arrays in, arrays out)
    or plain numbers: ``energy`` is the mean energy <E> per particle [MeV] and ``rate`` the mean of
    the decay rate over energies weighted with E, that is Gamma m/<E> [MeV]; the energy given away
    per volume and time is then Gamma m n_X exactly.

    Parameters
    ----------
    density : float
        Number density at T_start [MeV^3].
    energy, rate : float or callable
    fractions : dict
        Shares of the energy: "em", "nue" (nu + nubar), "numu" (nu_mu and nu_tau together), "dark";
        they must sum to one within 1e-6.
    """

    density: float
    energy: object
    rate: object
    fractions: dict

    def __post_init__(self):
        refuse_units(self, ("density", "energy", "rate"))
        unknown = set(self.fractions) - {"em", "nue", "numu", "dark"}
        if unknown:
            raise ConfigError(f"fractions {sorted(unknown)}: use 'em', 'nue', 'numu', 'dark'")
        total = sum(self.fractions.values())
        if abs(total - 1.0) > 1e-6 or min(self.fractions.values()) < 0.0:
            raise DomainError(f"the fractions sum to {total:.8g}: they must be >= 0 and sum to 1")
        if not self.density >= 0.0:
            raise DomainError(f"density = {self.density} MeV^3 must not be negative")


EXTERNAL = ("rho", "em", "nue", "numu", "dark", "nue_number", "numu_number", "decay")


@dataclass(frozen=True)
class External:
    """Energy from outside the plasma, as functions of the free-falling temperature T_d [MeV].

    ``rho(T_d)`` [MeV^4] enters the expansion only; ``em``, ``nue``, ``numu`` [MeV^5] are energies
    per volume and time into the plasma, into nu_e + nubar_e, and into each of nu_mu, nu_tau;
    ``dark`` [MeV^5] makes dark radiation. ``nue_number``, ``numu_number`` [MeV^4] are the numbers
    that come with the energies; without chemical potentials only energies count. Arrays on the grid
    of :func:`free_falling` serve as well. ``neutrinos``: a tuple of :class:`kinetic_sources.Emission`,
    neutrinos with their spectra; momentum-resolved neutrinos need them, thermal ones take their
    energies and numbers besides ``nue`` and ``numu``. ``decay`` [1/s]: all the rest is
    multiplied by exp(-decay t), t the time since the start on the clock of the solution.
    """

    rho: object = None
    em: object = None
    nue: object = None
    numu: object = None
    dark: object = None
    nue_number: object = None
    numu_number: object = None
    neutrinos: tuple = ()
    decay: object = None

    def __post_init__(self):
        refuse_units(self, EXTERNAL)

    @property
    def on_grid(self):
        """True if any of its values are arrays, which belong to one range of temperatures."""
        values = [getattr(self, name) for name in EXTERNAL]
        for item in self.neutrinos:
            values += [item.rate, *(item.velocity or ())]
        return any(v is not None and not callable(v) and np.ndim(v) > 0 for v in values)


@dataclass(frozen=True, eq=False)
class Background:
    """The expanding plasma on a uniform grid of ln a, all arrays of shape (n,).

    Attributes
    ----------
    ln_a : ndarray
        ln of the scale factor, a = 1 today (a T_gamma = T_CMB after the pairs are gone).
    t, H : ndarray
        Time [s] and expansion rate [1/s].
    Tg, Tnue, Tnumu : ndarray
        Temperatures [MeV] of photons, nu_e and of nu_mu, nu_tau.
    xi_e, xi_mu : ndarray
        Common chemical potentials mu/T of nu and nubar (zero unless asked for).
    relic, rho_dark : ndarray
        n_X a^3 relative to the start; energy density of dark radiation [MeV^4].
    Neff : float
        (8/7)(11/4)^(4/3) (rho_nu + rho_dark)/rho_gamma at the end.
    spectrum : tuple, optional
        ``(y, f_nue, f_nuebar, scale)``: occupations of shape (n, len(y)) at momenta y scale[i]
        [MeV], where they are not Fermi-Dirac at Tnue and xi_e.
    conversion : tuple, optional
        Further rates of n -> p and p -> n [1/s] from 10 MeV on, where the network starts, and the
        neutron fraction there: mesons that meet nucleons.
    relic_history : relic_history.Evolution, optional
        The decaying particle that is in this background.
    spectra : ndarray, optional
        Occupations of nu_e, nu_mu, nu_tau, shape (n, 3, len(y)), where momenta are resolved.
    boson : mediators.evolution.Evolution, optional
        The boson that decays into pairs of neutrinos in this background.
    """

    ln_a: np.ndarray
    t: np.ndarray
    H: np.ndarray
    Tg: np.ndarray
    Tnue: np.ndarray
    Tnumu: np.ndarray
    xi_e: np.ndarray
    xi_mu: np.ndarray
    relic: np.ndarray
    rho_dark: np.ndarray
    Neff: float
    spectrum: tuple | None = None
    references: tuple = field(default=references)
    conversion: tuple | None = field(default=None, repr=False)
    relic_history: object = field(default=None, repr=False)
    spectra: np.ndarray | None = field(default=None, repr=False)
    boson: object = field(default=None, repr=False)

    @property
    def dx(self):
        """Spacing of ln a."""
        return (self.ln_a[-1] - self.ln_a[0]) / (len(self.ln_a) - 1)

    @cached_property
    def history(self):
        """Times, scale factors and temperatures as a dict of Quantity."""
        import astropy.units as u

        return {
            "t": self.t * u.s,
            "a": np.exp(self.ln_a),
            "H": self.H / u.s,
            "T_gamma": self.Tg * u.MeV,
            "T_nue": self.Tnue * u.MeV,
            "T_numu": self.Tnumu * u.MeV,
        }


def check_choices(neutrinos, qed):
    """Raise ConfigError for an unknown treatment of neutrinos or order of QED."""
    for what, value, allowed in (
        ("neutrinos", neutrinos, NEUTRINOS),
        ("qed", qed, plasma.QED_ORDERS),
    ):
        if value not in allowed:
            raise ConfigError(
                f"{what} = {value!r}{did_you_mean(value, allowed)}: choose one of {', '.join(allowed)}"
            )


@lru_cache(maxsize=1)
def _response_zero():
    return np.ascontiguousarray(collisions.response(0.0))


def _sample(function, falling):
    if function is None:
        return np.zeros_like(falling)
    values = function(falling) if callable(function) else function
    return np.broadcast_to(np.asarray(values, dtype=float), falling.shape)


def _thermalised(external, falling, columns):
    """Add energies and numbers of the neutrinos that come with spectra to the columns."""
    for item in external.neutrinos:
        rate, gamma = item.on(falling), 1.0
        if item.velocity is not None:
            v, share = item.velocity
            gamma = (share * np.hypot(1.0, v)).sum(axis=1)
        for flavour, energy, number, copies in (
            ("e", 2, 5, 1.0), ("mu", 3, 6, 0.5), ("tau", 3, 6, 0.5)
        ):  # fmt: skip
            columns[energy] = columns[energy] + copies * rate * gamma * item.energy(flavour)
            columns[number] = columns[number] + copies * rate * item.number(flavour)
    return columns


def _rows(falling, external, relic):
    """Columns of the integrator on the grid: values and their spline changes per step."""
    outside = ("rho", "em", "nue", "numu", "dark", "nue_number", "numu_number")
    columns = [_sample(getattr(external, name, None), falling) for name in outside]
    if external is not None and external.neutrinos:
        columns = _thermalised(external, falling, columns)
    columns += [_sample(getattr(relic, name, None), falling) for name in ("energy", "rate")]
    columns.append(_sample(getattr(external, "decay", None), falling))
    values = np.column_stack(columns)
    if not np.all(np.isfinite(values)):
        raise DomainError("a source or an energy density on the temperature grid is not finite")
    rates = slopes(np.arange(len(falling), dtype=float), values) if values.any() else values
    return np.ascontiguousarray(np.hstack([values, rates]))


def _check_lifetime(relic, rate, hubble, t_start):
    """The clock of the grid must resolve the decay: Gamma <= 200 H at the start."""
    if relic is not None and relic.density > 0.0 and rate / const.HBAR > 200.0 * hubble:
        raise DomainError(
            f"the relic's lifetime {const.HBAR / rate:.3g} s is shorter than "
            f"{1.0 / (200.0 * hubble):.3g} s: it is gone before T = {t_start:g} MeV; leave it out or "
            "start hotter"
        )


@lru_cache(maxsize=16)
def dilution(t_start, mixing, with_xi, qed, dx, refine):
    """a T_gamma at the end over a T at the start, in the standard case."""
    run = solve(t_start, 0.005, mixing, with_xi, qed, dx=dx, refine=refine)
    return run.Tg[-1] * np.exp(run.ln_a[-1] - run.ln_a[0]) / t_start


def free_falling(t_start, t_end, dx=DX):
    """Return T_d = t_start a_start/a [MeV] on the grid of :func:`solve`, a third e-fold beyond t_end."""
    points = int(np.ceil((np.log(t_start / t_end) + 0.34) / dx)) + 1
    return t_start * np.exp(-dx * np.arange(points))


def solve(
    t_start=T_START,
    t_end=T_END,
    mixing="averaged",
    with_xi=True,
    qed="full",
    delta_neff=0.0,
    external=None,
    relic=None,
    dx=DX,
    refine=1,
    dark=0.0,
):
    """Integrate decoupling; temperatures in MeV, see :func:`decouple` for the rest.

    ``mixing``: "none", "averaged" or "common"; ``with_xi``: chemical potentials of nu + nubar;
    ``external``, ``relic``: energy from outside; ``dx``, ``refine``: grid of ln a and substeps;
    ``dark``: energy density of dark radiation at the start [MeV^4].
    """
    falling = free_falling(t_start, t_end, dx)
    points = len(falling)
    x = dx * np.arange(points)
    state = np.zeros(SIZE)
    state[:3] = t_start
    if delta_neff != 0.0:
        kappa = dilution(t_start, mixing, with_xi, qed, dx, refine)
        state[7] = delta_neff * NEFF_UNIT * RHO_GAMMA * (t_start * kappa) ** 4
    state[7] += dark
    shares = relic.fractions if relic is not None else {}
    decay = np.array(
        [relic.density if relic is not None else 0.0, 0.0, 0.0]
        + [float(shares.get(name, 0.0)) for name in ("em", "nue", "numu", "dark")]
    )
    out = np.empty((points, SIZE + 1))
    options = np.array([t_start, MIXING[mixing], float(with_xi)])
    tables = (plasma.table(qed), collisions.table())
    rows = _rows(falling, external, relic)
    zero = _response_zero()
    # The clock starts at 1/(2H): one point gives H at the start.
    bad = integrate(state, dx, 1, rows, options, decay, tables, zero, out[:1])
    if bad < 0:
        state[5] = 0.5 / out[0, SIZE]
        _check_lifetime(relic, rows[0, 8], out[0, SIZE], t_start)
        for finer in SUBSTEPS:
            bad = integrate(state, dx, refine * finer, rows, options, decay, tables, zero, out)
            if bad < 0:
                break
    if bad >= 0:
        raise ConvergenceError(
            f"the expansion failed at T_d = {falling[bad]:.4g} MeV: the total energy density is "
            "not positive or a source is too stiff; check delta_neff and the injected energy",
            stage="decoupling",
        )
    tg, te, tm, xe, xm = (np.ascontiguousarray(out[:, k]) for k in range(5))
    rho_dark = out[:, 7] * np.exp(-4.0 * x)
    ln_a = x - x[-1] + np.log(T_CMB / tg[-1])
    nu = te[-1] ** 4 * fermi_f3(xe[-1]) + 2.0 * tm[-1] ** 4 * fermi_f3(xm[-1])
    neff = (nu / np.pi**2 + rho_dark[-1]) / (NEFF_UNIT * RHO_GAMMA * tg[-1] ** 4)
    t, H = np.ascontiguousarray(out[:, 5]), np.ascontiguousarray(out[:, SIZE])
    return Background(ln_a, t, H, tg, te, tm, xe, xm, np.exp(-out[:, 6]), rho_dark, float(neff))


def solve_to(relic=None, t_end=T_END, external=None, **options):
    """Integrate until the plasma is as cold as ``t_end``, though entropy is released on the way.

    Returns
    -------
    background : Background
    t_end : float
        Free-falling temperature [MeV] that this took.
    """
    end = t_end
    fixed = external is not None and external.on_grid
    for _ in range(4):
        background = solve(t_end=end, relic=relic, external=external, **options)
        if fixed or background.Tg[-1] < COLDER * t_end:
            break
        end *= t_end / background.Tg[-1]
    return background, end
