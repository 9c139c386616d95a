"""Stars: radial profiles of a proto-neutron star and the state of matter they imply."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...units import finite
from . import eos
from .composition import heavy_state

FREE_NUCLEON_MASS = 939.0  # MeV, both nucleons where a profile gives no effective masses


@dataclass(frozen=True, eq=False)
class Star:
    """One snapshot of a proto-neutron star: what emission and transport need, as functions of radius.

    Build one with :func:`astrobounds.supernova.load`; a user's own arrays go through
    :func:`astrobounds.supernova.from_arrays`.

    Attributes
    ----------
    name : str
        Name shown in figures and stored in results.
    breaks : tuple of float
        Radii [km] where the profile may have a kink, first (usually 0) and last included.
    columns : callable
        ``columns(radius_km) -> dict`` of arrays: ``T``, ``rho`` [g/cm3], ``m_n``, ``m_p``
        (effective masses), ``mu_n``, ``mu_p`` (what enters f = 1/(exp((sqrt(p^2+m*^2) - mu)/T)+1)),
        ``shift`` (energy offset of p -> n in charged currents), ``mu_e``, ``mu_mu``, ``mu_nu_e``,
        ``mu_nu_mu``, ``mu_nu_tau``, ``lapse``. MeV unless said. ``mu_mu`` is NaN without muons.
        With heavy nuclei also ``n_heavy`` [MeV^3], ``A_heavy``, ``Z_heavy``.
    """

    name: str
    breaks: tuple
    columns: object
    references: tuple = ()
    note: str = ""
    meta: dict = field(default_factory=dict)
    origin: tuple = field(default=(), repr=False)  # (name or path, options) it was loaded from
    derived: tuple = field(default=(), repr=False)  # (function, arguments) that make it again

    def __repr__(self):
        return f"Star('{self.name}', {self.breaks[0]:g}-{self.breaks[-1]:g} km)"

    def __reduce__(self):
        """Travel to another process as the name, file or star that this one was made from."""
        if self.derived:
            return self.derived
        if not self.origin:
            raise TypeError(
                f"star '{self.name}' was built from arrays and cannot be sent to another process; "
                "write it to a file and load that, or use threads"
            )
        return _reload, self.origin

    def at(self, radius_km):
        """Return the state of matter at one or many radii [km] (dict of arrays).

        Raises
        ------
        DomainError
            For a radius outside the profile.
        """
        r = np.atleast_1d(np.asarray(radius_km, dtype=float))
        low, high = self.breaks[0], self.breaks[-1]
        if np.any(~np.isfinite(r)) or r.min() < low - 1e-9 or r.max() > high * (1.0 + 1e-12):
            bad = r[~((r >= low) & (r <= high))][0]
            raise DomainError(
                f"radius = {bad:g} km is outside the profile '{self.name}', {low:g}-{high:g} km"
            )
        return self.columns(np.clip(r, low, high))

    @cached_property
    def peak_temperature(self):
        """Largest temperature of the profile [MeV]."""
        grid = np.concatenate(
            [np.linspace(a, b, 200) for a, b in zip(self.breaks[:-1], self.breaks[1:])]
        )
        return float(self.at(grid)["T"].max())

    @property
    def has_muons(self):
        """True if the profile carries a muon chemical potential."""
        return bool(np.isfinite(self.at(self.breaks[0])["mu_mu"]).all())

    def emission(self, model, **options):
        """Return the emission of ``model`` from this star; see :func:`astrobounds.supernova.emission`."""
        from ..transport.emission import emission

        return emission(model, self, **options)

    def plot(self, axes=None):
        """Draw temperature, density and chemical potentials against radius; returns the axes."""
        import matplotlib.pyplot as plt

        if axes is None:
            _, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
        r = np.linspace(self.breaks[0], min(self.breaks[-1], 60.0), 500)
        state = self.at(r)
        axes[0].plot(r, state["T"], color="C3")
        axes[0].set(xlabel="radius [km]", ylabel="temperature [MeV]", title=self.name)
        twin = axes[0].twinx()
        twin.semilogy(r, state["rho"], color="C0")
        twin.set_ylabel("density [g/cm$^3$]", color="C0")
        labels = {"mu_e": r"$\mu_e$", "mu_nu_e": r"$\mu_{\nu_e}$", "mu_mu": r"$\mu_\mu$"}
        for key, label in labels.items():
            if np.isfinite(state[key]).all():
                axes[1].plot(r, state[key], label=label)
        for key, mass in (("mu_n", "m_n"), ("mu_p", "m_p")):
            axes[1].plot(r, state[key] - state[mass], label=rf"$\mu_{key[-1]} - m^*$")
        axes[1].set(xlabel="radius [km]", ylabel="chemical potential [MeV]")
        axes[1].legend()
        return axes


def _reload(name, options):
    from .catalogue import load

    return load(name, **options)


def ideal_gas(rho, temperature, proton_fraction, neutrinos="zero", heavy=None):
    """Return the ideal-gas state of matter of nucleons, electrons and thermal neutrinos.

    Parameters
    ----------
    rho, temperature, proton_fraction : ndarray
        g/cm3, MeV, Y_p = Y_e.
    neutrinos : {"beta", "zero"}
        ``"beta"``: mu_nu_e = mu_e + mu_p - mu_n (beta equilibrium), zero for mu and tau;
        ``"zero"``: every neutrino chemical potential is zero.
    heavy : tuple of ndarray, optional
        Mass fraction X, mean A and mean Z of heavy nuclei: their nucleons are not free.

    Returns
    -------
    dict of ndarray
        The columns of :class:`Star` but the lapse.
    """
    if neutrinos not in ("beta", "zero"):
        raise DomainError(f"neutrinos = {neutrinos!r}; allowed: 'beta', 'zero'")
    rho, t, y = (np.asarray(a, dtype=float) for a in (rho, temperature, proton_fraction))
    m = FREE_NUCLEON_MASS
    n_b = rho * const.GRAM_CM3 / m
    free_n, free_p, nuclei = 1.0 - y, y, {}
    if heavy is not None:
        x, a, z = heavy
        # between rows that are consistent the interpolated ones may miss zero by rounding
        free_p = np.maximum(y - x * z / a, 0.0)
        free_n = np.maximum(1.0 - y - x * (1.0 - z / a), 0.0)
        nuclei = heavy_state(rho, x, a, z, m)
    mu_n = eos.chemical_potential(free_n * n_b, m, t)
    mu_p = eos.chemical_potential(free_p * n_b, m, t)
    mu_e = eos.chemical_potential(y * n_b, const.M_E, t, net=True)
    zero = np.zeros_like(t)
    return {
        "rho": rho, "T": t, "Yp": y, "n_B": n_b,
        "m_n": zero + m, "m_p": zero + m, "mu_n": mu_n, "mu_p": mu_p, "shift": zero,
        "mu_e": mu_e, "mu_mu": zero + np.nan,
        "mu_nu_e": mu_e + mu_p - mu_n if neutrinos == "beta" else zero,
        "mu_nu_mu": zero, "mu_nu_tau": zero, **nuclei,
    }  # fmt: skip


def fiducial(neutrinos="zero", r_max_km=100.0, rho_c=3e14, t_c=30.0, radius_km=10.0,
             k_rho=0.2, k_t=-0.5, index=5.0, proton_fraction=0.3):  # fmt: skip
    """Return the analytic fiducial profile, with every parameter open to variation.

    rho = rho_c {1 + k_rho (1 - r/R_c), r < R_c; (r/R_c)^-n}, T = t_c {1 + k_t (1 - r/R_c);
    (r/R_c)^(-n/3)}: T = 30 MeV and 3e14 g/cm3 at R_c = 10 km, Y_p = 0.3 everywhere. The lapse is
    that of the density continued to infinity. Matter is an ideal gas. Neutrinos have no chemical
    potential by default, which is conservative: Y_p = 0.3 in beta equilibrium (``"beta"``) makes
    the core very rich in nu_e and raises the emission by 5 % (mu, tau) and 1.6 times (e).

    References
    ----------
    arXiv:1611.03864, arXiv:1803.00993.
    """

    for name, value, low, high in (
        ("rho_c", rho_c, 1e10, 3e15), ("t_c", t_c, 0.1, 300.0), ("radius_km", radius_km, 1.0, 100.0),
        ("r_max_km", r_max_km, radius_km * (1 + 1e-9), 3000.0 * radius_km),
        ("proton_fraction", proton_fraction, 1e-3, 1.0), ("index", index, 0.1, 20.0),
        ("k_rho", k_rho, -0.9, 10.0), ("k_t", k_t, -0.9, 10.0),
    ):  # fmt: skip
        finite(value, f"fiducial star: {name}", low, high)

    def density(r):
        x = r / radius_km
        outside = np.maximum(x, 1.0)
        return rho_c * np.where(x < 1.0, 1.0 + k_rho * (1.0 - x), outside**-index)

    def temperature(r):
        x = r / radius_km
        outside = np.maximum(x, 1.0)
        return t_c * np.where(x < 1.0, 1.0 + k_t * (1.0 - x), outside ** (-index / 3.0))

    far = np.concatenate([
        np.linspace(0.0, radius_km, 4001), np.geomspace(radius_km, 3000.0 * radius_km, 20001)[1:],
    ])  # fmt: skip
    mass = eos.enclosed_mass(far * 1e5, density(far))
    far_lapse = eos.lapse(far * 1e5, mass)

    def columns(r):
        state = ideal_gas(density(r), temperature(r), np.full_like(r, proton_fraction), neutrinos)
        state["lapse"] = np.interp(r, far, far_lapse)
        return state

    return Star(
        name="fiducial",
        breaks=(0.0, radius_km, r_max_km),
        columns=columns,
        references=("Chang:2016ntp", "Chang:2018rso"),
        note="analytic profile about 1 s after bounce; ideal gas, Y_p = 0.3",
        meta={"mass_g": float(np.interp(r_max_km, far, mass)), "neutrinos": neutrinos},
    )
