"""The analytic fiducial profile."""

from dataclasses import dataclass

import numpy as np

from ...units import finite
from . import eos
from .ideal_gas import Matter
from .profile import Star


@dataclass(frozen=True)
class Shape:
    """rho and T of the fiducial profile: linear inside R_c, powers outside."""

    rho_c: float
    t_c: float
    radius_km: float
    k_rho: float
    k_t: float
    index: float

    def density(self, r):
        """Return rho [g/cm3] at radii [km]."""
        x = r / self.radius_km
        outside = np.maximum(x, 1.0)
        return self.rho_c * np.where(x < 1.0, 1.0 + self.k_rho * (1.0 - x), outside**-self.index)

    def temperature(self, r):
        """Return T [MeV] at radii [km]."""
        x = r / self.radius_km
        outside = np.maximum(x, 1.0)
        inside = 1.0 + self.k_t * (1.0 - x)
        return self.t_c * np.where(x < 1.0, inside, outside ** (-self.index / 3.0))


@dataclass(frozen=True, eq=False)
class FiducialColumns:
    """Columns of the fiducial star; the lapse is interpolated on a fine grid."""

    shape: Shape
    matter: Matter
    y: float
    grid: np.ndarray
    lapse: np.ndarray

    def __call__(self, r):
        y = np.full_like(r, self.y)
        state = self.matter.state(self.shape.density(r), self.shape.temperature(r), y, r)
        state["lapse"] = np.interp(r, self.grid, self.lapse)
        return state


def fiducial(neutrinos="zero", r_max_km=100.0, rho_c=3e14, t_c=30.0, radius_km=10.0,
             k_rho=0.2, k_t=-0.5, index=5.0, proton_fraction=0.3, mean_field=None, muons=False,
             core=(0.28, 8.0, 1.0)):  # fmt: skip
    """Return the analytic fiducial profile, with every parameter open to variation.

    rho = rho_c {1 + k_rho (1 - r/R_c), r < R_c; (r/R_c)^-n}, T = t_c {1 + k_t (1 - r/R_c);
    (r/R_c)^(-n/3)}: T = 30 MeV and 3e14 g/cm3 at R_c = 10 km, Y_p = 0.3 everywhere. The lapse is
    that of the density continued to infinity. Matter is an ideal gas.

    Neutrinos have no chemical potential by default. That is no equilibrium: degenerate electrons of
    Y_p = 0.3 stay and their partners are left out, which makes the emission of e mixing and of d_e an upper
    end. ``"beta"`` adds the neutrinos that equilibrium needs (1.5 times more for e mixing, 5 % for mu and
    tau); ``"equilibrium"`` lets Y_p follow from mu_nu = 0 (e mixing falls by a factor of 100 to 150);
    ``"two-region"`` lies between, a core of Y = 0.28 in a deleptonised mantle.

    References
    ----------
    arXiv:1611.03864, arXiv:1803.00993; mean fields: arXiv:0908.2344.
    """
    for name, value, low, high in (
        ("rho_c", rho_c, 1e10, 3e15), ("t_c", t_c, 0.1, 300.0), ("radius_km", radius_km, 1.0, 100.0),
        ("r_max_km", r_max_km, radius_km * (1 + 1e-9), 3000.0 * radius_km),
        ("proton_fraction", proton_fraction, 1e-3, 1.0), ("index", index, 0.1, 20.0),
        ("k_rho", k_rho, -0.9, 10.0), ("k_t", k_t, -0.9, 10.0),
    ):  # fmt: skip
        finite(value, f"fiducial star: {name}", low, high)
    matter = Matter(neutrinos, mean_field, muons, core)
    shape = Shape(*(float(x) for x in (rho_c, t_c, radius_km, k_rho, k_t, index)))
    far = np.concatenate([
        np.linspace(0.0, radius_km, 4001), np.geomspace(radius_km, 3000.0 * radius_km, 20001)[1:],
    ])  # fmt: skip
    mass = eos.enclosed_mass(far * 1e5, shape.density(far))
    lapse = eos.lapse(far * 1e5, mass)
    breaks = {0.0, float(radius_km), float(r_max_km)}
    if neutrinos == "two-region":  # its edge is smooth but steep
        breaks |= {matter.core[1]} if matter.core[1] < r_max_km else set()
    return Star(
        name="fiducial" + matter.suffix,
        breaks=tuple(sorted(breaks)),
        columns=FiducialColumns(shape, matter, float(proton_fraction), far, lapse),
        references=("Chang:2016ntp", "Chang:2018rso", *matter.references),
        note="analytic profile about 1 s after bounce; ideal gas, Y_p = 0.3",
        meta={"mass_g": float(np.interp(r_max_km, far, mass)), "neutrinos": neutrinos},
    )
