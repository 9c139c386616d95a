"""Tables of the helium and deuterium abundances in the layouts that CAMB and CLASS read."""

from dataclasses import dataclass, field

import numpy as np

from ..errors import DomainError
from .abundances import bbn
from .sensitivity import bbn_grid
from .theory_error import theory_covariance

OMEGA_B = np.round(
    np.concatenate(
        ([0.0055], np.arange(6, 20) * 1e-3, np.arange(100, 121) * 2e-4, np.arange(25, 41) * 1e-3)
    ),
    6,
)
DELTA_N = np.arange(-3, 15) * 0.5
NEFF_STANDARD = 3.044


@dataclass(frozen=True, eq=False)
class ConsistencyTable:
    """Abundances on a grid of omega_b (m values) and Delta N_eff (k values).

    Attributes
    ----------
    omega_b, delta_neff : ndarray, shape (m,), (k,)
    eta10 : ndarray, shape (m,)
        10^10 times the baryon-to-photon ratio.
    Yp_cmb, Yp, sigma_Yp, DH, sigma_DH : ndarray, shape (k, m)
        Helium by mass, helium by baryon number, D/H by number and their theory errors.
    options : dict
        What was asked of :func:`astrobounds.cosmology.bbn`.
    references : tuple of str
    """

    omega_b: np.ndarray
    delta_neff: np.ndarray
    eta10: np.ndarray
    Yp_cmb: np.ndarray
    Yp: np.ndarray
    sigma_Yp: np.ndarray
    DH: np.ndarray
    sigma_DH: np.ndarray
    tau_n: float
    options: dict = field(repr=False)
    references: tuple = field(repr=False)

    def _header(self, about):
        chosen = ", ".join(f"{k}={v}" for k, v in sorted(self.options.items())) or "defaults"
        return [
            f"# astrobounds: {about}",
            f"# DeltaN = 0 is N_eff = {NEFF_STANDARD}; more is dark radiation ~ a^-4",
            f"# tau_n = {self.tau_n:g} s; {chosen}",
            "# Yp = n_He m_He/(n_He m_He + n_H m_H) with atomic masses; Yp^BBN = 4 n_He/n_b",
            "# references: " + " ".join(self.references),
        ]

    def write_camb(self, path):
        """Write eight columns, omega_b fastest; readable by ``camb.bbn.BBN_table_interpolator``."""
        lines = [
            *self._header("helium and deuterium for CAMB (relative to N_eff = 3.044: CAMB >= 1.4)"),
            "# ombh2 eta10 DeltaN Yp Yp^BBN sig(Yp^BBN) D/H sig(D/H)",
        ]
        for k, extra in enumerate(self.delta_neff):
            for m, omega in enumerate(self.omega_b):
                row = (omega, self.eta10[m], extra, self.Yp_cmb[k, m], self.Yp[k, m])
                small = (self.sigma_Yp[k, m], self.DH[k, m], self.sigma_DH[k, m])
                lines.append(
                    " ".join([*(f"{v:.6f}" for v in row), *(f"{v:.5e}" for v in small)])
                )
        _save(path, lines)

    def write_class(self, path):
        """Write the layout of the files in CLASS's external/bbn: sizes, then three columns."""
        lines = [
            *self._header("helium for CLASS (sBBN file)"),
            "# sizes of the grid, then rows: ombh2 DeltaN YHe (mass fraction)",
            f"{self.omega_b.size} {self.delta_neff.size}",
        ]
        for k, extra in enumerate(self.delta_neff):
            for m, omega in enumerate(self.omega_b):
                lines.append(f"{omega:.6f} {extra:.4f} {self.Yp_cmb[k, m]:.6f}")
        _save(path, lines)


def _save(path, lines):
    with open(path, "w", encoding="ascii") as handle:
        handle.write("\n".join(lines) + "\n")


def consistency_table(omega_b=OMEGA_B, delta_neff=DELTA_N, *, sigma_tau_n=None, threads=2,
                      **options):  # fmt: skip
    """Compute abundances on a grid for the codes of the cosmic microwave background.

    Parameters
    ----------
    omega_b : array_like, shape (m,)
        Omega_b h^2, increasing; by default 52 values from 0.0055 to 0.04.
    delta_neff : array_like, shape (k,)
        Dark radiation, increasing; by default -1.5 to 7 in steps of 0.5.
    sigma_tau_n : Quantity, optional
        Uncertainty of the neutron lifetime in the theory errors.
    threads : int
        Python threads.
    options
        tau_n, xi_e, rates, network, neutrinos, as in :func:`astrobounds.cosmology.bbn`.

    Returns
    -------
    ConsistencyTable
        The theory errors are computed on a coarser grid and interpolated in their logarithms
        (1 % of the error).

    Raises
    ------
    DomainError
        Axes that do not increase, values out of range, or points that failed.
    """
    omega_b, delta_neff = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (omega_b, delta_neff))
    for name, axis in (("omega_b", omega_b), ("delta_neff", delta_neff)):
        if axis.ndim != 1 or np.any(np.diff(axis) <= 0):
            raise DomainError(f"{name} = {axis} must be one-dimensional and increasing")
    grid = bbn_grid(
        omega_b=omega_b[None, :], delta_neff=delta_neff[:, None], threads=threads, **options
    )
    if grid.failed:
        raise DomainError(f"{grid.failed} of {grid.Yp.size} points failed: narrow the ranges")
    sigma = _theory_errors(omega_b, delta_neff, sigma_tau_n, options)
    centre = bbn(omega_b=float(omega_b[0]), **options)
    return ConsistencyTable(
        omega_b=omega_b,
        delta_neff=delta_neff,
        eta10=1e10 * centre.eta / omega_b[0] * omega_b,
        Yp_cmb=grid.Yp_cmb,
        Yp=grid.Yp,
        sigma_Yp=sigma[0] * grid.Yp,
        DH=grid.DH,
        sigma_DH=sigma[1] * grid.DH,
        tau_n=centre.tau_n,
        options={"sigma_tau_n": sigma_tau_n, **options},
        references=grid.references,
    )


def _theory_errors(omega_b, delta_neff, sigma_tau_n, options):
    """Fractional errors of Y_p and D/H, shape (2, k, m), from at most five by three points."""
    from scipy.interpolate import RectBivariateSpline

    x = np.unique(np.geomspace(omega_b[0], omega_b[-1], min(5, omega_b.size)))
    y = np.unique(np.linspace(delta_neff[0], delta_neff[-1], min(3, delta_neff.size)))
    widths = np.empty((2, y.size, x.size))
    for k, extra in enumerate(y):
        for m, omega in enumerate(x):
            point = theory_covariance(
                sigma_tau_n=sigma_tau_n, omega_b=float(omega), delta_neff=float(extra), **options
            )
            widths[:, k, m] = np.sqrt(np.diag(point.log_covariance))[:2]
    if x.size == 1 and y.size == 1:
        return np.broadcast_to(widths, (2, 1, 1))
    if x.size == 1 or y.size == 1:
        axis, at = (y, delta_neff) if x.size == 1 else (np.log(x), np.log(omega_b))
        rows = np.exp([np.interp(at, axis, row) for row in np.log(widths.reshape(2, -1))])
        return rows.reshape(2, delta_neff.size, omega_b.size)
    degrees = {"kx": min(2, y.size - 1), "ky": min(3, x.size - 1)}
    return np.array(
        [np.exp(RectBivariateSpline(y, np.log(x), np.log(w), **degrees)(delta_neff, np.log(omega_b)))
         for w in widths]
    )  # fmt: skip
